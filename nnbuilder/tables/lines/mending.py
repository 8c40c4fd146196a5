"""Lines that do not fit the table cut so that they do, where there is only one way to do it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from nnbuilder.tables.choices import SPACES
from nnbuilder.tables.kinds import cell_kind, column_kinds
from nnbuilder.tables.lines.records import Grammar, Record

MOST_MENDED = 500
"""Lines that are mended at most; with more of them the way of reading is wrong and not the lines."""
_LONGEST = 20_000
_WIDEST = 200
_OTHERS = (";", "\t", "|", ",", " ")
"""What a single line may be separated by, unlike the others."""
_LEAST_ROWS = 3
_LEAST_WORDS = 4
"""Fewer words with spaces between them are a title and no names."""
_FEW_SHAPES = 4
_LETTER, _DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")
_LOOKED_AT = 200
_GLUED = re.compile(r"\S[\"']{2}\S|[^\s\d]\"\S")
"""Where a separator between two quoted cells is lost, or the marks of one are doubled."""
_WRONG = 1000
_ODD, _NEW, _GAP = 20, 4, 3
"""What a cell costs that is unlike all others of its column, that is only new there, and a gap where none is."""
_UNSURE = 1
"""Two ways of mending that cost less than this apart are no one way."""


class Mender:
    """What the columns of a table look like, and how a line that does not fit may be cut to fit them."""

    def __init__(self, grammar: Grammar, rows: Sequence[Record], width: int) -> None:
        self._grammar = grammar
        self._width = width
        self._rows = rows

    def mend(self, record: Record, names: bool = False) -> list[str] | None:
        """The cells of a line cut to fit, or None if no way, or more than one, leads there.

        With `names` the line stands above the rows and holds words.
        """
        grammar = self._grammar
        text = grammar.text[record.start : record.stop]
        separator, quote = grammar.dialect.separator, grammar.dialect.quote
        if len(text) > _LONGEST or not 2 <= self._width <= _WIDEST or separator == SPACES:
            return None
        if len(self._rows) < _LEAST_ROWS:
            return None
        found: list[tuple[float, list[str]]] = []
        others = () if names and self._width < _LEAST_WORDS else _OTHERS
        for other in (separator, *(mark for mark in others if mark != separator and mark in text)):
            if other != separator or record.kind == "flawed":
                found += self._loosely(text, other, quote, names)
            elif names:
                cells = grammar.cells(record)
                fewer = [cells[:place] + cells[place + 1 :] for place, cell in enumerate(cells) if not cell.strip()]
                found += [(0.0, one) for one in fewer if len(one) == self._width and _like_names(one)]
            else:
                found += [(self._cost(one), one) for one in self._moved(grammar.cells(record), separator)]
        return _only(found)

    def fits(self, cells: Sequence[str]) -> bool:
        """Whether cells, as many as there are columns, are like the others of these; yes where that is unknown."""
        return len(self._rows) < _LEAST_ROWS or self._width > _WIDEST or self._cost(cells) < _ODD

    def _moved(self, cells: list[str], separator: str) -> Iterator[list[str]]:
        """The cells of a line with some too many or one too few, put to the columns in every way."""
        more = len(cells) - self._width
        if more > 0:
            for place in range(self._width):
                # A text with separators in it was not quoted.
                group = cells[place : place + more + 1]
                if all(cell.strip() for cell in group):
                    yield [*cells[:place], separator.join(group), *cells[place + more + 1 :]]
        if more == 1:
            for place in range(len(cells)):
                if not cells[place].strip():
                    yield cells[:place] + cells[place + 1 :]
        elif len(cells) == self._width - 1:
            for place in range(self._width):
                yield [*cells[:place], "", *cells[place:]]
            for place, cell in enumerate(cells):
                for at in range(1, len(cell) if len(cell) <= 200 else 0):
                    if self._shaped(place, cell[:at]) or self._shaped(place + 1, cell[at:]):
                        yield [*cells[:place], self._unmarked(cell[:at]), cell[at:], *cells[place + 1 :]]

    def _sentence(self, cell: str) -> bool:
        """Whether a space follows each separator in a text, as in a sentence with commas."""
        separator = self._grammar.dialect.separator
        inside = cell.count(separator)
        return inside > 0 and not cell.startswith(" ") and inside == cell.count(separator + " ")

    def _unmarked(self, cell: str) -> str:
        """The first of two cells that were quoted, without the mark that the lost separator left in it."""
        quote = self._grammar.dialect.quote
        return cell.removesuffix(quote) if quote and cell.endswith(quote) and cell.count(quote) % 2 else cell

    @cached_property
    def _cells(self) -> list[list[str]]:
        """Some rows from all over the table."""
        step = max(1, len(self._rows) // _LOOKED_AT)
        return [self._grammar.cells(record) for record in self._rows[::step][:_LOOKED_AT]]

    @cached_property
    def _kinds(self) -> list[str]:
        return list(column_kinds(self._cells, self._width))

    @cached_property
    def _shapes(self) -> list[set[str]]:
        """The shapes of each column's cells, or none if it has many or holds words with spaces between them."""
        found = [{_shape(row[place]) for row in self._cells} for place in range(self._width)]
        few = max(_FEW_SHAPES, len(self._cells) // 10)
        return [
            one if len(one) <= few and not (kind == "text" and any(" " in shape for shape in one)) else set()
            for one, kind in zip(found, self._kinds, strict=True)
        ]

    @cached_property
    def _values(self) -> list[set[str]]:
        """The texts of each column, or none if it has many."""
        found = [{row[place] for row in self._cells} for place in range(self._width)]
        return [one if len(one) <= len(self._cells) / 3 else set() for one in found]

    @cached_property
    def _gaps(self) -> list[bool]:
        return [any(not row[place].strip() for row in self._cells) for place in range(self._width)]

    def _shaped(self, place: int, cell: str) -> bool:
        return place < self._width and bool(self._shapes[place]) and _shape(cell) in self._shapes[place]

    def _loosely(self, text: str, separator: str, quote: str, names: bool) -> list[tuple[float, list[str]]]:
        """The two best ways to cut a line into as many cells as there are columns, quote marks taken loosely.

        A quoted cell ends at some quote mark before a separator or the end; any cell may also end at the next
        separator, whatever marks are in it.
        """
        size = len(text)
        ways: dict[int, list[tuple[float, list[str]]]] = {0: [(0.0, [])]}
        for place in range(self._width):
            reached: dict[int, list[tuple[float, list[str]]]] = {}
            for at, known in ways.items():
                if at > size:
                    continue
                for odd, cell, end in _ends_of(text, at, separator, quote):
                    more = odd + (0 if names else self._cell_cost(place, cell))
                    after = end + len(separator) if end < size else size + 1
                    reached.setdefault(after, []).extend((cost + more, [*cells, cell]) for cost, cells in known)
            ways = {at: sorted(known)[:2] for at, known in reached.items()}
        whole = ways.get(size + 1, [])
        return [(cost, cells) for cost, cells in whole if not names or _like_names(cells)]

    def _cost(self, cells: Sequence[str]) -> float:
        return sum(self._cell_cost(place, cell) for place, cell in enumerate(cells))

    def _cell_cost(self, place: int, cell: str) -> float:
        """How unlike the other cells of its column a cell is."""
        if not cell.strip():
            return 0 if self._gaps[place] else _GAP
        kind = self._kinds[place]
        if kind == "empty":
            return _ODD
        if kind in {"number", "date"} and cell_kind(cell) not in {kind, "empty"}:
            return _WRONG
        if _GLUED.search(cell):
            return _ODD
        new = _NEW if kind == "number" or self._sentence(cell) else _ODD
        if self._values[place]:
            return 0 if cell in self._values[place] else _NEW if self._shaped(place, cell) else new
        return new if self._shapes[place] and not self._shaped(place, cell) else 0


def _like_names(cells: Sequence[str]) -> bool:
    """Whether cells may be the names of columns: words, each its own; a last one may be left out."""
    filled = [cell.strip() for cell in cells]
    words = all(cell_kind(cell) == "text" and len(cell) <= 60 for cell in filled if cell)
    return words and all(filled[:-1]) and len(set(filled)) == len(filled)


def _shape(cell: str) -> str:
    """A cell with all words alike and all digits alike, so that what is written in one way has one shape."""
    letters = re.sub(r"a+", "a", _LETTER.sub("a", cell))
    return re.sub(r"9{5,}", "99999", _DIGIT.sub("9", letters))


def _only(found: Sequence[tuple[float, list[str]]]) -> list[str] | None:
    """The cells of least cost, if no others come near."""
    best: dict[tuple[str, ...], float] = {}
    for cost, cells in found:
        key = tuple(cells)
        best[key] = min(cost, best.get(key, cost))
    ranked = sorted(best.items(), key=lambda item: item[1])
    if not ranked or ranked[0][1] >= _ODD:
        return None
    if len(ranked) > 1 and ranked[1][1] - ranked[0][1] < _UNSURE:
        return None
    return list(ranked[0][0])


def _ends_of(text: str, at: int, separator: str, quote: str) -> Iterator[tuple[float, str, int]]:
    """The cells that may begin at a place: what each costs, its text and where it ends."""
    size = len(text)
    plain = text.find(separator, at)
    plain = size if plain < 0 else plain
    cell = text[at:plain]
    if not quote or not cell.startswith(quote):
        yield (0.1 if quote and quote in cell else 0.0), cell, plain
        return
    # A mark that opens and never closes is the one too many.
    yield (2.0 if cell.endswith(quote) else 1.0), cell.removeprefix(quote), plain
    for found in re.finditer(f"{re.escape(quote)}(?={re.escape(separator)}|$)", text[at + 1 :]):
        inside = text[at + 1 : at + 1 + found.start()]
        bare = inside.replace(quote * 2, "")
        # Of two marks that open a cell one is too many.
        cell = inside[len(quote) :] if inside.startswith(quote) and inside.count(quote) % 2 else inside
        yield (1.0 if quote in bare else 0.0), cell.replace(quote * 2, quote), at + 1 + found.end()
        if quote not in bare and separator not in inside:
            return
