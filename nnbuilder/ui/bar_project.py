"""The line on top: the project's name, ready projects, and the files to take home."""

from __future__ import annotations

import streamlit as st

from nnbuilder.catalog import settings as own
from nnbuilder.errors import NNBuilderError
from nnbuilder.export.table import EXPORTERS
from nnbuilder.recipes import recipes
from nnbuilder.ui import actions, runs
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk, as_json, project_name


def bar(desk: Desk) -> None:
    """Name to the left, menus to the right."""
    with st.container(horizontal=True, vertical_alignment="center", key="project-bar", gap="small"):
        _name(desk)
        with st.popover("Recipes", icon=":material/menu_book:", key="recipes"), st.container(gap=None):
            _recipes()
        with st.popover("Download", icon=":material/download:", key="download"), st.container(gap="xsmall"):
            _downloads(desk)


def _name(desk: Desk) -> None:
    """The project's name, which looks like a title until it is pointed at."""
    item = own.PROJECT[0]
    desk.seed("name", desk.project.name)
    st.text_input(
        item.label,
        key="name",
        label_visibility="collapsed",
        width=280,
        on_change=lambda: change(lambda now: now.set("name", st.session_state["name"], item)),
    )


def _recipes() -> None:
    st.caption("A ready project takes the place of this one; undo brings it back.")
    for item in recipes().values():
        st.button(
            item.title,
            key=f"recipe-{item.key}",
            help=item.help,
            type="tertiary",
            on_click=change,
            args=(lambda now, key=item.key: now.change(actions.open_recipe(key)),),
        )


def _downloads(desk: Desk) -> None:
    name, backend, project_id = project_name(desk.project), desk.backend, desk.project_id
    for item in EXPORTERS.values():
        st.download_button(
            item.label,
            data=lambda kind=item.key: _export(backend, project_id, kind),
            file_name=f"{name}-{item.file_name}",
            mime="application/octet-stream",
            key=f"download-{item.key}",
            help=item.help,
            on_click="ignore",
            width="stretch",
        )
    st.download_button(
        "Project",
        data=as_json(desk.project),
        file_name=f"{name}.json",
        mime="application/json",
        key="download-project",
        help="Data, network and training as JSON, for the command line or another day.",
        on_click="ignore",
        width="stretch",
    )


def _export(backend, project_id: str, kind: str) -> bytes:
    """The file, in a thread of its own; an error there cannot reach the page in words, so the log has it."""
    try:
        return runs.export(backend, project_id, kind)
    except NNBuilderError as error:
        runs.log.warning("A download failed: %s", error)
        raise
