"""Answers against truth: confused classes against scikit-learn, of the right rows, at the right time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix, mean_absolute_error

from nnbuilder.data.prepare import prepare
from nnbuilder.training import comparison, state
from nnbuilder.training.comparison import Comparison
from nnbuilder.training.events import Diverged, Epoch
from nnbuilder.training.metrics import classes, confusion_counts
from nnbuilder.training.probe import Probe
from nnbuilder.training.sections import unpack_section
from nnbuilder.training.trainer import Trainer
from tests.projects import layers, project

BLOBS = project("blobs", data={"validation": 0.25, "test": 0.25})


def trainer_of(made) -> Trainer:
    return Trainer(made, prepare(made.data))


def expected(trainer: Trainer, part: str) -> np.ndarray:
    """scikit-learn's count on a part, of the model as it is now."""
    found = classes(trainer.outputs(part), trainer.project.training.loss_row.meaning)
    return confusion_matrix(trainer.prepared.target[part], found, labels=range(len(trainer.facts.classes)))


@pytest.mark.parametrize("count", [2, 3, 10, 100])
@pytest.mark.parametrize("seed", range(3))
def test_counts_are_those_of_scikit_learn(count: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    truth, found = generator.integers(count, size=(2, 300))
    counted = confusion_counts(torch.from_numpy(found), torch.from_numpy(truth), count)
    np.testing.assert_array_equal(counted, confusion_matrix(truth, found, labels=range(count)))


@pytest.mark.parametrize(
    "made",
    [BLOBS, project(data={"validation": 0.2}), project(loss="hinge_embedding", data={"validation": 0.2})],
    ids=["classes", "two classes", "distance"],
)
def test_a_picture_carries_the_confusion_of_the_validation_rows(made) -> None:
    trainer = trainer_of(made)
    probe = Probe(trainer)
    for event in trainer.events():
        if not isinstance(event, Epoch):
            continue
        header, arrays = unpack_section(probe.picture(1, 0.0, at_rest=True) or b"")
        np.testing.assert_array_equal(arrays["confusion"], expected(trainer, "validation"))
        rows = trainer.facts.validation_rows
        assert header["compared"] == {"part": "validation", "rows": rows, "all_rows": rows, "epoch": trainer.epoch}
        assert np.trace(arrays["confusion"]) / rows == pytest.approx(event.row["validation_accuracy"])


def test_without_validation_rows_the_training_rows_are_compared_as_the_model_is_now() -> None:
    trainer = trainer_of(project("blobs", layers(8, "relu", {"kind": "dropout", "p": 0.5}, 4), data={"validation": 0}))
    list(trainer.events())
    header, arrays = Comparison(trainer).measure(at_once=True)
    assert (header["part"], header["rows"]) == ("train", trainer.facts.train_rows)
    np.testing.assert_array_equal(arrays["confusion"], expected(trainer, "train"))


def test_a_comparison_waits_for_its_turn_but_not_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "SHARE", 1e9)
    trainer = trainer_of(BLOBS)
    compared = Comparison(trainer)
    first = compared.measure()
    list(trainer.events())
    assert compared.measure() is first
    header, arrays = compared.measure(at_once=True)
    assert (first[0]["epoch"], header["epoch"]) == (0, 3)
    np.testing.assert_array_equal(arrays["confusion"], expected(trainer, "validation"))
    assert compared.measure(at_once=True)[1] is arrays, "nothing is predicted anew while the weights stay"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than forty rows are many."""
    monkeypatch.setattr(state, "MOST_COUNTED_AT_WILL", 40)
    monkeypatch.setattr(comparison, "MOST_COUNTED_AT_WILL", 40)


@pytest.mark.parametrize("part", ["validation", "train"])
def test_many_rows_are_counted_when_the_epoch_is_measured_and_never_predicted_again(
    part: str, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With a full batch the outputs of the epoch are those of the weights before its one step.
    made = project("blobs", data={"validation": 0.25 if part == "validation" else 0.0}, batch_size=0, epochs=4)
    trainer = trainer_of(made)
    compared = Comparison(trainer)
    header, arrays = compared.measure()
    every = trainer.facts.validation_rows or trainer.facts.train_rows
    assert (header["part"], header["rows"], header["all_rows"]) == (part, 40, every), "before an epoch a sample tells"
    assert arrays["confusion"].sum() == 40
    before = expected(trainer, part)
    monkeypatch.setattr(comparison, "predict", lambda *_: pytest.fail("the rows were predicted again"))
    for event in trainer.events():
        if isinstance(event, Epoch):
            header, arrays = compared.measure(at_once=True)
            assert (header["rows"], header["epoch"]) == (every, event.epoch)
            np.testing.assert_array_equal(
                arrays["confusion"], before if part == "train" else expected(trainer, "validation")
            )
            before = expected(trainer, part)


def test_what_diverges_leaves_the_last_good_counts(few: None) -> None:
    trainer = trainer_of(project("blobs", data={"validation": 0.25}, optimizer={"kind": "sgd", "learning_rate": 0.01}))
    list(trainer.events())
    good = trainer.control.confusion
    trainer.extend()
    trainer.change(project("blobs", optimizer={"kind": "sgd", "learning_rate": 1e9}).training)
    assert any(isinstance(event, Diverged) for event in trainer.events())
    assert good is not None
    assert trainer.control.confusion is good


def test_the_counts_of_the_best_epoch_come_back_with_its_weights(few: None) -> None:
    rule = {"kind": "patience", "patience": 2, "restore_best": True, "min_delta": 10.0}
    trainer = trainer_of(project("blobs", data={"validation": 0.25}, epochs=50, early_stopping=rule))
    list(trainer.events())
    assert trainer.epoch == 3, "no gain is large enough after the first epoch"
    counted = Comparison(trainer).measure()[1]["confusion"]
    np.testing.assert_array_equal(counted, expected(trainer, "validation"))


@pytest.mark.parametrize("most", [1000, 30])
def test_a_regression_is_compared_value_by_value(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "MOST_SCATTERED", most)
    trainer = trainer_of(project("regression", data={"validation": 0.4}))
    list(trainer.events())
    header, arrays = Comparison(trainer).measure(at_once=True)
    rows = trainer.facts.validation_rows
    assert (header["rows"], header["all_rows"]) == (min(most, rows), rows)
    truth, answer = trainer.prepared.target["validation"][:, 0], trainer.outputs("validation")[:, 0].numpy()
    if most > rows:
        np.testing.assert_array_equal(arrays["truth"], truth)
        error = np.abs(arrays["answer"] - arrays["truth"]).mean()
        assert error == pytest.approx(mean_absolute_error(truth, answer), rel=1e-5)
    pairs = {(float(one), round(float(other), 4)) for one, other in zip(truth, answer, strict=True)}
    shown = zip(arrays["truth"], arrays["answer"], strict=True)
    assert {(float(one), round(float(other), 4)) for one, other in shown} <= pairs


def test_answers_that_are_not_finite_leave_the_comparison_before() -> None:
    trainer = trainer_of(BLOBS)
    compared = Comparison(trainer)
    first = compared.measure(at_once=True)
    trainer.control.batch += 1
    with torch.no_grad():
        next(trainer.model.parameters()).fill_(float("nan"))
    assert compared.measure(at_once=True) is first
