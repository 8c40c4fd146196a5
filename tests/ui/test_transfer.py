"""What clicks do to layers that have learned before, and a run's weights as the start of the next one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from nnbuilder.check import check
from nnbuilder.data.facts import describe
from nnbuilder.data.prepare import prepare
from nnbuilder.engine.protocol import CHECKPOINT_NAME
from nnbuilder.errors import Edit, NNBuilderError
from nnbuilder.spec import Project, read
from nnbuilder.store.weights import Weights
from nnbuilder.training import checkpoint
from nnbuilder.training.trainer import Trainer
from nnbuilder.ui import actions
from nnbuilder.ui.opening import transfer
from nnbuilder.ui.opening.fine_tuning import start_from_run
from nnbuilder.ui.state import Desk, Memory
from tests.projects import layers, project
from tests.ui.fake_backend import fake_backend

SHA = "ab" * 32


@pytest.fixture
def blobs() -> Project:
    """0 Linear, 1 BatchNorm1d, 2 ReLU, 3 Linear, 4 ReLU that is left out, 5 Linear."""
    off = {"kind": "relu", "enabled": False}
    return project("blobs", layers(8, "batch_norm", "relu", 6, off, 4))


def act(made: Project, **action: object) -> Project:
    return actions.apply(made, describe(made.data), action)


def frozen(made: Project) -> list[int]:
    return [place for place, layer in enumerate(made.network.layers) if layer.frozen]


def starts(made: Project) -> dict[int, str]:
    return {place: layer.weights["prefix"] for place, layer in enumerate(made.network.layers) if layer.from_file}


def test_layers_start_from_the_tensors_they_are_given(blobs: Project) -> None:
    started = transfer.start_from(blobs, SHA, "layer.pth", {0: "model.0", 5: ""})
    assert starts(started) == {0: "model.0", 5: ""}
    assert started.network.layers[5].weights.settings == {"sha256": SHA, "prefix": "", "name": "layer.pth"}


@pytest.mark.parametrize("places", [{2: "2"}, {6: "0"}, {-1: "0"}])
def test_what_has_no_weights_or_is_not_there_starts_from_nothing(blobs: Project, places: dict[int, str]) -> None:
    with pytest.raises(actions.Refused):
        transfer.start_from(blobs, SHA, "blobs.pth", places)


def test_a_network_starts_from_its_own_state_dict_whose_numbers_leave_out_what_is_off(blobs: Project) -> None:
    assert starts(transfer.start_from_own(blobs, SHA, "Blobs")) == {0: "0", 1: "1", 3: "3", 5: "4"}


def test_moving_and_removing_layers_keeps_what_each_starts_from(blobs: Project) -> None:
    started = transfer.start_from_own(blobs, SHA, "Blobs")
    assert starts(act(started, do="remove", at=2)) == {0: "0", 1: "1", 2: "3", 4: "4"}
    assert starts(act(started, do="add", at=0, kind="relu")) == {1: "0", 2: "1", 4: "3", 6: "4"}
    assert starts(act(started, do="move", **{"from": 0, "to": 3})) == {0: "1", 2: "3", 3: "0", 5: "4"}


def test_starting_fresh_also_lets_a_layer_learn(blobs: Project) -> None:
    started = transfer.start_from_own(blobs, SHA, "Blobs")
    held = started.edited(
        *(
            Edit("set", f"network.layers[0].{name}", value)
            for name, value in (("frozen", True), ("thaw_after", 2), ("rate_factor", 0.1))
        )
    )
    assert act(held, do="start_fresh", at=0).network.layers[0] == blobs.network.layers[0]
    assert act(held, do="start_fresh") == blobs
    with pytest.raises(actions.Refused):
        act(held, do="start_fresh", at=99)


def test_the_head_is_replaced_by_a_fresh_one_of_the_width_the_data_ask_for(blobs: Project) -> None:
    five = blobs.edited(Edit("set", "data.source.centers", 5))
    head = act(transfer.start_from_own(five, SHA, "Blobs"), do="replace_head").network.layers[5]
    assert (head["units"], head.from_file) == (5, False)


def test_replacing_a_last_layer_that_is_fresh_already_says_what_to_do_first() -> None:
    with pytest.raises(actions.Refused, match=r"starts fresh already.*start from these weights first"):
        act(project("circles"), do="replace_head")


def test_other_classes_replace_the_head_on_their_own(blobs: Project) -> None:
    started = transfer.freeze_all_but_last(transfer.start_from_own(blobs, SHA, "Blobs"))
    five = actions.fit_to_data(started.edited(Edit("set", "data.source.centers", 5)))
    assert starts(five) == {0: "0", 1: "1", 3: "3"}
    assert frozen(five) == [0, 1, 3]
    assert starts(actions.fit_to_data(started)) == starts(started)


def test_all_but_the_last_layer_are_frozen_and_freed_again(blobs: Project) -> None:
    assert frozen(act(blobs, do="freeze_all", value=True)) == [0, 1, 3]
    assert act(act(blobs, do="freeze_all", value=True), do="freeze_all", value=False) == blobs


@pytest.mark.parametrize(
    ("pattern", "places"),
    [
        ("0.weight", [0]),
        ("1.*", [1]),
        ("4", [5]),
        ("0.weight, 3.bias", [0, 3]),
        ("*.bias", [0, 1, 3, 5]),
        ("[01].*", [0, 1]),
    ],
)
def test_layers_are_frozen_by_the_names_torch_gives_them(blobs: Project, pattern: str, places: list[int]) -> None:
    held = act(blobs, do="freeze_by_name", name=pattern)
    assert frozen(held) == places
    assert act(held, do="freeze_by_name", name=pattern, value=False) == blobs


@pytest.mark.parametrize("pattern", ["", " , ", "2.weight", "5.weight", "0.weights", "1.running_mean", "x" * 5000])
def test_names_that_are_not_there_are_refused_with_some_that_are(blobs: Project, pattern: str) -> None:
    with pytest.raises(actions.Refused, match=r"0\.weight") as refusal:
        act(blobs, do="freeze_by_name", name=pattern)
    assert len(str(refusal.value)) < 200


def test_the_names_are_those_of_torch(blobs: Project) -> None:
    model = Trainer(blobs, prepare(blobs.data)).model
    assert list(transfer.weight_names(blobs.network)) == [name for name, _ in model.named_parameters()]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blobs: Project) -> Iterator[Desk]:
    """A project with a run that a worker has, over an engine that only writes down what it is asked."""
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))
    backend = fake_backend(tmp_path)
    record = backend.store.create_project(blobs.to_json())
    desk = Desk.open(backend, record.id, Memory(), {})
    run = backend.store.create_run(record.id, blobs.to_json())
    backend.engine.states[run.id] = "done"  # type: ignore[attr-defined]
    yield desk
    backend.store.close()


def leave_checkpoint(desk: Desk, steps: int | None = None) -> Trainer:
    """What a worker writes after so many batches, or at the end."""
    trainer = Trainer(desk.project, prepare(desk.project.data))
    for count, _ in enumerate(trainer.events(), 1):
        if count == steps:
            break
    run = desk.backend.store.current_run(desk.project_id)
    assert run
    path = desk.backend.store.run_folder(run.id) / CHECKPOINT_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.write(path, trainer)
    return trainer


def test_what_a_run_has_learned_is_what_its_network_starts_from(desk: Desk) -> None:
    trainer = leave_checkpoint(desk)
    before = desk.project
    start_from_run(desk)
    layer = desk.project.network.layers[0]
    assert layer.weights["name"] == "test, epoch 3"
    assert starts(desk.project) == {0: "0", 1: "1", 3: "3", 5: "4"}
    assert check(desk.project) == check(before)
    fresh = Trainer(desk.project, prepare(desk.project.data)).model.state_dict()
    assert all(torch.equal(tensor, fresh[name]) for name, tensor in trainer.model.state_dict().items())
    assert next(iter(Weights.default().header(layer.weights["sha256"]))) == "0.bias"
    desk.undo()
    assert desk.project == before


def test_a_run_that_has_learned_nothing_is_no_start(desk: Desk) -> None:
    leave_checkpoint(desk, steps=1)
    with pytest.raises(NNBuilderError, match="not learned anything yet; train it"):
        start_from_run(desk)


def test_a_run_of_another_network_is_no_start(desk: Desk) -> None:
    leave_checkpoint(desk)
    desk.change(actions.apply(desk.project, desk.facts, {"do": "remove", "at": 3}))
    with pytest.raises(NNBuilderError, match="No run of this network as it is now"):
        start_from_run(desk)


def test_without_a_worker_the_last_checkpoint_is_what_there_is(desk: Desk) -> None:
    leave_checkpoint(desk)
    desk.backend.engine.states.clear()  # type: ignore[attr-defined]
    start_from_run(desk)
    assert starts(desk.project)


def test_a_project_that_starts_from_a_file_is_stored_and_read_again(desk: Desk) -> None:
    leave_checkpoint(desk)
    start_from_run(desk)
    record = desk.backend.store.project(desk.project_id)
    assert record and read(record.spec) == desk.project
