"""Files that nothing names any more, taken away when the server starts."""

from __future__ import annotations

import logging
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from nnbuilder.store.store import Store

log = logging.getLogger(__name__)

DAY = 24 * 3600.0
WEIGHTS_DAYS = 30
"""How long weights stay that neither project nor run names: a project file on somebody's disk may still do so."""
DIGEST = re.compile(r"[0-9a-f]{64}")
TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}")
"""What a file is called while it is being written; see `nnbuilder.store.files.whole_file`."""


def sweep(store: Store, now: float | None = None) -> list[Path]:
    """Take away what was left behind; what was taken.

    Downloads that were never fetched, files whose writing was cut off and folders of runs that no longer exist go
    after a day, weights after `WEIGHTS_DAYS` since they were last used. What a project or a run names stays.
    """
    now = time.time() if now is None else now
    weights = store.home / "weights"
    runs = [path for path in _inside(store.home / "runs") if path.is_dir()]
    left = [path for folder in runs for path in _inside(folder) if _left_behind(path)]
    left += [path for name in ("weights", "runs", "tables", "arrivals") for path in _cut_off(store.home / name)]
    gone = {path for path in left if _age(path, now) > DAY}
    known = store.run_ids()
    gone |= {folder for folder in runs if folder.name not in known and _age(folder, now) > DAY}
    old = [path for path in _inside(weights) if path.suffix == ".safetensors" and _age(path, now) > WEIGHTS_DAYS * DAY]
    if old:
        named = set(DIGEST.findall("\n".join(store.specs())))
        gone |= {path for path in old if path.stem not in named}
    return [path for path in sorted(gone) if _taken(path)]


def _left_behind(path: Path) -> bool:
    return path.suffix == ".download" or TEMPORARY.fullmatch(path.name) is not None


def _cut_off(folder: Path) -> Iterator[Path]:
    """Files in a folder, and in those in it, whose writing was never finished."""
    for path in _inside(folder):
        inner = _inside(path) if path.is_dir() else [path]
        yield from (each for each in inner if TEMPORARY.fullmatch(each.name))


def _inside(folder: Path) -> Iterable[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _age(path: Path, now: float) -> float:
    """Seconds since a file was changed, or anything was put into a folder or taken out; 0 if it is gone."""
    try:
        return now - path.stat().st_mtime
    except OSError:
        return 0.0


def _taken(path: Path) -> bool:
    try:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    except OSError as error:
        # Another server on the same home may have been faster; what cannot be taken away is in nobody's way.
        log.info("%s was left where it is: %s", path, error)
        return False
    return True
