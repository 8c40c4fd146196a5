"""The hub between runs and browsers: it slices bytes, and never parses or computes any."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from nnbuilder.engine.feed import Feed
from nnbuilder.engine.frames import NOTHING, Frame, pack_frame
from nnbuilder.engine.protocol import Engine

MOST_A_TOKEN = 8
MOST_CONNECTIONS = 1000
TOKEN_SECONDS = 12 * 3600.0
IDLE_SECONDS = 20.0
"""After this long without news an empty frame is sent, so that proxies keep the connection and dead ones show."""
DEAF_SECONDS = 180.0
"""A browser that has not acknowledged a frame for this long is let go; hidden tabs may take a minute."""
SWITCH_SECONDS = 0.5
"""How long the board keeps the old run while the new one has no picture yet."""
VIEW_SECONDS = 0.05
"""Between two wishes of one browser that are passed on; the newest wins."""
MOST_ROW_BYTES = 2**20
"""Of history in one frame; the rest follows in the next ones."""
LONGEST_TEXT = 1000
BUSY, REFUSED, UNKNOWN = 1013, 1008, 4404


@dataclass
class Grant:
    """A token, the project it opens, and whose it is."""

    token: str
    project_id: str
    holder: str
    used: float
    connections: int = 0


class Hub:
    """Keeps for each project the run that is shown, and sends what is new of it to every browser that looks.

    `grant` and `show` may be called from any thread; everything else belongs to the event loop of the server.
    """

    def __init__(self, engine: Engine, fps: float = 30.0) -> None:
        self.engine = engine
        self.fps = fps
        self.loop = asyncio.get_running_loop()
        self._channels: dict[str, Channel] = {}
        self._grants: dict[str, Grant] = {}
        self._lock = threading.Lock()
        self._connections: set[Connection] = set()

    def grant(self, project_id: str, holder: str = "") -> str:
        """A token that opens a project's live view; the same holder (a session) gets the same one again."""
        now = time.monotonic()
        with self._lock:
            for old in [grant for grant in self._grants.values() if _worn_out(grant, now)]:
                del self._grants[old.token]
            for grant in self._grants.values():
                if holder and (grant.project_id, grant.holder) == (project_id, holder):
                    grant.used = now
                    return grant.token
            token = secrets.token_urlsafe(32)
            self._grants[token] = Grant(token, project_id, holder, now)
            return token

    def show(self, project_id: str, run_id: str) -> None:
        """Show this run to whoever looks at the project; the board changes over when it has a picture."""
        self.loop.call_soon_threadsafe(self._show, project_id, run_id)

    def _show(self, project_id: str, run_id: str) -> None:
        self._channel(project_id).show(run_id)

    def tell(self, project_id: str, holder: str) -> None:
        """Let every page that looks at the project know that it was changed, but for the one of `holder`."""
        self.loop.call_soon_threadsafe(self._tell, project_id, holder)

    def _tell(self, project_id: str, holder: str) -> None:
        for connection in self._channel(project_id).connections:
            if connection.holder != holder:
                connection.changes += 1
                connection.news.set()

    def admit(self, token: str, origin: str | None, host: str | None) -> Grant | None:
        """The grant of a browser that may connect; None if token or origin is wrong."""
        if not same_site(origin, host):
            return None
        with self._lock:
            grant = self._grants.get(token)
            if grant is None or _worn_out(grant, time.monotonic()):
                return None
            grant.used = time.monotonic()
            return grant

    async def serve(self, socket: WebSocket, grant: Grant) -> None:
        """Send frames over an accepted socket until it is closed."""
        if grant.connections >= MOST_A_TOKEN or len(self._connections) >= MOST_CONNECTIONS:
            await socket.close(BUSY, "Too many live views are open; close a tab.")
            return
        channel = self._channel(grant.project_id)
        connection = Connection(socket, channel, self.fps, grant.holder)
        grant.connections += 1
        self._connections.add(connection)
        channel.join(connection)
        try:
            await connection.run()
        finally:
            grant.connections -= 1
            grant.used = time.monotonic()
            self._connections.discard(connection)
            channel.leave(connection)

    async def close(self) -> None:
        """Close every socket."""
        for connection in list(self._connections):
            await connection.close(1001)
        for channel in self._channels.values():
            channel.close()

    def _channel(self, project_id: str) -> Channel:
        for key in [key for key, channel in self._channels.items() if channel.is_forgotten()]:
            self._channels.pop(key).close()
        if project_id not in self._channels:
            self._channels[project_id] = Channel(self.engine)
        channel = self._channels[project_id]
        channel.used = time.monotonic()
        return channel


