"""A person's own table as a CSV file to take home: as it was read, or as the network gets it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnbuilder.data.prepare import PARTS, prepare
from nnbuilder.tables.safe_csv import safe_cell

if TYPE_CHECKING:
    from nnbuilder.spec import Data


def write_table(data: Data, path: Path) -> None:
    """Write every row and column of a project's table as text, every cell safe in a spreadsheet.

    Raises
    ------
    NNBuilderError
        If the file is not here or cannot be read any more.
    """
    from nnbuilder.tables.choices import Choices
    from nnbuilder.tables.described import write_clean_csv
    from nnbuilder.tables.library import Library
    from nnbuilder.tables.reading import read_table

    source = data.source
    original = Library.default().original(source["sha256"], source["file"])
    write_clean_csv(read_table(original, source["file"], Choices.from_json(source["reading"])), path)


def write_inputs(data: Data, path: Path) -> None:
    """Write the network's inputs of every row, its target, and the part it is in.

    The inputs are float32 in as many digits as tell them apart; a class is written by its name.

    Raises
    ------
    NNBuilderError
        If the data cannot be prepared.
    """
    import pyarrow as pa
    from pyarrow import csv

    prepared = prepare(data)
    facts = prepared.facts
    features = np.concatenate([prepared.features[part] for part in PARTS])
    target = np.concatenate([prepared.target[part].reshape(-1) for part in PARTS])
    parts = [part for part in PARTS for _ in range(len(prepared.target[part]))]
    classes = pa.array([safe_cell(name) for name in facts.classes], pa.string())
    columns = [pa.array(parts), *(pa.array(np.ascontiguousarray(column)) for column in features.T)]
    columns.append(classes.take(pa.array(target)) if facts.classes else pa.array(target))
    names = [safe_cell(name) for name in ("part", *facts.features, facts.target)]
    csv.write_csv(pa.Table.from_arrays(columns, names), str(path), csv.WriteOptions(quoting_style="needed"))
