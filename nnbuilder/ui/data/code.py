"""The few lines of pandas and torch that make the tensors the project trains on, for people to take along."""

from __future__ import annotations

import streamlit as st

from nnbuilder.catalog.sources import TABLE
from nnbuilder.errors import NNBuilderError
from nnbuilder.source.data import data_code
from nnbuilder.tables.library import Opened
from nnbuilder.ui.state import Desk, project_name
from nnbuilder.ui.widgets import sentence


def show(desk: Desk, opened: Opened | None) -> None:
    """The code of the project's data, with a button that copies it; or why there is none yet."""
    data = desk.project.data
    if not desk.facts.features or (data.source.kind == TABLE and opened is None):
        st.caption("There is code as soon as the data can be prepared; what is wrong above has to be repaired first.")
        return
    try:
        # What the file is called that the page offers as the table as it was read.
        copy = f"{project_name(desk.project)}-table.csv"
        code = data_code(data, desk.project.training, desk.facts, opened, copy)
    except NNBuilderError as error:
        sentence(str(error), "error")
        return
    if code.needs:
        sentence(code.needs, "warning")
    st.code(code.text, language="python", line_numbers=True, height=520)
    beside = f"; put the file “{code.reads}” beside it" if code.reads else ""
    st.caption(f"It makes the very tensors that the network trains on, to the last bit{_plain(beside)}.")


def _plain(text: str) -> str:
    """A text without any meaning for Markdown."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()#+-.!|<>~$:" else letter for letter in text)
