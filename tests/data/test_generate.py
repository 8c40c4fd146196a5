"""The rows themselves: against scikit-learn, against the formulas, and the promises every set keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import datasets

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.data.generate import RawData, generate
from nnbuilder.errors import NNBuilderError
from nnbuilder.spec import Component

KINDS = list(DATASETS)


def make(kind: str, **changes: Any) -> RawData:
    return generate(Component(kind, {**DATASETS[kind].defaults(), **changes}))


@pytest.mark.parametrize("kind", KINDS)
def test_rows_have_the_shape_and_type_their_row_announces(kind: str):
    shape = DATASETS[kind].shape(DATASETS[kind].defaults())
    data = make(kind)
    assert data.features.shape == (shape.rows, len(shape.features))
    assert data.features.dtype == np.float64
    assert np.isfinite(data.features).all() and np.isfinite(data.target).all()
    if shape.classes:
        assert data.target.dtype == np.int64
        assert sorted(set(data.target.tolist())) == list(range(len(shape.classes)))
    else:
        assert data.target.dtype == np.float64 and data.target.shape == (shape.rows,)


@pytest.mark.parametrize("kind", KINDS)
def test_seed_decides_every_bit_and_nothing_else_is_touched(kind: str):
    # Sets without noise and with fixed places (the spiral) differ by the order of their rows.
    np.random.seed(7)
    before = repr(np.random.get_state(legacy=False))
    first, again, other = make(kind, seed=3), make(kind, seed=3), make(kind, seed=4)
    assert repr(np.random.get_state(legacy=False)) == before
    assert first.features.tobytes() == again.features.tobytes()
    assert first.target.tobytes() == again.target.tobytes()
    assert not np.array_equal(first.features, other.features)


@pytest.mark.parametrize("kind", KINDS)
def test_odd_number_of_points_is_met_exactly(kind: str):
    assert len(make(kind, samples=33).target) == len(make(kind, samples=33).features) == 33


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("regression", {}, lambda: datasets.make_regression(500, 1, random_state=0, noise=10)),
        ("regression", {"features": 3}, lambda: datasets.make_regression(500, 3, random_state=0, noise=10)),
        (
            "regression",
            {"samples": 60, "features": 4, "informative": 2, "bias": 5.0, "effective_rank": 2, "tail_strength": 0.1},
            lambda: datasets.make_regression(
                60, 4, n_informative=2, bias=5.0, effective_rank=2, tail_strength=0.1, noise=10, random_state=0
            ),
        ),
        ("circles", {}, lambda: datasets.make_circles(300, factor=0.5, noise=0.1, random_state=2020)),
        (
            "moons",
            {"noise": 0.2, "shuffle": False},
            lambda: datasets.make_moons(300, noise=0.2, shuffle=False, random_state=0),
        ),
        (
            "blobs",
            {},
            lambda: datasets.make_blobs(200, centers=4, center_box=(-1.2, 1.2), cluster_std=0.15, random_state=2),
        ),
        (
            "classification",
            {"features": 6, "informative": 3, "redundant": 1, "repeated": 1, "classes": 3, "first_share": 0.5},
            lambda: datasets.make_classification(
                300,
                6,
                n_informative=3,
                n_redundant=1,
                n_repeated=1,
                n_classes=3,
                n_clusters_per_class=1,
                weights=[0.5, 0.25, 0.25],
                random_state=0,
            ),
        ),
        (
            "gaussian_quantiles",
            {"mean": 1.0, "covariance": 4.0, "classes": 4},
            lambda: datasets.make_gaussian_quantiles(mean=[1, 1], cov=4.0, n_samples=300, n_classes=4, random_state=0),
        ),
        (
            "swiss_roll",
            {"view": "full", "noise": 0.5},
            lambda: datasets.make_swiss_roll(500, noise=0.5, random_state=0),
        ),
        (
            "friedman1",
            {"features": 7, "noise": 1.0},
            lambda: datasets.make_friedman1(500, 7, noise=1.0, random_state=0),
        ),
        ("friedman2", {}, lambda: datasets.make_friedman2(500, random_state=0)),
        ("friedman3", {}, lambda: datasets.make_friedman3(500, random_state=0)),
    ],
)
def test_equal_to_scikit_learn(kind: str, changes: dict[str, Any], expected: Any):
    features, target = expected()
    data = make(kind, **changes)
    np.testing.assert_array_equal(data.features, features)
    np.testing.assert_array_equal(data.target, target)


def test_swiss_roll_from_the_side_leaves_out_the_depth():
    side, full = make("swiss_roll"), make("swiss_roll", view="full")
    np.testing.assert_array_equal(side.features, full.features[:, [0, 2]])
    # Without noise the place along the roll is the distance from its axis.
    np.testing.assert_allclose(np.hypot(*side.features.T), side.target)


def test_named_classes_are_where_their_names_say():
    circles, moons = make("circles", noise=0.0), make("moons", noise=0.0)
    assert DATASETS["circles"].shape({"samples": 300}).classes[1] == "inner"
    assert np.hypot(*circles.features[circles.target == 1].T).max() == pytest.approx(0.5)
    assert DATASETS["moons"].shape({"samples": 300}).classes[0] == "upper"
    assert moons.features[moons.target == 0, 1].mean() > moons.features[moons.target == 1, 1].mean()


def test_uneven_classes():
    data = make("classification", samples=1000, first_share=0.9, flip=0.0)
    assert np.bincount(data.target).tolist() == [900, 100]


def test_curve_is_the_one_of_the_lecture():
    legacy = np.random.RandomState(2020)
    x = np.sort(legacy.randn(500))
    data = make("curve")
    np.testing.assert_array_equal(data.features[:, 0], x)
    np.testing.assert_allclose(data.target, x**2 + 15 * np.sin(x) ** 3, rtol=1e-14)
    assert data.target.var() == pytest.approx(57.4, abs=0.05)


def test_noise_is_added_to_the_target_only():
    for kind, level in (("curve", 3.0), ("sine", 0.5), ("rent", 40.0)):
        quiet, noisy = make(kind, samples=20_000, noise=0.0), make(kind, samples=20_000, noise=level)
        np.testing.assert_array_equal(quiet.features, noisy.features)
        assert (noisy.target - quiet.target).std() == pytest.approx(level, rel=0.03)


def test_sine_has_as_many_waves_as_asked_for():
    data = make("sine", samples=5000, periods=3.0, noise=0.0)
    order = np.argsort(data.features[:, 0])
    crossings = np.count_nonzero(np.diff(np.sign(data.target[order])))
    assert crossings == 5  # three waves over −1…1 pass 0 five times between the ends
    np.testing.assert_allclose(data.target, np.sin(3 * np.pi * data.features[:, 0]), atol=1e-12)


def test_rent_is_found_again_by_least_squares():
    quiet = make("rent", noise=0.0)
    columns = np.column_stack([quiet.features, np.ones(len(quiet.target))])
    np.testing.assert_allclose(np.linalg.lstsq(columns, quiet.target, rcond=None)[0], [2.5, -1.5, 1000], rtol=1e-9)


def test_unknown_kind_is_named_and_a_near_one_offered():
    with pytest.raises(NNBuilderError, match="did you mean circles"):
        generate(Component("circle", {}))


def test_settings_that_do_not_fit_are_refused_in_words():
    with pytest.raises(NNBuilderError, match=r"data\.source\.features: .*set Features to 5"):
        make("classification", redundant=3)
