"""Read a large text at once with Arrow, after checks in bulk that nothing in it is unusual.

What is unusual is left to the careful way. Arrow refuses rows of another width itself. What it forgives is looked for
here: quote marks out of place, NUL bytes, names in the middle, lines after the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnbuilder.tables.choices import SPACES, Caps, Choices
from nnbuilder.tables.files.encoding import Decoded
from nnbuilder.tables.files.opening import BLOCK, Content, Progress
from nnbuilder.tables.files.unseen import damaged_at, first_damaged, first_unseen, unseen_at
from nnbuilder.tables.findings import Finding, Unreadable
from nnbuilder.tables.lines.dialect import SAMPLE, detect_dialect
from nnbuilder.tables.lines.habits import habit_findings
from nnbuilder.tables.lines.layout import Layout, lay_out
from nnbuilder.tables.lines.odd_rows import odd_rows
from nnbuilder.tables.lines.records import Dialect, Grammar
from nnbuilder.tables.lines.reshaping import reshape
from nnbuilder.tables.lines.row_lines import RowLines
from nnbuilder.tables.lines.suspicions import WRAPPERS, Suspicions
from nnbuilder.tables.lines.text import text_table
from nnbuilder.tables.reading import Table

if TYPE_CHECKING:
    import pyarrow

_SLICE = 32 * 2**20
"""Bytes that Arrow reads at a time, so that progress can be told."""
_MOST_SAMPLE = 4 * 2**20
_LEAST_LINES = 50
_LAST_LINES = 12
_OTHERS = WRAPPERS.replace('"', "")
_QUOTE, _LF, _CR, _TAB = 34, 10, 13, 9


def read_fast(decoded: Decoded, name: str, choices: Choices, caps: Caps, progress: Progress) -> Table | None:
    """The table, or None if anything in it wants a careful look.

    Raises
    ------
    Unreadable
        If it passes a cap.
    """
    content = decoded.content
    head_end = _head(content)
    size = _end(content)
    careful = choices.comment or choices.ragged in {"pad", "mend"} or choices.footer_rows or choices.part
    careful = careful or choices.left_out or choices.lines in {"quoted", "framed", "fixed"}
    if not 0 < head_end < size or careful:
        return None
    head = content[:head_end].decode("utf-8")
    if reshape(head, choices).lines != "plain":
        return None
    detected = detect_dialect(head, choices, caps.cell)
    dialect = detected.dialect
    if not _plain(dialect) or detected.others or detected.plausible:
        return None
    found = _look(content, dialect, size, progress)
    if found is None:
        return None
    grammar = Grammar(head + _tail(content, size), dialect, caps.cell)
    records = list(grammar.records())
    try:
        layout = lay_out(records, grammar, choices, caps, name)
    except Unreadable:
        # The careful way says the same, with the right line.
        return None
    if not _ordinary(layout, len(records)):
        return None
    begin = len(head[: layout.rows[0].start].encode())
    line = layout.rows[0].line
    if _odd_sample(layout, grammar):
        return None
    data = _read(content, begin, size, layout, dialect, caps, name, bool(found.marks), progress)
    if data is None:
        return None
    suspicions = odd_rows(data, layout, grammar, found.marks, caps.cell, line)
    if suspicions is None:
        return None
    findings = [*layout.findings, *suspicions.findings(), *found.findings, *habit_findings(grammar, layout)]
    return text_table(data, decoded, detected, layout, choices, findings, RowLines(data.num_rows, line))


def _head(content: Content) -> int:
    """Where the sample ends: after a line end, with enough lines for columns to be known."""
    end = SAMPLE
    while end < _MOST_SAMPLE and content[:end].count(b"\n") < _LEAST_LINES:
        end *= 2
    return content[:end].rfind(b"\n") + 1 if end < len(content) else len(content)


def _end(content: Content) -> int:
    """Where the last line ends, without the line ends after it."""
    end = len(content)
    while end and content[end - 1] in (_LF, _CR):
        end -= 1
    return end


def _tail(content: Content, size: int) -> str:
    """The last lines, from a line's beginning on."""
    block = content[max(0, size - 64 * 1024) : size]
    begin = len(block)
    for _ in range(_LAST_LINES):
        begin = block.rfind(b"\n", 0, begin)
        if begin < 0:
            return ""
    return block[begin + 1 :].decode("utf-8")


