"""The listed cases about names and cells, end to end: values and sentences."""

import csv
import io
import re

import numpy as np
import pytest

from nnbuilder.data.prepare import prepare
from nnbuilder.tables.columns.values import read_values
from nnbuilder.tables.library import VALUES
from nnbuilder.tables.safe_csv import write_csv
from nnbuilder.ui.plots.text import inert, unformatted
from tests.tables.harness import kept, preview, project_data, said


def numbers(opened, name: str) -> list[float]:
    """The numbers of a column."""
    return read_values(opened.folder / VALUES, [name])[:, 0].tolist()


def labels(opened, name: str) -> list[str | None]:
    """The labels of a column, None where one is missing."""
    known = opened.column(name)["labels"]
    return [None if value != value else known[int(value)] for value in numbers(opened, name)]


def test_duplicate_column_names():
    opened = kept("x,x,y,x\n1,2,a,3\n4,5,b,6\n7,8,a,9\n")
    assert preview(opened)[0] == ["x", "x (2)", "y", "x (3)"]
    assert [numbers(opened, name)[0] for name in ("x", "x (2)", "x (3)")] == [1.0, 2.0, 3.0]
    assert "Line 1 has the name “x” more than once; the later columns get a number behind it." in said(
        opened, "warning"
    )
    assert opened.document["original_names"] == ["x", "x", "y", "x"]


def test_blank_column_names():
    opened = kept("x,,y, \n1,2,a,3\n4,5,b,6\n7,8,a,9\n")
    assert preview(opened)[0] == ["x", "column 2", "y", "column 4"]
    assert "Columns 2 and 4 have no name in line 1 and are counted." in said(opened, "warning")


NAMES = ['say "size"', "🙂 kind", "<script>alert(1)</script>", "=SUM(A1:A9)", "**bold** $x$ [a](b)"]


def test_column_names_with_quotes_emoji_html_and_formulas():
    rows = [
        [str(place * 1.5), "red" if place % 2 else "blue", str(place), str(place + 7), str(place % 3)]
        for place in range(9)
    ]
    target = io.StringIO()
    csv.writer(target, lineterminator="\r\n").writerows([NAMES, *rows])
    opened = kept(target.getvalue())
    assert preview(opened) == [NAMES, *rows]
    # Inert on the page: no Markdown, no HTML and no formula is made of them.
    for name in NAMES:
        assert not re.search(r"(?<!\\)[<>*$`\[\]_]", unformatted(name)), unformatted(name)
        assert "<" not in inert(name)
    written = io.StringIO(newline="")
    write_csv(written, NAMES, rows)
    names = next(csv.reader(io.StringIO(written.getvalue(), newline="")))
    assert names[3] == "'=SUM(A1:A9)"
    facts = prepare(project_data(target.getvalue(), NAMES[0], NAMES[1:4], task="regression")).facts
    assert facts.target == NAMES[0]
    assert facts.columns == tuple(NAMES[1:4])


SPELLINGS = ["", "  ", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "nil", "-", "--", "—", "?", ".",
             "#N/A", "#DIV/0!", "#REF!", "#VALUE!", "<NA>", "(null)", "\\N", "missing", "n.a.", "NaT",
             "k.A.", "unknown"]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_missing_values_in_every_spelling(spelling):
    text = f"size,y\n1.5,a\n{spelling},b\n2.5,a\n3.5,b\n4.5,a\n"
    opened = kept(text)
    column = opened.column("size")
    assert (column["type"], column["missing"], column["bad_count"]) == ("number", 1, 0)
    told = f"Column “size”: “{spelling}” counts as missing, first in line 3."
    assert (told in said(opened, "note")) == bool(spelling.strip())
    np.testing.assert_array_equal(numbers(opened, "size"), [1.5, np.nan, 2.5, 3.5, 4.5])
    raw = prepare(project_data(text, "y", ["size"], validation=0.0, test=0.0)).raw["train"]
    np.testing.assert_array_equal(raw[:, 0], [1.5, np.nan, 2.5, 3.5, 4.5])


