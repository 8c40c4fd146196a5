"""Packs arrays and a JSON header into a section of the live view; docs/architecture.md gives the layout."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np


def pack_section(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """A section: header length, JSON header padded to a multiple of 8, then the arrays, each padded likewise.

    Arrays are uint8 or float32 of any shape.
    """
    listed = [{"name": name, "type": str(array.dtype), "shape": list(array.shape)} for name, array in arrays.items()]
    text = json.dumps({**header, "arrays": listed}, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-(4 + len(text)) % 8)
    parts = [struct.pack("<I", len(text)), text]
    for array in arrays.values():
        if array.dtype not in (np.dtype("uint8"), np.dtype("float32")):
            raise TypeError(f"a section holds uint8 and float32 arrays, not {array.dtype}")
        data = np.ascontiguousarray(array).tobytes()
        parts += [data, b"\0" * (-len(data) % 8)]
    return b"".join(parts)


def unpack_section(section: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and arrays of a section; the inverse of `pack_section`."""
    (length,) = struct.unpack_from("<I", section)
    header = json.loads(section[4 : 4 + length])
    arrays, offset = {}, 4 + length
    for item in header["arrays"]:
        count = int(np.prod(item["shape"]))
        array = np.frombuffer(section, dtype=item["type"], count=count, offset=offset)
        arrays[item["name"]] = array.reshape(item["shape"])
        offset += array.nbytes + (-array.nbytes % 8)
    return header, arrays
