"""The engine: queue, lost workers, sleep, questions, and what is left of it in the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import torch

from nnbuilder.check import check
from nnbuilder.engine.frames import pack_json, pack_message
from nnbuilder.engine.protocol import Device, EngineError, NoWorker
from nnbuilder.engine.settings import Settings
from nnbuilder.errors import Edit, errors_only
from nnbuilder.spec import read
from tests.engine.harness import LONG, alive, project, request, running_engine, until

ROOT = Path(__file__).resolve().parents[2]


def test_the_web_side_does_not_import_torch():
    script = (
        "import sys, nnbuilder.engine.local, nnbuilder.engine.service, nnbuilder.live.route;"
        "print([name for name in ('torch', 'streamlit', 'numpy', 'sklearn') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_a_killed_worker_is_lost_and_its_sibling_goes_on(engine, tmp_path):
    for run_id in ("victim", "sibling"):
        engine.engine.submit(request(run_id, tmp_path, project(LONG), train=True))
        engine.wait(run_id, "training")
    engine.engine.control("victim", {"do": "checkpoint"}, 10)
    os.kill(engine.pid("victim"), signal.SIGKILL)
    lost = engine.wait("victim", "lost")
    assert "was killed (SIGKILL); go on from its last checkpoint" in lost["message"]
    assert engine.engine.control("sibling", {"do": "checkpoint"}, 10)["epoch"] > 0
    assert engine.engine.status("sibling")["state"] == "training"
    with pytest.raises(EngineError, match="no worker"):
        engine.engine.control("victim", {"do": "pause"}, 10)

    engine.engine.submit(
        request("victim", tmp_path, project(LONG), checkpoint=tmp_path / "victim" / "checkpoint.pth", train=True)
    )
    engine.wait("victim", "training")
    assert "victim" in engine.engine.training


def test_a_worker_killed_before_its_first_checkpoint_starts_again(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path))
    engine.wait("run", "ready")
    os.kill(engine.pid("run"), signal.SIGSEGV)
    assert "was killed (SIGSEGV); start it again" in engine.wait("run", "lost")["message"]
    engine.engine.submit(request("run", tmp_path))
    engine.wait("run", "ready")


def test_a_run_that_was_asked_to_pause_says_so_before_its_batch_has_ended(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path, project(LONG), train=True))
    engine.wait("run", "training")
    os.kill(engine.pid("run"), signal.SIGSTOP)
    assert not engine.engine.status("run")["stopping"]
    engine.engine.control("run", {"do": "pause"})
    until(lambda: engine.engine.status("run")["stopping"], "it is asked")
    assert engine.engine.status("run")["state"] == "training"
    os.kill(engine.pid("run"), signal.SIGCONT)
    engine.wait("run", "paused")
    assert not engine.engine.status("run")["stopping"]


def test_a_question_to_a_worker_that_dies_gets_an_answer(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path))
    engine.wait("run", "ready")
    os.kill(engine.pid("run"), signal.SIGSTOP)
    threading.Timer(0.2, os.kill, (engine.pid("run"), signal.SIGKILL)).start()
    with pytest.raises(NoWorker, match="ended before it answered"):
        engine.engine.control("run", {"do": "predict", "rows": [[0, 0]]}, 10)


def test_a_checkpoint_that_cannot_be_written_says_so_in_words(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path))
    engine.wait("run", "ready")
    shutil.rmtree(tmp_path / "run", ignore_errors=True)
    (tmp_path / "run").write_text("a file where the folder was")
    with pytest.raises(EngineError, match=r"The checkpoint could not be written .*make room on the disk"):
        engine.engine.control("run", {"do": "checkpoint"}, 10)


def test_a_worker_that_does_not_answer_in_time_is_told(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path))
    engine.wait("run", "ready")
    os.kill(engine.pid("run"), signal.SIGSTOP)
    with pytest.raises(EngineError, match=r"did not answer within 0\.1 seconds"):
        engine.engine.control("run", {"do": "checkpoint"}, 0.1)
    os.kill(engine.pid("run"), signal.SIGCONT)
    assert engine.engine.control("run", {"do": "checkpoint"}, 10)["epoch"] == 0


def test_runs_wait_in_a_fair_queue_and_see_their_place(engine, tmp_path):
    engine.engine.settings = replace(engine.engine.settings, slots=1)
    engine.engine.submit(request("first", tmp_path, project(LONG), train=True))
    engine.wait("first", "training")
    for run_id, owner in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        engine.engine.submit(request(run_id, tmp_path, project(LONG), owner=owner))
        engine.wait(run_id, "ready")
    for run_id in ("a1", "a2", "b1"):
        assert engine.engine.control(run_id, {"do": "train"}, 10) is None
    places = {run_id: engine.wait(run_id, "queued")["place"] for run_id in ("a1", "a2", "b1")}
    assert places == {"a1": 1, "b1": 2, "a2": 3}

    engine.engine.control("first", {"do": "pause"}, 10)
    engine.wait("a1", "training")
    places = {run_id: engine.engine.status(run_id)["place"] for run_id in ("a1", "a2", "b1")}
    assert places == {"a1": 0, "b1": 1, "a2": 2}

    engine.engine.control("b1", {"do": "pause"}, 10)
    assert engine.wait("b1", "ready")["place"] == 0
    until(lambda: engine.engine.status("a2")["place"] == 1, "the others move up")
    engine.engine.control("first", {"do": "train"}, 10)
    assert engine.wait("first", "queued")["place"] == 2

    os.kill(engine.pid("a1"), signal.SIGKILL)
    engine.wait("a2", "training")
    engine.engine.release("a2")
    engine.wait("first", "training")
    assert engine.engine.training == {"first"}


def test_a_run_that_was_let_go_for_good_comes_back_with_what_its_worker_writes_last(engine, tmp_path):
    engine.engine.submit(request("one", tmp_path, project(LONG), train=True))
    until(lambda: (engine.engine.status("one") or {}).get("epoch", 0) > 3, "it has learned something")
    engine.engine.release("one")
    assert engine.engine.status("one") is None
    # At once: the checkpoint is still to be written, and two workers must not write it.
    engine.engine.submit(request("one", tmp_path, project(LONG)))
    assert engine.wait("one", "paused")["epoch"] > 3
    engine.engine.release("one")
    engine.engine.submit(request("one", tmp_path, project(LONG)))
    engine.engine.release("one")
    until(lambda: not engine.engine._leaving, "its worker is gone")
    assert engine.engine.status("one") is None


def test_a_finished_run_frees_its_slot_at_once(engine, tmp_path):
    engine.engine.settings = replace(engine.engine.settings, slots=2)
    for number in range(6):
        engine.engine.submit(request(f"run{number}", tmp_path, project(3), owner=str(number % 2), train=True))
    for number in range(6):
        assert engine.wait(f"run{number}", "done")["epoch"] == 3
    assert engine.engine.training == set()


def test_pause_and_train_in_quick_turns_never_lose_the_slot(engine, tmp_path):
    engine.engine.settings = replace(engine.engine.settings, slots=1)
    for run_id in ("run", "other"):
        engine.engine.submit(request(run_id, tmp_path, project(LONG)))
        engine.wait(run_id, "ready")
    for _ in range(30):
        engine.engine.control("run", {"do": "train"})
        engine.engine.control("run", {"do": "pause"})
    engine.engine.control("run", {"do": "train"})
    engine.engine.control("run", {"do": "checkpoint"}, 10)
    engine.wait("run", "training")
    engine.engine.control("other", {"do": "train"})
    assert engine.wait("other", "queued")["place"] == 1


def test_an_unwatched_run_falls_asleep_and_wakes(engine, tmp_path):
    engine.engine.submit(request("watched", tmp_path, project(LONG), train=True))
    engine.engine.submit(request("run", tmp_path, project(LONG), train=True))
    cancel = engine.on_loop(engine.engine.feed("watched").subscribe, lambda: None)
    engine.wait("run", "training")
    until(lambda: engine.engine.status("run")["epoch"] > 0, "something is learned")
    pid = engine.pid("run")
    engine.engine.settings = replace(engine.engine.settings, grace=0.3)
    asleep = engine.wait("run", "asleep")
    assert asleep["epoch"] > 0
    assert not psutil.pid_exists(pid)
    assert (tmp_path / "run" / "checkpoint.pth").exists()
    assert engine.engine.status("watched")["state"] == "training"

    engine.engine.settings = replace(engine.engine.settings, grace=600)
    engine.engine.submit(request("run", tmp_path, project(LONG), checkpoint=tmp_path / "run" / "checkpoint.pth"))
    assert engine.wait("run", "paused")["epoch"] >= asleep["epoch"]
    engine.on_loop(cancel)


def test_a_run_opened_while_it_falls_asleep_wakes(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path, project(LONG), train=True))
    engine.wait("run", "training")
    until(lambda: engine.engine.status("run")["epoch"] > 0, "something is learned")
    engine.on_loop(engine.engine._let_go, engine.engine.runs["run"], "asleep")
    leaving = engine.engine.status("run")
    assert leaving["leaving"]
    # Whoever asks cannot know yet that there will be a checkpoint.
    engine.engine.submit(request("run", tmp_path, project(LONG)))
    assert engine.wait("run", "paused")["epoch"] >= leaving["epoch"]


def test_a_page_that_calls_keeps_its_run_awake(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path))
    engine.wait("run", "ready")
    engine.engine.settings = replace(engine.engine.settings, grace=1.5)
    end = time.monotonic() + 3
    while time.monotonic() < end:
        engine.engine.touch("run")
        time.sleep(0.1)
    assert engine.engine.status("run")["state"] == "ready"


def test_devices_come_with_reasons(engine):
    devices = engine.engine.devices()
    assert devices[0] == Device("cpu", "CPU")
    for device in devices:
        assert device.available == (not device.reason)


def test_a_proposal_is_made_by_a_process_of_its_own_and_fits(engine):
    made = read(project())
    answer = engine.engine.ask({"kind": "propose", "data": made.to_json()["data"]}, 60)
    proposed = made.edited(*(Edit("set", item["path"], item["value"]) for item in answer["edits"]))
    assert not errors_only(check(proposed))
    assert [setting for setting, _, _ in answer["reasons"]].count("Learning rate") == 1
    with pytest.raises(EngineError, match="Noise must be"):
        engine.engine.ask({"kind": "propose", "data": {"source": {"kind": "circles", "noise": "loud"}}}, 60)


def test_an_export_is_made_by_a_process_of_its_own(engine, tmp_path):
    engine.engine.submit(request("run", tmp_path, project(2), train=True))
    engine.wait("run", "done")
    path = tmp_path / "run" / "checkpoint.pth"
    target, words = tmp_path / "state_dict.pth", []
    checked = engine.engine.export(path, "state_dict", target, progress=lambda share, said: words.append(said))
    assert "to the last bit" in checked
    assert words[-1] == "Loading it in a fresh Python…"
    state = torch.load(target, weights_only=True)
    kept = torch.load(path, weights_only=True)["state_dict"]
    assert state.keys() == kept.keys()
    assert all(torch.equal(state[name], kept[name]) for name in kept)
    with pytest.raises(EngineError, match="no export called 'poem'"):
        engine.engine.export(path, "poem", target)
    with pytest.raises(EngineError, match="cannot be read as a checkpoint"):
        engine.engine.export(tmp_path / "nothing.pth", "module", target)
    with pytest.raises(EngineError, match="not ready within"):
        engine.engine.export(path, "state_dict", target, timeout=0)
    until(lambda: len(engine.engine.launcher.seats) == 1, "no export process is left")


def test_last_words_count_even_if_the_launcher_tells_of_the_end_first(engine, tmp_path):
    def hold_up_the_loop() -> None:
        # The answer and the notice of the end are both waiting when the loop looks again.
        answers.append(Future())
        engine.engine._question({"kind": "devices"}, answers[-1])
        engine.engine.loop.call_later(0.005, time.sleep, 0.3)

    engine.engine.devices(60)
    answers: list[Future[dict]] = []
    for _ in range(5):
        engine.on_loop(hold_up_the_loop)
        assert "devices" in answers[-1].result(10)


def test_listeners_hear_of_every_state_in_order(engine, tmp_path):
    heard: list[str] = []
    broken = engine.engine.listen(lambda run_id, status: None)
    cancel = engine.engine.listen(lambda run_id, status: heard.append(status["state"]) if run_id == "run" else None)
    engine.engine.submit(request("run", tmp_path, project(3)))
    engine.wait("run", "ready")
    engine.engine.control("run", {"do": "train"}, 10)
    until(lambda: heard[-1:] == ["done"], "the end is heard of")
    assert [state for state, before in zip(heard, [None, *heard], strict=False) if state != before] == [
        "starting",
        "ready",
        "training",
        "done",
    ]
    cancel()
    broken()


def test_an_unknown_run_is_refused(engine):
    assert engine.engine.status("nobody") is None
    assert engine.engine.feed("nobody") is None
    with pytest.raises(EngineError, match="not loaded"):
        engine.engine.control("nobody", {"do": "train"})


@pytest.mark.parametrize(
    "greeting",
    [
        pack_json("H", {"token": "guess", "role": "launcher"}),
        pack_json("S", {"state": "done"}),
        pack_message("H", b"no json"),
        pack_message("H", b"[]"),
        pack_message("H", b"x" * 5000),
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_a_stranger_is_shown_the_door(engine, greeting):
    port = engine.engine._server.sockets[0].getsockname()[1]
    with socket.create_connection(("127.0.0.1", port), timeout=5) as stranger:
        stranger.sendall(greeting)
        try:
            assert stranger.recv(1) == b""
        except ConnectionResetError:
            return


def test_closing_leaves_nothing(tmp_path):
    threads, sockets = set(threading.enumerate()), len(psutil.Process().net_connections())
    with running_engine(Settings(grace=600)) as harness:
        for run_id in ("one", "two"):
            harness.engine.submit(request(run_id, tmp_path, project(LONG), train=True))
            harness.wait(run_id, "training")
        until(lambda: harness.engine.status("one")["epoch"] > 0, "something is learned")
        processes = harness.family()
        assert len(processes) >= 3
    assert not alive(processes)
    assert set(threading.enumerate()) == threads
    assert len(psutil.Process().net_connections()) == sockets
    assert (tmp_path / "one" / "checkpoint.pth").exists()
    with pytest.raises(EngineError, match="being stopped"):
        harness.engine.submit(request("late", tmp_path))


def test_closing_before_the_launcher_is_warm_leaves_nothing():
    with running_engine() as harness:
        processes = harness.family()
        assert processes
    assert not alive(processes)
