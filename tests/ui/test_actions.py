"""What clicks do to a project."""

from __future__ import annotations

import itertools

import pytest

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.catalog.layers import LAYERS
from nnbuilder.catalog.losses import LOSSES
from nnbuilder.catalog.optimizers import OPTIMIZERS
from nnbuilder.check import check
from nnbuilder.data.facts import describe
from nnbuilder.errors import Edit, Problem, errors_only
from nnbuilder.recipes import recipe, recipes
from nnbuilder.shapes import output_width
from nnbuilder.spec import Project
from nnbuilder.ui import actions


@pytest.fixture
def circle() -> Project:
    return recipe("circle").project()


def act(project: Project, **action: object) -> Project:
    return actions.apply(project, describe(project.data), action)


def kinds(project: Project) -> list[str]:
    return [layer.kind for layer in project.network.layers]


def units(project: Project) -> list[int]:
    return [layer["units"] for layer in project.network.layers if layer.row.sets_width]


def test_circle_starts_as_the_other_tests_expect(circle: Project) -> None:
    assert kinds(circle) == ["linear", "tanh", "linear", "tanh", "linear"]
    assert units(circle) == [4, 2, 1]


@pytest.mark.parametrize("kind", LAYERS)
def test_add_puts_any_layer_where_it_was_asked_for(circle: Project, kind: str) -> None:
    changed = act(circle, do="add", at=2, kind=kind)
    assert kinds(changed) == ["linear", "tanh", kind, "linear", "tanh", "linear"]


def test_a_linear_layer_takes_the_width_before_it_and_as_the_last_one_what_the_data_ask_for(circle: Project) -> None:
    assert units(act(circle, do="add", at=2, kind="linear")) == [4, 4, 2, 1]
    assert units(act(circle, do="add", at=5, kind="linear")) == [4, 2, 1, 1]
    blobs = actions.pick_data(circle, "blobs")
    assert units(act(blobs, do="add", at=5, kind="linear"))[-1] == 4


def test_add_block_comes_before_the_output_layer_with_the_activation_in_use(circle: Project) -> None:
    changed = act(circle, do="add_block")
    assert kinds(changed) == ["linear", "tanh", "linear", "tanh", "linear", "tanh", "linear"]
    assert units(changed) == [4, 2, 2, 1]
    assert not errors_only(check(changed))


def test_add_block_makes_something_of_an_empty_network(circle: Project) -> None:
    empty = circle.edited(Edit("set", "network.layers", []))
    assert kinds(act(empty, do="add_block")) == ["linear", "relu"]


def test_move_remove_duplicate_enable_freeze_resize(circle: Project) -> None:
    assert units(act(circle, do="move", **{"from": 0, "to": 2})) == [2, 4, 1]
    assert kinds(act(circle, do="remove", at=1)) == ["linear", "linear", "tanh", "linear"]
    assert units(act(circle, do="duplicate", at=0)) == [4, 4, 2, 1]
    assert not act(circle, do="enable", at=1, value=False).network.layers[1].enabled
    assert not act(circle, do="enable", at=1).network.layers[1].enabled
    assert act(circle, do="freeze", at=0, value=True).network.layers[0].frozen
    assert units(act(circle, do="resize", at=0, units=8)) == [8, 2, 1]


def test_match_output_follows_the_data(circle: Project) -> None:
    wide = act(circle, do="resize", at=4, units=7)
    assert units(act(wide, do="match_output")) == [4, 2, 1]


@pytest.mark.parametrize(
    "action",
    [
        {"do": "remove", "at": 5},
        {"do": "remove", "at": -1},
        {"do": "remove", "at": True},
        {"do": "remove", "at": "0"},
        {"do": "remove"},
        {"do": "move", "from": 0, "to": 9},
        {"do": "add", "at": 99, "kind": "relu"},
        {"do": "add", "at": 0, "kind": "conv"},
        {"do": "add", "at": 0, "kind": ["relu"]},
        {"do": "resize", "at": 1, "units": 3},
        {"do": "explode"},
        {"do": ["add"]},
        {},
    ],
)
def test_a_bad_action_is_refused_in_one_sentence(circle: Project, action: dict[str, object]) -> None:
    with pytest.raises(actions.Refused) as refusal:
        actions.apply(circle, describe(circle.data), action)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("value", [10**9, 0, 2.5, "many", None])
def test_a_bad_width_carries_the_field_problem(circle: Project, value: object) -> None:
    with pytest.raises(actions.BadValue) as refusal:
        act(circle, do="resize", at=0, units=value)
    assert refusal.value.problem.path == "network.layers[0].units"


def test_a_stack_that_is_too_high_is_refused(circle: Project) -> None:
    for _ in range(195):
        circle = act(circle, do="add", at=1, kind="tanh")
    with pytest.raises(actions.Refused, match="at most 200"):
        act(circle, do="add", at=1, kind="tanh")


@pytest.mark.parametrize("start", ["circle", "blobs", "linear-1", "nonlinear"])
@pytest.mark.parametrize("kind", DATASETS)
def test_picking_any_data_set_leaves_a_project_that_can_train(start: str, kind: str) -> None:
    project = recipe(start).project()
    changed = actions.pick_data(project, kind)
    facts = describe(changed.data)
    assert not errors_only(check(changed))
    assert output_width(changed.network, facts.inputs) == changed.training.loss_row.outputs(len(facts.classes))
    assert kinds(changed)[:-1] == kinds(project)[:-1]
    assert facts.task in changed.training.loss_row.tasks


