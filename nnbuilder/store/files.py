"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from nnbuilder.errors import NNBuilderError


class StoreError(NNBuilderError):
    """Something could not be kept or found again; the message says what and what to do."""


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path` through a temporary file beside it; until it is whole the old file stays.

    Raises
    ------
    StoreError
        If the folder cannot be written or the disk is full.
    """
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        if temporary:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
        raise StoreError(
            f"{path.name} could not be saved in {path.parent} ({error.strerror}); make room or choose another folder. "
            "What was saved before is still there."
        ) from error


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system lets a folder be synced."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
