"""What clicks do to layers that were learned before: start from weights, freeze, replace the last one.

Pure functions of a project, each undone as any other change; streamlit has no part in it.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping
from typing import Any

from nnbuilder.catalog.starts import FROM_FILE
from nnbuilder.check.transfer import fresh
from nnbuilder.errors import Edit
from nnbuilder.facts import DataFacts
from nnbuilder.fields import show
from nnbuilder.shapes import wanted_outputs
from nnbuilder.spec import Network, Project
from nnbuilder.ui.refusals import OUTDATED, Refused

MOST_NAMES = 4
LONGEST_PATTERN = 200


def start_from(project: Project, sha256: str, name: str, layers: Mapping[int, str]) -> Project:
    """The project with layers that start from weights kept by `nnbuilder.store.weights.Weights`.

    Whether the tensors fit is what `check` says of the project then.

    Parameters
    ----------
    sha256
        What `Weights.keep` gave.
    name
        What the weights are called on the screen, such as the name of their file.
    layers
        By a layer's place in ``network.layers``, what the names of its tensors begin with in the file: ``{0: "0"}``
        for ``0.weight`` and ``0.bias``, an empty text for ``weight`` and ``bias``.

    Raises
    ------
    Refused
        If there is no such layer, or it has no weights.
    """
    edits = []
    for place, prefix in layers.items():
        if not 0 <= place < len(project.network.layers):
            raise Refused(OUTDATED)
        row = project.network.layers[place].row
        if not row.learns:
            raise Refused(f"Layer {place + 1}, {row.label}, has no weights to start from; choose another layer.")
        start = {"kind": FROM_FILE, "sha256": sha256, "prefix": prefix, "name": name[:300]}
        edits.append(Edit("set", f"network.layers[{place}].weights", start))
    return project.edited(*edits)


def start_from_own(project: Project, sha256: str, name: str) -> Project:
    """The project with every enabled layer starting from what the same network has learned, a state_dict of its own."""
    prefixes = {place: str(number) for number, (place, layer) in enumerate(project.network.active) if layer.row.learns}
    return start_from(project, sha256, name, prefixes)


def start_fresh(project: Project, place: int | None = None) -> Project:
    """The project with one layer, or with all, starting from newly drawn weights, free to learn at full rate.

    Raises
    ------
    Refused
        If there is no such layer.
    """
    layers = project.network.layers
    if place is not None and not 0 <= place < len(layers):
        raise Refused(OUTDATED)
    places = [place] if place is not None else [index for index, layer in enumerate(layers) if layer.from_file]
    return project.edited(*(edit for index in places for edit in fresh(index, layers[index])))


def replace_head(project: Project, facts: DataFacts) -> Project:
    """The project with a fresh last Linear layer, as wide as its data and loss ask for.

    Raises
    ------
    Refused
        If there is no Linear layer, or the last one is so already.
    """
    last = _last_linear(project.network)
    units = Edit("set", f"network.layers[{last}].units", wanted_outputs(project.training.loss_row, facts))
    replaced = project.edited(units, *fresh(last, project.network.layers[last]))
    if replaced == project:
        raise Refused(
            "The last layer starts fresh already, as wide as the data ask for; to keep what the other layers have "
            "learned, start from these weights first."
        )
    return replaced


def freeze_all_but_last(project: Project, frozen: bool = True) -> Project:
    """The project with all layers that have weights frozen, save the last Linear one; or with none frozen.

    Raises
    ------
    Refused
        If there is no Linear layer.
    """
    last = _last_linear(project.network)
    return project.edited(
        *(
            Edit("set", f"network.layers[{place}].frozen", frozen and place != last)
            for place, layer in enumerate(project.network.layers)
            if layer.row.learns or layer.frozen
        )
    )


def freeze_by_name(project: Project, pattern: str, frozen: bool = True) -> Project:
    """The project with the layers frozen, or thawed, whose weights torch calls by a name.

    Parameters
    ----------
    pattern
        ``0.weight``, ``0.*`` or just ``0``; several with commas between. A layer is frozen as a whole, weight and bias.

    Raises
    ------
    Refused
        If no weights are called so.
    """
    names = weight_names(project.network)
    found: set[int] = set()
    for part in pattern[:LONGEST_PATTERN].replace(",", " ").split():
        places = {
            place for name, place in names.items() if fnmatch.fnmatchcase(name, part) or name.startswith(f"{part}.")
        }
        if not places:
            listed = ", ".join(list(names)[:MOST_NAMES]) + (" and so on" if len(names) > MOST_NAMES else "")
            raise Refused(f"No weights are called {show(part)}; they are {listed}.")
        found |= places
    if not found:
        raise Refused("Type the name of weights to freeze, such as 0.weight or 0.*.")
    return project.edited(*(Edit("set", f"network.layers[{place}].frozen", frozen) for place in sorted(found)))


def weight_names(network: Network) -> dict[str, int]:
    """What ``model.named_parameters()`` calls the weights, each with the place of its layer in ``network.layers``."""
    names = {}
    for number, (place, layer) in enumerate(network.active):
        tensors = layer.row.tensors(1, 1, bool(layer.settings.get("bias", False)))
        if layer.row.learns:
            names |= {f"{number}.{name}": place for name in tensors if name not in layer.row.buffers}
    return names


def _last_linear(network: Network) -> int:
    linear = [place for place, layer in network.active if layer.row.sets_width]
    if not linear:
        raise Refused("The network has no Linear layer that is switched on; add one.")
    return linear[-1]


def _flag(action: Mapping[str, Any]) -> bool:
    return action.get("value") is not False


ACTIONS: dict[str, Callable[[Project, DataFacts, Mapping[str, Any]], Project]] = {
    "replace_head": lambda project, facts, action: replace_head(project, facts),
    "freeze_all": lambda project, facts, action: freeze_all_but_last(project, _flag(action)),
    "freeze_by_name": lambda project, facts, action: freeze_by_name(project, str(action["name"]), _flag(action)),
    "start_fresh": lambda project, facts, action: start_fresh(project, action.get("at")),
}
"""What the network canvas may ask for, by name."""
