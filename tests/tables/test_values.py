"""Numbers of columns in a file: every bit comes back, whatever the number of rows taken at a time."""

from pathlib import Path

import numpy as np
import pytest

from nnbuilder.errors import NNBuilderError
from nnbuilder.tables.columns import values as module
from nnbuilder.tables.columns.values import read_values, write_values

COLUMNS = {
    "a": np.array([1.5, -0.0, np.nan, 1e300, 5e-324]),
    "b": np.array([0.1, 2.0, 3.0, 4.0, np.nan]),
    "c": np.arange(5.0),
}


@pytest.mark.parametrize("at_once", [1, 2, 5, 100])
def test_every_bit_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(module, "ROWS_AT_ONCE", at_once)
    path = tmp_path / "values.arrow"
    write_values(COLUMNS, path)
    read = read_values(path, ["c", "a"])
    assert read.flags.c_contiguous
    assert read.tobytes() == np.stack([COLUMNS["c"], COLUMNS["a"]], axis=1).tobytes()
    assert read_values(path, []).shape == (5, 0)
    assert [entry.name for entry in tmp_path.iterdir()] == ["values.arrow"]


def test_no_rows_and_no_columns(tmp_path: Path) -> None:
    write_values({"a": np.zeros(0)}, tmp_path / "rows")
    assert read_values(tmp_path / "rows", ["a"]).shape == (0, 1)
    write_values({}, tmp_path / "columns")
    assert read_values(tmp_path / "columns", []).shape == (0, 0)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "values.arrow"
    write_values(COLUMNS, path)
    with pytest.raises(NNBuilderError, match="Column “z” holds no numbers"):
        read_values(path, ["a", "z"])
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(NNBuilderError, match="damaged"):
        read_values(path, ["a"])
