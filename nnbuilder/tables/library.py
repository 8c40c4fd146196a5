"""The tables a person has brought, by the digest of their bytes, and beside each what reading made of it."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from platformdirs import user_data_path

from nnbuilder.errors import NNBuilderError
from nnbuilder.store.files import whole_file, write_atomically
from nnbuilder.tables.answers import Answers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nnbuilder.tables.columns.column_types import ColumnType

Progress = Callable[[float, str], None]

PREVIEW_ROWS = 500
OPENED, VALUES = "opened.json", "values.arrow"


class TableMissing(NNBuilderError):
    """A table a project names is not in the library."""


@dataclass(frozen=True)
class Opened:
    """What is known of a table that was read: how, what was noticed, and what each column holds.

    `document` is what `Library.read` wrote; `folder` holds the column's values beside it.
    """

    folder: Path
    document: Mapping[str, Any]

    @property
    def rows(self) -> int:
        """Rows of data."""
        return self.document["profile"]["rows"]

    @property
    def columns(self) -> list[dict[str, Any]]:
        """What each column holds, as `nnbuilder.tables.columns.profile.ColumnProfile` writes it."""
        return self.document["profile"]["columns"]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What was noticed while reading and while looking at the columns."""
        return [*self.document["findings"], *self.document["profile"].get("findings", [])]

    @property
    def glimpse(self) -> dict[str, Any]:
        """What the file itself looks like; see `nnbuilder.tables.files.glimpse`."""
        return self.document["glimpse"]

    @property
    def preview(self) -> list[list[str | None]]:
        """The first rows as they stand in the file."""
        return self.document["preview"]

    def column(self, name: str) -> dict[str, Any]:
        """What is known of one column.

        Raises
        ------
        NNBuilderError
            If the table has no such column.
        """
        for column in self.columns:
            if column["name"] == name:
                return column
        raise NNBuilderError(f"The table has no column called “{name}”; choose one of those it has.")


class Library:
    """Files under `home`: ``<sha256>/original`` and, for each way of reading it, a folder of what was read."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @classmethod
    def default(cls) -> Library:
        """The library beside the store: under ``NNBUILDER_HOME``, else in the user's data folder."""
        home = Path(os.environ.get("NNBUILDER_HOME") or user_data_path("nnbuilder", appauthor=False))
        return cls(home / "tables")

    def keep(self, content: bytes | memoryview | IO[bytes]) -> str:
        """Keep the bytes of a file; their SHA-256."""
        file = io.BytesIO(content) if isinstance(content, bytes | memoryview) else content
        digest = hashlib.sha256()
        for piece in _pieces(file):
            digest.update(piece)
        path = self.home / digest.hexdigest() / "original"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(path) as kept:
                kept.writelines(_pieces(file))
        return digest.hexdigest()

    def has(self, sha256: str) -> bool:
        """Whether the bytes of a table are here."""
        return (self.home / sha256 / "original").exists()

    def original(self, sha256: str, name: str = "The table") -> Path:
        """Where the bytes of a table lie.

        Raises
        ------
        TableMissing
            If they are not here.
        """
        path = self.home / sha256 / "original"
        if not path.exists():
            raise TableMissing(f"{name} is not among the tables kept here; open the file again.")
        return path

    def find(
        self,
        sha256: str,
        reading: Mapping[str, Any],
        types: Mapping[str, str],
        answers: Answers | None = None,
        chosen: Collection[str] | None = None,
    ) -> Opened | None:
        """What was read of a table in this way, or None if it has not been read so yet; see `read`."""
        key = _key(reading, types, answers, chosen)
        alias = self.home / sha256 / f"{key}.same"
        if alias.exists():
            key = alias.read_text()
        path = self.home / sha256 / key / OPENED
        try:
            stamp = path.stat().st_mtime_ns
        except OSError:
            return None
        return _load(path, stamp)

    def read(
        self,
        sha256: str,
        name: str,
        reading: Mapping[str, Any],
        types: Mapping[str, str],
        answers: Answers | None = None,
        chosen: Collection[str] | None = None,
        progress: Progress | None = None,
    ) -> Opened:
        """What is known of a table, reading it now if it was not read in this way before.

        Parameters
        ----------
        sha256, name
            Which file, and what the person calls it.
        reading
            How the file is read, as `nnbuilder.tables.choices.Choices` writes it; what is left out is detected.
        types, answers
            What a person said of columns: types by name, and `nnbuilder.tables.answers`.
        chosen
            Which of `reading` a person chose; the others were detected when the file was read first, and are named so
            that they stay as they are. None: all of them.
        progress
            Told the share that is done and a sentence.

        Raises
        ------
        NNBuilderError
            If the file is not here or cannot be read; the sentence names cause and place.
        """
        found = self.find(sha256, reading, types, answers, chosen)
        if found is not None:
            return found
        path, told = self.original(sha256, name), progress or (lambda share, words: None)
        key = _key(reading, types, answers, chosen)
        document = _read_into(path.parent / key, path, name, reading, types, answers or {}, told)
        # The complete choices, with the same ones chosen, name this way of reading as well.
        again = _key(document["choices"], types, answers, reading if chosen is None else chosen)
        if again != key:
            write_atomically(path.parent / f"{again}.same", key.encode())
        found = self.find(sha256, reading, types, answers, chosen)
        if found is None:
            raise NNBuilderError(f"What was read of {name} could not be kept; make room on the disk and open it again.")
        return found


