"""The whole way: the fast way gives what the careful one gives, progress is told, choices come back complete."""

import csv
import io
import random
from pathlib import Path

import pytest

from nnbuilder.tables.choices import Caps, Choices
from nnbuilder.tables.lines import fast, text
from nnbuilder.tables.reading import read_table
from tests.tables.harness import read, refused, rows, told
from tests.tables.pollution import Source, Style, sources, spoiled
from tests.tables.test_pollution import outcome

SAMPLES = Path(__file__).parents[2] / "sample_data"


def written(count: int, seed: int = 3) -> tuple[str, list[list[str]]]:
    rng = random.Random(seed)
    parts = ["plain", 'in "quotes"', "a, b", "", "it's", "é", "x" * 30]
    body = [[str(n), f"{rng.gauss(0, 1):.5f}", rng.choice(parts), rng.choice(["yes", "no"])] for n in range(count)]
    target = io.StringIO(newline="")
    csv.writer(target).writerows([["id", "value", "text", "flag"], *body])
    return target.getvalue(), body


@pytest.fixture
def counted(monkeypatch) -> list[bool]:
    """Whether each call of the fast way gave a table; small texts go there too."""
    calls: list[bool] = []
    real = fast.read_fast

    def read_fast(*arguments):
        table = real(*arguments)
        calls.append(table is not None)
        return table

    monkeypatch.setattr(fast, "read_fast", read_fast)
    monkeypatch.setattr(text, "FAST_FROM", 0)
    monkeypatch.setattr(fast, "SAMPLE", 1500)
    monkeypatch.setattr(fast, "_LEAST_LINES", 5)
    return calls


def test_the_fast_way_gives_the_same(counted, monkeypatch):
    content, body = written(2000)
    monkeypatch.setattr(fast, "BLOCK", 1000)
    monkeypatch.setattr(fast, "_SLICE", 10_000)
    quick = read(content)
    assert counted == [True]
    monkeypatch.setattr(text, "FAST_FROM", 10**9)
    careful = read(content)
    assert len(counted) == 1
    assert rows(quick) == rows(careful) == body
    assert (quick.names, quick.choices, list(quick.first_line)) == (
        careful.names,
        careful.choices,
        list(careful.first_line),
    )
    assert told(quick) == told(careful)


@pytest.mark.parametrize(
    "spoil",
    ['"open,1,x,yes', 'a"b,1,x,yes', "1,2,3", "1,2,3,4,5", "", "id,value,text,flag", "---,---,---,---", ",,,",
     "1,2,'x',no",     "a,b,c,d\ne,f,g,h", '1,2,"two\nlines",no', "1,2,“x”,no", " 1, 2, x, yes"],
)  # fmt: skip
@pytest.mark.parametrize("place", [300, 1999])
def test_what_is_unusual_takes_the_careful_way(counted, spoil, place):
    content, body = written(2000)
    lines = content.split("\r\n")
    assert len(lines) == 2002
    content = "\r\n".join([*lines[:place], *spoil.split("\n"), *lines[place:]])
    table = read(content)
    assert counted == [False]
    if spoil.startswith('1,2,"'):
        assert rows(table) == [*body[: place - 1], ["1", "2", "two\r\nlines", "no"], *body[place - 1 :]]
    elif rows(table) != body:
        assert told(table, "warning", "question")


@pytest.mark.parametrize("spoil", ["# x,1,2,y", "Total,1,2,y", "note,,,", "1,2,x,y  # seen", "1,2,a\u200bb,y",
                                   "1,2,MÃ¼n,y", "1,2,a\x08b,y", "1,2,&nbsp;,y"])  # fmt: skip
@pytest.mark.parametrize("place", [300, 1700])
def test_what_is_odd_about_single_rows_is_told_on_the_fast_way_too(counted, monkeypatch, spoil, place):
    monkeypatch.setattr(fast, "BLOCK", 1000)
    content, body = written(2000)
    lines = content.split("\r\n")
    content = "\r\n".join([*lines[:place], spoil, *lines[place:]])
    quick = read(content)
    assert counted == [True]
    monkeypatch.setattr(text, "FAST_FROM", 10**9)
    careful = read(content)
    assert rows(quick) == rows(careful) == [*body[: place - 1], spoil.split(","), *body[place - 1 :]]
    lines_named = [(finding.severity, finding.line) for finding in quick.findings]
    assert lines_named == [(finding.severity, finding.line) for finding in careful.findings] == [("warning", place + 1)]


def test_faults_are_not_read_fast_in_silence(counted, tmp_path):
    source = sources()[3]
    longer = Source(source.label, source.names, [row for _ in range(12) for row in source.rows])
    cases = list(spoiled(longer))
    silent = {case.label: found for case in cases if (found := outcome(case, tmp_path / "file")).startswith("silent")}
    assert silent == {}
    assert sum(counted) > 20


def test_the_fast_way_of_each_separator(counted):
    for separator in ",;\t|":
        source = sources()[1]
        style = Style(separator, end="\n")
        table = read(style.text([source.names, *source.rows]))
        assert rows(table) == source.rows
        assert read(style.text(source.rows)).names[0] == "column 1"
    assert all(counted)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.csv")), ids=lambda path: path.name)
def test_reading_twice_is_the_same(path):
    table = read_table(path, path.name)
    again = read_table(path, path.name, table.choices)
    assert again.data.equals(table.data)
    assert (again.choices, again.names) == (table.choices, table.names)
    assert told(again, "question") == []
    assert Choices.from_json(table.choices.to_json()) == table.choices


def test_the_messy_sample():
    table = read_table(SAMPLES / "messy.csv", "messy.csv")
    assert table.data.num_rows == 240
    assert (table.choices.separator, table.choices.skip_rows, table.choices.footer_rows) == (";", 3, 1)
    assert table.names[4:6] == ("score", "score (2)")
    assert {finding.line for finding in table.findings} >= {1, 4, 246}


def test_progress_is_told_and_ends(tmp_path, monkeypatch):
    from nnbuilder.tables import reading

    monkeypatch.setattr(reading, "_EVERY", 0.0)
    content, _ = written(30_000)
    path = tmp_path / "table.csv"
    path.write_text(content, encoding="utf-8", newline="")
    for least in (0, 10**9):
        monkeypatch.setattr(text, "FAST_FROM", least)
        heard: list[tuple[float, str]] = []
        read_table(path, "table.csv", progress=lambda share, words, heard=heard: heard.append((share, words)))
        assert heard[-1] == (1.0, "Read")
        assert all(0 <= share <= 1 and words for share, words in heard)
        assert len(heard) >= 4


def test_every_detected_choice_has_a_reason():
    table = read("a;b\n1;2\n3;4\n")
    for field in ("encoding", "separator", "quote", "escape", "header_rows"):
        assert table.reasons[field]


def test_the_rows_are_capped_on_the_fast_way_too(counted):
    content, _ = written(2000)
    error = refused(content, caps=Caps(rows=1500))
    assert (error.line, "line 1502" in str(error)) == (1502, True)
