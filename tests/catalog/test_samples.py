"""Every sample opens: its file is there and has the columns the row names."""

from __future__ import annotations

import csv
import re

import pytest

from nnbuilder.catalog.samples import FOLDER, SAMPLES, Sample

ROWS = [pytest.param(row, id=key) for key, row in SAMPLES.items()]
# How the messy file has to be read, which is what it is for.
READ = {"messy": ("cp1252", ";", 3)}


def table(row: Sample) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    encoding, separator, skip = READ.get(row.key, ("utf-8", ",", 0))
    lines = row.path.read_text(encoding=encoding).splitlines()[skip:]
    reader = csv.DictReader(filter(None, lines), delimiter=separator)
    return tuple(reader.fieldnames or ()), list(reader)


def test_every_file_has_a_row_and_every_row_a_file():
    assert {row.file for row in SAMPLES.values()} == {file.name for file in FOLDER.glob("*.csv")}
    assert all(key == row.key for key, row in SAMPLES.items())
    assert {"iris", "wine", "breast_cancer", "diabetes", "digits", "penguins", "rent", "messy"} <= set(SAMPLES)


@pytest.mark.parametrize("row", ROWS)
def test_row_has_words_for_a_person(row: Sample):
    assert row.title
    assert row.help.endswith(".") and len(row.help) <= 130
    # One sentence.
    assert re.search(r"[.!?] ", row.help) is None


@pytest.mark.parametrize("row", ROWS)
def test_row_names_columns_of_its_file(row: Sample):
    columns, _ = table(row)
    assert row.target in columns
    assert set(row.ignore) <= set(columns)
    chosen = row.chosen(columns)
    assert chosen and row.target not in chosen and not set(chosen) & set(row.ignore)


@pytest.mark.parametrize("row", ROWS)
def test_task_fits_the_target(row: Sample):
    _, rows = table(row)
    values = {entry[row.target] for entry in rows} - {""}
    if row.task == "regression":
        assert all(float(value) == float(value) for value in values)
        return
    assert len(values) == 2 if row.task == "binary" else 2 < len(values) <= 10
    # Classes are words, which nobody takes for numbers.
    assert not any(re.fullmatch(r"[-+.,\d]+", value) for value in values)


def test_pictures_have_a_pixel_for_every_place_in_reading_order():
    row = SAMPLES["digits"]
    columns, rows = table(row)
    assert row.kind == "images"
    assert row.chosen(columns) == tuple(f"pixel_{y}_{x}" for y in range(row.side) for x in range(row.side))
    assert {int(entry[name]) for entry in rows for name in row.chosen(columns)} == set(range(17))
    assert all(other.kind == "table" and other.side == 0 for other in SAMPLES.values() if other is not row)


def test_chosen_features_keep_the_order_of_the_file():
    row = Sample("a", "a.csv", "A", "A.", target="y", task="regression", features=("c", "b"))
    assert row.chosen(("b", "y", "c", "d")) == ("b", "c")
