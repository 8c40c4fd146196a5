"""What ``python -m nnbuilder predict MODEL.pth ROWS.csv`` does: answer the rows of a file with a saved network."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnbuilder.catalog.sources import TABLE
from nnbuilder.errors import NNBuilderError

if TYPE_CHECKING:
    from nnbuilder.predicting.asked import Asked
    from nnbuilder.predicting.network import TrainedNetwork

PRINTED = 20
"""Rows that are printed where they are not written to a file."""


def add(commands: Any) -> None:
    """Add the command to those of the program."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "predict", help="answer the rows of a file with a saved model"
    )
    parser.add_argument("model", metavar="MODEL.pth", help="a checkpoint saved by this program")
    parser.add_argument("rows", metavar="ROWS.csv", help="CSV, TSV, Excel or Parquet with the features as columns")
    parser.add_argument("--out", metavar="OUT.csv", help="write all rows with their answers as CSV")
    parser.add_argument("--json", action="store_true", help="tell it as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answer the rows; 0 if every one has an answer, else 1.

    Raises
    ------
    NNBuilderError
        If the model or the rows cannot be read.
    """
    rows = Path(options.rows)
    for path in (Path(options.model), rows):
        if not path.is_file():
            raise NNBuilderError(f"{path} cannot be read (there is no such file); check the name.")
    # torch takes seconds to import, which a wrong name should not cost.
    from nnbuilder.predicting.answers import answer_rows, compare, summary_words
    from nnbuilder.predicting.answers_csv import write_answers
    from nnbuilder.predicting.given import read_rows
    from nnbuilder.predicting.network import TrainedNetwork

    network = TrainedNetwork.read(Path(options.model))
    asked = asked_by(network)
    given = read_rows(rows, rows.name, asked)
    answers = answer_rows(network, asked, given)
    compared = compare(asked, given, answers)
    if options.out is not None:
        write_answers(asked, network.meaning, given, answers, Path(options.out))
    if options.json:
        document = _document(network, asked, given, answers, compared)
        print(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        for line in _lines(asked, given, answers, options.out is None):
            print(line)
        for line in (*summary_words(asked, given, answers, compared), *given.told):
            print(line)
        if options.out is not None:
            print(f"Saved {options.out}.")
    return 0 if len(answers.rows) == len(given.raw) else 1


def asked_by(network: TrainedNetwork) -> Asked:
    """What a saved network asks of a row: from its data, where these are here, else as far as the file tells."""
    from nnbuilder.predicting.asking import asked_of, asked_of_checkpoint
    from nnbuilder.tables.library import Library

    data = network.project.data
    if data.source.kind != TABLE or Library.default().has(data.source["sha256"]):
        return asked_of(data)
    return asked_of_checkpoint(network.checkpoint)


def _lines(asked: Asked, given: Any, answers: Any, wanted: bool) -> list[str]:
    """The first answers, each with the line of its row."""
    from nnbuilder.predicting.answers_csv import first_rows

    if not wanted:
        return []
    shown = first_rows(asked, given, answers)["rows"][:PRINTED]
    lines = []
    for line, *cells in shown:
        answer = cells[0] if cells[0] is not None else "–"
        beside = f"  {100 * cells[1]:.2f} %" if asked.classes and cells[1] is not None else ""
        remark = cells[2 if asked.classes else 1]
        lines.append(f"line {line}: {answer}{beside}{f'  ({remark})' if remark else ''}")
    return [*lines, *(["…"] if len(given.raw) > PRINTED else [])]


def _document(network: TrainedNetwork, asked: Asked, given: Any, answers: Any, compared: Any) -> dict[str, Any]:
    """Everything as plain data; a number that is none is null."""
    import numpy as np

    from nnbuilder.predicting.words import output_names

    def plain(values: Any) -> list[Any]:
        return [None if not np.isfinite(value) else float(value) for value in values]

    place = {int(row): at for at, row in enumerate(answers.rows.tolist())}
    rows = []
    for row in range(len(given.raw)):
        at = place.get(row)
        item: dict[str, Any] = {"line": given.table.first_line(row), "remark": answers.remarks.get(row, "")}
        if at is not None:
            item["outputs"] = plain(answers.outputs[at])
            if asked.classes:
                item["class"] = asked.classes[int(answers.codes[at])]
                item["probabilities"] = plain(answers.probabilities[at])
        rows.append(item)
    return {
        "target": asked.target.name,
        "classes": list(asked.classes),
        "outputs": output_names(network.meaning, asked.task, asked.classes),
        "epoch": network.epoch,
        "compared": compared,
        "told": list(given.told),
        "rows": rows,
    }
