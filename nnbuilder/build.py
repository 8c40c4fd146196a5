"""From the spec to ordinary PyTorch: module, loss, optimizer and scheduler."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.optim import lr_scheduler

from nnbuilder.catalog.initializers import INITIALIZERS
from nnbuilder.catalog.schedules import SCHEDULERS
from nnbuilder.facts import DataFacts
from nnbuilder.shapes import layer_shapes
from nnbuilder.spec import Component, Layer, Network, Training


def build_model(network: Network, facts: DataFacts) -> nn.Sequential:
    """The network as a plain ``nn.Sequential`` with its first weights, on the CPU.

    The weights are those of ``torch.manual_seed(network.seed)`` followed by making the layers in
    order, so that the same lines in a script give the same numbers. torch's own generator is left
    as it was. Frozen layers ask for no gradient.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(network.seed)
        shapes = layer_shapes(network, facts.inputs)
        modules = [_module(layer, shape.in_features) for (_, layer), shape in zip(network.active, shapes, strict=True)]
        for (_, layer), module in zip(network.active, modules, strict=True):
            if isinstance(module, nn.Linear):
                _initialize(module, layer.initializer)
    for (_, layer), module in zip(network.active, modules, strict=True):
        module.requires_grad_(not layer.frozen)
    return nn.Sequential(*modules)


def _module(layer: Layer, width: int) -> nn.Module:
    arguments = layer.row.arguments(layer.settings)
    if layer.row.width_argument:
        arguments = {layer.row.width_argument: width, **arguments}
    return getattr(nn, layer.row.torch)(**arguments)


def _initialize(module: nn.Linear, initializer: Component) -> None:
    row = INITIALIZERS[initializer.kind]
    if not row.torch:
        return
    getattr(nn.init, row.torch)(module.weight, **row.arguments(initializer.settings))
    if module.bias is not None:
        nn.init.zeros_(module.bias)


def build_loss(training: Training, class_counts: Sequence[int] = ()) -> nn.Module:
    """The loss; `class_counts` are the training rows of each class, for balanced weights.

    Balanced weights are ``rows / (classes · count)``, as in scikit-learn's
    ``compute_class_weight("balanced")``; a class without rows gets weight 0.
    """
    row = training.loss_row
    arguments = row.arguments(training.loss.settings)
    if "weight" in arguments:
        arguments["weight"] = _class_weights(arguments["weight"], class_counts)
    if "pos_weight" in arguments:
        weight = arguments["pos_weight"]
        arguments["pos_weight"] = None if weight == 1.0 else torch.tensor([weight])
    return getattr(nn, row.torch)(**arguments)


def _class_weights(choice: str | Sequence[float], counts: Sequence[int]) -> torch.Tensor | None:
    if choice == "none":
        return None
    if isinstance(choice, str):
        total, classes = sum(counts), len(counts)
        return torch.tensor([total / (classes * count) if count else 0.0 for count in counts])
    return torch.tensor(list(choice))


def build_optimizer(model: nn.Module, training: Training) -> torch.optim.Optimizer:
    """The optimizer over all weights that are not frozen; fused where torch has a fused step."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    arguments = optimizer_arguments(training)
    row = training.optimizer_row
    if row.fused and all(parameter.device.type in ("cpu", "cuda", "mps") for parameter in parameters):
        arguments["fused"] = True
    return getattr(torch.optim, row.torch)(parameters, **arguments)


def optimizer_arguments(training: Training) -> dict[str, Any]:
    """The optimizer's settings under torch's names."""
    arguments = training.optimizer_row.arguments(training.optimizer.settings)
    if training.optimizer.kind == "lbfgs":
        search = training.optimizer["line_search"]
        arguments["line_search_fn"] = None if search == "none" else search
    return arguments


def build_scheduler(optimizer: torch.optim.Optimizer, training: Training, batches: int) -> Any | None:
    """The learning rate scheduler, or None; `batches` is the number of batches in an epoch."""
    row = SCHEDULERS[training.scheduler.kind]
    if not row.torch:
        return None
    arguments = row.arguments(training.scheduler.settings)
    if row.key == "cosine":
        arguments["T_max"] = training.epochs
    if row.key == "one_cycle":
        # The momentum stays what the person set; torch would cycle it too.
        arguments |= {
            "max_lr": training.optimizer["learning_rate"],
            "total_steps": training.epochs * batches,
            "cycle_momentum": False,
        }
    return getattr(lr_scheduler, row.torch)(optimizer, **arguments)
