"""The plane on which a person draws data points, and what comes back from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st
from streamlit.components import v2

from nnbuilder.data.drawn import LARGEST, Drawn, drawn
from nnbuilder.ui.assets import loader, style

Range = tuple[float, float]
Trigger = Callable[[dict[str, Any]], None]

LARGEST_SIDE = 520

_draw = v2.component("nnbuilder_draw", css=style("base.css", "draw.css"), js=loader("draw"))


@dataclass(frozen=True)
class Sketch:
    """A drawing with its place in time: what the page keeps of the plane.

    `start` counts how often the page handed in points to start from, `n` the person's changes. The pair orders
    sketches: neither side takes one that is behind its own. `ranges` are what the axes show, x1's and x2's;
    without them the plane chooses axes for the points.
    """

    drawing: Drawn = field(default_factory=Drawn)
    ranges: tuple[Range, Range] | None = None
    start: int = 0
    n: int = 0

    def started_from(self, drawing: Drawn) -> Sketch:
        """The sketch after the page put other points in place of these; on the plane that can be undone."""
        return replace(self, drawing=drawing, ranges=None, start=self.start + 1)


def drawing(sketch: Sketch, on_points: Trigger, *, key: str = "draw", side: int = LARGEST_SIDE) -> None:
    """The plane with its tools; it lives through every rerun while `key` stays the same.

    Parameters
    ----------
    sketch
        What to show, unless the person has drawn on since.
    on_points
        Called with what the plane sends after a stroke and when the points shall be used; see `received` and `wanted`.
    key
        Names the plane on the page.
    side
        Longest side of the plane, in CSS pixels.
    """
    _draw(key=key, data={**plane_data(sketch), "side": side}, on_points_change=lambda: _fire(key, on_points))


def plane_data(sketch: Sketch) -> dict[str, Any]:
    """A sketch as the plane takes it; see ``draw.js``."""
    made = sketch.drawing
    return {
        "mode": made.mode,
        "classes": list(made.classes),
        "points": [list(point) for point in made.points],
        "range": [list(ends) for ends in sketch.ranges] if sketch.ranges else None,
        "start": sketch.start,
        "n": sketch.n,
    }


def received(value: Mapping[str, Any], sketch: Sketch) -> Sketch:
    """The sketch after what the plane sent; the same one when that is older.

    Raises
    ------
    NNBuilderError
        If what was sent is no drawing; the sketch stays.
    """
    start, n = value.get("start"), value.get("n")
    if not _is_count(start) or not _is_count(n) or (start, n) <= (sketch.start, sketch.n):
        return sketch
    made = drawn(value.get("mode"), value.get("classes"), value.get("points"))
    return replace(sketch, drawing=made, ranges=_ranges(value.get("range")), start=start, n=n)


def wanted(value: Mapping[str, Any]) -> bool:
    """Whether the person asked to use these points."""
    return value.get("use") is True


def _fire(key: str, on_points: Trigger) -> None:
    """Hand on what the plane sent; anything but an object is nothing of ours."""
    value = st.session_state[key].get("points")
    if isinstance(value, dict):
        on_points(value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _ranges(value: Any) -> tuple[Range, Range] | None:
    """What the axes show, or nothing when it makes no sense: the plane then finds axes itself."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    ends = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2 or not all(_is_end(end) for end in pair) or pair[0] >= pair[1]:
            return None
        ends.append((float(pair[0]), float(pair[1])))
    return ends[0], ends[1]


def _is_end(value: Any) -> bool:
    # False for NaN and infinity too.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 2 * LARGEST
