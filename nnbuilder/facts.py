"""What is known about a data set before any of it is made or read into tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Task = Literal["binary", "multiclass", "regression"]
Part = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class DataFacts:
    """The shape of a prepared data set, as `check` and `build_model` need it.

    `features` names the network's inputs in order. `classes` names the classes by their number
    and is empty for regression. The three row counts are those after the split.
    """

    task: Task
    features: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    train_rows: int
    validation_rows: int
    test_rows: int

    @property
    def rows(self) -> int:
        """All rows, whatever part they are in."""
        return self.train_rows + self.validation_rows + self.test_rows

    @property
    def inputs(self) -> int:
        """Width of the network's input."""
        return len(self.features)


def split_sizes(rows: int, validation: float, test: float) -> tuple[int, int, int]:
    """How many of `rows` go to training, validation and test for two shares; training gets what is left.

    A share above 0 gets at least one row.
    """
    tested = max(1, round(rows * test)) if test > 0 else 0
    validated = max(1, round(rows * validation)) if validation > 0 else 0
    return rows - validated - tested, validated, tested
