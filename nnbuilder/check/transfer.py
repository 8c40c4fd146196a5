"""Problems of layers that start from a file, thaw later or learn at a rate of their own."""

from __future__ import annotations

from collections.abc import Mapping

from nnbuilder.errors import Edit, NNBuilderError, Problem, Repair
from nnbuilder.facts import DataFacts
from nnbuilder.fields import plain
from nnbuilder.shapes import layer_tensors, wanted_outputs
from nnbuilder.spec import Layer, Network, Project

FLOATS = ("F64", "F32", "F16", "BF16")
"""Types of numbers a weight may have in a file; it is made a float32."""

Header = Mapping[str, tuple[str, tuple[int, ...]]]


def transfer_problems(project: Project, facts: DataFacts) -> list[Problem]:
    """Files that are not here or do not fit, and frozen layers and rates that do not do what they seem to."""
    return [*_files(project, facts), *_thawing(project), *_rates(project)]


def fresh(index: int, layer: Layer) -> tuple[Edit, ...]:
    """Edits that have a layer start fresh; one that no longer holds what was learned is to learn, and at full rate."""
    path = f"network.layers[{index}]"
    edits = [Edit("set", f"{path}.weights", {"kind": "fresh"})]
    if layer.frozen:
        edits.append(Edit("set", f"{path}.frozen", False))
    if layer.thaw_after:
        edits.append(Edit("set", f"{path}.thaw_after", 0))
    if layer.rate_factor != 1.0:
        edits.append(Edit("set", f"{path}.rate_factor", 1.0))
    return tuple(edits)


def _files(project: Project, facts: DataFacts) -> list[Problem]:
    network = project.network
    started = [(index, layer) for index, layer in network.active if layer.from_file]
    if not started:
        return []
    # Imported here because it brings the whole store along, which a network that starts fresh does not need.
    from nnbuilder.store.weights import Weights

    library, problems = Weights.default(), []
    shapes = layer_tensors(network, facts.inputs)
    headers: dict[str, Header | None] = {}
    for index, layer in started:
        sha256 = layer.weights["sha256"]
        if sha256 not in headers:
            try:
                headers[sha256] = library.header(sha256)
            except NNBuilderError:
                headers[sha256] = None
                problems.append(_not_here(network, sha256, damaged=library.has(sha256)))
        header = headers[sha256]
        if header is not None:
            problems += _misfits(project, facts, index, shapes[index], header)
    return problems


def _not_here(network: Network, sha256: str, *, damaged: bool) -> Problem:
    """One problem for all layers that start from a file that cannot be had."""
    concerned = [item for item in network.active if item[1].from_file and item[1].weights["sha256"] == sha256]
    first, layer = concerned[0]
    numbers = [str(index + 1) for index, _ in concerned]
    one = len(numbers) == 1
    which = f"layer {numbers[0]} starts" if one else f"layers {', '.join(numbers[:-1])} and {numbers[-1]} start"
    what = "are damaged" if damaged else "are not on this computer"
    edits = tuple(edit for index, each in concerned for edit in fresh(index, each))
    return Problem(
        f"network.layers[{first}].weights",
        f"The weights “{layer.weights['name']}” that {which} from {what}; "
        f"open that file again, or start {'it' if one else 'them'} fresh.",
        repair=Repair(f"Start {'the layer' if one else f'{len(numbers)} layers'} fresh", edits),
    )


def _misfits(
    project: Project, facts: DataFacts, index: int, wanted: Mapping[str, tuple[int, ...]], header: Header
) -> list[Problem]:
    """What the file lacks for a layer, or has otherwise; the first of it, as one repair mends them all."""
    bias = _bias_misfit(project.network.layers[index], index, header)
    if bias is not None:
        return [bias]
    found = (_tensor_misfit(project, facts, index, tensor, shape, header) for tensor, shape in wanted.items())
    return [problem for problem in found if problem is not None][:1]


def _bias_misfit(layer: Layer, index: int, header: Header) -> Problem | None:
    """That a Linear layer has a bias and the file has none for it, or the other way round."""
    from nnbuilder.store.weights import tensor_name

    name, prefix = layer.weights["name"], layer.weights["prefix"]
    bias = tensor_name(prefix, "bias")
    if layer.kind != "linear" or tensor_name(prefix, "weight") not in header or layer["bias"] == (bias in header):
        return None
    path, switch = f"network.layers[{index}].weights", f"network.layers[{index}].bias"
    own = f"layer {index + 1}, {layer.row.label},"
    if layer["bias"]:
        return Problem(
            path,
            f"“{name}” has no {bias}, but {own} has a bias; switch it off.",
            repair=Repair("Switch the bias off", (Edit("set", switch, False),)),
        )
    return Problem(
        path,
        f"“{name}” has {bias}, but {own} has no bias and leaves it out; switch the bias on.",
        "warning",
        Repair("Switch the bias on", (Edit("set", switch, True),)),
    )


