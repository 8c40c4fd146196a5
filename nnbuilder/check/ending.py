"""Whether data, last layers and loss speak of the same thing."""

from __future__ import annotations

from typing import Any

from nnbuilder.catalog.layers import LAYERS
from nnbuilder.catalog.losses import LOSSES, LossRow
from nnbuilder.check.transfer import fresh
from nnbuilder.errors import Edit, Problem, Repair
from nnbuilder.facts import DataFacts, Task
from nnbuilder.fields import plain
from nnbuilder.shapes import output_width
from nnbuilder.spec import Layer, Network, Project

USUAL_LOSS: dict[Task, str] = {"binary": "bce_with_logits", "multiclass": "cross_entropy", "regression": "mse"}
"""The loss proposed for each task."""

PASSES_ON = frozenset({"identity", "dropout"})
SQUASHING = ("sigmoid", "softmax", "log_softmax", "log_sigmoid")


def ending_problems(project: Project, facts: DataFacts) -> list[Problem]:
    """Problems between the target, the end of the network and the loss."""
    if not any(layer.row.sets_width for _, layer in project.network.active):
        return []
    loss = project.training.loss_row
    if facts.task not in loss.tasks:
        return [_wrong_task(project, loss, facts)]
    return [*_weights(project, facts), *_width(project, loss, facts), *_last_layer(project, loss, facts)]


def change_loss(network: Network, loss: LossRow, facts: DataFacts) -> tuple[Edit, ...]:
    """Edits that set a loss together with the output width and the ending it wants."""
    edits: list[Edit] = [Edit("set", "training.loss", {"kind": loss.key})]
    edits += match_width(network, loss.outputs(len(facts.classes)))
    place, ending = _ending(network)
    removed = None
    if ending is not None and ending.kind in SQUASHING and ending.kind != loss.ending:
        edits.append(Edit("remove", f"network.layers[{place}]"))
        ending, removed = None, place
    if loss.ending and (ending is None or ending.kind != loss.ending):
        last = max(index for index, _ in network.active if index != removed)
        last -= removed is not None and removed < last
        edits.append(Edit("insert", f"network.layers[{last + 1}]", {"kind": loss.ending}))
    return tuple(edits)


def match_width(network: Network, width: int) -> list[Edit]:
    """Edits that give the network an output of `width`; a last layer out of a file starts fresh at another width."""
    last = max(index for index, layer in network.active if layer.row.sets_width)
    layer = network.layers[last]
    edits = [Edit("set", f"network.layers[{last}].units", width)]
    return [*edits, *fresh(last, layer)] if layer.from_file and layer["units"] != width else edits


def _wrong_task(project: Project, loss: LossRow, facts: DataFacts) -> Problem:
    better = LOSSES[USUAL_LOSS[facts.task]]
    if facts.task == "regression":
        why = f"{loss.label} wants a class for each row, but the target “{facts.target}” is a number"
    elif facts.task == "multiclass" and loss.width == "one" and loss.target != "value":
        why = f"{loss.label} tells two classes apart, but the data have {len(facts.classes)}"
    else:
        why = f"{loss.label} compares numbers, but the target is one of {len(facts.classes)} classes"
    edits = change_loss(project.network, better, facts)
    return Problem("training.loss", f"{why}; use {better.label} instead.", repair=Repair(f"Use {better.label}", edits))


def _weights(project: Project, facts: DataFacts) -> list[Problem]:
    weights = project.training.loss.settings.get("class_weights")
    if not isinstance(weights, list | tuple) or len(weights) == len(facts.classes):
        return []
    path = "training.loss.class_weights"
    return [
        Problem(
            path,
            f"There are {len(weights)} class weights for {len(facts.classes)} classes; give one for each class.",
            repair=Repair("Use balanced weights", (Edit("set", path, "balanced"),)),
        )
    ]


def _width(project: Project, loss: LossRow, facts: DataFacts) -> list[Problem]:
    width, wanted = output_width(project.network, facts.inputs), loss.outputs(len(facts.classes))
    if width == wanted:
        return []
    edits = match_width(project.network, wanted)
    fresh_too = ", which then starts fresh" if len(edits) > 1 else ""
    reason = {
        "classes": f"{loss.label} wants one output for each of the {len(facts.classes)} classes",
        "one": f"{loss.label} wants a single output",
        "target": f"{loss.label} wants one output for the target",
    }[loss.width]
    return [
        Problem(
            edits[0].path,
            f"The network ends in {plain(width)} outputs, but {reason}; set the last Linear layer to "
            f"{wanted}{fresh_too}.",
            repair=Repair(f"Set to {wanted}", tuple(edits)),
        )
    ]


