"""Several tables on one sheet, one below the other with blank rows between them: told apart by names of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnbuilder.tables.choices import Choices
from nnbuilder.tables.findings import Finding, Option, Unreadable, lines_in_words
from nnbuilder.tables.kinds import cell_kind

Row = tuple[int, list[Any]]
"""A row of a sheet: its number and its cells."""
_MOST_OFFERED = 8


def choose_table(
    rows: list[Row], choices: Choices, findings: list[Finding], reasons: dict[str, str], name: str
) -> tuple[list[Row], int | None]:
    """The rows of one table and its number: of the chosen one, or of that with the most rows; None if there is one.

    Raises
    ------
    Unreadable
        If there is no table of the chosen number.
    """
    tables = _tables(rows)
    if choices.part is not None:
        if choices.part >= len(tables):
            raise Unreadable(
                f"{name} holds {len(tables)} {'table' if len(tables) == 1 else 'tables'} on this sheet, so there is no"
                f" table number {choices.part + 1}; choose another."
            )
        reasons["part"] = "chosen"
        return tables[choices.part], choices.part
    if len(tables) == 1:
        return rows, None
    best = max(range(len(tables)), key=lambda place: (len(tables[place]), -place))
    reasons["part"] = "it is the table with the most rows"
    options: tuple[Option, ...] = tuple(
        (f"Table {place + 1}: rows {table[0][0]} to {table[-1][0]}", Choices(part=place))
        for place, table in enumerate(tables[:_MOST_OFFERED])
    )
    begins = lines_in_words([table[0][0] for table in tables], word="row")
    findings.append(
        Finding(
            "question",
            f"There seem to be {len(tables)} tables on the sheet, beginning at {begins}; the one at row"
            f" {tables[best][0][0]} is shown: choose one.",
            tables[1][0][0],
            options,
        )
    )
    return tables[best], best


def _tables(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows cut where, after a blank row, a row of words stands above a row with numbers or dates."""
    tables: list[list[Row]] = [[]]
    for place, row in enumerate(rows):
        after_blank = place > 0 and row[0] > rows[place - 1][0] + 1
        if after_blank and place + 1 < len(rows) and rows[place + 1][0] == row[0] + 1 and _whole(tables[-1]):
            kinds = [_kind(cell) for cell in row[1]]
            below = {_kind(cell) for cell in rows[place + 1][1]}
            if kinds.count("text") >= 2 and not {"number", "date"} & set(kinds) and {"number", "date"} & below:
                tables.append([])
        tables[-1].append(row)
    return tables


def _whole(rows: Sequence[Row]) -> bool:
    """Whether some rows are a table and not a title: two of several cells, one with a number or a date."""
    wide = [[_kind(cell) for cell in cells if cell is not None] for _, cells in rows]
    wide = [kinds for kinds in wide if len(kinds) > 1]
    return len(wide) > 1 and any({"number", "date"} & set(kinds) for kinds in wide)


def _kind(cell: Any) -> str:
    if cell is None or isinstance(cell, str):
        return cell_kind(cell or "")
    return "text" if isinstance(cell, bool) else "number"
