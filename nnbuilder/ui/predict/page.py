"""The predict page: what the network answers for one row, and for many."""

from __future__ import annotations

import streamlit as st

from nnbuilder.errors import NNBuilderError
from nnbuilder.fields import plain
from nnbuilder.ui.assets import style
from nnbuilder.ui.places import BUILD, DATA, go
from nnbuilder.ui.plots.text import unformatted
from nnbuilder.ui.predict import ask, board
from nnbuilder.ui.predict import rows as predict_rows
from nnbuilder.ui.predict.ask import Source
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import sentence

VIEWS = ("One row", "Many rows")


def page(desk: Desk) -> None:
    """Which network answers on top, below it one row or many."""
    st.html(f"<style>{style('predict_page.css')}</style>")
    source = ask.find_source(desk)
    with st.container(horizontal=True, vertical_alignment="center", key="predict-head", gap="small"):
        if st.button("Network", icon=":material/arrow_back:", key="predict-to-build"):
            go(BUILD, desk.project_id)
        st.markdown("**Predict**")
        view = st.segmented_control(
            "How many rows", VIEWS, default=VIEWS[0], key="predict-view", label_visibility="collapsed", required=True
        )
        if source is not None:
            st.caption(unformatted(about(source)))
    if desk.memory.note:
        sentence(desk.memory.note, "error")
        desk.memory.note = ""
    if source is None:
        _no_network(desk)
        return
    told = states(desk, source)
    for text, severity in told:
        sentence(text, severity)
    if view == VIEWS[1]:
        try:
            with st.skeleton(height=300):
                look = ask.look(desk, source)
        except NNBuilderError as error:
            sentence(str(error), "error")
            return
        predict_rows.show(desk, source, look)
    else:
        board.board(source, len(told))


def about(source: Source) -> str:
    """Which network answers, in a few words."""
    shapes = [str(layer.settings["units"]) for _, layer in source.project.network.active if "units" in layer.settings]
    words = " – ".join(shapes)
    return f"{source.project.name}: layers of {words} units" if len(words) < 60 else source.project.name


def states(desk: Desk, source: Source) -> list[tuple[str, str]]:
    """What a person should know of the network before they believe its answers, each with how grave it is."""
    told: list[tuple[str, str]] = []
    if source.outdated:
        why = f": {desk.blocked}" if desk.blocked else "."
        told.append(
            (
                f"The project was changed since; the answers are those of the network as it was trained before{why}",
                "warning",
            )
        )
    if source.state == "lost":
        since = f"of epoch {plain(source.epoch)}" if source.epoch else "it began with"
        told.append(
            (
                f"The worker of this run is gone; its last checkpoint answers, with weights {since} or a little older.",
                "warning",
            )
        )
    elif source.state == "failed":
        told.append((f"The run failed: {source.message}", "error"))
    elif source.state == "diverged":
        told.append(("The training diverged; the last good weights answer.", "warning"))
    if not source.epoch and source.state != "failed":
        if source.moving:
            told.append(("The training has only begun.", "note"))
        else:
            told.append(
                (
                    "The network is untrained: it answers with the weights it begins with, so by chance. Train it on "
                    "the Network page.",
                    "note",
                )
            )
    return told


def _no_network(desk: Desk) -> None:
    """Why there is nobody to ask, and where to go."""
    sentence(f"There is no network to ask yet. {desk.blocked or 'Build one on the Network page.'}", "note")
    if st.button("Open the data", key="predict-to-data"):
        go(DATA, desk.project_id)
