"""What was read of a table is kept beside its bytes, once for each way of reading it."""

import hashlib

import numpy as np
import pytest

from nnbuilder.tables import library as libraries
from nnbuilder.tables.library import VALUES, Library, TableMissing
from nnbuilder.tables.values import read_values

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
    opened = library.read(sha256, "mine.csv", {}, {}, lambda share, words: heard.append(share))
    assert opened.rows == 3
    assert [column["name"] for column in opened.columns] == ["size", "color", "note"]
    assert opened.preview[1] == ["", "blue", "b"]
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    # The choices that were detected name the same way of reading.
    assert library.find(sha256, opened.document["choices"], {}).folder == opened.folder
    monkeypatch.setattr(libraries.Library, "_read", lambda *_: pytest.fail("it was read again"))
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
