"""Reading a table in another way: asked for in a callback, done where the page runs, behind a bar."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nnbuilder.errors import NNBuilderError
from nnbuilder.tables.answers import Answers
from nnbuilder.ui.data import tables
from nnbuilder.ui.state import Desk
from nnbuilder.ui.waiting import Show

SEEN = 0.3
"""Seconds after which a bar is shown."""
BAR = 320
_ASKED, _REFUSED, _TURN = "data-again-asked", "data-again-refused", "data-again-turn"


@dataclass(frozen=True)
class _Asked:
    """What `nnbuilder.ui.data.tables.read_again` is to do, and the key of the widget that asked for it."""

    at: str
    reading: Mapping[str, Any] = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)
    types: Mapping[str, str | None] = field(default_factory=dict)


def ask(
    at: str,
    reading: Mapping[str, Any] | None = None,
    answers: Answers | None = None,
    types: Mapping[str, str | None] | None = None,
) -> None:
    """Have the table read again in this run of the page; for callbacks, which cannot show how far it is."""
    st.session_state[_ASKED] = _Asked(at, reading or {}, answers or {}, types or {})


def bar(place: DeltaGenerator) -> Show:
    """Shows how far reading is in an empty place, once it takes long enough to be seen."""
    begun = time.monotonic()

    def show(share: float, words: str) -> None:
        if time.monotonic() - begun > SEEN:
            place.progress(share, words, width=BAR)

    return show


def carry_out(desk: Desk, show: Show) -> None:
    """Do what was asked for; what cannot be leaves all as it was, and the widget goes back."""
    asked: _Asked | None = st.session_state.pop(_ASKED, None)
    if asked is None:
        return
    st.session_state.pop(_REFUSED, None)
    before = desk.project
    try:
        tables.read_again(desk, asked.reading, asked.answers, asked.types, show)
    except NNBuilderError as error:
        refuse(desk, asked.at, str(error))
        # The widget still holds what was chosen; it is filled anew though the project has not changed.
        desk.memory.shown[asked.at] = _Asked
    if desk.project == before:
        st.session_state[_TURN] = turn() + 1


def refuse(desk: Desk, at: str, message: str) -> None:
    """Say at a widget why what was asked for there cannot be, until something else is done."""
    st.session_state[_REFUSED] = (at, message, desk.memory.revision)
    st.session_state[_TURN] = turn() + 1


def refusal(desk: Desk, at: str) -> str:
    """Why the last thing asked for could not be, if it was asked for at a widget whose key begins so."""
    where, message, revision = st.session_state.get(_REFUSED, ("", "", None))
    return message if revision == desk.memory.revision and where.startswith(at) else ""


def turn() -> int:
    """Grows whenever nothing came of what was asked for; part of the key of widgets that are then made anew."""
    return st.session_state.get(_TURN, 0)
