"""Generated code is formatted, clean to linter and type checker, and runs alone with every warning an error."""

import itertools
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.data.facts import describe
from nnbuilder.data.prepare import prepare
from nnbuilder.errors import NNBuilderError
from nnbuilder.source.data import data_code
from nnbuilder.source.notebook import notebook
from nnbuilder.source.predict_script import predict_code
from tests.source.harness import (
    code_of,
    compared,
    differences,
    opened_of,
    plain_code,
    project,
    put_file,
    run,
    table_data,
)

ROOT = Path(__file__).parents[2]
RUFF = [sys.executable, "-m", "ruff"]
HOSTILE = [
    'a"b', "it's", "a'b\"c", "'; import os; '", "__import__('os').system('false')", "x\\", "\\n", "tab\there",
    "two\nlines",
    "<b>bold</b>", "=1+1", "{name}", "%s", "{0}", "\u202eevil", "😀 smile", "Straße", "日本語", "e\u0301", "#", '"""',
    "'''", "table", "name", "NAME", "None", "NaN", "1.5", "true", "x" * 90, "w" * 61, "\u200b", "\x7f", "-5", "a = b",
    "; raise SystemExit", "\r", "(", "]", "# noqa", "# type: ignore", "# fmt: off", "y (2)", "a missing", "\ufeff",
    "🏳️‍🌈",
]  # fmt: skip


RULES = "E,F,I,UP,B,SIM"


def checked(folder: Path, *, types: bool = True) -> str:
    """What linter, formatter and type checker say of the files in a folder."""
    settings = ["--isolated", "--no-cache", "--target-version", "py311"]
    said = ""
    # Long names cannot be broken over lines; that all else is short enough the formatter sees to.
    lint = ["check", *settings, "--select", RULES, "--ignore", "E501"]
    for command in (lint, ["format", "--diff", *settings, "--line-length", "88"]):
        done = subprocess.run([*RUFF, *command, str(folder)], capture_output=True, text=True)
        said += done.stdout + done.stderr if done.returncode else ""
    return said + (typed([folder]) if types else "")


def typed(files: Iterable[Path]) -> str:
    """What the type checker says of some files or folders."""
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    return "".join(f"{one['file']}: {one['message']}\n" for one in json.loads(done.stdout)["generalDiagnostics"])


def plain_texts() -> dict[str, str]:
    """Code without scikit-learn, predictions and cells of notebooks, together with all that they may hold."""
    gaps = [{"name": "sex", "missing": "own_category", "encoding": "ordinal"}, {"name": "island", "missing": "mean"}]
    gaps += [{"name": "body_mass_g", "missing": "own_category"}, {"name": "flipper_length_mm", "missing": "mean"}]
    penguins = table_data(SAMPLES["penguins"].path.read_bytes(), "species", gaps, file="penguins.csv")
    messy = table_data(SAMPLES["messy"].path.read_bytes(), SAMPLES["messy"].target, file="messy.csv")
    datas: dict[str, tuple[dict[str, Any], str]] = {
        "penguins": ({**penguins, "scaling": "standard"}, "cross_entropy"),
        "messy": ({**messy, "scaling": "robust"}, "mse"),
        "classification": ({"source": {"kind": "classification", "informative": 2}}, "cross_entropy"),
        "quantiles": ({"source": {"kind": "gaussian_quantiles", "features": 1}}, "cross_entropy"),
        "moons": ({"source": {"kind": "moons"}, "scaling": "minmax", "terms": [["sine", "x1"]]}, "soft_margin"),
        "regression": ({"source": {"kind": "regression", "effective_rank": 3, "features": 5}}, "mse"),
        "sine": ({"source": {"kind": "sine"}}, "mse"),
        "plane": ({"source": {"kind": "playground_plane"}, "scaling": "standard"}, "mse"),
    }
    texts = {}
    for name, (data, loss) in datas.items():
        made = project(data, loss)
        facts, opened = describe(made.data), opened_of(made)
        texts[f"plain_{name}"] = plain_code(made).text
        texts[f"predict_{name}"] = predict_code(made, facts, opened).text
        cells = [one for one in json.loads(notebook(made, facts, opened))["cells"] if one["cell_type"] == "code"]
        # The formatter looks at whole notebooks elsewhere.
        texts[f"notebook_{name}"] = "# fmt: off\n" + "\n\n\n".join("".join(one["source"]) for one in cells) + "\n"
    return texts


