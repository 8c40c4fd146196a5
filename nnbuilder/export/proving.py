"""Files are used in a Python of their own before they are handed over, and its answers compared with the app's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnbuilder.errors import NNBuilderError

SCRIPT = Path(__file__).with_name("outside.py")
WITHIN = 110.0
"""Seconds that the other Python may take in all; the page waits a little longer."""


@dataclass(frozen=True)
class Task:
    """Something to be done with files in another Python.

    `code` is run in a folder that holds `files`; then `ask` is evaluated, with `arrays` by their names. Its answer must
    be `expected`, but for `limit` times its largest size (0: to the last bit).
    """

    name: str
    files: Mapping[str, bytes]
    code: str
    ask: str = ""
    arrays: Mapping[str, NDArray] = field(default_factory=dict)
    expected: NDArray | None = None
    limit: float = 0.0
    runtime: Literal["", "torch", "onnxruntime"] = "torch"


def difference(task: Task) -> float:
    """Do one task; the largest difference between its answer and what was expected."""
    return differences([task])[0]


def differences(tasks: Sequence[Task], within: float = WITHIN, warnings: str = "ignore") -> list[float]:
    """Do tasks in one other Python; the largest difference of each. `warnings` says what becomes of warnings there.

    Raises
    ------
    NNBuilderError
        If one fails, takes too long, or answers something else.
    """
    with workplace() as place:
        job = {
            "threads": 1,
            "warnings": warnings,
            "tasks": [_laid_out(task, place / str(number)) for number, task in enumerate(tasks)],
        }
        path = place / "job.json"
        path.write_text(json.dumps(job), encoding="utf-8")
        _use(path, tasks, within)
        return [_compared(task, place / str(number)) for number, task in enumerate(tasks)]


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder for a while; a full disk is told in a sentence."""
    try:
        with tempfile.TemporaryDirectory(prefix="nnbuilder-") as folder:
            yield Path(folder).resolve()
    except OSError as error:
        raise NNBuilderError(no_room(error)) from error


def no_room(error: OSError) -> str:
    """Why a file could not be made, as the disk has it."""
    return (
        f"The file could not be made: {error.strerror or error}; make room on the disk and try again, nothing that was "
        "there is lost."
    )


def _laid_out(task: Task, folder: Path) -> dict[str, object]:
    """The files of a task in its folder, and the task as JSON."""
    for name, content in task.files.items():
        path = folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "files").mkdir(parents=True, exist_ok=True)
    np.savez(folder / "arrays.npz", **dict(task.arrays))  # type: ignore[arg-type]
    return {
        "name": task.name,
        "folder": str(folder / "files"),
        "code": task.code,
        "ask": task.ask,
        "runtime": task.runtime,
        "arrays": str(folder / "arrays.npz"),
        "answer": str(folder / "answer.npy"),
    }


def _use(path: Path, tasks: Sequence[Task], within: float) -> None:
    """Have another Python use the files of every task; raise with the first that it cannot use."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", str(SCRIPT), str(path)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=within,
            env={**os.environ, "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired:
        raise NNBuilderError(
            f"The check of {tasks[0].name} took more than {within:g} seconds, so it was not handed over; try again "
            "when the machine has less to do."
        ) from None
    told: dict[str, dict[str, str]] = {}
    for line in done.stdout.splitlines():
        said = json.loads(line)
        told[said["task"]] = said
    for task in tasks:
        said = told.get(task.name)
        if said is None or "error" in said:
            cause = said["error"] if said else _last_line(done.stderr)
            print(done.stderr, file=sys.stderr)
            raise NNBuilderError(
                f"{task.name} was made, but using it failed ({cause}), so it was not handed over; what was there "
                "before is untouched."
            )


def _compared(task: Task, folder: Path) -> float:
    if task.expected is None:
        return 0.0
    answer = np.load(folder / "answer.npy", allow_pickle=False)
    if answer.shape != task.expected.shape:
        raise NNBuilderError(
            f"{task.name} was made, but it answers with the shape {answer.shape} in place of {task.expected.shape}, so "
            "it was not handed over."
        )
    found = largest_difference(answer, task.expected)
    size = max(1.0, float(np.abs(task.expected).max(initial=0.0, where=np.isfinite(task.expected))))
    if not found <= task.limit * size:
        raise NNBuilderError(
            f"{task.name} was made, but its answers differ from the app's by up to {found:.3g}, so it was not handed "
            "over; try again, and if it stays, take another format."
        )
    return found


def largest_difference(one: NDArray, other: NDArray) -> float:
    """The largest difference between two arrays; what is not finite in both alike counts as none."""
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    if bool(same.all()):
        return 0.0
    return float(np.abs(one[~same].astype(np.float64) - other[~same].astype(np.float64)).max())


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "it ended without a word"
