"""Reading a network's outputs: probabilities, classes, and the metrics computed from them."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torchmetrics.functional import classification as measure

from nnbuilder.catalog.losses import Meaning
from nnbuilder.catalog.metrics import METRICS, metrics_for
from nnbuilder.facts import Task


def probabilities(outputs: Tensor, meaning: Meaning) -> Tensor:
    """Class probabilities [n, classes] from a network's outputs [n, width].

    One output speaks for the second class. Values and margins, which are no probabilities by
    themselves, are clamped (values) or squashed (margins) to fall between 0 and 1 with 0.5 at the
    decision.
    """
    if meaning in ("logits", "margins"):
        return outputs.softmax(dim=1)
    if meaning == "log_probabilities":
        return outputs.exp()
    if meaning == "logit":
        second = outputs.sigmoid()
    elif meaning == "margin":
        second = (-outputs).exp2().clamp(0, 1)  # a distance of 1, the usual margin, stands for 0.5
    else:
        second = outputs.clamp(0, 1)
    return torch.cat([1 - second, second], dim=1)


def classes(outputs: Tensor, meaning: Meaning) -> Tensor:
    """The predicted class [n] as int64."""
    if meaning in ("logits", "margins", "log_probabilities"):
        return outputs.argmax(dim=1)
    single = outputs[:, 0]
    if meaning == "margin":
        return (single < 1.0).long()
    return (single > (0.0 if meaning == "logit" else 0.5)).long()


def confusion_counts(predicted: Tensor, target: Tensor, class_count: int) -> Tensor:
    """How often each class was taken for each: int64 [classes, classes], row true class, column predicted one."""
    # torchmetrics has it, too, but takes 100 µs for what takes 10.
    pairs = target * class_count + predicted
    return torch.bincount(pairs, minlength=class_count**2).reshape(class_count, class_count)


def usual_metric(task: Task, chosen: str = "") -> str:
    """The chosen metric if it serves the task, else the task's usual one."""
    return chosen if chosen in METRICS and task in METRICS[chosen].tasks else metrics_for(task)[0].key


def metric_value(key: str, outputs: Tensor, target: Tensor, meaning: Meaning, class_count: int) -> Tensor:
    """One metric as a scalar tensor.

    Parameters
    ----------
    outputs
        The network's outputs [n, width].
    target
        Class codes int64 [n], or values float32 [n, 1] for regression.
    class_count
        Number of classes; 0 for regression.
    """
    return _COMPUTE[key](outputs, target, meaning, class_count)


def all_metrics(task: Task, outputs: Tensor, target: Tensor, meaning: Meaning, class_count: int) -> dict[str, float]:
    """Every metric that serves the task; without rows there is nothing to measure and the result is empty."""
    if len(target) == 0:
        return {}
    return {row.key: float(metric_value(row.key, outputs, target, meaning, class_count)) for row in metrics_for(task)}


def _on_classes(binary: Callable, several: Callable) -> Callable[..., Tensor]:
    def compute(outputs: Tensor, target: Tensor, meaning: Meaning, class_count: int) -> Tensor:
        predicted = classes(outputs, meaning)
        if class_count == 2:
            return binary(predicted, target, validate_args=False)
        return several(predicted, target, num_classes=class_count, average="macro", validate_args=False)

    return compute


def _balanced_accuracy(outputs: Tensor, target: Tensor, meaning: Meaning, class_count: int) -> Tensor:
    predicted = classes(outputs, meaning)
    return measure.multiclass_accuracy(predicted, target, num_classes=class_count, average="macro", validate_args=False)


def _roc_auc(outputs: Tensor, target: Tensor, meaning: Meaning, class_count: int) -> Tensor:
    chances = probabilities(outputs, meaning)
    if class_count == 2:
        return measure.binary_auroc(chances[:, 1], target, validate_args=False)
    return measure.multiclass_auroc(chances, target, num_classes=class_count, validate_args=False)


# The four that are measured in every epoch of most runs are written out: torchmetrics takes 70 µs
# for one of them, as long as half a training step of a small net.


def _accuracy(outputs: Tensor, target: Tensor, meaning: Meaning, _: int) -> Tensor:
    return (classes(outputs, meaning) == target).float().mean()


def _mae(outputs: Tensor, target: Tensor, *_) -> Tensor:
    return (outputs - target).abs().mean()


def _rmse(outputs: Tensor, target: Tensor, *_) -> Tensor:
    return (outputs - target).square().mean().sqrt()


def _r2(outputs: Tensor, target: Tensor, *_) -> Tensor:
    """1 − residual sum of squares / total sum of squares; NaN when the target does not vary."""
    total = (target - target.mean()).square().sum()
    residual = (target - outputs).square().sum()
    return torch.where(total > 0, 1 - residual / total, torch.nan)


_COMPUTE: dict[str, Callable[..., Tensor]] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "precision": _on_classes(measure.binary_precision, measure.multiclass_precision),
    "recall": _on_classes(measure.binary_recall, measure.multiclass_recall),
    "f1": _on_classes(measure.binary_f1_score, measure.multiclass_f1_score),
    "roc_auc": _roc_auc,
    "mae": _mae,
    "rmse": _rmse,
    "r2": _r2,
}
