"""Warnings about target and features: each where it belongs, none where all is well, and every repair works."""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from nnbuilder.catalog.samples import FOLDER
from nnbuilder.errors import apply_edits
from nnbuilder.tables.choices import Choices
from nnbuilder.tables.columns.advice import (
    class_problems,
    column_problems,
    leak_problems,
    target_problems,
)
from nnbuilder.tables.columns.profile import column_values, profile_table


class Read:
    def __init__(self, columns: dict[str, list[str]]) -> None:
        self.data = pa.table({name: pa.array(cells, type=pa.string()) for name, cells in columns.items()})
        self.choices = Choices()
        self.first_line = lambda row: row + 2


def columns(**cells: list[str]) -> list[dict[str, Any]]:
    return profile_table(Read(cells)).to_json()["columns"]


def sample(name: str) -> Read:
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    return Read(dict(zip(header, map(list, zip(*rows, strict=True)), strict=True)))


GOOD = [str(number % 17 + 0.5) for number in range(200)]


def test_useless_features_are_told_at_their_place_and_taken_out() -> None:
    table = columns(
        good=GOOD,
        constant=["7"] * 200,
        word=["same"] * 200,
        nearly=["0"] * 199 + ["3"],
        label=["a"] * 199 + ["b"],
        customer_id=[str(number * 7) for number in range(200)],
        empty=[""] * 200,
    )
    names = [column["name"] for column in table]
    found = column_problems(table, names)
    assert [problem.path for problem in found] == [f"data.source.columns[{place}]" for place in range(1, 7)]
    words = [
        "same value in every",
        "same value in every",
        "99.5 %",
        "99.5 %",
        "only names the rows",
        "empty in every row",
    ]
    for problem, wanted in zip(found, words, strict=True):
        assert wanted in problem.message and problem.severity == "warning" and problem.repair
        document = {"data": {"source": {"columns": [{"name": name} for name in names]}}}
        left = apply_edits(document, problem.repair.edits)["data"]["source"]["columns"]
        assert len(left) == len(names) - 1
        assert f"“{(set(names) - {item['name'] for item in left}).pop()}”" in problem.message


@pytest.mark.parametrize("name", ["iris.csv", "penguins.csv", "rent.csv", "diabetes.csv", "wine.csv"])
def test_good_tables_have_no_useless_features(name: str) -> None:
    table = profile_table(sample(name)).to_json()["columns"]
    assert column_problems(table, [column["name"] for column in table]) == []


def test_text_in_a_regression_target_names_the_first_bad_line() -> None:
    (texts,) = columns(y=["1", "2", "high", "low", "3"])
    (problem,) = target_problems(texts, "regression")
    assert problem.path == "data.source.target" and problem.severity == "error"
    assert "line 4 holds “high”" in problem.message
    (few,) = columns(y=[*GOOD, "high", *GOOD])
    (problem,) = target_problems(few, "regression")
    assert problem.severity == "warning" and "first in line 202 (“high”)" in problem.message
    (fine,) = columns(y=GOOD)
    assert target_problems(fine, "regression") == []


def test_a_target_of_nearly_only_different_values_is_no_class() -> None:
    (names,) = columns(y=[f"name {number}" for number in range(60)])
    assert "hardly a class" in target_problems(names, "multiclass")[0].message
    (species,) = columns(y=["a", "b", "c"] * 20)
    assert target_problems(species, "multiclass") == []


def test_many_columns_with_the_same_fault_are_told_together() -> None:
    table = columns(a=["1"] * 30, b=["2"] * 30, x=[str(number / 7) for number in range(30)], c=["3"] * 30)
    (problem,) = column_problems(table, ["a", "b", "x", "c"])
    assert (
        problem.message.startswith("3 columns have the same value in every row") and "“a”, “b”, “c”" in problem.message
    )
    chosen = {"data": {"source": {"columns": ["a", "b", "x", "c"]}}}
    assert problem.repair and apply_edits(chosen, problem.repair.edits)["data"]["source"]["columns"] == ["x"]


def test_one_class_only() -> None:
    (problem,) = class_problems({"a": 20, "b": 0}, {"a": 10})
    assert problem.severity == "error" and "only the class “a”" in problem.message


def test_a_class_without_training_rows() -> None:
    problem = class_problems({"a": 20, "b": 20, "c": 3}, {"a": 10, "b": 10})[0]
    assert problem.path == "data.stratify" and "class “c”" in problem.message
    assert problem.repair and apply_edits({"data": {"stratify": False}}, problem.repair.edits)["data"]["stratify"]


def test_a_single_row_of_a_class_cannot_be_shared_out() -> None:
    problem = class_problems({"a": 20, "b": 20, "c": 1}, {"a": 10, "b": 10})[0]
    assert problem.repair is None
    assert "bring more rows of it" in problem.message and "stratification" not in problem.message


def test_a_class_with_few_rows() -> None:
    (problem,) = class_problems({"a": 20, "b": 20, "c": 6}, {"a": 10, "b": 10, "c": 3})
    assert problem.message.startswith("Class “c” has only 3 rows to train on, too few")
    (problem,) = class_problems({"a": 20, "b": 4, "c": 6}, {"a": 10, "b": 1, "c": 3})
    assert problem.message.startswith("2 classes have fewer than 5 rows to train on")
    assert "“b” (1), “c” (3)" in problem.message


def matrix(table: Read, target: str) -> tuple[np.ndarray, np.ndarray, list[str], list[str]]:
    profile = profile_table(table)
    chosen = [
        column for column in profile.columns if column.name != target and column.type not in ("text", "identifier")
    ]
    values = np.column_stack([column_values(table.data[column.name], column) for column in chosen])
    answers = column_values(table.data[target], profile.column(target))
    return values, answers, [column.name for column in chosen], [column.type for column in chosen]


@pytest.mark.parametrize(
    ("name", "target", "task"),
    [("iris.csv", "species", "multiclass"), ("penguins.csv", "species", "multiclass"),
     ("rent.csv", "rent", "regression"), ("breast_cancer.csv", "diagnosis", "binary"),
     ("diabetes.csv", "progression", "regression"), ("wine.csv", "cultivar", "multiclass"),
     ("bikes.csv", "rentals", "regression"), ("failures.csv", "failure", "binary")],
)  # fmt: skip
def test_honest_tables_are_not_suspected(name: str, target: str, task: Any) -> None:
    values, answers, names, kinds = matrix(sample(name), target)
    assert leak_problems(values, answers, names, kinds, target, task) == []


@pytest.mark.parametrize("kind", ["equal", "scaled", "curved", "threshold", "category"])
def test_a_feature_that_is_the_answer_is_suspected(kind: str) -> None:
    random = np.random.default_rng(0)
    score = random.normal(size=8000)
    honest = score + random.normal(size=8000)
    task: Any = "binary" if kind in ("threshold", "category") else "regression"
    target = (score > 0.3).astype(float) if task == "binary" else score
    leak = {
        "equal": score,
        "scaled": 3 * score + 7 + random.normal(scale=1e-4, size=8000),
        "curved": np.exp(score),
        "threshold": score,
        "category": np.where(score > 0.3, 2.0, random.integers(0, 2, 8000)),
    }[kind]
    leak[::50] = np.nan
    kinds = ["number", "category" if kind == "category" else "number"]
    (problem,) = leak_problems(np.column_stack([honest, leak]), target, ["honest", "leak"], kinds, "y", task)
    assert problem.path == "data.source.columns[1]"
    assert "“leak”" in problem.message and "“y”" in problem.message and "a sample of 5 000 rows" in problem.message
