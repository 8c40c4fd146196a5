"""Columns that are not what they look like: codes, counted rows, dates of two centuries, labels written in two ways."""

from __future__ import annotations

import random
from datetime import date
from typing import cast

import numpy as np
import pyarrow as pa
import pytest

from nnbuilder.data.prepare import prepare
from nnbuilder.data.table_facts import find_facts
from nnbuilder.spec import read_data
from nnbuilder.tables.answers import with_answers
from nnbuilder.tables.columns.column_types import ColumnType
from nnbuilder.tables.columns.labels import has_order, in_order, yes_no
from nnbuilder.tables.columns.profile import column_values, profile_table
from tests.tables.harness import project_data
from tests.tables.test_column_types import Read, look, values

CHANCE = random.Random(4)
SHUFFLED = [str(number) for number in CHANCE.sample(range(40), 40)]
EIGHT = [str(CHANCE.randrange(20_000_000, 90_000_000)) for _ in range(40)]
PLACES = ["10115", "20095", "80331"] * 8


@pytest.mark.parametrize(
    ("name", "cells", "kind", "told"),
    [
        ("Unnamed: 0", SHUFFLED, "identifier", ""),
        ("", SHUFFLED, "identifier", ""),
        ("index", SHUFFLED, "identifier", ""),
        ("Unnamed: 0", [str(3 * number) for number in range(30, 0, -1)], "identifier", ""),
        ("place in line", SHUFFLED, "number", "once, as where rows are counted"),
        ("phone", EIGHT, "identifier", ""),
        ("Telephone", [f"+49{number}" for number in EIGHT], "identifier", ""),
        ("customerNumber", EIGHT, "identifier", ""),
        ("sold", EIGHT, "number", "8 digits, none of them twice"),
        ("postal code", PLACES, "number", "a name for codes"),
        ("order no", ["20240131", "20240201", "20231231"], "identifier", ""),
        ("order_date", ["20240131", "20240201", "20231231"], "date", ""),
        ("amount", ["20240131", "20240201", "20231231"], "date", "numbers of eight digits"),
        ("x", ["1E5", "2E7", "3E2"], "number", "power of ten"),
        ("version", ["1.1", "1.10", "1.9"], "number", "versions"),
        ("reading", ["1.15", "1.12", "1.92"], "number", ""),
        ("date", ["45321", "45322", "45400"], "number", "as spreadsheets count them, where 45 321 is 2024-01-30"),
        ("created_at", ["1609663320", "1609663999"], "number", "seconds since 1970"),
        ("target", [str(number) for number in range(1, 41)], "identifier", "not offered"),
        ("newsletter", ["x", "", "x", "x", "", "", "x", "", "x", "x"], "category", "so it has no second value"),
    ],
)
def test_numbers_that_name_things(name: str, cells: list[str], kind: str, told: str) -> None:
    column, profile = look(cells, name)
    assert column.type == kind
    said = [one for one in profile.findings if one.severity != "note" or told]
    assert told in " ".join(one.message for one in said) if told else not said, profile.findings
    for finding in said:
        assert f"“{name}”" in finding.message
        for answer in finding.answers:
            types = cast("dict[str, ColumnType]", {key: value for key, value in answer.types.items() if value})
            after = profile_table(Read({name: cells}), types, with_answers({}, answer.answers))
            assert finding.message not in [one.message for one in after.findings], answer


@pytest.mark.parametrize(
    ("name", "cells", "first", "answer"),
    [
        ("when", ["12/31/65", "05/06/72"], 1930, 1970),
        ("date of birth", ["31.12.65", "05.06.12"], 1930, 1970),
        ("dob", ["31.12.30"], 1930, 1970),
        ("due", ["31.12.49"], 1970, 1930),
        ("sold", ["31.12.24", "05.06.99"], 1970, 1930),
    ],
)
def test_the_century_of_short_years_is_told_and_can_be_changed(
    name: str, cells: list[str], first: int, answer: int
) -> None:
    column, profile = look(cells, name)
    (finding,) = [one for one in profile.findings if "years of two" in one.message or "year of two" in one.message]
    assert f"from {first} to {first + 99}" in finding.message and column.form["first_year"] == first
    years = [1970 + day / 365.2425 for day in values(cells, column)]
    assert all(first <= year < first + 100 for year in years)
    other = next(one for one in finding.answers if one.answers.get(name, {}).get("first_year"))
    assert other.answers == {name: {"first_year": answer}}
    again = look(cells, name, answers=other.answers)[0]
    assert all(answer <= 1970 + day / 365.2425 < answer + 100 for day in values(cells, again))


def test_a_short_year_may_stand_first() -> None:
    cells = ["24/02/05", "23/12/30"]
    answer = next(one for item in look(cells)[1].findings for one in item.answers if one.label == "Year first")
    column = look(cells, answers=answer.answers)[0]
    assert values(cells, column) == [float((date(2024, 2, 5) - date(1970, 1, 1)).days),
                                     float((date(2023, 12, 30) - date(1970, 1, 1)).days)]  # fmt: skip
    assert look(["85/12/31", "99/01/02"])[0].type == "date"


