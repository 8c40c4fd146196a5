"""The script trains on a person's table as the app does: gaps, categories, dates, and names of every kind."""

import random

import pytest

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.data.prepare import prepare
from nnbuilder.errors import NNBuilderError
from nnbuilder.spec import read
from tests.source.harness import table_data
from tests.source.test_form import HOSTILE, checked, hostile_table
from tests.source.train_harness import differences, project, run_alone, write

NAMES = (
    "coding: utf-7", "-*- coding: utf_16 -*-", "x\ncoding: latin-1", "type: ignore", "# noqa", "fmt: off", "\\", '"""',
    "a\r\nimport os", "{x}", "%s", "\u2028x = 1", "vim: set fileencoding=cp037 :", "",
)  # fmt: skip
"""Names of projects that mean something in a comment, or try to leave it."""


def on_table(data, layers=(6, "relu"), name="t", **training):
    """A project on a table, its last layer as wide as the target needs."""
    document = project(name=name, layers=[4], **training).to_json()
    made = read({**document, "data": data})
    facts = prepare(made.data).facts
    loss = {"kind": "mse"} if facts.task == "regression" else {"kind": "cross_entropy", "class_weights": "balanced"}
    width = max(1, len(facts.classes))
    stack = project(layers=[*layers, {"kind": "linear", "units": width}]).to_json()["network"]
    return read({**document, "data": data, "network": stack, "training": {**document["training"], "loss": loss}})


def hostile_projects():
    """Projects whose names, columns and labels are hostile."""
    chance, made = random.Random(11), {}
    while len(made) < 14:
        content, names, _ = hostile_table(chance)
        kinds = dict(zip(names, ("category", "number", "category", "number", "category"), strict=True))
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
        reading = {"separator": ",", "quote": '"', "escape": "", "header_rows": 1, "comment": "", "skip_rows": 0}
        try:
            data = table_data(content, target, features, source={"types": kinds, "reading": reading})
            one = on_table({**data, "scaling": "standard", "stratify": False}, name=NAMES[len(made)], epochs=2)
        except NNBuilderError:
            continue
        made[f"hostile-{len(made)}"] = one
    return made


@pytest.fixture(scope="module")
def ran(home, tmp_path_factory):
    """Projects, the folder in which their scripts were run, what each said, and the codes."""
    folder, made = tmp_path_factory.mktemp("tables"), {}
    scalings = ("none", "standard", "minmax", "robust")
    for number, (key, sample) in enumerate(SAMPLES.items()):
        data = table_data(sample.path.read_bytes(), sample.target, file=sample.file)
        made[key] = on_table({**data, "scaling": scalings[number % 4], "test": 0.1}, epochs=2)
    sample = SAMPLES["penguins"]
    data = table_data(sample.path.read_bytes(), sample.target, file=sample.file)
    rule = {"kind": "patience", "patience": 3, "watch": "metric"}
    made["penguins-f1"] = on_table({**data, "scaling": "standard"}, metric="f1", early_stopping=rule, epochs=30)
    made |= hostile_projects()
    codes = write(made, folder)
    return made, folder, run_alone(folder), codes


def test_tables_are_trained_on_as_in_the_app(ran):
    made, folder, said, _ = ran
    assert {name: trace for name, (trace, _) in said.items() if trace} == {}
    assert {name: found for name in made if (found := differences(made[name], folder / name))} == {}


def test_no_name_becomes_code(ran, tmp_path):
    _, _, _, codes = ran
    for name, code in codes.items():
        # Python looks for an encoding in the first two lines, so nothing that a person wrote may stand there.
        first = code.text.splitlines()[:2]
        assert first == codes["penguins"].text.splitlines()[:2]
        if name.startswith("hostile"):
            (tmp_path / f"{name.replace('-', '_')}.py").write_text(code.text, encoding="utf-8")
    assert checked(tmp_path, types=False) == ""


def test_it_says_what_it_needs_beside_it(ran):
    _, _, _, codes = ran
    assert "# Needs torch, pandas and NumPy, and beside it penguins.csv." in codes["penguins"].text.splitlines()
