"""Of which type a column is, where its cells, its name and what a person said of it are weighed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nnbuilder.tables.answers import folded
from nnbuilder.tables.columns import column_types, labels
from nnbuilder.tables.columns.blanks import empty
from nnbuilder.tables.columns.column_types import FITS, ColumnType, Found
from nnbuilder.tables.columns.labels import MOST_LABELS, LabelForm
from nnbuilder.tables.columns.meanings import MeantForm
from nnbuilder.tables.columns.numbers import NumberForm

if TYPE_CHECKING:
    import pyarrow as pa

_CHOSEN = "Chosen by you."
_FEW_LABELS = 100
"""With more labels a column is not looked at for yes and no once more."""
_ANYTHING: tuple[ColumnType, ...] = ("text", "identifier")
"""What every column can be."""


def decide(
    column: pa.Array,
    name: str,
    chosen: ColumnType | None,
    decimals: Sequence[str],
    thousands: str,
    said: Mapping[str, Any],
) -> Found | None:
    """The column as numbers or dates, or as what a person chose or `said`; None if it is to be looked at as labels."""
    order, first_year, meaning = said.get("order"), said.get("first_year"), said.get("meaning")
    if meaning and chosen in (None, "number"):
        return column_types.as_meant(column, MeantForm(meaning))
    if chosen == "number":
        found = column_types.as_numbers(column, decimals, thousands)
        return found and replace(found, reason=f"{_CHOSEN} {found.reason}")
    if chosen == "date":
        found = column_types.as_dates(column, order, first_year, column_types.is_past(name))
        return found and replace(found, reason=f"{_CHOSEN} {found.reason}")
    if chosen == "yes_no":
        found = column_types.as_yes_no(column)
        return found and replace(found, reason=f"{_CHOSEN} {found.reason}")
    if chosen is not None:
        return None
    like_numbers, like_dates = column_types.looks(column)
    coded = column_types.is_code_name(name) or column_types.is_id_name(name)
    if like_dates >= 0.5 or (like_numbers >= 0.5 and not coded and column_types.compact_dates(column)):
        found = column_types.as_dates(column, order, first_year, column_types.is_past(name))
        if found is not None and _fits(found) and not column_types.are_seasons(column):
            return found
    if like_numbers < 0.5:
        return None
    found = column_types.as_numbers(column, decimals, thousands)
    if found is None or not _fits(found) or found.mixed_units:
        return None
    kind, reason = column_types.number_type(found, column, name)
    if kind == "yes_no":
        return column_types.as_yes_no(column)
    if kind == "identifier":
        gone = empty(column)
        return Found("identifier", reason, None, gone, possible=("identifier", "number", "category", "text"))
    return found


def decide_labels(column: pa.Array, name: str, evidence: Collection[str], answers: Mapping[str, Any]) -> Found:
    """The column as labels, with what a person said of some of them."""
    found = column_types.as_labels(column, name, evidence)
    kept = answers.get("labels", ())
    asked = tuple(label for label in found.asked if label not in kept)
    gone = found.form.missing if isinstance(found.form, LabelForm) else ()
    if set(gone) & set(kept):
        found = column_types.as_labels(column, name, missing=[label for label in gone if label not in kept])
    found.asked = asked
    if answers.get("fold") and found.type == "category" and isinstance(found.form, LabelForm):
        found.form = folded(found.form, found.counts)
    return found


def _fits(found: Found) -> bool:
    filled = len(found.missing) - int(found.missing.sum())
    return filled > 0 and len(found.bad) <= (1 - FITS) * filled


def is_decisive(found: Found) -> bool:
    """Whether numbers say what their decimal mark is: they have fractions, or marks between thousands."""
    if found.values is None or (isinstance(found.form, NumberForm) and found.form.thousands):
        return found.values is not None
    # The first rows settle it for nearly every column that has fractions.
    parts = (found.values[:1000], found.values)
    return any(not np.all((part == np.floor(part)) | np.isnan(part)) for part in parts)


def as_chosen(found: Found, chosen: ColumnType | None) -> Found:
    """What was found, as the labels, text or identifier a person chose instead, where that can be."""
    if chosen == found.type and not found.reason.startswith(_CHOSEN):
        return replace(found, reason=f"{_CHOSEN} {found.reason}")
    if chosen is None or chosen in (found.type, "number", "date", "yes_no"):
        return found
    if chosen == "category":
        if not isinstance(found.form, LabelForm) or not found.form.labels:
            return found
        form = LabelForm(labels.in_order(found.counts), found.form.missing)
        return replace(found, type="category", form=form, reason=_CHOSEN)
    return replace(found, type=chosen, reason=_CHOSEN)


def possible_types(column: pa.Array, found: Found, distinct: int) -> tuple[ColumnType, ...]:
    """The types a person may choose for a column, its own first."""
    if found.possible:
        return found.possible
    types: list[ColumnType] = [found.type]
    # Nothing that is a number is a date, but for one of eight digits; looking takes long where columns are many.
    like_numbers, like_dates = (1.0, 0.0) if found.type == "number" else column_types.looks(column)
    if like_numbers >= 0.5:
        types.append("number")
    if like_dates >= 0.5 or (like_numbers >= 0.5 and column_types.compact_dates(column)):
        types.append("date")
    if 1 <= distinct <= MOST_LABELS:
        types.append("category")
    few = 0 < len(found.counts) <= _FEW_LABELS
    if distinct == 2 or (few and column_types.as_yes_no(column)):
        types.append("yes_no")
    return (*dict.fromkeys(types), *(kind for kind in _ANYTHING if kind != found.type))
