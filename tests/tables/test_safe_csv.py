"""What is written as CSV computes nothing in a spreadsheet, and numbers stay numbers."""

import csv
import io

import pyarrow as pa
import pytest

from nnbuilder.tables.choices import Choices
from nnbuilder.tables.described import describe_table, write_clean_csv
from nnbuilder.tables.lines.row_lines import RowLines
from nnbuilder.tables.reading import Table
from nnbuilder.tables.safe_csv import safe_cell, write_csv
from tests.tables.harness import read, rows


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\n=1",
        " =1",
        "＝1+1",
        "-",
        "+a",
        "-1-1",
        "=",
        "-5=1",
    ],
)
def test_formulas_get_an_apostrophe(cell):
    assert safe_cell(cell) == "'" + cell


@pytest.mark.parametrize(
    "cell", ["-5", "+5", "-1.5e-3", "-1,5", "-1.234,50 €", "- 5 %", "-$5", "5", "a=b", "a-b", "", "'=1", "-.5", "-inf"]
)
def test_numbers_and_texts_stay(cell):
    assert safe_cell(cell) == cell


def test_values_that_are_no_text():
    assert [safe_cell(value) for value in (None, -5, -0.1, True, 1e300)] == ["", "-5", "-0.1", "True", "1e+300"]


def test_the_file_is_what_the_csv_module_reads():
    target = io.StringIO(newline="")
    write_csv(target, ["=x", 'say "a"'], [[1, "a,b"], [None, "two\nlines"], ["", "=1"]])
    read_back = list(csv.reader(io.StringIO(target.getvalue(), newline="")))
    assert read_back == [["'=x", 'say "a"'], ["1", "a,b"], ["", "two\nlines"], ["", "'=1"]]


def test_an_empty_cell_alone_is_a_row():
    target = io.StringIO(newline="")
    write_csv(target, ["x"], [[1.5], [None], [2]])
    assert rows(read(target.getvalue())) == [["1.5"], [""], ["2"]]


def test_a_file_is_described_and_written_anew(tmp_path):
    table = read(b"name;n;note\nAda;1,5;=1+1\nAlan;-2,5;x\n")
    told = describe_table(table)
    assert told["rows"] == 2 and [column["name"] for column in told["columns"]] == ["name", "n", "note"]
    assert told["choices"]["separator"] == ";" and "separator" in told["reasons"]
    assert told["preview"][0] == ["Ada", "1,5", "=1+1"]
    write_clean_csv(table, tmp_path / "clean.csv")
    assert rows(read((tmp_path / "clean.csv").read_bytes())) == [["Ada", "1,5", "'=1+1"], ["Alan", "-2,5", "x"]]


def test_a_whole_table_is_as_safe_as_its_cells_one_by_one(tmp_path):
    cells = [
        *(
            "=1",
            "+1",
            "-1",
            "@x",
            " =1",
            "\u00a0=1",
            "\u3000@x",
            "\u2003-x",
            "\x85=1",
            "\u2028+a",
            "\t",
            "\r",
            "\n=",
            "＝1",
            "＠",
            "-1,5",
            "+x",
        ),
        *("", "x", "1", "'", "a=1", "-", "--1", "1e5", "-1e5", "- 5 €", "\x0b=1", "\x1f=1", "\ufeff=1", "\u200b=1"),
    ]
    names = ["a", "b"]
    table = Table(
        data=pa.table({"a": pa.array(cells), "b": pa.array([*cells[1:], None])}), names=tuple(names),
        original_names=tuple(names), types=(None, None), choices=Choices(), reasons={}, findings=(),
        first_line=RowLines(len(cells), 0, iter(range(len(cells)))),
    )  # fmt: skip
    write_clean_csv(table, tmp_path / "clean.csv")
    wanted = io.StringIO(newline="")
    write_csv(wanted, names, zip(cells, [*cells[1:], None], strict=True))
    assert (tmp_path / "clean.csv").read_bytes().decode() == wanted.getvalue()
