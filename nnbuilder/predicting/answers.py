"""Many rows answered: each with its class or value, what is outside of the training range, and how many are right."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.errors import NNBuilderError
from nnbuilder.predicting.asked import Asked, Feature, beyond
from nnbuilder.predicting.given import Given
from nnbuilder.predicting.network import TrainedNetwork
from nnbuilder.training.metrics import classes, probabilities

Progress = Callable[[float, str], None]
TOO_LARGE = "a number is too large for the network."


@dataclass(frozen=True)
class Answers:
    """What a network answers for given rows; rows without an answer have their reason in `remarks`.

    Attributes
    ----------
    rows
        The numbers of the rows that were answered, from 0, in order.
    outputs
        float32 [answered, width].
    probabilities, codes
        float32 [answered, classes] and the number of the class int64 [answered]; empty for regression.
    remarks
        By row: why it has no answer, or where it lies outside of the training rows.
    outside
        How many rows lie outside of the training rows.
    """

    rows: NDArray[np.intp]
    outputs: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    codes: NDArray[np.int64]
    remarks: dict[int, str]
    outside: int


def answer_rows(network: TrainedNetwork, asked: Asked, given: Given, progress: Progress | None = None) -> Answers:
    """Answer all rows that can be, in one go: as many at once as training does, for the same bits."""
    remarks = dict(given.reasons)
    usable = given.usable
    try:
        network.pipeline.apply(given.raw[usable])
    except NNBuilderError:
        too_large = _refused(network, given.raw, usable)
        remarks |= {row: f"Line {given.table.first_line(row)}: {why}" for row, why in too_large.items()}
        usable = np.array([row for row in usable.tolist() if row not in too_large], dtype=np.intp)
    if progress:
        progress(0.6, "Asking the network")
    outputs = network.outputs(given.raw[usable])
    # A class is never read off from what is no number.
    finite = outputs.isfinite().all(dim=1)
    for row in usable[~finite.numpy()].tolist():
        remarks[row] = f"Line {given.table.first_line(row)}: {TOO_LARGE}"
    usable, outputs = usable[finite.numpy()], outputs[finite]
    several = bool(asked.classes)
    told = _outside(asked, given.raw, usable)
    return Answers(
        rows=usable,
        outputs=outputs.numpy(),
        probabilities=probabilities(outputs, network.meaning).numpy() if several else np.zeros((len(usable), 0), "f4"),
        codes=classes(outputs, network.meaning).numpy() if several else np.zeros(len(usable), np.int64),
        remarks=remarks | told,
        outside=len(told),
    )


def compare(asked: Asked, given: Given, answers: Answers) -> dict[str, Any] | None:
    """How the answers differ from what the rows say is true; None where they do not say.

    Returns
    -------
    ``rows`` that are compared, and ``right`` with classes, else ``mae`` and ``rmse`` in the target's unit.
    """
    if given.truth is None:
        return None
    truth = given.truth[answers.rows]
    known = ~np.isnan(truth)
    rows = int(known.sum())
    if not rows:
        return None
    if asked.classes:
        return {"rows": rows, "right": int((answers.codes[known] == truth[known]).sum())}
    errors = answers.outputs[known, 0].astype(np.float64) - truth[known]
    return {"rows": rows, "mae": float(np.abs(errors).mean()), "rmse": math.sqrt(float((errors**2).mean()))}


def _refused(network: TrainedNetwork, raw: NDArray[np.float64], rows: NDArray[np.intp]) -> dict[int, str]:
    """The rows that the pipeline refuses, found by halving, each with its reason."""
    if not len(rows):
        return {}
    try:
        network.pipeline.apply(raw[rows])
    except NNBuilderError as error:
        if len(rows) == 1:
            return {int(rows[0]): str(error).removeprefix("Row 1: ")}
        half = len(rows) // 2
        return {**_refused(network, raw, rows[:half]), **_refused(network, raw, rows[half:])}
    return {}


def _outside(asked: Asked, raw: NDArray[np.float64], rows: NDArray[np.intp]) -> dict[int, str]:
    """The rows that lie outside of the training rows, with the values that do."""
    told: dict[int, list[str]] = {}
    for place, feature in enumerate(asked.features):
        column = raw[rows, place]
        for at in np.flatnonzero(_strange(feature, column)).tolist():
            told.setdefault(int(rows[at]), []).append(beyond(feature, float(column[at])))
    return {row: f"{'; '.join(words)}: the network extrapolates." for row, words in told.items()}


def _strange(feature: Feature, column: NDArray[np.float64]) -> NDArray[np.bool_]:
    known = ~np.isnan(column)
    if feature.categories:
        inside = np.isin(column, [*feature.seen, len(feature.categories)])
        return known & ~inside if feature.seen else np.zeros(len(column), dtype=bool)
    if feature.low is None or feature.high is None:
        return np.zeros(len(column), dtype=bool)
    return known & ((column < feature.low) | (column > feature.high))


def summary_words(asked: Asked, given: Given, answers: Answers, compared: dict[str, Any] | None) -> list[str]:
    """What became of the rows, in sentences."""
    from nnbuilder.fields import plain

    total, done = len(given.raw) + given.left_out, len(answers.rows)
    rows = "1 row is answered" if done == 1 else f"{plain(done)} rows are answered"
    said = [f"{rows}." if done == total else f"{rows}, {plain(total - done)} of {plain(total)} cannot be."]
    if given.left_out:
        lines = "1 of these is no whole row"
        if given.left_out > 1:
            lines = f"{plain(given.left_out)} of these are no whole rows"
        said.append(f"{lines}, and so not among the answers.")
    if compared and asked.classes:
        share = 100 * compared["right"] / compared["rows"]
        beside = "" if compared["rows"] == done else f" of the {plain(compared['rows'])} with a known class"
        said.append(f"{plain(compared['right'])}{beside or f' of {plain(done)}'} are right ({share:.1f} %).")
    elif compared:
        said.append(
            f"The mean absolute error is {compared['mae']:.6g}, the root of the mean squared error "
            f"{compared['rmse']:.6g} ({plain(compared['rows'])} rows say the truth)."
        )
    if answers.outside:
        some = "1 row lies" if answers.outside == 1 else f"{plain(answers.outside)} rows lie"
        said.append(f"{some} outside of what the training rows have; there the network extrapolates.")
    return said


def counts(asked: Asked, answers: Answers) -> Sequence[int]:
    """How many rows were taken for each class."""
    return np.bincount(answers.codes, minlength=len(asked.classes)).tolist() if asked.classes else []
