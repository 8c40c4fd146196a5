"""Which rows hold the names of the columns, why, and the names made unique."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nnbuilder.tables.choices import Choices
from nnbuilder.tables.findings import Finding, lines_in_words, listed, plural
from nnbuilder.tables.kinds import CellKind, cell_kind, column_kinds, like_names

LOOKED_AT = 500
"""Rows at the beginning that tell what a column holds."""
_MOST_HEADER_ROWS = 4
_SIGN = re.compile(r"[^\w\s]{1,4}|[(\[][^)\]]{0,12}[)\]]")
"""What stands below a name and is no word: a sign such as %, or a unit in brackets."""
_TIMES = 10
"""How often a category is there on the average, in a column of few."""
_FEW_COLUMNS = 2
_LONG = 60
"""Characters that no name has."""


@dataclass(frozen=True)
class Header:
    """How many rows hold names, why, what is to be asked or told about it, and which of the rows name the columns."""

    rows: int
    reason: str
    finding: Finding | None = None
    names: str | None = None


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
    found = _rows_of_words(rows, kinds)
    other, same = like_names(rows[0], kinds)
    first = lines[0]
    if found == 1:
        if typed == 1 and like_names(rows[1], kinds) == (1, 0) and len(rows) > 2:
            return Header(1, "line 1 has a word in the column of numbers", _ask(lines, 1, "line 2 has one too"))
        if len({cell.strip() for cell in rows[0]} - {""}) < (width + 1) // 2:
            return Header(1, "words stand above numbers", _ask(lines, 1, "but most of its cells are blank or alike"))
        return Header(1, f"line {first} has words where the column below has numbers or dates")
    if found > 1:
        return _several(rows, lines, found, begin)
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
            _no_names(first),
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


def _rows_of_words(rows: Sequence[Sequence[str]], kinds: Sequence[CellKind]) -> int:
    """How many of the first rows have words, or signs of units, where the columns below have numbers or dates."""
    typed = [place for place, kind in enumerate(kinds) if kind in {"number", "date"}]
    found = 0
    for place, row in enumerate(rows[: min(_MOST_HEADER_ROWS, len(rows) - 1)]):
        other, same = like_names(row, kinds)
        blank = sum(not row[place].strip() for place in typed)
        signs = sum(_SIGN.fullmatch(row[place].strip()) is not None for place in typed)
        if not place and same and _years_above(row, rows[1], kinds):
            other, same = same, 0
        if not other or same or (found and (other + signs + blank < len(typed) or len(typed) < 2)):
            break
        found += 1
    return found


def _years_above(row: Sequence[str], below: Sequence[str], kinds: Sequence[CellKind]) -> bool:
    """Whether a row names groups of columns by years: it has blanks between them, and names stand below."""
    cells = [cell.strip() for cell, kind in zip(row, kinds, strict=True) if kind in {"number", "date"}]
    numbers = [cell for cell in cells if cell_kind(cell) in {"number", "date"}]
    other, same = like_names(below, kinds)
    return "" in cells and all(map(_like_year, numbers)) and other >= len(cells) - 1 and not same


def _several(rows: Sequence[Sequence[str]], lines: Sequence[int], found: int, begin: int) -> Header:
    """Several rows of words above columns of numbers: names in several lines, or names and something else."""
    where = lines_in_words(lines[:found])
    width = len(rows[0])
    why = f"{where} {'both' if found == 2 else 'all'} have words above columns of numbers"
    first = rows[0]
    # Survey programs write the questions, and identifiers of their own, below the names.
    of_first = len({*first} - {""}) == width and any(
        len(cell) > _LONG or cell.startswith('{"') for row in rows[1:found] for cell in row
    )
    together = make_names(rows[:found], width, None).original
    names = first if of_first else together
    rest = lines_in_words(lines[1:found])
    out = "is" if found == 2 else "are"
    first_alone = (
        f"Line {lines[0]} holds the names, {rest} {out} left out",
        Choices(header_rows=found, header_names="first"),
    )
    count = {2: "two", 3: "three"}.get(found, str(found))
    all_of_them = (f"The first {count} rows hold the names", Choices(header_rows=found, header_names="all"))
    # A title stands above.
    last = (f"Line {lines[found - 1]} holds the names", Choices(skip_rows=lines[found - 1] - begin, header_rows=1))
    options = (
        *((first_alone, all_of_them) if of_first else (all_of_them, first_alone)),
        last,
        (f"Line {lines[0]} holds the names, {rest} {out} data", Choices(header_rows=1)),
        ("All rows are data", Choices(header_rows=0)),
    )
    taken = f"line {lines[0]} is taken for names and {rest} left out" if of_first else "are taken for names together"
    return Header(
        found,
        f"{where} have words where the columns below have numbers or dates",
        Finding(
            "question",
            f"{where.capitalize()} may hold names or data ({why}) and{' ' if not of_first else ', for now, '}{taken}"
            f" ({listed([name for name in names if name.strip()], 3)}): say which.",
            lines[0],
            options,
        ),
        "first" if of_first else None,
    )


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
    # Columns of few categories, each many times, leave no doubt: a name is among none of them, and a value is.
    # A text that is there once may be a name, too: of more rows of names, or of a second table.
    counts = [Counter(row[place].strip() for row in rows[1:LOOKED_AT]) for place in range(len(first))]
    few = [place for place, one in enumerate(counts) if len(one) * _TIMES <= one.total() and min(one.values()) > 1]
    if names and len(few) >= _FEW_COLUMNS:
        return Header(1, f"line {lines[0]} has none of the categories of the columns below")
    found = [place for place in few if counts[place][first[place]] >= _TIMES]
    # Names that come again and again do so together.
    again = sum(row == rows[0] for row in rows[1:LOOKED_AT])
    if any(first[place] and counts[place][first[place]] > again for place in found):
        return Header(0, f"line {lines[0]} has a category of a column below", _no_names(lines[0]))
    question = _ask(lines, guess, "")
    as_what = (
        f"line {lines[0]} is taken for names and line {lines[1]} for the first row"
        if names
        else f"line {lines[0]} is taken for the first row"
    )
    message = f"Every column holds text, so nothing tells names from data; {as_what}: say which."
    return Header(guess, "all columns hold text", replace(question, message=message))


def _no_names(line: int) -> Finding:
    return Finding(
        "warning",
        f"Line {line} holds values like the lines below, so the table has no names and the columns are counted.",
        line,
        (("Line 1 of the table holds the names", Choices(header_rows=1)),),
    )


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
    spread = [*(_spread(row, below) for row, below in pairwise(header)), header[-1]]
    original = tuple(_joined([row[place] for row in spread]) for place in range(width))
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
        which = list(dict.fromkeys(doubled))
        findings.append(
            Finding(
                "warning",
                f"Line {line} has the {plural(which, 'name', 'names')} {listed(which)} more than once; the later"
                f" columns get a number behind {plural(which, 'it', 'them')}.",
                line,
            )
        )
    if blank:
        places = lines_in_words(blank, word="column").capitalize()
        findings.append(
            Finding(
                "warning",
                f"{places} {plural(blank, 'has', 'have')} no name in line {line} and"
                f" {plural(blank, 'is', 'are')} counted.",
                line,
            )
        )
    return Names(original, tuple(unique), tuple(findings))


def _joined(parts: Sequence[str]) -> str:
    """The parts of a name in several rows as one: without a dash where there is no unit, and nothing twice."""
    kept = [parts[0]] if parts[0].strip() else []
    for part in parts[1:]:
        if cell_kind(part) != "empty" and part not in kept:
            kept.append(part)
    return " ".join(kept)


def _spread(row: Sequence[str], below: Sequence[str]) -> list[str]:
    """A row of names with those of merged cells repeated: a name with names below it goes on over blank cells."""
    spread: list[str] = []
    group = ""
    for cell, under in zip(row, below, strict=True):
        if cell.strip():
            group = cell if under.strip() else ""
        elif not under.strip():
            group = ""
        spread.append(cell if cell.strip() else group)
    return spread
