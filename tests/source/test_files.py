"""The code reads every kind of file as it was read here: packed text, workbooks, Parquet, other encodings."""

import datetime
import gzip
import io
import zipfile

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from nnbuilder.source.reading import as_read_name
from tests.source.harness import compared, project, table_data

NAMES = ["size", "kind", "when", "likes", "y"]
ROWS = [
    [n * 1.25, ("rød", "blå", "grøn")[n % 3], datetime.date(2024, 1 + n % 12, 1 + n % 28), n % 2 == 0, n * n % 7]
    for n in range(50)
]


def text(separator=",", names=True, encoding="utf-8", end="\n"):
    """The rows as text."""
    rows = [[str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in row] for row in ROWS]
    return end.join(separator.join(row) for row in ([NAMES] * names) + rows).encode(encoding)


def packed_zip(content):
    """A zip archive with one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inside.csv", content)
    return out.getvalue()


TEXTS = {
    "plain.csv": text(),
    "bom.csv": text(encoding="utf-8-sig"),
    "utf16.csv": text(encoding="utf-16"),
    "latin.csv": text(encoding="latin-1"),
    "tabs.tsv": text("\t"),
    "semicolons.csv": text(";", end="\r\n"),
    "spaces.txt": text("  "),
    "old.csv": text(end="\r"),
    "headless.csv": text(names=False),
    "packed.csv.gz": gzip.compress(text()),
    "packed.csv": gzip.compress(text()),
    "packed.zip": packed_zip(text()),
    "preamble.csv": b"A report of the year\n\n" + text(),
    "quoted.csv": text().replace(b"gr\xc3\xb8n", b"'gr\xc3\xb8n, dark'").replace(b"'", b'"'),
}


def same(tmp_path, content, target, file, features=None, types=None):
    """The code, after it was found to make the same tensors."""
    data = table_data(content, target, features, file=file, source={"types": types or {}})
    code, different = compared(project({**data, "scaling": "standard"}, "mse"), tmp_path)
    assert different == [], code.text
    return code


@pytest.mark.parametrize("file", TEXTS)
def test_texts_are_read_as_they_are(file, tmp_path):
    target = "y" if file != "headless.csv" else "column 5"
    code = same(tmp_path, TEXTS[file], target, file)
    assert (code.needs, code.reads) == ("", file)


def workbook(rows, title="Sheet"):
    """The bytes of a workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook(tmp_path):
    rows = [*ROWS, [None, "blå", None, None, 4]]
    code = same(tmp_path, workbook([NAMES, *rows], "Data 1"), "y", "t.xlsx", ["size", "kind"])
    assert "read_excel" in code.text
    code = same(tmp_path, workbook([NAMES, *rows[:20], [], *rows[20:]], "Data 1"), "y", "t.xlsx")
    assert code.reads == "t as read.csv"


@pytest.mark.parametrize(
    ("size", "natural"),
    [
        (pa.array([row[0] for row in ROWS], pa.float64()), True),
        (pa.array([row[4] * 10**9 for row in ROWS], pa.int64()), True),
        (pa.array([np.float32(row[0] / 3) for row in ROWS], pa.float32()), False),
        (pa.array([None if n % 5 == 0 else row[0] for n, row in enumerate(ROWS)], pa.float64()), True),
        (pa.array([float("nan") if n % 5 == 0 else row[0] for n, row in enumerate(ROWS)], pa.float64()), True),
        (pa.array([f"{row[0]} kg" for row in ROWS]), False),
    ],
)
def test_parquet(size, natural, tmp_path):
    out = io.BytesIO()
    kind = pa.array([None if n % 7 == 0 else row[1] for n, row in enumerate(ROWS)])
    parquet.write_table(pa.table({"size": size, "kind": kind, "y": pa.array([row[4] for row in ROWS])}), out)
    code = same(tmp_path, out.getvalue(), "y", "t.parquet", types={"size": "number"})
    assert bool(code.needs) != natural


def test_labels_that_a_spreadsheet_would_compute(tmp_path):
    labels = ["=1+1", " +x", "-", " @a ", "plain", "+x", "", "'quoted"]
    for count, some in ((60, 7), (700, 7), (60, 8), (700, 8)):
        rows = "".join(f'"{labels[n * 5 % some]}",{n % 9} kg,{n % 4}\n' for n in range(count))
        content = f"a report\n\nkind,x,y\n{rows}\nsource: somewhere, once\n".encode()
        code = same(tmp_path, content, "y", "t.csv", ["kind", "x"], {"kind": "category"})
        assert code.needs


@pytest.mark.parametrize(
    ("file", "copy"),
    [
        ("rent.csv", "rent as read.csv"),
        ("my.data.xlsx", "my.data as read.csv"),
        ("t.csv.gz", "t as read.csv"),
        ("archive.zip", "archive as read.csv"),
        ("no ending", "no ending as read.csv"),
        (".csv", "table as read.csv"),
        ("../../etc/passwd", "passwd as read.csv"),
    ],
)
def test_what_a_cleaned_copy_is_called(file, copy):
    assert as_read_name(file) == copy
