"""Rows that fit the width of a table, rows that do not, and what is told about them and the lines between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from nnbuilder.fields import plain
from nnbuilder.tables.choices import Choices
from nnbuilder.tables.findings import Finding, Option, Unreadable, lines_in_words, plural, shown
from nnbuilder.tables.lines.dialect import absent_mark
from nnbuilder.tables.lines.mending import MOST_MENDED, Mender
from nnbuilder.tables.lines.records import Grammar, Record

_TRIED = 20
"""Lines that do not fit up to which it is tried whether one can be mended."""
MOST_RAGGED = 0.25
"""With a larger share of rows that do not fit, the way of reading is wrong and not the rows."""


def with_blank_cells(records: Sequence[Record], findings: list[Finding]) -> list[Record]:
    """In a table of one column a blank line between others is an empty cell, and one of signs is a cell, too."""
    filled = [place for place, record in enumerate(records) if record.kind in {"row", "flawed"}]
    inner = range(filled[0], filled[-1])
    blank = [records[place].line for place in inner if records[place].kind == "blank"]
    if blank:
        findings.append(
            Finding(
                "warning",
                f"{lines_in_words(blank).capitalize()} {plural(blank, 'is', 'are')} blank and counted as"
                " missing values of the only column.",
                blank[0],
            )
        )
    return [
        record._replace(kind="row", width=1) if record.kind in {"blank", "ruler"} and place in inner else record
        for place, record in enumerate(records)
    ]


class Kept(NamedTuple):
    """The rows kept, what is told about the others, and whether it is asked what becomes of them."""

    kept: list[Record]
    findings: list[Finding]
    asked: bool


def fit_rows(
    header: Sequence[Sequence[str]],
    records: Sequence[Record],
    width: int,
    grammar: Grammar,
    choices: Choices,
    name: str,
    mender: Mender,
    after: int = 0,
) -> Kept:
    """The records that are rows, and what is told about those that do not fit; `mender` says how they may.

    After the records `after` more are left out.
    """
    repeated: list[Record] = []
    names = [_bare(cell) for cell in header[0]] if len(header) == 1 and width > 1 else None
    kept: list[Record] = []
    short: list[Record] = []
    long: list[Record] = []
    flawed: list[Record] = []
    ended: list[Record] = []
    for record in records:
        if record.kind == "flawed":
            flawed.append(record)
        elif record.width == width:
            if names is not None and _begins_like(record, grammar, names[0]) and _cells(record, grammar) == names:
                repeated.append(record)
            else:
                kept.append(record)
        elif record.width < width:
            short.append(record)
            if choices.ragged == "pad":
                kept.append(record)
        elif _ends_blank(grammar.cells(record), width) and mender.fits(grammar.cells(record)[:width]):
            ended.append(record)
            kept.append(record)
        else:
            long.append(record)
    unfit = [*short, *long, *flawed]
    if len(unfit) > max(1, MOST_RAGGED * len(records)) and choices.ragged is None:
        raise _refusal(unfit, len(records), width, name, _mending(unfit, mender)[0], grammar)
    mended = _mending(unfit, mender) if choices.ragged != "mend" else ((), "")
    told = [_tell_ended(ended, width)] if ended else []
    if short or long:
        told.append(_tell_ragged(short, long, _rests(records, short, width), width, choices, mended))
    if flawed:
        told.append(_tell_flawed(flawed, mended[0], "" if short or long else mended[1]))
    if repeated:
        told.append(_tell_repeated(repeated, _one_of_two(repeated[0], records, after) if len(repeated) == 1 else ()))
    return Kept(kept, told, bool(short or long) and choices.ragged is None)


def _refusal(
    unfit: Sequence[Record], rows: int, width: int, name: str, mending: tuple[Option, ...], grammar: Grammar
) -> Unreadable:
    """That too many lines do not fit, with what may be done about it."""
    first = min(unfit, key=lambda record: record.line)
    what = first.flaw or f"{first.width} cells where most have {width}"
    return Unreadable(
        f"Line {first.line} of {name} has {what}, and {plain(len(unfit))} of {plain(rows)} lines do not fit;"
        " choose another separator or quote mark, or repair the lines.",
        first.line,
        (
            ("Leave these lines out", Choices(ragged="skip")),
            ("Fill short lines with empty cells", Choices(ragged="pad")),
            *mending,
            ("Each line is one cell", Choices(separator=absent_mark(grammar.text), lines="plain")),
        ),
    )


def _tell_ended(ended: Sequence[Record], width: int) -> Finding:
    where = lines_in_words([record.line for record in ended])
    return Finding(
        "warning",
        f"{where.capitalize()} {_have(ended)} more cells than the {width} columns, all empty at the"
        " end; they are cut off.",
        ended[0].line,
    )


def _tell_flawed(flawed: Sequence[Record], mending: tuple[Option, ...], as_mended: str) -> Finding:
    where = lines_in_words([record.line for record in flawed])
    flaws = " or ".join(Counter(record.flaw for record in flawed))
    return Finding(
        "warning",
        f"{where.capitalize()} {_have(flawed)} {flaws}{as_mended} and {_are(flawed)} left out: repair the quote marks.",
        flawed[0].line,
        mending,
    )


def _tell_repeated(repeated: Sequence[Record], options: tuple[Option, ...]) -> Finding:
    where = lines_in_words([record.line for record in repeated])
    return Finding(
        "warning",
        f"{where.capitalize()} {plural(repeated, 'repeats', 'repeat')} the names of the columns and"
        f" {_are(repeated)} left out; what stands above and below is taken for one table.",
        repeated[0].line,
        options,
    )


def _one_of_two(repeated: Record, records: Sequence[Record], after: int) -> tuple[Option, ...]:
    """The offer to take only the table above, where the names are repeated once."""
    below = after + sum(record.line >= repeated.line for record in records)
    return (("Only the lines above are the table", Choices(footer_rows=below)),)


def _ends_blank(cells: Sequence[str], width: int) -> bool:
    """Whether the cells behind the last column are all blank."""
    return not any(cell.strip() for cell in cells[width:])


def _bare(cell: str) -> str:
    """A name without capitals and without spaces around it."""
    return cell.strip().casefold()


def _cells(record: Record, grammar: Grammar) -> list[str]:
    return [_bare(cell) for cell in grammar.cells(record)]


def _begins_like(record: Record, grammar: Grammar, name: str) -> bool:
    """Whether a record may begin with a name: quick, and sure only if it does not."""
    begin = grammar.text[record.start : min(record.stop, record.start + len(name) + 8)]
    return name[:8] in begin.casefold() if name else True


def _rests(records: Sequence[Record], short: Sequence[Record], width: int) -> list[Record]:
    """Short rows that a line end in a cell may have cut off the line before."""
    if width < 3 or not short:
        return []
    before = {record.last_line + 1: record for record in records if record.kind == "row"}
    return [
        record
        for record in short
        if (first := before.get(record.line)) is not None
        and (first.width + record.width - 1 == width or (record.width == 1 and first.width == width))
    ]


def _tell_ragged(
    short: list[Record],
    long: list[Record],
    split: Sequence[Record],
    width: int,
    choices: Choices,
    mended: tuple[tuple[Option, ...], str],
) -> Finding:
    both = sorted((*short, *long), key=lambda record: record.line)
    widths = [str(count) for count in sorted({record.width for record in both})[:6]]
    counts = " or ".join([*([", ".join(widths[:-1])] if widths[1:] else []), widths[-1]])
    where = lines_in_words([record.line for record in both])
    cells = "cell" if counts == "1" else "cells"
    rests = [
        f"line {record.line} seems to be the rest of line {record.line - 1}" for record in short if record in split
    ]
    rest = f" ({'; '.join(rests[:3])}{' and more' if len(rests) > 3 else ''})" if rests else ""
    message = f"{where.capitalize()} {_have(both)} {counts} {cells} where the table has {width} columns{rest}"
    if choices.ragged == "pad":
        done = (
            "short ones are filled with empty cells at the end, long ones left out"
            if long
            else "are filled with empty cells at the end"
        )
        return Finding("warning", f"{message} and {done}.", both[0].line)
    message += f"{mended[1] if choices.ragged is None else ''} and {_are(both)} left out"
    if choices.ragged == "mend":
        return Finding("warning", message + ", as no way or several ways fit: repair them.", both[0].line)
    if choices.ragged == "skip":
        return Finding("warning", message + ".", both[0].line, mended[0])
    one = len(both) == 1
    options: tuple[Option, ...] = (("Leave it out" if one else "Leave these lines out", Choices(ragged="skip")),)
    if short:
        filled = "Fill it with empty cells at the end" if one else "Fill short lines with empty cells at the end"
        options += ((filled, Choices(ragged="pad")),)
    it = "it" if one else "them"
    message += f": repair {it}, or say what becomes of {it}."
    return Finding("question", message, both[0].line, options + mended[0])


def _mending(records: Sequence[Record], mender: Mender) -> tuple[tuple[Option, ...], str]:
    """The offer to mend lines, and how the first of them would be cut, where there is only one way to do it."""
    for record in sorted(records, key=lambda one: one.line)[:_TRIED]:
        cells = mender.mend(record)
        if cells is not None:
            words = "Cut it anew as it fits" if len(records) == 1 else "Cut those anew that fit in only one way"
            option = (words, Choices(ragged="mend"))
            which = "it" if len(records) == 1 else f"line {record.line}"
            return (option,), f" ({which} would fit as {in_cells(cells)})"
    return (), ""


def mend_rows(
    records: Sequence[Record], width: int, mender: Mender, grammar: Grammar
) -> tuple[list[Record], list[Finding]]:
    """The records with those mended that fit in only one way, and what is told of them."""
    first = next((place for place, record in enumerate(records) if record.width == width), len(records))
    kept: list[Record] = []
    changed: list[Record] = []
    example = ""
    for place, record in enumerate(records):
        cells = None
        if (record.width != width or record.kind == "flawed") and place >= first - 1 and len(changed) < MOST_MENDED:
            cells = mender.mend(record, names=place < first)
        if cells is not None:
            example = example or in_cells(cells)
            record = grammar.mended(record, cells)
            changed.append(record)
        kept.append(record)
    if not changed:
        return kept, []
    where = lines_in_words([record.line for record in changed])
    of_first = f", line {changed[0].line}" if len(changed) > 1 else ""
    return kept, [
        Finding(
            "warning",
            f"{where.capitalize()} did not fit the table and {plural(changed, 'is', 'are')} cut anew{of_first} as"
            f" {example}: look whether that is right.",
            changed[0].line,
        )
    ]


def in_cells(cells: Sequence[str]) -> str:
    """The first cells of a line as a sentence shows them."""
    return " | ".join(shown(cell, 20) for cell in cells[:6]) + (" | …" if len(cells) > 6 else "")


def ends_empty(header: Sequence[Sequence[str]], rows: Sequence[Record], width: int, grammar: Grammar) -> bool:
    """Whether the last column has neither a name nor a value."""
    if width < 3 or not header or not rows or any(cells[-1].strip() for cells in header):
        return False
    text, separator = grammar.text, grammar.dialect.separator
    return all(record.width == width and text.endswith(separator, record.start, record.stop) for record in rows)


def tell_blank_lines(records: Sequence[Record], rows: Sequence[Record], findings: list[Finding], single: bool) -> None:
    """Tell of blank lines between rows."""
    if single or not rows:
        return
    first, last = rows[0].line, rows[-1].last_line
    blank = [record.line for record in records if record.kind == "blank" and first < record.line < last]
    if blank:
        findings.append(
            Finding(
                "warning",
                f"{lines_in_words(blank).capitalize()} {plural(blank, 'is', 'are')} blank and left out.",
                blank[0],
            )
        )


def tell_rulers(records: Sequence[Record], grammar: Grammar, findings: list[Finding]) -> None:
    """Tell of lines that are drawn and hold nothing."""
    rulers = [record for record in records if record.kind == "ruler"]
    if rulers:
        where = lines_in_words([record.line for record in rulers])
        example = shown(grammar.text[rulers[0].start : rulers[0].stop])
        findings.append(
            Finding(
                "warning",
                f"{where.capitalize()} {plural(rulers, 'holds', 'hold')} only signs that draw a line ({example})"
                f" and {_are(rulers)} left out.",
                rulers[0].line,
            )
        )


def tell_comments(records: Sequence[Record], grammar: Grammar, findings: list[Finding]) -> None:
    """Tell of comment lines."""
    comments = [record for record in records if record.kind == "comment"]
    if comments:
        where = lines_in_words([record.line for record in comments])
        example = shown(grammar.text[comments[0].start : comments[0].stop])
        findings.append(
            Finding(
                "warning",
                f"{where.capitalize()} {plural(comments, 'begins', 'begin')} with “{grammar.dialect.comment}”"
                f" and {_are(comments)} left out as comments: {example}.",
                comments[0].line,
                (("They are rows", Choices(comment="")),),
            )
        )


def _have(records: Sequence[Record]) -> str:
    return "has" if len(records) == 1 else "have"


def _are(records: Sequence[Record]) -> str:
    return "is" if len(records) == 1 else "are"
