"""The run beside the project, with an engine that only writes down what it is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nnbuilder.engine.protocol import EngineError
from nnbuilder.errors import Edit, NNBuilderError
from nnbuilder.recipes import recipe
from nnbuilder.spec import Project
from nnbuilder.ui import actions, runs
from nnbuilder.ui.backend import Backend
from tests.ui.fake_backend import FakeEngine, FakeLive, fake_backend


class Bench:
    """A project with its backend."""

    def __init__(self, home: Path) -> None:
        self.backend: Backend = fake_backend(home)
        self.engine, self.live = self.backend.engine, self.backend.live
        assert isinstance(self.engine, FakeEngine)
        assert isinstance(self.live, FakeLive)
        self.project: Project = recipe("circle").project()
        self.id = self.backend.store.create_project(self.project.to_json()).id

    def follow(self, *edits: Edit, blocked: bool = False) -> str:
        self.project = self.project.edited(*edits)
        run = runs.follow(self.backend, self.id, self.project, blocked=blocked)
        assert run is not None
        return run.id

    def act(self, do: str) -> None:
        self.project = runs.act(self.backend, self.id, self.project, {"do": do, "n": 1})

    @property
    def current(self) -> str:
        run = self.backend.store.current_run(self.id)
        assert run is not None
        return run.id


@pytest.fixture
def bench(tmp_path: Path):
    made = Bench(tmp_path)
    yield made
    made.backend.store.close()


def test_a_new_project_gets_a_run_that_waits(bench: Bench) -> None:
    run = bench.follow()
    request = bench.engine.requests[0]
    assert (request.run_id, request.train, request.checkpoint) == (run, False, None)
    assert json.loads(request.project_json) == bench.project.to_json()
    assert bench.live.shown[bench.id] == run


def test_following_again_changes_nothing(bench: Bench) -> None:
    assert bench.follow() == bench.follow()
    assert len(bench.engine.requests) == 1
    assert bench.engine.commands == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("network.layers[0].units", 5),
        ("network.layers[0].frozen", True),
        ("network.seed", 3),
        ("data.source.noise", 10.0),
        ("data.validation", 0.2),
        ("training.seed", 4),
        ("training.shuffle", False),
        ("training.device", "cpu"),
        ("training.metric", "f1"),
        ("training.loss", {"kind": "soft_margin"}),
        ("training.optimizer", {"kind": "sgd"}),
        ("training.scheduler", {"kind": "step"}),
        ("training.early_stopping", {"kind": "patience"}),
    ],
)
def test_the_structure_needs_a_new_run(bench: Bench, path: str, value: object) -> None:
    first = bench.follow()
    second = bench.follow(Edit("set", path, value))
    assert second != first
    assert bench.engine.released == [first]
    assert not bench.engine.requests[-1].train
    assert bench.live.shown[bench.id] == second


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("training.optimizer.learning_rate", 0.5),
        ("training.batch_size", 20),
        ("training.epochs", 300),
        ("training.l1", 0.1),
        ("training.l2", 0.1),
        ("training.gradient_clip", 1.0),
        ("training.loss.pos_weight", 2.0),
    ],
)
def test_everything_else_is_told_to_the_run_once(bench: Bench, path: str, value: object) -> None:
    run = bench.follow()
    assert bench.follow(Edit("set", path, value)) == run
    bench.follow()
    assert bench.engine.commands == [(run, {"do": "change", "training": bench.project.to_json()["training"]})]
    stored = bench.backend.store.run(run)
    assert stored is not None
    assert stored.spec == bench.project.to_json()


def test_another_name_disturbs_nothing(bench: Bench) -> None:
    run = bench.follow()
    assert bench.follow(Edit("set", "name", "Mine")) == run
    assert bench.engine.commands == []


def test_a_change_of_structure_while_training_trains_on(bench: Bench) -> None:
    bench.follow()
    bench.act("train")
    bench.follow(Edit("set", "network.layers[0].units", 6))
    assert bench.engine.requests[-1].train


def test_a_change_of_structure_while_the_run_is_about_to_pause_does_not_train_on(bench: Bench) -> None:
    run = bench.follow()
    bench.act("train")
    bench.engine.stopping.add(run)
    bench.follow(Edit("set", "network.layers[0].units", 6))
    assert not bench.engine.requests[-1].train


def test_a_blocked_project_keeps_its_run(bench: Bench) -> None:
    run = bench.follow()
    assert bench.follow(Edit("set", "network.layers[0].units", 6), blocked=True) == run
    assert len(bench.engine.requests) == 1


def test_a_blocked_new_project_has_no_run_and_says_so(bench: Bench) -> None:
    assert runs.follow(bench.backend, bench.id, bench.project, blocked=True) is None
    with pytest.raises(NNBuilderError, match="no run yet"):
        bench.act("train")


def test_the_buttons_become_commands(bench: Bench) -> None:
    run = bench.follow()
    for do in ("train", "pause", "step_batch", "step_epoch", "stop"):
        bench.act(do)
    assert bench.engine.commands == [
        (run, {"do": "train"}),
        (run, {"do": "pause"}),
        (run, {"do": "step", "unit": "batch"}),
        (run, {"do": "step", "unit": "epoch"}),
        (run, {"do": "stop"}),
    ]


@pytest.mark.parametrize("do", ["format_disk", None, 3])
def test_an_unknown_button_is_refused(bench: Bench, do: object) -> None:
    bench.follow()
    with pytest.raises(NNBuilderError, match="no action"):
        runs.act(bench.backend, bench.id, bench.project, {"do": do})


def test_reset_to_the_same_weights_is_a_new_run_of_the_same_project(bench: Bench) -> None:
    first = bench.follow()
    before = bench.project
    bench.act("train")
    bench.act("reset_same")
    assert bench.current != first
    assert bench.project == before
    assert not bench.engine.requests[-1].train
    assert bench.follow() == bench.current


def test_reset_to_new_weights_changes_both_seeds_and_makes_one_run(bench: Bench) -> None:
    bench.follow()
    before = bench.project
    bench.act("reset_new")
    assert bench.project.network.seed != before.network.seed
    assert bench.project.training.seed != before.training.seed
    assert bench.project.network.layers == before.network.layers
    assert bench.follow() == bench.current
    assert len(bench.engine.requests) == 2


def asleep(bench: Bench, state: str) -> Path:
    """A run whose worker is gone, with a checkpoint in its folder."""
    run = bench.follow()
    checkpoint = bench.backend.store.run_folder(run) / "checkpoint.pth"
    checkpoint.write_bytes(b"weights")
    bench.engine.states[run] = state
    return checkpoint


def test_a_sleeping_run_wakes_paused_from_its_checkpoint(bench: Bench) -> None:
    checkpoint = asleep(bench, "asleep")
    assert bench.follow() == bench.current
    request = bench.engine.requests[-1]
    assert (request.checkpoint, request.train) == (checkpoint, False)


def test_a_run_that_is_just_being_put_to_sleep_is_woken(bench: Bench) -> None:
    run = bench.follow()
    bench.engine.states[run] = "training"
    bench.engine.leaving.add(run)
    assert bench.follow() == run
    assert [request.run_id for request in bench.engine.requests] == [run, run]


def test_a_run_of_a_stopped_server_comes_back(bench: Bench) -> None:
    checkpoint = asleep(bench, "training")
    bench.engine.states.clear()
    bench.backend.store.recover()
    assert bench.follow() == bench.current
    assert bench.engine.requests[-1].checkpoint == checkpoint


def test_a_lost_run_waits_until_it_is_asked_to_go_on(bench: Bench) -> None:
    checkpoint = asleep(bench, "lost")
    bench.follow()
    assert len(bench.engine.requests) == 1
    bench.act("train")
    request = bench.engine.requests[-1]
    assert (request.checkpoint, request.train) == (checkpoint, True)


def test_an_export_asks_for_a_fresh_checkpoint(bench: Bench) -> None:
    run = bench.follow()
    path, checked = runs.export(bench.backend, bench.id, "module")
    assert (path.read_bytes(), checked) == (f"module of {run}".encode(), "Looked at.")
    assert bench.engine.commands == [(run, {"do": "checkpoint"})]


def test_an_export_of_a_run_without_worker_takes_its_last_checkpoint(bench: Bench) -> None:
    asleep(bench, "lost")
    bench.engine.states.clear()
    assert runs.export(bench.backend, bench.id, "checkpoint")[0].read_bytes().startswith(b"checkpoint")


def test_an_export_of_a_run_that_cannot_write_does_not_hand_out_older_weights(bench: Bench, monkeypatch) -> None:
    asleep(bench, "lost")
    bench.follow()

    def full(run_id: str, command: dict, timeout: float) -> None:
        raise EngineError("The checkpoint could not be written (No space left on device); make room on the disk.")

    monkeypatch.setattr(bench.engine, "control", full)
    with pytest.raises(NNBuilderError, match="make room on the disk"):
        runs.export(bench.backend, bench.id, "module")


def test_an_export_without_any_weights_says_why(bench: Bench) -> None:
    with pytest.raises(NNBuilderError, match="no network to download"):
        runs.export(bench.backend, bench.id, "module")
    bench.follow()
    bench.engine.states.clear()
    with pytest.raises(NNBuilderError, match="not loaded"):
        runs.export(bench.backend, bench.id, "module")


def test_the_state_of_a_run_is_kept(bench: Bench) -> None:
    run = bench.follow()
    bench.backend.keep_status(run, {"state": "diverged", "message": "It blew up.", "epoch": 3, "latest": {"epoch": 3}})
    stored = bench.backend.store.run(run)
    assert stored is not None
    assert (stored.state, stored.message, stored.epoch, stored.latest) == ("diverged", "It blew up.", 3, {"epoch": 3})


def test_a_run_that_is_being_woken_keeps_its_numbers(bench: Bench) -> None:
    run = bench.follow()
    bench.backend.keep_status(run, {"state": "paused", "message": "", "epoch": 3, "latest": {"epoch": 3}})
    bench.backend.keep_status(run, {"state": "starting", "message": "", "epoch": 0, "latest": {}})
    stored = bench.backend.store.run(run)
    assert stored is not None
    assert (stored.state, stored.epoch, stored.latest) == ("starting", 3, {"epoch": 3})


def test_structure_ignores_only_what_may_change_while_training(bench: Bench) -> None:
    document = bench.project.to_json()
    other = actions.choose(bench.project, "training.optimizer", "sgd").to_json()
    assert runs.structure(document) != runs.structure(other)
    assert "epochs" not in runs.structure(document)["training"]


def learned(bench: Bench) -> str:
    """The run at hand, with a checkpoint in its folder."""
    run = bench.follow()
    (bench.backend.store.run_folder(run) / "checkpoint.pth").write_bytes(run.encode())
    bench.backend.store.update_run(run, state="paused", epoch=7, latest={"train_loss": 0.5})
    return run


def back(bench: Bench, project: Project) -> str:
    """Undo to a project; the run that is shown then."""
    bench.project = project
    runs.adopt(bench.backend, bench.id, project)
    return bench.follow()


def test_undo_brings_the_run_of_that_state_back_with_what_it_has_learned(bench: Bench) -> None:
    before, first = bench.project, learned(bench)
    second = bench.follow(Edit("set", "network.layers[0].units", 6))
    after = bench.project
    bench.act("train")
    assert back(bench, before) == first
    request = bench.engine.requests[-1]
    assert (request.run_id, request.train) == (first, False)
    assert request.checkpoint is not None and request.checkpoint.read_bytes() == first.encode()
    assert bench.live.shown[bench.id] == first
    assert bench.engine.released == [first, second]
    assert bench.follow() == first
    # Nothing was written of the second one, and in the fake engine it has trained: redo looks for its weights.
    bench.backend.store.update_run(second, state="training", epoch=3)
    assert back(bench, after) == second


def test_undo_to_a_state_in_which_nothing_was_learned_begins_anew(bench: Bench) -> None:
    before, first = bench.project, bench.follow()
    bench.follow(Edit("set", "network.layers[0].units", 6))
    assert back(bench, before) not in (first, "")
    assert bench.engine.requests[-1].checkpoint is None


def test_undo_of_a_setting_that_needs_no_new_run_stays_with_the_run(bench: Bench) -> None:
    before, first = bench.project, learned(bench)
    bench.follow(Edit("set", "training.optimizer.learning_rate", 0.5))
    assert back(bench, before) == first
    assert bench.engine.released == []


def test_of_two_runs_of_one_state_the_last_one_comes_back(bench: Bench) -> None:
    before, first = bench.project, learned(bench)
    bench.act("reset_same")
    second = learned(bench)
    bench.follow(Edit("set", "network.layers[0].units", 6))
    assert back(bench, before) == second != first


def test_undo_in_a_project_that_was_just_made_copies_the_run_of_the_one_that_was_left(bench: Bench) -> None:
    before, first = bench.project, learned(bench)
    left, other = bench.id, before.edited(Edit("set", "network.layers[0].units", 9))
    bench.id = bench.backend.store.create_project(other.to_json()).id
    bench.backend.history(bench.id).left.append(left)
    bench.project = other
    bench.follow()
    made = back(bench, before)
    assert made != first
    stored = bench.backend.store.run(made)
    assert stored is not None
    assert (stored.project_id, stored.epoch, stored.latest) == (bench.id, 7, {"train_loss": 0.5})
    assert bench.engine.requests[-1].checkpoint.read_bytes() == first.encode()
    assert bench.backend.store.current_run(left).id == first
    assert back(bench, before) == made
