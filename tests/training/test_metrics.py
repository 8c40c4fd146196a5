"""Metrics against scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn import metrics as oracle

from nnbuilder.catalog.metrics import METRICS
from nnbuilder.training.metrics import all_metrics, classes, probabilities


def macro(function):
    return lambda target, predicted: function(target, predicted, average="macro", zero_division=0)


def binary(function):
    return lambda target, predicted: function(target, predicted, zero_division=0)


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("seed", range(4))
def test_class_metrics_are_those_of_scikit_learn(count, seed):
    generator = torch.Generator().manual_seed(seed)
    outputs = torch.randn(200, 1 if count == 2 else count, generator=generator)
    target = torch.randint(count, (200,), generator=generator)
    meaning = "logit" if count == 2 else "logits"
    task = "binary" if count == 2 else "multiclass"
    found = all_metrics(task, outputs, target, meaning, count)
    predicted = classes(outputs, meaning).numpy()
    average = binary if count == 2 else macro
    truth = target.numpy()
    chances = probabilities(outputs, meaning).numpy()
    wanted = {
        "accuracy": oracle.accuracy_score(truth, predicted),
        "balanced_accuracy": oracle.balanced_accuracy_score(truth, predicted),
        "precision": average(oracle.precision_score)(truth, predicted),
        "recall": average(oracle.recall_score)(truth, predicted),
        "f1": average(oracle.f1_score)(truth, predicted),
        "roc_auc": oracle.roc_auc_score(truth, chances[:, 1])
        if count == 2
        else oracle.roc_auc_score(truth, chances.astype(np.float64), multi_class="ovr", labels=range(count)),
    }
    assert found == pytest.approx(wanted, abs=1e-5)


def test_regression_metrics_are_those_of_scikit_learn():
    outputs, target = torch.randn(100, 1), torch.randn(100, 1)
    found = all_metrics("regression", outputs, target, "value", 0)
    assert found == pytest.approx(
        {
            "mae": oracle.mean_absolute_error(target, outputs),
            "rmse": oracle.root_mean_squared_error(target, outputs),
            "r2": oracle.r2_score(target, outputs),
        },
        rel=1e-4,
    )


def test_every_metric_of_the_catalog_is_computed():
    assert {*all_metrics("binary", torch.randn(9, 1), torch.arange(9) % 2, "logit", 2)} | {
        *all_metrics("regression", torch.randn(9, 1), torch.randn(9, 1), "value", 0)
    } == set(METRICS)


@pytest.mark.parametrize(
    ("meaning", "outputs"),
    [
        ("logit", [[-3.0], [0.5]]),
        ("probability", [[0.2], [0.7]]),
        ("value", [[-1.0], [1.4]]),
        ("margin", [[3.0], [0.1]]),
        ("logits", [[2.0, 1.0], [0.0, 1.0]]),
        ("margins", [[2.0, 1.0], [0.0, 1.0]]),
        ("log_probabilities", [[-0.1, -2.4], [-2.4, -0.1]]),
    ],
)
def test_every_kind_of_output_reads_as_probabilities_and_classes(meaning, outputs):
    chances = probabilities(torch.tensor(outputs), meaning)
    assert chances.shape == (2, 2)
    assert torch.allclose(chances.sum(dim=1), torch.ones(2), atol=0.05)
    assert classes(torch.tensor(outputs), meaning).tolist() == chances.argmax(dim=1).tolist() == [0, 1]
