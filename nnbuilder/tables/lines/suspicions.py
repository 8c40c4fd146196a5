"""Cells that were cut by the rules and yet are odd: quote marks left in them, lines swallowed by them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nnbuilder.tables.choices import SPACES, Choices
from nnbuilder.tables.columns.blanks import is_spelled_missing
from nnbuilder.tables.findings import Finding, Option, lines_in_words, plural, shown
from nnbuilder.tables.kinds import TOTAL, cell_kind
from nnbuilder.tables.lines.records import LINE_END, Dialect, Record

_PAIRS = {'"': '"', "'": "'", "`": "`", "“": "”", "„": "“", "”": "”", "«": "»", "‘": "’", "‚": "‘"}
WRAPPERS = "".join(_PAIRS)
"""Marks that cells are put in besides the one that is taken for the quote mark."""
_KEPT = 1000
_COMMENTS = ("#", "%", "//", "/*", "--", "<!--", "REM ")
"""What comments begin with, in some language."""
LEAST_WIDE = 3
"""Columns from which on a row of one filled cell is odd."""
_WORDS_OF_SUMS = 2
"""Cells with words that a row of sums has, its label among them."""
_BEHIND = re.compile(r"\S\s+(?:#|//|--)\s")


class Suspicions:
    """What is odd about the cells of a table, gathered row by row."""

    def __init__(self, width: int, dialect: Dialect, left_out: str | None = None) -> None:
        self._left_out = left_out
        self.nul_line: int | None = None
        self._width = width
        self._dialect = dialect
        self._separator = "" if dialect.separator == SPACES else dialect.separator
        self._wrapped: list[int] = []
        self._literal: list[int] = []
        self._swallowed: list[int] = []
        self._escaped: list[int] = []
        self._blank: list[int] = []
        self._spaced: list[int] = []
        self._marked: list[int] = []
        self._totals: list[int] = []
        self._lone: list[int] = []
        self._behind: list[int] = []
        self._filled = 0
        self._rows = 0
        self._examples: dict[str, str] = {}

    def look(self, record: Record, cells: Sequence[str]) -> None:
        """Look at a row, or at the names."""
        self._rows += 1
        first = cells[0]
        # A lone sign is the name of a column that counts rows.
        marked = first.startswith(_COMMENTS) and first.strip("-") and first.strip() not in _COMMENTS
        if marked and not self._dialect.comment and not is_spelled_missing(first):
            self._note(self._marked, record, "marked", first)
        filled = len(cells) - cells.count("")
        if filled <= LEAST_WIDE:
            # Cells of spaces are no filled ones; few rows have to be looked at so closely.
            filled = sum(bool(cell.strip()) for cell in cells)
        self._filled += filled
        if filled <= 1 and self._width >= LEAST_WIDE and (sign := next(filter(None, cells), "")):
            # A day or a number whose measurements are all missing is no heading.
            if not first or cell_kind(first) not in {"number", "date"}:
                self._note(self._lone, record, "lone", sign)
        elif TOTAL.match(first or next(filter(None, cells), "")) and _sums_up(cells):
            self._note(self._totals, record, "total", first or next(filter(None, cells)))
        if _BEHIND.search(cells[-1]):
            self._note(self._behind, record, "behind", cells[-1])
        if self._width > 1 and len(cells) > 1:
            if (not first or is_spelled_missing(first)) and all(map(is_spelled_missing, cells)):
                self._note(self._blank, record, "blank", "")
            elif cells[1][:1] == " " and all(not cell or cell[0] == " " for cell in cells[1:]):
                self._note(self._spaced, record, "spaced", cells[1])
        if record.swallowed and self._width > 1 and self._swallows(cells):
            self._note(self._swallowed, record, "swallowed", "")
        if record.literal:
            self._note(
                self._literal, record, "literal", next((cell for cell in cells if '"' in cell or "'" in cell), "")
            )
        joined = "\n".join(cells)
        if "\0" in joined and self.nul_line is None:
            self.nul_line = record.line
        if record.wrapped and "\\" in joined and not self._dialect.escape:
            ending = next((cell for cell in cells if cell.endswith("\\")), None)
            if ending is not None:
                self._note(self._escaped, record, "escaped", ending)
        if any(mark in joined for mark in WRAPPERS):
            for cell in cells:
                bare = cell.strip()
                if len(bare) > 1 and _PAIRS.get(bare[0]) == bare[-1] and (bare[0] != '"' or record.literal):
                    self._note(self._wrapped, record, "wrapped", cell)
                    break

    def among(self, rows: int, filled: int) -> None:
        """Say of how many rows those looked at are the odd ones, and how many cells of all rows are filled."""
        self._rows, self._filled = rows, filled

    def findings(self) -> Iterator[Finding]:
        """What was gathered, each with its lines."""
        if self._wrapped:
            yield Finding(
                "warning",
                f"{self._where(self._wrapped)} cells in quotation marks that are not taken for such"
                f" ({shown(self._examples['wrapped'])}); they are kept as they stand: choose another quote mark"
                " if they should go.",
                self._wrapped[0],
            )
        if self._literal:
            yield Finding(
                "warning",
                f"{self._where(self._literal)} a quote mark in the middle of a cell that is not quoted"
                f" ({shown(self._examples['literal'])}); it is kept as text.",
                self._literal[0],
            )
        if self._escaped:
            yield Finding(
                "warning",
                f"{self._where(self._escaped)} a cell that ends in a backslash"
                f" ({shown(self._examples['escaped'])}), which is"
                " kept: a quote mark after it may have been meant as part of the cell.",
                self._escaped[0],
                (("A backslash stands before marks inside cells", Choices(escape="\\")),),
            )
        few = max(3, self._rows // 10)
        if 0 < len(self._lone) <= few and self._filled > LEAST_WIDE / 2 * self._rows:
            yield Finding(
                "warning",
                f"{self._where(self._lone)} one filled cell only ({shown(self._examples['lone'])}), unlike the other"
                f" lines, and {'is taken for a row' if len(self._lone) == 1 else 'are taken for rows'}.",
                self._lone[0],
                self._leave_out(self._lone),
            )
        if 0 < len(self._totals) <= few:
            yield Finding(
                "warning",
                f"{lines_in_words(self._totals).capitalize()} {plural(self._totals, 'begins', 'begin')} with"
                f" {shown(self._examples['total'])} as sums of other rows do and"
                f" {'is taken for a row' if len(self._totals) == 1 else 'are taken for rows'}.",
                self._totals[0],
                self._leave_out(self._totals),
            )
        if 0 < len(self._behind) <= few:
            yield Finding(
                "warning",
                f"{self._where(self._behind)} what may be a remark behind the last cell"
                f" ({shown(self._examples['behind'][-39:])}), which is kept as part of it.",
                self._behind[0],
            )
        if self._blank:
            yield Finding(
                "warning",
                f"{self._where(self._blank)} separators and no value; it counts as a row of missing values."
                if len(self._blank) == 1
                else f"{self._where(self._blank)} separators and no value; they count as rows of missing values.",
                self._blank[0],
                self._leave_out(self._blank),
            )
        if 0 < len(self._spaced) <= self._rows / 2:
            yield Finding(
                "warning",
                f"{self._where(self._spaced)} a space before each cell ({shown(self._examples['spaced'])}),"
                " unlike the other lines; the spaces are kept.",
                self._spaced[0],
            )
        if 0 < len(self._marked) <= self._rows / 2:
            mark = next(one for one in _COMMENTS if self._examples["marked"].startswith(one))
            yield Finding(
                "warning",
                f"{lines_in_words(self._marked).capitalize()} {'begins' if len(self._marked) == 1 else 'begin'}"
                f" with “{mark}” as comments do and"
                f" {'is taken for a row' if len(self._marked) == 1 else 'are taken for rows'}.",
                self._marked[0],
                ((f"Lines with “{mark}” are comments", Choices(comment=mark)),),
            )
        if self._swallowed:
            yield Finding(
                "warning",
                f"{self._where(self._swallowed)} a quoted cell of several lines that look like rows of their own:"
                " look whether its quote mark is closed where it should be.",
                self._swallowed[0],
            )

    def _swallows(self, cells: Sequence[str]) -> bool:
        """Whether the lines within a cell are rows: each has as many separators as one, and begins as this one does."""
        if not self._separator:
            return True
        kind = cell_kind(cells[0])
        for place, cell in enumerate(cells):
            pieces = LINE_END.split(cell)
            counts = [piece.count(self._separator) for piece in pieces]
            if len(counts) < 2:
                continue
            counts[0] += place
            counts[-1] += len(cells) - 1 - place
            begins = [cell_kind(piece.split(self._separator)[0]) for piece in pieces[1:]]
            # What a cell of numbers begins with is a number, and lines of prose are no rows.
            if all(count == self._width - 1 for count in counts) and (kind == "text" or kind in begins):
                return True
        return False

    def _leave_out(self, lines: Sequence[int]) -> tuple[Option, ...]:
        """The offer to leave some lines out, beside those that are left out already."""
        together = " ".join(map(str, sorted({*map(int, (self._left_out or "").split()), *lines})))
        return ((plural(lines, "Leave it out", "Leave them out"), Choices(left_out=together)),)

    def _note(self, lines: list[int], record: Record, kind: str, cell: str) -> None:
        if len(lines) < _KEPT:
            lines.append(record.line)
            self._examples.setdefault(kind, cell)

    @staticmethod
    def _where(lines: Sequence[int]) -> str:
        return f"{lines_in_words(lines).capitalize()} {plural(lines, 'has', 'have')}"


def _sums_up(cells: Sequence[str]) -> bool:
    """Whether a row that begins with a word for sums may be one: it has numbers, and hardly another word or date."""
    kinds = [kind for cell in cells if (kind := cell_kind(cell)) != "empty"]
    return kinds.count("date") == 0 and kinds.count("text") <= _WORDS_OF_SUMS
