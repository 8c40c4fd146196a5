"""Bytes to tables and refusals, for the tests of reading."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from nnbuilder.spec import Data, read_data
from nnbuilder.tables.choices import Caps, Choices
from nnbuilder.tables.library import Library, Opened
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


def kept(content: str | bytes, name: str = "file.csv", **types: str) -> Opened:
    """What the library makes of these bytes, as the page has it read."""
    library = Library.default()
    return library.read(library.keep(content.encode() if isinstance(content, str) else content), name, {}, types)


def turned_away(content: str | bytes, name: str = "file.csv") -> str:
    """The one sentence with which the library refuses these bytes; nothing of them is left as read."""
    library = Library.default()
    sha256 = library.keep(content.encode() if isinstance(content, str) else content)
    with pytest.raises(Unreadable) as caught:
        library.read(sha256, name, {}, {})
    assert library.find(sha256, {}, {}) is None
    message = str(caught.value)
    assert "\n" not in message and message.endswith(".") and name in message, message
    return message


def preview(opened: Opened) -> list[list[str | None]]:
    """Names and rows as they were read."""
    return [[column["name"] for column in opened.columns], *opened.preview]


def said(opened: Opened, *severities: str) -> str:
    """All findings of some severities (or all), one behind the other."""
    return " ".join(one["message"] for one in opened.findings if not severities or one["severity"] in severities)


def project_data(content: str | bytes, target: str, features: list[str], **settings: Any) -> Data:
    """The data of a project on these bytes; `types`, `task` and `split_by` are the source's, others the data's."""
    inner = {key: settings.pop(key) for key in ("types", "task", "split_by") if key in settings}
    opened = kept(content, **inner.get("types", {}))
    source = {
        "kind": "table",
        "file": "file.csv",
        "sha256": opened.folder.parent.name,
        "reading": opened.document["choices"],
        "target": target,
        "columns": [{"name": name} for name in features],
        **inner,
    }
    return read_data(json.loads(json.dumps({"source": source, **settings})))
