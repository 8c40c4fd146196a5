"""What a sheet hides, merges or holds twice is told, with the button that repairs it."""

import io
from collections.abc import Callable, Sequence

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from nnbuilder.tables.choices import Choices
from tests.tables.harness import read, rows, told

ROWS = [["region", "town", "n"], ["N", "a", 1], [None, "b", 2], ["S", "c", 3], [None, "d", 4], ["W", "e", 5]]


def sheet(cells: Sequence[Sequence[object]], change: Callable[[Worksheet], object] = lambda _: None) -> bytes:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in cells:
        page.append(list(row))
    change(page)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def merge(page: Worksheet) -> None:
    page.merge_cells("A2:A3")
    page.merge_cells("A4:A5")


def test_merged_cells_are_told_and_filled_by_a_click():
    content = sheet(ROWS, merge)
    (warning,) = [one for one in read(content).findings if "merged" in one.message]
    assert warning.message.startswith("2 ranges of cells, such as A2:A3, are merged")
    filled = read(content, warning.options[0][1])
    assert [row[0] for row in rows(filled)] == ["N", "N", "S", "S", "W"]
    left = read(content, warning.options[1][1])
    assert [row[0] for row in rows(left)] == ["N", None, "S", None, "W"] and told(left, "warning") == []


def test_merged_names_alone_are_no_gaps():
    cells = [["Land", "2019", None], [None, "GDP", "Pop"], *([f"C{n}", n + 0.5, n] for n in range(12))]
    table = read(sheet(cells, lambda page: (page.merge_cells("A1:A2"), page.merge_cells("B1:C1"))))
    assert table.names == ("Land", "2019 GDP", "2019 Pop") and told(table, "warning") == []
    assert table.findings[0].message.startswith("Rows 1 and 2 may hold names")


def hide(page: Worksheet) -> None:
    page.row_dimensions[3].hidden = page.row_dimensions[5].hidden = True
    page.column_dimensions["C"].hidden = True


def test_hidden_rows_and_columns_are_told():
    content = sheet([["a", "b", "c"], *([n, n / 2, n * 3] for n in range(6))], hide)
    table = read(content)
    assert table.data.num_rows == 6
    (warning,) = [one for one in table.findings if one.severity == "warning"]
    assert warning.message.startswith("Rows 3 and 5 are hidden in the sheet")
    assert told(table, "note") == ["Column “c” is hidden in the sheet and is read like the others."]
    less = read(content, warning.options[0][1])
    assert [row[0] for row in rows(less)] == ["0", "2", "4", "5"] and told(less, "warning") == []


def test_a_hidden_sheet_is_not_shown_before_others():
    def more(page: Worksheet) -> None:
        page.sheet_state = "hidden"
        assert page.parent is not None
        second = page.parent.create_sheet("Data")
        for row in [["x", "y"], *([n, n * 2] for n in range(5))]:
            second.append(row)

    table = read(sheet([["old", "list"], [1, 2]], more))
    assert table.names == ("x", "y") and table.choices.sheet == "Data"
    assert told(table) == ["The hidden sheet “Sheet” has cells, too; “Data” is shown."]


def test_two_tables_on_one_sheet_are_asked_about():
    first, second = [["a", "b"], [1, 2], [3, 4], [5, 6]], [["p", "q", "r"], [7, 8, "x"], [9, 10, "y"]]
    content = sheet([*first, [], *second])
    table = read(content)
    assert rows(table) == [["1", "2"], ["3", "4"], ["5", "6"]] and table.names == ("a", "b")
    (question,) = [one for one in table.findings if one.severity == "question"]
    assert "beginning at rows 1 and 6" in question.message
    other = read(content, question.options[1][1])
    assert rows(other) == [["7", "8", "x"], ["9", "10", "y"]] and list(other.first_line) == [7, 8]
    assert read(content, Choices(part=0)).findings == () and read(content, table.choices).findings == ()


def test_a_blank_row_within_one_table_is_told():
    table = read(sheet([["a", "b"], [1, 2], [], [3, 4], [5, 6]]))
    assert rows(table) == [["1", "2"], ["3", "4"], ["5", "6"]]
    assert told(table) == ["Row 3 is blank and left out."]
