"""The data page: open a table, see how it was read, choose what is predicted from what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.catalog.sources import TABLE
from nnbuilder.errors import NNBuilderError
from nnbuilder.fields import counted
from nnbuilder.tables.library import Library, Opened
from nnbuilder.ui.assets import style
from nnbuilder.ui.build import proposal
from nnbuilder.ui.data import again as data_again
from nnbuilder.ui.data import code as data_code
from nnbuilder.ui.data import columns as data_columns
from nnbuilder.ui.data import findings, reading, roles, sketch_pad, tables
from nnbuilder.ui.data import rows as data_rows
from nnbuilder.ui.data import views as data_views
from nnbuilder.ui.places import BUILD, go
from nnbuilder.ui.plots.text import unformatted
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import sentence, show_problems

KINDS = ["csv", "tsv", "txt", "gz", "zip", "xlsx", "parquet"]
VIEWS = ("Table", "Draw points")
_REFUSED, _ARRIVED = "data-refused-file", "data-arrived-file"

Show = Callable[[float, str], None]


def page(desk: Desk) -> None:
    """What to open to the left, the table and what becomes of it to the right."""
    st.html(f"<style>{style('data.css')}</style>")
    if desk.memory.leave:
        desk.memory.leave = False
        go(BUILD, desk.project_id)
    _head(desk)
    left, right = st.columns([1, 3.4], gap="medium")
    with left:
        show = _open(desk)
    with right:
        if desk.memory.note:
            sentence(desk.memory.note, "error")
            desk.memory.note = ""
        _refused_file(desk, show)
        head = st.container(horizontal=True, vertical_alignment="center", gap="small", key="data-title")
        with head:
            view = st.segmented_control(
                "What to look at", VIEWS, default=VIEWS[0], key="data-view", label_visibility="collapsed", required=True
            )
        if view == VIEWS[1]:
            sketch_pad.pad(desk)
            return
        # Beside the title, so that nothing moves down for it.
        place = head.empty()
        again = data_again.bar(place)
        data_again.carry_out(desk, again)
        opened = tables.opened_table(desk, again)
        place.empty()
        if opened is None and desk.memory.note:
            sentence(desk.memory.note, "error")
            desk.memory.note = ""
        if opened is not None:
            file = unformatted(desk.project.data.source["file"])
            rows, columns = counted(opened.rows, "row"), counted(len(opened.columns), "column")
            head.markdown(f"**{file}**: {rows}, {columns}")
        if opened is not None:
            _table(desk, opened)
        elif desk.project.data.source.kind != TABLE:
            st.markdown(
                "The project learns from points that are made on the spot. Open a table of your own, or one of the "
                "samples, and it takes their place; undo brings them back. This code makes the points:"
            )
            data_code.show(desk, None)


def _head(desk: Desk) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="data-head", gap="small"):
        if st.button("Network", icon=":material/arrow_back:", key="to-build"):
            go(BUILD, desk.project_id)
        st.markdown("**Data**")
        for label, icon, earlier, step in (
            ("Undo", "undo", desk.history.undo, Desk.undo),
            ("Redo", "redo", desk.history.redo, Desk.redo),
        ):
            st.button(
                label,
                icon=f":material/{icon}:",
                key=f"data-{icon}",
                type="tertiary",
                disabled=not earlier,
                on_click=change,
                args=(step,),
            )
        proposal.button()


def _open(desk: Desk) -> Show:
    """What can be opened; the table is read right here, so that the bar stands where the click was."""
    key = f"upload-{desk.memory.picked}"

    def keep(now: Desk) -> None:
        upload = st.session_state[key]
        if upload is not None:
            now.memory.picked += 1
            st.session_state[_ARRIVED] = Library.default().keep(upload), upload.name

    # Kept in a callback: the page itself is handed a copy, and a copy of 200 MB stops everyone who is served.
    st.file_uploader(
        "Open a table", type=KINDS, key=key, on_change=change, args=(keep,), help="CSV, Excel or Parquet, also packed."
    )
    bar = st.empty()

    def show(share: float, words: str) -> None:
        bar.progress(share, words)

    arrived: tuple[str, str] | None = st.session_state.pop(_ARRIVED, None)
    if arrived is not None:
        _take(desk, lambda: tables.open_kept(desk, *arrived, {}, show))
    with st.container(gap=None, key="samples"):
        st.caption("Samples: each opens with a network that suits it.")
        for item in SAMPLES.values():
            if st.button(item.title, key=f"sample-{item.key}", help=item.help, type="tertiary"):
                _take(desk, lambda name=item.key: tables.open_sample(desk, name, show))
    return show


def _take(desk: Desk, step: Callable[[], object]) -> None:
    """Do a step, empty the field a file was dropped on, and show the page anew with what was opened."""
    st.session_state["data-view"] = VIEWS[0]
    desk.memory.picked += 1
    desk.memory.note = ""
    st.session_state.pop(_REFUSED, None)

    def open_it() -> None:
        try:
            step()
        except tables.Refusal as error:
            st.session_state[_REFUSED] = (error, desk.memory.revision)
            raise

    desk.guarded(open_it)
    st.rerun()


def _refused_file(desk: Desk, show: Show) -> None:
    """Ways in which a file can be read that was refused."""
    refused: tuple[tables.Refusal, int] | None = st.session_state.get(_REFUSED)
    # Once something else was done, it is no longer about that file.
    if refused is None or refused[1] != desk.memory.revision or not refused[0].options:
        return
    error = refused[0]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="refused-file"):
        sentence(f"{error.name} can be opened all the same:", "question")
        for option in error.options:
            if st.button(unformatted(option["label"]), key=f"open-{option['label']}"):
                _take(desk, lambda chosen=option: _open_so(desk, error, chosen, show))


def _open_so(desk: Desk, error: tables.Refusal, option: Mapping[str, Any], show: Show) -> None:
    tables.open_kept(desk, error.sha256, error.name, {**error.reading, **option["choices"]}, show)


def _table(desk: Desk, opened: Opened) -> None:
    findings.show(desk, opened)
    problems = [problem for problem in desk.problems if problem.path.startswith("data")]
    show_problems(problems, where="data-page")
    roles.show(desk, opened)
    views: dict[str, Callable[[], object]] = {
        "Columns": lambda: data_columns.show(desk, opened),
        "Rows": lambda: data_rows.show(desk, opened),
        "Plots": lambda: data_views.show(desk, opened),
        "What the network gets": lambda: data_rows.show_inputs(desk),
        "How it was read": lambda: reading.show(desk, opened),
        "Code": lambda: data_code.show(desk, opened),
    }
    # Only the tab that is open is made.
    for tab, view in zip(st.tabs(list(views), key="data-tab", on_change="rerun"), views.values(), strict=True):
        if tab.open:
            with tab:
                _guarded(view)


def _guarded(view: Callable[[], object]) -> None:
    """Show a view; what it cannot show is said in its place, and the rest of the page stands."""
    try:
        view()
    except NNBuilderError as error:
        sentence(str(error), "error")
