"""What reading noticed: notes, warnings, questions with answers to click, and the refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nnbuilder.errors import NNBuilderError
from nnbuilder.tables.choices import Choices

FindingSeverity = Literal["note", "warning", "question"]
Option = tuple[str, Choices]


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

    def to_json(self) -> dict[str, Any]:
        """The finding as plain data for the page."""
        return {
            "severity": self.severity,
            "message": self.message,
            "line": self.line,
            "options": [{"label": label, "choices": choices.to_json()} for label, choices in self.options],
        }


class Unreadable(NNBuilderError):
    """The refusal of a file: one sentence with cause and place, and ways to read it all the same where there are."""

    def __init__(self, message: str, line: int | None = None, options: Sequence[Option] = ()) -> None:
        super().__init__(message)
        self.line = line
        self.options = tuple(options)


def lines_in_words(lines: Sequence[int], shown: int = 5) -> str:
    """``line 7``, ``lines 7, 9 and 12``, ``lines 7, 9, 12, 15, 18 and 31 more``."""
    if len(lines) == 1:
        return f"line {lines[0]}"
    if len(lines) > 2 and list(lines) == list(range(lines[0], lines[-1] + 1)):
        return f"lines {lines[0]} to {lines[-1]}"
    if len(lines) > shown:
        return f"lines {', '.join(map(str, lines[:shown]))} and {len(lines) - shown} more"
    return f"lines {', '.join(map(str, lines[:-1]))} and {lines[-1]}"


def plural(things: Sequence[object], one: str, many: str) -> str:
    """The word for one thing or the word for many."""
    return one if len(things) == 1 else many


def shown(text: str, length: int = 40) -> str:
    """A text in quotation marks on one line, shortened; control characters are written out."""
    plain = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text[: length + 1])
    return f"“{plain[:length]}…”" if len(text) > length else f"“{plain}”"
