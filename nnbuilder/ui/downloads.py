"""The files to take home: which there are, and how each is made of a project."""

from __future__ import annotations

import secrets
from pathlib import Path

from nnbuilder.catalog.sources import TABLE
from nnbuilder.errors import NNBuilderError
from nnbuilder.export.table import EXPORTERS
from nnbuilder.live.downloads import Download, UnknownKind
from nnbuilder.spec import Project, read
from nnbuilder.tables.library import Library
from nnbuilder.ui import runs
from nnbuilder.ui.backend import Backend, backend
from nnbuilder.ui.state import as_json, project_name

PROJECT = "project"
PROJECT_HELP = "Data, network and training as JSON, for the command line or another day."
TABLE_FILES: dict[str, dict[str, str]] = {
    "table": {
        "kind": "table",
        "label": "Table as read (CSV)",
        "help": "Every row and column in UTF-8 with commas; no cell is a formula to a spreadsheet.",
    },
    "inputs": {
        "kind": "inputs",
        "label": "Rows as the network gets them (CSV)",
        "help": "Every input and the target, with the part each row is in.",
    },
}
"""Files made of a project's table, by kind."""
WRITTEN_WITHIN = 140.0
"""Seconds; the browser waits a little longer."""


def files() -> list[dict[str, str]]:
    """Key, label and help of every file, in the order of the page."""
    rows = [{"kind": item.key, "label": item.label, "help": item.help} for item in EXPORTERS.values()]
    return [*rows, {"kind": PROJECT, "label": "Project", "help": PROJECT_HELP}]


def make(project_id: str, kind: str) -> Download:
    """The file of `kind` of a project as it is now; called in a thread, without a page around it.

    Raises
    ------
    UnknownKind
        If there is no such file.
    NNBuilderError
        If it cannot be made.
    """
    if kind != PROJECT and kind not in EXPORTERS and kind not in TABLE_FILES:
        raise UnknownKind
    here = backend()
    record = here.store.project(project_id)
    if record is None:
        raise NNBuilderError("The project is not in the store any more; reload the page to start a new one.")
    project = read(record.spec)
    name = project_name(project)
    if kind == PROJECT:
        return Download(f"{name}.json", as_json(project), "application/json")
    if kind in TABLE_FILES:
        return Download(f"{name}-{kind}.csv", _table_file(here, project, kind), "text/csv; charset=utf-8")
    return Download(f"{name}-{EXPORTERS[kind].file_name}", runs.export(here, project_id, kind))


def _table_file(here: Backend, project: Project, kind: str) -> Path:
    """A file of the project's table, written by a process of its own: it may be larger than this one should be."""
    source = project.data.source
    if source.kind != TABLE:
        raise NNBuilderError("The project learns from points that are made on the spot; open a table first.")
    folder = Library.default().original(source["sha256"], source["file"]).parent
    target = folder / f"{secrets.token_hex(8)}.download"
    question = {"kind": "table_csv", "rows": kind, "data": project.data.to_json(), "target": str(target)}
    try:
        here.engine.ask(question, WRITTEN_WITHIN)
    except NNBuilderError:
        target.unlink(missing_ok=True)
        raise
    return target
