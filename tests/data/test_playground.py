"""The six sets of the TensorFlow Playground, against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnbuilder.data import playground
from nnbuilder.data.playground import make


def points(*pairs: tuple[float, float]) -> np.ndarray:
    return np.array(pairs, dtype=np.float64)


def test_circle_class_by_distance():
    given = points((0, 0), (2.4, 0), (2.5, 0), (1.7, 1.8), (1.8, 1.8), (-3, 4))
    assert playground.circle_class(given).tolist() == [1, 1, 0, 1, 0, 0]


def test_xor_class_by_sign():
    given = points((1, 2), (-1, -2), (1, -2), (-1, 2), (0, -1))
    assert playground.xor_class(given).tolist() == [1, 1, 0, 0, 1]


def test_plane_value():
    np.testing.assert_allclose(playground.plane_value(points((3, -1), (6, 6), (-6, -6))), [0.2, 1.2, -1.2])


def test_multi_gauss_value():
    given = points(
        (-4, 2.5), (0, 2.5), (4, 2.5), (-4, -2.5), (0, -2.5), (4, -2.5), (-4, 1.5), (-1, 2.5), (0, -2), (0, 0)
    )
    expected = [1, -1, 1, -1, 1, -1, 0.5, -0.5, 0.75, 0]
    np.testing.assert_allclose(playground.multi_gauss_value(given), expected, atol=1e-12)


def test_spiral_places():
    half = math.sqrt(0.5)
    np.testing.assert_allclose(
        playground.spiral_arm(np.array([0.0, 0.5]), 0.0), [[0, 0], [-2.5 * half, 2.5 * half]], atol=1e-12
    )
    np.testing.assert_allclose(playground.spiral_arm(np.array([0.5]), math.pi), [[2.5 * half, -2.5 * half]], atol=1e-12)


def test_circle_leaves_a_gap_and_halves():
    features, target = make("playground_circle", 500, 0, 0)
    distance = np.hypot(*features.T)
    assert distance[target == 1].max() < 2.5 and distance[target == 0].min() >= 3.5 and distance.max() <= 5
    assert np.bincount(target).tolist() == [250, 250]


def test_xor_stays_off_the_axes():
    features, target = make("playground_xor", 500, 0, 0)
    assert np.abs(features).min() >= 0.3 and np.abs(features).max() <= 5.3
    assert (target == (features[:, 0] * features[:, 1] > 0)).all()


@pytest.mark.parametrize(("percent", "variance"), [(0, 0.5), (10, 1.2), (50, 4.0)])
def test_gauss_centers_and_variance(percent: float, variance: float):
    features, target = make("playground_gauss", 40_000, percent, 0)
    for code, center in ((1, 2.0), (0, -2.0)):
        cloud = features[target == code]
        np.testing.assert_allclose(cloud.mean(axis=0), center, atol=0.05)
        np.testing.assert_allclose(cloud.var(axis=0), variance, rtol=0.05)


def test_spiral_has_exactly_the_points_of_its_formula():
    features, target = make("playground_spiral", 500, 0, 0)
    expected = set()
    for label, turn in ((1, 0.0), (0, math.pi)):
        for i in range(250):
            r, angle = 5 * i / 250, 3.5 * math.pi * i / 250 + turn
            expected.add((round(r * math.sin(angle), 6) + 0.0, round(r * math.cos(angle), 6) + 0.0, label))
    made = {
        (round(float(x), 6) + 0.0, round(float(y), 6) + 0.0, int(c)) for (x, y), c in zip(features, target, strict=True)
    }
    assert made == expected


def test_noise_moves_spiral_points_by_at_most_its_fraction():
    quiet, _ = make("playground_spiral", 500, 0, 5)
    noisy, _ = make("playground_spiral", 500, 20, 5)
    moved = np.abs(noisy - quiet).max()
    assert 0.15 < moved <= 0.2


@pytest.mark.parametrize("kind", ["playground_circle", "playground_xor", "playground_plane", "playground_multi_gauss"])
def test_noise_changes_targets_but_no_points(kind: str):
    quiet, before = make(kind, 500, 0, 5)
    noisy, after = make(kind, 500, 40, 5)
    np.testing.assert_array_equal(quiet, noisy)
    assert (before != after).mean() > 0.05


def test_plane_without_noise_is_the_formula_over_the_whole_square():
    features, target = make("playground_plane", 1200, 0, 0)
    np.testing.assert_allclose(target, (features[:, 0] + features[:, 1]) / 10)
    assert np.abs(features).max() <= 6 and features.min() < -5.9 and features.max() > 5.9
    noisy = make("playground_plane", 1200, 50, 0)[1]
    assert np.abs(noisy - target).max() <= 0.6 + 1e-12


def test_rows_are_mixed():
    """Batches without shuffling must not meet one class after the other."""
    for kind in ("playground_circle", "playground_gauss", "playground_spiral"):
        target = make(kind, 500, 0, 0)[1]
        assert 75 < target[:250].sum() < 175
