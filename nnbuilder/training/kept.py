"""Copies of weights, and of what a schedule has counted, that a run goes back to or goes on from."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def scheduler_state(scheduler: Any | None) -> dict[str, Any] | None:
    """The scheduler's plain values; functions and the optimizer are made anew from the project."""
    if scheduler is None:
        return None
    plain = (bool, int, float, str, list, dict, type(None))
    return {key: value for key, value in scheduler.state_dict().items() if isinstance(value, plain)}


def _tensors(model: nn.Module) -> list[Tensor]:
    return [*model.parameters(), *model.buffers()]


def copy_of(model: nn.Module) -> list[Tensor]:
    """The weights and buffers of a model as they are now."""
    return [tensor.detach().clone() for tensor in _tensors(model)]


def put_back(target: nn.Module | list[Tensor], source: nn.Module | list[Tensor]) -> None:
    """Copy weights and buffers between a model and a list of tensors, in place."""
    into = _tensors(target) if isinstance(target, nn.Module) else target
    origin = _tensors(source) if isinstance(source, nn.Module) else source
    with torch.no_grad():
        for there, here in zip(into, origin, strict=True):
            there.copy_(here)
