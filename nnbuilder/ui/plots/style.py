"""What the figures of the data page have in common: the empty figure, axes, names at ticks, colors of classes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from nnbuilder.ui import palette
from nnbuilder.ui.plots.text import brief, inert, number, values

View = Mapping[str, Any]

SYMBOLS = ("circle", "diamond", "square", "cross", "x", "triangle-up")
"""Symbols of classes, so that they can be told apart without colors."""
PATTERNS = ("", "/", "x")
"""And a pattern of bars."""
GRAY = "rgba(128, 128, 128, 0.9)"
PALE = "rgba(128, 128, 128, 0.16)"
MARK = "#d1372c"
"""Outliers: a red that no class has."""
INK, PAPER = "#15191d", "#f7f8f8"
"""What is written on a light and on a dark cell of a map."""
WORDS = {"light": "#66696e", "dark": "#b6b9bd"}
"""Numbers and names at axes on a light and on a dark page."""
LETTER, LEGEND_LINE, NARROW = 6.2, 19, 420
"""Width of a letter and height of a line in a legend, and how wide one is on a small screen, in pixels."""
HOVER = "%{hovertext}<extra></extra>"
BOX = ("lower_whisker", "lower_quartile", "median", "upper_quartile", "upper_whisker")
COLOR_BAR = {"thickness": 12, "outlinewidth": 0, "exponentformat": "SI"}


def base(height: int, dragmode: Any = False, **layout: Any) -> go.Figure:
    """An empty figure in the page's style; `dragmode` says what dragging does."""
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        separators=". ",
        hovermode="closest",
        dragmode=dragmode,
        legend={
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.01,
            "x": 0,
            "title": None,
            "itemsizing": "constant",
            "traceorder": "normal",
        },
        **layout,
    )
    figure.update_xaxes(automargin=True, title_standoff=8)
    figure.update_yaxes(automargin=True, title_standoff=8)
    return figure


def axis(name: str, kind: str = "number", longest: int = 48) -> dict[str, Any]:
    """An axis with the name of a column, in its own units."""
    title = {"title": {"text": brief(name, longest)}}
    return {**title, "type": "date"} if kind == "date" else {**title, "type": "linear", "exponentformat": "SI"}


def label_ticks(labels: Sequence[str], below: Sequence[str] | None = None, longest: int = 26) -> dict[str, Any]:
    """Names at the places 0, 1, 2 … of an axis, each with a line below."""
    texts = [brief(name, longest) or "(empty)" for name in labels]
    if below:
        texts = [f"{name}<br>{inert(words)}" for name, words in zip(texts, below, strict=True)]
    places = list(range(len(labels)))
    return {"tickmode": "array", "tickvals": places, "ticktext": texts, "type": "linear", "zeroline": False}


def legend_room(figure: go.Figure) -> None:
    """Make a figure higher by the lines of its legend but one, which else lie on what is drawn."""
    # Plotly makes these when it runs, so that no type is known of them.
    traces: Any = figure.data
    layout: Any = figure.layout
    names = [trace.name for trace in traces if trace.name and trace.showlegend is not False]
    if not names or layout.showlegend is False:
        return
    # Plotly makes each entry as wide as the widest one.
    lines = math.ceil(len(names) * (46 + LETTER * max(map(len, names))) / NARROW)
    figure.update_layout(height=layout.height + LEGEND_LINE * (lines - 1))


def rows_text(count: int) -> str:
    """``1 row``, ``12 rows``."""
    return "1 row" if count == 1 else f"{number(count, 15)} rows"


def class_style(place: int) -> tuple[str, int]:
    """Color of class number `place`, and how often the colors began anew before it."""
    return palette.class_color(place), place // len(palette.SEVERAL)


def class_symbol(place: int) -> str:
    """Symbol of class number `place`; no two classes have the same one with the same color."""
    return SYMBOLS[(place + class_style(place)[1]) % len(SYMBOLS)]


def readable(figure: go.Figure, dark: bool) -> None:
    """Write numbers and names darker than Plotly's pale gray, which is hard to read at their size."""
    color = {"color": WORDS["dark" if dark else "light"]}
    figure.update_layout(font=color)
    figure.update_xaxes(tickfont=color, title_font=color)
    figure.update_yaxes(tickfont=color, title_font=color)


def box_at(figure: go.Figure, box: View, place: float, kind: str, across: bool) -> None:
    """A box plot with its whiskers at a place of the axis of categories, which runs `across` or up."""
    low, first, median, third, high = values([box[part] for part in BOX], kind)
    left, right = place - 0.38, place + 0.38
    thin = {"color": GRAY, "width": 1.2}
    outline = ([first, third, third, first, first], [left, left, right, right, left])
    lines = (
        ([low, first], [place, place], thin),
        ([third, high], [place, place], thin),
        (*outline, thin),
        ([median, median], [left, right], {"color": GRAY, "width": 3}),
    )
    for measured, places, line in lines:
        filled = {"fill": "toself", "fillcolor": PALE} if len(measured) == len(outline[0]) else {}
        x, y = (places, measured) if across else (measured, places)
        figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False, **filled)
