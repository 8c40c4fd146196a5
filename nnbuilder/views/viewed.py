"""An opened table as the views of the data page look at it: columns of numbers, and the classes of the target."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.errors import NNBuilderError
from nnbuilder.tables.columns.tasks import find_task
from nnbuilder.tables.columns.values import read_values

if TYPE_CHECKING:
    from nnbuilder.tables.library import Opened

MOST_GROUPS = 24
"""Classes that a view tells apart; the rest are put together."""
AT_ONCE = 8_000_000
"""Values that are read at once where many columns are looked at."""
GROUPED = ("category", "yes_no")
MEASURED = ("number", "date")

Column = Mapping[str, Any]


@dataclass(frozen=True)
class Groups:
    """The classes of the target: what they are called, and the class of each row, −1 where the target is missing.

    Where there are more than `MOST_GROUPS` the last one holds the rest, and `rest` says how many classes that are.
    """

    names: tuple[str, ...]
    codes: NDArray[np.int64]
    rest: int = 0

    def counts(self, rows: NDArray[np.bool_] | None = None) -> list[int]:
        """Rows of each class, and at the end those without one."""
        codes = self.codes if rows is None else self.codes[rows]
        return np.bincount(np.where(codes < 0, len(self.names), codes), minlength=len(self.names) + 1).tolist()


@dataclass(frozen=True)
class Viewed:
    """What views need of a table: its columns that become numbers, where their values lie, and the target.

    `columns` has what is known of each, as `nnbuilder.tables.columns.column_profile.ColumnProfile.to_json` writes it.
    """

    path: Path
    rows: int
    columns: Mapping[str, Column]
    target: str = ""
    task: str = "auto"

    @classmethod
    def of(cls, opened: Opened, target: str, task: str) -> Viewed:
        """What views need of an opened table; `target` may name no column, and `task` is as the person chose it."""
        from nnbuilder.tables.library import VALUES

        columns = {column["name"]: column for column in opened.columns if column["type"] in (*MEASURED, *GROUPED)}
        return cls(opened.folder / VALUES, opened.rows, columns, target if target in columns else "", task)

    def column(self, name: str) -> Column:
        """What is known of one column.

        Raises
        ------
        NNBuilderError
            If the table has no such column, or it does not become numbers.
        """
        if name not in self.columns:
            raise NNBuilderError(f"“{name}” is no column of numbers, dates or categories; choose another column.")
        return self.columns[name]

    def values(self, name: str) -> NDArray[np.float64]:
        """The numbers of a column [rows]; NaN where they are missing."""
        return read_values(self.path, [self.column(name)["name"]])[:, 0]

    def values_at(self, names: Sequence[str], rows: NDArray[np.int64] | None) -> NDArray[np.float64]:
        """The numbers of some columns [rows, columns], of all rows or of some, without ever holding many whole ones."""
        count = self.rows if rows is None else len(rows)
        matrix = np.empty((count, len(names)), dtype=np.float64)
        for place, (_, values) in enumerate(self.each(names, rows)):
            matrix[:, place] = values
        return matrix

    def each(
        self, names: Sequence[str], rows: NDArray[np.int64] | None = None
    ) -> Iterator[tuple[str, NDArray[np.float64]]]:
        """Columns one after the other with their numbers, of all rows or of some; a few are read at a time."""
        batch = max(1, min(64, AT_ONCE // max(1, self.rows)))
        for start in range(0, len(names), batch):
            some = names[start : start + batch]
            block = read_values(self.path, some)
            for place, name in enumerate(some):
                values = block[:, place]
                yield name, np.ascontiguousarray(values) if rows is None else values[rows]

    def learned(self) -> str | None:
        """What is learned of the target: ``"binary"``, ``"multiclass"``, ``"regression"``, or None for nothing."""
        return find_task(self.columns[self.target], self.task)[0] if self.target else None

    @cached_property
    def groups(self) -> Groups | None:
        """The classes of the target; None where it is not one of classes."""
        if self.learned() not in ("binary", "multiclass"):
            return None
        return group(self.columns[self.target], self.values(self.target))


def group(column: Column, values: NDArray[np.float64]) -> Groups:
    """The different values [rows] of a column as classes, in the order of their numbers."""
    known = ~np.isnan(values)
    different, counts = np.unique(values[known], return_counts=True)
    rest = 0
    if len(different) > MOST_GROUPS:
        most = np.sort(np.argsort(-counts, kind="stable")[: MOST_GROUPS - 1])
        rest = len(different) - len(most)
        different = different[most]
    places = np.searchsorted(different, values[known])
    places = np.where(different[np.minimum(places, len(different) - 1)] == values[known], places, len(different))
    codes = np.full(len(values), -1, dtype=np.int64)
    codes[known] = np.minimum(places, len(different))
    names = [label(column, value) for value in different]
    return Groups((*names, *([f"{rest} others"] if rest else [])), codes, rest)


def label(column: Column, value: float) -> str:
    """What a value of a column is called where it is a class."""
    if column["type"] in GROUPED:
        return column["labels"][int(value)]
    return f"{value:.10g}"


def sample(count: int, most: int) -> NDArray[np.int64]:
    """All places of `count` rows, or the same `most` random ones every time, in order."""
    if count <= most:
        return np.arange(count, dtype=np.int64)
    return np.sort(np.random.default_rng(0).choice(count, most, replace=False)).astype(np.int64)


def short(values: NDArray[np.float64], digits: int = 9) -> list[float | None]:
    """Numbers with at most so many digits, and None where one is missing or infinite, fit for JSON."""
    return [float(f"{value:.{digits}g}") if math.isfinite(value) else None for value in values.tolist()]
