"""Lines that are no separated text as they stand: quoted as a whole, drawn with |, or with cells at fixed places."""

import pandas as pd
import pytest

from nnbuilder.tables.choices import Choices
from tests.tables.harness import read, rows, told

RULER = "+-----+-----+\n"
CITIES = ["New York", "Rome", "Ulm"]
FRAME = pd.DataFrame(
    {"name": ["Anna Maria", "Bob", "Cy Young"] * 4, "age": range(12), "city": [CITIES[n * 2 % 3] for n in range(12)]}
)
CELLS = [[str(cell) for cell in row] for row in FRAME.to_numpy().tolist()]


def test_lines_quoted_as_a_whole():
    body = [[str(n), f"t, {n}", f"x{n}"] for n in range(6)]
    text = '"a,b,c"\n' + "".join(f'"{a},""{b}"",{c}"\n' for a, b, c in body)
    table = read(text)
    assert table.names == ("a", "b", "c") and rows(table) == body
    (question,) = [one for one in table.findings if one.severity == "question"]
    assert question.options[0][1] == Choices(lines="quoted")
    assert rows(read(text, question.options[0][1])) == body and told(read(text, question.options[0][1])) == []
    assert read(text, question.options[1][1]).data.num_columns == 1


def test_one_quoted_column_is_no_quoted_line():
    text = '"say"\n' + "".join(f'"well{", so" * (n % 3)}"\n' for n in range(8))
    assert read(text).choices.lines is None and read(text).data.num_columns == 1


@pytest.mark.parametrize("index", [False, True])
def test_a_printed_frame(index):
    text = FRAME.to_string(index=index)
    table = read(text)
    assert [row[int(index) :] for row in rows(table)] == CELLS
    assert table.names[int(index) :] == ("name", "age", "city") and table.first_line[0] == 2
    (question,) = [one for one in table.findings if "fixed places" in one.message]
    assert rows(read(text, question.options[0][1])) == rows(table)


def test_columns_of_fixed_width():
    body = [["Anna Maria", "34", "New York"], ["Bob", "5", "Rome"], ["Cy", "77", "San Marino"], ["Dee", "8", "Ulm"]]
    text = f"{'NAME':<14}{'AGE':>5}  CITY\n" + "".join(f"{a:<14}{b:>5}  {c}\n" for a, b, c in body)
    assert rows(read(text)) == body


@pytest.mark.parametrize(
    "text", ["a b\n1 2\n3 4\n5 6\n", "word\nmore words\nso it is\nthe end\n", "x  y\n1  2\n3  4\n"]
)
def test_other_texts_have_no_fixed_places(text):
    assert read(text).choices.lines is None


@pytest.mark.parametrize(
    "text",
    [
        "| name | age |\n|------|----:|\n" + "".join(f"| P {n} | {n} |\n" for n in range(5)),
        f"{RULER}| name | age |\n{RULER}" + "".join(f"| P {n} |  {n} |\n" for n in range(5)) + RULER,
        "||name||age||\n" + "".join(f"|P {n}|{n}|\n" for n in range(5)),
    ],
)
def test_a_drawn_table(text):
    table = read(text)
    assert table.names == ("name", "age") and rows(table) == [[f"P {n}", str(n)] for n in range(5)]
    assert told(table, "question") == []
    (note,) = [one for one in table.findings if "begin and end with" in one.message]
    assert read(text, note.options[0][1]).data.num_columns > 2
