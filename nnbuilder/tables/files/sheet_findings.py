"""What is told of a sheet beside its cells: blank rows, errors of Excel, formulas without a result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nnbuilder.tables.files.opening import Content, as_file
from nnbuilder.tables.findings import Finding, lines_in_words, plural
from nnbuilder.tables.reading import Table

_MOST_BLANK = 100_000
"""Rows among which blank ones are looked for: a stray cell far below makes a sheet a million rows long."""
_ERRORS = {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}


def tell_blank(numbers: Sequence[int], rows: Sequence[tuple[int, list[Any]]], findings: list[Finding]) -> None:
    """Tell of blank rows between rows of data."""
    known = {number for number, _ in rows}
    last = numbers[-1]
    blank = []
    if last - numbers[0] + 1 > len(numbers):
        blank = [number for number in range(numbers[0], min(last, numbers[0] + _MOST_BLANK)) if number not in known]
    if blank:
        where = lines_in_words(blank, word="row").capitalize()
        findings.append(Finding("note", f"{where} {plural(blank, 'is', 'are')} blank and left out.", blank[0]))


def tell_errors(numbers: Sequence[int], values: Sequence[Sequence[Any]], findings: list[Finding]) -> None:
    """Tell of cells in which Excel shows an error."""
    rows = [
        number
        for number, row in zip(numbers, values, strict=True)
        if any(isinstance(cell, str) and cell in _ERRORS for cell in row)
    ]
    if rows:
        findings.append(
            Finding(
                "warning",
                f"{lines_in_words(rows).capitalize()} {plural(rows, 'has', 'have')} cells with an error of"
                " Excel such as “#N/A”; they are kept as text.",
                rows[0],
            )
        )


def tell_formulas(content: Content, sheet: str, table: Table, findings: list[Finding]) -> None:
    """Tell of formulas that were never computed: another program wrote them, and their cells seem empty."""
    if not any(column.null_count for column in table.data.columns):
        return
    # Heavy, and few files are workbooks.
    import openpyxl

    book = openpyxl.load_workbook(as_file(content), read_only=True, keep_links=False)
    values = openpyxl.load_workbook(as_file(content), read_only=True, data_only=True, keep_links=False)
    rows: list[int] = []
    formulas, results = book[sheet], values[sheet]
    formulas.reset_dimensions()
    results.reset_dimensions()
    pairs: Iterator[Any] = zip(formulas.iter_rows(values_only=True), results.iter_rows(values_only=True), strict=False)
    for number, (written, computed) in enumerate(pairs, 1):
        if any(
            isinstance(one, str) and one.startswith("=") and two is None
            for one, two in zip(written, computed, strict=False)
        ):
            rows.append(number)
    if rows:
        findings.append(
            Finding(
                "warning",
                f"{lines_in_words(rows).capitalize()} {plural(rows, 'has', 'have')} formulas without a result,"
                " whose cells count as missing; open the workbook in Excel, save it, and open it here anew.",
                rows[0],
            )
        )
