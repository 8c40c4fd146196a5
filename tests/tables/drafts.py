"""Clean tables whose values are known, and how they are written out: what faults are put into."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tests.tables.pollution import Style

Kind = Literal["number", "date", "label", "text"]
EPOCH = datetime.date(1970, 1, 1)


@dataclass
class Column:
    """A column as it is written, and what its cells mean: a number, days since 1970, a label, a text; None: missing."""

    name: str
    kind: Kind
    cells: list[str]
    truth: list[float | str | None]


@dataclass
class Draft:
    """A table on its way to bytes.

    `inserted` are lines as they are written before a row (a place past the last row: after it), `replaced` changes
    the line of a row, `edits` change the whole text and `finish` its bytes. `names` are those to be read, or None
    where any will do. `shaken` is a row whose cells are lost, so nothing but a word about its line, or a refusal,
    will do.
    """

    label: str
    columns: list[Column]
    style: Style = field(default_factory=Style)
    header: list[list[str]] | None = None
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    inserted: dict[int, list[str]] = field(default_factory=dict)
    replaced: dict[int, Callable[[str], str]] = field(default_factory=dict)
    edits: list[Callable[[str], str]] = field(default_factory=list)
    encoding: str = "utf-8"
    finish: list[Callable[[bytes], bytes]] = field(default_factory=list)
    names: list[str] | None = None
    shaken: int | None = None

    def __post_init__(self) -> None:
        if self.header is None:
            self.header = [[column.name for column in self.columns]]
        if self.names is None:
            self.names = [column.name for column in self.columns]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[0].cells)

    def of(self, *kinds: Kind) -> list[Column]:
        """The columns of some kinds."""
        return [column for column in self.columns if column.kind in kinds]

    def line_of(self, place: int) -> int:
        """The line at which a row begins."""
        lines = list(self.before)
        lines += [self.style.line(cells) for cells in self.header or []]
        for row in range(place):
            lines += self.inserted.get(row, [])
            line = self.style.line([column.cells[row] for column in self.columns])
            lines.append(self.replaced[row](line) if row in self.replaced else line)
        lines += self.inserted.get(place, [])
        return 1 + len(lines) + sum(line.count("\n") for line in lines)

    def content(self) -> bytes:
        """The bytes of the file."""
        lines = list(self.before)
        lines += [self.style.line(cells) for cells in self.header or []]
        for place in range(self.rows):
            lines += self.inserted.get(place, [])
            line = self.style.line([column.cells[place] for column in self.columns])
            lines.append(self.replaced[place](line) if place in self.replaced else line)
        lines += self.inserted.get(self.rows, [])
        lines += self.after
        text = self.style.end.join(lines) + self.style.end
        for edit in self.edits:
            text = edit(text)
        content = text.encode(self.encoding)
        for finish in self.finish:
            content = finish(content)
        return content


Fault = Callable[[Draft, random.Random], bool]
"""Spoils a draft in place; False if the draft has nothing to spoil so."""


def decimals(value: float, places: int) -> str:
    """A number as plain programs write it."""
    return f"{value:.{places}f}"


def numbers(name: str, values: Sequence[float], places: int) -> Column:
    """A column of numbers of so many decimal places; the truth is what is written."""
    cells = [decimals(value, places) for value in values]
    return Column(name, "number", cells, [float(cell) for cell in cells])


def drafts() -> list[Draft]:
    """Clean tables: a shop, a laboratory, a survey, large sums, and a small one."""
    rng = random.Random(23)
    count = 36
    days = [datetime.date(2021, 1, 3) + datetime.timedelta(days=11 * place) for place in range(count)]
    words = ["oak", "elm", "ash", "fir"]

    def labels(name: str, choices: Sequence[str]) -> Column:
        cells = [
            choices[place % len(choices)] if place < len(choices) else rng.choice(choices) for place in range(count)
        ]
        return Column(name, "label", cells, list(cells))

    def dates(name: str) -> Column:
        return Column(name, "date", [day.isoformat() for day in days], [float((day - EPOCH).days) for day in days])

    def texts(name: str) -> Column:
        cells = [
            rng.choice(["sold at once", "came back, broken", 'he said "no"', "was fine; kept", "arrived late in May"])
            + f" ({place})"
            for place in range(count)
        ]
        return Column(name, "text", cells, list(cells))

    shop = [
        dates("sold on"),
        labels("kind", words),
        numbers("count", [rng.randint(1, 90) for _ in range(count)], 0),
        numbers("price", [rng.uniform(2, 950) for _ in range(count)], 2),
        texts("remark"),
    ]
    laboratory = [numbers(f"x{place}", [rng.gauss(0, 3) for _ in range(count)], 4) for place in range(5)]
    laboratory.append(labels("class", ["good", "bad"]))
    survey = [
        labels("city", ["München", "Århus", "Łódź", "Besançon"]),
        labels("answer", ["often", "seldom", "never"]),
        numbers("age", [rng.randint(18, 90) for _ in range(count)], 0),
        labels("member", ["yes", "no"]),
    ]
    sums = [
        labels("account", ["cash", "bank", "loan"]),
        numbers("amount", [rng.uniform(-90_000, 900_000) for _ in range(count)], 2),
        numbers("people", [rng.randint(1_200, 3_000_000) for _ in range(count)], 0),
        numbers("rate", [rng.uniform(0.5, 9.5) for _ in range(count)], 3),
        dates("booked"),
    ]
    small = [
        numbers("width", [rng.uniform(1, 9) for _ in range(8)], 1),
        numbers("height", [rng.uniform(10, 99) for _ in range(8)], 1),
        Column("word", "label", [words[place % 4] for place in range(8)], [words[place % 4] for place in range(8)]),
    ]
    return [
        Draft("shop", shop),
        Draft("laboratory", laboratory),
        Draft("survey", survey),
        Draft("sums", sums),
        Draft("small", small),
    ]
