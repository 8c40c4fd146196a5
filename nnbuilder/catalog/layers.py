"""Layers and activations a network is stacked from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from nnbuilder.catalog.row import Row, Table
from nnbuilder.fields import Flag, Integer, Real

Group = Literal["linear", "activation", "regularization", "normalization"]


@dataclass(frozen=True, kw_only=True)
class LayerRow(Row):
    """A kind of layer.

    `torch` names the class in ``torch.nn``. A layer with `units` sets the width of what follows;
    every other one keeps it. `width_argument` is the keyword under which the class takes the width
    it works on. `output_range` is the span of its values. `buffers` are numbers of each unit that it
    keeps but does not learn.
    """

    torch: str
    group: Group
    width_argument: str | None = None
    output_range: tuple[float, float] = (-math.inf, math.inf)
    parameters_a_unit: int = 0
    parameters_fixed: int = 0
    buffers: tuple[str, ...] = ()
    formula: str = ""

    @property
    def sets_width(self) -> bool:
        """Whether the layer's own ``units`` set the width of what follows."""
        return self.group == "linear"

    @property
    def learns(self) -> bool:
        """Whether the layer has numbers to learn."""
        return bool(self.sets_width or self.parameters_a_unit or self.parameters_fixed)

    def tensors(self, width: int, units: int, bias: bool) -> dict[str, tuple[int, ...]]:
        """The shapes of the layer's tensors on an input of `width`, by the names torch gives them."""
        if self.sets_width:
            return {"weight": (units, width), **({"bias": (units,)} if bias else {})}
        if self.parameters_fixed:
            return {"weight": (self.parameters_fixed,)}
        learned = ("weight", "bias")[: self.parameters_a_unit]
        return dict.fromkeys((*learned, *self.buffers), (width,))

    def parameters(self, width: int, units: int, bias: bool) -> int:
        """How many numbers the layer learns on an input of `width`."""
        if self.sets_width:
            return units * (width + bias)
        return self.parameters_a_unit * width + self.parameters_fixed


def _activation(key: str, torch: str, help: str, formula: str, *fields, low=-math.inf, high=math.inf, fixed=0):
    return LayerRow(
        key=key,
        label=torch,
        torch=torch,
        help=help,
        formula=formula,
        group="activation",
        fields=fields,
        output_range=(low, high),
        parameters_fixed=fixed,
    )


