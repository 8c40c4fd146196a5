"""The notebook is valid, clean, and makes the very weights that the program makes."""

import json
import os
import subprocess
import sys

import nbformat
import pytest
import torch

from nnbuilder.catalog.losses import LOSSES
from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.data.facts import describe
from nnbuilder.data.prepare import prepare
from nnbuilder.recipes import ORDER, recipe
from nnbuilder.source.beside import file_beside
from nnbuilder.source.notebook import code_markdown, notebook, plain_markdown
from nnbuilder.source.requirements import packages, requirements_text
from nnbuilder.source.saving import preprocessing_text
from nnbuilder.source.train_script import train_code
from nnbuilder.spec import read, read_data
from nnbuilder.training.trainer import Trainer
from tests.source.harness import opened_of, table_data
from tests.source.test_form import HOSTILE, ROOT, checked
from tests.source.test_tables import NUMBERS, PENGUINS

EPOCHS = 3
ALONE = """
import json, os, sys, traceback, warnings
warnings.simplefilter("error")
for name in ("sklearn", "scipy", "nnbuilder", "streamlit", "pyarrow"):
    sys.modules[name] = None
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
failed, drawn = {}, {}
for folder in json.loads(sys.argv[1]):
    os.chdir(folder)
    with open("notebook.ipynb", encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    space = {"__name__": "__main__"}
    try:
        for cell in cells:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), cell["id"], "exec"), space)
        drawn[folder] = len(plt.get_fignums())
    except BaseException:
        failed[folder] = traceback.format_exc()
    plt.close("all")
print()
print(json.dumps([failed, drawn]))
"""
"""A program that runs the cells of notebooks in folders, every warning an error, without packages a person may lack."""

KERNEL = """
import sys
import nbclient, nbformat
notebook = nbformat.read("notebook.ipynb", as_version=4)
notebook.cells.insert(0, nbformat.v4.new_code_cell("import sys\\nsys.modules.update(sklearn=None, nnbuilder=None)"))
nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
nbformat.write(notebook, "done.ipynb")
"""
"""A program that has a kernel run the notebook in its folder."""


def project_of(data, loss, name="t"):
    """A project with a small network, trained a little."""
    units = LOSSES[loss].outputs(len(describe(read_data(data)).classes))
    stack = [{"kind": "linear", "units": 6}, {"kind": "tanh"}, {"kind": "linear", "units": units}]
    training = {"loss": {"kind": loss}, "optimizer": {"kind": "adam"}, "epochs": EPOCHS}
    return read({"version": 1, "name": name, "data": data, "network": {"layers": stack}, "training": training})


def projects():
    """Every recipe, and projects for every picture."""
    for key in ORDER:
        yield f"recipe {key}", recipe(key).project().with_training(epochs=EPOCHS)
    kinds = {"rent": "mse", "sine": "mse", "friedman1": "mse", "playground_plane": "mse", "blobs": "cross_entropy"}
    for kind, loss in kinds.items():
        data = {"source": {"kind": kind}, "scaling": "standard", "validation": 0.0 if kind == "friedman1" else 0.2}
        yield kind, project_of(data, loss)
    source = {"kind": "regression", "features": 6, "effective_rank": 2}
    yield "points", project_of({"source": source}, "mse")
    source = {"kind": "classification", "features": 1, "informative": 1, "classes": 2}
    yield "one input", project_of({"source": source, "terms": [["square", "x"]]}, "bce_with_logits")
    columns = [{"name": name, "missing": "own_category"} for name in ("island", "sex", *NUMBERS)]
    data = {**table_data(PENGUINS, "species", columns, file="penguins.csv"), "scaling": "standard", "test": 0.1}
    yield "penguins", project_of(data, "cross_entropy", "<b>$x$</b> & [a](javascript:b)\n\n# Bad")
    data = table_data(PENGUINS, "sex", [{"name": name, "missing": "median"} for name in NUMBERS[:2]])
    yield "two columns", project_of(data, "soft_margin")
    data = table_data(SAMPLES["rent"].path.read_bytes(), SAMPLES["rent"].target, file="rent.csv")
    yield "rent table", project_of({**data, "scaling": "robust"}, "mse")


