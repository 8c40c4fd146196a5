"""A file is what its bytes say; caps are kept before and while unpacking."""

import errno
import gzip
import io
import struct
import zipfile

import pytest

from nnbuilder.tables.choices import Caps, Choices
from tests.tables.harness import read, refused, rows, told

TEXT = b"a,b\n1,2\n3,4\n"
ROWS = [["1", "2"], ["3", "4"]]


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_gzip_and_zip_with_one_member_are_read():
    assert rows(read(gzip.compress(TEXT))) == ROWS
    # Joined gzip files are one file to gzip.
    assert rows(read(gzip.compress(TEXT[:6]) + gzip.compress(TEXT[6:]))) == ROWS
    assert rows(read(zipped(table=TEXT))) == ROWS
    assert rows(read(zipped(**{"folder/table": TEXT, "__MACOSX/table": b"x"}))) == ROWS


def test_an_archive_of_several_files_names_them():
    assert "2 files (one, two)" in str(refused(zipped(one=TEXT, two=TEXT)))


def test_an_archive_within_an_archive_is_refused():
    assert "archive within an archive" in str(refused(zipped(inner=zipped(table=TEXT))))
    assert "archive within an archive" in str(refused(gzip.compress(gzip.compress(TEXT))))


@pytest.mark.parametrize("cut", [5, 20, -4, -1])
def test_a_cut_archive_is_damaged(cut):
    assert "damaged" in str(refused(gzip.compress(TEXT * 50)[:cut]))


def test_a_changed_byte_in_a_zip_is_damage():
    packed = bytearray(zipped(table=bytes(range(256)) * 40))
    packed[60] ^= 255
    assert "damaged" in str(refused(bytes(packed)))


@pytest.mark.parametrize("way", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_is_damaged_however_it_was_packed(way):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", way) as archive:
        archive.writestr("table", TEXT * 100)
    packed = bytearray(target.getvalue())
    packed[55:65] = bytes(10)
    assert "is damaged and cannot be unpacked" in str(refused(bytes(packed)))


class FullDisk(io.BytesIO):
    """A file on a disk without room."""

    def write(self, block):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("pack", [gzip.compress, lambda text: zipped(table=text)], ids=["gzip", "zip"])
def test_a_full_disk_is_not_called_a_damaged_file(pack, monkeypatch):
    monkeypatch.setattr("nnbuilder.tables.files.opening.tempfile.TemporaryFile", FullDisk)
    said = str(refused(pack(TEXT)))
    assert "No space left on device" in said and "make room" in said and "damaged" not in said


def test_a_locked_zip_is_named():
    packed = bytearray(zipped(table=TEXT))
    # The flags of the local and of the central header: bit 0 says encrypted.
    packed[6] |= 1
    central = packed.index(b"PK\x01\x02")
    packed[central + 8] |= 1
    assert "password" in str(refused(bytes(packed)))


def test_a_zip_bomb_is_refused_while_it_unpacks():
    bomb = zipped(table=b"0" * (40 * 2**20))
    assert "bomb" in str(refused(bomb))
    assert "bomb" in str(refused(gzip.compress(b"0" * (40 * 2**20))))
    # A lie about the size in the directory changes nothing.
    lying = bytearray(bomb)
    central = lying.index(b"PK\x01\x02")
    struct.pack_into("<I", lying, central + 24, 100)
    message = str(refused(bytes(lying)))
    assert "bomb" in message or "damaged" in message


def test_unpacked_bytes_are_capped():
    caps = Caps(expanded=1000)
    assert "unpacks to more than 1 KB" in str(refused(gzip.compress(TEXT * 200), caps=caps))
    assert "unpacks to more than 1 KB" in str(refused(zipped(table=TEXT * 200), caps=caps))


def test_more_bytes_than_the_cap_are_refused():
    assert "at most 1 KB" in str(refused(TEXT * 200, caps=Caps(expanded=1024)))
    assert "at most 0 KB" in str(refused(gzip.compress(TEXT), caps=Caps(bytes=20)))


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"\x89PNG\r\n\x1a\n", "PNG"), (b"%PDF-1.7\n", "PDF"), (b"\xff\xd8\xff\xe0", "JPEG"), (b"GIF89a", "GIF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"), (b"SQLite format 3\x00", "SQLite"), (b"\x93NUMPY\x01", "NumPy"),
        (b"\x7fELF\x02", "program"), (b"7z\xbc\xaf\x27\x1c", "7-Zip"), (b"ARROW1\0\0", "Arrow"),
        (b"<!DOCTYPE html><p>", "web page"), (b"  <html>", "web page"), (b"<?xml version='1.0'?>", "XML"),
        (b'{"a": 1}', "JSON"), (b'[{"a": 1}]', "JSON"), (b"{\\rtf1", "rich-text"),
    ],
)  # fmt: skip
def test_a_binary_renamed_csv_is_named(head, what):
    assert what in str(refused(head + bytes(range(256)) * 4))


def test_a_binary_without_a_known_beginning_is_no_text():
    noise = bytes((n * 131 + n // 7) % 256 for n in range(5000))
    assert "line" in str(refused(noise)).lower()


def test_an_empty_file_says_so():
    assert "is empty (0 bytes)" in str(refused(b""))
    assert "holds only blank lines" in str(refused(b"\n\r\n  \n"))
    assert "byte order mark" in str(refused(b"\xef\xbb\xbf"))


def test_a_chosen_format_that_it_is_not():
    assert "csv and not parquet" in str(refused(TEXT, Choices(format="parquet")))


def test_how_it_was_packed_is_told():
    assert read(gzip.compress(TEXT)).reasons["format"] == "unpacked with gzip"
    assert told(read(gzip.compress(TEXT))) == []


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n", "a pointer of Git LFS"),
        (b"% iris\n@RELATION iris\n@ATTRIBUTE a NUMERIC\n@DATA\n1\n", "an ARFF file of Weka, as line 2 says"),
        (b"%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 5\n", "a MatrixMarket file"),
        (b"-1 1:0.5 3:2\n+1 2:1.5 3:4\n", "a LIBSVM file"),
        (b"BEGIN:VCARD\nFN:A\nEND:VCARD\n", "a file of contacts"),
        (b"-- dump\nCREATE TABLE t (a INT);\nINSERT INTO t VALUES (1);\n", "a dump of a database in SQL"),
        (b"\\begin{tabular}{lr}\na & 1 \\\\\n\\end{tabular}\n", "a table in LaTeX"),
        (b"<meta charset=utf-8>\n<table><tr><td>1</td></tr></table>\n", "a web page"),
        (b"[[1, 2], [3, 4]]\n", "a JSON file"),
        (b"$FL2@(#) SPSS DATA FILE" + bytes(64), "an SPSS file"),
        (b"<stata_dta><header>" + bytes(64), "a Stata file"),
    ],
)
def test_files_of_other_programs_are_called_by_their_name(content, what):
    assert what in str(refused(content))


def test_a_word_document_is_no_damaged_workbook():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    assert "is a Word document" in str(refused(target.getvalue()))


def test_what_only_looks_like_another_file_is_read():
    assert read("1:30,a\n2:40,b\n").data.num_columns == 2
    assert read("[a],b\n1,2\n3,4\n").names == ("[a]", "b")
    assert read("relation,x\nson,1\n").names == ("relation", "x")
