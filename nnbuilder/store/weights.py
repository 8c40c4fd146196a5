"""Weights that networks start from, by the digest of their file: tensors by name, in the safetensors format.

The format is a length (8 bytes, little-endian), a JSON header of that length with type, shape and place of each
tensor, then the numbers. So shapes are known without torch, and nothing in a file is ever run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path

from nnbuilder.store.files import StoreError, write_atomically

if TYPE_CHECKING:
    from torch import Tensor

Header = Mapping[str, tuple[str, tuple[int, ...]]]
"""By a tensor's name: its type as safetensors writes it (``F32``), and its shape."""

SIZES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
"""Bytes a number of each type takes."""
TYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U8": "uint8",
    "BOOL": "bool",
}
"""What torch calls each type."""
LONGEST_HEADER = 16 * 2**20
"""Bytes: a header that claims more is no header."""


def tensor_name(prefix: str, name: str) -> str:
    """What a layer's tensor `name` is called in a file where its names begin with `prefix`."""
    return f"{prefix}.{name}" if prefix else name


class WeightsMissing(StoreError):
    """Weights that a network starts from are not here."""


class Weights:
    """Files under `home`: ``<sha256>.safetensors``; a file is never changed once it is there."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @classmethod
    def default(cls) -> Weights:
        """The weights beside the store: under ``NNBUILDER_HOME``, else in the user's data folder."""
        home = Path(os.environ.get("NNBUILDER_HOME") or user_data_path("nnbuilder", appauthor=False))
        return cls(home / "weights")

    def path(self, sha256: str) -> Path:
        """Where the file of that digest lies, if it is here."""
        return self.home / f"{sha256}.safetensors"

    def has(self, sha256: str) -> bool:
        """Whether the file of that digest is here."""
        return self.path(sha256).exists()

    def keep(self, tensors: Mapping[str, Tensor], about: Mapping[str, Any] | None = None) -> str:
        """Keep tensors by name; the SHA-256 of their file.

        Parameters
        ----------
        tensors
            As a state_dict has them; kept in the order of their names, on the CPU.
        about
            What is worth knowing of them, such as the name of the file they came in: plain values.

        Raises
        ------
        StoreError
            If a tensor is of a type that cannot be kept, or the disk is full.
        """
        content = packed(tensors, about or {})
        sha256 = hashlib.sha256(content).hexdigest()
        if self.has(sha256):
            self.use(sha256)
        else:
            self.home.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path(sha256), content)
        return sha256

    def use(self, sha256: str) -> None:
        """Note that a file was used today; one that nothing names is let go some time after its last use."""
        # What cannot be noted is let go earlier, not wrongly: it can be opened anew.
        with contextlib.suppress(OSError):
            os.utime(self.path(sha256))

    def header(self, sha256: str) -> Header:
        """Type and shape of every tensor by name, read without torch.

        Raises
        ------
        WeightsMissing
            If the file is not here.
        StoreError
            If it is damaged.
        """
        return {name: (kind, shape) for name, (kind, shape, _, _) in self._entries(sha256)[0].items()}

    def about(self, sha256: str) -> dict[str, Any]:
        """What was kept with the tensors; see `header` for errors."""
        return dict(self._entries(sha256)[1])

    def read(self, sha256: str) -> dict[str, Tensor]:
        """The tensors by name, on the CPU; the file's digest is compared first, see `header` for errors."""
        import torch

        path = self.path(sha256)
        try:
            content = bytearray(path.read_bytes())
        except FileNotFoundError:
            raise _missing(sha256) from None
        except OSError as error:
            raise StoreError(
                f"The weights in {path.name} cannot be read ({error.strerror}); open them anew."
            ) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise _damaged(path)
        entries, _ = _parsed(path, bytes(content[: 8 + int.from_bytes(content[:8], "little")]), len(content))
        begin = 8 + int.from_bytes(content[:8], "little")
        tensors = {}
        for name, (kind, shape, start, _) in entries.items():
            dtype = getattr(torch, TYPES[kind])
            count = math.prod(shape)
            flat = torch.frombuffer(content, dtype=dtype, count=count, offset=begin + start) if count else None
            tensors[name] = (torch.empty(0, dtype=dtype) if flat is None else flat.clone()).reshape(shape)
        return tensors

    def _entries(self, sha256: str) -> tuple[_Entries, dict[str, Any]]:
        path = self.path(sha256)
        try:
            return _of_file(path, path.stat().st_size)
        except FileNotFoundError:
            raise _missing(sha256) from None
        except OSError as error:
            raise StoreError(
                f"The weights in {path.name} cannot be read ({error.strerror}); open them anew."
            ) from error


_Entries = dict[str, tuple[str, tuple[int, ...], int, int]]


def packed(tensors: Mapping[str, Tensor], about: Mapping[str, Any]) -> bytes:
    """Tensors as the bytes of a safetensors file, the same bytes for the same tensors."""
    import torch

    kinds = {getattr(torch, name): kind for kind, name in TYPES.items()}
    header: dict[str, Any] = {"__metadata__": {"about": json.dumps(dict(about), sort_keys=True)}}
    parts, place = [], 0
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        if tensor.dtype not in kinds:
            raise StoreError(
                f"“{name}” holds numbers of type {tensor.dtype}; convert them to float32 and open it anew."
            )
        data = tensor.reshape(-1).view(torch.uint8).numpy().tobytes()
        header[name] = {
            "dtype": kinds[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [place, place + len(data)],
        }
        parts.append(data)
        place += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *parts])


@lru_cache(maxsize=64)
def _of_file(path: Path, size: int) -> tuple[_Entries, dict[str, Any]]:
    """The header of a file; kept in memory, as every check of a project asks for it and files never change."""
    with open(path, "rb") as file:
        start = file.read(8)
        length = int.from_bytes(start, "little")
        if len(start) < 8 or length > min(LONGEST_HEADER, size - 8):
            raise _damaged(path)
        return _parsed(path, start + file.read(length), size)


def _parsed(path: Path, head: bytes, size: int) -> tuple[_Entries, dict[str, Any]]:
    """What a header says, held against the `size` of the file."""
    try:
        header = json.loads(head[8:])
        about = json.loads(header.pop("__metadata__", {}).get("about", "{}"))
        entries: _Entries = {}
        for name, entry in header.items():
            kind, shape, (start, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
            counted = all(type(number) is int and number >= 0 for number in (*shape, start, end))
            if not counted or end - start != math.prod(shape) * SIZES[kind] or len(head) + end > size:
                raise _damaged(path)
            entries[name] = (kind, shape, start, end)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _damaged(path) from None
    return entries, about


def _missing(sha256: str) -> WeightsMissing:
    return WeightsMissing(
        f"The weights {sha256[:8]}… are not on this computer; open their file again, or start the layers fresh."
    )


def _damaged(path: Path) -> StoreError:
    return StoreError(f"The weights in {path.name} are damaged; open their file again, or start the layers fresh.")
