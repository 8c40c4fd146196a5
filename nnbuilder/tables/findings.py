"""What reading noticed: notes, warnings, questions with answers to click, and the refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from nnbuilder.errors import NNBuilderError
from nnbuilder.tables.answers import Answers
from nnbuilder.tables.choices import Choices

TYPE_WORDS = {
    "number": "numbers",
    "category": "categories",
    "yes_no": "yes or no",
    "date": "dates",
    "text": "text",
    "identifier": "an identifier",
}
"""What the cells of a column of each type are."""
FindingSeverity = Literal["note", "warning", "question"]
Lines = Callable[[int], int]
"""The line of the file at which a row begins."""
Option = tuple[str, Choices]
"""The words on a button, and how the file is read after a click on it."""


@dataclass(frozen=True)
class ColumnAnswer:
    """The words on a button, and what a click on it says of columns.

    `answers` are as in `nnbuilder.tables.answers`; a type None is the one that is detected.
    """

    label: str
    answers: Answers = field(default_factory=dict)
    types: Mapping[str, str | None] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The answer as plain data."""
        answers = {name: dict(column) for name, column in self.answers.items()}
        return {"label": self.label, "choices": {}, "answers": answers, "types": dict(self.types)}


@dataclass(frozen=True)
class Finding:
    """Something noticed while reading: one sentence, the first line it is about, answers to click.

    A note tells of something that changes no value; a warning of something that may; a question has more than
    one answer, and the table shows the likeliest until one is chosen.
    """

    severity: FindingSeverity
    message: str
    line: int | None = None
    options: tuple[Option, ...] = ()
    answers: tuple[ColumnAnswer, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The finding as plain data for the page."""
        return {
            "severity": self.severity,
            "message": self.message,
            "line": self.line,
            "options": [*options_to_json(self.options), *(answer.to_json() for answer in self.answers)],
        }


def options_to_json(options: Sequence[Option]) -> list[dict[str, Any]]:
    """Buttons that have a file read in another way, as plain data like that of `ColumnAnswer`."""
    return [{"label": label, "choices": said.to_json(), "answers": {}, "types": {}} for label, said in options]


class Unreadable(NNBuilderError):
    """The refusal of a file: one sentence with cause and place, and ways to read it all the same where there are."""

    def __init__(self, message: str, line: int | None = None, options: Sequence[Option] = ()) -> None:
        super().__init__(message)
        self.line = line
        self.options = tuple(options)


def lines_in_words(lines: Sequence[int], shown: int = 5, word: str = "line") -> str:
    """``line 7``, ``lines 7, 9 and 12``, ``lines 7, 9, 12, 15, 18 and 31 more``; `word` for other things."""
    if len(lines) == 1:
        return f"{word} {lines[0]}"
    if len(lines) > 2 and list(lines) == list(range(lines[0], lines[-1] + 1)):
        return f"{word}s {lines[0]} to {lines[-1]}"
    if len(lines) > shown:
        return f"{word}s {', '.join(map(str, lines[:shown]))} and {len(lines) - shown} more"
    return f"{word}s {', '.join(map(str, lines[:-1]))} and {lines[-1]}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """``“a”``, ``“a” and “b”``, ``“a”, “b”, “c”, “d”, “e” and 31 more``: names in quotation marks."""
    quoted = [shown(name) for name in names[:most]]
    if len(names) > most:
        return f"{', '.join(quoted)} and {len(names) - most} more"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def plural(things: Sequence[object], one: str, many: str) -> str:
    """The word for one thing or the word for many."""
    return one if len(things) == 1 else many


def shown(text: str, length: int = 40) -> str:
    """A text in quotation marks on one line, shortened; control characters are written out."""
    plain = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text[: length + 1])
    return f"“{plain[:length]}…”" if len(text) > length else f"“{plain}”"
