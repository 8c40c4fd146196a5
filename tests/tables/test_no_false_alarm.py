"""Ordinary tables of which nothing has to be told or asked, each beside one like it that is told all the same."""

import pyarrow as pa
import pytest

from nnbuilder.tables.columns.profile import profile_table
from tests.tables.harness import read, told
from tests.tables.test_column_types import look

GATES = ["S12", "N3", "E7", "W19", "S3", "N14"] * 5
REGIONS = ["E08000036", "E08000035", "E06000014"] * 8
PRODUCTS = ["11-8687", "12-4021", "34-1177", "70-5523", "25-9001", "18-3456"]
TELEPHONES = ["465-4839", "312-5678", "777-8123", "204-9921", "613-7002"]
SEASONS = ["2001-02", "2005-06", "2009-10", "2010-11"] * 5
SPLIT = "".join(f"{'ham' if n % 3 else 'spam'}\tword{n} see you{n % 7} soon\n" for n in range(60))


def messages(cells: list[str]) -> list[str]:
    return [finding.message for finding in look(cells)[1].findings]


@pytest.mark.parametrize("cells", [GATES, REGIONS, ["E0", "E1", "E0"] * 8, ["S03", "S12"] * 9])
def test_codes_with_a_letter_are_no_degrees(cells):
    assert not [one for one in messages(cells) if "degrees" in one]


@pytest.mark.parametrize("cells", [["52.5N", "13.25S"], ["52°N", "13°S"], ["10 N", "20 S"], ["W 0.12", "E 4.5"]])
def test_places_on_the_globe_are_degrees(cells):
    assert [one for one in messages(cells * 9) if "degrees with a direction" in one]


@pytest.mark.parametrize("cells", [PRODUCTS, TELEPHONES, ["1996-1997", "2003-2004", "2010-2011"] * 6])
def test_codes_and_years_are_no_ranges(cells):
    assert not [one for one in messages(cells) if "ranges of numbers" in one]


@pytest.mark.parametrize("cells", [["18-24", "25-34", "35-44"], ["0-9", "10-99", "100-999"], ["1-10", "2-20", "5-15"]])
def test_ranges_are_told(cells):
    assert [one for one in messages(cells * 6) if "ranges of numbers" in one]


def test_seasons_are_no_months():
    column, profile = look(SEASONS)
    (note,) = profile.findings
    assert (column.type, note.severity, note.answers[0].types) == ("category", "note", {"x": "date"})
    assert look(SEASONS, overrides=note.answers[0].types)[0].type == "date"
    assert look(["2001-02", "2005-06", "2009-11", "2010-11"] * 5)[0].type == "date"
    # None of these can be months.
    column, profile = look(["2012-13", "2013-14", "2019-20"] * 5)
    assert column.type == "category" and not profile.findings


def test_year_and_years_are_one_unit():
    cells = ["1 year", "2 years", "10+ years", "< 1 year"] * 8
    assert not [one for one in messages(cells) if "different units" in one]
    assert [one for one in messages(["1 kg", "2 g", "3 kg", "4 g"] * 8) if "different units" in one]


def test_a_tab_in_every_line_goes_before_words_of_equal_number():
    table = read(SPLIT)
    assert (table.choices.separator, len(table.names)) == ("\t", 2)
    assert not told(table, "question")
    # Numbers lined up by tabs and spaces are cut at both.
    assert len(read("1.5 2.5\t3.5\n4.5 5.5\t6.5\n" * 9).names) == 3


def test_categories_tell_names_from_data():
    rows = "".join(f"{'ep'[n % 2]},{'bcx'[n % 3]},{'fgys'[n % 4]}\n" for n in range(120))
    named = read("class,cap,odor\n" + rows)
    assert named.names == ("class", "cap", "odor") and told(named) == []
    bare = read(rows)
    assert bare.data.num_rows == 120
    (warning,) = [one for one in bare.findings if one.severity != "note"]
    assert warning.severity == "warning" and warning.options[0][1].header_rows == 1
    # A second line of words that come but once may belong to the names.
    assert told(read("class,cap,odor\nkind,form,smell\n" + rows), "question")


def test_prose_of_several_lines_is_no_row_that_was_swallowed():
    rows = "".join(f'{n},"good, but long\nand it, too, has, an end",{n % 5}\n' for n in range(20))
    assert told(read("id,review,stars\n" + rows), "warning") == []
    swallowed = read('id,review,stars\n1,good,2\n2,"bad,3\n3,fine,4\n4,poor",5\n5,good,1\n6,good,2\n7,bad,3\n')
    assert [one for one in told(swallowed, "warning") if "rows of their own" in one]


def test_a_day_without_measurements_is_no_heading():
    rows = "".join(f"2024-01-{n + 1:02d},{n},{n * 2},{n * 3}\n" for n in range(25))
    assert told(read("day,a,b,c\n" + rows + "2024-01-26,,,\n"), "warning") == []
    plain = "".join(f"x{n},{n},{n * 2},{n * 3}\n" for n in range(25))
    assert [one for one in told(read("name,a,b,c\n" + plain + "North,,,\n" + plain)) if "one filled cell" in one]


def test_a_firm_that_is_called_total_is_no_sum():
    rows = "".join(f"Firm {n},retail,Oxford,2024-01-{n + 1:02d},{n}\n" for n in range(25))
    head = "name,kind,town,since,value\n"
    assert told(read(head + rows + "Total Bricks Ltd,trade,Leeds,2024-02-01,7\n" + rows), "warning") == []
    assert [one for one in told(read(head + rows + "Total,,,,300\n" + rows)) if "as sums of other rows do" in one]


def test_brackets_inches_and_missing_values_belong_to_their_cells():
    rows = [(f"(0{n}0) {n}23-45{n}", f"{4 + n % 3}'{n}\"", ["#N/A", str(n)][n % 2]) for n in range(1, 9)]
    text = "\n".join(";".join(row) for row in rows)
    table = read(f"phone;height;size\n{text}\n")
    found = (*told(table), *(one.message for one in profile_table(table).findings))
    assert not [one for one in found if "each of its cells" in one or "as comments do" in one]
    assert table.data.column("phone")[0] == pa.scalar("(010) 123-451")