def test_dates_with_points_that_nearly_all_fit_are_told():
    rows = "".join(f"{day:02}.01.2024;{day}\n" for day in range(1, 21))
    assert "Column “when” looks like dates, but 2 of 22 cells do not fit" in said(
        kept(f"when;y\nbegin;1\n{rows}end;2\n")
    )


def test_times_with_and_without_an_offset_are_told():
    rows = "".join(f"2024-10-27 02:{n:02}:00{'+02:00' if n % 4 else ''},{n}\n" for n in range(20))
    told = "“2024-10-27 02:01:00+02:00” in line 3, and times without, such as “2024-10-27 02:00:00” in line 2"
    assert told in said(kept(f"t,v\n{rows}"), "warning")
    assert "offset" not in said(kept("t,v\n" + rows.replace("+02:00", "")))


def test_numbers_too_long_for_a_histogram_of_whole_numbers():
    opened = kept("x,y\n" + "".join(f"112233445566778899,{n % 2}\n" for n in range(31)))
    assert "too long to be kept exactly" in said(opened, "warning")
    assert kept("x,y\n" + "9007199254740992,1\n" * 5).column("x")["type"] == "number"


def test_what_columns_have_in_common_is_said_once():
    rows = "".join(f"{n},{n % 7}.5,{n * n},{n % 2}\n" for n in range(40))
    opened = kept(f"a,b,c,y\n1,NA,NA,0\n{rows}2,NA,?,1\n3,1,-,0\n")
    assert "Column “b”: “NA” counts as missing, first in line 2." in said(opened, "note")
    assert "Column “c”: “-”, “?” and “NA” count as missing, “-” first in line 44." in said(opened, "note")
    both = kept(f"a,b,c,y\n1,NA,NA,0\n{rows}")
    assert "2 columns of numbers or dates, such as “b”: “NA” counts as missing, first in line 2." in said(both, "note")


@pytest.mark.parametrize("label", ["NA", "None", "null", "missing"])
def test_the_label_na_or_none_as_a_class(label):
    text = "x,kind\n" + "".join(f"{place},{('red', label, 'blue')[place % 3]}\n" for place in range(12))
    opened = kept(text)
    assert labels(opened, "kind")[:3] == ["red", label, "blue"]
    assert f"“{label}” (4 rows, first in line 3) may be a class or a missing value; it is kept as a class" in said(
        opened, "question"
    )
    prepared = prepare(project_data(text, "kind", ["x"], validation=0.0, test=0.0))
    assert sorted(prepared.facts.classes) == sorted(["red", label, "blue"])
    assert len(prepared.target["train"]) == 12


def test_inf_1e999_and_nan():
    opened = kept("size,y\n1.5,a\ninf,b\n1e999,a\nNaN,b\n-inf,a\n2.5,b\n" + "".join(f"{n}.5,a\n" for n in range(90)))
    column = opened.column("size")
    assert column["type"] == "number"
    np.testing.assert_array_equal(numbers(opened, "size")[:6], [1.5, np.nan, np.nan, np.nan, np.nan, 2.5])
    assert [tuple(pair) for pair in column["bad"]] == [(3, "inf"), (4, "1e999"), (6, "-inf")]
    assert "“inf” in line 3, “1e999” in line 4, “-inf” in line 6 are no finite numbers and count as missing" in said(
        opened
    )


def test_thousands_percent_and_currency():
    text = 'amount,share,price,y\n"1,234",12 %,€ 5,a\n"12,345.5",7.5 %,€ 6.50,b\n"2,000",3 %,€ 1,a\n'
    opened = kept(text)
    assert numbers(opened, "amount") == [1234.0, 12345.5, 2000.0]
    assert numbers(opened, "share") == [12.0, 7.5, 3.0]
    assert numbers(opened, "price") == [5.0, 6.5, 1.0]
    assert "“share” has the unit “%” in every cell; the numbers are taken without it" in said(opened, "note")
    assert "“price” has the unit “€” in every cell; the numbers are taken without it" in said(opened, "note")