def _plain(dialect: Dialect) -> bool:
    """Whether Arrow reads this dialect."""
    one = dialect.separator != SPACES and len(dialect.separator) == 1 and dialect.separator.isascii()
    return one and dialect.quote in {'"', ""} and not dialect.escape and not dialect.comment


class _Seen(NamedTuple):
    """Quotation marks that turn up, and what is to be told of letters and signs."""

    marks: list[str]
    findings: list[Finding]


def _look(content: Content, dialect: Dialect, size: int, progress: Progress) -> _Seen | None:
    """What turns up in the bytes, or None if some are out of place."""
    found: set[str] = set()
    signs: dict[str, int] = {}
    inside = False
    # Nothing wraps a cell unless it stands beside a separator or a line end, which few apostrophes do.
    separator = dialect.separator.encode()
    for begin in range(0, size, BLOCK):
        block = content[begin : min(begin + BLOCK, size)]
        progress(0.3 * begin / size, "Looking at the lines")
        if b"\0" in block or (b"\r" in block and not _alike(content, begin, block)):
            return None
        foreign = not block.isascii()
        codes = np.frombuffer(block, np.uint8)
        # Among the bytes beyond ASCII alone a search is quick.
        high = codes[codes > 127].tobytes() if foreign else b""
        _look_at_signs(block, begin, codes, high, dialect.separator, signs)
        for mark in _OTHERS:
            code = mark.encode()
            # One byte is found many times as fast as two.
            if mark not in found and code in (high if len(code) > 1 else block):
                found.update({mark} if separator + code in block or b"\n" + code in block else ())
        if b'"' in block:
            if not dialect.quote or b'\\"' in block:
                return None
            found.add('"')
            before = content[begin - 1] if begin else _LF
            after = content[begin + BLOCK] if begin + BLOCK < size else _LF
            state = _strict(block, before, after, ord(dialect.separator), inside)
            if state is None:
                return None
            inside = state
        elif inside:
            return None
    if inside:
        return None
    return _Seen(sorted(found), [_first(content, kind, at) for kind, at in signs.items()])


def _look_at_signs(
    block: bytes, begin: int, codes: NDArray[np.uint8], high: bytes, separator: str, signs: dict[str, int]
) -> None:
    """Note where signs that nobody sees, and damaged letters, are first."""
    if "unseen" not in signs:
        # Counting is many times as fast as looking for each.
        known = {code for code in (_LF, _CR, _TAB, ord(separator)) if code < 32}
        at = unseen_at(block, high)
        if np.count_nonzero(codes < 32) != sum(np.count_nonzero(codes == code) for code in known) or b"\x7f" in block:
            places = np.flatnonzero(((codes < 32) | (codes == 127)) & ~np.isin(codes, list(known)))
            at = int(places[0]) if len(places) and (at < 0 or places[0] < at) else at
        if at >= 0:
            signs["unseen"] = begin + at
    for kind, at in damaged_at(block, high):
        signs.setdefault(kind, begin + at)


def _first(content: Content, kind: str, at: int) -> Finding:
    """The finding about the first place of a kind; every line ends in LF here."""
    line = 1 + sum(content[begin : min(begin + BLOCK, at)].count(b"\n") for begin in range(0, at, BLOCK))
    around = content[max(0, at - 40) : at + 40].decode("utf-8", errors="ignore")
    return first_unseen(line, around) if kind == "unseen" else first_damaged(line, kind, around)


