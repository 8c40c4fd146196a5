"""The one engine and the one hub of a server, made when it starts and closed when it stops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from nnbuilder.engine.local import LocalEngine
from nnbuilder.engine.protocol import Engine
from nnbuilder.engine.settings import Settings, read_settings
from nnbuilder.live.hub import Hub


@dataclass(frozen=True)
class Service:
    """What a page reaches: the engine, the hub, and the settings they were made with."""

    engine: Engine
    hub: Hub
    settings: Settings


_open: Service | None = None


def service() -> Service:
    """The service of this server.

    Raises
    ------
    RuntimeError
        If the server has not started it: only `open_service` in the app's lifespan does.
    """
    if _open is None:
        raise RuntimeError("The engine has not been started; start the app with `streamlit run app.py`.")
    return _open


@asynccontextmanager
async def open_service(settings: Settings | None = None) -> AsyncIterator[Service]:
    """Start engine and hub on the running event loop; at the end every process of theirs has ended."""
    global _open
    if _open is not None:
        raise RuntimeError("The engine is running already; one server has one.")
    settings = settings or read_settings()
    engine = LocalEngine(settings)
    await engine.open()
    hub = Hub(engine, settings.fps)
    _open = Service(engine, hub, settings)
    try:
        yield _open
    finally:
        _open = None
        await hub.close()
        await engine.close()
