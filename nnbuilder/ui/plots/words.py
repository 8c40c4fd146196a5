"""What stands below each view of a table: how many rows are drawn, what is left out, and how to read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnbuilder.fields import counted, plain
from nnbuilder.ui.plots.style import View
from nnbuilder.ui.plots.table_figures import MOST_RANKED
from nnbuilder.ui.plots.text import number, percent, unformatted, value

MOST_NAMED = 5
ZOOM = "drag to zoom, double-click to go back"
FAR = "more than 1.5 quartile ranges outside the middle half"


def about_column(view: View) -> str:
    """What is said of one column: of how many rows, quartiles and extremes, outliers, missing cells."""
    parts = [_rows(view["rows"] - view["missing"])]
    if view["kind"] == "histogram":
        box, kind, unit, outliers = view["box"], view["type"], view["unit"], view["outliers"]
        first, third = (value(box[part], kind, 4) for part in ("lower_quartile", "upper_quartile"))
        parts += [
            f"median {value(box['median'], kind, 4)}",
            f"middle half {first} to {third}",
            f"all {value(view['minimum'], kind)} to {value(view['maximum'], kind)}",
        ]
        if unit:
            parts.append(f"a bar for each {unit}" if unit[0].isalpha() else f"a bar for {unit}")
        if outliers:
            parts.append(f"{counted(outliers, 'outlier')}, {FAR}")
    elif view["others"]:
        rare, rows = view["others"]["labels"], view["others"]["rows"]
        parts.append(f"{plain(rare)} rare categories in {_rows(rows)} are put together")
    parts.append(f"{plain(view['missing'])} missing" if view["missing"] else "none missing")
    return _line(parts)


def about_pair(view: View) -> str:
    """What is said of two columns: which rows are drawn, and what of the others."""
    complete, missing = view["complete"], view["rows"] - view["complete"]
    if view["kind"] == "map":
        parts = [f"all {_rows(complete)} are counted"]
        rare = complete - view["shown"]
        if rare:
            parts.append(f"{_rows(rare)} of rare categories are not shown")
    else:
        drawn = len(view["points"]["row"])
        if view["kind"] == "strips":
            complete -= view["others"][1]
        parts = [_rows(drawn) if drawn == complete else f"{plain(drawn)} of {_rows(complete)}, drawn by chance"]
    if view["kind"] == "strips":
        parts.append(f"boxes, and the numbers at the categories, are of all {_rows(complete)}")
        rare, rows = view["others"]
        if rare:
            parts.append(f"{counted(rare, 'rare category', 'rare categories')} with {_rows(rows)} left out")
    if view["kind"] == "points":
        if view["r"] is not None:
            whole = f" of all {_rows(complete)}" if drawn < complete else ""
            parts.append(f"r = {number(view['r'], 3)}{whole}")
        if view["spread"]:
            parts.append("points at one place are spread a little")
    if missing:
        parts.append(f"{_rows(missing)} without a value in both left out")
    if view["kind"] == "points":
        parts.append(ZOOM)
    return _line(parts)


def about_correlations(view: View) -> str:
    """What is said of the correlations: of how many rows, and which columns are not there."""
    parts = ["Pearson's r; click a cell to see its two columns"]
    if view["sampled"] < view["rows"]:
        parts.append(f"of {plain(view['sampled'])} of {_rows(view['rows'])}, drawn by chance")
    if view["left_out"]:
        why = " that follow the target less" if view["target_lines"] else ""
        parts.append(f"{counted(view['left_out'], 'more column')}{why} left out")
    if view["constant"]:
        parts.append(f"without a correlation, as they are constant: {_names(view['constant'])}")
    return _line(parts)


def about_ranking(learned: str | None, columns: int) -> str:
    """How the shares of the ranking are to be read."""
    if learned == "regression":
        text = "The share of the target's variance that a column explains alone, by a straight line or its categories."
    else:
        text = "How far a column alone tells the classes apart: of numbers the share of variance between the classes."
    more = columns - MOST_RANKED
    return f"{text} {counted(more, 'more column')} tell less." if more > 0 else text


def about_outliers(view: View, drawn: int) -> str:
    """What is said of the outliers: the rule, how many rows hold some, and what is not shown."""
    parts = [f"outliers lie {FAR} of their column (Tukey's rule)"]
    if view["any_rows"]:
        parts.append(
            f"{_rows(view['any_rows'])} of {plain(view['all_rows'])} "
            f"({percent(view['any_rows'] / view['all_rows'])}) hold at least one"
        )
        often = [f"row {row} in {plain(times)} columns" for row, times in view["rows"][:3] if times > 1]
        if often:
            parts.append(f"most: {', '.join(often)}")
    having = sum(item["count"] > 0 for item in view["columns"])
    if having > drawn:
        parts.append(f"the {drawn} columns with most are drawn")
    if view["left_out"]:
        parts.append(f"{counted(view['left_out'], 'column')} with fewer not listed")
    if view["flat_count"]:
        parts.append(f"not judged, as half of their rows hold one value: {_names(view['flat'], view['flat_count'])}")
    return _line(parts)


def about_images(view: View) -> str:
    """Which pictures these are."""
    count = sum(len(group["rows"]) for group in view["groups"])
    which = "drawn by chance" if view["groups"][0]["name"] is None else "the first of each class"
    size, reach = f"{view['height']} × {view['width']} pixels", f"{number(view['low'])} to {number(view['high'])}"
    return f"{plain(count)} of {plain(view['all_rows'])} pictures, {which} · {size} · values from {reach}"


def outlier_lines(listed: Sequence[View]) -> list[Mapping[str, Any]]:
    """A line for each column that has outliers."""
    lines = []
    for item in listed:
        box, kind = item["box"], item["type"]
        rows = ", ".join(str(row) for row, _ in item["marked"][:12])
        lines.append(
            {
                "Column": item["name"],
                "Outliers": item["count"],
                "Share": item["share"],
                "Usual": f"{value(box['lower_fence'], kind, 4)} to {value(box['upper_fence'], kind, 4)}",
                "Below": item["below"],
                "Above": item["count"] - item["below"],
                "Farthest rows": rows + (" …" if item["count"] > 12 else ""),
            }
        )
    return lines


def _line(parts: Sequence[str]) -> str:
    """Parts as one line, without any meaning for Markdown."""
    text = " · ".join(parts)
    return unformatted(text[:1].upper() + text[1:])


def _rows(count: int) -> str:
    return counted(count, "row")


def _names(names: Sequence[str], count: int = 0) -> str:
    named = ", ".join(f"“{name}”" for name in names[:MOST_NAMED])
    more = max(count, len(names)) - MOST_NAMED
    return f"{named} and {plain(more)} more" if more > 0 else named
