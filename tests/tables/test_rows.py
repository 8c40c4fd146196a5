"""What stands around a table, rows that do not fit, quote marks out of place: told with lines, never silent."""

import pytest

from nnbuilder.tables.choices import Caps, Choices
from nnbuilder.tables.reading import Finding, Table
from tests.tables.harness import read, refused, rows, told

NAMES = "id,value,word,flag\n"
BODY = [[str(n), f"{n}.5", f"word {n}", "yes" if n % 2 else "no"] for n in range(20)]
LINES = [",".join(row) + "\n" for row in BODY]
TEXT = NAMES + "".join(LINES)


def about(table: Table, word: str) -> Finding:
    """The one finding whose message has a word."""
    found = [finding for finding in table.findings if word in finding.message]
    assert len(found) == 1, told(table)
    return found[0]


def answered(text: str, finding: Finding, word: str) -> Table:
    """The table once an option is clicked; its question is gone."""
    (choices,) = [choices for label, choices in finding.options if word in label]
    return read(text, choices)


def test_a_clean_table_has_no_finding():
    table = read(TEXT)
    assert (rows(table), table.names, told(table)) == (BODY, ("id", "value", "word", "flag"), [])
    assert [table.first_line(row) for row in (0, 19)] == [2, 21]


def test_one_row_and_header_only():
    assert rows(read(NAMES + LINES[3])) == BODY[3:4]
    error = refused(NAMES)
    assert error.line == 1 and "no rows" in str(error)
    assert rows(read(NAMES, error.options[0][1])) == [["id", "value", "word", "flag"]]
    alone = read(LINES[3])
    assert rows(alone) == BODY[3:4]
    assert about(alone, "only row").severity == "question"


def test_no_header():
    table = read("".join(LINES))
    assert rows(table) == BODY
    assert table.names == ("column 1", "column 2", "column 3", "column 4")
    assert about(table, "no names").line == 1


def test_all_text_asks_whether_the_first_line_holds_names():
    text = "city,country\nRome,Italy\nParis,France\nLyon,France\n"
    question = about(read(text), "Every column holds text")
    assert (question.severity, question.line) == ("question", 1)
    assert read(text).names == ("city", "country")
    data = answered(text, question, "All rows are data")
    assert rows(data)[0] == ["city", "country"]
    assert told(data, "question") == []


def test_years_as_names_are_asked_about():
    table = read("country,2019,2020\nItaly,59.7,59.4\nFrance,67.2,67.4\nSpain,47.1,47.4\n")
    assert about(table, "years").severity == "question"
    assert table.names == ("country", "2019", "2020")


def test_two_header_rows():
    text = "size,weight,kind\ncm,kg,text\n" + "".join(f"{n}.5,{n},word\n" for n in range(20))
    table = read(text)
    question = about(table, "Lines 1 and 2")
    assert question.severity == "question"
    assert table.names == ("size cm", "weight kg", "kind text")
    assert table.data.num_rows == 20
    one = answered(text, question, "is data")
    assert (one.names, one.data.num_rows) == (("size", "weight", "kind"), 21)


@pytest.mark.parametrize("before", ["Report 2024\n", "Report\n\n", "Report, 2024\nby hand\n\n", "Report,,,\n,,,\n"])
def test_lines_before_the_table(before):
    table = read(before + TEXT)
    assert rows(table) == BODY
    assert table.names == ("id", "value", "word", "flag")
    assert table.choices.skip_rows == before.count("\n")
    assert about(table, "before the table").line == 1
    assert table.first_line[0] == 2 + before.count("\n")


@pytest.mark.parametrize("after", ["Source: somebody\n", "\nNotes\nmore notes\n", "Total,,,99\n", ",,,\nRemark,,,\n"])
def test_lines_after_the_table(after):
    table = read(TEXT + after)
    assert rows(table) == BODY
    finding = next(one for one in table.findings if one.line and one.line >= 22)
    if finding.severity == "question":
        assert len(rows(answered(TEXT + after, finding, "All lines are rows"))) == 20 + after.count("\n")


@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
def test_two_tables_in_one_file(gap):
    second = "key,size,weight\n" + "".join(f"k{n},{n}.25,{n}\n" for n in range(8))
    text = TEXT + gap + second
    table = read(text)
    assert rows(table) == BODY
    question = about(table, "2 tables")
    assert (question.severity, question.line) == ("question", 22 + len(gap))
    other = read(text, Choices(part=1))
    assert other.names == ("key", "size", "weight")
    assert rows(other) == [[f"k{n}", f"{n}.25", str(n)] for n in range(8)]
    assert other.first_line[0] == 23 + len(gap)
    assert "no table number 3" in str(refused(text, Choices(part=2)))


def test_two_tables_of_one_width():
    second = TEXT.replace("id,value,word,flag", "number,size,term,mark")
    assert about(read(TEXT + second), "2 tables").line == 22


