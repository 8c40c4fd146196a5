"""Problems of the stack of layers itself."""

from __future__ import annotations

from nnbuilder.errors import Edit, Problem, Repair
from nnbuilder.facts import DataFacts
from nnbuilder.fields import plain
from nnbuilder.shapes import layer_shapes
from nnbuilder.spec import Project

LINEAR_ANYWAY = frozenset({"identity", "dropout", "batch_norm"})
"""Layers that leave a stack of two Linear layers as weak as one."""


def network_problems(project: Project, facts: DataFacts) -> list[Problem]:
    """Problems with the order, the settings and the learning of the layers."""
    network = project.network
    if not any(layer.row.sets_width for _, layer in network.active):
        place = f"network.layers[{len(network.layers)}]"
        width = project.training.loss_row.outputs(len(facts.classes))
        return [
            Problem(
                "network.layers",
                "The network has no Linear layer that is switched on, so it has nothing to learn with; add one.",
                repair=Repair("Add a Linear layer", (Edit("insert", place, {"kind": "linear", "units": width}),)),
            )
        ]
    return [*_learning(project), *_stacked(project), *_settings(project, facts)]


def _learning(project: Project) -> list[Problem]:
    learners = [(index, layer) for index, layer in project.network.active if layer.row.learns]
    if any(not layer.frozen for _, layer in learners):
        return []
    last = learners[-1][0]
    path = f"network.layers[{last}].frozen"
    epochs = min((layer.thaw_after for _, layer in learners if layer.thaw_after), default=0)
    until = f" until epoch {epochs + 1}" if epochs else ""
    return [
        Problem(
            path,
            f"Every layer with weights is frozen{until}, so nothing can learn; thaw at least one.",
            repair=Repair("Thaw the last one", (Edit("set", path, False),)),
        )
    ]


def _stacked(project: Project) -> list[Problem]:
    """Two Linear layers with no activation between them do what one can do."""
    problems, before = [], None
    for index, layer in project.network.active:
        if layer.row.sets_width:
            if before is not None:
                path = f"network.layers[{index}]"
                problems.append(
                    Problem(
                        path,
                        f"Layers {before + 1} and {index + 1} are both Linear with no activation "
                        f"between them, so together "
                        "they can do no more than one; put an activation such as ReLU between them.",
                        "warning",
                        Repair("Insert ReLU", (Edit("insert", path, {"kind": "relu"}),)),
                    )
                )
            before = index
        elif layer.kind not in LINEAR_ANYWAY:
            before = None
    return problems


def _settings(project: Project, facts: DataFacts) -> list[Problem]:
    """Settings of single layers that do not go together with each other or with the width they meet."""
    problems = []
    for shape in layer_shapes(project.network, facts.inputs):
        layer = project.network.layers[shape.index]
        path = f"network.layers[{shape.index}]"
        if layer.kind == "hardtanh" and layer["min_val"] >= layer["max_val"]:
            problems.append(
                Problem(
                    f"{path}.max_val",
                    f"Hardtanh's upper bound {plain(layer['max_val'])} must lie above its lower bound "
                    f"{plain(layer['min_val'])}; set them to −1 and 1.",
                    repair=Repair(
                        "Set to −1 and 1", (Edit("set", f"{path}.min_val", -1.0), Edit("set", f"{path}.max_val", 1.0))
                    ),
                )
            )
        if layer.kind in ("softmax", "log_softmax") and layer["dim"] == 0:
            problems.append(
                Problem(
                    f"{path}.dim",
                    f"{layer.row.label} over dimension 0 mixes the rows of a batch with each other; use dimension 1, "
                    "along each row.",
                    repair=Repair("Use dimension 1", (Edit("set", f"{path}.dim", 1),)),
                )
            )
        if layer.kind in ("softmax", "log_softmax", "layer_norm") and shape.in_features == 1:
            answer = {"softmax": "1", "log_softmax": "0", "layer_norm": "the same number"}[layer.kind]
            problems.append(
                Problem(
                    path,
                    f"{layer.row.label} over a single value always answers {answer}, so nothing gets "
                    f"through; remove it.",
                    repair=Repair("Remove it", (Edit("remove", path),)),
                )
            )
        problems += _initializer(project, shape.index)
        problems += _batch_of_one(project, facts, shape.index)
    return problems


def _initializer(project: Project, index: int) -> list[Problem]:
    layer = project.network.layers[index]
    if layer.from_file:
        return []
    start, path = layer.initializer, f"network.layers[{index}].initializer"
    default = Repair("Use torch's default", (Edit("set", path, {"kind": "default"}),))
    if start.kind == "uniform" and start["low"] >= start["high"]:
        return [
            Problem(
                f"{path}.high",
                f"The upper bound {plain(start['high'])} of the first weights must lie above the lower one "
                f"{plain(start['low'])}; raise it.",
                repair=default,
            )
        ]
    more_than_one_layer = sum(item.row.sets_width for _, item in project.network.active) > 1
    same = start.kind in ("zeros", "constant") or (start.kind == "normal" and start["std"] == 0)
    if layer.row.sets_width and same and more_than_one_layer:
        return [
            Problem(
                path,
                f"All weights of layer {index + 1} start equal, so its units get equal gradients and stay alike; "
                "let them start at random.",
                "warning",
                default,
            )
        ]
    return []


def _batch_of_one(project: Project, facts: DataFacts, index: int) -> list[Problem]:
    layer, size = project.network.layers[index], project.training.batch_size
    rows = facts.train_rows
    if layer.kind != "batch_norm":
        return []
    left = rows % size if 0 < size < rows else 0
    if size != 1 and rows != 1 and left != 1:
        return []
    better = next((wider for wider in range(max(size, 2), rows) if rows % wider != 1), 0)
    what = (
        "the batches hold one row each"
        if size == 1 or rows == 1
        else f"the last batch holds one row ({rows} = {rows // size} × {size} + 1)"
    )
    return [
        Problem(
            "training.batch_size",
            f"BatchNorm1d in layer {index + 1} needs two rows or more in each batch, but {what}; "
            f"use a batch size of {better or 'the full batch (0)'}.",
            repair=Repair(
                f"Use {better}" if better else "Use the full batch", (Edit("set", "training.batch_size", better),)
            ),
        )
    ]
