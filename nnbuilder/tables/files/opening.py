"""What a file is by its first bytes, and its bytes unpacked: every cap is kept before and while unpacking."""

from __future__ import annotations

import gzip
import io
import lzma
import mmap
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from nnbuilder.tables.choices import Caps
from nnbuilder.tables.findings import Unreadable

Progress = Callable[[float, str], None]
Content = bytes | mmap.mmap
"""Bytes in memory or a file that is mapped: both are sliced into bytes and searched."""

BLOCK = 4 * 2**20
"""Bytes unpacked, checked or searched at a time."""
_RATIO_FROM = 16 * 2**20
"""Less than this is never called a bomb, however well it packs."""

# Signatures as registered with the formats; those that a person may well rename to .csv.
_OTHER_FORMATS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF", "a PDF document"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"II*\x00", "a TIFF picture"),
    (0, b"MM\x00*", "a TIFF picture"),
    (8, b"WEBP", "a WebP picture"),
    (8, b"WAVE", "a sound file"),
    (4, b"ftyp", "a video"),
    (0, b"ID3", "a sound file"),
    (0, b"OggS", "a sound file"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or password-protected Office file (.xls)"),
    (0, b"SQLite format 3\x00", "an SQLite database"),
    (0, b"\x89HDF", "an HDF5 file"),
    (0, b"ARROW1", "an Arrow (Feather) file"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"ORC", "an ORC file"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ\x90\x00", "a program"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\x00", "an xz archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"{\\rtf", "a rich-text document"),
    (0, b"$FL2", "an SPSS file (.sav)"),
    (0, b"$FL3", "an SPSS file (.zsav)"),
    (0, b"<stata_dta>", "a Stata file (.dta)"),
    (0, b"MATLAB 5.0 MAT-file", "a MATLAB file (.mat)"),
    (0, b"RDX2\n", "an R workspace (.RData)"),
    (0, b"RDX3\n", "an R workspace (.RData)"),
    (0, b"X\n\x00\x00\x00", "an R object (.rds)"),
    (0, b"\x80\x02}", "a Python pickle"),
    (0, b"\x80\x03", "a Python pickle"),
    (0, b"\x80\x04\x95", "a Python pickle"),
    (0, b"\x80\x05\x95", "a Python pickle"),
    (0, b"HEADER RECORD*******LIBRARY HEADER", "a SAS transport file (.xpt)"),
)

# Texts that programs write and that are no separated rows: what their beginning looks like, and what they are.
_OTHER_TEXTS: tuple[tuple[re.Pattern[bytes], str, str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), what, cure)
    for pattern, what, cure in (
        (rb"\Aversion https://git-lfs\.", "a pointer of Git LFS and not the table", "fetch it with “git lfs pull”"),
        (rb"^[ \t]*@relation\s", "an ARFF file of Weka", "save the table as CSV there"),
        (rb"\A%%MatrixMarket", "a MatrixMarket file", "write the matrix as CSV"),
        (rb"\A[-+]?\d+(?:\.\d+)?(?: +\d+:[-+.\de]+)+ *\r?\n[-+]?\d+(?:\.\d+)?(?: +\d+:[-+.\de]+)+ *\r?$",
         "a LIBSVM file, whose cells name their columns", "write it with scikit-learn or pandas as CSV"),
        (rb"\ABEGIN:V(?:CARD|CALENDAR)", "a file of contacts or dates", "save the table as CSV"),
        (rb"\A(?:\s*--[^\n]*\n|\s*/\*.*?\*/|\s)*(?:CREATE TABLE|INSERT INTO|DROP TABLE|SET SQL_MODE)\b",
         "a dump of a database in SQL", "save the table as CSV there"),
        (rb"\\begin\{(?:tabular|table|longtable)|\A[^\n&]*&[^\n]*\\\\\s*\n[^\n&]*&[^\n]*\\\\\s*\n",
         "a table in LaTeX", "save it as CSV"),
        (rb"\A-----BEGIN ", "a key or a certificate", "open the table"),
    )
)  # fmt: skip
_OFFICE = (("word/", "a Word document"), ("ppt/", "a PowerPoint presentation"), ("visio/", "a Visio drawing"))
_TAGS = re.compile(rb"<(?:!doctype html|html|head|meta|body|style|table|tr|td|th)\b")


@dataclass(frozen=True)
class Opened:
    """A file with its format known and its bytes unpacked.

    Attributes
    ----------
    format
        ``"csv"``, ``"xlsx"`` or ``"parquet"``.
    content
        The bytes of the text, the workbook or the Parquet file.
    packed
        How it lay there: ``""``, ``"gzip"`` or ``"zip"``.
    """

    format: str
    content: Content
    packed: str = ""


def open_file(path: Path, name: str, caps: Caps, progress: Progress) -> Opened:
    """Open a file, unpack it if it is packed, and tell its format.

    Raises
    ------
    Unreadable
        If it is empty, too big, damaged, locked with a password, or no table.
    """
    size = path.stat().st_size
    if size == 0:
        raise Unreadable(f"{name} is empty (0 bytes); save it again and open it anew.")
    with path.open("rb") as file:
        head = file.read(512)
        if head.startswith(b"\x1f\x8b"):
            _check_size(size, caps.bytes, name)
            return _inner(_unpack_gzip(file, size, name, caps, progress), name, "gzip")
        if head.startswith(b"PK"):
            _check_size(size, caps.bytes, name)
            return _open_zip(file, size, name, caps, progress)
        kind = _format(head, name)
        _check_size(size, caps.bytes if kind == "parquet" else caps.expanded, name)
        return Opened(kind, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def temporary(content: IO[bytes]) -> Content:
    """What was written to a temporary file, mapped; it may be closed, the bytes stay while the mapping does."""
    content.flush()
    if content.tell() == 0:
        return b""
    return mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ)


def megabytes(size: int) -> str:
    """A size as a person reads it."""
    return f"{size / 2**20:,.1f} MB".replace(".0 MB", " MB") if size >= 2**20 else f"{size / 1024:,.0f} KB"


def _check_size(size: int, cap: int, name: str) -> None:
    if size > cap:
        raise Unreadable(
            f"{name} has {megabytes(size)} and at most {megabytes(cap)} are read; leave out rows or columns."
        )


def _format(head: bytes, name: str) -> str:
    """``"csv"`` or ``"parquet"``, by the first bytes."""
    if head.startswith(b"PAR1"):
        return "parquet"
    for offset, magic, what in _OTHER_FORMATS:
        if head.startswith(magic, offset):
            raise Unreadable(f"{name} is {what}, whatever its name says; save the table as CSV, .xlsx or Parquet.")
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for pattern, what, cure in _OTHER_TEXTS:
        found = pattern.search(text)
        if found is not None:
            line = text.count(b"\n", 0, found.start()) + 1
            raise Unreadable(f"{name} is {what}, as line {line} says; {cure} and open that.", line)
    if text.startswith(b"<") and _TAGS.search(text):
        raise Unreadable(f"{name} is a web page (line 1 begins with “<”); download the table itself and open that.")
    if text.startswith(b"<?xml"):
        raise Unreadable(f"{name} is an XML file (line 1 begins with “<?xml”); save the table as CSV and open that.")
    if re.match(rb"""\[\s*(?:["{]|\[[^\n]*\]\s*,)|\{\s*["{'\[]""", text):
        raise Unreadable(f"{name} is a JSON file (line 1 begins with a bracket); save the table as CSV and open that.")
    return "csv"


def _inner(content: Content, name: str, packed: str) -> Opened:
    """What came out of an archive: text or Parquet, no further archive."""
    if len(content) == 0:
        raise Unreadable(f"{name} holds an empty file; pack the table again and open it anew.")
    head = content[:512]
    if head.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        raise Unreadable(f"{name} is an archive within an archive; unpack it once and open what is inside.")
    return Opened(_format(head, name), content, packed)


def _copy_capped(
    source: IO[bytes] | zipfile.ZipExtFile | gzip.GzipFile,
    packed: int,
    at: Callable[[], int],
    name: str,
    caps: Caps,
    progress: Progress,
) -> Content:
    """Unpack a stream to a temporary file, refusing as soon as a cap is passed."""
    with tempfile.TemporaryFile() as target:
        written = 0
        while block := source.read(BLOCK):
            written += len(block)
            if written > caps.expanded:
                raise Unreadable(
                    f"{name} unpacks to more than {megabytes(caps.expanded)}, the most that is read; leave out"
                    " rows or columns."
                )
            if written > max(_RATIO_FROM, caps.ratio * packed):
                raise Unreadable(
                    f"{name} unpacks to more than {caps.ratio} times its size, as only a zip bomb does;"
                    " unpack it yourself if you trust it, and open what is inside."
                )
            _write(target, block, name)
            progress(min(1.0, at() / max(1, packed)), "Unpacking")
        return temporary(target)


def _write(target: IO[bytes], block: bytes, name: str) -> None:
    try:
        target.write(block)
    except OSError as error:
        # Not the fault of the file, as which it would be taken further up.
        raise Unreadable(
            f"{name} could not be unpacked here ({error.strerror or error}); make room on the disk and open it again."
        ) from error


def _unpack_gzip(file: IO[bytes], size: int, name: str, caps: Caps, progress: Progress) -> Content:
    file.seek(0)
    try:
        with gzip.GzipFile(fileobj=file) as stream:
            return _copy_capped(stream, size, file.tell, name, caps, progress)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Unreadable(f"{name} is damaged and cannot be unpacked ({error}); download or pack it again.") from None


_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError, ValueError)
"""What the ways of packing in a zip archive raise where it is damaged."""


