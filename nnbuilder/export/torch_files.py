"""Writers of ``.pth`` files, each reloaded and compared before it is handed over."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch
from torch import nn

from nnbuilder.build import build_model
from nnbuilder.data.facts import describe
from nnbuilder.errors import NNBuilderError
from nnbuilder.export.table import EXPORTERS
from nnbuilder.spec import read_text
from nnbuilder.store.files import write_atomically
from nnbuilder.training import checkpoint as checkpoints


def write(kind: str, checkpoint: Path, target: Path) -> None:
    """Write the export called `kind` of the checkpoint file to `target`.

    Raises
    ------
    NNBuilderError
        If there is no such export, the checkpoint cannot be read, or the file does not come back equal.
    """
    if kind not in EXPORTERS:
        raise NNBuilderError(f"There is no export called {kind!r}; choose one of {', '.join(EXPORTERS)}.")
    write_atomically(target, to_bytes(kind, checkpoints.read(checkpoint)))


def to_bytes(kind: str, checkpoint: dict[str, Any]) -> bytes:
    """The bytes of an export, checked by loading them again."""
    content = {
        "checkpoint": lambda: checkpoint,
        "state_dict": lambda: checkpoint["state_dict"],
        "module": lambda: model_of(checkpoint),
    }[kind]()
    buffer = io.BytesIO()
    torch.save(content, buffer)
    _prove(kind, buffer.getvalue(), checkpoint["state_dict"])
    return buffer.getvalue()


def model_of(checkpoint: dict[str, Any]) -> nn.Sequential:
    """The trained model of a checkpoint, on the CPU and in evaluation mode."""
    project = read_text(checkpoint["project"])
    model = build_model(project.network, describe(project.data))
    model.load_state_dict(checkpoint["state_dict"])
    return model.eval()


def _prove(kind: str, data: bytes, weights: dict[str, torch.Tensor]) -> None:
    loaded = torch.load(io.BytesIO(data), weights_only=kind != "module")
    found = loaded.state_dict() if kind == "module" else loaded["state_dict"] if kind == "checkpoint" else loaded
    same = found.keys() == weights.keys() and all(torch.equal(found[name], weights[name]) for name in weights)
    if not same:
        raise NNBuilderError(
            f"The {EXPORTERS[kind].label} did not load back equal, so it was not handed over; try again."
        )
