"""What a training run carries from batch to batch: optimizer, place, chance, best and last good weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from nnbuilder.build import build_loss, build_optimizer, build_scheduler, optimizer_arguments
from nnbuilder.catalog.losses import Meaning, Target
from nnbuilder.catalog.metrics import METRICS
from nnbuilder.catalog.schedules import SCHEDULERS
from nnbuilder.spec import Network, Training
from nnbuilder.training.history import History
from nnbuilder.training.kept import copy_of, put_back, scheduler_state
from nnbuilder.training.learning import change_rate, learning_rate, thaw, thawing_layers
from nnbuilder.training.metrics import classes, confusion_counts, metric_value, usual_metric

STOPPED_EARLY = "Stopped early"
"""How the message of a run begins that has stopped itself."""
EXPLODED = 1e4
"""A mean loss this many times that of the untrained network counts as diverged."""
MOST_COUNTED_AT_WILL = 10_000
"""Rows that may be predicted anew to count confused classes; of more the answers of the epoch are counted."""


@dataclass(frozen=True)
class Tensors:
    """The rows on the device: scaled inputs [n, features], targets as the loss wants them, labels as metrics do."""

    inputs: Tensor
    targets: Tensor
    labels: Tensor
    validation_inputs: Tensor
    validation_targets: Tensor
    validation_labels: Tensor


def loss_target(labels: Tensor, form: Target) -> Tensor:
    """Labels (class codes int64 [n] or values float32 [n, 1]) in the form a loss wants."""
    if form == "class" or labels.is_floating_point():
        return labels
    zero_one = labels.to(torch.float32).unsqueeze(1)
    return zero_one * 2 - 1 if form == "plus_minus" else zero_one


def unmarked_step(optimizer: torch.optim.Optimizer) -> Callable[[], Any]:
    """``optimizer.step`` without the mark for the profiler that torch wraps around it.

    Marking takes as long as the arithmetic of a step does for a small net: with it a whole batch of
    a 2-5-1 net took 165 µs, without it 132.
    """
    step = type(optimizer).step
    if not getattr(step, "hooked", False):
        return optimizer.step
    # What a scheduler looks at to warn of steps that were left out.
    optimizer._opt_called = True  # type: ignore[attr-defined]
    return partial(step.__wrapped__, optimizer)  # type: ignore[attr-defined]


class Control:
    """Everything about a run in progress that the loop reads and writes.

    Parameters
    ----------
    model
        The network, already on its device.
    class_counts
        Training rows of each class; empty for regression.
    network
        What the model was built from, for layers that thaw or learn at a rate of their own.
    """

    def __init__(
        self,
        model: nn.Module,
        data: Tensors,
        training: Training,
        class_counts: Sequence[int] = (),
        network: Network | None = None,
    ) -> None:
        self.class_counts = tuple(class_counts)
        self.device = data.inputs.device
        self.thawing = thawing_layers(model, network)
        self._take_weights(model)
        self.metric = usual_metric("regression" if not class_counts else _task(class_counts), training.metric)
        self.history = History(
            (
                "epoch",
                "learning_rate",
                "train_loss",
                "validation_loss",
                f"train_{self.metric}",
                f"validation_{self.metric}",
            )
        )
        self.epoch, self.batch, self.stop, self.message = 0, 0, False, ""
        self.target_epoch = training.epochs
        self.batch_losses: list[Tensor] = []
        self.batch_outputs: list[Tensor] = []
        self.shuffle = torch.Generator().manual_seed(training.seed)
        self.shuffle_start = self.shuffle.get_state()
        self.order = torch.arange(len(data.inputs), device=self.device)
        self.rows = len(data.inputs)
        self.best_value, self.best_epoch = math.inf, 0
        # Of many rows, as they were measured in the last epoch: int64 [classes, classes].
        self.confusion: Tensor | None = None
        self.best_confusion: Tensor | None = None
        self._apply(training)
        self.batch_size = training.batch_size or self.rows
        self.optimizer = build_optimizer(model, training, network)
        self.scheduler = build_scheduler(self.optimizer, training, math.ceil(self.rows / self.batch_size))
        self.step = unmarked_step(self.optimizer)
        self.good = copy_of(model)
        self.best = copy_of(model)
        with torch.no_grad():
            model.eval()
            self.first_loss = float(self.loss_function(model(data.inputs), data.targets))

    def _take_weights(self, model: nn.Module) -> None:
        """Keep the weights that learn in lists, which the loop goes through in every batch."""
        self.weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.penalized_weights = [weight for weight in self.weights if weight.dim() > 1]

    def _apply(self, training: Training) -> None:
        """Take over the settings that the loop reads in every batch."""
        self.training = training
        self.loss_function = build_loss(training, self.class_counts).to(self.device)
        self.meaning: Meaning = training.loss_row.meaning
        self.needs_closure = training.optimizer_row.full_batch
        self.gradient_clip = training.gradient_clip
        self.penalized = training.l1 > 0 or training.l2 > 0
        self.scheduler_row = SCHEDULERS[training.scheduler.kind]

    def change(self, training: Training) -> None:
        """Take over new settings of the same loss, optimizer and scheduler kinds at the next batch.

        A new batch size counts from the next epoch on. A new number of epochs moves the end.
        """
        before, now = optimizer_arguments(self.training), optimizer_arguments(training)
        changed = {key: value for key, value in now.items() if value != before[key]}
        for group in self.optimizer.param_groups:
            group.update(changed)
        if "lr" in changed:
            change_rate(self.optimizer, self.scheduler, changed["lr"])
        self.target_epoch = max(self.epoch, self.target_epoch + training.epochs - self.training.epochs)
        self._apply(training)

    def extend(self) -> None:
        """Let the run go on for as many epochs again."""
        self.stop = False
        if self.epoch >= self.target_epoch or self.message:
            self.target_epoch = self.epoch + self.training.epochs
        self.message = ""
        self.best_epoch = self.epoch

    def begin_epoch(self, model: nn.Module, data: Tensors) -> tuple[Tensor, Tensor]:
        """Inputs and targets in the order of this epoch; in the middle of an epoch its order is drawn again."""
        if self.batch == 0:
            self.batch_size = self.training.batch_size or self.rows
            self.shuffle_start = self.shuffle.get_state()
        else:
            self.shuffle.set_state(self.shuffle_start)
        if self.thawing:
            due, self.thawing = thaw(self.thawing, self.epoch)
            if due:
                self._take_weights(model)
            if self.needs_closure and self.batch == 0 and self.epoch in due:
                # What LBFGS has gathered of the loss is of fewer weights. In the middle of an epoch, which is
                # where a run may be taken up again, it has been thrown away already.
                self.optimizer.state.clear()
        model.train()
        for module in model.children():
            if all(not weight.requires_grad for weight in module.parameters()) and any(
                True for _ in module.parameters()
            ):
                module.eval()
        if not self.training.shuffle or self.batch_size >= self.rows:
            return data.inputs, data.targets
        self.order = torch.randperm(self.rows, generator=self.shuffle).to(self.device)
        return data.inputs[self.order], data.targets[self.order]

    def closure_step(self, model: nn.Module, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """One step of an optimizer that measures loss and gradients several times; the first loss counts."""
        seen: list[tuple[Tensor, Tensor]] = []

        def closure() -> Tensor:
            self.optimizer.zero_grad()
            outputs = model(x)
            loss = self.loss_function(outputs, y)
            seen.append((loss.detach(), outputs.detach()))
            total = loss + self.penalty() if self.penalized else loss
            total.backward()
            return total

        self.optimizer.step(closure)  # type: ignore[arg-type]
        return seen[0]

    def penalty(self) -> Tensor:
        """L1 and L2 penalty of the weights (biases are left out)."""
        total = torch.zeros((), device=self.device)
        for weight in self.penalized_weights:
            if self.training.l1:
                total = total + self.training.l1 * weight.abs().sum()
            if self.training.l2:
                total = total + self.training.l2 * weight.square().sum()
        return total

    def batch_done(self, loss: Tensor, outputs: Tensor) -> None:
        """Keep the loss and outputs of a batch; nothing is read back from the device."""
        self.batch_losses.append(loss.detach())
        self.batch_outputs.append(outputs.detach())
        self.batch += 1
        scheduler = self.scheduler
        if self.scheduler_row.moves == "batch" and scheduler and scheduler.last_epoch < scheduler.total_steps - 1:
            scheduler.step()

    def epoch_done(self, model: nn.Module, data: Tensors) -> dict[str, float] | None:
        """Measure the epoch and step the scheduler; None if loss or weights are no longer finite."""
        confusion = self.confusion
        with torch.no_grad():
            numbers = torch.stack(self._measure(model, data)).tolist()
        train_loss, norm, validation_loss, train_metric, validation_metric = numbers
        watched = train_loss if math.isnan(validation_loss) and not len(data.validation_inputs) else validation_loss
        limit = EXPLODED * max(self.first_loss, 1e-6)
        if not (math.isfinite(train_loss) and math.isfinite(norm) and train_loss <= limit and math.isfinite(watched)):
            self.confusion = confusion
            return None
        row = {
            "epoch": float(self.epoch + 1),
            "learning_rate": learning_rate(self.optimizer),
            "train_loss": train_loss,
            "validation_loss": validation_loss,
            f"train_{self.metric}": train_metric,
            f"validation_{self.metric}": validation_metric,
        }
        self.history.append(row)
        self.epoch, self.batch = self.epoch + 1, 0
        self.batch_losses, self.batch_outputs = [], []
        put_back(self.good, model)
        if self.scheduler and self.scheduler_row.moves == "epoch":
            self.scheduler.step()
        elif self.scheduler and self.scheduler_row.moves == "loss":
            self.scheduler.step(watched)
        return row

    def _measure(self, model: nn.Module, data: Tensors) -> list[Tensor]:
        """Mean training loss, norm of the weights, validation loss, training and validation metric as scalars."""
        losses = torch.stack(self.batch_losses)
        train_loss = losses[0]
        if len(losses) > 1:
            last = self.rows - self.batch_size * (len(losses) - 1)
            train_loss = (losses.sum() * self.batch_size + losses[-1] * (last - self.batch_size)) / self.rows
        outputs = torch.cat(self.batch_outputs) if len(self.batch_outputs) > 1 else self.batch_outputs[0]
        drawn = self.training.shuffle and self.batch_size < self.rows
        labels = data.labels[self.order] if drawn else data.labels
        missing = losses.new_tensor(math.nan)
        validation_loss = validation_metric = missing
        if len(data.validation_inputs):
            model.eval()
            answers = model(data.validation_inputs)
            validation_loss = self.loss_function(answers, data.validation_targets)
            validation_metric = self._metric(answers, data.validation_labels)
            self._count(answers, data.validation_labels)
        else:
            self._count(outputs, labels)
        norm = nn.utils.get_total_norm(self.weights) if self.weights else losses.new_zeros(())
        return [train_loss, norm, validation_loss, self._metric(outputs, labels), validation_metric]

    def _metric(self, outputs: Tensor, labels: Tensor) -> Tensor:
        value = metric_value(self.metric, outputs, labels, self.meaning, len(self.class_counts))
        return value.to(torch.float32)

    def _count(self, outputs: Tensor, labels: Tensor) -> None:
        """Keep how often classes were confused where there are too many rows to predict them again for a picture."""
        if self.class_counts and len(labels) > MOST_COUNTED_AT_WILL:
            found = classes(outputs, self.meaning)
            self.confusion = confusion_counts(found, labels, len(self.class_counts))

    def give_up(self, model: nn.Module) -> str:
        """Put the last good weights back and say what happened."""
        put_back(model, self.good)
        self.batch, self.batch_losses, self.batch_outputs = 0, [], []
        rate = learning_rate(self.optimizer)
        row = self.training.optimizer_row
        low, high = row.usual
        if rate > high:
            cause = f"the learning rate {rate:g} is far above what {row.label} usually bears ({low:g} to {high:g})"
            cure = f"set it to {row.field('learning_rate').default:g} and start again with the same weights"
        else:
            cause = f"steps of learning rate {rate:g} overshoot on this data"
            cure = "lower it tenfold, scale the inputs or switch gradient clipping on, and start again"
        self.message = (
            f"Training diverged in epoch {self.epoch + 1}: the loss left all bounds, most likely because {cause}; "
            f"{cure}. The weights of epoch {self.epoch} are kept."
        )
        return self.message

    def stops_early(self, model: nn.Module) -> bool:
        """Whether the watched number has not got better for `patience` epochs; remembers the best weights."""
        rule = self.training.early_stopping
        if rule.kind == "none":
            return False
        value = self._watched(rule["watch"])
        if value < self.best_value - rule["min_delta"] or len(self.history) == 1:
            self.best_value, self.best_epoch = value, self.epoch
            self.best_confusion = self.confusion
            put_back(self.best, model)
        if self.epoch - self.best_epoch < rule["patience"]:
            return False
        kept = ""
        if rule["restore_best"]:
            put_back(model, self.best)
            self.confusion = self.best_confusion
            kept = f" The weights of epoch {self.best_epoch} are back."
        self.message = f"{STOPPED_EARLY} in epoch {self.epoch}: no gain for {rule['patience']} epochs.{kept}"
        return True

    @property
    def weights_epoch(self) -> int:
        """The epoch the weights are of: an earlier one where early stopping has put the best ones back."""
        rule = self.training.early_stopping
        restored = self.message.startswith(STOPPED_EARLY) and rule.kind != "none" and rule["restore_best"]
        return self.best_epoch if restored else self.epoch

    def _watched(self, what: str) -> float:
        """The number early stopping watches, turned so that lower is better."""
        name = "loss" if what == "loss" else self.metric
        row = self.history.latest()
        value = row[f"validation_{name}"]
        if math.isnan(value):
            value = row[f"train_{name}"]
        return -value if what == "metric" and METRICS[self.metric].higher_is_better else value

    def state_dict(self) -> dict[str, Any]:
        """All of it as tensors and plain values, for a checkpoint."""
        return {
            "optimizer": self.optimizer.state_dict(),
            "scheduler": scheduler_state(self.scheduler),
            "epoch": self.epoch,
            "batch": self.batch,
            "batch_size": self.batch_size,
            "target_epoch": self.target_epoch,
            "message": self.message,
            "first_loss": self.first_loss,
            "best_value": self.best_value,
            "best_epoch": self.best_epoch,
            "good": [tensor.clone() for tensor in self.good],
            "best": [tensor.clone() for tensor in self.best],
            "batch_losses": list(self.batch_losses),
            "batch_outputs": list(self.batch_outputs),
            "shuffle": self.shuffle.get_state(),
            "shuffle_start": self.shuffle_start,
            "chance": torch.get_rng_state(),
            "device_chance": torch.cuda.get_rng_state(self.device) if self.device.type == "cuda" else None,
            "history_columns": list(self.history.columns),
            "history": self.history.to_tensor(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up where `state_dict` was made, to the last bit."""
        self.optimizer.load_state_dict(state["optimizer"])
        if self.scheduler is not None and state["scheduler"] is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        for name in (
            "epoch",
            "batch",
            "batch_size",
            "target_epoch",
            "message",
            "first_loss",
            "best_value",
            "best_epoch",
        ):
            setattr(self, name, state[name])
        for name in ("good", "best", "batch_losses", "batch_outputs"):
            setattr(self, name, [tensor.to(self.device) for tensor in state[name]])
        self.shuffle.set_state(state["shuffle"])
        self.shuffle_start = state["shuffle_start"]
        torch.set_rng_state(state["chance"])
        if self.device.type == "cuda" and state["device_chance"] is not None:
            torch.cuda.set_rng_state(state["device_chance"], self.device)
        self.history = History.from_tensor(state["history_columns"], state["history"])


def _task(class_counts: Sequence[int]) -> Any:
    return "binary" if len(class_counts) == 2 else "multiclass"
