"""Problems between the rows of a person's table and the network that is to learn from them."""

from __future__ import annotations

from nnbuilder.catalog.sources import TABLE
from nnbuilder.errors import Edit, Problem, Repair
from nnbuilder.facts import DataFacts
from nnbuilder.fields import plain
from nnbuilder.shapes import trainable_count
from nnbuilder.spec import Project

PULL = 0.005
"""An L2 penalty from which on a network of few rows does not learn them by heart; what the repair sets."""
IMBALANCE = 5.0
"""The largest class has this many times the rows of the smallest: always naming it is right too often."""


def row_problems(project: Project, facts: DataFacts) -> list[Problem]:
    """Classes of very different size that are not weighed, and fewer rows than numbers to learn."""
    if project.data.source.kind != TABLE:
        return []
    return [*_imbalance(project, facts), *_size(project, facts)]


def _imbalance(project: Project, facts: DataFacts) -> list[Problem]:
    loss = project.training.loss.settings
    if loss.get("class_weights", "none") != "none" or loss.get("pos_weight", 1.0) != 1.0:
        return []
    rows = {name: count for name, count in zip(facts.classes, facts.class_rows, strict=False) if count}
    if len(rows) < 2:
        return []
    most, least = max(rows, key=lambda name: rows[name]), min(rows, key=lambda name: rows[name])
    times = rows[most] / rows[least]
    if times < IMBALANCE:
        return []
    repair = None
    if "class_weights" in loss:
        repair = Repair("Weigh the classes", (Edit("set", "training.loss.class_weights", "balanced"),))
    elif "pos_weight" in loss and len(rows) == 2:
        first, second = rows.values()
        repair = Repair("Weigh the classes", (Edit("set", "training.loss.pos_weight", round(first / second, 3)),))
    share = rows[most] / sum(rows.values())
    weigh = "weigh the classes" if repair else "choose a loss that can weigh classes, as cross entropy does"
    return [
        Problem(
            "data.source.target",
            f"Class “{most}” has {times:.0f} times the training rows of “{least}”, so always answering “{most}” is "
            f"right in {100 * share:.0f} %; {weigh}, and watch the balanced accuracy.",
            "warning",
            repair,
        )
    ]


def _size(project: Project, facts: DataFacts) -> list[Problem]:
    parameters = trainable_count(project.network, facts.inputs)
    if not 0 < facts.train_rows < parameters or project.training.l2 >= PULL:
        return []
    wide = [(layer["units"], index) for index, layer in project.network.active if layer.row.sets_width]
    _, index = max(wide, default=(0, 0))
    less = "fewer units" if len(wide) > 1 else "fewer features"
    kind = " to learn" if any(layer.frozen for _, layer in project.network.active) else ""
    count = "1 training row" if facts.train_rows == 1 else f"{plain(facts.train_rows)} training rows"
    return [
        Problem(
            f"network.layers[{index}].units",
            f"The network has {plain(parameters)} parameters{kind} but only {count} to learn them from, so it "
            f"may learn the rows by heart; use {less}, or pull the weights towards 0 with an L2 penalty.",
            "warning",
            Repair("Pull the weights towards 0", (Edit("set", "training.l2", PULL),)),
        )
    ]
