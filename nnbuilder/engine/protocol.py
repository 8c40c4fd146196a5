"""What the page may ask of an engine, whichever engine it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from nnbuilder.engine.feed import Feed
from nnbuilder.errors import NNBuilderError

State = Literal["starting", "ready", "queued", "training", "paused", "done", "diverged", "lost", "failed", "asleep"]

CHECKPOINT_NAME = "checkpoint.pth"
"""The file a worker keeps in the folder of its run."""

Status = dict[str, Any]
StatusListener = Callable[[str, Status], None]


class EngineError(NNBuilderError):
    """The engine cannot do what it was asked; the sentence says why."""


class NoWorker(EngineError):
    """Nobody holds the weights of the run at the moment: it sleeps, was lost, or is not loaded."""


@dataclass(frozen=True)
class Device:
    """A device a run can be trained on: its key, its name, and why it cannot be used if it cannot."""

    key: str
    label: str
    available: bool = True
    reason: str = ""


@dataclass(frozen=True)
class RunRequest:
    """A run to be made ready, from its first weights on or from a checkpoint.

    `folder` is where the worker keeps ``checkpoint.pth``; `owner` is whom the queue shares places
    between; `train` starts training as soon as the run is ready and has a slot.
    """

    run_id: str
    project_json: str
    folder: Path
    checkpoint: Path | None
    owner: str
    train: bool = False


class Runner(Protocol):
    """Makes runs, controls them and answers questions; every method may be called from any thread."""

    def submit(self, request: RunRequest) -> None:
        """Make a run; one that is already there is only told to train if the request says so."""
        ...

    def control(self, run_id: str, command: dict[str, Any], timeout: float | None = None) -> dict[str, Any] | None:
        """Send a command; with a timeout (seconds) wait for the answer and return it.

        Raises
        ------
        EngineError
            If there is no such run, it has no worker, it gave no answer in time, or the command failed.
        """
        ...

    def release(self, run_id: str) -> None:
        """Let a run go for good: the worker writes its checkpoint and ends, the engine forgets it."""
        ...

    def status(self, run_id: str) -> Status | None:
        """The newest status of a run, or None if it is not known.

        ``stopping`` is true from the moment it was asked to pause or stop until it does.
        """
        ...

    def touch(self, run_id: str) -> None:
        """Say that somebody still cares for a run: its grace time starts anew."""
        ...

    def devices(self, timeout: float = 10.0) -> list[Device]:
        """The devices of the machine that trains."""
        ...

    def export(
        self,
        checkpoint: Path,
        kind: str,
        target: Path,
        timeout: float = 140.0,
        progress: Callable[[float, str], None] | None = None,
    ) -> str:
        """Make the file of `kind` from a checkpoint at `target`; what was checked of it, in one sentence.

        Raises
        ------
        EngineError
            If it cannot be made or takes longer than `timeout` seconds.
        """
        ...

    def ask(
        self, question: dict[str, Any], timeout: float, progress: Callable[[float, str], None] | None = None
    ) -> dict[str, Any]:
        """The answer of a process of its own to a question of `nnbuilder.engine.jobs`.

        `progress` is called with a share from 0 to 1 and words, from a thread of the engine.

        Raises
        ------
        EngineError
            If the question cannot be answered or takes longer than `timeout` seconds.
        """
        ...


class Engine(Runner, Protocol):
    """A runner that also tells what becomes of its runs, and feeds those who watch them."""

    def listen(self, listener: StatusListener) -> Callable[[], None]:
        """Call `listener` from a thread of the engine at every change of state; returns what ends it."""
        ...

    def feed(self, run_id: str) -> Feed | None:
        """What a run has sent so far. Only for the event loop of the server."""
        ...

    def view(self, run_id: str, view: dict[str, Any]) -> None:
        """Ask a run for another view. Only for the event loop of the server."""
        ...
