"""A loaded structure as plain JSON with its tensors apart, and back: what a confined process hands over.

Lists, tuples and mappings with numbers as keys come back as they were. Both ways are bounded: a list that holds itself,
or one that is shared so that it unrolls to 2⁴⁰ values, is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nnbuilder.loading.limits import DEEPEST, LARGEST_INTEGER, MOST_NODES, RefusedFile

FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class Other:
    """Something the file names that has no meaning here, such as a type or a device."""


class Walk:
    """One walk through a structure, counting what it meets; `leaf` turns what is neither plain nor a collection."""

    def __init__(self, leaf: Callable[[Any], Any]) -> None:
        self.leaf, self.nodes = leaf, 0

    def step(self, depth: int) -> None:
        """Count one value.

        Raises
        ------
        RefusedFile
            If there are too many, or they lie too deep.
        """
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise RefusedFile(
                f"unrolls to more than {MOST_NODES} values, more than any weights need; save only the weights."
            )
        if depth > DEEPEST:
            raise RefusedFile(f"holds collections {DEEPEST} deep and deeper, as only a forged file does.")

    def pack(self, value: Any, depth: int = 0) -> Any:
        """The structure as JSON."""
        self.step(depth)
        if value is None or type(value) in (bool, str):
            return value
        if type(value) is int:
            if abs(value) >= LARGEST_INTEGER:
                raise RefusedFile("holds a whole number too large for any weights; it was not opened.")
            return value
        if type(value) is float:
            return value if math.isfinite(value) else {"float": str(value)}
        if isinstance(value, dict):
            for key in value:
                if type(key) not in (str, int) or (type(key) is int and abs(key) >= LARGEST_INTEGER):
                    raise RefusedFile("has a mapping whose keys are neither texts nor whole numbers.")
            return {"dict": [[key, self.pack(item, depth + 1)] for key, item in value.items()]}
        if isinstance(value, list | tuple):
            kind = "list" if isinstance(value, list) else "tuple"
            return {kind: [self.pack(item, depth + 1) for item in value]}
        return self.leaf(value)

    def unpack(self, document: Any, depth: int = 0) -> Any:
        """The structure behind JSON that `pack` wrote, or that claims to be such.

        Raises
        ------
        ValueError
            If it is none.
        """
        self.step(depth)
        if document is None or type(document) in (bool, str):
            return document
        if type(document) is int and abs(document) < LARGEST_INTEGER:
            return document
        if type(document) is float and math.isfinite(document):
            return document
        if not isinstance(document, dict) or len(document) != 1:
            raise ValueError("no value")
        ((kind, content),) = document.items()
        if kind in ("list", "tuple") and isinstance(content, list):
            items = [self.unpack(item, depth + 1) for item in content]
            return items if kind == "list" else tuple(items)
        if kind == "dict" and isinstance(content, list):
            return {_key(pair[0]): self.unpack(pair[1], depth + 1) for pair in content if _pair(pair)}
        if kind == "float" and content in FLOATS:
            return FLOATS[content]
        return self.leaf(document)


def _pair(pair: Any) -> bool:
    if not isinstance(pair, list) or len(pair) != 2:
        raise ValueError("no pair")
    return True


def _key(key: Any) -> str | int:
    if type(key) not in (str, int):
        raise ValueError("no key")
    return key


def unpack(document: Any, tensors: Sequence[Any]) -> Any:
    """The structure of a tree, with the tensors it names by their place in `tensors`.

    Raises
    ------
    ValueError
        If the tree is none, or names a tensor that is not there.
    """

    def leaf(value: Mapping[str, Any]) -> Any:
        if "other" in value:
            return Other()
        place = value.get("tensor")
        if type(place) is not int or not 0 <= place < len(tensors):
            raise ValueError("no tensor")
        return tensors[place]

    return Walk(leaf).unpack(document)
