"""Cells that mean a number without being written as one: 45k, 1:30, > 5, 18-24; read so where a person says it.

A meaning is a list of patterns. Each takes a cell apart into numbers, which are multiplied by whole factors and added;
the sum is divided by what the meaning says. So the same few lines read the cells here, in the exported code and in the
rows that are predicted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_N = r"([-+]?[0-9.,']*[0-9])"
_D = r"([0-9]+)"
_GAP = r"\s*[-–—]\s*"
_ABOUT = r"(?:[<>~≈≤≥±]=?|=[<>]|ca\.|c\.|approx\.|about|over|under|up to|more than|less than|at least|at most)"
_BEHIND = r"\s*(?:\+|\*+|†|‡|\[[0-9a-z]{1,2}\])"


class Pattern(NamedTuple):
    """A regular expression of a whole cell, what each number in it is multiplied by, and what is added."""

    expression: str
    factors: tuple[int, ...]
    constant: int = 0


@dataclass(frozen=True)
class Meaning:
    """What numbers of a kind look like.

    Attributes
    ----------
    words
        What the cells hold, behind "holds".
    button
        What a click does, before an example.
    odd
        An expression of the cells that are no plain numbers; one at least must be there.
    patterns
        The first that fits a cell is taken.
    divisor
        What the sum is divided by in the end.
    rising
        Whether the numbers of a cell come in order, as in ranges.
    """

    words: str
    button: str
    odd: str
    patterns: tuple[Pattern, ...]
    divisor: int = 1
    rising: bool = False


def _clock(first: int, second: int) -> tuple[Pattern, ...]:
    return (Pattern(rf"{_D}:([0-5][0-9]):([0-5][0-9])", (3600, 60, 1)), Pattern(rf"{_D}:([0-5][0-9])", (first, second)))


MEANINGS: dict[str, Meaning] = {
    "magnitudes": Meaning(
        "numbers with a letter for thousands or millions",
        "Read as numbers",
        r".*[0-9]\s*(?:[kKMmBT]|bn|mn|[Mm]i[ol]\.?|[Mm]rd\.?|[Tt]sd\.?|thousand|million|billion|lakh|crore)",
        (
            Pattern(_N, (1,)),
            Pattern(rf"{_N}\s*(?:[kK]|[Tt]sd\.?|thousand)", (1000,)),
            Pattern(rf"{_N}\s*(?:[Mm]|mn|[Mm]i[ol]\.?|million)", (1_000_000,)),
            Pattern(rf"{_N}\s*(?:[Bb]|bn|[Mm]rd\.?|billion)", (1_000_000_000,)),
            Pattern(rf"{_N}\s*(?:T|tn|trillion)", (1_000_000_000_000,)),
            Pattern(rf"{_N}\s*lakh", (100_000,)),
            Pattern(rf"{_N}\s*crore", (10_000_000,)),
        ),
    ),
    "half_days": Meaning(
        "times of day",
        "Read as minutes since midnight",
        r".*[AaPp]\.?[Mm]\.?",
        (
            Pattern(r"12:([0-5][0-9])(?::([0-5][0-9]))\s*[Aa]\.?[Mm]\.?", (60, 1)),
            Pattern(r"12:([0-5][0-9])\s*[Aa]\.?[Mm]\.?", (60,)),
            Pattern(r"(0?[1-9]|1[01]):([0-5][0-9]):([0-5][0-9])\s*[Aa]\.?[Mm]\.?", (3600, 60, 1)),
            Pattern(r"(0?[1-9]|1[01]):([0-5][0-9])\s*[Aa]\.?[Mm]\.?", (3600, 60)),
            Pattern(r"12:([0-5][0-9])(?::([0-5][0-9]))\s*[Pp]\.?[Mm]\.?", (60, 1), 43_200),
            Pattern(r"12:([0-5][0-9])\s*[Pp]\.?[Mm]\.?", (60,), 43_200),
            Pattern(r"(0?[1-9]|1[01]):([0-5][0-9]):([0-5][0-9])\s*[Pp]\.?[Mm]\.?", (3600, 60, 1), 43_200),
            Pattern(r"(0?[1-9]|1[01]):([0-5][0-9])\s*[Pp]\.?[Mm]\.?", (3600, 60), 43_200),
        ),
        60,
    ),
    "hours": Meaning("times or durations", "Hours and minutes, as minutes", r".*:.*", _clock(3600, 60), 60),
    "minutes": Meaning("times or durations", "Minutes and seconds, as minutes", r".*:.*", _clock(60, 1), 60),
    "durations": Meaning(
        "durations",
        "Read as minutes",
        r".*[hms].*",
        (
            Pattern(rf"{_N}\s*(?:h|hrs?|hours?)\s*{_D}\s*(?:m|min|mins|minutes?)?", (3600, 60)),
            Pattern(rf"{_N}\s*(?:h|hrs?|hours?)", (3600,)),
            Pattern(rf"{_N}\s*(?:m|min|mins|minutes?)\s*{_D}\s*(?:s|secs?|seconds?)?", (60, 1)),
            Pattern(rf"{_N}\s*(?:m|min|mins|minutes?)", (60,)),
            Pattern(rf"{_N}\s*(?:s|secs?|seconds?)", (1,)),
            Pattern(rf"{_N}\s*(?:d|days?)", (86_400,)),
        ),
        60,
    ),
    "feet": Meaning(
        "lengths in feet and inches",
        "Read as inches",
        r".*(?:['′’]|ft|feet).*",
        (
            Pattern(rf"{_D}\s*(?:['′’]|ft\.?|feet)\s*([0-9.]*[0-9])\s*(?:[\"″”]|''|in\.?|inches)?", (12, 1)),
            Pattern(rf"{_D}\s*(?:['′’]|ft\.?|feet)", (12,)),
        ),
    ),
    "degrees": Meaning(
        "degrees with a direction",
        "Read as degrees, south and west below 0",
        r".*[NSEOW].*",
        tuple(
            Pattern(rf"{before}{body}{after}", tuple(sign * factor for factor in factors))
            for sign, letters in ((1, "[NEO]"), (-1, "[SW]"))
            for before, after in (("", rf"\s*{letters}"), (rf"{letters}\s*", ""))
            for body, factors in (
                (r"([0-9.]+)\s*°?", (3600,)),
                (r"([0-9]+)\s*°\s*([0-9.]+)\s*['′’]?", (3600, 60)),
                (r"([0-9]+)\s*°\s*([0-9]+)\s*['′’]\s*([0-9.]+)\s*(?:[\"″”]|'')?", (3600, 60, 1)),
            )
        ),
        3600,
    ),
    "minus_behind": Meaning(
        "numbers with a minus behind them",
        "Read as negative numbers",
        r".*[0-9]\s*-",
        (Pattern(_N, (1,)), Pattern(rf"{_N}\s*-", (-1,))),
    ),
    "credit": Meaning(
        "amounts with CR and DR",
        "CR is plus, DR is minus",
        r".*(?:CR|DR)\.?",
        (Pattern(rf"{_N}\s*CR\.?", (1,)), Pattern(rf"{_N}\s*DR\.?", (-1,)), Pattern(_N, (1,))),
    ),
    "bounds": Meaning(
        "numbers with signs such as <, >, ~ or + beside them",
        "Take the numbers without these signs",
        rf"{_ABOUT}.*|.*{_BEHIND}",
        (Pattern(rf"(?:{_ABOUT}\s*)?{_N}(?:{_BEHIND})?", (1,)),),
    ),
    "ranges": Meaning(
        "ranges of numbers",
        "Take the middle of each range",
        rf".*[0-9]{_GAP}[0-9].*",
        (
            Pattern(rf"([0-9.,]*[0-9]){_GAP}([0-9.,]*[0-9])", (1, 1)),
            Pattern(rf"(?:{_ABOUT}\s*)?([0-9.,]*[0-9])(?:{_BEHIND})?", (2,)),
        ),
        2,
        rising=True,
    ),
    "brackets": Meaning(
        "numbers in brackets",
        "The brackets are no minus",
        r"\(.*\)",
        (Pattern(_N, (1,)), Pattern(rf"\(\s*{_N}\s*\)", (1,))),
    ),
    "leading": Meaning("numbers with a word behind them", "Read as numbers", r".*", ()),
}
"""What cells may mean, by the key that stands in a project."""


def patterns_of(form: Mapping[str, Any]) -> tuple[Pattern, ...]:
    """The patterns of a column whose form says what its cells mean."""
    return _patterns(form["meaning"], tuple(form.get("after", ())))


def divisor_of(form: Mapping[str, Any]) -> int:
    """What the sum of a cell's numbers is divided by."""
    return MEANINGS[form["meaning"]].divisor


