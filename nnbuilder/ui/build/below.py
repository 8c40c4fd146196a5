"""What may be looked at below the network, one thing at a time: the code, or the layers as a table."""

from __future__ import annotations

import streamlit as st

from nnbuilder.ui import components
from nnbuilder.ui.build import rail_network
from nnbuilder.ui.build.code_view import code_data
from nnbuilder.ui.state import Desk

KEY = "below"
CODE, LAYERS = "Code", "Layers"
ICONS = {CODE: ":material/code:", LAYERS: ":material/table_rows:"}


def row(desk: Desk) -> None:
    """What there is to look at, and below it what was chosen; a second click puts it away."""
    chosen = st.segmented_control(
        "To look at below",
        (CODE, LAYERS),
        format_func=lambda name: f"{ICONS[name]} {name}",
        key=KEY,
        label_visibility="collapsed",
    )
    if chosen == CODE:
        components.code(code_data(desk))
    elif chosen == LAYERS:
        rail_network.summary(desk)


def shows_code() -> bool:
    """Whether the code is looked at."""
    return st.session_state.get(KEY) == CODE
