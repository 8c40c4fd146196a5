"""Widths and parameter counts of a network, computed without making any of it."""

from __future__ import annotations

from dataclasses import dataclass

from nnbuilder.catalog.losses import LossRow
from nnbuilder.catalog.optimizers import OptimizerRow
from nnbuilder.facts import DataFacts
from nnbuilder.spec import Network, Project, Training

BYTES_A_NUMBER = 4
SMALL_WORK = 2_000_000
"""Multiply-adds a batch below which one thread is faster than several."""


@dataclass(frozen=True)
class LayerShape:
    """What goes into and comes out of one enabled layer; `index` is its place in the network."""

    index: int
    in_features: int
    out_features: int
    parameters: int
    multiply_adds: int


def layer_shapes(network: Network, inputs: int) -> tuple[LayerShape, ...]:
    """The shape of every enabled layer for `inputs` features; multiply-adds are those of one row."""
    shapes, width = [], inputs
    for index, layer in network.active:
        out = layer["units"] if layer.row.sets_width else width
        count = layer.row.parameters(width, out, bool(layer.settings.get("bias", False)))
        work = width * out if layer.row.sets_width else width
        shapes.append(LayerShape(index, width, out, count, work))
        width = out
    return tuple(shapes)


def layer_tensors(network: Network, inputs: int) -> dict[int, dict[str, tuple[int, ...]]]:
    """The shapes of the tensors of every enabled layer that learns, by its place in the network and their names."""
    return {
        shape.index: layer.row.tensors(shape.in_features, shape.out_features, bool(layer.settings.get("bias", False)))
        for (_, layer), shape in zip(network.active, layer_shapes(network, inputs), strict=True)
        if layer.row.learns
    }


def output_width(network: Network, inputs: int) -> int:
    """Width of the last enabled layer; that of the inputs if there is none."""
    shapes = layer_shapes(network, inputs)
    return shapes[-1].out_features if shapes else inputs


def parameter_count(network: Network, inputs: int) -> int:
    """How many weights the network has."""
    return sum(shape.parameters for shape in layer_shapes(network, inputs))


def trainable_count(network: Network, inputs: int) -> int:
    """How many of its weights the network learns, sooner or later: all but those that are frozen for good."""
    layers = network.layers
    return sum(
        shape.parameters
        for shape in layer_shapes(network, inputs)
        if layers[shape.index].thaw_after or not layers[shape.index].frozen
    )


def wanted_outputs(loss: LossRow, facts: DataFacts) -> int:
    """The output width that loss and target ask for."""
    return loss.outputs(len(facts.classes))


def memory_needed(network: Network, training: Training, facts: DataFacts) -> int:
    """Bytes that training takes at least: weights, gradients, optimizer state, activations, rows."""
    shapes = layer_shapes(network, facts.inputs)
    parameters = sum(shape.parameters for shape in shapes)
    batch = training.batch_size or facts.train_rows
    activations = 2 * batch * sum(shape.out_features for shape in shapes)
    rows = 2 * facts.rows * (facts.inputs + 1)
    return BYTES_A_NUMBER * (parameters * (3 + _states(training.optimizer_row, training)) + activations + rows)


def _states(row: OptimizerRow, training: Training) -> int:
    """How many numbers an optimizer keeps for each weight."""
    if row.key == "sgd":
        return 1 if training.optimizer["momentum"] > 0 else 0
    if row.key == "lbfgs":
        return 2 * training.optimizer["history_size"]
    return 2


def one_thread(project: Project, facts: DataFacts) -> bool:
    """Whether a run takes one thread, as a batch takes little arithmetic; otherwise it takes all cores.

    It depends on the project only, so that page, command line and exported script give the same bits.
    """
    batch = min(project.training.batch_size or facts.train_rows, facts.train_rows)
    return batch * sum(shape.multiply_adds for shape in layer_shapes(project.network, facts.inputs)) < SMALL_WORK
