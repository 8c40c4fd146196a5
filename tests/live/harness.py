"""A real server on the loopback with the real routes, and browsers made of plain WebSocket clients."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from websockets.sync.client import ClientConnection, connect

from nnbuilder.engine.feed import Feed
from nnbuilder.engine.frames import Frame, unpack_frame
from nnbuilder.live.downloads import Download, Make, UnknownKind
from nnbuilder.live.hub import Hub
from nnbuilder.live.route import routes


@dataclass
class StillEngine:
    """The part of an engine that a hub uses, with runs that send what a test tells them to."""

    feeds: dict[str, Feed] = field(default_factory=dict)
    views: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def feed(self, run_id: str) -> Feed | None:
        return self.feeds.get(run_id)

    def view(self, run_id: str, view: dict[str, Any]) -> None:
        self.views.append((run_id, view))

    def fps(self, run_id: str) -> float | None:
        asked = [view["fps"] for name, view in self.views if name == run_id and "fps" in view]
        return asked[-1] if asked else None


def no_files(project_id: str, kind: str) -> Download:
    """Makes no file of any kind."""
    raise UnknownKind


class Server:
    """A server in a thread; `hub` is made on its event loop by `make_hub`, files to download by `make`."""

    def __init__(self, make_hub: Callable[[], Any], make: Make = no_files) -> None:
        self.make_hub = make_hub
        self.hub: Hub
        app = Starlette(routes=routes(lambda: self.hub, make), lifespan=self._lifespan)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        config = uvicorn.Config(app, log_level="error", lifespan="on", ws="websockets-sansio")
        self._server = uvicorn.Server(config)
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="server")

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self.loop = asyncio.get_running_loop()
        async with self.make_hub() as hub:
            self.hub = hub
            self._started.set()
            yield

    def _run(self) -> None:
        asyncio.run(self._server.serve([self._socket]))

    def __enter__(self) -> Server:
        self._thread.start()
        assert self._started.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        self._socket.close()
        assert not self._thread.is_alive()

    def on_loop(self, function: Callable[..., Any], *arguments: Any) -> Any:
        async def call() -> Any:
            return function(*arguments)

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(10)

    @contextmanager
    def look(self, token: str, origin: str | None = "same") -> Iterator[Browser]:
        """A browser that is connected; its Origin is the server's unless another is given."""
        if origin == "same":
            origin = f"http://127.0.0.1:{self.port}"
        url = f"ws://127.0.0.1:{self.port}/live/{token}"
        with connect(url, origin=origin, compression=None, max_size=None) as connection:
            yield Browser(connection)


class Browser:
    """A browser that acknowledges only when it is told to."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def frame(self, timeout: float = 10) -> Frame:
        data = self.connection.recv(timeout)
        assert isinstance(data, bytes)
        return unpack_frame(data)

    def ok(self) -> None:
        self.connection.send("ok")

    def next(self, timeout: float = 10) -> Frame:
        """Acknowledge and wait for what is new."""
        self.ok()
        return self.frame(timeout)

    def is_silent(self, seconds: float = 0.15) -> bool:
        try:
            self.connection.recv(seconds)
        except TimeoutError:
            return True
        return False
