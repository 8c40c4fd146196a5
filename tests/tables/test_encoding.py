"""Characters come out right, or the first line with a byte that does not fit is named."""

import codecs
import mmap

import pytest

from nnbuilder.tables.choices import Choices
from nnbuilder.tables.files import encoding
from nnbuilder.tables.files.encoding import blocks, line_at
from tests.tables.harness import read, refused, rows, told

TEXT = "name,score\nZoë,1\nJosé,2\nÅsa,3\n"
ROWS = [["Zoë", "1"], ["José", "2"], ["Åsa", "3"]]


@pytest.mark.parametrize(
    "codec",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "latin-1", "cp1252"],
)
def test_every_encoding_is_found(codec):
    table = read(TEXT.encode(codec))
    assert rows(table) == ROWS
    assert table.names == ("name", "score")
    assert rows(read(TEXT.encode(codec), table.choices)) == ROWS
    if codec in {"latin-1", "cp1252"}:
        assert "Line 2 holds the byte 0xEB" in told(table, "warning")[0]


def test_big_endian_marks():
    assert rows(read(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"))) == ROWS
    assert rows(read(codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"))) == ROWS


def test_a_mark_is_no_part_of_the_first_name():
    assert read(codecs.BOM_UTF8 + b'"a",b\n1,2\n').names == ("a", "b")


@pytest.mark.parametrize("codec", ["cp1250", "mac_roman", "cp850", "latin-1", "utf-8"])
def test_a_chosen_encoding_is_taken(codec):
    text = "name,score\nZoë,1\nJosé,2\n"
    table = read(text.encode(codec), Choices(encoding=codec))
    assert rows(table) == ROWS[:2]
    assert table.choices.encoding == codec


def test_broken_utf8_names_the_line():
    good = "name,score\nZoë,1\nJosé,2\n".encode()
    for bad in (b"\xc3\x28", b"\xff", b"\xe2\x82", b"\xed\xa0\x80"):
        error = refused(good + b"x" + bad + b",3\ny,4\n")
        assert error.line == 4
        assert "Line 4" in str(error)
        assert error.options[0][1] == Choices(encoding="cp1252")
        assert len(rows(read(good + b"x" + bad + b",3\n", error.options[0][1]))) == 3


def test_a_lonely_lead_byte_is_asked_about():
    table = read(b"name,score\nZo,1\nJos\xc3,2\n")
    (question,) = [finding for finding in table.findings if finding.severity == "question"]
    assert question.line == 3
    assert any(choices.encoding == "cp1252" for _, choices in question.options)


def test_a_file_in_two_encodings_is_refused_with_the_line():
    mixed = "name,score\nZoë,1\n".encode() + "José,2\n".encode("latin-1")
    assert refused(mixed).line == 3
    turned = "name,score\nZoë,1\n".encode("latin-1") + "José,2\n".encode()
    assert refused(turned).line == 2


def test_utf8_with_a_mark_must_be_utf8():
    assert refused(codecs.BOM_UTF8 + "a\nZoë\n".encode("latin-1")).line == 2


def test_half_a_character_at_the_end_of_utf16():
    assert "UTF-16" in str(refused(TEXT.encode("utf-16")[:-1]))
    lone = codecs.BOM_UTF16_LE + "a,b\n1,2\n".encode("utf-16-le") + b"\x00\xd8" + "x,3\n".encode("utf-16-le")
    assert refused(lone).line == 3


def test_an_unknown_encoding_and_one_that_is_none():
    assert "no encoding" in str(refused(TEXT, Choices(encoding="klingon")))
    assert "no encoding" in str(refused(TEXT, Choices(encoding="base64")))


def test_a_lost_character_and_a_mark_in_the_middle_are_told():
    assert "Line 2" in told(read("a,b\nx\ufffd,1\n"), "warning")[0]
    assert "joined" in told(read("a,b\nx,1\n\ufeffy,2\n"), "warning")[0]


def test_lines_are_counted_by_every_end(monkeypatch):
    content = b"one\r\ntwo\rthree\nfour"
    for block in (1, 2, 3, 5, 100):
        monkeypatch.setattr(encoding, "BLOCK", block)
        assert [line_at(content, content.index(word)) for word in (b"one", b"two", b"three", b"four")] == [1, 2, 3, 4]


def test_blocks_do_not_cut_characters(tmp_path):
    text = "aé€𝄞" * 50
    path = tmp_path / "text"
    path.write_text(text, encoding="utf-8")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        for content in (text.encode(), mapped):
            for size in (4, 5, 6, 7, 50):
                assert "".join(block.decode() for _, block in blocks(content, size)) == text


def test_nul_bytes_are_refused_with_the_line():
    error = refused(b"a,b\n1,2\n3,\x004\n5,6\n")
    assert error.line == 3
    assert "NUL" in str(error)