def _tensor_misfit(
    project: Project, facts: DataFacts, index: int, tensor: str, shape: tuple[int, ...], header: Header
) -> Problem | None:
    """That a tensor of a layer is not in the file, or with another shape or of a type that weights do not have."""
    from nnbuilder.store.weights import TYPES, tensor_name

    layer = project.network.layers[index]
    name, full = layer.weights["name"], tensor_name(layer.weights["prefix"], tensor)
    own = f"layer {index + 1}, {layer.row.label},"
    repair = Repair(f"Start layer {index + 1} fresh", fresh(index, layer))
    kind, found = header.get(full, ("", None))
    if found is None:
        message = f"“{name}” has no {full}, which {own} is to start from; start the layer fresh."
    elif found != shape:
        units = _units_of_file(project, facts, index, shape, found)
        cure = "start the layer fresh"
        if units:
            repair = Repair(f"Set to {plain(units)} units", (Edit("set", f"network.layers[{index}].units", units),))
            cure = f"set it to {plain(units)} units"
        message = f"{full} of “{name}” has the shape {_shape(found)}, but {own} needs {_shape(shape)}; {cure}."
    elif kind not in FLOATS:
        message = (
            f"{full} of “{name}” holds numbers of type {TYPES[kind]}, but weights are float32; start the layer fresh."
        )
    else:
        return None
    return Problem(f"network.layers[{index}].weights", message, repair=repair)


def _units_of_file(
    project: Project, facts: DataFacts, index: int, shape: tuple[int, ...], found: tuple[int, ...]
) -> int | None:
    """The units that make a Linear layer fit its file; None where the inputs differ, or the data ask for the width."""
    network = project.network
    last = max(place for place, layer in network.active if layer.row.sets_width)
    if not network.layers[index].row.sets_width or len(found) != 2 or found[1] != shape[1]:
        return None
    if index == last and found[0] != wanted_outputs(project.training.loss_row, facts):
        return None
    return found[0] or None


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) if shape else "of a single number"


def _thawing(project: Project) -> list[Problem]:
    problems, epochs = [], project.training.epochs
    for index, layer in project.network.active:
        if not layer.thaw_after:
            continue
        path = f"network.layers[{index}]"
        if not layer.frozen:
            problems.append(
                Problem(
                    f"{path}.thaw_after",
                    f"Layer {index + 1} is to thaw after {_epochs(layer.thaw_after)}, but it is not frozen and learns "
                    "from the start; freeze it.",
                    "warning",
                    Repair("Freeze it", (Edit("set", f"{path}.frozen", True),)),
                )
            )
        elif layer.thaw_after >= epochs:
            half = epochs // 2
            problems.append(
                Problem(
                    f"{path}.thaw_after",
                    f"Layer {index + 1} thaws after {_epochs(layer.thaw_after)}, but training ends after "
                    f"{_epochs(epochs)}, so it stays frozen; {'let it thaw earlier' if half else 'train for longer'}.",
                    "warning",
                    Repair(f"Thaw after {half}", (Edit("set", f"{path}.thaw_after", half),)) if half else None,
                )
            )
    return problems


def _epochs(count: int) -> str:
    return "1 epoch" if count == 1 else f"{plain(count)} epochs"


def _rates(project: Project) -> list[Problem]:
    """Rates of single layers where the optimizer or the schedule has one for all."""
    training = project.training
    learning = [
        (index, layer)
        for index, layer in project.network.active
        if layer.row.learns and layer.rate_factor != 1.0 and (layer.thaw_after or not layer.frozen)
    ]
    if not learning:
        return []
    index, layer = min(learning, key=lambda item: item[1].rate_factor)
    path = f"network.layers[{index}].rate_factor"
    if training.optimizer_row.full_batch:
        edits = tuple(Edit("set", f"network.layers[{place}].rate_factor", 1.0) for place, _ in learning)
        return [
            Problem(
                path,
                f"{training.optimizer_row.label} takes one learning rate for all layers, but layer {index + 1} is to "
                f"learn at {layer.rate_factor:g} times of it; set the factor to 1 or choose another optimizer.",
                repair=Repair("Set the factors to 1", edits),
            )
        ]
    lowest = training.scheduler.settings.get("eta_min", 0.0)
    rate = training.optimizer["learning_rate"] * layer.rate_factor
    if lowest <= rate:
        return []
    return [
        Problem(
            "training.scheduler.eta_min",
            f"The learning rate falls to {lowest:g} for every layer, but that of layer {index + 1} starts at {rate:g} "
            "and would rise; set the lowest learning rate to 0.",
            "warning",
            Repair("Set to 0", (Edit("set", "training.scheduler.eta_min", 0.0),)),
        )
    ]
