"""Two columns as a Plotly figure: points, strips of points for each category, or a map of counts."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from nnbuilder.ui import palette
from nnbuilder.ui.plots.style import (
    COLOR_BAR,
    HOVER,
    INK,
    PAPER,
    View,
    axis,
    base,
    box_at,
    class_style,
    class_symbol,
    label_ticks,
    legend_room,
    rows_text,
)
from nnbuilder.ui.plots.text import NOTHING, brief, dates, number, percent, value, values, wrapped

MOST_WRITTEN = 15
"""Categories side by side up to which a map has room for its numbers."""


@dataclass(frozen=True)
class Coloring:
    """What points are colored by: the target, with the types of all columns, on a dark or a light page."""

    target: str
    kinds: Mapping[str, str]
    dark: bool


def pair_figure(view: View, by: Coloring) -> go.Figure:
    """Two columns, drawn as `nnbuilder.views.pairs.look_at_pair` found best."""
    if view["kind"] == "map":
        return count_map(view, by.dark)
    return points(view, by) if view["kind"] == "points" else strips(view, by)


def points(view: View, by: Coloring) -> go.Figure:
    """Two columns of numbers as points, those at one place spread a little."""
    figure = base(410, dragmode="zoom")
    (kind_x, kind_y), shown = view["types"], view["points"]
    names = wrapped(view["x"]), wrapped(view["y"])
    texts = [
        f"{names[0]}: <b>{value(x, kind_x)}</b><br>{names[1]}: <b>{value(y, kind_y)}</b>"
        for x, y in zip(shown["x"], shown["y"], strict=True)
    ]
    across, up = view["spread"] or (0.0, 0.0)
    x, y = values(_moved(shown["x"], across, 0), kind_x), values(_moved(shown["y"], up, 1), kind_y)
    _colored(figure, view, x, y, texts, by)
    figure.update_xaxes(axis(view["x"], kind_x))
    figure.update_yaxes(axis(view["y"], kind_y, 36))
    return figure


def _moved(numbers: Sequence[float | None], far: float, seed: int) -> list[float | None]:
    """Numbers, each moved by chance at most so far, the same way every time."""
    chance = random.Random(seed)
    return [at if at is None or not far else at + chance.uniform(-far, far) for at in numbers]


def strips(view: View, by: Coloring) -> go.Figure:
    """A strip of points for each category, over the box plot of all its rows."""
    shown, labels, across = view["points"], view["labels"], view["across"]
    names = (view["x"], view["y"]) if across else (view["y"], view["x"])
    kind = by.kinds[names[1]]
    figure = base(410 if across else max(240, 90 + 56 * len(labels)))
    for place, box in enumerate(view["boxes"]):
        box_at(figure, box, place, kind, across)
    places = [strip + jitter for strip, jitter in zip(shown["strip"], shown["jitter"], strict=True)]
    measured = values(shown["value"], kind)
    texts = [
        f"{wrapped(names[0])}: <b>{wrapped(labels[strip])}</b><br>{wrapped(names[1])}: <b>{value(at, kind)}</b>"
        for strip, at in zip(shown["strip"], shown["value"], strict=True)
    ]
    x, y = (places, measured) if across else (measured, places)
    _colored(figure, view, x, y, texts, by)
    ticks = label_ticks(labels, [number(box["rows"], 9) for box in view["boxes"]])
    reach = [-0.6, len(labels) - 0.4]
    ticks |= {"title": {"text": brief(names[0], 40)}, "showgrid": False, "range": reach if across else reach[::-1]}
    (figure.update_xaxes if across else figure.update_yaxes)(ticks)
    (figure.update_yaxes if across else figure.update_xaxes)(axis(names[1], kind, 40))
    return figure


def _colored(
    figure: go.Figure, view: View, x: Sequence[Any], y: Sequence[Any], texts: Sequence[str], by: Coloring
) -> None:
    """Points in the color of their class, or of the target's value."""
    shown = view["points"]
    classes: list[str] | None = shown["classes"]
    by_target = shown["color"] is not None and (classes is not None or by.target not in (view["x"], view["y"]))
    color: list[Any] = shown["color"] or []
    # On a dark page the points have to be whole to be bright enough.
    outline, opacity = ("rgba(255, 255, 255, 0.3)", 0.95) if by.dark else ("rgba(255, 255, 255, 0.75)", 0.8)
    marker = {"size": 7 if len(x) < 700 else 6, "opacity": opacity, "line": {"width": 0.5, "color": outline}}

    def told(code: Any) -> str:
        if classes is None:
            return value(code, by.kinds[by.target])
        return wrapped(classes[code]) if code >= 0 else NOTHING

    def about(at: int) -> str:
        lines = [texts[at]]
        if by_target and by.target not in (view["x"], view["y"]):
            lines.append(f"{wrapped(by.target)}: <b>{told(color[at])}</b>")
        return "<br>".join([*lines, f"row {shown['row'][at]}"])

    def add(chosen: Sequence[int], name: str | None, **style: Any) -> None:
        if not chosen:
            return
        figure.add_scatter(
            x=[x[at] for at in chosen],
            y=[y[at] for at in chosen],
            mode="markers",
            name=name,
            showlegend=name is not None,
            marker=marker | style,
            hovertext=[about(at) for at in chosen],
            hovertemplate=HOVER,
        )

    if not by_target:
        add(range(len(x)), None, color=palette.BRIGHT_BLUE if by.dark else palette.BLUE)
        return
    without = [at for at, code in enumerate(color) if code is None or (classes is not None and code < 0)]
    add(without, f"no {brief(by.target)}", color=palette.NO_CLASS)
    if classes is None:
        known = [at for at, code in enumerate(color) if code is not None]
        scale = {"colorscale": palette.target_scale(by.dark), "colorbar": _color_bar([color[at] for at in known], by)}
        add(known, None, color=[color[at] for at in known], **scale)
        return
    for place, name in enumerate(classes):
        chosen = [at for at, code in enumerate(color) if code == place]
        add(chosen, brief(name), color=class_style(place)[0], symbol=class_symbol(place))
    legend_room(figure)