def test_names_repeated_in_the_middle_are_left_out():
    table = read(TEXT + TEXT)
    assert rows(table) == BODY + BODY
    assert about(table, "repeats the names").line == 22


@pytest.mark.parametrize("row", [0, 9, 19])
def test_short_and_long_rows(row):
    for spoiled, count in ((f"{row},{row}.5word,yes\n", 3), (f"{row},{row}.5,wo,rd,yes\n", 5)):
        lines = [*LINES[:row], spoiled, *LINES[row + 1 :]]
        table = read(NAMES + "".join(lines))
        question = about(table, "cells where the table has 4 columns")
        assert (question.severity, question.line) == ("question", row + 2)
        assert f"Line {row + 2} has {count} cells" in question.message
        assert rows(table) == BODY[:row] + BODY[row + 1 :]
        again = answered(NAMES + "".join(lines), question, "Leave ")
        assert rows(again) == rows(table) and told(again, "question") == []


def test_short_rows_filled_by_choice():
    text = NAMES + "".join(LINES) + "20,20.5\n"
    question = about(read(text), "cells where")
    table = answered(text, question, "Fill ")
    assert rows(table)[-1] == ["20", "20.5", "", ""]
    assert about(table, "filled").severity == "warning"


def test_empty_cells_past_the_end_are_cut_off_and_told():
    table = read(NAMES + LINES[0].strip() + ",,\n" + "".join(LINES[1:]))
    assert rows(table) == BODY
    assert about(table, "all empty at the end").line == 2


def test_too_many_bad_rows_are_refused():
    error = refused(NAMES + "".join(LINES[:4]) + "1,2\n3,4,5\n6,7\n8,9,1\n")
    assert error.line == 6 and "4 of 8 lines" in str(error)


def test_a_separator_at_the_end_of_every_line_is_no_column():
    text = "".join(line.strip() + ",\n" for line in [NAMES, *LINES])
    table = read(text)
    assert (rows(table), table.names) == (BODY, ("id", "value", "word", "flag"))
    assert told(table, "question", "warning") == []


@pytest.mark.parametrize("spoil", ['"{}', '{}"', '"{}" x'])
def test_a_stray_quote_mark_is_told(spoil):
    for row in (0, 10, 19):
        changed = [spoil.format(cell) if place == 2 else cell for place, cell in enumerate(BODY[row])]
        lines = [*LINES[:row], ",".join(changed) + "\n", *LINES[row + 1 :]]
        table = read(NAMES + "".join(lines))
        finding = about(table, "quote mark")
        assert finding.line == row + 2
        kept = [cells for cells in BODY if cells != BODY[row]]
        assert [cells for cells in rows(table) if cells[0] != str(row)] == kept


def test_an_open_quote_that_another_closes_is_told():
    lines = list(LINES)
    lines[4] = '4,4.5,"word 4,no\n'
    lines[7] = '7,7.5,word 7",yes\n'
    table = read(NAMES + "".join(lines))
    assert any(finding.line == 6 for finding in table.findings)


def test_quoted_line_ends_and_separators():
    text = 'id,text\n1,"a, b"\n2,"one\ntwo"\n3,"x"\n4,"say ""hi"""\n'
    table = read(text)
    assert [row[1] for row in rows(table)] == ["a, b", "one\ntwo", "x", 'say "hi"']
    assert list(table.first_line) == [2, 3, 5, 6]
    assert told(table) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("last", ["", "end", "two"])
def test_line_ends(end, last):
    text = TEXT.strip().replace("\n", end) + {"": "", "end": end, "two": end * 2}[last]
    table = read(text)
    assert (rows(table), told(table)) == (BODY, [])


def test_mixed_line_ends():
    ends = ["\n", "\r\n", "\r"]
    text = "".join(line.strip() + ends[place % 3] for place, line in enumerate([NAMES, *LINES]))
    table = read(text)
    assert rows(table) == BODY
    assert about(table, "taken for the end of a line").severity == "note"
    assert [table.first_line[row] for row in (0, 5)] == [2, 7]


def test_a_header_one_short():
    body = "".join(f"row{n},{n},{n}.5\n" for n in range(10))
    text = "size,weight\n" + body
    question = about(read(text), "2 names where the rows have 3 cells")
    assert (question.severity, question.line) == ("question", 1)
    assert read(text).names == ("column 1", "size", "weight")
    assert answered(text, question, "The last columns").names == ("size", "weight", "column 3")
    without = answered(text, question, "Leave these names out")
    assert without.names == ("column 1", "column 2", "column 3")
    for table in (read(text), without):
        assert rows(table) == [[f"row{n}", str(n), f"{n}.5"] for n in range(10)]


def test_doubled_and_blank_names():
    table = read("x,x,,x (2),\n1,2,3,4,5\n6,7,8,9,0\n")
    assert table.original_names == ("x", "x", "", "x (2)", "")
    assert len(set(table.names)) == 5
    assert table.names[0] == "x" and table.names[3] == "x (2)" and table.names[2] == "column 3"
    assert about(table, "more than once").line == 1
    assert about(table, "no name").line == 1


