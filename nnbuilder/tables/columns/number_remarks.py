"""What has to be told about a column of numbers: how they may be read, what is lost, what may stand for no number."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnbuilder.fields import counted, plain
from nnbuilder.tables.choices import Choices
from nnbuilder.tables.columns import numbers
from nnbuilder.tables.columns.blanks import STAND_INS, texts_at
from nnbuilder.tables.columns.column_types import Found
from nnbuilder.tables.columns.numbers import EXACT, PLAIN, NumberForm
from nnbuilder.tables.findings import ColumnAnswer, Finding, Lines, shown

if TYPE_CHECKING:
    import pyarrow as pa


ZERO_GAP = 0.2
"""A 0 is odd where the smallest of the other numbers is more than this share of the largest."""
_MARKS = {",": "decimal comma", ".": "decimal point"}


def number_remarks(name: str, column: pa.Array, found: Found, form: NumberForm, line_of: Lines) -> list[Finding]:
    """The findings about a column that was read as numbers."""
    told = [_either_way(name, column, form, found.options, line_of)] if found.options else []
    as_name = (ColumnAnswer("Take it as an identifier", types={name: "identifier"}),)
    where = f"Column {shown(name)}"
    if form.unit:
        told.append(
            Finding("note", f"{where} has the unit “{form.unit}” in every cell; the numbers are taken without it.")
        )
    if found.zeros and found.type == "number":
        zeros = counted(found.zeros, "number that begins", "numbers that begin")
        told.append(Finding("warning", f"{where} has {zeros} with a zero, which is lost in a number.", answers=as_name))
    lost = _too_long(column, found, form)
    if lost is not None:
        told.append(
            Finding(
                "warning",
                f"{where} has whole numbers too long to be kept exactly, such as {shown(column[lost].as_py())} in line "
                f"{line_of(lost)}; if they only name things, choose the type identifier.",
                line_of(lost),
                answers=as_name,
            )
        )
    # The very object says that Arrow took all cells as they stand.
    if form is not PLAIN:
        told += _brackets(where, column, line_of)
    return told


def _either_way(
    name: str, column: pa.Array, form: NumberForm, options: tuple[NumberForm, ...], line_of: Lines
) -> Finding:
    """That a mark may stand before decimals or between thousands."""
    row = next(row for row in range(len(column)) if len(set(_read(column, row, options))) > 1)
    readings = _read(column, row, options)
    return Finding(
        "question",
        f"Column {shown(name)}: {shown(column[row].as_py())} in line {line_of(row)} may be "
        f"{' or '.join(plain(value) for value in readings)}; it is read as {plain(_read(column, row, (form,))[0])} "
        "until you choose.",
        line_of(row),
        tuple(
            (f"{plain(value)}: {_MARKS[option.decimal]}", Choices(decimal=option.decimal))
            for value, option in zip(readings, options, strict=True)
        ),
    )


def _too_long(column: pa.Array, found: Found, form: NumberForm) -> int | None:
    """The first row whose whole number has more digits than are kept."""
    if max(map(abs, found.range)) < EXACT:
        return None
    values = values_of(found)
    far = np.flatnonzero(~(np.abs(values) < EXACT) & ~np.isnan(values))
    texts = [column[int(row)].as_py() or "" for row in far[:1000]]
    return next((int(far[place]) for place in numbers.inexact(texts, form)), None)


def _brackets(where: str, column: pa.Array, line_of: Lines) -> list[Finding]:
    from nnbuilder.tables.arrow import compute as pc

    rows = np.flatnonzero(pc.fill_null(pc.starts_with(pc.utf8_trim_whitespace(column), "("), False))
    if not len(rows):
        return []
    row = int(rows[0])
    message = (
        f"{where}: {shown(column[row].as_py())} in line {line_of(row)} is read as a negative number, as accountants "
        "write it."
    )
    return [Finding("note", message, line_of(row))]


def stand_ins(name: str, column: pa.Array, found: Found, line_of: Lines, meant: Collection[str]) -> list[Finding]:
    """Numbers such as -999 that stand far from all others and often mean a missing value."""
    values = values_of(found)
    for value in found.range:
        if value not in STAND_INS and not value == 0 == found.range[0]:
            continue
        known = values[~np.isnan(values)]
        rows = np.flatnonzero(values == value)
        rest = known[known != value]
        if not (_is_odd_zero(rest, len(rows)) if value == 0 else _is_far(value, rest, len(rows))):
            continue
        first, texts = line_of(int(rows[0])), texts_at(column, rows)
        if set(texts) <= set(meant):
            continue
        return [
            Finding(
                "warning",
                f"Column {shown(name)} holds {plain(float(value))} in {counted(len(rows), 'row')} (first in line "
                f"{first}), "
                "far from all other numbers; say whether it stands for a missing value.",
                first,
                answers=(
                    ColumnAnswer("A missing value", {name: {"missing": texts}}),
                    ColumnAnswer("A number", {name: {"labels": texts}}),
                ),
            )
        ]
    return []


def _is_far(value: float, rest: NDArray[np.float64], times: int) -> bool:
    """Whether a number stands farther from all others than these from each other."""
    if not len(rest):
        return False
    away = min(abs(value - rest.min()), abs(value - rest.max()))
    return bool(away > max(float(rest.max() - rest.min()), 1.0) and (times < len(rest) or len(rest) >= 2))


def _is_odd_zero(rest: NDArray[np.float64], times: int) -> bool:
    """Whether 0 can hardly be measured where it stands: all others are many, larger, and within a factor of five."""
    return len(rest) >= max(20, times) and bool(rest.min() > ZERO_GAP * rest.max()) and len(np.unique(rest)) >= 10


def _read(column: pa.Array, row: int, forms: tuple[NumberForm, ...]) -> list[float]:
    cell = column.slice(row, 1)
    values = [float(numbers.convert(cell, form)[0]) for form in forms]
    return [value for value in values if value == value]


def values_of(found: Found) -> NDArray[np.float64]:
    """The numbers of a column that was read as numbers or dates."""
    assert found.values is not None
    return found.values
