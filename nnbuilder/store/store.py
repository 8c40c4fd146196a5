"""Projects and runs in a database, their files in a folder beside it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from nnbuilder.store.connection import WRITES, cause, connect
from nnbuilder.store.files import StoreError
from nnbuilder.store.records import Conflict, ProjectRecord, RunRecord
from nnbuilder.store.tables import ProjectRow, RunRow, plain

log = logging.getLogger(__name__)

ID = re.compile(r"[A-Za-z0-9_-]{16,40}")
RUNS_KEPT = 20
LIVE_STATES = ("starting", "ready", "queued", "training", "paused")
OPENED_EVERY = 3600.0
"""Seconds between two notes that a project is open: every rerun of a page reads it, and a read should not write."""


class Store:
    """Keeps projects, runs and their files. Safe to use from several threads and processes.

    `notice` is a sentence for the person about how the store was opened, or "".
    """

    def __init__(self, engine: Engine, home: Path, notice: str = "") -> None:
        self._reading = engine
        self._writing = engine.execution_options(**{WRITES: True})
        self.home = home
        self.notice = notice

    @classmethod
    def open(cls, url: str | None = None, home: Path | None = None) -> Store:
        """The store under `home` (``NNBUILDER_HOME``, else the user's data folder) in the database at `url`.

        `url` is ``NNBUILDER_DATABASE_URL``, else an SQLite file in `home`. A damaged SQLite file is
        moved aside and a new one made; `notice` says so.

        Raises
        ------
        StoreError
            If the folder cannot be written or the database not be opened.
        """
        home = home or Path(os.environ.get("NNBUILDER_HOME") or user_data_path("nnbuilder", appauthor=False))
        try:
            (home / "runs").mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=home / "runs").close()
        except OSError as error:
            raise StoreError(
                f"The folder {home} cannot be written ({error.strerror or error}); "
                "set NNBUILDER_HOME to one that can, or make room on its disk."
            ) from error
        engine, notice = connect(
            url or os.environ.get("NNBUILDER_DATABASE_URL") or f"sqlite:///{home / 'nnbuilder.db'}"
        )
        if notice:
            log.warning(notice)
        return cls(engine, home, notice)

    def close(self) -> None:
        """Let go of all connections."""
        self._reading.dispose()

    def create_project(self, spec: Mapping[str, Any]) -> ProjectRecord:
        """Keep a new project under a new unguessable id."""
        now = time.time()
        row = ProjectRow(
            id=secrets.token_urlsafe(16),
            name=_name(spec),
            spec=_text(spec),
            revision=1,
            runs_made=0,
            created=now,
            updated=now,
            opened=now,
        )
        with self._session(self._writing) as session:
            session.add(row)
            session.flush()
            return ProjectRecord.of(row)

    def project(self, project_id: str) -> ProjectRecord | None:
        """The project of that id, or None."""
        if not ID.fullmatch(project_id):
            return None
        with self._session(self._reading) as session:
            row = session.get(ProjectRow, project_id)
            record = ProjectRecord.of(row) if row else None
        if record and time.time() - record.opened > OPENED_EVERY:
            self._note_opened(project_id)
        return record

    def save_project(
        self, project_id: str, spec: Mapping[str, Any], expected_revision: int | None = None
    ) -> ProjectRecord:
        """Keep a project's new state.

        Raises
        ------
        Conflict
            If its revision is no longer the expected one.
        StoreError
            If there is no such project.
        """
        now = time.time()
        change = update(ProjectRow).where(ProjectRow.id == project_id)
        if expected_revision is not None:
            change = change.where(ProjectRow.revision == expected_revision)
        change = change.values(
            name=_name(spec), spec=_text(spec), revision=ProjectRow.revision + 1, updated=now, opened=now
        )
        with self._session(self._writing) as session:
            found = session.execute(change.returning(ProjectRow.id)).scalar_one_or_none()
            row = session.get(ProjectRow, project_id, populate_existing=True)
            if row is None:
                raise _no_such_project()
            if found is None:
                raise Conflict(ProjectRecord.of(row))
            return ProjectRecord.of(row)

    def recent_projects(self, project_ids: Iterable[str]) -> list[ProjectRecord]:
        """Those of the projects that are stored, last opened first.

        Who asks must name them: there is no list of everybody's projects, since knowing an id is owning the project.
        """
        wanted = {project_id for project_id in project_ids if ID.fullmatch(project_id)}
        with self._session(self._reading) as session:
            chosen = select(ProjectRow).where(ProjectRow.id.in_(wanted))
            return [ProjectRecord.of(row) for row in session.scalars(chosen.order_by(ProjectRow.opened.desc()))]

    def create_run(self, project_id: str, spec: Mapping[str, Any]) -> RunRecord:
        """Keep a new run of a project in state ``starting``, make its folder, and drop what is beyond `RUNS_KEPT`.

        Raises
        ------
        StoreError
            If there is no such project, or its folder cannot be made.
        """
        now = time.time()
        row = RunRow(
            id=secrets.token_urlsafe(16),
            project_id=project_id,
            spec=_text(spec),
            state="starting",
            message="",
            epoch=0,
            epochs=spec.get("training", {}).get("epochs", 0),
            latest="{}",
            created=now,
            updated=now,
        )
        folder = self.run_folder(row.id)
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise StoreError(
                f"The folder of the run could not be made in {folder.parent} ({error.strerror or error}); "
                "make room on the disk or make that folder writable."
            ) from error
        try:
            with self._session(self._writing) as session:
                # Counting in the project's row keeps two runs made at once from getting one number.
                count = update(ProjectRow).where(ProjectRow.id == project_id)
                count = count.values(runs_made=ProjectRow.runs_made + 1).returning(ProjectRow.runs_made)
                serial = session.execute(count).scalar_one_or_none()
                if serial is None:
                    raise _no_such_project()
                row.serial, row.turn = serial, _next_turn(session, project_id)
                session.add(row)
                session.flush()
                record = RunRecord.of(row)
                old = _drop_old(session, project_id, RUNS_KEPT)
        except StoreError:
            with contextlib.suppress(OSError):
                folder.rmdir()
            raise
        self._remove_files(old)
        return record

    def update_run(
        self,
        run_id: str,
        *,
        state: str | None = None,
        message: str | None = None,
        epoch: int | None = None,
        epochs: int | None = None,
        latest: Mapping[str, Any] | None = None,
        spec: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep what changed of a run; an unknown id changes nothing."""
        values: dict[str, Any] = {"state": state, "epoch": epoch, "epochs": epochs}
        values["message"] = None if message is None else plain(message)
        values["latest"] = None if latest is None else _text(latest)
        values["spec"] = None if spec is None else _text(spec)
        values = {name: value for name, value in values.items() if value is not None}
        with self._session(self._writing) as session:
            session.execute(update(RunRow).where(RunRow.id == run_id).values(**values, updated=time.time()))

    def run(self, run_id: str) -> RunRecord | None:
        """The run of that id, or None."""
        if not ID.fullmatch(run_id):
            return None
        with self._session(self._reading) as session:
            row = session.get(RunRow, run_id)
            return RunRecord.of(row) if row else None

    def runs(self, project_id: str, limit: int = RUNS_KEPT) -> list[RunRecord]:
        """The newest runs of a project, the one begun or taken up last first."""
        with self._session(self._reading) as session:
            return [RunRecord.of(row) for row in session.scalars(_newest_first(project_id).limit(limit))]

    def current_run(self, project_id: str) -> RunRecord | None:
        """The run of a project that was begun or taken up last, or None."""
        return next(iter(self.runs(project_id, 1)), None)

    def take_up(self, run_id: str) -> None:
        """Make an earlier run the current one of its project again; an unknown id changes nothing."""
        with self._session(self._writing) as session:
            row = session.get(RunRow, run_id)
            if row is not None:
                row.turn = _next_turn(session, row.project_id)

    def run_folder(self, run_id: str) -> Path:
        """Where the files of a run lie.

        Raises
        ------
        StoreError
            If the id is none that was handed out here.
        """
        if not ID.fullmatch(run_id):
            raise StoreError("That is no id of a run; open the project anew.")
        return self.home / "runs" / run_id

    def run_ids(self) -> set[str]:
        """The ids of all runs, for whoever looks after their folders."""
        with self._session(self._reading) as session:
            return set(session.scalars(select(RunRow.id)))

    def specs(self) -> list[str]:
        """The text of every project and of every run's project, for whoever looks after the files these name."""
        with self._session(self._reading) as session:
            return [*session.scalars(select(ProjectRow.spec)), *session.scalars(select(RunRow.spec))]

    def recover(self) -> list[RunRecord]:
        """At the start of a server: put runs that a stopped one left behind to sleep, or mark them lost."""
        with self._session(self._writing) as session:
            left = session.scalars(select(RunRow).where(RunRow.state.in_(LIVE_STATES))).all()
            for row in left:
                saved = (self.run_folder(row.id) / "checkpoint.pth").exists()
                row.state = "asleep" if saved else "lost"
                row.message = (
                    "The server was restarted; the run goes on from its last checkpoint."
                    if saved
                    else "The server was stopped before the first checkpoint; start again with the same weights."
                )
                row.updated = time.time()
            return [RunRecord.of(row) for row in left]

    def _note_opened(self, project_id: str) -> None:
        # A disk that is full or locked must not keep a project from being shown.
        with contextlib.suppress(StoreError), self._session(self._writing) as session:
            session.execute(update(ProjectRow).where(ProjectRow.id == project_id).values(opened=time.time()))

    def _remove_files(self, run_ids: Iterable[str]) -> None:
        """Remove folders of runs whose rows are gone for good: a run must never be there without its files."""
        for run_id in run_ids:
            shutil.rmtree(self.run_folder(run_id), ignore_errors=True)

    @contextlib.contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            raise StoreError(
                f"The project could not be saved or read ({cause(error)}); make room on the disk or check the "
                "database, what was saved before is still there."
            ) from error


def _newest_first(project_id: str) -> Any:
    mine = select(RunRow).where(RunRow.project_id == project_id)
    return mine.order_by(RunRow.turn.desc(), RunRow.serial.desc())


def _next_turn(session: Session, project_id: str) -> int:
    newest = session.scalar(select(func.max(RunRow.turn)).where(RunRow.project_id == project_id))
    return (newest or 0) + 1


def _drop_old(session: Session, project_id: str, keep_last: int) -> list[str]:
    """Delete the rows of a project's older runs; their ids."""
    newest = session.scalars(_newest_first(project_id).with_only_columns(RunRow.id))
    old = list(newest)[keep_last:]
    session.execute(delete(RunRow).where(RunRow.id.in_(old)))
    return old


def _no_such_project() -> StoreError:
    return StoreError("The project is no longer stored; open the page anew to start another one.")


def _name(spec: Mapping[str, Any]) -> str:
    return plain(str(spec.get("name", "")))


def _text(document: Mapping[str, Any]) -> str:
    # ASCII: a half of a surrogate pair, which JSON may name and no database takes, is kept too.
    return json.dumps(document)
