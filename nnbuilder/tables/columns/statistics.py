"""The numbers that describe a column: exact where one look is enough, from a stated sample where sorting is needed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE = 100_000
"""Rows that quartiles and histogram are taken from where there are more."""
BINS = 30
LARGEST_COUNTED = 2.0**52
"""From here on halves, where the edges of a whole number's bin lie, are no numbers any more."""
LARGEST = float(np.finfo(np.float64).max)
HUGE = 1e150
"""Numbers beyond it have squares that are too large to hold."""
FAR = 1.5
"""Quartile ranges beyond the quartiles from which on a value counts as an outlier."""


@dataclass(frozen=True)
class Statistics:
    """Of the values that are there. Count, mean, deviation, minimum, maximum and outliers are of all rows.

    `sample` is the number of rows that the quartiles and the histogram are of; None says all.
    `edges` has one number more than `histogram`. `whole` says that all values are whole numbers.
    """

    count: int
    mean: float
    deviation: float
    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float
    outliers: int
    histogram: tuple[int, ...]
    edges: tuple[float, ...]
    sample: int | None = None
    whole: bool = False

    def to_json(self) -> dict[str, Any]:
        """The statistics as plain data."""
        return {**asdict(self), "histogram": list(self.histogram), "edges": list(self.edges)}

    def _times(self, factor: float, low: float, high: float) -> Statistics:
        """The statistics of values that are larger by a factor and reach from `low` to `high`."""
        names = ("mean", "deviation", "lower_quartile", "median", "upper_quartile")
        larger = {name: min(max(getattr(self, name) * factor, -LARGEST), LARGEST) for name in names}
        edges = (low, *(edge * factor for edge in self.edges[1:-1]), high)
        return replace(self, **larger, minimum=low, maximum=high, edges=edges, whole=False)


def describe(values: NDArray[np.float64]) -> Statistics | None:
    """Statistics of values [rows] without NaN; None if there are none."""
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    largest = max(abs(low), abs(high))
    if largest > HUGE:
        small = describe(values / largest)
        assert small is not None
        return small._times(largest, low, high)
    mean, deviation = float(values.mean()), float(values.std())
    part = sampled(values)
    lower, median, upper = (float(one) for one in np.percentile(part, (25, 50, 75)))
    far = FAR * (upper - lower)
    outliers = 0
    if low < lower - far or high > upper + far:
        outliers = int(np.count_nonzero((values < lower - far) | (values > upper + far)))
    bins, edges = _histogram(part, low, high)
    return Statistics(
        len(values), mean, deviation, low, lower, median, upper, high, outliers, bins, edges,
        len(part) if len(part) < len(values) else None, _whole(values),
    )  # fmt: skip


def sampled(values: NDArray[Any]) -> NDArray[Any]:
    """The values, or the same random ones every time where there are very many."""
    if len(values) <= SAMPLE:
        return values
    return values[_places(len(values))]


@lru_cache(maxsize=2)
def _places(count: int) -> NDArray[np.int64]:
    # In order: reading from front to back is quicker than jumping about.
    return np.sort(np.random.default_rng(0).integers(0, count, SAMPLE))


def _whole(values: NDArray[np.float64]) -> bool:
    # The first rows settle it for nearly every column that has fractions.
    return all(bool(np.all(part == np.floor(part))) for part in (values[:1000], values))


def _histogram(values: NDArray[np.float64], low: float, high: float) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Counts and edges; whole numbers of a small range get a bin each, in the middle of which they stand."""
    if high - low < BINS and max(abs(low), abs(high)) < LARGEST_COUNTED and bool(np.all(values == np.floor(values))):
        edges = np.arange(low - 0.5, high + 1)
        counts = np.bincount((values - low).astype(np.int64), minlength=len(edges) - 1)
    elif low == high or not np.isfinite(high - low) or not (high - low) / BINS > np.spacing(max(abs(low), abs(high))):
        # A range too narrow, or too wide, to be cut up.
        edges, counts = np.array([low, high]), np.array([len(values)])
    else:
        counts, edges = np.histogram(values, bins=BINS, range=(low, high))
    return tuple(int(count) for count in counts), tuple(float(edge) for edge in edges)
