"""What goes wrong while a file is made is told in one sentence, and what was there before stays."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path

import pytest
import torch

from nnbuilder.engine.jobs import answer
from nnbuilder.errors import NNBuilderError
from nnbuilder.export import EXPORTERS, making, proving, write
from nnbuilder.export.proving import Task, differences
from nnbuilder.export.trained import Trained

OLD = b"the file of yesterday"


@pytest.fixture
def checkpoint(two_classes: Trained, tmp_path: Path) -> Path:
    path = tmp_path / "checkpoint.pth"
    torch.save(two_classes.checkpoint, path)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "taken" / "model"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def refusal(kind: str, checkpoint: Path, target: Path) -> str:
    """Why a file could not be made; nothing but the old one lies there afterwards."""
    with pytest.raises(NNBuilderError) as caught:
        write(kind, checkpoint, target)
    assert target.read_bytes() == OLD
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    sentence = str(caught.value)
    assert "\n" not in sentence and sentence.endswith(".")
    return sentence


def no_space(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_when_the_file_is_saved(checkpoint, target, monkeypatch):
    monkeypatch.setattr(os, "fsync", no_space)
    assert "No space left on device" in refusal("project", checkpoint, target)


def test_a_full_disk_when_the_file_is_checked(checkpoint, target, monkeypatch):
    monkeypatch.setattr(Path, "write_bytes", no_space)
    with pytest.raises(NNBuilderError, match="No space left on device; make room"):
        write("state_dict", checkpoint, target)
    monkeypatch.undo()
    assert target.read_bytes() == OLD


def test_a_full_disk_is_told_by_the_job_as_it_is(checkpoint, target, monkeypatch):
    monkeypatch.setattr(os, "fsync", no_space)
    told = []
    job = {"kind": "export", "export": "project", "checkpoint": str(checkpoint), "target": str(target)}
    said = answer({**job, "progress": lambda share, words: told.append((share, words))})
    assert "No space left on device" in said["error"] and "error of its own" not in said["error"]
    assert told == [(0.0, "Making project…"), (0.5, "Loading it back…")]


@pytest.mark.parametrize(
    ("kind", "package"),
    [("safetensors", "safetensors"), ("onnx:raw", "onnx"), ("onnx", "onnxruntime"), ("bundle", "matplotlib")],
)
def test_a_package_that_is_not_there(kind: str, package: str, checkpoint, target, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    sentence = refusal(kind, checkpoint, target)
    assert f"needs the package {package}, which is not installed" in sentence


def test_a_package_that_goes_missing_on_the_way(checkpoint, target, monkeypatch):
    def gone(trained: Trained, choice: str) -> bytes:
        raise ModuleNotFoundError("No module named 'elsewhere'", name="elsewhere.part")

    monkeypatch.setattr("nnbuilder.export.torch_files.module", gone)
    assert "needs the package elsewhere" in refusal("module", checkpoint, target)


def test_a_part_of_this_program_that_is_missing_is_no_package_to_install(two_classes, monkeypatch):
    def gone(trained: Trained, choice: str) -> bytes:
        raise ModuleNotFoundError("No module named 'nnbuilder.gone'", name="nnbuilder.gone")

    monkeypatch.setattr("nnbuilder.export.torch_files.module", gone)
    with pytest.raises(ModuleNotFoundError):
        making.write(EXPORTERS["module"], "", two_classes)


def test_files_that_predict_something_else_are_not_handed_over(two_classes: Trained, monkeypatch, checkpoint, target):
    other = {name: tensor + 1 for name, tensor in two_classes.checkpoint["state_dict"].items()}
    buffer = io.BytesIO()
    torch.save(other, buffer)
    monkeypatch.setattr("nnbuilder.export.torch_files.state_dict", lambda trained, choice: buffer.getvalue())
    sentence = refusal("state_dict", checkpoint, target)
    assert sentence.startswith("state_dict.pth was made, but its answers differ from the app's by up to ")


def test_one_other_python_tells_what_became_of_each_task(monkeypatch):
    import numpy as np

    wanted = np.array([1.0, float("nan")])
    good = Task(
        "good", {"number.txt": b"1"}, "number = float(open('number.txt').read())", "[number, np.nan]", runtime=""
    )
    near = Task("near", {}, "", "[1.00001, np.nan]", {}, wanted, 1e-4, "")
    assert differences([Task(**{**vars(good), "expected": wanted}), near])[1] == pytest.approx(1e-5)
    for task, said in (
        (
            Task("broken", {}, "import sys\nsys.exit(3)", runtime=""),
            "broken was made, but using it failed .SystemExit: 3",
        ),
        (Task("warns", {}, "import warnings\nwarnings.warn('hm')", runtime=""), "UserWarning: hm"),
        (Task("shape", {}, "", "[[1.0]]", {}, wanted, 0, ""), r"shape \(1, 1\) in place of \(2,\)"),
        (Task("nothing", {}, "", "[1.0, 2.0]", {}, wanted, 0, ""), "differ from the app's by up to nan"),
        (Task("own", {}, "import nnbuilder", runtime=""), "No module named 'nnbuilder'"),
        (Task("dead", {}, "import os\nos._exit(1)", runtime=""), "ended without a word"),
    ):
        with pytest.raises(NNBuilderError, match=said):
            differences([task], warnings="error")
    with pytest.raises(NNBuilderError, match=r"took more than 0\.5 seconds"):
        differences([Task("slow", {}, "import time\ntime.sleep(60)", runtime="")], within=0.5)


def test_the_script_for_the_other_python_imports_nothing_of_this_package():
    text = proving.SCRIPT.read_text(encoding="utf-8")
    assert "import nnbuilder" not in text and "from nnbuilder" not in text


def test_a_broken_or_foreign_checkpoint_is_refused(tmp_path: Path, target: Path):
    (tmp_path / "broken.pth").write_bytes(b"PK nothing")
    assert "cannot be read as a checkpoint" in refusal("module", tmp_path / "broken.pth", target)
    torch.save({"format": "other"}, tmp_path / "foreign.pth")
    assert "no checkpoint of this program" in refusal("checkpoint", tmp_path / "foreign.pth", target)


def test_curves_need_a_training(two_classes: Trained, tmp_path: Path, target: Path):
    from nnbuilder.training.trainer import Trainer

    untrained = Trainer(two_classes.project, two_classes.prepared).checkpoint()
    torch.save(untrained, tmp_path / "untrained.pth")
    assert "press Train first" in refusal("curves_csv", tmp_path / "untrained.pth", target)
    # All that does not need one is made of the first weights, the card among it.
    assert write("card", tmp_path / "untrained.pth", target) and b"not trained" in target.read_bytes()
