"""The rows of a table: as they stand in the file, and what the network gets of them; both to take home."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from nnbuilder.fields import plain
from nnbuilder.tables.library import Opened
from nnbuilder.ui import components, rail_data
from nnbuilder.ui.state import Desk

DOWNLOAD = 340
"""Width of a file to take home, in pixels."""


def show(desk: Desk, opened: Opened) -> None:
    """The first rows as they stand in the file, and the whole table to download."""
    names = [column["name"] for column in opened.columns]
    _head(
        desk,
        "table",
        f"The first {plain(len(opened.preview))} of {plain(opened.rows)} rows, as they stand in the file.",
    )
    frame = pd.DataFrame(opened.preview, columns=names)
    frame.index += 1
    st.dataframe(frame, height=420, key="rows")


def show_inputs(desk: Desk) -> None:
    """The names of the network's inputs, in order, the extra ones to choose, and all rows to download."""
    facts = desk.facts
    if not facts.features:
        st.caption("What is wrong above has to be repaired first.")
        return
    rail_data.extra_inputs(desk)
    _head(desk, "inputs", "Gaps are filled, categories encoded and numbers scaled by what the training rows alone say.")
    frame = pd.DataFrame({"Input": list(facts.features)})
    frame.index += 1
    st.dataframe(frame, height=min(420, 38 + 35 * len(frame)), key="inputs")


def _head(desk: Desk, kind: str, words: str) -> None:
    """What is shown, and to its right the file to take home."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{kind}-head"):
        with st.container(width="stretch", key=f"{kind}-words"):
            st.caption(words)
        with st.container(width=DOWNLOAD, key=f"{kind}-download"):
            components.table_download(desk, kind)
