"""Rows a person brings: columns by name, other marks than the data have, and one sentence for every fault."""

import math

import numpy as np
import pytest

from nnbuilder.errors import NNBuilderError
from nnbuilder.predicting.asked import Asked, Feature, Target
from nnbuilder.predicting.given import read_rows
from nnbuilder.predicting.reading_words import lines_left_out
from nnbuilder.tables.findings import Finding
from tests.predicting.harness import given

POINT = {"decimal": ".", "thousands": "", "unit": "", "whole": False}
COMMA = {"decimal": ",", "thousands": ".", "unit": "", "whole": False}
CITY = ("Bern", "Köln", "Oslo")


def asks(*features, classes=("no", "yes"), target=None):
    task = "regression" if not classes else "binary" if len(classes) == 2 else "multiclass"
    return Asked(features, target or Target("y", "yes_no", ("no", "yes"), {"fold": True}), task, classes, table=True)


def number(name, form=POINT, **more):
    return Feature(name, low=0.0, high=10.0, form=form, **more)


def test_columns_are_found_by_name_in_any_order_and_others_are_told(tmp_path):
    rows = given("note,B ,a\nx,2,1\ny,4,3\n", asks(number("a"), number("b")), tmp_path)
    assert rows.raw.tolist() == [[1, 2], [3, 4]]
    assert rows.told == ("Not used by the network: “note”.",)
    assert rows.truth is None


def test_a_missing_column_is_named_with_the_one_that_may_be_meant(tmp_path):
    with pytest.raises(NNBuilderError) as told:
        given("age,heigth\n1,2\n", asks(number("age"), number("height")), tmp_path)
    assert str(told.value) == "The column “height” is missing in line 1 of rows.csv; did you mean heigth in its place?"
    with pytest.raises(NNBuilderError, match="columns “b”, “c” are missing in line 1"):
        given("a,x\n1,2\n", asks(number("a"), number("b"), number("c")), tmp_path)


def test_rows_without_names_are_taken_in_the_order_of_the_features(tmp_path):
    rows = given("1.5\t2\n3\t4\n", asks(number("a"), number("b")), tmp_path)
    assert rows.raw.tolist() == [[1.5, 2], [3, 4]]
    assert rows.told == ("No column has the name of a feature, so they are taken in this order: “a”, “b”.",)
    with pytest.raises(NNBuilderError, match="give 3 cells in each line"):
        given("1.5\t2\n3\t4\n", asks(number("a"), number("b"), number("c")), tmp_path)


def test_names_that_look_like_cells_are_names_all_the_same(tmp_path):
    city = Feature("city", "category", categories=CITY)
    rows = given("city;Köln\nBern;Oslo\n", asks(city, Feature("Köln", "category", categories=CITY)), tmp_path)
    assert rows.raw.tolist() == [[0, 2]]


@pytest.mark.parametrize(
    ("form", "cells", "wanted", "told"),
    [
        (POINT, ["1.5", "2", " 3e1 "], [1.5, 2, 30], ()),
        (POINT, ["1,5", "2", "0,25"], [1.5, 2, 0.25], ("Column “a” is read with a decimal comma.",)),
        (COMMA, ["1,5", "1.234,5", "7"], [1.5, 1234.5, 7], ()),
        (COMMA, ["1.5", "0.25", "7"], [1.5, 0.25, 7], ("Column “a” is read with a decimal point.",)),
        ({**POINT, "unit": "min"}, ["17 min", "8.5 min", "3 min"], [17, 8.5, 3], ()),
        ({**POINT, "unit": "min"}, ["17", "8.5", "3"], [17, 8.5, 3], ()),
        (None, ["1,5", "2", "0,25"], [1.5, 2, 0.25], ("Column “a” is read with a decimal comma.",)),
    ],
)
def test_numbers_are_read_as_the_data_were_or_as_they_can_only_be(form, cells, wanted, told, tmp_path):
    rows = given("a\tb\n" + "".join(f"{cell}\t1\n" for cell in cells), asks(number("a", form), number("b")), tmp_path)
    assert rows.raw[:, 0].tolist() == wanted
    assert rows.told == told


