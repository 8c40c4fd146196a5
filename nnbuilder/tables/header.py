"""Which rows hold the names of the columns, why, and the names made unique."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nnbuilder.tables.choices import Choices
from nnbuilder.tables.findings import Finding, lines_in_words, plural, shown
from nnbuilder.tables.kinds import cell_kind, column_kinds, like_names

LOOKED_AT = 500
"""Rows at the beginning that tell what a column holds."""
_MOST_HEADER_ROWS = 4


@dataclass(frozen=True)
class Header:
    """How many rows hold names, why, and what is to be asked or told about it."""

    rows: int
    reason: str
    finding: Finding | None = None


@dataclass(frozen=True)
class Names:
    """The names of the columns as the file has them, made unique, and what was noticed."""

    original: tuple[str, ...]
    unique: tuple[str, ...]
    findings: tuple[Finding, ...]


def detect_header(rows: Sequence[Sequence[str]], lines: Sequence[int], begin: int = 1) -> Header:
    """The header rows among the first rows of a table, all of one width; `lines` says where each stands.

    Lines that are skipped are counted from line `begin` on.

    The evidence is the columns of numbers and dates: a row of names has words there.
    """
    if len(rows) == 1:
        return _only_row(rows[0], lines[0])
    width = len(rows[0])
    skipped = _MOST_HEADER_ROWS if len(rows) >= 3 * _MOST_HEADER_ROWS else 1
    kinds = column_kinds(rows[skipped:LOOKED_AT], width)
    typed = sum(kind in {"number", "date"} for kind in kinds)
    if typed == 0:
        return _all_text(rows, lines)
    found = 0
    for row in rows[: min(_MOST_HEADER_ROWS, len(rows) - 1)]:
        other, same = like_names(row, kinds)
        blank = sum(not row[place].strip() for place in range(width) if kinds[place] in {"number", "date"})
        if not other or same or (found and (other + blank < typed or typed < 2)):
            break
        found += 1
    other, same = like_names(rows[0], kinds)
    first = lines[0]
    if found == 1:
        if typed == 1 and like_names(rows[1], kinds) == (1, 0) and len(rows) > 2:
            return Header(1, "line 1 has a word in the column of numbers", _ask(lines, 1, "line 2 has one too"))
        if len({cell.strip() for cell in rows[0]} - {""}) < (width + 1) // 2:
            return Header(1, "words stand above numbers", _ask(lines, 1, "but most of its cells are blank or alike"))
        return Header(1, f"line {first} has words where the column below has numbers or dates")
    if found > 1:
        where = lines_in_words(lines[:found])
        return Header(
            found,
            f"{where} have words where the columns below have numbers or dates",
            _with_last(
                _ask(lines, found, f"{where} {'both' if found == 2 else 'all'} have words above columns of numbers"),
                lines[found - 1],
                begin,
            ),
        )
    if other:
        guess = 1 if other > same else 0
        return Header(
            guess,
            "some cells of the first line are like those below",
            _ask(lines, guess, "some of its cells are words, some numbers"),
        )
    if same:
        filled = [
            cell.strip()
            for cell, kind in zip(rows[0], kinds, strict=True)
            if kind in {"number", "date"} and cell.strip()
        ]
        if len(set(filled)) == len(filled) > 1 and all(_like_year(cell) for cell in filled) and typed < width:
            return Header(1, "its numbers are like years", _ask(lines, 1, "its numbers may be years that name columns"))
        return Header(
            0,
            f"line {first} has numbers where the columns below have them",
            Finding(
                "warning",
                f"Line {first} holds values like the lines below, so the table has no names and the columns are"
                " counted.",
                first,
                (("Line 1 of the table holds the names", Choices(header_rows=1)),),
            ),
        )
    return Header(1, "nothing tells otherwise", _ask(lines, 1, "its cells in columns of numbers are blank"))


def _ask(lines: Sequence[int], guess: int, why: str) -> Finding:
    taken = "taken for data" if guess == 0 else "taken for names"
    what = lines_in_words(lines[: max(1, guess)])
    return Finding(
        "question",
        f"{what.capitalize()} may hold names or data ({why}) and {'are' if guess > 1 else 'is'} {taken}: say which.",
        lines[0],
        (
            ("The first row holds the names", Choices(header_rows=1)),
            ("All rows are data", Choices(header_rows=0)),
            ("The first two rows hold the names", Choices(header_rows=2)),
        )[: 3 if len(lines) > 2 else 2],
    )


def _with_last(finding: Finding, line: int, begin: int) -> Finding:
    """The question with one more answer: only the last of several rows of words holds names, a title stands above."""
    answer = (f"Line {line} holds the names", Choices(skip_rows=line - begin, header_rows=1))
    return replace(finding, options=(finding.options[0], answer, *finding.options[1:]))


def _only_row(row: Sequence[str], line: int) -> Header:
    """One row alone: data if it has a number, else most likely names without data."""
    if any(cell_kind(cell) in {"number", "date"} for cell in row):
        return Header(0, "the only row has numbers", _ask([line], 0, "it is the only row and has numbers"))
    return Header(1, "the only row has words")


def _all_text(rows: Sequence[Sequence[str]], lines: Sequence[int]) -> Header:
    first = [cell.strip() for cell in rows[0]]
    below = [{row[place].strip() for row in rows[1:LOOKED_AT]} for place in range(len(first))]
    again = any(cell in seen for cell, seen in zip(first, below, strict=True))
    names = len(set(first)) == len(first) and all(first) and not again
    guess = 1 if names else 0
    question = _ask(lines, guess, "")
    as_what = (
        f"line {lines[0]} is taken for names and line {lines[1]} for the first row"
        if names
        else f"line {lines[0]} is taken for the first row"
    )
    message = f"Every column holds text, so nothing tells names from data; {as_what}: say which."
    return Header(guess, "all columns hold text", replace(question, message=message))


def _like_year(cell: str) -> bool:
    return cell.isdigit() and (1800 <= int(cell) <= 2100)


def make_names(header: Sequence[Sequence[str]], width: int, line: int | None) -> Names:
    """The names of the columns: several header rows joined, blank ones counted, doubles numbered.

    Parameters
    ----------
    header
        The header rows, each with `width` cells.
    line
        Where the header stands.
    """
    if not header:
        counted = tuple(f"column {place + 1}" for place in range(width))
        return Names(("",) * width, counted, ())
    original = tuple(" ".join(part for row in header if (part := row[place]).strip()) for place in range(width))
    taken = {name for name in original if name.strip()}
    used: set[str] = set()
    unique: list[str] = []
    doubled: list[str] = []
    blank: list[int] = []
    for place, name in enumerate(original):
        wanted = name
        if not name.strip():
            blank.append(place + 1)
            wanted = f"column {place + 1}"
        elif name in used:
            doubled.append(name)
        fresh, number = wanted, 1
        while fresh in used or (fresh != name and fresh in taken):
            number += 1
            fresh = f"{wanted} ({number})"
        used.add(fresh)
        unique.append(fresh)
    findings: list[Finding] = []
    if doubled:
        which = ", ".join(shown(name) for name in dict.fromkeys(doubled))
        findings.append(
            Finding(
                "warning",
                f"Line {line} has the name {which} more than once; the later columns get a number behind it.",
                line,
            )
        )
    if blank:
        places = ", ".join(map(str, blank[:5])) + (f" and {len(blank) - 5} more" if len(blank) > 5 else "")
        what = "Column" if len(blank) == 1 else "Columns"
        findings.append(
            Finding(
                "warning",
                f"{what} {places} {plural(blank, 'has', 'have')} no name in line {line} and"
                f" {plural(blank, 'is', 'are')} counted.",
                line,
            )
        )
    return Names(original, tuple(unique), tuple(findings))
