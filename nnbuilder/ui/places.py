"""Where the pages lie, and how to go from one to another without losing the project."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import streamlit as st

PAGES = Path(__file__).parents[2] / "pages"
BUILD, DATA = PAGES / "build.py", PAGES / "data.py"
PREDICT = PAGES / "predict.py"
EXPORT = PAGES / "export.py"


def go(page: Path, project_id: str) -> NoReturn:
    """Leave for another page of the same project."""
    st.switch_page(page, query_params={"project": project_id})
