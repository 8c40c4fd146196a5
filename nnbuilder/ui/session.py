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
    desk = _desk()
    if st.query_params.get(PARAMETER) != desk.project_id:
        st.query_params[PARAMETER] = desk.project_id
    return desk


def change(step: Callable[[Desk], object]) -> None:
    """Do a step on the desk from a callback; what it refuses is said on the page."""
    # Streamlit begins to run the page for the next click while a callback of the one before still works, so the session
    # takes one click after the other: whoever has a file opened and presses Train means what was opened.
    with memory().turns:
        # The URL is left to the page that runs next: with a message from here that click could cut this one off.
        desk = _desk()
        desk.memory.note = ""
        desk.guarded(lambda: step(desk))


def _desk() -> Desk:
    """The desk as the last click has left it."""
    with memory().turns:
        return Desk.open(backend(), st.query_params.get(PARAMETER), memory(), st.session_state)