def number_of(text: str, form: Mapping[str, Any]) -> float:
    """The number a cell means; NaN if it fits no pattern."""
    text = ready(text)
    if form.get("unit"):
        text = text.replace(form["unit"], "").strip()
    for pattern, factors, constant in _compiled(form["meaning"], tuple(form.get("after", ()))):
        found = pattern.fullmatch(text)
        if found is None:
            continue
        parts = [_decimal(part, form) for part in found.groups()]
        if None in parts:
            return math.nan
        total = sum((part * factor for part, factor in zip(parts, factors, strict=True) if part), Decimal(constant))
        return float(total) / MEANINGS[form["meaning"]].divisor
    return math.nan


def bodies(texts: Collection[str], meaning: str, after: Sequence[str] = ()) -> tuple[list[str], int]:
    """The numbers within those cells that fit a meaning, and how many cells do."""
    found, fitting = [], 0
    rising = MEANINGS[meaning].rising
    for text in texts:
        for pattern, factors, _ in _compiled(meaning, tuple(after)):
            match = pattern.fullmatch(ready(text))
            if match is not None:
                parts = match.groups()
                if not (rising and len(factors) == 2 and _falls(*parts)):
                    found += parts
                    fitting += 1
                break
    return found, fitting


def ready(text: str) -> str:
    """A cell with digits, spaces and minus as they are usual, without spaces around it."""
    from nnbuilder.tables.columns.numbers import usual_signs

    return usual_signs(text.strip())


