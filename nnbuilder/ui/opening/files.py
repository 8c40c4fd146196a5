"""Opening a file from the page: its bytes are kept, a confined process reads them, a project or a run is made of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.catalog.sources import TABLE
from nnbuilder.engine.protocol import CHECKPOINT_NAME
from nnbuilder.errors import NNBuilderError
from nnbuilder.loading.arrivals import Arrivals
from nnbuilder.loading.limits import MIB, shown
from nnbuilder.spec import Project, read
from nnbuilder.tables.library import Library
from nnbuilder.ui.backend import Backend
from nnbuilder.ui.opening import actions as opening_actions
from nnbuilder.ui.opening.actions import Found
from nnbuilder.ui.state import Desk

LOOK_WITHIN = 180.0
TAKE_UP_WITHIN = 300.0


def arrive(file: IO[bytes], name: str) -> str:
    """Keep the bytes of a file that was dropped; what they are is asked next, see `look`."""
    return Arrivals.default().keep(file, name)


def runs(desk: Desk) -> dict[str, str]:
    """The runs of the project that have learned something and can be started from: words for each by its id."""
    found = {}
    for run in desk.backend.store.runs(desk.project_id):
        if run.epoch and (desk.backend.store.run_folder(run.id) / CHECKPOINT_NAME).exists():
            loss = run.latest.get("validation_loss") or run.latest.get("train_loss")
            words = f", loss {loss:.3g}" if isinstance(loss, float) else ""
            found[run.id] = f"Run {run.serial}: epoch {run.epoch}{words}"
    return found


def arrive_run(desk: Desk, run_id: str) -> tuple[str, str]:
    """Keep the checkpoint of one of the project's runs as a file that has arrived; its digest and what it is called."""
    run = next((run for run in desk.backend.store.runs(desk.project_id) if run.id == run_id), None)
    if run is None:
        raise NNBuilderError("That run is no longer kept; choose another one.")
    source = run.spec["data"]["source"]
    if source["kind"] == TABLE:
        # The project may have had another table then; its runs are of whoever has it open.
        desk.memory.tables.add(source["sha256"])
    name = f"run-{run.serial}.pth"
    try:
        with open(desk.backend.store.run_folder(run.id) / CHECKPOINT_NAME, "rb") as file:
            return arrive(file, name), name
    except OSError as error:
        raise NNBuilderError(f"Run {run.serial} cannot be read ({error.strerror}); choose another one.") from None


def look(backend: Backend, arrival: str, name: str) -> dict[str, Any]:
    """What a file that has arrived holds; see `nnbuilder.loading.job.look`.

    Raises
    ------
    NNBuilderError
        In one sentence, if it cannot be opened.
    """
    return backend.engine.ask({"kind": "load_file", "arrival": arrival, "name": name[:300]}, LOOK_WITHIN)


def missing_table(desk: Desk, found: Found) -> str:
    """What the table is called that a file's project needs and that is still to be brought; "" if none is.

    A table that is kept here is used only where it came in the file, was brought, or belongs to a project this session
    has had open: many work on one server, and whoever knows a digest out of a file does not own the table.
    """
    table = found.get("table")
    if not table or "path" in table or _owned(desk, table["sha256"]):
        return ""
    return table["file"] or "a table"


def _owned(desk: Desk, sha256: str) -> bool:
    """Whether this session has the right to a table, and the table is here; a sample is everybody's."""
    return (sha256 in desk.memory.tables and Library.default().has(sha256)) or _sample(sha256) is not None


def _sample(sha256: str) -> Path | None:
    """The sample with that digest."""
    paths = (sample.path for sample in SAMPLES.values() if sample.path.exists())
    return next((path for path in paths if hashlib.sha256(path.read_bytes()).hexdigest() == sha256), None)


def bring_table(desk: Desk, found: Found, file: IO[bytes], name: str) -> None:
    """Keep the table a file's project needs.

    Raises
    ------
    NNBuilderError
        If it is another one.
    """
    wanted = found["table"]["sha256"]
    if _digest(file) != wanted:
        raise NNBuilderError(
            f"{shown(name)} is not the table the project was made with, not byte for byte; choose the file it was made "
            "with."
        )
    Library.default().keep(file)
    desk.memory.tables.add(wanted)


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(MIB):
        digest.update(piece)
    return digest.hexdigest()


def keep_weights(found: Found) -> None:
    """Keep the weights of a file for good, as a network is going to start from them."""
    if "sha256" in found:
        Arrivals.default().use_weights(found["arrival"], found["sha256"])


def open_project(desk: Desk, found: Found, chosen: Sequence[str]) -> str:
    """Make a new project of what is in a file; its id. Undo there brings back the project that was left."""
    project = opening_actions.new_project(desk.project, found, chosen)
    _keep_table(desk, found)
    keep_weights(found)
    return _new(desk, project)


def go_on(desk: Desk, found: Found) -> str:
    """Make a new project of a run in a file, with weights, optimizer and history as they were; its id.

    Raises
    ------
    NNBuilderError
        If the training state does not fit the project; then nothing is made.
    """
    _keep_table(desk, found)
    backend = desk.backend
    if found.get("table"):
        backend.prepare(read(found["project"]).data)
    question = {"kind": "take_up_file", "arrival": found["arrival"], "name": found["name"]}
    taken = backend.engine.ask(question, TAKE_UP_WITHIN)
    project_id = _new(desk, read(taken["project"]))
    run = backend.store.create_run(project_id, taken["project"])
    os.replace(Path(taken["path"]), backend.store.run_folder(run.id) / CHECKPOINT_NAME)
    backend.store.update_run(
        run.id, state="asleep", epoch=taken["epoch"], epochs=taken["epochs"], latest=taken["latest"]
    )
    return project_id


def _keep_table(desk: Desk, found: Found) -> None:
    """Keep the table that came along in a bundle."""
    table, missing = found.get("table"), missing_table(desk, found)
    if missing:
        raise NNBuilderError(f"{shown(missing)} is missing, the table this was made with; drop it, too.")
    if not table:
        return
    if "path" not in table:
        sample = None if Library.default().has(table["sha256"]) else _sample(table["sha256"])
        if sample is not None:
            Library.default().keep(sample.read_bytes())
        return
    try:
        with open(table["path"], "rb") as file:
            if _digest(file) != table["sha256"]:
                raise NNBuilderError("The table in the bundle has changed on the disk; open the file again.")
            Library.default().keep(file)
    except FileNotFoundError:
        raise NNBuilderError("That file is no longer here; open it again.") from None
    desk.memory.tables.add(table["sha256"])


def _new(desk: Desk, project: Project) -> str:
    record = desk.backend.store.create_project(project.to_json())
    history = desk.backend.history(record.id)
    history.undo.append(desk.project.to_text())
    history.left.append(desk.project_id)
    return record.id
