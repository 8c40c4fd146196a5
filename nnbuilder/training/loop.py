"""The training loop: one screen of ordinary PyTorch that yields events."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import torch
from torch import Tensor, nn

from nnbuilder.training.events import Diverged, Epoch, Event, Finished, Step
from nnbuilder.training.state import Control, Tensors


def train(model: nn.Module, data: Tensors, control: Control) -> Iterator[Event]:
    """Train `model` until the target epoch, early stopping, divergence or ``control.stop``.

    The caller pauses by not asking for the next event, and may change settings between two events
    (`Control.change`). All that is needed to go on later is in `control`.
    """
    while control.epoch < control.target_epoch and not control.stop:
        inputs, targets = control.begin_epoch(model, data)
        batches = list(zip(inputs.split(control.batch_size), targets.split(control.batch_size), strict=True))
        for x, y in islice(batches, control.batch, None):
            if control.needs_closure:
                loss, outputs = control.closure_step(model, x, y)
            else:
                for weight in control.weights:
                    weight.grad = None
                outputs = model(x)
                loss = control.loss_function(outputs, y)
                (loss + control.penalty() if control.penalized else loss).backward()
                if control.gradient_clip:
                    nn.utils.clip_grad_norm_(control.weights, control.gradient_clip)
                control.step()
            control.batch_done(loss, outputs)
            yield Step(control.epoch + 1, control.batch, len(batches))
            if control.stop:
                break
        else:
            row = control.epoch_done(model, data)
            if row is None:
                yield Diverged(control.epoch + 1, control.give_up(model))
                return
            # Before the event, so that a checkpoint written there knows of it.
            stops_early = control.stops_early(model)
            yield Epoch(control.epoch, row)
            if stops_early:
                yield Finished(control.epoch, "early_stopping", control.message)
                return
    reason = "stopped" if control.stop else "epochs"
    yield Finished(
        control.epoch, reason, f"Stopped in epoch {control.epoch + 1}." if control.stop else "All epochs are done."
    )


NUMBERS_AT_ONCE = 2**24
"""Outputs of the widest layer computed at once outside training: enough to be fast, few enough for memory."""


def predict(model: nn.Module, inputs: Tensor) -> Tensor:
    """The outputs for scaled inputs [n, features], in evaluation mode and without gradients."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    with torch.no_grad():
        widest = max((len(weight) for weight in model.parameters()), default=1)
        slices = inputs.split(max(1, NUMBERS_AT_ONCE // widest))
        outputs = torch.cat([model(rows) for rows in slices]) if len(slices) > 1 else model(inputs)
    for module, mode in modes:
        module.training = mode
    return outputs