class Channel:
    """A project: the run it shows, the one that is to be shown next, and the browsers that look."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.run_id = ""
        self.feed: Feed | None = None
        self.used = time.monotonic()
        self.connections: set[Connection] = set()
        self._next: tuple[str, Feed] | None = None
        self._switch: asyncio.TimerHandle | None = None
        self._cancel: Callable[[], None] | None = None
        self._cancel_next: Callable[[], None] | None = None
        self._fps = 0.0

    def is_forgotten(self) -> bool:
        """Whether nobody can connect to it any more."""
        return not self.connections and time.monotonic() - self.used > TOKEN_SECONDS

    def show(self, run_id: str) -> None:
        """Take a run as the one to be shown."""
        feed = self.engine.feed(run_id)
        if feed is None or feed is (self._next[1] if self._next else self.feed):
            return
        self._drop_next()
        if feed is self.feed:
            return
        if self.feed is None or feed.complete or not self.connections:
            self._take(run_id, feed)
            return
        self._next = (run_id, feed)
        self._cancel_next = feed.subscribe(self._look)
        self._switch = asyncio.get_running_loop().call_later(SWITCH_SECONDS, self._take, run_id, feed)
        self.engine.view(run_id, {"fps": self._fps})

    def _look(self) -> None:
        if self._next and self._next[1].complete:
            self._take(*self._next)

    def _drop_next(self) -> None:
        if self._switch:
            self._switch.cancel()
        if self._cancel_next:
            self._cancel_next()
        self._next = self._switch = self._cancel_next = None

    def _take(self, run_id: str, feed: Feed) -> None:
        """Change over to a run."""
        before = self.run_id
        self._unsubscribe()
        self.run_id, self.feed = run_id, feed
        self._subscribe()
        self._drop_next()
        if before and before != run_id:
            self.engine.view(before, {"fps": 0})
        self.engine.view(run_id, {"fps": self._fps})
        self._wake()

    def _subscribe(self) -> None:
        if self.feed is not None and self.connections and self._cancel is None:
            self._cancel = self.feed.subscribe(self._wake)

    def _unsubscribe(self) -> None:
        if self._cancel:
            self._cancel()
        self._cancel = None

    def _wake(self) -> None:
        for connection in self.connections:
            connection.news.set()

    def join(self, connection: Connection) -> None:
        """A browser looks."""
        self.connections.add(connection)
        self._subscribe()
        self.set_fps()

    def leave(self, connection: Connection) -> None:
        """A browser looks no more."""
        self.connections.discard(connection)
        self.used = time.monotonic()
        if not self.connections:
            self._unsubscribe()
        self.set_fps()

    def set_fps(self) -> None:
        """Ask the run for as many pictures as the most eager browser wants; none if nobody looks."""
        fps = max((connection.fps for connection in self.connections), default=0.0)
        if fps != self._fps:
            self._fps = fps
            self.view({"fps": fps})

    def view(self, view: dict[str, Any]) -> None:
        """Pass a wish on to the run."""
        if self.run_id:
            self.engine.view(self.run_id, view)

    def close(self) -> None:
        """Let go of the runs."""
        self._unsubscribe()
        self._drop_next()


class Connection:
    """One browser: what it has been sent, and whether it has acknowledged it."""

    def __init__(self, socket: WebSocket, channel: Channel, fps: float, holder: str = "") -> None:
        self.socket, self.channel, self.fps, self.holder = socket, channel, fps, holder
        self.changes = self._changes = 0
        self.news = asyncio.Event()
        self.news.set()
        self._waiting_since: float | None = None
        self._serial: int | None = None
        self._rows = 0
        self._status = self._picture = self._data = -1
        self._wish: dict[str, Any] = {}
        self._wish_timer: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Send and receive until one side ends it."""
        sending = asyncio.get_running_loop().create_task(self._send_frames())
        try:
            while True:
                message = await self.socket.receive()
                if message["type"] != "websocket.receive":
                    return
                self._receive(message.get("text") or "")
        except WebSocketDisconnect:
            return
        finally:
            if self._wish_timer:
                self._wish_timer.cancel()
            sending.cancel()
            with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                await sending

    async def close(self, code: int) -> None:
        """Close the socket if it is still open."""
        if self.socket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect, RuntimeError):
                await self.socket.close(code)

    async def _send_frames(self) -> None:
        while True:
            try:
                # Not wait_for: in Python 3.11 it swallows a cancellation that comes with the news, and the
                # socket of a closed page would then count as a watcher for minutes.
                async with asyncio.timeout(IDLE_SECONDS):
                    await self.news.wait()
                idle = False
            except TimeoutError:
                idle = True
            self.news.clear()
            if self._waiting_since is not None:
                if time.monotonic() - self._waiting_since > DEAF_SECONDS:
                    await self.close(REFUSED)
                    return
                continue
            frame = self._next_frame(idle)
            if frame is not None:
                self._waiting_since = time.monotonic()
                await self.socket.send_bytes(pack_frame(frame))

    def _next_frame(self, even_empty: bool) -> Frame | None:
        """What is new since the last frame; everything if another run is shown."""
        feed = self.channel.feed
        if feed is None:
            return None
        if feed.serial != self._serial:
            self._serial, self._rows = feed.serial, 0
            self._status = self._picture = self._data = -1
        row_bytes = feed.row_bytes or 1
        first = self._rows
        last = min(len(feed.rows), first + MOST_ROW_BYTES // row_bytes * row_bytes)
        status = feed.status if feed.status_version != self._status else NOTHING
        picture = feed.picture if feed.picture_version != self._picture else NOTHING
        data = feed.data if feed.data_version != self._data else NOTHING
        told, self._changes = self._changes, self.changes
        if last == first and not (len(status) or len(picture) or len(data) or told != self.changes or even_empty):
            return None
        self._rows, self._status = last, feed.status_version
        self._picture, self._data = feed.picture_version, feed.data_version
        return Frame(feed.serial, first // row_bytes, bytes(feed.rows[first:last]), status, picture, data, self.changes)

    def _receive(self, text: str) -> None:
        """An acknowledgement, or a wish for another view; anything else is passed over."""
        if text == "ok":
            self._waiting_since = None
            self.news.set()
            return
        if len(text) > LONGEST_TEXT:
            return
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            return
        wish = clean_view(document.get("view") if isinstance(document, dict) else None)
        if "fps" in wish:
            self.fps = wish.pop("fps")
            self.channel.set_fps()
        self._wish.update(wish)
        if self._wish and self._wish_timer is None:
            self._pass_on()

    def _pass_on(self) -> None:
        """Pass the newest wish on, and the next one no sooner than in a moment."""
        self._wish_timer = None
        if self._wish:
            wish, self._wish = self._wish, {}
            self.channel.view(wish)
            self._wish_timer = asyncio.get_running_loop().call_later(VIEW_SECONDS, self._pass_on)


def clean_view(view: Any) -> dict[str, Any]:
    """The parts of a wish that may reach a worker: features, pictures a second and pace, each in its range."""
    if not isinstance(view, dict):
        return {}
    clean: dict[str, Any] = {}
    for name in ("x", "y"):
        value = view.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 100_000:
            clean[name] = value
    if _within(view.get("fps"), 0, 120):
        clean["fps"] = float(view["fps"])
    if "pace" in view and (view["pace"] is None or _within(view["pace"], 0.01, 10_000)):
        clean["pace"] = view["pace"]
    return clean


def _within(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def same_site(origin: str | None, host: str | None) -> bool:
    """Whether the page that connects came from this server."""
    return bool(origin and host) and str(origin).partition("://")[2].lower() == str(host).lower()


def _worn_out(grant: Grant, now: float) -> bool:
    return not grant.connections and now - grant.used > TOKEN_SECONDS
