"""Read a table file: every choice that was made is handed back with its reason, every doubt as a finding."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nnbuilder.tables.choices import Caps, Choices
from nnbuilder.tables.files.opening import open_file
from nnbuilder.tables.findings import Finding, Unreadable
from nnbuilder.tables.lines.row_lines import RowLines

if TYPE_CHECKING:
    import pyarrow

__all__ = ["Finding", "Table", "Unreadable", "read_table"]

_EVERY = 0.2
"""Seconds between two reports of progress."""


@dataclass(frozen=True)
class Table:
    """A table as its file has it.

    Attributes
    ----------
    data
        Every column as text; null only where the format itself has a null, an empty cell of a text file is "".
    names, original_names
        Of the columns: unique ones (those of `data`), and as the file has them.
    types
        What a typed format says: ``"number"``, ``"date"``, ``"yes_no"``, or None where it does not say.
    choices
        Complete: the same bytes read with these give the same table, and no question.
    reasons
        Field of `Choices` to why it was detected so.
    findings
        What was noticed, questions first.
    first_line
        The 1-based line of the file at which a row begins, by row number from 0; called or indexed.
    """

    data: pyarrow.Table
    names: tuple[str, ...]
    original_names: tuple[str, ...]
    types: tuple[str | None, ...]
    choices: Choices
    reasons: dict[str, str]
    findings: tuple[Finding, ...]
    first_line: RowLines


def read_table(
    path: Path,
    name: str,
    choices: Choices | None = None,
    caps: Caps | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Table:
    """Read a CSV, TSV, .xlsx or Parquet file, also packed with gzip or zip.

    Parameters
    ----------
    path
        Where the bytes lie; the name there does not matter.
    name
        What the person calls the file; for messages.
    choices
        What is not to be detected.
    caps
        The most that is taken.
    progress
        Called a few times a second with the share done, from 0 to 1, and what is being done.

    Raises
    ------
    Unreadable
        If the file is no table or passes a cap; one sentence with cause and place.
    """
    choices, caps = choices or Choices(), caps or Caps()
    report = _seldom(progress)
    opened = open_file(path, name, caps, report)
    if choices.format is not None and choices.format != opened.format:
        raise Unreadable(f"{name} is a file of the format {opened.format} and not {choices.format}; choose that one.")
    # Each brings libraries of its own.
    if opened.format == "xlsx":
        from nnbuilder.tables.files.workbook import read_workbook as read
    elif opened.format == "parquet":
        from nnbuilder.tables.files.parquet import read_parquet as read
    else:
        from nnbuilder.tables.lines.text import read_text as read
    table = read(opened.content, name, choices, caps, report)
    packed = {"gzip": "unpacked with gzip", "zip": "unpacked from a zip archive"}.get(opened.packed, "as its bytes say")
    if progress:
        progress(1.0, "Read")
    order = {"question": 0, "warning": 1, "note": 2}
    return replace(
        table,
        choices=replace(table.choices, format=opened.format),
        reasons={"format": packed, **table.reasons},
        findings=tuple(sorted(table.findings, key=lambda finding: order[finding.severity])),
    )


def _seldom(progress: Callable[[float, str], None] | None) -> Callable[[float, str], None]:
    """Report a few times a second however often it is called."""
    last = 0.0

    def report(share: float, words: str) -> None:
        nonlocal last
        now = time.monotonic()
        if progress and now - last >= _EVERY:
            last = now
            progress(share, words)

    return report
