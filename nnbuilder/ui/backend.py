"""What the page stands on: the store, the engine and the live view, put in place by the app's lifespan."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import Protocol

from nnbuilder.data.table_facts import find_facts
from nnbuilder.engine.protocol import Device, Runner, Status
from nnbuilder.errors import NNBuilderError
from nnbuilder.spec import Data
from nnbuilder.store import Store, StoreError

log = logging.getLogger(__name__)


class LiveView(Protocol):
    """The part of the hub the page uses."""

    def grant(self, project_id: str, holder: str = "") -> str:
        """A token that lets a browser watch a project; the same holder gets the same one again."""
        ...

    def show(self, project_id: str, run_id: str) -> None:
        """Show another run to those who watch a project."""
        ...

    def tell(self, project_id: str, holder: str) -> None:
        """Let the other pages of a project know that it was changed."""
        ...


MOST_HISTORIES = 200
PREPARED_WITHIN = 300.0


@dataclass
class History:
    """Earlier states of a project as text, the newest last; `left` are projects these were the states of."""

    undo: list[str] = field(default_factory=list)
    redo: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@dataclass
class Backend:
    """Store, engine and live view of one server; `lock` keeps two tabs from making two runs at once."""

    store: Store
    engine: Runner
    live: LiveView
    live_path: str = "/live"
    lock: threading.Lock = field(default_factory=threading.Lock)
    _histories: dict[str, History] = field(default_factory=dict)
    _devices: list[Device] | None = None
    _asking: bool = False

    def prepare(self, data: Data) -> None:
        """Have a table's data prepared in a process of its own, so that what is known of them can be looked up."""
        try:
            if find_facts(data) is None:
                self.engine.ask({"kind": "prepare", "data": data.to_json()}, PREPARED_WITHIN)
        except NNBuilderError as error:
            # Whoever asks for the facts gets the same answer, where it can be shown.
            log.info("A table cannot be used as it is: %s", error)

    def history(self, project_id: str) -> History:
        """What can be undone and redone in a project, the same for every page of it; the oldest are let go."""
        with self.lock:
            found = self._histories.pop(project_id, None) or History()
            self._histories[project_id] = found
            while len(self._histories) > MOST_HISTORIES:
                del self._histories[next(iter(self._histories))]
            return found

    def keep_status(self, run_id: str, status: Status) -> None:
        """Write a run's change of state into the store; called from a thread of the engine."""
        # A worker that is being made does not know yet how far the run is that it wakes.
        known = status.get("state") != "starting"
        try:
            self.store.update_run(
                run_id,
                state=status.get("state"),
                message=status.get("message"),
                epoch=status.get("epoch") if known else None,
                latest=status.get("latest") if known else None,
            )
        except StoreError:
            # The run itself goes on; the next change of state is kept again.
            log.exception("The state of a run could not be kept.")

    def devices(self) -> list[Device]:
        """The devices to choose from; asked for in the background, until then only the CPU is known."""
        if self._devices is None and not self._asking:
            self._asking = True
            threading.Thread(target=self._find_devices, name="devices", daemon=True).start()
        return self._devices or [Device("cpu", "CPU")]

    def _find_devices(self) -> None:
        try:
            self._devices = self.engine.devices()
        except NNBuilderError as error:
            log.warning("The devices could not be listed: %s", error)
        finally:
            self._asking = False


_backend: Backend | None = None


def install(backend: Backend | None) -> None:
    """Put the server's backend in place; called by the lifespan and by tests."""
    global _backend
    _backend = backend


def backend() -> Backend:
    """The backend of this server.

    Raises
    ------
    NNBuilderError
        If the page was opened without the app around it.
    """
    if _backend is None:
        raise NNBuilderError("The server is not ready; start it with “streamlit run app.py” and open the page again.")
    return _backend
