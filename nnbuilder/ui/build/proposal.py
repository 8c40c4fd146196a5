"""A proposed network for the data at hand: asked for by a button, shown with its reasons, taken with another."""

from __future__ import annotations

import html
from typing import Any

import streamlit as st

from nnbuilder.errors import Edit, NNBuilderError
from nnbuilder.ui.session import change, memory, open_desk
from nnbuilder.ui.state import Desk

ANSWER_WITHIN = 120.0


def button() -> None:
    """The button that asks for a proposal, and the proposal once it is there."""
    st.button(
        "Propose",
        icon=":material/lightbulb:",
        key="propose",
        help="A sensible network for these data, with the reason of each choice.",
        on_click=change,
        args=(ask,),
    )
    if memory().proposal is not None:
        _show()


def ask(desk: Desk) -> None:
    """Have a proposal made in a process of its own, as the rows have to be made for it."""
    data = desk.project.to_json()["data"]
    desk.memory.proposal = desk.backend.engine.ask({"kind": "propose", "data": data}, ANSWER_WITHIN)


def take(desk: Desk) -> None:
    """Put the proposal into the project; undo brings back what was there."""
    proposal, desk.memory.proposal = desk.memory.proposal, None
    if proposal is None:
        raise NNBuilderError("The proposal is no longer there; ask for it again.")
    desk.change(desk.project.edited(*(Edit("set", item["path"], item["value"]) for item in proposal["edits"])))


def _forget() -> None:
    memory().proposal = None


@st.dialog("A network for these data", width="medium", on_dismiss=_forget)
def _show() -> None:
    proposal = open_desk().memory.proposal
    if proposal is None:
        st.rerun()
    st.html(_table(proposal["reasons"]))
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep mine", key="proposal-keep"):
            _forget()
            st.rerun()
        if st.button("Use this network", key="proposal-use", type="primary"):
            change(take)
            st.rerun()


def _table(reasons: list[list[Any]]) -> str:
    rows = "".join(
        f"<tr><th scope=row>{html.escape(setting)}</th><td>{html.escape(choice)}</td><td>{html.escape(why)}</td></tr>"
        for setting, choice, why in reasons
    )
    return f'<table class="nn-reasons"><tbody>{rows}</tbody></table>'
