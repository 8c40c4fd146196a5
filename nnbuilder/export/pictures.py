"""The pictures: network, curves, answers over the data, confusion of classes."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from nnbuilder.catalog.metrics import METRICS
from nnbuilder.export.network_drawing import draw_network
from nnbuilder.export.plotting import BLUE, CLASSES, GRAY, INK, LINE, MIDDLE, ORANGE, color_of, new_figure, saved, short
from nnbuilder.export.trained import Trained
from nnbuilder.training.probe import Probe, View
from nnbuilder.training.sections import unpack_section

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_WRITTEN = 20
"""Classes whose counts are written into the matrix."""
LEGEND_SIGNS, LEGEND_MARK, LEGEND_LINE = 84, 5, 0.22
"""Signs that a line of the legend has room for, those of a mark and its gaps, and the height of the line in inches."""
PART_WORDS = {"train": "training", "validation": "validation", "test": "test"}


def network(trained: Trained, choice: str) -> bytes:
    """The drawing of the network."""
    return saved(network_figure(trained), choice, f"{trained.project.name}: network")


def curves(trained: Trained, choice: str) -> bytes:
    """Loss and metric over the epochs."""
    return saved(curves_figure(trained), choice, f"{trained.project.name}: training")


def fit(trained: Trained, choice: str) -> bytes:
    """What the network answers over two columns, or over one."""
    return saved(fit_figure(trained), choice, f"{trained.project.name}: answers")


def confusion(trained: Trained, choice: str) -> bytes:
    """Which class was taken for which."""
    return saved(confusion_figure(trained), choice, f"{trained.project.name}: confusion matrix")


def network_figure(trained: Trained) -> Figure:
    """The drawing of the network."""
    return draw_network(trained)


def curves_figure(trained: Trained) -> Figure:
    """The loss on a logarithmic scale where it spans decades, and the metric, of training and validation."""
    figure = new_figure(9, 3.6)
    history = trained.history
    epochs = history.column("epoch")
    metric = history.columns[-1].removeprefix("validation_")
    loss_unit = trained.project.training.loss_row.unit or trained.project.training.loss_row.label
    panels: list[Any] = list(figure.subplots(1, 2))
    for axes, name, label in zip(panels, ("loss", metric), (f"Loss ({loss_unit})", METRICS[metric].label), strict=True):
        for part, color in (("train", BLUE), ("validation", ORANGE)):
            values = np.array(history.column(f"{part}_{name}"))
            if np.isfinite(values).any():
                axes.plot(epochs, values, color=color, label=PART_WORDS[part], linewidth=1.8)
                if len(epochs) == 1:
                    axes.plot(epochs, values, "o", color=color)
        axes.set_title(label)
        axes.set_xlabel("Epoch")
        axes.grid(axis="y", color=LINE, linewidth=0.6)
        axes.xaxis.get_major_locator().set_params(integer=True)
        if name == "loss" and _decades(history, name) > 1.0:
            _make_logarithmic(axes)
        axes.legend()
    return figure


def fit_figure(trained: Trained) -> Figure:
    """The map of the live board, with its points."""
    probe = Probe(trained.trainer, _view(trained))
    picture = probe.picture(1, 0.0, at_rest=True)
    header, points = unpack_section(probe.data_section())
    names = [short(name) for name in header["classes"] if len(header["classes"]) <= len(CLASSES)]
    columns = max(1, min(4, int(LEGEND_SIGNS / (LEGEND_MARK + max(map(len, names), default=0)))))
    figure = new_figure(6.4, 5 + LEGEND_LINE * math.ceil(len(names) / columns))
    axes = figure.subplots()
    view = header["view"]
    if picture is not None:
        _, arrays = unpack_section(picture)
        _draw_answers(figure, axes, view, arrays, header)
    _draw_points(axes, header, points)
    _label(axes, header, bool((points["part"] > 0).any()))
    if names:
        for place, name in enumerate(names):
            axes.scatter([], [], s=24, c=color_of(place), label=name)
        figure.legend(loc="outside lower center", ncols=columns)
    return figure


def _view(trained: Trained) -> View:
    """The first two columns of numbers, as on the page; where one of them never varies, those that vary most."""
    spread = np.nan_to_num(np.array([np.ptp(known) if len(known) else 0.0 for known in _known(trained)]))
    numbers = [place for place, labels in enumerate(trained.facts.labels) if not labels]
    if len(numbers) < 2 or spread[numbers[:2]].all():
        return View()
    x, y = sorted(sorted(numbers, key=lambda place: -spread[place])[:2])
    return View(x, y)


def _known(trained: Trained) -> list[np.ndarray]:
    """The values of each column in the training rows, without gaps."""
    return [column[~np.isnan(column)] for column in trained.prepared.raw["train"].T]


def confusion_figure(trained: Trained) -> Figure:
    """Counts by true and predicted class, shaded by the share of the true class."""
    import torch

    from nnbuilder.training.metrics import classes, confusion_counts

    part = held_out(trained)
    names = [short(name, 18) for name in trained.facts.classes]
    target = torch.from_numpy(trained.prepared.target[part])
    counts = confusion_counts(classes(trained.trainer.outputs(part), trained.meaning), target, len(names)).numpy()
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    side = min(10.0, max(4.0, 2.2 + 0.6 * len(names)))
    figure = new_figure(side + 0.6, side)
    axes = figure.subplots()
    axes.imshow(shares, cmap=_ramp((MIDDLE, BLUE)), vmin=0, vmax=1)
    if len(names) <= MOST_WRITTEN:
        for row in range(len(names)):
            for column in range(len(names)):
                shade = "white" if shares[row, column] > 0.55 else INK
                axes.text(column, row, f"{counts[row, column]}", ha="center", va="center", color=shade)
    # A turned name ends at its mark.
    turned: dict[str, Any] = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    axes.set_xticks(range(len(names)), names, **(turned if max(map(len, names)) > 6 else {}))
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("Predicted class")
    axes.set_ylabel("True class")
    axes.set_title(f"Confusion on the {len(target)} {PART_WORDS[part]} rows")
    axes.spines[:].set_visible(False)
    return figure


def held_out(trained: Trained) -> Any:
    """The part that the network was judged least by: test rows, else validation rows, else training rows."""
    return next(part for part in ("test", "validation", "train") if len(trained.prepared.target[part]))


def _make_logarithmic(axes: Axes) -> None:
    """Decades on the y axis, written as plain numbers: the usual powers need signs that names must not have."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _decades(history: Any, name: str) -> float:
    values = [value for part in ("train", "validation") for value in history.column(f"{part}_{name}") if value > 0]
    values = [value for value in values if math.isfinite(value)]
    return math.log10(max(values) / min(values)) if values else 0.0


