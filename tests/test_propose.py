"""The proposed network is right in form, and good: measured by training it beside scikit-learn."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import balanced_accuracy_score, r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.check import check
from nnbuilder.data.facts import describe
from nnbuilder.data.generate import generate
from nnbuilder.data.pipeline import ColumnPlan, fit
from nnbuilder.data.prepare import Prepared, prepare, split
from nnbuilder.facts import DataFacts, Part, split_sizes
from nnbuilder.propose import Columns, Proposal, TargetNumbers, measure, propose
from nnbuilder.propose.rules import FEW_TO_CLASSIFY, MOST_A_ROW
from nnbuilder.shapes import parameter_count
from nnbuilder.spec import Project, read
from nnbuilder.training.loop import predict
from nnbuilder.training.trainer import Trainer

WIDE_MEMORY = 2**33

# Data


def data_of(features: Any, target: Any, classes: tuple[str, ...] = ()) -> tuple[DataFacts, np.ndarray, np.ndarray]:
    features = np.asarray(features, dtype=np.float64)
    names = tuple(f"x{number}" for number in range(features.shape[1]))
    task = "regression" if not classes else "binary" if len(classes) == 2 else "multiclass"
    return DataFacts(task, names, "y", classes, len(features), 0, 0), features, np.asarray(target)


@cache
def sample(key: str) -> tuple[DataFacts, np.ndarray, np.ndarray]:
    """A sample file as numbers: medians for missing numbers, one-hot categories, dates as days."""
    row = SAMPLES[key]
    if key == "messy":
        missing = ["", "NA", "n/a", "-", "?", "no answer"]
        frame = pd.read_csv(
            row.path, sep=";", encoding="cp1252", skiprows=3, dtype=str, na_values=missing, keep_default_na=False
        )
        frame = frame[frame["customer_id"] != "Total"].drop(columns=list(row.ignore))
        frame["city"] = frame["city"].str.strip().str.title()
        for name in ("age", "score", "score.1", "waiting time", "discount", "spend"):
            plain = frame[name].str.replace("[^0-9,]", "", regex=True).str.replace(",", ".")
            frame[name] = pd.to_numeric(plain)
    else:
        frame = pd.read_csv(row.path).drop(columns=list(row.ignore))
    if "date" in frame:
        frame["date"] = (pd.to_datetime(frame["date"]) - pd.Timestamp("1970-01-01")).dt.days
    target, inputs = pd.Series(frame[row.target]), frame.drop(columns=row.target)
    words = [name for name in inputs if not pd.api.types.is_numeric_dtype(inputs[name])]
    numbers = [name for name in inputs if name not in words]
    inputs[words] = inputs[words].fillna("missing")
    encode = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median")), numbers), (OneHotEncoder(sparse_output=False), words)
    )
    features = encode.fit_transform(inputs)
    if row.task == "regression":
        return data_of(features, target.to_numpy(dtype=np.float64))
    classes = tuple(sorted(target.unique()))
    return data_of(features, np.array([classes.index(label) for label in target]), classes)


def project(source: str = "circles") -> Project:
    return read(
        {
            "version": 1,
            "name": "proposed",
            "data": {"source": {"kind": source}},
            "network": {"layers": [{"kind": "linear", "units": 3}]},
            "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd"}, "gradient_clip": 1.0, "device": "cpu"},
        }
    )


def split_and_scaled(facts: DataFacts, features: np.ndarray, target: np.ndarray, proposal: Proposal) -> Prepared:
    settings = proposal.data
    sizes = split_sizes(facts.rows, settings["validation"], settings["test"])
    facts = replace(facts, train_rows=sizes[0], validation_rows=sizes[1], test_rows=sizes[2])
    parts = split(target, facts, stratify=settings["stratify"], seed=0)
    raw: dict[Part, np.ndarray] = {part: features[rows] for part, rows in parts.items()}
    answers = target if facts.classes else target.astype(np.float32)[:, None]
    pipeline = fit([ColumnPlan(name) for name in facts.columns], [], settings["scaling"], raw["train"])
    scaled: dict[Part, np.ndarray] = {part: pipeline.apply(rows) for part, rows in raw.items()}
    return Prepared(
        facts,
        scaled,
        {part: answers[rows] for part, rows in parts.items()},
        raw,
        pipeline,
    )


# How good it is


def scores(trained: Trainer) -> tuple[float, float, float]:
    """Network, linear model and guess on the validation rows: balanced accuracy, or R² for a number."""
    data, classes = trained.prepared, bool(trained.facts.classes)
    x, y = data.features["train"], data.target["train"].reshape(-1)
    seen, wanted = data.features["validation"], data.target["validation"].reshape(-1)
    linear = LogisticRegression(max_iter=3000) if classes else Ridge()
    guess = DummyClassifier() if classes else DummyRegressor()
    score = balanced_accuracy_score if classes else r2_score
    simple, guessed = (float(score(wanted, model.fit(x, y).predict(seen))) for model in (linear, guess))
    network = trained.measure()["validation"]["balanced_accuracy" if classes else "r2"]
    return network, simple, guessed


def train(now: Project, data: Prepared) -> Trainer:
    trainer = Trainer(now, data)
    for _ in trainer.events():
        pass
    return trainer


def judge(trained: Trainer) -> None:
    network, linear, guess = scores(trained)
    # A guess scores 0.5 or less; two of the sets hold wrong labels or overlap, and allow 0.87.
    assert network > guess + 0.3, (network, guess)
    # A row or two of a small validation part may go either way.
    assert network > linear - 0.05, (network, linear)


@pytest.mark.parametrize("key", SAMPLES)
def test_proposal_learns_the_sample(key: str):
    facts, features, target = sample(key)
    proposal = propose(facts, columns=measure(features, target, facts))
    now = project().edited(*proposal.edits())
    data = split_and_scaled(facts, features, target, proposal)
    assert check(now, data.facts, memory=WIDE_MEMORY) == []
    judge(train(now, data))


@pytest.mark.parametrize("kind", DATASETS)
def test_proposal_learns_the_generated_set(kind: str):
    now = project(kind)
    rows = generate(now.data.source)
    facts = describe(now.data)
    proposal = propose(facts, columns=measure(rows.features, rows.target, facts))
    now = now.edited(*proposal.edits())
    assert check(now, memory=WIDE_MEMORY) == []
    judge(train(now, prepare(now.data)))


@pytest.mark.parametrize("scale", [0.01, 1.0, 1e2, 1e5])
def test_target_of_any_size_is_learned(scale: float):
    """What the first weights and the learning rate for targets far from 1 are for."""
    facts, features, target = data_of(*generate_pair("friedman2"))
    target = (target - target.mean()) / target.std() * scale + scale
    proposal = propose(facts, columns=measure(features, target, facts))
    trained = train(project().edited(*proposal.edits()), split_and_scaled(facts, features, target, proposal))
    assert scores(trained)[0] > 0.9


@pytest.mark.parametrize("unit", [1e-4, 1.0, 1e3])
@pytest.mark.parametrize(("rows", "inputs"), [(30, 32), (80, 60), (30, 1), (100, 6)])
def test_few_rows_with_a_target_far_from_zero_are_learned(rows: int, inputs: int, unit: float):
    """A pull towards 0 must not keep the answers from where the target's values lie."""
    chance = np.random.default_rng(1)
    x = chance.standard_normal((rows, inputs))
    facts, features, target = data_of(x, unit * (500 + 40 * x[:, 0] + 4 * chance.standard_normal(rows)))
    proposal = propose(facts, columns=measure(features, target, facts))
    trained = train(project().edited(*proposal.edits()), split_and_scaled(facts, features, target, proposal))
    assert trained.measure()["train"]["r2"] > 0.9
    assert scores(trained)[0] > 0.3


