"""The pipeline: equal to scikit-learn's own, deaf to other rows, and exact through JSON."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline as SklearnPipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)

from nnbuilder.data import pipeline as module
from nnbuilder.data.pipeline import SCALINGS, ColumnPlan, Pipeline, fit
from nnbuilder.data.terms import Term, available
from nnbuilder.errors import InvalidProject, NNBuilderError
from tests.data.plain_scaler import fit as fit_scaler

SCALERS = {"none": FunctionTransformer, "standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler}
COLORS = ("blue", "green", "red", "violet")
MISSING = ("mean", "median", "most_frequent", "constant", "own_category", "drop")


def numbers(rows: int, columns: int, seed: int = 0) -> NDArray[np.float64]:
    random = np.random.default_rng(seed)
    return random.normal(random.uniform(-50, 50, columns), random.uniform(0.1, 40, columns), (rows, columns))


def with_gaps(values: NDArray[np.float64], share: float = 0.2, seed: int = 5) -> NDArray[np.float64]:
    gaps = np.random.default_rng(seed).random(values.shape) < share
    return np.where(gaps, np.nan, values)


def plans(count: int, **settings: Any) -> list[ColumnPlan]:
    return [ColumnPlan(f"x{place + 1}", **settings) for place in range(count)]


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (7, 1), (300, 2), (1000, 9), (30_000, 3)])
def test_plain_numbers_get_the_bits_that_the_scaler_gives(scaling: str, rows: int, columns: int) -> None:
    train, other = numbers(rows, columns), numbers(50, columns, seed=1)
    scaler, pipeline = fit_scaler(scaling, train), fit(plans(columns), (), scaling, train)
    for raw in (train, other):
        mine = pipeline.apply(raw)
        assert mine.dtype == np.float32
        np.testing.assert_array_equal(mine, scaler.apply(raw))
        np.testing.assert_array_equal(pipeline.invert(mine), scaler.invert(mine))
    assert pipeline.inputs == tuple(f"x{place + 1}" for place in range(columns))
    assert pipeline.sources == tuple(range(columns))


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("kind", ["number", "date"])
def test_numbers_with_gaps_equal_scikit_learn(kind: Any, missing: Any, scaling: str) -> None:
    train, other = numbers(400, 3).round(1), numbers(80, 3, seed=2).round(1)
    if missing != "drop":
        train, other = with_gaps(train), with_gaps(other, seed=6)
    strategy = {"drop": "mean", "own_category": "median"}.get(missing, missing)
    imputer = SimpleImputer(strategy=strategy, fill_value=7.25 if missing == "constant" else None)
    oracle = SklearnPipeline([("fill", imputer), ("scale", SCALERS[scaling]())]).fit(train)
    made = fit(plans(3, type=kind, missing=missing, fill=7.25), (), scaling, train)
    for raw in (train, other):
        mine = made.apply(raw)
        if missing == "own_category":
            np.testing.assert_array_equal(mine[:, 1::2], np.isnan(raw))
            assert made.inputs[:2] == ("x1", "x1 missing")
            mine = mine[:, ::2]
        np.testing.assert_allclose(mine, oracle.transform(raw), rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("missing", ["mean", "median", "most_frequent"])
@pytest.mark.parametrize("rows", [1, 2, 3, 100, 40_001])
def test_what_fills_gaps_has_the_bits_of_simple_imputer(missing: Any, rows: int) -> None:
    raw = with_gaps(numbers(rows, 20).round(2), 0.3)
    raw[0] = 1.1
    made = fit(plans(20, missing=missing), (), "none", raw)
    for place, fitted in enumerate(made.fits):
        assert fitted.fill == SimpleImputer(strategy=missing).fit(raw[:, [place]]).statistics_[0]


def categories(rows: int, labels: int, seed: int, share: float) -> NDArray[np.float64]:
    random = np.random.default_rng(seed)
    codes = random.choice(labels, size=(rows, 1), p=np.arange(1, labels + 1) / sum(range(1, labels + 1)))
    return with_gaps(codes.astype(np.float64), share, seed + 100) if share else codes.astype(np.float64)


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize(("missing", "fill"), [*((name, None) for name in MISSING if name != "constant"),
                                               ("constant", "green"), ("constant", "beige")])  # fmt: skip
@pytest.mark.parametrize("encoding", ["one_hot", "ordinal"])
def test_categories_equal_scikit_learn(encoding: Any, missing: Any, fill: str | None, scaling: str) -> None:
    share = 0.0 if missing == "drop" else 0.2
    train, other = categories(300, 3, 0, share), categories(90, 4, 1, share)  # the fourth is never seen in training
    own = {"own_category": 4.0, "constant": 1.0 if fill == "green" else 4.0}.get(missing)
    imputer = SimpleImputer(strategy="most_frequent" if own is None else "constant", fill_value=own)
    if encoding == "one_hot":
        steps: list[Any] = [("fill", imputer), ("code", OneHotEncoder(handle_unknown="ignore", sparse_output=False))]
    else:
        code = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
        steps = [("fill", imputer), ("code", code), ("scale", SCALERS[scaling]())]
    oracle = ColumnTransformer([("color", SklearnPipeline(steps), [0])]).fit(train)
    plan = ColumnPlan("color", "category", missing, fill, encoding, COLORS)
    made = fit([plan], (), scaling, train)
    for raw in (train, other):
        np.testing.assert_allclose(made.apply(raw), oracle.transform(raw), rtol=2e-6, atol=1e-6)
    count = int((other == 3).sum())
    assert made.unseen(other) == {"color": (("violet", count),)}
    assert made.unseen(train) == {}
    if encoding == "one_hot":
        last = {"own_category": ("color = missing",), "constant": () if fill == "green" else ("color = beige",)}
        wanted = ("color = blue", "color = green", "color = red", *last.get(missing, ()))
        assert made.inputs == wanted
        assert not made.apply(other)[other[:, 0] == 3].any()
    else:
        assert made.inputs == ("color",)


def test_everything_together_equals_scikit_learn() -> None:
    train = np.hstack([with_gaps(numbers(500, 2)), categories(500, 3, 3, 0.1), categories(500, 2, 4, 0),
                       categories(500, 4, 5, 0.1)])  # fmt: skip
    number = SklearnPipeline([("fill", SimpleImputer(strategy="median")), ("scale", StandardScaler())])
    color = SklearnPipeline([("fill", SimpleImputer(strategy="most_frequent")),
                             ("code", OneHotEncoder(sparse_output=False))])  # fmt: skip
    size = SklearnPipeline([("fill", SimpleImputer(strategy="constant", fill_value=4.0)),
                            ("code", OrdinalEncoder()), ("scale", StandardScaler())])  # fmt: skip
    flag = OneHotEncoder(drop="if_binary", sparse_output=False)
    oracle = ColumnTransformer([("n", number, [0, 1]), ("c", color, [2]), ("f", flag, [3]), ("s", size, [4])]).fit(
        train
    )
    made = fit(
        [
            ColumnPlan("length", missing="median"),
            ColumnPlan("depth", missing="median"),
            ColumnPlan("color", "category", "median", categories=COLORS),  # of a category: the most frequent
            ColumnPlan("new", "yes_no", categories=("no", "yes")),
            ColumnPlan("size", "category", "own_category", encoding="ordinal", categories=("s", "m", "l", "xl")),
        ],
        (),
        "standard",
        train,
    )
    np.testing.assert_allclose(made.apply(train), oracle.transform(train), rtol=2e-6, atol=1e-6)
    assert made.inputs == ("length", "depth", "color = blue", "color = green", "color = red", "new", "size")
    assert made.sources == (0, 1, 2, 2, 2, 3, 4)


def example(missing: Any = "median", scaling: str = "standard") -> tuple[Pipeline, NDArray[np.float64]]:
    raw = np.hstack([with_gaps(numbers(200, 2)), categories(200, 3, 7, 0.2), categories(200, 2, 8, 0.2)])
    chosen = [
        ColumnPlan("a", missing=missing, fill="2.5"),
        ColumnPlan("b, c", missing="mean"),
        ColumnPlan("color", "category", "own_category", categories=COLORS),
        ColumnPlan("new", "yes_no", "most_frequent", categories=("no", "yes")),
    ]
    return fit(chosen, available(["a", "b, c"]), scaling, raw), raw


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("missing", ["mean", "median", "most_frequent", "constant", "own_category"])
def test_json_keeps_every_bit(missing: str, scaling: str) -> None:
    pipeline, raw = example(missing, scaling)
    text = json.dumps(pipeline.to_json(), allow_nan=False)
    back = Pipeline.from_json(json.loads(text))
    assert back == pipeline and back.inputs == pipeline.inputs
    assert json.dumps(back.to_json()) == text
    np.testing.assert_array_equal(back.apply(raw), pipeline.apply(raw))


def test_rows_alone_and_in_blocks_get_the_bits_they_get_together(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline, raw = example()
    whole = pipeline.apply(raw)
    np.testing.assert_array_equal(np.vstack([pipeline.apply(row[None]) for row in raw]), whole)
    monkeypatch.setattr(module, "BLOCK_VALUES", 100)
    np.testing.assert_array_equal(pipeline.apply(raw), whole)
    monkeypatch.setattr(module, "FIT_VALUES", 500)  # two inputs at a time
    again = fit(pipeline.columns, pipeline.terms, "standard", raw)
    np.testing.assert_allclose(again.apply(raw), whole, rtol=1e-6, atol=1e-6)
    assert len(pipeline.apply(raw[:0])) == 0


def test_the_bits_are_those_of_the_plain_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row by row in the plainest way: fill, encode, subtract, divide, round to float32."""
    monkeypatch.setattr(module, "BLOCK_VALUES", 60)
    monkeypatch.setattr(module, "TURN_ROWS", 7)
    monkeypatch.setattr(module, "FIT_COLUMNS", 2)
    raw = np.hstack([with_gaps(numbers(90, 1)), categories(90, 3, 5, 0.2), categories(90, 2, 6, 0.0)])
    plans = [
        ColumnPlan("a", missing="own_category"),
        ColumnPlan("b", "category", "most_frequent", categories=("blue", "green", "red")),
        ColumnPlan("c", "category", "most_frequent", encoding="ordinal", categories=("low", "high")),
    ]
    pipeline = fit(plans, (Term("square", ("a",)),), "standard", raw)
    median = float(np.median(raw[~np.isnan(raw[:, 0]), 0]))
    most = int(np.bincount(raw[~np.isnan(raw[:, 1]), 1].astype(int)).argmax())
    assert pipeline.inputs == ("a", "a missing", "b = blue", "b = green", "b = red", "c", "a²")
    for row, made in zip(raw, pipeline.apply(raw), strict=True):
        value = median if math.isnan(row[0]) else float(row[0])
        color = most if math.isnan(row[1]) else int(row[1])
        encoded = [
            value,
            float(math.isnan(row[0])),
            *(float(color == code) for code in range(3)),
            row[2],
            value * value,
        ]
        scaled = zip(encoded, pipeline.center, pipeline.scale, strict=True)
        assert made.tolist() == [float(np.float32((one - center) / scale)) for one, center, scale in scaled]


