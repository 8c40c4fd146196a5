"""Which layers learn and how fast: frozen ones that thaw after some epochs, and learning rates of their own."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from nnbuilder.build import RATE_FACTOR
from nnbuilder.spec import Network

Thawing = list[tuple[int, nn.Module]]
"""Frozen layers, each after how many epochs it is to learn."""


def thawing_layers(model: nn.Module, network: Network | None) -> Thawing:
    """The frozen layers of a model that learn later on."""
    if network is None:
        return []
    pairs = zip(network.active, model.children(), strict=True)
    return [(layer.thaw_after, module) for (_, layer), module in pairs if layer.frozen and layer.thaw_after]


def thaw(thawing: Thawing, epoch: int) -> tuple[set[int], Thawing]:
    """Let the layers learn whose epochs have gone by.

    Parameters
    ----------
    epoch
        Epochs done.

    Returns
    -------
    tuple
        After how many epochs those that now learn were to do so, and the layers that stay frozen.
    """
    due = [(after, module) for after, module in thawing if after <= epoch]
    for _, module in due:
        module.requires_grad_(True)
    return {after for after, _ in due}, [pair for pair in thawing if pair[0] > epoch]


def learning_rate(optimizer: torch.optim.Optimizer) -> float:
    """The learning rate now, that of a layer without a factor of its own."""
    groups = optimizer.param_groups
    group = next((group for group in groups if group.get(RATE_FACTOR, 1.0) == 1.0), groups[0])
    return float(group["lr"] / group.get(RATE_FACTOR, 1.0))


def change_rate(optimizer: torch.optim.Optimizer, scheduler: Any | None, rate: float) -> None:
    """Give an optimizer another learning rate, each group its multiple of it, and the schedule where to start from."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group.get(RATE_FACTOR, 1.0)
    if scheduler is not None and hasattr(scheduler, "base_lrs"):
        scheduler.base_lrs = [group["lr"] for group in optimizer.param_groups]
