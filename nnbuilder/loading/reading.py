"""Reading a file that may be hostile into a tree and tensors; to be done in a confined process only."""

from __future__ import annotations

import hashlib
import io
import json
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from nnbuilder.loading import foreign
from nnbuilder.loading.archive import Archive, names_in
from nnbuilder.loading.calls import CURE, STORAGES, first_call, refusal
from nnbuilder.loading.kinds import HEAD, TAIL, kind_of
from nnbuilder.loading.legacy import read_legacy
from nnbuilder.loading.limits import (
    LARGEST_BUNDLE,
    LARGEST_FILE,
    LARGEST_PICKLE,
    LARGEST_PROJECT,
    MIB,
    MOST_DIMENSIONS,
    MOST_TENSOR_BYTES,
    RefusedFile,
    shown,
)
from nnbuilder.loading.pickled import Named, Planned, plan
from nnbuilder.loading.tensor_file import read_header, read_tensors
from nnbuilder.loading.tree import Walk
from nnbuilder.store.weights import TYPES

if TYPE_CHECKING:
    from torch import Tensor

TORCH_ENTRY = re.compile(
    r"data\.pkl|byteorder|version|\.format_version|\.storage_alignment|\.data/serialization_id|data/\d{1,9}"
)
DATA = re.compile(r"data/(\d{1,9})")
WIDTHS = dict(STORAGES.values())
CHECKPOINTS, PROJECT = ("checkpoint.pth", "model.pth"), "project.json"
"""What a bundle calls its checkpoint, the surest name first, and its project."""
TABLES = "table"
"""The folder of a bundle in which its table lies as it was brought."""
PICKLES = (".pkl", ".pickle", ".joblib")


@dataclass
class Found:
    """What a file holds: `form` (``torch``, ``safetensors`` or ``project``), the structure as a tree, its tensors.

    `metadata` are the texts beside the tensors of a safetensors file, `project` the text of a project, `table` the
    `table_size` bytes of a bundle's table, in pieces; `other_table` is what a table in it is called that is another.
    """

    form: str
    tree: Any = None
    tensors: list[Tensor] = field(default_factory=list)
    metadata: Mapping[str, str] = field(default_factory=dict)
    project: str = ""
    table: Iterable[bytes] = ()
    table_size: int = 0
    other_table: str = ""


def read_file(file: BinaryIO, size: int) -> Found:
    """What the first `size` bytes of `file` hold.

    Raises
    ------
    RefusedFile
        If they are damaged, forged, of another kind, or hold more than they may.
    """
    kind = kind_of(_part(file, 0, min(size, HEAD)), size, _part(file, max(0, size - TAIL), TAIL))
    if kind != "zip":
        _capped(size, LARGEST_FILE)
    if kind == "json":
        return Found("project", project=_project(_all(file, size)))
    if kind == "safetensors":
        return _safetensors(file, size)
    if kind == "legacy":
        return _legacy(_all(file, size))
    _capped(size, LARGEST_BUNDLE)
    archive = _archive(file, size)
    if not any(name.endswith("/data.pkl") for name in archive.entries):
        return _bundle(archive)
    _capped(size, LARGEST_FILE)
    return _torch(_all(file, size), archive)


def _capped(size: int, most: int) -> None:
    if size > most:
        raise RefusedFile(f"has {size // MIB} MiB, but at most {most // MIB} are opened; save less in it.")


def _part(file: BinaryIO, start: int, count: int) -> bytes:
    file.seek(start)
    return file.read(count)


def _all(file: BinaryIO, size: int) -> bytes:
    return _part(file, 0, size)


def _archive(file: BinaryIO, size: int) -> Archive:
    """The checked directory of a zip file; a file of another program is told as such, however that packs it."""
    try:
        return Archive.open(file, size)
    except RefusedFile:
        found = foreign.by_entries(names_in(file, size))
        if found is None:
            raise
        raise RefusedFile(foreign.words(found)) from None


