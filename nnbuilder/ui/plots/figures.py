"""One column as a Plotly figure: a histogram under its box plot, or bars of categories, class by class."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from nnbuilder.ui import palette
from nnbuilder.ui.plots.style import (
    BOX,
    GRAY,
    HOVER,
    MARK,
    PATTERNS,
    View,
    axis,
    base,
    class_style,
    label_ticks,
    legend_room,
    rows_text,
)
from nnbuilder.ui.plots.text import LONGEST, brief, number, percent, value, values, wrapped

DAY = 86_400_000
"""Milliseconds, in which Plotly measures dates."""
BOX_WORDS = ("Lower whisker", "Lower quartile", "Median", "Upper quartile", "Upper whisker")


def histogram(view: View, target: str, per_class: bool, height: int = 380) -> go.Figure:
    """Bars class by class, and above them a box plot with the outliers marked.

    Parameters
    ----------
    view
        As `nnbuilder.views.columns.look_at_column` gives it.
    per_class
        Whether each class is drawn as a line of the shares of its own rows, instead of bars one upon the other.
    """
    kind, edges = view["type"], view["edges"]
    figure = base(height, dragmode="zoom", barmode="stack", bargap=0)
    count = _classes(view)
    sizes = [high - low for low, high in pairwise(edges)]
    middles = values([(low + high) / 2 for low, high in pairwise(edges)], kind)
    widths = [size * (DAY if kind == "date" else 1) for size in sizes]
    for place, group in enumerate(view["groups"]):
        total = sum(group["counts"])
        if not total:
            continue
        name, (color, pattern) = _name(group, target, count), _style(group, place, count)
        if per_class:
            shares = [rows / total for rows in group["counts"]]
            figure.add_scatter(
                x=values(edges, kind),
                y=[*shares, shares[-1]],
                name=name,
                mode="lines",
                line={"color": color, "width": 2, "shape": "hv", "dash": "dot" if pattern else "solid"},
                fill="tozeroy",
                fillcolor=_faint(color),
                hovertext=[*_bins_hover(view, group, total), ""],
                hovertemplate=HOVER,
            )
        else:
            figure.add_bar(
                x=middles,
                y=group["counts"],
                width=widths,
                name=name,
                marker=_bar(color, pattern) | {"line": {"width": 0.5, "color": "rgba(255, 255, 255, 0.55)"}},
                hovertext=_bins_hover(view, group),
                hovertemplate=HOVER,
            )
    figure.update_layout(showlegend=count > 0)
    figure.update_xaxes(axis(view["name"], kind))
    figure.update_yaxes(title_text="Share of the class" if per_class else "Rows", domain=[0, 0.86], rangemode="tozero")
    if per_class:
        figure.update_yaxes(tickformat=".0%")
    legend_room(figure)
    _box_above(figure, view)
    return figure


def _bins_hover(view: View, group: View, total: int = 0) -> list[str]:
    """What is said of each bar; with the `total` of the class, the share of it."""
    kind = view["type"]
    head = f"{wrapped(group['name'])}<br>" if group["name"] else ""
    texts = []
    for (low, high), rows in zip(pairwise(view["edges"]), group["counts"], strict=True):
        single = kind != "date" and high - low == 1 and low % 1 == 0.5
        where = number(low + 0.5, 6) if single else f"{value(low, kind)} to {value(high, kind)}"
        share = f" ({percent(rows / total)} of the class)" if total else ""
        texts.append(f"{head}{where}<br><b>{rows_text(rows)}</b>{share}")
    return texts


def _box_above(figure: go.Figure, view: View) -> None:
    """Quartiles, whiskers and marked outliers over the same axis as the histogram."""
    kind, parts = view["type"], [view["box"][part] for part in BOX]
    figure.update_layout(yaxis2={"domain": [0.89, 1], "range": [-1, 1], "visible": False, "fixedrange": True})
    above: dict[str, Any] = {"yaxis": "y2", "showlegend": False}
    if view["usable"]:
        for (low, high), width in (((parts[0], parts[4]), 1.5), ((parts[1], parts[3]), 13)):
            line = {"color": "rgba(128, 128, 128, 0.55)", "width": width}
            figure.add_scatter(
                x=values((low, high), kind), y=[0, 0], mode="lines", line=line, hoverinfo="skip", **above
            )
    figure.add_scatter(
        x=values(parts, kind),
        y=[0] * 5,
        mode="markers",
        marker={
            "symbol": "line-ns",
            "size": [8, 12, 14, 12, 8],
            "line": {"width": [1.5, 0, 2.5, 0, 1.5], "color": GRAY},
        },
        hovertext=[f"{word} <b>{value(at, kind)}</b>" for word, at in zip(BOX_WORDS, parts, strict=True)],
        hovertemplate=HOVER,
        **above,
    )
    if view["marked"] and not view["without_outliers"]:
        figure.add_scatter(
            x=values([at for _, at in view["marked"]], kind),
            y=[0] * len(view["marked"]),
            mode="markers",
            marker={"symbol": "circle-open", "size": 7, "color": MARK, "line": {"width": 1.4}},
            hovertext=[f"Outlier: <b>{value(at, kind)}</b><br>row {row}" for row, at in view["marked"]],
            hovertemplate=HOVER,
            **above,
        )


def bars(view: View, target: str, per_class: bool = False, room: float = 1.25, longest: int = LONGEST) -> go.Figure:
    """Rows of each category as lying bars, class by class; of the target itself a bar a class.

    Parameters
    ----------
    view
        As `nnbuilder.views.columns.look_at_column` gives it.
    room
        How many times the longest bar the axis is, for the numbers at the ends of the bars.
    longest
        How many letters of a name are shown.
    """
    labels = [item["label"] for item in view["labels"]]
    if view["others"]:
        labels.append(f"{view['others']['labels']} others")
    totals = [sum(counts) for counts in zip(*(group["counts"] for group in view["groups"]), strict=True)]
    own, count = view["is_target"], _classes(view)
    thick = len(view["groups"]) * 9 + 12 if per_class else 32
    figure = base(110 + thick * len(labels), barmode="group" if per_class else "stack", bargap=0.25)
    places = list(range(len(labels)))
    for place, group in enumerate(view["groups"]):
        counts, total = group["counts"], sum(group["counts"])
        if not total:
            continue
        figure.add_bar(
            y=places,
            x=[rows / total for rows in counts] if per_class else counts,
            orientation="h",
            name=_name(group, target, count),
            marker=_bar(*_style(group, place, count)),
            hovertext=[
                f"{wrapped(label)}<br><b>{rows_text(rows)}</b>{'' if own else _parts(group, rows, at_label, total)}"
                for label, rows, at_label in zip(labels, counts, totals, strict=True)
            ],
            hovertemplate=HOVER,
        )
    if not per_class:
        whole = sum(totals)
        figure.add_scatter(
            y=places,
            x=totals,
            mode="text",
            textposition="middle right",
            text=[f" {number(rows, 9)} · {percent(rows / whole)}" for rows in totals],
            hoverinfo="skip",
            showlegend=False,
            cliponaxis=False,
        )
    figure.update_layout(showlegend=count > 0 and not own)
    legend_room(figure)
    figure.update_yaxes(label_ticks(labels, longest=longest), autorange="reversed", showgrid=False)
    figure.update_xaxes(title_text="Share of the class" if per_class else "Rows", rangemode="tozero")
    figure.update_xaxes({"tickformat": ".0%"} if per_class else {"range": [0, room * max(totals)]})
    return figure


def _parts(group: View, rows: int, at_label: int, of_group: int) -> str:
    """What part of the category, and of the class, some rows are."""
    if group["name"] is None:
        return ""
    name = wrapped(group["name"])
    of_label = percent(rows / at_label) if at_label else percent(0)
    return f" of {name}<br>{of_label} of this category<br>{percent(rows / of_group)} of {name}"


def _classes(view: View) -> int:
    return sum(group["name"] is not None for group in view["groups"])


def _style(group: View, place: int, count: int) -> tuple[str, str]:
    """Color and pattern of a class; one color where there are no classes."""
    if group["name"] is None:
        return (palette.NO_CLASS if count else palette.BLUE), ""
    color, turn = class_style(place)
    return color, PATTERNS[turn % len(PATTERNS)]


def _bar(color: str, pattern: str) -> dict[str, Any]:
    return {"color": color, "pattern": {"shape": pattern, "fillmode": "overlay", "solidity": 0.3, "size": 7}}


def _name(group: View, target: str, count: int) -> str:
    if group["name"] is not None:
        return brief(group["name"])
    return f"no {brief(target)}" if count else "Rows"


def _faint(color: str) -> str:
    """A color that lets what lies behind shine through."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.13)"
