"""Answers for many rows: the file to take home, what is right, what lies outside; and the command that makes it."""

import argparse
import csv
import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.engine.jobs import answer
from nnbuilder.predicting import command
from nnbuilder.predicting.answers import answer_rows, compare, summary_words
from nnbuilder.predicting.answers_csv import first_rows, write_answers
from nnbuilder.predicting.asking import asked_of_checkpoint
from nnbuilder.predicting.network import TrainedNetwork
from nnbuilder.training import checkpoint as checkpoints
from nnbuilder.training.metrics import all_metrics
from tests.predicting.harness import asked_in_full, given, network, table_data, trained


@pytest.fixture(scope="module")
def penguins():
    """A network on penguins, which has categories and gaps."""
    content = SAMPLES["penguins"].path.read_bytes()
    features = ["island", "sex", {"name": "bill_length_mm", "missing": "own_category"}, "body_mass_g"]
    return trained(table_data(content, "species", features, scaling="standard", validation=0.2), epochs=3)


@pytest.fixture(scope="module")
def saved(penguins, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "model.pth"
    checkpoints.write(path, penguins)
    return path


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


ROWS = (
    "sex,island,bill_length_mm,body_mass_g,species,=note\n"
    "male,Biscoe,50.1,5000,Gentoo,=1+1\n"
    ",Dream,,3900,Adelie,-2\n"
    "male,Atlantis,39,3000,Adelie,x\n"
    "female,Torgersen,390,3000,Adelie,x\n"
)


def test_the_file_holds_rows_answers_and_remarks_exactly(penguins, tmp_path):
    asked, net = asked_in_full(penguins), network(penguins)
    rows = given(ROWS, asked, tmp_path)
    answers = answer_rows(net, asked, rows)
    write_answers(asked, net.meaning, rows, answers, tmp_path / "out.csv")
    names, *lines = read_csv(tmp_path / "out.csv")
    assert names[:6] == ["sex", "island", "bill_length_mm", "body_mass_g", "species", "'=note"]
    assert names[6:] == [
        "predicted species",
        *(f"probability of {name}" for name in asked.classes),
        *(f"logit of {name}" for name in asked.classes),
        "remark",
    ]
    assert lines[0][5] == "'=1+1"
    assert lines[1][5] == "-2"
    assert lines[2][6:13] == [""] * 7
    assert lines[2][13].startswith("Line 4, column “island”: “Atlantis” is none of the known")
    assert lines[3][13].startswith("bill_length_mm 390 is outside ")
    # The raw outputs to the last bit, and what torch makes of them.
    outputs = np.array([[float(cell) for cell in line[10:13]] for line in (lines[0], lines[1], lines[3])], np.float32)
    assert np.array_equal(outputs, net.outputs(rows.raw[[0, 1, 3]]).numpy())
    shares = np.array([[float(cell) for cell in line[7:10]] for line in (lines[0], lines[1], lines[3])], np.float32)
    wanted = torch.from_numpy(outputs).softmax(dim=1)
    assert np.array_equal(shares, wanted.numpy())
    assert [line[6] for line in (lines[0], lines[1], lines[3])] == [asked.classes[code] for code in wanted.argmax(1)]


def test_how_many_are_right_is_what_torchmetrics_counts(penguins, tmp_path):
    asked, net = asked_in_full(penguins), network(penguins)
    rows = given(SAMPLES["penguins"].path.read_text(), asked, tmp_path)
    answers = answer_rows(net, asked, rows)
    compared = compare(asked, rows, answers)
    assert compared is not None and rows.truth is not None
    labels = torch.from_numpy(rows.truth.astype(np.int64))
    metrics = all_metrics("multiclass", torch.from_numpy(answers.outputs), labels, "logits", 3)
    assert compared["right"] / compared["rows"] == pytest.approx(metrics["accuracy"])
    assert summary_words(asked, rows, answers, compared)[1] == (
        f"{compared['right']} of 344 are right ({100 * compared['right'] / 344:.1f} %)."
    )


def test_a_number_is_compared_in_its_own_unit(tmp_path):
    content = SAMPLES["rent"].path.read_bytes()
    trainer = trained(table_data(content, "rent", scaling="standard"), epochs=1)
    asked, net = asked_in_full(trainer), network(trainer)
    rows = given("age,size_sqft,rent\n10,1000,3500\n20,2000,6000\n30,3000,\n", asked, tmp_path)
    answers = answer_rows(net, asked, rows)
    errors = answers.outputs[:2, 0] - np.array([3500, 6000])
    assert compare(asked, rows, answers) == {
        "rows": 2,
        "mae": pytest.approx(np.abs(errors).mean()),
        "rmse": pytest.approx(np.sqrt((errors.astype(float) ** 2).mean())),
    }


def test_lines_that_are_no_rows_are_counted_among_those_without_an_answer(penguins, tmp_path):
    asked, net = asked_in_full(penguins), network(penguins)
    rows = given(ROWS.rstrip("\n") + "\nfemale,Dream\n", asked, tmp_path)
    answers = answer_rows(net, asked, rows)
    done, all_lines = len(answers.rows), len(ROWS.strip().splitlines())
    assert summary_words(asked, rows, answers, None)[:2] == [
        f"{done} rows are answered, {all_lines - done} of {all_lines} cannot be.",
        "1 of these is no whole row, and so not among the answers.",
    ]


def test_a_value_too_large_for_the_network_takes_only_its_row(penguins, tmp_path):
    asked, net = asked_in_full(penguins), network(penguins)
    rows = given(ROWS.replace("5000", "1e300").replace("Atlantis", "Dream"), asked, tmp_path)
    answers = answer_rows(net, asked, rows)
    assert answers.rows.tolist() == [1, 2, 3]
    assert answers.remarks[0].startswith("Line 2: “body_mass_g” is 1e+300, which is too large")


def test_without_a_single_good_row_there_is_a_file_all_the_same(penguins, tmp_path):
    asked, net = asked_in_full(penguins), network(penguins)
    rows = given("sex,island,bill_length_mm,body_mass_g\nmale,Atlantis,39,1\n", asked, tmp_path)
    answers = answer_rows(net, asked, rows)
    write_answers(asked, net.meaning, rows, answers, tmp_path / "none.csv")
    assert len(read_csv(tmp_path / "none.csv")) == 2
    assert summary_words(asked, rows, answers, None) == ["0 rows are answered, 1 of 1 cannot be."]
    assert json.dumps(first_rows(asked, rows, answers), allow_nan=False)


def test_the_engine_answers_the_three_questions(penguins, saved, tmp_path):
    def ask(**question):
        return answer({"progress": lambda share, words: None, "memory": 0, **question})

    looked = ask(kind="predict_look", data=penguins.project.data.to_json())
    assert json.loads(json.dumps(looked, allow_nan=False)) == looked
    row = looked["taken"]["validation"]["raw"][0]
    found = ask(kind="predict", checkpoint=str(saved), rows=[row])
    assert found["outputs"] == network(penguins).outputs(np.array([row], dtype=np.float64)).tolist()
    assert sum(found["probabilities"][0]) == pytest.approx(1)
    path = tmp_path / "rows.txt"
    path.write_text(ROWS)
    told = ask(
        kind="predict_rows",
        checkpoint=str(saved),
        asked=looked["asked"],
        path=str(path),
        name="rows.txt",
        target=str(tmp_path / "predicted-x.csv"),
    )
    assert (told["rows_count"], told["answered"], told["compared"]["rows"]) == (4, 3, 3)
    assert [row[0] for row in told["rows"]] == [2, 3, 4, 5]
    assert len(read_csv(tmp_path / "predicted-x.csv")) == 5
    # Without the table the checkpoint tells what is asked; older ones did not know the ranges.
    bare = ask(kind="predict_look", checkpoint=str(saved))
    assert bare == {"asked": looked["asked"], "taken": {}}
    torch.save({**penguins.checkpoint(), "asked": ""}, tmp_path / "old.pth")
    old = ask(kind="predict_look", checkpoint=str(tmp_path / "old.pth"))["asked"]["features"]
    assert [one["name"] for one in old] == [one["name"] for one in looked["asked"]["features"]]
    assert (old[2]["low"], old[2]["form"]) == (None, None)


def options(*words):
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers(required=True))
    return parser.parse_args(["predict", *map(str, words)])


