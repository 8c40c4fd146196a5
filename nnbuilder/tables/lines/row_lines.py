"""At which line of its file each row of a table begins."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import overload


class RowLines(Sequence[int]):
    """The 1-based line of every row; `lines[row]` and `lines(row)` say the same."""

    def __init__(self, rows: int, first: int, lines: Iterable[int] | None = None) -> None:
        self._rows = rows
        self._first = first
        self._lines = array("q", lines) if lines is not None else None

    def __len__(self) -> int:
        return self._rows

    @overload
    def __getitem__(self, row: int) -> int: ...

    @overload
    def __getitem__(self, row: slice) -> list[int]: ...

    def __getitem__(self, row: int | slice) -> int | list[int]:
        if isinstance(row, slice):
            return [self[one] for one in range(*row.indices(self._rows))]
        if not -self._rows <= row < self._rows:
            raise IndexError(row)
        row %= self._rows
        return self._lines[row] if self._lines is not None else self._first + row

    def __call__(self, row: int) -> int:
        """The line of a row."""
        return self[row]
