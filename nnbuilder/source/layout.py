"""Brackets and what stands in them, broken over lines as `ruff format` breaks them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from nnbuilder.source.literals import literal, width

LINE = 88
STEP = "    "


@dataclass(frozen=True)
class Group:
    """Parts between brackets, with what stands before the opening and after the closing one.

    `comma` says that the last part gets a comma when each part has a line of its own; `collection` that parts which
    do not fit beside the brackets never share a line.
    """

    opening: str
    parts: tuple[Part, ...]
    closing: str
    comma: bool = True
    collection: bool = False


Part: TypeAlias = str | Group


def call(function: str, *parts: Part) -> Group:
    """A call: ``function(parts)``."""
    return Group(f"{function}(", parts, ")")


def items(values: Iterable[Part]) -> Group:
    """A list of parts."""
    return Group("[", tuple(values), "]", collection=True)


def values(data: Sequence[Any]) -> Group:
    """A list of plain data."""
    return items(literal(value) for value in data)


def mapping(pairs: Iterable[tuple[str, Part]]) -> Group:
    """A dict from literals to parts."""
    return Group("{", tuple(before(f"{key}: ", part) for key, part in pairs), "}", collection=True)


def subscript(name: str, part: Part) -> Group:
    """A part in square brackets behind a name."""
    return Group(f"{name}[", (part,), "]", comma=False)


def before(text: str, part: Part) -> Part:
    """A part with a text right before it."""
    return text + part if isinstance(part, str) else replace(part, opening=text + part.opening)


def after(part: Part, text: str) -> Part:
    """A part with a text right after it."""
    return part + text if isinstance(part, str) else replace(part, closing=part.closing + text)


def flat(part: Part) -> str:
    """A part on one line."""
    if isinstance(part, str):
        return part
    return part.opening + ", ".join(map(flat, part.parts)) + part.closing


def lay_out(part: Part, indent: str = "", tail: str = "") -> list[str]:
    """The lines of a part."""
    line = indent + flat(part) + tail
    if isinstance(part, str) or not part.parts or _fits(line):
        return [line]
    inner = indent + STEP
    together = inner + ", ".join(map(flat, part.parts))
    if not part.comma:
        body = lay_out(part.parts[0], inner)
    elif _fits(together) and not part.collection:
        body = [together]
    else:
        body = [line for one in part.parts for line in lay_out(one, inner, ",")]
    return [indent + part.opening, *body, indent + part.closing + tail]


def _fits(line: str) -> bool:
    return width(line) <= LINE
