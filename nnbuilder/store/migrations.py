"""The steps that bring a database, empty or of an older program, up to the tables of today.

A step that was released is never changed: databases in the field have taken it as it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import Column, Connection, Float, ForeignKey, Integer, MetaData, String, Table, Text, inspect, text

from nnbuilder.store.tables import plain


def _make_first_tables(connection: Connection) -> None:
    """Version 1: projects, their runs, and the version itself."""
    tables = MetaData()
    Table(
        "projects",
        tables,
        Column("id", String(40), primary_key=True),
        Column("spec", Text, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("created", Float, nullable=False),
        Column("updated", Float, nullable=False),
    )
    Table(
        "runs",
        tables,
        Column("id", String(40), primary_key=True),
        Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("spec", Text, nullable=False),
        Column("state", String(20), nullable=False),
        Column("message", Text, nullable=False),
        Column("epoch", Integer, nullable=False),
        Column("latest", Text, nullable=False),
        Column("created", Float, nullable=False, index=True),
        Column("updated", Float, nullable=False),
    )
    Table("schema", tables, Column("id", Integer, primary_key=True), Column("version", Integer, nullable=False))
    tables.create_all(connection)


def _name_projects_and_number_runs(connection: Connection) -> None:
    """Version 2: a project's name and when it was last opened; a run's number in its project and its epochs."""
    for column in (
        "projects ADD COLUMN name TEXT NOT NULL DEFAULT ''",
        "projects ADD COLUMN runs_made INTEGER NOT NULL DEFAULT 0",
        "projects ADD COLUMN opened FLOAT NOT NULL DEFAULT 0",
        "runs ADD COLUMN serial INTEGER NOT NULL DEFAULT 0",
        "runs ADD COLUMN epochs INTEGER NOT NULL DEFAULT 0",
    ):
        connection.execute(text(f"ALTER TABLE {column}"))
    for row in connection.execute(text("SELECT id, spec FROM projects")).all():
        connection.execute(
            text("UPDATE projects SET name = :name, opened = updated WHERE id = :id"),
            {"name": plain(str(json.loads(row.spec).get("name", ""))), "id": row.id},
        )
    made: dict[str, int] = {}
    for row in connection.execute(text("SELECT id, project_id, spec FROM runs ORDER BY created, id")).all():
        made[row.project_id] = made.get(row.project_id, 0) + 1
        connection.execute(
            text("UPDATE runs SET serial = :serial, epochs = :epochs WHERE id = :id"),
            {
                "serial": made[row.project_id],
                "epochs": json.loads(row.spec).get("training", {}).get("epochs", 0),
                "id": row.id,
            },
        )
    for project_id, count in made.items():
        connection.execute(
            text("UPDATE projects SET runs_made = :count WHERE id = :id"), {"count": count, "id": project_id}
        )


def _take_turns(connection: Connection) -> None:
    """Version 3: which of a project's runs was begun, or taken up again, last."""
    connection.execute(text("ALTER TABLE runs ADD COLUMN turn INTEGER NOT NULL DEFAULT 0"))
    connection.execute(text("UPDATE runs SET turn = serial"))


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    _make_first_tables,
    _name_projects_and_number_runs,
    _take_turns,
)
"""In order; the one at place n brings version n to n + 1. An empty database is version 0."""

SCHEMA_VERSION = len(MIGRATIONS)


def bring_up_to_date(connection: Connection) -> int:
    """Take the steps that are missing; the version found before. A newer database is left as it is."""
    found = 0
    if inspect(connection).has_table("schema"):
        found = connection.execute(text("SELECT version FROM schema")).scalar_one_or_none() or 0
    if found >= SCHEMA_VERSION:
        return found
    for migrate in MIGRATIONS[found:]:
        migrate(connection)
    connection.execute(text("DELETE FROM schema"))
    connection.execute(text("INSERT INTO schema (id, version) VALUES (1, :version)"), {"version": SCHEMA_VERSION})
    return found
