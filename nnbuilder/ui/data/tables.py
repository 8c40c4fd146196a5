"""Opening tables from the page: the bytes are kept, a process of its own reads them, the project goes on with them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from nnbuilder.catalog.samples import SAMPLES, Sample
from nnbuilder.catalog.sources import TABLE
from nnbuilder.errors import Edit, NNBuilderError
from nnbuilder.fields import plain
from nnbuilder.spec import Project
from nnbuilder.tables.answers import Answers, with_answers
from nnbuilder.tables.findings import TYPE_WORDS
from nnbuilder.tables.library import Library, Opened, way_of
from nnbuilder.ui import actions
from nnbuilder.ui.data import table_actions
from nnbuilder.ui.state import Desk
from nnbuilder.ui.waiting import Show, ask_with_progress

READ_WITHIN = 600.0


class Refusal(NNBuilderError):
    """A file that cannot be read in the way it was asked for; `options` are ways in which it can."""

    def __init__(
        self,
        message: str,
        options: Sequence[Mapping[str, Any]],
        sha256: str,
        name: str,
        reading: Mapping[str, Any],
    ) -> None:
        super().__init__(message)
        self.options = tuple(options)
        self.sha256, self.name, self.reading = sha256, name, dict(reading)


def opened_table(desk: Desk, show: Show | None = None) -> Opened | None:
    """What is known of the project's table; None if its data are made on the spot, or the file is not here."""
    source = desk.project.data.source
    if source.kind != TABLE:
        return None
    try:
        return _read(desk, source["sha256"], source["file"], way_of(source.settings), show)
    except NNBuilderError as error:
        desk.memory.note = str(error)
        return None


def open_file(desk: Desk, content: bytes, name: str, show: Show | None = None) -> None:
    """Put a table in the place of the project's data; what cannot be read leaves them as they were."""
    open_kept(desk, Library.default().keep(content), name, {}, show)


def open_kept(desk: Desk, sha256: str, name: str, reading: Mapping[str, Any], show: Show | None = None) -> None:
    """Put a table whose bytes are kept in the place of the project's data, read with some choices made."""
    opened = _read(desk, sha256, name, _way(reading), show)
    take(desk, table_actions.open_table(desk.project, opened, sha256, name, chosen=tuple(reading)), show)


def open_sample(desk: Desk, key: str, show: Show | None = None) -> None:
    """Open a sample with its target and a network that suits it."""
    sample: Sample = SAMPLES[key]
    sha256 = Library.default().keep(sample.path.read_bytes())
    opened = _read(desk, sha256, sample.file, _way({}), show)
    names = sample.chosen(tuple(column["name"] for column in opened.columns))
    project = table_actions.open_table(desk.project, opened, sha256, sample.file, sample.target)
    columns = [item for item in project.data.source["columns"] if item["name"] in names]
    project = project.edited(Edit("set", "data.source.columns", columns), Edit("set", "name", sample.title))
    desk.backend.prepare(project.data)
    proposal = desk.backend.engine.ask({"kind": "propose", "data": project.data.to_json()}, READ_WITHIN)
    take(desk, project.edited(*(Edit("set", item["path"], item["value"]) for item in proposal["edits"])), show)


def read_again(
    desk: Desk,
    reading: Mapping[str, Any] | None = None,
    answers: Answers | None = None,
    types: Mapping[str, str | None] | None = None,
    show: Show | None = None,
) -> None:
    """Read the table in another way; what was chosen of its columns stays as far as they are the same.

    Parameters
    ----------
    reading
        Choices of how the file is read; None leaves one to detection again.
    answers
        What is said of columns, on top of what was said before; None takes back all that was said of a column.
    types
        Types of columns; None for the one that is detected.

    Raises
    ------
    NNBuilderError
        If the file cannot be read so, or a column cannot be of its type: then all stays as it was.
    """
    source = desk.project.data.source
    before = _read(desk, source["sha256"], source["file"], way_of(source.settings))
    asked = {name: source["reading"][name] for name in source["chosen"] if name in source["reading"]}
    asked = _known({**asked, **(reading or {})})
    kept = {name: said for name, said in source["answers"].items() if (answers or {}).get(name, said) is not None}
    said = with_answers(kept, _known(answers or {}))
    chosen = _known({**source["types"], **(types or {})})
    opened = _read(desk, source["sha256"], source["file"], _way(asked, chosen, said), show)
    for name, wanted in _known(types or {}).items():
        _refuse_type(opened, name, wanted)
    take(desk, table_actions.open_again(desk.project, before, opened, tuple(asked), chosen, said), show)


def _refuse_type(opened: Opened, name: str, wanted: str) -> None:
    """Raise with the reason if a column cannot be of the type that was asked for."""
    column = next((column for column in opened.columns if column["name"] == name), None)
    if column is None or column["type"] == wanted:
        return
    asked = TYPE_WORDS[wanted]
    example = f", for example “{column['bad'][0][1]}” in line {column['bad'][0][0]}" if column["bad"] else ""
    if wanted == "category":
        why = f"its {plain(column['distinct'])} different values are too many" if column["distinct"] else "it is empty"
    elif wanted == "yes_no":
        why = f"it has {plain(column['distinct'])} different values, not two"
    else:
        why = f"too few of its cells are {asked}{example}"
    raise NNBuilderError(f"Column “{name}” cannot be read as {asked}: {why}; choose another type.")


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _way(
    reading: Mapping[str, Any], types: Mapping[str, str] | None = None, answers: Answers | None = None
) -> dict[str, Any]:
    """A way of reading in which a person chose all that is named."""
    return {"reading": dict(reading), "types": types or {}, "answers": answers or {}, "chosen": sorted(reading)}


def take(desk: Desk, project: Project, show: Show | None = None) -> None:
    """Change the project's data, with loss, output width and metric as they need them."""
    if show is not None:
        show(1.0, "Preparing the rows for the network")
    before = desk.facts.task
    desk.backend.prepare(project.data)
    # What is wrong with the data is said at their place; the network waits until it is repaired.
    with contextlib.suppress(NNBuilderError):
        project = actions.fit_to_data(project, before)
    desk.change(project)


def _read(desk: Desk, sha256: str, name: str, way: Mapping[str, Any], show: Show | None = None) -> Opened:
    library = Library.default()
    found = library.find(sha256, **way)
    if found is None:
        library.original(sha256, name)
        answer = _ask(desk, {"kind": "read_table", "sha256": sha256, "name": name, **way}, show)
        if "refused" in answer:
            raise Refusal(answer["refused"], answer["options"], sha256, name, way["reading"])
        found = library.find(sha256, **way)
    if found is None:
        raise NNBuilderError(f"What was read of {name} could not be kept; make room on the disk and open it again.")
    return found


def _ask(desk: Desk, question: dict[str, Any], show: Show | None) -> dict[str, Any]:
    """Ask the engine; `show` is called, on the thread of the page, with how far it is."""
    if show is None:
        return desk.backend.engine.ask(question, READ_WITHIN)
    return ask_with_progress(desk.backend.engine, question, READ_WITHIN, "Opening the table", show)
