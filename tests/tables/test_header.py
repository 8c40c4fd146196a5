"""Names in several lines: units, merged cells, years, what survey programs write; and how it is worded."""

import pytest

from tests.tables.harness import read, rows, told

BODY = [[str(n), str(n * 1.5), str(n * 3)] for n in range(1, 16)]
LINES = "".join(",".join(row) + "\n" for row in BODY)


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("time,temp,hum\ns,°C,%\n", ("time s", "temp °C", "hum %")),
        ("time,temp,hum\n(m),[kg],%\n", ("time (m)", "temp [kg]", "hum %")),
        ("time,temp,hum\n-,°C,-\n", ("time", "temp °C", "hum")),
        ("Group,,Other\na,b,c\n", ("Group a", "Group b", "Other c")),
        ("id,2019,\n,GDP,Pop\n", ("id", "2019 GDP", "2019 Pop")),
        ("a,b,c\nd,e,f\ng,h,i\n", ("a d g", "b e h", "c f i")),
    ],
)
def test_names_in_several_lines_are_joined_and_asked_about(header, names):
    table = read(header + LINES)
    assert table.names == names and rows(table) == BODY
    (question,) = told(table, "question")
    assert f"“{names[0]}”, “{names[1]}” and “{names[2]}”" in question
    assert told(table, "warning") == []


def test_each_answer_about_several_lines_does_what_it_says():
    text = "time,temp,hum\ns,°C,%\n" + LINES
    (question,) = [one for one in read(text).findings if one.severity == "question"]
    answers = dict(question.options)
    first = read(text, answers["Line 1 holds the names, line 2 is left out"])
    assert first.names == ("time", "temp", "hum") and rows(first) == BODY
    assert told(first) == ["Line 2 below the names is left out."]
    last = read(text, answers["Line 2 holds the names"])
    assert last.names == ("s", "°C", "%") and rows(last) == BODY
    assert len(rows(read(text, answers["All rows are data"]))) == len(BODY) + 2


def test_what_a_survey_program_writes_below_the_names_is_left_out():
    text = (
        'Q1,Q2,Q3\n"How old are you, in full years since you were born, as far as you know?",Height,Weight\n'
        + ",".join(f'"{{""ImportId"":""QID{n}""}}"' for n in range(3))
        + "\n"
    )
    table = read(text + LINES)
    assert table.names == ("Q1", "Q2", "Q3") and rows(table) == BODY
    assert table.choices.header_names == "first" and len(told(table, "question")) == 1


def test_merged_names_over_groups_of_columns():
    table = read(
        "Land,2019,,2020,\n,GDP,Pop,GDP,Pop\n" + "".join(f"C{n},{n}.5,{n},{n * 2},{n + 3}\n" for n in range(9))
    )
    assert table.names == ("Land", "2019 GDP", "2019 Pop", "2020 GDP", "2020 Pop")
    assert "tables" not in " ".join(told(table))


def test_several_doubled_names_are_several():
    (words,) = told(read("a,b,a,b\n1,2,3,4\n5,6,7,8\n"), "warning")
    assert words == ("Line 1 has the names “a” and “b” more than once; the later columns get a number behind them.")
