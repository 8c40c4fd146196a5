"""The few numbers of a data set that a proposal is made from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnbuilder.facts import DataFacts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

FAR_OUT = 3.0
"""Quartile ranges beyond the quartiles at which a target counts as an outlier."""


@dataclass(frozen=True)
class TargetNumbers:
    """What a proposal needs of a target that is a number; `outliers` is the share of rows beyond 3 quartile ranges."""

    mean: float
    deviation: float
    lower_quartile: float
    upper_quartile: float
    outliers: float = 0.0

    @property
    def size(self) -> float:
        """The root of the mean square: how large a typical value is."""
        return math.hypot(self.mean, self.deviation)

    @property
    def quartile_range(self) -> float:
        """How far the quartiles lie apart."""
        return self.upper_quartile - self.lower_quartile


@dataclass(frozen=True)
class Columns:
    """What a proposal needs of the numbers themselves, over all rows and before scaling.

    The first four hold one number for each of the network's inputs, in order. `class_counts` are the
    rows of each class (empty for regression), `target` describes the target of a regression.
    """

    minimum: tuple[float, ...]
    maximum: tuple[float, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    class_counts: tuple[int, ...] = ()
    target: TargetNumbers | None = None


def measure(features: ArrayLike, target: ArrayLike, facts: DataFacts) -> Columns:
    """The numbers of a data set: `features` [rows, inputs] before scaling, `target` [rows] codes or values.

    Rows without a target and missing inputs (NaN) must be gone.
    """
    import numpy as np

    rows, answers = np.asarray(features, dtype=np.float64), np.asarray(target).reshape(-1)
    low, high, mean, deviation = (
        tuple(map(float, part)) for part in (rows.min(0), rows.max(0), rows.mean(0), rows.std(0))
    )
    if facts.classes:
        counts = np.bincount(answers.astype(np.int64), minlength=len(facts.classes))
        return Columns(low, high, mean, deviation, class_counts=tuple(map(int, counts)))
    lower, upper = (float(quartile) for quartile in np.percentile(answers, (25, 75)))
    far = FAR_OUT * (upper - lower)
    outliers = float(np.mean((answers < lower - far) | (answers > upper + far)))
    described = TargetNumbers(float(answers.mean()), float(answers.std()), lower, upper, outliers)
    return Columns(low, high, mean, deviation, target=described)
