"""The rows of a table: as they stand in the file, and what the network gets of them; both to take home."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from nnbuilder.engine.protocol import Runner
from nnbuilder.fields import plain
from nnbuilder.tables.library import Opened
from nnbuilder.ui import components
from nnbuilder.ui.build import rail_data
from nnbuilder.ui.plots.text import unformatted
from nnbuilder.ui.state import Desk

PREPARED_WITHIN = 300.0
DOWNLOAD = 340
"""Width of a file to take home, in pixels."""


def show(desk: Desk, opened: Opened) -> None:
    """The first rows as they stand in the file, and the whole table to download."""
    names = [column["name"] for column in opened.columns]
    seen = len(opened.preview)
    which = "The only row" if opened.rows == 1 else f"All {plain(seen)} rows"
    if seen < opened.rows:
        which = f"The first {plain(seen)} of {plain(opened.rows)} rows"
    _head(desk, "table", f"{which}, as {'it stands' if opened.rows == 1 else 'they stand'} in the file.")
    frame = pd.DataFrame(opened.preview, columns=names)
    frame.index += 1
    st.dataframe(frame, height=420, key="rows")


def show_inputs(desk: Desk) -> None:
    """The network's inputs with their scaling and their values in some rows, and all rows to download."""
    facts = desk.facts
    if not facts.features:
        st.caption("What is wrong above has to be repaired first.")
        return
    rail_data.extra_inputs(desk)
    _head(desk, "inputs", "Gaps are filled, categories encoded and numbers scaled by what the training rows alone say.")
    with st.skeleton(height=200):
        seen = _inputs(desk.backend.engine, json.dumps(desk.project.data.to_json(), sort_keys=True))
    scaled = desk.project.data.scaling != "none"
    how = {"Minus": seen["center"], "Divided by": seen["scale"]} if scaled else {}
    rows = {f"Training row {place}": row for place, row in enumerate(seen["rows"], start=1)}
    frame = pd.DataFrame({"Input": list(facts.features), **how, **rows})
    frame.index += 1
    exact = st.column_config.NumberColumn(format="%.6g")
    st.dataframe(
        frame, height=min(420, 38 + 35 * len(frame)), key="inputs", column_config=dict.fromkeys([*how, *rows], exact)
    )
    told = " · ".join(value if isinstance(value, str) else f"{value:.6g}" for value in seen["targets"])
    st.caption(unformatted(f"To be answered with {facts.target}: {told}"))


@st.cache_data(max_entries=100, show_spinner=False)
def _inputs(_engine: Runner, data: str) -> dict[str, Any]:
    """What the network gets of data, found by a process of its own."""
    return _engine.ask({"kind": "inputs", "data": json.loads(data)}, PREPARED_WITHIN)


def _head(desk: Desk, kind: str, words: str) -> None:
    """What is shown, and to its right the file to take home."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{kind}-head"):
        with st.container(width="stretch", key=f"{kind}-words"):
            st.caption(words)
        with st.container(width=DOWNLOAD, key=f"{kind}-download"):
            components.table_download(desk, kind)
