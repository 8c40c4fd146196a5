"""The listed cases about files and rows: bytes are kept, read as the page reads them, and values and sentences checked.

The other two parts of the list are `test_listed_cells` and `test_listed_targets`.
"""

import gzip
import io
import zipfile
import zlib

import pytest

from nnbuilder.tables import library as libraries
from nnbuilder.tables.choices import Caps
from nnbuilder.tables.findings import Unreadable
from tests.tables.harness import kept, preview, project_data, read, refused, said, turned_away

PLAIN = [["size", "color", "y"], ["1.5", "red", "0"], ["2.5", "blue", "1"], ["3.5", "red", "1"], ["4.5", "blue", "0"]]
TEXT = "size,color,y\n1.5,red,0\n2.5,blue,1\n3.5,red,1\n4.5,blue,0\n"


def test_empty_file():
    assert turned_away(b"") == "file.csv is empty (0 bytes); save it again and open it anew."
    assert "holds only blank lines" in turned_away(b"\r\n\r\n  \r\n")
    assert "holds nothing but a byte order mark" in turned_away(b"\xef\xbb\xbf")


def test_header_only():
    for content in ("size,color,y\n", "size,color,y"):
        message = turned_away(content)
        assert message == "file.csv has names in line 1 and no rows below; add rows, or say that it has no names."


def test_one_row():
    opened = kept("size,color,y\n1.5,red,0\n")
    assert preview(opened) == PLAIN[:2]
    assert opened.rows == 1
    alone = kept("1.5,red,0\n")
    assert preview(alone) == [["column 1", "column 2", "column 3"], ["1.5", "red", "0"]]
    assert "Line 1 may hold names or data (it is the only row and has numbers) and is taken for data" in said(alone)


def test_no_header():
    opened = kept(TEXT.partition("\n")[2])
    assert preview(opened) == [["column 1", "column 2", "column 3"], *PLAIN[1:]]
    assert "Line 1 holds values like the lines below, so the table has no names and the columns are counted" in said(
        opened
    )


def test_two_header_rows():
    opened = kept("size,color,y\ncm,name,class\n1.5,red,0\n2.5,blue,1\n3.5,red,1\n")
    assert preview(opened) == [["size cm", "color name", "y class"], *PLAIN[1:4]]
    question = next(one for one in opened.findings if one["severity"] == "question")
    assert question["message"].startswith("Lines 1 and 2 may hold names or data")
    last = {"skip_rows": 1, "header_rows": 1}
    assert [one["choices"] for one in question["options"]] == [
        {"header_rows": 2, "header_names": "all"},
        {"header_rows": 2, "header_names": "first"},
        last,
        {"header_rows": 1},
        {"header_rows": 0},
    ]
    text = b"size,color,y\ncm,name,class\n1.5,red,0\n2.5,blue,1\n"
    library = libraries.Library.default()
    assert preview(library.read(library.keep(text), "file.csv", last, {}))[0] == ["cm", "name", "class"]


def test_preamble_lines():
    opened = kept("Report of the year\nmade by the office\n\n" + TEXT)
    assert preview(opened) == PLAIN
    assert "Lines 1 and 2 stand before the table and are left out: “Report of the year”." in said(opened)


def test_two_tables_in_one_file():
    opened = kept(TEXT + "\nday,high,low,rain\n1,7,2,0\n2,8,3,1\n")
    assert preview(opened) == PLAIN
    question = next(one for one in opened.findings if one["severity"] == "question")
    assert "There seem to be 2 tables, beginning at lines 1 and 7; the one at line 1 is shown" in question["message"]
    library = libraries.Library.default()
    second = library.read(opened.folder.parent.name, "file.csv", question["options"][1]["choices"], {})
    assert preview(second) == [["day", "high", "low", "rain"], ["1", "7", "2", "0"], ["2", "8", "3", "1"]]


def test_missing_separators_short_rows():
    opened = kept(TEXT.replace("2.5,blue,1", "2.5blue,1"))
    assert preview(opened) == [*PLAIN[:2], *PLAIN[3:]]
    assert (
        "Line 3 has 2 cells where the table has 3 columns (it would fit as “2.5” | “blue” | “1”) and is left out"
        in said(opened, "question")
    )


