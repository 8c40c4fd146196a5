"""What a cell looks like, as far as telling names from values needs it; the type of a column is found elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from nnbuilder.tables.columns.blanks import is_spelled_missing
from nnbuilder.tables.columns.numbers import CURRENCIES

CellKind = Literal["empty", "number", "date", "text"]

_CURRENCY = "".join(one for one in CURRENCIES.split() if len(one) == 1)
_NUMBER = re.compile(
    rf"""\s*[-+(−]?\s*(?:[{_CURRENCY}]|[A-Z]{{3}}\s)?\s*[-+−]?
    (?:\d{{1,3}}(?:[.,'’ \u00a0\u202f]\d{{3}})+(?:[.,]\d+)?|\d+(?:[.,]\d*)?|[.,]\d+)
    (?:[eE][-+]?\d+)?\s*\)?\s*(?:%|‰|[{_CURRENCY}]|°C?|[a-zA-Zµ]{{1,3}}²?³?)?\s*""",
    re.VERBOSE,
)
PLAIN_NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?")
TOTAL_WORDS = (
    r"\s*(?:(?:grand|overall|sub)[\s-]*)?(?:(?:opening|closing|starting|ending)\s+balance|(?:anfangs|end|schluss)saldo"
    r"|totals?|totaal|totale|totaux|subtotals?|sum|sums|summe|zwischensumme|gesamt\w*"
    r"|insgesamt|average|mean|median|mittelwert|durchschnitt|moyenne|media|promedio|somme|suma|soma|razem|celkem|spolu"
    r"|összesen|yhteensä|summa|toplam|ukupno|skupaj|итого|всего|σύνολο|合計|小計|总计|合计|小计|합계|총계|[σς∑])"
)
"""What a row of sums or means begins with, in small letters."""
TOTAL = re.compile(rf"{TOTAL_WORDS}(?!\w)", re.IGNORECASE)
_SPECIAL_NUMBER = re.compile(r"\s*[-+]?(?:inf(?:inity)?|nan)\s*", re.IGNORECASE)
_DATE = re.compile(
    r"""\s*(?:\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}
    |\d{1,2}\.?[- ][A-Za-z]{3,9}\.?,?[- ]\d{2,4}|[A-Za-z]{3,9}\.?\ \d{1,2},?\ \d{2,4})
    (?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?(?:Z|[-+]\d{2}:?\d{2})?)?\s*
    |\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*""",
    re.VERBOSE,
)


def cell_kind(cell: str) -> CellKind:
    """What a cell looks like; the usual spellings of a missing value count as empty."""
    if is_spelled_missing(cell):
        return "empty"
    if len(cell) > 60:
        return "text"
    if _NUMBER.fullmatch(cell) or _SPECIAL_NUMBER.fullmatch(cell):
        return "number"
    return "date" if _DATE.fullmatch(cell) else "text"


def column_kinds(rows: Sequence[Sequence[str]], width: int) -> list[CellKind]:
    """What most cells of each column look like; ``"empty"`` if there are none."""
    kinds: list[CellKind] = []
    for place in range(width):
        counts = Counter(cell_kind(row[place]) for row in rows)
        filled = sum(counts.values()) - counts["empty"]
        if not filled:
            kinds.append("empty")
            continue
        kind = max(("number", "date", "text"), key=lambda one: counts[one])
        kinds.append(kind if counts[kind] >= 0.75 * filled else "text")
    return kinds


def like_names(cells: Iterable[str], kinds: Sequence[CellKind]) -> tuple[int, int]:
    """In how many columns of numbers or dates a row has a text instead, and in how many it has what the column has."""
    other = same = 0
    for cell, kind in zip(cells, kinds, strict=False):
        if kind in {"number", "date"}:
            own = cell_kind(cell)
            # A date is made of digits too; only words are names. What spells a missing value is neither.
            other += own == "text" and bool(re.search(r"[^\W\d_]", cell))
            same += own in {"number", "date"}
    return other, same