LAYERS: Table[LayerRow] = Table(
    "layer",
    (
        LayerRow(
            key="linear",
            label="Linear",
            torch="Linear",
            help="Weighted sum of all inputs plus a bias, once for each unit.",
            formula="y = x Wᵀ + b",
            group="linear",
            width_argument="in_features",
            fields=(
                Integer(
                    name="units",
                    label="Units",
                    help="How many weighted sums the layer makes: its output width.",
                    default=4,
                    minimum=1,
                    maximum=100_000,
                    argument="out_features",
                ),
                Flag(name="bias", label="Bias", help="Add a learned constant to each unit.", default=True),
            ),
        ),
        _activation("relu", "ReLU", "Keeps positive values and turns negative ones into 0.", "max(0, x)", low=0.0),
        _activation(
            "leaky_relu",
            "LeakyReLU",
            "ReLU that lets a little of the negative side through, so that no unit goes silent for good.",
            "max(0, x) + negative_slope · min(0, x)",
            Real(
                name="negative_slope",
                label="Negative slope",
                help="Slope left of zero.",
                default=0.01,
                minimum=0.0,
                maximum=1.0,
            ),
        ),
        _activation(
            "prelu",
            "PReLU",
            "LeakyReLU whose slope left of zero is learned.",
            "max(0, x) + a · min(0, x)",
            Real(
                name="init",
                label="First slope",
                help="The slope learning starts from.",
                default=0.25,
                minimum=-1.0,
                maximum=1.0,
            ),
            fixed=1,
        ),
        _activation(
            "elu",
            "ELU",
            "Like ReLU, but bends smoothly to −alpha on the negative side.",
            "x if x > 0 else alpha · (exp(x) − 1)",
            Real(
                name="alpha",
                label="Alpha",
                help="How far below zero it can go.",
                default=1.0,
                minimum=0.0,
                maximum=10.0,
                open_minimum=True,
            ),
        ),
        _activation(
            "selu",
            "SELU",
            "ELU scaled so that deep stacks keep mean 0 and variance 1 by themselves.",
            "1.0507 · (max(0, x) + min(0, 1.6733 · (exp(x) − 1)))",
        ),
        _activation("gelu", "GELU", "Smooth ReLU used in transformers.", "x · Φ(x)", low=-0.17),
        _activation(
            "silu", "SiLU", "Smooth ReLU: the value times its own sigmoid (also called swish).", "x · σ(x)", low=-0.2785
        ),
        _activation("mish", "Mish", "Smooth ReLU with a soft dip below zero.", "x · tanh(softplus(x))", low=-0.3089),
        _activation(
            "sigmoid", "Sigmoid", "Squeezes every value between 0 and 1.", "1 / (1 + exp(−x))", low=0.0, high=1.0
        ),
        _activation(
            "log_sigmoid", "LogSigmoid", "Logarithm of the sigmoid, always below 0.", "log(1 / (1 + exp(−x)))", high=0.0
        ),
        _activation("tanh", "Tanh", "Squeezes every value between −1 and 1.", "tanh(x)", low=-1.0, high=1.0),
        _activation(
            "hardtanh",
            "Hardtanh",
            "Cuts values off at a lower and an upper bound.",
            "min(max(x, min_val), max_val)",
            Real(
                name="min_val",
                label="Lower bound",
                help="Values below become this.",
                default=-1.0,
                minimum=-10.0,
                maximum=0.0,
            ),
            Real(
                name="max_val",
                label="Upper bound",
                help="Values above become this.",
                default=1.0,
                minimum=0.0,
                maximum=10.0,
                open_minimum=True,
            ),
            low=-1.0,
            high=1.0,
        ),
        _activation(
            "softplus",
            "Softplus",
            "Smooth ReLU that is always above 0.",
            "log(1 + exp(beta · x)) / beta",
            Real(
                name="beta",
                label="Beta",
                help="Sharpness of the bend at zero.",
                default=1.0,
                minimum=0.0,
                maximum=100.0,
                open_minimum=True,
            ),
            Real(
                name="threshold",
                label="Threshold",
                help="Above this it is drawn as a straight line.",
                default=20.0,
                minimum=0.0,
                maximum=1000.0,
                open_minimum=True,
            ),
            low=0.0,
        ),
        _activation("softsign", "Softsign", "Like Tanh, with slower ends.", "x / (1 + |x|)", low=-1.0, high=1.0),
        _activation(
            "softmax",
            "Softmax",
            "Turns the outputs of a row into probabilities that sum to 1.",
            "exp(xᵢ) / Σ exp(xⱼ)",
            Integer(
                name="dim",
                label="Dimension",
                help="1 makes each row sum to 1, which is what classes need; 0 runs down the batch.",
                default=1,
                minimum=0,
                maximum=1,
            ),
            low=0.0,
            high=1.0,
        ),
        _activation(
            "log_softmax",
            "LogSoftmax",
            "Logarithm of the softmax: log probabilities, as NLLLoss wants them.",
            "log(exp(xᵢ) / Σ exp(xⱼ))",
            Integer(
                name="dim",
                label="Dimension",
                help="1 works along each row, which is what classes need; 0 runs down the batch.",
                default=1,
                minimum=0,
                maximum=1,
            ),
            high=0.0,
        ),
        _activation("identity", "Identity", "Hands its input on unchanged.", "x"),
        LayerRow(
            key="dropout",
            label="Dropout",
            torch="Dropout",
            help="Silences random units in each training step, so that none is relied on alone; off when evaluating.",
            formula="x · mask / (1 − p)",
            group="regularization",
            fields=(
                Real(
                    name="p",
                    label="Probability",
                    help="Share of units silenced in a step.",
                    default=0.5,
                    minimum=0.0,
                    maximum=1.0,
                    open_maximum=True,
                ),
            ),
        ),
        LayerRow(
            key="batch_norm",
            label="BatchNorm1d",
            torch="BatchNorm1d",
            help=(
                "Brings each unit to mean 0 and variance 1 over the batch, then scales and shifts it by "
                "learned numbers."
            ),
            formula="(x − mean) / √(var + eps) · γ + β",
            group="normalization",
            width_argument="num_features",
            parameters_a_unit=2,
            buffers=("running_mean", "running_var"),
            fields=(
                Real(
                    name="eps",
                    label="Epsilon",
                    help="Added to the variance so that nothing is divided by zero.",
                    default=1e-5,
                    minimum=0.0,
                    maximum=1.0,
                    open_minimum=True,
                ),
                Real(
                    name="momentum",
                    label="Momentum",
                    help="How fast the running mean and variance follow the batches.",
                    default=0.1,
                    minimum=0.0,
                    maximum=1.0,
                ),
            ),
        ),
        LayerRow(
            key="layer_norm",
            label="LayerNorm",
            torch="LayerNorm",
            help=(
                "Brings each row to mean 0 and variance 1 over its units, then scales and shifts it by learned numbers."
            ),
            formula="(x − mean) / √(var + eps) · γ + β",
            group="normalization",
            width_argument="normalized_shape",
            parameters_a_unit=2,
            fields=(
                Real(
                    name="eps",
                    label="Epsilon",
                    help="Added to the variance so that nothing is divided by zero.",
                    default=1e-5,
                    minimum=0.0,
                    maximum=1.0,
                    open_minimum=True,
                ),
            ),
        ),
    ),
)
