"""Which records of a text are the table: what stands before and after it, its names, and the rows that do not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nnbuilder.fields import plain
from nnbuilder.tables.choices import Caps, Choices
from nnbuilder.tables.findings import Finding, Option, Unreadable, lines_in_words, plural
from nnbuilder.tables.lines.fitting import (
    ends_empty,
    fit_rows,
    in_cells,
    mend_rows,
    tell_blank_lines,
    tell_comments,
    tell_rulers,
    with_blank_cells,
)
from nnbuilder.tables.lines.header import LOOKED_AT, Names, detect_header, make_names
from nnbuilder.tables.lines.mending import Mender
from nnbuilder.tables.lines.parts import Part, find_parts, usual_width
from nnbuilder.tables.lines.records import Grammar, Record
from nnbuilder.tables.lines.surroundings import footer, left_out, preamble, words_above


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
    header_names: str | None


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
    rows_alike = [record for record in part.records if record.kind == "row" and record.width == width]
    mender = Mender(grammar, rows_alike[1:], width)
    if choices.ragged == "mend":
        mended, told = mend_rows(part.records, width, mender, grammar)
        part = Part(mended)
        findings += told
    if choices.left_out:
        part = _without(part, choices.lines_left_out(), findings)
    body, chosen = _trim(part, width, begin, grammar, choices, findings, reasons, name, mender)
    width = max(width, 1)
    rows = fit_rows(body.header, body.records, width, grammar, choices, name, mender, body.footer_rows)
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
    header = body.header
    if body.header_names == "first":
        left, header = chosen[1:], header[:1]
        where = lines_in_words([record.line for record in left])
        words = f"{where.capitalize()} below the names {plural(left, 'is', 'are')} left out."
        findings.append(Finding("note", words, left[0].line))
    names = make_names(header, width, _line(chosen, part))
    findings += names.findings
    tell_blank_lines(records, [*chosen, *rows.kept], findings, single)
    tell_comments(records, grammar, findings)
    tell_rulers(records, grammar, findings)
    made = Choices(
        header_rows=len(chosen),
        skip_rows=body.skip_rows,
        footer_rows=body.footer_rows,
        part=number,
        ragged=choices.ragged or ("skip" if rows.asked else None),
        header_align=body.align,
        header_names=body.header_names,
        left_out=choices.left_out,
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
        f"Line {record.line} of {name} has {plain(width)} columns and at most {plain(caps.columns)} are read;"
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
        (f"Table {place + 1}: {_span(one)}, {one.width} columns", Choices(part=place))
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


def _span(part: Part) -> str:
    """Where a table begins and ends."""
    one = part.first_line == part.last_line
    return f"line {part.first_line}" if one else f"lines {part.first_line} to {part.last_line}"


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
    mender: Mender,
) -> tuple[_Body, list[Record]]:
    """Take away what stands before and after the table and find its names."""
    records = list(part.records)
    if choices.skip_rows is not None:
        records = [record for record in records if record.line >= begin + choices.skip_rows]
        reasons["skip_rows"] = "chosen"
        skip_rows = choices.skip_rows
    else:
        before = preamble(records, width, grammar, choices)
        if before:
            reasons["skip_rows"] = "the lines before are cut unlike the table"
            findings += _tell_before(records, before, begin, width, grammar, mender)
        records = records[before:]
        skip_rows = records[0].line - begin if records and before else 0
        if not before and records:
            skip_rows = records[0].line - begin
    if not records:
        raise Unreadable(f"{name} has no line after the {skip_rows} that are skipped; skip fewer.")
    after = footer(records, width, grammar, choices, findings)
    if after:
        reasons["footer_rows"] = (
            "chosen" if choices.footer_rows is not None else "the last lines are cut unlike the table"
        )
        records = records[:-after]
    if not records:
        raise Unreadable(f"{name} has no line left when the last {after} are left out; leave out fewer.")
    header, align, names, rest = _header(records, width, begin, grammar, choices, findings, reasons, mender)
    cells = [_fitted(grammar.cells(record), width, align or "left") for record in header] if align != "none" else []
    return _Body(cells, rest, skip_rows, after, align, names if len(header) > 1 else None), header


def _without(part: Part, lines: set[int], findings: list[Finding]) -> Part:
    """A part without the lines that are no rows, as a person said."""
    gone = [record.line for record in part.records if record.line in lines]
    kept = [record for record in part.records if record.line not in lines]
    if not gone or not kept:
        return part
    words = f"{lines_in_words(gone).capitalize()} {plural(gone, 'is', 'are')} left out as chosen."
    findings.append(Finding("note", words, gone[0]))
    return Part(kept)


def _tell_before(
    records: Sequence[Record], before: int, begin: int, width: int, grammar: Grammar, mender: Mender
) -> list[Finding]:
    """That lines before the table are left out, and whether the last of them may hold the names all the same."""
    last, first = records[before - 1], records[before]
    names = mender.mend(last, names=True) if last.last_line + 1 == first.line else None
    if names is None or words_above(records, before, width, grammar):
        return [left_out(records[:before], grammar, "before")]
    why = last.flaw or f"{last.width} {'cell' if last.width == 1 else 'cells'} instead of {width}"
    question = Finding(
        "question",
        f"Line {last.line} has {why} and is left out, yet it may hold the names {in_cells(names)}: say whether it"
        " does.",
        last.line,
        (
            ("It holds these names", Choices(skip_rows=last.line - begin, header_rows=1, ragged="mend")),
            ("It is left out", Choices(skip_rows=first.line - begin)),
        ),
    )
    others = records[: before - 1]
    return [question, *([left_out(others, grammar, "before")] if others else [])]


def _header(
    records: list[Record],
    width: int,
    begin: int,
    grammar: Grammar,
    choices: Choices,
    findings: list[Finding],
    reasons: dict[str, str],
    mender: Mender,
) -> tuple[list[Record], str | None, str | None, list[Record]]:
    """The records that hold names, how they are put to the columns if they do not fit, which count, and the rest."""
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
        names = choices.header_names
        if unlike is None or choices.header_align is not None:
            return taken, choices.header_align, names, rest
        align = _ask_align(unlike, width, rest, grammar, findings, mender)
        return taken, align, names, rest
    fitting = [record for record in records if record.width == width][:LOOKED_AT]
    if first.width != width and first.kind == "row":
        align = choices.header_align or _ask_align(first, width, records[1:], grammar, findings, mender)
        reasons["header_rows"] = (
            f"line {first.line} stands before the rows and has {first.width} cells instead of {width}"
        )
        return [first], align, None, records[1:]
    header = detect_header([grammar.cells(record) for record in fitting], [record.line for record in fitting], begin)
    reasons["header_rows"] = header.reason
    if header.finding:
        findings.append(header.finding)
    return records[: header.rows], choices.header_align, choices.header_names or header.names, records[header.rows :]


def _ask_align(
    header: Record, width: int, rest: Sequence[Record], grammar: Grammar, findings: list[Finding], mender: Mender
) -> str:
    """Ask where names go that are more or fewer than columns; the likeliest answer."""
    cells = grammar.cells(header)
    rows = [grammar.cells(record) for record in rest if record.width == width][:LOOKED_AT]
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        findings.append(
            Finding("warning", f"Line {header.line} ends with separators that name no column.", header.line)
        )
        return "left"
    if len(cells) < width and rows and not any(cell.strip() for row in rows for cell in row[len(cells) :]):
        guess = "left"
    else:
        guess = "none"
    if guess == "none" and len(cells) == width - 1 and rows and len({row[0] for row in rows}) == len(rows) > 1:
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
    names = mender.mend(header, names=True)
    if names is not None:
        options = ((f"They are {in_cells(names)}", Choices(header_rows=1, ragged="mend")), *options)
    done = {
        "none": "left out",
        "right": "given to the last columns",
        "left": "given to the first columns, as the last cells are empty in every row",
    }[guess]
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
