"""Loss, optimizer and all else about how a proposed network learns."""

from __future__ import annotations

import math
from typing import Any

from nnbuilder.catalog.losses import LOSSES
from nnbuilder.catalog.metrics import METRICS, metrics_for
from nnbuilder.catalog.optimizers import OPTIMIZERS
from nnbuilder.check.ending import USUAL_LOSS
from nnbuilder.facts import DataFacts, Task
from nnbuilder.fields import plain
from nnbuilder.propose.columns import Columns, TargetNumbers
from nnbuilder.propose.reasons import Because
from nnbuilder.propose.rules import NEAR_UNIT_TARGET, PULL, is_pulled, two_digits

UNEVEN = 3.0
"""The largest class has this many times the rows of the smallest one, or more: uneven classes."""
FEW_OUTLIERS = 0.05
"""Above this share they are no outliers any more but the shape of the target."""
STEPS_AN_EPOCH, STEPS = 30, 3000
"""How many steps an epoch, and a whole training, should have."""
BATCH_SIZES = (16, 32, 64, 128, 256, 512, 1024)
LEAST_TO_WATCH = 50
"""With fewer rows than this in all, the loss of a few validation rows is too much chance to stop by."""
SOFT_PULL = 0.05
FEW_ROWS = 20
"""With fewer rows than this for each input, weights are pulled towards 0."""
EPOCHS = (10, 15, 20, 30, 50, 75, 100, 150, 200)
MORE_EPOCHS = (300, 500, 1000)
"""Numbers are learned for as long as it takes to come into the target's unit; classes would be learned by heart."""


