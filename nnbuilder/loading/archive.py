"""The directory of a zip file, checked before anything in it is read: stored entries that fill the file exactly.

Python's and torch's own readers forgive much (entries that overlap, a directory that disagrees with the entries, bytes
before or behind), and what two readers understand differently is where an attack hides.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from nnbuilder.loading.limits import LARGEST_HEADER, LONGEST_NAME, MOST_ENTRIES, RefusedFile, shown

END = struct.Struct("<4s4H2IH")
END_64 = struct.Struct("<4sQ2H2I4Q")
LOCATOR_64 = struct.Struct("<4sIQI")
WIDE = struct.Struct("<2H2Q")
CENTRAL = struct.Struct("<4s6H3I5H2I")
LOCAL = struct.Struct("<4s5H3I2H")
ENCRYPTED, DESCRIBED_BEHIND, UTF_8 = 0x1 | 0x40 | 0x2000, 0x8, 0x800
FULL_16, FULL_32 = 0xFFFF, 0xFFFFFFFF
DAMAGED = "is damaged or cut off ({}); download or copy it again."
PIECE = 2**20


@dataclass(frozen=True)
class Entry:
    """One entry: where its bytes begin in the file, how many they are, and their checksum."""

    name: str
    start: int
    size: int
    checksum: int


class Archive:
    """A zip file whose directory was checked; `entries` by name, in the order they lie in the file."""

    def __init__(self, file: BinaryIO, entries: dict[str, Entry]) -> None:
        self.file, self.entries = file, entries

    @classmethod
    def open(cls, file: BinaryIO, size: int) -> Archive:
        """Check the directory of the zip file in the first `size` bytes of `file`.

        Raises
        ------
        RefusedFile
            If it is damaged, packed, encrypted, or its entries do not fill the file one behind the other.
        """
        count, start, end = _directory(file, size)
        entries = sorted(_central(_bytes(file, start, end - start), count), key=lambda entry: entry[0])
        found: dict[str, Entry] = {}
        place = 0
        for offset, flags, entry in entries:
            if offset < place:
                raise RefusedFile(
                    "is a zip file whose entries lie over each other, as only a forged one has them; open another one."
                )
            if offset > place:
                raise RefusedFile(DAMAGED.format(f"{offset - place} bytes before “{shown(entry.name)}” belong to none"))
            if entry.name in found:
                raise RefusedFile(f"holds “{shown(entry.name)}” twice, as only a forged file does.")
            found[entry.name], place = _placed(file, offset, flags, entry, start)
        if place != start:
            raise RefusedFile(DAMAGED.format(f"{start - place} bytes before its directory belong to no entry"))
        return cls(file, found)

    def size(self, name: str) -> int:
        """Bytes of an entry."""
        return self.entries[name].size

    def read(self, name: str) -> bytes:
        """The bytes of an entry; damaged ones are refused."""
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of an entry piece by piece; behind the last one their checksum is compared."""
        entry, checksum, left = self.entries[name], 0, self.entries[name].size
        self.file.seek(entry.start)
        while left:
            piece = self.file.read(min(left, PIECE))
            if not piece:
                raise RefusedFile(DAMAGED.format("it ends early"))
            left -= len(piece)
            checksum = zlib.crc32(piece, checksum)
            yield piece
        if checksum != entry.checksum:
            raise RefusedFile(DAMAGED.format(f"the checksum of “{shown(name)}” is another one"))


def names_in(file: BinaryIO, size: int) -> list[str]:
    """What the entries are called, packed or not; none where that cannot be read."""
    try:
        count, start, end = _directory(file, size)
        directory, names, place = _bytes(file, start, end - start), [], 0
        for _ in range(count):
            fields = CENTRAL.unpack_from(directory, place)
            behind = place + CENTRAL.size + fields[10]
            names.append(directory[place + CENTRAL.size : behind].decode("utf-8", "replace"))
            place = behind + fields[11] + fields[12]
    except (RefusedFile, struct.error):
        return []
    return names


def _bytes(file: BinaryIO, start: int, count: int) -> bytes:
    file.seek(start)
    content = file.read(count)
    if len(content) != count:
        raise RefusedFile(DAMAGED.format("it ends early"))
    return content


