"""The app: run it with ``streamlit run app.py``."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.data.thumbnails import thumbnail
from nnbuilder.engine.service import open_service, service
from nnbuilder.live.route import routes
from nnbuilder.store import Store
from nnbuilder.store.sweep import sweep
from nnbuilder.ui.backend import Backend, install
from nnbuilder.ui.export import downloads

MAIN = Path(__file__).parent / "nnbuilder" / "ui" / "main.py"


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Everything that lives as long as the server: store, engine, live view."""
    store = Store.open()
    store.recover()
    sweep(store)
    for kind in DATASETS:
        thumbnail(kind)
    try:
        async with open_service() as running:
            backend = Backend(store, running.engine, running.hub)
            running.engine.listen(backend.keep_status)
            install(backend)
            # What is here now stays: the collector need not look at it again.
            gc.freeze()
            yield
    finally:
        install(None)
        store.close()


app = st.App(MAIN, lifespan=lifespan, routes=routes(lambda: service().hub, downloads.make))
