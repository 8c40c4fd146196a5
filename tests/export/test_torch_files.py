"""Exports, loaded by a child process that can import torch and nothing of this package."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from nnbuilder.data.prepare import prepare
from nnbuilder.errors import NNBuilderError
from nnbuilder.export import EXPORTERS, write
from nnbuilder.training import checkpoint as checkpoints
from nnbuilder.training.trainer import Trainer
from tests.projects import layers, project

LOADER = """
import json, sys
import torch
from torch import nn
assert not any(name.startswith("nnbuilder") for name in sys.modules)
kind, path, rows = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
if kind == "module":
    model = torch.load(path, weights_only=False)
else:
    model = nn.Sequential(nn.Linear(2, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Dropout(0.3), nn.Linear(12, 4))
    loaded = torch.load(path, weights_only=True)
    model.load_state_dict(loaded["state_dict"] if kind == "checkpoint" else loaded)
model.eval()
with torch.no_grad():
    print(json.dumps(model(torch.tensor(rows)).tolist()))
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = project("blobs", layers(12, "batch_norm", "relu", {"kind": "dropout", "p": 0.3}, 4))
    trainer = Trainer(made, prepare(made.data))
    for _ in trainer.events():
        pass
    path = tmp_path_factory.mktemp("run") / "checkpoint.pth"
    checkpoints.write(path, trainer)
    return trainer, path


@pytest.mark.parametrize("kind", EXPORTERS)
def test_an_export_predicts_the_same_outside_to_the_last_bit(run, kind, tmp_path):
    trainer, checkpoint = run
    target = tmp_path / EXPORTERS[kind].file_name
    write(kind, checkpoint, target)
    rows = trainer.prepared.features["test"].tolist()
    done = subprocess.run(
        [sys.executable, "-I", "-c", LOADER, kind, str(target), json.dumps(rows)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert np.array_equal(np.array(json.loads(done.stdout)), np.array(trainer.outputs("test").tolist()))


def test_a_broken_checkpoint_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "checkpoint.pth").write_bytes(b"PK nothing")
    with pytest.raises(NNBuilderError, match="cannot be read as a checkpoint"):
        write("module", tmp_path / "checkpoint.pth", tmp_path / "out.pth")
    assert not (tmp_path / "out.pth").exists()


def test_foreign_files_are_no_checkpoints(tmp_path):
    torch.save({"format": "other"}, tmp_path / "checkpoint.pth")
    with pytest.raises(NNBuilderError, match="no checkpoint of this program"):
        write("checkpoint", tmp_path / "checkpoint.pth", tmp_path / "out.pth")
