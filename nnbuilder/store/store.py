"""Projects and runs in a database, their files in a folder beside it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import Engine, create_engine, event, select, update
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from nnbuilder.store.files import StoreError
from nnbuilder.store.tables import SCHEMA_VERSION, ProjectRow, RunRow, bring_up_to_date

ID = re.compile(r"[A-Za-z0-9_-]{16,40}")
RUNS_KEPT = 20
LIVE_STATES = ("starting", "ready", "queued", "training", "paused")


@dataclass(frozen=True)
class ProjectRecord:
    """A stored project: `spec` is its JSON document, `revision` grows with every save."""

    id: str
    spec: dict[str, Any]
    revision: int
    updated: float


@dataclass(frozen=True)
class RunRecord:
    """A stored run: the project it was started with, its state, and the last numbers measured."""

    id: str
    project_id: str
    spec: dict[str, Any]
    state: str
    message: str
    epoch: int
    latest: dict[str, Any]
    created: float


class Conflict(StoreError):
    """The project was saved by somebody else in between; `newer` is what is stored now."""

    def __init__(self, newer: ProjectRecord) -> None:
        self.newer = newer
        super().__init__("The project was changed in another tab; that newer state is shown now.")


class Store:
    """Keeps projects, runs and their files. Safe to use from several threads and processes."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self._engine = engine
        self.home = home

    @classmethod
    def open(cls, url: str | None = None, home: Path | None = None) -> Store:
        """The store under `home` (``NNBUILDER_HOME``, else the user's data folder) in the database at `url`.

        `url` is ``NNBUILDER_DATABASE_URL``, else an SQLite file in `home`. A damaged SQLite file is
        moved aside and a new one made.

        Raises
        ------
        StoreError
            If the folder cannot be written or the database not be opened.
        """
        home = home or Path(os.environ.get("NNBUILDER_HOME") or user_data_path("nnbuilder", appauthor=False))
        try:
            (home / "runs").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder {home} cannot be written ({error.strerror}); set NNBUILDER_HOME to one that can."
            ) from error
        file = home / "nnbuilder.db"
        url = url or os.environ.get("NNBUILDER_DATABASE_URL") or f"sqlite:///{file}"
        try:
            return cls(_connect(url), home)
        except DatabaseError as error:
            if not url.startswith("sqlite") or isinstance(error, OperationalError) or not file.exists():
                raise StoreError(
                    f"The database cannot be opened ({_cause(error)}); check NNBUILDER_DATABASE_URL."
                ) from error
            file.rename(file.with_suffix(f".damaged-{int(time.time())}"))
            return cls(_connect(url), home)
        except (SQLAlchemyError, ImportError) as error:
            raise StoreError(
                f"The database cannot be opened ({_cause(error)}); check NNBUILDER_DATABASE_URL and its driver."
            ) from error

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def create_project(self, spec: Mapping[str, Any]) -> ProjectRecord:
        """Keep a new project under a new unguessable id."""
        now = time.time()
        row = ProjectRow(id=secrets.token_urlsafe(16), spec=_text(spec), revision=1, created=now, updated=now)
        with self._session() as session:
            session.add(row)
            session.flush()
            return _project(row)

    def project(self, project_id: str) -> ProjectRecord | None:
        """The project of that id, or None."""
        if not ID.fullmatch(project_id):
            return None
        with self._session() as session:
            row = session.get(ProjectRow, project_id)
            return _project(row) if row else None

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
        with self._session() as session:
            change = update(ProjectRow).where(ProjectRow.id == project_id)
            if expected_revision is not None:
                change = change.where(ProjectRow.revision == expected_revision)
            change = change.values(spec=_text(spec), revision=ProjectRow.revision + 1, updated=time.time())
            found = session.execute(change.returning(ProjectRow.id)).scalar_one_or_none()
            row = session.get(ProjectRow, project_id, populate_existing=True)
            if row is None:
                raise StoreError("The project is no longer stored; open the page anew to start another one.")
            if found is None:
                raise Conflict(_project(row))
            return _project(row)

    def create_run(self, project_id: str, spec: Mapping[str, Any]) -> RunRecord:
        """Keep a new run of a project in state ``starting`` and make its folder."""
        now = time.time()
        row = RunRow(
            id=secrets.token_urlsafe(16),
            project_id=project_id,
            spec=_text(spec),
            state="starting",
            message="",
            epoch=0,
            latest="{}",
            created=now,
            updated=now,
        )
        self.run_folder(row.id).mkdir(parents=True, exist_ok=True)
        with self._session() as session:
            session.add(row)
            session.flush()
            record = _run(row)
        self._prune(project_id)
        return record

    def update_run(
        self,
        run_id: str,
        *,
        state: str | None = None,
        message: str | None = None,
        epoch: int | None = None,
        latest: Mapping[str, Any] | None = None,
        spec: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep what changed of a run; an unknown id changes nothing."""
        values: dict[str, Any] = {"state": state, "message": message, "epoch": epoch}
        values["latest"] = None if latest is None else _text(latest)
        values["spec"] = None if spec is None else _text(spec)
        values = {name: value for name, value in values.items() if value is not None}
        with self._session() as session:
            session.execute(update(RunRow).where(RunRow.id == run_id).values(**values, updated=time.time()))

    def run(self, run_id: str) -> RunRecord | None:
        """The run of that id, or None."""
        with self._session() as session:
            row = session.get(RunRow, run_id)
            return _run(row) if row else None

    def runs(self, project_id: str, limit: int = RUNS_KEPT) -> list[RunRecord]:
        """The newest runs of a project, newest first."""
        with self._session() as session:
            chosen = select(RunRow).where(RunRow.project_id == project_id).order_by(RunRow.created.desc()).limit(limit)
            return [_run(row) for row in session.scalars(chosen)]

    def current_run(self, project_id: str) -> RunRecord | None:
        """The newest run of a project, or None."""
        return next(iter(self.runs(project_id, 1)), None)

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

    def recover(self) -> list[RunRecord]:
        """At the start of a server: put runs that a stopped one left behind to sleep, or mark them lost."""
        with self._session() as session:
            left = session.scalars(select(RunRow).where(RunRow.state.in_(LIVE_STATES))).all()
            for row in left:
                saved = (self.run_folder(row.id) / "checkpoint.pth").exists()
                row.state = "asleep" if saved else "lost"
                row.message = (
                    "The server was restarted; the run goes on from its last checkpoint."
                    if saved
                    else "The server was stopped before the first checkpoint; start again with the same weights."
                )
            return [_run(row) for row in left]

    def _prune(self, project_id: str) -> None:
        """Keep the newest runs of a project and drop older ones with their files."""
        with self._session() as session:
            chosen = select(RunRow).where(RunRow.project_id == project_id).order_by(RunRow.created.desc())
            old = session.scalars(chosen.offset(RUNS_KEPT)).all()
            for row in old:
                shutil.rmtree(self.run_folder(row.id), ignore_errors=True)
                session.delete(row)

    @contextlib.contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            with Session(self._engine) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            raise StoreError(
                f"The project could not be saved or read ({_cause(error)}); make room on the disk or "
                f"check the database. "
                "What was saved before is still there."
            ) from error


def _connect(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _record: Any) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")

    try:
        with engine.begin() as connection:
            found = bring_up_to_date(connection)
    except Exception:
        engine.dispose()
        raise
    if found > SCHEMA_VERSION:
        engine.dispose()
        raise StoreError(
            f"The database was made by a newer program (version {found}, known here: "
            f"{SCHEMA_VERSION}); update this one."
        )
    return engine


def _project(row: ProjectRow) -> ProjectRecord:
    return ProjectRecord(row.id, json.loads(row.spec), row.revision, row.updated)


def _run(row: RunRow) -> RunRecord:
    return RunRecord(
        row.id,
        row.project_id,
        json.loads(row.spec),
        row.state,
        row.message,
        row.epoch,
        json.loads(row.latest),
        row.created,
    )


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False)


def _cause(error: BaseException) -> str:
    """The shortest true word on what failed, without SQL."""
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]
