"""Two columns to look at together, how strongly columns are related, and which tell most about the target."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.views.columns import box_plot
from nnbuilder.views.viewed import GROUPED, Column, Viewed, label, sample, short

MOST_POINTS = 2000
COINCIDE = 0.7
"""Share of different places among points below which they are spread a little."""
MOST_LABELS = 12
"""Categories that get a strip, or a line of the map of counts, of their own."""
MAP_LABELS = 20
RELATED_ROWS = 100_000
"""Rows that correlations are taken from where there are more."""
RANKED_ROWS = 20_000
"""Rows that the ranking of columns is taken from where there are more."""
MOST_COLUMNS = 30
MOST_INDICATORS = 10
"""Classes of a target up to which each has a line of its own in the correlations."""
FEW_PAIRS = 3
"""Rows in which both columns have a value, from which on they have a correlation."""


def look_at_pair(viewed: Viewed, x: str, y: str) -> dict[str, Any]:
    """Two columns as points, as strips of points (one of them holds categories), or as a map of counts (both do).

    Returns
    -------
    Plain data. Points and strips are those of at most 2000 rows, drawn by chance out of the ``complete`` ones, in which
    both columns have a value (and, for strips, one of the 12 most frequent categories). The boxes of strips, the counts
    of a map and the correlation ``r`` are of all of them.
    """
    columns = viewed.column(x), viewed.column(y)
    first, second = viewed.values(x), viewed.values(y)
    both = np.flatnonzero(~np.isnan(first) & ~np.isnan(second))
    about = {
        "x": x,
        "y": y,
        "types": [column["type"] for column in columns],
        "rows": viewed.rows,
        "complete": len(both),
    }
    if not len(both):
        return {**about, "kind": "empty"}
    grouped = [_is_grouped(viewed, column) for column in columns]
    if all(grouped):
        return {**about, **_map(columns, first[both], second[both])}
    if not any(grouped):
        chosen = both[sample(len(both), MOST_POINTS)]
        points = {"row": (chosen + 1).tolist(), **_colors(viewed, chosen)}
        points |= {"x": short(first[chosen]), "y": short(second[chosen])}
        r = correlation(first[both], second[both])
        return {**about, "kind": "points", "points": points, "r": r, "spread": _spread(first[chosen], second[chosen])}
    place = grouped.index(True)
    groups, numbers = ((first, second), (second, first))[place]
    return {**about, **_strips(viewed, columns[place], groups, numbers, both), "across": place == 0}


def _is_grouped(viewed: Viewed, column: Column) -> bool:
    """Whether a column is drawn by its labels; the target is, where it is one of classes."""
    return column["type"] in GROUPED or (column["name"] == viewed.target and viewed.groups is not None)


def _spread(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[float] | None:
    """How far points may be moved so that those at one place are all seen; None where hardly any coincide."""
    if len(np.unique(np.column_stack((x, y)), axis=0)) > COINCIDE * len(x):
        return None
    gaps = [np.diff(np.unique(values)) for values in (x, y)]
    return [0.3 * float(gap.min()) if len(gap) and np.isfinite(gap.min()) else 0.0 for gap in gaps]


def _colors(viewed: Viewed, rows: NDArray[np.int64]) -> dict[str, Any]:
    """What the points of some rows are colored by: class of the target, its value, or nothing."""
    if viewed.learned() is None:
        return {"classes": None, "color": None}
    if viewed.groups is not None:
        return {"classes": list(viewed.groups.names), "color": viewed.groups.codes[rows].tolist()}
    return {"classes": None, "color": short(viewed.values(viewed.target)[rows], 6)}


def _labels(column: Column, values: NDArray[np.float64], most: int) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """The most frequent values of a column of categories, in the order of its labels, and what was left out."""
    codes, counts = np.unique(values, return_counts=True)
    kept = np.sort(np.argsort(-counts, kind="stable")[:most])
    left = len(values) - int(counts[kept].sum())
    return codes[kept], {
        "labels": [label(column, code) for code in codes[kept]],
        "others": [len(codes) - len(kept), left],
    }


def _strips(
    viewed: Viewed,
    column: Column,
    groups: NDArray[np.float64],
    numbers: NDArray[np.float64],
    both: NDArray[np.int64],
) -> dict[str, Any]:
    codes, about = _labels(column, groups[both], MOST_LABELS)
    shown = both[np.isin(groups[both], codes)]
    chosen = shown[sample(len(shown), MOST_POINTS)]
    # The same rows lie at the same place of their strip every time.
    jitter = np.random.default_rng(0).uniform(-0.3, 0.3, len(chosen))
    points = {
        "row": (chosen + 1).tolist(),
        **_colors(viewed, chosen),
        "strip": np.searchsorted(codes, groups[chosen]).tolist(),
        "jitter": short(jitter, 3),
        "value": short(numbers[chosen]),
    }
    of_code = [numbers[both][groups[both] == code] for code in codes]
    boxes = [{"rows": len(values), **box_plot(values).to_json()} for values in of_code]
    return {"kind": "strips", **about, "boxes": boxes, "points": points}


def _map(columns: tuple[Column, Column], x: NDArray[np.float64], y: NDArray[np.float64]) -> dict[str, Any]:
    codes_x, about_x = _labels(columns[0], x, MAP_LABELS)
    codes_y, about_y = _labels(columns[1], y, MAP_LABELS)
    shown = np.isin(x, codes_x) & np.isin(y, codes_y)
    places = np.searchsorted(codes_y, y[shown]) * len(codes_x) + np.searchsorted(codes_x, x[shown])
    counts = np.bincount(places, minlength=len(codes_x) * len(codes_y)).reshape(len(codes_y), len(codes_x))
    return {
        "kind": "map",
        "x_labels": about_x["labels"],
        "y_labels": about_y["labels"],
        "others": [about_x["others"], about_y["others"]],
        "counts": counts.tolist(),
        "shown": int(counts.sum()),
    }


def correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    """Pearson's r of values [rows] without NaN; None for fewer than 3 rows or a constant."""
    if len(first) < FEW_PAIRS or first.min() == first.max() or second.min() == second.max():
        return None
    with np.errstate(all="ignore"):
        r = float(np.corrcoef(first, second)[0, 1])
    return r if np.isfinite(r) else None


