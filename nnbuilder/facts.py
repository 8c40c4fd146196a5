"""What is known about a data set before any of it is made or read into tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Task = Literal["binary", "multiclass", "regression"]
Part = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class DataFacts:
    """The shape of a prepared data set, as `check` and `build_model` need it.

    `features` names the network's inputs in order. `columns` names what the rows hold in data units, from which
    the inputs are made: the same names where each column is one input. `labels` holds, for each column, the
    categories its numbers stand for (none for a number). `dates` names those columns, the target among them, whose
    numbers are days since 1970-01-01. `classes` names the classes by their number and is empty for regression. The
    three row counts are those after the split; `class_rows` are the training rows of each class, where they were
    counted.
    """

    task: Task
    features: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    train_rows: int
    validation_rows: int
    test_rows: int
    columns: tuple[str, ...] = ()
    labels: tuple[tuple[str, ...], ...] = ()
    class_rows: tuple[int, ...] = ()
    dates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Where nothing else is said, each column is one input."""
        if not self.columns:
            object.__setattr__(self, "columns", self.features)
        if not self.labels:
            object.__setattr__(self, "labels", tuple(() for _ in self.columns))

    @property
    def rows(self) -> int:
        """All rows, whatever part they are in."""
        return self.train_rows + self.validation_rows + self.test_rows

    @property
    def inputs(self) -> int:
        """Width of the network's input."""
        return len(self.features)


UNKNOWN = DataFacts("regression", (), "", (), 0, 0, 0)
"""Of data that cannot be used yet."""


def split_sizes(rows: int, validation: float, test: float) -> tuple[int, int, int]:
    """How many of `rows` go to training, validation and test for two shares; training gets what is left.

    A share above 0 gets at least one row.
    """
    tested = max(1, round(rows * test)) if test > 0 else 0
    validated = max(1, round(rows * validation)) if validation > 0 else 0
    return rows - validated - tested, validated, tested
