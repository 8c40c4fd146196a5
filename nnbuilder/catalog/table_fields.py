"""Fields of a data source that is a person's own table: how it is read, and what each column is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from nnbuilder.data.terms import term_problems
from nnbuilder.fields import Field, did_you_mean, show

MOST_COLUMNS = 2000
LONGEST_NAME = 1000

ORDERS = ("day first", "month first", "year first")
"""What may come first in a date such as 01/03/2024."""
MEANINGS = (
    "magnitudes", "half_days", "hours", "minutes", "durations", "feet", "degrees", "minus_behind", "credit", "bounds",
    "ranges", "brackets", "leading",
)  # fmt: skip
"""What cells such as 45k or 1:30 may mean; `nnbuilder.tables.columns.meanings` says how each is read."""
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

    cure: str = "open the table anew"
    kind: ClassVar[str] = "digest"

    def problem(self, value: Any) -> str | None:
        if isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef"):
            return None
        return f"{self.label} must be the 64 digits of a SHA-256, but it is {show(value)}; {self.cure}."

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
class ColumnAnswers(Field):
    """What a person answered about columns: name to ``{"missing": ["NA"], "labels": ["None"], …}``.

    `missing` says which cells stand for a missing value and `labels` which do not, although they could; `fold` that
    capitals do not matter in its labels; `order` is "day first" or "month first" and is for dates such as 01/03/2024;
    `first_year` is where the hundred years begin that years of two digits lie in; `meaning` says which number cells
    such as 45k mean, as in `nnbuilder.tables.columns.meanings`; `same` as which other labels labels are taken.
    """

    kind: ClassVar[str] = "column_answers"

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, Mapping):
            return f"{self.label} must be an object from column to answers, but it is {show(value)}; set it to {{}}."
        for name, answers in value.items():
            if not isinstance(name, str) or not isinstance(answers, Mapping):
                return f"The answers about column {show(name)} must be an object, not {show(answers)}; take them out."
            for key, answer in answers.items():
                message = self._answer(key, answer)
                if message:
                    return f"Column {show(name)}: {message}"
        return None

    def _answer(self, key: Any, answer: Any) -> str | None:
        if key == "order":
            return None if answer in ORDERS else f"order must be one of {', '.join(ORDERS)}, not {show(answer)}."
        if key == "fold":
            return None if isinstance(answer, bool) else f"fold must be true or false, not {show(answer)}."
        if key == "first_year":
            fits = isinstance(answer, int) and not isinstance(answer, bool) and 1800 <= answer <= 2100
            return None if fits else f"first_year must be a year from 1800 to 2100, not {show(answer)}."
        if key == "same":
            fits = isinstance(answer, Mapping) and all(isinstance(one, str) for pair in answer.items() for one in pair)
            return None if fits else f"same must be an object from text to text, but it is {show(answer)}."
        if key == "meaning":
            return _meaning(answer)
        if key not in ("missing", "labels"):
            known = ("first_year", "fold", "labels", "meaning", "missing", "order", "same")
            return f"there is no question called {show(key)}{did_you_mean(key, known)}"
        if not isinstance(answer, list | tuple) or not all(isinstance(text, str) for text in answer):
            return f"{key} must be a list of texts, but it is {show(answer)}; write them in [ ]."
        return None

    def clean(self, value: Any) -> dict[str, dict[str, Any]]:
        cleaned = {}
        for name in sorted(value):
            answers = value[name]
            kept = {key: sorted(set(answers[key])) for key in ("labels", "missing") if answers.get(key)}
            kept |= {
                key: answers[key] for key in ("first_year", "fold", "meaning", "order", "same") if answers.get(key)
            }
            if kept:
                cleaned[name] = kept
        return cleaned

    def bad_values(self) -> tuple[Any, ...]:
        return (
            "day",
            {"when": "day first"},
            {"when": {"order": "year last"}},
            {"when": {"orders": "day first"}},
            {"a": {"missing": "NA"}},
            {"a": {"labels": [3]}},
            {"a": {"fold": "yes"}},
            {"a": {"first_year": "1926"}},
            {"a": {"same": ["male", "Male"]}},
            {"a": {"meaning": "45k"}},
            {"a": {"meaning": {"meaning": "weights"}}},
            {"a": {"meaning": {"meaning": "bounds", "decimal": "x"}}},
            {3: {}},
            None,
        )


def _meaning(answer: Any) -> str | None:
    """What is wrong with what a person said cells mean."""
    if not isinstance(answer, Mapping) or not isinstance(answer.get("meaning"), str):
        return f"meaning must be an object with the meaning's name, but it is {show(answer)}."
    if answer["meaning"] not in MEANINGS:
        return f"there is no meaning called {show(answer['meaning'])}{did_you_mean(answer['meaning'], MEANINGS)}"
    marks = answer.get("decimal", "."), answer.get("thousands", "")
    after = answer.get("after", [])
    if (
        marks[0] not in (".", ",")
        or marks[1] not in ("", ",", ".", "'")
        or not isinstance(answer.get("unit", ""), str)
        or not isinstance(after, list | tuple)
        or not all(isinstance(word, str) for word in after)
        or set(answer) - {"meaning", "decimal", "thousands", "unit", "after"}
    ):
        return f"meaning has marks or words it cannot have: {show(dict(answer))}; say anew what the cells mean."
    return None


@dataclass(frozen=True, kw_only=True)
class ChoiceNames(Field):
    """Names of choices of how a file is read that a person made; all others were detected."""

    kind: ClassVar[str] = "choice_names"

    def problem(self, value: Any) -> str | None:
        if isinstance(value, list | tuple) and all(isinstance(name, str) for name in value):
            return None
        return f"{self.label} must be a list of names, but it is {show(value)}; set it to []."

    def clean(self, value: Any) -> list[str]:
        return sorted(set(value))

    def bad_values(self) -> tuple[Any, ...]:
        return ("separator", [3], {"separator": ","}, None)


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
