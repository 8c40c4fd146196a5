"""Separator, quote mark and escape are found, and what can be cut in two ways is asked."""

import csv
import io
import random

import pytest

from nnbuilder.tables.choices import SPACES, Choices
from tests.tables.harness import read, refused, rows, told

NAMES = ["name", "age", "city", "score"]
PEOPLE = [["Ada", "36", "London", "1.5"], ["Grace", "45", "New York", "2.5"], ["Alan", "41", "Wilmslow", "-3"]]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", ":", "^", "~", "\x1f", ", ", "; ", " | ", "||", "::"])
def test_every_separator_is_found(separator):
    text = "".join(separator.join(row) + "\n" for row in [NAMES, *PEOPLE])
    table = read(text)
    assert (table.choices.separator, rows(table)) == (separator, PEOPLE)
    assert told(table, "question") == []


def test_a_space_separates_where_cells_have_none():
    words = [[cell.replace(" ", "_") for cell in row] for row in PEOPLE]
    assert rows(read("".join(" ".join(row) + "\n" for row in [NAMES, *words]))) == words


def test_columns_held_apart_by_any_number_of_spaces():
    text = "  name   age    score\n   Ada    36  1.5\n Grace    45      2.5\n  Alan     4     -3  \n"
    table = read(text)
    assert table.choices.separator == SPACES
    assert rows(table) == [["Ada", "36", "1.5"], ["Grace", "45", "2.5"], ["Alan", "4", "-3"]]
    assert table.names == ("name", "age", "score")


def test_words_in_cells_between_tabs_are_not_asked_about():
    table = read("Name\tAge\tHeight\tGroup\n" + "".join(f"Child {n}\t{8 + n % 6}\t1.{n}\tA\n" for n in range(30)))
    assert (table.choices.separator, rows(table)[3]) == ("\t", ["Child 3", "11", "1.3", "A"])
    assert told(table, "question") == []


@pytest.mark.parametrize(
    ("names", "row", "separator"),
    [
        ("Timestamp,Value", "2024-01-01 10:{0:02}:00,8{0}", ","),
        ("date,steps", "Mon {1:02} January 2024,15{0}", ","),
        ("when,v", "Mon Jan {1:02} 10:00:00 UTC 2024,{0}", ","),
        ("listing,price", "{0} room flat with big balcony in Berlin Mitte,9{0}", ","),
        ("mac,n", "00:1A:2B:3C:4D:{0:02},1{0}", ","),
        ("path,n", "a|b|c|d{0},8{0}", ","),
        ("Datum;Wert", "Mo {1:02} Jan 2024 10:00 Uhr;1,{0}", ";"),
        ("id,t,y", "{0},it is a sentence of as many words in every single row {0},a", ","),
    ],
)
@pytest.mark.parametrize("count", [5, 40, 300])
def test_what_cuts_the_cells_of_one_column_alike_is_no_separator(names, row, separator, count):
    lines = [row.format(place, 1 + place % 28) for place in range(count)]
    table = read("\n".join([names, *lines]) + "\n")
    assert (table.choices.separator, list(table.names)) == (separator, names.split(separator))
    assert [separator.join(cells) for cells in rows(table)] == lines
    assert not [one for one in told(table, "question") if "cut by" in one]


def test_semicolon_with_decimal_comma():
    table = read("x;y;z\n1,5;2,5;3,25\n4,5;5;6,75\n")
    assert table.choices.separator == ";"
    assert rows(table) == [["1,5", "2,5", "3,25"], ["4,5", "5", "6,75"]]
    assert told(table) == []


def test_numbers_with_a_decimal_comma_alone_are_asked_about():
    table = read("1,5\n2,5\n3,25\n")
    (question,) = [finding for finding in table.findings if "decimal comma" in finding.message]
    assert question.severity == "question" and question.line == 1
    answer = dict(question.options)["It is a decimal comma"]
    assert rows(read("1,5\n2,5\n3,25\n", answer)) == [["1,5"], ["2,5"], ["3,25"]]


@pytest.mark.parametrize("always", [False, True])
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_quoted_cells_against_the_csv_module(separator, quote, always):
    rng = random.Random(5)
    parts = ["plain", "5", "a, b; c\td", 'in "quotes"', "it's", "two\nlines", "", " spaced ", "end\r\n"]
    body = [[str(n), rng.choice(parts), f"{n}.5", rng.choice(parts)] for n in range(50)]
    target = io.StringIO()
    kind = csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL
    csv.writer(target, delimiter=separator, quotechar=quote, quoting=kind).writerows([NAMES, *body])
    table = read(target.getvalue())
    assert rows(table) == body
    assert (table.names, table.choices.quote) == (tuple(NAMES), quote)


