"""A table on its way to the network: right numbers, nothing of validation or test rows in what is fitted."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.check import check
from nnbuilder.data.facts import describe
from nnbuilder.data.prepare import prepare
from nnbuilder.errors import InvalidProject
from nnbuilder.spec import read, read_data
from nnbuilder.tables.library import Library, TableMissing


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))


def data(content, target, features, *, source=None, **changes):
    sha256 = Library.default().keep(content)
    opened = Library.default().read(sha256, "t.csv", {}, (source or {}).get("types", {}))
    columns = [item if isinstance(item, dict) else {"name": item} for item in features]
    document = {
        "source": {
            "kind": "table",
            "file": "t.csv",
            "sha256": sha256,
            "reading": opened.document["choices"],
            "target": target,
            "columns": columns,
            **(source or {}),
        },
        **changes,
    }
    return read_data(json.loads(json.dumps(document)))


PENGUINS = SAMPLES["penguins"].path.read_bytes()
LENGTHS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


def test_numbers_are_filled_and_scaled_as_scikit_learn_does_it():
    made = data(PENGUINS, "species", LENGTHS, scaling="standard", validation=0.2, test=0.2)
    prepared = prepare(made)
    frame = pd.read_csv(SAMPLES["penguins"].path)
    assert prepared.facts == describe(made)
    assert prepared.facts.classes == ("Adelie", "Chinstrap", "Gentoo")
    parts = ("train", "validation", "test")
    counted = sum(np.bincount(prepared.target[part], minlength=3) for part in parts)
    assert counted.tolist() == frame["species"].value_counts().sort_index().tolist()
    filled = SimpleImputer(strategy="median").fit(prepared.raw["train"])
    scaler = StandardScaler().fit(filled.transform(prepared.raw["train"]))
    for part in parts:
        wanted = scaler.transform(filled.transform(prepared.raw[part]))
        np.testing.assert_allclose(prepared.features[part], wanted, rtol=1e-5, atol=1e-5)
    rows = np.concatenate([prepared.raw[part] for part in parts])
    assert np.isnan(rows).sum() == frame[LENGTHS].isna().sum().sum()


def test_categories_become_inputs_and_class_names_stay():
    made = data(PENGUINS, "species", ["island", "sex", "body_mass_g"], scaling="none")
    facts = prepare(made).facts
    assert facts.features[:3] == ("island = Biscoe", "island = Dream", "island = Torgersen")
    assert facts.columns == ("island", "sex", "body_mass_g")
    assert facts.labels == (("Biscoe", "Dream", "Torgersen"), ("female", "male"), ())


def test_rows_that_are_to_be_dropped_are_in_no_part():
    made = data(PENGUINS, "species", [{"name": name, "missing": "drop"} for name in LENGTHS])
    prepared = prepare(made)
    assert prepared.facts.rows == 342
    assert not any(np.isnan(rows).any() for rows in prepared.raw.values())


def test_validation_and_test_rows_never_reach_imputer_scaler_or_categories():
    rows = [f"{number},{'ab'[number % 2]},{number % 2}" for number in range(60)]
    made = data("\n".join(["x,kind,y", *rows]).encode(), "y", ["x", "kind"], scaling="standard", test=0.2)
    before = prepare(made)
    trained = set(before.raw["train"][:, 0].astype(int))
    other = [row if number in trained else f"{1000 + number},c,{number % 2}" for number, row in enumerate(rows)]
    after = prepare(data("\n".join(["x,kind,y", *other]).encode(), "y", ["x", "kind"], scaling="standard", test=0.2))
    assert after.pipeline.inputs == before.pipeline.inputs == ("x", "kind = a", "kind = b")
    assert (after.pipeline.center, after.pipeline.scale) == (before.pipeline.center, before.pipeline.scale)
    np.testing.assert_array_equal(after.features["train"], before.features["train"])
    assert after.features["validation"][:, 1:].sum() == 0


def test_a_column_may_say_which_rows_are_for_what():
    text = "x,y,part\n" + "\n".join(f"{n},{n * n},{('train', 'Validation', 'TEST')[n % 3]}" for n in range(30))
    made = data(text.encode(), "y", ["x"], source={"split_by": "part"})
    prepared = prepare(made)
    assert sorted(prepared.raw["test"][:, 0]) == [float(n) for n in range(30) if n % 3 == 2]
    assert (prepared.facts.train_rows, prepared.facts.task) == (10, "regression")


@pytest.mark.parametrize(
    ("text", "target", "features", "source", "path", "words"),
    [
        ("x,y\n1,2\n2,3\n", "", ["x"], {}, "data.source.target", "There is no target yet"),
        ("x,y\n1,2\n2,3\n", "y", [], {}, "data.source.columns", "choose at least one feature"),
        ("x,y\n1,2\n2,3\n", "y", ["x", "y"], {}, "data.source.columns", "told the answer"),
        ("x,y\n1,2\n2,2\n", "y", ["x"], {}, "data.source.target", "the same value in every row"),
        ("x,y\n1,a\n2,b\n", "y", ["x"], {"task": "regression"}, "data.source.task", "needs numbers"),
        ("x,y\n1,1\n2,2\n3,3\n", "y", ["x"], {"task": "binary"}, "data.source.task", "3 different values, not two"),
        ("x,y,s\n1,1,train\n2,2,other\n3,3,test\n", "y", ["x"], {"split_by": "s"}, "data.source.split_by", "“other”"),
    ],
)
def test_what_cannot_be_learned_from_says_where_and_why(text, target, features, source, path, words):
    made = data(text.encode(), target, features, source=source, validation=0.0)
    with pytest.raises(InvalidProject) as caught:
        prepare(made)
    assert caught.value.problems[0].path == path
    assert words in caught.value.problems[0].message
    # The check says the same without reading a row again.
    with pytest.raises(InvalidProject) as again:
        describe(made)
    assert again.value.problems == caught.value.problems


def test_a_project_on_a_table_passes_the_check_and_tells_what_is_odd():
    text = "x,twin,y\n" + "\n".join(f"{n % 7},{n % 2},{n % 2}" for n in range(60))
    made = data(text.encode(), "y", ["x", "twin"], scaling="standard")
    project = read(
        {
            "version": 1,
            "name": "t",
            "data": made.to_json(),
            "network": {"layers": [{"kind": "linear", "units": 1}]},
            "training": {"loss": {"kind": "bce_with_logits"}, "optimizer": {"kind": "adam"}},
        }
    )
    found = {problem.path: problem for problem in check(project)}
    assert found["data.source.columns[1]"].severity == "warning"
    assert "twin" in found["data.source.columns[1]"].message
    better = project.edited(*found["data.source.columns[1]"].repair.edits)
    assert [item["name"] for item in better.data.source["columns"]] == ["x"]
    assert "data.source.columns[1]" not in {problem.path for problem in check(better)}


def test_a_table_that_is_not_here_is_told():
    made = data(b"x,y\n1,2\n3,4\n", "y", ["x"])
    gone = read_data({**made.to_json(), "source": {**made.source.to_json(), "sha256": "a" * 64}})
    with pytest.raises(TableMissing, match=r"t\.csv is not among the tables kept here"):
        prepare(gone)
