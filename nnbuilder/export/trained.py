"""A trained network as the writers of files get it: what a checkpoint holds, and the rest made when it is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nnbuilder.build import build_model
from nnbuilder.catalog.losses import Meaning
from nnbuilder.catalog.sources import TABLE
from nnbuilder.data.facts import describe
from nnbuilder.data.prepare import PARTS, Prepared, prepare
from nnbuilder.export.snippets import Net
from nnbuilder.spec import read_text
from nnbuilder.training import checkpoint as checkpoints
from nnbuilder.training.history import History
from nnbuilder.training.loop import predict
from nnbuilder.training.metrics import probabilities
from nnbuilder.training.trainer import Trainer

if TYPE_CHECKING:
    from nnbuilder.export.training_check import Again
    from nnbuilder.tables.library import Opened

MOST_CHECKED = 200
"""Rows that exports are compared on."""


class Trained:
    """A checkpoint and what follows from it. torch is set to one thread: an export is no place for all processors."""

    def __init__(self, checkpoint: dict[str, Any]) -> None:
        torch.set_num_threads(1)
        self.checkpoint = checkpoint
        self.project = read_text(checkpoint["project"])
        self.facts = describe(self.project.data)

    @classmethod
    def read(cls, path: Path) -> Trained:
        """The network of a checkpoint file.

        Raises
        ------
        NNBuilderError
            If the file is missing or no checkpoint.
        """
        return cls(checkpoints.read(path))

    @cached_property
    def net(self) -> Net:
        """What is known of the network without its weights."""
        return Net(self.project, self.facts, int(self.checkpoint["epoch"]), self.opened)

    @cached_property
    def model(self) -> nn.Sequential:
        """The trained network, on the CPU and in evaluation mode."""
        model = build_model(self.project.network, self.facts)
        model.load_state_dict(self.checkpoint["state_dict"])
        return model.eval().requires_grad_(False)

    @cached_property
    def prepared(self) -> Prepared:
        """The data, made or read again."""
        return prepare(self.project.data)

    @cached_property
    def trainer(self) -> Trainer:
        """The run as it was, on the CPU."""
        made = Trainer.resume(self.checkpoint, self.project, self.prepared, "cpu")
        torch.set_num_threads(1)
        return made

    @cached_property
    def opened(self) -> Opened | None:
        """The table, where the data are one."""
        if self.project.data.source.kind != TABLE:
            return None
        from nnbuilder.data.table_rows import open_source

        return open_source(self.project.data.source)

    @cached_property
    def history(self) -> History:
        """One row an epoch."""
        state = self.checkpoint["training_state"]
        return History.from_tensor(state["history_columns"], state["history"])

    @cached_property
    def measures(self) -> Mapping[str, dict[str, float]]:
        """Loss and metrics by part."""
        return self.trainer.measure()

    @cached_property
    def again(self) -> Again:
        """The project trained anew, for as long as a check may take."""
        # It needs what is here.
        from nnbuilder.export.training_check import train_again

        return train_again(self)

    @property
    def preprocessing(self) -> str:
        """The preprocessing as JSON."""
        return self.checkpoint["preprocessing"]

    @property
    def meaning(self) -> Meaning:
        """How an output is read."""
        return self.project.training.loss_row.meaning

    @cached_property
    def raw(self) -> NDArray[np.float64]:
        """The rows that exports are compared on, in data units: held-out ones first, those with gaps among them."""
        parts = [self.prepared.raw[part] for part in reversed(PARTS)]
        rows = np.concatenate(parts)
        gaps = np.flatnonzero(np.isnan(rows).any(axis=1))[: MOST_CHECKED // 4]
        rest = np.setdiff1d(np.arange(len(rows)), gaps)[: MOST_CHECKED - len(gaps)]
        return rows[np.concatenate([gaps, rest])]

    @cached_property
    def rows(self) -> NDArray[np.float32]:
        """The same rows as the network gets them."""
        return self.prepared.pipeline.apply(self.raw)

    @cached_property
    def outputs(self) -> NDArray[np.float32]:
        """What the app's network answers for `rows`."""
        return predict(self.model, torch.from_numpy(self.rows)).numpy()

    @cached_property
    def chances(self) -> NDArray[np.float32]:
        """The class probabilities for `rows`."""
        return probabilities(torch.from_numpy(self.outputs), self.meaning).numpy()

    def about(self) -> dict[str, str]:
        """What a file of weights says about itself, as texts."""
        told = {
            "project": self.checkpoint["project"],
            "preprocessing": self.preprocessing,
            "features": json.dumps(list(self.facts.features), ensure_ascii=False),
            "columns": json.dumps(list(self.facts.columns), ensure_ascii=False),
            "classes": json.dumps(list(self.facts.classes), ensure_ascii=False),
            "target": self.facts.target,
            "task": self.facts.task,
            "epoch": str(self.net.epoch),
        }
        return {name: encodable(text) for name, text in told.items()}


def encodable(text: str) -> str:
    """A text that UTF-8 can hold: half of a pair of surrogates becomes the escape that JSON has for it."""
    return "".join(f"\\u{ord(sign):04x}" if "\ud800" <= sign <= "\udfff" else sign for sign in text)
