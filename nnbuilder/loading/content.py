"""What a file that was read means: a run made here, a project, or the weights of a stack of layers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnbuilder.catalog.sources import TABLE
from nnbuilder.errors import InvalidProject
from nnbuilder.loading import stack as stacks
from nnbuilder.loading.confined import Read
from nnbuilder.loading.limits import RefusedFile, shown
from nnbuilder.loading.stack import Stack
from nnbuilder.spec import VERSION, Project, read_text

if TYPE_CHECKING:
    from torch import Tensor

HOLDERS = ("state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights", "params", "module")
"""Where checkpoints of other programs keep their weights."""
FLOATS = ("float64", "float32", "float16", "bfloat16")
FORMAT = "nnbuilder"
MOST_NAMED = 3


@dataclass(frozen=True)
class Run:
    """A training run made here: its project, how far it is, and the whole checkpoint, still to be compared with it."""

    project: Project
    epoch: int
    epochs: int
    checkpoint: Mapping[str, Any]


@dataclass(frozen=True)
class Loaded:
    """Weights of a stack of layers by the file's own names; `project` is the one they belong to, where it is known."""

    stack: Stack
    tensors: Mapping[str, Tensor]
    project: Project | None = None


def content_of(read: Read) -> Project | Run | Loaded:
    """What a file means.

    Raises
    ------
    RefusedFile
        If it holds nothing that can be opened; the sentence is still to be begun with the file's name.
    """
    if read.form == "project":
        return project_of(read.project)
    if isinstance(read.structure, dict) and read.structure.get("format") == FORMAT:
        return _run(read.structure)
    weights, where = state_dict_of(read.structure)
    besides = _besides(read.structure, where)
    project = project_of(read.metadata["project"]) if "project" in read.metadata else None
    return loaded(weights, where, project, besides)


def project_of(text: Any) -> Project:
    """The project in a text; what is wrong with it is one sentence."""
    if not isinstance(text, str):
        raise RefusedFile("holds no project, though it says it was made here; save it again.")
    try:
        return read_text(text)
    except InvalidProject as error:
        first, more = error.problems[0], len(error.problems) - 1
        others = f" ({more} more like this)" if more else ""
        raise RefusedFile(f"holds a project that cannot be used{others}: {first.message}") from None


def _run(checkpoint: Mapping[str, Any]) -> Run:
    version = checkpoint.get("version")
    if type(version) is not int or version < 1:
        raise RefusedFile(
            f"says it is of format {shown(str(version))}, which there never was; it is damaged or was forged, save it "
            "again."
        )
    if version > VERSION:
        raise RefusedFile(
            f"was made by a newer program (format {version}, known here: {VERSION}); update this one and open it again."
        )
    project = project_of(checkpoint.get("project"))
    state = checkpoint.get("training_state")
    if not isinstance(state, dict) or not isinstance(checkpoint.get("state_dict"), dict):
        raise RefusedFile("lacks weights or training state, though it says it was made here; save it again.")
    epoch, epochs = state.get("epoch"), state.get("target_epoch")
    if type(epoch) is not int or type(epochs) is not int or not 0 <= epoch <= epochs:
        raise RefusedFile("says of its epochs what cannot be; it is damaged or was forged, save it again.")
    outer = checkpoint.get("epoch", epoch)
    if type(outer) is not int or outer != epoch:
        raise RefusedFile(
            f"says in one place that {shown(str(outer))} epochs are done and in another that {epoch} are; it is "
            "damaged or was forged, save it again."
        )
    return Run(project, epoch, epochs, checkpoint)


def state_dict_of(structure: Any) -> tuple[Mapping[str, Tensor], str]:
    """The tensors by name in what a file holds, and under which key they lie ("": at the top).

    Raises
    ------
    RefusedFile
        If there are none.
    """
    import torch

    if isinstance(structure, torch.Tensor):
        raise RefusedFile(f"holds one tensor {list(structure.shape)} without a name; save the whole state_dict.")
    found = {where: value for where, value in _places(structure) if _tensors(value)}
    # A number that was kept as a tensor, such as the best loss, makes no mapping one of weights.
    chosen = next((where for where, value in found.items() if _has_weights(value)), next(iter(found), None))
    if chosen is not None:
        return _tensors(found[chosen]), chosen
    raise RefusedFile("holds no weights by name; save torch.save(model.state_dict(), …) and open that file.")


