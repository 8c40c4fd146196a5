"""What a data set row is, what its settings tell about its shape, and the rules between its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from nnbuilder.catalog.row import Row
from nnbuilder.facts import Task
from nnbuilder.fields import plain

Settings = Mapping[str, Any]
Group = Literal["lecture", "scikit-learn", "playground"]

GROUPS: dict[Group, str] = {"lecture": "Lecture", "scikit-learn": "scikit-learn", "playground": "Playground"}
MOST_ROWS = 100_000
MOST_FEATURES = 100
MOST_CLASSES = 20


class FieldProblem(NamedTuple):
    """A fault between settings: the field to mark, one sentence, and the value that repairs it if there is one."""

    field: str
    message: str
    value: Any = None


@dataclass(frozen=True)
class DataShape:
    """What the settings of a data set tell about it before it is made; `classes` is empty for regression."""

    task: Task
    features: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    rows: int


def _nothing(settings: Settings) -> list[FieldProblem]:
    return []


def _no_more(settings: Settings) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class DataSetRow(Row):
    """A data set that is made on the spot.

    `function` is the maker in ``sklearn.datasets``, or empty where the package makes the data itself.
    `shape` answers from the settings alone. `rules` finds faults between settings whose fields each
    have no problem of their own. `more` gives the keyword arguments that no single field carries.
    `scaling` is the one its features ask for.
    """

    group: Group
    shape: Callable[[Settings], DataShape]
    function: str = ""
    rules: Callable[[Settings], list[FieldProblem]] = _nothing
    more: Callable[[Settings], dict[str, Any]] = _no_more
    scaling: str = "none"

    def problems(self, settings: Settings) -> list[FieldProblem]:
        """Faults between fields, each with the nearest value that works; call when no field has a problem."""
        return self.rules(settings)

    def arguments(self, settings: Settings) -> dict[str, Any]:
        """The keyword arguments of `function`."""
        return {**super().arguments(settings), **self.more(settings)}


# Shapes


def _names(count: int) -> tuple[str, ...]:
    return ("x",) if count == 1 else tuple(f"x{number}" for number in range(1, count + 1))


def regression(*features: str, target: str = "y") -> Callable[[Settings], DataShape]:
    """Regression; features are named here, or counted by the setting ``features`` where none is."""

    def shape(settings: Settings) -> DataShape:
        names = features or _names(settings["features"])
        return DataShape("regression", names, target, (), settings["samples"])

    return shape


def classification(
    features: tuple[str, ...] = (), classes: tuple[str, ...] = (), count: str = "classes"
) -> Callable[[Settings], DataShape]:
    """Classes; where the names are not given here they are counted by the settings ``features`` and `count`."""

    def shape(settings: Settings) -> DataShape:
        inputs = features or _names(settings["features"])
        names = classes or tuple(f"class {number}" for number in range(settings[count]))
        return DataShape("binary" if len(names) == 2 else "multiclass", inputs, "class", names, settings["samples"])

    return shape


def swiss_roll(settings: Settings) -> DataShape:
    """The roll from the side or in space; the target is the position along it."""
    features = ("x", "z") if settings["view"] == "side" else ("x", "y", "z")
    return DataShape("regression", features, "t", (), settings["samples"])


# Rules between fields


def _enough_points(settings: Settings, needed: int, reason: str) -> list[FieldProblem]:
    if settings["samples"] >= needed:
        return []
    message = f"Points must be at least {needed} {reason}, but it is {plain(settings['samples'])}; set it to {needed}."
    return [FieldProblem("samples", message, needed)]


def points_for_classes(name: str) -> Callable[[Settings], list[FieldProblem]]:
    """A rule: at least as many points as the setting `name` counts classes."""
    return lambda settings: _enough_points(settings, settings[name], "to give every class one")


def classification_rules(settings: Settings) -> list[FieldProblem]:
    """What ``make_classification`` asks of its numbers of features, classes, clusters and points."""
    problems: list[FieldProblem] = []
    features, informative = settings["features"], settings["informative"]
    redundant, repeated = settings["redundant"], settings["repeated"]
    used = informative + redundant + repeated
    if used > features:
        problems.append(_too_few_features(features, informative, redundant, repeated))
    classes, clusters = settings["classes"], settings["clusters"]
    corners = 2**informative
    if classes * clusters > corners:
        problems.append(_too_few_corners(classes, clusters, informative, features - redundant - repeated))
    problems += _enough_points(settings, classes * clusters, "to give every cluster of every class one")
    return problems


def _too_few_features(features: int, informative: int, redundant: int, repeated: int) -> FieldProblem:
    used = informative + redundant + repeated
    start = (
        f"Informative, redundant and repeated features add up to {used}, more than the {features} features there are"
    )
    if used <= MOST_FEATURES:
        return FieldProblem("features", f"{start}; set Features to {used}.", used)
    shares = {"informative": informative, "redundant": redundant, "repeated": repeated}
    name = max(shares, key=lambda share: shares[share])
    # Taking it all from the largest may not be enough; then the rule speaks up again, nearer to the end.
    fitting = max(1 if name == "informative" else 0, shares[name] - (used - features))
    return FieldProblem(name, f"{start}; set {name.capitalize()} to {fitting}.", fitting)


def _too_few_corners(classes: int, clusters: int, informative: int, room: int) -> FieldProblem:
    corners = 2**informative
    start = (
        f"{classes} classes of {clusters} {'cluster' if clusters == 1 else 'clusters'} need {classes * clusters} "
        f"corners, but {informative} informative {'feature has' if informative == 1 else 'features have'} "
        f"only {corners}"
    )
    needed = (classes * clusters - 1).bit_length()
    if needed <= room:
        return FieldProblem("informative", f"{start}; set Informative to {needed}.", needed)
    if classes <= corners:
        fitting = corners // classes
        return FieldProblem("clusters", f"{start}; set Clusters per class to {fitting}.", fitting)
    return FieldProblem("classes", f"{start}; set Classes to {corners}.", corners)


# Arguments that no single field carries


def regression_arguments(settings: Settings) -> dict[str, Any]:
    """An effective rank of 0 means none."""
    return {"effective_rank": settings["effective_rank"] or None}


def blobs_arguments(settings: Settings) -> dict[str, Any]:
    """The box the centers are drawn from."""
    return {"center_box": (-settings["box"], settings["box"])}


def quantiles_arguments(settings: Settings) -> dict[str, Any]:
    """The same center on every axis."""
    return {"mean": [settings["mean"]] * settings["features"]}


def classification_arguments(settings: Settings) -> dict[str, Any]:
    """Class shares: the first as set, the others equal; None where all are equal."""
    first, classes = settings["first_share"], settings["classes"]
    if first == 0:
        return {"weights": None}
    # Rounded, for scikit-learn cuts shares of rows down: 1 − 0.9 in floats would lose a row of 1000.
    other = round((1 - first) / (classes - 1), 12)
    return {"weights": [first] + [other] * (classes - 1)}
