"""What a network can learn about a target: to tell two classes apart, many classes, or to predict a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnbuilder.facts import Task
from nnbuilder.fields import plain

MOST_CLASSES = 100
"""More classes than this are not told apart here."""
FEW_VALUES = 20
"""A target of whole numbers with at most this many different ones is taken for classes."""


def find_task(target: Mapping[str, Any], chosen: str = "auto") -> tuple[Task | None, str]:
    """The task for a target column, and the reason in a sentence; None if there is nothing to learn.

    Parameters
    ----------
    target
        The column as `nnbuilder.tables.columns.column_profile.ColumnProfile.to_json` gives it.
    chosen
        ``"auto"``, or the task a person chose, which is only refused where it cannot be.
    """
    name, kind, distinct = f"“{target['name']}”", target["type"], target["distinct"]
    if kind in ("text", "identifier"):
        what = "free text" if kind == "text" else "an identifier"
        return None, f"{name} is {what}, which cannot be predicted; choose another column, or another type for it."
    if distinct < 2:
        return None, f"{name} has the same value in every row, so there is nothing to learn; choose another column."
    if chosen == "regression":
        if kind == "category":
            return None, f"{name} holds texts, and a regression needs numbers; choose another task."
        return "regression", "Chosen by you."
    if chosen == "binary" and distinct != 2:
        return None, f"{name} has {plain(distinct)} different values, not two; choose automatic or many classes."
    if chosen == "multiclass" and distinct > MOST_CLASSES:
        return None, _too_many(name, distinct)
    if chosen in ("binary", "multiclass"):
        return ("binary" if distinct == 2 else "multiclass"), "Chosen by you."
    if kind == "date":
        return "regression", f"{name} is a date, which is predicted as a number of days."
    if kind == "number":
        if not target["statistics"]["whole"]:
            return "regression", f"{name} holds numbers with fractions."
        if distinct > FEW_VALUES:
            return "regression", f"{name} holds {plain(distinct)} different numbers, too many for classes."
        task: Task = "binary" if distinct == 2 else "multiclass"
        return task, f"{name} holds only {plain(distinct)} different whole numbers, so they are taken for classes."
    if distinct > MOST_CLASSES:
        return None, _too_many(name, distinct)
    if distinct == 2:
        labels = " and ".join(f"“{label}”" for label in target["labels"][:2])
        return "binary", f"{name} has two classes: {labels}."
    return "multiclass", f"{name} has {plain(distinct)} classes."


def of_classes(target: Mapping[str, Any], classes: Sequence[str]) -> dict[str, Any]:
    """The target column as it is where only the rows of these classes are left, for `find_task`."""
    return {**target, "distinct": len(classes), "labels": list(classes), "statistics": {"whole": True}}


def _too_many(name: str, distinct: int) -> str:
    return (
        f"{name} has {plain(distinct)} classes, more than the {MOST_CLASSES} a network here may tell apart; "
        "choose another column or regression."
    )