def test_the_command_answers_without_the_table(saved, tmp_path, monkeypatch, capsys):
    here = options(saved, tmp_path / "rows.csv", "--json")
    (tmp_path / "rows.csv").write_text(ROWS)
    assert here.run(here) == 1
    with_table = json.loads(capsys.readouterr().out)
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path / "elsewhere"))
    assert here.run(here) == 1
    alone = json.loads(capsys.readouterr().out)
    assert [row.get("outputs") for row in alone["rows"]] == [row.get("outputs") for row in with_table["rows"]]
    assert with_table["compared"] == alone["compared"] == {"rows": 3, "right": alone["compared"]["right"]}
    assert alone["rows"][3]["remark"] == with_table["rows"][3]["remark"]
    assert "extrapolates" in alone["rows"][3]["remark"]


def test_a_checkpoint_tells_how_dates_and_numbers_of_its_table_are_written(tmp_path, monkeypatch, capsys):
    # The month comes first in the table, as 02/13 tells; of the new rows nothing does. So it is with the comma.
    lines = [f"{1 + n % 12:02d}/{1 + n * 5 % 28:02d}/2024;1.{n % 9}00,5;{n % 2}" for n in range(40)]
    content = "\n".join(["when;price;y", *lines, "02/13/2024;2.000,5;1"]).encode()
    trainer = trained(table_data(content, "y", ["when", "price"], scaling="standard"))
    checkpoints.write(tmp_path / "model.pth", trainer)
    (tmp_path / "new.csv").write_text("when;price\n03/04/2024;1.234\n05/06/2024;1.500\n")
    wanted = network(trainer).outputs(np.array([[19786, 1234], [19849, 1500]], dtype=np.float64)).tolist()
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path / "elsewhere"))
    chosen = options(tmp_path / "model.pth", tmp_path / "new.csv", "--json")
    assert chosen.run(chosen) == 0
    assert [row["outputs"] for row in json.loads(capsys.readouterr().out)["rows"]] == wanted


