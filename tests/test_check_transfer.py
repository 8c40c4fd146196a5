"""What is said of layers that start from a file, thaw later or learn at their own rate, and that the repairs repair."""

import pytest
import torch

from nnbuilder.check import check
from nnbuilder.errors import Edit, errors_only
from nnbuilder.store.weights import Weights
from tests.projects import layers, project


@pytest.fixture
def library(tmp_path, monkeypatch):
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))
    return Weights.default()


def of_file(sha256, prefix="0", **more):
    start = {"kind": "file", "sha256": sha256, "prefix": prefix, "name": "blobs.pth"}
    return {"kind": "linear", "units": 5, "weights": start, **more}


def said(made, path):
    """The one problem at a path."""
    (problem,) = [problem for problem in check(made) if problem.path == path]
    assert problem.message.count(". ") == 0
    assert problem.message.endswith(".")
    return problem


def repaired(made, path):
    """The project after the repair, which leaves nothing to say at the path."""
    problem = said(made, path)
    assert problem.repair
    better = made.edited(*problem.repair.edits)
    assert [other for other in check(better) if other.path == path] == []
    return better


def test_a_file_that_fits_is_no_problem(library):
    sha256 = library.keep({"m.0.weight": torch.zeros(5, 2), "m.0.bias": torch.zeros(5).to(torch.bfloat16)})
    assert check(project("blobs", layers(of_file(sha256, "m.0"), "relu", 4))) == []


def test_a_file_that_is_not_here_is_said_once_for_all_its_layers(library):
    made = project("blobs", layers(of_file("ab" * 32, frozen=True), "relu", of_file("ab" * 32, "2"), "relu", 4))
    problem = said(made, "network.layers[0].weights")
    assert "“blobs.pth” that layers 1 and 3 start from are not on this computer" in problem.message
    better = repaired(made, "network.layers[0].weights")
    assert not any(layer.from_file or layer.frozen for layer in better.network.layers)
    assert errors_only(check(better)) == ()


def test_a_file_that_is_damaged(library):
    sha256 = library.keep({"0.weight": torch.zeros(5, 2)})
    library.path(sha256).write_bytes(b"\xff" * 64)
    made = project("blobs", layers(of_file(sha256), "relu", 4))
    assert "layer 1 starts from are damaged" in said(made, "network.layers[0].weights").message


def test_files_of_layers_that_are_left_out_are_not_looked_for(library):
    made = project("blobs", layers(of_file("ab" * 32, enabled=False), 4))
    assert errors_only(check(made)) == ()


@pytest.mark.parametrize(
    ("tensors", "words", "after"),
    [
        (
            {"0.bias": torch.zeros(5)},
            "“blobs.pth” has no 0.weight, which layer 1, Linear, is to start from",
            (5, "fresh"),
        ),
        (
            {"0.weight": torch.zeros(8, 2), "0.bias": torch.zeros(8)},
            "0.weight of “blobs.pth” has the shape 8 × 2, but layer 1, Linear, needs 5 × 2; set it to 8 units",
            (8, "file"),
        ),
        (
            {"0.weight": torch.zeros(5, 3), "0.bias": torch.zeros(5)},
            "has the shape 5 × 3, but layer 1, Linear, needs 5 × 2; start the layer fresh",
            (5, "fresh"),
        ),
        (
            {"0.weight": torch.zeros(5, 2, dtype=torch.int64), "0.bias": torch.zeros(5)},
            "0.weight of “blobs.pth” holds numbers of type int64, but weights are float32",
            (5, "fresh"),
        ),
        ({"0.weight": torch.zeros(5, 2)}, "has no 0.bias, but layer 1, Linear, has a bias", (5, "file")),
    ],
)
def test_what_does_not_fit_is_named_and_repaired(library, tensors, words, after):
    made = project("blobs", layers(of_file(library.keep(tensors)), "relu", 4))
    assert words in said(made, "network.layers[0].weights").message
    layer = repaired(made, "network.layers[0].weights").network.layers[0]
    assert (layer["units"], layer.weights.kind) == after


def test_a_bias_that_is_left_out_is_warned_of(library):
    sha256 = library.keep({"0.weight": torch.zeros(5, 2), "0.bias": torch.zeros(5)})
    made = project("blobs", layers(of_file(sha256, bias=False), "relu", 4))
    problem = said(made, "network.layers[0].weights")
    assert problem.severity == "warning" and "leaves it out" in problem.message
    assert repaired(made, "network.layers[0].weights").network.layers[0]["bias"]


