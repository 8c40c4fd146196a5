"""The numbers of a table's columns in a file that is mapped, not loaded: a category is its place in its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnbuilder.errors import NNBuilderError

ROWS_AT_ONCE = 4096
"""Rows that are put together at a time: few enough for the processor's cache."""


def write_values(columns: Mapping[str, NDArray[np.float64]], path: Path) -> None:
    """Write the numbers of columns, each float64 [rows] with NaN where a value is missing."""
    import pyarrow as pa

    schema = pa.schema([pa.field(name, pa.float64()) for name in columns])
    temporary = path.with_suffix(".part")
    with pa.OSFile(str(temporary), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        if columns:
            arrays = [pa.array(values, from_pandas=False) for values in columns.values()]
            writer.write_table(pa.table(arrays, schema=schema))
    temporary.replace(path)


def read_values(path: Path, names: Sequence[str]) -> NDArray[np.float64]:
    """The numbers of some columns, float64 [rows, columns] with NaN where a value is missing.

    Raises
    ------
    NNBuilderError
        If the file cannot be read or has no such column.
    """
    import pyarrow as pa

    try:
        with pa.memory_map(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
            gone = next((name for name in names if name not in table.column_names), None)
            if gone is not None:
                raise NNBuilderError(
                    f"Column “{gone}” holds no numbers; choose another column, or another type for it."
                )
            columns = [table[name].to_numpy() for name in names]
            matrix = np.empty((table.num_rows, len(names)), dtype=np.float64)
            # Some rows at a time: going down one column of a large matrix writes all over the memory.
            for start in range(0, len(matrix), ROWS_AT_ONCE):
                rows = matrix[start : start + ROWS_AT_ONCE]
                for place, column in enumerate(columns):
                    rows[:, place] = column[start : start + ROWS_AT_ONCE]
    except (OSError, pa.ArrowInvalid) as error:
        raise NNBuilderError(f"What was read of the table is damaged ({error}); open the file again.") from None
    return matrix
