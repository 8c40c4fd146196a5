"""Read separated text: carefully, record by record, or at once where nothing is unusual."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nnbuilder.fields import plain
from nnbuilder.tables.choices import Caps, Choices
from nnbuilder.tables.files.encoding import Decoded, decode, line_at
from nnbuilder.tables.files.opening import BLOCK, Content, Progress
from nnbuilder.tables.files.unseen import unseen_findings
from nnbuilder.tables.findings import Finding, Unreadable, lines_in_words, plural, shown
from nnbuilder.tables.lines.dialect import Detected, detect_dialect, separator_name
from nnbuilder.tables.lines.habits import habit_findings
from nnbuilder.tables.lines.layout import Layout, lay_out
from nnbuilder.tables.lines.records import LINE_END, Grammar, Record
from nnbuilder.tables.lines.reshaping import TAB, reshape
from nnbuilder.tables.lines.row_lines import RowLines
from nnbuilder.tables.lines.suspicions import Suspicions
from nnbuilder.tables.reading import Table

if TYPE_CHECKING:
    import pyarrow

FAST_FROM = 2**20
"""Bytes from which on a text is tried at once first; a smaller one is read carefully as fast as anyone waits."""
_CHUNK = 20_000
"""Rows that are held as Python texts at a time."""
# What ends records in a text without any line end: record separator, vertical tab, form feed, NEL, LS, PS.
_ODD_ENDS = re.compile("[\x1e\x0b\x0c\x85\u2028\u2029]")


def read_text(content: Content, name: str, choices: Choices, caps: Caps, progress: Progress) -> Table:
    """Read separated text.

    Raises
    ------
    Unreadable
        If it is no table; the sentence names cause and line.
    """
    decoded = decode(content, name, choices, progress)
    if not len(decoded.content):
        raise Unreadable(f"{name} holds nothing but a byte order mark; save it again and open it anew.", 1)
    if len(decoded.content) >= FAST_FROM:
        # NumPy and Arrow take a while to load and small files do without the first.
        from nnbuilder.tables.lines.fast import read_fast

        table = read_fast(decoded, name, choices, caps, progress)
        if table is not None:
            return table
    return _read_carefully(decoded, name, choices, caps, progress)


def _read_carefully(decoded: Decoded, name: str, choices: Choices, caps: Caps, progress: Progress) -> Table:
    text = bytes(decoded.content[:]).decode("utf-8")
    findings: list[Finding] = []
    if not text.strip("\r\n\t \ufeff\x1a"):
        raise Unreadable(f"{name} holds only blank lines; save it again and open it anew.", 1)
    text = _line_ends(text, findings)
    shaped = reshape(text, choices)
    text = shaped.text
    tabbed = shaped.lines in {"fixed", "framed"}
    findings += shaped.findings
    detected = detect_dialect(text, replace(choices, separator=TAB) if tabbed else choices, caps.cell)
    if tabbed:
        detected.reasons["separator"] = "between the cells of each line"
    grammar = Grammar(text, detected.dialect, caps.cell)
    if "\0" in text and detected.dialect.escape != "\0":
        refuse_nul(decoded.content, name)
    records = _all_records(grammar, caps, name, progress)
    findings += _mixed_ends(records, text)
    layout = lay_out(records, grammar, choices, caps, name)
    data, suspicions = _collect(grammar, layout, name, progress)
    findings += layout.findings + tuple(suspicions.findings())
    starts = [record.start for record in records]
    usual = "".join((detected.dialect.separator, detected.dialect.quote, detected.dialect.escape))
    findings += unseen_findings(text, usual, lambda at: _line_at(records, starts, at, text))
    findings += habit_findings(grammar, layout)
    if not tabbed:
        findings += dialect_findings(detected, layout, grammar, choices)
    if shaped.lines != "plain" or choices.lines:
        layout = replace(layout, choices=replace(layout.choices, lines=shaped.lines))
        layout.reasons["lines"] = shaped.reason
    lines = RowLines(len(layout.rows), 0, (record.line for record in layout.rows))
    return text_table(data, decoded, detected, layout, choices, findings, lines)


def text_table(
    data: pyarrow.Table,
    decoded: Decoded,
    detected: Detected,
    layout: Layout,
    choices: Choices,
    findings: Sequence[Finding],
    lines: RowLines,
) -> Table:
    """The table that was read, with every choice that was made."""
    dialect = detected.dialect
    return Table(
        data=data,
        names=layout.names.unique,
        original_names=layout.names.original,
        types=(None,) * layout.width,
        choices=replace(
            layout.choices,
            encoding=decoded.encoding,
            separator=dialect.separator,
            quote=dialect.quote,
            escape=dialect.escape,
            comment=dialect.comment,
            decimal=choices.decimal,
            thousands=choices.thousands,
        ),
        reasons={"encoding": decoded.reason, **detected.reasons, **layout.reasons},
        findings=(*decoded.findings, *findings),
        first_line=lines,
    )


def _line_at(records: Sequence[Record], starts: Sequence[int], at: int, text: str) -> int:
    """The line of a place in the text; a record may have several."""
    record = records[max(0, bisect_right(starts, at) - 1)]
    if record.line == record.last_line:
        return record.line
    return record.line + sum(1 for _ in LINE_END.finditer(text, record.start, at))


def refuse_nul(content: Content, name: str) -> None:
    """Refuse a text with NUL bytes, naming the first."""
    for begin in range(0, len(content), BLOCK):
        at = content[begin : begin + BLOCK].find(b"\0")
        if at >= 0:
            line = line_at(content, begin + at)
            raise Unreadable(
                f"Line {line} of {name} holds a NUL byte, as no text does; save the table again as CSV or"
                " repair the line.",
                line,
            )


def _line_ends(text: str, findings: list[Finding]) -> str:
    """The text with line ends that are known, told if there were none."""
    odd = _ODD_ENDS.search(text)
    if not odd or "\n" in text or "\r" in text:
        return text
    findings.append(
        Finding(
            "warning",
            f"No line ends as usual, so the sign {odd.group()!r} is taken for the end of a line from line 1 on.",
            1,
        )
    )
    return text.replace(odd.group(), "\n")


def _mixed_ends(records: Sequence[Record], text: str) -> list[Finding]:
    """Tell of lines that end unlike most others, which may be cut where no line should end."""
    lines: dict[str, list[int]] = {}
    for record in records:
        end = text[record.stop : record.stop + 2]
        kind = "CRLF" if end == "\r\n" else {"\r": "CR", "\n": "LF"}.get(end[:1])
        if kind:
            lines.setdefault(kind, []).append(record.line)
    if len(lines) < 2:
        return []
    usual, *others = sorted(lines, key=lambda kind: -len(lines[kind]))
    rare = sorted(line for kind in others for line in lines[kind])
    few = len(rare) <= max(3, 0.1 * len(lines[usual]))
    return [
        Finding(
            "warning" if few else "note",
            f"{lines_in_words(rare).capitalize()} {plural(rare, 'ends', 'end')} in {' or '.join(others)} and"
            " the others in"
            f" {usual}; each of these is taken for the end of a line.",
            rare[0],
        )
    ]


def _all_records(grammar: Grammar, caps: Caps, name: str, progress: Progress) -> list[Record]:
    records: list[Record] = []
    rows = flawed = 0
    size = max(1, len(grammar.text))
    for record in grammar.records():
        records.append(record)
        rows += record.kind == "row"
        flawed += record.kind == "flawed"
        if rows > caps.rows + 10:
            raise Unreadable(
                f"{name} has more than {plain(caps.rows)} rows, the most that are read (line {record.line}); leave"
                " out rows.",
                record.line,
            )
        if record.kind == "flawed" and "more than" in record.flaw:
            raise Unreadable(
                f"Line {record.line} of {name} has {record.flaw}: leave it out, or close its quote mark.", record.line
            )
        if flawed > 1000 and flawed * 2 > len(records):
            first = next(one for one in records if one.kind == "flawed")
            raise Unreadable(
                f"Line {first.line} of {name} has {first.flaw}, and so have {plain(flawed)} lines; choose another"
                " quote mark.",
                first.line,
                (("Cells are not quoted", Choices(quote="")),),
            )
        if len(records) % 10_000 == 0:
            progress(0.6 * record.stop / size, "Looking at the lines")
    return records


def _collect(grammar: Grammar, layout: Layout, name: str, progress: Progress) -> tuple[pyarrow.Table, Suspicions]:
    """The kept rows as columns of text, and what is odd about single cells."""
    import pyarrow as pa

    suspicions = Suspicions(layout.width, grammar.dialect, layout.choices.left_out)
    width = layout.width
    for record in layout.header:
        suspicions.look(record, grammar.cells(record))
    batches: list[pa.RecordBatch] = []
    schema = pa.schema([pa.field(name, pa.string()) for name in layout.names.unique])
    for begin in range(0, len(layout.rows), _CHUNK):
        chunk = layout.rows[begin : begin + _CHUNK]
        rows: list[Sequence[str]] = []
        for record in chunk:
            cells = grammar.cells(record) if record.kind == "row" else [""]
            if len(cells) != width:
                cells = (cells + [""] * (width - len(cells)))[:width]
            suspicions.look(record, cells)
            rows.append(cells)
        if suspicions.nul_line is not None:
            line = suspicions.nul_line
            raise Unreadable(
                f"Line {line} of {name} holds a NUL byte, as no text does; save the table again as CSV or"
                " repair the line.",
                line,
            )
        columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        batches.append(pa.record_batch(columns, schema=schema))
        progress(0.6 + 0.4 * begin / max(1, len(layout.rows)), "Taking the cells")
    return pa.Table.from_batches(batches, schema), suspicions


def dialect_findings(detected: Detected, layout: Layout, grammar: Grammar, choices: Choices) -> list[Finding]:
    """What is to be told or asked about separator, quote and escape."""
    found = [_about_separator(detected, layout, grammar)] if choices.separator is None else []
    found += [_about_quote(detected, layout)] if choices.quote is None else []
    found += [_about_escape(detected, layout, grammar)] if choices.escape is None else []
    return [finding for finding in found if finding is not None]


def _about_separator(detected: Detected, layout: Layout, grammar: Grammar) -> Finding | None:
    """The question which separator it is, where none or several cut the lines, or only commas inside of numbers."""
    line, best = layout.rows[0].line, detected.dialect.separator
    if layout.width == 1 and detected.plausible:
        options = [(f"Separated by {separator_name(mark)}", Choices(separator=mark)) for mark in detected.plausible]
        example = grammar.text[layout.rows[0].start : layout.rows[0].stop]
        return Finding(
            "question",
            f"No separator cuts all lines alike, so each line is one cell (line {line}: {shown(example)}):"
            " choose a separator if there is one.",
            line,
            (*options, ("There is one column", Choices(separator=best))),
        )
    if detected.others:
        options = [(f"Separated by {separator_name(best)}", Choices(separator=best))]
        for one in detected.others[:3]:
            mark = one.dialect.separator
            options.append((f"Separated by {separator_name(mark)}: {one.width} columns", Choices(separator=mark)))
        return Finding(
            "question",
            f"The lines can be cut by {separator_name(best)} or by"
            f" {separator_name(detected.others[0].dialect.separator)}"
            f" from line {line} on; the first is taken: choose one.",
            line,
            tuple(options),
        )
    if layout.width == 2 and not layout.header and best == "," and _like_decimals(grammar, layout):
        return Finding(
            "question",
            f"Every line from line {line} on is like a number with a decimal comma and is cut in two there:"
            " say what the comma is.",
            line,
            (
                ("It separates two columns", Choices(separator=",")),
                ("It is a decimal comma", Choices(separator=";", decimal=",")),
            ),
        )
    return None


def _about_quote(detected: Detected, layout: Layout) -> Finding | None:
    """That few cells are in single quote marks, which may belong to them."""
    if detected.dialect.quote != "'":
        return None
    quoted = [record.line for record in (*layout.header, *layout.rows) if record.wrapped]
    if not 0 < len(quoted) <= 0.1 * len(layout.rows):
        return None
    return Finding(
        "warning",
        f"{lines_in_words(quoted).capitalize()} {plural(quoted, 'has', 'have')} cells in single"
        " quote marks, which are taken away.",
        quoted[0],
        (("They belong to the text", Choices(quote='"')),),
    )


def _about_escape(detected: Detected, layout: Layout, grammar: Grammar) -> Finding | None:
    """That a sign before marks is taken away as their escape."""
    escape = detected.dialect.escape
    if not escape:
        return None
    found = next((one for one in layout.rows if escape in grammar.text[one.start : one.stop]), None)
    if found is None:
        return None
    sign = "a NUL" if escape == "\0" else "a backslash"
    return Finding(
        "warning",
        f"From line {found.line} on {sign} before a quote mark, a separator or itself is taken for"
        " an escape and taken away.",
        found.line,
        (("It belongs to the text", Choices(escape="")),),
    )


def _like_decimals(grammar: Grammar, layout: Layout) -> bool:
    rows = [grammar.cells(record) for record in layout.rows[:200]]
    return all(re.fullmatch(r"-?\d{1,6}", row[0]) and re.fullmatch(r"\d{1,6}", row[1]) for row in rows if len(row) == 2)