@pytest.mark.parametrize("mark", ["\\", "\0"])
def test_escaped_quote_marks_are_found_and_told(mark):
    text = f'id,said,n\n1,"he {mark}"waved{mark}", twice",5\n2,nothing,6\n3,"{mark}"x{mark}"",7\n'
    table = read(text)
    assert table.choices.escape == mark
    assert [row[1] for row in rows(table)] == ['he "waved", twice', "nothing", '"x"']
    assert "From line 2 on" in told(table, "warning")[0]


def test_a_backslash_that_escapes_nothing_stays():
    table = read('id,path\n1,C:\\new\\table\n2,"D:\\a, b"\n3,E:\\\n')
    assert told(table) == []
    assert [row[1] for row in rows(table)] == ["C:\\new\\table", "D:\\a, b", "E:\\"]
    assert table.choices.escape == ""


def test_a_backslash_before_a_closing_mark_is_told():
    table = read('id,path,n\n1,"D:\\a\\",5\n2,"E:\\, b",6\n')
    assert [row[1] for row in rows(table)] == ["D:\\a\\", "E:\\, b"]
    assert "Line 2 has a cell that ends in a backslash" in told(table, "warning")[0]


def test_escaped_separators_without_quote_marks():
    table = read("id,said,n\n1,a\\, b,5\n2,c,6\n3,d\\, e,7\n")
    assert [row[1] for row in rows(table)] == ["a, b", "c", "d, e"]


def test_a_separator_in_every_cell_is_asked_about():
    table = read("1,2;3,4\n5,6;7,8\n9,1;2,3\n")
    assert rows(table)[0] == ["1,2", "3,4"]


def test_lines_that_no_separator_cuts_alike_ask():
    text = "one two\nthree\nfour five six\nseven eight\n"
    table = read(text)
    assert table.data.num_columns == 1
    (question,) = [finding for finding in table.findings if "No separator" in finding.message]
    assert question.line in {1, 2}
    for label, choices in question.options:
        if "one column" in label:
            assert read(text, choices).data.num_columns == 1


def test_sep_in_the_first_line():
    table = read("sep=;\na;b\n1;2\n3;4\n")
    assert (table.names, rows(table)) == (("a", "b"), [["1", "2"], ["3", "4"]])


def test_comments_are_left_out_and_told():
    text = "# made by hand\nx,y\n1,2\n# in the middle\n3,4\n"
    table = read(text)
    assert rows(table) == [["1", "2"], ["3", "4"]]
    assert [table.first_line[row] for row in range(2)] == [3, 5]
    assert any("Lines 1 and 4 begin with “#”" in message for message in told(table, "warning"))


def test_colors_are_no_comments():
    assert len(rows(read("#ff0000,1\n#00ff00,2\n#0000ff,3\n"))) == 3


def test_a_wrong_separator_is_refused_with_the_line():
    error = refused('a,b,c\n1,"x"y,3\n4,"z"w,6\n7,"u"v,9\n', Choices(separator=","))
    assert error.line == 2


def test_a_quoted_cell_longer_than_the_sample_hides_no_separator():
    cell = "first line, with a comma\n" * 6000
    table = read(f'size;note;y\n1,5;short;a\n2,5;"{cell}";b\n3,5;short;a\n')
    assert table.choices.separator == ";"
    assert rows(table) == [["1,5", "short", "a"], ["2,5", cell, "b"], ["3,5", "short", "a"]]


def test_tables_drawn_with_signs():
    for content in (
        "| size | kind |\n|------|------|\n| 1.5  | red  |\n| 2.5  | blue |\n| 3.5  | red  |\n",
        "+------+------+\n| size | kind |\n+------+------+\n| 1.5  | red  |\n| 2.5  | blue |\n| 3.5  | red  |\n"
        "+------+------+\n",
        " size | kind\n------+------\n 1.5  | red\n 2.5  | blue\n 3.5  | red\n(3 rows)\n",
    ):
        table = read(content)
        cells = [[cell.strip() for cell in row if cell.strip()] for row in rows(table)]
        assert cells == [["1.5", "red"], ["2.5", "blue"], ["3.5", "red"]], content
        assert [one for one in told(table, "warning") if "only signs that draw a line" in one]
