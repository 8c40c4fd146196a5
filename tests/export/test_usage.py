"""What the page says of using a file is done, word for word, in a folder where all files lie as the browser saves them.

One Python without this package does all of it, for every file of two networks and every form of model.py.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnbuilder.export import EXPORTERS
from nnbuilder.export.making import write
from nnbuilder.export.snippets import FORM_LABELS
from nnbuilder.export.trained import Trained
from nnbuilder.ui.export.downloads import groups

NAME = "my-project"
DONE_ELSEWHERE = ("pip install", "jupyter lab", "python -m nnbuilder")
RUNNER = """
import json, os, runpy, sys, traceback, zipfile
import matplotlib
matplotlib.use("Agg")
import numpy as np
import torch

def python(code):
    space = {"__name__": "__main__"}
    exec(compile(code, "snippet", "exec"), space)
    model = space.get("model")
    if model is not None:
        with torch.no_grad():
            return model(rows).numpy().tolist()

def shell(lines):
    for words in lines:
        if words[:3] == ["python", "-m", "zipfile"]:
            zipfile.main(words[3:])
        elif words[0] == "cd":
            os.chdir(words[1])
        elif words[0] == "python":
            sys.argv = words[1:]
            runpy.run_path(words[1], run_name="__main__")
        elif words[0] == "notebook":
            cells = json.load(open(words[1], encoding="utf-8"))["cells"]
            python("\\n\\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"))
        else:
            raise ValueError(words)

said = []
for number, task in enumerate(json.loads(open(sys.argv[1], encoding="utf-8").read())):
    os.chdir(task["folder"])
    sys.path.insert(0, task["folder"])
    rows = torch.from_numpy(np.load("rows.npy"))
    try:
        answer = python(task["code"]) if "code" in task else shell(task["lines"])
        said.append(["", answer])
    except BaseException:
        said.append([traceback.format_exc(), None])
    sys.path.remove(task["folder"])
    sys.modules.pop("model", None)
assert not [name for name in sys.modules if name.split(".")[0] == "nnbuilder"]
print()
print(json.dumps(said))
"""


def commands(text: str) -> list[list[str]]:
    """The commands that are to be done: what installs packages is left out, and Jupyter's work is done without it."""
    found = []
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if line.startswith("jupyter lab"):
            found.append(["notebook", words[-1]])
        elif words and not line.startswith(DONE_ELSEWHERE):
            found.append(words)
    return found


def saved(trained: Trained, rows: list[dict[str, Any]], folder: Path) -> None:
    """Put all files in a folder under the names that the page gives them, the usual choice of each."""
    for row in rows:
        choice = next(iter(row["names"]))
        (folder / row["names"][choice]).write_bytes(write(EXPORTERS[row["kind"]], choice, trained))
    np.save(folder / "rows.npy", trained.rows)
    if trained.net.reads:
        lines = (folder / trained.net.reads).read_text(encoding="utf-8").splitlines()
        (folder / "new.csv").write_text("\n".join(lines[:4]), encoding="utf-8")


@pytest.fixture(scope="module")
def done(two_classes: Trained, table: Trained, tmp_path_factory: pytest.TempPathFactory):
    """Every way of use by network, form of model.py, kind and choice, and what came of it."""
    tasks: list[dict[str, Any]] = []
    named: list[tuple[str, str, str, str]] = []
    for network, trained in (("two classes", two_classes), ("table", table)):
        rows = [row for group in groups(trained.net, NAME) for row in group["files"] if row["load"]]
        bundle = [row for row in rows if row["kind"] == "bundle"]
        # Of points there is less to be said than of a table: what follows the form of model.py is enough.
        rows = [row for row in rows if network == "table" or row["forms"] or row["kind"] == "model_py"]
        folder = tmp_path_factory.mktemp("saved")
        saved(trained, rows, folder)
        for form in FORM_LABELS:
            # model.py is one of the three; all else lies beside it unchanged.
            place = folder if form == "sequential" else tmp_path_factory.mktemp(form)
            if place != folder:
                for path in folder.iterdir():
                    if path.is_file():
                        (place / path.name).write_bytes(path.read_bytes())
                (place / "model.py").write_bytes(write(EXPORTERS["model_py"], form, trained))
            for row in rows:
                shown = {form: row["load"][form]} if row["kind"] == "model_py" else row["forms"].get(form, row["load"])
                if form != "sequential" and not row["forms"] and row["kind"] != "model_py":
                    continue
                for choice, text in shown.items():
                    if row["kind"] in ("layer", "onnx") and choice != next(iter(row["names"])):
                        (again := tmp_path_factory.mktemp("choice"))
                        (again / row["names"][choice]).write_bytes(write(EXPORTERS[row["kind"]], choice, trained))
                        np.save(again / "rows.npy", trained.rows)
                    else:
                        again = place
                    work = {"code": text} if row["language"] == "python" else {"lines": commands(text)}
                    tasks.append({"folder": str(again), **work})
                    named.append((network, form, row["kind"], choice))
        if network == "table":
            opened = tmp_path_factory.mktemp("bundle")
            with zipfile.ZipFile(folder / bundle[0]["names"][""]) as archive:
                archive.extractall(opened)
            np.save(opened / "rows.npy", trained.rows)
            card = (opened / "model_card.md").read_text(encoding="utf-8")
            for number, text in enumerate(re.findall(r"```python\n(.*?)```", card, re.DOTALL)):
                tasks.append({"folder": str(opened), "code": text})
                named.append((network, "sequential", "card", str(number)))
    job = tmp_path_factory.mktemp("job") / "job.json"
    job.write_text(json.dumps(tasks), encoding="utf-8")
    command = [sys.executable, "-I", "-c", RUNNER, str(job)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return dict(zip(named, json.loads(ran.stdout.splitlines()[-1]), strict=True))


def test_every_way_of_use_that_is_shown_works_on_the_files_as_they_are_saved(done):
    assert {name: error for name, (error, _) in done.items() if error} == {}
    kinds = {kind for _, _, kind, _ in done}
    assert kinds == {key for key, row in EXPORTERS.items() if row.load} - {"start_weights"} | {"card"}


def test_what_is_loaded_predicts_the_same_in_every_form(done, two_classes: Trained, table: Trained):
    wanted = {"two classes": two_classes.outputs.tolist(), "table": table.outputs.tolist()}
    compared = set()
    for (network, form, kind, _), (_, answer) in done.items():
        if answer is not None:
            assert answer == wanted[network], (network, form, kind)
            compared.add((form, kind))
    for form in FORM_LABELS:
        assert {(form, kind) for kind in ("state_dict", "checkpoint", "safetensors", "model_py")} <= compared
    assert {("sequential", kind) for kind in ("module", "program", "bundle", "card")} <= compared


def test_commands_name_files_as_they_are_saved(two_classes: Trained, table: Trained):
    for trained in (two_classes, table):
        for row in (row for group in groups(trained.net, NAME) for row in group["files"]):
            for line in "\n".join(row["load"].values()).splitlines():
                if line.startswith("python -m nnbuilder"):
                    assert f" {row['names']['']} " in line
    lines = {row["kind"]: row["load"] for group in groups(table.net, NAME) for row in group["files"]}
    assert lines["train_py"][""].startswith("# penguins.csv lies beside it\n")
    assert lines["project"][""].startswith("# penguins.csv lies beside it\n")
    assert lines["predict_py"][""].startswith("# state_dict.pth and preprocessing.json lie beside it\n")
