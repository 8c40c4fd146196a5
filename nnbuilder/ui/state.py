"""The session's desk: the project as the store has it, what can be undone, and what the widgets show."""

from __future__ import annotations

import itertools
import json
import logging
import re
import secrets
import threading
from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from nnbuilder.catalog.sources import TABLE
from nnbuilder.check import check
from nnbuilder.data.facts import describe
from nnbuilder.errors import Edit, InvalidProject, NNBuilderError, Problem, Repair, errors_only
from nnbuilder.facts import UNKNOWN, DataFacts
from nnbuilder.fields import Field, Integer, Real, plain, show
from nnbuilder.spec import Project, read, read_text
from nnbuilder.store import ProjectRecord
from nnbuilder.ui import actions, runs
from nnbuilder.ui.backend import Backend

log = logging.getLogger(__name__)

DEFAULT_RECIPE = "circle"
MOST_UNDO = 100
LAYER_INDEX = re.compile(r"network\.layers\[(\d+)\]")
LAYER_ID = re.compile(r"network\.layers\[@(\w+)\]")
_MISSING = object()


@dataclass(frozen=True)
class Refusal:
    """A typed value that the project did not take, and why."""

    value: Any
    problem: Problem


@dataclass
class Memory:
    """What a browser session remembers of its project between reruns."""

    project_id: str = ""
    revision: int = 0
    seen: Project | None = None
    ids: list[str] = field(default_factory=list)
    selected: str | None = None
    shown: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)
    note: str = ""
    answer: dict[str, Any] | None = None
    proposal: dict[str, Any] | None = None
    picked: int = 0
    sketch: Any = None
    leave: bool = False
    left: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    holder: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    names: itertools.count = field(default_factory=itertools.count)
    turns: AbstractContextManager[Any] = field(default_factory=threading.RLock)

    def turn_to(self, project_id: str) -> None:
        """Forget all but that widgets hold what was set in another project."""
        shown = dict.fromkeys(self.shown, _MISSING)
        # A layer of the other project must not be taken for one that is drawn, by its name.
        kept = Memory(project_id, picked=self.picked, shown=shown, names=self.names, tables=self.tables)
        kept.turns = self.turns
        for name, value in vars(kept).items():
            setattr(self, name, value)

    def leave_for(self, project_id: str) -> None:
        """Turn to another project, although the browser may name this one until it has heard of that, see `arrived`."""
        left = self.left | {self.project_id}
        self.turn_to(project_id)
        self.left = left - {project_id}

    def arrived(self, named: str | None) -> None:
        """A page was sent whole under this name; if it is the project at hand, another one is asked for on purpose."""
        if named == self.project_id:
            self.left = set()

    def fresh_id(self) -> str:
        """A name no layer of this session had yet."""
        return f"L{next(self.names)}"


