"""Drawn points: what is refused and why, and that CSV text keeps every one of them."""

from __future__ import annotations

import csv
import io
import math
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nnbuilder.data.drawn import MOST_POINTS, Drawn, arrays, drawn, from_arrays, from_csv, to_csv
from nnbuilder.data.generate import generate
from nnbuilder.errors import NNBuilderError
from nnbuilder.spec import Component

TWO = ["A", "B"]


def test_a_drawing_keeps_what_is_right_and_rounds_it() -> None:
    made = drawn("classes", TWO, [[1, -2.00004, 0], [-0.00001, 3.14159265, 1]])
    assert made == Drawn("classes", ("A", "B"), ((1.0, -2.0, 0.0), (0.0, 3.1416, 1.0)))
    assert math.copysign(1, made.points[1][0]) == 1
    assert made.counts == (1, 1)
    painted = drawn("regression", ["left", "over"], [[0, 0, -0.25]])
    assert painted == Drawn("regression", (), ((0.0, 0.0, -0.25),))
    assert painted.counts == ()


@pytest.mark.parametrize(
    ("mode", "classes", "points", "words"),
    [
        ("surface", TWO, [], "mode is 'surface'"),
        (["classes"], TWO, [], "mode is"),
        ("classes", None, [], "no list of class names"),
        ("classes", "AB", [], "no list of class names"),
        ("classes", ["A"], [], "1 class names"),
        ("classes", [str(number) for number in range(9)], [], "9 class names"),
        ("classes", ["A", "  "], [], "class 2 is empty"),
        ("classes", ["A", 7], [], "class 2 is empty"),
        ("classes", ["A", "B" * 41], [], "class 2 has 41 characters"),
        ("classes", ["A", "B\nC"], [], "class 2 holds a line break"),
        ("classes", ["A ", "B"], [], "class 1 holds"),
        ("classes", ["A", "\ud800"], [], "class 2 holds"),
        ("classes", ["A", "A"], [], "Two classes are called 'A'"),
        ("classes", TWO, None, "no list of points"),
        ("classes", TWO, {"0": [0, 0, 0]}, "no list of points"),
        ("classes", TWO, [[0, 0, 0], [0, 0]], "Point 2 is not three finite numbers"),
        ("classes", TWO, [[0, 0, 0, 0]], "Point 1 is not three"),
        ("classes", TWO, ["000"], "Point 1 is not three"),
        ("classes", TWO, [[0, None, 0]], "Point 1 is not three"),
        ("classes", TWO, [[0, "1", 0]], "Point 1 is not three"),
        ("classes", TWO, [[0, True, 0]], "Point 1 is not three"),
        ("classes", TWO, [[0, float("nan"), 0]], "Point 1 is not three"),
        ("regression", [], [[0, 0, float("inf")]], "Point 1 is not three"),
        ("classes", TWO, [[10**400, 0, 0]], "Point 1 is not three"),
        ("classes", TWO, [[0, 1e12, 0]], "Point 1: x2 is 1e\\+12; at most 1e\\+09"),
        ("classes", TWO, [[0, 0, 2]], "class number 2, but there are 2"),
        ("classes", TWO, [[0, 0, -1]], "class number -1"),
        ("classes", TWO, [[0, 0, 0.5]], "class number 0.5"),
        ("classes", TWO, [[0, 0, 0]] * (MOST_POINTS + 1), "At most 5 000 points"),
    ],
)
def test_what_is_no_drawing_is_refused_in_a_sentence(mode: Any, classes: Any, points: Any, words: str) -> None:
    with pytest.raises(NNBuilderError, match=words) as refused:
        drawn(mode, classes, points)
    sentence = str(refused.value)
    assert sentence.endswith(".") and "\n" not in sentence


def test_as_many_points_as_may_be() -> None:
    assert len(drawn("classes", TWO, [[0, 0, 0]] * MOST_POINTS).points) == MOST_POINTS


NAMES = [
    "plain",
    'with "quotes"',
    "a, b",
    "NA",
    "None",
    "=1+2",
    "+1",
    "-1",
    "-x",
    "@home",
    "'=twice",
    "Ünïcode 🦊",
    "'",
]


@pytest.mark.parametrize("start", range(0, len(NAMES), 6))
def test_csv_keeps_classes(start: int) -> None:
    names = [NAMES[start], *NAMES[start + 1 : start + 6]] if start < 12 else [NAMES[12], "other"]
    made = drawn("classes", names, [[index - 1.5, index / 8, index] for index in range(len(names))])
    assert from_csv(to_csv(made)) == made


def test_csv_is_what_others_read() -> None:
    names = ["NA", 'say "a, b"']
    made = drawn("classes", names, [[-6, 5.25, 0], [0.0001, 100, 1], [1e9, -0.12345, 1]])
    text = to_csv(made)
    assert text.splitlines()[0] == "x1,x2,label"
    assert "e" not in text.split("\n", 1)[1].replace("say", "").replace("label", "")
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert [row[2] for row in rows] == [names[0], names[1], names[1]]
    table = pd.read_csv(io.StringIO(text), keep_default_na=False)
    np.testing.assert_array_equal(table[["x1", "x2"]].to_numpy(), [point[:2] for point in made.points])
    assert list(table.label) == [names[0], names[1], names[1]]