def test_extra_separators_long_rows():
    opened = kept(TEXT.replace("2.5,blue,1", "2,5,blue,1"))
    assert preview(opened) == [*PLAIN[:2], *PLAIN[3:]]
    assert (
        "Line 3 has 4 cells where the table has 3 columns (it would fit as “2,5” | “blue” | “1”) and is left out"
        in said(opened, "question")
    )
    empty = kept(TEXT.replace("2.5,blue,1", "2.5,blue,1,,"))
    assert preview(empty) == PLAIN
    assert "Line 3 has more cells than the 3 columns, all empty at the end; they are cut off." in said(empty)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            '2.5,"blue,1',
            "Line 3 has a quote mark that is never closed (it would fit as “2.5” | “blue” | “1”) and is left",
        ),
        ('2.5,"blue"x,1', "Line 3 has text after a closing quote mark and is left out: repair the quote marks."),
    ],
)
def test_stray_or_unclosed_quote(line, sentence):
    opened = kept(TEXT.replace("2.5,blue,1", line))
    assert preview(opened) == [*PLAIN[:2], *PLAIN[3:]]
    assert sentence in said(opened, "warning")


def test_stray_quote_inside_a_cell():
    opened = kept(TEXT.replace("2.5,blue,1", '2.5,bl"ue,1'))
    assert preview(opened)[2] == ["2.5", 'bl"ue', "1"]
    assert "Line 3 has a quote mark in the middle of a cell that is not quoted" in said(opened, "warning")


def test_header_one_short():
    opened = kept("size,color\n" + TEXT.partition("\n")[2])
    assert preview(opened)[1:] == PLAIN[1:]
    question = next(one for one in opened.findings if one["severity"] == "question")
    assert question["message"].startswith(
        "Line 1 has 2 names where the rows have 3 cells, so the names may belong to other"
    )
    assert len(question["options"]) == 3


def test_header_one_short_above_an_empty_last_column():
    # A separator lost among the names must not move every name by one in silence.
    opened = kept("sizecolor,y\n1.5,red,\n2.5,blue,\n3.5,red,\n")
    assert "Line 1 has 2 names where the rows have 3 cells" in said(opened, "question")


def test_semicolon_with_decimal_comma():
    opened = kept("size;y\n1,5;0\n2,25;1\n1.003,5;0\n")
    column = opened.column("size")
    assert (column["type"], column["form"]["decimal"], column["form"]["thousands"]) == ("number", ",", ".")
    assert (column["statistics"]["minimum"], column["statistics"]["maximum"]) == (1.5, 1003.5)
    data = project_data("size;y\n1,5;0\n2,25;1\n1.003,5;0\n", "y", ["size"], validation=0.0, test=0.0)
    from nnbuilder.data.prepare import prepare

    assert prepare(data).raw["train"][:, 0].tolist() == [1.5, 2.25, 1003.5]


@pytest.mark.parametrize("separator", ["\t", " ", "|"], ids=["tab", "space", "pipe"])
def test_tab_space_and_pipe_separated(separator):
    opened = kept(TEXT.replace(",", separator))
    assert preview(opened) == PLAIN
    assert not opened.findings


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"], ids=["CR", "LF", "CRLF"])
def test_cr_lf_and_crlf(end):
    opened = kept(TEXT.replace("\n", end).encode())
    assert preview(opened) == PLAIN
    assert not opened.findings


def test_mixed_line_ends():
    opened = kept(b"size,color,y\r\n1.5,red,0\r\n2.5,blue,1\n3.5,red,1\r\n4.5,blue,0\r\n")
    assert preview(opened) == PLAIN
    assert "Line 3 ends in LF and the others in CRLF" in said(opened, "warning")


def test_quoted_newlines_and_separators():
    opened = kept('size,note,y\n1,"two\nlines, and a comma",0\n2,"say ""no""",1\n3,plain,1\n')
    assert preview(opened)[1:] == [["1", "two\nlines, and a comma", "0"], ["2", 'say "no"', "1"], ["3", "plain", "1"]]
    assert not opened.findings


LETTERS = "größe,città,y\n1.5,Århus,0\n2.5,Besançon,1\n3.5,Århus,1\n"
LETTER_ROWS = [["größe", "città", "y"], ["1.5", "Århus", "0"], ["2.5", "Besançon", "1"], ["3.5", "Århus", "1"]]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_bom_utf_16_and_utf_32(codec):
    opened = kept(LETTERS.encode(codec))
    assert preview(opened) == LETTER_ROWS
    assert not opened.findings


@pytest.mark.parametrize("mark", ["utf-16-be", "utf-32-be"])
def test_big_endian_with_a_byte_order_mark(mark):
    assert preview(kept("\ufeff".encode(mark) + LETTERS.encode(mark))) == LETTER_ROWS