def _places(structure: Any, where: str = "", depth: int = 0) -> Any:
    """Mappings in which weights may lie: the top, then by usual names, then any other."""
    if not isinstance(structure, dict) or depth > 2:
        return
    yield where, structure
    usual = [key for key in HOLDERS if key in structure]
    others = [key for key in structure if isinstance(key, str) and key not in HOLDERS and "optim" not in key]
    for key in (*usual, *others):
        yield from _places(structure[key], f"{where}.{key}" if where else key, depth + 1)


def _tensors(mapping: Mapping[Any, Any]) -> dict[str, Tensor]:
    """The tensors in a mapping; none if one of them has no name."""
    import torch

    tensors = {name: item for name, item in mapping.items() if isinstance(item, torch.Tensor)}
    return tensors if all(isinstance(name, str) for name in tensors) else {}


def _has_weights(mapping: Mapping[Any, Any]) -> bool:
    return any(item.dim() > 0 for item in _tensors(mapping).values())


def _besides(structure: Any, chosen: str) -> list[str]:
    """Other places in a file where weights lie, such as those of a second network."""
    return [where for where, value in _places(structure) if where not in ("", chosen) and _has_weights(value)]


def loaded(
    weights: Mapping[str, Tensor], where: str = "", project: Project | None = None, besides: Sequence[str] = ()
) -> Loaded:
    """Weights whose names and shapes make a stack, every number of which is finite.

    `where` in a file they lay and what else lies `besides` is told in the notes.

    Raises
    ------
    RefusedFile
        If they do not fit together, or hold NaN or infinite numbers.
    """
    stack = stacks.rebuild({name: tuple(tensor.shape) for name, tensor in weights.items()})
    notes = [f"The weights lie in it under “{shown(where)}”."] if where and where != HOLDERS[0] else []
    if besides:
        listed = ", ".join(f"“{shown(place)}”" for place in besides[:MOST_NAMED])
        more = " …" if len(besides) > MOST_NAMED else ""
        notes.append(f"The file holds other weights, too, which were left out: {listed}{more}.")
    kept = {name: weights[name] for piece in stack.pieces for name in piece.names.values()}
    changed: dict[str, str] = {}
    for name, tensor in kept.items():
        dtype = str(tensor.dtype).removeprefix("torch.")
        if name.endswith("num_batches_tracked"):
            continue
        if dtype not in FLOATS:
            raise RefusedFile(f"holds {shown(name)} as {dtype} instead of float32; convert it and save it again.")
        if dtype != "float32":
            changed[dtype] = name
    for dtype, name in changed.items():
        how = "rounded to" if dtype == "float64" else "made"
        notes.append(f"Numbers of type {dtype}, such as {shown(name)}, are {how} float32.")
    finite(kept)
    return Loaded(Stack(stack.pieces, stack.slots, (*stack.notes, *notes)), kept, project)


def finite(tensors: Mapping[str, Tensor]) -> None:
    """Refuse weights that are not finite, as float32 they become, too, naming the first.

    Raises
    ------
    RefusedFile
        With the tensor and the place in it.
    """
    import torch

    for name, tensor in tensors.items():
        if not tensor.is_floating_point():
            continue
        sound = torch.isfinite(tensor.to(torch.float32))
        if bool(sound.all()):
            continue
        flat = int((~sound).reshape(-1).to(torch.uint8).argmax())
        place, rest = [], flat
        for size in reversed(tensor.shape):
            place.append(rest % size)
            rest //= size
        value = float(tensor.reshape(-1)[flat])
        word = "NaN" if math.isnan(value) else "infinite" if math.isinf(value) else "too large for float32"
        raise RefusedFile(
            f"holds weights that are no numbers: {shown(name)}{place[::-1]} is {word}, as after a training that "
            "diverged; open an earlier checkpoint."
        )


def canonical(found: Loaded) -> dict[str, Tensor]:
    """The tensors as they are kept: those of piece n called ``n.weight`` and so on, float numbers as float32."""
    import torch

    kept = {}
    for place, piece in enumerate(found.stack.pieces):
        for own, name in piece.names.items():
            tensor = found.tensors[name]
            kept[f"{place}.{own}"] = tensor.to(torch.float32 if tensor.is_floating_point() else torch.int64)
    return kept


def table_of(project: Project) -> dict[str, str] | None:
    """The table a project needs: its digest and what it was called."""
    source = project.data.source
    return {"sha256": source["sha256"], "file": source["file"]} if source.kind == TABLE else None