def test_a_refusal_names_row_and_value_in_a_later_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_VALUES", 20)
    raw = np.ones((90, 2))
    pipeline = fit(plans_of(("a", "drop"), ("b", "drop")), (), "none", raw)
    raw[57, 1] = 1e300
    with pytest.raises(NNBuilderError, match=r"Row 58: “b” is 1e\+300, which is too large"):
        pipeline.apply(raw)
    raw[33, 0] = np.nan
    with pytest.raises(NNBuilderError, match="Row 34: column “a” is empty"):
        pipeline.apply(raw)


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("missing", ["mean", "median", "most_frequent", "own_category"])
def test_other_rows_never_change_it(missing: Any, scaling: str) -> None:
    """Whatever stands in rows that are not for training, even labels that are nowhere else."""
    train = np.hstack([with_gaps(numbers(100, 1)), categories(100, 3, 7, 0.2)])
    before = ("blue", "green", "red")
    after = ("azure", "blue", "green", "red", "zinc")  # what the file's list becomes by two labels in test rows
    renumbered = train.copy()
    renumbered[:, 1] += 1
    number = ColumnPlan("a", missing=missing)
    first = fit([number, ColumnPlan("c", "category", missing, categories=before)], (), scaling, train)
    second = fit([number, ColumnPlan("c", "category", missing, categories=after)], (), scaling, renumbered)
    assert first.inputs == second.inputs
    assert (first.center, first.scale) == (second.center, second.scale)
    assert first.fits[0] == second.fits[0]
    np.testing.assert_array_equal(first.apply(train), second.apply(renumbered))