@pytest.mark.parametrize("rows", [40, 90])
def test_few_rows_of_classes_are_learned_better_than_by_a_line_and_no_worse_where_a_line_is_right(rows: int):
    random = np.random.default_rng(rows)
    shares = {"xor": [], "line": []}
    for kind in shares:
        inputs = random.normal(size=(rows + 1000, 5))
        right = inputs[:, 0] * inputs[:, 1] > 0 if kind == "xor" else inputs[:, 0] + inputs[:, 1] > 0
        target = right.astype(np.int64)
        facts, features, answers = data_of(inputs[:rows], target[:rows], ("a", "b"))
        proposal = propose(facts, columns=measure(features, answers, facts))
        assert proposal.training["l2"] > 0 and proposal.training["early_stopping"] == {"kind": "none"}
        data = split_and_scaled(facts, features, answers, proposal)
        trained = train(project().edited(*proposal.edits()), data)
        unseen = torch.tensor(data.pipeline.apply(inputs[rows:]))
        told = (predict(trained.model, unseen).numpy()[:, 0] > 0) == right[rows:]
        line = LogisticRegression().fit(data.features["train"], data.target["train"])
        shares[kind] = [told.mean(), (line.predict(unseen) == target[rows:]).mean()]
    assert shares["line"][0] > shares["line"][1] - 0.05, shares
    assert shares["xor"][0] > shares["xor"][1] + (0.2 if rows == 90 else -0.05), shares


