"""Numbers: every way of writing them that is known, nothing misread, and what is not a number stays none."""

from __future__ import annotations

import math
import random

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from nnbuilder.tables.columns.column_types import as_numbers
from nnbuilder.tables.columns.numbers import (
    MARKS,
    PLAIN,
    NumberForm,
    convert,
    forms,
    inexact,
    leading_zeros,
    like_number,
    quick,
    units,
)

NAN = math.nan


def column(*cells: str | None) -> pa.Array:
    return pa.array(cells, type=pa.string())


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize(
    ("cells", "form", "values"),
    [
        (["1", "-2", "+3", "0.5", ".5", "5."], NumberForm(), [1, -2, 3, 0.5, 0.5, 5]),
        (["1e5", "2.5E-3", "-1e+2"], NumberForm(), [1e5, 2.5e-3, -100]),
        ([" 1 ", "\t2", "3\u00a0"], NumberForm(), [1, 2, 3]),
        (["−1", "2", "-3"], NumberForm(), [-1, 2, -3]),
        (["(5)", "(1.5)", "2"], NumberForm(), [-5, -1.5, 2]),
        (["1,5", "2,25", "-3"], NumberForm(","), [1.5, 2.25, -3]),
        (["1,234", "0,5"], NumberForm(","), [1.234, 0.5]),
        (["1,234", "12,3456"], NumberForm(","), [1.234, 12.3456]),
        (["1,234,567", "1,234"], NumberForm(".", ","), [1234567, 1234]),
        (["1,234.5", "999"], NumberForm(".", ","), [1234.5, 999]),
        (["1.234,5", "999"], NumberForm(",", "."), [1234.5, 999]),
        (["1.234.567", "1.234"], NumberForm(",", "."), [1234567, 1234]),
        (["1 234.5", "1 234 567"], NumberForm(".", " "), [1234.5, 1234567]),
        (["1\u202f234,5", "1\u00a0234,5", "1\u2009234,25"], NumberForm(",", " "), [1234.5, 1234.5, 1234.25]),
        (["1'234.5", "12’345’678"], NumberForm(".", "'"), [1234.5, 12345678]),
        (["12 %", "4.5%", "-3 %"], NumberForm(unit="%"), [12, 4.5, -3]),
        (["€ 5", "€1.095,16", "€ -3", "-€ 3"], NumberForm(",", ".", "€"), [5, 1095.16, -3, -3]),
        (["$1,234.50", "($3.00)", "$ 0.10"], NumberForm(".", ",", "$"), [1234.5, -3, 0.1]),
        (["5 kg", "7.5kg", "1e3 kg"], NumberForm(unit="kg"), [5, 7.5, 1000]),
        (["5 EUR", "7 EUR"], NumberForm(unit="EUR"), [5, 7]),
        (["1", "", "NA", "n/a", "null", "-", "?", "#N/A", "2", None], NumberForm(), [1, *[NAN] * 7, 2, NAN]),
    ],
)
def test_a_column_in_each_way_of_writing(
    cells: list[str], form: NumberForm, values: list[float], kind: pa.DataType
) -> None:
    cells_array = pa.array(cells, type=kind)
    found = forms(cells_array)
    assert [one for one, _ in found] == [form]
    np.testing.assert_array_equal(convert(cells_array, form), values)


@pytest.mark.parametrize(
    "cell",
    ["abc", "1.2.3", "--5", "5-", "1,00,00", "0x1F", "1_000", "12th", "digit 0", "class_1", "No 5", "1.5.2024",
     "12:30",
     "(5", "5)", "(-5)", "-(5)", "+-5", "€5€", "$ 5 EUR", "1 2", "1,2,3456", ",", ".", "%", "1e", "e5", "1.234.56",
     "5 apples", "inf", "Infinity", "-inf", "∞", "1e999", "-1e400", "²", "1/2", "5k", "2M", "True", "1,234 567",
     "0,123,456"],
)  # fmt: skip
def test_what_is_no_number_never_becomes_one(cell: str) -> None:
    for marks in MARKS:
        for unit in ("", "kg", "€", "$"):
            value = convert(column(cell), NumberForm(marks.decimal, marks.thousands, unit))[0]
            assert math.isnan(value), (cell, marks, unit)


def test_a_column_that_may_be_read_in_two_ways_has_two_forms() -> None:
    assert {form for form, _ in forms(column("1,234", "2,345"))} == {NumberForm(","), NumberForm(".", ",")}
    assert {form for form, _ in forms(column("1.234", "2.345"))} == {NumberForm("."), NumberForm(",", ".")}
    assert [form for form, _ in forms(column("1,234", "2,345", "0,125"))] == [NumberForm(",")]
    assert [form for form, _ in forms(column("1.234", "0.123"))] == [PLAIN]


