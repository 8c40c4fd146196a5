"""What is told of labels: those that may mean the same, with buttons that make them one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nnbuilder.fields import plain
from nnbuilder.tables.columns import labels
from nnbuilder.tables.columns.column_types import Found
from nnbuilder.tables.findings import ColumnAnswer, Finding, Lines, shown

if TYPE_CHECKING:
    import pyarrow as pa


LEAST = 10
"""Rows from which on a column of one label and gaps is no chance."""
NAMED = 4
"""Labels of a group, and groups, that are named."""


def same_labels(name: str, column: pa.Array, found: Found, names: Sequence[str], line_of: Lines) -> list[Finding]:
    """Labels that are written in several ways, or say the same in several words; `names` are all of them."""
    kinds = (
        ("differ only in capitals, spaces, points, zeros or signs nobody sees", labels.look_alikes(names)),
        ("may be long and short for the same", labels.initials(names)),
        ("may say the same", labels.same_words(names)),
    )
    told = []
    for words, groups in kinds:
        if not groups:
            continue
        same = _same(groups, found.counts if words == kinds[0][0] else {})
        listed = "; ".join(" and ".join(map(shown, group[:NAMED])) for group in groups[:NAMED])
        more = f"; and {plain(len(groups) - NAMED)} more" if len(groups) > NAMED else ""
        answers = [ColumnAnswer("Make them one", {name: {"same": same}})]
        if all(len({label.lower() for label in group}) == 1 for group in groups):
            answers = [ColumnAnswer("Capitals do not matter", {name: {"fold": True}})]
        told.append(
            Finding(
                "warning",
                f"Column {shown(name)}: {listed}{more} {words} and are categories of their own; make them one if they "
                "mean the same.",
                line_of(_first(column, groups[0][1])),
                answers=tuple(answers),
            )
        )
    return told


def only_marks(name: str, found: Found) -> list[Finding]:
    """That a column says one thing or nothing, as where what is true was ticked."""
    gaps = int(found.missing.sum())
    if len(found.counts) != 1 or not gaps or len(found.missing) < LEAST:
        return []
    label = next(iter(found.counts))
    return [
        Finding(
            "warning",
            f"Column {shown(name)} says {shown(label)} or nothing ({plain(gaps)} of {plain(len(found.missing))} cells "
            "are empty), so it has no second value; if empty cells mean no, take it as a feature whose gaps are a "
            "category of their own.",
        )
    ]


def _same(groups: Sequence[Sequence[str]], counts: Mapping[str, int]) -> dict[str, str]:
    """Of each group the most frequent label, or the first, for all others."""
    same = {}
    for group in groups:
        best = max(group, key=lambda label: counts.get(label, 0))
        same |= {label: best for label in group if label != best}
    return same


def _first(column: pa.Array, label: str) -> int:
    from nnbuilder.tables.arrow import compute as pc

    return max(0, int(pc.index(pc.utf8_trim_whitespace(column), label).as_py()))
