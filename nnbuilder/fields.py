"""Fields: the settings of a component, each of which checks itself and words its own error.

Widgets, validation, generated code and the contract tests all come from these objects.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class Field:
    """A named setting with a default.

    `argument` is the keyword torch (or scikit-learn) takes it under: None means the same as
    `name`, an empty string means the setting is not handed on. ``betas[0]`` names a place in a
    tuple.
    """

    name: str
    label: str
    help: str
    default: Any
    argument: str | None = None

    kind: ClassVar[str] = "field"

    def problem(self, value: Any) -> str | None:
        """One sentence on what is wrong with `value`, or None if nothing is."""
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        """`value` in the type the field stores; call only on values without a problem."""
        return value

    def bad_values(self) -> tuple[Any, ...]:
        """Values this field must refuse, for the contract tests."""
        raise NotImplementedError


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def plain(number: float) -> str:
    """A number as a person writes it: ``100 000``, ``0.001``, ``1e-08``."""
    if isinstance(number, int) or (float(number).is_integer() and abs(number) < 1e15):
        return f"{int(number):,}".replace(",", " ")
    return f"{number:g}"


def counted(number: int, one: str, many: str = "") -> str:
    """So many things in words: ``1 row``, ``40 500 rows``; `many` where the plural is not made with an s."""
    return f"{plain(number)} {one if number == 1 else many or f'{one}s'}"


@dataclass(frozen=True, kw_only=True)
class Integer(Field):
    """A whole number from `minimum` to `maximum`, both included."""

    minimum: int
    maximum: int
    kind: ClassVar[str] = "integer"

    def problem(self, value: Any) -> str | None:
        whole = _is_number(value) and float(value).is_integer()
        if whole and self.minimum <= value <= self.maximum:
            return None
        wanted = f"a whole number from {plain(self.minimum)} to {plain(self.maximum)}"
        nearest = min(max(round(value), self.minimum), self.maximum) if _is_number(value) else self.default
        return f"{self.label} must be {wanted}, but it is {show(value)}; set it to {plain(nearest)}, for example."

    def clean(self, value: Any) -> int:
        return int(value)

    def bad_values(self) -> tuple[Any, ...]:
        return (self.minimum - 1, self.maximum + 1, self.minimum + 0.5, "many", None, True, math.nan)


@dataclass(frozen=True, kw_only=True)
class Real(Field):
    """A finite number between `minimum` and `maximum`; an open end excludes the bound itself."""

    minimum: float
    maximum: float
    open_minimum: bool = False
    open_maximum: bool = False
    kind: ClassVar[str] = "real"

    def problem(self, value: Any) -> str | None:
        if _is_number(value):
            above = value > self.minimum or (value == self.minimum and not self.open_minimum)
            below = value < self.maximum or (value == self.maximum and not self.open_maximum)
            if above and below:
                return None
        low = f"{'above' if self.open_minimum else 'at least'} {plain(self.minimum)}"
        high = f"{'below' if self.open_maximum else 'at most'} {plain(self.maximum)}"
        return (
            f"{self.label} must be a number {low} and {high}, but it is {show(value)}; "
            f"set it to {plain(self.default)}, for example."
        )

    def clean(self, value: Any) -> float:
        return float(value)

    def bad_values(self) -> tuple[Any, ...]:
        low = self.minimum if self.open_minimum else self.minimum - 1
        high = self.maximum if self.open_maximum else self.maximum * 2 + 1
        return (low, high, "fast", None, True, math.nan, math.inf)


@dataclass(frozen=True, kw_only=True)
class Flag(Field):
    """A switch."""

    kind: ClassVar[str] = "flag"

    def problem(self, value: Any) -> str | None:
        if isinstance(value, bool):
            return None
        return f"{self.label} must be true or false, but it is {show(value)}; set it to true or false."

    def bad_values(self) -> tuple[Any, ...]:
        return ("yes", 1, None)


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of a few options, each a key with its label."""

    options: tuple[tuple[str, str], ...]
    kind: ClassVar[str] = "choice"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that may be stored."""
        return tuple(key for key, _ in self.options)

    def problem(self, value: Any) -> str | None:
        if isinstance(value, str) and value in self.keys:
            return None
        return (
            f"{self.label} must be one of {', '.join(self.keys)}, but it is "
            f"{show(value)}{did_you_mean(value, self.keys)}"
        )

    def bad_values(self) -> tuple[Any, ...]:
        return ("no such option", 1, None)


@dataclass(frozen=True, kw_only=True)
class Weights(Field):
    """Class weights: ``none``, ``balanced`` (from the training split) or one positive number a class."""

    kind: ClassVar[str] = "weights"

    def problem(self, value: Any) -> str | None:
        if value in ("none", "balanced"):
            return None
        if isinstance(value, list | tuple) and value and all(_is_number(item) and item > 0 for item in value):
            return None
        return (
            f'{self.label} must be "none", "balanced" or a list of one positive number for each class, '
            f'but it is {show(value)}; set it to "balanced", for example.'
        )

    def clean(self, value: Any) -> str | list[float]:
        return value if isinstance(value, str) else [float(item) for item in value]

    def bad_values(self) -> tuple[Any, ...]:
        return ("heavy", [], [1.0, -1.0], [math.nan], 3, None)


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """A short line of text."""

    longest: int = 120
    kind: ClassVar[str] = "text"

    def problem(self, value: Any) -> str | None:
        if isinstance(value, str) and len(value) <= self.longest:
            return None
        return f"{self.label} must be a text of at most {self.longest} characters, but it is {show(value)}; shorten it."

    def bad_values(self) -> tuple[Any, ...]:
        return ("x" * (self.longest + 1), 3, None)


def show(value: Any) -> str:
    """A value as it is quoted in an error: short, and never more than a line."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def did_you_mean(value: Any, known: tuple[str, ...]) -> str:
    """The end of a sentence that names the nearest known word, where one is near."""
    near = get_close_matches(str(value), known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else "; choose one of these."
