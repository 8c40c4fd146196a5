"""Files by hand, byte by byte: zip archives and pickles that no honest program writes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

ONE = struct.pack("<f", 1.0)


def archive(entries: Mapping[str, bytes] | Sequence[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    pairs = entries.items() if isinstance(entries, Mapping) else entries
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, content in pairs:
            file.writestr(zipfile.ZipInfo(name), content, compression)
    return buffer.getvalue()


def pth(pickle: bytes, records: Mapping[str, bytes] | None = None, **more: bytes) -> bytes:
    """A file as torch.save writes it, around any pickle."""
    inside = {"data.pkl": pickle, "byteorder": b"little", "version": b"3\n", **more}
    data = {f"data/{key}": content for key, content in (records or {}).items()}
    return archive({f"archive/{name}": content for name, content in {**inside, **data}.items()})


# Opcodes of pickles, protocol 2


def name(module: str, function: str) -> bytes:
    return f"c{module}\n{function}\n".encode()


def text(value: str) -> bytes:
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def whole(value: int) -> bytes:
    if -(2**31) <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    raw = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw


def row(*items: bytes) -> bytes:
    return b"(" + b"".join(items) + b"t"


def numbers(values: Sequence[int]) -> bytes:
    return row(*map(whole, values))


def call(function: bytes, *arguments: bytes) -> bytes:
    return function + row(*arguments) + b"R"


def mapping(pairs: Mapping[str, bytes]) -> bytes:
    return b"}(" + b"".join(text(key) + value for key, value in pairs.items()) + b"u"


def pickle(value: bytes) -> bytes:
    return b"\x80\x02" + value + b"."


NO_HOOKS = name("collections", "OrderedDict") + b")R"


def storage(
    count: int, kind: str = "FloatStorage", key: str = "0", location: str = "cpu", view: bytes | None = None
) -> bytes:
    """How a tensor names its numbers; files of torch before 1.6 have a `view` besides."""
    more = () if view is None else (view,)
    return row(text("storage"), name("torch", kind), text(key), text(location), whole(count), *more) + b"Q"


def tensor(
    shape: Sequence[int],
    stride: Sequence[int],
    count: int = 1,
    offset: int = 0,
    rebuild: str = "_rebuild_tensor_v2",
    hooks: bytes = NO_HOOKS,
    **stored: Any,
) -> bytes:
    function = name("torch._utils", rebuild)
    return call(function, storage(count, **stored), whole(offset), numbers(shape), numbers(stride), b"\x89", hooks)


def one_tensor(shape: Sequence[int], stride: Sequence[int], numbers_stored: int = 1, **more: Any) -> bytes:
    """A state_dict of one tensor called ``0.weight`` over so many stored numbers."""
    more.setdefault("count", numbers_stored)
    return pth(pickle(mapping({"0.weight": tensor(shape, stride, **more)})), {"0": ONE * numbers_stored})


def tower(begin: bytes, between: bytes, finish: bytes, height: int = 10) -> bytes:
    """A collection that names the one inside of it 16 times, so that it unrolls to 16 ** height values."""
    made = begin + finish + b"q\0"
    for level in range(height):
        again = b"h" + bytes([level])
        made = begin + between + made + (between + again) * 15 + finish + b"q" + bytes([level + 1])
    return made


# Zip archives, header by header


def local(title: bytes, content: bytes, flags: int = 0, method: int = 0, size: int | None = None) -> bytes:
    count = len(content) if size is None else size
    head = struct.pack(
        "<4s5H3I2H", b"PK\3\4", 20, flags, method, 0, 33, zlib.crc32(content), count, count, len(title), 0
    )
    return head + title + content


def central(
    title: bytes, content: bytes, offset: int, flags: int = 0, method: int = 0, size: int | None = None
) -> bytes:
    count = len(content) if size is None else size
    crc = zlib.crc32(content)
    fields = (20, 20, flags, method, 0, 33, crc, count, count, len(title), 0, 0, 0, 0, 0, offset)
    return struct.pack("<4s6H3I5H2I", b"PK\1\2", *fields) + title


def end(count: int, size: int, start: int, comment: bytes = b"") -> bytes:
    return struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, size, start, len(comment)) + comment


def safetensors(header: str, content: bytes = b"", length: int | None = None) -> bytes:
    raw = header.encode()
    return struct.pack("<Q", len(raw) if length is None else length) + raw + content