def _directory(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """Number of entries, and where their directory begins and ends."""
    if size < END.size:
        raise RefusedFile(DAMAGED.format("its directory is missing"))
    position = size - END.size
    mark, disk, first, here, count, length, start, comment = END.unpack(_bytes(file, position, END.size))
    if mark != b"PK\5\6":
        raise RefusedFile(DAMAGED.format("its directory is missing at the end"))
    if disk or first or here != count or comment:
        raise RefusedFile(DAMAGED.format("its directory is not of one piece"))
    end = position
    if position >= LOCATOR_64.size + END_64.size:
        locator = LOCATOR_64.unpack(_bytes(file, position - LOCATOR_64.size, LOCATOR_64.size))
        if locator[0] == b"PK\6\7":
            end = position - LOCATOR_64.size - END_64.size
            wide = END_64.unpack(_bytes(file, end, END_64.size))
            if wide[0] != b"PK\6\6" or wide[1] != END_64.size - 12 or locator[1:] != (0, end, 1) or wide[4] or wide[5]:
                raise RefusedFile(DAMAGED.format("its two directories disagree"))
            if wide[6] != wide[7] or any(
                narrow not in (full, value)
                for narrow, full, value in zip(
                    (count, length, start), (FULL_16, FULL_32, FULL_32), wide[7:], strict=True
                )
            ):
                raise RefusedFile(DAMAGED.format("its two directories disagree"))
            count, length, start = wide[7:]
    if start + length != end or length > LARGEST_HEADER:
        raise RefusedFile(DAMAGED.format("its directory is not where it says"))
    if count > MOST_ENTRIES:
        raise RefusedFile(f"holds {count} entries, but at most {MOST_ENTRIES} are opened; save it in another way.")
    return count, start, end


def _central(directory: bytes, count: int) -> Iterator[tuple[int, int, Entry]]:
    """Offset, flags and entry (still without its place) of every line of the directory."""
    place = 0
    for _ in range(count):
        if place + CENTRAL.size > len(directory):
            raise RefusedFile(DAMAGED.format("its directory ends early"))
        fields = CENTRAL.unpack_from(directory, place)
        mark, _, _, flags, method, _, _, checksum, packed, size, named, extra, comment, disk, _, _, offset = fields
        behind = place + CENTRAL.size + named
        if mark != b"PK\1\2" or behind + extra + comment > len(directory) or disk:
            raise RefusedFile(DAMAGED.format("its directory cannot be read"))
        name = _name(directory[place + CENTRAL.size : behind])
        if flags & ENCRYPTED:
            raise RefusedFile("is encrypted, which torch never does; unpack it and open what is in it.")
        if method or packed != size:
            raise RefusedFile(
                f"is a packed zip file (“{shown(name)}” is compressed), which torch never writes and which may hide "
                "any amount of data; unpack it and open what is in it."
            )
        if flags & ~(DESCRIBED_BEHIND | UTF_8):
            raise RefusedFile(DAMAGED.format(f"“{shown(name)}” is stored in a way that is not known"))
        yield offset, flags, Entry(name, 0, size, checksum)
        place = behind + extra + comment
    if place != len(directory):
        raise RefusedFile(DAMAGED.format("its directory is longer than its entries"))


def _name(raw: bytes) -> str:
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedFile(DAMAGED.format("the name of an entry cannot be read")) from None
    # A folder has an entry of its own in what people and their programs zip.
    parts = name.removesuffix("/").split("/")
    plain = bool(name) and len(name) <= LONGEST_NAME and name.isprintable() and "\\" not in name and ":" not in name
    if not plain or not all(parts) or ".." in parts or "." in parts:
        raise RefusedFile(
            f"holds an entry called “{shown(name)}”, which leads out of the file as only forged ones do; open another."
            if ".." in parts or name.startswith("/") or "\\" in name or ":" in name
            else DAMAGED.format(f"an entry is called “{shown(name)}”")
        )
    return name


def _placed(file: BinaryIO, offset: int, flags: int, entry: Entry, limit: int) -> tuple[Entry, int]:
    """The entry with its place, once the words before its bytes agree with the directory; and where it ends."""
    if offset + LOCAL.size > limit:
        raise RefusedFile(DAMAGED.format(f"“{shown(entry.name)}” lies outside of it"))
    mark, _, own_flags, method, _, _, checksum, packed, size, named, extra = LOCAL.unpack(
        _bytes(file, offset, LOCAL.size)
    )
    start = offset + LOCAL.size + named + extra
    end = start + entry.size
    if end > limit:
        raise RefusedFile(DAMAGED.format(f"“{shown(entry.name)}” claims more bytes than there are"))
    told = (checksum, packed, size)
    agreed = (entry.checksum, entry.size, entry.size)
    same = told == agreed or (flags & DESCRIBED_BEHIND and told == (0, 0, 0))
    name = _bytes(file, offset + LOCAL.size, named)
    if told == (entry.checksum, FULL_32, FULL_32):
        same = _bytes(file, start - extra, extra) == WIDE.pack(1, 16, entry.size, entry.size)
    if mark != b"PK\3\4" or own_flags != flags or method or name != entry.name.encode() or not same:
        raise RefusedFile(DAMAGED.format(f"directory and entry “{shown(entry.name)}” disagree"))
    if flags & DESCRIBED_BEHIND:
        end += _described(file, end, agreed)
    return Entry(entry.name, start, entry.size, entry.checksum), end


def _described(file: BinaryIO, place: int, agreed: tuple[int, int, int]) -> int:
    """Bytes of the words behind an entry that say its checksum and size once more."""
    # The longer one first: of an empty entry the shorter one is its beginning.
    for form in ("<4sI2Q", "<4s3I"):
        size = struct.calcsize(form)
        file.seek(place)
        content = file.read(size)
        if len(content) == size and struct.unpack(form, content) == (b"PK\7\x08", *agreed):
            return size
    raise RefusedFile(DAMAGED.format("an entry and the words behind it disagree"))