def test_tiny_target_is_not_learned_without_the_first_weights():
    facts, features, target = data_of(*generate_pair("friedman2"))
    target = (target - target.mean()) / target.std() * 1e-3
    proposal = propose(facts, columns=measure(features, target, facts))
    now = project().edited(*proposal.edits())
    data = split_and_scaled(facts, features, target, proposal)
    plain = replace(
        now, network=replace(now.network, layers=tuple(replace(layer, initializer=DEFAULT) for layer in layers(now)))
    )
    assert scores(train(now, data))[0] > 0.8
    assert scores(train(plain, data))[0] < 0.5


DEFAULT = project().network.layers[0].initializer


def layers(now: Project):
    return now.network.layers


def generate_pair(kind: str) -> tuple[np.ndarray, np.ndarray]:
    rows = generate(project(kind).data.source)
    return rows.features, rows.target


def test_outliers_in_the_target_call_for_huber_which_bears_them():
    facts, features, target = data_of(*generate_pair("friedman2"))
    spoiled = target.copy()
    rows = np.random.default_rng(0).choice(len(target), 12, replace=False)
    spoiled[rows] = 30_000
    proposal = propose(facts, columns=measure(features, spoiled, facts))
    assert proposal.training["loss"]["kind"] == "huber"
    upper, lower = np.percentile(spoiled, (75, 25))
    assert proposal.training["loss"]["delta"] == pytest.approx(upper - lower, rel=0.05)
    data = split_and_scaled(facts, features, spoiled, proposal)
    fair = target[split(spoiled, data.facts, stratify=False, seed=0)["validation"]]

    def right(loss: dict[str, Any]) -> float:
        training = {**proposal.training, "loss": loss}
        now = project().edited(*replace(proposal, training=training).edits())
        return float(r2_score(fair, train(now, data).outputs("validation").numpy()[:, 0]))

    assert right(proposal.training["loss"]) > 0.8 > right({"kind": "mse"})


# What is chosen


def plain_columns(inputs: int = 2, **more: Any) -> Columns:
    return Columns((-2.0,) * inputs, (2.0,) * inputs, (0.0,) * inputs, (1.0,) * inputs, **more)


def facts_of(rows: int, inputs: int = 2, classes: int = 0) -> DataFacts:
    names = tuple(f"class {number}" for number in range(classes))
    task = "regression" if not classes else "binary" if classes == 2 else "multiclass"
    return DataFacts(task, tuple(f"x{number}" for number in range(inputs)), "y", names, rows, 0, 0)


NUMBERS = TargetNumbers(mean=0.0, deviation=1.0, lower_quartile=-0.7, upper_quartile=0.7)


