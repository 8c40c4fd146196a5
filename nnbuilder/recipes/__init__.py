"""Ready projects: one JSON file each, opened in one click and trained by the command line alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nnbuilder.errors import NNBuilderError
from nnbuilder.fields import did_you_mean
from nnbuilder.spec import Project, read

FOLDER = Path(__file__).parent

ORDER = (
    "circle",
    "xor",
    "gauss",
    "spiral",
    "circles",
    "blobs",
    "linear-1",
    "linear-3",
    "nonlinear",
    "deep",
    "deep-wide",
    "sequential",
    "mse-adam",
)
"""The recipes in the order a person meets them."""


@dataclass(frozen=True)
class Recipe:
    """A ready project: its key, what it is called, what it shows, and the project document."""

    key: str
    title: str
    help: str
    document: Mapping[str, Any]

    def project(self) -> Project:
        """The project, ready to train."""
        return read({"name": self.title, **self.document})


@cache
def recipes() -> Mapping[str, Recipe]:
    """All recipes by key."""
    return {key: _load(key) for key in ORDER}


def recipe(key: str) -> Recipe:
    """The recipe called `key`.

    Raises
    ------
    NNBuilderError
        If there is none of that name, with the nearest one.
    """
    if key not in recipes():
        raise NNBuilderError(f"There is no recipe called {key!r}{did_you_mean(key, ORDER)}")
    return recipes()[key]


def _load(key: str) -> Recipe:
    stored = json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))
    return Recipe(key, stored["title"], stored["help"], stored["project"])
