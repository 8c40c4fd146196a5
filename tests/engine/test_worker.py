"""Real worker processes, driven as the page drives them."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
import torch

from nnbuilder.data.prepare import prepare
from nnbuilder.engine.frames import unpack_rows
from nnbuilder.engine.protocol import EngineError
from nnbuilder.spec import read
from nnbuilder.training.sections import unpack_section
from nnbuilder.training.trainer import Trainer
from tests.engine.harness import LONG, project, request, until


def weights_of(folder):
    return torch.load(folder / "checkpoint.pth", weights_only=True)["state_dict"]


@pytest.fixture(scope="module")
def alone():
    """The weights and history of twenty epochs without any engine."""
    document = read(project(20))
    trainer = Trainer(document, prepare(document.data), "cpu")
    list(trainer.events())
    return trainer


def test_ready_train_done(engine, tmp_path, alone):
    engine.engine.submit(request("run", tmp_path))
    ready = engine.wait("run", "ready")
    assert (ready["epoch"], ready["epochs"], ready["batches"], ready["parameters"]) == (0, 20, 4, 21)
    assert (ready["metric"], ready["metric_label"], ready["device"], ready["device_label"]) == (
        "accuracy",
        "Accuracy",
        "cpu",
        "CPU",
    )
    feed = engine.engine.feed("run")
    until(lambda: feed.complete, "the first picture is there")
    header, arrays = unpack_section(feed.picture)
    assert header["epoch"] == 0
    assert arrays["map"].shape == (100, 100)
    header, arrays = unpack_section(feed.data)
    assert header["rows"] == len(arrays["x"]) == 300

    assert engine.engine.control("run", {"do": "train"}, 10) == {}
    done = engine.wait("run", "done")
    assert done["epoch"] == 20
    assert done["latest"]["train_loss"] == alone.history.latest()["train_loss"]
    until(lambda: unpack_section(feed.picture)[0]["epoch"] == 20, "the last picture is there")
    header, arrays = unpack_section(feed.picture)
    assert header["compared"] == {"part": "validation", "rows": 60, "all_rows": 60, "epoch": 20}
    assert arrays["confusion"].sum() == 60
    assert np.trace(arrays["confusion"]) / 60 == pytest.approx(done["latest"]["validation_accuracy"])
    rows = unpack_rows(bytes(feed.rows), len(done["columns"]))
    np.testing.assert_array_equal(rows, alone.history.rows)
    for name, tensor in alone.model.state_dict().items():
        assert torch.equal(weights_of(tmp_path / "run")[name], tensor)


def test_looking_pausing_and_going_on_do_not_change_a_bit(engine, tmp_path, alone):
    engine.engine.submit(request("run", tmp_path))
    engine.wait("run", "ready")
    engine.on_loop(engine.engine.view, "run", {"fps": 120.0, "pace": 50})
    for unit in ("batch", "batch", "epoch", "batch"):
        before = engine.place("run")
        engine.engine.control("run", {"do": "step", "unit": unit}, 10)
        until(lambda before=before: engine.place("run") != before, "the step is done")
    engine.engine.control("run", {"do": "train"}, 10)
    until(lambda: engine.engine.status("run")["epoch"] >= 5, "some epochs are done")
    engine.engine.control("run", {"do": "view", "x": 1, "y": 0}, 10)
    engine.engine.control("run", {"do": "pause"}, 10)
    engine.engine.control("run", {"do": "predict", "rows": [[0, 0]]}, 10)
    engine.engine.release("run")
    until(lambda: not engine.engine.launcher.seats, "the worker has ended")

    engine.engine.submit(request("run", tmp_path, checkpoint=tmp_path / "run" / "checkpoint.pth"))
    assert engine.wait("run", "paused")["epoch"] >= 5
    engine.engine.control("run", {"do": "train"}, 10)
    done = engine.wait("run", "done")
    feed = engine.engine.feed("run")
    np.testing.assert_array_equal(unpack_rows(bytes(feed.rows), len(done["columns"])), alone.history.rows)
    for name, tensor in alone.model.state_dict().items():
        assert torch.equal(weights_of(tmp_path / "run")[name], tensor)


def test_pause_stops_between_batches_and_train_goes_on(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path, project(LONG), train=True))
    engine.wait("run", "training")
    until(lambda: engine.engine.status("run")["epoch"] > 3, "some epochs are done")
    assert engine.engine.status("run")["steps_per_second"] > 0
    engine.engine.control("run", {"do": "pause"}, 10)
    paused = engine.wait("run", "paused")
    assert (tmp_path / "run" / "checkpoint.pth").exists()
    time.sleep(0.3)
    assert engine.engine.status("run") == paused
    engine.engine.control("run", {"do": "train"}, 10)
    until(lambda: engine.engine.status("run")["epoch"] > paused["epoch"], "it goes on")


def test_steps(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path))
    engine.wait("run", "ready")
    places = []
    for unit in ("batch", "batch", "epoch", "batch", "batch", "batch", "batch"):
        before = engine.place("run")
        engine.engine.control("run", {"do": "step", "unit": unit}, 10)
        until(lambda before=before: engine.place("run") != before, "the step is done")
        engine.wait("run", "paused")
        places.append(engine.place("run"))
    assert places == [(0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (1, 3), (2, 0)]


def test_stop_ends_the_run_and_train_extends_it(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path, project(3), train=True))
    assert engine.wait("run", "done")["epoch"] == 3
    engine.engine.control("run", {"do": "train"}, 10)
    until(lambda: engine.engine.status("run")["epoch"] == 6, "as many epochs again are done")
    assert engine.wait("run", "done")["epochs"] == 6

    engine.engine.submit(request("long", tmp_path, project(LONG), train=True))
    engine.wait("long", "training")
    engine.engine.control("long", {"do": "stop"}, 10)
    assert "Stopped" in engine.wait("long", "done")["message"]


def test_settings_change_while_it_trains(engine, tmp_path):
    document = project(LONG)
    engine.engine.submit(request("run", tmp_path, document, train=True))
    engine.wait("run", "training")
    document["training"]["optimizer"]["learning_rate"] = 0.002
    engine.engine.control("run", {"do": "change", "training": document["training"]}, 10)
    until(lambda: engine.engine.status("run")["latest"].get("learning_rate") == 0.002, "the rate is the new one")

    document["training"]["optimizer"] = {"kind": "sgd"}
    with pytest.raises(EngineError, match="keeps the optimizer it began with; start again"):
        engine.engine.control("run", {"do": "change", "training": document["training"]}, 10)
    document["training"]["optimizer"] = {"kind": "adam", "learning_rate": -1}
    with pytest.raises(EngineError, match="learning_rate"):
        engine.engine.control("run", {"do": "change", "training": document["training"]}, 10)
    assert engine.engine.status("run")["state"] == "training"


def test_another_view_of_a_run_at_rest_brings_points_and_picture(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path))
    engine.wait("run", "ready")
    feed = engine.engine.feed("run")
    until(lambda: feed.complete, "the first picture is there")
    picture, data = feed.picture_version, feed.data_version
    engine.on_loop(engine.engine.view, "run", {"x": 1, "y": 0})
    until(lambda: feed.picture_version > picture and feed.data_version > data, "a new view is there")
    assert [unpack_section(part)[0]["view"]["x"] for part in (feed.picture, feed.data)] == [1, 1]


def test_pictures_come_only_while_somebody_looks(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path, project(LONG), train=True))
    engine.wait("run", "training")
    feed = engine.engine.feed("run")
    until(lambda: feed.complete, "the first picture is there")
    version, rows = feed.picture_version, len(feed.rows)
    until(lambda: len(feed.rows) > rows, "rows come without a watcher")
    assert feed.picture_version == version
    engine.on_loop(engine.engine.view, "run", {"fps": 30})
    until(lambda: feed.picture_version > version + 5, "pictures come")


def test_pace_holds_training_back_and_a_command_gets_through(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path, project(LONG)))
    engine.wait("run", "ready")
    engine.engine.control("run", {"do": "view", "pace": 4}, 10)
    began = time.monotonic()
    engine.engine.control("run", {"do": "train"}, 10)
    until(lambda: engine.engine.status("run")["epoch"] >= 4, "four epochs are done")
    assert time.monotonic() - began > 0.7
    engine.engine.control("run", {"do": "view", "pace": 0.01}, 10)
    engine.engine.control("run", {"do": "pause"}, 10)
    paused = engine.wait("run", "paused")
    assert paused["epoch"] < 20
    engine.engine.control("run", {"do": "view", "pace": None}, 10)
    engine.engine.control("run", {"do": "train"}, 10)
    until(lambda: engine.engine.status("run")["epoch"] > 50, "it runs free")


def test_divergence_is_told_and_the_last_good_weights_are_kept(engine, tmp_path):
    document = project(50, optimizer={"kind": "sgd", "learning_rate": 1e6})
    engine.engine.submit(request("run", tmp_path, document, train=True))
    status = engine.wait("run", "diverged")
    assert "diverged in epoch" in status["message"]
    assert all(torch.isfinite(tensor).all() for tensor in weights_of(tmp_path / "run").values())
    again = request("again", tmp_path, document, checkpoint=tmp_path / "run" / "checkpoint.pth")
    engine.engine.submit(again)
    assert engine.wait("again", "diverged")["message"] == status["message"]


def test_prediction(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path, project(300), train=True))
    engine.wait("run", "done")
    answer = engine.engine.control("run", {"do": "predict", "rows": [[0, 0], [1, 0]]}, 10)
    assert answer["classes"] == ["inner", "outer"]
    with pytest.raises(EngineError, match="2 finite numbers"):
        engine.engine.control("run", {"do": "predict", "rows": [[0]]}, 10)
    # A gap is what the preprocessing says of it: here nothing fills it.
    with pytest.raises(EngineError, match="column “x1” is empty"):
        engine.engine.control("run", {"do": "predict", "rows": [[None, 0]]}, 10)


def test_an_unknown_command_is_refused_and_the_run_goes_on(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path))
    engine.wait("run", "ready")
    with pytest.raises(EngineError, match="no command 'dance'"):
        engine.engine.control("run", {"do": "dance"}, 10)
    with pytest.raises(EngineError, match="one batch or one epoch"):
        engine.engine.control("run", {"do": "step", "unit": "year"}, 10)
    assert engine.engine.control("run", {"do": "checkpoint"}, 10)["epoch"] == 0


def test_what_cannot_be_made_fails_in_one_sentence(engine, tmp_path):
    document = project()
    document["training"]["device"] = "cuda:7"
    engine.engine.submit(request("run", tmp_path, document))
    message = engine.wait("run", "failed")["message"]
    assert "cuda:7" in message
    assert "\n" not in message
    assert engine.engine.status("run")["state"] == "failed"


def test_first_weights_that_are_not_here_fail_in_one_sentence(engine, tmp_path):
    document = project()
    start = {"kind": "file", "sha256": "ab" * 32, "prefix": "0", "name": "blobs.pth"}
    document["network"]["layers"][0]["weights"] = start
    engine.engine.submit(request("run", tmp_path, document))
    message = engine.wait("run", "failed")["message"]
    assert message.startswith("The weights abababab… are not on this computer; open their file again")
    assert "\n" not in message


def test_a_run_that_wants_too_much_memory_says_so(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(engine.engine.launcher, "memory", 700)
    document = project()
    document["network"]["layers"] = [{"kind": "linear", "units": 20_000}] * 2 + document["network"]["layers"][-1:]
    engine.engine.submit(request("run", tmp_path, document))
    assert "more than the 700 MiB a run may take" in engine.wait("run", "failed")["message"]


def test_a_checkpoint_of_another_network_is_refused(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path, project(2), train=True))
    engine.wait("run", "done")
    other = project(2)
    other["network"]["layers"][0]["units"] = 6
    engine.engine.submit(request("other", tmp_path, other, checkpoint=tmp_path / "run" / "checkpoint.pth"))
    assert "another network" in engine.wait("other", "failed")["message"]


def test_settings_changed_since_the_checkpoint_count(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path, project(5), train=True))
    engine.wait("run", "done")
    engine.engine.release("run")
    document = project(8)
    document["training"]["optimizer"]["learning_rate"] = 0.5
    engine.engine.submit(request("run", tmp_path, document, checkpoint=tmp_path / "run" / "checkpoint.pth", train=True))
    until(lambda: engine.engine.status("run")["epoch"] == 8, "three further epochs are done")
    assert engine.wait("run", "done")["latest"]["learning_rate"] == 0.5
    assert (
        json.loads(torch.load(tmp_path / "run" / "checkpoint.pth", weights_only=True)["project"])["training"]["epochs"]
        == 8
    )
