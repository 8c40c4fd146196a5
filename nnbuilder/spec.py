"""The project: a frozen description of data, network and training that goes to JSON and back.

It holds keys and numbers only. `read` turns a JSON document into a `Project` or raises
`InvalidProject` with every fault at once; `Project.to_json` is its inverse.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nnbuilder.catalog import settings as own
from nnbuilder.catalog.initializers import INITIALIZERS
from nnbuilder.catalog.layers import LAYERS, LayerRow
from nnbuilder.catalog.losses import LOSSES, LossRow
from nnbuilder.catalog.optimizers import OPTIMIZERS, OptimizerRow
from nnbuilder.catalog.row import Row, Table
from nnbuilder.catalog.schedules import EARLY_STOPPING, SCHEDULERS
from nnbuilder.catalog.sources import SOURCES
from nnbuilder.catalog.starts import FROM_FILE, STARTS
from nnbuilder.errors import Edit, InvalidProject, Problem, Repair, apply_edits
from nnbuilder.fields import Field, did_you_mean, show

VERSION = 2
LARGEST_LAYER_COUNT = 200


@dataclass(frozen=True)
class Component:
    """One chosen row of a catalog table: its key and all of its settings."""

    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.settings[name]

    def to_json(self) -> dict[str, Any]:
        """``{"kind": …}`` with the settings beside it."""
        return {"kind": self.kind, **self.settings}


@dataclass(frozen=True)
class Layer(Component):
    """A layer of the network; a disabled one is skipped, a frozen one keeps its weights.

    `weights` says where its weights come from, a row of `nnbuilder.catalog.starts.STARTS`. A frozen
    layer learns after `thaw_after` epochs (never, if that is 0); `rate_factor` times the learning
    rate is what it then learns with. Layers without weights have the defaults of all three.
    """

    initializer: Component = Component("default")
    enabled: bool = True
    frozen: bool = False
    weights: Component = Component("fresh")
    thaw_after: int = 0
    rate_factor: float = 1.0

    @property
    def from_file(self) -> bool:
        """Whether the layer starts from weights of a file."""
        return self.weights.kind == FROM_FILE

    @property
    def row(self) -> LayerRow:
        """The catalog row behind the layer."""
        return LAYERS[self.kind]

    def to_json(self) -> dict[str, Any]:
        """The layer as JSON; Linear layers carry their initializer, and what only transfer needs stands where set."""
        document = {**super().to_json(), "enabled": self.enabled, "frozen": self.frozen}
        if self.row.sets_width:
            document["initializer"] = self.initializer.to_json()
        if self.weights.kind != "fresh":
            document["weights"] = self.weights.to_json()
        return document | {
            item.name: getattr(self, item.name) for item in own.LAYER if getattr(self, item.name) != item.default
        }


@dataclass(frozen=True)
class Data:
    """Where the rows come from, how they are split and scaled."""

    source: Component
    scaling: str
    terms: list[list[str]]
    validation: float
    test: float
    stratify: bool
    split_seed: int

    def to_json(self) -> dict[str, Any]:
        """The data part as JSON."""
        return {"source": self.source.to_json(), **_values(self, own.DATA)}


@dataclass(frozen=True)
class Network:
    """The stack of layers, from input to output, and the seed of its first weights."""

    layers: tuple[Layer, ...]
    seed: int

    @property
    def active(self) -> tuple[tuple[int, Layer], ...]:
        """The enabled layers, each with its place in `layers`."""
        return tuple((index, layer) for index, layer in enumerate(self.layers) if layer.enabled)


@dataclass(frozen=True)
class Training:
    """Loss, optimizer and everything else about how the network learns; batch size 0 is the full batch."""

    loss: Component
    optimizer: Component
    scheduler: Component
    early_stopping: Component
    epochs: int
    batch_size: int
    shuffle: bool
    gradient_clip: float
    l1: float
    l2: float
    metric: str
    device: str
    seed: int

    @property
    def loss_row(self) -> LossRow:
        """The catalog row of the loss."""
        return LOSSES[self.loss.kind]

    @property
    def optimizer_row(self) -> OptimizerRow:
        """The catalog row of the optimizer."""
        return OPTIMIZERS[self.optimizer.kind]


@dataclass(frozen=True)
class Project:
    """All there is to know to make a trained network again."""

    name: str
    data: Data
    network: Network
    training: Training
    version: int = VERSION

    def to_json(self) -> dict[str, Any]:
        """The project as a JSON document; `read` turns it back into an equal project."""
        data, network, training = self.data, self.network, self.training
        return {
            "version": self.version,
            "name": self.name,
            "data": data.to_json(),
            "network": {
                **_values(network, own.NETWORK),
                "layers": [layer.to_json() for layer in network.layers],
            },
            "training": {
                **{key: getattr(training, key).to_json() for key in TRAINING_TABLES},
                **_values(training, own.TRAINING),
            },
        }

    def to_text(self) -> str:
        """The project as indented JSON text."""
        return json.dumps(self.to_json(), indent=2, ensure_ascii=False, allow_nan=False)

    def edited(self, *edits: Edit) -> Project:
        """The project with edits applied.

        Raises
        ------
        InvalidProject
            If the result is no project.
        """
        return read(apply_edits(self.to_json(), edits))

    def with_training(self, **changes: Any) -> Project:
        """The project with some of its training settings replaced."""
        return replace(self, training=replace(self.training, **changes))


TRAINING_TABLES: dict[str, Table[Any]] = {
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "scheduler": SCHEDULERS,
    "early_stopping": EARLY_STOPPING,
}
"""The parts of `Training` that are components, each with the table it is chosen from."""

_LEARNED = ("weights", *(item.name for item in own.LAYER))
"""What only a layer with weights has beside its settings."""

OPTIONAL_COMPONENTS = {"scheduler": "none", "early_stopping": "none"}


def read(document: Any) -> Project:
    """The project in a JSON document.

    Raises
    ------
    InvalidProject
        With one problem for every unknown name, missing part and bad value.
    """
    reader = _Reader()
    project = reader.project(document)
    if reader.problems or project is None:
        raise InvalidProject(reader.problems)
    return project


def read_data(document: Any) -> Data:
    """The data part of a project in a JSON document; see `read`."""
    reader = _Reader()
    data = reader.data(document)
    if reader.problems:
        raise InvalidProject(reader.problems)
    return data


def read_text(text: str | bytes) -> Project:
    """The project in JSON text; see `read`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidProject(
            [Problem("project", f"This is not JSON ({error}); save the project again and open that file.")]
        ) from None
    return read(document)


