"""From a model in training to the arrays of its pictures: maps over two features, curves, points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nnbuilder.catalog.losses import Meaning
from nnbuilder.errors import NNBuilderError
from nnbuilder.facts import Part
from nnbuilder.training.comparison import Comparison
from nnbuilder.training.loop import predict
from nnbuilder.training.metrics import classes, probabilities
from nnbuilder.training.sections import pack_section
from nnbuilder.training.trainer import Trainer

MAP_SIDE = 100
NEURON_SIDE = 16
NEURONS_A_LAYER = 8
CURVE_POINTS = 201
MOST_POINTS = 2000
MOST_ROWS = 20_000
"""Of all rows, those that ranges, middles and points are taken from."""
MOST_WEIGHTS = 4096
MARGIN = 0.08
INPUTS = -1
"""Stands where the index of a layer would, for the network's inputs."""
PARTS: tuple[Part, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class View:
    """Which two columns a map is drawn over; −1 leaves it to the probe. With one column both are 0."""

    x: int = -1
    y: int = -1


class Probe:
    """Measures what the model answers over a grid of two features; the others stay at their median.

    It works in evaluation mode, draws nothing by chance and touches no gradient.
    """

    def __init__(self, trainer: Trainer, view: View | None = None) -> None:
        self.trainer = trainer
        self.facts = trainer.facts
        self.raw = np.concatenate([trainer.prepared.raw[part] for part in PARTS])
        self.labels = np.concatenate([trainer.prepared.target[part].reshape(-1) for part in PARTS])
        self.part = np.concatenate([np.full(len(trainer.prepared.raw[part]), code) for code, part in enumerate(PARTS)])
        self.sampled = len(self.raw) > MOST_ROWS
        if self.sampled:
            chosen = np.sort(np.random.default_rng(0).choice(len(self.raw), MOST_ROWS, replace=False))
            self.raw, self.labels, self.part = self.raw[chosen], self.labels[chosen], self.part[chosen]
        self.usual = np.zeros(self.raw.shape[1])
        known = ~np.isnan(self.raw).all(axis=0)
        self.usual[known] = np.nanmedian(self.raw[:, known], axis=0)
        self.meaning: Meaning = trainer.project.training.loss_row.meaning
        self.comparison = Comparison(trainer)
        self.look_at(view or View())

    def look_at(self, view: View) -> None:
        """Choose the features on the axes; what does not exist falls back to the first ones."""
        columns = len(self.facts.columns)
        self.curve = columns == 1
        # Numbers first: over a category there is little to see.
        order = sorted(range(columns), key=lambda place: bool(self.facts.labels[place]))
        x = view.x if 0 <= view.x < columns else order[0]
        y = view.y if 0 <= view.y < columns and view.y != x else next((i for i in order if i != x), 0)
        self.view = View(x, 0 if self.curve else y)
        self.x_range = self._range(x)
        if self.curve:
            self.y_range = (-0.1, 1.1) if self.facts.classes else _span(self.labels)
            self.grid = self._grid(np.linspace(*self.x_range, CURVE_POINTS)[:, None], None)
            self.coarse = self._grid(np.tile(np.linspace(*self.x_range, NEURON_SIDE), NEURON_SIDE)[:, None], None)
        else:
            self.y_range = self._range(y)
            self.grid = self._plane(MAP_SIDE)
            self.coarse = self._plane(NEURON_SIDE)
        self.value_range = _span(self.labels, margin=0) if not self.facts.classes else (0.0, 1.0)

    def data_section(self) -> bytes:
        """The points of the data set, at most `MOST_POINTS`, as a section."""
        shown = self.raw[:, [self.view.x, self.view.y]]
        chosen = np.flatnonzero(~np.isnan(shown).any(axis=1))
        sampled = self.sampled or len(chosen) > MOST_POINTS
        if len(chosen) > MOST_POINTS:
            chosen = np.sort(np.random.default_rng(0).choice(chosen, MOST_POINTS, replace=False))
        labels = self.labels[chosen].astype(np.float32)
        arrays = {
            "x": self.raw[chosen, self.view.x].astype(np.float32),
            "y": labels if self.curve else self.raw[chosen, self.view.y].astype(np.float32),
            "target": labels,
            "part": self.part[chosen].astype(np.uint8),
        }
        header = {
            "view": self._view(),
            "task": self.facts.task,
            "classes": list(self.facts.classes),
            "features": list(self.facts.columns),
            "target": self.facts.target,
            "axes": self._axes(),
            "sampled": sampled,
            "rows": len(chosen),
        }
        return pack_section(header, arrays)

    def picture(self, number: int, sent: float, at_rest: bool = False) -> bytes | None:
        """The picture of this moment as a section, or None while the outputs are not finite.

        `number` counts the pictures of a run and `sent` is the moment in Unix seconds. While training goes on the
        comparison with the truth may be a little older than the rest; `at_rest` makes it anew.
        """
        outputs = predict(self.trainer.model, self.grid).cpu()
        if not bool(torch.isfinite(outputs).all()):
            return None
        arrays = self._answers(outputs)
        neurons, arrays["neurons"] = self._neurons()
        weights = [module.weight.detach() for module in self.trainer.model.modules() if isinstance(module, nn.Linear)]
        if 0 < sum(weight.numel() for weight in weights) <= MOST_WEIGHTS:
            arrays["weights"] = torch.cat([weight.reshape(-1) for weight in weights]).cpu().numpy().astype(np.float32)
        compared, more = self.comparison.measure(at_rest)
        header = {
            "n": number,
            "sent": sent,
            "epoch": self.trainer.epoch,
            "view": self._view(),
            "neurons": neurons,
            "compared": compared,
        }
        arrays.update(more)
        return pack_section(header, arrays)

    def predict(self, rows: Sequence[Sequence[float | None]]) -> dict[str, Any]:
        """What the model answers for rows in data units: outputs, and probabilities and classes where there are any.

        None stands for a value that is missing; it is filled as in training.

        Raises
        ------
        NNBuilderError
            If a row does not have one number for each feature, one is infinite, or nothing fills a missing value.
        """
        try:
            raw = np.array(rows, dtype=np.float64)
        except (TypeError, ValueError):
            raise NNBuilderError(
                "Each row needs one number for each feature; correct the rows and ask again."
            ) from None
        if raw.ndim != 2 or raw.shape[1] != len(self.facts.columns) or np.isinf(raw).any():
            raise NNBuilderError(
                f"Each row needs {len(self.facts.columns)} finite numbers, one for each of "
                f"{', '.join(self.facts.columns)}; "
                "correct the rows and ask again."
            )
        outputs = predict(self.trainer.model, self._scaled(raw)).cpu()
        answer: dict[str, Any] = {"outputs": outputs.tolist()}
        if self.facts.classes:
            answer["probabilities"] = probabilities(outputs, self.meaning).tolist()
            answer["classes"] = [self.facts.classes[code] for code in classes(outputs, self.meaning).tolist()]
        return answer

    def _answers(self, outputs: Tensor) -> dict[str, np.ndarray]:
        """The model's outputs over the grid as the arrays of the view."""
        if self.curve:
            values = outputs[:, 0]
            if self.facts.classes:
                values = probabilities(outputs, self.meaning)[:, -1]
            x = np.linspace(*self.x_range, CURVE_POINTS)
            return {"x": x.astype(np.float32), "y": values.numpy().astype(np.float32)}
        square = (MAP_SIDE, MAP_SIDE)
        if not self.facts.classes:
            low, high = self.value_range
            return {"map": _bytes((outputs[:, 0] - low) / (high - low)).reshape(square)}
        chances = probabilities(outputs, self.meaning)
        if len(self.facts.classes) == 2:
            return {"map": _bytes(chances[:, 1]).reshape(square)}
        confidence, winner = chances.max(dim=1)
        return {
            "class": winner.to(torch.uint8).numpy().reshape(square),
            "confidence": _bytes(confidence).reshape(square),
        }

    def _neurons(self) -> tuple[list[list[int]], np.ndarray]:
        """What the first inputs are and the first units of each layer answer over the picture, each by its own size."""
        values = self.coarse
        shown = values[:, :NEURONS_A_LAYER]
        places, maps = [[INPUTS, unit] for unit in range(shown.shape[1])], [_signed(shown)]
        modules = [(module, module.training) for module in self.trainer.model.modules()]
        self.trainer.model.eval()
        active = self.trainer.project.network.active
        with torch.no_grad():
            for (index, _), module in zip(active, self.trainer.model.children(), strict=True):
                values = module(values)
                shown = values[:, :NEURONS_A_LAYER]
                maps.append(_signed(shown))
                places += [[index, unit] for unit in range(shown.shape[1])]
        for module, mode in modules:
            module.training = mode
        side = NEURON_SIDE
        return places, torch.cat(maps).to(torch.uint8).cpu().numpy().reshape(-1, side, side)

    def _range(self, place: int) -> tuple[float, float]:
        """The ends of an axis: each category has as much room as the others."""
        labels = self.facts.labels[place]
        return (-0.5, len(labels) - 0.5) if labels else _span(self.raw[:, place])

    def _axes(self) -> dict[str, dict[str, Any]]:
        """What the numbers on the axes and of the target stand for: categories by their place, days since 1970."""
        x, y = (self._axis(self.facts.columns[place], place) for place in (self.view.x, self.view.y))
        value = self._axis(self.facts.target)
        if self.curve:
            y = {} if self.facts.classes else value
        return {"x": x, "y": y, "value": value}

    def _axis(self, name: str, place: int = -1) -> dict[str, Any]:
        if name in self.facts.dates:
            return {"dates": True}
        labels = self.facts.labels[place] if place >= 0 else ()
        return {"labels": list(labels)} if labels else {}

    def _plane(self, side: int) -> Tensor:
        """A grid over both features, row by row from the top (largest y) down."""
        x = np.linspace(*self.x_range, side)
        y = np.linspace(self.y_range[1], self.y_range[0], side)
        across, down = np.meshgrid(x, y)
        return self._grid(across.reshape(-1, 1), down.reshape(-1, 1))

    def _grid(self, x: np.ndarray, y: np.ndarray | None) -> Tensor:
        raw = np.repeat(self.usual[None, :], len(x), axis=0)
        raw[:, self.view.x] = x[:, 0]
        if y is not None:
            raw[:, self.view.y] = y[:, 0]
        for place, labels in enumerate(self.facts.labels):
            if labels:
                raw[:, place] = np.clip(np.round(raw[:, place]), 0, len(labels) - 1)
        return self._scaled(raw)

    def _scaled(self, raw: np.ndarray) -> Tensor:
        return torch.from_numpy(self.trainer.prepared.pipeline.apply(raw)).to(self.trainer.device)

    def _view(self) -> dict[str, Any]:
        kind = "curve" if self.curve else "surface"
        if self.facts.classes and not self.curve:
            kind = "probability" if len(self.facts.classes) == 2 else "classes"
        y_label = self.facts.columns[self.view.y]
        if self.curve:
            y_label = f"probability of {self.facts.classes[-1]}" if self.facts.classes else self.facts.target
        return {
            "kind": kind,
            "x": self.view.x,
            "y": self.view.y,
            "x_label": self.facts.columns[self.view.x],
            "y_label": y_label,
            "x_range": list(self.x_range),
            "y_range": list(self.y_range),
            "value_range": list(self.value_range),
        }


def _signed(values: Tensor) -> Tensor:
    """Columns [n, units] as maps [units, n], each scaled by its largest size with 128 as 0."""
    size = values.abs().amax(dim=0).clamp_min(1e-12)
    return ((values / size) * 127 + 128).clamp(0, 255).T


def _span(values: np.ndarray, margin: float = MARGIN) -> tuple[float, float]:
    """Smallest to largest value with a margin at both ends; never of width 0."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    room = (high - low) * margin or (0.0 if high > low else 0.5)
    return low - room, high + room


def _bytes(shares: Tensor) -> np.ndarray:
    """Numbers between 0 and 1 as uint8 between 0 and 255."""
    return (shares.clamp(0, 1) * 255).round().to(torch.uint8).numpy()
