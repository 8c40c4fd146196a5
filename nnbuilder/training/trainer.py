"""A project on its way to a trained model: data, model and control together."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nnbuilder.build import build_model, start_from_files
from nnbuilder.data.prepare import Prepared
from nnbuilder.errors import NNBuilderError
from nnbuilder.facts import DataFacts, Part
from nnbuilder.shapes import one_thread
from nnbuilder.spec import Project, Training
from nnbuilder.training.devices import pick_device
from nnbuilder.training.events import Event
from nnbuilder.training.history import History
from nnbuilder.training.loop import predict, train
from nnbuilder.training.metrics import all_metrics
from nnbuilder.training.state import Control, Tensors, loss_target


class Trainer:
    """Owns the model of a project and everything needed to train it, go on, and save it.

    torch's own generator is seeded with the project's training seed, since it is what Dropout draws
    from, and torch's number of threads is set: one process trains one project at a time. Layers that
    start from a file take its weights unless `start` is False, as where a checkpoint's come instead.
    """

    def __init__(self, project: Project, prepared: Prepared, device: str | None = None, *, start: bool = True) -> None:
        self.project, self.prepared = project, prepared
        self.facts = prepared.facts
        self.device = pick_device(device or project.training.device)
        torch.set_num_threads(choose_threads(project, self.facts))
        model = build_model(project.network, self.facts)
        # Last, as making the model leaves another seed in the generators of CUDA.
        torch.manual_seed(project.training.seed)
        if start:
            start_from_files(model, project.network)
        self.model: nn.Module = model.to(self.device)
        self.data = self._tensors()
        self.control = Control(self.model, self.data, project.training, self._class_counts(), project.network)

    @classmethod
    def resume(
        cls, checkpoint: dict[str, Any], project: Project, prepared: Prepared, device: str | None = None
    ) -> Trainer:
        """The trainer as it was when `checkpoint` was made; no file of first weights is needed for it."""
        trainer = cls(project, prepared, device, start=False)
        trainer.model.load_state_dict(checkpoint["state_dict"])
        trainer.control.load_state_dict(checkpoint["training_state"])
        return trainer

    def checkpoint(self) -> dict[str, Any]:
        """Weights, project and state as tensors and plain values only; see `resume`."""
        return {
            "format": "nnbuilder",
            "version": self.project.version,
            "state_dict": {name: tensor.detach().cpu().clone() for name, tensor in self.model.state_dict().items()},
            "project": self.project.to_text(),
            "preprocessing": _json(self.prepared.pipeline.to_json()),
            "features": list(self.facts.features),
            "columns": list(self.facts.columns),
            "classes": list(self.facts.classes),
            "target": self.facts.target,
            "task": self.facts.task,
            "epoch": self.epoch,
            "asked": self._asked,
            "training_state": self.control.state_dict(),
        }

    @property
    def epoch(self) -> int:
        """Epochs done."""
        return self.control.epoch

    @property
    def epochs(self) -> int:
        """The epoch at which training ends."""
        return self.control.target_epoch

    @property
    def history(self) -> History:
        """One row an epoch."""
        return self.control.history

    def events(self) -> Iterator[Event]:
        """Train on; see `nnbuilder.training.loop.train`."""
        return train(self.model, self.data, self.control)

    def change(self, training: Training) -> None:
        """Take over new training settings of the same kinds of loss, optimizer and scheduler."""
        self.project = self.project.with_training(**vars(training))
        self.control.change(training)

    def extend(self) -> None:
        """Let a run that has ended go on for as many epochs again."""
        self.control.extend()

    def outputs(self, part: Part) -> Tensor:
        """The network's outputs for the rows of a part, on the CPU."""
        inputs = torch.from_numpy(self.prepared.features[part]).to(self.device)
        return predict(self.model, inputs).cpu()

    def measure(self) -> dict[str, dict[str, float]]:
        """Loss and every metric of the task on each part that has rows, measured in evaluation mode."""
        result: dict[str, dict[str, float]] = {}
        loss_row = self.project.training.loss_row
        for part in ("train", "validation", "test"):
            labels = torch.from_numpy(self.prepared.target[part])
            if not len(labels):
                result[part] = {}
                continue
            outputs = self.outputs(part)
            target = loss_target(labels, loss_row.target)
            loss = self.control.loss_function(outputs.to(self.device), target.to(self.device))
            metrics = all_metrics(self.facts.task, outputs, labels, loss_row.meaning, len(self.facts.classes))
            result[part] = {"loss": float(loss), **metrics}
        return result

    @cached_property
    def _asked(self) -> str:
        """What the network asks of a row, and how the cells of its table are written, as JSON; "" if that is gone."""
        # What asks a network needs a trained one, so it is imported where it is used.
        from nnbuilder.predicting.asking import asked_of

        try:
            return _json(asked_of(self.project.data, self.prepared).to_json())
        except NNBuilderError:
            # The table has left the library meanwhile; a checkpoint is worth more than what belongs to it.
            return ""

    def _class_counts(self) -> list[int]:
        if self.facts.task == "regression":
            return []
        return np.bincount(self.prepared.target["train"], minlength=len(self.facts.classes)).tolist()

    def _tensors(self) -> Tensors:
        form = self.project.training.loss_row.target

        def part(name: Part) -> tuple[Tensor, Tensor, Tensor]:
            labels = torch.from_numpy(self.prepared.target[name])
            inputs = torch.from_numpy(self.prepared.features[name])
            return inputs.to(self.device), loss_target(labels, form).to(self.device), labels.to(self.device)

        return Tensors(*part("train"), *part("validation"))


def choose_threads(project: Project, facts: DataFacts) -> int:
    """How many threads a run uses: one while a batch takes little arithmetic, else all cores.

    It depends on project and machine only, so that page and command line give the same bits.
    """
    return 1 if one_thread(project, facts) else (os.cpu_count() or 1)


def _json(value: Any) -> str:
    return json.dumps(value)
