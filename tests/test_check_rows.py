"""What is said of the rows of a table and the network that is to learn from them, and whether the repair repairs it."""

import pytest

from nnbuilder.check.rows import row_problems
from nnbuilder.errors import Edit
from nnbuilder.facts import DataFacts
from tests.projects import layers, project

TABLE = {"kind": "table", "target": "broken", "columns": [{"name": "heat"}]}


def facts(*rows: int) -> DataFacts:
    names = tuple(f"c{number}" for number in range(len(rows)))
    task = "binary" if len(rows) == 2 else "multiclass"
    return DataFacts(task, ("heat",), "broken", names, sum(rows), 0, 0, class_rows=rows)


def made(loss: str, *stack: int | str):
    on_circles = project("circles", layers(*(stack or (1,))), loss)
    return on_circles.edited(Edit("set", "data.source", TABLE))


@pytest.mark.parametrize(
    ("loss", "rows", "wanted"),
    [
        ("cross_entropy", (900, 60), {"class_weights": "balanced"}),
        ("nll", (20, 20, 110), {"class_weights": "balanced"}),
        ("bce_with_logits", (900, 60), {"pos_weight": 15.0}),
    ],
)
def test_classes_of_very_different_size_are_weighed(loss, rows, wanted):
    project_ = made(loss)
    (problem,) = row_problems(project_, facts(*rows))
    assert problem.severity == "warning" and problem.repair
    better = project_.edited(*problem.repair.edits)
    assert wanted.items() <= dict(better.training.loss.settings).items()
    assert row_problems(better, facts(*rows)) == []


def test_how_often_the_largest_class_is_right():
    (problem,) = row_problems(made("cross_entropy"), facts(900, 60))
    assert "15 times the training rows of “c1”" in problem.message and "94 %" in problem.message


def test_a_loss_that_cannot_weigh_classes_says_so():
    (problem,) = row_problems(made("soft_margin"), facts(900, 60))
    assert problem.repair is None and "choose a loss that can weigh classes" in problem.message


def test_classes_of_similar_size_and_data_made_on_the_spot_are_left_in_peace():
    assert row_problems(made("cross_entropy"), facts(40, 60)) == []
    assert row_problems(project("circles", layers(500, "relu", 1)), facts(900, 60)) == []


def test_fewer_rows_than_parameters():
    stack = (100, "relu", 3, "relu", 1)
    (problem,) = row_problems(made("bce_with_logits", *stack), facts(60, 60))
    assert problem.path == "network.layers[0].units"
    assert "507 parameters but only 120 training rows" in problem.message
    assert row_problems(made("bce_with_logits", *stack), facts(300, 207)) == []
