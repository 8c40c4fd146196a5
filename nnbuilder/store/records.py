"""What the store hands out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from nnbuilder.store.files import StoreError
from nnbuilder.store.tables import ProjectRow, RunRow


@dataclass(frozen=True)
class ProjectRecord:
    """A stored project: `spec` is its JSON document, `revision` grows with every save; times are Unix seconds."""

    id: str
    name: str
    spec: dict[str, Any]
    revision: int
    created: float
    updated: float
    opened: float

    @classmethod
    def of(cls, row: ProjectRow) -> ProjectRecord:
        """The record of a row."""
        return cls(row.id, row.name, json.loads(row.spec), row.revision, row.created, row.updated, row.opened)


@dataclass(frozen=True)
class RunRecord:
    """A stored run: its number in the project, the project it was started with, its state and last numbers."""

    id: str
    project_id: str
    serial: int
    spec: dict[str, Any]
    state: str
    message: str
    epoch: int
    epochs: int
    latest: dict[str, Any]
    created: float
    updated: float

    @classmethod
    def of(cls, row: RunRow) -> RunRecord:
        """The record of a row."""
        return cls(
            row.id,
            row.project_id,
            row.serial,
            json.loads(row.spec),
            row.state,
            row.message,
            row.epoch,
            row.epochs,
            json.loads(row.latest),
            row.created,
            row.updated,
        )


class Conflict(StoreError):
    """The project was saved by somebody else in between; `newer` is what is stored now."""

    def __init__(self, newer: ProjectRecord) -> None:
        self.newer = newer
        super().__init__("The project was changed in another tab; that newer state is shown now.")
