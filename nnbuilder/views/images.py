"""Columns that are the gray values of pictures: found by their names, and a few pictures of each class."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.views.viewed import Column, Viewed, sample

FEWEST_PIXELS = 16
MOST_IMAGES = 12
"""Pictures of each class."""
MOST_BYTES = 120_000
_TWO = re.compile(r"^(?P<prefix>.*?)(?P<row>\d+)[^\d]+(?P<column>\d+)\D*$")
_ONE = re.compile(r"^(?P<prefix>.*?)(?P<number>\d+)$")
_CALLED = re.compile(r"pix|px|image|img|gray|grey", re.IGNORECASE)
"""Names that say what their columns are."""
FILLED = 0.5
"""Share of the columns that must reach half of the largest value of all, where their names do not say pixel."""


@dataclass(frozen=True)
class Pixels:
    """The columns of pictures, row after row from the top, and the values of black and white."""

    height: int
    width: int
    names: tuple[str, ...]
    low: float
    high: float

    def to_json(self) -> dict[str, Any]:
        """What a page needs to know."""
        return {"height": self.height, "width": self.width, "low": self.low, "high": self.high}


def find_pixels(columns: Mapping[str, Column], target: str = "") -> Pixels | None:
    """The columns that are pixels of one picture a row, or None.

    They are called by row and column (``pixel_0_0``, ``r1c2``, ``28x28``), which make a full grid, or counted
    (``pixel0``, ``px12``), which make a square; at least 16 columns of numbers from 0 to a largest value that they
    share.
    """
    groups: dict[tuple[int, str], dict[tuple[int, ...], str]] = {}
    for name, column in columns.items():
        if name == target or _reach(column) is None:
            continue
        for kind, pattern in ((2, _TWO), (1, _ONE)):
            found = pattern.match(name)
            if found:
                place = tuple(int(found[part]) for part in (("row", "column") if kind == 2 else ("number",)))
                groups.setdefault((kind, found["prefix"]), {})[place] = name
                break
    for (kind, prefix), places in sorted(groups.items(), key=lambda item: -len(item[1])):
        shape = _grid(list(places)) if kind == 2 else _square(list(places))
        if shape is None or len(places) < FEWEST_PIXELS:
            continue
        names = tuple(places[place] for place in sorted(places))
        reaches = [_reach(columns[name]) or (0.0, 0.0) for name in names]
        low, high = min(reach[0] for reach in reaches), max(reach[1] for reach in reaches)
        if high <= low:
            continue
        alike = np.mean([top - low >= (high - low) / 2 for _, top in reaches])
        if _CALLED.search(prefix) or (low >= 0 and alike >= FILLED):
            return Pixels(*shape, names, low, high)
    return None


def _reach(column: Column) -> tuple[float, float] | None:
    """The least and the largest value of a column that may be a pixel."""
    if column["type"] == "yes_no" and tuple(column["labels"]) == ("0", "1"):
        return 0.0, 1.0
    if column["type"] != "number" or not column["statistics"]:
        return None
    return column["statistics"]["minimum"], column["statistics"]["maximum"]


def _grid(places: Sequence[tuple[int, ...]]) -> tuple[int, int] | None:
    """Height and width of a full grid of places (row, column)."""
    rows, columns = ({place[axis] for place in places} for axis in (0, 1))
    if len(places) != len(rows) * len(columns) or not (_counted(rows) and _counted(columns)):
        return None
    return (len(rows), len(columns)) if min(len(rows), len(columns)) > 1 else None


def _square(places: Sequence[tuple[int, ...]]) -> tuple[int, int] | None:
    side = math.isqrt(len(places))
    return (side, side) if side * side == len(places) and _counted({place[0] for place in places}) else None


def _counted(numbers: set[int]) -> bool:
    return min(numbers) in (0, 1) and max(numbers) - min(numbers) + 1 == len(numbers)


def look_at_images(viewed: Viewed) -> dict[str, Any]:
    """The first pictures of each class, or some of all rows where the target has no classes.

    Returns
    -------
    Plain data: ``groups``, each with its ``name`` (None without classes) and ``rows``, the numbers of its rows (the
    first one is 1); and ``pixels``, base64 of bytes from 0 to 255, picture after picture in the order of the groups.
    """
    pixels = find_pixels(viewed.columns, viewed.target)
    if pixels is None:
        return {"kind": "empty"}
    classes = viewed.groups
    most = max(1, min(MOST_IMAGES, MOST_BYTES // len(pixels.names) // max(1, len(classes.names) if classes else 1)))
    groups: list[tuple[str | None, NDArray[np.int64]]]
    if classes is None:
        some = max(1, min(4 * MOST_IMAGES, MOST_BYTES // len(pixels.names)))
        groups = [(None, sample(viewed.rows, some))]
    else:
        groups = [(name, np.flatnonzero(classes.codes == code)[:most]) for code, name in enumerate(classes.names)]
    rows = np.concatenate([places for _, places in groups])
    values = viewed.values_at(pixels.names, rows)
    scaled = np.nan_to_num((values - pixels.low) / (pixels.high - pixels.low) * 255)
    shades = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    return {
        "kind": "images",
        **pixels.to_json(),
        "groups": [{"name": name, "rows": (places + 1).tolist()} for name, places in groups],
        "pixels": base64.b64encode(shades.tobytes()).decode("ascii"),
        "dark": bool(np.median(shades) < 128) if len(shades) else True,
        "all_rows": viewed.rows,
    }
