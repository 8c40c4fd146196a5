"""The table of exporters: complete, light, and its snippets are what they say."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from nnbuilder.data.facts import describe
from nnbuilder.errors import NNBuilderError
from nnbuilder.export import EXPORTERS, GROUPS, Net, chosen, find
from nnbuilder.export.making import named
from tests.projects import layers, project


@pytest.fixture(scope="module")
def net() -> Net:
    made = project("blobs", layers(3, "relu", "batch_norm", 4))
    return Net(made, describe(made.data), epoch=1)


@pytest.mark.parametrize("key", EXPORTERS)
def test_a_row_has_words_a_writer_and_a_check(key: str, net: Net):
    row = EXPORTERS[key]
    assert row.key == key and row.group in GROUPS
    assert row.help.endswith(".") and len(row.help) < 140
    assert callable(named(row.write)) and callable(named(row.check))
    for choice in [name for name, _ in row.choices(net)] if row.choices else [""]:
        assert row.named(choice) and "{" not in row.named(choice)
        if row.load and "python " not in row.load(net, choice) and "pip " not in row.load(net, choice):
            code = row.load(net, choice)
            ast.parse(code)
            assert 2 <= len([line for line in code.splitlines() if line]) <= 10


def test_reading_the_table_loads_nothing_heavy():
    code = "import sys, nnbuilder.export; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "onnx", "matplotlib", "sklearn", "safetensors", "streamlit"} & set(done.stdout.split())


def test_layers_are_chosen_by_their_place_and_the_last_one_comes_first(net: Net):
    row = EXPORTERS["layer"]
    assert row.choices and row.choices(net) == [
        ("3", "3: Linear(3, 4)"),
        ("0", "0: Linear(2, 3)"),
        ("2", "2: BatchNorm1d(3)"),
    ]
    assert chosen(row, "", net) == "3"
    assert chosen(row, "0", net) == "0"
    with pytest.raises(NNBuilderError, match="choose one of 3, 0, 2"):
        chosen(row, "1", net)


def test_what_is_not_there_is_said(net: Net):
    assert find("onnx:raw") == (EXPORTERS["onnx"], "raw")
    with pytest.raises(NNBuilderError, match="did you mean onnx"):
        find("onx")
    with pytest.raises(NNBuilderError, match="nothing to choose"):
        chosen(EXPORTERS["module"], "x", net)
    bare = project("blobs", layers("relu"))
    with pytest.raises(NNBuilderError, match="add a Linear layer"):
        chosen(EXPORTERS["layer"], "", Net(bare, describe(bare.data)))


def test_what_needs_training_or_classes_says_so(net: Net):
    made = project("regression")
    untrained = Net(made, describe(made.data))
    assert "press Train first" in EXPORTERS["curves"].missing(untrained)
    assert "predicts a number" in EXPORTERS["confusion"].missing(untrained)
    assert not EXPORTERS["curves"].missing(net) and not EXPORTERS["confusion"].missing(net)
    assert not EXPORTERS["module"].missing(untrained)
