"""The desk of the browser session at hand: where streamlit and the state of the page meet."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from nnbuilder.ui.backend import backend
from nnbuilder.ui.state import Desk, Memory

MEMORY = "nnbuilder"
PARAMETER = "project"


def memory() -> Memory:
    """What this session remembers."""
    if MEMORY not in st.session_state:
        st.session_state[MEMORY] = Memory()
    return st.session_state[MEMORY]


def open_desk() -> Desk:
    """The desk of the project in the URL; a new project gets its id put there."""
    desk = Desk.open(backend(), st.query_params.get(PARAMETER), memory(), st.session_state)
    if st.query_params.get(PARAMETER) != desk.project_id:
        st.query_params[PARAMETER] = desk.project_id
    return desk


def change(step: Callable[[Desk], object]) -> None:
    """Do a step on the desk from a callback; what it refuses is said on the page."""
    desk = open_desk()
    desk.memory.note = ""
    desk.guarded(lambda: step(desk))
