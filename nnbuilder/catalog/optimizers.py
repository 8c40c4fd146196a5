"""Optimizers: how the weights follow the gradients."""

from __future__ import annotations

from dataclasses import dataclass

from nnbuilder.catalog.row import Row, Table
from nnbuilder.fields import Choice, Field, Flag, Integer, Real


@dataclass(frozen=True, kw_only=True)
class OptimizerRow(Row):
    """A kind of optimizer.

    `torch` names the class in ``torch.optim``; `usual` is the range in which its learning rate
    mostly works; `fused` says that torch has a fused step for it on the CPU; `full_batch` that it
    measures the loss several times a step and so needs the same rows each time.
    """

    torch: str
    usual: tuple[float, float]
    fused: bool = False
    full_batch: bool = False


def _learning_rate(default: float) -> Field:
    return Real(
        name="learning_rate",
        label="Learning rate",
        help="How far a step goes along the gradient.",
        default=default,
        minimum=0.0,
        maximum=1e9,
        open_minimum=True,
        argument="lr",
    )


_WEIGHT_DECAY = Real(
    name="weight_decay",
    label="Weight decay",
    help="Pulls every weight a little towards 0 in each step.",
    default=0.0,
    minimum=0.0,
    maximum=100.0,
)
_EPS = Real(
    name="eps",
    label="Epsilon",
    help="Added to the denominator so that nothing is divided by zero.",
    default=1e-8,
    minimum=0.0,
    maximum=1.0,
    open_minimum=True,
)


def _beta(place: int, default: float, help: str) -> Field:
    return Real(
        name=f"beta{place + 1}",
        label=f"Beta {place + 1}",
        help=help,
        default=default,
        minimum=0.0,
        maximum=1.0,
        open_maximum=True,
        argument=f"betas[{place}]",
    )


_BETAS = (
    _beta(0, 0.9, "Memory of the gradient's running mean."),
    _beta(1, 0.999, "Memory of the squared gradient's running mean."),
)
_MOMENTUM = Real(
    name="momentum",
    label="Momentum",
    help="How much of the last step is kept: high rolls through dips, low stops at once.",
    default=0.0,
    minimum=0.0,
    maximum=1.0,
    open_maximum=True,
)


def _decay(default: float) -> Real:
    return Real(
        name="weight_decay",
        label=_WEIGHT_DECAY.label,
        help=_WEIGHT_DECAY.help,
        default=default,
        minimum=0.0,
        maximum=100.0,
    )


