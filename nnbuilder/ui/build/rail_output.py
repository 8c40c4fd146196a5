"""The output rail: what the network answers, and the exact answer at a place that was clicked."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from nnbuilder.errors import NNBuilderError
from nnbuilder.facts import DataFacts
from nnbuilder.ui import components, runs
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk

EPOCH = date(1970, 1, 1)


def rail(desk: Desk) -> None:
    """The live board."""
    components.output(desk, lambda point: change(lambda now: _ask(now, point)))


def _ask(desk: Desk, point: dict[str, Any]) -> None:
    """Predict at a clicked place; what the network answers becomes a few lines of text."""
    row = row_at(desk.facts, point)
    if row is None:
        desk.memory.answer = {
            "lines": [
                "Exact answers are for data of one or two features; the picture shows the others at their median."
            ]
        }
        return
    run = desk.backend.store.current_run(desk.project_id)
    if run is None:
        return
    try:
        desk.memory.answer = {"lines": answer_lines(desk.facts, row, runs.predict(desk.backend, run.id, row))}
    except NNBuilderError as error:
        desk.memory.answer = {"lines": [str(error)]}


def row_at(facts: DataFacts, point: dict[str, Any]) -> list[float] | None:
    """The features of a clicked place, or None where the place does not say them all."""
    values = [point.get(name) for name in ("x", "y")[: len(facts.columns)]]
    if len(facts.columns) > 2 or not all(isinstance(value, int | float) and math.isfinite(value) for value in values):
        return None
    return [_shown(facts, place, float(value)) for place, value in enumerate(values) if value is not None]


def _shown(facts: DataFacts, place: int, value: float) -> float:
    """A value rounded to what is shown, so that whoever types the shown text in elsewhere gets the same answer."""
    labels = facts.labels[place]
    if labels:
        return float(min(max(round(value), 0), len(labels) - 1))
    return float(round(value)) if facts.columns[place] in facts.dates else float(f"{value:.4g}")


def _words(facts: DataFacts, place: int, value: float) -> str:
    """A value of a column as a person reads it."""
    labels = facts.labels[place]
    return labels[int(value)] if labels else _plain(facts, facts.columns[place], f"{value:.4g}", value)


def _plain(facts: DataFacts, name: str, number: str, value: float) -> str:
    """A number as it is written, or the date it stands for."""
    if name not in facts.dates:
        return number
    try:
        return (EPOCH + timedelta(days=round(value))).isoformat()
    except OverflowError:
        # Beyond the years a date knows, the days since 1970 are all there is to say.
        return number


def answer_lines(facts: DataFacts, row: list[float], answer: dict[str, Any]) -> list[str]:
    """The network's answer for one row in words: place, class with probability, raw outputs."""
    lines = [", ".join(f"{name} = {_words(facts, place, row[place])}" for place, name in enumerate(facts.columns))]
    outputs = _first(answer, "outputs")
    chosen = _first(answer, "classes")
    shares = _first(answer, "probabilities")
    if facts.classes and chosen is not None:
        place = facts.classes.index(chosen)
        share = shares[place] if isinstance(shares, list) and place < len(shares) else shares
        if isinstance(share, int | float):
            lines.append(f"{facts.classes[place]}, {100 * share:.2f} %")
        else:
            lines.append(facts.classes[place])
    elif outputs is not None:
        number = outputs[0] if isinstance(outputs, list) else outputs
        lines.append(f"{facts.target} = {_plain(facts, facts.target, f'{number:.9g}', number)}")
    if facts.classes and outputs is not None:
        numbers = outputs if isinstance(outputs, list) else [outputs]
        lines.append("raw output " + ", ".join(f"{number:.9g}" for number in numbers[:6]))
    return lines


def _first(answer: dict[str, Any], name: str) -> Any:
    values = answer.get(name)
    return values[0] if isinstance(values, list) and values else None
