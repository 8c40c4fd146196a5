"""Who answers on the predict page: the worker of the run, or a process that reads its last checkpoint."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from nnbuilder.catalog.sources import TABLE
from nnbuilder.engine.protocol import CHECKPOINT_NAME, NoWorker, Runner
from nnbuilder.errors import NNBuilderError
from nnbuilder.predicting.asked import Asked
from nnbuilder.spec import Project, read
from nnbuilder.store import RunRecord
from nnbuilder.tables.library import Library
from nnbuilder.ui import runs
from nnbuilder.ui.state import Desk

Row = Sequence[float | None]

LOOK_WITHIN = 300.0
ANSWER_WITHIN = 20.0
MOVING = ("training", "queued", "starting")
"""States of a run in which the next answer may be another one."""


@dataclass(frozen=True)
class Source:
    """The run that answers: the project as it is trained there, which may not be the one on the desk.

    `sleeps` says that it has no worker, but would get one if the project was opened.
    """

    run: RunRecord
    project: Project
    state: str
    message: str
    epoch: int
    outdated: bool
    sleeps: bool = False

    @property
    def moving(self) -> bool:
        """Whether the network changes by itself."""
        return self.state in MOVING


@dataclass(frozen=True)
class Look:
    """What the network asks of a row, and rows of its data to begin with."""

    asked: Asked
    taken: Mapping[str, Any]
    without_data: bool = False


def find_source(desk: Desk) -> Source | None:
    """The run of the project; None if there was none yet."""
    run = desk.backend.store.current_run(desk.project_id)
    if run is None:
        return None
    status = desk.backend.engine.status(run.id) or {}
    document = desk.project.to_json()
    return Source(
        run=run,
        # Reading a project checks all of it, which takes its time.
        project=desk.project if run.spec == document else read(run.spec),
        state=str(status.get("state") or run.state),
        message=str(status.get("message") or run.message),
        epoch=int(status.get("epoch", run.epoch)),
        sleeps=not status or status["state"] == "asleep",
        outdated=runs.structure(run.spec) != runs.structure(document),
    )


def look(desk: Desk, source: Source) -> Look:
    """What the network of a run asks of a row; without its table as far as the checkpoint tells.

    Raises
    ------
    NNBuilderError
        If neither its data nor a checkpoint are here.
    """
    data = source.project.data
    if data.source.kind == TABLE and not Library.default().has(data.source["sha256"]):
        path = _kept(desk, source)
        if path is None:
            raise NNBuilderError(
                f"{data.source['file']} is not among the tables kept here, and the network has learned nothing yet; "
                "open the file on the Data page."
            )
        return _look_at_checkpoint(desk.backend.engine, str(path), source.run.id)
    return _look(desk.backend.engine, json.dumps(data.to_json(), sort_keys=True))


def ask(desk: Desk, source: Source, rows: Sequence[Row]) -> dict[str, Any]:
    """What the network answers for rows in data units, None where a value is missing.

    Raises
    ------
    NNBuilderError
        If the rows cannot be answered, or nobody has the weights.
    """
    # Without a worker its last checkpoint is what there is; both fill a missing value as in training.
    with contextlib.suppress(NoWorker):
        command = {"do": "predict", "rows": [list(row) for row in rows]}
        return desk.backend.engine.control(source.run.id, command, timeout=ANSWER_WITHIN) or {}
    question = {"kind": "predict", "checkpoint": str(checkpoint(desk, source)), "rows": [list(row) for row in rows]}
    return desk.backend.engine.ask(question, ANSWER_WITHIN)


def checkpoint(desk: Desk, source: Source) -> Path:
    """The checkpoint of the run, written now if somebody holds the weights.

    Raises
    ------
    NNBuilderError
        If there is none.
    """
    try:
        return runs.fresh_checkpoint(desk.backend, source.run.id)
    except NoWorker:
        raise NNBuilderError("The run kept no weights; train it again on the Network page.") from None


def _kept(desk: Desk, source: Source) -> Path | None:
    path = desk.backend.store.run_folder(source.run.id) / CHECKPOINT_NAME
    return path if path.exists() else None


# Neither is copied for each rerun: a page only reads them.


@st.cache_resource(max_entries=50, show_spinner=False)
def _look(_engine: Runner, data: str) -> Look:
    answer = _engine.ask({"kind": "predict_look", "data": json.loads(data)}, LOOK_WITHIN)
    return Look(Asked.from_json(answer["asked"]), answer["taken"])


@st.cache_resource(max_entries=50, show_spinner=False)
def _look_at_checkpoint(_engine: Runner, path: str, run_id: str) -> Look:
    """The preprocessing of a run stays the same, whatever its checkpoint has learned since."""
    answer = _engine.ask({"kind": "predict_look", "checkpoint": path}, LOOK_WITHIN)
    return Look(Asked.from_json(answer["asked"]), answer["taken"], without_data=True)
