"""The page on which a table is opened and made ready for a network."""

import streamlit as st

from nnbuilder.ui import outlook
from nnbuilder.ui.data import page as page_data
from nnbuilder.ui.page import begin, problem_page
from nnbuilder.ui.session import open_desk

with problem_page():
    begin()
    desk = open_desk()
    with st.container(key="data-page", gap="small"):
        page_data.page(desk)
    outlook.follow(desk)
