"""Metrics: what a person reads beside the loss."""

from __future__ import annotations

from dataclasses import dataclass

from nnbuilder.catalog.row import Row, Table
from nnbuilder.facts import Task

_CLASSES: tuple[Task, ...] = ("binary", "multiclass")


@dataclass(frozen=True, kw_only=True)
class MetricRow(Row):
    """A metric: the tasks it serves, which way is better and how it is written.

    `of` says what it is computed from: ``classes`` (the predicted class), ``probabilities`` or
    ``values``. `share` marks numbers between 0 and 1 that are shown in percent.
    """

    tasks: tuple[Task, ...]
    of: str
    higher_is_better: bool = True
    share: bool = False


METRICS: Table[MetricRow] = Table(
    "metric",
    (
        MetricRow(
            key="accuracy",
            label="Accuracy",
            help="Share of rows put in the right class.",
            tasks=_CLASSES,
            of="classes",
            share=True,
        ),
        MetricRow(
            key="balanced_accuracy",
            label="Balanced accuracy",
            help="Accuracy in each class, averaged: rare classes count as much as frequent ones.",
            tasks=_CLASSES,
            of="classes",
            share=True,
        ),
        MetricRow(
            key="precision",
            label="Precision",
            help=(
                "Of the rows put in a class, the share that belong there (averaged over the classes when "
                "there are more than two)."
            ),
            tasks=_CLASSES,
            of="classes",
            share=True,
        ),
        MetricRow(
            key="recall",
            label="Recall",
            help="Of the rows of a class, the share found (averaged over the classes when there are more than two).",
            tasks=_CLASSES,
            of="classes",
            share=True,
        ),
        MetricRow(
            key="f1",
            label="F1 score",
            help="Harmonic mean of precision and recall.",
            tasks=_CLASSES,
            of="classes",
            share=True,
        ),
        MetricRow(
            key="roc_auc",
            label="ROC AUC",
            help="How well the probabilities put rows of a class ahead of others: 1 is perfect, 0.5 is chance.",
            tasks=_CLASSES,
            of="probabilities",
        ),
        MetricRow(
            key="mae",
            label="MAE",
            help="Mean absolute error, in units of the target.",
            tasks=("regression",),
            of="values",
            higher_is_better=False,
        ),
        MetricRow(
            key="rmse",
            label="RMSE",
            help="Root of the mean squared error, in units of the target.",
            tasks=("regression",),
            of="values",
            higher_is_better=False,
        ),
        MetricRow(
            key="r2",
            label="R²",
            help="Share of the target's variance that is explained: 1 is perfect, 0 is no better than the mean.",
            tasks=("regression",),
            of="values",
        ),
    ),
)


def metrics_for(task: Task) -> tuple[MetricRow, ...]:
    """The metrics that serve a task, the usual one first."""
    return tuple(row for row in METRICS.values() if task in row.tasks)
