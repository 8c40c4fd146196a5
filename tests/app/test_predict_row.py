"""What a session remembers of the row that is asked about."""

from __future__ import annotations

from typing import Any

import pytest

from nnbuilder.predicting.asked import Asked, Feature, Target
from nnbuilder.ui.predict import row as predict_row
from nnbuilder.ui.predict.ask import Look
from nnbuilder.ui.predict.row import RowMemory

FEATURES = (
    Feature("a", low=0.0, high=1.0, usual=0.25),
    Feature("b", "category", usual=1.0, categories=("x", "y"), fill=0.0),
)
LOOK = Look(
    Asked(FEATURES, Target("y"), "binary", ("n", "p")), {"train": {"rows": 1, "raw": [[1, None]], "truth": [1]}}
)


@pytest.mark.parametrize(
    "values",
    [
        None,
        "ab",
        [1],
        [1, 2, 3],
        [1, 2],
        [1, 0.5],
        [None, 0],
        [True, 0],
        [float("nan"), 0],
        [float("inf"), 0],
        ["1", 0],
    ],
)
def test_what_is_no_row_is_left_alone(values: Any) -> None:
    memory = RowMemory()
    memory.begin(LOOK, "k")
    memory.hear({"start": memory.start, "n": 1, "values": values, "curve": 7}, LOOK)
    assert (memory.values, memory.n, memory.curve) == ([0.25, 1.0], 0, 0)


def test_a_row_begins_anew_only_with_another_network() -> None:
    memory = RowMemory()
    memory.begin(LOOK, "k")
    memory.hear({"start": 1, "n": 1, "values": [0.5, None], "curve": 1}, LOOK)
    memory.begin(LOOK, "k")
    assert (memory.values, memory.curve) == ([0.5, None], 1)
    memory.begin(LOOK, "other")
    assert (memory.values, memory.start, memory.n) == ([0.25, 1.0], 2, 0)
    memory.take_row(LOOK, "train", 99)
    assert (memory.values, memory.truth, memory.origin) == ([1, None], "p", "training row 1")
    # The picker shows what was put in, also after it was changed.
    memory.hear({"start": memory.start, "n": 1, "values": [0.5, 1]}, LOOK)
    assert (memory.part, memory.row, memory.origin) == ("train", 1, "training row 1, changed")
    memory.take_middle(LOOK.asked)
    assert (memory.part, memory.row) == ("middle", 0)


def test_a_wide_table_is_asked_about_in_as_many_numbers() -> None:
    for width in (1, 30, 2000):
        places = predict_row.grid(FEATURES[0], 0.37, width)
        assert places == sorted(places)
        assert 0.37 in places and len(places) * width <= max(predict_row.MOST_NUMBERS + width, 12 * width)
