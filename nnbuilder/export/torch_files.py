"""Writers of the files torch reads: whole model, weights, checkpoint, one layer, and the exported program."""

from __future__ import annotations

import copy
import io
import json
import math
import warnings
from collections.abc import Mapping
from typing import Any

import torch

from nnbuilder.export.trained import Trained
from nnbuilder.predicting.asking import asked_of


def module(trained: Trained, choice: str) -> bytes:
    """The ``nn.Sequential`` itself, in evaluation mode; its weights can learn on, save those of frozen layers."""
    model = copy.deepcopy(trained.model)
    for (_, layer), part in zip(trained.project.network.active, model, strict=True):
        part.requires_grad_(not layer.frozen)
    return _saved(model)


def state_dict(trained: Trained, choice: str) -> bytes:
    """The weights by name."""
    return _saved(trained.checkpoint["state_dict"])


def checkpoint(trained: Trained, choice: str) -> bytes:
    """Everything training goes on from, with what a person looks for at hand: optimizer, scheduler, seeds, metrics."""
    content = trained.checkpoint
    state = content["training_state"]
    project = trained.project
    seeds = {
        "network": project.network.seed,
        "training": project.training.seed,
        "split": project.data.split_seed,
    }
    if "seed" in project.data.source.settings:
        seeds["data"] = project.data.source["seed"]
    return _saved(
        {
            **content,
            # Those of older programs do not say it, and nobody else knows how the cells of new rows are to be read.
            "asked": content.get("asked") or json.dumps(asked_of(project.data, trained.prepared).to_json()),
            "optimizer": state["optimizer"],
            "scheduler": state["scheduler"],
            "seeds": seeds,
            "generators": {"shuffle": state["shuffle"], "torch": state["chance"]},
            "metrics": _plain(trained.measures),
        }
    )


def layer(trained: Trained, choice: str) -> bytes:
    """The weights of one layer, under the names it gives them itself."""
    return _saved(dict(trained.model[int(choice)].state_dict()))


def program(trained: Trained, choice: str) -> bytes:
    """The computation as ``torch.export`` takes it down, for any number of rows."""
    # An example of two rows: torch takes a size of 0 or 1 for a constant.
    example = torch.zeros(2, trained.facts.inputs)
    with warnings.catch_warnings():
        # Of torch's own making, about parts of it that are to be replaced.
        warnings.simplefilter("ignore")
        rows = torch.export.Dim("rows", min=1)
        exported = torch.export.export(trained.model, (example,), dynamic_shapes=({0: rows},))
        buffer = io.BytesIO()
        torch.export.save(exported, buffer, extra_files={f"{name}.txt": text for name, text in trained.about().items()})
    return buffer.getvalue()


def _saved(content: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def _plain(measures: Mapping[str, dict[str, float]]) -> dict[str, dict[str, float | None]]:
    """The metrics; what could not be measured is None."""
    return {
        part: {name: value if math.isfinite(value) else None for name, value in numbers.items()}
        for part, numbers in measures.items()
    }