def _open_zip(file: IO[bytes], size: int, name: str, caps: Caps, progress: Progress) -> Opened:
    """A workbook, or the one file inside a zip archive."""
    try:
        archive = zipfile.ZipFile(file)
        members = [member for member in archive.infolist() if not member.is_dir()]
        names = {member.filename for member in members}
        if "xl/workbook.bin" in names:
            raise Unreadable(f"{name} is a binary workbook (.xlsb); save it as .xlsx or CSV and open that.")
        other = next((what for folder, what in _OFFICE if any(one.startswith(folder) for one in names)), None)
        if other and "xl/workbook.xml" not in names:
            raise Unreadable(f"{name} is {other}, whatever its name says; save the table as .xlsx or CSV.")
        if "xl/workbook.xml" in names or "[Content_Types].xml" in names:
            return _workbook(file, archive, members, size, name, caps)
        if "content.xml" in names and "mimetype" in names:
            raise Unreadable(f"{name} is an OpenDocument file; save the table as .xlsx or CSV and open that.")
        members = [member for member in members if not member.filename.startswith(("__MACOSX/", "."))]
        if len(members) != 1:
            listed = ", ".join(member.filename for member in members[:5]) or "no file"
            raise Unreadable(f"{name} holds {len(members)} files ({listed}); pack only the table, or unpack it first.")
        if members[0].flag_bits & 1:
            raise Unreadable(f"{name} is locked with a password; unpack it yourself and open what is inside.")
        with archive.open(members[0]) as stream:
            packed = max(1, members[0].compress_size)
            return _inner(_copy_capped(stream, packed, file.tell, name, caps, progress), name, "zip")
    except _DAMAGE as error:
        raise Unreadable(f"{name} is damaged and cannot be unpacked ({error}); download or pack it again.") from None


