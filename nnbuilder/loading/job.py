"""What the engine is asked about a file that has arrived: what it holds, and a checkpoint to go on from.

Both are done by a process of the launcher, which has the file read by a confined one.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from nnbuilder.catalog.layers import LAYERS
from nnbuilder.errors import Edit, NNBuilderError
from nnbuilder.fields import plain
from nnbuilder.loading import stack as stacks
from nnbuilder.loading.arrivals import WEIGHTS, Arrivals
from nnbuilder.loading.confined import Read, read
from nnbuilder.loading.content import Loaded, Run, canonical, content_of, loaded, table_of
from nnbuilder.loading.limits import MIB, RefusedFile, sentence, shown
from nnbuilder.loading.proving import prove
from nnbuilder.shapes import layer_tensors
from nnbuilder.spec import Project
from nnbuilder.store.files import whole_file, write_atomically
from nnbuilder.store.weights import Weights, packed

TABLE, CHECKPOINT = "table", "checkpoint.pth"


def look(job: dict[str, Any]) -> dict[str, Any]:
    """What the file `arrival`, called `name`, holds, as plain data; its weights wait beside it.

    The answer's `kind` is ``"project"``, ``"run"`` or ``"weights"``. Weights come with a `stack` (see
    `nnbuilder.loading.stack`) and the digest they are kept under, a run and a project with `project` and the `table`
    it needs.
    """
    arrivals, name = Arrivals.default(), job["name"]
    path = arrivals.original(job["arrival"])
    found = read(path, name, path.with_name(TABLE))
    try:
        return {"name": name, "arrival": job["arrival"], **_summary(found, path.parent)}
    except RefusedFile as error:
        raise RefusedFile(sentence(name, error)) from None


def _summary(found: Read, folder: Path) -> dict[str, Any]:
    content = content_of(found)
    if isinstance(content, Project):
        return {"kind": "project", **_project(content), "table": _table(content, found), "words": _words(content)}
    if isinstance(content, Loaded):
        more = {**_project(content.project), "table": table_of(content.project)} if content.project else {}
        return {"kind": "weights", **_weights(content, found.name, folder), **more}
    weights, table = of_run(content), _table(content.project, found)
    prove(content, found.table if table and "path" in table else None)
    return {
        "kind": "run",
        **_weights(weights, found.name, folder),
        **_project(content.project),
        "epoch": content.epoch,
        "epochs": content.epochs,
        "table": table,
        "lost_starts": _lost_starts(content.project),
    }


def of_run(run: Run) -> Loaded:
    """The weights of a run, once their names, shapes and numbers are those its network has.

    Raises
    ------
    RefusedFile
        Naming what is missing, too much, of another shape or not finite.
    """
    state = run.checkpoint["state_dict"]
    compare(run, state)
    return loaded({key: value for key, value in state.items() if isinstance(key, str)}, "", run.project)


def _lost_starts(project: Project) -> list[str]:
    """What the files are called that layers of a network started from and that are not here."""
    library = Weights.default()
    lost = [layer.weights for layer in project.network.layers if layer.from_file]
    return sorted({start["name"] for start in lost if not library.has(start["sha256"])})


def _project(project: Project) -> dict[str, Any]:
    return {"project": project.to_json()}


def _words(project: Project) -> str:
    count = len(project.network.layers)
    return f"the project “{shown(project.name)}”, {plain(count)} {'layer' if count == 1 else 'layers'}"


def _weights(content: Loaded, name: str, folder: Path) -> dict[str, Any]:
    """The stack, and its weights in a file that waits there until it is used."""
    packed_weights = packed(canonical(content), {"file": name})
    write_atomically(folder / WEIGHTS, packed_weights)
    sha256 = hashlib.sha256(packed_weights).hexdigest()
    return {"stack": stacks.to_json(content.stack), "sha256": sha256, "words": content.stack.words}


def _table(project: Project, found: Read) -> dict[str, Any] | None:
    """The table a project needs and whether it came along, its bytes compared with the digest the project names."""
    wanted = table_of(project)
    if wanted is None:
        return None
    if found.table is None:
        return {**wanted, "other": found.other_table}
    digest = hashlib.sha256()
    with open(found.table, "rb") as file:
        while piece := file.read(MIB):
            digest.update(piece)
    if digest.hexdigest() != wanted["sha256"]:
        found.table.unlink()
        return {**wanted, "other": found.table.name}
    return {**wanted, "path": str(found.table)}


def compare(run: Run, state: Any) -> None:
    """Compare names and shapes of a run's weights with those its network has, before any of it is made.

    Raises
    ------
    RefusedFile
        Naming what is missing, too much, or of another shape.
    """
    features = run.checkpoint.get("features")
    if not isinstance(features, list | tuple) or not features:
        raise RefusedFile("does not say which inputs its network has; save it again.")
    wanted = expected_shapes(run.project, len(features))
    missing = [name for name in wanted if name not in state]
    surplus = [str(name) for name in state if name not in wanted]
    if missing or surplus:
        lacks = f"lacks the weights {_few(missing)}" if missing else ""
        has = f"holds the weights {_few(surplus)}, which its network has not" if surplus else ""
        raise RefusedFile(f"{' and '.join(filter(None, (lacks, has)))}; save it again from the network they belong to.")
    for name, shape in wanted.items():
        found = tuple(getattr(state[name], "shape", ()))
        if found != shape:
            raise RefusedFile(
                f"holds {name} in the shape {list(found)}, but its network has {list(shape)} there; save it again."
            )


def expected_shapes(project: Project, inputs: int) -> dict[str, tuple[int, ...]]:
    """The names and shapes in the state_dict of a project's network on so many inputs."""
    tensors = layer_tensors(project.network, inputs)
    shapes: dict[str, tuple[int, ...]] = {}
    for place, (index, layer) in enumerate(project.network.active):
        for own, shape in tensors.get(index, {}).items():
            shapes[f"{place}.{own}"] = shape
        if LAYERS[layer.kind].buffers:
            shapes[f"{place}.num_batches_tracked"] = ()
    return shapes