@pytest.mark.parametrize(
    ("text", "answered", "left_out", "said"),
    [
        ("a,b\n1,2\n3\n4,5\n6,7\n8,9\n", 4, 1, "and is left out; correct line 3 and predict again."),
        ("a,b\n1,2\n3,4,5\n4,5\n6,7\n8,9\n", 4, 1, "Line 3 has 3 cells where the table has 2 columns"),
        ("a,b\n1,2\n3,4\n\n\na,b\n5,6\n", 2, 0, "put all rows below one line of names and predict again."),
        ('a,b\n1,2\n3,"4\n4,5\n6,7\n8,9\n', 4, 1, " and is left out; correct line 3 and predict again."),
        ("Rows of May\n\na,b\n1,2\n3,4\n", 2, 0, "Line 1 stands before the table and is left out: “Rows of May”."),
    ],
)
def test_lines_that_are_no_rows_are_counted_and_told_with_the_repair_there_is_here(
    text, answered, left_out, said, tmp_path
):
    """Nothing is asked for that only another page has a button for, such as to say what becomes of a line."""
    rows = given(text, asks(number("a"), number("b")), tmp_path)
    assert (len(rows.usable), rows.left_out) == (answered, left_out)
    assert any(said in sentence for sentence in rows.told)
    assert not any(word in " ".join(rows.told) for word in ("say ", "choose one", "repair"))


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        ("Line 3 has 1 cell where the table has 3 columns and is left out: repair it, or say what becomes of it.", 1),
        ("Lines 3 and 9 have 2 or 4 cells where the table has 3 columns and are left out.", 2),
        ("Lines 3, 5, 7, 9, 11 and 31 more have 2 cells where the table has 3 columns and are left out.", 36),
        ("Lines 3 to 9 stand after the table and are left out: “n”.", 7),
        ("Line 4 is blank and left out.", 0),
        ("Line 1 stands before the table and is left out: “where the table has 3, one is left out”.", 0),
    ],
)
def test_lines_left_out_are_those_that_may_be_rows(message, lines):
    assert lines_left_out([Finding("warning", message)]) == lines


def test_names_without_rows_and_one_row_of_words(tmp_path):
    city, town = (Feature(name, "category", categories=CITY) for name in ("city", "town"))
    rows = given("Bern\tOslo\n", asks(city, town), tmp_path)
    assert rows.raw.tolist() == [[0, 2]]
    with pytest.raises(NNBuilderError) as told:
        given("city\ttown\n", asks(city, town), tmp_path)
    assert str(told.value) == "Line 1 of rows.csv is read as names with no row below; add a row below the names."


def test_which_line_has_the_names_is_not_asked_where_the_columns_were_found(tmp_path):
    rows = given("a,b\nm,years\n1,2\n3,4\n", asks(number("a"), number("b")), tmp_path)
    assert rows.told == ("Line 2, column “a”: “m” is no number.", "Line 2, column “b”: “years” is no number.")


def test_another_unit_is_no_number(tmp_path):
    rows = given("a\n17 mm\n3 mm\n", asks(number("a", {**POINT, "unit": "cm"})), tmp_path)
    assert rows.reasons[0] == "Line 2, column “a”: “17 mm” is no number in cm."


def test_one_column_tells_the_decimal_mark_of_the_others(tmp_path):
    """1.234 alone would be 1234 as the data are written; beside 0.5 it cannot be."""
    rows = given("a;b\n1.234;0.5\n2.345;1.75\n", asks(number("a", COMMA), number("b", COMMA)), tmp_path)
    assert rows.raw.tolist() == [[1.234, 0.5], [2.345, 1.75]]
    alone = given("a;b\n1.234;5\n2.345;7\n", asks(number("a", COMMA), number("b", COMMA)), tmp_path)
    assert alone.raw[:, 0].tolist() == [1234, 2345]