def test_scaling_goes_along_with_the_data_unless_it_was_chosen(circle: Project) -> None:
    assert circle.data.scaling == "none"
    uneven = actions.pick_data(circle, "friedman2")
    assert uneven.data.scaling == "standard"
    assert actions.pick_data(uneven, "moons").data.scaling == "none"
    chosen = circle.edited(Edit("set", "data.scaling", "robust"))
    assert actions.pick_data(chosen, "friedman2").data.scaling == "robust"


def test_extra_inputs_stay_where_the_columns_are_the_same(circle: Project) -> None:
    more = circle.edited(Edit("set", "data.terms", [["square", "x"]]))
    assert actions.pick_data(more, "playground_xor").data.terms == [["square", "x"]]
    assert actions.pick_data(more, "moons").data.terms == []


def test_the_loss_follows_the_task_and_stays_where_it_serves(circle: Project) -> None:
    four = actions.pick_data(circle, "blobs")
    assert four.training.loss.kind == "cross_entropy"
    assert units(four) == [4, 2, 4]
    number = actions.pick_data(four, "curve")
    assert number.training.loss.kind == "mse"
    assert units(number) == [4, 2, 1]
    assert actions.pick_data(number, "moons").training.loss.kind == "bce_with_logits"
    huber = actions.choose(number, "training.loss", "huber")
    assert actions.pick_data(huber, "sine").training.loss.kind == "huber"
    soft = actions.choose(circle, "training.loss", "soft_margin")
    assert actions.pick_data(soft, "moons").training.loss.kind == "soft_margin"


def test_a_metric_of_another_task_gives_way(circle: Project) -> None:
    watched = actions.set_value(circle, "training.metric", "roc_auc")
    assert actions.pick_data(watched, "moons").training.metric == "roc_auc"
    assert actions.pick_data(watched, "curve").training.metric == ""


def test_class_weights_of_another_number_of_classes_give_way(circle: Project) -> None:
    four = actions.set_value(actions.pick_data(circle, "blobs"), "training.loss.class_weights", [1.0, 2.0, 3.0, 4.0])
    three = actions.pick_data(four, "gaussian_quantiles")
    assert three.training.loss["class_weights"] == "balanced"


def test_an_unknown_data_set_is_refused(circle: Project) -> None:
    with pytest.raises(actions.Refused, match="no data set"):
        actions.pick_data(circle, "../../etc/passwd")


@pytest.mark.parametrize("kind", LOSSES)
def test_choosing_a_loss_that_serves_the_task_brings_what_it_needs(circle: Project, kind: str) -> None:
    changed = actions.choose(circle, "training.loss", kind)
    assert changed.training.loss.kind == kind
    if "binary" in LOSSES[kind].tasks:
        assert not errors_only(check(changed))


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_choosing_an_optimizer_leaves_a_project_that_can_train(circle: Project, kind: str) -> None:
    changed = actions.choose(circle, "training.optimizer", kind)
    assert changed.training.optimizer["learning_rate"] == OPTIMIZERS[kind].defaults()["learning_rate"]
    assert not errors_only(check(changed))


def test_another_optimizer_keeps_the_weight_decay(circle: Project) -> None:
    decayed = actions.set_value(circle, "training.optimizer.weight_decay", 0.01)
    assert actions.choose(decayed, "training.optimizer", "sgd").training.optimizer["weight_decay"] == 0.01


def test_choosing_what_is_not_there_is_refused(circle: Project) -> None:
    for path, kind in (("training.optimizer", "magic"), ("network.layers.9.initializer", "zeros"), ("nowhere", "x")):
        with pytest.raises(actions.Refused):
            actions.choose(circle, path, kind)


def test_an_initializer_is_chosen_by_path(circle: Project) -> None:
    changed = actions.choose(circle, "network.layers[2].initializer", "zeros")
    assert [layer.initializer.kind for layer in changed.network.layers if layer.row.sets_width] == [
        "default",
        "zeros",
        "default",
    ]


def test_every_repair_of_every_faulty_project_helps(circle: Project) -> None:
    softmax = act(actions.pick_data(circle, "blobs"), do="add", at=5, kind="softmax")
    for problem in check(softmax):
        assert problem not in check(actions.repair(softmax, problem))


def test_a_problem_without_repair_says_so(circle: Project) -> None:
    with pytest.raises(actions.Refused, match="no automatic repair"):
        actions.repair(circle, Problem("name", "It is odd."))


def test_recipes_open() -> None:
    assert all(actions.open_recipe(key).network.layers for key in recipes())


def names(project: Project, changed: Project) -> list[str]:
    counter = itertools.count()
    return actions.align([f"a{i}" for i in range(len(kinds(project)))], project, changed, lambda: f"new{next(counter)}")


def test_layer_names_survive_every_action(circle: Project) -> None:
    assert names(circle, act(circle, do="resize", at=0, units=8)) == ["a0", "a1", "a2", "a3", "a4"]
    assert names(circle, act(circle, do="remove", at=0)) == ["a1", "a2", "a3", "a4"]
    assert names(circle, act(circle, do="move", **{"from": 0, "to": 4})) == ["a1", "a2", "a3", "a4", "a0"]
    assert names(circle, act(circle, do="add", at=0, kind="linear"))[1:] == ["a0", "a1", "a2", "a3", "a4"]
    added = names(circle, act(circle, do="add", at=2, kind="dropout"))
    assert added == ["a0", "a1", "new0", "a2", "a3", "a4"]
    assert names(circle, act(circle, do="enable", at=1, value=False)) == ["a0", "a1", "a2", "a3", "a4"]


def test_layer_names_stay_different(circle: Project) -> None:
    other = recipe("spiral").project()
    assert len(set(names(circle, other))) == len(other.network.layers)