def test_the_decimal_mark_of_the_file_decides_where_the_column_cannot() -> None:
    cells = column("1,234", "2,345")
    for decimal, wanted in ((".", 1234), (",", 1.234)):
        found = as_numbers(cells, [decimal])
        assert found is not None and found.values is not None
        assert found.values[0] == wanted and found.options == ()
    asked = as_numbers(cells)
    assert asked is not None and len(asked.options) == 2
    points = column("1.234", "2.345")
    for decimal, wanted in ((".", 1.234), (",", 1234)):
        found = as_numbers(points, [decimal])
        assert found is not None and found.values is not None and found.values[0] == wanted
    # What the column itself says is stronger.
    found = as_numbers(column("1.5", "2.345"), [","])
    assert found is not None and found.values is not None and found.values.tolist() == [1.5, 2.345]


def test_units_are_counted() -> None:
    assert units(column("5 kg", "3 lb", "4 kg", "abc", "7")) == [("kg", 2), ("lb", 1), ("", 1)]
    assert units(column("5", "3")) == [("", 2)]


def test_infinite_and_overflowing_cells_are_told_apart_from_missing_ones() -> None:
    for cells in (column("1", "inf", "1e999", "NaN", "", "2"), column("1,5", "inf", "1e999", "NaN", "", "2")):
        found = as_numbers(cells)
        assert found is not None and found.values is not None
        assert found.bad.tolist() == [1, 2]
        assert np.flatnonzero(found.missing).tolist() == [3, 4]
        assert np.isfinite(found.values[[0, 5]]).all()


def test_leading_zeros() -> None:
    assert leading_zeros(column("007", "0", "0.5", "10", "-01", "00", None, "0a")).tolist() == [
        True, False, False, False, True, True, False, False,
    ]  # fmt: skip


def test_whole_numbers_that_do_not_fit_are_found() -> None:
    texts = [
        "9007199254740992",
        "9007199254740993",
        "9007199254740994",
        "12.5",
        "1e300",
        "9007199254740993.5",
        "-" + "7" * 20,
    ]
    assert inexact(texts, PLAIN) == [1, 6]
    assert inexact(["1,234,567,890,123,456,789", "1,234"], NumberForm(".", ",")) == [0]
    assert inexact(["€ 1.234.567.890.123.456.789", "€ 1,5"], NumberForm(",", ".", "€")) == [0]


def test_the_quick_way_and_the_careful_way_agree_with_python() -> None:
    rng = random.Random(0)
    texts = [repr(rng.uniform(-1, 1) * 10 ** rng.randint(-300, 300)) for _ in range(3000)]
    texts += [str(rng.randint(-(10**9), 10**9)) for _ in range(1000)]
    cells = pa.array(texts)
    wanted = [float(text) for text in texts]
    np.testing.assert_array_equal(quick(cells), wanted)
    np.testing.assert_array_equal(convert(cells, PLAIN), wanted)
    # A cell that only the careful way can read sends all of them through it.
    careful = convert(pa.array([*texts, "(1)"]), PLAIN)
    np.testing.assert_array_equal(careful, [*wanted, -1])
    np.testing.assert_array_equal(pd.to_numeric(pd.Series(texts)), wanted)


@pytest.mark.parametrize("marks", MARKS)
def test_written_numbers_come_back(marks: NumberForm) -> None:
    rng = random.Random(1)
    values = [round(rng.uniform(-1, 1) * 10 ** rng.randint(0, 9), rng.randint(0, 4)) for _ in range(2000)]
    texts = [
        f"{value:,}".replace(",", "T").replace(".", marks.decimal).replace("T", marks.thousands) for value in values
    ]
    form, count = forms(pa.array(texts))[0]
    assert count == len(texts)
    np.testing.assert_array_equal(convert(pa.array(texts), form), values)
    if marks.thousands:
        assert (form.decimal, form.thousands) == (marks.decimal, marks.thousands)


def test_what_is_like_a_number() -> None:
    assert all(map(like_number, ["1", "1.5", "€ 5", " 12 % ", "1 234", "(3)"]))
    assert not any(map(like_number, ["", "NA", "digit 0", "5 apples", "x1", "inf"]))


def test_an_empty_column_has_no_form() -> None:
    assert forms(column("", "NA", None)) == []
    assert forms(column()) == []
    assert as_numbers(column("", "NA")) is None


def test_a_mark_that_means_something_else_in_a_few_cells_is_no_number():
    # 31.152 among numbers in the thousands, and 3,500 among numbers of one digit, were written elsewhere.
    people = as_numbers(pa.array([str(1200 + 997 * place) for place in range(40)] + ["31.152"]))
    assert people.bad.tolist() == [40]
    assert people.form.whole
    rate = as_numbers(pa.array([f"{1 + place / 10:.3f}" for place in range(40)] + ["3,500"]))
    assert rate.bad.tolist() == [40]
    np.testing.assert_array_equal(convert(pa.array(["31.152", "1200"]), people.form), [np.nan, 1200])
    # Nothing is odd about these.
    assert not len(as_numbers(pa.array(["12", "15", "12.125"] * 20)).bad)
    assert not len(as_numbers(pa.array(["999.5", "1,250.0"] * 20)).bad)
    assert not len(as_numbers(pa.array(["950"] * 40 + ["1,250"])).bad)
