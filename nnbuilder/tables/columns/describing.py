"""The profile of one column, made of what was found in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.tables.columns import labels, numbers
from nnbuilder.tables.columns.column_profile import ColumnProfile
from nnbuilder.tables.columns.column_types import ColumnType, Found
from nnbuilder.tables.columns.deciding import as_chosen, possible_types
from nnbuilder.tables.columns.labels import LabelForm
from nnbuilder.tables.columns.remarks import remarks
from nnbuilder.tables.columns.statistics import describe, sampled
from nnbuilder.tables.findings import Finding, Lines

if TYPE_CHECKING:
    import pyarrow as pa

KEPT_CATEGORIES = 1000
KEPT_BAD = 20
EXAMPLES = 5
_LOOKED_AT = 100_000
"""Rows of a column of labels among which cells that are no numbers are looked for."""


def with_missing(profile: ColumnProfile, column: pa.Array, found: Found, texts: Sequence[str]) -> ColumnProfile:
    """The profile of a column of which a person said what is missing; `column` has those cells as they stand."""
    form = dict(profile.form)
    if form:
        form["missing"] = [*form.get("missing", ()), *texts]
    return replace(profile, form=form, missing_spellings=tuple(spellings(column, found.missing)))


def describe_column(
    name: str,
    column: pa.Array,
    found: Found,
    chosen: ColumnType | None,
    answers: Mapping[str, Any],
    line_of: Lines,
) -> tuple[ColumnProfile, list[Finding]]:
    """The profile of a column and what has to be told about it."""
    found = as_chosen(found, chosen)
    values = found.values
    known = values if values is None or not (found.missing.any() or len(found.bad)) else values[~np.isnan(values)]
    statistics = describe(known) if known is not None else None
    if statistics:
        found.range = (statistics.minimum, statistics.maximum)
    told = remarks(name, column, found, chosen, line_of, answers)
    profile = ColumnProfile(
        name=name,
        type=found.type,
        reason=found.reason,
        possible=(),
        statistics=statistics,
        missing=int(found.missing.sum()) + (len(found.bad) if found.values is not None else 0),
        missing_spellings=tuple(spellings(column, found.missing)),
        form=found.form.to_json() if found.form else {},
        examples=_examples(column, found),
        bad=_bad(column, found, line_of),
        bad_count=len(found.bad),
    )
    if known is not None:
        part = sampled(known)
        distinct, exact = len(np.unique(part)), len(part) == len(known)
        if not exact and distinct <= KEPT_CATEGORIES:
            distinct, exact = len(_unique(known)), True
        possible = possible_types(column, found, distinct)
        return replace(profile, distinct=distinct, distinct_exact=exact, possible=possible), told
    counts = found.counts or labels.count_labels(column)
    distinct = len(counts)
    profile = replace(profile, possible=possible_types(column, found, distinct))
    if not isinstance(found.form, LabelForm) or found.type not in ("category", "yes_no"):
        return replace(profile, distinct=distinct, form={}), told
    if found.form.fold:
        counts = {
            label: sum(n for text, n in counts.items() if text.lower() == label.lower()) for label in found.form.labels
        }
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:KEPT_CATEGORIES]
    return replace(profile, distinct=len(counts), categories=tuple(ranked), labels=found.form.labels), told


def _unique(values: NDArray[np.float64]) -> NDArray[np.float64]:
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc

    return np.asarray(pc.unique(pa.array(values)))


def _examples(column: pa.Array, found: Found) -> tuple[str, ...]:
    """The first different cells that are filled."""
    seen: dict[str, None] = {}
    gone = set(np.flatnonzero(found.missing[:1000]).tolist())
    for row, text in enumerate(column.slice(0, 1000).to_pylist()):
        if row not in gone and text is not None and text.strip():
            seen.setdefault(text[:60])
            if len(seen) == EXAMPLES:
                break
    return tuple(seen)


def _bad(column: pa.Array, found: Found, line_of: Lines) -> tuple[tuple[int, str], ...]:
    """The first cells that do not fit; of a column of labels those that are no numbers."""
    rows: Sequence[int] = found.bad[:KEPT_BAD].tolist()
    if found.values is None:
        head = column.slice(0, _LOOKED_AT).to_pylist()
        gone = found.missing
        odd = (
            row for row, text in enumerate(head) if text is not None and not gone[row] and not numbers.like_number(text)
        )
        rows = [row for row, _ in zip(odd, range(KEPT_BAD), strict=False)]
    return tuple((int(line_of(row)), (column[row].as_py() or "")[:200]) for row in rows)


def spellings(column: pa.Array, missing: NDArray[np.bool_]) -> list[str]:
    """How the missing cells are spelled, the most frequent first."""
    rows = np.flatnonzero(missing)
    if not len(rows):
        return []
    from nnbuilder.tables.arrow import compute as pc

    counted = pc.value_counts(pc.fill_null(pc.utf8_trim_whitespace(pc.take(column, rows)), "")).to_pylist()
    return [pair["values"] for pair in sorted(counted, key=lambda pair: (-pair["counts"], pair["values"]))][:50]
