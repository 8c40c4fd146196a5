"""What the engine knows of a run and of the worker that does it; lives on the event loop of the server."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from nnbuilder.engine.feed import Feed
from nnbuilder.engine.frames import json_bytes
from nnbuilder.engine.peer import Peer
from nnbuilder.engine.protocol import CHECKPOINT_NAME, NoWorker, RunRequest, State, Status

RESTING = ("ready", "paused", "done", "diverged", "failed")

_ids = count(1)


@dataclass(eq=False)
class JobSeat:
    """A process of the launcher that was asked for: who it will be when it connects, and what it sends.

    `gone` is called once, when the process has ended or its connection is lost for good.
    """

    handle: Callable[[str, bytes], None]
    gone: Callable[[str], None]
    id: str = field(default_factory=lambda: f"job{next(_ids)}")
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    pid: int | None = None
    peer: Peer | None = None
    outbox: list[dict[str, Any]] = field(default_factory=list)
    was_connected: bool = False
    how: str = ""
    lost: Callable[[JobSeat], None] | None = None

    def connected(self, peer: Peer, hello: dict[str, Any]) -> None:
        """The process is there: send what has waited for it."""
        self.peer, self.pid, self.was_connected = peer, hello.get("pid"), True
        for command in self.outbox:
            peer.send(command)
        self.outbox.clear()

    def received(self, kind: str, payload: bytes) -> None:
        """A message of the process."""
        self.handle(kind, payload)

    def disconnected(self) -> None:
        """The connection is gone; the launcher will say how the process ended."""
        self.peer = None
        if self.lost:
            self.lost(self)

    def send(self, command: dict[str, Any]) -> None:
        """Send a command now or as soon as the process is there."""
        if self.peer is not None:
            self.peer.send(command)
        elif not self.was_connected:
            self.outbox.append(command)


class Run:
    """A run: what was asked, what it has sent, and its worker while it has one."""

    def __init__(self, request: RunRequest, feed: Feed, tell: Callable[[Run, bool], None]) -> None:
        self.request = request
        self.feed = feed
        self.seat: JobSeat | None = None
        self.leaving: Literal["", "asleep", "released"] = ""
        self.next_request: RunRequest | None = None
        self.view: dict[str, Any] = {}
        self.fresh = True
        self.train_id: int | None = None
        self.stopping = False
        self.answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.place = 0
        self.worker_status: Status = _blank(request.run_id)
        self.status: Status = self.worker_status
        self._tell = tell

    @property
    def run_id(self) -> str:
        """The key of the run."""
        return self.request.run_id

    @property
    def state(self) -> State:
        """The state a person sees."""
        return self.status["state"]

    @property
    def has_checkpoint(self) -> bool:
        """Whether the run can go on from a file."""
        return (self.request.folder / CHECKPOINT_NAME).exists()

    def set_state(self, state: State, message: str = "") -> None:
        """Give the run a state its worker does not know of."""
        self._publish({**self.worker_status, "state": state, "message": message, "place": self.place})

    def set_place(self, place: int) -> None:
        """Say where in the queue the run is; 0 is not at all."""
        before, self.place = self.place, place
        if place:
            if place != before or self.state != "queued":
                self.set_state("queued")
        elif self.state == "queued":
            self._publish(self.worker_status)

    def received(self, kind: str, payload: bytes) -> None:
        """A message of the worker."""
        if self.fresh and kind in "SRPD":
            self.fresh = False
            self.feed.reset()
        if kind == "S":
            self._on_status(payload)
        elif kind == "R":
            self.feed.add_rows(payload)
        elif kind == "P":
            self.feed.set_picture(payload)
        elif kind == "D":
            self.feed.set_data(payload)
        elif kind == "A":
            self._on_answer(json.loads(payload))

    def _on_status(self, payload: bytes) -> None:
        status = {**_blank(self.run_id), **json.loads(payload)}
        self.feed.set_columns(len(status["columns"]))
        self.worker_status = status
        if status["state"] in RESTING:
            self.stopping = False
        if self.place:
            self.set_state("queued")
        elif not self.leaving:
            self._publish(status)

    def _publish(self, status: Status) -> None:
        changed = status["state"] != self.status["state"] or status["message"] != self.status["message"]
        self.status = status
        self.feed.set_status(json_bytes(status))
        self._tell(self, changed)

    def _on_answer(self, answer: dict[str, Any]) -> None:
        number = answer.pop("id", None)
        if number == self.train_id:
            self.train_id = None
        future = self.answers.pop(number, None)
        if future is not None and not future.done():
            future.set_result(answer)

    def ask(self, command: dict[str, Any]) -> asyncio.Future[dict[str, Any]]:
        """Send a command; the future holds its answer."""
        if self.seat is None or self.leaving:
            raise NoWorker(f"The run is {self.state} and has no worker; let it go on from its checkpoint first.")
        number = next(_ids)
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.answers[number] = future
        if command.get("do") == "train":
            self.train_id = number
        # Between the click and the end of the batch at hand the worker still says that it trains.
        self.stopping = command.get("do") in ("pause", "stop") or (self.stopping and command.get("do") != "train")
        self.seat.send({**command, "id": number})
        return future

    def worker_gone(self) -> None:
        """Nobody answers any more."""
        self.seat, self.train_id, self.stopping = None, None, False
        for future in self.answers.values():
            if not future.done():
                message = "The worker ended before it answered; let the run go on from its checkpoint."
                future.set_result({"error": message, "no_worker": True})
        self.answers.clear()


def _blank(run_id: str) -> Status:
    """The status of a run before its worker has said anything."""
    return {
        "run": run_id,
        "state": "starting",
        "message": "",
        "epoch": 0,
        "epochs": 0,
        "batch": 0,
        "batches": 0,
        "steps_per_second": None,
        "seconds_left": None,
        "place": 0,
        "columns": [],
        "latest": {},
        "metric": "",
        "metric_label": "",
        "device": "",
        "device_label": "",
        "parameters": 0,
    }