class Desk:
    """One rerun's view of the project, and the only way to change it."""

    def __init__(
        self, backend: Backend, memory: Memory, record: ProjectRecord, widgets: MutableMapping[Any, Any]
    ) -> None:
        self.backend, self.memory, self.widgets = backend, memory, widgets
        self.history = backend.history(record.id)
        project = read(record.spec)
        self.changed_elsewhere = memory.seen is not None and memory.seen.network != project.network
        self._take(record, project)

    @classmethod
    def open(cls, backend: Backend, wanted: str | None, memory: Memory, widgets: MutableMapping[Any, Any]) -> Desk:
        """The desk of the project `wanted`; one that is absent or not known is replaced by the first recipe.

        `memory` is forgotten if it is of another project; one that was just left is named by a click made before the
        browser knew, which is meant for the project that took its place.
        """
        if wanted in memory.left:
            wanted = memory.project_id
        record = backend.store.project(wanted) if wanted else None
        if record is None:
            record = backend.store.create_project(actions.open_recipe(DEFAULT_RECIPE).to_json())
        if memory.project_id != record.id:
            memory.turn_to(record.id)
        return cls(backend, memory, record, widgets)

    def _take(self, record: ProjectRecord, project: Project) -> None:
        """Make a stored state the one that is shown."""
        memory = self.memory
        if memory.seen is None:
            memory.ids = [memory.fresh_id() for _ in project.network.layers]
        elif memory.seen != project:
            memory.ids = actions.align(memory.ids, memory.seen, project, memory.fresh_id)
        memory.seen, memory.revision = project, record.revision
        if project.data.source.kind == TABLE:
            # Whoever has a project open may use its table elsewhere.
            memory.tables.add(project.data.source["sha256"])
        if memory.selected not in memory.ids:
            memory.selected = None
        memory.refused = {key: value for key, value in memory.refused.items() if self.path_of(key) is not None}
        self.project_id, self.project = record.id, project
        for name in ("facts", "problems"):
            self.__dict__.pop(name, None)

    # What there is to show

    @cached_property
    def facts(self) -> DataFacts:
        """What is known of the project's data; nothing while they cannot be used, which the problems then say."""
        if self.project.data.source.kind == TABLE:
            self.backend.prepare(self.project.data)
        try:
            return describe(self.project.data)
        except NNBuilderError:
            return UNKNOWN

    @cached_property
    def problems(self) -> list[Problem]:
        """Everything wrong with the project, values that were typed and refused first."""
        refused = []
        for key, refusal in self.memory.refused.items():
            path = self.path_of(key)
            if path is not None:
                refused.append(_moved(refusal.problem, path))
        return [*refused, *check(self.project, self.facts)]

    @property
    def blocked(self) -> str | None:
        """Why the project cannot be trained, or None."""
        errors = errors_only(self.problems)
        return errors[0].message if errors else None

    @property
    def selected(self) -> int | None:
        """Place of the selected layer."""
        memory = self.memory
        return memory.ids.index(memory.selected) if memory.selected in memory.ids else None

    def problems_at(self, path: str) -> list[Problem]:
        """The problems of a setting or of a component with all its settings."""
        return [
            problem
            for problem in self.problems
            if problem.path == path or problem.path.startswith((f"{path}.", f"{path}["))
        ]

    # Keys of widgets: paths in which a layer goes by its name, so that they survive moving it

    def key_of(self, path: str) -> str:
        """The widget key of a path."""
        return LAYER_INDEX.sub(lambda found: f"network.layers[@{self.memory.ids[int(found[1])]}]", path)

    def path_of(self, key: str) -> str | None:
        """The path behind a widget key, or None if its layer is gone."""
        found = LAYER_ID.search(key)
        if found is None:
            return key
        if found[1] not in self.memory.ids:
            return None
        return LAYER_ID.sub(f"network.layers[{self.memory.ids.index(found[1])}]", key)

    def seed(self, key: str, value: Any) -> Any:
        """Make the widget `key` show `value`, unless it holds what a person typed since; what it shows.

        The widget has to be told as its default, too: what lies in a closed popover is not in the browser yet,
        and when it opens the browser knows nothing but the default, and sends that back.
        """
        memory = self.memory
        changed = memory.shown.get(key, value) != value
        if changed:
            memory.refused.pop(key, None)
        refusal = memory.refused.get(key)
        if refusal is not None:
            if key not in self.widgets:
                self.widgets[key] = refusal.value
        elif changed or key not in self.widgets:
            self.widgets[key] = value
        memory.shown[key] = value
        return self.widgets[key]

    # Changes

    def change(self, project: Project) -> None:
        """Save a changed project; the state before can be had back with undo."""
        if project == self.project:
            return
        self.history.undo.append(self.project.to_text())
        del self.history.undo[:-MOST_UNDO]
        self.history.redo.clear()
        self._save(project)

    def undo(self) -> None:
        """Go back to the state before the last change."""
        self._swap(self.history.undo, self.history.redo)

    def redo(self) -> None:
        """Take the last undo back."""
        self._swap(self.history.redo, self.history.undo)

    def _swap(self, source: list[str], target: list[str]) -> None:
        if not source:
            return
        target.append(self.project.to_text())
        self._save(read_text(source.pop()))
        runs.adopt(self.backend, self.project_id, self.project)

    def _save(self, project: Project) -> None:
        self.memory.answer = None
        self._take(self.backend.store.save_project(self.project_id, project.to_json(), self.memory.revision), project)
        self.backend.live.tell(self.project_id, self.memory.holder)

    def set(self, path: str, value: Any, item: Field | None = None, *, typed: Any = _MISSING) -> None:
        """Set one value; one that its field refuses is kept as `typed`, with the sentence that says why."""
        key = self.key_of(path)
        self.memory.refused.pop(key, None)
        try:
            if item is not None and item.problem(value):
                raise actions.BadValue(Problem(path, str(item.problem(value))), value)
            self.change(actions.set_value(self.project, path, value))
        except actions.BadValue as error:
            problem = replace(error.problem, repair=_repair(path, value, item) or error.problem.repair)
            self.memory.refused[key] = Refusal(value if typed is _MISSING else typed, problem)
            self.__dict__.pop("problems", None)

    def refuse(self, path: str, value: Any, message: str, better: Any) -> None:
        """Keep a value as typed that cannot be used here, with the reason and a better one."""
        repair = Repair("Use auto" if better == "auto" else f"Set to {show(better)}", (Edit("set", path, better),))
        self.memory.refused[self.key_of(path)] = Refusal(value, Problem(path, message, repair=repair))
        self.__dict__.pop("problems", None)

    def act(self, action: actions.Action) -> None:
        """Do what the network canvas asks for."""
        memory, do = self.memory, action.get("do")
        if do == "undo":
            self.undo()
        elif do == "redo":
            self.redo()
        elif do == "repair":
            self.repair(str(action.get("id")))
        elif do == "select":
            place = action.get("at")
            inside = isinstance(place, int) and not isinstance(place, bool) and 0 <= place < len(memory.ids)
            memory.selected = memory.ids[place] if inside and place is not None else None
        elif self.changed_elsewhere and do not in ("add_block", "match_output"):
            raise actions.Refused(actions.OUTDATED)
        elif do == "resize":
            self._resize(action)
        else:
            self.change(actions.apply(self.project, self.facts, action))

    def _resize(self, action: actions.Action) -> None:
        place = action.get("at")
        layers = self.project.network.layers
        if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < len(layers):
            raise actions.Refused(actions.OUTDATED)
        if not layers[place].row.sets_width:
            raise actions.Refused(actions.OUTDATED)
        self.set(f"network.layers[{place}].units", action.get("units"), layers[place].row.field("units"))

    def repair(self, name: str) -> None:
        """Apply the repair of the problem that goes by this id."""
        problem = next((item for item in self.problems if actions.problem_id(item) == name), None)
        if problem is None:
            return
        project = actions.repair(self.project, problem)
        key = self.key_of(problem.path)
        self.memory.refused.pop(key, None)
        # The widget still holds what was typed; it is filled anew even if the project has the repaired value already.
        self.memory.shown[key] = _MISSING
        self.change(project)
        self.__dict__.pop("problems", None)

    def transport(self, action: actions.Action) -> None:
        """Do what the transport bar asks for; ``follow`` only has the page run again, after another one's change."""
        if action.get("do") == "follow":
            return
        self.memory.answer = None
        # A click may come between a change and the run that is made for it; it is meant for that one.
        runs.follow(self.backend, self.project_id, self.project, blocked=self.blocked is not None)
        self.change(runs.act(self.backend, self.project_id, self.project, action))

    def guarded(self, step: Callable[[], object]) -> None:
        """Do a step; what it refuses is kept as a sentence for the page."""
        try:
            step()
        except InvalidProject as error:
            self.memory.note = error.problems[0].message
        except NNBuilderError as error:
            self.memory.note = str(error)

    def units_shown(self, place: int) -> int | None:
        """The units of a layer as typed, even where they were refused."""
        path = f"network.layers[{place}].units"
        refusal = self.memory.refused.get(self.key_of(path))
        if refusal is not None and isinstance(refusal.value, int):
            return refusal.value
        return self.project.network.layers[place].settings.get("units")


