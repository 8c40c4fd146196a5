"""The way to the database: opened, brought up to date, and a damaged SQLite file moved aside."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError, SQLAlchemyError

from nnbuilder.store.files import StoreError
from nnbuilder.store.migrations import SCHEMA_VERSION, bring_up_to_date

WRITES = "nnbuilder_writes"
"""Execution option of a connection whose transaction is going to write."""

LOCK_WAIT_MS = 5000


def connect(url: str) -> tuple[Engine, str]:
    """The database at `url`, its tables up to date, and a sentence for the person ("" if nothing is to be said).

    Raises
    ------
    StoreError
        If the database cannot be opened or is of a newer program.
    """
    try:
        try:
            return _open(url), ""
        except DatabaseError as error:
            damaged = _damaged_file(url, error)
            if damaged is None:
                raise
            kept = _move_aside(damaged)
            return _open(url), (
                f"The database was damaged ({cause(error)}), so a new one was begun; the old one is kept as {kept}."
            )
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise StoreError(_refusal(url, error)) from error


def cause(error: BaseException) -> str:
    """The shortest true word on what failed, without SQL."""
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


def _open(url: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    try:
        found = _migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    if found > SCHEMA_VERSION:
        engine.dispose()
        raise StoreError(
            f"The database was made by a newer program (version {found}, known here: {SCHEMA_VERSION}); "
            "update this one."
        )
    return engine


def _migrate(engine: Engine) -> int:
    writing = engine.execution_options(**{WRITES: True})
    try:
        with writing.begin() as connection:
            return bring_up_to_date(connection)
    except DBAPIError:
        # Another server may have taken the same step in this moment; all of it or nothing was done, so look again.
        with writing.begin() as connection:
            return bring_up_to_date(connection)


def _tune_sqlite(engine: Engine) -> None:
    """Let readers and a writer work side by side, and say at once whether a transaction is going to write."""

    @event.listens_for(engine, "first_connect")
    def examine(connection: sqlite3.Connection, _record: Any) -> None:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError("database disk image is malformed")

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # Without this the driver begins transactions by itself, and not at all before it makes tables.
        connection.isolation_level = None
        pragmas = (f"busy_timeout={LOCK_WAIT_MS}", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later cannot wait for another writer; this one can.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _damaged_file(url: str, error: DatabaseError) -> Path | None:
    """The SQLite file that is damaged, or None if the error says anything else."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or isinstance(error, OperationalError) or not parsed.database:
        return None
    file = Path(parsed.database)
    return file if file.is_file() else None


def _move_aside(file: Path) -> Path:
    kept = file.with_name(f"{file.stem}.damaged-{time.time_ns()}{file.suffix}")
    # Its log belongs to it: beside a new database it would be taken for that one's, beside the old one it can repair.
    for ending in ("-wal", "-shm"):
        beside = file.with_name(file.name + ending)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + ending))
    return file.rename(kept)


def _refusal(url: str, error: BaseException) -> str:
    sentence = f"The database cannot be opened ({cause(error)})"
    if isinstance(error, ImportError):
        return f"{sentence}; install that driver into the app's environment or change NNBUILDER_DATABASE_URL."
    if isinstance(error, SQLAlchemyError) and not isinstance(error, DBAPIError):
        return f"{sentence}; check NNBUILDER_DATABASE_URL and its driver."
    if make_url(url).get_backend_name() == "sqlite":
        return f"{sentence}; set NNBUILDER_HOME to a folder that can be written, or check NNBUILDER_DATABASE_URL."
    return f"{sentence}; check NNBUILDER_DATABASE_URL and that its server runs."
