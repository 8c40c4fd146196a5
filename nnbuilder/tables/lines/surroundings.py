"""What stands before and after a table: titles, remarks, sums, and the line with which Excel names the separator."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nnbuilder.tables.choices import Choices
from nnbuilder.tables.findings import Finding, lines_in_words, plural, shown
from nnbuilder.tables.kinds import PLAIN_NUMBER, TOTAL, cell_kind, column_kinds, like_names
from nnbuilder.tables.lines.header import LOOKED_AT
from nnbuilder.tables.lines.records import Grammar, Record

SEP_LINE = re.compile(r"sep=(.)(?:\r\n|\r|\n)", re.IGNORECASE)
"""What Excel takes in the first line for the separator."""
_MOST_SUMMED = 20_000
"""Rows up to which the last one is compared with the sum of the others."""
_CLOSING = re.compile(r"\s*(?:source|note|quelle|fuente|remark|hinweis|©|\(c\)|\*)", re.IGNORECASE)


def preamble(records: Sequence[Record], width: int, grammar: Grammar, choices: Choices) -> int:
    """How many records stand before the table."""
    if SEP_LINE.match(grammar.text) and records[0].start == 0 and len(records) > 1:
        return 1 + preamble(records[1:], width, grammar, choices)
    fitting = next((place for place, record in enumerate(records) if record.width == width), 0)
    # A row of names may have one cell too few or too many: it stands right before the first row, and cuts alike.
    if fitting and choices.header_rows != 0:
        before = records[fitting - 1]
        near = abs(before.width - width) <= max(1, width // 4) and before.width > 1
        if before.kind == "row" and near and not words_above(records, fitting, width, grammar):
            return fitting - 1
    if fitting == 0 and width >= 3:
        # Titles are often filled up with separators to the width of the table.
        while fitting < len(records) - 1 and _filled(records[fitting], grammar) <= 1:
            fitting += 1
        if _filled(records[fitting], grammar) < (width + 1) // 2:
            return 0
    return fitting


def _filled(record: Record, grammar: Grammar) -> int:
    if record.kind != "row":
        return 0
    return sum(bool(cell.strip()) for cell in grammar.cells(record))


def words_above(records: Sequence[Record], place: int, width: int, grammar: Grammar) -> bool:
    """Whether the first fitting record is a row of names itself."""
    rows = [record for record in records[place:] if record.width == width][: LOOKED_AT + 1]
    if len(rows) < 2:
        return False
    cells = [grammar.cells(record) for record in rows]
    other, same = like_names(cells[0], column_kinds(cells[1:], width))
    return other > 0 and same == 0


def footer(records: Sequence[Record], width: int, grammar: Grammar, choices: Choices, findings: list[Finding]) -> int:
    """How many records stand after the table."""
    if choices.footer_rows is not None:
        return min(choices.footer_rows, len(records))
    after = 0
    while after < len(records) and width > 1:
        record = records[-1 - after]
        if record.width == width or record.kind == "flawed" or record.width > max(1, width // 2):
            break
        # A row cut short has its numbers, a remark has none.
        if record.width > 1 and any(cell_kind(cell) == "number" for cell in grammar.cells(record)):
            break
        after += 1
    if after:
        findings.append(left_out(records[-after:], grammar, "after"))
        return after
    closing = _closing_lines(records, width, grammar)
    if closing:
        told = [grammar.text[one.start : one.stop] for one in records[-closing:] if _filled(one, grammar)]
        findings.append(ask_about_closing([record.line for record in records[-closing:]], told))
    return closing


def ask_about_closing(lines: Sequence[int], told: Sequence[str], what: str = "line") -> Finding:
    """The question whether the last lines (or rows of a sheet) are rows; they are left out until it is answered.

    `told` are those of them that hold something; there is no question if none does.
    """
    one = len(lines) == 1
    where = lines_in_words(lines, word=what).capitalize()
    if not told:
        words = "has separators and no value and is" if one else "have separators and no value and are"
        return Finding("note", f"{where} at the end {words} left out.", lines[0])
    last = "The last one" if one else f"The last {len(lines)}"
    return Finding(
        "question",
        f"{where} at the end {'seems' if one else 'each seem'} to be no row but a closing remark or a sum"
        f" ({shown(told[0])}) and"
        f" {'is' if one else 'are'} left out: say which.",
        lines[0],
        (
            (f"{last} is no row" if one else f"{last} are no rows", Choices(footer_rows=len(lines))),
            ("All lines are rows" if what == "line" else "All of them are rows", Choices(footer_rows=0)),
        ),
    )


def closing_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many of the last rows of a sheet are totals, or remarks that fill one cell, below rows that fill more."""
    closing = 0
    while closing < min(20, len(rows) - 3):
        cells = rows[-1 - closing]
        filled = [cell for cell in cells if cell.strip()]
        total = bool(filled and filled[0] is not cells[-1] and (_CLOSING.match(filled[0]) or TOTAL.match(filled[0])))
        remark = len(filled) == 1 and cell_kind(filled[0]) == "text"
        if filled and not total and not remark:
            break
        closing += 1
    before = [sum(bool(cell.strip()) for cell in row) for row in rows[-6 - closing : -closing or None]]
    return closing if min(before, default=0) >= 2 else 0


def _closing_lines(records: Sequence[Record], width: int, grammar: Grammar) -> int:
    """How many of the last records are as wide as the table and yet seem to be totals or remarks."""
    if width < 3 or len(records) < 4:
        return 0
    closing = 0
    while closing < min(20, len(records) - 3):
        record = records[-1 - closing]
        if record.kind != "row" or record.width != width:
            break
        cells = grammar.cells(record)
        filled = [cell for cell in cells if cell.strip()]
        total = bool(filled and (_CLOSING.match(filled[0]) or TOTAL.match(filled[0])) and filled[0] is not cells[-1])
        total = total or (closing == 0 and _sums(records, width, grammar))
        if len(filled) > 1 and not total:
            break
        closing += 1
    before = [_filled(record, grammar) for record in records[-6 - closing : -closing or None] if record.width == width]
    return closing if min(before, default=0) >= 3 else 0


def _sums(records: Sequence[Record], width: int, grammar: Grammar) -> bool:
    """Whether the last row has no words and is the sum of all others in every column that it fills."""
    rows = [record for record in records if record.width == width]
    if not 4 <= len(rows) <= _MOST_SUMMED or rows[-1] is not records[-1]:
        return False
    last = grammar.cells(rows[-1])
    places = [place for place, cell in enumerate(last) if cell.strip()]
    if not places or len(places) == width or not all(PLAIN_NUMBER.fullmatch(last[place].strip()) for place in places):
        return False
    sums = dict.fromkeys(places, 0.0)
    for record in rows[:-1]:
        cells = grammar.cells(record)
        for place in places:
            cell = cells[place].strip()
            sums[place] += float(cell) if PLAIN_NUMBER.fullmatch(cell) else 0.0
    return all(abs(sums[place] - float(last[place])) <= 0.01 * max(1.0, abs(sums[place]) * 1e-4) for place in places)


def left_out(records: Sequence[Record], grammar: Grammar, side: str) -> Finding:
    """That some records before or after the table are left out."""
    lines = [record.line for record in records]
    example = grammar.text[records[0].start : records[0].stop]
    verb = "stands" if len(lines) == 1 else "stand"
    flaw = next((f" ({record.flaw})" for record in records if record.flaw), "")
    return Finding(
        "warning",
        f"{lines_in_words(lines).capitalize()} {verb} {side} the table and {plural(lines, 'is', 'are')} left"
        f" out: {shown(example)}{flaw}.",
        lines[0],
    )
