"""What the page shows of a file itself: its first lines as they stand, or the names of a workbook's sheets."""

from __future__ import annotations

import gzip
import re
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnbuilder.tables.reading import Table

LINES = 20
BEFORE = 8
"""Lines shown before the first row of data where that is not among the first."""
WIDEST = 300
LOOKED_AT = 2**20
"""Bytes of the file that are looked at."""


def glimpse(path: Path, table: Table) -> dict[str, Any]:
    """``{"sheets", "first", "lines", "data"}``: lines of a text from number `first` on, `data` the first row's line.

    A format that is no text has no lines, and only a workbook has sheets.
    """
    data = table.first_line[0] if table.data.num_rows else 0
    found: dict[str, Any] = {"sheets": [], "first": 1, "lines": [], "data": int(data)}
    if table.choices.format == "xlsx":
        found["sheets"] = _sheets(path)
    elif table.choices.format == "csv":
        with _head(path) as file:
            text = file.read(LOOKED_AT).decode(table.choices.encoding or "utf-8", errors="replace")
        lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))[: data + LINES]
        first = 1 if data <= LINES // 2 or data > len(lines) else data - BEFORE
        shown = lines[first - 1 : first - 1 + LINES]
        found |= {"first": first, "lines": [line if len(line) <= WIDEST else f"{line[:WIDEST]}…" for line in shown]}
    return found


def _head(path: Path) -> IO[bytes] | gzip.GzipFile:
    """The text inside a file, packed or not; `nnbuilder.tables.files.opening` looked at it before."""
    with path.open("rb") as file:
        magic = file.read(2)
    if magic == b"\x1f\x8b":
        return gzip.open(path, "rb")
    if magic == b"PK":
        archive = zipfile.ZipFile(path)
        members = (member for member in archive.infolist() if not member.is_dir())
        return archive.open(next(one for one in members if not one.filename.startswith(("__MACOSX/", "."))))
    return path.open("rb")


def _sheets(path: Path) -> list[str]:
    import openpyxl

    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        return [sheet.title for sheet in book.worksheets if hasattr(sheet, "iter_rows")]
