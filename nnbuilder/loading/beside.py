"""What a checkpoint says beside its weights, compared with what its project makes: one of them would be wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from nnbuilder.loading.limits import LARGEST_PROJECT, RefusedFile, shown

MOST_NAMED = 3
CLOSE = 1e-6
"""How far numbers of the preprocessing may lie apart, relative to their size: another machine rounds differently."""
LISTS = {"classes": "classes", "features": "inputs", "columns": "columns"}
WORDS = {"target": "target", "task": "task"}


def compare_beside(found: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    """Compare the fields of a file's checkpoint with those that its project makes; what is left out is not compared.

    Raises
    ------
    RefusedFile
        Naming both, if they contradict each other.
    """
    for name, words in LISTS.items():
        theirs = found.get(name)
        if theirs is not None and (not isinstance(theirs, list | tuple) or list(theirs) != list(own[name])):
            raise RefusedFile(
                f"was trained on other {words} ({few(theirs)}) than its project names ({few(own[name])}); save it "
                "again."
            )
    for name, words in WORDS.items():
        theirs = found.get(name)
        if theirs is not None and theirs != own[name]:
            raise RefusedFile(
                f"was trained for another {words} ({shown(str(theirs))}) than its project has ({own[name]}); "
                "save it again."
            )
    if found.get("preprocessing") is not None and not _alike(
        _parsed(found["preprocessing"]), _parsed(own["preprocessing"])
    ):
        raise RefusedFile(
            "was trained on inputs that were prepared otherwise than its project prepares them (its preprocessing is "
            "another one); save it again."
        )


def few(names: Any) -> str:
    """The first of some names, as they are quoted."""
    listed = [shown(str(name)) for name in names] if isinstance(names, list | tuple) else []
    return ", ".join(listed[:MOST_NAMED]) + (" …" if len(listed) > MOST_NAMED else "")


def _parsed(text: Any) -> Any:
    """A JSON document; None for anything else."""
    if not isinstance(text, str) or len(text) > LARGEST_PROJECT:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _alike(found: Any, own: Any, depth: int = 0) -> bool:
    """Whether two documents say the same where both say something; older programs left out what came later."""
    if depth > 8:
        return False
    if isinstance(own, dict):
        return isinstance(found, dict) and all(_alike(found[key], own[key], depth + 1) for key in own if key in found)
    if isinstance(own, list):
        return (
            isinstance(found, list)
            and len(found) == len(own)
            and all(_alike(one, other, depth + 1) for one, other in zip(found, own, strict=True))
        )
    if type(own) in (int, float) and type(found) in (int, float):
        return math.isclose(found, own, rel_tol=CLOSE, abs_tol=CLOSE)
    return found == own
