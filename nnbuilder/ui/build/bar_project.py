"""The line on top: the project's name, ready projects, and the files to take home."""

from __future__ import annotations

import streamlit as st

from nnbuilder.catalog import settings as own
from nnbuilder.recipes import recipes
from nnbuilder.ui import actions, components
from nnbuilder.ui.build import proposal
from nnbuilder.ui.opening import menu
from nnbuilder.ui.places import EXPORT, PREDICT, go
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk


def bar(desk: Desk) -> None:
    """Name to the left, menus to the right."""
    with st.container(horizontal=True, vertical_alignment="center", key="project-bar", gap="small"):
        _name(desk)
        proposal.button()
        with (
            st.popover("Recipes", icon=":material/menu_book:", key=f"recipes-{desk.memory.picked}"),
            st.container(gap=None),
        ):
            _recipes()
        menu.menu(desk)
        if st.button("Predict", icon=":material/query_stats:", key="to-predict"):
            go(PREDICT, desk.project_id)
        with st.popover("Download", icon=":material/download:", key="download"):
            components.downloads(desk)
            if st.button("All files and how to use them", icon=":material/arrow_forward:", key="to-export"):
                go(EXPORT, desk.project_id)


def _name(desk: Desk) -> None:
    """The project's name, which looks like a title until it is pointed at."""
    item = own.PROJECT[0]
    st.text_input(
        item.label,
        value=desk.seed("name", desk.project.name),
        key="name",
        label_visibility="collapsed",
        width=280,
        on_change=lambda: change(lambda now: now.set("name", st.session_state["name"], item)),
    )


def _recipes() -> None:
    with st.container(gap=None):
        st.caption("A ready project takes the place of this one; undo brings it back.")
        for item in recipes().values():
            st.button(
                item.title,
                key=f"recipe-{item.key}",
                help=item.help,
                type="tertiary",
                on_click=change,
                args=(lambda now, key=item.key: _open(now, key),),
            )


def _open(desk: Desk, key: str) -> None:
    """Put a recipe in the project's place; the menu closes, as its name is another one then."""
    desk.memory.picked += 1
    desk.change(actions.open_recipe(key))