def meant(column: pa.Array, form: Mapping[str, Any]) -> NDArray[np.float64]:
    """The numbers that the cells of a column mean, float64 [rows]; NaN where one means none."""
    import numpy as np

    from nnbuilder.tables.arrow import compute as pc

    encoded = pc.dictionary_encode(column)
    # The last one is that of the cells without a text.
    values = np.array([*(number_of(text, form) for text in encoded.dictionary.to_pylist()), math.nan])
    values[~np.isfinite(values)] = np.nan
    return values[np.asarray(encoded.indices.fill_null(len(values) - 1).to_numpy(zero_copy_only=False))]


@dataclass(frozen=True)
class MeantForm:
    """The form of a column whose cells mean numbers; see `MEANINGS`."""

    meaning: Mapping[str, Any]

    @property
    def words(self) -> str:
        """What was said of the cells."""
        button = MEANINGS[self.meaning["meaning"]].button
        return button[0].lower() + button[1:]

    def to_json(self) -> dict[str, Any]:
        """The form as plain data, which names the marks of plain numbers beside the meaning."""
        return {"decimal": ".", "thousands": "", "unit": "", "whole": False, "meaning": dict(self.meaning)}


def _falls(first: str, second: str) -> bool:
    """Whether the first of two numbers is the larger one."""
    low, high = (re.sub(r"[^0-9]", "", part) for part in (first, second))
    return int(low or 0) > int(high or 0) and "." not in first + second and "," not in first + second


def _decimal(text: str, form: Mapping[str, Any]) -> Decimal | None:
    thousands, point = form.get("thousands", ""), form.get("decimal", ".")
    body = text.lstrip("+-")
    if not re.fullmatch(_body(point, thousands), body):
        return None
    body = body.replace(thousands, "") if thousands else body
    number = Decimal(body.replace(point, "."))
    return -number if text.startswith("-") else number


@lru_cache(maxsize=64)
def _body(decimal: str, thousands: str) -> str:
    from nnbuilder.tables.columns.numbers import NumberForm

    return NumberForm(decimal, thousands).body


@lru_cache(maxsize=256)
def _patterns(meaning: str, after: tuple[str, ...]) -> tuple[Pattern, ...]:
    if meaning == "leading":
        words = "|".join(re.escape(word) for word in after)
        return (Pattern(rf"{_N}\s*(?:{words})", (1,)),)
    return MEANINGS[meaning].patterns


@lru_cache(maxsize=256)
def _compiled(meaning: str, after: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], tuple[int, ...], int], ...]:
    return tuple((re.compile(one.expression), one.factors, one.constant) for one in _patterns(meaning, after))