def test_terms_are_made_of_filled_numbers_in_their_own_units_and_scaled() -> None:
    raw = np.array([[1.0, 10.0], [np.nan, 20.0], [3.0, 60.0]])
    terms = (Term("square", ("a",)), Term("product", ("a", "b")), Term("sine", ("b",)))
    unscaled = fit(plans_of(("a", "mean"), ("b", "mean")), terms, "none", raw)
    assert unscaled.inputs == ("a", "b", "a²", "a·b", "sin b")
    assert unscaled.sources == (0, 1, None, None, None)
    wanted = [[1, 10, 1, 10, math.sin(10)], [2, 20, 4, 40, math.sin(20)], [3, 60, 9, 180, math.sin(60)]]
    np.testing.assert_array_equal(unscaled.apply(raw), np.array(wanted, dtype=np.float32))
    scaled = fit(plans_of(("a", "mean"), ("b", "mean")), terms, "standard", raw)
    np.testing.assert_allclose(scaled.apply(raw), StandardScaler().fit_transform(wanted), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(scaled.invert(scaled.apply(raw)), wanted, rtol=1e-5)


def plans_of(*pairs: tuple[str, Any]) -> list[ColumnPlan]:
    return [ColumnPlan(name, missing=missing) for name, missing in pairs]


@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust"])
def test_inputs_of_0_and_1_stay_so(scaling: str) -> None:
    pipeline, raw = example("own_category", scaling)
    made = dict(zip(pipeline.inputs, pipeline.apply(raw).T, strict=True))
    flags = [name for name in made if "=" in name or name in ("new", "a missing")]
    assert flags == ["a missing", "color = blue", "color = green", "color = red", "color = missing", "new"]
    for name in flags:
        assert set(made[name].tolist()) == {0.0, 1.0}


def test_a_gap_where_training_had_none() -> None:
    train = np.hstack([numbers(20, 1), categories(20, 2, 0, 0), categories(20, 2, 1, 0)])
    chosen = [ColumnPlan("a", missing="own_category"),
              ColumnPlan("c", "category", "own_category", categories=("x", "y")),
              ColumnPlan("f", "yes_no", "own_category", categories=("no", "yes"))]  # fmt: skip
    pipeline = fit(chosen, (), "none", train)
    assert pipeline.inputs == ("a", "c = x", "c = y", "f")
    made = pipeline.apply([[np.nan] * 3])
    assert made[0, 0] == np.float32(np.median(train[:, 0]))
    assert made[0, 1:3].tolist() == [0, 0]
    assert made[0, 3] == (train[:, 2].mean() > 0.5)


def test_a_yes_no_column_with_gaps_may_have_a_third_category() -> None:
    raw = np.array([[0.0], [1.0], [np.nan]])
    made = fit([ColumnPlan("f", "yes_no", "own_category", categories=("no", "yes"))], (), "standard", raw)
    assert made.inputs == ("f = no", "f = yes", "f = missing")
    np.testing.assert_array_equal(made.apply(raw), np.eye(3))


def test_dates_may_be_filled_with_a_date() -> None:
    made = fit([ColumnPlan("day", "date", "constant", "1970-01-31")], (), "none", np.array([[3.0], [np.nan]]))
    assert made.apply([[np.nan], [4.0]]).tolist() == [[30.0], [4.0]]


def test_inputs_never_share_a_name() -> None:
    raw = np.array([[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]])
    chosen = [ColumnPlan("c", "category", categories=("x", "y")), ColumnPlan("c = x"), ColumnPlan("c = x (2)")]
    assert len(set(fit(chosen, (), "none", raw).inputs)) == 4


@pytest.mark.parametrize(
    ("plan", "column", "words"),
    [
        (ColumnPlan("a", missing="mean"), [np.nan] * 3, "“a” has no value in any training row"),
        (ColumnPlan("a", missing="own_category"), [np.nan] * 3, "no value in any training row"),
        (ColumnPlan("a", "category", "most_frequent", categories=("x",)), [np.nan] * 3, "no value in any training row"),
        (ColumnPlan("a", missing="drop"), [1, np.nan, 2], "“a” is empty in some training rows"),
        (ColumnPlan("a", "category", "drop", categories=("x", "y")), [1, np.nan, 0], "is empty in some training rows"),
        (ColumnPlan("a", missing="constant"), [1, np.nan, 2], "nothing is given; write a number"),
        (ColumnPlan("a", missing="constant", fill="high"), [1, np.nan, 2], "“high” is given; write a number"),
        (ColumnPlan("a", missing="constant", fill=math.inf), [1, np.nan, 2], "“inf” is given; write a number"),
        (ColumnPlan("a", "date", "constant", "31.12.1999"), [1, np.nan, 2], "write a date such as 2024-03-01"),
        (ColumnPlan("a", "category", "constant", categories=("x",)), [0, np.nan, 0], "write which"),
        (ColumnPlan("a", "yes_no", "constant", "maybe", categories=("no", "yes")), [0, np.nan, 1], "choose “no” or"),
        (ColumnPlan("a", missing="mean"), [1, np.inf, 2], "holds an infinite number"),
    ],
)
def test_what_cannot_be_fitted_is_refused_at_its_column(plan: ColumnPlan, column: list[float], words: str) -> None:
    raw = np.column_stack([[1.0, 2.0, 3.0], column])
    with pytest.raises(InvalidProject, match=words) as refused:
        fit([ColumnPlan("fine"), plan], (), "standard", raw)
    assert [problem.path for problem in refused.value.problems] == ["data.source.columns[1]"]


def test_every_bad_column_is_told_at_once() -> None:
    raw = np.full((4, 3), np.nan)
    raw[:, 1] = 1
    with pytest.raises(InvalidProject) as refused:
        fit(plans(3, missing="mean"), (), "none", raw)
    assert [problem.path for problem in refused.value.problems] == ["data.source.columns[0]", "data.source.columns[2]"]


def test_an_all_empty_column_can_be_filled_with_a_value() -> None:
    raw = np.column_stack([np.full(4, np.nan), np.full(4, np.nan)])
    chosen = [
        ColumnPlan("a", missing="constant", fill=2),
        ColumnPlan("c", "category", "own_category", categories=("x",)),
    ]
    assert fit(chosen, (), "none", raw).apply(raw).tolist() == [[2.0, 1.0]] * 4


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ([1.0, 2.0], r"need 3 numbers each, but the shape given is \(2,\)"),
        ([[1.0, 2.0]], r"\(1, 2\)"),
        ([[1, 2, 0], [np.nan, 2, 0]], "Row 2: column “a” is empty"),
        ([[1, 2, 0], [1, np.inf, 0]], "Row 2: “b” is inf, which is too large"),
        ([[1, 2, 0], [1, 2, 0], [1e60, 2, 0]], "Row 3: “a” is 1e\\+60"),
        ([[1e30, 1e30, 0]], "Row 1: “a·b” is 1e\\+60"),
        ([[1, 2, 0.5]], "Row 1: column “f” must be “no” or “yes”"),
    ],
)
def test_rows_a_network_cannot_take_are_refused(raw: Any, words: str) -> None:
    train = np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 1.0]])
    chosen = [ColumnPlan("a"), ColumnPlan("b", missing="mean"), ColumnPlan("f", "yes_no", categories=("no", "yes"))]
    with pytest.raises(NNBuilderError, match=words):
        fit(chosen, [Term("product", ("a", "b"))], "standard", train).apply(raw)


