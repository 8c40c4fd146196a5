"""The files to take home: which there are, and how each is made of a project."""

from __future__ import annotations

from nnbuilder.errors import NNBuilderError
from nnbuilder.export.table import EXPORTERS
from nnbuilder.live.downloads import Download, UnknownKind
from nnbuilder.spec import read
from nnbuilder.ui import runs
from nnbuilder.ui.backend import backend
from nnbuilder.ui.state import as_json, project_name

PROJECT = "project"
PROJECT_HELP = "Data, network and training as JSON, for the command line or another day."


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
    if kind != PROJECT and kind not in EXPORTERS:
        raise UnknownKind
    here = backend()
    record = here.store.project(project_id)
    if record is None:
        raise NNBuilderError("The project is not in the store any more; reload the page to start a new one.")
    project = read(record.spec)
    name = project_name(project)
    if kind == PROJECT:
        return Download(f"{name}.json", as_json(project), "application/json")
    return Download(f"{name}-{EXPORTERS[kind].file_name}", runs.export(here, project_id, kind))
