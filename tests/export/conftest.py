"""Three networks that every exporter has to take: classes with layers of all sorts, a number, a table with gaps."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.data.prepare import prepare
from nnbuilder.export.trained import Trained
from nnbuilder.spec import Project, read
from nnbuilder.tables.columns import advice
from nnbuilder.training.trainer import Trainer
from tests.projects import layers, project
from tests.source.harness import table_data

MISSING = {"bill_length_mm": "own_category", "flipper_length_mm": "median", "sex": "own_category", "island": "drop"}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A library of its own; nobody looks for columns that tell the answer, which takes long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNBUILDER_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setattr(advice, "leak_problems", lambda *_: [])
        yield


def trained(made: Project) -> Trained:
    """A project after its training."""
    trainer = Trainer(made, prepare(made.data))
    for _ in trainer.events():
        pass
    return Trained(trainer.checkpoint())


def penguins() -> Project:
    """Penguins: gaps in numbers and categories, one category with a name that code has to be careful with."""
    rows = list(csv.reader(io.StringIO(SAMPLES["penguins"].path.read_text(encoding="utf-8"))))
    names = rows[0]
    place = names.index("island")
    for row in rows[1:]:
        row[place] = {"Dream": '"Dream" \\ it\'s'}.get(row[place], row[place])
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    features = [{"name": name, "missing": how, "encoding": "one_hot"} for name, how in MISSING.items()]
    data = table_data(
        text.getvalue().encode(),
        "species",
        features,
        file="penguins.csv",
        scaling="standard",
        terms=[["square", "flipper_length_mm"], ["sine", "bill_length_mm"]],
        test=0.2,
        validation=0.2,
    )
    return read(
        {
            "version": 1,
            "name": "Penguins",
            "data": data,
            "network": {"layers": layers(8, "gelu", 3)},
            "training": {
                "epochs": 2,
                "batch_size": 64,
                "loss": {"kind": "cross_entropy"},
                "optimizer": {"kind": "adam"},
            },
        }
    )


@pytest.fixture(scope="session")
def two_classes() -> Trained:
    """Two classes, batch norm and dropout."""
    stack = layers(12, "batch_norm", "relu", {"kind": "dropout", "p": 0.3}, 1)
    return trained(project("circles", stack, data={"scaling": "standard", "terms": [["product", "x1", "x2"]]}))


@pytest.fixture(scope="session")
def regression() -> Trained:
    """A number, from points that code has to read."""
    return trained(project("regression", layers(6, "tanh", 1), data={"validation": 0.1}))


@pytest.fixture(scope="session")
def table(home: None) -> Trained:
    """A table with gaps and categories."""
    return trained(penguins())
