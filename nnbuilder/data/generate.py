"""The rows of a data set that is made on the spot, from its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.data import playground
from nnbuilder.errors import NNBuilderError
from nnbuilder.fields import did_you_mean, show

if TYPE_CHECKING:
    from nnbuilder.spec import Component

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class RawData:
    """Rows as they were made, before split and scaling.

    `features` is float64 [rows, inputs] in data units; `target` is float64 [rows] for regression and
    int64 [rows] class numbers otherwise.
    """

    features: NDArray[np.float64]
    target: NDArray[Any]


def generate(source: Component) -> RawData:
    """The rows of a data source.

    The settings alone, seed included, decide every bit; NumPy's global generator is left untouched.

    Raises
    ------
    NNBuilderError
        If the kind of source is not known, or its settings do not fit together.
    """
    kind, settings = source.kind, source.settings
    if kind not in DATASETS:
        raise NNBuilderError(
            f"data.source.kind: no data set is called {show(kind)}{did_you_mean(kind, tuple(DATASETS))}"
        )
    row = DATASETS[kind]
    problems = row.problems(settings)
    if problems:
        raise NNBuilderError(f"data.source.{problems[0].field}: {problems[0].message}")
    if kind in playground.MAKERS:
        features, target = playground.make(kind, settings["samples"], settings["noise"], settings["seed"])
    elif kind in MAKERS:
        features, target = MAKERS[kind](settings)
    else:
        features, target = _scikit_learn(row.function, row.arguments(settings))
    if kind == "swiss_roll" and settings["view"] == "side":
        features = features[:, [0, 2]]
    number = np.float64 if row.shape(settings).task == "regression" else np.int64
    return RawData(np.ascontiguousarray(features, dtype=np.float64), np.ascontiguousarray(target, dtype=number))


def curve(settings: Settings) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lecture's curve: x sorted standard normals, y = x² + 15 sin³x, noise (drawn after x) added to y.

    Uses the legacy ``RandomState``, whose numbers are those after ``np.random.seed(seed)``; with the
    seed 2020 and 500 points these are the points of the lecture, and the variance of y is 57.4.
    """
    random = np.random.RandomState(settings["seed"])
    x = np.sort(random.randn(settings["samples"]))
    y = x**2 + 15 * np.sin(x) ** 3
    return x[:, None], y + settings["noise"] * random.randn(len(x))


def sine(settings: Settings) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x uniform in −1…1, y = sin(π · periods · x): `periods` whole waves, with noise added to y."""
    rng = np.random.default_rng(settings["seed"])
    x = rng.uniform(-1, 1, settings["samples"])
    y = np.sin(np.pi * settings["periods"] * x)
    return x[:, None], y + settings["noise"] * rng.standard_normal(len(x))


def rent(settings: Settings) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Flats of 300–3000 square feet, up to 100 years old: rent = 2.5 · size_sqft − 1.5 · age + 1000, plus noise."""
    rng = np.random.default_rng(settings["seed"])
    rows = settings["samples"]
    size, age = rng.uniform(300, 3000, rows), rng.uniform(0, 100, rows)
    price = 2.5 * size - 1.5 * age + 1000
    return np.column_stack([size, age]), price + settings["noise"] * rng.standard_normal(rows)


MAKERS: dict[str, Callable[[Settings], tuple[NDArray[np.float64], NDArray[np.float64]]]] = {
    "curve": curve,
    "sine": sine,
    "rent": rent,
}
"""The data sets neither scikit-learn nor the playground knows."""


def _scikit_learn(function: str, arguments: dict[str, Any]) -> tuple[NDArray[np.float64], NDArray[Any]]:
    # scikit-learn takes a second to import, and nine of the sets do without it.
    from sklearn import datasets

    return getattr(datasets, function)(**arguments)
