"""Layers of a proposal."""

from __future__ import annotations

import itertools
import math
from typing import Any

from nnbuilder.catalog.initializers import INITIALIZERS
from nnbuilder.catalog.layers import LAYERS
from nnbuilder.catalog.losses import LOSSES
from nnbuilder.check.ending import USUAL_LOSS
from nnbuilder.errors import Edit
from nnbuilder.facts import DataFacts, Task
from nnbuilder.fields import plain
from nnbuilder.propose.columns import Columns, TargetNumbers
from nnbuilder.propose.reasons import Because
from nnbuilder.propose.rules import NEAR_UNIT_TARGET, PULLED_WIDTH, is_pulled, two_digits
from nnbuilder.spec import Network

WIDTHS = (64, 48, 32, 24, 16, 12, 8)
"""Units of two equal hidden layers, the widest first."""
SINGLE_WIDTHS = (*WIDTHS, 6, 4)
"""Units of a single hidden layer."""
LEAST_SHARE = 4
"""Two hidden layers need at least a unit for this many inputs."""
NARROW = 10
"""Below this many units a ReLU that went silent would be missed."""


def propose_network(
    facts: DataFacts, columns: Columns, train_rows: int, because: Because
) -> tuple[dict[str, Any], tuple[int, ...]]:
    """The layers as JSON, and the widths of the hidden ones."""
    loss = LOSSES[USUAL_LOSS[facts.task]]
    outputs = loss.outputs(len(facts.classes))
    pulled = is_pulled(facts, outputs, train_rows)
    widths = (PULLED_WIDTH,) if pulled else _widths(facts.inputs, outputs, train_rows)
    activation, why_activation = _activation(facts.task, widths)
    layers: list[dict[str, Any]] = []
    for width in widths:
        layers += [{"kind": "linear", "units": width}, {"kind": activation}]
    last: dict[str, Any] = {"kind": "linear", "units": outputs}
    first_weights = _first_weights(columns.target, widths)
    if first_weights:
        last["initializer"] = first_weights
    layers.append(last)
    parameters = _parameters(facts.inputs, widths, outputs)
    because("Inputs", plain(facts.inputs), "One for each number a row hands to the network.")
    if widths:
        count = "Two hidden layers bend the answer" if len(widths) == 2 else "One hidden layer bends the answer"
        because(
            "Hidden layers",
            " and ".join(f"{width} units" for width in widths),
            f"{count}; {plain(parameters)} numbers would learn {plain(train_rows)} rows by heart if the L2 penalty did "
            "not keep them small, and fewer units tell less."
            if pulled and parameters > train_rows
            else f"{count}; so wide the network learns {plain(parameters)} numbers from {plain(train_rows)} rows, "
            "and more numbers than rows would be learned by heart.",
        )
        because("Activation", LAYERS[activation].label, why_activation)
    else:
        because(
            "Hidden layers",
            "none",
            f"With {plain(train_rows)} rows for {plain(facts.inputs)} inputs a hidden layer would learn the rows "
            "by heart; one Linear layer is all they can teach.",
        )
    because("Outputs", plain(outputs), _why_outputs(facts))
    because("Last layer", "Linear, no activation", _why_no_ending(facts.task))
    if first_weights:
        because(
            "First weights of the last layer",
            f"{INITIALIZERS['normal'].label}, deviation {first_weights['std']:g}",
            f"The values of “{facts.target}” are far from 1 in size; last weights as large as they are let the "
            "network answer in their unit from the start.",
        )
    return {"layers": layers}, widths


def _activation(task: Task, widths: tuple[int, ...]) -> tuple[str, str]:
    if task == "regression":
        return "gelu", "It bends smoothly, as most numbers follow from others, and no unit goes silent for good."
    if max(widths, default=0) < NARROW and len(widths) == 1:
        return "tanh", "With few units every one must stay alive, and Tanh cannot go silent as ReLU can."
    return "relu", "It is quick, keeps gradients alive through the layers and is the usual choice."


def _parameters(inputs: int, widths: tuple[int, ...], outputs: int) -> int:
    sizes = (inputs, *widths, outputs)
    return sum((before + 1) * after for before, after in itertools.pairwise(sizes))


def _widths(inputs: int, outputs: int, train_rows: int) -> tuple[int, ...]:
    """Hidden layers with at most as many numbers to learn as there are rows; two where they can be wide enough.

    Two layers much narrower than the inputs are worse than a single wider one: on the digits 12 and 12
    units gave 0.95 where a single layer of 16 gives 0.96.
    """
    for width in WIDTHS:
        wide_enough = width >= outputs and LEAST_SHARE * width >= inputs
        if wide_enough and _parameters(inputs, (width, width), outputs) <= train_rows:
            return (width, width)
    for width in SINGLE_WIDTHS:
        if 2 * width >= outputs and _parameters(inputs, (width,), outputs) <= train_rows:
            return (width,)
    return ()


def _first_weights(target: TargetNumbers | None, widths: tuple[int, ...]) -> dict[str, Any] | None:
    """A last layer in the unit of the target, for targets far from size 1.

    Without it a target in thousands is met by weights that first have to grow for hundreds of steps,
    and one in thousandths is drowned by a first answer a hundred times as large.
    """
    low, high = NEAR_UNIT_TARGET
    if target is None or not widths or target.size == 0 or low <= target.size <= high:
        return None
    most = INITIALIZERS["normal"].field("std").maximum  # type: ignore[attr-defined]
    return {"kind": "normal", "mean": 0.0, "std": two_digits(min(target.size / math.sqrt(widths[-1]), most))}


def without_first_weights(network: Network) -> tuple[Edit, ...]:
    """The edits that take back what `_first_weights` proposed: of another target it would be the wrong unit."""
    linear = [(place, layer) for place, layer in enumerate(network.layers) if layer.kind == "linear"]
    if not linear or any(layer.initializer.kind == "normal" for _, layer in linear[:-1]):
        return ()
    place, last = linear[-1]
    if last.initializer.kind != "normal":
        return ()
    return (Edit("set", f"network.layers[{place}].initializer", {"kind": "default"}),)


def _why_outputs(facts: DataFacts) -> str:
    if facts.task == "regression":
        return f"“{facts.target}” is a number, so one output answers it."
    if facts.task == "binary":
        return f"One output is enough for two classes: above 0 it says “{facts.classes[1]}”."
    return f"One for each of the {len(facts.classes)} classes; the largest one wins."


def _why_no_ending(task: Task) -> str:
    if task == "regression":
        return "A number may be of any size, and an activation at the end would bound it."
    inside = "sigmoid" if task == "binary" else "softmax"
    return f"The loss has the {inside} inside, computed so that it never overflows."
