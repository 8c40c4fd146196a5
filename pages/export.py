"""The page of every file to take home."""

import streamlit as st

from nnbuilder.ui import outlook
from nnbuilder.ui.export import page as page_export
from nnbuilder.ui.page import begin, problem_page
from nnbuilder.ui.session import open_desk

with problem_page():
    begin()
    desk = open_desk()
    outlook.follow(desk)
    with st.container(key="export-page", gap="small"):
        page_export.page(desk)