class Case:
    """A project trained here, and its notebook in a folder."""

    def __init__(self, folder, made):
        self.folder = folder
        self.prepared = prepare(made.data)
        facts, opened = self.prepared.facts, opened_of(made)
        code = train_code(made, facts, opened)
        self.text = notebook(made, facts, opened)
        folder.mkdir()
        (folder / "notebook.ipynb").write_text(self.text, encoding="utf-8")
        if code.reads:
            (folder / code.reads).write_bytes(file_beside(made.data, code, opened))
        trainer = Trainer(made, self.prepared)
        for _ in trainer.events():
            pass
        self.weights = trainer.model.state_dict()

    def differences(self):
        """Which of the files that the notebook has written are not as they are to be."""
        found = torch.load(self.folder / "state_dict.pth", weights_only=True)
        names = [name for name, weight in self.weights.items() if not torch.equal(found[name], weight)]
        text = (self.folder / "preprocessing.json").read_text(encoding="utf-8")
        if text != preprocessing_text(self.prepared.pipeline, self.prepared.facts.classes):
            names.append("preprocessing.json")
        return names


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """All notebooks, those that failed, and how many pictures the others drew; one is run by a kernel meanwhile."""
    root = tmp_path_factory.mktemp("notebooks")
    threads = torch.get_num_threads()
    found = {name: Case(root / name, made) for name, made in projects()}
    torch.set_num_threads(threads)
    home = root / "home"
    home.mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "IPYTHONDIR": str(home / "ipython")}
    kernel = subprocess.run(
        [sys.executable, "-I", "-c", KERNEL],
        cwd=found["penguins"].folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert kernel.returncode == 0, kernel.stderr
    folders = [str(case.folder) for name, case in found.items() if name != "penguins"]
    command = [sys.executable, "-I", "-c", ALONE, json.dumps(folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    failed, drawn = json.loads(done.stdout.splitlines()[-1])
    return found, failed, drawn


def test_every_notebook_makes_the_very_weights_and_draws(cases):
    found, failed, drawn = cases
    assert not failed, next(iter(failed.values()))
    different = {name: case.differences() for name, case in found.items()}
    assert {name: why for name, why in different.items() if why} == {}
    assert set(drawn.values()) == {3}


def test_a_kernel_runs_it_and_keeps_pictures(cases):
    found, _, _ = cases
    done = nbformat.read(found["penguins"].folder / "done.ipynb", as_version=4)
    outputs = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 3
    assert [output for output in outputs if output.get("name") == "stderr"] == []


def test_it_is_a_valid_notebook(cases):
    found, _, _ = cases
    for case in found.values():
        document = nbformat.reads(case.text, as_version=4)
        nbformat.validate(document)
        assert (document.nbformat, document.nbformat_minor) == (4, 5)
        assert len({cell.id for cell in document.cells}) == len(document.cells)


def test_its_code_is_clean(cases, tmp_path):
    found, _, _ = cases
    for name, case in found.items():
        (tmp_path / f"{name}.ipynb").write_text(case.text, encoding="utf-8")
    assert checked(tmp_path, types=False) == ""


def test_a_name_is_no_markdown(cases):
    found, _, _ = cases
    first = "".join(json.loads(found["penguins"].text)["cells"][0]["source"])
    assert first.startswith("# &lt;b\\>\\$x\\$&lt;\\/b\\> &amp; \\[a\\](javascript\\:b)  \\# Bad\n\n")
    # No sign is escaped that has no meaning, and the name of a file is shown as it is.
    assert "\n\nThe file `penguins.csv` must lie beside it." in first
    assert plain_markdown("Circles (2), a 3. try?") == "Circles (2), a 3. try?"
    assert plain_markdown("www.example.org") == "www\\.example.org"
    assert code_markdown("a`b.csv") == "``a`b.csv``" and code_markdown("`a") == "`` `a ``"
    for name in HOSTILE:
        assert "\n" not in plain_markdown(name) and "<" not in plain_markdown(name)


def test_the_requirements_are_what_is_imported(cases):
    found, _, _ = cases
    assert packages(found["sine"].text) == ["matplotlib", "numpy", "torch"]
    assert packages(found["penguins"].text) == ["matplotlib", "numpy", "pandas", "torch"]
    lines = requirements_text("import torch\nimport csv\n\nimport pandas as pd\n\ntable = pd.read_excel('t.xlsx')\n")
    assert [line.split("==")[0] for line in lines.splitlines()] == ["openpyxl", "pandas", "torch"]
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert all(f"\n{line}\n" in pinned for line in lines.splitlines())
