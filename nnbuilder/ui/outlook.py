"""Reruns of a part of the page: the training bar alone, while nothing else would look different."""

from __future__ import annotations

from typing import Any

import streamlit as st

from nnbuilder.ui import runs
from nnbuilder.ui.build import bar_training, below
from nnbuilder.ui.components import network_data
from nnbuilder.ui.page import problem_page
from nnbuilder.ui.session import open_desk
from nnbuilder.ui.state import Desk

SEEN = "outlook"


def outlook(desk: Desk) -> tuple[Any, ...]:
    """All that the page shows outside the training bar; when it changes the whole page has to run."""
    project = desk.project
    # Code that is shown follows every setting.
    code = project.training if below.shows_code() else None
    parts = (project.name, project.data, project.training.loss, desk.facts, desk.problems, desk.memory.note)
    return (*parts, code, network_data(desk), desk.project_id)


def follow(desk: Desk) -> None:
    """Let the run beside the project follow what was changed."""
    desk.guarded(lambda: runs.follow(desk.backend, desk.project_id, desk.project, blocked=desk.blocked is not None))


def training_bar(desk: Desk) -> None:
    """The training bar, which reruns by itself: a changed learning rate need not send the whole page again."""
    st.session_state[SEEN] = outlook(desk)
    _training_bar()


@st.fragment
def _training_bar() -> None:
    with problem_page():
        desk = open_desk()
        follow(desk)
        if outlook(desk) != st.session_state[SEEN]:
            st.rerun()
        bar_training.bar(desk)
