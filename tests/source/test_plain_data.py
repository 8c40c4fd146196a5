"""The code with torch, pandas and NumPy alone makes the very tensors, and saves the very preprocessing."""

import itertools
import random

import pytest
import torch

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.data.prepare import prepare
from nnbuilder.source.beside import file_beside
from nnbuilder.source.saving import preprocessing_text
from nnbuilder.training.state import loss_target
from tests.source.harness import PARTS, opened_of, plain_code, project, run_alone, table_data
from tests.source.test_generated import SCALINGS, settings_of
from tests.source.test_tables import NUMBERS, PENGUINS, YES_NO

SPLITS = ((0.2, 0.2, True), (0.3, 0.0, False), (0.0, 0.25, True), (0.0, 0.0, True))


def more_settings(kind, chance):
    """Settings of a data set, with other numbers of features and classes than usual."""
    settings = settings_of(kind, chance)
    if kind == "regression":
        settings |= {"features": chance.choice([1, 5, 30]), "informative": 3, "bias": chance.choice([0.0, 3.5, -2.0])}
        settings["effective_rank"] = chance.choice([0, 0, 4])
    if kind == "blobs":
        settings |= {"features": chance.choice([1, 2, 7]), "centers": chance.choice([2, 7])}
    if kind == "gaussian_quantiles":
        settings |= {
            "features": chance.choice([1, 7]),
            "classes": chance.choice([2, 7]),
            "mean": 1.5,
            "covariance": 0.3,
        }
    if kind == "classification":
        settings |= {"informative": chance.choice([1, 2, 3, 9, 40]), "redundant": 2, "repeated": chance.choice([0, 3])}
        settings["features"] = settings["informative"] + settings["redundant"] + settings["repeated"] + 1
        settings |= {"flip": chance.choice([0.0, 0.1]), "shift": 2.5, "scale": chance.choice([1.0, 3.0])}
    return settings


def generated():
    """Projects on every data set that is made on the spot, four each."""
    for kind, row in DATASETS.items():
        chance = random.Random(f"plain {kind}")
        for scaling, (validation, test, stratify) in zip(SCALINGS, SPLITS, strict=True):
            settings = more_settings(kind, chance)
            shape = row.shape(settings)
            first = shape.features[0]
            losses = {"binary": ["mse", "bce", "soft_margin", "cross_entropy"], "multiclass": ["cross_entropy"]}
            data = {
                "source": {"kind": kind, **settings},
                "scaling": scaling,
                "terms": chance.choice([[], [["square", first], ["sine", first]]]),
                "validation": validation,
                "test": test,
                "stratify": stratify,
                "split_seed": chance.randrange(1000),
            }
            yield project(data, chance.choice(losses.get(shape.task, ["mse"])))


def tables():
    """Projects on the sample tables, and on tables with gaps, categories, dates and odd spellings."""
    for (key, sample), scaling in zip(SAMPLES.items(), itertools.cycle(SCALINGS), strict=False):
        data = table_data(sample.path.read_bytes(), sample.target, file=sample.file)
        loss = "mse" if sample.task == "regression" else "cross_entropy"
        yield key, project({**data, "scaling": scaling, "test": 0.1}, loss)
    ways = itertools.product(
        ["median", "mean", "most_frequent", "constant", "own_category", "drop"], ["one_hot", "ordinal"]
    )
    for (missing, encoding), scaling in zip(ways, itertools.cycle(SCALINGS), strict=False):
        columns = [{"name": name, "missing": missing, "fill": 17.5} for name in NUMBERS]
        columns[1:1] = [
            {"name": "sex", "missing": missing, "fill": "not known", "encoding": encoding},
            {"name": "island", "missing": missing, "fill": "Dream", "encoding": encoding},
        ]
        data = table_data(PENGUINS, "species", columns, source={"types": {"sex": "category"}})
        terms = [["product", *NUMBERS[:2]]] if encoding == "ordinal" else []
        data |= {"scaling": scaling, "test": 0.2, "terms": terms}
        yield f"penguins {missing} {encoding}", project(data, "cross_entropy")
    for missing, encoding in itertools.product(["most_frequent", "own_category", "drop"], ["one_hot", "ordinal"]):
        item = {"name": "likes", "missing": missing, "fill": "yes", "encoding": encoding}
        data = table_data(YES_NO.encode(), "y", [item, "x"])
        yield f"likes {missing} {encoding}", project({**data, "scaling": "minmax"})
    # No training row has a gap, so a gap is no category of its own.
    likes = [("yes", "no", "")[min(n % 7 % 3, 1 + n // 40)] for n in range(80)]
    rows = "".join(f"{n % 9},{likes[n]},{n % 2},{('train', 'validation')[n // 40]}\n" for n in range(80))
    items = ["x", {"name": "likes", "missing": "own_category"}]
    source = {"split_by": "part", "types": {"likes": "yes_no"}}
    for scaling in ("none", "standard"):
        data = table_data(f"x,likes,y,part\n{rows}".encode(), "y", items, source=source)
        yield f"gaps in validation {scaling}", project({**data, "scaling": scaling})


def prepared_folder(made, folder):
    """A folder with the code of a project's data, the file it reads, and what it is to make."""
    folder.mkdir()
    # First of all, so that the facts of a table are found and need not be found again.
    prepared = prepare(made.data)
    code = plain_code(made)
    (folder / "script.py").write_text(code.text, encoding="utf-8")
    if code.reads:
        (folder / code.reads).write_bytes(file_beside(made.data, code, opened_of(made)))
    form = made.training.loss_row.target
    wanted = {f"x_{part}": torch.from_numpy(prepared.features[part]) for part in PARTS}
    wanted |= {f"y_{part}": loss_target(torch.from_numpy(prepared.target[part]), form) for part in PARTS}
    torch.save(wanted, folder / "wanted.pth")
    return prepared, code


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """All projects with their folders, and what their code made differently."""
    root = tmp_path_factory.mktemp("plain")
    projects = {f"{number:03d} {one.data.source.kind}": one for number, one in enumerate(generated())}
    projects |= dict(tables())
    found = {name: (root / name, *prepared_folder(one, root / name)) for name, one in projects.items()}
    return projects, found, run_alone([folder for folder, _, _ in found.values()])


def test_the_tensors_are_the_very_ones_without_scikit_learn(made):
    projects, _, different = made
    assert len(projects) > 100
    assert different == {}


def test_the_preprocessing_is_the_very_one(made):
    _, found, _ = made
    wrong = []
    for name, (folder, prepared, _) in found.items():
        text = (folder / "preprocessing.json").read_text(encoding="utf-8")
        if text != preprocessing_text(prepared.pipeline, prepared.facts.classes):
            wrong.append(name)
    assert wrong == []


def test_a_file_is_read_only_where_numpy_alone_would_not_do(made):
    projects, found, _ = made
    reading = {name for name, (_, _, code) in found.items() if code.reads}
    ranked = {
        name
        for name, one in projects.items()
        if one.data.source.kind == "table" or one.data.source.settings.get("effective_rank")
    }
    assert reading == ranked
    assert any("regression" in name for name in reading)
