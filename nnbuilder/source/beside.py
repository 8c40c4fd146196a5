"""The file that generated code reads: as a person brought it, cleaned, or made here."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.catalog.sources import TABLE
from nnbuilder.source.data import Beside, Code

if TYPE_CHECKING:
    from nnbuilder.spec import Data
    from nnbuilder.tables.library import Opened


def file_beside(data: Data, code: Code | Beside, opened: Opened | None = None) -> bytes:
    """The content of the file called ``code.reads``, which is to lie beside the code.

    Parameters
    ----------
    data
        Of the project.
    code
        What was written for it.
    opened
        The table, where the data are one.

    Raises
    ------
    NNBuilderError
        If the table is not here any more.
    """
    if data.source.kind != TABLE:
        return made_csv(data)
    from nnbuilder.tables.choices import Choices
    from nnbuilder.tables.described import write_clean_csv
    from nnbuilder.tables.library import Library
    from nnbuilder.tables.reading import read_table

    settings = data.source.settings
    original = Library.default().original(settings["sha256"])
    if not code.needs:
        return original.read_bytes()
    reading = opened.document["choices"] if opened else settings["reading"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        write_clean_csv(read_table(original, settings["file"], Choices.from_json(reading)), path)
        return path.read_bytes()


def made_csv(data: Data) -> bytes:
    """Rows that are made on the spot as CSV: features and target, classes by their number, every digit of floats."""
    from nnbuilder.data.generate import generate

    rows = generate(data.source)
    shape = DATASETS[data.source.kind].shape(data.source.settings)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*shape.features, shape.target])
    for features, target in zip(rows.features.tolist(), rows.target.tolist(), strict=True):
        writer.writerow([*map(repr, features), repr(target)])
    return text.getvalue().encode()
