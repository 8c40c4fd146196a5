"""Whether data, last layers and loss speak of the same thing."""

from __future__ import annotations

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
    found = [
        _silenced(project.network),
        _misfit(project.network, loss) or _narrow(project.network, loss, facts),
        _better_loss(project.network, loss, facts),
    ]
    return [problem for problem in found if problem is not None]


def _silenced(network: Network) -> Problem | None:
    """Dropout behind the last layer with weights takes away answers."""
    place, last = network.active[-1]
    if last.kind != "dropout":
        return None
    return Problem(
        f"network.layers[{place}]",
        "Dropout at the very end silences the answers themselves; remove it or move it before the last Linear layer.",
        "warning",
        _remove(place),
    )


def _misfit(network: Network, loss: LossRow) -> Problem | None:
    """That the loss wants something else than the end of the network gives."""
    place, ending = _ending(network)
    kind = ending.kind if ending else None
    path, after = f"network.layers[{place}]", f"network.layers[{place + 1}]"
    label = _label(kind)
    low, high = _range(ending)
    if loss.meaning in ("logits", "margins") and kind in SQUASHING:
        return Problem(
            path,
            f"{loss.label} works on raw outputs and has its softmax inside, but the network ends in {label}, which "
            f"squeezes them a second time and slows learning down; remove {label}.",
            repair=_remove(place),
        )
    if loss.meaning == "logit" and kind in SQUASHING:
        return Problem(
            path,
            f"{loss.label} works on a raw output and has its sigmoid inside, but the network ends in {label}, which "
            f"squeezes it a second time; remove {label}.",
            repair=_remove(place),
        )
    if loss.meaning == "probability" and not (low >= 0 and high <= 1):
        return Problem(
            path,
            f"{loss.label} wants a probability between 0 and 1, but {label} gives any number; add Sigmoid at the end "
            "or use BCEWithLogitsLoss.",
            repair=Repair("Add Sigmoid", (Edit("insert", after, {"kind": "sigmoid"}),)),
        )
    if loss.meaning == "probability":
        edits = (Edit("set", "training.loss", {"kind": "bce_with_logits"}), Edit("remove", path))
        return Problem(
            "training.loss",
            f"{label} followed by BCELoss works, but BCEWithLogitsLoss without {label} computes the same with the "
            "log-sum-exp trick, which never overflows; it is the safer choice.",
            "warning",
            Repair("Use BCEWithLogitsLoss", edits) if kind == "sigmoid" else None,
        )
    if loss.meaning == "log_probabilities" and kind != "log_softmax":
        edit = Edit("insert", after, {"kind": "log_softmax"})
        if kind == "softmax":
            edit = Edit("set", path, {"kind": "log_softmax"})
        return Problem(
            path,
            f"{loss.label} wants log probabilities, but {label} does not give them; end the network in LogSoftmax or "
            "use CrossEntropyLoss.",
            repair=Repair("End in LogSoftmax", (edit,)),
        )
    if loss.meaning == "margin" and low < 0:
        return Problem(
            path,
            f"{loss.label} wants a distance, which is never below 0, but {label} gives any number; add Softplus at the "
            "end.",
            "warning",
            Repair("Add Softplus", (Edit("insert", after, {"kind": "softplus"}),)),
        )
    return None


def _narrow(network: Network, loss: LossRow, facts: DataFacts) -> Problem | None:
    """That the end of the network can give only some of the answers that are wanted."""
    place, ending = _ending(network)
    if ending is None:
        return None
    label = _label(ending.kind)
    low, high = _range(ending)
    if facts.task == "regression" and (low > float("-inf") or high < float("inf")):
        span = f"from {plain(low)} to {plain(high)}" if high < float("inf") else f"of {plain(low)} and more"
        if low == float("-inf"):
            span = f"of {plain(high)} and less"
        message = (
            f"The network ends in {label}, so it can only answer numbers {span}, whatever the target “{facts.target}” "
            f"is; remove {label} to let it answer any number."
        )
    elif loss.meaning in ("logit", "logits", "margins") and (low >= 0 or high <= 0):
        side = "below 0" if low >= 0 else "above 0"
        message = f"{loss.label} reads the sign of a raw output, but {label} never answers {side}; remove {label}."
    else:
        return None
    return Problem(f"network.layers[{place}]", message, "warning", _remove(place))


def _better_loss(network: Network, loss: LossRow, facts: DataFacts) -> Problem | None:
    """That two classes are learned as the numbers 0 and 1."""
    if facts.task != "binary" or loss.meaning != "value":
        return None
    better = LOSSES["bce_with_logits"]
    return Problem(
        "training.loss",
        f"{loss.label} can learn two classes as 0 and 1, but {better.label} is made for them and learns faster.",
        "warning",
        Repair(f"Use {better.label}", change_loss(network, better, facts)),
    )


def _label(kind: str | None) -> str:
    """What the end of a network is called; without an activation it is the last layer with weights."""
    return LAYERS[kind].label if kind else "the last Linear layer"


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
