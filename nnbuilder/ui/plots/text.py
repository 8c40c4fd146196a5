"""Numbers, dates and names as the views write them; nothing in them is markup to Plotly or Markdown."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnbuilder.fields import plain

LONGEST = 26
MINUS, NOTHING = "\u2212", "\u2013"
MARKUP = r"\`*_{}[]()#+-.!|<>~$:&"


def number(value: float | None, digits: int = 4) -> str:
    """A number in few characters: ``0.083``, ``12.5``, ``4050``, ``40 500``, ``1.2e9``; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return NOTHING
    size = abs(value)
    if size and (size >= 1e9 or size < 1e-4):
        mantissa, exponent = f"{value:.{digits - 2}e}".split("e")
        text = f"{float(mantissa):g}e{int(exponent)}"
    elif size >= 10 ** (digits - 1) or float(value).is_integer():
        text = plain(round(value)) if size >= 1e4 else str(round(value))
    else:
        text = f"{value:.{digits}g}"
    return text.replace("-", MINUS)


def dates(days: Sequence[float | None]) -> list[str | None]:
    """Days since 1970-01-01 as Plotly takes dates."""
    return [None if day is None else _date(day) for day in days]


def _date(day: float) -> str:
    moment = np.datetime64(round(day * 86400), "s")
    return str(moment.astype("datetime64[D]")) if float(day).is_integer() else str(moment).replace("T", " ")


def value(shown: float | None, kind: str, digits: int = 6) -> str:
    """A value of a column of numbers or dates as text; a date with few digits is a day."""
    if shown is None:
        return NOTHING
    if kind == "date":
        return _date(shown) if digits > 4 else _date(math.floor(shown))
    return number(shown, digits)


def values(shown: Sequence[float | None], kind: str) -> list[Any]:
    """Values of a column of numbers or dates as Plotly takes them."""
    return dates(shown) if kind == "date" else list(shown)


def percent(part: float) -> str:
    """A part of one as percent: ``7.9 %``, ``44 %``, ``< 0.1 %``."""
    if 0 < part < 0.001:
        return "< 0.1 %"
    return f"{100 * part:.1f} %" if 0 < part < 0.0995 else f"{100 * part:.0f} %"


def inert(text: str) -> str:
    """A text in which Plotly finds no tags and no entities."""
    return html.escape(text, quote=False).replace("\n", " ")


def brief(text: str, longest: int = LONGEST) -> str:
    """A name that fits a label, without meaning for Plotly; what is cut off is said in the hover beside."""
    flat = " ".join(text.split())
    return inert(flat if len(flat) <= longest else f"{flat[: longest - 1].rstrip()}…")


def wrapped(text: str, width: int = 60) -> str:
    """A whole name for a hover, in lines."""
    return "<br>".join(inert(text[start : start + width]) for start in range(0, min(len(text), 600), width))


def unformatted(text: str) -> str:
    """A name without any meaning for Markdown."""
    return "".join(f"\\{letter}" if letter in MARKUP else letter for letter in " ".join(text.split()))