@pytest.mark.parametrize("codec", ["latin-1", "cp1252"])
def test_latin_1_and_cp1252(codec):
    text = (
        LETTERS
        if codec == "latin-1"
        else LETTERS.replace("1.5", "1.5 €").replace("2.5", "2.5 €").replace("3.5", "3.5 €")
    )
    opened = kept(text.encode(codec))
    assert preview(opened)[0] == LETTER_ROWS[0]
    assert opened.document["choices"]["encoding"] == "cp1252"
    assert opened.column("größe")["statistics"]["maximum"] == 3.5
    assert "Line 1 holds the byte 0xF6, which is not UTF-8; the file is read as Windows-1252" in said(opened, "warning")


def test_broken_utf_8_names_the_line():
    message = turned_away(b"size,city\n1,\xc3\x85rhus\n2,M\xfcnchen\n3,Rom\n")
    assert message.startswith("Line 3 of file.csv holds the byte 0xFC, which is not UTF-8, while other lines are")


def test_nul_bytes():
    message = turned_away(TEXT.encode().replace(b"blue,1", b"bl\0ue,1"))
    assert message.startswith("Line 3 of file.csv holds a NUL byte, as no text does")
    assert "NUL byte" in turned_away(TEXT.encode() + b"\0" * 100)


def test_a_cell_of_10_mb():
    message = turned_away(TEXT.encode() + b"5.5," + b"x" * 10 * 2**20 + b",1\n")
    assert message.startswith("Line 6 of file.csv has a cell of more than 1 000 000 characters")
    quoted = turned_away(TEXT.encode() + b'5.5,"' + b"x\n" * 5 * 2**20 + b'",1\n')
    assert quoted.startswith("Line 6 of file.csv has a quoted cell that goes on for more than 1 000 000 characters")


def test_more_columns_than_the_cap():
    wide = ",".join(f"c{place}" for place in range(2001)) + "\n" + ",".join("1" for _ in range(2001)) + "\n"
    message = turned_away(wide * 2)
    assert message.startswith("Line 1 of file.csv has 2 001 columns and at most 2 000 are read; leave out columns")


def test_more_bytes_than_the_cap():
    error = refused(TEXT * 100, caps=Caps(expanded=1000))
    assert str(error) == "file.csv has 5 KB and at most 1 KB are read; leave out rows or columns."


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or password-protected Office file (.xls)"),
        (b"SQLite format 3\x00", "an SQLite database"),
    ],
)
def test_a_binary_renamed_csv(head, what):
    body = zlib.compress(bytes(range(256)) * 40)
    assert turned_away(head + body).startswith(f"file.csv is {what}, whatever its name says")


def test_a_binary_of_no_known_sort():
    message = turned_away(bytes((place * 7919) % 251 for place in range(6000)))
    assert "is no text, whatever its name says: line " in message


def test_gzip_bomb():
    message = turned_away(gzip.compress(b"0,0\n" * 2**23), "bomb.csv.gz")
    assert message.startswith("bomb.csv.gz unpacks to more than 200 times its size, as only a zip bomb does")


def test_zip_bomb():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.csv", b"0,0\n" * 2**23)
    message = turned_away(target.getvalue(), "bomb.zip")
    assert message.startswith("bomb.zip unpacks to more than 200 times its size, as only a zip bomb does")


def test_what_is_packed_honestly_is_read():
    assert preview(kept(gzip.compress(TEXT.encode()), "table.csv.gz")) == PLAIN
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.csv", TEXT)
    assert preview(kept(target.getvalue(), "table.zip")) == PLAIN


ENTITIES = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def test_xlsx_with_entity_expansion():
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.create_sheet("table", 0)
    for row in PLAIN:
        sheet.append(row)
    clean = io.BytesIO()
    book.save(clean)
    assert preview(kept(clean.getvalue(), "table.xlsx")) == PLAIN
    spoiled = io.BytesIO()
    with zipfile.ZipFile(clean) as source, zipfile.ZipFile(spoiled, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            part = source.read(member)
            if member.endswith("sheet1.xml"):
                head, mark, rest = part.partition(b"<worksheet")
                part = head + ENTITIES.encode() + mark + rest.replace(b"</v>", b"&b;</v>", 1)
            target.writestr(member, part)
    message = turned_away(spoiled.getvalue(), "table.xlsx")
    assert message.startswith("table.xlsx declares XML entities in xl/worksheets/sheet1.xml, as only an attack does")


def test_unpacked_twice_is_counted_once(monkeypatch):
    # The caps are kept while unpacking, so no more than they allow is ever written.
    written = []
    from nnbuilder.tables.files import opening

    real = opening.tempfile.TemporaryFile

    def counting(*arguments, **named):
        file = real(*arguments, **named)
        written.append(file)
        return file

    monkeypatch.setattr(opening.tempfile, "TemporaryFile", counting)
    with pytest.raises(Unreadable, match="zip bomb"):
        read(gzip.compress(b"0" * 2**28), name="bomb.gz")
    assert len(written) == 1
