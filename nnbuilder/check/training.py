"""Problems of optimizer, batches, metric, device and memory."""

from __future__ import annotations

import math
import re

from nnbuilder.catalog.metrics import METRICS, metrics_for
from nnbuilder.errors import Edit, Problem, Repair
from nnbuilder.facts import DataFacts
from nnbuilder.fields import did_you_mean, plain
from nnbuilder.shapes import memory_needed, parameter_count
from nnbuilder.spec import Project

FAR = 10.0
"""A learning rate this many times outside the usual range is warned of."""

DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d{1,3})?")


def training_problems(project: Project, facts: DataFacts, memory: int) -> list[Problem]:
    """Problems with how the network is to learn; `memory` is what a run may take, in bytes."""
    return [
        *_optimizer(project),
        *_batches(project, facts),
        *_learning_rate(project),
        *_watching(project, facts),
        *_metric(project, facts),
        *_device(project),
        *_memory(project, facts, memory),
    ]


def _optimizer(project: Project) -> list[Problem]:
    optimizer = project.training.optimizer
    if optimizer.kind != "sgd" or not optimizer["nesterov"]:
        return []
    if optimizer["momentum"] > 0 and optimizer["dampening"] == 0:
        return []
    edits = (
        Edit("set", "training.optimizer.momentum", optimizer["momentum"] or 0.9),
        Edit("set", "training.optimizer.dampening", 0.0),
    )
    return [
        Problem(
            "training.optimizer.nesterov",
            "Nesterov needs a momentum above 0 and no dampening; set momentum to 0.9, dampening to "
            "0, or switch Nesterov off.",
            repair=Repair("Set momentum, no dampening", edits),
        )
    ]


def _batches(project: Project, facts: DataFacts) -> list[Problem]:
    training = project.training
    if not training.optimizer_row.full_batch or not 0 < training.batch_size < facts.train_rows:
        return []
    return [
        Problem(
            "training.batch_size",
            f"{training.optimizer_row.label} compares losses of the same rows within a step, so it "
            f"needs the full batch, but "
            f"the batch size is {training.batch_size}; set it to 0.",
            repair=Repair("Use the full batch", (Edit("set", "training.batch_size", 0),)),
        )
    ]


def _learning_rate(project: Project) -> list[Problem]:
    row, rate = project.training.optimizer_row, project.training.optimizer["learning_rate"]
    low, high = row.usual
    if low / FAR <= rate <= high * FAR:
        return []
    usual = row.field("learning_rate").default
    way = "training will most likely blow up" if rate > high else "training will hardly move"
    path = "training.optimizer.learning_rate"
    return [
        Problem(
            path,
            f"A learning rate of {rate:g} is far {'above' if rate > high else 'below'} what {row.label} usually bears "
            f"({low:g} to {high:g}), so {way}; {usual:g} is a good start.",
            "warning",
            Repair(f"Set to {usual:g}", (Edit("set", path, usual),)),
        )
    ]


def _watching(project: Project, facts: DataFacts) -> list[Problem]:
    if project.training.early_stopping.kind == "none" or facts.validation_rows:
        return []
    return [
        Problem(
            "training.early_stopping",
            "Early stopping has no validation rows to watch and will watch the training rows, which "
            "keep getting better "
            "while the network overfits; give a validation share of 0.2.",
            "warning",
            Repair("Keep 20 % for validation", (Edit("set", "data.validation", 0.2),)),
        )
    ]


def _metric(project: Project, facts: DataFacts) -> list[Problem]:
    key = project.training.metric
    usual = metrics_for(facts.task)
    if not key or key in [row.key for row in usual]:
        return []
    repair = Repair(f"Use {usual[0].label}", (Edit("set", "training.metric", ""),))
    if key not in METRICS:
        hint = did_you_mean(key, tuple(METRICS))
        return [Problem("training.metric", f"There is no metric called {key!r}{hint}", repair=repair)]
    kind = "a number" if facts.task == "regression" else "a class"
    return [
        Problem(
            "training.metric",
            f"{METRICS[key].label} does not fit a target that is {kind}; use {usual[0].label}.",
            repair=repair,
        )
    ]


def _device(project: Project) -> list[Problem]:
    device = project.training.device
    if DEVICE.fullmatch(device):
        return []
    return [
        Problem(
            "training.device",
            f"There is no device called {device!r}; choose auto, cpu, cuda:0 or mps.",
            repair=Repair("Use auto", (Edit("set", "training.device", "auto"),)),
        )
    ]


def _memory(project: Project, facts: DataFacts, memory: int) -> list[Problem]:
    needed = memory_needed(project.network, project.training, facts)
    if needed <= memory:
        return []
    layers = [(layer["units"], index) for index, layer in project.network.active if layer.row.sets_width]
    units, index = max(layers)
    path = f"network.layers[{index}].units"
    smaller = max(1, int(units * math.sqrt(memory / needed) / 2))
    return [
        Problem(
            path,
            f"This network learns {plain(parameter_count(project.network, facts.inputs))} numbers and needs about "
            f"{_gigabytes(needed)} to train, but {_gigabytes(memory)} are free; make layer {index + 1} smaller.",
            repair=Repair(f"Set to {plain(smaller)} units", (Edit("set", path, smaller),)),
        )
    ]


def _gigabytes(count: int) -> str:
    return f"{count / 2**30:.1f} GiB"
