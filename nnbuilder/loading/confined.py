"""Having a file read by a confined process, and looking at what it hands back as if that were hostile, too."""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from nnbuilder.loading.child import Limits, serve
from nnbuilder.loading.limits import (
    LARGEST_BUNDLE,
    LARGEST_TREE,
    LONGEST_NAME,
    MIB,
    MOST_TENSOR_BYTES,
    MOST_TENSORS,
    RefusedFile,
    sentence,
    shown,
)
from nnbuilder.loading.tree import unpack
from nnbuilder.store.weights import SIZES, TYPES

if TYPE_CHECKING:
    from torch import Tensor

PACKAGE_PARENT = Path(__file__).resolve().parents[2]
LOOK_SECONDS = 0.01
MOST_DESCRIPTORS = 2**16
"""Open files a process of the launcher may have; the system's own limit may be a thousand million."""
FORMS = ("torch", "safetensors", "project")
BROKEN = "could not be read: the process that read it handed back nonsense; it is damaged or was forged."


@dataclass(frozen=True)
class Read:
    """What a file holds: its form, its structure with tensors, texts beside it, and where its table was put.

    `other_table` is what a bundle calls a table that is not the one its project names.
    `memory` is what the confined process took at most before and after the file was read, in KiB.
    """

    name: str
    form: str
    structure: Any
    metadata: Mapping[str, str]
    project: str
    table: Path | None
    memory: tuple[int, int]
    other_table: str = ""


def read(path: Path, name: str, table: Path | None = None, limits: Limits | None = None) -> Read:
    """What the file at `path`, which a person calls `name`, holds; it is read by a confined process.

    Parameters
    ----------
    table
        Where the table of a bundle is to be put, if there is one.

    Raises
    ------
    RefusedFile
        With a whole sentence, if the file cannot be opened.
    """
    limits = limits or Limits()
    try:
        with open(path, "rb") as source, tempfile.TemporaryFile(prefix="nnbuilder-") as target:
            _have_read(source, target, limits)
            return _received(name, target, table)
    except RefusedFile as error:
        raise RefusedFile(sentence(name, error)) from None
    except OSError as error:
        raise RefusedFile(f"{shown(name)} could not be read ({error.strerror or error}); copy it again.") from None


def _have_read(source: BinaryIO, target: BinaryIO, limits: Limits) -> None:
    """Have a confined process read `source` and write to `target`.

    Raises
    ------
    RefusedFile
        If it does not come to an end of its own.
    """
    # A fork of a process that has torch takes milliseconds; but only one without threads bears it, and not everywhere.
    warm = sys.platform.startswith("linux") and "torch" in sys.modules and threading.active_count() == 1
    code = (_forked if warm else _started)(source, target, limits)
    if code is None or -code in (getattr(signal, "SIGXCPU", 0), getattr(signal, "SIGKILL", 0)):
        raise RefusedFile("takes too long or too much memory to be read; save less in it.")
    if code:
        raise RefusedFile("makes the process fail that reads it; it is damaged or was forged, save it again.")


def _forked(source: BinaryIO, target: BinaryIO, limits: Limits) -> int | None:
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return _waited(pid, limits.wall)
    code = 1
    try:
        os.dup2(source.fileno(), 0)
        os.dup2(target.fileno(), 1)
        os.closerange(3, MOST_DESCRIPTORS)
        serve(limits, parent)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _waited(pid: int, seconds: float) -> int | None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(LOOK_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def _started(source: BinaryIO, target: BinaryIO, limits: Limits) -> int | None:
    path = os.pathsep.join(filter(None, (str(PACKAGE_PARENT), os.environ.get("PYTHONPATH", ""))))
    numbers = [str(number) for number in (limits.memory, limits.processor, limits.wall, os.getpid())]
    process = subprocess.Popen(
        [sys.executable, "-m", "nnbuilder.loading.child", *numbers],
        stdin=source,
        stdout=target,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        return process.wait(limits.wall)
    except subprocess.TimeoutExpired:
        return None
    finally:
        process.kill()
        process.wait()


def _received(name: str, target: BinaryIO, table: Path | None) -> Read:
    """What was handed back, each part looked at."""
    size = target.seek(0, os.SEEK_END)
    target.seek(0)
    length = int.from_bytes(target.read(8), "little")
    try:
        if not 2 <= length <= min(LARGEST_TREE, size - 8):
            raise ValueError("no length")
        document = json.loads(target.read(length))
        before, most = (int(number) for number in document["memory"])
        if "refused" in document:
            raise RefusedFile(str(document["refused"])[:1000])
        if document["form"] not in FORMS or not isinstance(document["project"], str):
            raise ValueError("no form")
        metadata = {str(key): str(value) for key, value in document["metadata"].items()}
        tensors = list(_tensors(target, document["tensors"]))
        structure = unpack(document["tree"], tensors)
        count = document["table"]
        if type(count) is not int or not 0 <= count <= LARGEST_BUNDLE or target.tell() + count != size:
            raise ValueError("no table")
        kept = _kept(target, table) if count and table is not None else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise RefusedFile(BROKEN) from None
    other = str(document["other_table"])[:LONGEST_NAME]
    return Read(name, document["form"], structure, metadata, document["project"], kept, (before, most), other)


def _tensors(target: BinaryIO, kinds: Any) -> Iterator[Tensor]:
    """The tensors that were handed back, made of their bytes."""
    import torch

    if not isinstance(kinds, list) or len(kinds) > MOST_TENSORS:
        raise ValueError("no tensors")
    left = MOST_TENSOR_BYTES
    for kind, shape in kinds:
        if not all(type(number) is int and number >= 0 for number in shape):
            raise ValueError("no shape")
        count = math.prod(shape)
        left -= count * SIZES[kind]
        if left < 0:
            raise ValueError("too many numbers")
        dtype = getattr(torch, TYPES[kind])
        content = bytearray(count * SIZES[kind])
        if target.readinto(content) != len(content):  # type: ignore[attr-defined]
            raise ValueError("too few bytes")
        yield (torch.frombuffer(content, dtype=dtype) if count else torch.empty(0, dtype=dtype)).reshape(shape)


def _kept(target: BinaryIO, table: Path) -> Path:
    with open(table, "wb") as file:
        while piece := target.read(MIB):
            file.write(piece)
    return table
