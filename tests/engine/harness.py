"""Runs a real engine on an event loop in a thread of its own, as the server does."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from nnbuilder.engine.local import LocalEngine
from nnbuilder.engine.protocol import RunRequest
from nnbuilder.engine.settings import Settings

PATIENCE = 120.0


def project(epochs: int = 20, **training: Any) -> dict[str, Any]:
    """The JSON of a small project: circles, 2-5-1."""
    return {
        "version": 1,
        "name": "Circles",
        "data": {
            "source": {"kind": "circles", "samples": 300, "noise": 0.1, "factor": 0.5, "seed": 2020},
            "validation": 0.2,
            "test": 0.2,
        },
        "network": {
            "seed": 0,
            "layers": [{"kind": "linear", "units": 5}, {"kind": "relu"}, {"kind": "linear", "units": 1}],
        },
        "training": {
            "loss": {"kind": "bce_with_logits"},
            "optimizer": {"kind": "adam", "learning_rate": 0.01},
            "epochs": epochs,
            "batch_size": 50,
            **training,
        },
    }


LONG = 1_000_000
"""Epochs that no test waits for."""


def request(
    run_id: str, folder: Path, document: dict[str, Any] | None = None, *, owner: str = "me", **more: Any
) -> RunRequest:
    more.setdefault("checkpoint", None)
    return RunRequest(run_id, json.dumps(document or project()), folder / run_id, owner=owner, **more)


def until(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Wait until a condition holds and return its value."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"waited {patience:g} s in vain until {what}")


class Harness:
    """An engine and the thread its loop runs in."""

    def __init__(self, engine: LocalEngine) -> None:
        self.engine = engine

    def wait(self, run_id: str, *states: str, patience: float = PATIENCE) -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            status = self.engine.status(run_id)
            return status if status and status["state"] in states else None

        try:
            return until(reached, f"{run_id} is {' or '.join(states)}", patience)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.engine.status(run_id)}") from None

    def place(self, run_id: str) -> tuple[int, int]:
        status = self.engine.status(run_id)
        assert status is not None
        return status["epoch"], status["batch"]

    def pid(self, run_id: str) -> int:
        seat = self.engine.runs[run_id].seat
        assert seat is not None
        return until(lambda: seat.pid, f"the pid of {run_id} is known")

    def family(self) -> set[psutil.Process]:
        """The launcher and all processes below it."""
        try:
            launcher = psutil.Process(self.engine.launcher.pid)
            return {launcher, *launcher.children(recursive=True)}
        except psutil.NoSuchProcess:
            return set()

    def on_loop(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return self.engine._call(function, *arguments)

    def release_all(self) -> None:
        for run_id in list(self.engine.runs):
            self.engine.release(run_id)
        until(lambda: not self.engine.launcher.seats, "all workers have ended")


@contextmanager
def running_engine(settings: Settings | None = None) -> Iterator[Harness]:
    """A real engine; closed at the end, after which no process may be left."""
    engine = LocalEngine(settings or Settings(grace=600))
    started, stop = threading.Event(), asyncio.Event()

    async def live() -> None:
        await engine.open()
        started.set()
        await stop.wait()
        await engine.close()

    def run() -> None:
        asyncio.run(live())

    thread = threading.Thread(target=run, name="engine-loop")
    thread.start()
    assert started.wait(PATIENCE)
    harness = Harness(engine)
    try:
        yield harness
    finally:
        family = harness.family()
        engine.loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
        assert not thread.is_alive()
        until(lambda: not alive(family), "no process of the engine is left", 1)


def alive(processes: set[psutil.Process]) -> list[psutil.Process]:
    return [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
