"""Quote mark and escape of a text whose separator is known: the way of quoting that leaves the fewest records odd."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from nnbuilder.tables.choices import SPACES, Choices
from nnbuilder.tables.lines.records import Dialect, Grammar

SECOND_LOOK = 2**20
"""Characters that are tried in every way of quoting, once the separator is found."""


def detect_quoting(text: str, found: Dialect, choices: Choices, cell_cap: int, reasons: dict[str, str]) -> Dialect:
    """The way of quoting that leaves the fewest records flawed or of another width."""
    if choices.quote is not None:
        reasons["quote"] = "chosen"
    if choices.escape is not None:
        reasons["escape"] = "chosen"
    part = text if len(text) <= SECOND_LOOK else text[: text.rfind("\n", 0, SECOND_LOOK) + 1] or text[:SECOND_LOOK]
    escapes = ["", *(mark for mark in ("\\", "\0") if mark in part)] if choices.escape is None else [choices.escape]
    quotes = ['"', *(["'"] if _wraps(part, found.separator, "'") else [])] if choices.quote is None else [choices.quote]
    best, fewest, uneven = found, None, 0
    for quote in quotes:
        for escape in escapes:
            dialect = replace(found, quote=quote, escape=escape)
            faults = _faults(part, dialect, cell_cap)
            # NUL bytes are no text: where they come before quote marks they can be nothing but an escape.
            if fewest is None or faults < fewest:
                best, fewest = dialect, faults
            uneven = max(uneven, int(faults))
    if "quote" not in reasons:
        mark = {'"': "the double quote mark", "'": "the single quote mark"}[best.quote]
        reasons["quote"] = (
            f"{mark} leaves the fewest cells cut wrongly"
            if best.quote in part
            else f"no cell needs one, {mark} is usual"
        )
    if "escape" not in reasons:
        sign = "NUL" if best.escape == "\0" else "backslash"
        reasons["escape"] = (
            f"a {sign} stands before marks inside cells"
            if best.escape
            else "marks inside cells are doubled, or there are none"
        )
    return best


def _wraps(text: str, separator: str, quote: str) -> bool:
    """Whether some cell begins and some cell ends with a quote mark."""
    mark = re.escape(quote)
    edge = "[ \t]+" if separator == SPACES else re.escape(separator)
    return bool(
        re.search(f"(?:^|{edge}){mark}", text, re.MULTILINE) and re.search(f"{mark}(?:$|\r|{edge})", text, re.MULTILINE)
    )


def _faults(text: str, dialect: Dialect, cell_cap: int) -> float:
    """Records that are flawed or of another width, and a little for every quote mark or escape left in a cell."""
    grammar = Grammar(text, dialect, cell_cap)
    widths: Counter[int] = Counter()
    flawed = 0
    left = 0.0
    other = "'" if dialect.quote == '"' else '"'
    for record in grammar.records():
        if record.kind == "flawed":
            flawed += 1
        elif record.kind == "row":
            widths[record.width] += 1
            left += 0.01 * record.literal
            segment = text[record.start : record.stop]
            if other in segment or "\0" in segment:
                cells = grammar.cells(record)
                left += 0.02 * sum(len(cell) > 1 and cell[0] == cell[-1] == other for cell in cells)
                left += 0.01 * sum("\0" in cell for cell in cells)
    rows = sum(widths.values())
    usual = max(widths.values(), default=0)
    return flawed + rows - usual + left
