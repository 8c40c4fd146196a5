"""Why a column is labels although its cells look like numbers or dates: the one sentence that says most of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from nnbuilder.tables.columns.column_types import Found, are_seasons
from nnbuilder.tables.columns.odd_dates import seasons, unread_dates
from nnbuilder.tables.columns.odd_numbers import are_codes, numbers_among, odd_numbers
from nnbuilder.tables.columns.remarks import mixed_units, nearly
from nnbuilder.tables.findings import Finding, Lines

if TYPE_CHECKING:
    import pyarrow as pa


def why_labels(name: str, column: pa.Array, found: Found, line_of: Lines, decimals: Collection[str]) -> Finding | None:
    """What the cells of a column of labels may mean instead; `decimals` are the decimal marks of other columns."""
    if are_codes(found.counts):
        return None
    if are_seasons(column):
        return seasons(name, found)
    return (
        odd_numbers(name, column, found, line_of, decimals)
        or mixed_units(name, column)
        or nearly(name, column, found, line_of)
        or unread_dates(name, column, found, line_of)
        or numbers_among(name, column, found, line_of)
    )
