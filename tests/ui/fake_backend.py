"""An engine and a live view that only write down what they are asked, over a real store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nnbuilder.engine.jobs import answer
from nnbuilder.engine.protocol import Device, EngineError, NoWorker, RunRequest
from nnbuilder.store import Store
from nnbuilder.ui.backend import Backend


class FakeEngine:
    """Runs that change state at once when they are told to."""

    def __init__(self) -> None:
        self.requests: list[RunRequest] = []
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self.released: list[str] = []
        self.states: dict[str, str] = {}
        self.stopping: set[str] = set()
        self.touched: list[str] = []
        self.leaving: set[str] = set()
        self.questions: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {}

    def submit(self, request: RunRequest) -> None:
        self.requests.append(request)
        self.states[request.run_id] = "training" if request.train else "paused" if request.checkpoint else "ready"

    def control(self, run_id: str, command: dict[str, Any], timeout: float | None = None) -> dict[str, Any] | None:
        if run_id not in self.states:
            raise NoWorker("The run is not loaded; open its project again.")
        self.commands.append((run_id, command))
        goal = {"train": "training", "pause": "paused", "stop": "done"}.get(command["do"])
        self.states[run_id] = goal or self.states[run_id]
        return self.answer if timeout else None

    def release(self, run_id: str) -> None:
        self.released.append(run_id)
        self.states.pop(run_id)

    def status(self, run_id: str) -> dict[str, Any] | None:
        if run_id not in self.states:
            return None
        ending = {"stopping": run_id in self.stopping, "leaving": run_id in self.leaving}
        return {"run": run_id, "state": self.states[run_id], **ending}

    def touch(self, run_id: str) -> None:
        self.touched.append(run_id)

    def devices(self, timeout: float = 10.0) -> list[Device]:
        return [Device("cpu", "CPU"), Device("cuda:0", "CUDA", False, "no NVIDIA graphics card or driver was found")]

    def ask(self, question: dict[str, Any], timeout: float, progress: Any = None) -> dict[str, Any]:
        self.questions.append(question)
        if self.answer:
            return self.answer
        # What a process of its own would answer, asked for here.
        found = answer({**question, "progress": progress or (lambda share, words: None), "memory": 0})
        if "error" in found:
            raise EngineError(found["error"])
        return found

    def export(self, checkpoint: Path, kind: str, target: Path, timeout: float = 140.0, progress: Any = None) -> str:
        if progress:
            progress(0.5, "Checking…")
        target.write_bytes(f"{kind} of {checkpoint.parent.name}".encode())
        return "Looked at."


class FakeLive:
    """Remembers which run each project shows."""

    def __init__(self) -> None:
        self.shown: dict[str, str] = {}
        self.told: list[tuple[str, str]] = []

    def grant(self, project_id: str, holder: str = "") -> str:
        return f"token-{project_id}-{holder}"

    def show(self, project_id: str, run_id: str) -> None:
        self.shown[project_id] = run_id

    def tell(self, project_id: str, holder: str) -> None:
        self.told.append((project_id, holder))


def fake_backend(home: Path) -> Backend:
    """A backend over a store in `home`."""
    backend = Backend(Store.open(home=home), FakeEngine(), FakeLive())
    backend._devices = backend.engine.devices()
    return backend
