"""Problems a person can read and a button can repair.

A `Problem` says in one sentence what is wrong, where (a path into the project such as
``network.layers[2].units``) and how to repair it. A `Repair` carries the edits that do it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Edit:
    """One change to a project in its JSON form.

    ``set`` replaces the value at `path`; ``insert`` puts `value` before the list item that `path`
    names (``network.layers[2]``); ``remove`` takes the list item at `path` out.
    """

    do: Literal["set", "insert", "remove"]
    path: str
    value: Any = None


@dataclass(frozen=True)
class Repair:
    """What a button does about a problem: its label and the edits it applies, in order."""

    label: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Problem:
    """Something wrong with a project: where, what, and how to repair it."""

    path: str
    message: str
    severity: Severity = "error"
    repair: Repair | None = None

    def to_json(self) -> dict[str, Any]:
        """The problem as plain data for the page."""
        return {
            "path": self.path,
            "message": self.message,
            "severity": self.severity,
            "repair": self.repair.label if self.repair else None,
        }

    def __str__(self) -> str:
        mark = "warning: " if self.severity == "warning" else ""
        return f"{self.path}: {mark}{self.message}"


class NNBuilderError(Exception):
    """Base of every error this package raises for a person to read: one sentence, no trace."""


class InvalidProject(NNBuilderError):
    """A project that cannot be used; `problems` lists every fault at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def errors_only(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that keep a project from training."""
    return tuple(problem for problem in problems if problem.severity == "error")


def apply_edits(document: Mapping[str, Any], edits: Iterable[Edit]) -> dict[str, Any]:
    """The JSON document with `edits` applied in order; the one handed in stays as it is.

    Raises
    ------
    KeyError
        If a path leads nowhere.
    """
    result: Any = _copy(document)
    for edit in edits:
        *parents, last = split_path(edit.path)
        target = result
        for part in parents:
            target = _child(target, part, edit.path)
        if edit.do == "set" and isinstance(target, dict):
            target[last] = _copy(edit.value)
        elif edit.do == "set":
            _child(target, last, edit.path)
            target[last] = _copy(edit.value)
        elif isinstance(target, list) and isinstance(last, int) and 0 <= last <= len(target):
            if edit.do == "insert":
                target.insert(last, _copy(edit.value))
            else:
                _child(target, last, edit.path)
                del target[last]
        else:
            raise KeyError(f"{edit.path} is not an item of a list")
    return result


def split_path(path: str) -> list[str | int]:
    """``network.layers[2].units`` as ``["network", "layers", 2, "units"]``."""
    parts: list[str | int] = []
    for piece in path.split("."):
        name, *indices = piece.split("[")
        if name:
            parts.append(name)
        parts.extend(int(index.rstrip("]")) for index in indices)
    return parts


def _child(parent: Any, part: str | int, path: str) -> Any:
    try:
        return parent[part]
    except (KeyError, IndexError, TypeError):
        raise KeyError(f"{path} leads nowhere") from None


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copy(item) for item in value]
    return value
