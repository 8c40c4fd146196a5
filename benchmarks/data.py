"""Prints seconds and peak memory of a million rows on their way to the network, and whether the goals are reached.

Bare pandas, pyarrow and scikit-learn go the same way beside it. Every piece runs in a process of its own, the pieces
take turns in several rounds, and what is compared is compared within a round, so that a busy machine slows all alike.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import upload
from benchmarks.big_table import ROWS, write_table
from benchmarks.data_pieces import PIECES
from nnbuilder.fields import plain

ROOT = Path(__file__).parent.parent
TIMES = 2.0
"""Reading and preparing may take this many times what pyarrow's reading and scikit-learn's fitting take."""
PEAK = 4.0
"""GiB that reading, preparing and training in one process may take."""


@dataclass(frozen=True)
class Measured:
    """What a piece took, and what it tells of itself."""

    seconds: float
    processor: float
    gibibytes: float
    told: dict[str, Any]


def measure(piece: str, file: Path, home: Path) -> Measured:
    """Run a piece in a process of its own.

    Raises
    ------
    RuntimeError
        If it failed.
    """
    command = [sys.executable, "-m", "benchmarks.data_pieces", piece, str(file)]
    environment = {**os.environ, "NNBUILDER_HOME": str(home)}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise RuntimeError(f"the piece “{piece}” ended with code {done.returncode}")
    told = json.loads(done.stdout.splitlines()[-1])
    return Measured(told.pop("seconds"), told.pop("processor"), told.pop("gibibytes"), told)


def one_round(file: Path, digest: str, folder: Path) -> dict[str, Measured]:
    """All pieces after each other; reading and preparing share a library, the whole way has one of its own."""
    result: dict[str, Measured] = {}
    for homes in (("shared", [name for name in PIECES if name != "everything"]), ("own", ["everything"])):
        home = folder / homes[0]
        original = home / "tables" / digest / "original"
        original.parent.mkdir(parents=True)
        # As the page keeps it; a link, for another copy of the bytes would only fill the disk.
        os.link(file, original)
        for name in homes[1]:
            result[name] = measure(name, file, home)
        shutil.rmtree(home)
    return result


def report(rounds: Sequence[dict[str, Measured]]) -> int:
    """Print the medians and the goals; how many were missed."""
    print(f"  {'':<46} seconds  of processors  GiB at most")
    for name, piece in PIECES.items():
        seconds, processor = (
            statistics.median(getattr(one[name], what) for one in rounds) for what in ("seconds", "processor")
        )
        peak = max(one[name].gibibytes for one in rounds)
        print(f"  {piece.label:<46} {seconds:7.2f} {processor:14.2f} {peak:12.2f}")
    told = rounds[-1]["everything"].told
    print(f"  training used {plain(told['trained'])} of {plain(told['train_rows'])} training rows")
    sample = ", a sample, and say so" if told["sampled"] else ", which are all"
    print(f"  its pictures show {plain(told['shown'])} points{sample}")
    times = statistics.median(_times(one) for one in rounds)
    peak = max(one["everything"].gibibytes for one in rounds)
    goals = (
        ("times pyarrow's reading + scikit-learn's fitting", times, TIMES),
        ("GiB at most to read, prepare and train", peak, PEAK),
        ("training rows that were left out", told["train_rows"] - told["trained"], 0),
    )
    missed = 0
    for text, value, goal in goals:
        print(f"  {value:5.2f} {text} (goal {goal:g}){'' if value <= goal else '  MISSED'}", flush=True)
        missed += value > goal
    return missed


def _times(one: dict[str, Measured]) -> float:
    """How many times as long reading and preparing take as the same with bare libraries."""
    ours = one["read"].seconds + one["prepare"].seconds
    return ours / (one["pyarrow"].seconds + one["scikit-learn"].seconds)


def main() -> int:
    """Measure and print; 1 if a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--only", choices=("table", "upload"))
    options = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.only != "upload":
            file = folder / "big.csv"
            write_table(file, options.rows)
            with file.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            size = f"{file.stat().st_size / 1e6:.0f} MB of CSV"
            print(f"{plain(options.rows)} rows of 50 columns, {size}, {os.cpu_count()} cores", flush=True)
            missed += report([one_round(file, digest, folder) for _ in range(options.rounds)])
        if options.only != "table":
            missed += upload.report(folder)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
