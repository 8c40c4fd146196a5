"""The exact answer at a clicked place, in words."""

from __future__ import annotations

import math
from datetime import date

import pytest

from nnbuilder.data.facts import describe
from nnbuilder.facts import DataFacts
from nnbuilder.recipes import recipe
from nnbuilder.ui.build.rail_output import answer_lines, row_at

CLASSES = describe(recipe("blobs").project().data)
CURVE = describe(recipe("nonlinear").project().data)
PLANE = describe(recipe("linear-3").project().data)


def test_a_place_gives_a_row_where_it_says_all_features() -> None:
    assert row_at(CLASSES, {"x": 1, "y": 2.5}) == [1.0, 2.5]
    assert row_at(CURVE, {"x": 1, "y": 2.5}) == [1.0]
    assert row_at(PLANE, {"x": 1, "y": 2}) is None


@pytest.mark.parametrize("point", [{}, {"x": 1}, {"x": 1, "y": "2"}, {"x": math.nan, "y": 1}, {"x": None, "y": 1}])
def test_what_is_no_place_is_not_asked(point: dict) -> None:
    assert row_at(CLASSES, point) is None


def test_a_class_comes_with_its_own_probability() -> None:
    name = CLASSES.classes[2]
    answer = {"outputs": [[0.0, 1.0, 3.0, -1.0]], "probabilities": [[0.04, 0.11, 0.84, 0.01]], "classes": [name]}
    assert answer_lines(CLASSES, [1.0, 2.0], answer)[1] == f"{name}, 84.00 %"


def test_a_number_is_named_after_the_target() -> None:
    assert answer_lines(CURVE, [0.5], {"outputs": [[3.25]]}) == ["x = 0.5", f"{CURVE.target} = 3.25"]


def test_categories_and_dates_are_asked_and_answered_in_words() -> None:
    day = (date(2024, 3, 1) - date(1970, 1, 1)).days
    facts = DataFacts(
        "regression", ("day", "island = a", "island = b"), "ready", (), 9, 0, 0,
        columns=("day", "island"), labels=((), ("a", "b")), dates=("day", "ready"),
    )  # fmt: skip
    row = row_at(facts, {"x": day + 0.3, "y": 0.7})
    assert row == [day, 1]
    assert row_at(facts, {"x": day, "y": -0.4}) == [day, 0]
    assert row is not None
    lines = answer_lines(facts, row, {"outputs": [[day + 31.2]]})
    assert lines == ["day = 2024-03-01, island = b", "ready = 2024-04-01"]
    assert answer_lines(facts, row, {"outputs": [[1e12]]})[1] == "ready = 1e+12"
