"""A network that starts from kept weights takes them along: the code reads them and gives the same bits again."""

import io
import zipfile

import pytest
import torch

from nnbuilder.export.making import check, write
from nnbuilder.export.table import EXPORTERS
from nnbuilder.spec import read
from nnbuilder.store.weights import Weights
from tests.export.conftest import trained


@pytest.fixture(scope="module")
def tuned(home, two_classes):
    """A project whose first layer starts from another network and stays frozen."""
    tensors = {"4.weight": torch.randn(12, 3), "4.bias": torch.randn(12)}
    start = {"kind": "file", "sha256": Weights.default().keep(tensors, {}), "prefix": "4", "name": "other.pth"}
    document = two_classes.project.to_json()
    document["network"]["layers"][0] |= {"weights": start, "frozen": True}
    return trained(read(document)), tensors


def test_the_source_brings_the_weights_that_layers_start_from(tuned):
    made, tensors = tuned
    exporter = EXPORTERS["source"]
    content = write(exporter, "", made)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("start.pth")]
        start = torch.load(io.BytesIO(archive.read(name)), weights_only=True)
    assert torch.equal(start["0.weight"], tensors["4.weight"]) and torch.equal(start["0.bias"], tensors["4.bias"])
    assert torch.equal(made.checkpoint["state_dict"]["0.weight"], tensors["4.weight"]), "it is frozen"
    # The check runs train.py and compares its weights bit by bit.
    assert "bit for bit" in check(exporter, "", made, content)
