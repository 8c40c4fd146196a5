"""Starts and ends the real app in a process of its own, for browser tests and benchmarks."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent


class AppServer:
    """``streamlit run app.py`` on a free port with a store of its own under `home`."""

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.settings = dict(settings or {})
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the app answers."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def pid(self) -> int:
        """Process id of the web server."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> AppServer:
        """Start the server and wait until it answers."""
        environment = {**os.environ, "NNBUILDER_HOME": str(self.home), **self.settings}
        arguments = ["--server.headless", "true", "--server.port", str(self.port), "--server.address", "127.0.0.1"]
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", *arguments],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    return self
            time.sleep(0.05)
        raise RuntimeError(f"the app did not answer: {self.log()[-2000:]}")

    def end(self, number: int = signal.SIGINT, within: float = 15) -> int:
        """Send a signal and wait for the end; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(within)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        return self.process.returncode

    def log(self) -> str:
        """What the server has written."""
        return (self.home / "server.log").read_text(errors="replace")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
