"""The export page: every file to take home, what it is for, how it is used, and why it cannot be made yet."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.components import v2

from nnbuilder.errors import NNBuilderError
from nnbuilder.export import Net
from nnbuilder.live.downloads import DOWNLOAD_PATH
from nnbuilder.ui.assets import loader, style
from nnbuilder.ui.export import downloads
from nnbuilder.ui.places import BUILD, go
from nnbuilder.ui.predict import ask
from nnbuilder.ui.predict.ask import Source
from nnbuilder.ui.session import open_desk
from nnbuilder.ui.state import Desk, project_name
from nnbuilder.ui.widgets import sentence

LOOK_SECONDS = 2.0
"""Between two looks at a training that has not finished an epoch yet: then more files can be made."""

_files = v2.component("nnbuilder_export_files", css=style("base.css", "export_files.css"), js=loader("export_files"))


def page(desk: Desk) -> None:
    """Where the files come from on top, below it all of them in groups."""
    with st.container(horizontal=True, vertical_alignment="center", key="export-head", gap="small"):
        if st.button("Network", icon=":material/arrow_back:", key="export-to-build"):
            go(BUILD, desk.project_id)
        st.markdown("**Export**")
        st.caption("Each file is used once before it is handed over: loaded, run, and compared with the network here.")
    source = ask.find_source(desk)
    net = find_net(desk, source)
    if source is None or net is None:
        sentence(f"There is no network to take home yet. {desk.blocked or 'Build one on the Network page.'}", "note")
        return
    if source.outdated:
        why = f": {desk.blocked}" if desk.blocked else "."
        sentence(
            f"The project was changed since; these are files of the network as it was trained before{why}", "warning"
        )
    if not source.epoch and source.moving:
        st.fragment(_when_learned, run_every=LOOK_SECONDS)()
        return
    if not source.epoch:
        sentence("Nothing was learned yet: the weights in these files are those the network begins with.", "note")
    _show(desk, net)


def find_net(desk: Desk, source: Source | None) -> Net | None:
    """The network of the run, with the facts of its data; None while there is none or its data are gone."""
    if source is None:
        return None
    known = desk.facts if source.project.data == desk.project.data else None
    try:
        net = downloads.net_of(source.project, known, source.epoch)
    except NNBuilderError:
        return None
    return net if net.facts.features else None


def _when_learned() -> None:
    """The files while a training is in its first epoch; when that is done the page runs once more."""
    desk = open_desk()
    source = ask.find_source(desk)
    net = find_net(desk, source)
    if source is None or net is None or source.epoch or not source.moving:
        st.rerun()
    _show(desk, net)


def _show(desk: Desk, net: Net) -> None:
    data: dict[str, Any] = {
        "path": DOWNLOAD_PATH,
        "token": desk.backend.live.grant(desk.project_id, desk.memory.holder),
        "groups": downloads.groups(net, project_name(desk.project)),
    }
    _files(key="export-files", data=data)
