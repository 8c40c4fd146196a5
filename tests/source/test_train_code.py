"""The stand-alone script trains every kind of project as the app does, to the last bit."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from nnbuilder.data.facts import describe
from nnbuilder.recipes import recipe
from nnbuilder.source.course import Course
from nnbuilder.source.train_script import train_code
from nnbuilder.store.weights import Weights
from nnbuilder.training.trainer import choose_threads
from tests.source.train_harness import (
    FORMS,
    catalog,
    differences,
    frozen_ways,
    project,
    run_alone,
    started_ways,
    teacher,
    trained,
    ways,
    write,
)

ROOT = Path(__file__).parents[2]
ROWS = dict(catalog())
# Where a network begins is told by the tests of the model; how it learns is tried with settings that are not torch's.
TRAINED = {name: made for name, made in ROWS.items() if f"{name}-other" not in ROWS or name.startswith("opt")}
PROJECTS = {**TRAINED, **dict(ways()), **dict(frozen_ways())}
STARTED = [f"{name}-{form}" for name, _ in started_ways("0" * 64) for form in FORMS]


@pytest.fixture(scope="module")
def started(home):
    """Projects that start from trained weights, by name."""
    sha256 = Weights.default().keep(trained(teacher()).model.state_dict())
    return dict(started_ways(sha256))


@pytest.fixture(scope="module")
def ran(started, tmp_path_factory):
    """The folder in which all scripts were run, what each said, and the codes."""
    folder = tmp_path_factory.mktemp("scripts")
    codes = write(PROJECTS, folder)
    for form in FORMS:
        codes |= write({f"{name}-{form}": made for name, made in started.items()}, folder, form)
    return folder, run_alone(folder), codes


@pytest.mark.parametrize("name", PROJECTS)
def test_it_trains_as_the_app_does(name, ran):
    folder, said, _ = ran
    assert said[name][0] == ""
    assert differences(PROJECTS[name], folder / name) == []


@pytest.mark.parametrize("name", STARTED)
def test_it_starts_from_weights_of_a_file(name, ran, started):
    folder, said, codes = ran
    assert codes[name].starts == "start.pth"
    assert said[name][0] == ""
    assert differences(started[name.rpartition("-")[0]], folder / name) == []


def test_the_cases_do_what_their_names_say(ran):
    _, said, _ = ran
    for name, (_, printed) in said.items():
        assert ("diverged" in printed) == name.startswith("diverges"), name
        assert not name.startswith("stops") or "Stopped in epoch" in printed, name
    assert "in epoch 1;" in said["diverges-at-once"][1]
    assert "in epoch 1;" not in said["diverges-later"][1]


def test_sections_are_the_script(ran):
    _, _, codes = ran
    for code in list(codes.values())[::9]:
        titles = [section.title for section in code.sections]
        assert titles[:2] == ["Imports", "Settings"]
        assert titles[-5:] == ["Network", "Loss and optimizer", "Training", "Evaluation", "Saving"]
        together = "\n\n\n".join(section.code for section in code.sections)
        assert ast.dump(ast.parse(together)) == ast.dump(ast.parse(code.text))
        assert all(section.explanation for section in code.sections if section.title != "Imports")


_KINDS = (
    "full-batch", "not-shuffled", "even-batches", "no-validation", "cpu", "clipped-full", "l1-l2", "dropout",
    "one-layer", "batch-norm", "lbfgs-penalized", "one-cycle-full", "frozen", "frozen-norm", "rates-plateau",
    "rates-all", "scaled-robust", "stops-without-validation", "stops-metric-regression-r2-True-0.05",
    "stops-loss-circles-accuracy-False-0.0", "thaws-in-turn", "starts-some-named", "metric-roc_auc-blobs-cross_entropy",
)  # fmt: skip
"""Whose scripts are of different make."""


def test_only_what_a_project_uses_is_in_its_script():
    made = recipe("linear-1").project()
    plain = train_code(made, describe(made.data)).text
    other = PROJECTS["stops-metric-regression-r2-True-0.05"]
    rich = train_code(other, describe(other.data)).text
    for word in ("scheduler", "PATIENCE", "best", "penalty", "clip_grad", "closure", "requires_grad", "shuffle"):
        assert word not in plain
    assert all(word in rich for word in ("PATIENCE", "SMALLEST_GAIN", "best"))
    cpu = train_code(made.with_training(device="cpu"), describe(made.data)).text
    assert "device" not in cpu


def test_it_takes_as_many_threads_as_the_app(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    found = set()
    for units in (10, 600, 700, 1000, 1400, 2000, 40_000):
        for size in (0, 1, 10, 500):
            made = project(layers=[units, "relu", units // 10, "out"], batch_size=size)
            facts = describe(made.data)
            one = Course(made, facts, "sequential").one_thread
            assert choose_threads(made, facts) == (1 if one else 8)
            found.add(one)
    assert found == {True, False}


def checked(folder):
    """What ruff says of the files in a folder, with the rules that the app's own code keeps."""
    ruff = [sys.executable, "-m", "ruff"]
    settings = ["--isolated", "--no-cache", "--target-version", "py311"]
    said = ""
    for command in (["check", *settings, "--select", "E,F,I,UP,B,SIM"], ["format", "--diff", *settings]):
        done = subprocess.run([*ruff, *command, "--line-length", "88", folder], capture_output=True, text=True)
        said += done.stdout + done.stderr if done.returncode else ""
    return said


def test_scripts_are_formatted_and_clean(ran, tmp_path):
    _, _, codes = ran
    for name, code in codes.items():
        (tmp_path / f"{name.replace('-', '_').replace('.', '_')}.py").write_text(code.text, encoding="utf-8")
    assert checked(tmp_path) == ""


def test_scripts_are_clean_to_the_type_checker(ran, tmp_path):
    _, _, codes = ran
    texts = {codes[name].text for name in _KINDS}
    # Of the many others the parts that differ, one below the other.
    plain = [code for code in codes.values() if "model = nn.Sequential(" in code.text]
    before = next(code for code in plain if "device" in code.text).text.partition("# --- Loss and optimizer ---")[0]
    for title, many in (("Network", codes.values()), ("Loss and optimizer", plain)):
        parts = {section.code for code in many for section in code.sections if section.title == title}
        texts.add("\n\n".join(["# pyright: reportRedeclaration=false", before, *sorted(parts)]))
    for number, text in enumerate(sorted(texts)):
        (tmp_path / f"train_{number}.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert [(one["file"], one["range"]["start"], one["message"]) for one in report["generalDiagnostics"]] == []
    assert report["summary"]["filesAnalyzed"] == len(texts)


def test_it_loads_no_torch_and_no_streamlit():
    code = "import sys, nnbuilder.source.train_script, nnbuilder.source.model; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {"torch", "streamlit", "sklearn", "pandas"}
