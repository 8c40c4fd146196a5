"""The drawing of the network: a column of units a Linear layer, lines by sign and size of the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from torch import nn

from nnbuilder.export.plotting import BLUE, GRAY, INK, LINE, ORANGE, bare, new_figure, short
from nnbuilder.export.trained import Trained

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_UNITS = 10
"""Units of a layer that are drawn; of more, the first and the last ones."""
STEP = 2.2


def draw_network(trained: Trained) -> Figure:
    """Inputs to the left, outputs to the right; what lies between two Linear layers is written over the gap."""
    columns, between, weights = _columns(trained)
    shown = [_places(width) for width in columns]
    height = max(2.6, 0.42 * max(len(units) for units in shown) + 1.6)
    figure = new_figure(min(16.0, 2.4 + STEP * 0.9 * len(columns)), height)
    axes = figure.subplots()
    bare(axes)
    for place, matrix in enumerate(weights):
        _draw_weights(axes, place, shown[place], shown[place + 1], matrix)
    for place, units in enumerate(shown):
        _draw_units(axes, place, units, columns[place])
    top = _middle(max(len(units) for units in shown)) + 0.9
    for place, words in enumerate(between):
        axes.text((place + 0.5) * STEP, top, "\n".join(words), ha="center", va="bottom", fontsize=8, color=GRAY)
    _name_ends(axes, trained, shown)
    axes.set_xlim(-1.6, STEP * (len(columns) - 1) + 1.6)
    axes.set_ylim(-top - 0.9, top + 0.9 + 0.32 * max((len(words) for words in between), default=0))
    return figure


def _columns(trained: Trained) -> tuple[list[int], list[list[str]], list[np.ndarray]]:
    """Widths of the columns, the layers between them by name, and the weights [out, in]."""
    columns, weights = [trained.facts.inputs], []
    between: list[list[str]] = []
    pending: list[str] = []
    for part in trained.model:
        if isinstance(part, nn.Linear):
            columns.append(part.out_features)
            weights.append(part.weight.detach().numpy())
            between.append([*pending, "Linear"])
            pending = []
        else:
            pending.append(type(part).__name__)
    if pending:
        if between:
            between[-1] += [f"then {name}" for name in pending]
        else:
            between.append(pending)
            columns.append(columns[-1])
            weights.append(np.eye(columns[-1], dtype=np.float32))
    return columns, between, weights


def _places(width: int) -> list[int]:
    """The units of a layer that are drawn; −1 stands for those left out."""
    if width <= MOST_UNITS:
        return list(range(width))
    half = MOST_UNITS // 2
    return [*range(half), -1, *range(width - half + 1, width)]


def _middle(count: int) -> float:
    return (count - 1) / 2


def _draw_weights(axes: Axes, place: int, left: list[int], right: list[int], matrix: np.ndarray) -> None:
    from matplotlib.collections import LineCollection

    size = max(float(np.abs(matrix).max(initial=0.0)), 1e-12)
    lines: list[Any] = []
    colors, widths = [], []
    for to, unit in enumerate(right):
        for start, source in enumerate(left):
            if unit < 0 or source < 0:
                continue
            weight = float(matrix[unit, source]) / size
            lines.append([(place * STEP, _middle(len(left)) - start), ((place + 1) * STEP, _middle(len(right)) - to)])
            colors.append(BLUE if weight > 0 else ORANGE if weight < 0 else LINE)
            widths.append(0.3 + 2.2 * abs(weight))
    axes.add_collection(LineCollection(lines, colors=colors, linewidths=widths, alpha=0.65, zorder=1))


def _draw_units(axes: Axes, place: int, units: list[int], width: int) -> None:
    x = place * STEP
    drawn = [_middle(len(units)) - row for row, unit in enumerate(units) if unit >= 0]
    axes.scatter([x] * len(drawn), drawn, s=130, c="white", edgecolors=INK, linewidths=1.2, zorder=2)
    for row, unit in enumerate(units):
        if unit < 0:
            axes.text(x, _middle(len(units)) - row, "⋮", ha="center", va="center", color=GRAY)
    axes.text(x, -_middle(len(units)) - 0.75, str(width), ha="center", va="top", fontsize=9)


def _name_ends(axes: Axes, trained: Trained, shown: list[list[int]]) -> None:
    """Names of the inputs to the left and of what the outputs stand for to the right."""
    for row, unit in enumerate(shown[0]):
        if unit >= 0:
            name = short(trained.facts.features[unit], 16)
            axes.text(-0.3, _middle(len(shown[0])) - row, name, ha="right", va="center", fontsize=8)
    last = shown[-1]
    several = trained.facts.classes if len(trained.facts.classes) == len(trained.outputs[0]) else ()
    for row, unit in enumerate(last):
        if unit >= 0 and (several or len(last) == 1):
            name = several[unit] if several else trained.facts.target
            x = STEP * (len(shown) - 1) + 0.3
            axes.text(x, _middle(len(last)) - row, short(name, 16), ha="left", va="center", fontsize=8)
