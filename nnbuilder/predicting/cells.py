"""Cells of given rows to numbers, one column at a time: as the file that was learned from was read.

Rows often come from another program than the data did. So where a column does not fit the marks the data were written
with, it is looked at anew; what then fits is taken and told, and what does not is named cell by cell.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.fields import did_you_mean
from nnbuilder.predicting.asked import Feature, Target
from nnbuilder.tables.answers import blanked, merged
from nnbuilder.tables.columns import column_types, dates, numbers
from nnbuilder.tables.columns.blanks import empty, is_spelled_missing, spelled_missing
from nnbuilder.tables.columns.dates import SHORT_YEAR_FIRST, DateForm, Order
from nnbuilder.tables.columns.labels import LabelForm, codes_of
from nnbuilder.tables.columns.meanings import meant
from nnbuilder.tables.columns.numbers import PLAIN, NumberForm
from nnbuilder.tables.findings import shown

if TYPE_CHECKING:
    import pyarrow as pa

MOST_NAMED = 6
"""Categories that are listed where a cell has none of them."""


@dataclass(frozen=True)
class Cells:
    """A column of given rows as numbers.

    Attributes
    ----------
    values
        float64 [rows], NaN where a cell is missing or bad.
    bad
        Rows whose cell is neither missing nor a value of the column.
    wanted
        What a bad cell should have been.
    told
        How the column was read, where that is not how the data were.
    decimal
        The decimal mark that the column needs, where it is not that of the data.
    """

    values: NDArray[np.float64]
    bad: NDArray[np.intp]
    wanted: str
    told: str = ""
    decimal: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def read_cells(
    column: pa.Array, feature: Feature | Target, decimals: Collection[str] = (), typed: str | None = None
) -> Cells:
    """The numbers of a column of texts.

    Parameters
    ----------
    column
        Texts, null where the format has a null.
    feature
        What the column is to hold.
    decimals
        Decimal marks that other columns of the same rows need.
    typed
        The type that the format itself names; its numbers are written with a point.
    """
    if feature.kind == "number":
        return _numbers(column, feature, decimals, typed == "number")
    if feature.kind == "date":
        return _dates(column, feature)
    return _labels(column, feature)


def bad_words(cells: Cells, text: str) -> str:
    """Why a cell cannot be used."""
    near = did_you_mean(text.strip(), cells.extra.get("labels", ())) if cells.extra else "."
    return f"{shown(text)} is {cells.wanted}{near}" if near.startswith(";") else f"{shown(text)} is {cells.wanted}"


def _numbers(column: pa.Array, feature: Feature | Target, decimals: Collection[str], typed: bool) -> Cells:
    form = feature.form or {}
    column = blanked(column, list(form.get("missing", ())))
    if "meaning" in form and not typed:
        gaps, values = spelled_missing(column), meant(column, form["meaning"])
        values = np.where(gaps, np.nan, values)
        return Cells(values, np.flatnonzero(np.isnan(values) & ~gaps), "no number as in the data")
    known = None
    if typed:
        known = PLAIN
    elif "decimal" in form:
        known = NumberForm(**{name: form[name] for name in ("decimal", "thousands", "unit", "whole") if name in form})
    gaps = spelled_missing(column)
    values = numbers.convert(column, known or PLAIN)
    bad = np.flatnonzero(np.isnan(values) & ~gaps)
    other = bool(decimals) and known is not None and known.decimal not in decimals and not typed
    if not len(bad) and not other:
        return Cells(values, bad, "no number")
    found = column_types.as_numbers(column, decimals or ([known.decimal] if known else []))
    if found is None or found.values is None or not isinstance(found.form, NumberForm):
        return Cells(values, bad, "no number")
    unit = known.unit if known else ""
    better = len(found.bad) < len(bad) or (other and len(found.bad) <= len(bad))
    if not better or (unit and found.form.unit not in ("", unit)):
        return Cells(values, bad, f"no number in {unit}" if unit else "no number")
    return Cells(found.values, found.bad, "no number", _told(found.form, known), _decisive(column, found.form))


def _told(form: NumberForm, known: NumberForm | None) -> str:
    """How numbers are written, where it is not as in the data."""
    usual = known or PLAIN
    said = []
    if form.decimal != usual.decimal:
        said.append("a decimal comma" if form.decimal == "," else "a decimal point")
    if form.thousands != usual.thousands and form.thousands:
        said.append(f"“{form.thousands}” between thousands")
    if form.unit != usual.unit and form.unit:
        said.append(f"the unit “{form.unit}”")
    return f"with {' and '.join(said)}" if said else ""


def _decisive(column: pa.Array, form: NumberForm) -> str:
    """The decimal mark that a column cannot do without; nothing where it can be read in other ways."""
    return form.decimal if len(numbers.forms(column)) == 1 else ""


def _dates(column: pa.Array, feature: Feature | Target) -> Cells:
    form = feature.form or {}
    column = blanked(column, list(form.get("missing", ())))
    patterns = tuple(form.get("patterns", ()))
    gaps = spelled_missing(column)
    known = DateForm.from_json(form)
    values = dates.convert(column, known) if patterns else np.full(len(column), np.nan)
    bad = np.flatnonzero(np.isnan(values) & ~gaps)
    told = ""
    if len(bad):
        found = dates.read_dates(column, _order(patterns), known.first_year)
        if found is not None:
            values = np.where(np.isnan(values), found.days, values)
            bad = np.flatnonzero(np.isnan(values) & ~gaps)
            if found.ambiguous:
                told = "with the day before the month"
    return Cells(values, bad, "no date", told)


def _order(patterns: Sequence[str]) -> Order | None:
    """What comes first in the dates of the data."""
    if SHORT_YEAR_FIRST in patterns:
        return "year first"
    if "month/day/year" in patterns:
        return "month first"
    return "day first" if "day/month/year" in patterns else None


def _labels(column: pa.Array, feature: Feature | Target) -> Cells:
    form = feature.form or {}
    labels = feature.categories if isinstance(feature, Feature) else feature.labels
    missing = tuple(form.get("missing", ()))
    fold = bool(form.get("fold")) or feature.kind == "yes_no"
    column = merged(column, form.get("same", {}))
    values = codes_of(column, LabelForm(labels, missing, fold))
    unknown = np.flatnonzero(np.isnan(values) & ~empty(column))
    gone = {text.lower() if fold else text for text in missing}
    texts = column.take(unknown).to_pylist()
    # What spells a missing value is one, unless the data have it as a label.
    bad = [
        row
        for row, text in zip(unknown.tolist(), texts, strict=True)
        if not (is_spelled_missing(text) or (text.strip().lower() if fold else text.strip()) in gone)
    ]
    few = ", ".join(f"“{label}”" for label in labels[:MOST_NAMED])
    more = f" and {len(labels) - MOST_NAMED} more" if len(labels) > MOST_NAMED else ""
    wanted = f"none of the known categories ({few}{more})"
    return Cells(values, np.array(bad, dtype=np.intp), wanted, extra={"labels": labels})
