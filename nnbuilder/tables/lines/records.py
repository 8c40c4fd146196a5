"""Text cut into records by one strict grammar, each with its lines and with what is wrong with it.

The `csv` module, pandas and Arrow forgive a quote mark that is never closed or text after a closing one, each in a
way of its own, and move cells without a word; here such a record is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from nnbuilder.fields import plain
from nnbuilder.tables.choices import SPACES

_MANY_CELLS = 100_000
LINE_END = re.compile(r"\r\n|\r|\n")
# A line drawn under names, or around a table that was printed.
_RULER = re.compile(r"""[\s|+,;:"']*+(?:([-=_~*\u2500-\u257f])\1{2,}+[\s|+,;:"'\u2500-\u257f]*+)++""")
NEVER_CLOSED = "a quote mark that is never closed"
Kind = Literal["row", "blank", "comment", "ruler", "flawed"]


@dataclass(frozen=True)
class Dialect:
    """How cells are held apart; see `nnbuilder.tables.choices.Choices`."""

    separator: str = ","
    quote: str = '"'
    escape: str = ""
    comment: str = ""


class Record(NamedTuple):
    """One record of a text.

    `start` and `stop` are places in the text, without the line end. `flaw` says what is wrong with a flawed one.
    `literal` says that a quote mark stands in a cell that is not quoted; `swallowed` how many separators a line
    there are at most in a quoted cell of several lines; `wrapped` how many cells are quoted.
    """

    kind: Kind
    line: int
    last_line: int
    start: int
    stop: int
    width: int
    flaw: str = ""
    literal: bool = False
    swallowed: float = 0.0
    wrapped: int = 0


class Parsed(NamedTuple):
    """What the strict grammar makes of the text from one place on."""

    cells: list[str]
    stop: int
    flaw: str
    literal: bool
    swallowed: float
    wrapped: int


class Grammar:
    """A text and the dialect it is read in."""

    def __init__(self, text: str, dialect: Dialect, cell_cap: int) -> None:
        self.text = text
        self.dialect = dialect
        self._cap = cell_cap
        spaces = dialect.separator == SPACES
        separator = "[ \t]+" if spaces else re.escape(dialect.separator)
        self._spaces = spaces
        self._separator = re.compile(separator)
        marks = [re.escape(mark) for mark in (dialect.quote, dialect.escape) if mark]
        self._inside = re.compile("|".join(marks)) if dialect.quote else None
        escape = f"|{re.escape(dialect.escape)}" if dialect.escape else ""
        self._outside = re.compile(f"{separator}|\r|\n{escape}")
        self._special = {dialect.quote, dialect.escape, dialect.separator[0], "\n", "\r"} - {""}
        self._cell = _plain_cell(dialect)
        # What separates cells draws no line.
        self._rules = dialect.separator.strip() not in {"-", "=", "_", "~", "*"} or dialect.separator == SPACES
        # Marks that never help to cut a record are looked for all the same: they are told.
        self._plain = [mark for mark in dict.fromkeys((dialect.quote, dialect.escape, '"')) if mark]
        self._mended: dict[int, list[str]] = {}

    def mended(self, record: Record, cells: list[str]) -> Record:
        """The record that has these cells from now on, in place of one that did not fit."""
        self._mended[record.start] = cells
        return record._replace(kind="row", width=len(cells), flaw="", literal=False, swallowed=0.0)

    def records(self, start: int = 0, line: int = 1) -> Iterator[Record]:
        """The records from a place on, blank lines and comments among them."""
        text, size, comment = self.text, len(self.text), self.dialect.comment
        at = start
        while at < size:
            found = LINE_END.search(text, at)
            stop, after = found.span() if found else (size, size)
            segment = text[at:stop]
            if not segment or (segment.isspace() and self._blank(segment)):
                yield Record("blank", line, line, at, stop, 0)
            elif comment and segment.startswith(comment):
                yield Record("comment", line, line, at, stop, 0)
            elif self._rules and not segment[0].isalnum() and _RULER.fullmatch(segment):
                yield Record("ruler", line, line, at, stop, 0)
            elif not any(mark in segment for mark in self._plain):
                if len(segment) > self._cap and self._too_long(segment):
                    yield Record(
                        "flawed", line, line, at, stop, 0, f"a cell of more than {plain(self._cap)} characters"
                    )
                else:
                    yield Record("row", line, line, at, stop, self._width(segment))
            else:
                parsed = self.parse(at)
                if parsed.flaw:
                    yield Record("flawed", line, line, at, stop, 0, parsed.flaw, wrapped=parsed.wrapped)
                else:
                    lines = 0
                    if parsed.stop > stop:
                        lines = sum(1 for _ in LINE_END.finditer(text, at, parsed.stop))
                        found = LINE_END.match(text, parsed.stop)
                        stop, after = found.span() if found else (size, size)
                    yield Record(
                        "row", line, line + lines, at, stop, len(parsed.cells), "",
                        parsed.literal, parsed.swallowed, parsed.wrapped,
                    )  # fmt: skip
                    line += lines
            at = after
            line += 1

    def cells(self, record: Record) -> list[str]:
        """The cells of a record; those of a flawed one as far as plain cutting goes."""
        if record.start in self._mended:
            return list(self._mended[record.start])
        segment = self.text[record.start : record.stop]
        if record.kind == "flawed" or not any(mark in segment for mark in self._plain):
            return self.split(segment)
        return self.parse(record.start).cells

    def split(self, segment: str) -> list[str]:
        """A line cut at every separator."""
        if self._spaces:
            return segment.split()
        return segment.split(self.dialect.separator)

    def _too_long(self, segment: str) -> bool:
        """Whether a cell of a line passes the cap; a line of very many cells is refused for these before long."""
        return self._width(segment) <= _MANY_CELLS and max(map(len, self.split(segment))) > self._cap

    def _blank(self, segment: str) -> bool:
        """Whether a line of white space holds no cell: with tabs or spaces as separators it may."""
        return self._spaces or self.dialect.separator not in segment

    def _width(self, segment: str) -> int:
        if self._spaces:
            return len(segment.split())
        return segment.count(self.dialect.separator) + 1

    def parse(self, at: int) -> Parsed:
        """One record by the strict grammar, from a place on."""
        return self._plain_parse(at) or self._careful_parse(at)

    def _plain_parse(self, at: int) -> Parsed | None:
        """One record in which nothing is odd, several times as fast; None if something is."""
        text, size = self.text, len(self.text)
        if self._cell is None:
            return None
        quote, separator = self.dialect.quote, self.dialect.separator
        cells: list[str] = []
        swallowed, wrapped = 0.0, 0
        limit = min(size, at + self._cap)
        while True:
            found = self._cell.match(text, at, limit)
            if found is None or (found.end() == limit and limit < size):
                return None
            quoted, plain, end = found.groups()
            if quoted is None:
                cells.append(plain)
            else:
                wrapped += 1
                if "\n" in quoted or "\r" in quoted:
                    swallowed = max(swallowed, quoted.count(separator) / len(LINE_END.findall(quoted)))
                cells.append(quoted.replace(quote + quote, quote))
            if end != separator:
                return Parsed(cells, found.start(3), "", False, swallowed, wrapped)
            at = found.end()

    def _careful_parse(self, at: int) -> Parsed:
        text, size = self.text, len(self.text)
        quote = self.dialect.quote
        cells: list[str] = []
        literal, swallowed, wrapped = False, 0.0, 0
        if self._spaces:
            at = _after_spaces(text, at)
        while True:
            if quote and text.startswith(quote, at):
                cell, end, flaw = self._quoted(at)
                if flaw:
                    return Parsed(cells, end, flaw, literal, swallowed, wrapped)
                wrapped += 1
                breaks = sum(1 for _ in LINE_END.finditer(text, at, end))
                if breaks:
                    inner = sum(1 for _ in self._separator.finditer(text, at, end))
                    swallowed = max(swallowed, inner / breaks)
                if self._spaces and _ends(text, _after_spaces(text, end)):
                    end = _after_spaces(text, end)
            else:
                cell, end = self._unquoted(at)
                literal = literal or '"' in cell or bool(quote and quote in cell)
            if len(cell) > self._cap:
                return Parsed(
                    cells, end, f"a cell of more than {plain(self._cap)} characters", literal, swallowed, wrapped
                )
            cells.append(cell)
            if end >= size or text[end] in "\r\n":
                return Parsed(cells, min(end, size), "", literal, swallowed, wrapped)
            found = self._separator.match(text, end)
            if found is None:
                return Parsed(cells, end, "text after a closing quote mark", literal, swallowed, wrapped)
            at = found.end()

    def _quoted(self, at: int) -> tuple[str, int, str]:
        """The cell that a quote mark opens, the place after it, and what is wrong."""
        text, quote, escape = self.text, self.dialect.quote, self.dialect.escape
        assert self._inside is not None
        parts: list[str] = []
        start, limit = at + 1, at + self._cap + 3
        begin = start
        while True:
            found = self._inside.search(text, begin, limit)
            if found is None:
                if limit < len(text):
                    return "", at, f"a quoted cell that goes on for more than {plain(self._cap)} characters"
                return "", at, NEVER_CLOSED
            mark, after = found.group(), found.end()
            following = text[after : after + 1]
            if escape and mark == escape and mark != quote:
                if following in self._special:
                    parts.append(text[start : found.start()])
                    parts.append(following)
                    start = after + 1
                    begin = start
                else:
                    begin = after
            elif following == quote:
                parts.append(text[start:after])
                start = after + 1
                begin = start
            else:
                parts.append(text[start : found.start()])
                return "".join(parts), after, ""

    def _unquoted(self, at: int) -> tuple[str, int]:
        """The cell up to the next separator or line end, and the place after it."""
        text, escape = self.text, self.dialect.escape
        parts: list[str] = []
        start = begin = at
        while True:
            found = self._outside.search(text, begin)
            if found is None:
                parts.append(text[start:])
                end = len(text)
                break
            if escape and found.group() == escape:
                following = text[found.end() : found.end() + 1]
                if following in self._special and following:
                    parts.append(text[start : found.start()] + following)
                    start = found.end() + 1
                    begin = start
                else:
                    begin = found.end()
                continue
            end = found.start()
            parts.append(text[start:end])
            if self._spaces and _ends(text, _after_spaces(text, end)):
                end = _after_spaces(text, end)
            break
        return "".join(parts), end


def _plain_cell(dialect: Dialect) -> re.Pattern[str] | None:
    """A well-formed cell and what ends it, for dialects of one separator and doubled quote marks."""
    if dialect.escape or len(dialect.separator) != 1 or not dialect.quote:
        return None
    quote, separator = re.escape(dialect.quote), re.escape(dialect.separator)
    return re.compile(
        f'(?:{quote}([^{quote}]*+(?:{quote}{quote}[^{quote}]*+)*+){quote}|([^{separator}{quote}"\r\n]*+))'
        f"({separator}|\r\n|\r|\n|\\Z)"
    )


def _after_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t":
        at += 1
    return at


def _ends(text: str, at: int) -> bool:
    return at >= len(text) or text[at] in "\r\n"
