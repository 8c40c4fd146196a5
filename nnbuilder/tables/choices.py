"""How a table file is read, and how much of one is taken: what a person may overrule, as plain data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from nnbuilder.errors import NNBuilderError

SPACES = r"\s+"
"""The separator of columns held apart by any number of spaces."""

COUNTS = frozenset({"header_rows", "skip_rows", "footer_rows", "part"})
"""Choices that are whole numbers; all others are texts."""
_ALLOWED = {
    "format": ("csv", "xlsx", "parquet"),
    "decimal": (".", ","),
    "ragged": ("skip", "pad", "mend"),
    "header_align": ("left", "right", "none"),
    "header_names": ("all", "first"),
    "lines": ("plain", "quoted", "framed", "fixed"),
    "merged": ("fill", "leave"),
}
_ONE_CHARACTER = {"quote", "escape"}
_NEVER_EMPTY = {"encoding", "separator", "sheet"}
_LINES = re.compile(r"(?:\d{1,9}(?: \d{1,9})*)?")


@dataclass(frozen=True)
class Choices:
    """How a file is read; None leaves a choice to detection.

    Attributes
    ----------
    format
        ``"csv"`` (any separated text), ``"xlsx"`` or ``"parquet"``.
    encoding
        Name of a Python codec.
    separator
        One character, a longer text such as ``", "``, or `SPACES` for any number of spaces.
    quote
        One character; ``""`` for none.
    escape
        The character that makes a quote mark or separator part of a cell; ``""`` for doubled quote marks only.
    decimal, thousands
        The marks inside numbers; they leave the cells as they are and are for those who make numbers of them.
    header_rows
        How many rows hold column names.
    skip_rows
        Lines before the first header row, counted from the first line of the part, blank lines too.
    comment
        What a line begins with that is no row; ``""`` for nothing.
    sheet
        Of a workbook.
    part
        Which of several tables in one file, the first is 0.
    ragged
        What becomes of rows with too few or too many cells: ``"skip"`` leaves them out, ``"pad"`` fills short ones
        with empty cells at their end (long ones are left out all the same), ``"mend"`` cuts those anew for which
        only one way fits (the others are left out).
    header_align
        Where the names go if there are more or fewer than columns: from the ``"left"``, from the ``"right"``, or
        nowhere (``"none"``).
    header_names
        Which of several header rows name the columns: ``"all"`` together, or the ``"first"`` alone (the others are
        left out).
    footer_rows
        Lines after the last row, blank lines not counted.
    left_out
        Lines (rows of a sheet) within the table that are no rows of it, as numbers with a space between them.
    lines
        How lines are made ready: ``"plain"`` as they stand, ``"quoted"`` without the quote marks around each whole
        line, ``"framed"`` without the “|” at both ends and the spaces around cells, ``"fixed"`` cut where the same
        places are blank in all of them.
    merged
        What becomes of the empty cells of merged ranges in a sheet: ``"fill"`` gives each the value of its range.
    """

    format: str | None = None
    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    escape: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    header_rows: int | None = None
    skip_rows: int | None = None
    comment: str | None = None
    sheet: str | None = None
    part: int | None = None
    ragged: str | None = None
    header_align: str | None = None
    header_names: str | None = None
    footer_rows: int | None = None
    left_out: str | None = None
    lines: str | None = None
    merged: str | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None:
                _check(field.name, value)

    def to_json(self) -> dict[str, Any]:
        """What is chosen, as plain data."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Choices:
        """The choices that `to_json` wrote.

        Raises
        ------
        NNBuilderError
            If a choice is unknown or has a value it cannot have.
        """
        known = {field.name for field in fields(cls)}
        for key in document:
            if key not in known:
                raise NNBuilderError(f"“{key}” is no choice of how a table is read; take it out.")
        return cls(**document)

    def lines_left_out(self) -> set[int]:
        """The lines in `left_out`."""
        return set(map(int, (self.left_out or "").split()))


@dataclass(frozen=True)
class Caps:
    """The most that is taken of a file.

    Attributes
    ----------
    bytes
        Of a compressed file (gz, zip, xlsx, parquet) as it lies there.
    expanded
        Bytes of the text itself, or of what a compressed file unpacks to.
    rows, columns
        Of the table.
    cell
        Characters of one cell.
    ratio
        Unpacked bytes for each compressed one, looked at from 16 MiB on.
    """

    bytes: int = 200 * 2**20
    expanded: int = 2**30
    rows: int = 5_000_000
    columns: int = 2_000
    cell: int = 1_000_000
    ratio: int = 200


def _check(name: str, value: Any) -> None:
    """Raise if a choice has a value it cannot have."""
    where = f"The choice “{name.replace('_', ' ')}” of how a table is read"
    if name in COUNTS:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise NNBuilderError(f"{where} must be a whole number from 0 on, not {value!r}.")
        return
    if not isinstance(value, str):
        raise NNBuilderError(f"{where} must be text, not {value!r}.")
    allowed = _ALLOWED.get(name)
    if allowed and value not in allowed:
        raise NNBuilderError(f"{where} must be one of {', '.join(allowed)}, not {value!r}.")
    if name in _ONE_CHARACTER and len(value) > 1:
        raise NNBuilderError(f"{where} must be one character or nothing, not {value!r}.")
    if name in _NEVER_EMPTY and not value:
        raise NNBuilderError(f"{where} must not be empty; leave it out to have it detected.")
    if name == "left_out" and not _LINES.fullmatch(value):
        raise NNBuilderError(f"{where} must be line numbers with a space between them, not {value!r}.")
    if name in {"separator", "quote"} and any(mark in value for mark in "\r\n"):
        raise NNBuilderError(f"{where} must not hold a line end.")
