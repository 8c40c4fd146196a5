"""One column to look at: how often each value is there, class by class, and which values lie far out.

Counts and quartiles are of all rows; only the marked outliers are the farthest ones where there are very many.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.views.viewed import GROUPED, MEASURED, Column, Groups, Viewed, label, short

MOST_BINS = 40
MOST_LABELS = 20
MOST_MARKED = 300
"""Outliers that are drawn, the farthest first."""
FAR = 1.5
"""Quartile ranges beyond the quartiles from which on a value counts as an outlier: Tukey's rule."""
MOST_COLUMNS = 60
MOST_ROWS = 20
STRIP = 40
"""Outliers that are drawn and listed for each of many columns, the farthest first."""
MONTHS = (1, 3, 12, 60, 120, 600, 1200)
"""Widths of a bin of dates, in months, where days and weeks are too many."""
UNITS = {1: "month", 3: "quarter", 12: "year", 60: "5 years", 120: "10 years", 600: "50 years", 1200: "100 years"}


@dataclass(frozen=True)
class Box:
    """A box plot: quartiles, the last values within Tukey's fences, and the fences themselves."""

    lower_fence: float
    lower_whisker: float
    lower_quartile: float
    median: float
    upper_quartile: float
    upper_whisker: float
    upper_fence: float

    @property
    def usable(self) -> bool:
        """Whether the middle half of the values has a width; where it has none, the rule marks all but one value."""
        return self.upper_quartile > self.lower_quartile and bool(np.isfinite(self.upper_fence - self.lower_fence))

    def outside(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which values are outliers; a missing one is none."""
        if not self.usable:
            return np.zeros(len(values), dtype=bool)
        return (values < self.lower_fence) | (values > self.upper_fence)

    def to_json(self) -> dict[str, Any]:
        """The box as plain data; None for what is too large to hold."""
        return dict(zip(asdict(self), short(np.array(list(asdict(self).values())), 12), strict=True))


def box_plot(known: NDArray[np.float64]) -> Box:
    """The box plot of values [at least 1] without NaN, with NumPy's (linear) quartiles."""
    with np.errstate(over="ignore", invalid="ignore"):
        lower, median, upper = (float(one) for one in np.percentile(known, (25, 50, 75)))
        far = FAR * (upper - lower)
        low, high = lower - far, upper + far
        inside = known[(known >= low) & (known <= high)]
    whiskers = (float(inside.min()), float(inside.max())) if len(inside) else (lower, upper)
    return Box(low, min(whiskers[0], lower), lower, median, upper, max(whiskers[1], upper), high)


def look_at_column(viewed: Viewed, name: str, without_outliers: bool = False) -> dict[str, Any]:
    """The histogram of a column of numbers or dates, or the rows of each category.

    Parameters
    ----------
    name
        The column.
    without_outliers
        Whether the histogram leaves out what lies beyond Tukey's fences; quartiles stay those of all rows.

    Returns
    -------
    Plain data: ``kind`` ("histogram", "categories" or "empty"), ``missing`` cells, and ``groups``, each a class of the
    target with its ``counts`` by bin or label; a group without a name is of rows whose target is missing. Without
    classes there is one group, without a name.
    """
    column, values = viewed.column(name), viewed.values(name)
    known = ~np.isnan(values)
    about = {
        "name": name,
        "type": column["type"],
        "rows": viewed.rows,
        "missing": int(viewed.rows - np.count_nonzero(known)),
        "is_target": name == viewed.target,
    }
    if not known.any():
        return {**about, "kind": "empty"}
    classes = viewed.groups if name == viewed.target else None
    if classes is not None:
        grouped = _grouped(classes.codes[known], len(classes.names), classes, known)
        labels = [
            {"label": name, "rows": rows} for name, rows in zip(classes.names, classes.counts(known), strict=False)
        ]
        return {**about, "kind": "categories", "labels": labels, "groups": grouped, "others": None}
    if column["type"] in GROUPED:
        return {**about, **_categories(column, values, known, viewed.groups)}
    return {**about, **_histogram(column, values, known, viewed.groups, without_outliers)}


def _histogram(
    column: Column,
    values: NDArray[np.float64],
    known: NDArray[np.bool_],
    groups: Groups | None,
    without_outliers: bool,
) -> dict[str, Any]:
    box = box_plot(values[known])
    outside = box.outside(values)
    places = np.flatnonzero(outside)
    shown = known & ~outside if without_outliers else known
    unit = None
    if column["type"] == "date":
        edges, unit = date_edges(float(values[shown].min()), float(values[shown].max()))
    else:
        edges = number_edges(values[shown])
    far = _farthest(values, places, box, MOST_MARKED)
    return {
        "kind": "histogram",
        "edges": [float(edge) for edge in edges],
        "unit": unit,
        "groups": _grouped(_bins(values[shown], edges), len(edges) - 1, groups, shown),
        "box": box.to_json(),
        "outliers": len(places),
        "usable": box.usable,
        "without_outliers": without_outliers,
        "marked": [[int(row) + 1, *short(values[row : row + 1])] for row in far],
        "mean": short(np.array([_mean(values[known])]))[0],
        "minimum": float(values[known].min()),
        "maximum": float(values[known].max()),
    }


def _mean(known: NDArray[np.float64]) -> float:
    with np.errstate(over="ignore"):
        return float(known.mean())


def number_edges(known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of at most 40 bins for values without NaN: NumPy's "auto" rule, and whole numbers in the middle of bins.

    The bins of "auto" are as narrow as the narrower of Freedman and Diaconis' (twice the quartile range by the cube
    root of the count) and Sturges' (the range by one more than the binary logarithm of the count).
    """
    low, high = float(known.min()), float(known.max())
    with np.errstate(over="ignore"):
        span = high - low
    if not np.isfinite(span) or not span / MOST_BINS > 4 * np.spacing(max(abs(low), abs(high))):
        # Too narrow a range to be cut up, or too wide a one.
        return np.array([low - 0.5, low + 0.5]) if span == 0 and abs(low) < 1e15 else np.array([low, high])
    quarter, three = np.percentile(known, (25, 75))
    narrow = 2 * (three - quarter) / np.cbrt(len(known))
    sturges = span / (np.log2(len(known)) + 1)
    width = min(narrow, sturges) if narrow > 0 else sturges
    if bool(np.all(known == np.floor(known))) and max(abs(low), abs(high)) < 1e15:
        # A bin holds as many whole numbers as the next one, or the bars look like a comb.
        step = 1 if span < MOST_BINS else max(1, round(width), int(np.ceil((span + 1) / MOST_BINS)))
        count = int(span // step) + 1
        return (low - 0.5 + step * np.arange(count + 1)).astype(np.float64)
    return np.linspace(low, high, min(MOST_BINS, int(np.ceil(span / width))) + 1)


def date_edges(low: float, high: float) -> tuple[NDArray[np.float64], str]:
    """Edges of at most 40 bins for days since 1970-01-01, at days, Mondays, or first days of months; and the unit."""
    first, last = np.floor(low), np.floor(high)
    for days, unit, start in ((1, "day", 0), (7, "week", 4)):
        begin, end = (np.floor((day - start) / days) for day in (first, last))
        if end - begin < MOST_BINS:
            return start + days * np.arange(begin, end + 2), unit
    months = [int(_month(day)) for day in (first, last)]
    width = next((width for width in MONTHS if months[1] // width - months[0] // width < MOST_BINS), MONTHS[-1])
    begins = width * np.arange(months[0] // width, months[1] // width + 2)
    return (begins - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.float64), UNITS[width]


def _month(day: float) -> int:
    """Months since the year 0 of a day since 1970-01-01."""
    return int(np.datetime64(int(day), "D").astype("datetime64[M]").astype(np.int64)) + 1970 * 12


def _bins(known: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """The bin of each value; the last one has its upper edge, too, as NumPy's."""
    places = np.searchsorted(edges, known, side="right") - 1
    return np.minimum(places, len(edges) - 2).astype(np.int64)


def _grouped(
    places: NDArray[np.int64], count: int, groups: Groups | None, rows: NDArray[np.bool_]
) -> list[dict[str, Any]]:
    """Rows at each of `count` places, class by class; those without a class come last, where there are any."""
    if groups is None:
        return [{"name": None, "counts": np.bincount(places, minlength=count).tolist()}]
    codes = groups.codes[rows]
    codes = np.where(codes < 0, len(groups.names), codes)
    table = np.bincount(codes * count + places, minlength=count * (len(groups.names) + 1)).reshape(-1, count)
    made: list[dict[str, Any]] = [
        {"name": name, "counts": line.tolist()} for name, line in zip(groups.names, table[:-1], strict=True)
    ]
    return [*made, *([{"name": None, "counts": table[-1].tolist()}] if table[-1].any() else [])]


def _categories(
    column: Column, values: NDArray[np.float64], known: NDArray[np.bool_], groups: Groups | None
) -> dict[str, Any]:
    """Rows of each label, the most frequent first unless the labels have an order of their own."""
    codes, counts = np.unique(values[known].astype(np.int64), return_counts=True)
    names = [label(column, code) for code in codes]
    if not (column["type"] == "yes_no" or _numbers(names)) or len(codes) > MOST_LABELS:
        order = np.argsort(-counts, kind="stable")
        codes, counts = codes[order], counts[order]
    kept = codes[:MOST_LABELS]
    place_of = np.full(int(codes.max()) + 1, len(kept), dtype=np.int64)
    place_of[kept] = np.arange(len(kept))
    grouped = _grouped(place_of[values[known].astype(np.int64)], len(kept) + 1, groups, known)
    others = (
        {"labels": len(codes) - len(kept), "rows": int(counts[len(kept) :].sum())} if len(codes) > len(kept) else None
    )
    for item in grouped:
        item["counts"] = item["counts"] if others else item["counts"][:-1]
    labels = [{"label": label(column, code), "rows": int(count)} for code, count in zip(kept, counts, strict=False)]
    return {"kind": "categories", "labels": labels, "groups": grouped, "others": others}


def _numbers(names: list[str]) -> bool:
    try:
        return all(np.isfinite(float(name)) for name in names)
    except ValueError:
        return False


def _farthest(values: NDArray[np.float64], places: NDArray[np.int64], box: Box, most: int) -> NDArray[np.int64]:
    """The rows among `places` whose values lie farthest beyond the fences, the farthest first."""
    beyond = np.maximum(values[places] - box.upper_fence, box.lower_fence - values[places])
    return places[np.argsort(-beyond, kind="stable")[:most]]


def look_at_outliers(viewed: Viewed) -> dict[str, Any]:
    """The outliers of every column of numbers or dates by Tukey's rule, the columns with most of them first.

    A column whose middle half is one value is named in ``flat`` instead: the rule would mark every other value.
    ``rows`` are the rows that are outliers in the most columns. Row 1 is the first row of data.
    """
    listed, flat, checked = [], [], 0
    often = np.zeros(viewed.rows, dtype=np.int32)
    measured = [name for name, column in viewed.columns.items() if column["type"] in MEASURED and column["statistics"]]
    for name, values in viewed.each(measured):
        column = viewed.columns[name]
        box = box_plot(values[~np.isnan(values)])
        if not box.usable:
            flat.append(name)
            continue
        checked += 1
        outside = box.outside(values)
        often += outside
        places = np.flatnonzero(outside)
        far = _farthest(values, places, box, STRIP)
        listed.append(
            {
                "name": name,
                "type": column["type"],
                "count": len(places),
                "share": len(places) / max(1, viewed.rows - column["missing"]),
                "below": int(np.count_nonzero(values[places] < box.lower_fence)),
                "box": box.to_json(),
                "marked": [[int(row) + 1, *short(values[row : row + 1])] for row in far],
            }
        )
    listed.sort(key=lambda item: -item["share"])
    most = np.argsort(-often, kind="stable")[:MOST_ROWS]
    return {
        "kind": "outliers",
        "columns": listed[:MOST_COLUMNS],
        "left_out": len(listed[MOST_COLUMNS:]),
        "checked": checked,
        "flat": flat[:MOST_COLUMNS],
        "flat_count": len(flat),
        "rows": [[int(row) + 1, int(often[row])] for row in most if often[row]],
        "any_rows": int(np.count_nonzero(often)),
        "all_rows": viewed.rows,
    }
