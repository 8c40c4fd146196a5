"""The components that draw: mounted under constant keys, so that they live through every rerun."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st
from streamlit.components import v2

from nnbuilder.catalog.dataset_rules import GROUPS
from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.catalog.layers import LAYERS
from nnbuilder.data.thumbnails import thumbnail
from nnbuilder.live.downloads import DOWNLOAD_PATH
from nnbuilder.shapes import layer_shapes, output_width, parameter_count, wanted_outputs
from nnbuilder.ui import actions, runs
from nnbuilder.ui.assets import loader, style
from nnbuilder.ui.export.downloads import TABLE_FILES, files
from nnbuilder.ui.state import Desk

Trigger = Callable[[dict[str, Any]], None]

MEANINGS = {
    "value": "{target}",
    "logit": "logit of {last}",
    "probability": "probability of {last}",
    "logits": "logits of {count} classes",
    "log_probabilities": "log probabilities of {count} classes",
    "margins": "scores of {count} classes",
    "margin": "distance",
}

_transport = v2.component("nnbuilder_transport", css=style("base.css", "board.css"), js=loader("transport"))
_network = v2.component(
    "nnbuilder_network", css=style("base.css", "network.css", "network_transfer.css"), js=loader("network")
)
_datasets = v2.component("nnbuilder_datasets", css=style("base.css", "datasets.css"), js=loader("datasets"))
_downloads = v2.component("nnbuilder_downloads", css=style("base.css", "downloads.css"), js=loader("downloads"))
_code = v2.component("nnbuilder_code", css=style("base.css", "code.css"), js=loader("code"))
_output = v2.component(
    "nnbuilder_output", css=style("base.css", "board.css", "compare.css", "fit.css"), js=loader("output")
)


def transport(desk: Desk, on_action: Trigger) -> None:
    """The bar that trains, pauses, steps and resets."""
    data = {"live": _live(desk), "blocked": desk.blocked, "keys": True}
    _transport(key="transport", data=data, on_action_change=lambda: _fire("transport", "action", on_action))


def network(desk: Desk, on_action: Trigger, height: int) -> None:
    """The canvas of the network."""
    data = {**network_data(desk), "height": height}
    _network(key="network", data=data, on_action_change=lambda: _fire("network", "action", on_action))


def datasets(desk: Desk, on_pick: Trigger) -> None:
    """The picker of the data set."""
    data = {"groups": _groups(), "selected": desk.project.data.source.kind}
    _datasets(key="datasets", data=data, on_pick_change=lambda: _fire("datasets", "pick", on_pick))


def output(desk: Desk, on_point: Trigger) -> None:
    """What the network answers, and the curves of its training."""
    data = {
        "live": _live(desk),
        "project": desk.project_id,
        "answer": desk.memory.answer,
        "features": list(desk.facts.columns),
        "task": desk.facts.task,
        "loss_label": desk.project.training.loss_row.unit,
        "outdated": desk.blocked is not None and runs.is_outdated(desk.backend, desk.project_id, desk.project),
    }
    _output(key="output", data=data, on_point_change=lambda: _fire("output", "point", on_point))


def code(data: dict[str, Any]) -> None:
    """The project as Python source; `data` as ``code.js`` takes it."""
    _code(key="code-view", data=data)


def downloads(desk: Desk) -> None:
    """The files to take home; the browser fetches them from the route of `nnbuilder.live.downloads`."""
    _downloads(key="downloads", data={"path": DOWNLOAD_PATH, "token": _live(desk)["token"], "files": files()})


def table_download(desk: Desk, kind: str) -> None:
    """A file of the project's table to take home: its rows as read, or as the network gets them."""
    data = {"path": DOWNLOAD_PATH, "token": _live(desk)["token"], "files": [TABLE_FILES[kind]]}
    _downloads(key=f"download-{kind}", data=data)


