"""Workbooks: values as Excel computed them, and every trick of the format refused."""

import datetime
import io
import zipfile

import openpyxl
import pytest

from nnbuilder.tables.choices import Caps, Choices
from tests.tables.harness import read, refused, rows, told

DAY = datetime.datetime(2024, 3, 1)
ROWS = [["Ada", 36, 1.5, True, DAY], ["Grace", 45, None, False, DAY.replace(hour=7)], ["Alan", 41, 1e20, True, DAY]]
NAMES = ["name", "age", "score", "paid", "day"]


def book(*sheets: list[list[object]]) -> bytes:
    made = openpyxl.Workbook()
    for place, cells in enumerate(sheets):
        sheet = made.active if place == 0 else made.create_sheet()
        sheet.title = f"Sheet {place + 1}"
        for row in cells:
            sheet.append(row)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def changed(content: bytes, member: str, old: bytes, new: bytes) -> bytes:
    """The workbook with a text in one of its parts replaced."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for item in source.infolist():
            part = source.read(item)
            if item.filename == member:
                assert old in part
                part = part.replace(old, new, 1)
            made.writestr(item.filename, part)
    return target.getvalue()


def test_values_and_types():
    table = read(book([NAMES, *ROWS]))
    assert rows(table) == [
        ["Ada", "36", "1.5", "true", "2024-03-01"],
        ["Grace", "45", None, "false", "2024-03-01 07:00:00"],
        ["Alan", "41", "1e+20", "true", "2024-03-01"],
    ]
    assert table.types == (None, "number", "number", "yes_no", "date")
    assert (table.names, list(table.first_line), told(table)) == (tuple(NAMES), [2, 3, 4], [])
    assert read(book([NAMES, *ROWS]), table.choices).data.equals(table.data)


def test_several_sheets_ask():
    content = book([NAMES, *ROWS], [["x", "y"], [1, 2], [3, 4]])
    (question,) = [finding for finding in read(content).findings if finding.severity == "question"]
    assert [label for label, _ in question.options] == ["Sheet “Sheet 1”", "Sheet “Sheet 2”"]
    other = read(content, question.options[1][1])
    assert (other.names, rows(other), told(other)) == (("x", "y"), [["1", "2"], ["3", "4"]], [])
    assert "no sheet “Third”" in str(refused(content, Choices(sheet="Third")))


def test_titles_before_the_table_and_an_empty_first_column():
    table = read(book([[None, "Report"], [], [None, *NAMES], *[[None, *row] for row in ROWS]]))
    assert table.names == tuple(NAMES)
    assert list(table.first_line) == [4, 5, 6]
    assert "Row 1 stands before the table" in told(table, "warning")[0]
    again = read(book([[None, "Report"], [], [None, *NAMES], *[[None, *row] for row in ROWS]]), table.choices)
    assert (rows(again), told(again, "question")) == (rows(table), [])


def test_formulas_without_a_result_are_told():
    table = read(book([["a", "b"], [1, "=A2*2"], [2, "=A3*2"], [3, 6]]))
    assert [row[1] for row in rows(table)] == [None, None, "6"]
    assert any("Rows 2 and 3 have formulas without a result" in message for message in told(table, "warning"))


def test_errors_of_excel_are_told():
    table = read(book([["a", "b"], [1, "#N/A"], [2, 5]]))
    assert any("Row 2" in message and "error of Excel" in message for message in told(table, "warning"))


def test_no_rows_and_no_cells():
    assert "no rows" in str(refused(book([["name", "age"]])))
    assert "no filled cell" in str(refused(book([])))


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
def test_entities_are_refused(member):
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    filled = book([NAMES, *ROWS])
    with zipfile.ZipFile(io.BytesIO(filled)) as archive:
        start = archive.read(member)[:60]
    declared = b'<?xml version="1.0"?>' if start.startswith(b"<?xml") else b""
    first = start[: start.index(b"?>") + 2] if declared else start[:1]
    content = changed(filled, member, first, declared + laughs + (b"" if declared else first))
    assert f"XML entities in {member}" in str(refused(content))


def test_a_declaration_far_into_a_part_is_found():
    filled = book([NAMES, *ROWS])
    with zipfile.ZipFile(io.BytesIO(filled)) as archive:
        start = archive.read("xl/workbook.xml")
    padding = b"<!--" + b" " * 200_000 + b"-->" + b'<!DOCTYPE x [<!ENTITY a "b">]>'
    content = changed(filled, "xl/workbook.xml", start[:20], padding + start[:20])
    assert "XML entities" in str(refused(content))


def test_a_workbook_that_is_a_bomb_is_refused():
    content = changed(book([NAMES, *ROWS]), "xl/workbook.xml", b"</workbook>", b" " * (30 * 2**20) + b"</workbook>")
    assert "bomb" in str(refused(content))
    assert "unpacks to more than" in str(refused(book([NAMES, *ROWS]), caps=Caps(expanded=1000)))


def test_a_size_that_is_a_lie_is_not_believed():
    content = changed(book([NAMES, *ROWS]), "xl/worksheets/sheet1.xml", b'ref="A1:E4"', b'ref="A1:XFD1048576"')
    assert read(content).data.shape == (3, 5)


def test_caps():
    assert "at most 3 are read" in str(refused(book([NAMES, *ROWS]), caps=Caps(columns=3)))
    assert refused(book([NAMES, *ROWS]), caps=Caps(rows=2)).line == 3
    assert refused(book([NAMES, ["x" * 200, 1]]), caps=Caps(cell=100)).line == 2


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_damaged_workbook_is_refused(member):
    filled = book([NAMES, *ROWS])
    with zipfile.ZipFile(io.BytesIO(filled)) as archive:
        whole = archive.read(member)
    assert "damaged" in str(refused(changed(filled, member, whole, whole[: len(whole) // 2])))


@pytest.mark.parametrize(
    ("last", "left_out"),
    [
        ([["Total", 762]], 1),
        ([["Source: ERP of the school", None]], 1),
        ([["Total", 762], ["Source: ERP", None]], 2),
        ([["Summe", 762], ["Mittelwert", 38.1]], 2),
        ([["Pencil", None]], 1),
    ],
)
def test_sums_and_remarks_below_a_table_are_asked_about(last, left_out):
    content = book([["Item", "Qty"], *[[f"Thing {n}", 2 * n] for n in range(20)], *last])
    table = read(content)
    (question,) = [one for one in table.findings if one.severity == "question"]
    assert "at the end" in question.message and "left out: say which." in question.message
    assert table.data.num_rows == 20
    answers = dict(question.options)
    assert read(content, answers["All of them are rows"]).data.num_rows == 20 + len(last)
    assert left_out == len(last) == next(iter(answers.values())).footer_rows


def test_an_ordinary_last_row_is_a_row():
    content = book([["Item", "Qty", "Size"], *[[f"Thing {n}", 2 * n, None if n % 3 else 1.5] for n in range(20)]])
    table = read(content)
    assert table.data.num_rows == 20
    assert not [one for one in table.findings if one.severity == "question"]


def test_a_machine_without_memory_is_no_damaged_workbook(monkeypatch):
    def full(*_arguments, **_named):
        raise MemoryError

    content = book([NAMES, *ROWS])
    monkeypatch.setattr("openpyxl.load_workbook", full)
    with pytest.raises(MemoryError):
        read(content)
