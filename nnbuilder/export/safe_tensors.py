"""The weights as safetensors: tensors and texts, no code."""

from __future__ import annotations

from nnbuilder.export.trained import Trained


def write(trained: Trained, choice: str) -> bytes:
    """The weights by name, with project, preprocessing and classes in the header."""
    from safetensors.torch import save

    tensors = {name: tensor.contiguous() for name, tensor in trained.checkpoint["state_dict"].items()}
    return save(tensors, trained.about())