def _ramp(colors: tuple[str, ...]) -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("ramp", list(colors))


def _draw_answers(
    figure: Figure, axes: Axes, view: dict[str, Any], arrays: dict[str, Any], header: dict[str, Any]
) -> None:
    """The map under the points: probability, classes or values; or the fitted curve."""
    extent = (*view["x_range"], *view["y_range"])
    drawn: dict[str, Any] = {"extent": extent, "aspect": "auto", "interpolation": "bilinear"}
    if view["kind"] == "curve":
        axes.plot(arrays["x"], arrays["y"], color=BLUE, linewidth=2.2, zorder=3)
        axes.grid(color=LINE, linewidth=0.6)
    elif view["kind"] == "probability":
        shown = axes.imshow(
            arrays["map"] / 255, cmap=_ramp((ORANGE, MIDDLE, BLUE)), vmin=0, vmax=1, alpha=0.75, **drawn
        )
        figure.colorbar(shown, ax=axes, shrink=0.8, label=f"Probability of {short(header['classes'][1])}")
    elif view["kind"] == "classes":
        from matplotlib.colors import to_rgb

        colors = np.array([to_rgb(color_of(place)) for place in range(len(header["classes"]))])
        share = (0.15 + 0.5 * arrays["confidence"] / 255)[..., None]
        axes.imshow(1 - share + share * colors[arrays["class"]], **{**drawn, "interpolation": "nearest"})
    else:
        low, high = view["value_range"]
        shown = axes.imshow(low + arrays["map"] / 255 * (high - low), cmap=_ramp(_SEA), vmin=low, vmax=high, **drawn)
        figure.colorbar(shown, ax=axes, shrink=0.8, label=short(header["target"]))
    axes.set_xlim(*view["x_range"])
    axes.set_ylim(*view["y_range"])


_SEA = ("#f0f3f2", "#96cdde", "#2684ba", "#093668")


def _draw_points(axes: Axes, header: dict[str, Any], points: dict[str, Any]) -> None:
    """The rows: filled those that were learned from, hollow those that were held out."""
    view, held = header["view"], points["part"] > 0
    for chosen, filled in ((~held, True), (held, False)):
        if header["classes"]:
            for place in range(len(header["classes"])):
                rows = chosen & (points["target"] == place)
                face = color_of(place) if filled else "none"
                x, y = points["x"][rows], points["y"][rows]
                axes.scatter(x, y, s=16, c=face, edgecolors="white" if filled else color_of(place), linewidths=0.7)
            continue
        colors: Any = INK if view["kind"] == "curve" else points["target"][chosen]
        marks: dict[str, Any] = {} if view["kind"] == "curve" else {"cmap": _ramp(_SEA)}
        if marks:
            marks |= {"vmin": view["value_range"][0], "vmax": view["value_range"][1]}
        axes.scatter(
            points["x"][chosen],
            points["y"][chosen],
            s=14 if filled else 18,
            c=colors,
            marker="o" if filled else "D",
            edgecolors=GRAY if marks else "white",
            linewidths=0.5,
            alpha=0.85,
            **marks,
        )


def _label(axes: Axes, header: dict[str, Any], held_out_too: bool) -> None:
    view = header["view"]
    axes.set_xlabel(short(view["x_label"], 48))
    axes.set_ylabel(short(view["y_label"], 40))
    for which, axis in ((header["axes"]["x"], axes.xaxis), (header["axes"]["y"], axes.yaxis)):
        if which.get("labels"):
            axis.set_ticks(range(len(which["labels"])), [short(name, 14) for name in which["labels"]])
        elif which.get("dates"):
            from matplotlib.ticker import FuncFormatter

            axis.set_major_formatter(FuncFormatter(lambda days, _: _day(days)))
    more = len(header["features"]) - 2
    others = "; the other inputs at their median" if more > 0 else ""
    marks = "rings" if header["classes"] else "diamonds"
    axes.set_title(f"Dots learned from{f', {marks} held out' if held_out_too else ''}{others}")


def _day(days: float) -> str:
    try:
        return (date(1970, 1, 1) + timedelta(days=round(days))).isoformat()
    except OverflowError:
        return ""
