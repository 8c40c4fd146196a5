"""What all rows of a table do alike and should not: signs around cells, numbers before lines; and a row that counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nnbuilder.tables.choices import Choices
from nnbuilder.tables.findings import Finding, shown
from nnbuilder.tables.kinds import cell_kind
from nnbuilder.tables.lines.layout import Layout
from nnbuilder.tables.lines.records import Grammar

_LOOKED_AT = 200
_LEAST = 3
_SIGNS = re.compile(r"[^\w\s]+")
_NUMBERED = re.compile(r"\s*[\[(]?(\d+)[\])]?[:.)\]]\s*(?=\S)")
_BELONGS = re.compile(r"\([^()]*\).*[^)\s].*|[^(\s].*\([^()]*\)|\d+\s*['′’]\s*[\d.]+\s*[\"″”]")
"""Cells to which the sign at their end belongs: (030) 123, weight (kg), and 5'10" in feet and inches."""
_ALWAYS = set("()[]{}<>|`\"'*;:,~^\\")
"""Signs that are odd around every cell even where no name tells that they do not belong to the values."""


def habit_findings(grammar: Grammar, layout: Layout) -> Iterator[Finding]:
    """What all rows do alike."""
    width = layout.width
    rows = [grammar.cells(record)[:width] for record in layout.rows[:_LOOKED_AT] if record.width >= width]
    header = [grammar.cells(record)[:width] for record in layout.header if record.width >= width]
    if len(rows) < _LEAST:
        return
    line = (layout.header or layout.rows)[0].line
    yield from _framed(header, rows, line)
    yield from _cut_again(rows, line)
    firsts = [cells[0] for cells in (*header, *rows)]
    if layout.width > 1 and _numbered(firsts):
        yield Finding(
            "warning",
            f"Every line from line {line} on begins with a number of its own ({shown(firsts[0])}), which is kept as"
            " part of the first cell.",
            line,
        )
    if _counts(rows):
        first = layout.rows[0].line
        yield Finding(
            "warning",
            f"Line {first} only counts the columns, unlike the lines below, and is taken for a row.",
            first,
            (("It belongs to the names", Choices(header_rows=len(layout.header) + 1)),) if layout.header else (),
        )


def _cut_again(rows: Sequence[Sequence[str]], line: int) -> Iterator[Finding]:
    """A column whose cells all hold the same number of another separator, as if they were columns themselves."""
    for place in range(len(rows[0])):
        for mark, name in (("\t", "tab"), (";", "semicolon"), ("|", "vertical bar")):
            # A semicolon ends what is written as in web pages, too.
            counts = {0 if "&" in row[place] else row[place].count(mark) for row in rows if row[place].strip()}
            if len(rows) >= 2 * _LEAST and len(counts) == 1 and (count := counts.pop()):
                signs = f"a {name}" if count == 1 else f"{count} {name}s"
                yield Finding(
                    "warning",
                    f"Every cell of column {place + 1} from line {line} on holds {signs} ({shown(rows[0][place])}), as"
                    " if several columns stood there; they are kept as one: cut them apart in the file if they are.",
                    line,
                )
                return


def _numbered(cells: Sequence[str]) -> bool:
    """Whether each cell begins with the next number and a sign; decimals, times and dates do not count up so."""
    numbers = [int(found[1]) for cell in cells if (found := _NUMBERED.match(cell))]
    counting = len(numbers) == len(cells) and numbers == list(range(numbers[0], numbers[0] + len(cells)))
    return counting and not all(cell_kind(cell) in {"number", "date"} for cell in cells)


def _framed(header: Sequence[Sequence[str]], rows: Sequence[Sequence[str]], line: int) -> Iterator[Finding]:
    """Signs before or behind every cell of a column."""
    width = len(rows[0])
    before, behind = [], []
    for place in range(width):
        names = [cell for row in header if (cell := row[place].strip())]
        cells = [cell for row in rows if (cell := row[place].strip())]
        enough = len(cells) >= _LEAST and len({*names, *cells}) > 1 and not all(map(_BELONGS.fullmatch, cells))
        before.append(_sign(names, cells) if enough else "")
        behind.append(_sign([name[::-1] for name in names], [cell[::-1] for cell in cells])[::-1] if enough else "")
    edges = {sign for row in rows for cell in row if len(cell.strip()) > 1 for sign in (cell[0], cell[-1])}
    if len(edges) == 1 and _SIGNS.fullmatch(mark := edges.pop()):
        yield Finding(
            "warning",
            f"Every cell from line {line} on stands between “{mark}” and “{mark}”, which are kept: say whether they"
            " are quote marks.",
            line,
            (("They are quote marks", Choices(quote=mark)),),
        )
        return
    for place in range(width):
        signs = " and ".join(
            f"“{one}” {where}" for one, where in ((before[place], "before"), (behind[place], "behind")) if one
        )
        if signs:
            yield Finding(
                "warning",
                f"Column {place + 1} has {signs} each of its cells from line {line} on, the name among them if there is"
                " one, kept as part of the cells: take them away in the file if they mean nothing.",
                line,
            )
            return


def _sign(names: Sequence[str], cells: Sequence[str]) -> str:
    """The signs that all cells begin with, or "" if they may belong to the values."""
    found = _SIGNS.match(_shared([*names, *cells])) if names else None
    if found is None:
        found = _SIGNS.match(_shared(cells))
        if found is None or not set(found.group()) <= _ALWAYS:
            return ""
    return found.group()


def _shared(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    first, last = min(texts), max(texts)
    size = next((place for place, (one, two) in enumerate(zip(first, last, strict=False)) if one != two), len(first))
    return first[:size]


def _counts(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row says 1, 2, 3 and so on, where some column holds no whole numbers below."""
    first = [cell.strip() for cell in rows[0]]
    if len(first) < _LEAST or not first[0].isdecimal():
        return False
    begin = int(first[0])
    if begin > 1 or first != [str(begin + place) for place in range(len(first))]:
        return False
    return any(not any(row[place].strip().isdecimal() for row in rows[1:]) for place in range(len(first)))
