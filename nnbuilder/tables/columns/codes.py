"""What is told of numbers that may be no amounts: codes, versions, names that look like powers, counted rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnbuilder.fields import plain
from nnbuilder.tables.columns.column_types import Found, is_code_name, is_counted_name
from nnbuilder.tables.columns.tasks import MOST_CLASSES
from nnbuilder.tables.findings import ColumnAnswer, Finding, Lines, shown

if TYPE_CHECKING:
    import pyarrow as pa


LEAST = 20
"""Rows from which on it is no chance that numbers only count them."""
LONG = 1e7
"""Whole numbers of eight digits and more, all of the same length and none twice, hardly measure anything."""
_POWER = re.compile(r"[0-9]{1,4}[eE][0-9]{1,3}")
_PADDED = re.compile(r"[-+]?[0-9]+\.[0-9]*0")
_TARGET = re.compile(r"target|label|class|classes|outcome|y|result|diagnosis|survived|price", re.IGNORECASE)
_VERSION = re.compile(r"version|release|section|chapter|kapitel|abschnitt|clause|build|\bver\b", re.IGNORECASE)


def codes(name: str, column: pa.Array, found: Found, line_of: Lines) -> list[Finding]:
    """That numbers may only name things, with buttons that take them so."""
    values = found.values
    if found.type != "number" or values is None:
        return []
    known = values[~np.isnan(values)]
    if not len(known):
        return []
    telling = _powers(name, column, values, line_of) or _versions(name, column, line_of)
    if telling is None and found.range[0] >= 0 and not np.any(known != np.floor(known)):
        telling = _names(name, known)
    return [telling] if telling else []


def not_predicted(name: str, found: Found) -> list[Finding]:
    """That a column with the name of a target only names or counts the rows, so that it is passed over as one."""
    if not _TARGET.fullmatch(name.strip()):
        return []
    return [
        Finding(
            "warning",
            f"Column {shown(name)} has a name as targets have, but is taken as an identifier and not offered as one: "
            f"{found.reason[0].lower()}{found.reason[1:]}",
            answers=(ColumnAnswer("Take it as numbers", types={name: "number"}),),
        )
    ]


def _names(name: str, known: NDArray[np.float64]) -> Finding | None:
    """Whole numbers that are codes by their name, their length, or because they count the rows in some order."""
    low, high = float(known.min()), float(known.max())
    if is_code_name(name):
        why = "has a name for codes, whose size means nothing"
    elif len(known) < LEAST or is_counted_name(name) or high - low < len(known) - 1:
        return None
    elif low in (0, 1) and high - low == len(known) - 1 and len(np.unique(known)) == len(known):
        why = f"holds each number from {plain(low)} to {plain(high)} once, as where rows are counted"
    elif low >= LONG and len(str(int(low))) == len(str(int(high))) and len(np.unique(known)) == len(known):
        why = f"holds numbers of {len(str(int(low)))} digits, none of them twice"
    else:
        return None
    few = len(np.unique(known)) <= MOST_CLASSES
    return Finding(
        "warning",
        f"Column {shown(name)} {why}, and is taken as numbers; say so if they only name things.",
        answers=(
            ColumnAnswer("Take it as an identifier", types={name: "identifier"}),
            *([ColumnAnswer("Take it as categories", types={name: "category"})] if few else []),
            ColumnAnswer("They are numbers", types={name: "number"}),
        ),
    )


def _powers(name: str, column: pa.Array, values: NDArray[np.float64], line_of: Lines) -> Finding | None:
    """Cells such as 1E5 beside plain numbers or others of the kind, which may be names."""
    row = _like(column, _POWER, "^[0-9]{1,4}[eE][0-9]{1,3}$")
    if row is None or np.isnan(values[row]):
        return None
    return Finding(
        "warning",
        f"Column {shown(name)}: {shown(column[row].as_py())} in line {line_of(row)} is read as a power of ten, "
        f"{plain(float(column[row].as_py()))}; say so if it is a name.",
        line_of(row),
        answers=(
            ColumnAnswer("Take it as an identifier", types={name: "identifier"}),
            ColumnAnswer("Take it as categories", types={name: "category"}),
            ColumnAnswer("They are numbers", types={name: "number"}),
        ),
    )


def _versions(name: str, column: pa.Array, line_of: Lines) -> Finding | None:
    """Cells such as 1.1 and 1.10, which are the same number and may be two versions."""
    row = _like(column, _PADDED, r"^[-+]?[0-9]+\.[0-9]*0$")
    if row is None:
        return None
    from nnbuilder.tables.arrow import compute as pc

    text = column[row].as_py().strip()
    short = text.rstrip("0")
    other = -1 if short.endswith(".") else int(pc.index(pc.utf8_trim_whitespace(column), short).as_py())
    if other < 0 and not (_VERSION.search(name) and text.count(".") == 1):
        return None
    beside = f" and {shown(short)} in line {line_of(other)}" if other >= 0 else ""
    return Finding(
        "warning" if _VERSION.search(name) else "note",
        f"Column {shown(name)}: {shown(text)} in line {line_of(row)}{beside} {'are' if beside else 'is'} read as the "
        f"number {plain(float(text))}; say so if they are versions or sections, of which 1.10 follows 1.9.",
        line_of(row),
        answers=(
            ColumnAnswer("Take it as categories", types={name: "category"}),
            ColumnAnswer("They are numbers", types={name: "number"}),
        ),
    )


def _like(column: pa.Array, here: re.Pattern[str], pattern: str) -> int | None:
    """The first cell that is like a pattern; whole columns are searched only where their first cells have one."""
    from nnbuilder.tables.arrow import compute as pc

    head = column.slice(0, 1000).to_pylist()
    if not any(text and here.fullmatch(text.strip()) for text in head):
        return None
    row = int(pc.index(pc.match_substring_regex(pc.utf8_trim_whitespace(column), pattern), True).as_py())
    return row if row >= 0 else None