def _few(names: list[str]) -> str:
    return ", ".join(shown(name) for name in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def take_up(job: dict[str, Any]) -> dict[str, Any]:
    """Write the checkpoint that a run goes on from, made of the file `arrival`; its table has to be in the library.

    The answer has the `path` of the checkpoint, the `project`, `epoch`, `epochs` and the `latest` row of the history.
    """
    import torch

    from nnbuilder.loading.resuming import checked, history_of

    arrivals, name = Arrivals.default(), job["name"]
    found = read(arrivals.original(job["arrival"]), name)
    try:
        content = content_of(found)
        if not isinstance(content, Run):
            raise RefusedFile("holds no run to go on with; open it in another way.")
        project, checkpoint = checked(content)
    except RefusedFile as error:
        raise RefusedFile(sentence(name, error)) from None
    project = _started(project, checkpoint, name)
    path = arrivals.folder(job["arrival"]) / CHECKPOINT
    with whole_file(path) as file:
        torch.save(checkpoint, file)
    history = history_of(checkpoint).to_json()
    state = checkpoint["training_state"]
    return {
        "path": str(path),
        "project": project.to_json(),
        "epoch": state["epoch"],
        "epochs": state["target_epoch"],
        "latest": history[-1] if history else {},
    }


def _started(project: Project, checkpoint: dict[str, Any], name: str) -> Project:
    """The project, where what layers started from is not here with the checkpoint's weights in its place.

    A run goes on without them, but what it started from is what a reset goes back to.
    """
    if not _lost_starts(project):
        return project
    sha256 = Weights.default().keep(checkpoint["state_dict"], {"file": name})
    library, edits = Weights.default(), []
    for number, (place, layer) in enumerate(project.network.active):
        if layer.from_file and not library.has(layer.weights["sha256"]):
            start = {"kind": "file", "sha256": sha256, "prefix": str(number), "name": name[:300]}
            edits.append(Edit("set", f"network.layers[{place}].weights", start))
    # A layer that is switched off has no weights in the checkpoint.
    for place, layer in enumerate(project.network.layers):
        if not layer.enabled and layer.from_file and not library.has(layer.weights["sha256"]):
            edits.append(Edit("set", f"network.layers[{place}].weights", {"kind": "fresh"}))
    project = project.edited(*edits)
    checkpoint["project"] = project.to_text()
    return project


def open_here(path: Path, name: str) -> tuple[Project | Run | Loaded, Loaded | None, str]:
    """What a file on this machine holds, for the command line: what it is, its weights, and what to know of its table.

    Raises
    ------
    NNBuilderError
        In one sentence, if it cannot be opened.
    """
    with tempfile.TemporaryDirectory(prefix="nnbuilder-") as folder:
        found = read(path, name, Path(folder) / TABLE)
        try:
            content = content_of(found)
            project = content if isinstance(content, Project) else content.project
            table = _table(project, found) if project else None
            if isinstance(content, Loaded):
                return content, content, about_table(table)
            weights = of_run(content) if isinstance(content, Run) else None
            if isinstance(content, Run):
                prove(content, found.table if table and "path" in table else None)
        except RefusedFile as error:
            raise NNBuilderError(sentence(name, error)) from None
    return content, weights, about_table(table, tried=isinstance(content, Run))


def about_table(table: dict[str, Any] | None, *, tried: bool = False) -> str:
    """What to know of the table a project needs: whether it is in the file, or another one in its place; "" if none is.

    `tried` says that the training was to be tried, which only the table makes possible.
    """
    if table is None:
        return ""
    called = shown(table["file"] or "a table")
    if "path" in table:
        return f"Its table {called} is in the file."
    rest = "; whether its training can go on is only known with it" if tried else ""
    if table.get("other"):
        return (
            f"{shown(table['other'])} in the file is not {called}, the table the network was trained on (its "
            f"fingerprint differs){rest}."
        )
    return f"Its table {called} is not in the file{rest}."
