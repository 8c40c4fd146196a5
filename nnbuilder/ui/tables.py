"""Opening tables from the page: the bytes are kept, a process of its own reads them, the project goes on with them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import Any

from nnbuilder.catalog.samples import SAMPLES, Sample
from nnbuilder.catalog.sources import TABLE
from nnbuilder.errors import Edit, NNBuilderError
from nnbuilder.spec import Project
from nnbuilder.tables.library import Library, Opened
from nnbuilder.ui import actions, table_actions
from nnbuilder.ui.state import Desk

Show = Callable[[float, str], object]

READ_WITHIN = 600.0
LOOK_SECONDS = 0.1


def opened_table(desk: Desk) -> Opened | None:
    """What is known of the project's table; None if its data are made on the spot, or the file is not here."""
    source = desk.project.data.source
    if source.kind != TABLE:
        return None
    settings = source.settings
    try:
        return _read(desk, settings["sha256"], settings["file"], settings["reading"], settings["types"])
    except NNBuilderError as error:
        desk.memory.note = str(error)
        return None


def open_file(desk: Desk, content: bytes | memoryview, name: str, show: Show | None = None) -> None:
    """Put a table in the place of the project's data; what cannot be read leaves them as they were."""
    sha256 = Library.default().keep(content)
    opened = _read(desk, sha256, name, {}, {}, show)
    take(desk, table_actions.open_table(desk.project, opened, sha256, name))


def open_sample(desk: Desk, key: str, show: Show | None = None) -> None:
    """Open a sample with its target and a network that suits it."""
    sample: Sample = SAMPLES[key]
    sha256 = Library.default().keep(sample.path.read_bytes())
    opened = _read(desk, sha256, sample.file, {}, {}, show)
    names = sample.chosen(tuple(column["name"] for column in opened.columns))
    project = table_actions.open_table(desk.project, opened, sha256, sample.file, sample.target)
    columns = [item for item in project.data.source["columns"] if item["name"] in names]
    project = project.edited(Edit("set", "data.source.columns", columns), Edit("set", "name", sample.title))
    desk.backend.prepare(project.data)
    proposal = desk.backend.engine.ask({"kind": "propose", "data": project.data.to_json()}, READ_WITHIN)
    take(desk, project.edited(*(Edit("set", item["path"], item["value"]) for item in proposal["edits"])))


def read_again(desk: Desk, reading: Mapping[str, Any]) -> None:
    """Read the table in another way, with the answer to a question in it."""
    source = desk.project.data.source
    asked = _read(desk, source["sha256"], source["file"], source["reading"], source["types"]).document["asked"]
    opened = _read(desk, source["sha256"], source["file"], {**asked, **reading}, {})
    names = [column["name"] for column in opened.columns]
    target = source["target"] if source["target"] in names else ""
    take(desk, table_actions.open_table(desk.project, opened, source["sha256"], source["file"], target))


def change_type(desk: Desk, name: str, chosen: str) -> None:
    """Take a column for another type than was found."""
    project = table_actions.set_type(desk.project, name, chosen)
    settings = project.data.source.settings
    _read(desk, settings["sha256"], settings["file"], settings["reading"], settings["types"])
    take(desk, project)


def take(desk: Desk, project: Project) -> None:
    """Change the project's data, with loss, output width and metric as they need them."""
    before = desk.facts.task
    desk.backend.prepare(project.data)
    # What is wrong with the data is said at their place; the network waits until it is repaired.
    with contextlib.suppress(NNBuilderError):
        project = actions.fit_to_data(project, before)
    desk.change(project)


def _read(
    desk: Desk,
    sha256: str,
    name: str,
    reading: Mapping[str, Any],
    types: Mapping[str, str],
    show: Show | None = None,
) -> Opened:
    library = Library.default()
    found = library.find(sha256, reading, types)
    if found is None:
        library.original(sha256, name)
        _ask(desk, {"kind": "read_table", "sha256": sha256, "name": name, "reading": reading, "types": types}, show)
        found = library.find(sha256, reading, types)
    if found is None:
        raise NNBuilderError(f"What was read of {name} could not be kept; make room on the disk and open it again.")
    return found


def _ask(desk: Desk, question: dict[str, Any], show: Show | None) -> None:
    """Ask the engine; `show` is called, on the thread of the page, with how far it is."""
    if show is None:
        desk.backend.engine.ask(question, READ_WITHIN)
        return
    state = {"share": 0.0, "words": "Opening the table"}

    def hear(share: float, words: str) -> None:
        state.update(share=share, words=words)

    with ThreadPoolExecutor(1, thread_name_prefix="read-table") as pool:
        answer = pool.submit(desk.backend.engine.ask, question, READ_WITHIN, hear)
        while True:
            try:
                answer.result(LOOK_SECONDS)
                return
            except NotYet:
                show(min(1.0, max(0.0, state["share"])), state["words"])
