"""Every recipe, and a table with gaps and categories: app, script and command line give the same weights, bit for bit.

The notebook's are compared in `test_notebook`.
"""

import json
import os
import subprocess
import sys

import pytest
import torch

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.recipes import recipes
from nnbuilder.spec import read
from nnbuilder.training.trainer import Trainer
from tests.source.harness import table_data
from tests.source.train_harness import differences, project, run_alone, trained, write

EPOCHS = 25
"""A difference shows in the first epochs, and 1000 of them take long three times over."""
RECIPES = {
    key: one.project().with_training(epochs=min(EPOCHS, one.project().training.epochs))
    for key, one in recipes().items()
}
TABLE = "penguins"
COMMANDS = """
import json, os, sys
from nnbuilder.cli import main
for folder in json.loads(sys.argv[1]):
    os.chdir(folder)
    code = main(["train", "project.json", "--out", "trained", "--quiet"])
    assert code == 0, (folder, code)
"""
"""A program that trains the projects in folders as ``python -m nnbuilder train`` does."""


def penguins():
    """Penguins with every way to fill a gap, one-hot and ordinal categories."""
    sample = SAMPLES["penguins"]
    columns = [
        {"name": "bill_length_mm", "missing": "own_category"},
        {"name": "flipper_length_mm", "missing": "median"},
        {"name": "body_mass_g", "missing": "mean"},
        {"name": "sex", "missing": "own_category", "encoding": "one_hot"},
        {"name": "island", "missing": "most_frequent", "encoding": "ordinal"},
    ]
    data = table_data(sample.path.read_bytes(), sample.target, columns, file=sample.file)
    stack = project("blobs", [8, "gelu", 3], epochs=10).to_json()
    return read({**stack, "data": {**data, "scaling": "standard", "validation": 0.2, "test": 0.1}})


@pytest.fixture(scope="module")
def ran(home, tmp_path_factory):
    """The projects trained by the app, by their scripts and by the command line: projects, trainers, folder, words."""
    folder, empty = tmp_path_factory.mktemp("recipes"), tmp_path_factory.mktemp("empty")
    made = {**RECIPES, TABLE: penguins()}
    write(made, folder, "sequential")
    for key, one in made.items():
        (folder / key / "project.json").write_text(one.to_text(), encoding="utf-8")
    command = [sys.executable, "-W", "error", "-c", COMMANDS, json.dumps([str(folder / key) for key in made])]
    # Nothing is known there of what was trained here, and the table lies beside its project.
    environment = {**os.environ, "NNBUILDER_HOME": str(empty)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as commands:
        said = run_alone(folder)
        _, errors = commands.communicate()
    assert (commands.returncode, errors) == (0, "")
    return made, {key: trained(one) for key, one in made.items()}, folder, said


@pytest.mark.parametrize("key", [*RECIPES, TABLE])
def test_app_script_and_command_line_agree(key, ran):
    made, trainers, folder, said = ran
    trainer: Trainer = trainers[key]
    assert said[key][0] == ""
    assert differences(made[key], folder / key, trainer) == []
    saved = torch.load(folder / key / "trained" / "model.pth", weights_only=True)
    ours = trainer.model.state_dict()
    assert list(saved["state_dict"]) == list(ours) and saved["epoch"] == trainer.epoch
    assert all(torch.equal(saved["state_dict"][name], weight) for name, weight in ours.items())
    history = json.loads((folder / key / "trained" / "history.json").read_text(encoding="utf-8"))
    assert history == trainer.history.to_json()
    assert len(history) == made[key].training.epochs