def _workbook(
    file: IO[bytes], archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], size: int, name: str, caps: Caps
) -> Opened:
    """A workbook whose parts were unpacked once, each byte counted, to see that they keep the caps."""
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable(f"{name} is locked with a password; save it without one and open it anew.")
    total = 0
    for member in members:
        with archive.open(member) as stream:
            while block := stream.read(BLOCK):
                total += len(block)
                if total > max(_RATIO_FROM, caps.ratio * size):
                    raise Unreadable(
                        f"{name} unpacks to more than {caps.ratio} times its size, as only a zip bomb does;"
                        " save the table as CSV and open that."
                    )
                if total > caps.expanded:
                    raise Unreadable(
                        f"{name} unpacks to more than {megabytes(caps.expanded)}, the most that is read;"
                        " leave out rows or columns."
                    )
    file.seek(0)
    return Opened("xlsx", mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def as_file(content: Content) -> IO[bytes]:
    """Bytes as a file that libraries read."""
    return io.BytesIO(content) if isinstance(content, bytes) else io.BufferedReader(_Mapped(content))


class _Mapped(io.RawIOBase):
    """A mapped file with a place of its own, so that several readers do not disturb each other."""

    def __init__(self, content: mmap.mmap) -> None:
        super().__init__()
        self._content = content
        self._at = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place; the place."""
        base = (0, self._at, len(self._content))[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Fill the buffer; how much of it."""
        block = self._content[self._at : self._at + len(buffer)]
        buffer[: len(block)] = block
        self._at += len(block)
        return len(block)

    def tell(self) -> int:
        """The place."""
        return self._at
