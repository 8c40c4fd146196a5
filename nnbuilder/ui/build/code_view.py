"""The code of the whole project: it follows every click and shows what the last one changed."""

from __future__ import annotations

from typing import Any

from nnbuilder.catalog.sources import TABLE
from nnbuilder.errors import NNBuilderError
from nnbuilder.source.model import Form, model_code
from nnbuilder.source.train_script import train_code
from nnbuilder.ui.data import tables
from nnbuilder.ui.state import Desk, project_name

MODELS: tuple[tuple[Form, str], ...] = (
    ("sequential", "Model: nn.Sequential"),
    ("named", "Model: class, layers by name"),
    ("module", "Model: class around nn.Sequential"),
)
TRAINING = "Training: the whole script"
BLOCKED = "This is the code as it was before; repair what the page names and it follows again."


def code_data(desk: Desk) -> dict[str, Any]:
    """What the view shows; see ``code.js``."""
    blocked = {"files": [], "message": BLOCKED, "project": desk.project_id}
    if desk.blocked is not None or not desk.facts.features:
        return blocked
    try:
        return {"files": _files(desk), "message": "", "project": desk.project_id}
    except NNBuilderError as error:
        return {**blocked, "message": str(error)}


def _files(desk: Desk) -> list[dict[str, str]]:
    project, facts = desk.project, desk.facts
    opened = tables.opened_table(desk) if project.data.source.kind == TABLE else None
    models = [
        {"key": form, "label": label, "text": model_code(project.network, facts, form), "note": ""}
        for form, label in MODELS
    ]
    code = train_code(project, facts, opened, f"{project_name(project)}-table.csv")
    return [*models, {"key": "train", "label": TRAINING, "text": code.text, "note": _note(code.reads, code.starts)}]


def _note(*beside: str) -> str:
    """Which files have to lie beside the script."""
    names = [f"“{name}”" for name in beside if name]
    if not names:
        return "It needs torch and NumPy and nothing of this program, and gives the very weights trained here."
    return f"Put {' and '.join(names)} beside it; it gives the very weights trained here, without this program."