def _project(content: bytes) -> str:
    if len(content) > LARGEST_PROJECT:
        raise RefusedFile(f"has {len(content) // MIB} MiB, more than any project needs; choose another file.")
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
        document = json.loads(text)
    except UnicodeDecodeError as error:
        raise RefusedFile(
            f"is no whole project: its text is not UTF-8 from byte {error.start} on; save the project again."
        ) from None
    except json.JSONDecodeError as error:
        raise RefusedFile(_no_json(text, error)) from None
    except RecursionError:
        raise RefusedFile("is JSON nested deeper than any project; save the project again.") from None
    except ValueError:
        raise RefusedFile(
            "holds a number of thousands of digits, as no project does; save the project again."
        ) from None
    found = foreign.by_keys(document)
    if found is not None:
        raise RefusedFile(foreign.words(found, "a project"))
    return text


def _no_json(text: str, error: json.JSONDecodeError) -> str:
    """What is said of a text that begins as JSON does and is none."""
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return foreign.by_text(text)
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
        return f"is no whole project: its JSON breaks off at line {error.lineno}; save the project again."
    place = f"line {error.lineno}, column {error.colno}"
    return f"is no whole project: its JSON is damaged at {place}; save the project again."


def _safetensors(file: BinaryIO, size: int) -> Found:
    header = read_header(file, size)
    names = list(header.tensors)
    content = bytearray(size)
    file.seek(0)
    file.readinto(content)  # type: ignore[attr-defined]
    tensors = read_tensors(content, header)
    tree = {"dict": [[name, {"tensor": place}] for place, name in enumerate(names)]}
    return Found("safetensors", tree, [tensors[name] for name in names], header.metadata)


def _legacy(content: bytes) -> Found:
    """A file of torch.save before 1.6."""
    legacy = read_legacy(content)
    _measure(legacy.planned)
    tensors: list[Tensor] = []

    def leaf(value: Any) -> dict[str, Any]:
        if isinstance(value, Planned):
            tensors.append(legacy.tensor(value))
            return {"tensor": len(tensors) - 1}
        return {"other": value.name if isinstance(value, Named) else ""}

    return Found("torch", Walk(leaf).pack(legacy.planned), tensors)


def _bundle(archive: Archive) -> Found:
    """A bundle made here: its checkpoint, and the table that its project names, whatever that is called."""
    names = list(archive.entries)
    chosen = next((name for wanted in CHECKPOINTS for name in names if name.rsplit("/", 1)[-1] == wanted), None)
    if chosen is None:
        raise RefusedFile(_no_bundle(archive))
    _capped(archive.size(chosen), LARGEST_FILE)
    content = archive.read(chosen)
    inner = io.BytesIO(content)
    try:
        found = _torch(content, Archive.open(inner, len(content)))
    except RefusedFile as error:
        raise RefusedFile(f"holds a file {shown(chosen)} that {error}") from None
    wanted, called = _table_of(found.tree)
    if wanted:
        name = next((name for name in names if _digest(archive, name) == wanted), None)
        if name:
            found.table, found.table_size = archive.pieces(name), archive.size(name)
        else:
            found.other_table = next((name for name in names if _like_table(name, called)), "")
    return found


def _like_table(name: str, called: str) -> bool:
    """Whether an entry of a bundle stands where its table does, or is called like it."""
    return name.rpartition("/")[0].endswith(TABLES) or name.rpartition("/")[2] == called


def _no_bundle(archive: Archive) -> str:
    names = list(archive.entries)
    found = foreign.by_entries(names)
    if found is not None:
        return foreign.words(found)
    if any(name.endswith((".safetensors", ".pth", ".pt", PROJECT)) for name in names):
        return "is a zip file with other files in it; unpack it and open the one you mean."
    for name in names:
        if name.endswith(PICKLES) and archive.size(name) <= LARGEST_PICKLE and (call := first_call(archive.read(name))):
            return f"holds a file {shown(name)} that {refusal(call)}"
    return f"is a zip file, but neither weights nor a bundle; {foreign.OPENED}."


def _table_of(tree: Any) -> tuple[str, str]:
    """The SHA-256 of the table that the project in a checkpoint names, and what it was called, or ""."""
    pairs = tree.get("dict", ()) if isinstance(tree, dict) else ()
    text = next((value for key, value in pairs if key == "project"), "")
    try:
        source = json.loads(text)["data"]["source"]
        digest, called = source["sha256"], source.get("file")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "", ""
    return digest if isinstance(digest, str) else "", called if isinstance(called, str) else ""


