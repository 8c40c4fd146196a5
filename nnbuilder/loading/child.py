"""The confined process that reads a file: few rights, little memory, little time, and no way out but one open file.

It gets the file as its standard input and writes what it found to its standard output, never a pickle:

    8 bytes  length of the JSON that follows, little-endian
    JSON     {"refused": sentence} or {"form", "tree", "metadata", "project", "tensors": [[type, shape], …], "table":
             bytes, "other_table": name}, and "memory": [KiB before, KiB at most]
    bytes    of the tensors, one behind the other, then of the table
"""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nnbuilder.engine.process import die_with_parent
from nnbuilder.loading.limits import (
    LARGEST_BUNDLE,
    LARGEST_TREE,
    MEMORY,
    MIB,
    MOST_TENSOR_BYTES,
    PROCESSOR_SECONDS,
    WALL_SECONDS,
    RefusedFile,
)
from nnbuilder.loading.reading import Found, read_file
from nnbuilder.store.weights import TYPES

KINDS = {name: kind for kind, name in TYPES.items()}


@dataclass(frozen=True)
class Limits:
    """What a confined process may take: bytes beyond its libraries, processor seconds, seconds altogether."""

    memory: int = MEMORY
    processor: int = PROCESSOR_SECONDS
    wall: float = WALL_SECONDS


def serve(limits: Limits, parent: int) -> None:
    """Read the file that is the standard input and write what it holds to the standard output."""
    if hasattr(os, "setsid"):
        with contextlib.suppress(OSError):
            os.setsid()
    die_with_parent(parent, getattr(signal, "SIGKILL", signal.SIGTERM))
    _warm_up()
    with open(0, "rb", buffering=0, closefd=False) as source, open(1, "wb", closefd=False) as target:
        size = os.fstat(0).st_size
        _confine(limits)
        before = _peak()
        try:
            found = read_file(io.BufferedReader(source), size)
            _write(found, target, before)
        except RefusedFile as error:
            _refuse(target, str(error), before)
        except (MemoryError, RecursionError):
            _refuse(
                target, f"takes more than {limits.memory // MIB} MiB of memory to be read; save less in it.", before
            )
        except OSError as error:
            _refuse(target, f"could not be read ({error.strerror}); copy it again.", before)
        except Exception as error:
            traceback.print_exc()
            what = type(error).__name__
            _refuse(target, f"could not be read ({what}); it is damaged or was forged, save it again.", before)


def _warm_up() -> None:
    """Have torch load everything that it loads only when it is needed: later no file can be opened."""
    import torch

    torch.set_num_threads(1)
    buffer = io.BytesIO()
    torch.save({"0": torch.zeros(2, 2), "1": torch.nn.Parameter(torch.zeros(1))}, buffer)
    torch.load(io.BytesIO(buffer.getvalue()), map_location="cpu", weights_only=True)
    for encoding in ("utf-8-sig", "utf-16", "raw-unicode-escape"):
        "".encode(encoding).decode(encoding)
    # Old pickles have their texts in quotes and with escapes.
    b"".decode("unicode-escape")
    codecs.escape_decode(b"")
    torch.zeros(2, 2).t().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


def _confine(limits: Limits) -> None:
    """Give up for good: files and connections not yet open, children, memory and time beyond the limits."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + limits.processor
    wanted = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": MOST_TENSOR_BYTES + LARGEST_TREE + LARGEST_BUNDLE + MIB,
        "RLIMIT_CPU": seconds,
        "RLIMIT_NPROC": 0,
        **_memory(limits.memory),
        # Last: without files nothing can be looked up any more. A socket is a file, too.
        "RLIMIT_NOFILE": 0,
    }
    for name, most in wanted.items():
        number = getattr(resource, name, None)
        if number is None:
            continue
        hard = resource.getrlimit(number)[1]
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(number, (limit, limit))


def _memory(allowed: int) -> dict[str, int]:
    """Limits of memory above what the libraries have reserved by now; none where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()
    except OSError:
        return {}
    page = os.sysconf("SC_PAGE_SIZE")
    return {"RLIMIT_AS": int(pages[0]) * page + allowed, "RLIMIT_DATA": int(pages[5]) * page + allowed}


def _peak() -> int:
    """KiB of memory this process has taken at most."""
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most


def _refuse(target: BinaryIO, sentence: str, before: int) -> None:
    target.seek(0)
    target.truncate()
    _head(target, {"refused": sentence, "memory": [before, _peak()]})


def _write(found: Found, target: BinaryIO, before: int) -> None:
    import torch

    kinds = [[KINDS[str(tensor.dtype).removeprefix("torch.")], list(tensor.shape)] for tensor in found.tensors]
    document = {
        "form": found.form,
        "tree": found.tree,
        "metadata": dict(found.metadata),
        "project": found.project,
        "tensors": kinds,
        "table": found.table_size,
        "other_table": found.other_table,
        "memory": [before, _peak()],
    }
    _head(target, document)
    for tensor in found.tensors:
        if tensor.numel():
            target.write(tensor.reshape(-1).view(torch.uint8).numpy().data)
    for piece in found.table:
        target.write(piece)
    target.flush()


def _head(target: BinaryIO, document: dict) -> None:
    text = json.dumps(document, allow_nan=False).encode()
    if len(text) > LARGEST_TREE:
        raise RefusedFile("describes more than any weights need; save only the weights.")
    target.write(len(text).to_bytes(8, "little") + text)
    target.flush()


def main() -> None:
    """Serve as a process of its own: limits and the parent's pid are its arguments."""
    memory, processor, wall, parent = sys.argv[1:5]
    serve(Limits(int(memory), int(processor), float(wall)), int(parent))


if __name__ == "__main__":
    main()