def _moved(problem: Problem, path: str) -> Problem:
    """A refused value's problem at the place where its layer is now."""
    if problem.path == path:
        return problem
    repair = problem.repair
    if repair is not None:
        repair = Repair(repair.label, tuple(replace(edit, path=path) for edit in repair.edits))
    return replace(problem, path=path, repair=repair)


def _repair(path: str, value: Any, item: Field | None) -> Repair | None:
    """Sets the nearest value the field takes, or its default where none is near."""
    if item is None:
        return None
    nearest = item.default
    if isinstance(item, Integer | Real) and isinstance(value, int | float) and not isinstance(value, bool):
        inside = min(max(value, item.minimum), item.maximum)
        inside = round(inside) if isinstance(item, Integer) and inside == inside else inside
        nearest = inside if item.problem(inside) is None else item.default
    label = plain(nearest) if isinstance(nearest, int | float) and not isinstance(nearest, bool) else show(nearest)
    return Repair(f"Set to {label}", (Edit("set", path, nearest),))


def project_name(project: Project) -> str:
    """The project's name as part of a file name: letters, digits, dash and underline only."""
    return re.sub(r"[^\w-]+", "-", project.name, flags=re.ASCII).strip("-").lower()[:60] or "network"


def as_json(project: Project) -> bytes:
    """The project as a file to keep."""
    return (json.dumps(project.to_json(), indent=2, ensure_ascii=False) + "\n").encode()
