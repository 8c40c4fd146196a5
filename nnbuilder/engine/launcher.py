"""The launcher: a small process that is warm already and makes a worker for each run.

Started by the web process as ``python -m nnbuilder.engine.launcher``; where to connect comes as one line of JSON
on its standard input. It never touches CUDA, so that its forked children can.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
import traceback
import warnings
from dataclasses import dataclass
from typing import Any

from nnbuilder.engine.jobs import Job, perform
from nnbuilder.engine.link import Address, Link
from nnbuilder.engine.process import be_modest, be_modest_together, describe_exit, die_with_parent, machine_kills

LAST_SECONDS = 3.5
"""How long workers may take to write their checkpoints when everything ends."""
LOOK_SECONDS = None if hasattr(signal, "SIGCHLD") else 0.2
"""How often to look for ended children where no signal tells."""


@dataclass
class Child:
    """A process that does a job; `memory_kills` is what the kernel's count was when it began."""

    job: Job
    pid: int
    memory_kills: int
    process: subprocess.Popen[bytes] | None = None

    def ended(self) -> int | None:
        """The exit code (negative: the signal) if the process has ended."""
        if self.process is not None:
            return self.process.poll()
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None

    def signal(self, number: int) -> None:
        """Send a signal to a process that has not been reaped."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)


class Launcher:
    """Obeys the engine: starts jobs, ends them, and tells how they ended."""

    def __init__(self, address: Address, fork: bool) -> None:
        self.port, self.fork = address.port, fork
        self.link = Link(address, {"role": "launcher", "pid": os.getpid()})
        self.children: dict[str, Child] = {}
        self.spare: subprocess.Popen[bytes] | None = None
        self.asked = ""
        self.ending = False
        self.selector = selectors.DefaultSelector()
        self.wake_read, self.wake_write = socket.socketpair()
        for end in (self.wake_read, self.wake_write):
            end.setblocking(False)

    def run(self) -> None:
        """Get warm, then obey until told to end or the web process is gone."""
        self._take_signals()
        if self.fork:
            from nnbuilder.engine.warm import warm_up

            warm_up()
        else:
            self._make_spare()
        self._tell("ready")
        self.selector.register(self.link.socket, selectors.EVENT_READ, self._listen)
        self.selector.register(self.wake_read, selectors.EVENT_READ, self._wake)
        try:
            while not self.ending:
                for key, _ in self.selector.select(LOOK_SECONDS):
                    key.data()
                self._reap()
        finally:
            self._end()

    def _tell(self, event: str, **what: Any) -> None:
        """Send an event; if the engine is gone, the end of its connection is noticed next."""
        with contextlib.suppress(OSError):
            self.link.send_json("E", {"event": event, **what})

    def _take_signals(self) -> None:
        """Let signals wake the loop; Ctrl-C is for the web process alone, which then tells us."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if hasattr(signal, "SIGCHLD"):
            signal.set_wakeup_fd(self.wake_write.fileno(), warn_on_full_buffer=False)
            signal.signal(signal.SIGCHLD, lambda *_: None)
            signal.signal(signal.SIGTERM, self._on_terminate)

    def _on_terminate(self, *_: Any) -> None:
        self.ending = True

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self.wake_read.recv(4096):
                pass

    def _listen(self) -> None:
        commands = self.link.receive()
        if commands is None:
            self.ending = True
            return
        for command in commands:
            if command["do"] == "start":
                self._start(command["job"])
            elif command["do"] == "kill":
                self._kill(command["id"])
            elif command["do"] == "end":
                self.ending = True

    def _kill(self, key: str) -> None:
        if key in self.children:
            self.children[key].signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        elif key == self.asked and self.spare is not None:
            self.spare.kill()
            self.spare.wait()
            self._make_spare()

    def _start(self, job: Job) -> None:
        job["port"] = self.port
        if not self.fork and job["kind"] != "run":
            self._ask_spare(job)
            return
        try:
            child = self._forked(job) if self.fork else self._taken(job)
        except OSError as error:
            how = f"could not be started ({error.strerror or error})"
            self._tell("ended", id=job["id"], how=how)
            return
        self.children[job["id"]] = child
        self._tell("started", id=job["id"], pid=child.pid)

    def _forked(self, job: Job) -> Child:
        parent = os.getpid()
        with warnings.catch_warnings():
            # Python 3.12 warns if there are other threads; those of the linear algebra library bear a fork.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid:
            return Child(job, pid, machine_kills())
        code = 1
        try:
            self._leave()
            die_with_parent(parent)
            be_modest()
            code = perform(job)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _leave(self) -> None:
        """In a forked child: let go of everything that is the launcher's, above all its connection."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for end in (self.selector, self.link.socket, self.wake_read, self.wake_write):
            end.close()

    def _make_spare(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "nnbuilder.engine.spare", str(os.getpid())]
        self.spare = subprocess.Popen(command, stdin=subprocess.PIPE)
        return self.spare

    def _ask_spare(self, job: Job) -> subprocess.Popen[bytes]:
        """Give the spare worker a job; if it has died in the meantime, a new one."""
        spare = self.spare
        if spare is None or spare.poll() is not None:
            spare = self._make_spare()
        assert spare.stdin is not None
        self.asked = job["id"]
        spare.stdin.write(json.dumps(job).encode() + b"\n")
        spare.stdin.flush()
        return spare

    def _taken(self, job: Job) -> Child:
        """Give a run to the spare worker, which then is none any more, and make another."""
        spare = self._ask_spare(job)
        assert spare.stdin is not None
        spare.stdin.close()
        self._make_spare()
        return Child(job, spare.pid, machine_kills(), spare)

    def _reap(self) -> None:
        """Tell the engine of every child that has ended, and how."""
        for key, child in list(self.children.items()):
            code = child.ended()
            if code is None:
                continue
            del self.children[key]
            how = describe_exit(code, machine_kills() > child.memory_kills)
            self._tell("ended", id=key, code=code, how=how)

    def _end(self) -> None:
        """Let workers write their checkpoints, then see to it that nothing is left."""
        for child in self.children.values():
            training = child.job["kind"] == "run"
            if hasattr(signal, "SIGKILL"):
                child.signal(signal.SIGTERM if training else signal.SIGKILL)
        deadline = time.monotonic() + LAST_SECONDS
        while self.children and time.monotonic() < deadline:
            time.sleep(0.02)
            self._reap()
        for child in self.children.values():
            child.signal(getattr(signal, "SIGKILL", signal.SIGTERM))
            if child.process is not None:
                child.process.wait()
            else:
                os.waitpid(child.pid, 0)
        if self.spare is not None and self.spare.poll() is None:
            self.spare.kill()
            self.spare.wait()
        for end in (self.selector, self.link.socket, self.wake_read, self.wake_write):
            end.close()


def main() -> None:
    """Read where to connect and run."""
    start = json.loads(sys.stdin.readline())
    be_modest_together()
    Launcher(Address(start["port"], start["token"]), start["fork"]).run()


if __name__ == "__main__":
    main()