def test_a_mark_that_may_be_either_is_asked_about():
    opened = kept('amount,y\n"1,234",a\n"5,678",b\n"9,012",a\n')
    assert "“1,234” in line 2 may be" in said(opened, "question")
    assert "1234" in said(opened, "question").replace("\u202f", "").replace(" ", "").replace(",", "")


DATES = {
    "iso": ["2024-03-01", "2024-12-25", "2023-01-31"],
    "dotted": ["01.03.2024", "25.12.2024", "31.01.2023"],
    "month first": ["03/01/2024", "12/25/2024", "01/31/2023"],
    "day first": ["01/03/2024", "25/12/2024", "31/01/2023"],
    "month in words": ["1 March 2024", "25 Dec 2024", "31 January 2023"],
    "with a time": ["2024-03-01T00:00:00Z", "2024-12-25T00:00:00Z", "2023-01-31T00:00:00Z"],
    "compact": ["20240301", "20241225", "20230131"],
}
DAYS = [19783.0, 20082.0, 19388.0]


@pytest.mark.parametrize("form", DATES)
def test_dates_in_five_formats(form):
    opened = kept("day,y\n" + "".join(f"{cell},{place % 2}\n" for place, cell in enumerate(DATES[form])))
    assert opened.column("day")["type"] == "date"
    assert numbers(opened, "day") == DAYS
    assert not said(opened, "warning", "question")


def test_dates_that_leave_day_and_month_open_are_asked_about():
    opened = kept("day,y\n01/03/2024,0\n05/04/2024,1\n07/08/2023,0\n")
    assert "“01/03/2024” in line 2 that do not tell day and month apart" in said(opened, "question")


def test_an_impossible_date_is_named():
    text = "day,y\n" + "".join(f"2024-01-{place + 1:02d},0\n" for place in range(30)) + "2024-02-30,1\n"
    opened = kept(text)
    assert "“2024-02-30” in line 32 is no date and counts as missing" in said(opened, "warning")
    assert np.isnan(numbers(opened, "day")[30])


def test_leading_zero_identifiers():
    opened = kept("code,size,y\n00123,1.5,a\n00456,2.5,b\n01234,3.5,a\n12345,4.5,b\n")
    column = opened.column("code")
    assert column["type"] == "identifier"
    assert "begin with a zero that no number needs" in column["reason"]
    assert [row[0] for row in opened.preview] == ["00123", "00456", "01234", "12345"]


def test_formula_cells_are_written_safely():
    cells = ["=1+1", "+A1*2", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "-1.5", "+2", "plain", '=HYPERLINK("x")']
    text = "note,x,y\n" + "".join('"' + cell.replace('"', '""') + f'",{place},a\n' for place, cell in enumerate(cells))
    opened = kept(text)
    assert [row[0] for row in opened.preview] == cells
    written = io.StringIO(newline="")
    write_csv(written, ["note"], [[row[0]] for row in opened.preview])
    back = [row[0] for row in csv.reader(io.StringIO(written.getvalue(), newline=""))][1:]
    assert back == ["'=1+1", "'+A1*2", "'-cmd|' /C calc'!A0", "'@SUM(A1)", "'\t=1", "-1.5", "+2", "plain",
                    "'=HYPERLINK(\"x\")"]  # fmt: skip
    assert [cell.removeprefix("'") for cell in back] == cells


def test_what_nobody_sees_is_told():
    opened = kept("kind,y\nash,1\nash\u200b,2\noak,3\nash,1\n")
    assert "Line 3 holds a sign nobody sees (U+200B zero width space)" in said(opened, "warning")