def _alike(content: Content, begin: int, block: bytes) -> bool:
    """Whether all lines of a block end in CRLF."""
    after = content[begin + len(block) : begin + len(block) + 1] if block.endswith(b"\r") else b""
    before = content[begin - 1 : begin] if begin and block.startswith(b"\n") else b""
    block = before + block + after
    feeds = block.count(b"\n")
    return block.count(b"\r") == feeds == block.count(b"\r\n")


def _strict(block: bytes, before: int, after: int, separator: int, inside: bool) -> bool | None:
    """Whether a block ends inside a quoted cell, or None if its quote marks are out of place or hold a line end.

    Marks open and close in turn: one that opens stands after a separator, a line end or (doubled) right after one
    that closes; one that closes stands before a separator, a line end or one that opens.
    """
    codes = np.frombuffer(block, np.uint8)
    marks = np.flatnonzero(codes == _QUOTE)
    bounds = np.zeros(256, bool)
    bounds[[separator, _LF, _CR, _QUOTE]] = True
    wide = np.concatenate(([before], codes, [after])).astype(np.uint8)
    opens = np.arange(len(marks)) % 2 == int(inside)
    if not bounds[wide[marks[opens]]].all() or not bounds[wide[marks[~opens] + 2]].all():
        return None
    ends = np.flatnonzero((codes == _LF) | (codes == _CR))
    if ((np.searchsorted(marks, ends) + int(inside)) % 2).any():
        return None
    return bool((len(marks) + int(inside)) % 2)


def _ordinary(layout: Layout, records: int) -> bool:
    """Whether all records of the sample are names or rows, in one table of several columns."""
    made = layout.choices
    whole = len(layout.rows) + len(layout.header) == records
    return (
        whole
        and layout.width > 1
        and not made.skip_rows
        and not made.footer_rows
        and not made.part
        and made.ragged is None
    )


def _odd_sample(layout: Layout, grammar: Grammar) -> bool:
    """Whether anything is odd about the names or the rows of the sample."""
    suspicions = Suspicions(layout.width, grammar.dialect)
    for record in (*layout.header, *layout.rows):
        suspicions.look(record, grammar.cells(record))
    return suspicions.nul_line is not None or any(True for _ in suspicions.findings())


def _read(
    content: Content,
    begin: int,
    size: int,
    layout: Layout,
    dialect: Dialect,
    caps: Caps,
    name: str,
    quoted: bool,
    progress: Progress,
) -> pyarrow.Table | None:
    """Every column as text, slice by slice; None if Arrow finds a row of another width."""
    import pyarrow as pa
    from pyarrow import csv

    names = list(layout.names.unique)
    parse = csv.ParseOptions(
        delimiter=dialect.separator,
        quote_char='"' if dialect.quote and quoted else False,
        double_quote=bool(dialect.quote and quoted),
        escape_char=False,
        newlines_in_values=False,
        ignore_empty_lines=False,
    )
    convert = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), check_utf8=False, strings_can_be_null=False
    )
    buffer = pa.py_buffer(content)
    tables: list[pa.Table] = []
    rows = 0
    while begin < size:
        end = size
        if begin + _SLICE < size:
            block_end = content[begin : begin + _SLICE].rfind(b"\n")
            if block_end < 0:
                return None
            end = begin + block_end + 1
        read = csv.ReadOptions(column_names=names, block_size=max(2**20, (end - begin) // 16))
        try:
            table = csv.read_csv(pa.BufferReader(buffer.slice(begin, end - begin)), read, parse, convert)
        except pa.ArrowInvalid:
            return None
        rows += table.num_rows
        if rows > caps.rows:
            line = layout.rows[0].line + caps.rows
            raise Unreadable(
                f"{name} has more than {caps.rows:,} rows, the most that are read (line {line}); leave out rows.", line
            )
        tables.append(table)
        begin = end
        progress(0.3 + 0.65 * begin / size, "Taking the cells")
    return pa.concat_tables(tables)
