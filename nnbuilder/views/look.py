"""The views of the data page, each as plain data: one column, two columns, correlations, outliers and images.

They are made outside the web process, from all rows or from a sample that is told, and small enough to be sent whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnbuilder.errors import NNBuilderError
from nnbuilder.views.columns import look_at_column, look_at_outliers
from nnbuilder.views.images import find_pixels, look_at_images
from nnbuilder.views.pairs import look_at_correlations, look_at_pair, rank_columns
from nnbuilder.views.viewed import Viewed

OVERVIEW, COLUMN, PAIR, CORRELATION, OUTLIERS, IMAGES = (
    "overview",
    "column",
    "pair",
    "correlation",
    "outliers",
    "images",
)


def look(viewed: Viewed, view: Mapping[str, Any]) -> dict[str, Any]:
    """One view of a table as plain data.

    Parameters
    ----------
    viewed
        The table.
    view
        Its ``kind`` and what it asks for: `name` and `without_outliers` for one column, `x` and `y` for two.

    Raises
    ------
    NNBuilderError
        If there is no such view, or no such column.
    """
    kind = view.get("kind")
    if kind == OVERVIEW:
        return overview(viewed)
    if kind == COLUMN:
        return look_at_column(viewed, view["name"], bool(view.get("without_outliers")))
    if kind == PAIR:
        return look_at_pair(viewed, view["x"], view["y"])
    if kind == CORRELATION:
        return look_at_correlations(viewed)
    if kind == OUTLIERS:
        return look_at_outliers(viewed)
    if kind == IMAGES:
        return look_at_images(viewed)
    raise NNBuilderError(f"There is no view called “{kind}”; choose one of those on the page.")


def overview(viewed: Viewed) -> dict[str, Any]:
    """What the page needs to begin: which columns tell most about the target, the target's balance, and pictures."""
    pixels = find_pixels(viewed.columns, viewed.target)
    return {
        "kind": OVERVIEW,
        "ranking": rank_columns(viewed),
        "target": look_at_column(viewed, viewed.target) if viewed.target else None,
        "learned": viewed.learned(),
        "images": pixels.to_json() if pixels else None,
    }