def test_a_fit_that_cannot_be_is_refused() -> None:
    raw = np.array([[1.0], [1e200]])
    with pytest.raises(NNBuilderError, match="Row 2: “x1²” is inf"):
        fit(plans(1), [Term("square", ("x1",))], "standard", raw)
    with pytest.raises(NNBuilderError, match="x9² needs the number column “x9”"):
        fit(plans(1), [Term("square", ("x9",))], "none", raw)
    with pytest.raises(NNBuilderError, match="no training rows"):
        fit(plans(1), (), "none", raw[:0])
    with pytest.raises(NNBuilderError, match='"zscore" is not known'):
        fit(plans(1), (), "zscore", raw)


@pytest.mark.parametrize("damage", [{}, {"columns": 3}, {"columns": ["a"]}, {"scaling": {}}, {"terms": [["cube"]]},
                                    {"columns": []}])  # fmt: skip
def test_damaged_json_is_refused(damage: dict[str, Any]) -> None:
    whole = example()[0].to_json()
    with pytest.raises(NNBuilderError):
        Pipeline.from_json({**whole, **damage} if damage else {})


def test_a_column_that_never_varies_is_not_blown_up() -> None:
    raw = np.full((5, 2), 3.0)
    for scaling in SCALINGS:
        assert np.isfinite(fit(plans(2), (), scaling, raw).apply(raw + 1)).all()