def look_at_correlations(viewed: Viewed) -> dict[str, Any]:
    """Pearson's r of every two columns of numbers, each from the rows in which both have a value.

    The target comes first (as one line for each of up to 10 classes), then the columns in the order of the largest
    correlation with it, 30 lines at most. Dates count days, and columns of two categories are 0 and 1. ``constant``
    names the columns without two different values.
    """
    import pandas as pd

    rows = sample(viewed.rows, RELATED_ROWS)
    everything = rows if len(rows) < viewed.rows else None
    series, owners = _target_lines(viewed, everything)
    target_lines = list(series)
    ranked: list[tuple[float, str]] = []
    constant: list[str] = []
    suitable = [name for name, column in viewed.columns.items() if _is_line(column) and name not in owners.values()]
    for name, values in viewed.each(suitable, everything):
        known = values[~np.isnan(values)]
        if not len(known) or known.min() == known.max():
            constant.append(name)
        else:
            ranked.append((max((_pairwise(values, series[line]) for line in target_lines), default=0.0), name))
    if target_lines:
        ranked.sort(key=lambda pair: -pair[0])
    kept = [name for _, name in ranked[: max(2, MOST_COLUMNS - len(target_lines))]]
    for name, values in viewed.each(kept, everything):
        line, column = name, viewed.columns[name]
        if column["type"] in GROUPED:
            codes = np.unique(values[~np.isnan(values)])
            line = f"{name} = {label(column, codes[-1])}"
            values = np.where(np.isnan(values), np.nan, (values == codes[-1]).astype(np.float64))
        series[line], owners[line] = values, name
    matrix = pd.DataFrame(series).corr(min_periods=FEW_PAIRS).to_numpy() if series else np.zeros((0, 0))
    return {
        "kind": "correlation",
        "lines": list(series),
        "columns": [owners[line] for line in series],
        "target_lines": len(target_lines),
        "matrix": [short(row, 6) for row in matrix],
        "left_out": len(ranked) - len(kept),
        "constant": constant,
        "sampled": len(rows),
        "rows": viewed.rows,
    }


def _is_line(column: Column) -> bool:
    return column["type"] not in GROUPED or column["distinct"] == 2 or column["type"] == "yes_no"


