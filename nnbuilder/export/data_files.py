"""The data as CSV: as read, as prepared, with predictions; and the curves. Cells are safe, floats are exact."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from nnbuilder.catalog.sources import TABLE
from nnbuilder.data.prepare import PARTS
from nnbuilder.errors import NNBuilderError
from nnbuilder.export.proving import workplace
from nnbuilder.export.trained import Trained
from nnbuilder.tables.safe_csv import safe_cell
from nnbuilder.training.loop import predict
from nnbuilder.training.metrics import classes, probabilities

if TYPE_CHECKING:
    import pyarrow as pa

LEFT_OUT = "left out"
"""What the part of a row is called that lacks a target, or a value that drops the row."""


def as_read(trained: Trained, choice: str) -> bytes:
    """Every row and column: of a table as text, of points as they were made."""
    data = trained.project.data
    if data.source.kind != TABLE:
        names, columns = _points(trained)
        return _written(names, columns)
    from nnbuilder.data.table_csv import write_table

    with workplace() as place:
        write_table(data, place / "data.csv")
        return (place / "data.csv").read_bytes()


def prepared(trained: Trained, choice: str) -> bytes:
    """The network's inputs of every row, the target, and the part it is in."""
    from nnbuilder.data.table_csv import write_inputs

    with workplace() as place:
        write_inputs(trained.project.data, place / "prepared.csv")
        return (place / "prepared.csv").read_bytes()


def predictions(trained: Trained, choice: str) -> bytes:
    """Every row as read, the part it is in, what is predicted and, of classes, with which probabilities."""
    return _written(*_predicted(trained))


def curves(trained: Trained, choice: str) -> bytes:
    """One line an epoch: learning rate, losses and metric; what was not measured is empty."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(trained.history.columns)
    for row in trained.history.to_json():
        writer.writerow(["" if value is None else repr(value) for value in row.values()])
    return buffer.getvalue().encode()


def check_read(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Read the data back: as many rows as there are; of points, every number the same."""
    _, columns = _read(content)
    if trained.opened is not None:
        return _counted(key, len(columns[0]) if columns else 0, trained.opened.rows)
    wanted = np.concatenate([trained.prepared.raw[part] for part in PARTS])
    return _same(key, np.array(columns[: wanted.shape[1]], dtype=np.float64).T, wanted)


