"""What a run has sent so far, as the bytes a browser gets; lives on the event loop of the server."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from itertools import count

from nnbuilder.engine.frames import padded

# Starts anywhere, so that a browser that was shown a run of the server before a restart sees another serial.
_serials = count(secrets.randbelow(2**31))


class Feed:
    """The newest status, picture and data section of a run and all of its history rows.

    Every part has a version that grows when it changes; `serial` changes when all of it starts anew.
    """

    def __init__(self) -> None:
        self.serial = next(_serials) % 2**32
        self.row_bytes = 0
        self.rows = bytearray()
        self.status = self.picture = self.data = b""
        self.status_version = self.picture_version = self.data_version = 0
        self.complete = False
        self.last_seen = time.monotonic()
        self._listeners: list[Callable[[], None]] = []

    @property
    def watchers(self) -> int:
        """How many listeners follow the run."""
        return len(self._listeners)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change; returns what ends it."""
        self._listeners.append(listener)

        def cancel() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)
            self.touch()

        return cancel

    def touch(self) -> None:
        """Start the grace time anew."""
        self.last_seen = time.monotonic()

    def reset(self) -> None:
        """Start anew: rows and sections of the worker before are gone; the status stays until the next one."""
        self.serial = next(_serials) % 2**32
        self.rows = bytearray()
        self.picture = self.data = b""
        self.complete = False

    def set_columns(self, columns: int) -> None:
        """Say how many numbers a row has."""
        self.row_bytes = 8 * columns

    def set_status(self, status: bytes) -> None:
        """Take a new status (JSON)."""
        self.status = padded(status)
        self.status_version += 1
        self._tell()

    def add_rows(self, rows: bytes) -> None:
        """Take further history rows; a piece of a row is refused."""
        if self.row_bytes and len(rows) % self.row_bytes == 0:
            self.rows += rows
            self._tell()

    def set_picture(self, picture: bytes) -> None:
        """Take a new picture section; with it the run can be shown whole."""
        self.picture = picture
        self.picture_version += 1
        self.complete = True
        self._tell()

    def set_data(self, data: bytes) -> None:
        """Take a new data section."""
        self.data = data
        self.data_version += 1
        self._tell()

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()