def test_csv_of_values() -> None:
    made = drawn("regression", [], [[0.1, -0.2, 0.3], [1, 2, -1], [0, 0, 0]])
    assert to_csv(made) == "x1,x2,y\n0.1,-0.2,0.3\n1,2,-1\n0,0,0\n"
    assert from_csv(to_csv(made)) == made


def test_csv_of_random_points_comes_back() -> None:
    random = np.random.default_rng(0)
    points = [[*random.uniform(-6, 6, 2), int(random.integers(3))] for _ in range(2000)]
    made = drawn("classes", ["c", "a", "b"], points)
    assert from_csv(to_csv(made), classes=["c", "a", "b"]) == made
    values = drawn("regression", [], random.normal(size=(2000, 3)).tolist())
    assert from_csv(to_csv(values)) == values


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+cmd", "-cmd", "@SUM", "'=x"])
def test_no_cell_is_a_formula(name: str) -> None:
    text = to_csv(drawn("classes", [name, "B"], [[-1, -2, 0]]))
    cell = next(iter(list(csv.reader(io.StringIO(text)))[1:]))[2]
    assert cell == f"'{name}"


def test_reading_takes_other_line_ends_a_mark_and_empty_lines() -> None:
    text = "\ufeffx1,x2,label\r\n1,2,b\r\n\r\n3,4,a\r\n"
    assert from_csv(text) == drawn("classes", ["b", "a"], [[1, 2, 0], [3, 4, 1]])
    assert from_csv("x1,x2,label\n1,2,A\n").classes == ("A", "B")
    assert from_csv("x1,x2,label\n1,2,B\n").classes == ("B", "A")
    assert from_csv("x1,x2,label\n") == Drawn()
    assert from_csv("x1,x2,y\n") == Drawn("regression", ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Line 1: the header"),
        ("1,2,a\n", "Line 1: the header"),
        ("x1;x2;y\n", "Line 1: the header"),
        ("x1,x2,label\n1,2,a\n1,2\n", "Line 3 has 2 cells"),
        ("x1,x2,label\n1,2,a,b\n", "Line 2 has 4 cells"),
        ("x1,x2,label\n1,two,a\n", "Line 2: x2 is 'two'"),
        ("x1,x2,y\n1,2,nan\n", "Line 2: y is 'nan'"),
        ("x1,x2,y\n1,2,1e999\n", "Line 2: y is '1e999'"),
        ("x1,x2,y\n1,,1\n", "Line 2: x2 is ''"),
        ("x1,x2,label\n1,2,\n", "Line 2: the label is empty"),
        ('x1,x2,label\n1,2,"a\n', "cannot be read"),
        ('x1,x2,label\n1,2,"a"b\n', "Line 2 cannot be read"),
        ("x1,x2,label\n" + "1,2,a\n" * (MOST_POINTS + 1), "At most 5 000 points"),
        ("x1,x2,label\n" + "".join(f"1,2,{letter}\n" for letter in "abcdefghi"), "9 class names"),
        ("x1,x2,label\n1,2," + "a" * 2**20, "characters"),
        ("x1,x2,label\n1,2," + "a" * 200_000, "cannot be read"),
    ],
)
def test_other_files_are_refused_with_the_line(text: str, words: str) -> None:
    with pytest.raises(NNBuilderError, match=words):
        from_csv(text)


def test_arrays_for_the_network() -> None:
    rows = arrays(drawn("classes", TWO, [[1, 2, 0], [3, 4, 1]]))
    assert rows.features.dtype == np.float64 and rows.target.dtype == np.int64
    np.testing.assert_array_equal(rows.features, [[1, 2], [3, 4]])
    np.testing.assert_array_equal(rows.target, [0, 1])
    assert arrays(drawn("regression", [], [[1, 2, 0.5]])).target.dtype == np.float64
    nothing = arrays(Drawn())
    assert nothing.features.shape == (0, 2) and nothing.target.shape == (0,)


@pytest.mark.parametrize("kind", ["playground_spiral", "playground_plane"])
def test_a_generated_set_is_a_start(kind: str) -> None:
    settings = {"samples": 200, "noise": 5.0, "seed": 1}
    rows = generate(Component(kind, settings))
    classes = ("orange", "blue") if kind == "playground_spiral" else ()
    made = from_arrays(rows.features, rows.target, classes)
    assert made.classes == classes
    back = arrays(made)
    np.testing.assert_allclose(back.features, rows.features, atol=5.1e-5)
    np.testing.assert_allclose(back.target, rows.target, atol=5.1e-5)


def test_a_start_of_another_shape_is_refused() -> None:
    with pytest.raises(NNBuilderError, match="has 3 features"):
        from_arrays(np.zeros((4, 3)), np.zeros(4))
    with pytest.raises(NNBuilderError, match="has 1 feature;"):
        from_arrays(np.zeros((4, 1)), np.zeros(4))
    with pytest.raises(NNBuilderError, match="At most 5 000"):
        from_arrays(np.zeros((5001, 2)), np.zeros(5001))
    with pytest.raises(NNBuilderError, match="10 class names"):
        from_arrays(np.zeros((10, 2)), np.arange(10), [str(number) for number in range(10)])


def test_drawing_needs_neither_pandas_nor_scikit_learn() -> None:
    heavy = {"pandas", "sklearn", "torch", "streamlit"}
    code = f"import sys, nnbuilder.data.drawn; print(sorted({heavy} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
