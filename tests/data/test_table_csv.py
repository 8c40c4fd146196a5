"""A table taken home: as it was read, and as the network gets it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nnbuilder.data.prepare import PARTS, prepare
from nnbuilder.data.table_csv import write_inputs, write_table
from nnbuilder.spec import Data, read_data
from nnbuilder.tables.library import Library

TEXT = "sum;=kind;note;y\n1,5;=1+1;-3;yes\n2,5;b;+x;no\n;b;@x;no\n3,5;=1+1;-3;yes\n0,5;b;c;no\n1;b;c;yes\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path / "home"))


def data(**settings: Any) -> Data:
    sha256 = Library.default().keep(TEXT.encode("cp1252"))
    opened = Library.default().read(sha256, "t.csv", {}, {})
    source = {
        "kind": "table", "sha256": sha256, "file": "t.csv", "reading": opened.document["choices"], "target": "y",
        "columns": [{"name": "sum"}, {"name": "=kind", "missing": "most_frequent"}],
    }  # fmt: skip
    return read_data({"source": source, "scaling": "standard", "validation": 0.0, "test": 0.34, **settings})


def test_a_table_as_read_has_every_cell_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_table(data(), path)
    with path.open(newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    assert names == ["sum", "'=kind", "note", "y"]
    assert rows[0] == ["1,5", "'=1+1", "-3", "yes"]
    assert rows[2] == ["", "b", "'@x", "no"]
    assert len(rows) == 6


def test_the_rows_as_the_network_gets_them_are_the_same_numbers(tmp_path: Path) -> None:
    path, made = tmp_path / "out.csv", data()
    write_inputs(made, path)
    prepared = prepare(made)
    frame = pd.read_csv(path, keep_default_na=False)
    assert list(frame.columns) == ["part", "sum", "'=kind = =1+1", "'=kind = b", "y"]
    for part in PARTS:
        here = frame[frame["part"] == part]
        np.testing.assert_array_equal(here.iloc[:, 1:-1].to_numpy(np.float32), prepared.features[part])
        assert here["y"].tolist() == [prepared.facts.classes[code] for code in prepared.target[part]]
    assert not any(name.startswith("=") for name in frame.columns)


def test_a_regression_has_its_target_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    made = data()
    source = {**made.source.to_json(), "target": "sum", "task": "regression", "columns": [{"name": "=kind"}]}
    made = read_data({**made.to_json(), "source": source})
    write_inputs(made, path)
    frame = pd.read_csv(path)
    assert sorted(frame["sum"]) == [0.5, 1.0, 1.5, 2.5, 3.5]