def _color_bar(known: Sequence[float], by: Coloring) -> dict[str, Any]:
    bar: dict[str, Any] = {**COLOR_BAR, "title": {"text": brief(by.target, 20), "side": "right"}}
    if by.kinds[by.target] == "date" and known:
        low, high = min(known), max(known)
        ticks = [low + (high - low) * part / 4 for part in range(5)]
        bar |= {"tickvals": ticks, "ticktext": [(day or "")[:10] for day in dates(ticks)]}
    return bar


def count_map(view: View, dark: bool) -> go.Figure:
    """How many rows each pair of categories has."""
    across, down, counts = view["x_labels"], view["y_labels"], view["counts"]
    figure = base(max(220, 90 + 40 * len(down)))
    of_y = [max(1, sum(line)) for line in counts]
    of_x = [max(1, sum(column)) for column in zip(*counts, strict=True)]
    texts = [
        [
            f"{wrapped(view['x'])}: <b>{wrapped(x)}</b><br>{wrapped(view['y'])}: <b>{wrapped(y)}</b>"
            f"<br><b>{rows_text(rows)}</b><br>{percent(rows / with_x)} of {wrapped(x)}"
            f"<br>{percent(rows / with_y)} of {wrapped(y)}"
            for x, rows, with_x in zip(across, line, of_x, strict=True)
        ]
        for y, line, with_y in zip(down, counts, of_y, strict=True)
    ]
    figure.add_heatmap(
        z=counts,
        zmin=0,
        colorscale=palette.sequential(dark),
        hovertext=texts,
        hovertemplate=HOVER,
        xgap=2,
        ygap=2,
        colorbar={**COLOR_BAR, "title": {"text": "Rows", "side": "right"}},
    )
    if len(across) <= MOST_WRITTEN:
        cells = [(j, i, rows) for i, line in enumerate(counts) for j, rows in enumerate(line) if rows]
        # On a dark page much is light, on a light page it is dark.
        light = {rows: (rows > 0.5 * max(map(max, counts))) == dark for _, _, rows in cells}
        figure.add_scatter(
            x=[j for j, _, _ in cells],
            y=[i for _, i, _ in cells],
            mode="text",
            text=[number(rows, 7) for _, _, rows in cells],
            textfont={"color": [INK if light[rows] else PAPER for _, _, rows in cells]},
            hoverinfo="skip",
            showlegend=False,
        )
    reach = [[-0.5, len(labels) - 0.5] for labels in (across, down)]
    figure.update_xaxes({**label_ticks(across), "title": {"text": brief(view["x"], 40)}, "range": reach[0]})
    figure.update_yaxes({**label_ticks(down), "title": {"text": brief(view["y"], 40)}, "range": reach[1][::-1]})
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(showgrid=False)
    return figure
