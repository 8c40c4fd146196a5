"""Which columns are missing together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

MOST_PATTERNS = 5000


def missing_patterns(
    gaps: Mapping[str, NDArray[np.uint8]], names: Sequence[str], rows: int
) -> tuple[tuple[tuple[int, ...], int], ...] | None:
    """The groups of columns (by number) that are missing together, with their rows, the most frequent first.

    Parameters
    ----------
    gaps
        Which rows are missing of each column that has gaps, eight rows to a byte as `numpy.packbits` does it.
    names
        All columns in order.
    rows
        How many rows there are.

    Returns
    -------
    Complete rows are the group ``()``. None if there are more than 5000 groups.
    """
    places = [place for place, name in enumerate(names) if name in gaps]
    if not rows:
        return ()
    if not places:
        return (((), rows),)
    # Eight columns to a byte: a row is then a short key.
    keys = np.empty((rows, -(-len(places) // 8)), dtype=np.uint8)
    for byte in range(keys.shape[1]):
        group = places[byte * 8 : byte * 8 + 8]
        bits = np.stack([np.unpackbits(gaps[names[place]], count=rows) for place in group], axis=1)
        keys[:, byte] = np.packbits(bits, axis=1)[:, 0]
    kinds, counts = np.unique(keys.view(f"V{keys.shape[1]}")[:, 0], return_counts=True)
    if len(kinds) > MOST_PATTERNS:
        return None
    flags = np.unpackbits(kinds.view(np.uint8).reshape(len(kinds), -1), axis=1)
    found = [
        (tuple(places[bit] for bit in np.flatnonzero(row)), int(count))
        for row, count in zip(flags, counts, strict=True)
    ]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))
