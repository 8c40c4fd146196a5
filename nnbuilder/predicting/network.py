"""A trained network read from its checkpoint, ready to answer rows in data units."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from nnbuilder.build import build_model
from nnbuilder.catalog.losses import Meaning
from nnbuilder.catalog.sources import TABLE
from nnbuilder.data.facts import describe
from nnbuilder.data.pipeline import Pipeline
from nnbuilder.data.table_facts import find_facts
from nnbuilder.errors import NNBuilderError
from nnbuilder.facts import DataFacts
from nnbuilder.spec import Data, read_text
from nnbuilder.training import checkpoint as checkpoints
from nnbuilder.training.loop import predict
from nnbuilder.training.metrics import classes, probabilities
from nnbuilder.training.trainer import choose_threads


class TrainedNetwork:
    """A network with its weights and its preprocessing, on the CPU; the table it was trained on is not needed.

    torch's number of threads is set to that of the training, so that the same rows give the same bits.
    """

    def __init__(self, checkpoint: Mapping[str, Any]) -> None:
        self.checkpoint = checkpoint
        self.project = read_text(checkpoint["project"])
        self.pipeline = Pipeline.from_json(json.loads(checkpoint["preprocessing"]))
        self.meaning: Meaning = self.project.training.loss_row.meaning
        self.facts = _facts(checkpoint, self.pipeline, self.project.training.batch_size)
        self.model = build_model(self.project.network, self.facts)
        self.model.load_state_dict(checkpoint["state_dict"])
        torch.set_num_threads(choose_threads(self.project, self._sized))

    @classmethod
    def read(cls, path: Path) -> TrainedNetwork:
        """The network in a checkpoint file.

        Raises
        ------
        NNBuilderError
            If it is missing or no checkpoint of this program.
        """
        checkpoint = checkpoints.read(path)
        try:
            return cls(checkpoint)
        except (KeyError, RuntimeError, TypeError, ValueError) as error:
            raise NNBuilderError(
                f"{path.name} does not hold a whole network ({type(error).__name__}); save it anew."
            ) from error

    @property
    def epoch(self) -> int:
        """Epochs it was trained for."""
        return self.checkpoint["epoch"]

    def outputs(self, raw: NDArray[np.float64]) -> Tensor:
        """The network's outputs [n, width] for rows in data units [n, columns], NaN where a value is missing.

        Raises
        ------
        NNBuilderError
            If a value is missing that nothing fills, or one is too large.
        """
        return predict(self.model, torch.from_numpy(self.pipeline.apply(raw)))

    def answer(self, rows: ArrayLike) -> dict[str, Any]:
        """What the network answers, as a worker does: outputs, and with classes probabilities and classes."""
        outputs = self.outputs(np.array(rows, dtype=np.float64))
        answer: dict[str, Any] = {"outputs": outputs.tolist()}
        if self.facts.classes:
            answer["probabilities"] = probabilities(outputs, self.meaning).tolist()
            answer["classes"] = [self.facts.classes[code] for code in classes(outputs, self.meaning).tolist()]
        return answer

    @cached_property
    def _sized(self) -> DataFacts:
        """The facts with the number of training rows, where that is known without reading a table."""
        found = _described(self.project.data)
        return found if found is not None else self.facts


def _described(data: Data) -> DataFacts | None:
    try:
        if data.source.kind != TABLE:
            return describe(data)
        found = find_facts(data)
    except NNBuilderError:
        return None
    return found[0] if found else None


def _facts(checkpoint: Mapping[str, Any], pipeline: Pipeline, batch: int) -> DataFacts:
    """What a checkpoint says of its data; of the training rows it says nothing but how many a batch has."""
    return DataFacts(
        task=checkpoint["task"],
        features=tuple(checkpoint["features"]),
        target=checkpoint["target"],
        classes=tuple(checkpoint["classes"]),
        train_rows=batch,
        validation_rows=0,
        test_rows=0,
        columns=tuple(checkpoint["columns"]),
        labels=tuple(plan.categories for plan in pipeline.columns),
        dates=tuple(plan.name for plan in pipeline.columns if plan.type == "date"),
    )
