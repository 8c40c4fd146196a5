"""What a column is taken for, and that nothing is left out or changed without being told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from nnbuilder.tables.choices import Choices
from nnbuilder.tables.columns.column_profile import ColumnProfile, Profile
from nnbuilder.tables.columns.column_types import ColumnType, is_id_name
from nnbuilder.tables.columns.profile import column_values, profile_table


@dataclass
class Read:
    """As much of a read table as the profile looks at; the header is line 1."""

    columns: dict[str, Sequence[str | None]]
    choices: Choices = field(default_factory=Choices)
    types: tuple[str | None, ...] = ()

    @property
    def data(self) -> pa.Table:
        return pa.table({name: pa.array(cells, type=pa.string()) for name, cells in self.columns.items()})

    @property
    def first_line(self) -> Any:
        return lambda row: row + 2


def look(cells: Sequence[str | None], name: str = "x", **settings: Any) -> tuple[ColumnProfile, Profile]:
    profile = profile_table(Read({name: cells}), **settings)
    return profile.columns[0], profile


def values(cells: Sequence[str | None], profile: ColumnProfile) -> list[float]:
    return column_values(pa.array(cells, type=pa.string()), profile).tolist()


NUMBERS = [str(number * 1.5) for number in range(30)]


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [
        ("x", NUMBERS, "number"),
        ("x", ["1", "2", "3", "2", "1"], "number"),
        ("x", ["12 %", "4 %", ""], "number"),
        ("x", ["yes", "no", "yes"], "yes_no"),
        ("x", ["True", "False", ""], "yes_no"),
        ("x", ["0", "1", "1", ""], "yes_no"),
        ("x", ["ja", "nein", "Ja"], "yes_no"),
        ("x", ["yes", "yes", "yes"], "category"),
        ("x", ["red", "green", "red", "blue"], "category"),
        ("x", ["digit 0", "digit 1", "digit 0"], "category"),
        ("x", ["2024-03-01", "2024-03-02"], "date"),
        ("x", ["01.03.2024", "", "02.03.2024"], "date"),
        ("x", ["20240301", "20240302", "20231231"], "date"),
        ("x", ["20240301", "20240302", "20241399"], "number"),
        ("zip", ["01234", "98765", "10115"], "identifier"),
        ("x", ["007", "008", "009"], "identifier"),
        ("customer_id", ["17", "4", "23", "99"], "identifier"),
        ("customerId", ["17", "4", "23", "99"], "identifier"),
        ("row", [str(number) for number in range(1, 40)], "identifier"),
        ("year", [str(number) for number in range(1, 40)], "number"),
        ("x", [str(number) for number in range(1, 40)], "number"),
        ("user id", ["a7", "b3", "c9"], "identifier"),
        ("who", [f"person {number}" for number in range(100)], "identifier"),
        ("note", [f"this is the long remark that number {number} wrote" for number in range(100)], "text"),
        ("x", ["", "", None], "text"),
        ("x", ["5 kg", "3 lb", "4 kg"], "category"),
        ("x", ["A", "1", "B", "2"], "category"),
    ],
)
def test_types(name: str, cells: Sequence[str | None], kind: ColumnType) -> None:
    column, _ = look(cells, name)
    assert column.type == kind
    assert column.possible[0] == kind
    assert column.reason.endswith(".")


def test_few_cells_that_are_no_numbers_are_missing_and_told_with_their_lines() -> None:
    cells = [*NUMBERS, "about 5", *NUMBERS, "1e999"]
    column, profile = look(cells)
    assert column.type == "number"
    assert column.bad == ((32, "about 5"), (63, "1e999"))
    assert column.bad_count == 2 and column.missing == 2
    (finding,) = profile.findings
    assert finding.severity == "warning" and finding.line == 32
    assert "“about 5” in line 32" in finding.message and "“1e999” in line 63" in finding.message
    assert column.statistics is not None and column.statistics.maximum == 43.5


def test_an_infinite_cell_is_told_even_where_arrow_reads_it() -> None:
    column, profile = look([*NUMBERS, "inf", "nan", ""])
    assert column.bad == ((32, "inf"),)
    assert column.missing_spellings == ("", "nan")
    assert any("“inf” in line 32" in finding.message for finding in profile.findings)


@pytest.mark.parametrize("label", ["NA", "None", "null", "?", "-", "n/a", "missing", "unknown"])
def test_a_label_that_spells_missing_is_kept_and_asked_about(label: str) -> None:
    cells = ["red", label, "green", "red", label]
    column, profile = look(cells)
    assert column.type == "category"
    assert dict(column.categories) == {"red": 2, label: 2, "green": 1}
    assert column.missing == 0
    question = profile.findings[0]
    assert question.severity == "question" and f"“{label}” (2 rows, first in line 3)" in question.message
    assert label in column.labels and not np.isnan(values(cells, column)).any()


def test_a_person_may_say_that_a_label_is_missing() -> None:
    cells = ["red", "NA", "green"]
    column, profile = look(cells, answers={"x": {"missing": ["NA"]}})
    assert column.labels == ("green", "red") and column.missing == 1
    assert not profile.findings and column.missing_spellings == ("NA",)
    np.testing.assert_array_equal(values(cells, column), [1, np.nan, 0])


def test_na_is_missing_where_number_columns_use_it_so_but_not_among_codes() -> None:
    table = Read({
        "length": ["1.5", "NA", "2.5", "3.5"],
        "sex": ["male", "NA", "female", "male"],
        "country": ["DE", "NA", "FR", "DE"],
        "other": ["red", "None", "blue", "red"],
    })  # fmt: skip
    profile = profile_table(table)
    length, sex, country, other = profile.columns
    assert length.missing == 1 and sex.missing == 1 and sex.missing_spellings == ("NA",)
    assert sex.labels == ("female", "male")
    assert "NA" in country.labels and country.missing == 0
    assert "None" in other.labels
    notes = [finding.message for finding in profile.findings if finding.severity == "note"]
    assert notes == [f"Column “{name}”: “NA” counts as missing, first in line 3." for name in ("sex", "length")]
    assert sum(finding.severity == "question" for finding in profile.findings) == 2


def test_empty_cells_are_missing_in_every_type_and_nothing_else_is_told() -> None:
    for cells in (
        ["red", "", " ", "green", None],
        ["1", "", " ", "2.5", None],
        ["2024-01-01", "", " ", "2024-01-02", None],
    ):
        column, profile = look(cells)
        assert column.missing == 3 and column.missing_spellings == ("",)
        assert [finding for finding in profile.findings if finding.severity != "note"] == []


def test_yes_no_counts_no_as_0_whatever_the_capitals() -> None:
    cells = ["Yes", "no", "YES", "No", "yes", "", "yes"]
    column, profile = look(cells)
    assert [label.lower() for label in column.labels] == ["no", "yes"]
    np.testing.assert_array_equal(values(cells, column), [1, 0, 1, 0, 1, np.nan, 1])
    assert sum(count for _, count in column.categories) == 6
    assert "capital letters do not count in" in profile.findings[0].message


def test_a_third_answer_keeps_yes_no_a_category_until_a_person_says_otherwise() -> None:
    cells = ["yes", "no", "NA", "yes"]
    column, profile = look(cells)
    assert column.type == "category" and profile.findings[0].severity == "question"
    assert "yes_no" in column.possible
    column, _ = look(cells, overrides={"x": "yes_no"})
    assert column.type == "yes_no" and column.missing == 1
    np.testing.assert_array_equal(values(cells, column), [1, 0, np.nan, 1])


def test_labels_that_look_alike_stay_apart_and_are_told() -> None:
    cells = [" Köln", "Köln", "KÖLN", "Bonn", "Bonn "]
    column, profile = look(cells)
    assert column.labels == ("Bonn", "KÖLN", "Köln")
    messages = [finding.message for finding in profile.findings]
    assert any("“KÖLN” and “Köln” differ only in capitals" in message for message in messages)
    assert any("spaces around 2 labels" in message for message in messages)
    assert values(cells, column) == [2, 2, 1, 0, 0]


def test_numbers_as_labels_stand_in_the_order_of_numbers() -> None:
    cells = ["10", "2", "1", "10", "2"]
    column, _ = look(cells, overrides={"x": "category"})
    assert column.type == "category" and column.labels == ("1", "2", "10")
    assert values(cells, column) == [2, 1, 0, 2, 1]


def test_mixed_units_are_no_numbers_and_told() -> None:
    _, profile = look(["5 kg", "3 lb", "4 kg", "7 kg"])
    assert "different units: “kg” (3 rows) and “lb” (1 row)" in profile.findings[0].message


def test_a_unit_is_told() -> None:
    column, profile = look(["12 %", "4.5 %"])
    assert column.type == "number" and column.form["unit"] == "%"
    assert "the unit “%”" in profile.findings[0].message


def test_an_ambiguous_number_is_asked_about_with_both_answers() -> None:
    column, profile = look(["1,234", "2,345"])
    (question,) = (finding for finding in profile.findings if finding.severity == "question")
    assert question.line == 2 and "“1,234” in line 2 may be" in question.message
    assert {choices.decimal for _, choices in question.options} == {".", ","}
    assert column.type == "number"
    for label, choices in question.options:
        answered = profile_table(Read({"x": ["1,234", "2,345"]}, choices))
        assert not answered.findings
        number = answered.columns[0].statistics
        assert number is not None and number.minimum == float(label.partition(":")[0].replace(" ", ""))


def test_another_column_decides_an_ambiguous_number() -> None:
    for decisive, wanted in ((["1.5", "2.5"], 1234.0), (["1,5", "2,5"], 1.234)):
        profile = profile_table(Read({"a": ["1,234", "2,345"], "b": decisive}))
        statistics = profile.column("a").statistics
        assert statistics is not None and statistics.minimum == wanted
        assert not profile.findings


def test_a_format_that_knows_its_numbers_is_not_asked_about_them() -> None:
    cells = {"x": ["1.234", "2.345"]}
    assert profile_table(Read(cells)).findings[0].severity == "question"
    told = profile_table(Read(cells, types=("number",)))
    assert not told.findings and told.columns[0].statistics is not None
    assert told.columns[0].statistics.minimum == 1.234


def test_an_ambiguous_date_is_asked_about_and_may_be_answered() -> None:
    cells = ["01/03/2024", "02/04/2024"]
    column, profile = look(cells)
    assert column.type == "date" and profile.findings[0].severity == "question"
    first = values(cells, column)
    column, profile = look(cells, answers={"x": {"order": "month first"}})
    assert not profile.findings and values(cells, column) != first


def test_long_whole_numbers_are_told() -> None:
    _, profile = look(["9007199254740993", "5", "5"])
    assert "too long to be kept exactly, such as “9007199254740993” in line 2" in profile.findings[0].message


@pytest.mark.parametrize("stand_in", ["-999", "9999"])
def test_stand_ins_for_missing_values_are_only_warned_of(stand_in: str) -> None:
    cells = [*NUMBERS, stand_in, stand_in]
    column, profile = look(cells)
    assert column.missing == 0 and column.statistics is not None
    assert column.statistics.count == 32
    assert "in 2 rows (first in line 32)" in profile.findings[0].message
    assert not look([str(number) for number in range(0, 3000, 27)] + ["999"])[1].findings


@pytest.mark.parametrize(
    ("cells", "chosen", "kind"),
    [
        (NUMBERS, "category", "category"),
        (NUMBERS, "text", "text"),
        (NUMBERS, "identifier", "identifier"),
        (["007", "008"], "number", "number"),
        (["1", "x", "y"], "number", "number"),
        (["2024-01-01", "x"], "date", "date"),
        (["male", "female", ""], "yes_no", "yes_no"),
        (["a", "b"], "text", "text"),
        (["20240301", "20240302"], "number", "number"),
    ],
)
def test_a_person_may_choose_another_type(cells: list[str], chosen: Any, kind: ColumnType) -> None:
    column, _ = look(cells, overrides={"x": chosen})
    assert column.type == kind
    assert "Chosen by you" in column.reason


def test_leading_zeros_that_are_lost_by_choice_are_told() -> None:
    column, profile = look(["007", "008"], overrides={"x": "number"})
    assert values(["007", "008"], column) == [7, 8]
    assert "begin with a zero" in profile.findings[0].message


@pytest.mark.parametrize("chosen", ["number", "date", "yes_no"])
def test_a_type_that_no_cell_allows_is_not_taken_and_that_is_told(chosen: Any) -> None:
    column, profile = look(["red", "green", "blue"], overrides={"x": chosen})
    assert column.type == "category"
    assert "cannot be read as" in profile.findings[0].message


def test_names_of_identifiers() -> None:
    assert all(map(is_id_name, ["id", "ID", "customer_id", "customer id", "customerId", "uuid", "Index", "order-no"]))
    assert not any(map(is_id_name, ["paid", "width", "grid", "idea", "x", "noise", "casino"]))


def test_a_zero_among_numbers_that_are_never_small_is_asked_about():
    glucose = [str(90 + number) for number in range(60)]
    (finding,) = look([*glucose, "0", "0"])[1].findings
    assert "holds 0 in 2 rows (first in line 62)" in finding.message
    assert [answer.label for answer in finding.answers] == ["A missing value", "A number"]
    # Where small numbers are there, too, a 0 is one of them.
    assert not look([str(number) for number in range(5, 70)] + ["0"])[1].findings


@pytest.mark.parametrize(
    ("odd", "like", "kind"),
    [
        (["below"] * 3 + ["6.3 or so"] * 2, [f"{number}.5" for number in range(30)], "number"),
        (["03/16/2023", "04/17/2023", "05/30/2023"], [f"{day:02}/03/2023" for day in range(13, 31)], "date"),
    ],
)
def test_why_a_column_that_looks_like_numbers_or_dates_is_none(odd, like, kind):
    (finding,) = look([*like, *odd])[1].findings
    assert f"looks like {kind}s, but {len(odd)} of {len(like) + len(odd)} cells do not fit" in finding.message
    assert f"“{odd[0]}” in line {len(like) + 2}" in finding.message and "“" + like[0] + "” in line 2" in finding.message
    assert [dict(answer.types) for answer in finding.answers] == [{"x": kind}]
