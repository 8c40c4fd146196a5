"""What a child of the launcher answers about predictions: what is asked of a row, one row, and a file of rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nnbuilder.predicting.asked import Asked

OLD = 24 * 3600.0
"""Seconds after which answers that were written for another session are removed."""
ANSWERS = "predicted-"
"""How the files with answers begin."""


def look(job: Mapping[str, Any]) -> dict[str, Any]:
    """What a network asks of a row, from the project's `data`, or where these are not here from its `checkpoint`."""
    from nnbuilder.predicting.asking import asked_of, asked_of_checkpoint, rows_to_take

    if job.get("checkpoint"):
        from nnbuilder.training import checkpoint as checkpoints

        return {"asked": asked_of_checkpoint(checkpoints.read(Path(job["checkpoint"]))).to_json(), "taken": {}}
    from nnbuilder.data.prepare import prepare
    from nnbuilder.spec import read_data

    data = read_data(job["data"])
    prepared = prepare(data)
    return {"asked": asked_of(data, prepared).to_json(), "taken": rows_to_take(prepared)}


def answer(job: Mapping[str, Any]) -> dict[str, Any]:
    """What the network in `checkpoint` answers for `rows` in data units, null where a value is missing."""
    from nnbuilder.predicting.network import TrainedNetwork

    network = TrainedNetwork.read(Path(job["checkpoint"]))
    return {**network.answer(job["rows"]), "epoch": network.epoch}


def answer_file(job: Mapping[str, Any]) -> dict[str, Any]:
    """Answer the rows in the file `path`, called `name`, and write them with their answers into `target`."""
    from nnbuilder.predicting.answers import answer_rows, compare, counts, summary_words
    from nnbuilder.predicting.answers_csv import first_rows, write_answers
    from nnbuilder.predicting.given import read_rows
    from nnbuilder.predicting.network import TrainedNetwork

    progress: Callable[[float, str], None] = job["progress"]
    asked, target = Asked.from_json(job["asked"]), Path(job["target"])
    given = read_rows(Path(job["path"]), job["name"], asked, lambda share, words: progress(0.5 * share, words))
    network = TrainedNetwork.read(Path(job["checkpoint"]))
    answers = answer_rows(network, asked, given, progress)
    compared = compare(asked, given, answers)
    progress(0.8, "Writing the answers")
    _remove_old(target.parent)
    write_answers(asked, network.meaning, given, answers, target)
    return {
        "summary": summary_words(asked, given, answers, compared),
        "told": list(given.told),
        "compared": compared,
        "counts": list(counts(asked, answers)),
        "rows_count": len(given.raw),
        "answered": len(answers.rows),
        "epoch": network.epoch,
        **first_rows(asked, given, answers),
    }


def _remove_old(folder: Path) -> None:
    """Remove what was written for sessions that are long gone."""
    for path in folder.glob(f"{ANSWERS}*"):
        if time.time() - path.stat().st_mtime > OLD:
            path.unlink(missing_ok=True)
