"""Projects of all kinds, trained here and by the script that is written for them."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from nnbuilder.catalog.initializers import INITIALIZERS
from nnbuilder.catalog.layers import LAYERS
from nnbuilder.catalog.losses import LOSSES
from nnbuilder.catalog.metrics import METRICS
from nnbuilder.catalog.optimizers import OPTIMIZERS
from nnbuilder.catalog.schedules import SCHEDULERS
from nnbuilder.data.facts import describe
from nnbuilder.data.prepare import prepare
from nnbuilder.source.data import Code
from nnbuilder.source.model import Form
from nnbuilder.source.starting import start_weights
from nnbuilder.source.train_script import train_code
from nnbuilder.spec import Project, read
from nnbuilder.store.weights import Weights
from nnbuilder.training.trainer import Trainer
from tests.source.harness import opened_of, put_file

RUNNER = """
import contextlib, importlib.util, io, json, os, runpy, sys, traceback
from pathlib import Path

assert importlib.util.find_spec("nnbuilder") is None
home, said = Path.cwd(), {}
for folder in sorted(path for path in home.iterdir() if (path / "train.py").exists()):
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            runpy.run_path("train.py", run_name="__main__")
        said[folder.name] = ["", printed.getvalue()]
    except BaseException:
        said[folder.name] = [traceback.format_exc(), ""]
