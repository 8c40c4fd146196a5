"""The exact answer at a clicked place, in words."""

from __future__ import annotations

import math

import pytest

from nnbuilder.data.facts import describe
from nnbuilder.recipes import recipe
from nnbuilder.ui.rail_output import answer_lines, row_at

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
