"""Files read in this process, without one that is confined: what is tested here is what they mean."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch

from nnbuilder.loading.confined import Read
from nnbuilder.loading.reading import read_file
from nnbuilder.loading.tree import unpack


def saved(value: Any, **how: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, **how)
    return buffer.getvalue()


def read_here(content: bytes, name: str = "model.pth", table: Path | None = None) -> Read:
    found = read_file(io.BytesIO(content), len(content))
    structure = None if found.tree is None else unpack(found.tree, found.tensors)
    pieces = b"".join(found.table)
    if pieces and table is not None:
        table.write_bytes(pieces)
    kept = table if pieces else None
    return Read(name, found.form, structure, found.metadata, found.project, kept, (0, 0), found.other_table)
