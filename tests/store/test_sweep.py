"""What is taken away when the server starts, and what stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from nnbuilder.store import Store
from nnbuilder.store.sweep import DAY, WEIGHTS_DAYS, sweep


@pytest.fixture
def store(tmp_path: Path):
    made = Store.open(home=tmp_path)
    yield made
    made.close()


def put(path: Path, days: float) -> Path:
    """A file that was last changed so many days ago; the folder it is in is as old."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    when = time.time() - days * DAY
    for each in (path, path.parent):
        os.utime(each, (when, when))
    return path


def spec(*digests: str) -> dict:
    layers = [{"kind": "linear", "weights": {"kind": "file", "sha256": digest}} for digest in digests]
    return {"name": "a", "network": {"layers": layers}}


def test_weights_go_a_month_after_nothing_names_them_any_more(store: Store) -> None:
    old = {name: put(store.home / "weights" / f"{name * 64}.safetensors", WEIGHTS_DAYS + 1) for name in "abc"}
    young = put(store.home / "weights" / f"{'d' * 64}.safetensors", WEIGHTS_DAYS - 1)
    project = store.create_project(spec("a" * 64))
    store.create_run(project.id, spec("b" * 64))
    assert sweep(store) == [old["c"]]
    assert old["a"].exists() and old["b"].exists() and young.exists()


def test_downloads_and_files_cut_off_go_after_a_day(store: Store) -> None:
    run = store.create_run(store.create_project({"name": "a"}).id, {})
    folder = store.run_folder(run.id)
    kept = put(folder / "checkpoint.pth", 9)
    left = [put(folder / "0123456789abcdef.download", 2), put(folder / ".checkpoint.pth.01234567", 2)]
    left += [put(store.home / "weights" / ".abc.safetensors.01234567", 2)]
    left += [put(store.home / "tables" / ("e" * 64) / ".original.01234567", 2)]
    table = put(store.home / "tables" / ("e" * 64) / "original", 400)
    now = [put(folder / "fedcba9876543210.download", 0.1), put(folder / ".checkpoint.pth.76543210", 0.1)]
    assert sweep(store) == sorted(left)
    assert all(path.exists() for path in (kept, table, *now))


def test_the_folder_of_a_run_that_is_no_longer_kept_goes(store: Store) -> None:
    run = store.create_run(store.create_project({"name": "a"}).id, {})
    mine = put(store.run_folder(run.id) / "checkpoint.pth", 9)
    gone = put(store.run_folder("g" * 22) / "checkpoint.pth", 9)
    making = put(store.run_folder("m" * 22) / "checkpoint.pth", 0.1)
    assert sweep(store) == [gone.parent]
    assert mine.exists() and making.exists()


def test_a_home_that_has_nothing_in_it_yet_is_no_fault(store: Store) -> None:
    assert sweep(store) == []
