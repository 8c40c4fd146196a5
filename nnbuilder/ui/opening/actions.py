"""What becomes of a project when weights out of a file come into it, as pure functions; streamlit has no part in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnbuilder.catalog.layers import LAYERS
from nnbuilder.errors import Edit, InvalidProject
from nnbuilder.fields import counted
from nnbuilder.loading import stack as stacks
from nnbuilder.loading.stack import NOTHING, Piece, Stack
from nnbuilder.shapes import layer_tensors
from nnbuilder.spec import Project, read
from nnbuilder.ui.actions import OUTDATED, Refused, title_of

Found = Mapping[str, Any]
"""What `nnbuilder.loading.job.look` answered of a file."""

FILLERS = (NOTHING, *(key for key, row in LAYERS.items() if row.group in ("activation", "regularization")))
"""What a slot between two layers may be filled with: layers without weights, or nothing."""


def fillers() -> list[str]:
    """What a slot may be filled with, without layers that would bring weights of their own."""
    return [key for key in FILLERS if key == NOTHING or not LAYERS[key].learns]


def stack_of(found: Found) -> Stack | None:
    """The layers with weights in a file, if there are any."""
    return stacks.from_json(found["stack"]) if "stack" in found else None


def slots_of(found: Found) -> list[str]:
    """What is proposed for the slots between the layers; none where the file knows its network."""
    stack = stack_of(found)
    return [] if stack is None or found.get("project") else [slot.proposal for slot in stack.slots]


def new_project(current: Project, found: Found, chosen: Sequence[str]) -> Project:
    """The project that starts with what is in a file: its own, or the present data with the file's network.

    Raises
    ------
    Refused
        If no project can be made of it.
    """
    if found["kind"] == "project":
        return read(found["project"])
    base = (
        read(found["project"]) if found.get("project") else current.edited(Edit("set", "name", title_of(found["name"])))
    )
    return in_its_place(base, found, chosen)


def in_its_place(current: Project, found: Found, chosen: Sequence[str]) -> Project:
    """The project with the file's network in the place of its own; data and training stay.

    Raises
    ------
    Refused
        If the network has more layers than can be built.
    """
    if found["kind"] == "project":
        return read(found["project"])
    try:
        return current.edited(Edit("set", "network.layers", _layers(found, chosen)))
    except InvalidProject as error:
        raise Refused(error.problems[0].message) from None


def _layers(found: Found, chosen: Sequence[str]) -> list[dict[str, Any]]:
    """The file's layers, each that has weights starting from them."""
    stack = stack_of(found)
    if stack is None:
        raise Refused("There are no weights in this file; choose another one.")
    if not found.get("project"):
        return stacks.layers(stack, chosen, found["sha256"], found["name"])
    own = read(found["project"])
    layers = [layer.to_json() for layer in own.network.layers]
    places = _learning(own)
    if [LAYERS[layers[place]["kind"]].key for place in places] != [piece.kind for piece in stack.pieces]:
        raise Refused(f"The weights in {found['name']} are of another network than its project; open another file.")
    for number, place in enumerate(places):
        layers[place] = {**layers[place], "weights": _start(found, number)}
    return layers


def _learning(project: Project) -> list[int]:
    """The places of the layers that are switched on and have weights."""
    return [index for index, layer in project.network.active if layer.row.learns]


def _start(found: Found, number: int) -> dict[str, Any]:
    return {"kind": "file", "sha256": found["sha256"], "prefix": str(number), "name": found["name"][:300]}


def misfit(current: Project, inputs: int, found: Found) -> str:
    """Why the weights do not fit the layers as they stand, in a sentence; "" if they do."""
    stack, places = stack_of(found), _learning(current)
    if stack is None:
        return "There are no weights in this file."
    if len(stack.pieces) != len(places):
        return (
            f"The file has {counted(len(stack.pieces), 'layer')} with weights and this network has {len(places)}, so "
            "they cannot be loaded layer by layer."
        )
    shapes = layer_tensors(current.network, inputs)
    for number, (piece, place) in enumerate(zip(stack.pieces, places, strict=True)):
        why = _unlike(piece, current.network.layers[place].kind, shapes[place])
        if why:
            return f"Layer {place + 1} {why} (layer {number + 1} of the file), so the weights cannot be loaded."
    return ""


def _unlike(piece: Piece, kind: str, shapes: Mapping[str, tuple[int, ...]]) -> str:
    """How a layer differs from one of the file, as the middle of a sentence; "" if it takes its weights."""
    if piece.kind != kind:
        return f"is {LAYERS[kind].label}, but the file has {LAYERS[piece.kind].label}"
    own = shapes["weight"]
    theirs = (piece.outputs, piece.inputs) if kind == "linear" else own if kind == "prelu" else (piece.outputs,)
    if own != theirs:
        return f"has weights of shape {list(own)}, but the file has {list(theirs)}"
    if kind == "linear" and piece.bias != ("bias" in shapes):
        return "has a bias, but the file has none" if "bias" in shapes else "has no bias, but the file has one"
    return ""


def into_network(current: Project, inputs: int, found: Found) -> Project:
    """The project with every layer starting from the file's weights; its layers stay as they are.

    Raises
    ------
    Refused
        If they do not fit.
    """
    why = misfit(current, inputs, found)
    if why:
        raise Refused(why)
    edits = [
        Edit("set", f"network.layers[{place}].weights", _start(found, number))
        for number, place in enumerate(_learning(current))
    ]
    return current.edited(*edits)


def fitting(current: Project, inputs: int, piece: Piece) -> list[int]:
    """The places of the layers that can start from the weights of one of the file's."""
    shapes = layer_tensors(current.network, inputs)
    return [
        place for place in _learning(current) if not _unlike(piece, current.network.layers[place].kind, shapes[place])
    ]


def into_layer(current: Project, inputs: int, found: Found, number: int, place: int) -> Project:
    """The project with one layer starting from the weights of layer `number` of the file.

    Raises
    ------
    Refused
        If it is not of that shape.
    """
    stack = stack_of(found)
    if (
        stack is None
        or not 0 <= number < len(stack.pieces)
        or place not in fitting(current, inputs, stack.pieces[number])
    ):
        raise Refused(OUTDATED)
    return current.edited(Edit("set", f"network.layers[{place}].weights", _start(found, number)))
