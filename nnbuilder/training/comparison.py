"""What the model answers for rows whose answer is known: the confusion of classes, or predicted against true values."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nnbuilder.catalog.losses import Meaning
from nnbuilder.training.loop import predict
from nnbuilder.training.metrics import classes, confusion_counts
from nnbuilder.training.state import MOST_COUNTED_AT_WILL
from nnbuilder.training.trainer import Trainer

SHARE = 64
"""A comparison may be made anew only after this many times the time the last one took."""
MOST_SCATTERED = 1000
"""Points of a regression's comparison; of more rows a seeded sample is taken."""


class Comparison:
    """Compares answers and truth on the validation rows, or on the training rows where there are none.

    Few rows are predicted anew, within a budget of time. Of many rows the classes are those that were counted when
    the epoch was measured; before the first epoch is done, those of a seeded sample.
    """

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self.class_count = len(trainer.facts.classes)
        self.meaning: Meaning = trainer.project.training.loss_row.meaning
        data = trainer.data
        checked = len(data.validation_labels) > 0
        self.part = "validation" if checked else "train"
        inputs = data.validation_inputs if checked else data.inputs
        labels = data.validation_labels if checked else data.labels
        self.all_rows = len(labels)
        most = MOST_COUNTED_AT_WILL if self.class_count else MOST_SCATTERED
        if self.all_rows > most:
            chosen = np.sort(np.random.default_rng(0).choice(self.all_rows, most, replace=False))
            place = torch.from_numpy(chosen).to(inputs.device)
            inputs, labels = inputs[place], labels[place]
        self.inputs, self.labels = inputs, labels
        self._due = 0.0
        self._moment = (-1, -1)
        self._kept: tuple[dict[str, Any], dict[str, np.ndarray]] | None = None

    def measure(self, at_once: bool = False) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Header and arrays of the comparison: of this moment with `at_once`, else when its turn has come.

        The header says of which part, how many rows (`rows` of `all_rows`) and after which epoch. With classes the
        array is ``confusion`` [classes, classes] (row: true class, column: predicted one), else ``truth`` and
        ``answer`` [rows]. Without finite answers, what was measured last stays.
        """
        now = perf_counter()
        moment = (self.trainer.epoch, self.trainer.control.batch)
        if self._kept is not None and (moment == self._moment or not (at_once or now >= self._due)):
            return self._kept
        found = self._measured()
        if found is None:
            return self._kept or ({}, {})
        self._kept, self._moment = found, moment
        ended = perf_counter()
        self._due = ended + SHARE * (ended - now)
        return found

    def _measured(self) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
        counted = self.trainer.control.confusion
        if self.class_count and counted is not None:
            return self._header(self.all_rows), {"confusion": _float32(counted)}
        outputs = predict(self.trainer.model, self.inputs)
        if not bool(torch.isfinite(outputs).all()):
            return None
        header = self._header(len(self.labels))
        if self.class_count:
            counts = confusion_counts(classes(outputs, self.meaning), self.labels, self.class_count)
            return header, {"confusion": _float32(counts)}
        return header, {"truth": _float32(self.labels.reshape(-1)), "answer": _float32(outputs[:, 0])}

    def _header(self, rows: int) -> dict[str, Any]:
        return {"part": self.part, "rows": rows, "all_rows": self.all_rows, "epoch": self.trainer.epoch}


def _float32(values: Tensor) -> np.ndarray:
    return values.cpu().numpy().astype(np.float32)
