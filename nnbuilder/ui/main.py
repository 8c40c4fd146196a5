"""The main script: every session starts here."""

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).parents[2] / "pages"
ICON = Path(__file__).parent / "frontend" / "icon.svg"

st.set_page_config(page_title="Network builder", page_icon=ICON, layout="wide")
st.navigation([st.Page(PAGES / "build.py", title="Build", default=True)], position="hidden").run()
