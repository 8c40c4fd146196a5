"""What clicks do to a project whose data are a person's own table, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from nnbuilder.catalog.sources import TABLE
from nnbuilder.errors import Edit
from nnbuilder.facts import split_sizes
from nnbuilder.propose.data import can_stratify, shares
from nnbuilder.propose.network import without_first_weights
from nnbuilder.spec import Project
from nnbuilder.tables.answers import Answers
from nnbuilder.tables.findings import TYPE_WORDS
from nnbuilder.tables.library import NUMERIC, Opened
from nnbuilder.ui.actions import title_of

MOST_CATEGORIES = 50
"""A column with more categories than this is left out at first: each would be an input of its own."""
TARGETS = re.compile(r"^(target|label|class|classes|species|category|outcome|y|result|diagnosis|survived|price)$", re.I)
"""Names that usually stand above what is to be predicted."""
SPLITS = re.compile(r"^(split|part|set|subset|fold)$", re.I)


def open_table(
    project: Project, opened: Opened, sha256: str, name: str, target: str = "", chosen: Collection[str] = ()
) -> Project:
    """The project on a table, with a target and features to start from; `chosen` are the choices a person made."""
    target = target or suggest_target(opened.columns)
    source = {
        "kind": TABLE,
        "file": name[:300],
        "sha256": sha256,
        "reading": dict(opened.document["choices"]),
        "chosen": sorted(chosen),
        "types": {},
        "answers": {},
        "target": target,
        "columns": [_feature(column) for column in usable(opened.columns, target)],
    }
    return project.edited(
        Edit("set", "data.source", source),
        *without_first_weights(project.network),
        Edit("set", "data.terms", []),
        Edit("set", "data.scaling", "standard"),
        *_split(opened, target),
        Edit("set", "name", title_of(name)),
    )


def _split(opened: Opened, target: str) -> tuple[Edit, ...]:
    """A split that suits the rows: without stratification where a class has too few."""
    validation, test, _ = shares(opened.rows)
    labels = opened.column(target)["categories"] if target else []
    stratify = True
    if labels:
        train, validated, tested = split_sizes(sum(count for _, count in labels), validation, test)
        stratify = can_stratify(min(count for _, count in labels), (train, validated, tested))
    return (
        Edit("set", "data.validation", validation),
        Edit("set", "data.test", test),
        Edit("set", "data.stratify", stratify),
    )


def open_again(
    project: Project,
    before: Opened,
    opened: Opened,
    chosen: Collection[str],
    types: Mapping[str, str],
    answers: Answers,
) -> Project:
    """The project on the same table read in another way.

    Target, features with their settings, and the column that tells the parts stay where their columns are still there
    and of the same type.
    """
    source = project.data.source
    old = {column["name"]: column["type"] for column in before.columns}
    new = {column["name"]: column["type"] for column in opened.columns}
    same = {name for name, kind in new.items() if old.get(name) == kind}
    target = source["target"] if source["target"] in new else suggest_target(opened.columns)
    settings = {item["name"]: item for item in source["columns"]}
    columns = []
    for column in opened.columns:
        name = column["name"]
        if name == target:
            continue
        if name in same:
            columns += [settings[name]] if name in settings else []
        elif left_out(column) is None and (name in settings or old.get(name) not in NUMERIC):
            columns.append(_feature(column))
    source_now = {
        **source.to_json(),
        "reading": dict(opened.document["choices"]),
        "chosen": sorted(chosen),
        "types": dict(types),
        "answers": dict(answers),
        "target": target,
        "task": source["task"] if target in same and target == source["target"] else "auto",
        "columns": columns,
        "split_by": source["split_by"] if new.get(source["split_by"]) in ("category", "yes_no") else "",
    }
    features = {item["name"] for item in columns}
    terms = [term for term in project.data.terms if set(term[1:]) <= features & same]
    # A split that nobody has touched goes on suiting the rows, of which there may be others now.
    untouched = project == project.edited(*_split(before, source["target"])) if source["target"] in old else False
    return project.edited(
        Edit("set", "data.source", source_now),
        Edit("set", "data.terms", terms),
        *(_split(opened, target) if untouched else ()),
    )


def suggest_target(columns: Sequence[Mapping[str, Any]]) -> str:
    """The column that is most likely to be predicted: by its name, else the last one that becomes numbers."""
    numeric = [column for column in columns if column["type"] in NUMERIC]
    names = {column["name"].lower() for column in columns}
    # Beside an x a y is a coordinate rather than what is looked for, unless it stands last.
    place = {"y"} if "x" in names and numeric and numeric[-1]["name"].lower() != "y" else set()
    named = [column for column in numeric if TARGETS.match(column["name"]) and column["name"].lower() not in place]
    if named:
        return named[-1]["name"]
    return numeric[-1]["name"] if numeric else ""


def usable(columns: Sequence[Mapping[str, Any]], target: str) -> list[Mapping[str, Any]]:
    """The columns a network can take, but for the target and those that would only confuse it."""
    return [column for column in columns if column["name"] != target and left_out(column) is None]


def left_out(column: Mapping[str, Any]) -> str | None:
    """Why a column is no feature at first, or None if it is one."""
    if column["type"] not in NUMERIC:
        return "A network takes no free texts and no identifiers."
    if column["type"] == "category" and len(column["labels"]) > MOST_CATEGORIES:
        return f"It has {len(column['labels'])} categories, each of which would be an input."
    if column["distinct"] < 2:
        return "It has the same value in every row."
    if SPLITS.match(column["name"]):
        return "Its name says that it tells the parts of the data."
    return None


def set_target(project: Project, opened: Opened, target: str) -> Project:
    """The project with another target; the one before becomes a feature."""
    before = project.data.source["target"]
    columns = [item for item in project.data.source["columns"] if item["name"] != target]
    if before and before != target and left_out(opened.column(before)) is None:
        columns.append(_feature(opened.column(before)))
    order = {column["name"]: place for place, column in enumerate(opened.columns)}
    columns.sort(key=lambda item: order.get(item["name"], 0))
    return project.edited(
        Edit("set", "data.source.target", target),
        Edit("set", "data.source.columns", columns),
        Edit("set", "data.source.task", "auto"),
        *without_first_weights(project.network),
    )


def set_features(project: Project, opened: Opened, settings: Mapping[str, Mapping[str, Any]]) -> Project:
    """The project with some columns as features or not (`use`), or with other `missing`, `fill` or `encoding`."""
    chosen = {item["name"]: dict(item) for item in project.data.source["columns"]}
    for name, changed in settings.items():
        values = dict(changed)
        if not values.pop("use", name in chosen):
            chosen.pop(name, None)
        else:
            chosen[name] = {**(chosen.get(name) or _feature(opened.column(name))), **values}
    columns = [chosen[column["name"]] for column in opened.columns if column["name"] in chosen]
    return project.edited(Edit("set", "data.source.columns", columns))


def no_feature(column: Mapping[str, Any], project: Project) -> str | None:
    """Why a column cannot be a feature, in a sentence, or None if it can."""
    name = column["name"]
    if name == project.data.source["target"]:
        return f"“{name}” is the target, and a network that is told the answer learns nothing; choose another target."
    if column["type"] not in NUMERIC:
        return f"“{name}” holds {TYPE_WORDS[column['type']]}, which a network cannot take; choose another type for it."
    return None


def _feature(column: Mapping[str, Any]) -> dict[str, Any]:
    missing = "median" if column["type"] in ("number", "date") else "most_frequent"
    return {"name": column["name"], "missing": missing, "fill": None, "encoding": "one_hot"}
