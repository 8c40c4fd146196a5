"""Choices are plain data that checks itself."""

import json

import pytest

from nnbuilder.errors import NNBuilderError
from nnbuilder.tables.choices import Choices
from tests.tables.harness import read

FULL = Choices(
    format="csv", encoding="cp1252", separator=", ", quote="'", escape="", decimal=",", thousands=" ", header_rows=2,
    skip_rows=3, comment="", sheet="One", part=1, ragged="pad", header_align="none", footer_rows=0,
    header_names="first", left_out="4 7", lines="framed", merged="fill",
)  # fmt: skip


def test_choices_survive_json():
    assert Choices.from_json(json.loads(json.dumps(FULL.to_json()))) == FULL
    assert Choices().to_json() == {}


@pytest.mark.parametrize(
    "bad",
    [
        {"separators": ","}, {"separator": ""}, {"separator": "\n"}, {"separator": 5}, {"quote": "''"},
        {"escape": "ab"},
        {"header_rows": -1}, {"header_rows": True}, {"header_rows": "1"}, {"format": "pdf"}, {"decimal": ";"},
        {"encoding": ""}, {"ragged": "cut"}, {"header_align": "top"}, {"sheet": ""},
    ],
    ids=str,
)  # fmt: skip
def test_a_bad_choice_is_named(bad):
    with pytest.raises(NNBuilderError, match=next(iter(bad)).replace("_", ".")):
        Choices.from_json(bad)


@pytest.mark.parametrize(
    ("choice", "first"),
    [
        (Choices(separator=";"), ["1,5"]),
        (Choices(separator=","), ["1", "5"]),
        (Choices(separator=",", header_rows=0), ["a", "b"]),
        (Choices(separator=",", header_rows=2), ["2", "5"]),
        (Choices(separator=",", skip_rows=1, header_rows=0), ["1", "5"]),
        (Choices(separator=",", skip_rows=1, header_rows=1), ["2", "5"]),
    ],
    ids=str,
)
def test_what_is_chosen_wins_over_what_is_detected(choice, first):
    table = read("a,b\n1,5\n2,5\n3,5\n", choice)
    assert [column[0].as_py() for column in table.data.columns] == first
    for name, value in choice.to_json().items():
        assert getattr(table.choices, name) == value
        assert table.reasons[name] == "chosen"


def test_lines_left_out_are_numbers():
    assert Choices(left_out="12 4 7").lines_left_out() == {4, 7, 12} and Choices().lines_left_out() == set()
    for wrong in ("4,7", "four", " 4", "-1"):
        with pytest.raises(NNBuilderError, match="line numbers with a space between them"):
            Choices(left_out=wrong)
