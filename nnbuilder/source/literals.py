"""Values as Python literals: everything a person typed or brought enters generated code through here."""

from __future__ import annotations

import unicodedata
from typing import Any

_SHOWN = {"L", "N", "P", "S"}
"""Categories of characters that may stand in source as they are, if each takes a known place on the line."""


def literal(value: Any) -> str:
    """A value as the literal that `repr` writes, with the quote marks a formatter would choose.

    Characters that cannot be seen, change the direction of writing, or join with their neighbors are escaped.

    Raises
    ------
    TypeError
        If the value is not made of plain data.
    """
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, int):
        return repr(int(value))
    if isinstance(value, tuple):
        inner = ", ".join(literal(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, list):
        return f"[{', '.join(literal(item) for item in value)}]"
    raise TypeError(f"A {type(value).__name__} has no literal.")


def raw(pattern: str) -> str:
    """A regular expression as a raw literal where it can be one."""
    plain = all(sign.isprintable() for sign in pattern) and '"' not in pattern and not pattern.endswith("\\")
    return f'r"{pattern}"' if plain and "\\" in pattern else literal(pattern)


def width(text: str) -> int:
    """How many places a text takes on a line, as formatters count."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def shown_in_comment(text: str) -> str:
    """A text that may stand in a comment: nothing hidden, no line end."""
    return "".join(sign if _is_shown(sign) else " " if sign.isspace() else "·" for sign in text)


def comment(text: str) -> str:
    """A text that a person wrote, short enough to be named in a comment and in one piece."""
    short = text if len(text) <= 30 else f"{text[:29]}…"
    return shown_in_comment(short).replace(" ", "\u00a0")


def _float(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        raise TypeError(f"{value} has no literal.")
    # Formatters write no plus sign before an exponent.
    return repr(float(value)).replace("e+", "e")


def _text(text: str) -> str:
    # As in `repr`, but double quote marks are taken unless they need more backslashes.
    mark = "'" if text.count('"') > text.count("'") else '"'
    return mark + "".join("\\" + sign if sign == mark else _within(sign) for sign in text) + mark


def _within(sign: str) -> str:
    """A character as it stands between quote marks, these left aside."""
    return sign if sign == " " or (sign != "\\" and _is_shown(sign)) else ascii(sign)[1:-1]


def _is_shown(sign: str) -> bool:
    return sign.isprintable() and unicodedata.category(sign)[0] in _SHOWN and unicodedata.normalize("NFC", sign) == sign
