"""The rows of a person's own table as numbers: columns for the network, a target, and how they are split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.errors import Edit, InvalidProject, Problem, Repair
from nnbuilder.facts import Part, Task
from nnbuilder.tables.columns.tasks import find_task
from nnbuilder.tables.columns.values import read_values
from nnbuilder.tables.library import NUMERIC, VALUES, Library, Opened, way_of

if TYPE_CHECKING:
    from nnbuilder.data.columns import ColumnPlan
    from nnbuilder.spec import Component

PART_NAMES: dict[str, Part] = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
"""What a column to split by may say, in any case of letters."""


@dataclass(frozen=True)
class TableRows:
    """The rows of a table that can be learned from.

    `columns` is float64 [rows, columns] with NaN where a value is missing; a category is its place in the
    list of its plan. `target` is int64 class numbers or float64 values. `rows` says which row of the
    table each one is; `given` which part each is in, where a column says so (0 train, 1 validation, 2 test).
    """

    plans: tuple[ColumnPlan, ...]
    columns: NDArray[np.float64]
    target: NDArray[Any]
    classes: tuple[str, ...]
    task: Task
    rows: NDArray[np.int64]
    given: NDArray[np.uint8] | None
    without_target: int
    dropped: int


def open_source(source: Component) -> Opened:
    """The table a source names, read if it was not yet.

    Raises
    ------
    NNBuilderError
        If its file is not here or cannot be read.
    """
    settings = source.settings
    return Library.default().read(settings["sha256"], settings["file"], **way_of(settings))


def table_rows(source: Component) -> TableRows:
    """The rows of a table with a target and without those that are to be dropped.

    Raises
    ------
    InvalidProject
        If there is no target or no feature, one of them has no numbers, or no row is left.
    """
    settings = source.settings
    opened = open_source(source)
    target_name, chosen = settings["target"], settings["columns"]
    if not target_name:
        raise _fault("data.source.target", "There is no target yet; choose the column to predict.")
    if not chosen:
        raise _fault("data.source.columns", _no_features(opened, target_name))
    plans = tuple(_plan(opened, item) for item in chosen if item["name"] != target_name)
    if len(plans) < len(chosen):
        raise _fault(
            "data.source.columns",
            f"The target “{target_name}” is also a feature, so the network would be told the "
            "answer; take it out of the features.",
        )
    path = opened.folder / VALUES
    target = opened.column(target_name)
    if target["type"] not in NUMERIC:
        raise _fault(
            "data.source.target",
            f"The target “{target_name}” is {_called(target['type'])}, which cannot be predicted; "
            "choose another column, or another type for it.",
        )
    values = read_values(path, [target_name])[:, 0]
    columns = read_values(path, [plan.name for plan in plans])
    known = ~np.isnan(values)
    drop = [place for place, plan in enumerate(plans) if plan.missing == "drop"]
    whole = ~np.isnan(columns[:, drop]).any(axis=1) if drop else np.ones(len(columns), dtype=bool)
    kept = np.flatnonzero(known & whole)
    if not len(kept):
        raise _fault("data.source", "No row is left: each lacks the target or a feature whose gaps drop the row.")
    if len(kept) < len(values):
        columns, values = columns[kept], values[kept]
    task = _task(settings["task"], target, values)
    labels, classes = _labels(task, target, values)
    given = _given(path, opened, settings["split_by"], kept)
    return TableRows(
        plans=plans,
        columns=columns,
        target=labels,
        classes=classes,
        task=task,
        rows=kept,
        given=given,
        without_target=int((~known).sum()),
        dropped=int((known & ~whole).sum()),
    )


def _task(chosen: str, target: Mapping[str, Any], values: NDArray[np.float64]) -> Task:
    """The task for the values [rows] of the target that are left."""
    if chosen == "regression" and target["type"] == "category":
        raise _fault("data.source.task", _no_numbers(target), _TELL_CLASSES)
    different = np.unique(values)
    whole = bool(np.all(different == np.round(different)))
    left = {**target, "distinct": len(different), "statistics": {"whole": whole}}
    if target["type"] in ("category", "yes_no"):
        left["labels"] = [class_name(target, value) for value in different]
    task, reason = find_task(left, chosen)
    if task is None:
        of_choice = chosen == "binary" and len(different) > 1
        raise _fault("data.source.task" if of_choice else "data.source.target", reason)
    return task


def _labels(task: Task, target: Mapping[str, Any], values: NDArray[np.float64]) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Class numbers with the names of the classes, or the values as they are."""
    if task == "regression":
        return values, ()
    different, numbers = np.unique(values, return_inverse=True)
    return numbers.astype(np.int64), tuple(class_name(target, value) for value in different)


def class_name(column: Mapping[str, Any], value: float) -> str:
    """What a value of a column is called where it is a class."""
    if column["type"] in ("category", "yes_no"):
        return column["labels"][int(value)]
    return f"{value:.10g}"


def _no_features(opened: Opened, target: str) -> str:
    if any(column["type"] in NUMERIC for column in opened.columns if column["name"] != target):
        return "The network gets no columns yet; choose at least one feature."
    return (
        f"Beside the target “{target}” no column holds numbers, categories or dates, so there is nothing to learn "
        "from; choose another type for one of them, or another target."
    )


def _no_numbers(target: Mapping[str, Any]) -> str:
    bad = target.get("bad") or []
    where = f", for example “{bad[0][1]}” in line {bad[0][0]}" if bad else ""
    return (
        f"A regression needs numbers, but the target “{target['name']}” holds texts{where}; "
        "correct them in the file, or let the network tell classes apart."
    )


def _given(path: Any, opened: Opened, name: str, kept: NDArray[np.int64]) -> NDArray[np.uint8] | None:
    """The part each row is in, as the column called `name` says; None where there is no such column."""
    if not name:
        return None
    column = opened.column(name)
    labels = column.get("labels") or []
    parts = [PART_NAMES.get(label.strip().lower()) for label in labels]
    if not labels or None in parts:
        odd = next((label for label, part in zip(labels, parts, strict=True) if part is None), "numbers")
        raise _fault(
            "data.source.split_by",
            f"Column “{name}” is to say train, validation or test in every row, but it says "
            f"“{odd}”; choose another column, or split by share.",
        )
    codes = read_values(path, [name])[kept, 0]
    if np.isnan(codes).any():
        raise _fault("data.source.split_by", f"Column “{name}” is empty in some rows; fill it, or split by share.")
    order = ("train", "validation", "test")
    return np.array([order.index(part) for part in parts if part], dtype=np.uint8)[codes.astype(np.int64)]


def _plan(opened: Opened, item: Mapping[str, Any]) -> ColumnPlan:
    from nnbuilder.data.columns import ColumnPlan

    column = opened.column(item["name"])
    if column["type"] not in NUMERIC:
        raise _fault(
            "data.source.columns",
            f"Column “{item['name']}” is {_called(column['type'])}, which a network cannot take; "
            "leave it out, or choose another type for it.",
        )
    return ColumnPlan(
        name=item["name"],
        type=column["type"],
        missing=item["missing"],
        fill=item["fill"],
        encoding=item["encoding"],
        categories=tuple(column.get("labels") or ()),
    )


def _fault(path: str, message: str, repair: Repair | None = None) -> InvalidProject:
    return InvalidProject([Problem(path, message, repair=repair)])


_TELL_CLASSES = Repair("Tell classes apart", (Edit("set", "data.source.task", "auto"),))


def _called(kind: str) -> str:
    return {"text": "free text", "identifier": "an identifier"}.get(kind, kind)