def _last_layer(project: Project, loss: LossRow, facts: DataFacts) -> list[Problem]:
    network = project.network
    place, last = network.active[-1]
    problems: list[Problem] = []
    if last.kind == "dropout":
        problems.append(
            Problem(
                f"network.layers[{place}]",
                "Dropout at the very end silences the answers themselves; remove it or move it "
                "before the last Linear layer.",
                "warning",
                _remove(place),
            )
        )
    place, ending = _ending(network)
    kind = ending.kind if ending else None
    path = f"network.layers[{place}]"
    after = f"network.layers[{place + 1}]"
    label = LAYERS[kind].label if kind else "the last Linear layer"
    low, high = _range(ending)

    def report(message: str, severity: Any, repair: Repair | None) -> None:
        problems.append(Problem(path, message, severity, repair))

    if loss.meaning in ("logits", "margins") and kind in SQUASHING:
        report(
            f"{loss.label} works on raw outputs and has its softmax inside, but the network ends in "
            f"{label}, which squeezes "
            f"them a second time and slows learning down; remove {label}.",
            "error",
            _remove(place),
        )
    elif loss.meaning == "logit" and kind in SQUASHING:
        report(
            f"{loss.label} works on a raw output and has its sigmoid inside, but the network ends in "
            f"{label}, which squeezes "
            f"it a second time; remove {label}.",
            "error",
            _remove(place),
        )
    elif loss.meaning == "probability" and not (low >= 0 and high <= 1):
        insert = Edit("insert", after, {"kind": "sigmoid"})
        report(
            f"{loss.label} wants a probability between 0 and 1, but {label} gives any number; add Sigmoid at the end "
            "or use BCEWithLogitsLoss.",
            "error",
            Repair("Add Sigmoid", (insert,)),
        )
    elif loss.meaning == "probability":
        edits = (Edit("set", "training.loss", {"kind": "bce_with_logits"}), Edit("remove", path))
        problems.append(
            Problem(
                "training.loss",
                f"{label} followed by BCELoss works, but BCEWithLogitsLoss without {label} computes the same with the "
                "log-sum-exp trick, which never overflows; it is the safer choice.",
                "warning",
                Repair("Use BCEWithLogitsLoss", edits) if kind == "sigmoid" else None,
            )
        )
    elif loss.meaning == "log_probabilities" and kind != "log_softmax":
        edits = [Edit("insert", after, {"kind": "log_softmax"})]
        if kind == "softmax":
            edits = [Edit("set", path, {"kind": "log_softmax"})]
        report(
            f"{loss.label} wants log probabilities, but {label} does not give them; end the network "
            f"in LogSoftmax or use "
            "CrossEntropyLoss.",
            "error",
            Repair("End in LogSoftmax", tuple(edits)),
        )
    elif loss.meaning == "margin" and low < 0:
        report(
            f"{loss.label} wants a distance, which is never below 0, but {label} gives any number; "
            f"add Softplus at the end.",
            "warning",
            Repair("Add Softplus", (Edit("insert", after, {"kind": "softplus"}),)),
        )
    elif facts.task == "regression" and kind and (low > float("-inf") or high < float("inf")):
        span = f"from {plain(low)} to {plain(high)}" if high < float("inf") else f"of {plain(low)} and more"
        if low == float("-inf"):
            span = f"of {plain(high)} and less"
        report(
            f"The network ends in {label}, so it can only answer numbers {span}, whatever the target "
            f"“{facts.target}” is; "
            f"remove {label} to let it answer any number.",
            "warning",
            _remove(place),
        )
    elif loss.meaning in ("logit", "logits", "margins") and kind and (low >= 0 or high <= 0):
        side = "below 0" if low >= 0 else "above 0"
        report(
            f"{loss.label} reads the sign of a raw output, but {label} never answers {side}; remove {label}.",
            "warning",
            _remove(place),
        )
    if facts.task == "binary" and loss.meaning == "value":
        better = LOSSES["bce_with_logits"]
        problems.append(
            Problem(
                "training.loss",
                f"{loss.label} can learn two classes as 0 and 1, but {better.label} is made for them "
                f"and learns faster.",
                "warning",
                Repair(f"Use {better.label}", change_loss(network, better, facts)),
            )
        )
    return problems


def _ending(network: Network) -> tuple[int, Layer | None]:
    """Place of the layer that shapes the output, and that layer if it is an activation."""
    for index, layer in reversed(network.active):
        if layer.kind not in PASSES_ON:
            return index, layer if layer.row.group == "activation" else None
    return network.active[-1][0], None


def _range(ending: Layer | None) -> tuple[float, float]:
    if ending is None:
        return float("-inf"), float("inf")
    if ending.kind == "hardtanh":
        return ending["min_val"], ending["max_val"]
    return ending.row.output_range


def _remove(place: int) -> Repair:
    return Repair("Remove it", (Edit("remove", f"network.layers[{place}]"),))
