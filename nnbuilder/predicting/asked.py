"""What a network asks of a row: its features as the data have them, with ranges, usual values and the words known."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, time, timedelta
from typing import Any

from nnbuilder.facts import Task


@dataclass(frozen=True)
class Feature:
    """One value that a row needs, in data units.

    A category or yes/no is its place in `categories`, a date counts days since 1970-01-01.

    Attributes
    ----------
    kind
        ``"number"``, ``"category"``, ``"yes_no"`` or ``"date"``.
    low, high
        The range of the training rows; None where it is not known.
    usual
        The middle of the training rows, or the most frequent category.
    whole
        Every training row has a whole number (of days, for a date).
    categories, seen
        What a category may be, and the places of those that training rows have.
    fill
        What takes the place of a missing value; None: there must be none.
    indicator
        An input of its own tells that the value is missing.
    form
        How the cells of the file were read (see `nnbuilder.tables.columns.column_profile.ColumnProfile`); None if not
        known.
    """

    name: str
    kind: str = "number"
    low: float | None = None
    high: float | None = None
    usual: float = 0.0
    whole: bool = False
    categories: tuple[str, ...] = ()
    seen: tuple[int, ...] = ()
    fill: float | None = None
    indicator: bool = False
    form: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Target:
    """What is answered: a column of the data, its type there, and how its cells were read."""

    name: str
    kind: str = "number"
    labels: tuple[str, ...] = ()
    form: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Asked:
    """What a network asks of a row and what it answers with.

    `table` says that rows come from a file, so that cells are read as that file was.
    """

    features: tuple[Feature, ...]
    target: Target
    task: Task
    classes: tuple[str, ...]
    table: bool = False
    pixels: Mapping[str, Any] | None = None
    key: str = field(default="", compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The features by name, in order."""
        return tuple(feature.name for feature in self.features)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "features": [_plain(feature) for feature in self.features],
            "target": _plain(self.target),
            "task": self.task,
            "classes": list(self.classes),
            "table": self.table,
            "pixels": self.pixels,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Asked:
        """The inverse of `to_json`; `key` names these very features, for whoever keeps what belongs to them."""
        text = json.dumps(document, sort_keys=True)
        return cls(
            features=tuple(_tuples(Feature, item) for item in document["features"]),
            target=_tuples(Target, document["target"]),
            task=document["task"],
            classes=tuple(document["classes"]),
            table=document["table"],
            pixels=document["pixels"],
            key=hashlib.sha256(text.encode()).hexdigest()[:16],
        )


def can_be_missing(feature: Feature) -> bool:
    """Whether a row may lack the value."""
    return feature.fill is not None


def beyond(feature: Feature, value: float) -> str:
    """Why the network has to extrapolate for a value; nothing within what the training rows have."""
    if math.isnan(value):
        return ""
    if feature.categories:
        place = int(value)
        known = not feature.seen or place in feature.seen or not 0 <= place < len(feature.categories)
        return "" if known else f"{feature.name}: no training row has “{feature.categories[place]}”"
    if feature.low is None or feature.high is None or feature.low <= value <= feature.high:
        return ""
    low, high = value_words(feature, feature.low), value_words(feature, feature.high)
    return f"{feature.name} {value_words(feature, value)} is outside {low} to {high}"


def value_words(feature: Feature | Target, value: float) -> str:
    """A value of a column as a person reads it: a number, a date, or the name of a category."""
    labels = feature.categories if isinstance(feature, Feature) else feature.labels
    if math.isnan(value):
        return "missing"
    if feature.kind in ("category", "yes_no"):
        place = int(value)
        return labels[place] if 0 <= place < len(labels) else "missing"
    return date_words(value) if feature.kind == "date" else f"{value:.6g}"


def date_words(days: float) -> str:
    """Days since 1970-01-01 as an ISO date, with the time of day where there is one."""
    try:
        moment = datetime(1970, 1, 1) + timedelta(seconds=round(days * 86400))
    except (OverflowError, ValueError):
        # Beyond the years a date knows, the days since 1970 are all there is to say.
        return f"{days:.9g}"
    return moment.date().isoformat() if moment.time() == time(0) else moment.isoformat(" ")


def remarks(asked: Asked, row: Sequence[float]) -> list[str]:
    """All that lies outside of what the training rows have."""
    return [told for feature, value in zip(asked.features, row, strict=True) if (told := beyond(feature, value))]


def _plain(item: Feature | Target) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(item).items()}


def _tuples(kind: type[Any], document: Mapping[str, Any]) -> Any:
    """A dataclass from plain data, lists as tuples."""
    names = {item.name for item in fields(kind)}
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in document.items() if k in names})
