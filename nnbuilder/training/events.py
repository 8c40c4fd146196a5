"""What the training loop reports, as frozen events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Step:
    """One batch was done: batch number `batch` of `batches` in `epoch` (all counted from 1)."""

    epoch: int
    batch: int
    batches: int


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch was done; `row` is its line of the history."""

    epoch: int
    row: dict[str, float]


@dataclass(frozen=True, slots=True)
class Diverged:
    """Loss or weights became NaN or infinite in `epoch`; the last good weights are back in the model."""

    epoch: int
    message: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Nothing is left to do: all epochs done, stopped early, or asked to stop."""

    epoch: int
    reason: Literal["epochs", "early_stopping", "stopped"]
    message: str


Event = Step | Epoch | Diverged | Finished
