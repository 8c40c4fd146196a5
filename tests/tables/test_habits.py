"""What all rows do alike is told, and what values have in common is not."""

import pytest

from nnbuilder.tables.choices import Choices
from tests.tables.harness import read, rows, told

CELLS = [["size", "kind", "y"], ["1.5", "red", "0"], ["2.5", "blue", "1"], ["3.5", "red", "1"], ["4.5", "blue", "0"]]


def lines(make) -> str:
    """The table, each line as `make` writes its cells."""
    return "".join(make(place, cells) + "\n" for place, cells in enumerate(CELLS))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda place, cells: "> " + ",".join(cells), "Column 1 has “>” before each of its cells from line 1 on"),
        (lambda place, cells: ",".join(cells) + ";", "Column 3 has “;” behind each of its cells from line 1 on"),
        (lambda place, cells: f"({','.join(cells)}),", "Column 1 has “(” before each of its cells from line 1 on"),
        (
            lambda place, cells: f"{place}: {','.join(cells)}",
            "Every line from line 1 on begins with a number of its own",
        ),
    ],
)
def test_signs_around_lines_are_told(make, sentence):
    assert [one for one in told(read(lines(make)), "warning") if one.startswith(sentence)]


def test_other_quote_marks_are_offered():
    content = lines(lambda place, cells: ",".join(f"${cell}$" for cell in cells))
    (finding,) = [one for one in read(content).findings if "stands between “$” and “$”" in one.message]
    assert finding.options == (("They are quote marks", Choices(quote="$")),)
    assert rows(read(content, finding.options[0][1])) == CELLS[1:]


def test_a_row_that_counts_the_columns_is_told():
    table = read("size,kind,y\n1,2,3\n1.5,red,0\n2.5,blue,1\n3.5,red,1\n")
    (finding,) = [one for one in table.findings if "only counts the columns" in one.message]
    assert finding.line == 2
    assert read("size,kind,y\n1,2,3\n1.5,red,0\n2.5,blue,1\n", finding.options[0][1]).names == (
        "size 1",
        "kind 2",
        "y 3",
    )
    assert not told(read("a,b,c\n1,2,3\n4,5,6\n7,8,9\n"))


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n-1,x\n-2,y\n-3,x\n",
        "kind,y\nred (dark),a\nblue (light),b\ngreen (sea),a\n",
        "price,y\n$1,a\n$2,b\n$3,a\n",
        "a,b\n1 %,x\n2 %,y\n3 %,x\n",
        "a;b\n€ 1;x\n€ 2;y\n€ 3;x\n",
        "5.1,3.5,x\n4.9,3.0,y\n4.7,3.2,x\n4.6,3.1,y\n",
        "1.1,x\n2.2,y\n3.3,x\n4.4,y\n",
        "12:30,1,x\n12:45,2,y\n13:00,3,x\n",
        "01.02.2024;x\n02.02.2024;y\n04.02.2024;x\n",
    ],
)
def test_what_values_have_in_common_is_no_habit(content):
    habits = ("each of its cells", "stands between", "number of its own")
    assert not [one for one in told(read(content)) if any(habit in one for habit in habits)]
