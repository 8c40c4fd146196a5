"""The tables of the store as they are now; `migrations` makes them."""

from __future__ import annotations

from sqlalchemy import Float, ForeignKey, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of all tables."""


class ProjectRow(Base):
    """A project as it stands now; `revision` grows with every save, `runs_made` with every run."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    spec: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)
    runs_made: Mapped[int] = mapped_column(Integer)
    created: Mapped[float] = mapped_column(Float)
    updated: Mapped[float] = mapped_column(Float)
    opened: Mapped[float] = mapped_column(Float)


class RunRow(Base):
    """One training of a project from its first weights on, with the project as it was; `serial` counts in it.

    Of a project's runs that with the highest `turn` is the current one.
    """

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    serial: Mapped[int] = mapped_column(Integer)
    turn: Mapped[int] = mapped_column(Integer)
    spec: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(Text)
    epoch: Mapped[int] = mapped_column(Integer)
    epochs: Mapped[int] = mapped_column(Integer)
    latest: Mapped[str] = mapped_column(Text)
    created: Mapped[float] = mapped_column(Float, index=True)
    updated: Mapped[float] = mapped_column(Float)


class SchemaRow(Base):
    """The version of the tables; one row."""

    __tablename__ = "schema"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)


def plain(text: str) -> str:
    """The text without what a database does not take: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
