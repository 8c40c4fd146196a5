"""The engine's end of a connection to a launcher or a job."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable
from typing import Any, Protocol

from nnbuilder.engine.frames import BadMessage, MessageBuffer, pack_json

LONGEST_HELLO = 4096


class Owner(Protocol):
    """Whoever a connection belongs to once it has named its token."""

    token: str

    def connected(self, peer: Peer, hello: dict[str, Any]) -> None:
        """The connection is there."""
        ...

    def received(self, kind: str, payload: bytes) -> None:
        """A message came."""
        ...

    def disconnected(self) -> None:
        """The connection is gone."""
        ...


class Peer(asyncio.Protocol):
    """One connection: refused unless its first message names the token of an owner that waits for it."""

    def __init__(self, find: Callable[[str], Owner | None], patience: float) -> None:
        self._find = find
        self._patience = patience
        self._buffer = MessageBuffer(LONGEST_HELLO)
        self.owner: Owner | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the other side a moment to say who it is."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._timer = asyncio.get_running_loop().call_later(self._patience, self._refuse)

    def data_received(self, data: bytes) -> None:
        """Hand on every whole message; bytes that make no sense end the connection."""
        try:
            for kind, payload in self._buffer.feed(data):
                if self.owner is not None:
                    self.owner.received(kind, payload)
                else:
                    self._greet(kind, payload)
                if self.transport.is_closing():
                    return
        except (BadMessage, ValueError, KeyError):
            self.transport.abort()

    def _greet(self, kind: str, payload: bytes) -> None:
        hello = json.loads(payload) if kind == "H" else {}
        owner = self._find(str(hello.get("token", "")))
        if owner is None:
            self._refuse()
            return
        self._timer.cancel()
        self._buffer.longest = MessageBuffer().longest
        self.owner = owner
        owner.connected(self, hello)

    def _refuse(self) -> None:
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the owner."""
        self._timer.cancel()
        if self.owner is not None:
            self.owner.disconnected()

    def send(self, document: dict[str, Any]) -> None:
        """Send a command."""
        if not self.transport.is_closing():
            self.transport.write(pack_json("C", document))


def same_token(left: str, right: str) -> bool:
    """Whether two tokens are equal, in a time that tells nothing."""
    return hmac.compare_digest(left.encode(), right.encode())
