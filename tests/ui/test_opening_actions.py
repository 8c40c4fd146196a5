"""Weights out of a file on their way into a project."""

from __future__ import annotations

from typing import Any

import pytest

from nnbuilder.loading import stack as stacks
from nnbuilder.spec import read
from nnbuilder.ui.actions import Refused
from nnbuilder.ui.opening import actions as opening
from tests.projects import layers, project

SHA = "5" * 64


def found(*shapes: tuple[int, ...], bias: bool = True, **more: Any) -> dict[str, Any]:
    """What is answered of a file of Linear layers with these weights."""
    names: dict[str, tuple[int, ...]] = {}
    for place, shape in enumerate(shapes):
        names[f"{2 * place}.weight"] = shape
        if bias:
            names[f"{2 * place}.bias"] = shape[:1]
    stack = stacks.to_json(stacks.rebuild(names))
    return {"kind": "weights", "name": "other_net.pth", "sha256": SHA, "stack": stack, **more}


def starts(made: Any) -> list[str]:
    return [layer.weights["prefix"] if layer.from_file else layer.weights.kind for layer in made.network.layers]


def test_a_new_project_has_the_file_s_network_on_the_present_data() -> None:
    current = project("circles")
    made = opening.new_project(current, found((8, 2), (1, 8)), ["gelu"])
    assert [layer.kind for layer in made.network.layers] == ["linear", "gelu", "linear"]
    assert starts(made) == ["0", "fresh", "1"]
    assert (made.name, made.data, made.training) == ("Other net", current.data, current.training)


def test_nothing_in_a_slot_leaves_no_layer() -> None:
    made = opening.in_its_place(project("circles"), found((8, 2), (1, 8)), ["none"])
    assert [layer.kind for layer in made.network.layers] == ["linear", "linear"]


def test_a_project_that_came_along_keeps_its_own_layers() -> None:
    own = project("blobs", layers(8, "tanh", {"kind": "linear", "units": 9, "enabled": False}, 4))
    made = opening.new_project(project("circles"), found((8, 2), (4, 8), project=own.to_json()), [])
    assert (made.name, made.data) == (own.name, own.data)
    assert starts(made) == ["0", "fresh", "fresh", "1"]
    assert opening.slots_of(found((8, 2), (4, 8), project=own.to_json())) == []


def test_weights_of_another_network_than_the_project_s_are_refused() -> None:
    with pytest.raises(Refused, match="another network than its project"):
        opening.new_project(project("circles"), found((8, 2), project=project("blobs").to_json()), [])


def test_weights_that_fit_go_into_the_network_as_it_stands() -> None:
    current = project("circles", layers(6, "tanh", 1))
    assert opening.misfit(current, 2, found((6, 2), (1, 6))) == ""
    made = opening.into_network(current, 2, found((6, 2), (1, 6)))
    assert starts(made) == ["0", "fresh", "1"]
    assert [layer.kind for layer in made.network.layers] == ["linear", "tanh", "linear"]
    assert read(made.to_json()) == made


@pytest.mark.parametrize(
    ("shapes", "bias", "words"),
    [
        ([(6, 2)], True, "The file has 1 layer with weights and this network has 2"),
        ([(6, 3), (1, 6)], True, r"Layer 1 has weights of shape \[6, 2\], but the file has \[6, 3\]"),
        ([(6, 2), (2, 6)], True, r"Layer 3 has weights of shape \[1, 6\], but the file has \[2, 6\]"),
        ([(6, 2), (1, 6)], False, "Layer 1 has a bias, but the file has none"),
    ],
)
def test_weights_that_do_not_fit_are_refused_and_both_shapes_named(shapes: Any, bias: bool, words: str) -> None:
    current = project("circles", layers(6, "tanh", 1))
    with pytest.raises(Refused, match=words):
        opening.into_network(current, 2, found(*shapes, bias=bias))


def test_one_layer_goes_into_one_of_its_shape() -> None:
    current = project("circles", layers(4, "relu", 4, "relu", 4, "relu", 1))
    layer = found((4, 4))
    (piece,) = stacks.from_json(layer["stack"]).pieces
    assert opening.fitting(current, 2, piece) == [2, 4]
    assert starts(opening.into_layer(current, 2, layer, 0, 4)) == ["fresh"] * 4 + ["0"] + ["fresh"] * 2
    with pytest.raises(Refused):
        opening.into_layer(current, 2, layer, 0, 0)
    with pytest.raises(Refused):
        opening.into_layer(current, 2, layer, 5, 4)


def test_a_stack_too_high_to_be_built_is_refused() -> None:
    current = project("circles")
    high = found(*[(3, 2)] + [(3, 3)] * 99)
    with pytest.raises(Refused, match="at most 200"):
        opening.in_its_place(
            current, {**high, "stack": {**high["stack"], "slots": [[0, "relu"]] * 120}}, ["relu"] * 120
        )
