"""Small pictures of the data sets for the picker: a few points of each, drawn ahead and kept in a file.

They are kept because drawing them needs scikit-learn, which takes a second to import and which the
page has no other use for. ``python -m nnbuilder.data.thumbnails`` writes the file anew.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.errors import NNBuilderError
from nnbuilder.fields import did_you_mean, show

MOST_POINTS = 120
FILE = Path(__file__).with_name("thumbnails.json")

Point = tuple[float, float, float]


def thumbnail(kind: str) -> list[Point]:
    """At most 120 points of a data set with its default settings, each as x, y and color value.

    x (to the right) and y (upward) lie in 0…1. The first two features are shown, or feature and target
    where there is but one feature. The color value is the class number, or for regression the target
    scaled to 0…1.

    Raises
    ------
    NNBuilderError
        If there is no such data set.
    """
    if kind not in DATASETS:
        raise NNBuilderError(f"No data set is called {show(kind)}{did_you_mean(kind, tuple(DATASETS))}")
    return list(_kept()[kind])


def draw(kind: str) -> list[Point]:
    """The points of a thumbnail, made from the data set itself."""
    from nnbuilder.data.generate import generate
    from nnbuilder.spec import Component

    row = DATASETS[kind]
    data = generate(Component(kind, row.defaults()))
    chosen = np.linspace(0, len(data.target) - 1, min(MOST_POINTS, len(data.target))).astype(int)
    features, target = data.features[chosen], data.target[chosen]
    classes = bool(row.shape(row.defaults()).classes)
    across = _unit(features[:, 0])
    upward = _unit(features[:, 1] if features.shape[1] > 1 else target)
    value = target.astype(np.float64) if classes else _unit(target)
    return [
        (round(float(x), 3), round(float(y), 3), round(float(v), 3))
        for x, y, v in zip(across, upward, value, strict=True)
    ]


@cache
def _kept() -> dict[str, tuple[Point, ...]]:
    document = json.loads(FILE.read_text(encoding="utf-8"))
    return {kind: tuple((x, y, value) for x, y, value in points) for kind, points in document.items()}


def _unit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.full(len(values), 0.5)


def _write() -> None:
    lines = [f"{json.dumps(kind)}: {json.dumps(draw(kind), separators=(',', ':'))}" for kind in DATASETS]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    _write()
