"""A run out of a file goes on bit for bit; a training state that was tampered with is refused in one sentence."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from nnbuilder.catalog.optimizers import OPTIMIZERS
from nnbuilder.catalog.schedules import SCHEDULERS
from nnbuilder.data.prepare import prepare
from nnbuilder.loading.confined import Read
from nnbuilder.loading.content import Run, content_of
from nnbuilder.loading.job import compare
from nnbuilder.loading.limits import RefusedFile
from nnbuilder.loading.resuming import checked
from nnbuilder.spec import Project, read_text
from nnbuilder.training.trainer import Trainer
from tests.loading.harness import read_here, saved
from tests.projects import layers, project

FORMATS = Path(__file__).parents[1] / "formats"
STACK = layers(8, "batch_norm", "tanh", {"kind": "dropout", "p": 0.2}, 6, "prelu", 1)
PLAIN = layers(6, "tanh", 1)


def made(stack: Any = STACK, **training: Any) -> Project:
    return project("circles", stack, **{"epochs": 10, "batch_size": 40, "device": "cpu", **training})


RUNS: dict[str, tuple[Project, int]] = {
    "adam, step": (made(scheduler={"kind": "step", "step_size": 3}), 0),
    "adam, in the middle of an epoch": (made(), 2),
    "sgd, one cycle": (made(optimizer={"kind": "sgd", "momentum": 0.9}, scheduler={"kind": "one_cycle"}), 3),
    "rmsprop, plateau": (made(optimizer={"kind": "rmsprop"}, scheduler={"kind": "plateau", "patience": 1}), 0),
    "adamw, cosine, early stopping": (
        made(optimizer={"kind": "adamw"}, scheduler={"kind": "cosine"}, early_stopping={"kind": "patience"}), 0,
    ),
    "lbfgs": (made(PLAIN, optimizer={"kind": "lbfgs"}, batch_size=0), 0),
    "frozen, thawing, own rates": (
        made(
            [
                {"kind": "linear", "units": 6, "frozen": True, "thaw_after": 7, "rate_factor": 0.1},
                {"kind": "tanh"},
                {"kind": "linear", "units": 1},
            ]
        ),
        0,
    ),
}  # fmt: skip


RUNS |= {
    # Every optimizer and schedule there is goes on to the last bit, in the middle of an epoch, too.
    **{
        f"every optimizer: {kind}": (
            made(PLAIN if row.full_batch else STACK, optimizer={"kind": kind}, batch_size=0 if row.full_batch else 40),
            0 if row.full_batch else 2,
        )
        for kind, row in OPTIMIZERS.items()
    },
    **{f"every schedule: {kind}": (made(scheduler={"kind": kind}), 1) for kind in SCHEDULERS},
    "stopped early with the best weights back": (
        made(optimizer={"kind": "sgd", "learning_rate": 2.0}, early_stopping={"kind": "patience", "patience": 2}), 1,
    ),
    "clipped, penalized, not shuffled": (made(gradient_clip=0.5, l1=0.01, l2=0.01, shuffle=False), 2),
}  # fmt: skip


def trained(start: Project, batches: int = 0, epochs: int = 10) -> Trainer:
    """A trainer after so many epochs and batches."""
    trainer = Trainer(start, prepare(start.data))
    for _ in trainer.events():
        if trainer.epoch == epochs and trainer.control.batch == batches:
            break
    return trainer


def finish(trainer: Trainer) -> Trainer:
    for _ in trainer.events():
        pass
    return trainer


def run_of(trainer: Trainer) -> Run:
    """The run in the file a person would have downloaded."""
    content = content_of(read_here(saved(trainer.checkpoint())))
    assert isinstance(content, Run)
    return content


def equal(one: Trainer, other: Trainer) -> bool:
    pairs = zip(one.model.state_dict().values(), other.model.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("name", RUNS)
def test_five_epochs_and_five_more_out_of_a_file_are_ten_in_one_go(name: str) -> None:
    start, batches = RUNS[name]
    whole = finish(Trainer(start, prepare(start.data)))
    run = run_of(trained(start, batches, 5))
    compare(run, run.checkpoint["state_dict"])
    taken, checkpoint = checked(run)
    assert (taken, run.epoch, run.epochs) == (start, 5, 10)
    resumed = finish(Trainer.resume(checkpoint, taken, prepare(taken.data)))
    assert equal(whole, resumed)
    assert all(torch.equal(a, b) for a, b in zip(whole.control.best, resumed.control.best, strict=True))
    assert (whole.control.message, whole.control.best_epoch) == (resumed.control.message, resumed.control.best_epoch)
    rows = [[value for value in row if not math.isnan(value)] for row in whole.history.rows]
    assert rows == [[value for value in row if not math.isnan(value)] for row in resumed.history.rows]


def test_a_checkpoint_of_version_1_goes_on_as_if_it_had_never_been_a_file() -> None:
    content = content_of(read_here((FORMATS / "checkpoint-1.pth").read_bytes()))
    assert isinstance(content, Run)
    taken, checkpoint = checked(content)
    assert taken == read_text((FORMATS / "project-1.json").read_text())
    resumed = finish(Trainer.resume(checkpoint, taken, prepare(taken.data)))
    assert equal(finish(Trainer(taken, prepare(taken.data))), resumed)


@pytest.fixture(scope="module")
def good() -> dict[str, Any]:
    """The checkpoint in the middle of an epoch."""
    return trained(made(scheduler={"kind": "step"}), 2, 3).checkpoint()


@pytest.fixture(scope="module")
def of_lbfgs() -> dict[str, Any]:
    return trained(made(PLAIN, optimizer={"kind": "lbfgs"}, batch_size=0), 0, 3).checkpoint()


def refusal(checkpoint: dict[str, Any]) -> str:
    with pytest.raises(RefusedFile) as caught:
        content = content_of(Read("model.pth", "torch", checkpoint, {}, "", None, (0, 0)))
        assert isinstance(content, Run)
        compare(content, content.checkpoint["state_dict"])
        checked(content)
    return str(caught.value)


def put(*path: Any) -> Callable[[dict[str, Any]], None]:
    """Put a value at a place of the checkpoint."""
    *places, last, value = path

    def change(checkpoint: dict[str, Any]) -> None:
        part: Any = checkpoint
        for place in places:
            part = part[place]
        part[last] = value

    return change


def drop(*path: Any) -> Callable[[dict[str, Any]], None]:
    *places, last = path

    def change(checkpoint: dict[str, Any]) -> None:
        part: Any = checkpoint
        for place in places:
            part = part[place]
        del part[last]

    return change


STATE, MOMENTS = ("training_state",), ("training_state", "optimizer", "state", 0)
GROUP = ("training_state", "optimizer", "param_groups", 0)
TAMPERED: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "missing weights": (drop("state_dict", "4.bias"), "lacks the weights 4.bias"),
    "surplus weights": (put("state_dict", "9.weight", torch.zeros(1)), "holds the weights 9.weight"),
    "wrong shape": (
        put("state_dict", "0.weight", torch.zeros(8, 3)),
        "0.weight in the shape [8, 3], but its network has [8, 2]",
    ),
    "wrong type": (put("state_dict", "0.weight", torch.zeros(8, 2, dtype=torch.float64)), "0.weight as float64"),
    "nan": (put("state_dict", "0.bias", torch.full((8,), math.nan)), "0.bias[0] is NaN"),
    "nan in the best": (put(*STATE, "best", 0, torch.full((8, 2), math.nan)), "best[0][0, 0] is NaN"),
    "no tensor": (put("state_dict", "0.weight", 3), "0.weight"),
    "newer version": (put("version", 99), "made by a newer program (format 99"),
    "no project": (put("project", 5), "holds no project"),
    "other project": (put("project", "{}"), "a project that cannot be used"),
    "other inputs": (put("features", ["a", "b"]), "trained on other inputs (a, b)"),
    "no version": (put("version", "two"), "says it is of format two, which there never was"),
    "version 0": (put("version", 0), "says it is of format 0, which there never was"),
    "other epoch outside": (put("epoch", 9), "in one place that 9 epochs are done and in another that 3 are"),
    "other classes": (
        put("classes", ["a", "b"]),
        "trained on other classes (a, b) than its project names (outer, inner)",
    ),
    "classes in another order": (put("classes", ["inner", "outer"]), "trained on other classes"),
    "other target": (put("target", "price"), "trained for another target (price) than its project has (class)"),
    "other task": (put("task", "regression"), "trained for another task (regression)"),
    "other preprocessing": (
        put("preprocessing", '{"scaling": {"kind": "standard", "center": [9.0, 9.0], "scale": [1.0, 1.0]}}'),
        "its preprocessing is another one",
    ),
    "no preprocessing at all": (put("preprocessing", "{"), "its preprocessing is another one"),
    "no features": (drop("features"), "does not say which inputs"),
    "no state": (put("training_state", None), "lacks weights or training state"),
    "a piece missing": (drop(*STATE, "shuffle"), "shuffle is missing"),
    "epoch": (put(*STATE, "epoch", -1), "of its epochs what cannot be"),
    "epoch too many": (put(*STATE, "epoch", 11), "of its epochs what cannot be"),
    "epoch of the state": (put(*STATE, "epoch", 4), "in one place that 3 epochs are done and in another that 4 are"),
    "epoch of the history": (
        put(*STATE, "history", torch.zeros(4, 6, dtype=torch.float64)),
        "holds history in the shape [4, 6]",
    ),
    "batch": (put(*STATE, "batch", 10**6), "batch is not from 0 to"),
    "batch size": (put(*STATE, "batch_size", 0), "batch_size is not from 1"),
    "message": (put(*STATE, "message", "<script>" * 1000), "message is no sentence"),
    "first loss": (put(*STATE, "first_loss", "low"), "first_loss is no number"),
    "no first loss": (put(*STATE, "first_loss", math.nan), "first_loss is no loss"),
    "good": (put(*STATE, "good", []), "good has not"),
    "losses": (put(*STATE, "batch_losses", [torch.zeros(())] * 7), "batch_losses has not 2 tensors"),
    "outputs": (put(*STATE, "batch_outputs", 0, torch.zeros(10**6)), "batch_outputs[0] in the shape"),
    "generator": (put(*STATE, "shuffle", torch.zeros(5056, dtype=torch.uint8)), "shuffle is no state of a generator"),
    "small generator": (put(*STATE, "chance", torch.zeros(8, dtype=torch.uint8)), "chance in the shape [8]"),
    "device chance": (
        put(*STATE, "device_chance", torch.zeros(10**6, dtype=torch.uint8)),
        "device_chance in the shape",
    ),
    "moment": (put(*MOMENTS, "exp_avg", torch.zeros(10**6)), "optimizer[0].exp_avg in the shape [1000000]"),
    "steps": (put(*MOMENTS, "step", torch.tensor(-7.0)), "optimizer[0].step is negative"),
    "squares": (put(*MOMENTS, "exp_avg_sq", 0, torch.tensor(-1.0)), "optimizer[0].exp_avg_sq is negative"),
    "strange moment": (put(*MOMENTS, "evil", torch.zeros(1)), "optimizer[0] is of another kind"),
    "weight without place": (put("training_state", "optimizer", "state", 99, {}), "a state of weight 99"),
    "groups": (put("training_state", "optimizer", "param_groups", []), "has not 1 groups"),
    "parameters": (put(*GROUP, "params", [0, 1]), "is of other weights"),
    "rate": (put(*GROUP, "lr", -1.0), "lr is no learning rate"),
    "endless rate": (put(*GROUP, "lr", math.inf), "lr is no learning rate"),
    "schedule": (put(*STATE, "scheduler", "step_size", "soon"), "schedule.step_size is of another kind"),
    "no schedule": (put(*STATE, "scheduler", None), "another schedule than its project"),
    "columns": (put(*STATE, "history_columns", ["epoch"]), "has not the columns epoch, learning_rate"),
    "history": (put(*STATE, "history", torch.zeros(3, 6, dtype=torch.float64)), "leaves out epochs"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_tampered_with_is_named_in_one_sentence(good: dict[str, Any], name: str) -> None:
    change, words = TAMPERED[name]
    checkpoint = copy.deepcopy(good)
    change(checkpoint)
    sentence = refusal(checkpoint)
    assert words in sentence
    assert sentence.endswith(".") and "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("old_dirs", [torch.zeros(10**6)], "old_dirs in the shape [1000000]"),
        ("old_dirs", [torch.zeros(25)] * 10**4, "more than"),
        ("d", torch.zeros(3), "d in the shape [3]"),
        ("evil", 1, "has no evil"),
        ("n_iter", "many", "has no n_iter"),
    ],
)
def test_what_lbfgs_remembers_is_looked_at(of_lbfgs: dict[str, Any], name: str, value: Any, words: str) -> None:
    checkpoint = copy.deepcopy(of_lbfgs)
    checkpoint["training_state"]["optimizer"]["state"][0][name] = value
    assert words in refusal(checkpoint)


def test_settings_of_the_optimizer_come_from_the_project_whatever_the_file_says(good: dict[str, Any]) -> None:
    checkpoint = copy.deepcopy(good)
    checkpoint["training_state"]["optimizer"]["param_groups"][0].update(betas=(5.0, 5.0), evil="yes", lr=0.5)
    content = content_of(read_here(saved(checkpoint)))
    assert isinstance(content, Run)
    (group,) = checked(content)[1]["training_state"]["optimizer"]["param_groups"]
    assert (group["betas"], group["lr"], "evil" in group) == ((0.9, 0.999), 0.5, False)


def test_preprocessing_may_differ_in_the_last_digits_and_lack_what_came_later(good: dict[str, Any]) -> None:
    checkpoint = copy.deepcopy(good)
    document = json.loads(checkpoint["preprocessing"])
    document["scaling"]["center"] = [value * (1 + 1e-12) for value in document["scaling"]["center"]]
    del document["terms"]
    checkpoint["preprocessing"] = json.dumps(document)
    content = content_of(read_here(saved(checkpoint)))
    assert isinstance(content, Run)
    assert checked(content)[1]["epoch"] == 3


def test_a_device_that_is_not_here_gives_way_to_one_that_is() -> None:
    trainer = trained(made(), 0, 2)
    checkpoint = trainer.checkpoint()
    checkpoint["project"] = checkpoint["project"].replace('"device": "cpu"', '"device": "cuda:7"')
    content = content_of(read_here(saved(checkpoint)))
    assert isinstance(content, Run)
    assert checked(content)[0].training.device == "auto"