assert not [name for name in sys.modules if name.split(".")[0] in ("nnbuilder", "sklearn", "scipy", "torchmetrics")]
(home / "said.json").write_text(json.dumps(said))
"""
"""Runs the scripts in all folders beside it, one after the other, in an interpreter without this package."""


def project(
    source: str | dict[str, Any] = "circles",
    layers: list[Any] | None = None,
    loss: str | dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    name: str = "t",
    seed: int = 1,
    **training: Any,
) -> Project:
    """A small project; a number stands for a Linear layer, a text for another one."""
    document = {"kind": source} if isinstance(source, str) else source
    classes = {"circles": 2, "regression": 0}.get(document["kind"], document.get("centers", 4))
    row = LOSSES[loss if isinstance(loss, str) else loss["kind"]] if loss else None
    chosen = loss or {0: "mse", 2: "bce_with_logits"}.get(classes, "cross_entropy")
    width = row.outputs(classes) if row else {0: 1, 2: 1}.get(classes, classes)
    stack = layers or [6, "tanh", "out", *([row.ending] if row and row.ending else [])]
    document = {"samples": 70, "noise": 0.3, **document} if document["kind"] == "circles" else document
    document = {"samples": 70, "std": 0.8, **document} if document["kind"] == "blobs" else document
    document = {"samples": 70, **document}

    def layer(item: Any) -> dict[str, Any]:
        if isinstance(item, dict):
            return {**item, "units": width} if item.get("units") == "out" else item
        if item == "out":
            return {"kind": "linear", "units": width}
        return {"kind": "linear", "units": item} if isinstance(item, int) else {"kind": item}

    return read(
        {
            "version": 2,
            "name": name,
            "data": {"source": document, "validation": 0.2, "test": 0.1, **(data or {})},
            "network": {"layers": [layer(item) for item in stack], "seed": seed},
            "training": {
                "epochs": 3,
                "batch_size": 10,
                "loss": chosen if isinstance(chosen, dict) else {"kind": chosen},
                "optimizer": {"kind": "adam", "learning_rate": 0.01},
                "seed": 3,
                **training,
            },
        }
    )


def changed(fields: Any) -> dict[str, Any]:
    """Settings other than the defaults, where there are any."""
    return {field.name: other(field) for field in fields}


def other(field: Any) -> Any:
    """A value other than the default that makes sense."""
    if field.kind == "flag":
        return not field.default
    if field.kind == "choice":
        return next(key for key in field.keys if key != field.default)
    if field.kind == "integer":
        return min(max(field.default + 1, field.minimum), field.maximum) if field.default < field.maximum else 0
    if field.kind == "real":
        value = field.default * 0.9 if field.default else 0.01
        return max(field.minimum + 1e-6, min(value, field.maximum - 1e-6))
    return field.default


def catalog() -> Iterator[tuple[str, Project]]:
    """A project for every row of the catalog, with its defaults and with other settings."""
    for key, row in LAYERS.items():
        yield f"layer-{key}", project("blobs", [7, key, "out"])
        if row.fields:
            settings = {"kind": key, **changed(field for field in row.fields if field.name != "units")}
            stack = [7, settings, "out"] if key != "linear" else [{**settings, "units": 7}, "relu", "out"]
            yield f"layer-{key}-other", project("blobs", stack)
    for key, row in LOSSES.items():
        sources = [kind for task, kind in _KINDS.items() if task in row.tasks]
        for source in sources:
            yield f"loss-{key}-{source}", project(source, loss=key)
        settings = {"kind": key, **changed(field for field in row.fields if field.kind != "weights")}
        yield f"loss-{key}-other", project(sources[0], loss=settings)
        if any(field.kind == "weights" for field in row.fields):
            for name, weights in (("balanced", "balanced"), ("given", [0.5, 1.0, 2.0, 0.25])):
                yield f"loss-{key}-{name}", project("blobs", loss={"kind": key, "class_weights": weights})
    for key, row in OPTIMIZERS.items():
        size = {"batch_size": 0} if row.full_batch else {}
        yield f"optimizer-{key}", project(optimizer={"kind": key}, **size)
        settings = changed(field for field in row.fields)
        if key == "sgd":
            settings |= {"momentum": 0.9, "dampening": 0.0}
        yield f"optimizer-{key}-other", project("blobs", optimizer={"kind": key, **settings}, **size)
    for key, row in SCHEDULERS.items():
        yield f"scheduler-{key}", project(scheduler={"kind": key, **_QUICK.get(key, {})}, epochs=5)
        if row.fields:
            settings = {**changed(row.fields), **_QUICK.get(key, {})}
            yield f"scheduler-{key}-other", project("regression", scheduler={"kind": key, **settings}, epochs=5)
    for key, row in INITIALIZERS.items():
        one = {"kind": "linear", "units": 5, "initializer": {"kind": key}}
        yield f"initializer-{key}", project(layers=[one, "relu", {**one, "units": "out"}])
        told = {"kind": key, **changed(row.fields)}
        mixed = [{**one, "initializer": told}, "relu", {**one, "bias": False, "initializer": told}, "out"]
        yield f"initializer-{key}-other", project(layers=mixed)
    for key, row in METRICS.items():
        for source in [kind for task, kind in _KINDS.items() if task in row.tasks]:
            for loss in _LOSSES[source]:
                yield f"metric-{key}-{source}-{loss}", project(source, loss=loss, metric=key, epochs=2)


_KINDS = {"regression": "regression", "binary": "circles", "multiclass": "blobs"}
_LOSSES = {
    "regression": ("mse",),
    "circles": ("bce_with_logits", "nll"),
    "blobs": ("cross_entropy",),
}
_QUICK = {"step": {"step_size": 2}, "plateau": {"patience": 0, "factor": 0.3}}


def ways() -> Iterator[tuple[str, Project]]:
    """A project for everything of the training that is no row of the catalog."""
    yield "full-batch", project(batch_size=0)
    yield "exact-batch", project(batch_size=49)
    yield "batch-of-more-than-all", project(batch_size=333)
    yield "even-batches", project(batch_size=7)
    yield "one-row-batches", project(batch_size=1)
    yield "not-shuffled", project(shuffle=False)
    yield "no-validation", project(data={"validation": 0.0, "test": 0.0})
    yield "cpu", project(device="cpu")
    yield "clipped", project(gradient_clip=0.1)
    yield "clipped-full", project(gradient_clip=0.1, batch_size=0)
    yield "l1", project(l1=0.01)
    yield "l2", project(l2=0.01)
    yield "l1-l2", project("blobs", l1=0.01, l2=0.003, gradient_clip=0.5)
    yield "dropout", project(layers=[12, "relu", "dropout", 12, "relu", {"kind": "dropout", "p": 0.2}, "out"])
    yield "dropout-full", project(layers=[12, "relu", "dropout", "out"], batch_size=0, epochs=5)
    yield "batch-norm", project(layers=[12, "batch_norm", "relu", "out"], epochs=5, batch_size=10)
    yield "one-layer", project(layers=["out"])
    yield "disabled", project(layers=[9, {"kind": "dropout", "enabled": False}, "relu", "out"])
    yield "lbfgs-penalized", project(optimizer={"kind": "lbfgs"}, batch_size=0, l1=0.001, l2=0.01)
    yield "lbfgs-dropout", project(layers=[9, "dropout", "out"], optimizer={"kind": "lbfgs"}, batch_size=0)
    yield (
        "one-cycle-lbfgs",
        project(scheduler={"kind": "one_cycle"}, optimizer={"kind": "lbfgs"}, batch_size=0, epochs=6),
    )
    yield "one-cycle-full", project(scheduler={"kind": "one_cycle"}, batch_size=0, epochs=6)
    yield (
        "plateau-no-validation",
        project(scheduler={"kind": "plateau", "patience": 0}, data={"validation": 0.0}, epochs=8),
    )
    yield "diverges", project("regression", optimizer={"kind": "sgd", "learning_rate": 5.0}, epochs=9)
    yield "diverges-later", project("regression", optimizer={"kind": "sgd", "learning_rate": 0.3}, epochs=40)
    yield "diverges-at-once", project("regression", optimizer={"kind": "sgd", "learning_rate": 1e9})
    # Work enough for several threads.
    yield "threads", project(layers=[512, "relu", 512, "relu", "out"], epochs=2)
    for watch in ("loss", "metric"):
        for source, metric in (("circles", "accuracy"), ("regression", "r2"), ("regression", "rmse")):
            for restored in (True, False):
                for gain in (0.0,) if source == "circles" else (0.0, 0.05):
                    rule = {"watch": watch, "patience": 2, "min_delta": gain, "restore_best": restored}
                    yield (
                        f"stops-{watch}-{source}-{metric}-{restored}-{gain}",
                        project(
                            source,
                            early_stopping={"kind": "patience", **rule},
                            metric=metric,
                            epochs=25,
                            optimizer={"kind": "adam", "learning_rate": 0.3 if source == "circles" else 3.0},
                        ),
                    )
    yield (
        "stops-without-validation",
        project(
            early_stopping={"kind": "patience", "patience": 1},
            data={"validation": 0.0},
            epochs=25,
            optimizer={"kind": "adam", "learning_rate": 0.5},
        ),
    )
    yield (
        "stops-on-r2-that-is-no-number",
        project(
            "regression",
            early_stopping={"kind": "patience", "patience": 2, "watch": "metric"},
            metric="r2",
            data={"validation": 0.01},
            epochs=25,
            optimizer={"kind": "adam", "learning_rate": 0.5},
        ),
    )
    for scaling in ("standard", "minmax", "robust"):
        yield f"scaled-{scaling}", project("regression", data={"scaling": scaling, "terms": [["square", "x"]]})


def frozen_ways() -> Iterator[tuple[str, Project]]:
    """A project for everything of transfer that needs no file."""

    def linear(units: Any, **more: Any) -> dict[str, Any]:
        return {"kind": "linear", "units": units, **more}

    first = linear(8, frozen=True)
    yield "frozen", project(layers=[first, "relu", "out"], l2=0.01)
    yield "frozen-norm", project(layers=[8, {"kind": "batch_norm", "frozen": True}, "relu", "out"], batch_size=10)
    thawing = {"frozen": True, "thaw_after": 2}
    norm = {"kind": "batch_norm", **thawing}
    yield "thaws", project(layers=[linear(8, **thawing), norm, "relu", "out"], epochs=5, l1=0.01, batch_size=10)
    two = [linear(8, frozen=True, thaw_after=3), "relu", linear(8, **thawing), "relu", "out"]
    yield "thaws-in-turn", project(layers=two, epochs=6, gradient_clip=0.4)
    yield "frozen-and-thaws", project(layers=[first, "relu", linear(8, **thawing), "relu", "out"], epochs=5)
    mixed = [linear(8, rate_factor=0.5), "relu", first, "relu", linear(8), "relu", linear("out", rate_factor=0.5)]
    yield "rates-lbfgs", project(layers=mixed, optimizer={"kind": "lbfgs"}, batch_size=0, epochs=4)
    yield "rates-mixed", project(layers=mixed, optimizer={"kind": "sgd", "momentum": 0.9, "learning_rate": 0.1})
    momentum = {"kind": "sgd", "momentum": 0.9, "learning_rate": 0.1}
    yield "thaws-momentum", project(layers=two, optimizer=momentum, epochs=5)
    yield "thaws-lbfgs", project(layers=two, optimizer={"kind": "lbfgs"}, batch_size=0, epochs=5)
    slow = [linear(8, rate_factor=0.1), "relu", linear(8, rate_factor=0.1), "tanh", "out"]
    for key in OPTIMIZERS:
        if key != "lbfgs":
            yield f"rates-{key}", project(layers=slow, optimizer={"kind": key})
    for key in SCHEDULERS:
        schedule = {"kind": key, **_QUICK.get(key, {})}
        yield f"rates-{key}", project(layers=slow, scheduler=schedule, epochs=5)
    all_slow = [linear(8, rate_factor=0.3), "relu", linear("out", rate_factor=0.3)]
    yield "rates-all", project(layers=all_slow, scheduler={"kind": "exponential"})
    yield "rates-thaw", project(layers=[linear(8, rate_factor=0.5, **thawing), "relu", "out"], epochs=5)


FILE = "trained.pth"


def started_ways(sha256: str) -> Iterator[tuple[str, Project]]:
    """A project for every way to start from a file of weights, which is that of `teacher`."""

    def of(prefix: str, item: dict[str, Any]) -> dict[str, Any]:
        return {**item, "weights": {"kind": "file", "sha256": sha256, "prefix": prefix, "name": FILE}}

    first = of("0", {"kind": "linear", "units": 7})
    norm, slope, head = of("1", {"kind": "batch_norm"}), of("2", {"kind": "prelu"}), {"kind": "linear", "units": "out"}
    yield "starts-all", project("blobs", [first, norm, slope, of("3", head)])
    yield "starts-some", project("blobs", [first, norm, slope, 5, "relu", "out"])
    yield "starts-new-head", project({"kind": "blobs", "centers": 5}, [{**first, "frozen": True}, "relu", head])
    thaws = {**first, "frozen": True, "thaw_after": 1, "rate_factor": 0.1}
    yield "starts-thaws", project("blobs", [thaws, {**norm, "frozen": True}, slope, head], epochs=4)


def teacher() -> Project:
    """What is trained for others to start from."""
    return project("blobs", [7, "batch_norm", "prelu", "out"])


FORMS: tuple[Form, ...] = ("sequential", "named", "module")


def write(
    projects: Mapping[str, Project], folder: Path, form: Form | None = None, library: Weights | None = None
) -> dict[str, Code]:
    """Write the script of each project to a folder of its own, in the three forms in turn or in one."""
    codes = {}
    for number, (name, made) in enumerate(projects.items()):
        (folder / name).mkdir(parents=True)
        facts, opened = describe(made.data), opened_of(made)
        codes[name] = train_code(made, facts, opened, "cleaned.csv", form or FORMS[number % 3])
        (folder / name / "train.py").write_text(codes[name].text, encoding="utf-8")
        put_file(made, codes[name], folder / name)
        if codes[name].starts:
            torch.save(start_weights(made.network, facts, library), folder / name / codes[name].starts)
    return codes


def run_alone(folder: Path) -> dict[str, list[str]]:
    """Run all scripts in one interpreter without this package; by name what went wrong, and what was printed."""
    (folder / "runner.py").write_text(RUNNER, encoding="utf-8")
    command = [sys.executable, "-I", "-W", "error", "runner.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads((folder / "said.json").read_text())


def trained(made: Project) -> Trainer:
    """The project, trained here to the end."""
    trainer = Trainer(made, prepare(made.data))
    for _ in trainer.events():
        pass
    return trainer


def differences(made: Project, folder: Path, trainer: Trainer | None = None) -> list[str]:
    """Where the weights and the history that a script has saved are not those of the app, trained here or given."""
    trainer = trainer or trained(made)
    found = []
    ours: dict[str, Tensor] = trainer.model.state_dict()
    theirs: dict[str, Tensor] = torch.load(folder / "state_dict.pth")
    for (name, mine), other_one in zip(ours.items(), theirs.values(), strict=True):
        if mine.dtype != other_one.dtype or not torch.equal(mine.cpu(), other_one):
            found.append(f"{name} differs")
    with open(folder / "history.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if len(rows) != len(trainer.history):
        return [*found, f"{len(rows)} epochs, not {len(trainer.history)}"]
    wanted = {name: trainer.history.column(name) for name in trainer.history.columns}
    for name in rows[0] if rows else ():
        for epoch, row in enumerate(rows):
            value, right = float(row[name]), wanted[name][epoch]
            if value != right and not (math.isnan(value) and math.isnan(right)):
                found.append(f"{name} of epoch {epoch + 1} is {value!r}, not {right!r}")
    left_out = {name for name in wanted if rows and name not in rows[0]}
    alike = [name for name in left_out if name != "learning_rate" and not all(map(math.isnan, wanted[name]))]
    return [*found, *(f"{name} is not in the history" for name in alike)]
