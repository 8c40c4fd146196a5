"""Which records of a text are the table: what stands before and after it, its names, and the rows that do not fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nnbuilder.tables.choices import Caps, Choices
from nnbuilder.tables.findings import Finding, Option, Unreadable, lines_in_words, plural, shown
from nnbuilder.tables.fitting import ends_empty, fit_rows, tell_blank_lines, tell_comments, with_blank_cells
from nnbuilder.tables.header import LOOKED_AT, Names, detect_header, make_names
from nnbuilder.tables.kinds import cell_kind, column_kinds, like_names
from nnbuilder.tables.parts import Part, find_parts, usual_width
from nnbuilder.tables.records import Grammar, Record

SEP_LINE = re.compile(r"sep=(.)(?:\r\n|\r|\n)", re.IGNORECASE)
"""What Excel takes in the first line for the separator."""
_TOTAL = re.compile(
    r"\s*(?:grand\s+)?(?:total|sum|subtotal|average|mean|summe|gesamt|mittelwert|source|note)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Layout:
    """What of a text is the table.

    `header` are the records of the names, `rows` those of the rows kept; rows narrower than `width` are filled up,
    wider ones end in empty cells.
    `choices` holds every choice made here.
    """

    width: int
    names: Names
    header: list[Record]
    rows: list[Record]
    choices: Choices
    reasons: dict[str, str]
    findings: tuple[Finding, ...]


class _Body(NamedTuple):
    """A part without what stands before and after the table."""

    header: list[list[str]]
    records: list[Record]
    skip_rows: int
    footer_rows: int
    align: str | None


def lay_out(records: Sequence[Record], grammar: Grammar, choices: Choices, caps: Caps, name: str) -> Layout:
    """Find the table among the records.

    Raises
    ------
    Unreadable
        If there is none, it has no rows, or too many rows do not fit.
    """
    findings: list[Finding] = []
    reasons: dict[str, str] = {}
    usual = usual_width([record for record in records if record.kind in {"row", "flawed"}])
    if usual > caps.columns:
        first = next(record for record in records if record.width == usual)
        raise _too_wide(first, usual, caps, name)
    single = usual == 1
    if single:
        records = with_blank_cells(records, findings)
    parts = find_parts(records, grammar)
    if not parts:
        raise Unreadable(f"{name} holds no table: every line is blank or a comment; open another file.", 1)
    number = _choose_part(parts, choices, findings, reasons, name)
    part = parts[number]
    begin = 1 if number == 0 else part.first_line
    width = part.width
    if width > caps.columns:
        raise _too_wide(part.records[0], width, caps, name)
    if width == 0:
        _refuse_flawed(part.records, name)
    body, chosen = _trim(part, width, begin, grammar, choices, findings, reasons, name)
    width = max(width, 1)
    rows = fit_rows(body.header, body.records, width, grammar, choices, name)
    findings += rows.findings
    if ends_empty(body.header, rows.kept, width, grammar):
        width -= 1
        body = body._replace(header=[cells[:width] for cells in body.header])
        findings.append(
            Finding(
                "note",
                f"Every line from line {_line(chosen, part)} on ends with a separator and nothing after it,"
                " which is no column.",
                _line(chosen, part),
            )
        )
    names = make_names(body.header, width, _line(chosen, part))
    findings += names.findings
    tell_blank_lines(records, [*chosen, *rows.kept], findings, single)
    tell_comments(records, grammar, findings)
    made = Choices(
        header_rows=len(chosen),
        skip_rows=body.skip_rows,
        footer_rows=body.footer_rows,
        part=number,
        ragged=choices.ragged or ("skip" if rows.asked else None),
        header_align=body.align,
    )
    if not rows.kept:
        line = _line(chosen, part)
        raise Unreadable(
            f"{name} has names in line {line} and no rows below; add rows, or say that it has no names.",
            line,
            (("All rows are data", Choices(header_rows=0)),),
        )
    return Layout(width, names, chosen, rows.kept, made, reasons, tuple(findings))


def _too_wide(record: Record, width: int, caps: Caps, name: str) -> Unreadable:
    return Unreadable(
        f"Line {record.line} of {name} has {width:,} columns and at most {caps.columns:,} are read;"
        " leave out columns, or choose another separator.",
        record.line,
    )


def _line(header: Sequence[Record], part: Part) -> int:
    return header[0].line if header else part.first_line


def _choose_part(
    parts: Sequence[Part], choices: Choices, findings: list[Finding], reasons: dict[str, str], name: str
) -> int:
    if choices.part is not None:
        if choices.part >= len(parts):
            raise Unreadable(
                f"{name} holds {len(parts)} tables, so there is no table number {choices.part + 1}; choose another."
            )
        reasons["part"] = "chosen"
        return choices.part
    if len(parts) == 1:
        return 0
    best = max(range(len(parts)), key=lambda place: (len(parts[place].records), -place))
    reasons["part"] = "it is the table with the most rows"
    options: list[Option] = [
        (f"Table {place + 1}: lines {one.first_line} to {one.last_line}, {one.width} columns", Choices(part=place))
        for place, one in enumerate(parts[:8])
    ]
    others = lines_in_words([one.first_line for one in parts])
    findings.append(
        Finding(
            "question",
            f"There seem to be {len(parts)} tables, beginning at {others}; the one at line"
            f" {parts[best].first_line} is shown: choose one.",
            parts[1].first_line,
            tuple(options),
        )
    )
    return best


def _refuse_flawed(records: Sequence[Record], name: str) -> None:
    first = records[0]
    raise Unreadable(
        f"Line {first.line} of {name} has {first.flaw}; repair it, or choose another quote mark.", first.line
    )


def _trim(
    part: Part,
    width: int,
    begin: int,
    grammar: Grammar,
    choices: Choices,
    findings: list[Finding],
    reasons: dict[str, str],
    name: str,
) -> tuple[_Body, list[Record]]:
    """Take away what stands before and after the table and find its names."""
    records = list(part.records)
    if choices.skip_rows is not None:
        records = [record for record in records if record.line >= begin + choices.skip_rows]
        reasons["skip_rows"] = "chosen"
        skip_rows = choices.skip_rows
    else:
        before = _preamble(records, width, grammar, choices)
        if before:
            reasons["skip_rows"] = "the lines before are cut unlike the table"
            findings.append(_left_out(records[:before], grammar, "before"))
        records = records[before:]
        skip_rows = records[0].line - begin if records and before else 0
        if not before and records:
            skip_rows = records[0].line - begin
    if not records:
        raise Unreadable(f"{name} has no line after the {skip_rows} that are skipped; skip fewer.")
    after = _footer(records, width, grammar, choices, findings)
    if after:
        reasons["footer_rows"] = (
            "chosen" if choices.footer_rows is not None else "the last lines are cut unlike the table"
        )
        records = records[:-after]
    if not records:
        raise Unreadable(f"{name} has no line left when the last {after} are left out; leave out fewer.")
    header, align, rest = _header(records, width, grammar, choices, findings, reasons)
    cells = [_fitted(grammar.cells(record), width, align or "left") for record in header] if align != "none" else []
    return _Body(cells, rest, skip_rows, after, align), header


def _preamble(records: Sequence[Record], width: int, grammar: Grammar, choices: Choices) -> int:
    """How many records stand before the table."""
    if SEP_LINE.match(grammar.text) and records[0].start == 0 and len(records) > 1:
        return 1 + _preamble(records[1:], width, grammar, choices)
    fitting = next((place for place, record in enumerate(records) if record.width == width), 0)
    # A row of names may have one cell too few or too many: it stands right before the first row, and cuts alike.
    if fitting and choices.header_rows != 0:
        before = records[fitting - 1]
        near = abs(before.width - width) <= max(1, width // 4) and before.width > 1
        if before.kind == "row" and near and not _words_above(records, fitting, width, grammar):
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


def _words_above(records: Sequence[Record], place: int, width: int, grammar: Grammar) -> bool:
    """Whether the first fitting record is a row of names itself."""
    rows = [record for record in records[place:] if record.width == width][: LOOKED_AT + 1]
    if len(rows) < 2:
        return False
    cells = [grammar.cells(record) for record in rows]
    other, same = like_names(cells[0], column_kinds(cells[1:], width))
    return other > 0 and same == 0


def _footer(records: Sequence[Record], width: int, grammar: Grammar, choices: Choices, findings: list[Finding]) -> int:
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
        findings.append(_left_out(records[-after:], grammar, "after"))
        return after
    closing = _closing_lines(records, width, grammar)
    if closing:
        lines = [record.line for record in records[-closing:]]
        what = "The last one" if closing == 1 else f"The last {closing}"
        example = shown(grammar.text[records[-closing].start : records[-closing].stop])
        findings.append(
            Finding(
                "question",
                f"{lines_in_words(lines).capitalize()} at the end {'seems' if closing == 1 else 'seem'} to be"
                " no row but a closing remark"
                f" ({example}) and {'is' if closing == 1 else 'are'} left out: say which.",
                lines[0],
                (
                    (f"{what} is no row" if closing == 1 else f"{what} are no rows", Choices(footer_rows=closing)),
                    ("All lines are rows", Choices(footer_rows=0)),
                ),
            )
        )
    return closing


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
        total = bool(filled and _TOTAL.match(filled[0]) and filled[0] is not cells[-1])
        if len(filled) > 1 and not total:
            break
        closing += 1
    before = [_filled(record, grammar) for record in records[-6 - closing : -closing or None] if record.width == width]
    return closing if min(before, default=0) >= 3 else 0


def _left_out(records: Sequence[Record], grammar: Grammar, side: str) -> Finding:
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


def _header(
    records: list[Record],
    width: int,
    grammar: Grammar,
    choices: Choices,
    findings: list[Finding],
    reasons: dict[str, str],
) -> tuple[list[Record], str | None, list[Record]]:
    """The records that hold names, how they are put to the columns if they do not fit, and the rest."""
    first = records[0]
    if choices.header_rows is not None:
        reasons["header_rows"] = "chosen"
        taken = records[: choices.header_rows]
        if any(record.kind == "flawed" for record in taken):
            flawed = next(record for record in taken if record.kind == "flawed")
            raise Unreadable(
                f"Line {flawed.line} should hold names and has {flawed.flaw}; repair it, or skip it.", flawed.line
            )
        rest = records[choices.header_rows :]
        unlike = next((record for record in taken if record.width != width), None)
        if unlike is None:
            return taken, choices.header_align, rest
        if choices.header_align is not None:
            return taken, choices.header_align, rest
        align = _ask_align(unlike, width, rest, grammar, findings)
        return taken, align, rest
    fitting = [record for record in records if record.width == width][:LOOKED_AT]
    if first.width != width and first.kind == "row":
        align = choices.header_align or _ask_align(first, width, records[1:], grammar, findings)
        reasons["header_rows"] = (
            f"line {first.line} stands before the rows and has {first.width} cells instead of {width}"
        )
        return [first], align, records[1:]
    header = detect_header([grammar.cells(record) for record in fitting], [record.line for record in fitting])
    reasons["header_rows"] = header.reason
    if header.finding:
        findings.append(header.finding)
    return records[: header.rows], choices.header_align, records[header.rows :]


def _ask_align(header: Record, width: int, rest: Sequence[Record], grammar: Grammar, findings: list[Finding]) -> str:
    """Ask where names go that are more or fewer than columns; the likeliest answer."""
    cells = grammar.cells(header)
    rows = [grammar.cells(record) for record in rest if record.width == width][:LOOKED_AT]
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        findings.append(
            Finding("warning", f"Line {header.line} ends with separators that name no column.", header.line)
        )
        return "left"
    if len(cells) < width and rows and not any(cell.strip() for row in rows for cell in row[len(cells) :]):
        findings.append(
            Finding("warning", f"The rows end with empty cells that line {header.line} has no name for.", header.line)
        )
        return "left"
    guess = "none"
    if len(cells) == width - 1 and rows and len({row[0] for row in rows}) == len(rows) > 1:
        # R writes the names of rows so.
        guess = "right"
    options: tuple[Option, ...] = (
        (
            "The last columns have no name" if len(cells) < width else "The last names have no column",
            Choices(header_rows=1, header_align="left"),
        ),
        (
            "The first columns have no name" if len(cells) < width else "The first names have no column",
            Choices(header_rows=1, header_align="right"),
        ),
        ("Leave these names out", Choices(header_rows=1, header_align="none")),
    )
    done = {"none": "left out", "right": "given to the last columns"}[guess]
    findings.append(
        Finding(
            "question",
            f"Line {header.line} has {len(cells)} names where the rows have {width} cells, so the names may"
            f" belong to other columns; they are {done}: say where they go.",
            header.line,
            options,
        )
    )
    return guess


def _fitted(cells: list[str], width: int, align: str) -> list[str]:
    """Names cut or filled up to the number of columns."""
    missing = [""] * (width - len(cells))
    if align == "right":
        return (missing + cells)[-width:]
    return (cells + missing)[:width]