def test_every_tensor_of_a_normalization_is_asked_for(library):
    sha256 = library.keep({f"1.{name}": torch.zeros(5) for name in ("weight", "bias", "running_mean")})
    start = of_file(sha256, "1")["weights"]
    made = project("blobs", layers(5, {"kind": "batch_norm", "weights": start}, "relu", 4))
    assert "has no 1.running_var, which layer 2, BatchNorm1d," in said(made, "network.layers[1].weights").message


def test_the_last_layer_is_not_made_as_wide_as_its_file_but_starts_fresh(library):
    """The data ask for four units; a file of three is of other classes."""
    tensors = {"2.weight": torch.zeros(3, 5), "2.bias": torch.zeros(3)}
    last = of_file(library.keep(tensors), "2", units=4, frozen=True, rate_factor=0.1)
    made = project("blobs", layers(5, "relu", last))
    better = repaired(made, "network.layers[2].weights").network.layers[2]
    assert (better["units"], better.from_file, better.frozen, better.rate_factor) == (4, False, False, 1.0)


def test_data_of_other_classes_make_the_last_layer_fresh(library):
    tensors = {"2.weight": torch.zeros(4, 5), "2.bias": torch.zeros(4)}
    made = project("blobs", layers(5, "relu", of_file(library.keep(tensors), "2", units=4)))
    assert check(made) == []
    five = made.edited(Edit("set", "data.source.centers", 5))
    assert "set the last Linear layer to 5, which then starts fresh." in said(five, "network.layers[2].units").message
    better = repaired(five, "network.layers[2].units")
    assert (better.network.layers[2]["units"], better.network.layers[2].from_file) == (5, False)
    assert check(better) == []


@pytest.mark.parametrize(
    ("learning", "words"),
    [
        ({"thaw_after": 2}, "Layer 1 is to thaw after 2 epochs, but it is not frozen"),
        ({"thaw_after": 3, "frozen": True}, "Layer 1 thaws after 3 epochs, but training ends after 3 epochs"),
        ({"thaw_after": 9, "frozen": True}, "so it stays frozen"),
    ],
)
def test_a_thaw_without_effect_is_warned_of(learning, words):
    made = project("blobs", layers({"kind": "linear", "units": 5, **learning}, "relu", 4), epochs=3)
    problem = said(made, "network.layers[0].thaw_after")
    assert problem.severity == "warning" and words in problem.message
    repaired(made, "network.layers[0].thaw_after")


def test_a_thaw_within_the_epochs_is_no_problem():
    made = project("blobs", layers({"kind": "linear", "units": 5, "frozen": True, "thaw_after": 2}, "relu", 4))
    assert check(made) == []


def test_layers_that_all_thaw_later_have_nothing_to_learn_at_first():
    made = project("blobs", layers({"kind": "linear", "units": 4, "frozen": True, "thaw_after": 2}))
    assert "frozen until epoch 3, so nothing can learn" in said(made, "network.layers[0].frozen").message
    repaired(made, "network.layers[0].frozen")


def test_an_optimizer_with_one_rate_for_all_refuses_factors():
    stack = layers({"kind": "linear", "units": 5, "rate_factor": 0.1}, "relu", 4)
    made = project("blobs", stack, optimizer={"kind": "lbfgs"}, batch_size=0)
    assert "LBFGS takes one learning rate for all layers" in said(made, "network.layers[0].rate_factor").message
    assert errors_only(check(repaired(made, "network.layers[0].rate_factor"))) == ()


def test_a_lowest_rate_above_that_of_a_layer_is_warned_of():
    stack = layers({"kind": "linear", "units": 5, "rate_factor": 0.01}, "relu", 4)
    made = project("blobs", stack, scheduler={"kind": "cosine", "eta_min": 0.001})
    problem = said(made, "training.scheduler.eta_min")
    assert "that of layer 1 starts at 0.0001 and would rise" in problem.message
    repaired(made, "training.scheduler.eta_min")


def test_frozen_weights_are_not_counted_as_numbers_to_learn():
    from nnbuilder.shapes import parameter_count, trainable_count

    stack = layers(
        {"kind": "linear", "units": 5, "frozen": True},
        "relu",
        {"kind": "linear", "units": 3, "frozen": True, "thaw_after": 1},
        4,
    )
    made = project("blobs", stack)
    assert parameter_count(made.network, 2) == 15 + 18 + 16
    assert trainable_count(made.network, 2) == 18 + 16


def test_first_weights_that_a_file_replaces_are_left_in_peace(library):
    sha256 = library.keep({"0.weight": torch.zeros(5, 2), "0.bias": torch.zeros(5)})
    made = project("blobs", layers(of_file(sha256, initializer={"kind": "zeros"}), "relu", 4))
    assert check(made) == []
