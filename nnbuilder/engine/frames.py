"""The two binary forms of docs/architecture.md: messages between processes, and the frame a browser gets."""

from __future__ import annotations

import json
import math
import struct
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

HEAD = struct.Struct("!I1s")
"""Of a message: length of the payload, type."""

MAGIC = 0x314E4E4E
FRAME_HEAD = struct.Struct("<8I")
LONGEST_MESSAGE = 64 * 2**20
NOTHING = memoryview(b"")


class BadMessage(Exception):
    """Bytes that are no message or no frame."""


def pack_message(kind: str, payload: bytes | bytearray | memoryview = b"") -> bytes:
    """A message of one-letter type `kind`."""
    return HEAD.pack(len(payload), kind.encode("ascii")) + payload


def pack_json(kind: str, document: Any) -> bytes:
    """A message whose payload is JSON."""
    return pack_message(kind, json_bytes(document))


def json_bytes(document: Any) -> bytes:
    """Compact JSON; numbers that are not finite become null, halves of surrogate pairs question marks."""
    try:
        text = json.dumps(document, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    except ValueError:
        text = json.dumps(finite(document), allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace")


def finite(value: Any) -> Any:
    """The value with every NaN and infinity in it replaced by None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


class MessageBuffer:
    """Puts messages together again from bytes that arrive in pieces of any size."""

    def __init__(self, longest: int = LONGEST_MESSAGE) -> None:
        self.longest = longest
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        """The type and payload of every message that `data` completes.

        Raises
        ------
        BadMessage
            If a message is longer than allowed.
        """
        self._bytes += data
        while len(self._bytes) >= HEAD.size:
            length, kind = HEAD.unpack_from(self._bytes)
            if length > self.longest:
                raise BadMessage(f"a message of {length} bytes is longer than the {self.longest} allowed")
            end = HEAD.size + length
            if len(self._bytes) < end:
                return
            payload = bytes(self._bytes[HEAD.size : end])
            del self._bytes[:end]
            yield kind.decode("latin-1"), payload


def pack_rows(rows: Iterable[Sequence[float]]) -> bytes:
    """History rows as float64, little-endian, row after row."""
    numbers = array("d", (number for row in rows for number in row))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unpack_rows(data: bytes | memoryview, columns: int) -> list[tuple[float, ...]]:
    """The inverse of `pack_rows`."""
    return list(struct.iter_unpack(f"<{columns}d", data)) if len(data) else []


@dataclass(frozen=True)
class Frame:
    """What a browser gets at once; an empty part is unchanged."""

    serial: int
    first_row: int = 0
    rows: bytes | memoryview = NOTHING
    status: bytes | memoryview = NOTHING
    picture: bytes | memoryview = NOTHING
    data: bytes | memoryview = NOTHING
    changes: int = 0


def pack_frame(frame: Frame) -> bytes:
    """The frame as bytes."""
    parts = (frame.rows, frame.status, frame.picture, frame.data)
    head = FRAME_HEAD.pack(MAGIC, frame.serial, frame.first_row, *(len(part) for part in parts), frame.changes)
    return b"".join((head, *parts))


def unpack_frame(data: bytes) -> Frame:
    """The inverse of `pack_frame`; the parts are views into `data`.

    Raises
    ------
    BadMessage
        If the bytes are no frame or end too early.
    """
    if len(data) < FRAME_HEAD.size:
        raise BadMessage("the frame is shorter than its header")
    magic, serial, first_row, *lengths, changes = FRAME_HEAD.unpack_from(data)
    if magic != MAGIC:
        raise BadMessage("the bytes are not a frame of the live view")
    if FRAME_HEAD.size + sum(lengths) != len(data):
        raise BadMessage("the frame is not as long as its sections")
    parts, at, view = [], FRAME_HEAD.size, memoryview(data)
    for length in lengths:
        parts.append(view[at : at + length])
        at += length
    return Frame(serial, first_row, *parts, changes=changes)


def padded(text: bytes) -> bytes:
    """JSON with spaces after it up to a multiple of 8, so that arrays behind it stay aligned."""
    return text + b" " * (-len(text) % 8)