def _target_lines(
    viewed: Viewed, rows: NDArray[np.int64] | None
) -> tuple[dict[str, NDArray[np.float64]], dict[str, str]]:
    """The target as numbers: itself, the second of two classes, or each of a few classes."""
    name, groups = viewed.target, viewed.groups
    if not name or viewed.learned() is None:
        return {}, {}
    if groups is None:
        values = viewed.values(name)
        return {name: values if rows is None else values[rows]}, {name: name}
    codes = groups.codes if rows is None else groups.codes[rows]
    if len(groups.names) > MOST_INDICATORS:
        return {}, {}
    classes = range(len(groups.names)) if len(groups.names) > 2 else [len(groups.names) - 1]
    lines = {f"{name} = {groups.names[code]}": np.where(codes < 0, np.nan, codes == code) for code in classes}
    return lines, dict.fromkeys(lines, name)


def _pairwise(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """The size of the correlation of values [rows], where both are there; 0 where there is none."""
    both = ~np.isnan(first) & ~np.isnan(second)
    if not both.all():
        first, second = first[both], second[both]
    return abs(correlation(first, second) or 0.0)


def rank_columns(viewed: Viewed) -> list[dict[str, Any]]:
    """How much each column tells about the target by itself, the most telling first.

    The share is between 0 and 1 and corrected for what chance alone would give: of the target's variance that a
    straight line (numbers) or the means of the categories explain; where the target is one of classes, of the column's
    variance that the classes explain, or Cramér's V², corrected after Bergsma, for categories.
    """
    if not viewed.target or viewed.learned() is None:
        return []
    rows = sample(viewed.rows, RANKED_ROWS)
    everything = rows if len(rows) < viewed.rows else None
    target = viewed.values_at([viewed.target], everything)[:, 0]
    told = viewed.groups is not None
    others = [name for name in viewed.columns if name != viewed.target]
    ranked = []
    for name, values in viewed.each(others, everything):
        share = explained(values, target, viewed.columns[name]["type"] in GROUPED, told)
        ranked.append({"name": name, "share": round(float(share), 4)})
    ranked.sort(key=lambda item: -item["share"])
    return ranked


def explained(values: NDArray[np.float64], target: NDArray[np.float64], categories: bool, classes: bool) -> float:
    """The share of one column that another one explains, both [rows]; see `rank_columns`."""
    known = ~np.isnan(values) & ~np.isnan(target)
    values, target = values[known], target[known]
    count = len(values)
    if count < FEW_PAIRS or values.min() == values.max() or target.min() == target.max():
        return 0.0
    if categories and classes:
        return _cramer(values, target)
    if categories or classes:
        groups, numbers = (values, target) if categories else (target, values)
        return _by_groups(groups, numbers)
    r = correlation(values, target) or 0.0
    return max(0.0, 1 - (1 - r * r) * (count - 1) / (count - 2))


def _by_groups(groups: NDArray[np.float64], numbers: NDArray[np.float64]) -> float:
    """The share of the variance that lies between groups, corrected for their number (ε²)."""
    _, codes = np.unique(groups, return_inverse=True)
    counts = np.bincount(codes)
    count = len(numbers)
    if count <= len(counts):
        return 0.0
    with np.errstate(all="ignore"):
        centered = numbers - numbers.mean()
        means = np.bincount(codes, weights=centered) / counts
        total = float(centered @ centered)
        inside = total - float(counts @ means**2)
        share = 1 - (inside / (count - len(counts))) / (total / (count - 1))
    return min(1.0, max(0.0, share)) if np.isfinite(share) else 0.0


def _cramer(values: NDArray[np.float64], target: NDArray[np.float64]) -> float:
    _, codes = np.unique(values, return_inverse=True)
    classes, targets = np.unique(target, return_inverse=True)
    counts = np.bincount(codes * len(classes) + targets, minlength=(int(codes.max()) + 1) * len(classes))
    counts = counts.reshape(-1, len(classes)).astype(np.float64)
    total, (lines, columns) = counts.sum(), counts.shape
    if total <= 1:
        return 0.0
    expected = counts.sum(axis=1, keepdims=True) @ counts.sum(axis=0, keepdims=True) / total
    phi = float(((counts - expected) ** 2 / expected).sum() / total)
    phi = max(0.0, phi - (lines - 1) * (columns - 1) / (total - 1))
    lines, columns = (size - (size - 1) ** 2 / (total - 1) for size in (lines, columns))
    return min(1.0, phi / max(min(lines, columns) - 1, 1e-9)) if phi else 0.0
