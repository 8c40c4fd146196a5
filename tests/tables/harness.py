"""Bytes to tables and refusals, for the tests of reading."""

import tempfile
from pathlib import Path

import pytest

from nnbuilder.tables.choices import Caps, Choices
from nnbuilder.tables.reading import Table, Unreadable, read_table


def read(
    content: str | bytes, choices: Choices | None = None, caps: Caps | None = None, name: str = "file.csv"
) -> Table:
    """What reading makes of these bytes (text is UTF-8)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "original"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_table(path, name, choices, caps)


def refused(content: str | bytes, choices: Choices | None = None, caps: Caps | None = None) -> Unreadable:
    """How these bytes are refused: one sentence."""
    with pytest.raises(Unreadable) as caught:
        read(content, choices, caps)
    message = str(caught.value)
    assert "\n" not in message and message.endswith("."), message
    return caught.value


def rows(table: Table) -> list[list[str | None]]:
    """The cells row by row."""
    columns = [column.to_pylist() for column in table.data.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def told(table: Table, *severities: str) -> list[str]:
    """The messages of findings, of some severities or of all."""
    return [finding.message for finding in table.findings if not severities or finding.severity in severities]
