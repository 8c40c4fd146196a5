"""Stacks of layers rebuilt from names and shapes: the same outputs as the model they came from."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from nnbuilder.build import build_model, start_from_files
from nnbuilder.facts import DataFacts
from nnbuilder.loading import stack as stacks
from nnbuilder.loading.content import Loaded, canonical, content_of
from nnbuilder.loading.limits import RefusedFile
from nnbuilder.spec import read
from nnbuilder.store.weights import Weights
from tests.loading.harness import read_here, saved
from tests.projects import project


class Named(nn.Module):
    """Layers that have names, made in another order than they are used in."""

    def __init__(self) -> None:
        super().__init__()
        self.out = nn.Linear(5, 1)
        self.inner = nn.Linear(7, 5)
        self.first = nn.Linear(2, 7)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(torch.relu(self.inner(torch.relu(self.first(x)))))


def plain() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 8, bias=False), nn.ReLU(), nn.Linear(8, 3))


def normed() -> nn.Sequential:
    model = nn.Sequential(
        nn.BatchNorm1d(2),
        nn.Linear(2, 8),
        nn.BatchNorm1d(8),
        nn.ReLU(),
        nn.Dropout(),
        nn.Linear(8, 4),
        nn.PReLU(),
        nn.LayerNorm(4),
        nn.Linear(4, 1),
    )
    with torch.no_grad():
        for _ in range(3):
            model(torch.randn(50, 2) * 3 + 1)
    return model


def prefixed(*prefixes: str) -> Callable[[], tuple[nn.Module, dict[str, Any]]]:
    def make() -> tuple[nn.Module, dict[str, Any]]:
        model = plain()
        return model, {"".join(prefixes) + name: value for name, value in model.state_dict().items()}

    return make


def alone(make: Callable[[], nn.Module]) -> Callable[[], tuple[nn.Module, Any]]:
    def both() -> tuple[nn.Module, Any]:
        model = make()
        return model, model.state_dict()

    return both


def held(key: str) -> Callable[[], tuple[nn.Module, Any]]:
    def both() -> tuple[nn.Module, Any]:
        model = plain()
        optimizer = torch.optim.Adam(model.parameters())
        model(torch.ones(1, 2)).sum().backward()
        optimizer.step()
        return model, {"epoch": 7, "optimizer_state": optimizer.state_dict(), key: model.state_dict(), "best": 0.9}

    return both


FOUND = {
    "sequential": alone(plain),
    "with norms": alone(normed),
    "by names": alone(Named),
    "one layer": alone(lambda: nn.Sequential(nn.Linear(2, 3))),
    "module.": prefixed("module."),
    "_orig_mod.": prefixed("_orig_mod."),
    "model.main.0.": prefixed("model.", "main.0."),
    "state_dict": held("state_dict"),
    "model_state_dict": held("model_state_dict"),
    "net": held("net"),
    "own key": held("my_weights"),
}


@pytest.mark.parametrize("name", FOUND)
def test_the_rebuilt_network_answers_the_same_to_the_last_bit(name: str, tmp_path: Any) -> None:
    torch.manual_seed(0)
    model, content = FOUND[name]()
    found = content_of(read_here(saved(content)))
    assert isinstance(found, Loaded)
    weights = Weights(tmp_path)
    sha256 = weights.keep(canonical(found), {})
    chosen = [slot.proposal for slot in found.stack.slots]
    made = project("circles").to_json()
    made["network"]["layers"] = stacks.layers(found.stack, chosen, sha256, "foreign.pth")
    network = read(made).network
    facts = DataFacts("regression", ("a", "b"), "y", (), 10, 0, 0)
    rebuilt = build_model(network, facts)
    start_from_files(rebuilt, network, weights)
    rows = torch.randn(20, 2)
    with torch.no_grad():
        assert torch.equal(rebuilt.eval()(rows), model.eval()(rows))


def stack_of(content: Any) -> stacks.Stack:
    found = content_of(read_here(saved(content)))
    assert isinstance(found, Loaded)
    return found.stack


def test_gaps_in_the_numbers_are_places_to_choose_for() -> None:
    stack = stack_of(plain().state_dict())
    assert [(slot.after, slot.proposal) for slot in stack.slots] == [(0, "relu"), (1, "relu")]
    assert stack.words == "3 layers with weights, 2 → 8 → 8 → 3, 115 numbers"
    stack = stack_of(
        nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 4), nn.Tanh(), nn.Dropout(), nn.Linear(4, 1)).state_dict()
    )
    assert [(slot.after, slot.proposal) for slot in stack.slots] == [(0, "none"), (1, "relu"), (1, "none")]


def test_nothing_stands_behind_a_prelu_unless_it_is_chosen() -> None:
    stack = stack_of(nn.Sequential(nn.Linear(2, 3), nn.PReLU(), nn.Dropout(), nn.Linear(3, 1)).state_dict())
    assert [slot.proposal for slot in stack.slots] == ["none"]


def test_one_layer_has_names_without_a_number() -> None:
    (piece,) = stack_of(nn.Linear(4, 3).state_dict()).pieces
    assert (piece.path, piece.kind, piece.inputs, piece.outputs, piece.bias) == ("", "linear", 4, 3, True)


def test_what_is_left_out_is_named() -> None:
    stack = stack_of({**plain().state_dict(), "scaler.mean": torch.zeros(2)})
    assert stack.notes == ("Not understood and left out (scaler.mean).",)


def test_weights_of_a_second_network_are_named_and_left_out() -> None:
    one, other = nn.Linear(2, 3).state_dict(), nn.Linear(4, 1).state_dict()
    loaded = content_of(read_here(saved({"actor": one, "critic": other, "step": torch.tensor(3)})))
    assert isinstance(loaded, Loaded)
    assert loaded.stack.notes == (
        "The weights lie in it under “actor”.",
        "The file holds other weights, too, which were left out: “critic”.",
    )


@pytest.mark.parametrize("key", ["state_dict", "net"])
def test_a_number_kept_as_a_tensor_hides_no_weights(key: str) -> None:
    stack = stack_of({"best_loss": torch.tensor(0.25), "epoch": 3, key: plain().state_dict()})
    assert stack.words == stack_of(plain().state_dict()).words


OTHERWISE: dict[str, tuple[dict[str, tuple[int, ...]], str]] = {
    "kernels": ({"dense.kernel": (2, 8), "dense.bias": (8,)}, "as Keras and JAX do (dense.kernel [2, 8])"),
    "kernels of a graph": ({"dense/kernel:0": (2, 8), "dense/bias:0": (8,)}, "as Keras and JAX do (dense/kernel:0"),
    "turned": (
        {"0.weight": (2, 8), "0.bias": (8,), "2.weight": (8, 3), "2.bias": (3,)},
        "the other way round (0.weight [2, 8] with a bias of 8)",
    ),
    "turned behind a square": (
        {"0.weight": (8, 8), "0.bias": (8,), "2.weight": (8, 3), "2.bias": (3,)},
        "the other way round (2.weight [8, 3] with a bias of 3)",
    ),
    "normalized": ({"weight_g": (3, 1), "weight_v": (3, 2), "bias": (3,)}, "computed of others (weight_g)"),
    "parametrized": (
        {"0.bias": (3,), "0.parametrizations.weight.original0": (3, 1)},
        "computed of others (0.parametrizations.weight.original0)",
    ),
    "recurrent cell": ({"g.weight_ih": (12, 3), "fc.weight": (1, 4)}, "g.weight_ih, [12, 3], a recurrent layer"),
    "three dimensions": ({"0.weight": (4, 2, 3)}, "as Conv1d and Bilinear have it"),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_weights_in_another_form_are_told_as_what_they_are(name: str) -> None:
    shapes, words = OTHERWISE[name]
    with pytest.raises(RefusedFile, match=re.escape(words)):
        stacks.rebuild(shapes)


def test_numbers_of_other_types_are_said() -> None:
    stack = stack_of({name: value.half() for name, value in plain().state_dict().items()})
    assert stack.notes == ("Numbers of type float16, such as 4.bias, are made float32.",)


def test_an_order_that_names_do_not_give_is_found_only_if_it_is_the_only_one() -> None:
    twice = {"b.weight": torch.ones(4, 4), "a.weight": torch.ones(2, 4), "c.weight": torch.ones(4, 3)}
    assert [piece.path for piece in stack_of(twice).pieces] == ["c", "b", "a"]
    with pytest.raises(RefusedFile, match="does not fit together"):
        stack_of({"b.weight": torch.ones(4, 5), "a.weight": torch.ones(2, 3)})


def test_names_sorted_by_letters_come_in_the_order_of_their_numbers() -> None:
    state = nn.Sequential(*(nn.Linear(3, 3) for _ in range(12))).state_dict()
    by_letters = OrderedDict(sorted(state.items()))
    assert list(by_letters)[2:4] == ["1.bias", "1.weight"]
    assert list(by_letters)[4] == "10.bias"
    assert [piece.path for piece in stack_of(by_letters).pieces] == [str(number) for number in range(12)]


def test_a_stack_comes_back_from_json() -> None:
    stack = stack_of(normed().state_dict())
    assert stacks.from_json(stacks.to_json(stack)) == stack
