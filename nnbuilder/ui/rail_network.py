"""The network column: what is wrong, the canvas, and the settings of the selected layer."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from nnbuilder.catalog.initializers import INITIALIZERS
from nnbuilder.catalog.layers import LAYERS
from nnbuilder.fields import plain
from nnbuilder.shapes import layer_shapes, parameter_count
from nnbuilder.ui import components
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import field_grid, kind_picker, sentence, show_problems

COLUMN_HEIGHT = 690
SMALLEST_CANVAS = 380
LAYER_HEIGHT = 116
LINE_HEIGHT = 56
PROBLEM_HEIGHT = 50
MOST_PROBLEMS = 3


def column(desk: Desk) -> None:
    """Problems of the whole project on top, the canvas, the selected layer below."""
    note, desk.memory.note = desk.memory.note, ""
    if note:
        sentence(note, "warning")
    # What is wrong with one layer is said at its card.
    general = [problem for problem in desk.problems if not problem.path.startswith("network.layers[")]
    general.sort(key=lambda problem: problem.severity == "warning")
    with st.container(key="problems", gap="xxsmall"):
        show_problems(desk, general, where="project", most=MOST_PROBLEMS)
    # The canvas gives way to what stands around it, so that the column keeps its height.
    lines = min(len(general), MOST_PROBLEMS) + bool(note)
    height = max(SMALLEST_CANVAS, COLUMN_HEIGHT - PROBLEM_HEIGHT * lines - _panel(desk))
    components.network(desk, lambda action: change(lambda now: now.act(action)), height)
    if desk.selected is not None:
        _layer(desk, desk.selected)


def _panel(desk: Desk) -> int:
    """About how high the settings of the selected layer are, in pixels."""
    if desk.selected is None:
        return 0
    layer = desk.project.network.layers[desk.selected]
    more = bool(layer.row.sets_width and INITIALIZERS[layer.initializer.kind].fields)
    return LAYER_HEIGHT + LINE_HEIGHT * more


def _layer(desk: Desk, place: int) -> None:
    layer = desk.project.network.layers[place]
    path = f"network.layers[{place}]"
    # Its problems stand with their repairs in the canvas, right above.
    with st.container(key="layer-settings", border=True, gap="xxsmall"):
        st.markdown(f"**Layer {place + 1}: {layer.row.label}** – {layer.row.help}")
        fields = list(layer.row.fields)
        if layer.row.sets_width:
            start = layer.initializer
            settings, first = st.columns(2)
            with settings:
                field_grid(desk, path, fields, layer.settings, problems=False)
            with first:
                kind_picker(desk, f"{path}.initializer", INITIALIZERS, start.kind, label="First weights")
                field_grid(desk, f"{path}.initializer", INITIALIZERS[start.kind].fields, start.settings, problems=False)
        elif fields:
            field_grid(desk, path, fields, layer.settings, columns=4, problems=False)
        else:
            st.caption("This layer has no settings.")


def summary(desk: Desk) -> None:
    """A line for each layer: output, parameters, whether it learns; and the totals."""
    facts, network = desk.facts, desk.project.network
    shapes = {shape.index: shape for shape in layer_shapes(network, facts.inputs)}
    rows = []
    for index, layer in enumerate(network.layers):
        shape = shapes.get(index)
        rows.append(
            {
                "layer": f"{index + 1}  {LAYERS[layer.kind].label}",
                "output shape": f"[n, {shape.out_features}]" if shape else "switched off",
                "parameters": shape.parameters if shape else 0,
                "trainable": bool(shape and shape.parameters and not layer.frozen),
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", key="layers-table")
    total = parameter_count(network, facts.inputs)
    frozen = sum(shape.parameters for shape in shapes.values() if network.layers[shape.index].frozen)
    st.caption(
        f"Input [n, {facts.inputs}] · {plain(total)} parameters, {plain(total - frozen)} of them trainable · "
        f"about {plain(sum(shape.multiply_adds for shape in shapes.values()))} multiply-adds a row"
    )
