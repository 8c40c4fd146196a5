"""From the spec to ordinary PyTorch: module, loss, optimizer and scheduler."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.optim import lr_scheduler

from nnbuilder.catalog.initializers import INITIALIZERS
from nnbuilder.catalog.schedules import SCHEDULERS
from nnbuilder.facts import DataFacts
from nnbuilder.shapes import layer_shapes
from nnbuilder.spec import Component, Layer, Network, Training

if TYPE_CHECKING:
    from nnbuilder.store.weights import Weights

RATE_FACTOR = "rate_factor"
"""Under this name a parameter group of an optimizer keeps what its learning rate is a multiple of."""


def build_model(network: Network, facts: DataFacts) -> nn.Sequential:
    """The network as a plain ``nn.Sequential`` with fresh first weights, on the CPU.

    The weights are those of ``torch.manual_seed(network.seed)`` followed by making the layers in
    order, so that the same lines in a script give the same numbers. torch's own generator is left
    as it was. Frozen layers ask for no gradient. Layers that start from a file draw weights, too, so
    that those of the others do not depend on them; `start_from_files` then puts the file's in place.
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


def start_from_files(model: nn.Sequential, network: Network, weights: Weights | None = None) -> None:
    """Give each layer that starts from a file its tensors, buffers included, in the layer's own number type.

    Parameters
    ----------
    weights
        Where the files are; those beside the store if left out.

    Raises
    ------
    StoreError
        If a file is not here or damaged, lacks a tensor or has one of another shape.
    """
    started = [
        (index, layer, module) for (index, layer), module in zip(network.active, model, strict=True) if layer.from_file
    ]
    if not started:
        return
    # Imported here because most networks start fresh, and no disk is then looked at.
    from nnbuilder.store.files import StoreError
    from nnbuilder.store.weights import Weights, tensor_name

    library = weights or Weights.default()
    files = {sha256: library.read(sha256) for sha256 in {layer.weights["sha256"] for _, layer, _ in started}}
    for index, layer, module in started:
        tensors = files[layer.weights["sha256"]]
        for name, own in module.state_dict().items():
            found = tensors.get(full := tensor_name(layer.weights["prefix"], name))
            if found is None and name == "num_batches_tracked":
                # Files of old programs lack this count, which nothing reads while momentum is a number.
                continue
            if found is None or found.shape != own.shape:
                what = "is missing" if found is None else f"has the shape {list(found.shape)}, not {list(own.shape)},"
                raise StoreError(
                    f"Layer {index + 1} cannot start from “{layer.weights['name']}”: {full} {what} there; "
                    "let the layer start fresh."
                )
            with torch.no_grad():
                own.copy_(found)


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


def build_optimizer(model: nn.Module, training: Training, network: Network | None = None) -> torch.optim.Optimizer:
    """The optimizer over all weights that learn now or later; fused where torch has a fused step.

    Weights that are frozen for good are left out. Those that thaw later are in it from the start: they
    have no gradient until then, and what has none is not stepped. Where layers of the `network` thaw or
    have a learning-rate factor there is a parameter group for each factor and thawing, in the order the
    layers come, which keeps the factor under `RATE_FACTOR`; else it is the one group of every optimizer.
    """
    arguments = optimizer_arguments(training)
    row = training.optimizer_row
    groups = _groups(model, network, arguments["lr"])
    parameters = [parameter for group in groups for parameter in group["params"]]
    if row.fused and all(parameter.device.type in ("cpu", "cuda", "mps") for parameter in parameters):
        arguments["fused"] = True
    one = len(groups) < 2 and all(group[RATE_FACTOR] == 1.0 for group in groups)
    # What looks at the whole batch, LBFGS, takes all weights in one group.
    return getattr(torch.optim, row.torch)(parameters if one or row.full_batch else groups, **arguments)


def _groups(model: nn.Module, network: Network | None, rate: float) -> list[dict[str, Any]]:
    """Parameter groups of all weights that are to learn; those of a group begin at once and at the same rate.

    Weights that begin later need a group of their own for the fused step of SGD with momentum, which
    takes all of a group for as far as its first.
    """
    if network is None:
        return [{"params": [weight for weight in model.parameters() if weight.requires_grad], RATE_FACTOR: 1.0}]
    together: dict[tuple[float, int], list[nn.Parameter]] = {}
    for (_, layer), module in zip(network.active, model.children(), strict=True):
        parameters = list(module.parameters())
        if parameters and (layer.thaw_after or not layer.frozen):
            begin = layer.thaw_after if layer.frozen else 0
            together.setdefault((layer.rate_factor, begin), []).extend(parameters)
    return [
        {"params": parameters, "lr": rate * factor, RATE_FACTOR: factor} for (factor, _), parameters in together.items()
    ]


def optimizer_arguments(training: Training) -> dict[str, Any]:
    """The optimizer's settings under torch's names."""
    arguments = training.optimizer_row.arguments(training.optimizer.settings)
    if training.optimizer.kind == "lbfgs":
        search = training.optimizer["line_search"]
        arguments["line_search_fn"] = None if search == "none" else search
    return arguments


def build_scheduler(optimizer: torch.optim.Optimizer, training: Training, batches: int) -> Any | None:
    """The learning rate scheduler, or None; `batches` is the number of batches in an epoch.

    Groups of the optimizer with a rate of their own go through the same schedule, each from its own rate.
    """
    row = SCHEDULERS[training.scheduler.kind]
    if not row.torch:
        return None
    arguments = row.arguments(training.scheduler.settings)
    if row.key == "cosine":
        arguments["T_max"] = training.epochs
    if row.key == "one_cycle":
        # The momentum stays what the person set; torch would cycle it too.
        arguments |= {
            "max_lr": [group["lr"] for group in optimizer.param_groups],
            "total_steps": training.epochs * batches,
            "cycle_momentum": False,
        }
    return getattr(lr_scheduler, row.torch)(optimizer, **arguments)
