"""The training script as a Jupyter notebook: the same code in steps, with explanations and pictures."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from nnbuilder.catalog.sources import TABLE
from nnbuilder.facts import DataFacts
from nnbuilder.source.course import Course
from nnbuilder.source.literals import shown_in_comment
from nnbuilder.source.model import Form
from nnbuilder.source.notebook_pictures import Pictures
from nnbuilder.source.saving import table_features
from nnbuilder.source.script import Section
from nnbuilder.source.train_script import train_code
from nnbuilder.spec import Project

if TYPE_CHECKING:
    from nnbuilder.tables.library import Opened

IMPORTS = "Imports"
"""What the first section of a script is called."""
_IMPORTED = "Everything that the code below needs; `pip install -r requirements.txt` brings it."
_PLOTTING = '# A dollar sign in a name begins no formula.\nplt.rcParams["text.parse_math"] = False'
_AFTER = (
    "Change a number in *Settings*, or a layer in *Network*, and choose *Run All* again: what gets better, what worse?"
)


def notebook(
    project: Project, facts: DataFacts, opened: Opened | None = None, copy: str = "", form: Form = "sequential"
) -> str:
    """A notebook (nbformat 4.5) whose code is that of `nnbuilder.source.train_script.train_code`, and draws besides.

    Run from top to bottom it makes the very weights that the script makes. Names that a person gave are escaped in its
    Markdown.

    Parameters
    ----------
    project, facts, opened, copy, form
        As for `nnbuilder.source.train_script.train_code`.

    Returns
    -------
    The file's content, JSON.

    Raises
    ------
    NNBuilderError
        If table and facts do not belong to the data.
    """
    code = train_code(project, facts, opened, copy, form)
    features = table_features(project.data, facts, opened) if project.data.source.kind == TABLE else []
    pictures = Pictures(Course(project, facts, form), tuple(features))
    cells = [_markdown(_head(project, [name for name in (code.reads, code.starts) if name]))]
    for section in code.sections:
        for one in (_with_plotting(section), *_behind(section.title, pictures)):
            text = f"## {one.title}\n\n{one.explanation}".strip()
            cells += [_markdown(text), _code(one.code)]
    cells.append(_markdown(f"## And now?\n\n{_AFTER}"))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number + 1}"
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1) + "\n"


def plain_markdown(text: str) -> str:
    """A text without any meaning for Markdown, HTML or formulas, on one line."""
    escaped = re.sub(r"([\\`*_{}\[\]<>&#+\-|~$:/@^=!]|(?i:(?<=www)\.))", r"\\\1", shown_in_comment(text))
    return escaped.replace("\\<", "&lt;").replace("\\&", "&amp;")


def code_markdown(text: str) -> str:
    """A text as a piece of code in Markdown, shown as it is, on one line."""
    shown = shown_in_comment(text)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    room = " " if shown[:1] in ("`", " ") or shown[-1:] in ("`", " ") else ""
    return f"{fence}{room}{shown}{room}{fence}"


def _head(project: Project, beside: list[str]) -> str:
    lines = [f"# {plain_markdown(project.name) or 'A neural network'}"]
    lines.append("This notebook trains a neural network with PyTorch, step by step. Run its cells from top to bottom.")
    lines += [f"The file {code_markdown(name)} must lie beside it." for name in beside]
    return "\n\n".join(lines)


def _with_plotting(section: Section) -> Section:
    """The imports with those of the pictures; other sections as they are."""
    if section.title != IMPORTS:
        return section
    lines = section.code.splitlines()
    torch = next(place for place, line in enumerate(lines) if re.match(r"import (numpy|pandas|torch)", line))
    lines.insert(torch, "import matplotlib.pyplot as plt")
    return Section(section.title, section.explanation or _IMPORTED, "\n".join([*lines, "", _PLOTTING]))


def _behind(title: str, pictures: Pictures) -> list[Section]:
    """The pictures that follow a section."""
    if title == "The data":
        return [pictures.data()]
    if title == "Training":
        return [pictures.losses()]
    return [pictures.answers()] if title == "Evaluation" else []


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "", "metadata": {}, "source": _lines(text)}


def _code(text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "",
        "metadata": {},
        "outputs": [],
        "source": _lines(text),
    }


def _lines(text: str) -> list[str]:
    """A text as a list of lines that keep their ends, as notebooks have it."""
    return text.splitlines(keepends=True)
