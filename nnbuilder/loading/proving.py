"""A run in a file is taken up once, where it leaves nothing behind, before anybody is told that it can go on."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nnbuilder.loading.content import Run, table_of

HOME = "NNBUILDER_HOME"


def prove(run: Run, table: Path | None) -> bool:
    """Take a run up as if it were to go on; whether that could be tried, which needs its `table`, if it has one.

    The table is the one that came in the file, never one that is kept here: what fits that one would tell of it.

    Raises
    ------
    RefusedFile
        If weights, training state or what the file says beside them do not fit the project.
    """
    from nnbuilder.loading.resuming import checked

    wanted = table_of(run.project)
    if wanted is not None and table is None:
        return False
    with _home_with(table, wanted["sha256"] if wanted else ""):
        checked(run)
    return True


@contextlib.contextmanager
def _home_with(table: Path | None, sha256: str) -> Iterator[None]:
    """A home that holds nothing but this table; only for a process that does one thing at a time."""
    before = os.environ.get(HOME)
    with tempfile.TemporaryDirectory(prefix="nnbuilder-") as folder:
        if table is not None:
            place = Path(folder) / "tables" / sha256
            place.mkdir(parents=True)
            _put(table, place / "original")
        os.environ[HOME] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ[HOME]
            else:
                os.environ[HOME] = before


def _put(table: Path, place: Path) -> None:
    try:
        place.symlink_to(table.resolve())
    except OSError:
        # Not every system lets everybody make links.
        shutil.copyfile(table, place)