def _digest(archive: Archive, name: str) -> str:
    digest = hashlib.sha256()
    for piece in archive.pieces(name):
        digest.update(piece)
    return digest.hexdigest()


def _torch(content: bytes, archive: Archive) -> Found:
    """A file of torch.save: its directory, then its description, and only then torch itself."""
    tops = {name.partition("/")[0] for name in archive.entries}
    if len(tops) != 1:
        raise RefusedFile("was forged: it has more than one folder, which torch never writes; it was not opened.")
    (top,) = tops
    inside = {name.partition("/")[2]: entry.size for name, entry in archive.entries.items()}
    strange = next((name for name in inside if not TORCH_ENTRY.fullmatch(name)), None)
    if strange is not None:
        raise RefusedFile(_strange(inside, strange))
    if inside["data.pkl"] > LARGEST_PICKLE:
        raise RefusedFile(f"describes its content in {inside['data.pkl']} bytes, more than any weights need; {CURE}")
    for name in archive.entries:
        # torch is not to meet a checksum that is wrong.
        for _ in archive.pieces(name):
            pass
    if "byteorder" in inside and archive.read(f"{top}/byteorder") not in (b"little", b"big"):
        raise RefusedFile("was forged: its order of bytes is none; it was not opened.")
    _version(archive.read(f"{top}/version") if "version" in inside else b"3")
    records = {found[1]: size for name, size in inside.items() if (found := DATA.fullmatch(name))}
    _measure(plan(archive.read(f"{top}/data.pkl"), records))
    loaded = _load(content)
    tensors: list[Tensor] = []
    tree = Walk(lambda value: _leaf(value, tensors)).pack(loaded)
    return Found("torch", tree, tensors)


def _strange(inside: Mapping[str, int], name: str) -> str:
    found = foreign.by_entries(inside)
    if found is not None or name.startswith("code/"):
        return foreign.words(found or ("a TorchScript program", foreign.SCRIPT))
    return f"holds “{shown(name)}”, which torch.save does not write; {CURE}"


def _version(text: bytes) -> None:
    try:
        version = int(text.strip()) if len(text) < 9 else -1
    except ValueError:
        version = -1
    if version < 0:
        raise RefusedFile("was forged: its version is no number; it was not opened.")
    if version > 10:
        raise RefusedFile(f"was saved by a newer torch (file version {version}); update this program or save it again.")


def _measure(planned: Any) -> None:
    """Count the values and the bytes of the tensors of a plan before torch makes any of them."""
    total = 0

    def leaf(value: Any) -> None:
        nonlocal total
        if not isinstance(value, Planned):
            return
        if len(value.shape) > MOST_DIMENSIONS:
            raise RefusedFile(f"holds a tensor of {len(value.shape)} dimensions, more than any layer has.")
        count = 1
        for size in value.shape:
            count *= size
        total += count * WIDTHS[value.storage.dtype]
        if total > MOST_TENSOR_BYTES:
            raise RefusedFile(
                f"unrolls to more than {MOST_TENSOR_BYTES // MIB} MiB of numbers; save a smaller model or only the "
                "weights."
            )

    Walk(leaf).pack(planned)


def _load(content: bytes) -> Any:
    """What torch makes of a file whose plan is sound: tensors and plain values only, on the CPU."""
    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except Exception as error:
        if "allocate memory" in str(error):
            raise MemoryError from None
        raise RefusedFile(
            f"is refused by torch ({type(error).__name__}), though nothing of it was run; {CURE}"
        ) from None


def _leaf(value: Any, tensors: list[Tensor]) -> dict[str, Any]:
    import torch

    if isinstance(value, torch.dtype | torch.device):
        return {"other": str(value)}
    if type(value) not in (torch.Tensor, torch.nn.Parameter):
        raise RefusedFile(f"holds something that is neither tensor nor number ({type(value).__name__}); {CURE}")
    plain = value.layout == torch.strided and value.device.type == "cpu" and not value.is_quantized
    if not plain or str(value.dtype).removeprefix("torch.") not in TYPES.values():
        raise RefusedFile(f"holds a tensor of a kind that is not opened ({value.dtype}, {value.layout}); {CURE}")
    tensors.append(value.detach().contiguous())
    return {"tensor": len(tensors) - 1}
