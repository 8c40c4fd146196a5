"""Rows that a person brings, pasted or as a file: columns found by name, cells read as the data were, faults named."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnbuilder.data.table_rows import class_name
from nnbuilder.errors import NNBuilderError
from nnbuilder.fields import counted, did_you_mean
from nnbuilder.predicting.asked import Asked, Feature, can_be_missing
from nnbuilder.predicting.cells import Cells, bad_words, read_cells
from nnbuilder.predicting.reading_words import lines_left_out, refusal_here, rows_are_data, told_here
from nnbuilder.tables.choices import Choices
from nnbuilder.tables.findings import Unreadable, shown
from nnbuilder.tables.reading import Table, read_table

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[float, str], None]

SEPARATORS = ("\t", ";", ",", "|")
MOST_TOLD = 12
"""Sentences about columns; what is wrong with a row stands beside it, too."""


@dataclass(frozen=True)
class Given:
    """Rows for a network.

    Attributes
    ----------
    table
        The rows as they stand, every column as text.
    raw
        float64 [rows, features] in data units, NaN where a value is missing.
    reasons
        Why a row cannot be answered, by its number from 0.
    told
        Sentences about how the rows were read.
    truth
        float64 [rows]: what the target is said to be, as the number of a class or a value; NaN where it does not say.
        None if the rows have no such column.
    left_out
        Lines that are no whole rows and so are not among these.
    """

    table: Table
    raw: NDArray[np.float64]
    reasons: Mapping[int, str]
    told: tuple[str, ...]
    truth: NDArray[np.float64] | None
    left_out: int = 0

    @property
    def usable(self) -> NDArray[np.intp]:
        """The rows that can be answered."""
        bad = np.zeros(len(self.raw), dtype=bool)
        bad[list(self.reasons)] = True
        return np.flatnonzero(~bad)


def read_rows(path: Path, name: str, asked: Asked, progress: Progress | None = None) -> Given:
    """The rows in a file that a network is to answer.

    Parameters
    ----------
    path, name
        Where the bytes lie, and what the person calls them.
    asked
        What the network needs of a row.
    progress
        Told the share that is done and a sentence.

    Raises
    ------
    NNBuilderError
        If it is no table, or a column is missing that the network needs.
    """
    table, places, told, by_name = _matched(path, name, asked, progress)
    columns = {one: _column(table, place) for one, place in places.items()}
    cells = _all_cells(asked, columns, {one: table.types[place] for one, place in places.items()})
    reasons: dict[int, str] = {}
    raw = np.full((table.data.num_rows, len(asked.features)), np.nan)
    sentences: list[str] = []
    for place, feature in enumerate(asked.features):
        column, found = columns[feature.name], cells[feature.name]
        raw[:, place] = found.values
        sentences += _refuse(table, feature, column, found, reasons)
    told += _otherwise(cells)
    truth = None
    if asked.target.name in columns:
        truth = _truth(asked, table, columns[asked.target.name], told)
    told += told_here(table.findings, by_name=by_name)
    sentences += told
    return Given(table, raw, reasons, tuple(sentences[:MOST_TOLD]), truth, lines_left_out(table.findings))


def _matched(
    path: Path, name: str, asked: Asked, progress: Progress | None
) -> tuple[Table, dict[str, int], list[str], bool]:
    """The table, which column is which feature (or the target), what is to be told of that, and if names say so."""
    wanted = (*asked.names, asked.target.name)

    def read(choices: Choices | None = None) -> tuple[Table, dict[str, int]]:
        try:
            table = read_table(path, name, choices, progress=progress)
        except Unreadable as error:
            if not rows_are_data(error) or (choices and choices.header_rows is not None):
                raise
            # A single row of words looks like names.
            table = read_table(path, name, replace(choices or Choices(), header_rows=0), progress=progress)
            if _places(_first_row(table), wanted):
                raise
        return table, _places(table.names, wanted)

    def whole(places: Mapping[str, int]) -> bool:
        return all(one in places for one in asked.names)

    try:
        table, places = read()
    except Unreadable as error:
        raise NNBuilderError(refusal_here(error, name)) from None
    if not table.choices.header_rows and len(_places(_first_row(table), wanted)) > len(places):
        # Names of columns that look like cells: whoever knows the names knows better.
        table, places = read(_with(table, header_rows=1))
    if not whole(places) and table.choices.separator is not None:
        for mark in SEPARATORS:
            # So does whoever knows that “a b” is one name.
            with contextlib.suppress(Unreadable):
                other, found = read(Choices(separator=mark, header_rows=1))
                if whole(found):
                    table, places = other, found
                    break
    if not any(one in places for one in asked.names):
        if len(table.names) != len(asked.names):
            raise NNBuilderError(
                f"No column of {name} is called like a feature ({_listed(asked.names)}); name the columns in the first "
                f"line, or give {counted(len(asked.names), 'cell')} in each line."
            )
        table, _ = read(_with(table, header_rows=0))
        told = [f"No column has the name of a feature, so they are taken in this order: {_listed(asked.names)}."]
        return table, {one: place for place, one in enumerate(asked.names)}, told, False
    missing = [one for one in asked.names if one not in places]
    if missing:
        near = did_you_mean(missing[0], tuple(table.names)) if len(missing) == 1 else "."
        hint = f"{near[:-1]} in its place?" if near.startswith("; did you mean") else "; add it to the first line."
        hint = hint if len(missing) == 1 else "; add them to the first line."
        columns = "The column" if len(missing) == 1 else "The columns"
        raise NNBuilderError(
            f"{columns} {_listed(missing)} {'is' if len(missing) == 1 else 'are'} missing in line 1 of {name}{hint}"
        )
    extra = [one for place, one in enumerate(table.names) if place not in places.values()]
    told = [f"Not used by the network: {_listed(extra)}."] if extra else []
    return table, places, told, True


def _with(table: Table, header_rows: int) -> Choices:
    """How a table was read, but with another number of rows that hold names."""
    return replace(table.choices, header_rows=header_rows)


def _places(names: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    """Where the wanted columns are: by their very name, else without regard to capitals and spaces around."""
    exact = {name: place for place, name in reversed(list(enumerate(names)))}
    loose: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        loose.setdefault(_bare(name), []).append(place)
    found: dict[str, int] = {}
    for one in wanted:
        if one in exact:
            found[one] = exact[one]
    for one in wanted:
        others = [place for place in loose.get(_bare(one), ()) if place not in found.values()]
        if one not in found and len(others) == 1:
            found[one] = others[0]
    return found


def _bare(name: str) -> str:
    return " ".join(name.split()).casefold()


def _first_row(table: Table) -> list[str]:
    return [column[0].as_py() or "" for column in table.data.columns] if table.data.num_rows else []


def _all_cells(asked: Asked, columns: Mapping[str, pa.Array], types: Mapping[str, str | None]) -> dict[str, Cells]:
    """All columns read, those with numbers once more if one of them needs another decimal mark than the data have."""
    cells = {one.name: read_cells(columns[one.name], one, (), types[one.name]) for one in asked.features}
    needed = sorted({found.decimal for found in cells.values() if found.decimal})
    if len(needed) == 1:
        for one in asked.features:
            if one.kind == "number":
                cells[one.name] = read_cells(columns[one.name], one, needed, types[one.name])
    return cells


def _refuse(table: Table, feature: Feature, column: pa.Array, cells: Cells, reasons: dict[int, str]) -> list[str]:
    """Note the rows in which a cell is bad, or missing where nothing fills it; a sentence about the first."""
    said: list[str] = []
    why: dict[int, str] = {}
    for row in cells.bad.tolist():
        why[row] = f"column “{feature.name}”: {bad_words(cells, column[row].as_py() or '')}"
    if not can_be_missing(feature):
        bad = set(why)
        for row in np.flatnonzero(np.isnan(cells.values)).tolist():
            if row not in bad:
                why[row] = f"column “{feature.name}” is empty, and nothing takes the place of a gap; fill it in"
    for row in sorted(why):
        reason = why[row] if why[row].endswith(("?", ".")) else f"{why[row]}."
        sentence = f"Line {table.first_line(row)}, {reason}"
        reasons.setdefault(row, sentence)
        if not said:
            more = len(why) - 1
            rest = f" So it is in {counted(more, 'more line')}." if more else ""
            said.append(f"{sentence}{rest}")
    return said


def _otherwise(cells: Mapping[str, Cells]) -> list[str]:
    """Which columns are written otherwise than in the data, and how they are read."""
    ways: dict[str, list[str]] = {}
    for name, found in cells.items():
        if found.told:
            ways.setdefault(found.told, []).append(name)
    return [
        f"Column {_listed(names)} is read {how}." if len(names) == 1 else f"Columns {_listed(names)} are read {how}."
        for how, names in ways.items()
    ]


def _truth(asked: Asked, table: Table, column: pa.Array, told: list[str]) -> NDArray[np.float64]:
    """What the rows say of the target: the number of a class, or a value; NaN where they say nothing that is known."""
    target = asked.target
    if not asked.classes:
        found = read_cells(column, target)
        if len(found.bad):
            first = int(found.bad[0])
            told.append(
                f"{counted(len(found.bad), 'row')} {'says' if len(found.bad) == 1 else 'say'} nothing usable of "
                f"“{target.name}”, first {shown(column[first].as_py() or '')} in line {table.first_line(first)}, and "
                f"{'is' if len(found.bad) == 1 else 'are'} not compared."
            )
        return found.values
    texts = [(text or "").strip() for text in column.to_pylist()]
    names = {name: code for code, name in enumerate(asked.classes)}
    if target.kind in ("number", "date") and target.form:
        numbers = read_cells(column, target).values
        texts = ["" if math.isnan(value) else class_name({"type": target.kind}, value) for value in numbers.tolist()]
    folded = {name.lower(): code for name, code in names.items()}
    loose = len(folded) == len(names)
    codes = [names.get(text, folded.get(text.lower(), math.nan) if loose else math.nan) for text in texts]
    rows = [row for row, (text, code) in enumerate(zip(texts, codes, strict=True)) if text and math.isnan(code)]
    if rows:
        unknown = sorted({texts[row] for row in rows})
        told.append(
            f"The network knows no class called {_listed(unknown)}, first in line {table.first_line(rows[0])}; such "
            "rows are not compared."
        )
    return np.array(codes, dtype=np.float64)


def _column(table: Table, place: int) -> pa.Array:
    import pyarrow as pa

    column = table.data.column(place)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return column if column.type in (pa.string(), pa.large_string()) else column.cast(pa.large_string())


def _listed(names: Sequence[str], most: int = 6) -> str:
    words = ", ".join(f"“{name}”" for name in names[:most])
    return f"{words} and {len(names) - most} more" if len(names) > most else words
