"""What clicks do to a project whose data are a person's own table, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from nnbuilder.catalog.sources import TABLE
from nnbuilder.errors import Edit
from nnbuilder.spec import Project
from nnbuilder.tables.library import NUMERIC, Opened

MOST_CATEGORIES = 50
"""A column with more categories than this is left out at first: each would be an input of its own."""
TARGETS = re.compile(r"^(target|label|class|classes|species|category|outcome|y|result|diagnosis|survived|price)$", re.I)
"""Names that usually stand above what is to be predicted."""
SPLITS = re.compile(r"^(split|part|set|subset|fold)$", re.I)


def open_table(project: Project, opened: Opened, sha256: str, name: str, target: str = "") -> Project:
    """The project on a table, with a target and features to start from."""
    chosen = target or suggest_target(opened.columns)
    source = {
        "kind": TABLE,
        "file": name[:300],
        "sha256": sha256,
        "reading": dict(opened.document["choices"]),
        "types": {},
        "target": chosen,
        "columns": [_feature(column) for column in usable(opened.columns, chosen)],
    }
    title = re.sub(r"[_-]+", " ", PurePath(name).stem).strip()[:100] or "My table"
    return project.edited(
        Edit("set", "data.source", source),
        Edit("set", "data.terms", []),
        Edit("set", "data.scaling", "standard"),
        Edit("set", "name", title[:1].upper() + title[1:]),
    )


def suggest_target(columns: Sequence[Mapping[str, Any]]) -> str:
    """The column that is most likely to be predicted: by its name, else the last one that becomes numbers."""
    numeric = [column for column in columns if column["type"] in NUMERIC]
    named = [column for column in numeric if TARGETS.match(column["name"])]
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
    )


def set_feature(project: Project, opened: Opened, name: str, **settings: Any) -> Project:
    """The project with one column as feature or not (`use`), or with another `missing`, `fill` or `encoding`."""
    chosen = {item["name"]: dict(item) for item in project.data.source["columns"]}
    use = settings.pop("use", name in chosen)
    if not use:
        chosen.pop(name, None)
    else:
        chosen[name] = {**(chosen.get(name) or _feature(opened.column(name))), **settings}
    columns = [chosen[column["name"]] for column in opened.columns if column["name"] in chosen]
    return project.edited(Edit("set", "data.source.columns", columns))


def set_type(project: Project, name: str, chosen: str) -> Project:
    """The project with a column taken for another type than was found."""
    types = {**project.data.source["types"], name: chosen}
    return project.edited(Edit("set", "data.source.types", types))


def _feature(column: Mapping[str, Any]) -> dict[str, Any]:
    missing = "median" if column["type"] in ("number", "date") else "most_frequent"
    return {"name": column["name"], "missing": missing, "fill": None, "encoding": "one_hot"}
