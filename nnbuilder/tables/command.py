"""What ``python -m nnbuilder table FILE`` does: describe how a file is read, and write it anew as clean CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nnbuilder.tables.choices import Choices
from nnbuilder.tables.reading import Table, read_table
from nnbuilder.tables.safe_csv import write_csv

PREVIEW = 10
_ROWS = 10_000


def describe_file(path: Path, choices: Choices | None = None) -> dict[str, Any]:
    """How a table file is read, what was noticed, and its first rows, as plain data.

    Raises
    ------
    nnbuilder.tables.findings.Unreadable
        If it is no table.
    """
    return describe_table(read_table(path, path.name, choices))


def describe_table(table: Table) -> dict[str, Any]:
    """What reading made of a file, as plain data."""
    first = table.data.slice(0, PREVIEW)
    return {
        "rows": table.data.num_rows,
        "columns": list(table.names),
        "original_names": list(table.original_names),
        "types": list(table.types),
        "choices": table.choices.to_json(),
        "reasons": dict(table.reasons),
        "findings": [finding.to_json() for finding in table.findings],
        "preview": [list(row) for row in zip(*(column.to_pylist() for column in first.columns), strict=True)],
    }


def write_clean_csv(table: Table, path: Path) -> None:
    """Write a table as CSV in UTF-8, every cell safe in a spreadsheet."""

    def rows() -> Any:
        for begin in range(0, table.data.num_rows, _ROWS):
            part = table.data.slice(begin, _ROWS)
            yield from zip(*(column.to_pylist() for column in part.columns), strict=True)

    with path.open("w", encoding="utf-8", newline="") as target:
        write_csv(target, table.names, rows())
