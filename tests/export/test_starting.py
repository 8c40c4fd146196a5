"""A network that starts from kept weights takes them along: the code reads them and gives the same bits again."""

import io
import zipfile

import pyarrow as pa
import pytest
import torch
from pyarrow import parquet

from nnbuilder.export.making import check, write
from nnbuilder.export.table import EXPORTERS
from nnbuilder.spec import read
from nnbuilder.store.weights import Weights
from tests.export.conftest import trained
from tests.projects import layers
from tests.source.harness import table_data

REGRESSION = {"loss": {"kind": "mse"}, "optimizer": {"kind": "adam"}}


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


def test_the_packages_are_those_that_the_code_of_this_table_needs(home, table, two_classes):
    content = io.BytesIO()
    columns = {"size": [n * 0.5 for n in range(40)], "price": [n * 1.25 + n % 3 for n in range(40)]}
    parquet.write_table(pa.table(columns), content)
    data = table_data(content.getvalue(), "price", ["size"], file="prices.parquet")
    document = two_classes.project.to_json()
    made = trained(
        read({**document, "data": data, "network": {"layers": layers(2, 1)}, "training": {**REGRESSION, "epochs": 1}})
    )

    def packages(of):
        return [line.split("==")[0] for line in write(EXPORTERS["requirements"], "", of).decode().splitlines()]

    assert packages(made) == ["matplotlib", "numpy", "pandas", "pyarrow", "torch"]
    assert packages(table) == ["matplotlib", "numpy", "pandas", "torch"]
    assert packages(two_classes) == ["matplotlib", "numpy", "torch"]
