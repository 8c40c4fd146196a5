"""What files of other programs are called: by their first bytes, the entries of a zip, or the keys of a JSON object."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from nnbuilder.loading.limits import shown

OPENED = "open weights (.pth, .safetensors), a project (.json) or a bundle (.zip)"
SAVED = "torch.save(model.state_dict(), …)"
UNPACK = "unpack it and open what is in it"
TABLES = "tables are opened on the page Data, behind “Your own table”"
KERAS = "save its weights as safetensors, each weight turned to [outputs, inputs], and open that file"
SCRIPT = "save its weights, torch.save(torch.jit.load(…).state_dict(), …), and open that file"
PROGRAM = "save its weights, torch.save(torch.export.load(…).state_dict, …), and open that file"

Kind = tuple[str, str]
"""What a file is, and what to do with it."""

MARKS: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"\x89HDF\r\n\x1a\n", ("an HDF5 file, as Keras writes its models", KERAS)),
    (0, b"\x93NUMPY", ("a NumPy array", OPENED)),
    (0, b"\x1f\x8b", ("packed with gzip", UNPACK)),
    (0, b"7z\xbc\xaf\x27\x1c", ("packed with 7-Zip", UNPACK)),
    (0, b"Rar!", ("packed with RAR", UNPACK)),
    (0, b"BZh", ("packed with bzip2", UNPACK)),
    (0, b"\xfd7zXZ", ("packed with xz", UNPACK)),
    (0, b"\x28\xb5\x2f\xfd", ("packed with Zstandard", UNPACK)),
    (0, b"\x04\x22\x4d\x18", ("packed with LZ4", UNPACK)),
    (0, b"x\x01", ("packed with zlib, as joblib does", OPENED)),
    (0, b"x\x9c", ("packed with zlib, as joblib does", OPENED)),
    (0, b"x\x5e", ("packed with zlib, as joblib does", OPENED)),
    (0, b"x\xda", ("packed with zlib, as joblib does", OPENED)),
    (0, b"%PDF", ("a PDF", OPENED)),
    (0, b"\x89PNG", ("a picture", OPENED)),
    (0, b"\xff\xd8\xff", ("a picture", OPENED)),
    (0, b"GIF8", ("a picture", OPENED)),
    (0, b"GGUF", ("a GGUF file of a language model", OPENED)),
    (0, b"lmgg", ("a GGML file of a language model", OPENED)),
    (4, b"TFL3", ("a TensorFlow Lite model", OPENED)),
    (0, b"CBM1", ("a CatBoost model", OPENED)),
    (0, b"{L", ("an XGBoost model", OPENED)),
    (0, b"PAR1", ("a table (Parquet)", TABLES)),
    (0, b"ARROW1", ("a table (Arrow)", TABLES)),
    (0, b"MATLAB 5.0", ("a MATLAB file", OPENED)),
    (0, b"SQLite format 3\0", ("a database (SQLite)", OPENED)),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ("a document of an older Office program", OPENED)),
    (0, b"\x7fELF", ("a program", OPENED)),
    (0, b"MZ", ("a program", OPENED)),
)
"""Where in a file which bytes stand, and what it is then."""
CHECKPOINT_INDEX = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"
"""The last bytes of the index of a TensorFlow checkpoint."""

ENTRIES: tuple[tuple[str, Kind], ...] = (
    (r"(.*/)?constants\.pkl|(.*/)?code/__torch__.*", ("a TorchScript program", SCRIPT)),
    (r"(.*/)?\.data/extern_modules", ("a package of torch.package", f"save its weights, {SAVED}")),
    (r"(.*/)?(archive_format|models/.*\.json|data/weights/.*|data/aotinductor/.*)", ("an exported program", PROGRAM)),
    (r"[^/]*\.npy|[^/]*/[^/]*\.npy", ("an archive of NumPy arrays", OPENED)),
    (r"model\.weights\.h5", ("a Keras model", KERAS)),
    (r"(.*/)?saved_model\.pb|(.*/)?variables/variables\.index", ("a TensorFlow model", OPENED)),
    (r".*\.mlmodel", ("a Core ML model", OPENED)),
    (r"xl/workbook\.(xml|bin)", ("a table (Excel)", TABLES)),
    (r"word/document\.xml|ppt/presentation\.xml", ("an Office document", OPENED)),
    (r"content\.xml", ("an OpenDocument file", TABLES)),
    (r"META-INF/MANIFEST\.MF", ("a Java archive", OPENED)),
    (r"[^/]*\.dist-info/METADATA", ("a Python package", OPENED)),
)
"""What an entry of a zip file is called, and what that file is then."""

KEYS: tuple[tuple[str, Kind], ...] = (
    ("nbformat", ("a Jupyter notebook", OPENED)),
    ("weight_map", ("the index of weights that lie in several files", "open one of the files it names")),
    ("class_name", ("the description of a Keras model", OPENED)),
    ("learner", ("an XGBoost model", OPENED)),
    ("model_type", ("the description of a model of another program", OPENED)),
    ("architectures", ("the description of a model of another program", OPENED)),
)
"""A key at the top of a JSON object, and what that is then."""
OWN_KEYS = {"data", "network", "training"}


def words(kind: Kind, instead: str = "weights or a project") -> str:
    """The sentence on a file of some kind, to be begun with its name."""
    what, cure = kind
    return f"is {what}, not {instead}; {cure}."


def by_bytes(head: bytes, tail: bytes = b"") -> Kind | None:
    """What a file is that begins with `head` and ends with `tail`, if that can be told."""
    for place, mark, kind in MARKS:
        if head.startswith(mark, place):
            return kind
    if tail.endswith(CHECKPOINT_INDEX):
        return "the index of a TensorFlow checkpoint", OPENED
    return _protocol_buffer(head)


def _protocol_buffer(head: bytes) -> Kind | None:
    """Models in protocol buffers: first their version, a small number, then who made them, or what they hold."""
    if len(head) < 8 or head[0] != 0x08 or not 0 < head[1] < 32:
        return None
    if head[2] == 0x3A:
        return "an ONNX model", OPENED
    if head[2] != 0x12:
        return None
    maker = head[4 : 4 + head[3]]
    if 0 < head[3] < 64 and re.fullmatch(rb"[ -~]+", maker):
        return "an ONNX model", OPENED
    return "a model of TensorFlow or Core ML", OPENED


def by_entries(names: Iterable[str]) -> Kind | None:
    """What a zip file is whose entries are called so, if that can be told."""
    listed = list(names)
    for pattern, kind in ENTRIES:
        if any(re.fullmatch(pattern, name) for name in listed):
            return kind
    return None


def by_keys(document: Any) -> Kind | None:
    """What JSON is that is no project, if that can be told; None for a project, whole or not."""
    if not isinstance(document, Mapping):
        return f"JSON that holds {_form(document)}", OPENED
    for key, kind in KEYS:
        if key in document and not document.keys() >= OWN_KEYS:
            return kind
    if not OWN_KEYS & document.keys():
        named = _few(document)
        return f"JSON that says nothing of data, network or training{named}", OPENED
    return None


def _form(document: Any) -> str:
    return "a list" if isinstance(document, list) else "a single value"


def _few(names: Collection[Any]) -> str:
    if not names:
        return ""
    listed = ", ".join(shown(str(name)) for name in list(names)[:3])
    return f" (it has {listed}{' …' if len(names) > 3 else ''})"


def by_text(text: str) -> str:
    """The sentence on plain text: a page of the web, a table, or just text."""
    start = text.lstrip("\ufeff \t\r\n")[:200].lower()
    if start.startswith(("<!doctype html", "<html")):
        return words(("a web page, as a download that failed leaves behind", "download the file itself"))
    if start.startswith("<?xml"):
        return words(("an XML document", OPENED))
    if _like_table(text):
        return words(("a table", TABLES))
    return f"is plain text, whatever its name says; {OPENED}."


def _like_table(text: str) -> bool:
    """Whether the first lines are cut nearly alike by a separator of tables: a name or a cell may hold one more."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:6]
    if len(lines) < 3:
        return False
    # The last one may be cut off.
    counts = [[line.count(sign) for line in lines[:-1]] for sign in ",;\t|"]
    return any(min(numbers) > 0 and max(numbers) - min(numbers) <= 1 for numbers in counts)