def test_names_with_signs_stay_as_they_are():
    names = ['say "hi"', "😀", "<script>alert(1)</script>", "=1+1", "a\nb", "x,y"]
    quoted = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    table = read(quoted + "\n" + "1,2,3,4,5,6\n" * 3)
    assert list(table.names) == names


def test_caps():
    wide = ",".join(f"c{n}" for n in range(30)) + "\n" + ",".join(["1"] * 30) + "\n"
    error = refused(wide, caps=Caps(columns=20))
    assert (error.line, "30 columns" in str(error)) == (1, True)
    assert "more than 15 rows" in str(refused(TEXT * 3, caps=Caps(rows=15)))


@pytest.mark.parametrize("quoted", [False, True])
def test_a_cell_of_ten_megabytes(quoted):
    mark = '"' if quoted else ""
    error = refused(NAMES + LINES[0] + f"1,2,{mark}{'x' * 10_000_000}{mark},yes\n" + LINES[1])
    assert error.line == 3 and "1 000 000 characters" in str(error)


def test_blank_lines_between_rows():
    table = read(NAMES + LINES[0] + "\n" + "".join(LINES[1:]))
    assert rows(table) == BODY
    assert about(table, "blank").line == 3


def test_a_blank_line_in_a_single_column_is_a_missing_value():
    table = read("x\n1\n\n3\n")
    assert rows(table) == [["1"], [""], ["3"]]
    assert about(table, "blank").line == 3


def test_a_row_in_other_quote_marks_is_told():
    lines = list(LINES)
    lines[5] = "'5','5.5','word 5','yes'\n"
    table = read(NAMES + "".join(lines))
    assert about(table, "single quote marks").line == 7
    assert rows(table) == BODY
    lines[6] = '"6",6.5,"word, 6",no\n'
    assert about(read(NAMES + "".join(lines)), "quotation marks").line == 7


def test_a_row_with_spaces_after_its_separators_is_told():
    lines = list(LINES)
    lines[5] = "5, 5.5, word 5, yes\n"
    assert about(read(NAMES + "".join(lines)), "a space before each cell").line == 7


def test_one_endless_line_is_refused_by_its_columns():
    error = refused("a,b\n" + "1," * 3_000_000 + "1\n")
    assert error.line in {1, 2}
    assert "columns" in str(refused("1," * 3_000_000 + "1"))


def test_sums_among_the_rows_are_left_out_by_a_click():
    text = "region,first,second\nN,1,2\nS,3,4\nSubtotal,4,6\nE,5,6\nW,7,8\nSubtotal,12,14\nO,1,1\nP,2,3\n"
    finding = about(read(text), "as sums of other rows do")
    assert finding.options[0][1] == Choices(left_out="4 7")
    table = answered(text, finding, "Leave them out")
    assert [row[0] for row in rows(table)] == ["N", "S", "E", "W", "O", "P"]
    assert told(table) == ["Lines 4 and 7 are left out as chosen."]
    more = read(text.replace("W,7,8", "W,,"), table.choices)
    (lone,) = [one for one in more.findings if "one filled cell" in one.message]
    assert lone.options[0][1] == Choices(left_out="4 6 7"), "what was left out before stays so"


def test_blank_cells_at_the_end_are_no_remark():
    assert told(read(TEXT + ",,,\n,,,\n")) == [
        "Lines 22 and 23 at the end have separators and no value and are left out."
    ]


def test_names_repeated_once_may_begin_a_second_table():
    text = NAMES + "".join(LINES) + NAMES + "".join(LINES[:5])
    table = read(text)
    assert len(rows(table)) == 25
    finding = about(table, "repeats the names")
    assert rows(answered(text, finding, "Only the lines above")) == BODY


def test_colons_of_times_and_addresses_are_no_separator():
    first = "".join(f"{n},10:{n + 10},https://example.org/{n},x\n" for n in range(9))
    text = f"id,time,url,kind\n{first}\na,b,time,url,kind\n" + "".join(f"y,{line}\n" for line in first.split())
    (question,) = told(read(text), "question")
    assert question.startswith("There seem to be 2 tables")


@pytest.mark.parametrize("mark", ["،", "，", "；"])
def test_separators_of_other_scripts(mark):
    text = f"name{mark}age\n" + "".join(f"P{n}{mark}{20 + n}\n" for n in range(6))
    table = read(text)
    assert table.choices.separator == mark and rows(table)[2] == ["P2", "22"] and told(table) == []


def test_a_second_separator_within_a_column_is_told():
    text = "id,what\n" + "".join(f"{n},a\t{n}\tc\n" for n in range(8))
    assert "Every cell of column 2 from line 1 on holds 2 tabs" in about(read(text), "several columns").message
