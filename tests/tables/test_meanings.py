"""Numbers that are not written as such: never without a word, and read exactly once a person says what they mean."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from nnbuilder.catalog import table_fields
from nnbuilder.catalog.table_fields import ColumnAnswers
from nnbuilder.predicting.asked import Feature
from nnbuilder.predicting.cells import read_cells
from nnbuilder.tables.answers import with_answers
from nnbuilder.tables.columns.column_profile import ColumnProfile
from nnbuilder.tables.columns.meanings import MEANINGS
from nnbuilder.tables.columns.profile import column_values, profile_table
from nnbuilder.tables.findings import Finding
from tests.tables.test_column_types import Read, look, values


def clicked(cells: Sequence[str | None], label: str) -> tuple[ColumnProfile, list[float]]:
    """The column after a click on the button that begins so, which leaves its sentence out."""
    finding, answer = next(
        (one, answer) for one in look(cells)[1].findings for answer in one.answers if answer.label.startswith(label)
    )
    answers = with_answers({}, answer.answers)
    field = ColumnAnswers(name="answers", label="answers", help="", default={})
    assert field.problem(answers) is None and field.clean(answers) == answers
    assert not answer.types
    profile = profile_table(Read({"x": cells}), answers=answers)
    assert finding.message not in [one.message for one in profile.findings]
    column = ColumnProfile.from_json(profile.columns[0].to_json())
    return column, column_values(pa.array(cells, type=pa.string()), column).tolist()


@pytest.mark.parametrize(
    ("cells", "button", "wanted"),
    [
        (["45k", "1.2M", "500", "0.29k"], "Read as numbers", [45_000, 1_200_000, 500, 290]),
        (["$45K", "$1.1M", "$7k"], "Read as numbers", [45_000, 1_100_000, 7_000]),
        (["1,5 Mio", "2 Mrd", "700 Tsd"], "Read as numbers", [1_500_000, 2_000_000_000, 700_000]),
        (["10,000+", "500+", "1,000,000+"], "Take the numbers", [10_000, 500, 1_000_000]),
        ([">5", "3", "~4", "≤ 2", "ca. 7"], "Take the numbers", [5, 3, 4, 2, 7]),
        (["5.1*", "4.9**", "3.2[1]"], "Take the numbers", [5.1, 4.9, 3.2]),
        (["09:30", "23:05", "00:07"], "Hours and minutes", [570, 1385, 7]),
        (["09:30", "23:05", "00:07"], "Minutes and seconds", [9.5, 23 + 5 / 60, 7 / 60]),
        (["61:30", "1:02:03"], "Minutes and seconds", [61.5, 62.05]),
        (["1h 30m", "45 min", "2h", "90s", "2h15"], "Read as minutes", [90, 45, 120, 1.5, 135]),
        (["10:30 AM", "12:05 am", "12:05 PM", "1:00 p.m."], "Read as minutes", [630, 5, 725, 780]),
        (["5'11\"", "6'0\"", "6 ft 2 in", "5′7.5″"], "Read as inches", [71, 72, 74, 67.5]),
        (["52.52° N", "13°24'18\" S", "W 7.5", "0.5E"], "Read as degrees", [52.52, -13.405, -7.5, 0.5]),
        (["18-24", "25–34", "45+", "35 - 44"], "Take the middle", [21, 29.5, 45, 39.5]),
        (["5-", "7", "1,234.50-"], "Read as negative", [-5, 7, -1234.5]),
        (["5.00 CR", "7.00 DR"], "CR is plus", [5, -7]),
        (["1 star", "4 stars", "5 stars"], "Read as numbers", [1, 4, 5]),
        (["1st", "2nd", "3rd", "4th"], "Read as numbers", [1, 2, 3, 4]),
        (["5 widgets", "7.5 widgets"], "Read as numbers", [5, 7.5]),
        (["٥k", "١٢k"], "Read as numbers", [5000, 12_000]),
    ],
)
def test_a_click_reads_what_cells_mean(cells: list[str], button: str, wanted: list[float]) -> None:
    cells = [*cells, "", "n/a"] * 3
    before, profile = look(cells)
    (told,) = [one for one in profile.findings if any(answer.label.startswith(button) for answer in one.answers)]
    assert before.type == "category" and told.severity == "warning" and "line " in told.message
    column, numbers = clicked(cells, button)
    assert column.type == "number" and not column.bad_count
    np.testing.assert_array_equal(numbers, [*wanted, math.nan, math.nan] * 3)


def test_marks_that_leave_it_open_are_two_buttons() -> None:
    (told,) = look(["1,000+", "5,000+", "2,000+"])[1].findings
    assert [answer.label.rsplit(" is ", 1)[1] for answer in told.answers] == ["1", "1 000"]


def test_a_cell_that_means_nothing_of_the_kind_is_missing_and_told() -> None:
    cells = ["45k", "50k", "7k", "1.2M", *["12k"] * 20, "a lot", "12.5 kg"]
    column, numbers = clicked(cells, "Read as numbers")
    assert np.isnan(numbers[-2:]).all() and column.bad == ((26, "a lot"), (27, "12.5 kg"))
    answered = look(cells, answers={"x": {"meaning": dict(column.form["meaning"])}})[1]
    assert any("“a lot” in line 26" in one.message for one in answered.findings)


def test_few_signs_in_a_column_of_numbers_need_not_be_lost() -> None:
    cells = [f"{number}.5" for number in range(40)] + ["<0.1"]
    assert look(cells)[0].bad_count == 1
    column, numbers = clicked(cells, "Take the numbers")
    assert column.bad_count == 0 and numbers[-1] == 0.1 and numbers[:40] == [number + 0.5 for number in range(40)]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["120/80", "135/90", "110/70"], "two numbers in a cell"),
        (["5.1±0.2", "4.9±0.1"], "two numbers in a cell"),
        (["52.5, 13.4", "48.1, 11.5"], "two numbers in a cell"),
        (["2-1", "0-0", "3-5", "10-9"], "two numbers in a cell"),
        (["1/2", "3/4", "2"], "not written as such"),
        (["1½", "¼", "2"], "not written as such"),
        (["1.5×10^5", "2×10^3"], "not written as such"),
        (["0x1F", "0xA0"], "not written as such"),
        (["2024-W05", "2024-W06"], "seems to hold dates"),
        (["Q1 2024", "Q2 2024"], "seems to hold dates"),
        (["Mon, 05 Feb 2024 10:00:00 GMT", "Tue, 06 Feb 2024 10:00:00 GMT"], "seems to hold dates"),
        (["2024年2月5日", "2024年2月6日"], "seems to hold dates"),
        (["3", "fish", "cat", "dog", "7.5", "cow"], "among words"),
    ],
)
def test_what_no_click_can_read_is_told_with_its_line(cells: list[str], words: str) -> None:
    column, profile = look(cells * 4)
    assert column.type == "category"
    assert any(words in one.message and "in line " in one.message for one in profile.findings), profile.findings


@pytest.mark.parametrize(
    "cells",
    [
        ["red", "green", "blue"],
        ["Q1", "Q2", "Q3"],
        ["group 1", "group 2", "group 10"],
        ["T1", "T2", "N0"],
        ["12A", "3B", "7C"],
        ["A1", "B2"],
        ["level 3", "level 1"],
        ["3M", "IBM", "Apple"],
        ["192.168.0.1", "10.0.0.1"],
        ["#ff0000", "#00ff00"],
        ["1.10.2", "1.1.0"],
        ["978-3-16-148410-0", "0-306-40615-2"],
        ["MARCH1", "SEPT2", "TP53"],
        ["a/b", "c/d"],
    ],
)
def test_codes_are_no_numbers_and_nothing_is_said(cells: list[str]) -> None:
    assert look(cells * 5)[1].findings == ()


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["٣٧٠", "٥١", "١٢٫٥"], [370, 51, 12.5]),
        (["३०२", "३६", "-४"], [302, 36, -4]),
        (["１２３", "４", "５．５"], [123, 4, 5.5]),
        (["–5", "7", "−3.5"], [-5, 7, -3.5]),
        (["$(5.00)", "($12.10)", "$7"], [-5, -12.1, 7]),
        (["1,00,000", "25,000", "12,34,567"], [100_000, 25_000, 1_234_567]),
        (["Rs. 500", "Rs. 1,200.50"], [500, 1200.5]),
        (["7 ℃", "-5 ℃"], [7, -5]),
        (["150 hp", "90 hp"], [150, 90]),
    ],
)
def test_what_is_certain_is_read_at_once(cells: list[str], wanted: list[float]) -> None:
    column, _ = look(cells)
    assert column.type == "number" and values(cells, column) == wanted


def test_the_project_knows_all_meanings() -> None:
    assert tuple(MEANINGS) == table_fields.MEANINGS


@pytest.mark.parametrize("key", MEANINGS)
def test_every_meaning_has_words_and_is_known_to_the_project(key: str) -> None:
    meaning = MEANINGS[key]
    assert meaning.words and meaning.button and meaning.divisor > 0
    field = ColumnAnswers(name="answers", label="answers", help="", default={})
    assert field.problem({"x": {"meaning": {"meaning": key}}}) is None
    for pattern in meaning.patterns:
        assert re.compile(pattern.expression).groups == len(pattern.factors), pattern


def test_rows_to_predict_are_read_as_the_data_were() -> None:
    form = clicked(["$45K", "$1.1M", "$7k"], "Read as numbers")[0].form
    feature = Feature(name="x", kind="number", form=dict(form))
    cells = read_cells(pa.array(["$12k", "3k", "€ 5k", "", "4 stars"]), feature)
    np.testing.assert_array_equal(cells.values, [12_000, 3000, math.nan, math.nan, math.nan])
    assert cells.bad.tolist() == [2, 4]


def test_answers_of_two_clicks_are_one() -> None:
    first: dict[str, Any] = {"x": {"same": {"male": "Male", "M": "Male"}}}
    assert with_answers(first, {"x": {"same": {"Male": "m"}}})["x"]["same"] == {"male": "m", "M": "m", "Male": "m"}
    assert isinstance(look(["a", "b"])[1].findings, tuple) and Finding("note", "x").answers == ()
