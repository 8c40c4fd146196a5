"""What opening a table makes of a project: target, features, and a split that can work."""

import pytest

from nnbuilder.data.prepare import prepare
from nnbuilder.errors import Edit
from nnbuilder.tables.library import Library
from nnbuilder.ui.actions import pick_data
from nnbuilder.ui.data.table_actions import open_again, open_table
from tests.projects import project


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))


def opened(classes):
    rows = "".join(f"{place * 0.5},{name}\n" for place, name in enumerate(classes))
    sha256 = Library.default().keep(f"x,kind\n{rows}".encode())
    return open_table(project(), Library.default().read(sha256, "my_plants.csv", {}, {}), sha256, "my_plants.csv")


def test_the_column_that_looks_like_one_is_the_target_and_the_project_is_called_after_the_file():
    made = opened(["a", "b", "c"] * 30)
    assert made.name == "My plants"
    assert made.data.source["target"] == "kind"
    assert [item["name"] for item in made.data.source["columns"]] == ["x"]


@pytest.mark.parametrize(
    ("classes", "shares", "stratify"),
    [
        (["a", "b"] * 100, (0.2, 0.2), True),
        (["a", "b"] * 100 + ["c"], (0.2, 0.2), False),
        (["a", "b"] * 10, (0.2, 0.0), True),
        (["a", "b"] * 3, (0.0, 0.0), True),
    ],
)
def test_the_split_suits_the_rows_and_can_be_made(classes, shares, stratify):
    data = opened(classes).data
    assert (data.validation, data.test) == shares
    assert data.stratify == stratify
    assert prepare(data).facts.rows == len(classes)


@pytest.mark.parametrize(("own", "share"), [(None, 0.2), (0.3, 0.3)])
def test_a_split_nobody_touched_goes_on_suiting_the_rows(own, share):
    """One row of a first sheet, say, and a hundred of the second."""
    library = Library.default()
    few, many = (library.keep(("x,kind\n" + "1,a\n2,b\n" * count).encode()) for count in (2, 60))
    before, after = library.read(few, "t.csv", {}, {}), library.read(many, "t.csv", {}, {})
    made = open_table(project(), before, few, "t.csv")
    assert made.data.validation == 0
    if own:
        made = made.edited(Edit("set", "data.validation", own))
    assert open_again(made, before, after, (), {}, {}).data.validation == share


def test_first_weights_in_the_unit_of_another_target_are_not_kept():
    """As proposed for a rent in thousands, they would drown the answers to anything else."""
    first = {"kind": "normal", "mean": 0.0, "std": 440.0}
    made = opened(["a", "b"] * 30)
    last = len(made.network.layers) - 1
    made = made.edited(Edit("set", f"network.layers[{last}].initializer", first))
    assert pick_data(made, "moons").network.layers[last].initializer.kind == "default"
    assert pick_data(made, "moons").name == "Moons"
    own = made.edited(Edit("set", "network.layers[0].initializer", first))
    assert pick_data(own, "moons").network.layers[last].initializer["std"] == 440.0
