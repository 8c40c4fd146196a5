"""Answers beside the rows they belong to: as CSV to take home, and the first ones for the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnbuilder.predicting.answers import Answers
from nnbuilder.predicting.asked import Asked, date_words, value_words
from nnbuilder.predicting.given import Given
from nnbuilder.predicting.words import output_names
from nnbuilder.store.files import whole_file
from nnbuilder.tables.safe_csv import MAYBE_RISKY, safe_cell

if TYPE_CHECKING:
    import pyarrow as pa

    from nnbuilder.catalog.losses import Meaning

PREVIEW = 500


def write_answers(asked: Asked, meaning: Meaning, given: Given, answers: Answers, path: Path) -> None:
    """Write every given row as it stands, what is predicted, and remarks; no cell is a formula to a spreadsheet.

    Numbers are float32 in as many digits as tell them apart; a row without an answer has empty cells.
    """
    import pyarrow as pa
    from pyarrow import csv

    table = given.table.data
    names = list(given.table.names)
    columns: list[Any] = [_safe(column) for column in table.columns]
    for name, column in _predicted(asked, meaning, given, answers):
        names.append(_free(name, names))
        columns.append(column)
    whole = pa.Table.from_arrays(columns, [safe_cell(name) for name in names])
    with whole_file(path) as file:
        csv.write_csv(whole, file, csv.WriteOptions(quoting_style="needed"))


def first_rows(asked: Asked, given: Given, answers: Answers) -> dict[str, Any]:
    """The first rows with their answers, as plain data for a page: names of columns, and rows of texts and numbers.

    ``right`` says of each row whether the answer is what the row says is true, null where it does not say.
    """
    most = min(PREVIEW, len(given.raw))
    place = {int(row): at for at, row in enumerate(answers.rows.tolist()) if row < most}
    names = ["Line", f"Predicted {asked.target.name}", *(["Probability"] if asked.classes else []), "Remark"]
    names += given.table.names
    rows, right = [], []
    cells = [column[:most].to_pylist() for column in given.table.data.columns]
    for row in range(most):
        at = place.get(row)
        answer = [None] * (2 if asked.classes else 1) if at is None else _answer(asked, answers, at)
        beside = [column[row] for column in cells]
        rows.append([given.table.first_line(row), *answer, answers.remarks.get(row, ""), *beside])
        truth = float("nan") if given.truth is None else float(given.truth[row])
        right.append(None if at is None or truth != truth or not asked.classes else int(answers.codes[at]) == truth)
    return {"names": names, "rows": rows, "right": right}


def _answer(asked: Asked, answers: Answers, at: int) -> list[Any]:
    if asked.classes:
        code = int(answers.codes[at])
        return [asked.classes[code], _finite(answers.probabilities[at, code])]
    value = _finite(answers.outputs[at, 0])
    return [value_words(asked.target, value) if asked.target.kind == "date" and value is not None else value]


def _finite(value: Any) -> float | None:
    """A number as JSON has it."""
    return float(value) if np.isfinite(value) else None


def _predicted(asked: Asked, meaning: Meaning, given: Given, answers: Answers) -> list[tuple[str, pa.Array]]:
    """The columns that are added: the answer, probabilities, raw outputs, remarks."""
    import pyarrow as pa

    rows = len(given.raw)
    places = np.full(rows, -1, dtype=np.int64)
    places[answers.rows] = np.arange(len(answers.rows))
    take = pa.array(places, mask=places < 0)
    predicted = f"predicted {asked.target.name}"
    outputs = [pa.array(np.ascontiguousarray(column)).take(take) for column in answers.outputs.T]
    remarks = pa.array([safe_cell(answers.remarks.get(row, "")) for row in range(rows)])
    if not asked.classes:
        made: list[tuple[str, pa.Array]] = []
        if asked.target.kind == "date":
            made.append((predicted, pa.array(_dates(answers)).take(take)))
            predicted = f"{predicted} (days since 1970-01-01)"
        return [*made, (predicted, outputs[0]), ("remark", remarks)]
    names = pa.array([safe_cell(name) for name in asked.classes])
    made = [(predicted, names.take(pa.array(answers.codes)).take(take))]
    shares = zip(asked.classes, answers.probabilities.T, strict=True)
    made += [(f"probability of {name}", pa.array(np.ascontiguousarray(share)).take(take)) for name, share in shares]
    # A probability that is the output itself stands there already.
    if meaning != "probability":
        made += list(zip(output_names(meaning, asked.task, asked.classes), outputs, strict=True))
    return [*made, ("remark", remarks)]


def _dates(answers: Answers) -> list[str]:
    return [date_words(float(value)) if np.isfinite(value) else "" for value in answers.outputs[:, 0]]


def _safe(column: pa.ChunkedArray) -> pa.Array:
    """A column of texts, each safe; only those are looked at one by one that may not be."""
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc

    texts = pc.fill_null(column.cast(pa.large_string()), "")
    risky = pc.match_substring_regex(texts, MAYBE_RISKY)
    if not pc.any(risky).as_py():
        return texts
    cells = texts.to_pylist()
    for row in pc.indices_nonzero(risky).to_pylist():
        cells[row] = safe_cell(cells[row])
    return pa.array(cells, pa.large_string())


def _free(name: str, taken: list[str]) -> str:
    """A name no column has yet."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free
