"""Words that stand for missing values in columns of numbers and dates: said once for all columns that have the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnbuilder.fields import plain
from nnbuilder.tables.findings import Finding, Lines, shown

if TYPE_CHECKING:
    import pyarrow as pa

_NAMED = 3
"""As many words are named, the most frequent ones."""


@dataclass(frozen=True)
class Words:
    """The words of one column, the most frequent first, and the line of the first cell that is the first of them."""

    name: str
    words: tuple[str, ...]
    line: int


def words_for_missing(name: str, spellings: Iterable[str], column: pa.Array, line_of: Lines) -> list[Words]:
    """The spellings of missing values in a column other than an empty cell; nothing if there are none."""
    from nnbuilder.tables.arrow import compute as pc

    words = tuple(text for text in spellings if text)
    if not words:
        return []
    row = int(pc.index(column, words[0]).as_py())
    if row < 0:
        row = max(0, int(pc.index(pc.utf8_trim_whitespace(column), words[0]).as_py()))
    return [Words(name, words, line_of(row))]


def missing_notes(found: Iterable[Words]) -> list[Finding]:
    """A note for each set of words that columns have in common."""
    groups: dict[frozenset[str], list[Words]] = {}
    for item in found:
        groups.setdefault(frozenset(item.words), []).append(item)
    return [_note(group) for group in groups.values()]


def _note(group: list[Words]) -> Finding:
    words = group[0].words
    line = min(item.line for item in group if item.words[0] == words[0])
    named = [shown(word) for word in words[:_NAMED]]
    if len(words) > _NAMED:
        named.append(f"{plain(len(words) - _NAMED)} more")
    where = f"Column {shown(group[0].name)}"
    if len(group) > 1:
        where = f"{plain(len(group))} columns of numbers or dates, such as {shown(group[0].name)}"
    said = f"{', '.join(named[:-1])} and {named[-1]} count" if len(named) > 1 else f"{named[0]} counts"
    first = f"{shown(words[0])} first in line {line}" if len(words) > 1 else f"first in line {line}"
    return Finding("note", f"{where}: {said} as missing, {first}.", line)
