"""Weights to start from: kept once, told of without torch, read back to the last bit, and never believed unseen."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from nnbuilder.store.files import StoreError
from nnbuilder.store.weights import TYPES, Weights, WeightsMissing


@pytest.fixture
def weights(tmp_path):
    return Weights(tmp_path / "weights")


TENSORS = {
    "0.weight": torch.randn(3, 2),
    "0.bias": torch.tensor([1.0, -0.0, float("inf")]),
    "1.num_batches_tracked": torch.tensor(7),
    "empty": torch.zeros(0, 4),
    "a name with “quotes” and 漢字": torch.randn(2, 2).t(),
}


def bits(tensor):
    return tensor.contiguous().reshape(-1).view(torch.uint8).tolist()


def test_what_is_kept_comes_back_to_the_last_bit(weights):
    sha256 = weights.keep(TENSORS, {"name": "blobs.pth"})
    found = weights.read(sha256)
    assert set(found) == set(TENSORS)
    for name, tensor in TENSORS.items():
        assert (found[name].dtype, found[name].shape) == (tensor.dtype, tensor.shape)
        assert bits(found[name]) == bits(tensor)
    assert weights.about(sha256) == {"name": "blobs.pth"}


@pytest.mark.parametrize("name", TYPES.values())
def test_every_type_comes_back(weights, name):
    tensor = torch.tensor([0, 1, 1]).to(getattr(torch, name))
    assert bits(weights.read(weights.keep({"x": tensor}))["x"]) == bits(tensor)


def test_the_same_tensors_are_one_file_in_whatever_order(weights):
    first = weights.keep(TENSORS)
    assert weights.keep(dict(reversed(TENSORS.items()))) == first
    assert [file.name for file in weights.home.iterdir()] == [f"{first}.safetensors"]


def test_the_header_is_read_without_torch(weights):
    sha256 = weights.keep(TENSORS)
    code = (
        "import sys; from pathlib import Path; from nnbuilder.store.weights import Weights; "
        f"print(Weights(Path({str(weights.home)!r})).header({sha256!r})['0.weight'], 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "('F32', (3, 2)) False"


def test_what_is_not_here_is_said_to_be_missing(weights):
    assert not weights.has("0" * 64)
    for ask in (weights.header, weights.read, weights.about):
        with pytest.raises(WeightsMissing, match="not on this computer; open their file again"):
            ask("0" * 64)


def test_a_file_that_was_changed_is_not_read(weights):
    sha256 = weights.keep(TENSORS)
    content = bytearray(weights.path(sha256).read_bytes())
    content[-1] ^= 1
    weights.path(sha256).write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        weights.read(sha256)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"no json",
        b"[]",
        b"[" * 100_000,
        json.dumps({"x": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}).encode(),
        json.dumps({"x": {"dtype": "F32", "shape": [3], "data_offsets": [0, 4]}}).encode(),
        json.dumps({"x": {"dtype": "F99", "shape": [1], "data_offsets": [0, 4]}}).encode(),
        json.dumps({"x": {"dtype": "F32", "shape": [-1], "data_offsets": [4, 0]}}).encode(),
        json.dumps({"x": {"dtype": "F32"}}).encode(),
    ],
)
def test_headers_that_lie_are_refused(weights, header):
    weights.home.mkdir()
    path = weights.path("ab" * 32)
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\0" * 4)
    with pytest.raises(StoreError, match="damaged"):
        weights.header("ab" * 32)


@pytest.mark.parametrize("content", [b"", b"abc", b"\xff" * 8, b"\xff" * 100])
def test_files_that_are_too_short_for_what_they_claim_are_refused(weights, content):
    weights.home.mkdir()
    weights.path("ab" * 32).write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        weights.header("ab" * 32)


def test_numbers_that_cannot_be_kept_are_named(weights):
    with pytest.raises(StoreError, match="“x” holds numbers of type torch"):
        weights.keep({"x": torch.zeros(1, dtype=torch.complex64)})


def test_the_default_place_lies_beside_the_store(monkeypatch, tmp_path):
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))
    assert Weights.default().home == Path(tmp_path / "weights")
