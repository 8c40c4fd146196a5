"""What is known of a table's columns, as plain data: made by `nnbuilder.tables.columns.profile`, read by the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nnbuilder.tables.columns.column_types import ColumnType
from nnbuilder.tables.columns.statistics import Statistics
from nnbuilder.tables.findings import ColumnAnswer, Finding


@dataclass(frozen=True)
class ColumnProfile:
    """What a column holds.

    Attributes
    ----------
    possible
        The types that may be chosen instead, its own among them.
    missing, missing_spellings
        How many cells are missing, and how they are spelled; an empty cell is "".
    distinct, distinct_exact
        How many different values there are; of a sample where it is not exact.
    categories, labels
        Labels with their rows, the most frequent first and at most 1000; and all labels by their number. Empty for
        columns of numbers, dates, texts and identifiers.
    form
        All that `column_values` needs to make the same numbers again.
    bad, bad_count
        Line and text of the first cells that do not fit the type (or, for texts, are no numbers), and how many.
    """

    name: str
    type: ColumnType
    reason: str
    possible: tuple[ColumnType, ...]
    missing: int
    missing_spellings: tuple[str, ...] = ()
    distinct: int = 0
    distinct_exact: bool = True
    categories: tuple[tuple[str, int], ...] = ()
    labels: tuple[str, ...] = ()
    form: Mapping[str, Any] = field(default_factory=dict)
    statistics: Statistics | None = None
    examples: tuple[str, ...] = ()
    bad: tuple[tuple[int, str], ...] = ()
    bad_count: int = 0

    def to_json(self) -> dict[str, Any]:
        """The profile as plain data."""
        return {
            **{name: getattr(self, name) for name in _SIMPLE},
            **{name: list(getattr(self, name)) for name in ("possible", "missing_spellings", "labels", "examples")},
            "categories": [list(pair) for pair in self.categories],
            "bad": [list(pair) for pair in self.bad],
            "form": dict(self.form),
            "statistics": self.statistics.to_json() if self.statistics else None,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ColumnProfile:
        """The inverse of `to_json`."""
        numbers_of = document["statistics"]
        simple: dict[str, Any] = {name: document[name] for name in _SIMPLE}
        simple |= {name: tuple(document[name]) for name in ("possible", "missing_spellings", "labels", "examples")}
        return cls(
            **simple,
            categories=tuple((label, count) for label, count in document["categories"]),
            bad=tuple((line, text) for line, text in document["bad"]),
            form=dict(document["form"]),
            statistics=None
            if numbers_of is None
            else Statistics(
                **{**numbers_of, "histogram": tuple(numbers_of["histogram"]), "edges": tuple(numbers_of["edges"])}
            ),
        )


_SIMPLE = ("name", "type", "reason", "missing", "distinct", "distinct_exact", "bad_count")


@dataclass(frozen=True)
class Profile:
    """What a table holds.

    `patterns` says which columns (by number) are missing together and in how many rows, the most frequent first;
    the one of complete rows is ``()``. None: there are more than 5000.
    """

    rows: int
    columns: tuple[ColumnProfile, ...]
    patterns: tuple[tuple[tuple[int, ...], int], ...] | None
    findings: tuple[Finding, ...] = ()

    def column(self, name: str) -> ColumnProfile:
        """The column called `name`; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def to_json(self) -> dict[str, Any]:
        """The profile as plain data."""
        return {
            "rows": self.rows,
            "columns": [column.to_json() for column in self.columns],
            "patterns": None if self.patterns is None else [[list(group), count] for group, count in self.patterns],
            "findings": [finding.to_json() for finding in self.findings],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Profile:
        """The inverse of `to_json`, but for answers that say how the file is read, which no column has."""
        patterns = document["patterns"]
        return cls(
            rows=document["rows"],
            columns=tuple(ColumnProfile.from_json(column) for column in document["columns"]),
            patterns=None if patterns is None else tuple((tuple(group), count) for group, count in patterns),
            findings=tuple(
                Finding(
                    finding["severity"],
                    finding["message"],
                    finding["line"],
                    answers=tuple(
                        ColumnAnswer(option["label"], option["answers"], option["types"])
                        for option in finding["options"]
                        if not option["choices"]
                    ),
                )
                for finding in document["findings"]
            ),
        )
