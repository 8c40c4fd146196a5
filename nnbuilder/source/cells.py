"""What is known of a column's cells before its file is read: its profile, and the first rows as they stand there."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from nnbuilder.tables.library import Opened

PANDAS_MISSING = frozenset(
    {
        "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A",
        "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
    }
)  # fmt: skip
"""What pandas reads as missing unless it is told otherwise."""
LONGEST_BAD = 200
"""A profile cuts longer cells."""


@dataclass(frozen=True)
class Cells:
    """One column.

    `known` are its cells in the first rows, where a null is ""; `complete` says that there are no others.
    """

    name: str
    type: str
    profile: Mapping[str, Any]
    known: tuple[str, ...]
    complete: bool

    @property
    def labels(self) -> list[str]:
        """The categories by their number."""
        return list(self.profile.get("labels") or ())

    @property
    def form(self) -> Mapping[str, Any]:
        """How numbers or dates are written."""
        return self.profile["form"]

    @property
    def gaps(self) -> bool:
        """Whether any value is missing once the column is converted."""
        return bool(self.profile["missing"])

    @property
    def spellings(self) -> list[str]:
        """How missing values are spelled, spaces around included where they are known."""
        trimmed = list(self.profile["missing_spellings"])
        wide = {cell for cell in self.different if cell != cell.strip() and cell.strip() in trimmed}
        return [*trimmed, *sorted(wide)]

    @property
    def bad(self) -> list[str] | None:
        """The different cells that do not fit the type, or None if not all of them are known."""
        texts = [text for _, text in self.profile["bad"]]
        if self.profile["bad_count"] > len(texts) or any(len(text) >= LONGEST_BAD for text in texts):
            return None
        return sorted(set(texts))

    @cached_property
    def different(self) -> tuple[str, ...]:
        """The first cells, each text once."""
        return tuple(dict.fromkeys(self.known))

    @cached_property
    def filled(self) -> list[str]:
        """The first different cells that hold a value."""
        gone = {*self.spellings, *(text for _, text in self.profile["bad"])}
        return [cell for cell in self.different if cell not in gone and cell.strip() not in gone]


def cells_of(opened: Opened, name: str) -> Cells:
    """What is known of a column.

    Raises
    ------
    NNBuilderError
        If the table has no such column.
    """
    profile = opened.column(name)
    place = opened.columns.index(profile)
    known = tuple(row[place] or "" for row in opened.preview)
    return Cells(name, profile["type"], profile, known, opened.rows <= len(known))


@lru_cache(maxsize=4096)
def like_a_number(text: str) -> bool:
    """Whether pandas might take a text for a number or a truth value."""
    bare = re.sub(r"[,.'\s]", "", text)
    return text.lower() in ("true", "false", "inf", "-inf", "infinity", "-infinity") or not math.isnan(_float(bare))


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
