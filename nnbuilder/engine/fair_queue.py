"""The queue of runs that wait for a slot: one place an owner in turn."""

from __future__ import annotations

from collections import deque


class FairQueue:
    """Round robin among owners, first come first served within an owner."""

    def __init__(self) -> None:
        self._owners: dict[str, deque[str]] = {}

    def __len__(self) -> int:
        return sum(len(runs) for runs in self._owners.values())

    def __contains__(self, run_id: str) -> bool:
        return any(run_id in runs for runs in self._owners.values())

    def add(self, run_id: str, owner: str) -> None:
        """Put a run at the end of its owner's line; one that waits already keeps its place."""
        if run_id not in self:
            self._owners.setdefault(owner, deque()).append(run_id)

    def remove(self, run_id: str) -> bool:
        """Take a run out; whether it was there."""
        for owner, runs in self._owners.items():
            if run_id in runs:
                runs.remove(run_id)
                if not runs:
                    del self._owners[owner]
                return True
        return False

    def take(self) -> str | None:
        """The run whose turn it is; its owner goes to the end of the line."""
        if not self._owners:
            return None
        owner = next(iter(self._owners))
        runs = self._owners.pop(owner)
        run_id = runs.popleft()
        if runs:
            self._owners[owner] = runs
        return run_id

    def places(self) -> dict[str, int]:
        """The place of every run in the order in which they will be taken, counted from 1."""
        order: list[str] = []
        lines = [list(runs) for runs in self._owners.values()]
        for turn in range(max(map(len, lines), default=0)):
            order += [line[turn] for line in lines if turn < len(line)]
        return {run_id: place for place, run_id in enumerate(order, start=1)}
