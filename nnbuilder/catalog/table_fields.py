"""Fields of a data source that is a person's own table: how it is read, and what each column is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from nnbuilder.data.terms import term_problems
from nnbuilder.fields import Field, did_you_mean, show

MOST_COLUMNS = 2000
LONGEST_NAME = 1000

COLUMN_TYPES = ("number", "category", "yes_no", "date", "text", "identifier")
MISSING: dict[str, str] = {
    "median": "Median",
    "mean": "Mean",
    "most_frequent": "Most frequent",
    "constant": "A value of your own",
    "own_category": "A category of their own",
    "drop": "Drop the rows",
}
"""What may be done about missing values, by key, with its label."""
ENCODINGS: dict[str, str] = {"one_hot": "One-hot: an input for each category", "ordinal": "Ordinal: one number"}


@dataclass(frozen=True, kw_only=True)
class Digest(Field):
    """The SHA-256 of a file, in lower-case hexadecimal digits."""

    kind: ClassVar[str] = "digest"

    def problem(self, value: Any) -> str | None:
        if isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef"):
            return None
        return f"{self.label} must be the 64 digits of a SHA-256, but it is {show(value)}; open the table anew."

    def bad_values(self) -> tuple[Any, ...]:
        return ("", "g" * 64, "A" * 64, 5, None)


@dataclass(frozen=True, kw_only=True)
class ColumnTypes(Field):
    """Column types a person chose against what was found: name to type."""

    kind: ClassVar[str] = "column_types"

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, Mapping):
            return f"{self.label} must be an object from column to type, but it is {show(value)}; set it to {{}}."
        for name, chosen in value.items():
            if not isinstance(name, str) or chosen not in COLUMN_TYPES:
                near = did_you_mean(chosen, COLUMN_TYPES)
                wanted = ", ".join(COLUMN_TYPES)
                return f"The type of column {show(name)} must be one of {wanted}, not {show(chosen)}{near}"
        return None

    def clean(self, value: Any) -> dict[str, str]:
        return {name: value[name] for name in sorted(value)}

    def bad_values(self) -> tuple[Any, ...]:
        return ("number", {"age": "integer"}, {3: "number"}, None)


@dataclass(frozen=True, kw_only=True)
class ReadingChoices(Field):
    """How a file is read, as `nnbuilder.tables.choices.Choices` writes it."""

    kind: ClassVar[str] = "reading"

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            return f"{self.label} must be an object of choices, but it is {show(value)}; set it to {{}}."
        for name, chosen in value.items():
            if chosen is not None and not isinstance(chosen, str | int):
                return f"{self.label}: {name} must be a text or a number, but it is {show(chosen)}; leave it out."
        return None

    def clean(self, value: Any) -> dict[str, Any]:
        return {name: value[name] for name in sorted(value) if value[name] is not None}

    def bad_values(self) -> tuple[Any, ...]:
        return ("csv", {"separator": [","]}, None, 3)


@dataclass(frozen=True, kw_only=True)
class Terms(Field):
    """Extra inputs made of columns, each a list of its kind and the columns: ``["product", "x1", "x2"]``."""

    kind: ClassVar[str] = "terms"

    def problem(self, value: Any) -> str | None:
        terms = value if isinstance(value, list | tuple) else ()
        # Which columns there are is for `check` to know.
        named = {name for term in terms if isinstance(term, list | tuple) for name in term[1:] if isinstance(name, str)}
        found = term_problems(value, named)
        return found[0].message if found else None

    def clean(self, value: Any) -> list[list[str]]:
        return [list(term) for term in value]

    def bad_values(self) -> tuple[Any, ...]:
        return ("square", [["cube", "x"]], [["product", "x"]], [["square", 3]], None)


@dataclass(frozen=True, kw_only=True)
class Columns(Field):
    """The columns the network gets, in order, each with what is done about missing values and categories."""

    kind: ClassVar[str] = "columns"

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, list | tuple) or len(value) > MOST_COLUMNS:
            return (
                f"{self.label} must be a list of at most {MOST_COLUMNS} columns, but it is {show(value)}; choose some."
            )
        seen: set[str] = set()
        for item in value:
            message = self._item(item)
            if message:
                return message
            if item["name"] in seen:
                return f"Column {show(item['name'])} is chosen twice; take one of them out."
            seen.add(item["name"])
        return None

    def _item(self, item: Any) -> str | None:
        if not isinstance(item, Mapping) or not isinstance(item.get("name"), str):
            return f'A column is an object with a name, but this is {show(item)}; write {{"name": …}}.'
        name = item["name"]
        for key in item:
            if key not in ("name", "missing", "fill", "encoding"):
                return f"Column {show(name)} has no setting called {show(key)}; take it out."
        for key, table in (("missing", MISSING), ("encoding", ENCODINGS)):
            if key in item and item[key] not in table:
                near = did_you_mean(item[key], tuple(table))
                return f"{key} of column {show(name)} must be one of {', '.join(table)}, not {show(item[key])}{near}"
        fill = item.get("fill")
        if fill is not None and (isinstance(fill, bool) or not isinstance(fill, str | int | float)):
            return f"The value of your own for column {show(name)} must be a number or a text, not {show(fill)}."
        return None

    def clean(self, value: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": item["name"],
                "missing": item.get("missing", "median"),
                "fill": item.get("fill"),
                "encoding": item.get("encoding", "one_hot"),
            }
            for item in value
        ]

    def bad_values(self) -> tuple[Any, ...]:
        return ("age", [{"missing": "mean"}], [{"name": "a", "missing": "guess"}], [{"name": "a"}, {"name": "a"}], None)
