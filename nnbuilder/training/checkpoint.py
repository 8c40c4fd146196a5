"""Checkpoint files: tensors and plain values only, so that ``torch.load(weights_only=True)`` reads them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch

from nnbuilder.errors import NNBuilderError
from nnbuilder.store.files import write_atomically
from nnbuilder.training.trainer import Trainer


def write(path: Path, trainer: Trainer) -> None:
    """Write the trainer's checkpoint; an older one at `path` stays until the new one is whole."""
    buffer = io.BytesIO()
    torch.save(trainer.checkpoint(), buffer)
    write_atomically(path, buffer.getvalue())


def read(path: Path) -> dict[str, Any]:
    """The checkpoint at `path`, on the CPU.

    Raises
    ------
    NNBuilderError
        If the file is missing or no checkpoint.
    """
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except Exception as error:
        # What torch raises depends on where a file is damaged.
        raise NNBuilderError(
            f"{path.name} cannot be read as a checkpoint ({type(error).__name__}); train again."
        ) from error
    if not isinstance(checkpoint, dict) or checkpoint.get("format") != "nnbuilder":
        raise NNBuilderError(f"{path.name} is no checkpoint of this program; choose another file.")
    return checkpoint
