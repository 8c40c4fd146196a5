"""Lines that do not fit are cut anew where only one way fits: offered, told, and never done unasked."""

import pytest

from nnbuilder.tables.choices import Choices
from tests.tables.harness import read, refused, rows, told

BODY = [[f"{n + 1:02d}/03/2024", f"{n * 7 % 50}", f"AB-{1000 + n}", f"{n}.5", f"Cup, blue {n}"] for n in range(12)]
NAMES = "day,count,code,price,what\n"
LINES = [",".join([*cells[:4], f'"{cells[4]}"']) for cells in BODY]
MEND = Choices(ragged="mend")


def spoiled(line: str, place: int = 4) -> str:
    """The table with another line in place of one of its rows."""
    return NAMES + "".join(f"{one}\n" for one in [*LINES[:place], line, *LINES[place + 1 :]])


@pytest.mark.parametrize(
    "line",
    [
        '"05/03/2024,28,AB-1004,4.5,"Cup, blue 4"',
        '05/03/2024,28,"AB-1004,4.5,"Cup, blue 4"',
        '05/03/2024,28,AB-1004,4.5,""Cup, blue 4"',
        '05/03/2024;28;AB-1004;4.5;"Cup, blue 4"',
        '05/03/2024 28 AB-1004 4.5 "Cup, blue 4"',
        '05/03/2024,,28,AB-1004,4.5,"Cup, blue 4"',
        '05/03/2024,28,AB-1004,4.5,,"Cup, blue 4"',
        '05/03/2024,28AB-1004,4.5,"Cup, blue 4"',
        "05/03/2024,28,AB-1004,4.5,Cup, blue 4",
    ],
)
def test_a_line_that_fits_in_one_way_is_mended_on_demand(line):
    text = spoiled(line)
    before = read(text)
    assert rows(before) == [*BODY[:4], *BODY[5:]]
    (finding,) = [one for one in before.findings if "left out" in one.message]
    assert "(it would fit as “05/03/2024” | “28” | “AB-1004” | “4.5” | “Cup, blue 4”" in finding.message
    ((_, choices),) = [option for option in finding.options if option[1] == MEND]
    after = read(text, choices)
    assert [[(cell or "").strip() for cell in row] for row in rows(after)] == BODY
    assert told(after, "question") == []
    (words,) = told(after, "warning")
    assert words.startswith("Line 6 did not fit the table and is cut anew as “05/03/2024” | “28”")


def test_a_line_that_fits_in_several_ways_is_not_mended():
    text = "a,b,c\n" + "".join(f"{n},{n + 1},{n + 2}\n" for n in range(10)) + "5,6\n"
    (question,) = [one for one in read(text).findings if one.severity == "question"]
    assert [choices.ragged for _, choices in question.options] == ["skip", "pad"]
    table = read(text, MEND)
    assert table.data.num_rows == 10
    assert told(table, "warning") == [
        "Line 12 has 2 cells where the table has 3 columns and is left out, as no way or several ways fit: repair them."
    ]


def test_texts_with_separators_that_nobody_quoted():
    words = ["good", "bad food", "clean room", "late", "dirty, very", "kind staff, good bed, late", "dull", "fine"]
    body = [[str(n), words[n * 5 % 8], "pos" if n % 3 else "neg"] for n in range(24)]
    text = "id,review,label\n" + "".join(",".join(cells) + "\n" for cells in body)
    (question,) = [one for one in read(text).findings if "cells where" in one.message]
    (choices,) = [choices for label, choices in question.options if "Cut" in label]
    assert rows(read(text, choices)) == body


def test_where_most_lines_do_not_fit_there_is_a_way_out():
    text = "id,review,label\n" + "".join(f"{n},so{', so' * (n % 4)} good,{'pn'[n % 2]}\n" for n in range(20))
    error = refused(text, Choices(separator=","))
    assert [choices.ragged for _, choices in error.options if choices.ragged] == ["skip", "pad", "mend"]
    one_column = next(choices for label, choices in error.options if label == "Each line is one cell")
    assert read(text, one_column).data.num_columns == 1


@pytest.mark.parametrize(
    ("line", "left_out"),
    [
        ('"day,count,code,price,what', "text after"),
        ("day count code price what", "1 cell instead of 5"),
        ("day;count;code;price;what", "1 cell instead of 5"),
    ],
)
def test_names_that_do_not_fit_are_asked_about(line, left_out):
    text = line + "\n" + "".join(f"{one}\n" for one in LINES)
    (question,) = [one for one in read(text).findings if "may hold the names" in one.message]
    assert question.severity == "question" and question.line == 1
    assert "“day” | “count” | “code” | “price” | “what”" in question.message
    table = read(text, question.options[0][1])
    assert table.names == ("day", "count", "code", "price", "what") and rows(table) == BODY
    assert left_out in question.message or line.startswith('"')
    assert rows(read(text, question.options[1][1])) == BODY


def test_a_title_is_no_row_of_names():
    table = read("All the cups we sold\n" + NAMES + "".join(f"{one}\n" for one in LINES))
    assert told(table) == ["Line 1 stands before the table and is left out: “All the cups we sold”."]


def test_cells_that_an_extra_separator_moved_are_not_cut_off_at_the_end():
    body = [[*cells[:4], ""] for cells in BODY]
    lines = [",".join(cells) + "\n" for cells in body]
    for line, moved in (("05/03/2024,28,,AB-1004,4.5,\n", True), ("05/03/2024,28,AB-1004,4.5,,\n", False)):
        table = read(NAMES + "".join([*lines[:4], line, *lines[5:]]))
        (words,) = told(table)
        assert ("all empty at the end; they are cut off" in words) != moved
        options = [choices for finding in table.findings for _, choices in finding.options if choices == MEND]
        assert bool(options) == moved and rows(read(NAMES + "".join([*lines[:4], line, *lines[5:]]), MEND)) == body
