"""What was read of a table is kept beside its bytes, once for each way of reading it."""

import gzip
import hashlib
import io
import zipfile

import numpy as np
import openpyxl
import pytest

from nnbuilder.tables import library as libraries
from nnbuilder.tables.columns.values import read_values
from nnbuilder.tables.library import VALUES, Library, TableMissing

TEXT = b"size,color,note\n1.5,red,a\n,blue,b\n2.5,red,c\n"


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "tables")


def test_the_bytes_are_kept_under_their_digest(library):
    sha256 = library.keep(TEXT)
    assert sha256 == hashlib.sha256(TEXT).hexdigest() == library.keep(memoryview(TEXT))
    assert library.original(sha256).read_bytes() == TEXT
    with pytest.raises(TableMissing, match=r"mine\.csv is not among the tables kept here; open the file again"):
        library.original("0" * 64, "mine.csv")


def test_a_table_is_read_once_for_each_way_of_reading_it(library, monkeypatch):
    sha256 = library.keep(TEXT)
    assert library.find(sha256, {}, {}) is None
    heard = []
    opened = library.read(sha256, "mine.csv", {}, {}, progress=lambda share, words: heard.append(share))
    assert opened.rows == 3
    assert [column["name"] for column in opened.columns] == ["size", "color", "note"]
    assert opened.preview[1] == ["", "blue", "b"]
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    # The choices that were detected name the same way of reading.
    assert library.find(sha256, opened.document["choices"], {}, chosen=[]).folder == opened.folder
    monkeypatch.setattr(libraries, "_read_into", lambda *_: pytest.fail("it was read again"))
    assert library.read(sha256, "mine.csv", {}, {}).document == opened.document


def test_another_type_is_another_way_of_reading(library):
    sha256 = library.keep(TEXT)
    found = library.read(sha256, "mine.csv", {}, {})
    changed = library.read(sha256, "mine.csv", {}, {"size": "category"})
    assert (found.column("size")["type"], changed.column("size")["type"]) == ("number", "category")
    assert changed.column("size")["labels"] == ["1.5", "2.5"]


def test_the_numbers_come_back_as_they_are(library):
    opened = library.read(library.keep(TEXT), "mine.csv", {}, {})
    values = read_values(opened.folder / VALUES, ["color", "size"])
    np.testing.assert_array_equal(values, [[1, 1.5], [0, np.nan], [1, 2.5]])
    assert opened.column("color")["labels"] == ["blue", "red"]


def test_what_was_answered_is_another_way_of_reading(library):
    sha256 = library.keep(b"when,kind\n01/03/2024,NA\n02/04/2024,red\n")
    asked = library.read(sha256, "mine.csv", {}, {})
    assert [item["severity"] for item in asked.findings] == ["question", "question"]
    answers = {"when": {"order": "month first"}, "kind": {"missing": ["NA"]}}
    answered = library.read(sha256, "mine.csv", {}, {}, answers)
    assert answered.findings == []
    values = read_values(answered.folder / VALUES, ["when", "kind"])
    np.testing.assert_array_equal(values, [[19725, np.nan], [19757, 0]])
    # The question is still open to whoever opens the file anew.
    assert len(library.find(sha256, {}, {}).findings) == 2


def test_a_choice_like_the_detected_one_answers_a_question_for_that_project_only(library):
    sha256 = library.keep(b"a,b\n1,2\n3,4\n\n\nc,d,e\n1,2,3\n4,5,6\n7,8,9\n")
    detected = library.read(sha256, "mine.csv", {}, {})
    question = next(item for item in detected.findings if item["severity"] == "question")
    part = detected.document["choices"]["part"]
    assert part in [option["choices"]["part"] for option in question["options"]]
    chosen = library.read(sha256, "mine.csv", {"part": part}, {})
    assert not [item for item in chosen.findings if item["severity"] == "question"]
    # What each project keeps is complete; which of it a person chose tells them apart.
    complete = detected.document["choices"]
    assert complete == chosen.document["choices"]
    assert library.find(sha256, complete, {}, {}, []).folder == detected.folder
    assert library.find(sha256, complete, {}, {}, ["part"]).folder == chosen.folder


@pytest.mark.parametrize("packed", ["", "gzip", "zip"])
def test_the_first_lines_are_kept_as_they_stand(library, packed):
    text = "Größe der Tiere\r\n\r\nart;größe\r\n" + "".join(f"a{row};{row},5\r\n" for row in range(50))
    content = text.encode("cp1252")
    if packed == "gzip":
        content = gzip.compress(content)
    elif packed == "zip":
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("table.csv", content)
        content = archive.getvalue()
    glimpse = library.read(library.keep(content), "mine.csv", {}, {}).glimpse
    assert (glimpse["first"], glimpse["data"], glimpse["sheets"]) == (1, 4, [])
    assert glimpse["lines"] == text.split("\r\n")[:20]


def test_the_lines_around_the_first_row_are_kept_where_it_is_far_down(library):
    text = "".join(f"# remark {row}\n" for row in range(60)) + "a,b\n1,2\n3,4\n"
    glimpse = library.read(library.keep(text.encode()), "mine.csv", {"comment": "#"}, {}).glimpse
    assert glimpse["data"] == 62
    shown = dict(enumerate(glimpse["lines"], start=glimpse["first"]))
    assert (shown[60], shown[61], shown[62]) == ("# remark 59", "a,b", "1,2")


def test_the_sheets_of_a_workbook_are_kept(library):
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first.title = "Notes"
    first.append(["a", "b"])
    first.append([1, 2])
    book.create_sheet("Müll & Co")
    content = io.BytesIO()
    book.save(content)
    glimpse = library.read(library.keep(content.getvalue()), "mine.xlsx", {}, {}).glimpse
    assert (glimpse["sheets"], glimpse["lines"]) == (["Notes", "Müll & Co"], [])


def test_an_uploaded_file_is_kept_in_pieces_from_its_beginning(tmp_path):
    library, content = Library(tmp_path), b"x,y\n" + b"1,2\n" * 700_000
    stream = io.BytesIO(content)
    stream.seek(77)
    sha256 = library.keep(stream)
    assert sha256 == hashlib.sha256(content).hexdigest() == library.keep(content)
    assert library.original(sha256).read_bytes() == content
    assert [path.name for path in (tmp_path / sha256).iterdir()] == ["original"]
