"""What is known of a table's data once they were prepared: kept beside the table, so that a check reads no rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnbuilder.errors import Edit, InvalidProject, NNBuilderError, Problem, Repair
from nnbuilder.facts import DataFacts
from nnbuilder.store.files import write_atomically
from nnbuilder.tables.library import Library, Opened, way_of

if TYPE_CHECKING:
    from nnbuilder.spec import Data


def find_facts(data: Data) -> tuple[DataFacts, list[Problem]] | None:
    """What was found when these data were prepared: facts, and what a person should know of them; None if not yet."""
    opened = _opened(data)
    path = _path(opened, data) if opened else None
    if path is None or not path.exists():
        return None
    document = json.loads(path.read_bytes())
    if "refused" in document:
        raise InvalidProject([_problem(item) for item in document["refused"]])
    return _facts(document["facts"]), [_problem(item) for item in document["problems"]]


def keep_facts(data: Data, facts: DataFacts, problems: list[Problem]) -> None:
    """Keep what preparing found."""
    _write(data, {"facts": asdict(facts), "problems": [_document(problem) for problem in problems]})


def keep_refusal(data: Data, error: NNBuilderError) -> None:
    """Keep why the data cannot be prepared."""
    problems = error.problems if isinstance(error, InvalidProject) else (Problem("data.source", str(error)),)
    _write(data, {"refused": [_document(problem) for problem in problems]})


def _write(data: Data, document: Mapping[str, Any]) -> None:
    opened = _opened(data)
    if opened is not None:
        write_atomically(_path(opened, data), json.dumps(document, ensure_ascii=False).encode())


def _opened(data: Data) -> Opened | None:
    settings = data.source.settings
    return Library.default().find(settings["sha256"], **way_of(settings))


def _path(opened: Opened, data: Data) -> Path:
    key = json.dumps(data.to_json(), sort_keys=True)
    return opened.folder / f"facts-{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"


def _facts(document: Mapping[str, Any]) -> DataFacts:
    lists = ("features", "classes", "columns", "class_rows", "dates")
    return DataFacts(
        **{
            **document,
            **{name: tuple(document.get(name, ())) for name in lists},
            "labels": tuple(tuple(labels) for labels in document["labels"]),
        }
    )


def _document(problem: Problem) -> dict[str, Any]:
    return asdict(problem)


def _problem(document: Mapping[str, Any]) -> Problem:
    repair = document["repair"]
    if repair is not None:
        repair = Repair(repair["label"], tuple(Edit(**edit) for edit in repair["edits"]))
    return Problem(document["path"], document["message"], document["severity"], repair)
