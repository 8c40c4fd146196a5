"""The output rail: what the network answers, and the exact answer at a place that was clicked."""

from __future__ import annotations

import math
from typing import Any

from nnbuilder.errors import NNBuilderError
from nnbuilder.facts import DataFacts
from nnbuilder.ui import components, runs
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk


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
    # Rounded to what is shown, so that whoever types the shown numbers in elsewhere gets the same answer.
    return [float(f"{value:.4g}") for value in values if value is not None]


def answer_lines(facts: DataFacts, row: list[float], answer: dict[str, Any]) -> list[str]:
    """The network's answer for one row in words: place, class with probability, raw outputs."""
    lines = [", ".join(f"{name} = {value:.4g}" for name, value in zip(facts.columns, row, strict=True))]
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
        lines.append(f"{facts.target} = {number:.9g}")
    if facts.classes and outputs is not None:
        numbers = outputs if isinstance(outputs, list) else [outputs]
        lines.append("raw output " + ", ".join(f"{number:.9g}" for number in numbers[:6]))
    return lines


def _first(answer: dict[str, Any], name: str) -> Any:
    values = answer.get(name)
    return values[0] if isinstance(values, list) and values else None