def field_problems(path: str, fields: tuple[Field, ...], values: Mapping[str, Any]) -> list[Problem]:
    """A problem for each value its field refuses; the repair sets the default."""
    problems = []
    for item in fields:
        message = item.problem(values[item.name])
        if message:
            place = f"{path}.{item.name}" if path else item.name
            repair = Repair(f"Set to {show(item.default)}", (Edit("set", place, item.default),))
            problems.append(Problem(place, message, repair=repair))
    return problems


class _Reader:
    """Walks a JSON document and collects every fault on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def project(self, document: Any) -> Project | None:
        if not isinstance(document, Mapping):
            self._fault("project", f"A project is a JSON object, but this is {show(document)}; open a project file.")
            return None
        document = _migrated(document)
        version = document.get("version")
        if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
            self._fault(
                "version",
                f"This project was made by a newer program (format {version}, known here: {VERSION}); update this one.",
            )
            return None
        if version != VERSION or isinstance(version, bool):
            self._fault("version", f"version must be {VERSION}, but it is {show(version)}; set it to {VERSION}.")
        self._known(document, "", ("version", "name", "data", "network", "training"))
        name = self._fields("", own.PROJECT, document)["name"]
        parts = {key: self._mapping(document.get(key), key) for key in ("data", "network", "training")}
        data, network, training = (
            self.data(parts["data"]),
            self._network(parts["network"]),
            self._training(parts["training"]),
        )
        if self.problems:
            return None
        return Project(name=name, data=data, network=network, training=training)

    def data(self, document: Any) -> Data:
        part = self._mapping(document, "data")
        self._known(part, "data", ("source", *(item.name for item in own.DATA)))
        source = self._component(part.get("source"), "data.source", SOURCES)
        return Data(source=source, **self._fields("data", own.DATA, part))

    def _network(self, part: Mapping[str, Any]) -> Network:
        self._known(part, "network", ("layers", *(item.name for item in own.NETWORK)))
        layers = part.get("layers", [])
        if not isinstance(layers, list):
            self._fault("network.layers", f"The layers are a list, but this is {show(layers)}; write them in [ ].")
            layers = []
        if len(layers) > LARGEST_LAYER_COUNT:
            self._fault(
                "network.layers",
                f"The network has {len(layers)} layers, but at most {LARGEST_LAYER_COUNT} are allowed; remove some.",
            )
            layers = []
        return Network(
            layers=tuple(self._layer(layer, f"network.layers[{index}]") for index, layer in enumerate(layers)),
            **self._fields("network", own.NETWORK, part),
        )

    def _layer(self, document: Any, path: str) -> Layer:
        part = self._mapping(document, path)
        learned = _LEARNED if _learns(part.get("kind")) else ()
        beside = {key: part[key] for key in ("initializer", "enabled", "frozen", *learned) if key in part}
        core = self._component({key: value for key, value in part.items() if key not in beside}, path, LAYERS)
        flags = {}
        for key, default in (("enabled", True), ("frozen", False)):
            flags[key] = beside.get(key, default)
            if not isinstance(flags[key], bool):
                self._fault(
                    f"{path}.{key}", f"{key} must be true or false, but it is {show(flags[key])}; set it to true."
                )
        initializer = self._component(
            beside.get("initializer", {"kind": "default"}), f"{path}.initializer", INITIALIZERS
        )
        weights = self._component(beside.get("weights", {"kind": "fresh"}), f"{path}.weights", STARTS)
        learning = self._fields(path, own.LAYER, beside)
        return Layer(core.kind, core.settings, initializer=initializer, weights=weights, **flags, **learning)

    def _training(self, part: Mapping[str, Any]) -> Training:
        self._known(part, "training", (*TRAINING_TABLES, *(item.name for item in own.TRAINING)))
        components = {}
        for key, table in TRAINING_TABLES.items():
            fallback = {"kind": OPTIONAL_COMPONENTS[key]} if key in OPTIONAL_COMPONENTS else None
            components[key] = self._component(part.get(key, fallback), f"training.{key}", table)
        return Training(**components, **self._fields("training", own.TRAINING, part))

    def _component(self, document: Any, path: str, table: Table[Any]) -> Component:
        part = self._mapping(document, path)
        kind = part.get("kind")
        if not isinstance(kind, str) or kind not in table:
            known = tuple(table)
            missing = "is missing" if kind is None else f"{show(kind)} is not known"
            hint = did_you_mean(kind, known) if kind is not None else f"; choose one of {', '.join(known)}."
            self._fault(f"{path}.kind", f"The kind of {table.noun} {missing}{hint}")
            return Component("unknown")
        row: Row = table[kind]
        self._known(part, path, ("kind", *(item.name for item in row.fields)))
        return Component(kind, self._fields(path, row.fields, part))

    def _fields(self, path: str, fields: tuple[Field, ...], part: Mapping[str, Any]) -> dict[str, Any]:
        values = {item.name: part.get(item.name, item.default) for item in fields}
        faults = field_problems(path, fields, values)
        self.problems.extend(faults)
        bad = {fault.path.rsplit(".", 1)[-1] for fault in faults}
        return {item.name: values[item.name] if item.name in bad else item.clean(values[item.name]) for item in fields}

    def _mapping(self, document: Any, path: str) -> Mapping[str, Any]:
        if isinstance(document, Mapping):
            return document
        what = "is missing" if document is None else f"is {show(document)}"
        self._fault(path, f"{path} must be a JSON object in {{ }}, but it {what}; add it.")
        return {}

    def _known(self, part: Mapping[str, Any], path: str, names: tuple[str, ...]) -> None:
        for name in part:
            if name not in names:
                place = f"{path}.{name}" if path else str(name)
                self._fault(place, f"There is no setting called {show(name)} here{did_you_mean(name, names)}")

    def _fault(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))


def _learns(kind: Any) -> bool:
    return isinstance(kind, str) and kind in LAYERS and LAYERS[kind].learns


def _say_where_weights_come_from(document: dict[str, Any]) -> None:
    """From version 1: its layers all start fresh, which is what a layer that says nothing does."""


_MIGRATIONS: tuple[Callable[[dict[str, Any]], None], ...] = (_say_where_weights_come_from,)
"""In order; the one at place n brings a document of version n + 1 to the next. A released one is never changed."""


def _migrated(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document of an older version as this one writes it; any other stays as it is."""
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version < VERSION:
        return document
    brought = dict(document)
    for migrate in _MIGRATIONS[version - 1 :]:
        migrate(brought)
    return {**brought, "version": VERSION}


def _values(part: Any, fields: tuple[Field, ...]) -> dict[str, Any]:
    return {item.name: getattr(part, item.name) for item in fields}
