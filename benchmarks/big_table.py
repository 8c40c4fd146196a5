"""A large table of many kinds of column, the same for the same seed, written as CSV piece by piece."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 1_000_000
PIECE = 50_000
"""Rows that are made at a time."""
FLOATS = 31
GAPPED = 10
"""As many columns of floats have gaps."""
INTEGERS = 9
CATEGORIES = {"region": 3, "grade": 5, "month_name": 12, "product": 8, "channel": 4, "branch": 30, "plan": 6}
"""Columns of labels, with the number of their labels."""
YES_NO, DATE, TARGET = "member", "since", "outcome"
CLASSES = ("leaves", "stays")
GAPS = 0.02
FIRST_DAY = date(2015, 1, 1).toordinal() - date(1970, 1, 1).toordinal()


def float_names() -> list[str]:
    """The columns of floats; the first `GAPPED` have gaps."""
    return [f"x{number:02d}" for number in range(FLOATS)]


def integer_names() -> list[str]:
    """The columns of whole numbers."""
    return [f"n{number}" for number in range(INTEGERS)]


def write_table(path: Path, rows: int = ROWS, seed: int = 0) -> None:
    """Write a table of `rows` rows and 50 columns, the last of them the target, as CSV."""
    from pyarrow import csv

    generator = np.random.default_rng(seed)
    writer = None
    for start in range(0, rows, PIECE):
        piece = _piece(generator, min(PIECE, rows - start))
        writer = writer or csv.CSVWriter(str(path), piece.schema, write_options=csv.WriteOptions(quoting_style="none"))
        writer.write_table(piece)
    if writer is not None:
        writer.close()


def _piece(generator: np.random.Generator, rows: int) -> pa.Table:
    import pyarrow as pa

    columns: dict[str, pa.Array] = {}
    floats = generator.normal(size=(FLOATS, rows))
    score = floats[0] - 0.7 * floats[GAPPED] + 0.5 * floats[GAPPED + 1] * floats[1]
    for place, name in enumerate(float_names()):
        values = np.round(floats[place] * (place + 1) + 3 * place, 4)
        gone = generator.random(rows) < GAPS if place < GAPPED else None
        columns[name] = pa.array(values, mask=gone)
    for place, name in enumerate(integer_names()):
        columns[name] = pa.array(generator.integers(0, 10 ** (1 + place % 5), rows))
    for name, count in CATEGORIES.items():
        codes = generator.integers(0, count, rows)
        score += (codes % 3 == 0) * 0.4
        columns[name] = _labels([f"{name}-{code + 1}" for code in range(count)], codes)
    columns[YES_NO] = _labels(["no", "yes"], generator.integers(0, 2, rows))
    days = FIRST_DAY + generator.integers(0, 3650, rows).astype(np.int32)
    columns[DATE] = pa.array(days, pa.int32()).cast(pa.date32())
    columns[TARGET] = _labels(list(CLASSES), (score + generator.normal(size=rows) > 0).astype(np.int64))
    return pa.table(columns)


def _labels(labels: list[str], codes: NDArray[np.int64]) -> pa.Array:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(labels)).cast(pa.string())
