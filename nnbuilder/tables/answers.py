"""What a person answered about single columns: which cells are missing, and what comes first in dates.

The answers about a column are ``{"missing": [...], "labels": [...], "fold": true, "same": {"male": "Male"}, "order":
"day first", "first_year": 1926, "meaning": {...}}``: texts of cells that stand for a missing value, texts that do not
although they could, that capitals do not matter in its labels, as which other labels labels are taken, the order of
dates such as 01/03/2024, where the hundred years begin that years of two digits lie in, and which number cells such as
45k mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from nnbuilder.tables.columns.labels import LabelForm

Answers = Mapping[str, Mapping[str, Any]]
"""The answers about each column, by its name."""

_OTHER = {"missing": "labels", "labels": "missing"}


def with_answers(given: Answers, new: Answers) -> dict[str, dict[str, Any]]:
    """The answers given before with new ones on top: a text that is missing now is no label any more, and so on."""
    merged = {name: dict(answers) for name, answers in given.items()}
    for name, answers in new.items():
        column = merged.setdefault(name, {})
        for key, answer in answers.items():
            if key == "same":
                before = {label: answer.get(other, other) for label, other in column.get(key, {}).items()}
                column[key] = {**before, **answer}
                continue
            if key not in _OTHER:
                column[key] = answer
                continue
            column[key] = sorted({*column.get(key, ()), *answer})
            column[_OTHER[key]] = [text for text in column.get(_OTHER[key], ()) if text not in answer]
    return {name: kept for name, answers in merged.items() if (kept := {k: v for k, v in answers.items() if v})}


def blanked(column: pa.Array, texts: list[str]) -> pa.Array:
    """The column with null in place of the cells that hold one of `texts`, whatever spaces are around it."""
    if not texts:
        return column
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc
    from nnbuilder.tables.columns.blanks import tidy

    hit = pc.is_in(tidy(column), value_set=pa.array([text.strip() for text in texts], type=column.type))
    return pc.if_else(hit, pa.scalar(None, column.type), column)


def merged(column: pa.Array, same: Mapping[str, str]) -> pa.Array:
    """The column with other texts in place of those that a person said mean the same, whatever spaces are around."""
    if not same:
        return column
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc
    from nnbuilder.tables.columns.blanks import tidy

    encoded = pc.dictionary_encode(tidy(column))
    texts = [same.get(text, text) for text in encoded.dictionary.to_pylist()]
    return pc.take(pa.array(texts, type=column.type), encoded.indices)


def folded(form: LabelForm, counts: Mapping[str, int]) -> LabelForm:
    """The form in which capitals do not matter: of labels that differ in nothing else the most frequent stands."""
    # It brings NumPy, which whoever only merges answers does without.
    from nnbuilder.tables.columns.labels import LabelForm, in_order

    best: dict[str, str] = {}
    for label in sorted(form.labels, key=lambda label: (-counts.get(label, 0), label)):
        best.setdefault(label.lower(), label)
    return LabelForm(in_order(list(best.values())), form.missing, fold=True)
