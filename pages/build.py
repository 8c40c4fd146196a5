"""The page on which a network is built, trained and watched."""

import streamlit as st

from nnbuilder.ui import components, outlook
from nnbuilder.ui.build import bar_project, below, rail_data, rail_network, rail_output
from nnbuilder.ui.page import begin, problem_page
from nnbuilder.ui.session import change, open_desk

with problem_page():
    begin()
    desk = open_desk()
    outlook.follow(desk)
    with st.container(key="page", gap="xxsmall"):
        bar_project.bar(desk)
        components.transport(desk, lambda action: change(lambda now: now.transport(action)))
        outlook.training_bar(desk)
        with st.container(horizontal=True, key="columns", gap="small", wrap=False):
            with st.container(key="data", width=250):
                rail_data.rail(desk)
            with st.container(key="network-column", width="stretch", gap="xxsmall"):
                rail_network.column(desk)
            with st.container(key="output-rail", width=380):
                rail_output.rail(desk)
        below.row(desk)
