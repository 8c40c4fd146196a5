"""Losses, and what each of them needs of the last layer and of the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnbuilder.catalog.row import Row, Table
from nnbuilder.facts import Task
from nnbuilder.fields import Integer, Real, Weights

Meaning = Literal["value", "logit", "probability", "logits", "log_probabilities", "margins", "margin"]
Target = Literal["value", "zero_one", "plus_minus", "class"]
Width = Literal["target", "one", "classes"]


@dataclass(frozen=True, kw_only=True)
class LossRow(Row):
    """A kind of loss.

    `torch` names the class in ``torch.nn``. `tasks` are those it serves, the first its home.
    `width` says how many outputs it wants, `target` the form of the target it is given
    (``value`` float [n, 1]; ``zero_one`` float [n, 1] of 0 and 1; ``plus_minus`` float [n, 1] of
    −1 and 1; ``class`` int64 [n]) and `meaning` how the network's output is read: that decides
    which last layer fits. `ending` is the activation the network must end in, if any.
    """

    torch: str
    tasks: tuple[Task, ...]
    width: Width
    target: Target
    meaning: Meaning
    ending: str | None = None
    formula: str = ""
    unit: str = ""

    def outputs(self, classes: int) -> int:
        """The output width for a target of `classes` classes (0 for regression)."""
        return classes if self.width == "classes" else 1


_CLASS_WEIGHTS = Weights(
    name="class_weights",
    label="Class weights",
    help="Balanced makes rare classes count as much as frequent ones.",
    default="none",
    argument="weight",
)

LOSSES: Table[LossRow] = Table(
    "loss",
    (
        LossRow(
            key="mse",
            label="MSELoss",
            torch="MSELoss",
            help="Mean of the squared errors; the usual choice for predicting a number.",
            formula="mean((ŷ − y)²)",
            unit="mean squared error",
            tasks=("regression", "binary"),
            width="one",
            target="value",
            meaning="value",
        ),
        LossRow(
            key="l1",
            label="L1Loss",
            torch="L1Loss",
            help="Mean of the absolute errors; outliers pull on it less than on the squared error.",
            formula="mean(|ŷ − y|)",
            unit="mean absolute error",
            tasks=("regression", "binary"),
            width="one",
            target="value",
            meaning="value",
        ),
        LossRow(
            key="smooth_l1",
            label="SmoothL1Loss",
            torch="SmoothL1Loss",
            help="Squared for errors below beta, absolute above: smooth near zero, calm with outliers.",
            formula="0.5 (ŷ − y)² / beta if |ŷ − y| < beta else |ŷ − y| − 0.5 beta",
            unit="smooth L1",
            tasks=("regression", "binary"),
            width="one",
            target="value",
            meaning="value",
            fields=(
                Real(
                    name="beta",
                    label="Beta",
                    help="Where it turns from squared to absolute.",
                    default=1.0,
                    minimum=0.0,
                    maximum=1e6,
                ),
            ),
        ),
        LossRow(
            key="huber",
            label="HuberLoss",
            torch="HuberLoss",
            help="Squared for errors below delta, straight above.",
            formula="0.5 (ŷ − y)² if |ŷ − y| < delta else delta (|ŷ − y| − 0.5 delta)",
            unit="Huber",
            tasks=("regression", "binary"),
            width="one",
            target="value",
            meaning="value",
            fields=(
                Real(
                    name="delta",
                    label="Delta",
                    help="Where it turns from squared to straight.",
                    default=1.0,
                    minimum=0.0,
                    maximum=1e6,
                    open_minimum=True,
                ),
            ),
        ),
        LossRow(
            key="bce_with_logits",
            label="BCEWithLogitsLoss",
            torch="BCEWithLogitsLoss",
            help="Two classes from one raw output; the sigmoid is inside, computed so that it never overflows.",
            formula="−mean(pos_weight · y log σ(x) + (1 − y) log(1 − σ(x)))",
            unit="binary cross entropy",
            tasks=("binary",),
            width="one",
            target="zero_one",
            meaning="logit",
            fields=(
                Real(
                    name="pos_weight",
                    label="Weight of the second class",
                    help="Above 1 makes rows of the second class count more.",
                    default=1.0,
                    minimum=0.0,
                    maximum=1e6,
                    open_minimum=True,
                ),
            ),
        ),
        LossRow(
            key="bce",
            label="BCELoss",
            torch="BCELoss",
            help="Two classes from one probability; the network must end in Sigmoid.",
            formula="−mean(y log p + (1 − y) log(1 − p))",
            unit="binary cross entropy",
            tasks=("binary",),
            width="one",
            target="zero_one",
            meaning="probability",
            ending="sigmoid",
        ),
        LossRow(
            key="soft_margin",
            label="SoftMarginLoss",
            torch="SoftMarginLoss",
            help="Two classes as −1 and 1 from one raw output: a smooth hinge.",
            formula="mean(log(1 + exp(−y x)))",
            unit="soft margin",
            tasks=("binary",),
            width="one",
            target="plus_minus",
            meaning="logit",
        ),
        LossRow(
            key="cross_entropy",
            label="CrossEntropyLoss",
            torch="CrossEntropyLoss",
            help="Any number of classes from one raw output each; the softmax is inside.",
            formula="−mean(log softmax(x)[y])",
            unit="cross entropy",
            tasks=("multiclass", "binary"),
            width="classes",
            target="class",
            meaning="logits",
            fields=(
                Real(
                    name="label_smoothing",
                    label="Label smoothing",
                    help=(
                        "Share of the target spread over all classes, so that the network is never asked "
                        "to be quite sure."
                    ),
                    default=0.0,
                    minimum=0.0,
                    maximum=1.0,
                ),
                _CLASS_WEIGHTS,
            ),
        ),
        LossRow(
            key="nll",
            label="NLLLoss",
            torch="NLLLoss",
            help="Any number of classes from log probabilities; the network must end in LogSoftmax.",
            formula="−mean(x[y])",
            unit="negative log likelihood",
            tasks=("multiclass", "binary"),
            width="classes",
            target="class",
            meaning="log_probabilities",
            ending="log_softmax",
            fields=(_CLASS_WEIGHTS,),
        ),
        LossRow(
            key="multi_margin",
            label="MultiMarginLoss",
            torch="MultiMarginLoss",
            help=(
                "Any number of classes: the hinge of support vector machines, which wants the right "
                "output ahead by a margin."
            ),
            formula="mean(Σ max(0, margin − x[y] + x[i])ᵖ / classes)",
            unit="multi-class hinge",
            tasks=("multiclass", "binary"),
            width="classes",
            target="class",
            meaning="margins",
            fields=(
                Integer(
                    name="p", label="Power", help="1 for straight, 2 for squared.", default=1, minimum=1, maximum=2
                ),
                Real(
                    name="margin",
                    label="Margin",
                    help="How far ahead the right output must be.",
                    default=1.0,
                    minimum=0.0,
                    maximum=1000.0,
                    open_minimum=True,
                ),
                _CLASS_WEIGHTS,
            ),
        ),
        LossRow(
            key="hinge_embedding",
            label="HingeEmbeddingLoss",
            torch="HingeEmbeddingLoss",
            help=(
                "Two classes as −1 and 1 from one distance: small for the second class, beyond the "
                "margin for the first."
            ),
            formula="x if y = 1 else max(0, margin − x)",
            unit="hinge embedding",
            tasks=("binary",),
            width="one",
            target="plus_minus",
            meaning="margin",
            ending="softplus",
            fields=(
                Real(
                    name="margin",
                    label="Margin",
                    help="The distance rows of the first class are pushed beyond.",
                    default=1.0,
                    minimum=0.0,
                    maximum=1000.0,
                    open_minimum=True,
                ),
            ),
        ),
    ),
)
