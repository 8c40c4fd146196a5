"""The connection of a launcher or worker to the engine in the web process."""

from __future__ import annotations

import json
import select
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nnbuilder.engine.frames import BadMessage, MessageBuffer, pack_json, pack_message


@dataclass(frozen=True)
class Address:
    """Where the engine listens and the token that opens it."""

    port: int
    token: str


class Link:
    """A blocking connection to the engine over the loopback."""

    def __init__(self, address: Address, hello: dict[str, Any]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", address.port), timeout=10)
        self.socket.settimeout(None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = MessageBuffer()
        self.send(pack_json("H", {"token": address.token, **hello}))

    def send(self, message: bytes) -> None:
        """Send one or several packed messages.

        Raises
        ------
        OSError
            If the engine is gone.
        """
        self.socket.sendall(message)

    def send_json(self, kind: str, document: Any) -> None:
        """Send a JSON message."""
        self.send(pack_json(kind, document))

    def send_bytes(self, kind: str, payload: bytes) -> None:
        """Send a message of bytes."""
        self.send(pack_message(kind, payload))

    def has_room(self) -> bool:
        """Whether something can be sent now without waiting for the engine to read."""
        return bool(select.select((), (self.socket,), (), 0)[1])

    def receive(self) -> list[dict[str, Any]] | None:
        """Wait for bytes; the commands they complete, or None when the engine is gone."""
        try:
            data = self.socket.recv(65536)
            return None if not data else list(self._commands(data))
        except (OSError, BadMessage):
            return None

    def _commands(self, data: bytes) -> Iterator[dict[str, Any]]:
        for kind, payload in self._buffer.feed(data):
            if kind == "C":
                yield json.loads(payload)

    def close(self) -> None:
        """End the connection."""
        self.socket.close()