OPTIMIZERS: Table[OptimizerRow] = Table(
    "optimizer",
    (
        OptimizerRow(
            key="sgd",
            label="SGD",
            torch="SGD",
            help="Stochastic gradient descent: a step straight down the gradient, with momentum if wanted.",
            usual=(1e-4, 1.0),
            fused=True,
            fields=(
                _learning_rate(0.01),
                _MOMENTUM,
                Flag(
                    name="nesterov",
                    label="Nesterov",
                    help="Look where momentum will lead before taking the gradient; needs momentum and no dampening.",
                    default=False,
                ),
                Real(
                    name="dampening",
                    label="Dampening",
                    help="How much less the gradient counts when momentum is on.",
                    default=0.0,
                    minimum=0.0,
                    maximum=1.0,
                ),
                _WEIGHT_DECAY,
            ),
        ),
        OptimizerRow(
            key="adam",
            label="Adam",
            torch="Adam",
            help="Steps adapted to each weight by running means of gradient and squared gradient; a safe first choice.",
            usual=(1e-5, 0.3),
            fused=True,
            fields=(
                _learning_rate(0.001),
                *_BETAS,
                _EPS,
                _WEIGHT_DECAY,
                Flag(
                    name="amsgrad",
                    label="AMSGrad",
                    help="Remember the largest squared gradient, so that steps never grow again.",
                    default=False,
                ),
            ),
        ),
        OptimizerRow(
            key="adamw",
            label="AdamW",
            torch="AdamW",
            help="Adam with the weight decay applied to the weights themselves.",
            usual=(1e-5, 0.3),
            fused=True,
            fields=(
                _learning_rate(0.001),
                *_BETAS,
                _EPS,
                _decay(0.01),
                Flag(
                    name="amsgrad",
                    label="AMSGrad",
                    help="Remember the largest squared gradient, so that steps never grow again.",
                    default=False,
                ),
            ),
        ),
        OptimizerRow(
            key="nadam",
            label="NAdam",
            torch="NAdam",
            help="Adam with Nesterov momentum.",
            usual=(1e-5, 0.3),
            fields=(
                _learning_rate(0.002),
                *_BETAS,
                _EPS,
                _WEIGHT_DECAY,
                Real(
                    name="momentum_decay",
                    label="Momentum decay",
                    help="How fast the momentum warms up.",
                    default=0.004,
                    minimum=0.0,
                    maximum=1.0,
                ),
            ),
        ),
        OptimizerRow(
            key="radam",
            label="RAdam",
            torch="RAdam",
            help="Adam that holds back while its running means are still young.",
            usual=(1e-5, 0.3),
            fields=(_learning_rate(0.001), *_BETAS, _EPS, _WEIGHT_DECAY),
        ),
        OptimizerRow(
            key="rmsprop",
            label="RMSprop",
            torch="RMSprop",
            help="Divides the gradient by the running mean of its size.",
            usual=(1e-5, 0.1),
            fields=(
                _learning_rate(0.01),
                Real(
                    name="alpha",
                    label="Alpha",
                    help="Memory of the squared gradient's running mean.",
                    default=0.99,
                    minimum=0.0,
                    maximum=1.0,
                    open_maximum=True,
                ),
                _EPS,
                _MOMENTUM,
                Flag(
                    name="centered",
                    label="Centered",
                    help="Divide by the spread of the gradient instead of its size.",
                    default=False,
                ),
                _WEIGHT_DECAY,
            ),
        ),
        OptimizerRow(
            key="adagrad",
            label="Adagrad",
            torch="Adagrad",
            help="Steps that shrink for weights which have moved a lot.",
            usual=(1e-3, 1.0),
            fused=True,
            fields=(
                _learning_rate(0.01),
                Real(
                    name="lr_decay",
                    label="Learning rate decay",
                    help="How fast the learning rate falls with the number of steps.",
                    default=0.0,
                    minimum=0.0,
                    maximum=1.0,
                ),
                Real(
                    name="initial_accumulator_value",
                    label="First sum",
                    help="The sum of squared gradients it starts from.",
                    default=0.0,
                    minimum=0.0,
                    maximum=1000.0,
                ),
                Real(
                    name="eps",
                    label=_EPS.label,
                    help=_EPS.help,
                    default=1e-10,
                    minimum=0.0,
                    maximum=1.0,
                    open_minimum=True,
                ),
                _WEIGHT_DECAY,
            ),
        ),
        OptimizerRow(
            key="adadelta",
            label="Adadelta",
            torch="Adadelta",
            help="Finds its own step size from the steps it took before.",
            usual=(1e-2, 10.0),
            fields=(
                _learning_rate(1.0),
                Real(
                    name="rho",
                    label="Rho",
                    help="Memory of the running means.",
                    default=0.9,
                    minimum=0.0,
                    maximum=1.0,
                    open_maximum=True,
                ),
                Real(
                    name="eps",
                    label=_EPS.label,
                    help=_EPS.help,
                    default=1e-6,
                    minimum=0.0,
                    maximum=1.0,
                    open_minimum=True,
                ),
                _WEIGHT_DECAY,
            ),
        ),
        OptimizerRow(
            key="adamax",
            label="Adamax",
            torch="Adamax",
            help="Adam with the largest recent gradient in place of the squared mean.",
            usual=(1e-5, 0.3),
            fields=(_learning_rate(0.002), *_BETAS, _EPS, _WEIGHT_DECAY),
        ),
        OptimizerRow(
            key="lbfgs",
            label="LBFGS",
            torch="LBFGS",
            help="Quasi-Newton steps that model the curvature; for small nets and full batches.",
            usual=(1e-2, 2.0),
            full_batch=True,
            fields=(
                _learning_rate(1.0),
                Integer(
                    name="max_iter",
                    label="Iterations a step",
                    help="How many inner iterations one step may take.",
                    default=20,
                    minimum=1,
                    maximum=1000,
                ),
                Integer(
                    name="history_size",
                    label="History",
                    help="How many past steps model the curvature.",
                    default=100,
                    minimum=1,
                    maximum=1000,
                ),
                Choice(
                    name="line_search",
                    label="Line search",
                    help="How the length of a step is found.",
                    default="strong_wolfe",
                    options=(("none", "None: the learning rate"), ("strong_wolfe", "Strong Wolfe")),
                    argument="",
                ),
            ),
        ),
    ),
)
