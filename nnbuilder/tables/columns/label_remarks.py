"""What has to be told about a column of labels: which may be missing values, and what was made alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnbuilder.fields import counted
from nnbuilder.tables.columns import numbers
from nnbuilder.tables.columns.column_types import Found
from nnbuilder.tables.columns.labels import LabelForm
from nnbuilder.tables.columns.odd_labels import only_marks, same_labels
from nnbuilder.tables.findings import ColumnAnswer, Finding, Lines, shown

if TYPE_CHECKING:
    import pyarrow as pa


FEW_NUMBERS = 0.05
"""Share of a column of words in which numbers are odd."""


def label_remarks(name: str, column: pa.Array, found: Found, form: LabelForm, line_of: Lines) -> list[Finding]:
    """The findings about a column that was looked at as labels."""
    told = [_asked(name, column, found, label, line_of) for label in found.asked]
    if found.type not in ("category", "yes_no"):
        return told
    told += [_missing(name, column, label, line_of) for label in form.missing]
    if form.fold:
        told += _without_capitals(name, found, form)
    else:
        told += only_marks(name, found)
    told += same_labels(name, column, found, form.labels, line_of)
    if found.type == "category":
        told += _number_among_words(name, column, found, form, line_of)
    return [*told, *_spaces(name, column)]


def _asked(name: str, column: pa.Array, found: Found, label: str, line_of: Lines) -> Finding:
    row = _first(column, label)
    return Finding(
        "question",
        f"Column {shown(name)}: {shown(label)} ({counted(found.counts[label], 'row')}, first in line {line_of(row)}) "
        "may be a class or a missing value; it is kept as a class until you say otherwise.",
        line_of(row),
        answers=(
            ColumnAnswer("A missing value", {name: {"missing": [label]}}),
            ColumnAnswer("A class", {name: {"labels": [label]}}),
        ),
    )


def _missing(name: str, column: pa.Array, label: str, line_of: Lines) -> Finding:
    row = _first(column, label)
    return Finding(
        "note",
        f"Column {shown(name)}: {shown(label)} counts as missing, first in line {line_of(row)}.",
        line_of(row),
        answers=(ColumnAnswer("It is a class", {name: {"labels": [label]}}),),
    )


def _without_capitals(name: str, found: Found, form: LabelForm) -> list[Finding]:
    variants = sorted(set(found.counts) - set(form.labels))
    if not variants:
        return []
    words = ", ".join(map(shown, variants[:5]))
    return [Finding("note", f"Column {shown(name)}: capital letters do not count in {words}.")]


def _number_among_words(name: str, column: pa.Array, found: Found, form: LabelForm, line_of: Lines) -> list[Finding]:
    odd = [label for label in form.labels if numbers.like_number(label)]
    count = sum(found.counts.get(label, 0) for label in odd)
    if not odd or count > max(1, FEW_NUMBERS * sum(found.counts.values())):
        return []
    row = _first(column, odd[0])
    return [
        Finding(
            "warning",
            f"Column {shown(name)}: {shown(odd[0])} in line {line_of(row)} is a number among words; look whether the "
            "cells of its row stand in the right columns.",
            line_of(row),
        )
    ]


def _spaces(name: str, column: pa.Array) -> list[Finding]:
    from nnbuilder.tables.arrow import compute as pc

    bare = pc.utf8_trim_whitespace(column)
    trimmed = int(pc.sum(pc.not_equal(bare, column)).as_py() or 0)
    blank = int(pc.sum(pc.and_(pc.equal(bare, ""), pc.not_equal(column, ""))).as_py() or 0)
    if trimmed == blank:
        return []
    return [
        Finding("note", f"Column {shown(name)}: the spaces around {counted(trimmed - blank, 'label')} are left out.")
    ]


def _first(column: pa.Array, label: str) -> int:
    """The first row of a label."""
    from nnbuilder.tables.arrow import compute as pc

    return max(0, int(pc.index(pc.utf8_trim_whitespace(column), label).as_py()))