@pytest.mark.parametrize(
    ("patterns", "cell", "days"),
    [
        (("day/month/year",), "03/01/1970", 2),
        (("month/day/year",), "03/01/1970", 59),
        (("year-month-day",), "1970-01-03", 2),
        (("day.month.year",), "1970-01-03 12:00", 2.5),
    ],
)
def test_dates_keep_the_order_of_the_data(patterns, cell, days, tmp_path):
    when = Feature("when", "date", form={"patterns": list(patterns)})
    rows = given(f"when,b\n{cell},1\n", asks(when, number("b")), tmp_path)
    assert rows.raw[0, 0] == days
    assert rows.told == ()


def test_a_date_that_may_be_two_is_told_where_the_data_do_not_decide(tmp_path):
    rows = given("when,b\n03/01/1970,1\n", asks(Feature("when", "date"), number("b")), tmp_path)
    assert rows.raw[0, 0] == 2
    assert rows.told == ("Column “when” is read with the day before the month.",)


def test_every_faulty_row_has_its_sentence_and_the_others_are_read(tmp_path):
    asked = asks(number("age"), Feature("city", "category", categories=CITY, fill=0.0), number("b", fill=5.0))
    text = "age,city,b\n1,Köln,\nold,Bern,1\n3,Colonia,2\n,Oslo,3\nold,Kölm,4\n5,,N/A\n"
    rows = given(text, asked, tmp_path)
    assert rows.raw[0].tolist()[:2] == [1, 1]
    assert math.isnan(rows.raw[0, 2])
    assert rows.usable.tolist() == [0, 5]
    assert np.isnan(rows.raw[5, 1:]).all()
    assert rows.reasons == {
        1: "Line 3, column “age”: “old” is no number.",
        2: "Line 4, column “city”: “Colonia” is none of the known categories (“Bern”, “Köln”, “Oslo”); "
        "choose one of these.",
        3: "Line 5, column “age” is empty, and nothing takes the place of a gap; fill it in.",
        4: "Line 6, column “age”: “old” is no number.",
    }
    assert rows.told[0] == "Line 3, column “age”: “old” is no number. So it is in 2 more lines."
    assert rows.told[1].startswith("Line 4, column “city”: “Colonia” is none of the known")


def test_a_label_that_spells_a_missing_value_is_a_label_where_the_data_have_it(tmp_path):
    asked = asks(Feature("grade", "category", categories=("A", "NA", "none"), fill=0.0), number("b"))
    rows = given("grade,b\nNA,1\nnone,1\nn/a,1\n", asked, tmp_path)
    assert rows.raw[:2, 0].tolist() == [1, 2]
    assert math.isnan(rows.raw[2, 0])
    assert not rows.reasons


def test_yes_and_no_are_known_in_capitals(tmp_path):
    rows = given(
        "x,b\nYES,1\nno,1\nmaybe,2\n", asks(Feature("x", "yes_no", categories=("no", "yes")), number("b")), tmp_path
    )
    assert rows.raw[:2, 0].tolist() == [1, 0]
    assert "none of the known categories (“no”, “yes”)" in rows.reasons[2]


def test_the_truth_is_read_where_it_stands(tmp_path):
    rows = given("a,y\n1,Yes\n2,no\n3,\n4,perhaps\n", asks(number("a")), tmp_path)
    assert rows.truth is not None
    assert rows.truth[:2].tolist() == [1, 0]
    assert np.isnan(rows.truth[2:]).all()
    assert rows.told == ("The network knows no class called “perhaps”, first in line 5; such rows are not compared.",)


def test_classes_that_are_numbers_are_known_however_they_are_written(tmp_path):
    target = Target("y", "number", (), POINT)
    rows = given("a,y\n1,3.0\n2,7\n", asks(number("a"), classes=("3", "7"), target=target), tmp_path)
    assert rows.truth is not None
    assert rows.truth.tolist() == [0, 1]


def test_a_workbook_is_read_by_its_own_numbers(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (["b", "a"], [0.5, 1.25], [2, 3]):
        sheet.append(line)
    book.save(tmp_path / "rows.xlsx")
    rows = read_rows(tmp_path / "rows.xlsx", "rows.xlsx", asks(number("a", COMMA), number("b", COMMA)))
    assert rows.raw.tolist() == [[1.25, 0.5], [3, 2]]