def _read_into(
    folder: Path,
    path: Path,
    name: str,
    reading: Mapping[str, Any],
    types: Mapping[str, str],
    answers: Answers,
    progress: Progress,
) -> dict[str, Any]:
    """Read a file and write what was read into a folder; the document that is `OPENED` there."""
    # Heavy, and whoever only looks at what was read needs none of it.
    from nnbuilder.tables.choices import Choices
    from nnbuilder.tables.columns.profile import profile_table
    from nnbuilder.tables.columns.values import write_values
    from nnbuilder.tables.files.glimpse import glimpse
    from nnbuilder.tables.reading import read_table

    table = read_table(path, name, Choices.from_json(reading), progress=lambda share, words: progress(share / 2, words))
    values: dict[str, NDArray[np.float64]] = {}
    profile = profile_table(
        table,
        cast("Mapping[str, ColumnType]", types),
        answers,
        progress=lambda share, words: progress(0.5 + share / 2, words),
        keep=lambda column, numbers: values.__setitem__(column.name, numbers),
    )
    first = [column[:PREVIEW_ROWS].to_pylist() for column in table.data.columns]
    document = {
        "choices": table.choices.to_json(),
        "reasons": dict(table.reasons),
        "findings": [finding.to_json() for finding in table.findings],
        "original_names": list(table.original_names),
        "preview": [list(row) for row in zip(*first, strict=True)],
        "glimpse": glimpse(path, table),
        "profile": profile.to_json(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_values(values, folder / VALUES)
    # Last, for it says that the folder is whole.
    write_atomically(folder / OPENED, json.dumps(document, ensure_ascii=False, allow_nan=False).encode())
    return document


NUMERIC = ("number", "category", "yes_no", "date")
"""Types of column that become numbers; text and identifiers do not."""
PIECE = 2**20
"""Bytes of a file that are copied at a time."""
FORMAT = 4
"""Part of every folder's name: grows when what is written there changes."""


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file from its beginning on; a copy of all of them at once would stop everyone who is served."""
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def way_of(source: Mapping[str, Any]) -> dict[str, Any]:
    """How the source of a project, or a question about one, has its table read; for `Library.find` and `read`."""
    return {name: source[name] for name in ("reading", "types", "answers", "chosen")}


def _key(
    reading: Mapping[str, Any], types: Mapping[str, str], answers: Answers | None, chosen: Collection[str] | None
) -> str:
    """A name for a way of reading a table."""
    named = sorted(reading if chosen is None else chosen)
    text = json.dumps([FORMAT, dict(reading), dict(types), dict(answers or {}), named], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@lru_cache(maxsize=32)
def _load(path: Path, stamp: int) -> Opened:
    return Opened(path.parent, json.loads(path.read_bytes()))
