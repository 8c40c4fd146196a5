"""The tables of the store, and the steps that bring an older database up to them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Float, ForeignKey, Integer, String, Text, inspect, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA_VERSION = 1


class Base(DeclarativeBase):
    """Base of all tables."""


class ProjectRow(Base):
    """A project as it stands now; `revision` grows with every save."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    spec: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)
    created: Mapped[float] = mapped_column(Float)
    updated: Mapped[float] = mapped_column(Float)


class RunRow(Base):
    """One training of a project from its first weights on, with the project as it was."""

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    spec: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(Text, default="")
    epoch: Mapped[int] = mapped_column(Integer, default=0)
    latest: Mapped[str] = mapped_column(Text, default="{}")
    created: Mapped[float] = mapped_column(Float, index=True)
    updated: Mapped[float] = mapped_column(Float)


class SchemaRow(Base):
    """The version of the tables; one row."""

    __tablename__ = "schema"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)


MIGRATIONS: dict[int, Callable[[Connection], None]] = {}
"""From version n to n + 1, by n; the first tables are version 1."""


def bring_up_to_date(connection: Connection) -> int:
    """Make the tables, or migrate older ones step by step; the version found before."""
    found = SCHEMA_VERSION
    if inspect(connection).has_table("schema"):
        found = connection.execute(text("SELECT version FROM schema")).scalar_one_or_none() or SCHEMA_VERSION
        for version in range(found, SCHEMA_VERSION):
            MIGRATIONS[version](connection)
    Base.metadata.create_all(connection)
    if connection.execute(text("SELECT COUNT(*) FROM schema")).scalar_one() == 0:
        connection.execute(text("INSERT INTO schema (id, version) VALUES (1, :version)"), {"version": SCHEMA_VERSION})
    else:
        connection.execute(
            text("UPDATE schema SET version = :version WHERE version < :version"), {"version": SCHEMA_VERSION}
        )
    return found