def network_data(desk: Desk) -> dict[str, Any]:
    """What the canvas draws; see ``network_types.js``."""
    project, facts = desk.project, desk.facts
    shapes = {shape.index: shape for shape in layer_shapes(project.network, facts.inputs)}
    loss = project.training.loss_row
    last = facts.classes[-1] if facts.classes else ""
    layers = []
    # Beside layers that were kept, one that begins anew is told from them.
    kept = any(layer.from_file for layer in project.network.layers)
    numbers = {index: number for number, (index, _) in enumerate(project.network.active)}
    for index, layer in enumerate(project.network.layers):
        shape = shapes.get(index)
        path = f"network.layers[{index}]"
        layers.append(
            {
                "id": desk.memory.ids[index],
                "index": index,
                "kind": layer.kind,
                "label": layer.row.label,
                "group": layer.row.group,
                "units": desk.units_shown(index) if layer.row.sets_width else None,
                "detail": _detail(layer.row.fields, layer.settings),
                "shape": str(shape.out_features) if shape else "off",
                "parameters": shape.parameters if shape else 0,
                "enabled": layer.enabled,
                "frozen": layer.frozen,
                "start": layer.weights["name"] if layer.from_file else "",
                "fresh": kept and layer.row.learns and not layer.from_file,
                "thaw_after": layer.thaw_after,
                "rate_factor": layer.rate_factor,
                "torch_name": str(numbers.get(index, "")),
                "problems": [
                    {
                        "id": actions.problem_id(problem),
                        "severity": problem.severity,
                        "message": problem.message,
                        "repair": problem.repair.label if problem.repair else None,
                    }
                    for problem in desk.problems_at(path)
                ],
            }
        )
    meaning = MEANINGS[loss.meaning].format(target=facts.target, last=last, count=len(facts.classes))
    return {
        "live": _live(desk),
        "inputs": list(facts.features),
        "output": {
            "width": output_width(project.network, facts.inputs),
            "wanted": wanted_outputs(loss, facts),
            "label": meaning,
        },
        "layers": layers,
        "catalog": _catalog(),
        "selected": desk.selected,
        "total_parameters": parameter_count(project.network, facts.inputs),
        "can_undo": bool(desk.history.undo),
        "can_redo": bool(desk.history.redo),
    }


def _fire(key: str, name: str, trigger: Trigger) -> None:
    """Hand a component's trigger on; anything but an object is no trigger of ours."""
    value = st.session_state[key].get(name)
    if isinstance(value, dict):
        trigger(value)


def _live(desk: Desk) -> dict[str, str]:
    """Where the browser's socket connects: a session's token, which names the project and lasts while it is used."""
    return {"path": desk.backend.live_path, "token": desk.backend.live.grant(desk.project_id, desk.memory.holder)}


def _detail(fields: Any, settings: Any) -> str:
    """A layer's settings in a few words, `p 0.5`; the width stands elsewhere, and what is usual is left out."""
    words = []
    for item in fields:
        value = settings[item.name]
        if item.name == "units" or (item.name == "bias" and value):
            continue
        if item.name == "bias":
            words.append("no bias")
        elif item.name == "p" or value != item.default:
            words.append(f"{item.name} {value:g}" if isinstance(value, float) else f"{item.name} {value}")
    return ", ".join(words)


@cache
def _catalog() -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for row in LAYERS.values():
        groups.setdefault(row.group, []).append({"key": row.key, "label": row.label, "help": row.help})
    return [{"group": group, "rows": rows} for group, rows in groups.items()]


@cache
def _groups() -> list[dict[str, Any]]:
    groups = []
    for key, label in sorted(GROUPS.items(), key=lambda item: item[0] != "playground"):
        sets = []
        for row in DATASETS.values():
            if row.group != key:
                continue
            shape = row.shape(row.defaults())
            sets.append(
                {
                    "key": row.key,
                    "label": row.label,
                    "help": row.help,
                    "task": shape.task,
                    "points": [list(point) for point in thumbnail(row.key)],
                    "classes": len(shape.classes),
                }
            )
        groups.append({"label": label, "sets": sets})
    return groups