def even(rows: int, classes: int) -> tuple[int, ...]:
    return tuple(rows // classes + (number < rows % classes) for number in range(classes))


def proposed(rows: int, inputs: int = 2, classes: int = 0, counts: tuple[int, ...] | None = None) -> Proposal:
    more: dict[str, Any] = {"class_counts": counts or even(rows, classes)} if classes else {"target": NUMBERS}
    return propose(facts_of(rows, inputs, classes), columns=plain_columns(inputs, **more))


def split_facts(facts: DataFacts, proposal: Proposal) -> DataFacts:
    sizes = split_sizes(facts.rows, proposal.data["validation"], proposal.data["test"])
    return replace(facts, train_rows=sizes[0], validation_rows=sizes[1], test_rows=sizes[2])


@pytest.mark.parametrize("rows", [2, 5, 9, 10, 33, 49, 50, 150, 999, 1000, 20_000, 1_000_000])
@pytest.mark.parametrize("inputs", [1, 2, 13, 64, 700])
@pytest.mark.parametrize("classes", [0, 2, 3, 20])
def test_any_shape_of_data_gets_a_project_without_problems(rows: int, inputs: int, classes: int):
    # No more classes than rows; a class may have a single one.
    classes = min(classes, rows)
    proposal = proposed(rows, inputs, classes)
    now = project().edited(*proposal.edits())
    facts = split_facts(facts_of(rows, inputs, classes), proposal)
    assert check(now, facts, memory=WIDE_MEMORY) == []
    # Only a single Linear layer, the least a network can be, may have more numbers to learn than rows; or one whose
    # weights are pulled towards 0.
    if now.training.l2 and classes:
        assert rows < FEW_TO_CLASSIFY
        assert parameter_count(now.network, inputs) <= MOST_A_ROW * facts.train_rows
    elif len(now.network.layers) > 1:
        assert parameter_count(now.network, inputs) <= facts.train_rows


@pytest.mark.parametrize("rows", [1, 2, 4, 9, 12, 30, 49, 50, 70, 300, 2000])
@pytest.mark.parametrize("classes", [2, 3, 5])
def test_proposed_split_can_be_made_with_a_rare_class(rows: int, classes: int):
    for rare in (1, 2, 3, 4, 5, 8):
        counts = (*even(rows - rare, classes - 1), rare)
        if min(counts) < 1:
            continue
        facts = facts_of(rows, classes=classes)
        proposal = proposed(rows, classes=classes, counts=counts)
        target = np.repeat(np.arange(classes), counts)
        parts = split(target, split_facts(facts, proposal), stratify=proposal.data["stratify"], seed=0)
        assert sum(map(len, parts.values())) == rows
        if proposal.data["stratify"]:
            assert all(set(target[part]) == set(range(classes)) for part in parts.values() if len(part))


def test_loss_last_layer_and_width_follow_the_task():
    endings = {classes: proposed(300, classes=classes) for classes in (0, 2, 4)}
    kinds = {classes: proposal.training["loss"]["kind"] for classes, proposal in endings.items()}
    assert kinds == {0: "mse", 2: "bce_with_logits", 4: "cross_entropy"}
    last = {classes: proposal.network["layers"][-1] for classes, proposal in endings.items()}
    assert last == {classes: {"kind": "linear", "units": units} for classes, units in ((0, 1), (2, 1), (4, 4))}


def test_uneven_classes_get_weights_and_balanced_accuracy():
    two = proposed(400, classes=2, counts=(360, 40)).training
    assert two["loss"] == {"kind": "bce_with_logits", "pos_weight": 9.0} and two["metric"] == "balanced_accuracy"
    many = proposed(400, classes=3, counts=(300, 60, 40)).training
    assert many["loss"]["class_weights"] == "balanced" and many["metric"] == "balanced_accuracy"
    same = proposed(400, classes=2, counts=(230, 170)).training
    assert same["loss"] == {"kind": "bce_with_logits"} and same["metric"] == "accuracy"


def test_a_class_without_rows_or_a_single_class_is_no_reason_to_fail():
    assert proposed(100, classes=2, counts=(100, 0)).training["metric"] == "accuracy"
    assert proposed(100, classes=3, counts=(90, 10, 0)).training["metric"] == "balanced_accuracy"


@pytest.mark.parametrize(
    ("features", "scaling"),
    [
        (np.random.default_rng(0).normal(0, 1, (200, 3)), "none"),
        (np.random.default_rng(0).normal(0, 1, (200, 3)) * (1, 1, 100), "standard"),
        (np.random.default_rng(0).normal(1000, 1, (200, 3)), "standard"),
        (np.random.default_rng(0).normal(0, 0.01, (200, 3)), "standard"),
        (np.random.default_rng(0).uniform(0, 1, (200, 3)), "standard"),
        (np.random.default_rng(0).integers(0, 2, (200, 3)), "none"),
        (np.random.default_rng(0).integers(0, 256, (2000, 20)) * (np.arange(20) > 3), "minmax"),
        (np.zeros((200, 3)), "none"),
    ],
)
def test_scaling_follows_the_numbers(features: np.ndarray, scaling: str):
    facts, rows, target = data_of(features, np.arange(len(features)) % 2, ("a", "b"))
    assert propose(facts, columns=measure(rows, target, facts)).data["scaling"] == scaling


def test_measured_numbers_are_those_of_numpy():
    random = np.random.default_rng(1)
    values = random.normal(3, 2, 400)
    values[:8] = 100
    facts, features, target = data_of(random.normal(5, 7, (400, 2)), values)
    columns = measure(features, target, facts)
    assert columns.mean == pytest.approx(features.mean(axis=0)) and columns.deviation == pytest.approx(
        features.std(axis=0)
    )
    assert columns.minimum == tuple(features.min(axis=0)) and columns.maximum == tuple(features.max(axis=0))
    assert columns.target is not None and columns.class_counts == ()
    assert columns.target.outliers == pytest.approx(8 / 400)
    assert columns.target.size == pytest.approx(float(np.sqrt(np.mean(values**2))))
    facts, features, target = data_of(features, np.arange(400) % 3 // 2, ("a", "b", "c"))
    assert measure(features, target, facts).class_counts == (267, 133, 0)


@pytest.mark.parametrize("classes", [0, 2, 3])
def test_every_choice_has_a_reason_of_one_sentence(classes: int):
    counts = {2: (500, 50), 3: (400, 100, 50)}.get(classes)
    proposal = proposed(550, inputs=5, classes=classes, counts=counts)
    settings = [reason.setting for reason in proposal.reasons]
    assert len(set(settings)) == len(settings)
    wanted = {
        "Inputs",
        "Hidden layers",
        "Activation",
        "Outputs",
        "Last layer",
        "Loss",
        "Metric",
        "Scaling",
        "Batch size",
    }
    wanted |= {"Optimizer", "Learning rate", "Epochs", "Validation and test share"}
    wanted |= {2: {"Weight of the second class"}, 3: {"Class weights"}}.get(classes, set())
    assert wanted <= set(settings)
    for reason in proposal.reasons:
        assert reason.choice
        assert reason.sentence[0].isupper() or reason.sentence[0] in "“0123456789", reason
        assert reason.sentence.endswith(".") and re.search(r"[.!?] [A-Z]", reason.sentence) is None, reason


def test_edits_keep_source_seeds_and_device_and_replace_the_rest():
    before = project("blobs").edited()
    before = replace(before, network=replace(before.network, seed=7)).with_training(seed=9, l1=0.5)
    after = before.edited(*proposed(300, classes=4).edits())
    assert after.data.source == before.data.source
    assert (after.network.seed, after.training.seed, after.training.device, after.name) == (7, 9, "cpu", "proposed")
    assert (after.training.l1, after.training.gradient_clip) == (0.0, 0.0)


def test_proposing_loads_nothing_heavy():
    code = (
        "import sys, nnbuilder.propose, nnbuilder.catalog.samples\n"
        "print([name for name in ('torch', 'streamlit', 'sklearn', 'pandas', 'numpy') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=50)
    assert answer.stdout.strip() == "[]"
