"""The frame of every page: its style, and a guard that turns any error into one sentence."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import streamlit as st

from nnbuilder.errors import InvalidProject, NNBuilderError
from nnbuilder.ui.assets import style
from nnbuilder.ui.widgets import sentence

log = logging.getLogger(__name__)


def begin() -> None:
    """Put the page's style in place."""
    st.html(f"<style>{style('page.css')}</style>")


@contextlib.contextmanager
def problem_page() -> Iterator[None]:
    """Say on the page what went wrong in one sentence; the log gets the rest."""
    try:
        yield
    except InvalidProject as error:
        _say(f"This project cannot be opened: {error.problems[0].message}")
    except NNBuilderError as error:
        _say(str(error))
    except Exception as error:
        if type(error).__module__.startswith("streamlit.runtime.scriptrunner"):
            raise
        log.exception("The page failed.")
        _say(f"The page stopped because of an error in the program ({type(error).__name__}); reload it or start anew.")


def _say(text: str) -> None:
    sentence(text, "error")
    if st.button("Start a new project", key="start-anew"):
        st.query_params.clear()
        st.rerun()
