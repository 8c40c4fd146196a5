"""The history of a run: append-only rows of numbers, one an epoch."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch


class History:
    """Rows of one number for each column, in the order they were measured; NaN stands for not measured."""

    def __init__(self, columns: Iterable[str], rows: Iterable[Iterable[float]] = ()) -> None:
        self.columns = tuple(columns)
        self.rows: list[tuple[float, ...]] = [tuple(row) for row in rows]

    def append(self, row: dict[str, float]) -> None:
        """Add the row of an epoch."""
        self.rows.append(tuple(row[column] for column in self.columns))

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[float]:
        """One column from the first epoch to the last."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def latest(self) -> dict[str, float]:
        """The last row by column; empty before the first epoch."""
        return dict(zip(self.columns, self.rows[-1], strict=True)) if self.rows else {}

    def of_epoch(self, epoch: int) -> dict[str, float]:
        """The row of an epoch by column; the last one if it has none."""
        place = self.columns.index("epoch")
        row = next((row for row in reversed(self.rows) if row[place] == epoch), None)
        return dict(zip(self.columns, row, strict=True)) if row else self.latest()

    def to_json(self) -> list[dict[str, float | None]]:
        """The rows as JSON: epochs as whole numbers, what was not measured as null."""
        return [{name: _plain(name, value) for name, value in zip(self.columns, row, strict=True)} for row in self.rows]

    def to_tensor(self) -> torch.Tensor:
        """The rows as float64 [epochs, columns], for a checkpoint."""
        return torch.tensor(self.rows, dtype=torch.float64).reshape(len(self.rows), len(self.columns))

    @classmethod
    def from_tensor(cls, columns: Iterable[str], rows: torch.Tensor) -> History:
        """The inverse of `to_tensor`."""
        return cls(columns, rows.tolist())


def _plain(name: str, value: float) -> Any:
    if not math.isfinite(value):
        return None
    return int(value) if name == "epoch" else value
