"""All columns in one Plotly figure: correlations, what tells about the target, and outliers on one scale."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from nnbuilder.ui import palette
from nnbuilder.ui.plots.style import COLOR_BAR, GRAY, HOVER, INK, MARK, PAPER, View, base, box_at, label_ticks
from nnbuilder.ui.plots.text import MINUS, percent, value, wrapped

FEW_LINES = 14
"""Lines up to which a cell of the correlations has room for its number."""
MOST_RANKED = 15
FARTHEST = 8.0
"""Quartile ranges from the median up to which outliers are drawn at their place."""


def correlations(view: View, dark: bool) -> go.Figure:
    """Pearson's r of every two columns; each cell can be clicked, and carries the names of its two columns."""
    lines, matrix = view["lines"], view["matrix"]
    size, few = len(lines), len(lines) <= FEW_LINES
    figure = base(max(260, 150 + (34 if few else 22) * size))
    places = range(size)
    figure.add_heatmap(
        z=matrix,
        zmin=-1,
        zmax=1,
        colorscale=palette.diverging(dark),
        hoverinfo="skip",
        xgap=1,
        ygap=1,
        colorbar={**COLOR_BAR, "title": {"text": "r", "side": "top"}, "tickvals": [-1, -0.5, 0, 0.5, 1]},
    )
    cells = [r for line in matrix for r in line]
    # A heat map cannot be clicked in Streamlit; points nobody sees can.
    unseen = {"marker": {"opacity": 0}}
    figure.add_scatter(
        x=[j for _ in places for j in places],
        y=[i for i in places for _ in places],
        mode="markers+text" if few else "markers",
        text=["" if r is None else _r(r, 2) for r in cells] if few else None,
        textfont={"size": 11, "color": [_ink(r, dark) for r in cells]},
        showlegend=False,
        marker={"symbol": "square", "size": 30 if few else 20, "opacity": 0},
        selected=unseen,
        unselected=unseen,
        hovertext=[
            f"{wrapped(lines[i])}<br>{wrapped(lines[j])}<br><b>r = {_r(matrix[i][j])}</b>"
            for i in places
            for j in places
        ],
        hovertemplate=HOVER,
        customdata=[[view["columns"][j], view["columns"][i]] for i in places for j in places],
    )
    figure.update_xaxes({**label_ticks(lines, longest=20), "tickangle": 40 if few else 90, "range": [-0.5, size - 0.5]})
    figure.update_yaxes({**label_ticks(lines), "range": [size - 0.5, -0.5]})
    figure.update_xaxes(showgrid=False, ticklen=2)
    figure.update_yaxes(showgrid=False, ticklen=2)
    if 0 < view["target_lines"] < size:
        edge, line = view["target_lines"] - 0.5, {"color": GRAY, "width": 1.5}
        figure.add_shape(type="line", x0=-0.5, x1=size - 0.5, y0=edge, y1=edge, line=line)
        figure.add_shape(type="line", y0=-0.5, y1=size - 0.5, x0=edge, x1=edge, line=line)
    return figure


def _r(r: float | None, decimals: int = 3) -> str:
    """A correlation as text."""
    if r is None:
        return "none"
    # Adding zero takes the sign off a rounded −0.00.
    return f"{round(r, decimals) + 0.0:.{decimals}f}".replace("-", MINUS)


def _ink(r: float | None, dark: bool) -> str:
    """A color to write in on the cell of a correlation."""
    if dark:
        return INK if r is not None and (r > 0.65 or r < -0.6) else PAPER
    return PAPER if (r or 0) > 0.65 else INK


def ranking(ranked: Sequence[View]) -> go.Figure:
    """What each column tells about the target by itself."""
    shown = ranked[:MOST_RANKED]
    figure = base(60 + 26 * len(shown), bargap=0.35)
    figure.add_bar(
        y=list(range(len(shown))),
        x=[item["share"] for item in shown],
        orientation="h",
        marker={"color": GRAY},
        text=[f" {percent(item['share'])}" for item in shown],
        textposition="outside",
        cliponaxis=False,
        hovertext=[f"{wrapped(item['name'])}<br><b>{percent(item['share'])}</b>" for item in shown],
        hovertemplate=HOVER,
        showlegend=False,
    )
    figure.update_xaxes(range=[0, 1.22], tickvals=[0, 0.5, 1], ticktext=[percent(part) for part in (0, 0.5, 1)])
    figure.update_yaxes(label_ticks([item["name"] for item in shown], longest=22), autorange="reversed", showgrid=False)
    return figure


def outlier_strips(shown: Sequence[View]) -> go.Figure:
    """A box plot for each column on one scale: how many quartile ranges a value lies from the median."""
    figure = base(max(170, 80 + 34 * len(shown)))
    for place, item in enumerate(shown):
        box, name = item["box"], wrapped(item["name"])
        scale, middle = box["upper_quartile"] - box["lower_quartile"], box["median"]
        box_at(figure, {part: _bounded((at - middle) / scale) for part, at in box.items()}, place, "number", False)
        far = [(at - middle) / scale for _, at in item["marked"]]
        figure.add_scatter(
            x=[_bounded(at) for at in far],
            y=[place] * len(far),
            mode="markers",
            showlegend=False,
            marker={"symbol": [_symbol(at) for at in far], "size": 8, "color": MARK, "line": {"width": 1.4}},
            hovertext=[
                f"{name}: <b>{value(at, item['type'])}</b><br>row {row}"
                f"{'<br>farther out than drawn' if abs(out) > FARTHEST else ''}"
                for (row, at), out in zip(item["marked"], far, strict=True)
            ],
            hovertemplate=HOVER,
            customdata=[[item["name"]]] * len(far),
        )
    figure.update_yaxes(label_ticks([item["name"] for item in shown]), showgrid=False, range=[len(shown) - 0.4, -0.6])
    figure.update_xaxes(title_text="Distance from the median, in quartile ranges", zeroline=False)
    return figure


def _bounded(at: float) -> float:
    return max(-FARTHEST, min(FARTHEST, at))


def _symbol(at: float) -> str:
    if abs(at) <= FARTHEST:
        return "circle-open"
    return "triangle-right-open" if at > 0 else "triangle-left-open"
