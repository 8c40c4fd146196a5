"""The board on which one row is asked about: it reruns by itself, and goes on while the network is trained."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.components import v2

from nnbuilder.errors import NNBuilderError
from nnbuilder.ui import outlook
from nnbuilder.ui.assets import loader, style
from nnbuilder.ui.page import problem_page
from nnbuilder.ui.predict import ask
from nnbuilder.ui.predict.row import RowMemory, rows_to_ask, shown_answer, shown_asked, shown_curve
from nnbuilder.ui.session import open_desk
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import sentence

KEY = "predict"
EVERY = 1.0
"""Seconds after which a network in training is asked anew."""
_MEMORY, _SEEN, _LOOK = "predict-row", "predict-seen", "predict-look"

_board = v2.component("nnbuilder_predict", css=style("base.css", "predict.css"), js=loader("predict"))


def board(source: ask.Source, above: int) -> None:
    """The form, the answer, and the curve; asked anew every second while the network changes by itself.

    `above` says how many sentences stand above, for which the board leaves room on the screen.
    """
    st.session_state[_SEEN] = _seen(source)
    st.fragment(_run, run_every=EVERY if source.moving else None)(above)


def memory() -> RowMemory:
    """What this session remembers of the row."""
    if _MEMORY not in st.session_state:
        st.session_state[_MEMORY] = RowMemory()
    return st.session_state[_MEMORY]


def _run(above: int) -> None:
    with problem_page():
        desk = open_desk()
        source = ask.find_source(desk)
        if source is None or _seen(source) != st.session_state[_SEEN]:
            st.rerun()
        # Whoever looks at answers wants the run to go on, although no picture of it is shown.
        desk.backend.engine.touch(source.run.id)
        if source.sleeps:
            outlook.follow(desk)
        try:
            look = ask.look(desk, source)
        except NNBuilderError as error:
            sentence(str(error), "error")
            return
        st.session_state[_LOOK] = look
        memory().begin(look, f"{source.run.id} {look.asked.key}")
        shown = board_data(desk, source, look, memory())
        _board(key=KEY, data={**shown, "above": above}, on_ask_change=_hear)


def _seen(source: ask.Source) -> tuple[str, str, bool, bool]:
    """What the page around the board says of the run; when it changes the whole page has to run."""
    return source.run.id, source.state, source.epoch > 0, source.outdated


def _hear() -> None:
    """Take what the board sent; anything but an object is nothing of ours."""
    value = st.session_state[KEY].get("ask")
    if isinstance(value, dict):
        memory().hear(value, st.session_state[_LOOK])


def board_data(desk: Desk, source: ask.Source, look: ask.Look, row: RowMemory) -> dict[str, Any]:
    """All that the board shows; an answer that cannot be had is a sentence in its place."""
    data: dict[str, Any] = {
        "key": row.key,
        "asked": shown_asked(look),
        "row": {
            "start": row.start,
            "n": row.n,
            "values": row.values,
            "origin": row.origin,
            "taken": [row.part, row.row],
        },
        "epoch": source.epoch,
        "moving": source.moving,
        "curve_of": row.curve,
    }
    asked = look.asked
    try:
        rows, places = rows_to_ask(row, asked)
        answer = ask.ask(desk, source, rows)
        meaning = source.project.training.loss_row.meaning
        return {
            **data,
            "answer": shown_answer(asked, meaning, row, answer),
            "curve": shown_curve(asked, row, places, answer),
        }
    except NNBuilderError as error:
        return {**data, "answer": {"error": str(error)}, "curve": None}
