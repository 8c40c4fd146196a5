"""Files that are hostile, damaged or foreign: one sentence each, nothing run, little memory; good ones load."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from nnbuilder.loading.confined import read
from nnbuilder.loading.limits import MEMORY, MIB
from tests.loading import forging as forge
from tests.loading.hostile import Runs, cases, saved

ROOT = Path(__file__).parents[2]
LARGE = 40 * MIB
UNTOUCHED = "large.safetensors"


def good() -> dict[str, bytes]:
    """Files that are to be opened."""
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    ones = {"0.weight": torch.ones(1, 2)}
    cuda = forge.pth(
        forge.pickle(forge.mapping({"0.weight": forge.tensor([1, 2], [2, 1], count=2, location="cuda:3")})),
        {"0": forge.ONE * 2},
    )
    return {
        "cuda.pth": cuda,
        "ones.pth": saved(ones),
        "parameter.pth": saved({"0.weight": nn.Parameter(torch.ones(1, 2))}),
        "legacy.pth": saved(ones, _use_new_zipfile_serialization=False),
        "legacy_view.bin": saved({"0.weight": torch.ones(9, 2).t()[:, 3:5][:1]}, _use_new_zipfile_serialization=False),
        "half_precision.pth": saved({"0.weight": torch.ones(1, 2, dtype=torch.float16)}),
        "transposed.pth": saved({"0.weight": torch.ones(2, 1).t()}),
        "view.pth": saved({"0.weight": torch.ones(100)[10:12].reshape(1, 2)}),
        "held.pth": saved(
            {"epoch": 3, "state_dict": ones, "optimizer": torch.optim.Adam(model.parameters()).state_dict()}
        ),
        "ones.safetensors": forge.safetensors(
            '{"0.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}', forge.ONE * 2
        ),
        UNTOUCHED: forge.safetensors(
            f'{{"weight":{{"dtype":"F32","shape":[{LARGE // 4}],"data_offsets":[0,{LARGE}]}}}}', bytes(LARGE)
        ),
    }


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("canary") / "was-run"


@pytest.fixture(scope="module")
def hostile(canary: Path) -> dict[str, tuple[bytes, str]]:
    with warnings.catch_warnings():
        # torch warns of kinds of tensors it is going to drop.
        warnings.simplefilter("ignore")
        return cases(canary)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, hostile: dict[str, tuple[bytes, str]]) -> dict[str, dict[str, Any]]:
    """What was said of every file, by the way it was read."""
    folder = tmp_path_factory.mktemp("files")
    for name, content in {**{name: case[0] for name, case in hostile.items()}, **good()}.items():
        (folder / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "tests.loading.reader", str(folder)], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    lines: dict[str, dict[str, Any]] = {}
    for line in map(json.loads, done.stdout.splitlines()):
        lines.setdefault(line["way"], {})[line.get("file", "")] = line
    return lines


def test_every_hostile_file_ends_in_one_sentence_that_says_why(
    told: dict[str, dict[str, Any]], hostile: dict[str, tuple[bytes, str]]
) -> None:
    wrong = {}
    for name, (_, words) in hostile.items():
        refused = told["here"][name]["refused"]
        one = refused.startswith(name) and refused.endswith(".") and "\n" not in refused and len(refused) < 400
        if not one or words not in refused:
            wrong[name] = f"{refused!r} lacks {words!r}"
    assert wrong == {}


def test_nothing_of_them_was_run(told: dict[str, dict[str, Any]], canary: Path) -> None:
    assert len(told["here"]) > 150
    assert not canary.exists()


def test_a_payload_that_is_run_does_leave_the_canary(tmp_path: Path) -> None:
    (tmp_path / "evil.pth").write_bytes(saved(Runs(os.system, f"touch {tmp_path / 'was-run'}")))
    torch.load(tmp_path / "evil.pth", weights_only=False)
    assert (tmp_path / "was-run").exists()


def test_where_no_fork_is_to_be_had_a_new_process_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "other")
    (tmp_path / "ones.pth").write_bytes(good()["ones.pth"])
    found = read(tmp_path / "ones.pth", "ones.pth")
    assert found.structure["0.weight"].tolist() == [[1.0, 1.0]]


def test_reading_takes_little_memory(told: dict[str, dict[str, Any]]) -> None:
    before = told["doors"][""]["peak"]
    most = max(line["peak"] for line in told["here"].values())
    assert before > 0
    # The largest file there has 40 MiB; the bombs would have taken terabytes.
    assert (most - before) * 1024 < MEMORY


def test_a_confined_process_opens_no_file_and_no_connection(told: dict[str, dict[str, Any]]) -> None:
    doors = told["doors"][""]
    assert (doors["disk"], doors["socket"], doors["pipe"]) == ("OSError", "OSError", "OSError")


def test_another_process_says_the_same(told: dict[str, dict[str, Any]]) -> None:
    for name, line in told["other"].items():
        assert line["refused"] == told["here"][name]["refused"], name
    assert told["other"]["cuda.pth"]["values"] == {"0.weight": [[1.0, 1.0]]}
    assert told["other"]["cuda.pth"]["grown"] * 1024 < 32 * MIB


def test_a_file_that_needs_more_than_there_is_ends_in_a_sentence(told: dict[str, dict[str, Any]]) -> None:
    assert "MiB of memory to be read" in told["little memory"][UNTOUCHED]["refused"]
    assert "takes too long" in told["little time"][UNTOUCHED]["refused"]


@pytest.mark.parametrize("name", [name for name in good() if name != UNTOUCHED])
def test_good_files_open(told: dict[str, dict[str, Any]], name: str) -> None:
    line = told["here"][name]
    assert line["refused"] == ""
    assert line["values"] == {"0.weight": [[1.0, 1.0]]}
