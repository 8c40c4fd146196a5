"""The metrics that a script computes are those of the app to the last bit, whatever the outputs."""

import itertools

import pytest
import torch

from nnbuilder.catalog.losses import LOSSES
from nnbuilder.catalog.metrics import METRICS
from nnbuilder.facts import DataFacts
from nnbuilder.source.course import Course
from nnbuilder.source.scores import write_metric
from nnbuilder.source.script import Script
from nnbuilder.training.metrics import metric_value
from nnbuilder.training.state import loss_target
from tests.source.train_harness import project

CASES = [
    (metric, loss, count)
    for metric, loss in itertools.product(METRICS.values(), LOSSES.values())
    for count, task in ((0, "regression"), (2, "binary"), (3, "multiclass"), (7, "multiclass"))
    if task in metric.tasks and task in loss.tasks
]


@pytest.mark.filterwarnings("ignore:No (negative|positive) samples in targets")
def test_metrics_are_those_of_the_app():
    source = {0: "regression", 2: "circles", 3: "blobs", 7: "blobs"}
    chance = torch.Generator().manual_seed(7)
    for metric, loss, count in CASES:
        made = project(source[count], loss=loss.key, metric=metric.key)
        task = ("regression", "binary", "multiclass")[min(count, 2) - (count > 0) + (count > 2)]
        facts = DataFacts(task, ("a", "b"), "y", tuple(map(str, range(count))), 9, 0, 0)
        script = Script()
        name = write_metric(script, Course(made, facts, "sequential"))
        space = {}
        exec(compile(script.text, "scores.py", "exec"), space)
        for rows in (1, 2, 25):
            # All classes, some of them, and one alone; outputs of many kinds, of few, and all the same.
            for kinds, steps in ((count or 1, 1000), (max(1, count - 1), 2), (1, 0)):
                outputs = torch.randn(rows, loss.outputs(count), generator=chance) * 2
                outputs = (outputs * steps).round() / steps if steps else torch.zeros_like(outputs)
                if loss.meaning == "log_probabilities":
                    outputs = outputs.log_softmax(dim=1)
                if loss.meaning == "probability":
                    outputs = outputs.sigmoid()
                if loss.meaning == "margin":
                    outputs = outputs.abs()
                if count:
                    labels = torch.randint(kinds, (rows,), generator=chance)
                else:
                    labels = (torch.randn(rows, 1, generator=chance) * kinds).round() if steps else torch.ones(rows, 1)
                wanted = metric_value(metric.key, outputs, labels, loss.meaning, count).to(torch.float32)
                got = space[name](outputs, loss_target(labels, loss.target))
                assert got.dtype == torch.float32
                assert torch.equal(got, wanted) or (got.isnan() and wanted.isnan()), (metric.key, loss.key, count)


def test_every_metric_and_every_meaning_is_met():
    assert {metric.key for metric, _, _ in CASES} == set(METRICS)
    assert {loss.key for _, loss, _ in CASES} == set(LOSSES)
