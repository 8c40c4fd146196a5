"""The engine's side of the launcher: starts it, starts it again when it ends, and hands it jobs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnbuilder.engine.peer import Peer
from nnbuilder.engine.runs import JobSeat

PACKAGE_PARENT = Path(__file__).resolve().parents[2]
NOTICE_SECONDS = 0.5
"""Of a job that ended: how long its last words and the launcher's notice may lie apart."""
END_SECONDS = 4.5
"""How long everything may take to end before it is killed."""
RESTART_SECONDS = (0.1, 1.0, 5.0)


class LauncherClient:
    """The launcher process as the engine sees it; `token` opens its connection."""

    def __init__(self, fork: bool, memory: int) -> None:
        self.fork, self.memory = fork, memory
        self.token = ""
        self.seats: dict[str, JobSeat] = {}
        self.process: subprocess.Popen[bytes] | None = None
        self.peer: Peer | None = None
        self.ready = asyncio.Event()
        self.closing = False
        self._port = 0
        self._waiting: list[dict[str, Any]] = []
        self._failures = 0
        self._timers: set[asyncio.TimerHandle] = set()
        self.on_ready: Callable[[], None] = lambda: None

    @property
    def pid(self) -> int | None:
        """The process id of the launcher, while there is one."""
        return self.process.pid if self.process else None

    def start(self, port: int) -> None:
        """Start the process; it connects to `port`."""
        self._port = port
        self.token = secrets.token_urlsafe(32)
        path = os.pathsep.join(filter(None, (str(PACKAGE_PARENT), os.environ.get("PYTHONPATH", ""))))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nnbuilder.engine.launcher"],
            stdin=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            # A Ctrl-C in the terminal is meant for the web process, which then ends everything in order.
            start_new_session=True,
        )
        assert self.process.stdin is not None
        # The token goes through the pipe: arguments and environment can be read by other processes.
        self.process.stdin.write(json.dumps({"port": port, "token": self.token, "fork": self.fork}).encode() + b"\n")
        self.process.stdin.close()
        self._watch()

    def _watch(self) -> None:
        """Notice a launcher that ends before it has connected."""
        if self.peer is None and not self.closing and self.process is not None:
            if self.process.poll() is not None:
                self.disconnected()
            else:
                self._later(0.5, self._watch)

    def find(self, token: str) -> JobSeat | None:
        """The seat that waits for a connection with this token."""
        return next((seat for seat in self.seats.values() if seat.token == token and not seat.was_connected), None)

    def connected(self, peer: Peer, hello: dict[str, Any]) -> None:
        """The launcher is there; it gets its jobs when it is warm."""
        self.peer = peer

    def received(self, kind: str, payload: bytes) -> None:
        """An event of the launcher."""
        event = json.loads(payload)
        if event["event"] == "ready":
            self._failures = 0
            self.ready.set()
            for command in self._waiting:
                self._send(command)
            self._waiting.clear()
            self.on_ready()
        elif event["event"] == "started" and event["id"] in self.seats:
            self.seats[event["id"]].pid = event["pid"]
        elif event["event"] == "ended" and event["id"] in self.seats:
            self._hear_of_end(self.seats[event["id"]], event["how"])

    def _hear_of_end(self, seat: JobSeat, how: str) -> None:
        """A process has ended; its last messages come over another connection and may still be on their way."""
        seat.how = how
        if seat.was_connected and seat.peer is None:
            self._ended(seat.id, how)
        else:
            self._later(NOTICE_SECONDS, self._ended, seat.id, how)

    def disconnected(self) -> None:
        """The launcher is gone: so are its jobs; a new one is started."""
        self.peer = None
        self.ready.clear()
        self._waiting.clear()
        for seat in list(self.seats.values()):
            if seat.peer is not None:
                seat.peer.transport.close()
            self._ended(seat.id, "ended because its launcher was lost")
        if not self.closing:
            delay = RESTART_SECONDS[min(self._failures, len(RESTART_SECONDS) - 1)]
            self._failures += 1
            self._later(delay, self._restart)

    def _restart(self) -> None:
        if self.closing:
            return
        if self.process is not None:
            if self.process.poll() is None:
                self.process.kill()
            self.process.wait()
        self.start(self._port)

    def run(self, seat: JobSeat, job: dict[str, Any]) -> None:
        """Have a job done by a process of its own."""
        self.seats[seat.id] = seat
        seat.lost = self._lost
        self._send({"do": "start", "job": {"memory": self.memory, **job, "id": seat.id, "token": seat.token}})

    def kill(self, seat: JobSeat) -> None:
        """End a job at once."""
        self._send({"do": "kill", "id": seat.id})

    def _send(self, command: dict[str, Any]) -> None:
        if self.peer is not None and self.ready.is_set():
            self.peer.send(command)
        else:
            self._waiting.append(command)

    def _lost(self, seat: JobSeat) -> None:
        """A job's connection is gone; wait a moment for the launcher to say why."""
        if seat.how:
            self._ended(seat.id, seat.how)
        elif seat.id in self.seats:
            self._later(NOTICE_SECONDS, self._ended, seat.id, "ended without a word")

    def _ended(self, job_id: str, how: str) -> None:
        seat = self.seats.pop(job_id, None)
        if seat is not None:
            seat.gone(how)

    def _later(self, delay: float, callback: Callable[..., None], *arguments: Any) -> None:
        def call() -> None:
            self._timers.discard(timer)
            callback(*arguments)

        timer = asyncio.get_running_loop().call_later(delay, call)
        self._timers.add(timer)

    async def close(self) -> None:
        """End the launcher and all of its children within `END_SECONDS`."""
        self.closing = True
        pids = [seat.pid for seat in self.seats.values() if seat.peer is not None and seat.pid]
        if self.peer is not None:
            self.peer.send({"do": "end"})
        process = self.process
        if process is not None:
            if self.peer is None and process.poll() is None:
                # It has not connected yet, so there is nobody to ask.
                process.kill()
            deadline = asyncio.get_running_loop().time() + END_SECONDS
            while process.poll() is None and asyncio.get_running_loop().time() < deadline:
                await asyncio.sleep(0.02)
            if process.poll() is None:
                process.kill()
                for pid in pids:
                    _kill(pid)
            process.wait()
        for seat in self.seats.values():
            if seat.peer is not None:
                seat.peer.transport.abort()
        if self.peer is not None:
            self.peer.transport.abort()
        for timer in self._timers:
            timer.cancel()


def _kill(pid: int) -> None:
    """Kill a worker that is left over; its connection was open a moment ago, so the pid is still its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
