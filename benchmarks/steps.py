"""Prints the microseconds of a training step, loop by loop, and whether the goals are reached.

The loops take turns in several rounds and the median of each is compared, so that a busy machine
slows all of them alike.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

import torch

from benchmarks.loops import LOOPS, Case
from nnbuilder.training.trainer import choose_threads

SMALL = (Case((2, 5, 1), 300, 50, 60), Case((2, 8, 8, 1), 500, 50, 36))
WIDE = Case((784, 128, 10), 60_000, 100, 3)


def measure(case: Case, rounds: int, only: list[str]) -> dict[str, list[float]]:
    """Microseconds a step of every loop in every round, after one round that does not count."""
    torch.set_num_threads(choose_threads(case.project(), case.prepared().facts))
    runs = {name: make(case) for name, make in LOOPS.items() if not only or name in only}
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + 1):
        for name, run in runs.items():
            getattr(run, "prepare", lambda: None)()
            start = time.perf_counter()
            run()
            if turn:
                times[name].append((time.perf_counter() - start) / case.steps * 1e6)
    return times


def ratio(times: dict[str, list[float]], slower: str, faster: str) -> float:
    """How many times as fast `faster` is as `slower`: the median over the rounds."""
    return statistics.median(one / other for one, other in zip(times[slower], times[faster], strict=True))


def main() -> int:
    """Measure all cases; 1 if a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    missed = 0
    for case in (*SMALL, WIDE):
        times = measure(case, options.rounds, options.only)
        print(f"\n{case.name} ({torch.get_num_threads()} threads)")
        for name, values in times.items():
            middle = statistics.median(values)
            print(f"  {name:<20} {middle:9.1f} µs a step   {ratio(times, name, 'ours'):5.2f} × ours")
        goals = (
            ("times as fast as DataLoader", ratio(times, "DataLoader", "ours"), 2.2 if case in SMALL else 1.5),
            ("of the speed of the tightest", ratio(times, "tightest", "ours"), 0.9),
            ("of its speed left when live", ratio(times, "ours", "ours, live at 30/s"), 0.9),
        )
        for text, value, goal in goals:
            print(f"  {value:5.2f} {text} (goal {goal}){'' if value >= goal else '  MISSED'}")
            missed += value < goal
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
