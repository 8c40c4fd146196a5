"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from nnbuilder.errors import NNBuilderError


class StoreError(NNBuilderError):
    """Something could not be kept or found again; the message says what and what to do."""


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path`; see `whole_file`."""
    with whole_file(path) as file:
        file.write(content)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes its place at `path` when it is whole; until then the old one stays there.

    Raises
    ------
    StoreError
        If the folder cannot be written or the disk is full.
    """
    temporary = path.parent / f".{path.name}.{secrets.token_hex(4)}"
    try:
        # Not tempfile: its files are closed to others, whatever the person's umask says.
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if not isinstance(error, OSError):
            raise
        raise StoreError(
            f"{path.name} could not be saved in {path.parent} ({error.strerror or error}); make room or choose another "
            "folder, what was saved before is still there."
        ) from error
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system lets a folder be synced."""
    if os.name == "nt":
        return
    # The file itself is whole by now, and some network folders cannot be synced.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
