"""Parquet: typed columns as text with their nulls."""

import datetime
import decimal
import io

import pyarrow as pa
import pytest
from pyarrow import parquet

from nnbuilder.tables.choices import Caps
from tests.tables.harness import read, refused, rows, told


def file(table: pa.Table) -> bytes:
    target = io.BytesIO()
    parquet.write_table(table, target)
    return target.getvalue()


TABLE = pa.table(
    {
        "whole": pa.array([1, None, 2**53 + 1]),
        "float": [0.1, float("inf"), None],
        "exact": pa.array([decimal.Decimal("1.10"), None, decimal.Decimal("-2.00")]),
        "yes": [True, False, None],
        "day": [datetime.date(2024, 3, 1), None, datetime.date(1969, 12, 31)],
        "time": pa.array([datetime.datetime(2024, 3, 1, 7, 30), None, None], pa.timestamp("us", "Europe/Rome")),
        "text": ["", "NA", None],
        "kind": pa.array(["a", "b", "a"]).dictionary_encode(),
        "list": [[1], [2], [3]],
    }
)


def test_values_types_and_nulls():
    table = read(file(TABLE))
    assert table.types == ("number", "number", "number", "yes_no", "date", "date", None, None)
    assert rows(table)[0] == ["1", "0.1", "1.10", "true", "2024-03-01", "2024-03-01 07:30:00", "", "a"]
    assert rows(table)[1] == [None, "inf", None, "false", None, None, "NA", "b"]
    assert rows(table)[2][0] == "9007199254740993"
    assert all(field.type in (pa.string(), pa.large_string()) for field in table.data.schema)
    assert "“list”" in told(table, "warning")[0]


def test_reading_again_is_the_same():
    table = read(file(TABLE))
    again = read(file(TABLE), table.choices)
    assert again.data.equals(table.data) and again.choices == table.choices


def test_doubled_names():
    table = read(file(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"])))
    assert (table.names, table.original_names) == (("x", "x (2)"), ("x", "x"))


def test_caps_damage_and_no_rows():
    assert "at most 2 are read" in str(refused(file(TABLE), caps=Caps(rows=2)))
    assert "at most 3 are read" in str(refused(file(TABLE), caps=Caps(columns=3)))
    assert "unpacks to" in str(refused(file(TABLE), caps=Caps(expanded=100)))
    assert "no rows" in str(refused(file(TABLE.slice(0, 0))))
    assert "damaged" in str(refused(file(TABLE)[:-50]))
    assert "damaged" in str(refused(b"PAR1" + b"\0" * 100))


def test_a_machine_without_memory_is_no_damaged_file(monkeypatch):
    def full(*_arguments, **_named):
        raise pa.ArrowMemoryError("malloc failed")

    content = file(TABLE)
    monkeypatch.setattr(parquet, "ParquetFile", full)
    with pytest.raises(MemoryError):
        read(content)


def test_an_error_without_words_is_damage_all_the_same(monkeypatch):
    def wordless(*_arguments, **_named):
        raise pa.ArrowInvalid

    content = file(TABLE)
    monkeypatch.setattr(parquet, "ParquetFile", wordless)
    assert "damaged and cannot be read as Parquet (ArrowInvalid)" in str(refused(content))
