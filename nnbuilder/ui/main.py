"""The main script: every session starts here."""

from pathlib import Path

import streamlit as st

from nnbuilder.ui.places import BUILD, DATA, EXPORT, PREDICT
from nnbuilder.ui.session import PARAMETER, memory

ICON = Path(__file__).parent / "frontend" / "icon.svg"

st.set_page_config(page_title="Network builder", page_icon=ICON, layout="wide")
pages = [
    st.Page(BUILD, title="Build", default=True),
    st.Page(DATA, title="Data"),
    st.Page(PREDICT, title="Predict"),
    st.Page(EXPORT, title="Export"),
]
st.navigation(pages, position="hidden").run()
# Only a page that was sent whole gets here.
memory().arrived(st.query_params.get(PARAMETER))
