"""The pieces of the benchmark of a large table, on a small one: they do what is compared."""

import csv
import hashlib
import json
from pathlib import Path

import pytest

from benchmarks import data, upload
from benchmarks.big_table import CATEGORIES, CLASSES, TARGET, YES_NO, float_names, integer_names, write_table
from benchmarks.data_pieces import PIECES, Clock
from nnbuilder.tables.lines import text
from nnbuilder.tables.reading import read_table

ROWS, HELD = 3000, 60
"""Rows of the table, and those of them for validation and as many for the test."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("table") / "big.csv"
    write_table(path, ROWS)
    return path


@pytest.fixture
def home(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the table in its library, as the page keeps it."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    original = tmp_path / "tables" / digest / "original"
    original.parent.mkdir(parents=True)
    original.write_bytes(file.read_bytes())
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))
    return tmp_path


def test_the_table_has_every_kind_of_column(file: Path, tmp_path: Path) -> None:
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == ROWS
    assert len(rows[0]) == 50
    gaps = {name for name in rows[0] if any(not row[name] for row in rows)}
    assert gaps == set(float_names()[:10])
    assert all(row[name].isdigit() for row in rows for name in integer_names())
    for name, count in CATEGORIES.items():
        assert len({row[name] for row in rows}) == count
    assert {row[YES_NO] for row in rows} == {"no", "yes"}
    assert {row[TARGET] for row in rows} == set(CLASSES)
    write_table(tmp_path / "again.csv", ROWS)
    assert (tmp_path / "again.csv").read_bytes() == file.read_bytes()
    write_table(tmp_path / "other.csv", ROWS, seed=1)
    assert (tmp_path / "other.csv").read_bytes() != file.read_bytes()


def test_gaps_and_labels_do_not_make_it_be_read_row_by_row(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def carefully(*_: object) -> None:
        raise AssertionError("read row by row, which takes many times as long")

    monkeypatch.setattr(text, "_read_carefully", carefully)
    assert read_table(file, file.name).data.num_rows == ROWS


def test_every_piece_runs_and_uses_all_rows(file: Path, home: Path) -> None:
    for name, piece in PIECES.items():
        clock = Clock()
        told = piece.run(file, clock)
        assert clock.seconds > 0
        assert clock.processor > 0
        if name in ("train", "everything"):
            assert told["trained"] == told["train_rows"] == ROWS - 2 * HELD
            assert told["sampled"] and told["shown"] == 2000
            assert told["train_loss"] > 0
        else:
            trained = name in ("prepare", "scikit-learn", "scikit-learn-all")
            assert told["rows"] == (ROWS - 2 * HELD if trained else ROWS)


def test_a_piece_in_a_process_of_its_own_tells_what_it_took(file: Path, home: Path) -> None:
    measured = data.measure("pyarrow", file, home)
    assert measured.told == {"rows": ROWS}
    assert 0 < measured.seconds < 60
    assert 0.01 < measured.gibibytes < 4


@pytest.mark.parametrize(
    ("seconds", "gibibytes", "trained", "missed"), [(1, 1, 600, 0), (5, 1, 600, 1), (5, 9, 599, 3)]
)
def test_goals_are_told_and_missed_ones_counted(
    seconds: float, gibibytes: float, trained: int, missed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"train_rows": 600, "trained": trained, "shown": 2000, "sampled": True}
    ours = data.Measured(seconds, seconds, gibibytes, told)
    bare = data.Measured(1.0, 1.0, 1.0, {})
    one = {name: ours if name in ("read", "prepare", "train", "everything") else bare for name in PIECES}
    assert data.report([one, one, one]) == missed
    printed = capsys.readouterr().out
    assert printed.count("MISSED") == missed
    assert f"{2 * seconds / 2:.2f} times pyarrow's reading + scikit-learn's fitting (goal 2)" in printed
    assert "2 000 points, a sample" in printed


def test_what_is_being_done_about_an_upload_is_told_by_its_files(tmp_path: Path) -> None:
    old = tmp_path / "aa" / "original"
    new = tmp_path / "bb" / "original"
    for path in (old, new):
        path.parent.mkdir()
    old.touch()
    assert upload.phase(tmp_path, {old}) == "upload"
    new.touch()
    assert upload.phase(tmp_path, {old}) == "read"
    way = new.parent / "1234"
    way.mkdir()
    (way / "opened.json").write_text(json.dumps({}))
    assert upload.phase(tmp_path, {old}) == "prepare"
    (way / "facts-12.json").write_text(json.dumps({}))
    assert upload.phase(tmp_path, {old}) is None
