"""Split and scaling: what `describe` announced, nothing of validation or test in the scaler, the same bits again."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
from sklearn import preprocessing

import nnbuilder.data.prepare as module
from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.data.facts import describe, split_problems
from nnbuilder.data.generate import RawData, generate
from nnbuilder.data.pipeline import Pipeline
from nnbuilder.data.prepare import Prepared, prepare
from nnbuilder.errors import NNBuilderError
from nnbuilder.facts import Part
from nnbuilder.spec import Component, Data

PARTS: tuple[Part, ...] = ("train", "validation", "test")


def data(kind: str = "circles", settings: dict[str, Any] | None = None, **changes: Any) -> Data:
    source = Component(kind, {**DATASETS[kind].defaults(), **(settings or {})})
    own: dict[str, Any] = {
        "scaling": "none",
        "terms": [],
        "validation": 0.2,
        "test": 0.2,
        "stratify": True,
        "split_seed": 0,
        **changes,
    }
    return Data(source=source, **own)


def rows_of(prepared: Prepared) -> list[tuple[float, ...]]:
    return [tuple(row) for part in PARTS for row in prepared.raw[part].tolist()]


@pytest.mark.parametrize("kind", DATASETS)
@pytest.mark.parametrize("shares", [(0.2, 0.2), (0.0, 0.0), (0.25, 0.0), (0.0, 0.33)])
def test_prepared_is_what_was_described(kind: str, shares: tuple[float, float]):
    given = data(kind, {"samples": 97}, validation=shares[0], test=shares[1], scaling="standard")
    facts = describe(given)
    prepared = prepare(given)
    assert prepared.facts == facts
    counts = {"train": facts.train_rows, "validation": facts.validation_rows, "test": facts.test_rows}
    assert sum(counts.values()) == 97
    for part in PARTS:
        n = counts[part]
        assert prepared.features[part].shape == prepared.raw[part].shape == (n, facts.inputs)
        assert prepared.features[part].dtype == np.float32 and prepared.raw[part].dtype == np.float64
        if facts.classes:
            assert prepared.target[part].shape == (n,) and prepared.target[part].dtype == np.int64
        else:
            assert prepared.target[part].shape == (n, 1) and prepared.target[part].dtype == np.float32


@pytest.mark.parametrize("rows", [10, 11, 33, 100, 301])
def test_described_sizes_hold_for_any_shares(rows: int):
    for validation, test in itertools.product((0.0, 0.01, 0.1, 0.35, 0.5), repeat=2):
        given = data("curve", {"samples": rows}, validation=validation, test=test)
        if split_problems(given):
            continue
        prepared = prepare(given)
        facts = describe(given)
        assert [len(prepared.raw[part]) for part in PARTS] == [facts.train_rows, facts.validation_rows, facts.test_rows]


def test_nothing_is_made_to_describe(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: Any) -> None:
        raise AssertionError("describe made data")

    monkeypatch.setattr(module, "generate", refuse)
    monkeypatch.setattr("nnbuilder.data.generate.generate", refuse)
    facts = describe(data("blobs", {"samples": 100_000, "centers": 7, "features": 3}))
    assert (facts.rows, facts.inputs, len(facts.classes), facts.task) == (100_000, 3, 7, "multiclass")


@pytest.mark.parametrize("stratify", [True, False])
def test_each_row_lands_in_exactly_one_part_with_its_own_target(stratify: bool):
    given = data("circles", stratify=stratify)
    made = generate(given.source)
    prepared = prepare(given)
    expected = dict(zip(map(tuple, made.features.tolist()), made.target.tolist(), strict=True))
    assert sorted(rows_of(prepared)) == sorted(expected)
    for part in PARTS:
        for row, target in zip(prepared.raw[part].tolist(), prepared.target[part].tolist(), strict=True):
            assert expected[tuple(row)] == target


def test_without_a_split_rows_keep_their_order():
    given = data("curve", validation=0.0, test=0.0)
    np.testing.assert_array_equal(prepare(given).raw["train"], generate(given.source).features)


def test_same_settings_same_bits_and_the_split_seed_changes_the_parts():
    first, again, other = prepare(data(scaling="robust")), prepare(data(scaling="robust")), prepare(data(split_seed=1))
    for part in PARTS:
        assert first.features[part].tobytes() == again.features[part].tobytes()
        assert first.target[part].tobytes() == again.target[part].tobytes()
        assert not np.array_equal(first.raw[part], other.raw[part])
    assert sorted(rows_of(first)) == sorted(rows_of(other))


def test_global_random_state_is_untouched():
    np.random.seed(11)
    before = repr(np.random.get_state(legacy=False))
    prepare(data("classification", scaling="standard"))
    assert repr(np.random.get_state(legacy=False)) == before


def test_stratified_parts_keep_the_class_shares():
    uneven = {"samples": 400, "first_share": 0.85, "flip": 0.0}
    given = data("classification", uneven, validation=0.15, test=0.25)
    prepared = prepare(given)
    shares = np.bincount(generate(given.source).target) / 400
    for part in PARTS:
        counts = np.bincount(prepared.target[part], minlength=2)
        assert np.abs(counts - shares * counts.sum()).max() <= 1
    loose = prepare(data("classification", uneven, validation=0.15, test=0.25, stratify=False))
    assert any(np.bincount(loose.target[part])[1] != np.bincount(prepared.target[part])[1] for part in PARTS)


def test_class_with_one_row_cannot_be_stratified_and_is_named():
    lonely = {"samples": 50, "first_share": 0.98, "flip": 0.0}
    with pytest.raises(
        NNBuilderError, match=r"data\.stratify: Class “class 1” has only 1 row, .*turn stratification off"
    ):
        prepare(data("classification", lonely))
    assert prepare(data("classification", lonely, stratify=False)).facts.rows == 50


def test_class_used_up_by_the_test_part_is_named_too():
    pair = {"samples": 50, "first_share": 0.96, "flip": 0.0}
    with pytest.raises(NNBuilderError, match="Class “class 1” has only 2 rows"):
        prepare(data("classification", pair, test=0.4))


def test_parts_smaller_than_the_number_of_classes_are_reported_ahead():
    given = data("blobs", {"samples": 100, "centers": 20}, validation=0.1)
    (problem,) = split_problems(given)
    assert problem.field == "stratify" and problem.value is False
    assert "validation part has 10 rows" in problem.message
    with pytest.raises(NNBuilderError, match=r"data\.stratify"):
        prepare(given)
    loose = data("blobs", {"samples": 100, "centers": 20}, validation=0.1, stratify=False)
    assert split_problems(loose) == [] and prepare(loose).facts.validation_rows == 10
    whole = data("blobs", {"samples": 20, "centers": 20}, validation=0.0, test=0.0)
    assert split_problems(whole) == [] and prepare(whole).facts.train_rows == 20


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.9, 0.9), (0.2, 0.8)])
def test_split_that_leaves_nothing_to_train_on_is_repaired(shares: tuple[float, float]):
    current: dict[str, Any] = {"validation": shares[0], "test": shares[1]}
    with pytest.raises(NNBuilderError, match="none to train on"):
        prepare(data(**current))
    for _ in range(2):
        for problem in split_problems(data(**current)):
            current[problem.field] = problem.value
    assert split_problems(data(**current)) == []


SCALERS = {
    "standard": preprocessing.StandardScaler,
    "minmax": preprocessing.MinMaxScaler,
    "robust": preprocessing.RobustScaler,
}


@pytest.mark.parametrize("scaling", SCALERS)
@pytest.mark.parametrize("kind", ["rent", "friedman2", "circles"])
def test_scaling_agrees_with_scikit_learn_fitted_on_the_training_rows(scaling: str, kind: str):
    prepared = prepare(data(kind, scaling=scaling))
    oracle = SCALERS[scaling]().fit(prepared.raw["train"])
    for part in PARTS:
        np.testing.assert_allclose(prepared.features[part], oracle.transform(prepared.raw[part]), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(
        prepared.pipeline.invert(prepared.features["test"]), prepared.raw["test"], rtol=1e-5, atol=1e-3
    )


@pytest.mark.parametrize("scaling", SCALERS)
def test_validation_and_test_rows_never_reach_the_scaler(scaling: str, monkeypatch: pytest.MonkeyPatch):
    given = data("curve", scaling=scaling)
    before = prepare(given)
    seen = set(before.raw["train"][:, 0].tolist())

    def spoiled(source: Component) -> RawData:
        rows = generate(source)
        features = rows.features.copy()
        features[[x not in seen for x in features[:, 0].tolist()]] += 1e6
        return RawData(features, rows.target)

    monkeypatch.setattr(module, "generate", spoiled)
    after = prepare(given)
    assert after.raw["test"].min() > 9e5
    assert after.pipeline == before.pipeline
    assert after.features["train"].tobytes() == before.features["train"].tobytes()


@pytest.mark.parametrize("scaling", ["none", *SCALERS])
def test_scaler_survives_json_and_gives_the_same_bits(scaling: str):
    prepared = prepare(data("friedman2", scaling=scaling))
    pipeline = Pipeline.from_json(json.loads(json.dumps(prepared.pipeline.to_json())))
    assert pipeline == prepared.pipeline
    for part in PARTS:
        assert pipeline.apply(prepared.raw[part]).tobytes() == prepared.features[part].tobytes()
    one = pipeline.apply(prepared.raw["test"][:1].tolist())
    assert one.dtype == np.float32 and one.tobytes() == prepared.features["test"][:1].tobytes()


@pytest.mark.parametrize("scaling", ["none", *SCALERS])
def test_feature_that_never_varies_stays_finite(scaling: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "generate", lambda _: RawData(np.full((500, 1), 3.0), np.linspace(0, 1, 500)))
    assert np.isfinite(prepare(data("curve", scaling=scaling)).features["train"]).all()


def test_unscaled_features_are_the_raw_ones():
    prepared = prepare(data("rent"))
    np.testing.assert_array_equal(prepared.features["train"], prepared.raw["train"].astype(np.float32))


def test_unknown_scaling_and_rows_of_wrong_width_are_refused_in_words():
    with pytest.raises(NNBuilderError, match="choose none, standard, minmax or robust"):
        prepare(data(scaling="log"))
    with pytest.raises(NNBuilderError, match="need 2 numbers each"):
        prepare(data()).pipeline.apply([[1.0, 2.0, 3.0]])


def test_extra_inputs_come_after_the_columns_and_are_scaled_along():
    terms = [["square", "x1"], ["product", "x1", "x2"], ["sine", "x2"]]
    made = data(terms=terms, scaling="standard")
    facts, prepared = describe(made), prepare(made)
    assert facts.features == prepared.facts.features == ("x1", "x2", "x1²", "x1·x2", "sin x2")
    assert facts.columns == ("x1", "x2")
    x1, x2 = prepared.raw["train"].T
    wanted = preprocessing.StandardScaler().fit_transform(np.stack([x1, x2, x1**2, x1 * x2, np.sin(x2)], axis=1))
    np.testing.assert_allclose(prepared.features["train"], wanted, rtol=1e-5, atol=1e-6)


def test_a_term_of_a_column_that_is_not_there_is_refused():
    with pytest.raises(NNBuilderError, match="x3² needs the number column “x3”"):
        prepare(data(terms=[["square", "x3"]]))
