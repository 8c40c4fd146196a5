"""Schedulers, which change the learning rate over time, and early stopping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnbuilder.catalog.row import Row, Table
from nnbuilder.fields import Choice, Flag, Integer, Real


@dataclass(frozen=True, kw_only=True)
class SchedulerRow(Row):
    """A kind of scheduler: its class in ``torch.optim.lr_scheduler`` and when it moves."""

    torch: str = ""
    moves: Literal["never", "epoch", "batch", "loss"] = "epoch"


SCHEDULERS: Table[SchedulerRow] = Table(
    "scheduler",
    (
        SchedulerRow(key="none", label="None", help="The learning rate stays as it is.", moves="never"),
        SchedulerRow(
            key="step",
            label="StepLR",
            torch="StepLR",
            help="Multiplies the learning rate by gamma every few epochs.",
            fields=(
                Integer(
                    name="step_size",
                    label="Epochs a step",
                    help="Epochs between two steps.",
                    default=30,
                    minimum=1,
                    maximum=100_000,
                ),
                Real(
                    name="gamma",
                    label="Gamma",
                    help="Factor at each step.",
                    default=0.5,
                    minimum=0.0,
                    maximum=1.0,
                    open_minimum=True,
                ),
            ),
        ),
        SchedulerRow(
            key="exponential",
            label="ExponentialLR",
            torch="ExponentialLR",
            help="Multiplies the learning rate by gamma after every epoch.",
            fields=(
                Real(
                    name="gamma",
                    label="Gamma",
                    help="Factor an epoch.",
                    default=0.99,
                    minimum=0.0,
                    maximum=1.0,
                    open_minimum=True,
                ),
            ),
        ),
        SchedulerRow(
            key="cosine",
            label="CosineAnnealingLR",
            torch="CosineAnnealingLR",
            help="Lets the learning rate fall along half a cosine over all epochs.",
            fields=(
                Real(
                    name="eta_min",
                    label="Lowest learning rate",
                    help="Where the fall ends.",
                    default=0.0,
                    minimum=0.0,
                    maximum=1e9,
                ),
            ),
        ),
        SchedulerRow(
            key="one_cycle",
            label="OneCycleLR",
            torch="OneCycleLR",
            help="Warms the learning rate up to its value and lets it fall far below, once over all batches.",
            moves="batch",
            fields=(
                Real(
                    name="pct_start",
                    label="Share of warm-up",
                    help="Part of the batches in which the learning rate rises.",
                    default=0.3,
                    minimum=0.0,
                    maximum=1.0,
                    open_minimum=True,
                    open_maximum=True,
                ),
                Real(
                    name="div_factor",
                    label="First division",
                    help="The first learning rate is the set one divided by this.",
                    default=25.0,
                    minimum=1.0,
                    maximum=1e6,
                ),
                Real(
                    name="final_div_factor",
                    label="Last division",
                    help="The last learning rate is the first one divided by this.",
                    default=1e4,
                    minimum=1.0,
                    maximum=1e12,
                ),
            ),
        ),
        SchedulerRow(
            key="plateau",
            label="ReduceLROnPlateau",
            torch="ReduceLROnPlateau",
            help="Lowers the learning rate when the loss has not fallen for some epochs.",
            moves="loss",
            fields=(
                Real(
                    name="factor",
                    label="Factor",
                    help="What the learning rate is multiplied by.",
                    default=0.5,
                    minimum=0.0,
                    maximum=1.0,
                    open_minimum=True,
                    open_maximum=True,
                ),
                Integer(
                    name="patience",
                    label="Patience",
                    help="Epochs without a fall before it acts.",
                    default=10,
                    minimum=0,
                    maximum=100_000,
                ),
            ),
        ),
    ),
)

EARLY_STOPPING: Table[Row] = Table(
    "early stopping rule",
    (
        Row(key="none", label="Off", help="Train for all epochs."),
        Row(
            key="patience",
            label="On a plateau",
            help="Stop when the watched number has not got better for some epochs.",
            fields=(
                Choice(
                    name="watch",
                    label="Watch",
                    help="The number that must get better; without a validation split that of training is watched.",
                    default="loss",
                    options=(("loss", "Validation loss"), ("metric", "Validation metric")),
                ),
                Integer(
                    name="patience",
                    label="Patience",
                    help="Epochs without getting better before it stops.",
                    default=20,
                    minimum=1,
                    maximum=100_000,
                ),
                Real(
                    name="min_delta",
                    label="Smallest gain",
                    help="A smaller gain than this counts as none.",
                    default=0.0,
                    minimum=0.0,
                    maximum=1e6,
                ),
                Flag(
                    name="restore_best",
                    label="Restore the best",
                    help="Put the weights of the best epoch back when it stops.",
                    default=True,
                ),
            ),
        ),
    ),
)
