"""The command line, run as a person runs it; the recipes against the numbers of their sources."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
import torch
from sklearn.linear_model import LinearRegression

from nnbuilder.cli import main
from nnbuilder.data.prepare import prepare
from nnbuilder.recipes import ORDER, recipe
from nnbuilder.spec import read_text


def command(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "nnbuilder", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Trains a recipe once: project, checkpoint, history and metrics as they lie in the folder."""
    known = {}

    def train(name):
        if name not in known:
            folder = tmp_path_factory.mktemp(name)
            file = folder / "project.json"
            file.write_text(recipe(name).project().to_text())
            assert main(["train", str(file), "--out", str(folder), "--quiet"]) == 0
            known[name] = (
                torch.load(folder / "model.pth", weights_only=True),
                json.loads((folder / "history.json").read_text()),
                json.loads((folder / "metrics.json").read_text()),
            )
        return known[name]

    return train


def test_recipes_are_listed_and_printed(capsys):
    assert main(["recipes"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == list(ORDER)
    for name in ORDER:
        assert main(["recipes", name]) == 0
        assert read_text(capsys.readouterr().out) == recipe(name).project()


def test_an_unknown_recipe_is_named_with_the_nearest(capsys):
    assert main(["recipes", "circels"]) == 2
    assert "did you mean circle" in capsys.readouterr().err


@pytest.mark.parametrize("name", ORDER)
def test_recipes_pass_the_check(name, tmp_path, capsys):
    file = tmp_path / "project.json"
    file.write_text(recipe(name).project().to_text())
    assert main(["check", str(file)]) == 0
    assert capsys.readouterr().out == ""


def test_check_prints_every_problem_with_its_path(tmp_path, capsys):
    document = recipe("circles").project().to_json()
    document["network"]["layers"].append({"kind": "sigmoid"})
    document["training"]["optimizer"]["learning_rate"] = 1e5
    file = tmp_path / "project.json"
    file.write_text(json.dumps(document))
    assert main(["check", str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("network.layers[3]: BCEWithLogitsLoss")
    assert lines[1].startswith("training.optimizer.learning_rate: warning: ")


def test_what_is_no_project_is_refused_in_one_sentence(tmp_path, capsys):
    file = tmp_path / "project.json"
    file.write_text("{")
    assert main(["check", str(file)]) == 1
    assert main(["train", str(file), "--out", str(tmp_path / "out")]) == 2
    assert main(["train", str(tmp_path / "missing.json"), "--out", str(tmp_path / "out")]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_billion_units_are_refused_without_importing_torch(tmp_path):
    document = recipe("circles").project().to_json()
    document["network"]["layers"][0]["units"] = 10**9
    file = tmp_path / "project.json"
    file.write_text(json.dumps(document))
    code = "import sys; from nnbuilder.cli import main; code = main(sys.argv[1:]); print('torch' in sys.modules, code)"
    done = subprocess.run(
        [sys.executable, "-c", code, "train", str(file), "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "2"]
    assert "network.layers[0].units" in done.stderr


def test_two_runs_of_the_command_line_give_the_same_bits(tmp_path, trained):
    file = tmp_path / "project.json"
    file.write_text(recipe("circles").project().to_text())
    done = command("train", file, "--out", tmp_path)
    assert done.returncode == 0
    assert "Saved model.pth" in done.stdout
    assert "100%" in done.stderr
    weights, ours = (
        torch.load(tmp_path / "model.pth", weights_only=True)["state_dict"],
        trained("circles")[0]["state_dict"],
    )
    assert all(torch.equal(weights[name], ours[name]) for name in ours)
    assert json.loads((tmp_path / "history.json").read_text()) == trained("circles")[1]


def test_options_replace_settings_of_the_project(tmp_path):
    file = tmp_path / "project.json"
    file.write_text(recipe("circles").project().to_text())
    out = str(tmp_path)
    assert main(["train", str(file), "--out", out, "--epochs", "2", "--seed", "9", "--device", "cpu", "--quiet"]) == 0
    project = read_text(torch.load(tmp_path / "model.pth", weights_only=True)["project"])
    assert (project.training.epochs, project.training.seed, project.network.seed) == (2, 9, 9)
    assert len(json.loads((tmp_path / "history.json").read_text())) == 2
    assert main(["train", str(file), "--out", out, "--epochs", "0", "--quiet"]) == 2
    assert main(["train", str(file), "--out", out, "--device", "tpu", "--quiet"]) == 2


def test_divergence_ends_with_code_3_and_the_last_good_weights(tmp_path, capsys):
    document = recipe("circles").project().to_json()
    document["training"]["optimizer"]["learning_rate"] = 1e6
    file = tmp_path / "project.json"
    file.write_text(json.dumps(document))
    assert main(["train", str(file), "--out", str(tmp_path), "--quiet"]) == 3
    assert "diverged in epoch 1" in capsys.readouterr().err
    weights = torch.load(tmp_path / "model.pth", weights_only=True)["state_dict"]
    assert all(torch.isfinite(tensor).all() for tensor in weights.values())


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_keeps_everything_so_far(tmp_path):
    file = tmp_path / "project.json"
    file.write_text(recipe("spiral").project().to_text())
    arguments = [sys.executable, "-m", "nnbuilder", "train", str(file), "--out", str(tmp_path), "--epochs", "100000"]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        seen = ""
        deadline = time.monotonic() + 60
        while "loss" not in seen and time.monotonic() < deadline:
            seen += process.stderr.read(1)
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 130
    assert "everything so far is in" in rest
    assert json.loads((tmp_path / "history.json").read_text())
    assert json.loads((tmp_path / "metrics.json").read_text())["train"]["loss"] > 0
    assert torch.load(tmp_path / "model.pth", weights_only=True)["epoch"] >= 1


# The numbers of the sources


def weights_of(checkpoint):
    return checkpoint["state_dict"]["0.weight"][0].tolist(), checkpoint["state_dict"]["0.bias"].item()


def test_linear_1_finds_the_line_of_the_lecture(trained):
    checkpoint, history, metrics = trained("linear-1")
    (slope,), intercept = weights_of(checkpoint)
    assert slope == pytest.approx(45.5, abs=0.3)
    assert intercept == pytest.approx(-0.77, abs=0.3)
    assert metrics["train"]["loss"] == pytest.approx(93.2, abs=0.5)
    first = [row["train_loss"] for row in history[:3]]
    assert first == pytest.approx([1621, 768, 392], rel=0.1)


def test_linear_3_agrees_with_least_squares(trained):
    checkpoint, _, _ = trained("linear-3")
    data = prepare(recipe("linear-3").project().data)
    squares = LinearRegression().fit(data.features["train"], data.target["train"][:, 0])
    weights, intercept = weights_of(checkpoint)
    assert [intercept, *weights] == pytest.approx([squares.intercept_, *squares.coef_], abs=0.4)
    assert [intercept, *weights] == pytest.approx([0.43, 0.62, 55.99, 11.14], abs=0.4)


@pytest.mark.parametrize(
    ("name", "parameters", "low", "high"),
    [("nonlinear", 10, 3.9, 4.15), ("deep", 32, 3.9, 4.25), ("deep-wide", 481, 0.0, 1.0)],
)
def test_the_curve_is_fitted_as_in_the_lecture(trained, name, parameters, low, high):
    checkpoint, _, metrics = trained(name)
    assert sum(tensor.numel() for tensor in checkpoint["state_dict"].values()) == parameters
    assert low < metrics["train"]["loss"] < high


def test_circles_are_told_apart(trained):
    _, history, metrics = trained("circles")
    assert history[0]["train_loss"] == pytest.approx(0.67, abs=0.05)
    assert history[-1]["train_loss"] < 0.1
    assert metrics["train"]["accuracy"] > 0.97


def test_blobs_are_told_apart(trained):
    _, history, metrics = trained("blobs")
    assert history[0]["train_loss"] == pytest.approx(1.24, abs=0.15)
    assert metrics["train"]["loss"] < 0.12
    assert metrics["train"]["accuracy"] > 0.95


@pytest.mark.parametrize("name", ["circle", "xor", "gauss", "spiral"])
def test_the_playground_is_solved_on_rows_never_learned_from(trained, name):
    _, _, metrics = trained(name)
    assert metrics["validation"]["accuracy"] > 0.95


@pytest.mark.parametrize("name", ["sequential", "mse-adam"])
def test_the_first_sequential_explains_most_of_the_target(trained, name):
    checkpoint, _, metrics = trained(name)
    shapes = [tuple(tensor.shape) for tensor in checkpoint["state_dict"].values()]
    assert shapes == [(16, 8), (16,), (10, 16), (10,), (1, 10), (1,)]
    assert metrics["test"]["r2"] > 0.6


SURVEY = "# spring\nname;score;when\nAda;1,5;01/03/2024\n=Alan;2,5;02/04/2024\n"


@pytest.fixture
def survey(tmp_path):
    file = tmp_path / "survey.csv"
    file.write_text(SURVEY)
    return file


def test_a_table_is_told_in_words(survey, capsys):
    assert main(["table", str(survey)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("survey.csv: 2 rows, 3 columns\n")
    assert re.search(r"separator +';' ", told)
    assert re.search(r"“score” +number +2 cells are numbers with a decimal comma", told)
    assert "question: Column “when” has dates such as “01/03/2024” in line 3" in told
    # What is offered on the way is taken as it stands there.
    assert "They are rows: --read comment=\n" in told
    assert main(["table", str(survey), "--read", "comment="]) == 0
    assert "begins with “#” and is left out" not in capsys.readouterr().out


def test_a_table_is_told_as_json_and_written_anew(survey, tmp_path, capsys):
    out = tmp_path / "clean.csv"
    assert main(["table", str(survey), "--json", "--csv", str(out), "--read", "header_rows=0"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["choices"]["header_rows"], told["reasons"]["header_rows"]) == (3, 0, "chosen")
    assert [column["type"] for column in told["columns"]] == ["category", "category", "category"]
    with out.open(newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    assert rows == [["name", "score", "when"], ["Ada", "1,5", "01/03/2024"], ["'=Alan", "2,5", "02/04/2024"]]
    assert len(names) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.csv"], "nowhere.csv cannot be read"),
        (["empty.csv"], "empty.csv is empty"),
        (["survey.csv", "--read", "separator"], "write it as NAME=VALUE"),
        (["survey.csv", "--read", "separators=;"], "“separators” is no choice"),
        (["survey.csv", "--read", "header_rows=many"], "must be a whole number"),
        (["survey.csv", "--csv", "nowhere/out.csv"], "out.csv could not be saved in nowhere"),
    ],
)
def test_a_table_that_cannot_be_told_is_refused_in_one_sentence(
    arguments, words, survey, tmp_path, monkeypatch, capsys
):
    (tmp_path / "empty.csv").touch()
    monkeypatch.chdir(tmp_path)
    assert main(["table", *arguments]) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_a_tab_is_written_as_it_is_in_a_shell(tmp_path, capsys):
    file = tmp_path / "tabs.txt"
    file.write_text("a\tb\n1,5\t2\n2,5\t3\n")
    assert main(["table", str(file), "--json", "--read", "separator=\\t"]) == 0
    assert json.loads(capsys.readouterr().out)["choices"]["separator"] == "\t"


def test_a_table_may_be_written_over_itself(survey):
    assert main(["table", str(survey), "--csv", str(survey)]) == 0
    with survey.open(newline="", encoding="utf-8") as file:
        assert [row[0] for row in csv.reader(file)] == ["name", "Ada", "'=Alan"]
    assert [file.name for file in survey.parent.iterdir()] == [survey.name]


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_whoever_reads_only_the_beginning_gets_no_complaint(survey):
    line = f'"{sys.executable}" -m nnbuilder table "{survey}" | head -1'
    done = subprocess.run(line, shell=True, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(survey.name) and done.stderr == ""
