"""Several tables in one text told apart: by blank lines, by a width that changes for good, by names in the middle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from nnbuilder.tables.kinds import CellKind, cell_kind, column_kinds, like_names
from nnbuilder.tables.lines.header import LOOKED_AT
from nnbuilder.tables.lines.records import Grammar, Record

_LASTING = 3
"""So many rows of another width in a row are no slip."""
_SLIPS = 10


class Part(NamedTuple):
    """Records that belong together, blank lines and comments left out."""

    records: list[Record]

    @property
    def width(self) -> int:
        """Cells that most rows have."""
        return usual_width(self.records)

    @property
    def first_line(self) -> int:
        """Where it begins."""
        return self.records[0].line

    @property
    def last_line(self) -> int:
        """Where it ends."""
        return self.records[-1].last_line


def usual_width(records: Sequence[Record]) -> int:
    """Cells that most rows have, one cell only if nearly all have one."""
    counts = Counter(record.width for record in records if record.kind == "row")
    if not counts:
        return 0
    wide = {width: times for width, times in counts.items() if width > 1}
    if wide and max(wide.values()) * 3 >= counts[1]:
        return max(wide.items(), key=lambda item: (item[1], item[0]))[0]
    return max(counts.items(), key=lambda item: (item[1], item[0]))[0]


def find_parts(records: Sequence[Record], grammar: Grammar) -> list[Part]:
    """The tables in a text, the first one first; the first takes what stands before it, each what stands after."""
    filled = [record for record in records if record.kind in {"row", "flawed"}]
    if not filled or usual_width(filled) < 2:
        return [Part(filled)] if filled else []
    parts: list[Part] = []
    loose: list[Record] = []
    for block in _blocks(records):
        for piece in _by_width(block):
            if not _tabular(piece) and not (parts and usual_width(piece) == parts[-1].width):
                loose += piece
            elif (
                parts
                and usual_width(piece) == parts[-1].width
                and not (len(piece) > 1 and _begins_table(piece, parts[-1], grammar))
            ):
                parts[-1] = Part([*parts[-1].records, *loose, *piece])
                loose = []
            else:
                parts.append(Part([*loose, *piece]))
                loose = []
    if not parts:
        return [Part(filled)]
    parts[-1] = Part([*parts[-1].records, *loose])
    return [piece for part in parts for piece in _by_names(part, grammar)]


def _tabular(records: Sequence[Record]) -> bool:
    width = usual_width(records)
    return width > 1 and sum(record.width == width for record in records) > 1


def _blocks(records: Sequence[Record]) -> list[list[Record]]:
    """Records between blank lines."""
    blocks: list[list[Record]] = [[]]
    for record in records:
        if record.kind == "blank":
            blocks.append([])
        elif record.kind not in {"comment", "ruler"}:
            blocks[-1].append(record)
    return [block for block in blocks if block]


def _by_width(block: list[Record]) -> list[list[Record]]:
    """A block cut where the width changes and stays so."""
    runs: list[list[int]] = []
    for place, record in enumerate(block):
        if record.kind != "row":
            continue
        if runs and runs[-1][0] == record.width and runs[-1][2] == place:
            runs[-1][2] = place + 1
        else:
            runs.append([record.width, place, place + 1])
    lasting = [run for run in runs if run[0] > 1 and run[2] - run[1] >= _LASTING]
    place = 1
    while place < len(lasting) - 1:
        before, middle, after = lasting[place - 1 : place + 2]
        size = middle[2] - middle[1]
        if before[0] == after[0] and size <= _SLIPS and size * 2 < (before[2] - before[1]) + (after[2] - after[1]):
            lasting[place - 1 : place + 2] = [[before[0], before[1], after[2]]]
        else:
            place += 1
    joined: list[list[int]] = []
    for run in lasting:
        if joined and joined[-1][0] == run[0]:
            joined[-1][2] = run[2]
        else:
            joined.append(run)
    if len({run[0] for run in joined}) < len(joined):
        # A width that comes back is no other table but rows of one table that do not fit.
        return [block]
    cuts = [0, *(run[1] for run in joined[1:]), len(block)]
    return [block[begin:end] for begin, end in pairwise(cuts) if end > begin]


def _kinds(part: Part, grammar: Grammar) -> list[CellKind]:
    width = part.width
    rows = [record for record in part.records if record.width == width][1 : LOOKED_AT + 1]
    return column_kinds([grammar.cells(record) for record in rows], width)


def _begins_table(piece: Sequence[Record], part: Part, grammar: Grammar) -> bool:
    """Whether a block after a blank line begins with names of its own."""
    width = part.width
    first = next((record for record in piece if record.width == width), None)
    if first is None:
        return False
    cells = grammar.cells(first)
    if cells == _names(part, grammar):
        return True
    other, same = like_names(cells, _kinds(part, grammar))
    return other > 0 and same == 0


def _names(part: Part, grammar: Grammar) -> list[str]:
    """The cells of the first row as wide as the table."""
    width = part.width
    return grammar.cells(next(record for record in part.records if record.width == width))


def _by_names(part: Part, grammar: Grammar) -> list[Part]:
    """A part cut where a row in its middle has words in every column of numbers, other words than the first row."""
    width = part.width
    kinds = _kinds(part, grammar)
    typed = [place for place, kind in enumerate(kinds) if kind in {"number", "date"}]
    if len(typed) < 2:
        return [part]
    # A first row with blank cells names groups of columns, by years perhaps, and is no table.
    names = _names(part, grammar)
    cuts: list[int] = []
    data = False
    for place, record in enumerate(part.records):
        if record.width != width:
            continue
        cells = grammar.cells(record)
        kind = cell_kind(cells[typed[0]])
        data = data or kind in {"number", "date"}
        if kind != "text":
            continue
        other, _ = like_names(cells, kinds)
        if data and other == len(typed) and cells != names and not (place == 1 and "" in map(str.strip, names)):
            cuts.append(place)
            data = False
    edges = [0, *cuts, len(part.records)]
    return [Part(part.records[begin:end]) for begin, end in pairwise(edges)]
