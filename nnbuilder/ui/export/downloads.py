"""The files to take home: which there are, and how each is made of a project."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nnbuilder.catalog.sources import TABLE
from nnbuilder.data.facts import describe
from nnbuilder.data.table_rows import open_source
from nnbuilder.errors import NNBuilderError
from nnbuilder.export import EXPORTERS, GROUPS, Exporter, Net, find
from nnbuilder.export.snippets import FORM_LABELS
from nnbuilder.facts import DataFacts
from nnbuilder.live.downloads import Download, UnknownKind
from nnbuilder.shapes import BYTES_A_NUMBER, parameter_count
from nnbuilder.spec import Project, read
from nnbuilder.tables.library import Library
from nnbuilder.ui import runs
from nnbuilder.ui.backend import Backend, backend
from nnbuilder.ui.state import as_json, project_name

PROJECT = "project"
MOST_WANTED = ("checkpoint", "state_dict", "module", "onnx:raw", "train_py", "bundle", PROJECT)
"""The kinds in the menu of the main page; the others are on a page of their own."""
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
SHELL = (
    "train_py",
    "training_data",
    "start_weights",
    "predict_py",
    "preprocessing",
    "notebook",
    "requirements",
    "source",
    PROJECT,
)
"""Kinds that are used by commands, not by Python."""
PICTURES = {".png": "image/png", ".svg": "image/svg+xml", ".html": "text/html; charset=utf-8"}
WEIGHTS = ("module", "state_dict", "safetensors")
SMALLEST = 3000
"""Bytes of a file of weights beside the weights themselves, about."""

Tell = Callable[[str], None]


def files() -> list[dict[str, Any]]:
    """Kind, label and help of the files most wanted, in the order of the menu."""
    found = []
    for kind in MOST_WANTED:
        exporter, _ = find(kind)
        label = "ONNX with preprocessing" if kind == "onnx:raw" else exporter.label
        found.append({"kind": kind, "label": label, "help": exporter.help})
    return found


def groups(net: Net, project: str) -> list[dict[str, Any]]:
    """Every file by group, as the export page shows it: choices, how it is used, and why it cannot be made yet.

    `project` is the project's name as files have it, see `nnbuilder.ui.state.project_name`.
    """
    return [
        {
            "key": group,
            "title": title,
            "help": help,
            "files": [
                _row(item, net, project) for item in EXPORTERS.values() if item.group == group and item.only(net)
            ],
        }
        for group, (title, help) in GROUPS.items()
    ]


def _row(item: Exporter, net: Net, project: str) -> dict[str, Any]:
    choices = item.choices(net) if item.choices else []
    offered = [key for key, _ in choices] or [""]
    usage = {form: {key: item.usage(replace(net, form=form), key, project) for key in offered} for form in FORM_LABELS}
    usual = usage["sequential"]
    return {
        "kind": item.key,
        "label": item.label,
        "help": item.help,
        "size": _size(item, net),
        "missing": item.missing(net) or _not_installed(item) or _nothing(item, choices),
        "choices": [{"key": key, "label": label} for key, label in choices],
        "names": {key: item.named(key, net, project) for key in offered},
        "load": usual if item.load else {},
        # Only of files that are used together with model.py does its form make a difference.
        "forms": usage if any(one != usual for one in usage.values()) else {},
        "language": "shell" if item.key in SHELL else "python",
    }


def _nothing(item: Exporter, choices: list[tuple[str, str]]) -> str:
    return "The network has no layer with weights yet; add a Linear layer." if item.choices and not choices else ""


def _not_installed(item: Exporter) -> str:
    missing = [name for name in item.packages if find_spec(name) is None]
    return f"It needs the package {missing[0]}, which the server does not have." if missing else ""


def _size(item: Exporter, net: Net) -> int:
    """About how many bytes a file of weights has; 0 where that is not known before it is made."""
    if item.key not in WEIGHTS:
        return 0
    return SMALLEST + BYTES_A_NUMBER * parameter_count(net.project.network, net.facts.inputs)


def make(project_id: str, kind: str, tell: Tell = lambda words: None) -> Download:
    """The file of `kind` of a project as it is now; called in a thread, without a page around it.

    `tell` is given words while the file is made and checked.

    Raises
    ------
    UnknownKind
        If there is no such file.
    NNBuilderError
        If it cannot be made.
    """
    exporter = _exporter(kind)
    here = backend()
    record = here.store.project(project_id)
    if record is None:
        raise NNBuilderError("The project is not in the store any more; reload the page to start a new one.")
    project = read(record.spec)
    name = project_name(project)
    if kind == PROJECT:
        # The project as it is now, which may be another than the one that was trained.
        return Download(_saved_as(PROJECT, project_id, name), as_json(project), "application/json")
    if exporter is None:
        return Download(f"{name}-{kind}.csv", _table_file(here, project, kind), "text/csv; charset=utf-8")
    path, checked = runs.export(here, project_id, kind, lambda share, words: tell(words))
    file_name = _saved_as(kind, project_id, name)
    return Download(file_name, path, PICTURES.get(Path(file_name).suffix, exporter.media_type), checked)


def _exporter(kind: str) -> Exporter | None:
    """The exporter of a kind; None for a file of the project's table."""
    if kind in TABLE_FILES:
        return None
    try:
        return find(kind)[0]
    except NNBuilderError:
        raise UnknownKind from None


def _saved_as(kind: str, project_id: str, name: str) -> str:
    """What the browser saves a file as, which is what the page says."""
    exporter, choice = find(kind)
    run = backend().store.current_run(project_id) if "{reads}" in exporter.file_name else None
    return exporter.named(choice, net_of(read(run.spec)) if run else None, name)


def net_of(project: Project, facts: DataFacts | None = None, epoch: int = 0) -> Net:
    """What is known of a project's network without its weights; `facts` of its data, where they are known.

    Raises
    ------
    NNBuilderError
        If its data are gone.
    """
    source = project.data.source
    opened = open_source(source) if source.kind == TABLE else None
    return Net(project, facts or describe(project.data), epoch, opened)


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