def propose_training(
    facts: DataFacts, columns: Columns, train_rows: int, widths: tuple[int, ...], because: Because
) -> dict[str, Any]:
    """The settings of training as JSON; seed and device are left out."""
    uneven = _uneven(columns.class_counts)
    loss = _loss(facts, columns, uneven, because)
    metric = "balanced_accuracy" if uneven else metrics_for(facts.task)[0].key
    because("Metric", METRICS[metric].label, _why_metric(facts, columns, uneven))
    batch_size = _batch_size(train_rows, because)
    optimizer = _optimizer(facts, columns, train_rows, widths, because)
    steps = math.ceil(train_rows / batch_size) if batch_size else 1
    counts = (*EPOCHS, *MORE_EPOCHS) if facts.task == "regression" else EPOCHS
    epochs = min(counts, key=lambda count: abs(math.log(count * steps / STEPS)))
    because(
        "Epochs",
        plain(epochs),
        f"An epoch has {plain(steps)} {'step' if steps == 1 else 'steps'}, so these are {plain(epochs * steps)}; "
        f"such nets are usually ready after some hundreds to some thousands.",
    )
    scheduler = {"kind": "none"}
    if facts.task == "regression":
        scheduler = {"kind": "cosine"}
        because("Scheduler", "CosineAnnealingLR", "Steps that shrink to nothing let the predicted values settle.")
    pulled = is_pulled(facts, LOSSES[USUAL_LOSS[facts.task]].outputs(len(facts.classes)), train_rows)
    l2 = _penalty(facts, optimizer["kind"], train_rows, pulled, because)
    patience = max(10, epochs // 4)
    # Weights that are pulled towards 0 learn little by heart, and the loss of so few rows would stop them too early.
    stopping: dict[str, Any] = {"kind": "none"}
    if facts.rows >= LEAST_TO_WATCH and not pulled:
        stopping = {"kind": "patience", "patience": patience}
        because(
            "Early stopping",
            f"after {patience} epochs without gain",
            "When the validation loss gets no better the network begins to learn by heart; the best weights come back.",
        )
    return {
        "loss": loss,
        "optimizer": optimizer,
        "scheduler": scheduler,
        "early_stopping": stopping,
        "epochs": epochs,
        "batch_size": batch_size,
        "shuffle": True,
        "gradient_clip": 0.0,
        "l1": 0.0,
        "l2": l2,
        "metric": metric,
    }


def _penalty(facts: DataFacts, optimizer: str, train_rows: int, pulled: bool, because: Because) -> float:
    """How strongly weights are pulled towards 0, where there are few rows."""
    if pulled:
        because(
            "L2 penalty",
            f"{PULL:g}",
            f"{plain(train_rows)} rows hold much chance; a network with room, whose weights are pulled towards 0, fits "
            "less of it than a narrow one that is free.",
        )
        return PULL
    if optimizer == "sgd" and train_rows < FEW_ROWS * facts.inputs:
        because(
            "L2 penalty",
            f"{SOFT_PULL:g}",
            f"{plain(train_rows)} rows are few for {plain(facts.inputs)} inputs; weights that are pulled towards 0 "
            "fit less of the chance in them.",
        )
        return SOFT_PULL
    return 0.0


def _uneven(counts: tuple[int, ...]) -> bool:
    present = [count for count in counts if count]
    return bool(present) and max(present) >= UNEVEN * min(present)


def _loss(facts: DataFacts, columns: Columns, uneven: bool, because: Because) -> dict[str, Any]:
    loss: dict[str, Any] = {"kind": USUAL_LOSS[facts.task]}
    target = columns.target
    if facts.task == "regression":
        why = "The usual loss for predicting a number: large errors count most."
        if target is not None and 0 < target.outliers <= FEW_OUTLIERS and target.quartile_range > 0:
            loss = {"kind": "huber", "delta": two_digits(min(target.quartile_range, 1e6))}
            why = (
                f"{100 * target.outliers:.1f} % of the values lie far outside; beyond an error of {loss['delta']:g} "
                "(the target's quartile range) Huber grows straight, so that they do not pull the network to them."
            )
        because("Loss", LOSSES[loss["kind"]].label, why)
        return loss
    because(
        "Loss",
        LOSSES[loss["kind"]].label,
        "Two classes from one raw output."
        if facts.task == "binary"
        else "Several classes that exclude each other, from one raw output each.",
    )
    if not uneven:
        return loss
    few, many = min(count for count in columns.class_counts if count), max(columns.class_counts)
    sizes = f"The largest class has {plain(many)} rows and the smallest {plain(few)}"
    if facts.task == "binary":
        loss["pos_weight"] = two_digits(columns.class_counts[0] / columns.class_counts[1])
        because(
            "Weight of the second class",
            f"{loss['pos_weight']:g}",
            f"{sizes}; weighted so, “{facts.classes[1]}” counts as much as “{facts.classes[0]}” in all.",
        )
    else:
        loss["class_weights"] = "balanced"
        because("Class weights", "balanced", f"{sizes}; balanced weights let all classes count alike.")
    return loss


def _why_metric(facts: DataFacts, columns: Columns, uneven: bool) -> str:
    if facts.task == "regression":
        return f"The mean error in the unit of “{facts.target}”, which a person can judge."
    if uneven:
        share = max(columns.class_counts) / sum(columns.class_counts)
        return (
            f"Always saying the largest class would be right in {100 * share:.0f} % of the rows; balanced, that "
            "scores low."
        )
    return "The classes are of similar size, so the share of right answers says it all."


def _batch_size(train_rows: int, because: Because) -> int:
    if train_rows <= 2 * BATCH_SIZES[0]:
        because("Batch size", "all rows", f"{plain(train_rows)} rows are few enough to take at once.")
        return 0
    size = next((size for size in BATCH_SIZES if size * STEPS_AN_EPOCH >= train_rows), BATCH_SIZES[-1])
    steps = math.ceil(train_rows / size)
    because(
        "Batch size",
        plain(size),
        f"It makes {plain(steps)} steps an epoch from {plain(train_rows)} rows: often enough to learn quickly, "
        "and with some chance in each step, which helps to find good weights.",
    )
    return size


def _optimizer(
    facts: DataFacts, columns: Columns, train_rows: int, widths: tuple[int, ...], because: Because
) -> dict[str, Any]:
    if facts.task == "regression" and not widths:
        return _descent(facts, because)
    rate, why = _learning_rate(facts.task, columns.target, widths)
    if train_rows >= FEW_ROWS * facts.inputs:
        optimizer: dict[str, Any] = {"kind": "adam", "learning_rate": rate}
        because("Optimizer", OPTIMIZERS["adam"].label, "It suits nearly every net without tuning.")
    else:
        # AdamW never lets a weight grow beyond 1 / decay: a bias has to reach where the target's values lie.
        size = columns.target.size if columns.target else 0.0
        decay = two_digits(0.1 * min(1.0, NEAR_UNIT_TARGET[1] / (2 * size))) if size else 0.1
        optimizer = {"kind": "adamw", "learning_rate": rate, "weight_decay": decay}
        because(
            "Optimizer",
            f"{OPTIMIZERS['adamw'].label}, weight decay {decay:g}",
            f"{plain(train_rows)} rows are few for {plain(facts.inputs)} inputs; weights that are pulled towards 0 "
            "fit less of the chance in them.",
        )
    because("Learning rate", f"{rate:g}", why)
    return optimizer


def _descent(facts: DataFacts, because: Because) -> dict[str, Any]:
    """Plain descent for a single layer that predicts a number: its steps grow with the error, whatever the unit.

    Adam's steps are of the size of the rate: of a target around 500 the bias would need hundreds of them, and large
    ones leave the weights of inputs that say nothing anywhere. With scaled inputs the curvature of the squared error is
    at most twice the number of inputs and the bias.
    """
    rate = two_digits(0.5 / (1 + facts.inputs))
    because(
        "Optimizer",
        f"{OPTIMIZERS['sgd'].label}, momentum 0.9",
        "The steps of plain descent grow with the error, so one layer comes into the unit of the target quickly, "
        "whatever that unit is.",
    )
    because("Learning rate", f"{rate:g}", f"What descent bears with {plain(facts.inputs)} scaled inputs.")
    return {"kind": "sgd", "learning_rate": rate, "momentum": 0.9}


def _learning_rate(task: Task, target: TargetNumbers | None, widths: tuple[int, ...]) -> tuple[float, str]:
    wide = max(widths, default=0) > 32
    usual = (0.005 if wide else 0.02) if task == "regression" else (0.003 if wide else 0.01)
    why_usual = f"What Adam bears well in a net as {'wide' if wide else 'small'} as this one."
    if target is None or target.size == 0:
        return usual, why_usual
    size = f"of the size {target.size:.3g}"
    if target.size < NEAR_UNIT_TARGET[0]:
        rate = two_digits(usual * math.sqrt(target.size))
        return rate, f"The target's values are {size}; larger steps would leap over answers as small as that."
    if abs(target.mean) > 3 * target.deviation and target.size > NEAR_UNIT_TARGET[1]:
        return 3 * usual, (
            f"The target's values are {size} but differ by {target.deviation:.3g} only; larger steps bring the answers "
            "to where the values lie."
        )
    return usual, why_usual
