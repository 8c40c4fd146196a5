"""The engine of one machine: runs are worker processes of a launcher, connected over the loopback."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from nnbuilder.engine.fair_queue import FairQueue
from nnbuilder.engine.feed import Feed
from nnbuilder.engine.launching import LauncherClient
from nnbuilder.engine.peer import Owner, Peer, same_token
from nnbuilder.engine.protocol import CHECKPOINT_NAME, Device, EngineError, NoWorker, RunRequest, Status, StatusListener
from nnbuilder.engine.runs import RESTING, JobSeat, Run
from nnbuilder.engine.settings import Settings

T = TypeVar("T")

ANSWER_SECONDS = 10.0
PROGRESS_SECONDS = 5.0
"""How often listeners hear of a run that goes on in the same state."""


class LocalEngine:
    """Runs as processes of this machine; what may be called from any thread says `nnbuilder.engine.protocol.Engine`."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.runs: dict[str, Run] = {}
        self.queue = FairQueue()
        self.training: set[str] = set()
        self._leaving: set[Run] = set()
        self._devices: Future[list[Device]] = Future()
        self._listeners: list[StatusListener] = []
        self._news: SimpleQueue[tuple[str, Status] | None] = SimpleQueue()
        self._told: dict[str, float] = {}
        self._closing = False

    # Life

    async def open(self) -> None:
        """Listen on the loopback and start the launcher; returns before it is warm."""
        self.loop = asyncio.get_running_loop()
        self._server = await self.loop.create_server(self._peer, "127.0.0.1", 0)
        self._teller = threading.Thread(target=self._tell_listeners, name="engine-news", daemon=True)
        self._teller.start()
        self.launcher = LauncherClient(self.settings.fork, self.settings.worker_memory)
        self.launcher.on_ready = self._ask_devices
        self.launcher.start(self._server.sockets[0].getsockname()[1])
        self._watchman = self.loop.create_task(self._watch())

    async def close(self) -> None:
        """End every process: workers write their checkpoints first."""
        self._closing = True
        self._watchman.cancel()
        self._server.close()
        await self.launcher.close()
        for run in [*self.runs.values(), *self._leaving]:
            run.worker_gone()
        if not self._devices.done():
            self._devices.set_result([Device("cpu", "CPU")])
        await asyncio.sleep(0)
        await self._server.wait_closed()
        with suppress(asyncio.CancelledError):
            await self._watchman
        self._news.put(None)
        await self.loop.run_in_executor(None, self._teller.join)

    def _peer(self) -> Peer:
        return Peer(self._find, self.settings.handshake)

    def _find(self, token: str) -> Owner | None:
        """Who waits for a connection with this token."""
        if same_token(token, self.launcher.token) and self.launcher.peer is None:
            return self.launcher
        return self.launcher.find(token)

    # From any thread

    def submit(self, request: RunRequest) -> None:
        """Make a run; one that is already there is only told to train if the request says so."""
        self._call(self._submit, request)

    def control(self, run_id: str, command: dict[str, Any], timeout: float | None = None) -> dict[str, Any] | None:
        """Send a command; with a timeout (seconds) wait for the answer and return it.

        Raises
        ------
        EngineError
            If there is no such run, it has no worker, it gave no answer in time, or the command failed.
        """
        answer = self._call(self._control, run_id, command)
        if answer is None or timeout is None:
            return None
        waiting = asyncio.run_coroutine_threadsafe(_wait(answer, timeout), self.loop)
        try:
            result = waiting.result(timeout + 1)
        except (TimeoutError, FutureTimeout):
            waiting.cancel()
            raise EngineError(
                f"The run did not answer within {timeout:g} seconds; wait for its batch to end."
            ) from None
        if "error" in result:
            raise (NoWorker if result.get("no_worker") else EngineError)(result["error"])
        return result

    def release(self, run_id: str) -> None:
        """Let a run go for good: the worker writes its checkpoint and ends, the engine forgets it."""
        self._call(self._release, run_id)

    def status(self, run_id: str) -> Status | None:
        """The newest status of a run, or None if it is not known."""
        run = self.runs.get(run_id)
        return {**run.status, "stopping": run.stopping, "leaving": bool(run.leaving)} if run else None

    def touch(self, run_id: str) -> None:
        """Say that somebody still cares for a run: its grace time starts anew."""
        run = self.runs.get(run_id)
        if run:
            run.feed.touch()

    def devices(self, timeout: float = 10.0) -> list[Device]:
        """The devices of this machine; the CPU alone if the launcher is not warm after `timeout` seconds."""
        try:
            return self._devices.result(timeout)
        except (TimeoutError, FutureTimeout):
            return [Device("cpu", "CPU")]

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
        question = {"kind": "export", "export": kind, "checkpoint": str(checkpoint), "target": str(target)}
        return self.ask(question, timeout, progress)["checked"]

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
        answer: Future[dict[str, Any]] = Future()
        seat = self._call(self._question, question, answer, progress)
        try:
            result = answer.result(timeout)
        except (TimeoutError, FutureTimeout):
            self._call(self.launcher.kill, seat)
            raise EngineError(f"It was not ready within {timeout:g} seconds; try again.") from None
        if "error" in result:
            raise EngineError(result["error"])
        return result

    def listen(self, listener: StatusListener) -> Callable[[], None]:
        """Call `listener` from a thread of the engine at every change of state; returns what ends it."""
        self._listeners.append(listener)

        def cancel() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return cancel

    def _call(self, function: Callable[..., T], *arguments: Any) -> T:
        """The result of a function on the event loop, wherever it is called from."""
        try:
            inside = asyncio.get_running_loop() is self.loop
        except RuntimeError:
            inside = False
        if inside:
            return function(*arguments)
        if self._closing:
            raise EngineError("The server is being stopped; start it again and open the project.")

        async def call() -> T:
            return function(*arguments)

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(ANSWER_SECONDS)

    # On the event loop: runs

    def feed(self, run_id: str) -> Feed | None:
        """What a run has sent so far. Only for the event loop of the server."""
        run = self.runs.get(run_id)
        return run.feed if run else None

    def view(self, run_id: str, view: dict[str, Any]) -> None:
        """Ask a run for another view. Only for the event loop of the server."""
        run = self.runs.get(run_id)
        if run is None:
            return
        run.view.update(view)
        if run.seat is not None and not run.leaving:
            run.seat.send({"do": "view", **view})

    def _submit(self, request: RunRequest) -> None:
        run = self.runs.get(request.run_id) or self._coming_back(request.run_id)
        if run is None:
            run = self.runs[request.run_id] = Run(request, Feed(), self._tell)
            run.set_state("starting")
        elif run.seat is not None:
            if run.leaving:
                # Its worker writes the checkpoint that the next one begins with.
                run.next_request = request
            elif request.train:
                self._want_slot(run)
            return
        self._start(run, request)

    def _coming_back(self, run_id: str) -> Run | None:
        """A run that was let go for good and is wanted again while its worker is still writing the checkpoint."""
        run = next((run for run in self._leaving if run.run_id == run_id), None)
        if run is not None:
            self.runs[run_id] = run
        return run

    def _start(self, run: Run, request: RunRequest) -> None:
        """Give a run a worker."""
        run.request, run.fresh, run.leaving = request, True, ""
        run.feed.touch()
        seat = JobSeat(run.received, lambda how: self._worker_gone(run, how))
        run.seat = seat
        job = {
            "kind": "run",
            "run": request.run_id,
            "project": request.project_json,
            "folder": str(request.folder),
            "checkpoint": str(request.checkpoint) if request.checkpoint else None,
        }
        run.worker_status = {**run.worker_status, "state": "starting", "message": "", "place": 0}
        run.set_state("starting")
        if run.view:
            seat.send({"do": "view", **run.view})
        self.launcher.run(seat, job)
        if request.train:
            self._want_slot(run)

    def _control(self, run_id: str, command: dict[str, Any]) -> asyncio.Future[dict[str, Any]] | None:
        run = self.runs.get(run_id)
        if run is None:
            raise NoWorker("The run is not loaded; open its project again.")
        run.feed.touch()
        if command.get("do") == "train":
            return self._want_slot(run)
        if command.get("do") == "view":
            # A worker that takes over later is to show the same.
            run.view.update({name: value for name, value in command.items() if name != "do"})
        if command.get("do") in ("pause", "stop") and self.queue.remove(run_id):
            run.set_place(0)
            self._show_places()
        return run.ask(command)

    def _want_slot(self, run: Run) -> asyncio.Future[dict[str, Any]] | None:
        """Train if a slot is free, else wait in the queue."""
        if run.seat is None or run.leaving:
            raise NoWorker(f"The run is {run.state} and has no worker; let it go on from its checkpoint first.")
        if run.run_id in self.training:
            return run.ask({"do": "train"})
        if len(self.training) < self.settings.slots and not len(self.queue):
            self.training.add(run.run_id)
            return run.ask({"do": "train"})
        self.queue.add(run.run_id, run.request.owner)
        self._show_places()
        return None

    def _free_slot(self, run: Run) -> None:
        """A run does not train any more: whoever is next may."""
        if self.queue.remove(run.run_id):
            run.place = 0
        self.training.discard(run.run_id)
        while not self._closing and len(self.training) < self.settings.slots and (run_id := self.queue.take()):
            chosen = self.runs[run_id]
            self.training.add(run_id)
            chosen.ask({"do": "train"})
            chosen.set_place(0)
        self._show_places()

    def _show_places(self) -> None:
        for run_id, place in self.queue.places().items():
            self.runs[run_id].set_place(place)

    def _release(self, run_id: str) -> None:
        run = self.runs.pop(run_id, None)
        if run is None:
            return
        self._told.pop(run_id, None)
        run.next_request = None
        self._let_go(run, "released")

    def _let_go(self, run: Run, why: Any) -> None:
        """Have the worker of a run write its checkpoint and end."""
        self._free_slot(run)
        if run.seat is None:
            return
        self._leaving.add(run)
        if why == "asleep":
            run.seat.send({"do": "checkpoint"})
        run.seat.send({"do": "exit"})
        run.leaving = why

    def _worker_gone(self, run: Run, how: str) -> None:
        """The worker of a run has ended, as it was asked to or not."""
        leaving, was = run.leaving, run.worker_status["state"]
        run.worker_gone()
        run.leaving = ""
        self._leaving.discard(run)
        self._free_slot(run)
        if self._closing:
            return
        if run.next_request is not None:
            request, run.next_request = run.next_request, None
            written = request.folder / CHECKPOINT_NAME
            self._start(run, replace(request, checkpoint=written if written.exists() else None))
        elif leaving == "released":
            return
        elif leaving == "asleep":
            run.set_state("asleep", "The run was put to sleep because nobody watched it.")
        elif was != "failed":
            cure = "go on from its last checkpoint" if run.has_checkpoint else "start it again"
            run.set_state("lost", f"The worker of this run {how}; {cure}.")

    def _tell(self, run: Run, changed: bool) -> None:
        """A run has a new status: free its slot if it rests, and let the listeners know."""
        status = run.status
        if run.run_id in self.training and run.train_id is None and run.worker_status["state"] in RESTING:
            self._free_slot(run)
        now = time.monotonic()
        if changed or now - self._told.get(run.run_id, -PROGRESS_SECONDS) >= PROGRESS_SECONDS:
            self._told[run.run_id] = now
            self._news.put((run.run_id, dict(status)))

    def _tell_listeners(self) -> None:
        """Runs in a thread of its own, because a listener may write to a database."""
        while (news := self._news.get()) is not None:
            for listener in list(self._listeners):
                try:
                    listener(*news)
                except Exception:
                    # One listener's fault must not keep the others, nor later news, from being told.
                    traceback.print_exc()

    async def _watch(self) -> None:
        """Put runs to sleep that nobody has watched for the grace time; forget those long without a worker."""
        pause = min(1.0, max(0.05, self.settings.grace / 10))
        while True:
            await asyncio.sleep(pause)
            now = time.monotonic()
            for run in list(self.runs.values()):
                unseen = 0.0 if run.feed.watchers else now - run.feed.last_seen
                if run.seat is not None and not run.leaving and unseen > self.settings.grace:
                    self._let_go(run, "asleep")
                elif run.seat is None and unseen > self.settings.forget:
                    del self.runs[run.run_id]
                    self._told.pop(run.run_id, None)

    # On the event loop: questions

    def _question(
        self,
        job: dict[str, Any],
        answer: Future[dict[str, Any]],
        progress: Callable[[float, str], None] | None = None,
    ) -> JobSeat:
        """Have a question answered by a process of its own."""

        def handle(kind: str, payload: bytes) -> None:
            if kind == "A" and not answer.done():
                answer.set_result(json.loads(payload))
            elif kind == "S" and progress is not None:
                said = json.loads(payload)
                progress(said["share"], said["words"])

        def gone(how: str) -> None:
            if not answer.done():
                answer.set_result({"error": f"The process that was to answer {how}; try again."})

        seat = JobSeat(handle, gone)
        self.launcher.run(seat, job)
        return seat

    def _ask_devices(self) -> None:
        if self._devices.done():
            return
        answer: Future[dict[str, Any]] = Future()

        def take(future: Future[dict[str, Any]]) -> None:
            if not self._devices.done():
                listed = future.result().get("devices", [{"key": "cpu", "label": "CPU"}])
                self._devices.set_result([Device(**item) for item in listed])

        answer.add_done_callback(take)
        self._question({"kind": "devices"}, answer)


async def _wait(answer: asyncio.Future[dict[str, Any]], timeout: float) -> dict[str, Any]:
    return await asyncio.wait_for(asyncio.shield(answer), timeout)
