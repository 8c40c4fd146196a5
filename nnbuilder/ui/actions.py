"""What clicks do to a project, as pure functions; streamlit has no part in it."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.catalog.layers import LAYERS
from nnbuilder.catalog.losses import LOSSES
from nnbuilder.catalog.metrics import metrics_for
from nnbuilder.check.ending import USUAL_LOSS, change_loss, match_width
from nnbuilder.data.facts import describe
from nnbuilder.errors import Edit, InvalidProject, NNBuilderError, Problem
from nnbuilder.facts import DataFacts, Task
from nnbuilder.fields import show
from nnbuilder.propose.network import without_first_weights
from nnbuilder.recipes import recipe
from nnbuilder.shapes import wanted_outputs
from nnbuilder.spec import Project
from nnbuilder.ui.opening import transfer
from nnbuilder.ui.refusals import OUTDATED, BadValue, Refused

Action = Mapping[str, Any]


def apply(project: Project, facts: DataFacts, action: Action) -> Project:
    """The project after an action of the canvas or of a rail.

    Raises
    ------
    Refused
        If the action is not known, or names a layer that is no longer there.
    BadValue
        If it carries a value that the field behind it refuses.
    """
    do = action.get("do")
    step = _ACTIONS.get(do) if isinstance(do, str) else None
    if step is None:
        raise Refused(f"There is no action called {show(do)}; reload the page.")
    try:
        return step(project, facts, action)
    except (KeyError, IndexError, TypeError):
        raise Refused(OUTDATED) from None


def set_value(project: Project, path: str, value: Any) -> Project:
    """The project with one setting changed.

    Raises
    ------
    BadValue
        If the field refuses the value.
    Refused
        If the path leads nowhere any more.
    """
    try:
        return project.edited(Edit("set", path, value))
    except InvalidProject as error:
        raise BadValue(error.problems[0], value) from None
    except KeyError:
        raise Refused(OUTDATED) from None


def repair(project: Project, problem: Problem) -> Project:
    """The project with a problem's repair applied.

    Raises
    ------
    Refused
        If there is no repair, or it no longer fits.
    """
    if problem.repair is None:
        raise Refused("This problem has no automatic repair; change the setting it names.")
    try:
        return project.edited(*problem.repair.edits)
    except (InvalidProject, KeyError):
        raise Refused(OUTDATED) from None


def problem_id(problem: Problem) -> str:
    """A name for a problem that stays the same from rerun to rerun."""
    return hashlib.sha1(f"{problem.path}\n{problem.message}".encode(), usedforsecurity=False).hexdigest()[:12]


def fit_to_data(project: Project, before: Task | None = None) -> Project:
    """The project with loss, output width and metric as its data need them; hidden layers stay.

    The loss stays as long as the task stays the same as `before` and the loss serves it, or if the
    new task is the one the loss is made for; otherwise the usual loss of the task takes its place.
    """
    facts = describe(project.data)
    loss = project.training.loss_row
    kept = loss.tasks[0] == facts.task or (facts.task == before and facts.task in loss.tasks)
    edits: list[Edit] = []
    has_linear = any(layer.row.sets_width for _, layer in project.network.active)
    if kept:
        if has_linear:
            edits += match_width(project.network, loss.outputs(len(facts.classes)))
        weights = project.training.loss.settings.get("class_weights")
        if isinstance(weights, list | tuple) and len(weights) != len(facts.classes):
            edits.append(Edit("set", "training.loss.class_weights", "balanced"))
    else:
        usual = LOSSES[USUAL_LOSS[facts.task]]
        edits += change_loss(project.network, usual, facts) if has_linear else ()
        if not has_linear:
            edits.append(Edit("set", "training.loss", {"kind": usual.key}))
    if project.training.metric not in ("", *(row.key for row in metrics_for(facts.task))):
        edits.append(Edit("set", "training.metric", ""))
    return project.edited(*edits)


def pick_data(project: Project, kind: str) -> Project:
    """The project on another data set with that set's default settings.

    Scaling goes along with the set, unless a person has chosen another than the set before asked for.

    Raises
    ------
    Refused
        If there is no such data set.
    """
    if kind not in DATASETS:
        raise Refused(f"There is no data set called {show(kind)}; pick one of those shown.")
    if kind == project.data.source.kind:
        return project
    before = _task(project)
    old = DATASETS.get(project.data.source.kind)
    edits = [Edit("set", "data.source", {"kind": kind}), *without_first_weights(project.network)]
    if old is None or project.data.scaling == old.scaling:
        edits.append(Edit("set", "data.scaling", DATASETS[kind].scaling))
    columns = DATASETS[kind].shape(DATASETS[kind].defaults()).features
    kept = [term for term in project.data.terms if set(term[1:]) <= set(columns)]
    unnamed = old.label if old else title_of(project.data.source["file"])
    if project.name == unnamed:
        # A name nobody chose follows the data.
        edits.append(Edit("set", "name", DATASETS[kind].label))
    changed = project.edited(*edits, Edit("set", "data.terms", kept))
    if changed.data.stratify and not _can_stratify(changed):
        changed = changed.edited(Edit("set", "data.stratify", False))
    return fit_to_data(changed, before)


def _task(project: Project) -> Task | None:
    """The task of the data as they are; None where they cannot be used."""
    try:
        return describe(project.data).task
    except NNBuilderError:
        return None


def title_of(file: str) -> str:
    """What a project is called after its table."""
    title = re.sub(r"[_-]+", " ", PurePath(file).stem).strip()[:100] or "My table"
    return title[:1].upper() + title[1:]


def open_recipe(key: str) -> Project:
    """The ready project of that name."""
    return recipe(key).project()


def choose(project: Project, path: str, kind: str) -> Project:
    """The project with another component at `path`; settings the two share by name keep their value.

    Raises
    ------
    Refused
        If the path leads nowhere or there is no such component.
    """
    try:
        fresh = project.edited(Edit("set", path, {"kind": kind}))
    except (InvalidProject, KeyError):
        raise Refused(OUTDATED) from None
    if path == "training.loss":
        return _follow_loss(fresh, kind)
    if path == "training.optimizer":
        return _keep_settings(fresh, path, project.training.optimizer.settings)
    return fresh


def _keep_settings(fresh: Project, path: str, old: Mapping[str, Any]) -> Project:
    """Weight decay, momentum and the like go over to another optimizer; the learning rate takes its own default."""
    fields = {item.name: item for item in fresh.training.optimizer_row.fields}
    shared = {
        name: value
        for name, value in old.items()
        if name in fields and name in ("weight_decay", "momentum", "beta1", "beta2") and not fields[name].problem(value)
    }
    edits = [Edit("set", f"{path}.{name}", value) for name, value in shared.items()]
    if fresh.training.optimizer_row.full_batch:
        edits.append(Edit("set", "training.batch_size", 0))
    return fresh.edited(*edits)


def _follow_loss(fresh: Project, kind: str) -> Project:
    """Another loss takes the output width and the ending it wants along, if it serves the task at all."""
    facts = describe(fresh.data)
    row = LOSSES[kind]
    if facts.task not in row.tasks or not any(layer.row.sets_width for _, layer in fresh.network.active):
        return fresh
    return fresh.edited(*change_loss(fresh.network, row, facts))


def _can_stratify(project: Project) -> bool:
    facts = describe(project.data)
    parts = [size for size in (facts.train_rows, facts.validation_rows, facts.test_rows) if size]
    return min(parts) >= len(facts.classes)


# The actions of the canvas


def _layer_path(project: Project, action: Action, key: str = "at") -> tuple[int, str]:
    place = action[key]
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < len(project.network.layers):
        raise Refused(OUTDATED)
    return place, f"network.layers[{place}]"


def _gap(project: Project, action: Action) -> int:
    """Where a new layer goes: before the one named; where none is named, before the last Linear layer."""
    place, count = action.get("at"), len(project.network.layers)
    if place is None:
        last = [index for index, layer in project.network.active if layer.row.sets_width]
        return last[-1] if last else count
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place <= count:
        raise Refused(OUTDATED)
    return place


def _usual_units(project: Project, facts: DataFacts, place: int) -> int:
    """A new Linear layer is as wide as the one before it; as the last one, as wide as the target asks for."""
    linear = [(index, layer) for index, layer in project.network.active if layer.row.sets_width]
    if all(index < place for index, _ in linear):
        return wanted_outputs(project.training.loss_row, facts)
    before = [layer["units"] for index, layer in linear if index < place]
    return before[-1] if before else LAYERS["linear"].field("units").default


def _add(project: Project, facts: DataFacts, action: Action) -> Project:
    kind = action["kind"]
    if kind not in LAYERS:
        raise Refused(f"There is no layer called {show(kind)}; pick one of the list.")
    place = _gap(project, action)
    layer: dict[str, Any] = {"kind": kind}
    if LAYERS[kind].sets_width:
        layer["units"] = _usual_units(project, facts, place)
    return _insert(project, place, layer)


def _add_block(project: Project, facts: DataFacts, action: Action) -> Project:
    """A Linear layer and an activation, before the output layer or where the action says."""
    place = _gap(project, action)
    used = [layer.kind for layer in project.network.layers if layer.row.group == "activation"]
    hidden = [kind for kind in used if kind not in ("sigmoid", "softmax", "log_softmax", "log_sigmoid", "identity")]
    linear = [layer["units"] for layer in project.network.layers[:place] if layer.row.sets_width]
    units = linear[-1] if linear else LAYERS["linear"].field("units").default
    return _insert(project, place, {"kind": "linear", "units": units}, {"kind": hidden[-1] if hidden else "relu"})


def _insert(project: Project, place: int, *layers: Mapping[str, Any]) -> Project:
    edits = [Edit("insert", f"network.layers[{place + offset}]", layer) for offset, layer in enumerate(layers)]
    return _edited(project, *edits)


def _edited(project: Project, *edits: Edit) -> Project:
    """The project with edits applied; a stack that grew too high is refused in words."""
    try:
        return project.edited(*edits)
    except InvalidProject as error:
        raise Refused(error.problems[0].message) from None


def _remove(project: Project, facts: DataFacts, action: Action) -> Project:
    return project.edited(Edit("remove", _layer_path(project, action)[1]))


def _move(project: Project, facts: DataFacts, action: Action) -> Project:
    start, path = _layer_path(project, action, "from")
    end, target = _layer_path(project, action, "to")
    layer = project.network.layers[start].to_json()
    return project if start == end else project.edited(Edit("remove", path), Edit("insert", target, layer))


def _duplicate(project: Project, facts: DataFacts, action: Action) -> Project:
    place, _ = _layer_path(project, action)
    return _insert(project, place + 1, project.network.layers[place].to_json())


def _switch(name: str) -> Callable[[Project, DataFacts, Action], Project]:
    def step(project: Project, facts: DataFacts, action: Action) -> Project:
        place, path = _layer_path(project, action)
        value = action.get("value")
        if not isinstance(value, bool):
            value = not getattr(project.network.layers[place], name)
        return project.edited(Edit("set", f"{path}.{name}", value))

    return step


def _resize(project: Project, facts: DataFacts, action: Action) -> Project:
    place, path = _layer_path(project, action)
    if not project.network.layers[place].row.sets_width:
        raise Refused(OUTDATED)
    return set_value(project, f"{path}.units", action["units"])


def _match_output(project: Project, facts: DataFacts, action: Action) -> Project:
    wanted = wanted_outputs(project.training.loss_row, facts)
    if any(layer.row.sets_width for _, layer in project.network.active):
        return project.edited(*match_width(project.network, wanted))
    return _insert(project, len(project.network.layers), {"kind": "linear", "units": wanted})


_ACTIONS: dict[str, Callable[[Project, DataFacts, Action], Project]] = {
    "add": _add,
    "add_block": _add_block,
    "remove": _remove,
    "move": _move,
    "duplicate": _duplicate,
    "enable": _switch("enabled"),
    "freeze": _switch("frozen"),
    "resize": _resize,
    "match_output": _match_output,
    **transfer.ACTIONS,
}


def align(ids: Sequence[str], before: Project, after: Project, fresh: Callable[[], str]) -> list[str]:
    """Names for the layers of `after`: those that are in `before` too keep theirs, new ones get a `fresh` one.

    Layers are recognized by their content, then by kind in the place of one that changed, then by
    kind anywhere, so that names survive moving, resizing, undo and the changes of another tab.
    """
    old = [json.dumps(layer.to_json(), sort_keys=True) for layer in before.network.layers]
    new = [json.dumps(layer.to_json(), sort_keys=True) for layer in after.network.layers]
    kinds_old = [layer.kind for layer in before.network.layers]
    kinds_new = [layer.kind for layer in after.network.layers]
    if len(ids) != len(old):
        return [fresh() for _ in new]
    result: list[str | None] = [None] * len(new)
    taken: set[int] = set()

    def keep(source: int, target: int) -> None:
        result[target] = ids[source]
        taken.add(source)

    for tag, i, i_end, j, j_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            for offset in range(i_end - i):
                keep(i + offset, j + offset)
        elif tag == "replace" and i_end - i == j_end - j:
            for offset in range(i_end - i):
                if kinds_old[i + offset] == kinds_new[j + offset]:
                    keep(i + offset, j + offset)
    for wanted, there in ((new, old), (kinds_new, kinds_old)):
        for target, name in enumerate(wanted):
            source = next((k for k, other in enumerate(there) if k not in taken and other == name), None)
            if result[target] is None and source is not None:
                keep(source, target)
    return [name if name is not None else fresh() for name in result]
