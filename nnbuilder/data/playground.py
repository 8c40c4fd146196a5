"""The six data sets of the TensorFlow Playground: the same formulas, drawn with a NumPy generator.

Noise is a fraction here (percent / 100). Features are x and y; class 1 is blue, class 0 orange.
Except for *spiral* and *gauss*, noise moves a point only when its label is decided, not where it lies.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RADIUS = 5.0
WIDE_RADIUS = 6.0
PADDING = 0.3
BUMPS = ((-4.0, 2.5, 1.0), (0.0, 2.5, -1.0), (4.0, 2.5, 1.0), (-4.0, -2.5, -1.0), (0.0, -2.5, 1.0), (4.0, -2.5, -1.0))
"""Center and sign of each hill and pit of *multi gauss*."""


def circle_class(points: Floats) -> NDArray[np.int64]:
    """1 within half the radius of the middle, else 0."""
    return (np.hypot(points[:, 0], points[:, 1]) < RADIUS / 2).astype(np.int64)


def xor_class(points: Floats) -> NDArray[np.int64]:
    """1 where x and y have the same sign, else 0."""
    return (points[:, 0] * points[:, 1] >= 0).astype(np.int64)


def spiral_arm(places: Floats, turn: float) -> Floats:
    """Points of an arm at `places` (0 at the middle, 1 at its end), turned by `turn` radians."""
    angle = 2 * np.pi * 1.75 * places + turn
    return 5 * places[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])


def plane_value(points: Floats) -> Floats:
    """(x + y) / 10."""
    return points.sum(axis=1) / 10


def multi_gauss_value(points: Floats) -> Floats:
    """The bump that is largest in size at each point: 1 − distance / 2, at least 0, with its sign."""
    x, y, sign = np.array(BUMPS).T
    distance = np.hypot(points[:, :1] - x, points[:, 1:] - y)
    height = sign * np.clip(1 - distance / 2, 0, 1)
    return height[np.arange(len(points)), np.abs(height).argmax(axis=1)]


def circle(rows: int, noise: float, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """A disk within a ring."""
    inner, outer = _halves(rows)
    distance = np.concatenate([rng.uniform(0, RADIUS / 2, inner), rng.uniform(0.7 * RADIUS, RADIUS, outer)])
    angle = rng.uniform(0, 2 * np.pi, rows)
    points = distance[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
    return points, circle_class(points + noise * _square(rows, RADIUS, rng))


def xor(rows: int, noise: float, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """Four squares, pushed off the axes."""
    points = _square(rows, RADIUS, rng)
    points += np.where(points > 0, PADDING, -PADDING)
    return points, xor_class(points + noise * _square(rows, RADIUS, rng))


def gauss(rows: int, noise: float, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """Two round clouds of variance 0.5 + 7 · noise."""
    positive, negative = _halves(rows)
    target = np.repeat(np.array([1, 0], dtype=np.int64), [positive, negative])
    centers = np.where(target == 1, 2.0, -2.0)[:, None]
    return centers + np.sqrt(0.5 + 7 * noise) * rng.standard_normal((rows, 2)), target


def spiral(rows: int, noise: float, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """Two arms wound into each other."""
    positive, negative = _halves(rows)
    arms = [spiral_arm(np.arange(positive) / (rows / 2), 0.0), spiral_arm(np.arange(negative) / (rows / 2), np.pi)]
    target = np.repeat(np.array([1, 0], dtype=np.int64), [positive, negative])
    return np.concatenate(arms) + noise * _square(rows, 1.0, rng), target


def plane(rows: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """A slanted plane."""
    points = _square(rows, WIDE_RADIUS, rng)
    return points, plane_value(points + noise * _square(rows, WIDE_RADIUS, rng))


def multi_gauss(rows: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Three hills and three pits."""
    points = _square(rows, WIDE_RADIUS, rng)
    return points, multi_gauss_value(points + noise * _square(rows, WIDE_RADIUS, rng))


MAKERS: dict[str, Callable[[int, float, np.random.Generator], tuple[Floats, NDArray]]] = {
    "playground_circle": circle,
    "playground_xor": xor,
    "playground_gauss": gauss,
    "playground_spiral": spiral,
    "playground_plane": plane,
    "playground_multi_gauss": multi_gauss,
}
"""The maker of each data set, by its key in the catalog."""


def make(kind: str, rows: int, percent: float, seed: int) -> tuple[Floats, NDArray]:
    """Features [rows, 2] and target [rows] of one of the six, in shuffled order."""
    rng = np.random.default_rng(seed)
    features, target = MAKERS[kind](rows, percent / 100, rng)
    order = rng.permutation(rows)
    return features[order], target[order]


def _halves(rows: int) -> tuple[int, int]:
    return rows - rows // 2, rows // 2


def _square(rows: int, radius: float, rng: np.random.Generator) -> Floats:
    return rng.uniform(-radius, radius, (rows, 2))
