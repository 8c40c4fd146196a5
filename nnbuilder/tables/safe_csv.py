"""Write a table as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import TextIO

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_END = "\r\n"
MAYBE_RISKY = r"^[\s\v\x1c-\x1f\x{85}\p{Z}]*[=+\-@\t\r\n＝＋－＠]"
"""What a cell that may have to be made safe begins with, as a regular expression of Arrow's."""
# A sign, digits and the marks inside numbers: nothing to compute.
_NUMBER = re.compile(
    r"[-+]?[ \u00a0]?[$€£¥]?[ \u00a0]?[.,]?\d[\d.,'’ \u00a0]*(?:[eE][-+]?\d+)?[ \u00a0]?[%‰$€£¥]?|[-+](?:inf|nan)"
)


def safe_cell(value: object) -> str:
    """A value as the text of a cell: what a spreadsheet would compute gets an apostrophe before it, numbers do not.

    The signs are those that OWASP names for CSV injection: ``= + - @``, tab and line ends, and their full-width forms.
    Spaces before them are looked through.
    """
    if value is None:
        return ""
    text = repr(value) if isinstance(value, float) else str(value)
    # Nearly every cell; the patterns below take several times as long.
    if text[:1].isalnum():
        return text
    if _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if text.startswith(_RISKY) or text.lstrip().startswith(_RISKY) else text


def write_csv(target: TextIO, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write names and rows as CSV (RFC 4180: commas, doubled quote marks, CRLF), every cell safe in a spreadsheet.

    Parameters
    ----------
    target
        Opened with ``newline=""``.
    names
        Of the columns.
    rows
        Numbers stay numbers, None becomes an empty cell.
    """
    csv.writer(target, lineterminator=_END).writerow([safe_cell(name) for name in names])
    write_rows(target, ([safe_cell(value) for value in row] for row in rows))


def write_rows(target: TextIO, rows: Iterable[Sequence[str]]) -> None:
    """Write rows whose cells are safe already; see `write_csv`."""
    writer = csv.writer(target, lineterminator=_END)
    for cells in rows:
        if len(cells) > 1 or cells[0]:
            writer.writerow(cells)
        else:
            # A lone empty cell would be a blank line, which is no row to anyone.
            target.write(f'""{_END}')
