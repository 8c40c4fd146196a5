"""The weights as safetensors: tensors and texts, no code."""

from __future__ import annotations

from nnbuilder.export.trained import Trained


def write(trained: Trained, choice: str) -> bytes:
    """The weights by name, with project, preprocessing and classes in the header."""
    from safetensors.torch import save

    tensors = {name: tensor.contiguous() for name, tensor in trained.checkpoint["state_dict"].items()}
    # By this word programs such as transformers know that the tensors are PyTorch's; without it they refuse the file.
    return save(tensors, {"format": "pt", **trained.about()})