def check_prepared(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Read the inputs back: every number the same."""
    _, columns = _read(content)
    wanted = np.concatenate([trained.prepared.features[part] for part in PARTS])
    inputs = np.array(columns[1 : wanted.shape[1] + 1], dtype=np.float64).T.astype(np.float32)
    return _same(key, inputs.reshape(wanted.shape), wanted)


def check_predictions(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Read the predictions back: every row, and the last column of answers the same."""
    names, columns = _read(content)
    wanted_names, wanted = _predicted(trained)
    if names != [safe_cell(name) for name in wanted_names]:
        raise NNBuilderError("predictions.csv did not come back with the same columns, so it was not handed over.")
    last = np.array([float("nan") if cell is None else cell for cell in _listed(wanted[-1])], dtype=np.float32)
    found = np.array([cell or "nan" for cell in columns[-1]]).astype(np.float32)
    return _same(key, found[:, None], last[:, None])


def check_curves(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Read the curves back: every number the same."""
    _, columns = _read(content)
    found = np.array([[float(cell) if cell else math.nan for cell in column] for column in columns]).T
    return _same(key, found, np.array(trained.history.rows))


def _points(trained: Trained) -> tuple[list[str], list[Any]]:
    """Names and columns of points that were made on the spot: features in data units, then the target."""
    facts, prepared = trained.facts, trained.prepared
    raw = np.concatenate([prepared.raw[part] for part in PARTS])
    target = np.concatenate([prepared.target[part].reshape(-1) for part in PARTS])
    truth: Any = [facts.classes[code] for code in target] if facts.classes else target
    return [*facts.columns, facts.target], [*np.ascontiguousarray(raw.T), truth]


def _predicted(trained: Trained) -> tuple[list[str], list[Any]]:
    """Names and columns of the data with predictions added, in the order the data have."""
    import pyarrow as pa

    if trained.project.data.source.kind != TABLE:
        names, columns = _points(trained)
        inputs = np.concatenate([trained.prepared.features[part] for part in PARTS])
        parts: list[str] = [part for part in PARTS for _ in range(len(trained.prepared.features[part]))]
        answer_names, answers = _answers(trained, inputs)
        return _unique([*names, "part", *answer_names]), [*columns, parts, *answers]
    table, kept, parts = table_of(trained)
    answer_names, answers = _answers(trained, trained.prepared.pipeline.apply(kept.columns))
    # Rows that were left out have no answer.
    place = np.full(table.data.num_rows, -1)
    place[kept.rows] = np.arange(len(kept.rows))
    chosen = pa.array(place, mask=place < 0)
    columns = [column.combine_chunks() for column in table.data.columns]
    columns += [pa.array(parts), *(pa.array(answer).take(chosen) for answer in answers)]
    return _unique([*table.names, "part", *answer_names]), columns


def table_of(trained: Trained) -> tuple[Any, Any, list[str]]:
    """The table as text, its rows that can be learned from, and the part of every row."""
    from nnbuilder.data.prepare_table import parts_of
    from nnbuilder.data.table_rows import table_rows
    from nnbuilder.tables.choices import Choices
    from nnbuilder.tables.library import Library
    from nnbuilder.tables.reading import read_table

    data = trained.project.data
    source = data.source
    original = Library.default().original(source["sha256"], source["file"])
    table = read_table(original, source["file"], Choices.from_json(source["reading"]))
    kept = table_rows(source)
    parts = np.full(table.data.num_rows, LEFT_OUT, dtype=object)
    for part, chosen in parts_of(data, kept, trained.facts).items():
        parts[kept.rows[chosen]] = part
    return table, kept, parts.tolist()


def _answers(trained: Trained, inputs: NDArray[np.float32]) -> tuple[list[str], list[Any]]:
    """Names and columns of what the network says: the class and probabilities, or the value."""
    facts = trained.facts
    outputs = predict(trained.model, torch.from_numpy(inputs))
    if not facts.classes:
        return [f"predicted {facts.target}"], [outputs[:, 0].numpy()]
    chosen = [facts.classes[code] for code in classes(outputs, trained.meaning).tolist()]
    chances = probabilities(outputs, trained.meaning).numpy()
    names = [f"predicted {facts.target}", *(f"probability of {name}" for name in facts.classes)]
    return names, [chosen, *np.ascontiguousarray(chances.T)]


def _listed(column: Any) -> list[Any]:
    return column.to_pylist() if hasattr(column, "to_pylist") else column.tolist()


def _written(names: Sequence[str], columns: Iterable[Any]) -> bytes:
    """Names and columns as CSV: texts made safe, floats in as many digits as tell them apart."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    made = [_safe(column if isinstance(column, pa.Array) else pa.array(column)) for column in columns]
    target = pa.BufferOutputStream()
    table = pa.Table.from_arrays(made, [safe_cell(name) for name in names])
    arrow_csv.write_csv(table, target, arrow_csv.WriteOptions(quoting_style="needed"))
    return target.getvalue().to_pybytes()


def _safe(column: pa.Array) -> pa.Array:
    """A column whose texts no spreadsheet takes for formulas."""
    import pyarrow as pa

    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    encoded = column.dictionary_encode()
    words = pa.array([safe_cell(word) for word in encoded.dictionary.to_pylist()], pa.string())
    return words.take(encoded.indices)


def _unique(names: Sequence[str]) -> list[str]:
    """The names, later ones numbered where an earlier one is the same."""
    taken: set[str] = set()
    out = []
    for name in names:
        free, number = name, 2
        while free in taken:
            free, number = f"{name} ({number})", number + 1
        taken.add(free)
        out.append(free)
    return out


def _read(content: bytes) -> tuple[list[str], list[list[str]]]:
    """Names and columns of a CSV file as they stand in it."""
    lines = csv.reader(io.StringIO(content.decode(), newline=""))
    names = next(lines)
    return names, [list(column) for column in zip(*lines, strict=True)]


def _counted(key: str, rows: int, wanted: int) -> str:
    if rows != wanted:
        raise NNBuilderError(f"{key}.csv came back with {rows} rows in place of {wanted}, so it was not handed over.")
    return f"Read back: all {rows} rows are there."


def _same(key: str, found: NDArray, wanted: NDArray) -> str:
    if found.shape != wanted.shape or not np.array_equal(found, wanted.astype(found.dtype), equal_nan=True):
        raise NNBuilderError(
            f"{key}.csv did not come back with the same numbers, so it was not handed over; try again."
        )
    return f"Read back: the numbers of all {len(found)} rows are the same to the last bit."
