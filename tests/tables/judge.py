"""Whether a table was read as it is meant, told where it was not, or misread in silence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnbuilder.tables.columns.profile import column_values, profile_table
from nnbuilder.tables.findings import Finding, shown
from nnbuilder.tables.reading import Table, Unreadable, read_table
from tests.tables.drafts import Column, Draft


@dataclass(frozen=True)
class Verdict:
    """``exact``, ``as text`` (kept as it stands, made no number), ``told``, ``refused`` or ``SILENT``, and why."""

    word: str
    why: str = ""


def names_line(message: str, line: int) -> bool:
    """Whether a message names a line, alone, in a list or in a range."""
    if re.search(r"and \d+ more", message):
        return True
    if any(int(first) <= line for first in re.findall(r"from line (\d+) on", message)):
        return True
    ranges = re.findall(r"(\d+) to (\d+)", message)
    return str(line) in re.findall(r"\d+", message) or any(int(a) <= line <= int(b) for a, b in ranges)


def judge(draft: Draft, path: Path) -> Verdict:
    """What becomes of a spoiled table."""
    path.write_bytes(draft.content())
    try:
        table = read_table(path, "spoiled.csv")
    except Unreadable as error:
        named = error.line is not None and re.search(rf"\b{error.line}\b", str(error))
        return Verdict("refused", str(error)) if named else Verdict("SILENT", f"refused without a line: {error}")
    profile = profile_table(table)
    told = [*table.findings, *profile.findings]
    strong = [finding for finding in told if finding.severity != "note"]
    words = [finding.message for finding in told]
    if draft.shaken is not None:
        line = draft.line_of(draft.shaken)
        near = [one for one in strong if names_line(one.message, line)]
        if (table.data.num_rows, table.data.num_columns) != (draft.rows - 1, len(draft.columns)):
            near = near or [one for one in strong if one in table.findings]
        return Verdict("told", near[0].message) if near else Verdict("SILENT", f"line {line}: {words}")
    of_file = [finding for finding in strong if finding.line is not None]
    if (table.data.num_rows, table.data.num_columns) != (draft.rows, len(draft.columns)):
        size = f"{table.data.num_rows} x {table.data.num_columns}, not {draft.rows} x {len(draft.columns)}"
        extra = _extra(draft, table)
        if table_told(of_file, table) or any(names_line(one.message, extra) for one in strong):
            return Verdict("told", size)
        return Verdict("SILENT", f"{size}: {words}")
    worst = Verdict("exact")
    if draft.names is not None and _bare(table.original_names) != _bare(draft.names):
        if not [one for one in table.findings if one.severity != "note" and one.line is not None]:
            return Verdict("SILENT", f"names {table.original_names}: {words}")
        worst = Verdict("told", "names")
    for place, column in enumerate(draft.columns):
        verdict = _column(column, place, table, profile, told)
        if verdict.word == "SILENT":
            return verdict
        if verdict.word != "exact" and worst.word != "told":
            worst = verdict
    return worst


def _extra(draft: Draft, table: Table) -> int:
    """The line of the first row that is none of the draft's."""
    lines = {draft.line_of(place) for place in range(draft.rows)}
    return next((line for line in table.first_line if line not in lines), -1)


def _bare(names: Sequence[str]) -> list[str]:
    return [name.strip(" \t\r\n\u00a0\ufeff") for name in names]


def table_told(findings: Sequence[Finding], table: Table) -> bool:
    """Whether something was said about the shape of the table: a word about one column's values does not count."""
    return any(finding in table.findings for finding in findings)


def _column(column: Column, place: int, table: Table, profile, told: Sequence[Finding]) -> Verdict:
    found = profile.columns[place]
    cells = table.data.column(place).to_pylist()
    about = [one.message for one in told if shown(found.name) in one.message]
    if found.type in ("text", "identifier"):
        # Kept letter by letter: nobody computes with it.
        wrong = [row for row, cell in enumerate(cells) if cell.strip() != column.cells[row].strip()]
        word = "as text" if column.kind in ("number", "date") else "exact"
        return _mismatch(column, wrong, table, about, told, cells) if wrong else Verdict(word)
    values = column_values(table.data.column(place), found)
    if found.type in ("category", "yes_no"):
        got: list[object] = [None if code != code else found.labels[int(code)] for code in values]
        if column.kind in ("number", "date"):
            wrong = [row for row, label in enumerate(got) if (label or "") != column.cells[row].strip() and label]
            return _mismatch(column, wrong, table, about, told, got) if wrong else Verdict("as text")
        wanted: list[object] = list(column.truth)
    else:
        got = [None if value != value else float(value) for value in values]
        wanted = list(column.truth)
        if found.type == "number" and column.kind == "date":
            # A number that is written as one was read right; that it means a day nobody can know.
            wanted = [
                float(cell) if re.fullmatch(r"\d+", cell.strip()) else one
                for cell, one in zip(column.cells, wanted, strict=True)
            ]
    wrong = [row for row, (one, two) in enumerate(zip(got, wanted, strict=True)) if not _same(one, two, column)]
    return _mismatch(column, wrong, table, about, told, got) if wrong else Verdict("exact")


def _same(got: object, wanted: object, column: Column) -> bool:
    if isinstance(got, float) and isinstance(wanted, float):
        return abs(got - wanted) <= 1e-9 * max(1.0, abs(wanted))
    if isinstance(got, str) and isinstance(wanted, str) and column.kind == "label":
        return got == wanted or (got.lower() == wanted.lower() and {got.lower()} <= {"yes", "no"})
    return got == wanted


def _mismatch(
    column: Column,
    wrong: Sequence[int],
    table: Table,
    about: Sequence[str],
    told: Sequence[Finding],
    got: Sequence[object],
) -> Verdict:
    row = wrong[0]
    line = table.first_line(row)
    why = f"“{column.name}” line {line}: {column.cells[row]!r} became {got[row]!r}, not {column.truth[row]!r}"
    named = [one.message for one in told if one.severity != "note" and names_line(one.message, line)]
    if about or named:
        return Verdict("told", f"{why}: {(about or named)[0]}")
    return Verdict("SILENT", f"{why}: {[one.message for one in told]}")
