"""The page on which the network is asked about rows: typed in, moved by sliders, pasted, or in a file."""

import streamlit as st

from nnbuilder.ui import outlook
from nnbuilder.ui.page import begin, problem_page
from nnbuilder.ui.predict import page as page_predict
from nnbuilder.ui.session import open_desk

with problem_page():
    begin()
    desk = open_desk()
    outlook.follow(desk)
    with st.container(key="predict-page", gap="small"):
        page_predict.page(desk)
