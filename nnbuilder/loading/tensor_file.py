"""The header of a safetensors file, checked before a number of it is read; and tensors written so."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from nnbuilder.loading.limits import (
    LARGEST_HEADER,
    LARGEST_INTEGER,
    LONGEST_NAME,
    MOST_DIMENSIONS,
    MOST_TENSORS,
    RefusedFile,
    shown,
)
from nnbuilder.store.weights import SIZES, TYPES

if TYPE_CHECKING:
    from torch import Tensor

DAMAGED = "is damaged or was forged ({}); download or save it again."


@dataclass(frozen=True)
class Placed:
    """A tensor of a file: its type as safetensors writes it, its shape, and where its bytes lie in the file."""

    kind: str
    shape: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Header:
    """What a file holds: tensors by name in the order of their bytes, and what its maker wrote beside them."""

    tensors: Mapping[str, Placed]
    metadata: Mapping[str, str]


def looks_like_one(head: bytes) -> bool:
    """Whether the first bytes of a file could be those of a safetensors file, whole or not."""
    # Nine letters of a text are no length; a length that lies is still no text.
    return head[8:9] == b"{" and any(byte < 9 or byte > 126 for byte in head[:8])


def read_header(file: BinaryIO, size: int) -> Header:
    """Check the header of the safetensors file in the first `size` bytes of `file`.

    Raises
    ------
    RefusedFile
        If it lies: tensors that overlap, leave gaps, lie outside or have another size than their shape.
    """
    file.seek(0)
    start = file.read(8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > size - 8:
        raise RefusedFile(DAMAGED.format(f"its header claims {length} bytes where the file has {max(0, size - 8)}"))
    if length > LARGEST_HEADER:
        raise RefusedFile(f"has a header of {length} bytes, more than any weights need; save it in another way.")
    try:
        document = json.loads(file.read(length).decode("utf-8"), object_pairs_hook=_pairs)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise RefusedFile(DAMAGED.format("its header is no JSON")) from None
    except RecursionError:
        raise RefusedFile(DAMAGED.format("its header is nested deeper than any")) from None
    except ValueError:
        raise RefusedFile(DAMAGED.format("its header holds a number of thousands of digits")) from None
    if not isinstance(document, dict):
        raise RefusedFile(DAMAGED.format("its header is no JSON object"))
    metadata = document.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise RefusedFile(DAMAGED.format("its metadata are not texts"))
    if len(document) > MOST_TENSORS:
        raise RefusedFile(f"holds {len(document)} tensors, but at most {MOST_TENSORS} are opened; save it in parts.")
    return Header(_placed(document, 8 + length, size), metadata)


def _placed(document: Mapping[str, Any], begin: int, size: int) -> dict[str, Placed]:
    found = {name: _tensor(name, entry, begin) for name, entry in document.items()}
    ordered = sorted(found.items(), key=lambda item: (item[1].start, item[1].end))
    place = begin
    for name, tensor in ordered:
        if tensor.start != place:
            where = "overlaps another one" if tensor.start < place else "leaves a gap before it"
            raise RefusedFile(DAMAGED.format(f"tensor “{shown(name)}” {where}"))
        place = tensor.end
        if place > size:
            raise RefusedFile(DAMAGED.format(f"tensor “{shown(name)}” lies outside of the file"))
    if place != size:
        raise RefusedFile(DAMAGED.format(f"{size - place} bytes at its end belong to no tensor"))
    return dict(ordered)


def _tensor(name: str, entry: Any, begin: int) -> Placed:
    if len(name) > LONGEST_NAME:
        raise RefusedFile(DAMAGED.format("the name of a tensor is too long"))
    try:
        kind, shape, (start, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        numbers = [*shape, start, end]
        sound = isinstance(kind, str) and all(type(item) is int and 0 <= item < LARGEST_INTEGER for item in numbers)
    except (TypeError, KeyError, ValueError):
        sound, kind, shape, start, end = False, "", [], 0, 0
    if not sound or len(entry) != 3 or len(shape) > MOST_DIMENSIONS:
        raise RefusedFile(DAMAGED.format(f"tensor “{shown(name)}” is not described"))
    if kind not in SIZES:
        raise RefusedFile(
            f"holds numbers of type {shown(kind)} in “{shown(name)}”, which is not opened; convert them to float32."
        )
    if end - start != math.prod(shape) * SIZES[kind]:
        raise RefusedFile(
            DAMAGED.format(f"tensor “{shown(name)}” of shape {shape} and type {kind} has {end - start} bytes")
        )
    return Placed(kind, tuple(shape), begin + start, begin + end)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; one that names something twice is read in two ways by two readers."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise RefusedFile(DAMAGED.format(f"“{shown(name)}” stands in its header twice"))
        found[name] = value
    return found


def read_tensors(content: bytearray, header: Header) -> dict[str, Tensor]:
    """The tensors of a file whose header was checked, on the CPU."""
    import torch

    tensors = {}
    for name, placed in header.tensors.items():
        dtype, count = getattr(torch, TYPES[placed.kind]), math.prod(placed.shape)
        if count:
            flat = torch.frombuffer(content, dtype=dtype, count=count, offset=placed.start).clone()
        else:
            flat = torch.empty(0, dtype=dtype)
        tensors[name] = flat.reshape(placed.shape)
    return tensors
