"""What is told alike of many columns is told once, and one button answers for all of them."""

from nnbuilder.tables.columns.profile import profile_table
from nnbuilder.tables.findings import ColumnAnswer, Finding
from nnbuilder.tables.folding import MOST_ALIKE, told_once
from tests.tables.harness import read


def test_many_columns_with_one_fault_are_told_once():
    people = range(12)
    text = "\n".join(
        ",".join(row)
        for row in (
            ["name", *(f"P{n}" for n in people)],
            ["age", *(str(20 + n) for n in people)],
            ["town", *("Rome" if n % 2 else "Ulm" for n in people)],
            ["income", *(str(2000 + n * 7) for n in people)],
        )
    )
    found = [one for one in profile_table(read(text)).findings if "looks like numbers" in one.message]
    assert len(found) == 1
    assert found[0].message.startswith("Column “P0” looks like numbers, but 1 of 3 cells does not fit")
    assert found[0].message.endswith("; so it is with 11 more columns: “P1”, “P2”, “P3”, “P4” and 7 more.")
    (answer,) = found[0].answers
    assert answer.types == {f"P{n}": "number" for n in people}


def test_what_differs_or_is_about_few_columns_stays_apart():
    few = [Finding("note", f"Column “c{n}” has 5 gaps.", n) for n in range(MOST_ALIKE)]
    others = [Finding("warning", "Line 4 is blank.", 4), Finding("warning", "Column “x” has 5 gaps.", 1)]
    buttons = [
        Finding("note", f"Column “b{n}” is odd.", n, answers=(ColumnAnswer(f"Take {n}"),))
        for n in range(MOST_ALIKE + 2)
    ]
    assert told_once([*few, *others, *buttons]) == [*few, *others, *buttons]
