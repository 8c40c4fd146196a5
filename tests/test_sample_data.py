"""The sample files are what their script makes, what scikit-learn brings and what the README says."""

from __future__ import annotations

import csv
import hashlib
import re
import runpy
from pathlib import Path

import numpy as np
import pytest
from sklearn import datasets

FOLDER = Path(__file__).parent.parent / "sample_data"
MAKE = runpy.run_path(str(FOLDER / "make.py"))
PENGUINS = "f204db2c753b0937caac3cb35258562c14f073e4bbc76be24b4c51ce22767a93"
BUNDLED = {
    "iris.csv": ("load_iris", {}),
    "wine.csv": ("load_wine", {}),
    "breast_cancer.csv": ("load_breast_cancer", {}),
    "diabetes.csv": ("load_diabetes", {"scaled": False}),
    "digits.csv": ("load_digits", {}),
}


def rows_of(name: str) -> tuple[list[str], list[list[str]]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def readme_table() -> dict[str, list[str]]:
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {row[0].strip("`"): row[1:] for row in cells}


@pytest.mark.parametrize("name", MAKE["FILES"])
def test_script_makes_the_file_again_byte_for_byte(name: str):
    assert MAKE["FILES"][name]() == (FOLDER / name).read_bytes()


def test_script_writes_every_file_it_knows(tmp_path: Path):
    MAKE["main"](tmp_path)
    assert {file.name for file in tmp_path.iterdir()} | {"penguins.csv"} == {file.name for file in FOLDER.glob("*.csv")}


def test_penguins_are_those_of_the_package():
    assert hashlib.sha256((FOLDER / "penguins.csv").read_bytes()).hexdigest() == PENGUINS
    header, rows = rows_of("penguins.csv")
    species = [row[header.index("species")] for row in rows]
    assert {name: species.count(name) for name in species} == {"Adelie": 152, "Gentoo": 124, "Chinstrap": 68}


@pytest.mark.parametrize("name", BUNDLED)
def test_numbers_and_classes_are_those_of_scikit_learn(name: str):
    load, options = BUNDLED[name]
    bunch = getattr(datasets, load)(**options)
    header, rows = rows_of(name)
    assert len(set(header)) == len(header) == bunch.data.shape[1] + 1
    assert np.array_equal(np.array([row[:-1] for row in rows], dtype=float), bunch.data)
    answers = [row[-1] for row in rows]
    if name == "diabetes.csv":
        assert list(map(float, answers)) == bunch.target.tolist()
    elif name == "digits.csv":
        assert answers == [f"digit {number}" for number in bunch.target]
    else:
        assert answers == [str(bunch.target_names[number]) for number in bunch.target]


def test_rent_follows_its_formula():
    header, rows = rows_of("rent.csv")
    assert header == ["size_sqft", "age", "rent"]
    size, age, rent = np.array(rows, dtype=float).T
    left = rent - (2.5 * size - 1.5 * age + 1000)
    assert abs(left.mean()) < 10 and 45 < left.std() < 55


def test_failures_are_few_and_every_machine_is_named_once():
    header, rows = rows_of("failures.csv")
    failed = [row[header.index("failure")] for row in rows]
    assert failed.count("yes") == 159 and failed.count("no") == 1841
    names = [row[0] for row in rows]
    assert len(set(names)) == 2000 and all(len(name) == 5 for name in names) and "00001" in names


def test_bikes_has_every_day_of_two_years_in_order():
    _, rows = rows_of("bikes.csv")
    days = np.array([row[0] for row in rows], dtype="datetime64[D]")
    assert np.all(np.diff(days) == np.timedelta64(1, "D"))
    assert (str(days[0]), str(days[-1])) == ("2023-01-01", "2024-12-31")
    weekdays = [row[1] for row in rows]
    # 1970-01-01 was a Thursday.
    assert all(
        MAKE["WEEKDAYS"][(int(day.astype(int)) + 3) % 7] == name for day, name in zip(days, weekdays, strict=True)
    )
    assert 0 < sum(row[4] == "" for row in rows) < 40


def test_messy_holds_the_faults_the_readme_lists():
    data = (FOLDER / "messy.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    text = data.decode("cp1252")
    assert text.count("\n") == text.count("\r\n")
    lines = text.split("\r\n")
    assert lines[2] == "" and "" in lines[4:-1]
    header = lines[3].split(";")
    assert len(header) == 10 and header.count("score") == 2
    rows = [line.split(";") for line in lines[4:] if line]
    assert {len(row) for row in rows} == {10} and len(rows) == 241
    *people, total = rows
    assert total[0] == "Total" and people[0][0] == "0001"
    cells = {cell for row in people for cell in row}
    assert set(MAKE["MISSING"]) <= cells
    days = {re.sub(r"\d+", "0", row[1]) for row in people}
    assert {"0-0-0", "0.0.0", "0. April 0"} <= days
    assert any(re.fullmatch(r"€ \d\.\d{3},\d\d", cell) for cell in cells)
    assert any(re.fullmatch(r"\d+,\d %", cell) for cell in cells)
    spend = [float(row[8][2:].replace(".", "").replace(",", ".")) for row in people if row[8].startswith("€")]
    assert float(total[8][2:].replace(".", "").replace(",", ".")) >= sum(spend)


def test_readme_tells_of_every_file_with_its_size():
    table = readme_table()
    assert set(table) == {file.name for file in FOLDER.glob("*.csv")} and len(table) >= 8
    for name, (size, source, licence, columns, lesson) in table.items():
        if name == "messy.csv":
            continue
        header, rows = rows_of(name)
        assert size == f"{len(rows)} × {len(header)}", name
        assert source and licence and columns and lesson
        assert re.search(r"\*\*(\w+)\*\*", columns), name
        target = re.findall(r"\*\*(\w+)\*\*", columns)[0]
        assert target in header
