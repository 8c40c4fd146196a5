"""A stack of layers rebuilt from the names and shapes of a state_dict.

Neither activations nor Dropout leave weights, so where they stood is told by gaps in the numbers (0, 2, 4: something
stood at 1 and 3) or guessed between two Linear layers; a person fills these slots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any

from nnbuilder.catalog.layers import LAYERS
from nnbuilder.fields import plain
from nnbuilder.loading.conventions import other_form
from nnbuilder.loading.limits import RefusedFile, shown

Shapes = Mapping[str, tuple[int, ...]]
"""Of every tensor by name, in the order of the file."""

LEAVES = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
NOTHING, USUAL = "none", "relu"
MOST_NAMED = 3
MOST_PIECES = 100
LONGEST_SEARCH = 8
"""Layers of which every order is tried where names give none."""
OUTSIDE = (
    (re.compile(r"emb(ed)?|wte|wpe|token", re.I), "an embedding"),
    (re.compile(r"weight_[ih]h(_l\d+)?|gru|lstm|rnn", re.I), "a recurrent layer"),
    (re.compile(r"in_proj|attn|attention|[qkv]_proj|query|key_|value_", re.I), "attention"),
)
"""What names give away of layers that this program does not have."""


@dataclass(frozen=True)
class Piece:
    """A layer with weights: where it stood in the model, its kind in the catalog, what goes in and comes out.

    `names` are the file's names of its tensors by their own names.
    """

    path: str
    kind: str
    inputs: int
    outputs: int
    names: Mapping[str, str]
    numbers: int

    @property
    def bias(self) -> bool:
        """Whether it has a bias."""
        return "bias" in self.names

    @property
    def label(self) -> str:
        """The layer in a few words."""
        row = LAYERS[self.kind].label
        place = f" “{shown(self.path)}”" if self.path else ""
        return f"{row}{place} {self.inputs} → {self.outputs}" if self.kind == "linear" else f"{row}{place}"


@dataclass(frozen=True)
class Slot:
    """A place behind piece `after` where something without weights may have stood, and what is proposed for it."""

    after: int
    proposal: str


@dataclass(frozen=True)
class Stack:
    """Layers with weights in order, the slots between them, and sentences on what was left out or changed."""

    pieces: tuple[Piece, ...]
    slots: tuple[Slot, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def widths(self) -> tuple[int, ...]:
        """The width of the input and of the output of each Linear layer."""
        first = self.pieces[0].inputs
        return (first, *(piece.outputs for piece in self.pieces if piece.kind == "linear"))

    @property
    def numbers(self) -> int:
        """How many numbers the layers have learned."""
        return sum(piece.numbers for piece in self.pieces)

    @property
    def words(self) -> str:
        """The stack in one line."""
        count = "1 layer" if len(self.pieces) == 1 else f"{len(self.pieces)} layers"
        widths = self.widths
        shape = " → ".join(map(plain, widths if len(widths) < 10 else widths[:4]))
        if len(widths) >= 10:
            shape += f" → … → {plain(widths[-1])}"
        return f"{count} with weights, {shape}, {plain(self.numbers)} numbers" if len(widths) > 1 else count


@dataclass
class _Group:
    """The tensors of one module."""

    path: str
    names: dict[str, str] = field(default_factory=dict)
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)


def rebuild(shapes: Shapes) -> Stack:
    """The stack behind the names and shapes of a state_dict.

    Raises
    ------
    RefusedFile
        If a tensor belongs to a layer this program does not have, a part of a layer is missing, or what one layer
        puts out is not what the next one takes.
    """
    other = other_form(shapes)
    if other:
        raise RefusedFile(other)
    groups, left_out = _groups(shapes)
    if not groups:
        raise RefusedFile(f"holds no layer that is known here{_named(left_out)}; open weights of Linear layers.")
    if len(groups) > MOST_PIECES:
        raise RefusedFile(f"holds {len(groups)} layers, but at most {MOST_PIECES} are opened.")
    ordered, problem = _ordered(groups)
    if ordered is None:
        raise RefusedFile(problem)
    notes = []
    if left_out:
        notes.append(f"Not understood and left out{_named(left_out)}.")
    pieces = _chain(ordered)
    if isinstance(pieces, str):
        raise RefusedFile(pieces)
    for piece in pieces:
        _caps(piece)
    return Stack(tuple(pieces), tuple(_slots(pieces)), tuple(notes))


def _groups(shapes: Shapes) -> tuple[list[_Group], list[str]]:
    """Modules in the order of the file, and the names of tensors that belong to none that is known."""
    groups: dict[str, _Group] = {}
    strange = []
    for name, shape in shapes.items():
        path, _, leaf = name.rpartition(".")
        if leaf not in LEAVES:
            strange.append(name)
            continue
        group = groups.setdefault(path, _Group(path))
        group.names[leaf], group.shapes[leaf] = name, shape
    foreign = _foreign(shapes, strange)
    if foreign:
        raise RefusedFile(
            f"holds layers that this program does not have{_named(foreign)}; open weights of Linear ones."
        )
    known = []
    for group in groups.values():
        if "weight" not in group.names and not {"bias"} & set(group.names):
            strange += group.names.values()
        else:
            known.append(group)
    return known, strange


def _foreign(shapes: Shapes, strange: Sequence[str]) -> list[str]:
    """Tensors of layers that are not in the catalog, each with what it is."""
    found = []
    for name, shape in shapes.items():
        if len(shape) > 2 and name.endswith("weight"):
            what = "the kernel of a convolution" if len(shape) > 3 else "as Conv1d and Bilinear have it"
            found.append(f"{shown(name)}, {list(shape)}, {what}")
            continue
        what = next((what for pattern, what in OUTSIDE if pattern.search(name)), None)
        # A Linear layer may be called what it likes; an embedding or a recurrent layer has weights of its own kind.
        odd = name in strange or (what == "an embedding" and name.replace("weight", "bias") not in shapes)
        if what and odd and len(shape) == 2:
            found.append(f"{shown(name)}, {list(shape)}, {what}")
    return found


def _named(names: Sequence[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f" ({'; '.join(shown(name) for name in names[:MOST_NAMED])}{more})"


def _ordered(groups: list[_Group]) -> tuple[list[_Group] | None, str]:
    """The order in which the layers fit: that of the file, that of their names, or the only one that fits."""
    natural = sorted(groups, key=lambda group: _natural(group.path))
    paths = [group.path for group in groups]
    # An order of letters, in which 10 comes before 2, is that of a program that sorts names: it tells nothing.
    candidates = [natural, groups] if paths == sorted(paths) else [groups, natural]
    for candidate in candidates:
        if not isinstance(_chain(candidate), str):
            return candidate, ""
    first = str(_chain(candidates[0]))
    fitting = list(_orders(groups)) if len(groups) <= LONGEST_SEARCH else []
    return (fitting[0], "") if len(fitting) == 1 else (None, first)


def _natural(path: str) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d{1,9})", path)
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts if part]


def _orders(groups: Sequence[_Group]) -> Iterator[list[_Group]]:
    """Orders of Linear layers in which what one puts out the next one takes; at most two are looked for."""
    weights = [group.shapes.get("weight", ()) for group in groups]
    if any(len(shape) != 2 for shape in weights):
        return

    def extend(chosen: list[int]) -> Iterator[list[int]]:
        if len(chosen) == len(groups):
            yield chosen
        for place, shape in enumerate(weights):
            if place not in chosen and (not chosen or shape[1] == weights[chosen[-1]][0]):
                yield from extend([*chosen, place])

    for order in islice(extend([]), 2):
        yield [groups[place] for place in order]


def _chain(groups: Sequence[_Group]) -> list[Piece] | str:
    """The layers one behind the other, or the sentence that says where they do not fit."""
    pieces: list[Piece] = []
    for group in groups:
        width = pieces[-1].outputs if pieces else None
        made = _piece(group, width)
        if isinstance(made, str):
            return made
        if width is not None and made.inputs != width:
            before = pieces[-1]
            return (
                f"does not fit together: {_tensor(group, 'weight')} takes {made.inputs} inputs, but "
                f"{shown(before.names['weight'])} before it has {before.outputs} outputs; open weights of a stack of "
                "Linear layers."
            )
        pieces.append(made)
    return pieces


def _piece(group: _Group, width: int | None) -> Piece | str:
    """One layer, or the sentence that says why it is none."""
    shapes, path = group.shapes, group.path
    if "weight" not in shapes:
        return (
            f"lacks weights: {_full(path, 'weight')} is missing, while {_tensor(group, 'bias')} is there; save it anew."
        )
    weight = shapes["weight"]
    numbers = sum(_count(shapes[name]) for name in ("weight", "bias") if name in shapes)
    if len(weight) == 2:
        allowed, bias, kind = {"weight", "bias"}, (weight[0],), "linear"
        inputs, outputs = weight[1], weight[0]
    elif len(weight) == 1:
        outputs = inputs = weight[0]
        bias = weight
        if "running_mean" in shapes or "running_var" in shapes:
            allowed, kind = set(LEAVES), "batch_norm"
            for name in ("bias", "running_mean", "running_var"):
                if name not in shapes:
                    return f"lacks weights: {_full(path, name)} is missing, of which BatchNorm1d needs; save it anew."
                if shapes[name] != weight:
                    return _unlike(group, name, weight)
        elif "bias" in shapes:
            allowed, kind = {"weight", "bias"}, "layer_norm"
        elif weight == (1,):
            allowed, kind = {"weight"}, "prelu"
            inputs = outputs = width if width is not None else 1
        else:
            return (
                f"holds a layer that this program does not have: {_tensor(group, 'weight')} without a bias, such as "
                "PReLU with a slope for each unit; open weights of Linear layers."
            )
    else:
        return (
            f"holds a layer that this program does not have: {_tensor(group, 'weight')}; open weights of Linear layers."
        )
    surplus = next((name for name in shapes if name not in allowed), None)
    if surplus is not None:
        return (
            f"holds more than a layer has: {_tensor(group, surplus)} beside {_tensor(group, 'weight')}; save it anew."
        )
    if "bias" in shapes and shapes["bias"] != bias:
        return _unlike(group, "bias", bias)
    if not inputs or not outputs:
        return f"holds a layer without units: {_tensor(group, 'weight')}; open weights of Linear layers."
    return Piece(path, kind, inputs, outputs, dict(group.names), numbers)


def _unlike(group: _Group, name: str, wanted: tuple[int, ...]) -> str:
    return (
        f"does not fit together: {_tensor(group, name)} should have the shape {list(wanted)}, as "
        f"{_tensor(group, 'weight')} has it; save it anew."
    )


def _tensor(group: _Group, name: str) -> str:
    """A tensor as it is quoted: its name and its shape."""
    return f"{shown(group.names[name])} {list(group.shapes[name])}"


def _full(path: str, name: str) -> str:
    return shown(f"{path}.{name}" if path else name)


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


def _caps(piece: Piece) -> None:
    """Refuse a layer wider than any that can be built."""
    most = LAYERS["linear"].field("units").maximum  # type: ignore[attr-defined]
    if max(piece.inputs, piece.outputs) > most:
        raise RefusedFile(
            f"has a layer of {plain(max(piece.inputs, piece.outputs))} units ({shown(piece.names['weight'])}), but at "
            f"most {plain(most)} can be built; open a smaller network."
        )


def _slots(pieces: Sequence[Piece]) -> Iterator[Slot]:
    """Where something without weights stood or may have stood."""
    for place, (before, after) in enumerate(pairwise(pieces)):
        missing = _gap(before.path, after.path)
        if missing:
            first = NOTHING if before.kind == "prelu" else USUAL
            yield from (Slot(place, first if number == 0 else NOTHING) for number in range(min(missing, 3)))
        elif after.kind == "linear" and before.kind != "prelu":
            # Numbers that follow each other leave no room; names that are none tell nothing.
            yield Slot(place, NOTHING if missing == 0 else USUAL)


def _gap(before: str, after: str) -> int | None:
    """How many modules stood between two in the same container; None where their names do not tell."""
    (holder, _, first), (other, _, second) = before.rpartition("."), after.rpartition(".")
    if holder != other or not (first.isdecimal() and second.isdecimal()) or len(first + second) > 12:
        return None
    return max(0, int(second) - int(first) - 1)


def layers(stack: Stack, chosen: Sequence[str], sha256: str, file: str) -> list[dict[str, Any]]:
    """The layers of a network as a project has them: each piece with its weights, and what was chosen for the slots.

    Parameters
    ----------
    chosen
        For each slot the key of a layer without weights, or ``"none"``.
    sha256, file
        The weights in the store, in which piece n has the prefix n, and what the file was called.
    """
    made = []
    for place, piece in enumerate(stack.pieces):
        made.append(layer(piece, place, sha256, file))
        for slot, kind in zip(stack.slots, chosen, strict=True):
            if slot.after == place and kind != NOTHING:
                made.append({"kind": kind})
    return made


def layer(piece: Piece, place: int, sha256: str, file: str) -> dict[str, Any]:
    """One layer of a network that starts from its weights in the store."""
    own: dict[str, Any] = {"units": piece.outputs, "bias": piece.bias} if piece.kind == "linear" else {}
    start = {"kind": "file", "sha256": sha256, "prefix": str(place), "name": file[:300]}
    return {"kind": piece.kind, **own, "weights": start}


def to_json(stack: Stack) -> dict[str, Any]:
    """The stack as plain data."""
    return {
        "pieces": [
            [piece.path, piece.kind, piece.inputs, piece.outputs, dict(piece.names), piece.numbers]
            for piece in stack.pieces
        ],
        "slots": [[slot.after, slot.proposal] for slot in stack.slots],
        "notes": list(stack.notes),
    }


def from_json(document: Mapping[str, Any]) -> Stack:
    """The inverse of `to_json`."""
    return Stack(
        tuple(Piece(*values) for values in document["pieces"]),
        tuple(Slot(*values) for values in document["slots"]),
        tuple(document["notes"]),
    )
