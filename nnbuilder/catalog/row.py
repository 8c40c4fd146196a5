"""What every catalog row has in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from nnbuilder.fields import Field


@dataclass(frozen=True, kw_only=True)
class Row:
    """One kind of component: its key in a project, its name on the screen, and its fields."""

    key: str
    label: str
    help: str
    fields: tuple[Field, ...] = ()

    def field(self, name: str) -> Field:
        """The field called `name`."""
        return next(field for field in self.fields if field.name == name)

    def defaults(self) -> dict[str, Any]:
        """The settings of a freshly added component."""
        return {field.name: field.default for field in self.fields}

    def arguments(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The settings as keyword arguments of the class behind the row; tuples are put together."""
        arguments: dict[str, Any] = {}
        for field in self.fields:
            keyword = field.name if field.argument is None else field.argument
            if not keyword:
                continue
            value = settings[field.name]
            if "[" in keyword:
                keyword = keyword.split("[")[0]
                arguments[keyword] = (*arguments.get(keyword, ()), value)
            else:
                arguments[keyword] = value
        return arguments


R = TypeVar("R", bound=Row)


class Table(Mapping[str, R], Generic[R]):
    """Rows by key, in the order they were written; `noun` names one of them in errors."""

    def __init__(self, noun: str, rows: Iterable[R]) -> None:
        self.noun = noun
        self._rows = {row.key: row for row in rows}

    def __getitem__(self, key: str) -> R:
        return self._rows[key]

    def __iter__(self):
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
