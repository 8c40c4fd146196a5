"""What torch takes where code says nothing, so that code need not say it; a test holds this table against torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnbuilder.source.layout import Part
from nnbuilder.source.literals import literal

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    # torch.nn: layers
    "Linear": {"bias": True},
    "LeakyReLU": {"negative_slope": 0.01},
    "PReLU": {"init": 0.25},
    "ELU": {"alpha": 1.0},
    "Hardtanh": {"min_val": -1.0, "max_val": 1.0},
    "Softplus": {"beta": 1.0, "threshold": 20.0},
    "Dropout": {"p": 0.5},
    "BatchNorm1d": {"eps": 1e-5, "momentum": 0.1},
    "LayerNorm": {"eps": 1e-5},
    # torch.nn: losses
    "SmoothL1Loss": {"beta": 1.0},
    "HuberLoss": {"delta": 1.0},
    "BCEWithLogitsLoss": {"pos_weight": None},
    "CrossEntropyLoss": {"weight": None, "label_smoothing": 0.0},
    "NLLLoss": {"weight": None},
    "MultiMarginLoss": {"p": 1, "margin": 1.0, "weight": None},
    "HingeEmbeddingLoss": {"margin": 1.0},
    # torch.nn.init
    "xavier_uniform_": {"gain": 1.0},
    "xavier_normal_": {"gain": 1.0},
    "kaiming_uniform_": {"nonlinearity": "leaky_relu"},
    "kaiming_normal_": {"nonlinearity": "leaky_relu"},
    "uniform_": {"a": 0.0, "b": 1.0},
    "normal_": {"mean": 0.0, "std": 1.0},
    "orthogonal_": {"gain": 1},
    # torch.optim
    "SGD": {"momentum": 0, "nesterov": False, "dampening": 0, "weight_decay": 0},
    "Adam": {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0, "amsgrad": False},
    "AdamW": {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01, "amsgrad": False},
    "NAdam": {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0, "momentum_decay": 0.004},
    "RAdam": {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0},
    "RMSprop": {"alpha": 0.99, "eps": 1e-8, "momentum": 0, "centered": False, "weight_decay": 0},
    "Adagrad": {"lr_decay": 0, "initial_accumulator_value": 0, "eps": 1e-10, "weight_decay": 0},
    "Adadelta": {"rho": 0.9, "eps": 1e-6, "weight_decay": 0},
    "Adamax": {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0},
    "LBFGS": {"max_iter": 20, "history_size": 100, "line_search_fn": None},
    # torch.optim.lr_scheduler
    "StepLR": {"gamma": 0.1},
    "CosineAnnealingLR": {"eta_min": 0.0},
    "OneCycleLR": {"pct_start": 0.3, "div_factor": 25.0, "final_div_factor": 1e4},
    "ReduceLROnPlateau": {"factor": 0.1, "patience": 10},
}
"""By the name of a class or function: what torch takes for an argument that is not given."""


def told(name: str, arguments: Mapping[str, Any]) -> list[Part]:
    """The arguments that torch would not take by itself, as they stand in a call."""
    usual = DEFAULTS.get(name, {})
    return [f"{key}={literal(value)}" for key, value in arguments.items() if key not in usual or usual[key] != value]
