"""The listed cases about what is to be learned, end to end; and that a refusal leaves everything as it was."""

import gzip
import shutil

import pytest

from nnbuilder.check import check
from nnbuilder.data.prepare import prepare
from nnbuilder.errors import InvalidProject, Problem
from nnbuilder.spec import Data, read
from nnbuilder.ui.data import tables
from nnbuilder.ui.state import Desk, Memory
from tests.tables.harness import kept, project_data, said
from tests.ui.fake_backend import fake_backend


def problems(data: Data) -> dict[str, Problem]:
    """What the check of a project on these data says, by its place."""
    document = {
        "version": 1,
        "name": "t",
        "data": data.to_json(),
        "network": {"layers": [{"kind": "linear", "units": 1}]},
        "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "adam"}},
    }
    return {problem.path: problem for problem in check(read(document))}


def refusal(data: Data) -> Problem:
    """Why the data cannot be prepared."""
    with pytest.raises(InvalidProject) as caught:
        prepare(data)
    return caught.value.problems[0]


PRICES = "size,price\n" + "".join(f"{place}.5,{place * 1.5}\n" for place in range(30))


def test_text_in_a_regression_target_names_the_first_bad_line():
    data = project_data(PRICES.replace("7.5,10.5", "7.5,ten"), "price", ["size"], task="regression", validation=0.0)
    prepared = prepare(data)
    rows = sum(len(part) for part in prepared.raw.values())
    assert rows == 29
    assert 7.5 not in [row for part in prepared.raw.values() for row in part[:, 0]]
    found = problems(data)["data.source.target"]
    assert found.message == (
        "The target “price” is no number in 1 row, first in line 9 (“ten”), and that row is left out; correct the file "
        "to keep them."
    )


def test_a_regression_target_of_texts_only_is_refused_with_the_line():
    text = "size,price\n" + "".join(f"{place}.5,{'cheap' if place % 2 else 'dear'}\n" for place in range(30))
    found = refusal(project_data(text, "price", ["size"], task="regression"))
    assert found.path == "data.source.task"
    assert (
        "A regression needs numbers, but the target “price” holds texts, for example “dear” in line 2" in found.message
    )


def test_one_class_only():
    text = "size,kind\n" + "".join(f"{place}.5,red\n" for place in range(30))
    found = refusal(project_data(text, "kind", ["size"]))
    assert found.path == "data.source.target"
    assert "“kind” has the same value in every row, so there is nothing to learn" in found.message


def test_a_class_missing_from_the_training_split():
    text = "size,kind,part\n" + "".join(
        f"{place}.5,{'rare' if place >= 28 else ('red', 'blue')[place % 2]},{'test' if place >= 24 else 'train'}\n"
        for place in range(30)
    )
    data = project_data(text, "kind", ["size"], split_by="part")
    prepared = prepare(data)
    assert prepared.facts.classes == ("blue", "rare", "red")
    assert set(prepared.target["train"].tolist()) == {0, 2}
    assert prepared.target["test"].tolist().count(1) == 2
    assert "No training row is of class “rare”, so it cannot be learned" in problems(data)["data.stratify"].message


def test_constant_column():
    text = "size,same,y\n" + "".join(f"{place}.5,7,{place % 2}\n" for place in range(30))
    data = project_data(text, "y", ["size", "same"], scaling="standard")
    features = prepare(data).features["train"]
    assert (features[:, 1] == 0).all()
    found = problems(data)["data.source.columns[1]"]
    assert found.message.startswith(
        "Column “same” has the same value in every row, so the network learns nothing from it"
    )
    assert found.severity == "warning"


@pytest.fixture
def desk(home):
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    made = Desk.open(fake_backend(home), None, Memory(), {})
    yield made
    made.backend.store.close()


REFUSED = {
    "empty": (b"", "is empty (0 bytes)"),
    "header only": (b"size,color,y\n", "has names in line 1 and no rows below"),
    "blank lines": (b"\n\n\n", "holds only blank lines"),
    "too ragged": (b"a,b,c\n1,2\n3,4,5\n6\n7,8,9,10\n11,12\n1,2,3\n", "Line 2 of refused.csv has 2 cells"),
    "broken UTF-8": (b"size,city\n1,\xc3\x85rhus\n2,M\xfcnchen\n", "Line 3 of refused.csv holds the byte 0xFC"),
    "NUL": (b"size,y\n1,0\n2,\x001\n3,0\n", "Line 3 of refused.csv holds a NUL byte"),
    "long cell": (b"size,y\n1,0\n" + b"x" * 1_100_000 + b",1\n", "Line 3 of refused.csv has a cell of more than"),
    "many columns": (b"1," * 2500 + b"1\n" + b"2," * 2500 + b"2\n", "Line 1 of refused.csv has 2 501 columns"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "is a PNG picture, whatever its name says"),
    "web page": (b"<!DOCTYPE html><html></html>", "is a web page"),
    "bomb": (gzip.compress(b"0,0\n" * 2**23), "as only a zip bomb does"),
    "damaged": (gzip.compress(b"a,b\n1,2\n" * 1000)[:40], "is damaged and cannot be unpacked"),
}


@pytest.mark.parametrize("label", REFUSED)
def test_after_a_refusal_the_previous_table_is_there_untouched(desk, label):
    tables.open_file(
        desk, b"size,kind\n" + b"".join(b"%d,%s\n" % (n, b"ab"[n % 2 : n % 2 + 1]) for n in range(40)), "mine.csv"
    )
    before, opened, facts = desk.project, tables.opened_table(desk), desk.facts
    assert before.data.source["file"] == "mine.csv"
    content, sentence = REFUSED[label]
    desk.guarded(lambda: tables.open_file(desk, content, "refused.csv"))
    assert sentence in desk.memory.note
    assert desk.project == before
    assert desk.facts == facts
    assert tables.opened_table(desk) == opened
    # Nothing is lost: the same file opens again, and the refused bytes are told of again.
    desk.guarded(lambda: tables.open_file(desk, content, "refused.csv"))
    assert desk.project == before
    tables.open_file(desk, b"a,y\n1,0\n2,1\n3,0\n4,1\n", "other.csv")
    assert desk.project.data.source["file"] == "other.csv"


def test_what_was_told_of_a_table_stays_with_it(desk):
    text = PRICES.replace("7.5,10.5", "7.5,10.5,1").encode()
    tables.open_file(desk, text, "prices.csv")
    opened = tables.opened_table(desk)
    assert opened is not None
    assert "Line 9 has 3 cells where the table has 2 columns" in said(opened)
    assert said(kept(text, "prices.csv")) == said(opened)