def test_code_of_samples_and_generated_data_is_clean_and_runs_alone(tmp_path):
    codes = {}
    scalings = itertools.cycle(("none", "standard", "minmax", "robust"))
    for key, sample in SAMPLES.items():
        data = table_data(sample.path.read_bytes(), sample.target, file=sample.file)
        loss = "mse" if sample.task == "regression" else "cross_entropy"
        made = project({**data, "scaling": next(scalings)}, loss)
        codes[key] = code_of(made)
        put_file(made, codes[key], tmp_path)
    for kind, row in DATASETS.items():
        loss = "mse" if row.shape(row.defaults()).task == "regression" else "cross_entropy"
        codes[f"made_{kind}"] = code_of(project({"source": {"kind": kind}, "scaling": next(scalings)}, loss))
    for name, code in codes.items():
        (tmp_path / f"code_{name}.py").write_text(code.text, encoding="utf-8")
    for name, text in plain_texts().items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert checked(tmp_path, types=False) == ""
    # Of lines that many share the type checker, which takes its time, sees a few.
    made = [tmp_path / f"code_made_{kind}.py" for kind in list(DATASETS)[::4]]
    assert typed([*(path for path in tmp_path.glob("*.py") if "code_made" not in path.name), *made]) == ""
    names = [f"code_{name}.py" for name in ("penguins", "messy", "made_playground_spiral")]
    run = "import runpy, sys; [runpy.run_path(name) for name in sys.argv[1:]]"
    command = [sys.executable, "-I", "-W", "error", "-c", run, *names]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def hostile_table(chance: random.Random) -> tuple[bytes, list[str], list[str]]:
    """A table whose names and labels are hostile, its names, and its labels."""
    names = chance.sample(HOSTILE, 5)
    labels = chance.sample(HOSTILE, chance.randint(2, 12))
    rows = [names]
    for number in range(80):
        label = labels[number] if number < len(labels) else chance.choice(labels)
        other = chance.choice(labels[:2])
        rows.append([label, f"{chance.gauss(0, 9):.3f}", other, str(number * 7 % 31), label if number % 9 else ""])

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    return "\r\n".join(",".join(map(cell, row)) for row in rows).encode(), names, labels


def test_no_name_and_no_label_becomes_code(tmp_path):
    chance = random.Random(5)
    tried = 0
    for number in range(60):
        content, names, _ = hostile_table(chance)
        kinds = dict(zip(names, ("category", "number", "category", "number", "category"), strict=True))
        try:
            target = names[chance.choice([0, 3])]
            features = [
                {
                    "name": name,
                    "missing": chance.choice(["most_frequent", "own_category", "constant"]),
                    "fill": chance.choice(HOSTILE) if kinds[name] == "category" else 3,
                    "encoding": chance.choice(["one_hot", "ordinal"]),
                }
                for name in names
                if name != target
            ]
            file = chance.choice(HOSTILE).replace("/", "") + ".csv"
            reading = {"separator": ",", "quote": '"', "escape": "", "header_rows": 1, "comment": "", "skip_rows": 0}
            source = {"types": kinds, "reading": reading}
            data = table_data(content, target, features, file=file, source=source)
            made = project({**data, "scaling": "standard", "stratify": False}, chance.choice(["mse", "cross_entropy"]))
            prepare(made.data)
        except NNBuilderError:
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        code, different = compared(made, folder)
        assert different == [], code.text
        (folder / "code.py").write_text(code.text, encoding="utf-8")
        plain = plain_code(made)
        assert differences(made, prepare(made.data), run(plain, folder)) == [], plain.text
        (folder / "plain.py").write_text(plain.text, encoding="utf-8")
        if number % 6 == 0:
            text = notebook(made, describe(made.data), opened_of(made))
            (folder / "notebook.ipynb").write_text(text, encoding="utf-8")
        tried += 1
    assert tried > 30
    assert checked(tmp_path, types=False) == ""


def test_it_is_written_at_once():
    sample = SAMPLES["breast_cancer"]
    made = project(table_data(sample.path.read_bytes(), sample.target, file=sample.file), "cross_entropy")
    facts, opened = describe(made.data), opened_of(made)
    times = []
    for _ in range(20):
        start = time.perf_counter()
        data_code(made.data, made.training, facts, opened)
        times.append(time.perf_counter() - start)
    # A rerun of the page must not be felt; 20 ms are aimed at, and a busy machine may take several times as long.
    assert min(times) < 0.1


def test_it_loads_no_torch_and_no_streamlit():
    code = (
        "import sys, nnbuilder.source.notebook, nnbuilder.source.tables, nnbuilder.source.beside; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {"torch", "streamlit", "sklearn", "pandas"}