@pytest.mark.parametrize("day", ["9999-12-31", "1900-01-01"])
def test_days_that_stand_for_none_are_asked_about(day: str) -> None:
    cells = ["2020-01-01", day, "2021-05-02", "2019-03-03"]
    (finding,) = look(cells)[1].findings
    assert f"“{day}” in 1 row (first in line 3)" in finding.message
    column = look(cells, answers=finding.answers[0].answers)[0]
    assert column.missing == 1 and np.isnan(values(cells, column)).tolist() == [False, True, False, False]
    assert look(cells, answers=finding.answers[1].answers)[1].findings == ()


def test_dates_of_another_calendar_are_told() -> None:
    (finding,) = look(["2567-02-14", "2566-12-30"])[1].findings
    assert "150 years ahead" in finding.message and finding.line == 2
    assert look(["1789-07-14", "0476-09-04", "2024-02-29"])[1].findings == ()


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        (["Male", "male ", "Male", "Female"], ["Female", "Male"]),
        (["caf\u00e9", "cafe\u0301", "caf\u00e9", "tea"], ["café", "tea"]),
        (["M", "Male", "F", "Female", "Female", "Male"], ["Female", "Male"]),
        (["p53", "1.0", "1", "1", "x"], ["1", "p53", "x"]),
        (["yes", "1", "0", "no", "true", "false"], None),
    ],
)
def test_labels_that_are_one_are_made_one(cells: list[str], kept: list[str] | None) -> None:
    _, profile = look(cells * 3)
    finding = next(one for one in profile.findings if "make them one" in one.message)
    after, answered = look(cells * 3, answers=finding.answers[0].answers)
    assert finding.message not in [one.message for one in answered.findings]
    if kept is None:
        assert after.type == "yes_no" and sorted(map(int, values(cells, after))) == [0, 0, 0, 1, 1, 1]
        return
    assert sorted(after.labels) == kept and sum(count for _, count in after.categories) == len(cells) * 3
    assert set(values(cells, after)) == set(range(len(kept)))


@pytest.mark.parametrize(
    "order",
    [
        ["Mon", "Tue", "Wed", "Sun"], ["low", "medium", "high"], ["S", "M", "L", "XL"], ["Jan", "Feb", "Dec"],
        ["Q1", "Q2", "Q10"], ["5-9", "10-14", "65+"], ["strongly disagree", "neutral", "agree"], ["2", "10", "10.5"],
        ["never", "sometimes", "often"], ["week 9", "week 10"],
    ],
)  # fmt: skip
def test_orders_that_everybody_knows(order: list[str]) -> None:
    assert list(in_order(sorted(order))) == order and has_order(order)


def test_other_labels_have_no_order() -> None:
    assert in_order(["red", "Blue", "green"]) == ("Blue", "green", "red") and not has_order(["red", "Blue", "green"])


@pytest.mark.parametrize(
    "pair", [("não", "sim"), ("nie", "tak"), ("nej", "ja"), ("hayır", "evet"), ("否", "是"), ("لا", "نعم"), ("✗", "✓")]
)
def test_yes_and_no_of_many_languages(pair: tuple[str, str]) -> None:
    assert yes_no(pair) == pair
    column, _ = look([*pair, pair[1]])
    assert column.type == "yes_no" and values([*pair, pair[1]], column) == [0, 1, 1]


def warnings_of(content: str, features: list[str], **settings: object) -> list[str]:
    data = project_data(content, "y", features, **settings)
    prepare(data)
    found = find_facts(data)
    assert found is not None
    return [problem.message for problem in found[1]]


def test_mostly_empty_columns_and_numbered_categories_are_warned_of_with_a_way_out() -> None:
    rows = [
        f"{'' if number % 3 else number},{('red', 'blue', 'green')[number % 3]},{number % 2}" for number in range(60)
    ]
    data = project_data("\n".join(["half,color,y", *rows]), "y", ["half", "color"])
    document = data.to_json()
    document["source"]["columns"] = [
        {"name": "half", "missing": "median"},
        {"name": "color", "missing": "drop", "encoding": "ordinal"},
    ]
    data = read_data(document)
    prepare(data)
    found = find_facts(data)
    assert found is not None
    told = {problem.message: problem.repair for problem in found[1]}
    empty = next(text for text in told if "“half” is empty in 67 % of the rows" in text)
    order = next(text for text in told if "“color” are numbered by their letters (“blue” < “green” < “red”)" in text)
    assert all(told[text] is not None for text in (empty, order))


def test_a_target_that_counts_rows_is_warned_of() -> None:
    rows = [f"{number * 7 % 11},{cell}" for number, cell in enumerate(SHUFFLED)]
    (told,) = [text for text in warnings_of("\n".join(["a,y", *rows]), ["a"]) if "“y”" in text]
    assert "once, as where rows are counted" in told


def test_merged_labels_are_read_so_from_the_file() -> None:
    cells = pa.array(["a", "A ", "b", None])
    profile = profile_table(Read({"x": ["a", "A ", "b", None]}), answers={"x": {"same": {"A": "a"}}})
    assert column_values(cells, profile.columns[0]).tolist()[:3] == [0, 0, 1]


def test_where_capitals_do_not_matter_long_and_short_are_still_told() -> None:
    cells: list[str | None] = ["Male", "male", "M", "Female", "female"] * 12
    folded = profile_table(Read({"x": cells}), answers={"x": {"fold": True}})
    (told,) = [finding for finding in folded.findings if "long and short for the same" in finding.message]
    (answer,) = told.answers
    both = profile_table(Read({"x": cells}), answers=with_answers({"x": {"fold": True}}, answer.answers))
    assert both.columns[0].labels == ("Female", "Male")
