"""Rows of a table that was read at once: those that are to be told, and whether any wants a careful look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.tables.kinds import TOTAL_WORDS, cell_kind, column_kinds, like_names
from nnbuilder.tables.lines.layout import Layout
from nnbuilder.tables.lines.records import Grammar, Record
from nnbuilder.tables.lines.suspicions import LEAST_WIDE, Suspicions

if TYPE_CHECKING:
    import pyarrow

_TOLD = 1000
"""Rows of one oddity that are looked at."""
_BEGINS = rf"^(?:#|%|//|/\*|--[^-]|<!--|REM )|(?i:^{TOTAL_WORDS}(?:[^\pL\pN_]|$))"
_BEHIND = r"[^\s]\s+(?:#|//|--)\s"
_RULER = r"^\s*[-=_~*+|]{3,}\s*$"
_WRAPPED = r"^\s*(?:'[^']*'|`[^`]*`|“.*”|„.*[“”]|«.*»|‘.*’|‚.*‘)\s*$"


def odd_rows(
    data: pyarrow.Table, layout: Layout, grammar: Grammar, marks: Sequence[str], longest: int, line: int
) -> Suspicions | None:
    """What is odd about single rows, or None if they want a careful look, one by one.

    Parameters
    ----------
    marks
        Quotation marks that turn up beside separators.
    longest
        Bytes that a cell may have.
    line
        The line of the first row; each row has a line of its own.
    """
    from nnbuilder.tables.arrow import compute as pc

    rows, width = data.num_rows, data.num_columns
    filled = np.zeros(rows, np.int32)
    for column in data.columns:
        lengths = np.concatenate([_lengths(chunk) for chunk in column.chunks])
        if lengths.max(initial=0) > longest:
            return None
        filled += lengths > 0
    first, last = data.column(0), data.column(width - 1)
    if any(mark != '"' for mark in marks) and any(
        _any(pc.match_substring_regex(one, _WRAPPED)) for one in data.columns
    ):
        return None
    if width > 1 and _any(pc.starts_with(data.column(1), " ")):
        return None
    # Arrow takes a blank line for a row of empty cells.
    if _blank_rows(data) or _rulers(data) or _names_again(data, layout, grammar):
        return None
    places = [_indices(pc.match_substring_regex(first, _BEGINS)), _indices(pc.match_substring_regex(last, _BEHIND))]
    if width >= LEAST_WIDE:
        places.append(np.flatnonzero(filled <= 1))
    chosen = np.unique(np.concatenate([one[:_TOLD] for one in places if len(one) <= max(3, rows // 10)] or [[]]))
    suspicions = Suspicions(width, grammar.dialect)
    for row, cells in zip(chosen.tolist(), _cells(data, chosen), strict=True):
        suspicions.look(Record("row", line + row, line + row, 0, 0, width), cells)
    suspicions.among(rows, int(filled.sum()))
    return suspicions


def _rulers(data: pyarrow.Table) -> bool:
    """Whether a row only draws a line."""
    from nnbuilder.tables.arrow import compute as pc

    rows = pc.indices_nonzero(pc.match_substring_regex(data.column(0), _RULER))
    for column in data.columns[1:]:
        if not len(rows):
            return False
        rows = rows.filter(pc.match_substring_regex(column.take(rows).combine_chunks(), r"^[-=_~*+|\s]*$"))
    return len(rows) > 0


def _blank_rows(data: pyarrow.Table) -> bool:
    """Whether a row holds separators only; of the first column's gaps most have a value beside them."""
    from nnbuilder.tables.arrow import compute as pc

    rows = pc.indices_nonzero(pc.equal(data.column(0), ""))
    for column in data.columns[1:]:
        if not len(rows):
            return False
        rows = rows.filter(pc.equal(pc.utf8_trim_whitespace(column.take(rows).combine_chunks()), ""))
    return len(rows) > 0


def _names_again(data: pyarrow.Table, layout: Layout, grammar: Grammar) -> bool:
    """Whether a row has words in every column of numbers, or repeats the names."""
    from nnbuilder.tables.arrow import compute as pc

    sample = [grammar.cells(record) for record in layout.rows[:500]]
    kinds = column_kinds(sample, layout.width)
    typed = [place for place, kind in enumerate(kinds) if kind in {"number", "date"}]
    if layout.header:
        again = pc.equal(data.column(0), grammar.cells(layout.header[0])[0])
        if _any(again) and layout.header and _equal_rows(data, again, grammar.cells(layout.header[0])):
            return True
    if len(typed) < 2:
        return False
    # Names have a letter in each of these columns, and few rows have one in two of them.
    places: Any = None
    for place in typed:
        column = data.column(place) if places is None else data.column(place).take(places).combine_chunks()
        letters = pc.indices_nonzero(pc.match_substring_regex(column, r"\pL"))
        places = letters if places is None else places.take(letters)
        if not len(places):
            return False
    rows = data.take(places.slice(0, 10_000))
    for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        other, _ = like_names(row, kinds)
        if cell_kind(row[typed[0]]) == "text" and other == len(typed):
            return True
    # So many cells that are no numbers want a look at each.
    return len(places) > 10_000


def _equal_rows(data: pyarrow.Table, mask: pyarrow.ChunkedArray, cells: Sequence[str]) -> bool:
    rows = data.filter(mask).slice(0, 100_000)
    return any(list(row) == list(cells) for row in zip(*(column.to_pylist() for column in rows.columns), strict=True))


def _any(mask: pyarrow.ChunkedArray) -> bool:
    from nnbuilder.tables.arrow import compute as pc

    return bool(pc.any(mask).as_py())


def _indices(flags: pyarrow.ChunkedArray) -> NDArray[np.int64]:
    from nnbuilder.tables.arrow import compute as pc

    return np.asarray(pc.indices_nonzero(pc.fill_null(flags, False)), dtype=np.int64)


def _cells(data: pyarrow.Table, rows: NDArray[np.int64]) -> list[list[str]]:
    """The cells of some rows."""
    if not len(rows):
        return []
    columns = [column.take(rows).to_pylist() for column in data.columns]
    return [list(cells) for cells in zip(*columns, strict=True)]


def _lengths(chunk: pyarrow.StringArray) -> NDArray[np.int32]:
    """Bytes of every cell."""
    offsets = np.frombuffer(chunk.buffers()[1], np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
    return np.diff(offsets)
