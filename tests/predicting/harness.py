"""Networks on tables and generated data, and rows given to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nnbuilder.data.prepare import prepare
from nnbuilder.predicting.asked import Asked
from nnbuilder.predicting.asking import asked_of, asked_of_checkpoint
from nnbuilder.predicting.given import Given, read_rows
from nnbuilder.predicting.network import TrainedNetwork
from nnbuilder.spec import read
from nnbuilder.tables.library import NUMERIC, Library
from nnbuilder.training.trainer import Trainer

HEADS = {"regression": "mse", "binary": "bce_with_logits", "multiclass": "cross_entropy"}


def table_data(content: bytes, target: str, features: list[Any] | None = None, **data: Any) -> dict[str, Any]:
    """The data part of a project on a table; all columns that can be are features, unless they are given."""
    sha256 = Library.default().keep(content)
    opened = Library.default().read(sha256, "t.csv", {}, {})
    if features is None:
        features = [one["name"] for one in opened.columns if one["type"] in NUMERIC and one["name"] != target]
    filled = [item if isinstance(item, dict) else {"name": item, "missing": "median"} for item in features]
    source = {
        "kind": "table",
        "file": "t.csv",
        "sha256": sha256,
        "reading": opened.document["choices"],
        "target": target,
        "columns": filled,
    }
    return {"source": source, **data}


def trained(data: dict[str, Any], loss: str = "", epochs: int = 1, **training: Any) -> Trainer:
    """A small network on some data, trained for a little while; with 0 epochs as it begins."""
    document = {
        "version": 1,
        "name": "t",
        "data": data,
        "network": {"layers": [{"kind": "linear", "units": 4}, {"kind": "tanh"}, {"kind": "linear", "units": 1}]},
        "training": {
            "loss": {"kind": loss or "mse"},
            "optimizer": {"kind": "adam", "learning_rate": 0.05},
            "epochs": max(1, epochs),
            **training,
        },
    }
    prepared = prepare(read(document).data)
    chosen = loss or HEADS[prepared.facts.task]
    document["training"]["loss"] = {"kind": chosen}
    if chosen in ("cross_entropy", "nll", "multi_margin"):
        document["network"]["layers"][-1]["units"] = len(prepared.facts.classes)
    document["network"]["layers"] += {
        "bce": [{"kind": "sigmoid"}],
        "nll": [{"kind": "log_softmax"}],
        "hinge_embedding": [{"kind": "softplus"}],
    }.get(chosen, [])
    trainer = Trainer(read(document), prepared)
    if epochs:
        for _ in trainer.events():
            pass
    return trainer


def asked_in_full(trainer: Trainer) -> Asked:
    """What a network asks, with its data at hand."""
    return asked_of(trainer.project.data, trainer.prepared)


def asked_by_file(trainer: Trainer) -> Asked:
    """What a network asks, as far as its checkpoint tells."""
    return asked_of_checkpoint(trainer.checkpoint())


def network(trainer: Trainer) -> TrainedNetwork:
    """The network as its checkpoint has it."""
    return TrainedNetwork(trainer.checkpoint())


def given(text: str, asked: Asked, folder: Path, name: str = "rows.csv") -> Given:
    """Rows in a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_rows(path, name, asked)
