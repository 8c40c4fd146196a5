"""Points drawn with the mouse become the project's data, like a table that was opened."""

from __future__ import annotations

from typing import Any

import streamlit as st

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.data.drawn import drawn, to_csv
from nnbuilder.ui.data import draw, tables
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk

FILE = "drawn points.csv"
MADE_WITHIN = 30.0


def pad(desk: Desk) -> None:
    """The plane; points of the project's own data may be what a drawing starts from."""
    row = DATASETS.get(desk.project.data.source.kind)
    if row is not None and len(desk.facts.columns) == 2:
        st.button(f"Start from {row.label}", key="sketch-start", type="tertiary", on_click=change, args=(_start,))
    draw.drawing(_sketch(desk), lambda value: change(lambda now: _take(now, value)))


def _sketch(desk: Desk) -> draw.Sketch:
    if desk.memory.sketch is None:
        desk.memory.sketch = draw.Sketch()
    return desk.memory.sketch


def _start(desk: Desk) -> None:
    """Put the points of the project's data on the plane."""
    made = desk.backend.engine.ask({"kind": "points", "data": desk.project.to_json()["data"]}, MADE_WITHIN)
    desk.memory.sketch = _sketch(desk).started_from(drawn(made["mode"], made["classes"], made["points"]))


def _take(desk: Desk, value: dict[str, Any]) -> None:
    """Keep what was drawn; if it is to be used, it becomes the data and the network is where to go on."""
    desk.memory.sketch = draw.received(value, _sketch(desk))
    if draw.wanted(value):
        tables.open_file(desk, to_csv(desk.memory.sketch.drawing).encode(), FILE)
        desk.memory.leave = True
