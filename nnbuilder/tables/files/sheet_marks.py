"""What a sheet says of its cells beside their values: ranges that are merged, rows and columns that are hidden."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from typing import Any, NamedTuple

from nnbuilder.tables.choices import Choices
from nnbuilder.tables.files.opening import BLOCK, Content, as_file
from nnbuilder.tables.findings import Finding, lines_in_words, listed, plural

_HIDDEN = rb'(?=[^>]*\shidden="(?:1|true)")[^>]*?\s'
_MARK = re.compile(
    rb'<(?:\w+:)?(?:mergeCell\b[^>]*\sref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"'
    rb"|row\b" + _HIDDEN + rb'r="(\d{1,7})"|col\b' + _HIDDEN + rb'min="(\d{1,5})"[^>]*?\smax="(\d{1,5})")'
)
_MOST = 100_000
_LONGEST = 1_000_000
_MOST_OFFERED = 5_000


class Range(NamedTuple):
    """A merged range: its first and last row (from 1) and column (from 0), and how Excel calls it."""

    top: int
    bottom: int
    left: int
    right: int
    name: str


class Marks(NamedTuple):
    """The merged ranges of a sheet, its hidden rows (from 1) and its hidden columns (from 0)."""

    merged: list[Range]
    rows: set[int]
    columns: set[int]


def sheet_marks(content: Content, sheet: Any, columns: int) -> Marks:
    """The marks of a sheet that openpyxl opened for reading only, where it leaves them out."""
    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    marks = Marks([], set(), set())
    with zipfile.ZipFile(as_file(content)) as archive:
        if path not in archive.namelist():
            return marks
        with archive.open(path) as part:
            rest = b""
            while (block := part.read(BLOCK)) and len(marks.merged) < _MOST:
                text = rest + block
                end = 0
                for found in _MARK.finditer(text):
                    end = found.end()
                    _note(found, marks, columns)
                # A mark may be cut by the end of a block.
                rest = text[max(end, len(text) - 500) :]
    return marks


def _note(found: re.Match[bytes], marks: Marks, columns: int) -> None:
    left, top, right, bottom, row, first, last = found.groups()
    if row:
        marks.rows.add(int(row))
    elif first:
        marks.columns.update(range(int(first) - 1, min(int(last), columns)))
    else:
        name = f"{left.decode()}{int(top)}:{right.decode()}{int(bottom)}"
        marks.merged.append(Range(int(top), int(bottom), _column(left), min(_column(right), columns), name))


def with_values(rows: Sequence[tuple[int, list[Any]]], ranges: Sequence[Range]) -> list[tuple[int, list[Any]]]:
    """The rows with the value of each merged range in all its cells."""
    by_number = {number: list(cells) for number, cells in rows}
    for one in ranges:
        top = by_number.get(one.top, [])
        value = top[one.left] if one.left < len(top) else None
        # What is merged from side to side alone stands above the columns: titles, and names of groups.
        if value is None or one.bottom == one.top:
            continue
        for number in range(one.top, min(one.bottom, one.top + _LONGEST) + 1):
            cells = by_number.get(number, [])
            for place in range(one.left, min(one.right + 1, len(cells))):
                cells[place] = value if cells[place] is None else cells[place]
    return [(number, by_number[number]) for number, _ in rows]


def tell_merged(ranges: Sequence[Range], first_row: int, choices: Choices) -> list[Finding]:
    """That cells of rows of data are merged, and what becomes of those that seem empty."""
    merged = sorted(one for one in ranges if one.bottom > max(one.top, first_row))
    if not merged:
        return []
    one = len(merged) == 1
    which = f"The cells {merged[0].name}" if one else f"{len(merged)} ranges of cells, such as {merged[0].name},"
    first = "only the first cell" if one else "only the first cell of each"
    rest = "get its value, too" if choices.merged == "fill" else "seem empty and count as missing"
    message = f"{which} are merged: {first} holds a value, and the others {rest}."
    if choices.merged:
        return [Finding("note", message, merged[0].top)]
    options = (("Fill them with the value", Choices(merged="fill")), ("They are empty", Choices(merged="leave")))
    return [Finding("warning", message, merged[0].top, options)]


def tell_hidden(
    marks: Marks, rows: Sequence[int], names: Sequence[str], first_column: int, choices: Choices
) -> list[Finding]:
    """That rows or columns are read although whoever made the sheet hid them, or a filter did."""
    told: list[Finding] = []
    hidden = [row for row in rows if row in marks.rows] if marks.rows else []
    if hidden:
        together = " ".join(map(str, sorted({*choices.lines_left_out(), *hidden})))
        options = ((plural(hidden, "Leave it out", "Leave them out"), Choices(left_out=together)),)
        told.append(
            Finding(
                "warning",
                f"{lines_in_words(hidden, word='row').capitalize()} {plural(hidden, 'is', 'are')} hidden in the sheet,"
                f" by hand or by a filter, and {plural(hidden, 'is', 'are')} read like the others.",
                hidden[0],
                options if len(hidden) <= _MOST_OFFERED else (),
            )
        )
    which = [name for place, name in enumerate(names) if place + first_column in marks.columns]
    if which:
        told.append(
            Finding(
                "note",
                f"{plural(which, 'Column', 'Columns')} {listed(which)} {plural(which, 'is', 'are')} hidden in the sheet"
                f" and {plural(which, 'is', 'are')} read like the others.",
            )
        )
    return told


def _column(letters: bytes) -> int:
    """The place of a column from 0."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1
