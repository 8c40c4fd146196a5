"""Initializers: where the weights of a Linear layer start."""

from __future__ import annotations

from dataclasses import dataclass

from nnbuilder.catalog.row import Row, Table
from nnbuilder.fields import Choice, Real


@dataclass(frozen=True, kw_only=True)
class InitializerRow(Row):
    """A kind of initializer: its function in ``torch.nn.init``; biases start at 0 unless it is torch's own."""

    torch: str = ""


_GAIN = Real(
    name="gain",
    label="Gain",
    help="Factor on the spread.",
    default=1.0,
    minimum=0.0,
    maximum=1000.0,
    open_minimum=True,
)
_NONLINEARITY = Choice(
    name="nonlinearity",
    label="Made for",
    help="The activation that follows.",
    default="relu",
    options=(("relu", "ReLU"), ("leaky_relu", "LeakyReLU")),
)

INITIALIZERS: Table[InitializerRow] = Table(
    "initializer",
    (
        InitializerRow(
            key="default",
            label="torch's default",
            help="Uniform within ±1/√inputs, weights and biases alike, as torch.nn.Linear does it.",
        ),
        InitializerRow(
            key="xavier_uniform",
            label="Xavier uniform",
            torch="xavier_uniform_",
            help="Uniform, spread by inputs and outputs; made for Tanh and Sigmoid.",
            fields=(_GAIN,),
        ),
        InitializerRow(
            key="xavier_normal",
            label="Xavier normal",
            torch="xavier_normal_",
            help="Normal, spread by inputs and outputs; made for Tanh and Sigmoid.",
            fields=(_GAIN,),
        ),
        InitializerRow(
            key="kaiming_uniform",
            label="Kaiming uniform",
            torch="kaiming_uniform_",
            help="Uniform, spread by the inputs; made for ReLU.",
            fields=(_NONLINEARITY,),
        ),
        InitializerRow(
            key="kaiming_normal",
            label="Kaiming normal",
            torch="kaiming_normal_",
            help="Normal, spread by the inputs; made for ReLU.",
            fields=(_NONLINEARITY,),
        ),
        InitializerRow(
            key="uniform",
            label="Uniform",
            torch="uniform_",
            help="Uniform between two bounds.",
            fields=(
                Real(
                    name="low",
                    label="From",
                    help="Lower bound.",
                    default=-0.5,
                    minimum=-1000.0,
                    maximum=1000.0,
                    argument="a",
                ),
                Real(
                    name="high",
                    label="To",
                    help="Upper bound.",
                    default=0.5,
                    minimum=-1000.0,
                    maximum=1000.0,
                    argument="b",
                ),
            ),
        ),
        InitializerRow(
            key="normal",
            label="Normal",
            torch="normal_",
            help="Normal with a mean and a standard deviation.",
            fields=(
                Real(name="mean", label="Mean", help="Centre.", default=0.0, minimum=-1000.0, maximum=1000.0),
                Real(name="std", label="Standard deviation", help="Spread.", default=0.1, minimum=0.0, maximum=1e6),
            ),
        ),
        InitializerRow(
            key="orthogonal",
            label="Orthogonal",
            torch="orthogonal_",
            help="Rows at right angles to each other.",
            fields=(_GAIN,),
        ),
        InitializerRow(
            key="zeros",
            label="Zeros",
            torch="zeros_",
            help="All 0: a lesson, since every unit then learns the same.",
        ),
        InitializerRow(
            key="constant",
            label="Constant",
            torch="constant_",
            help="All the same number.",
            fields=(Real(name="val", label="Value", help="The number.", default=0.1, minimum=-1000.0, maximum=1000.0),),
        ),
    ),
)
