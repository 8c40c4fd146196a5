"""The command line makes the same files, and says what was checked."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
import torch

from nnbuilder.errors import NNBuilderError
from nnbuilder.export import EXPORTERS, command
from nnbuilder.export.trained import Trained


def call(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers(required=True))
    options = parser.parse_args(["export", *words])
    return options.run(options)


@pytest.fixture
def checkpoint(two_classes: Trained, tmp_path: Path) -> str:
    path = tmp_path / "trained.pth"
    torch.save(two_classes.checkpoint, path)
    return str(path)


def test_a_file_is_made_checked_and_told_of(checkpoint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "net.onnx"
    assert call(checkpoint, "--kind", "onnx:raw", "--out", str(out)) == 0
    assert out.stat().st_size > 1000
    said = capsys.readouterr().out
    assert said.startswith(f"Saved {out}. Run with onnxruntime: 200 rows predicted, largest difference ")
    assert call(checkpoint, "--kind", "project", "--out", str(out), "--quiet") == 0
    assert capsys.readouterr().out == ""


def test_without_a_name_it_gets_its_usual_one(checkpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert call(checkpoint, "--kind", "network") == 0
    assert (tmp_path / "network.png").read_bytes().startswith(b"\x89PNG")


def test_the_kinds_are_listed_and_those_of_a_network_with_their_choices(checkpoint: str, capsys):
    assert call("--list") == 0
    listed = capsys.readouterr().out
    assert all(f"  {key} " in listed for key in EXPORTERS)
    assert "layer:0" not in listed
    assert call(checkpoint, "--list") == 0
    listed = capsys.readouterr().out
    assert "layer:0  0: Linear(3, 12)" in listed and "onnx:raw" in listed


def test_what_cannot_be_done_is_said_and_the_checkpoint_stays(checkpoint: str, tmp_path: Path):
    before = Path(checkpoint).read_bytes()
    for words, sentence in (
        ((), "Say which checkpoint"),
        ((checkpoint,), "Say which checkpoint"),
        ((checkpoint, "--kind", "poem"), "no export called 'poem'"),
        ((checkpoint, "--kind", "layer:9"), "choose one of 4, 0, 1"),
        ((checkpoint, "--kind", "state_dict", "--out", checkpoint), "is the checkpoint itself"),
        ((checkpoint, "--kind", "project", "--out", str(tmp_path)), "is a folder"),
        ((str(tmp_path / "none.pth"), "--kind", "module", "--out", str(tmp_path / "m")), "cannot be read"),
        ((checkpoint, "--kind", "project", "--out", str(tmp_path / "no" / "p.json")), "could not be saved"),
    ):
        with pytest.raises(NNBuilderError, match=sentence):
            call(*words)
    assert Path(checkpoint).read_bytes() == before