@pytest.mark.parametrize("held", ["{", "[]", "{}", '{"features": [], "target": {}, "task": 1}'])
def test_a_checkpoint_that_tells_nonsense_of_what_it_asks_is_read_as_one_that_tells_nothing(held, penguins):
    checkpoint = penguins.checkpoint()
    before = asked_of_checkpoint({**checkpoint, "asked": ""})
    assert asked_of_checkpoint({**checkpoint, "asked": held}) == before
    other = json.loads(checkpoint["asked"])
    other["features"][0]["name"] = "another"
    assert asked_of_checkpoint({**checkpoint, "asked": json.dumps(other)}) == before


def test_the_command_writes_a_file_and_tells_in_words(saved, tmp_path, capsys):
    (tmp_path / "rows.csv").write_text("\n".join(ROWS.splitlines()[:3]) + "\n")
    chosen = options(saved, tmp_path / "rows.csv", "--out", tmp_path / "out.csv")
    assert chosen.run(chosen) == 0
    told = capsys.readouterr().out
    assert told.startswith("2 rows are answered.\n")
    assert f"Saved {tmp_path / 'out.csv'}." in told
    assert len(read_csv(tmp_path / "out.csv")) == 3


@pytest.mark.parametrize("name", ["none.pth", "broken.pth"])
def test_a_file_that_is_no_checkpoint_is_one_sentence(name, tmp_path):
    from nnbuilder.errors import NNBuilderError

    (tmp_path / "broken.pth").write_bytes(b"not a checkpoint")
    (tmp_path / "rows.csv").write_text(ROWS)
    chosen = options(tmp_path / name, tmp_path / "rows.csv")
    with pytest.raises(NNBuilderError) as told:
        chosen.run(chosen)
    assert name in str(told.value) and str(told.value).count(". ") == 0


def test_a_checkpoint_with_parts_missing_says_so(saved, tmp_path):
    from nnbuilder.errors import NNBuilderError

    document = torch.load(saved, weights_only=True)
    document["state_dict"].popitem()
    torch.save(document, tmp_path / "part.pth")
    with pytest.raises(NNBuilderError, match=r"part\.pth does not hold a whole network"):
        TrainedNetwork.read(tmp_path / "part.pth")


def test_naming_features_loads_nothing_heavy():
    code = "import sys, nnbuilder.predicting.words, nnbuilder.predicting.job; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "pyarrow", "numpy", "sklearn", "streamlit"} & set(done.stdout.split())


def test_an_output_that_is_no_number_is_no_answer(penguins, tmp_path):
    asked, net = asked_in_full(penguins), network(penguins)
    # Without the Tanh an input which is still a float32 number leads to sums that are none.
    net.model[1] = torch.nn.Identity()
    with torch.no_grad():
        net.model[0].weight.mul_(1000)
    fine, huge = "male,Biscoe,50.1,5000,Gentoo", "male,Dream,1e39,3750,Adelie"
    content = f"sex,island,bill_length_mm,body_mass_g,species\n{fine}\n{huge}\n"
    rows = given(content, asked, tmp_path)
    answers = answer_rows(net, asked, rows)
    assert answers.rows.tolist() == [0]
    assert answers.remarks[1] == "Line 3: a number is too large for the network."
    compared = compare(asked, rows, answers)
    assert compared is not None
    assert compared["rows"] == 1
