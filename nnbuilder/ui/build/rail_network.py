"""The network column: what is wrong, the canvas, and the settings of the selected layer."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from nnbuilder.catalog import settings as own
from nnbuilder.catalog.initializers import INITIALIZERS
from nnbuilder.catalog.layers import LAYERS
from nnbuilder.fields import Flag, plain
from nnbuilder.shapes import layer_shapes, parameter_count, trainable_count
from nnbuilder.spec import Layer
from nnbuilder.ui import components
from nnbuilder.ui.actions import Action
from nnbuilder.ui.opening.fine_tuning import start_from_run
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import field_grid, kind_picker, sentence, show_problems

COLUMN_HEIGHT = 690
SMALLEST_CANVAS = 380
LAYER_HEIGHT = 116
LINE_HEIGHT = 56
PROBLEM_HEIGHT = 50
MOST_PROBLEMS = 3
FROZEN = Flag(
    name="frozen",
    label="Frozen",
    help="Keep the weights as they are; a frozen BatchNorm1d keeps its running mean and variance, too.",
    default=False,
)
LEARNING = (FROZEN, *own.LAYER)


def column(desk: Desk) -> None:
    """Problems of the whole project on top, the canvas, the selected layer below."""
    note, desk.memory.note = desk.memory.note, ""
    if note:
        sentence(note, "warning")
    # What is wrong with one layer is said at its card.
    general = [problem for problem in desk.problems if not problem.path.startswith("network.layers[")]
    general.sort(key=lambda problem: problem.severity == "warning")
    with st.container(key="problems", gap="xxsmall"):
        show_problems(general, where="project", most=MOST_PROBLEMS)
    # The canvas gives way to what stands around it, so that the column keeps its height.
    lines = min(len(general), MOST_PROBLEMS) + bool(note)
    height = max(SMALLEST_CANVAS, COLUMN_HEIGHT - PROBLEM_HEIGHT * lines - _panel(desk))
    components.network(desk, lambda action: change(lambda now: _act(now, action)), height)
    if desk.selected is not None:
        _layer(desk, desk.selected)


def _act(desk: Desk, action: Action) -> None:
    """Do what the canvas asks for."""
    if action.get("do") == "fine_tune":
        start_from_run(desk)
    else:
        desk.act(action)


def _panel(desk: Desk) -> int:
    """About how high the settings of the selected layer are, in pixels."""
    if desk.selected is None:
        return 0
    layer = desk.project.network.layers[desk.selected]
    more = bool(layer.row.sets_width and not layer.from_file and INITIALIZERS[layer.initializer.kind].fields)
    return LAYER_HEIGHT + LINE_HEIGHT * (more + layer.row.learns)


def _layer(desk: Desk, place: int) -> None:
    layer = desk.project.network.layers[place]
    path = f"network.layers[{place}]"
    # Its problems stand with their repairs in the canvas, right above.
    with st.container(key="layer-settings", border=True, gap="xxsmall"):
        st.markdown(f"**Layer {place + 1}: {layer.row.label}** – {layer.row.help}")
        fields = list(layer.row.fields)
        if layer.row.sets_width:
            start = layer.initializer
            settings, first = st.columns(2, vertical_alignment="bottom")
            with settings:
                field_grid(desk, path, fields, layer.settings, problems=False)
            with first:
                if layer.from_file:
                    _start(desk, path, layer)
                else:
                    kind_picker(desk, f"{path}.initializer", INITIALIZERS, start.kind, label="First weights")
                    more = INITIALIZERS[start.kind].fields
                    field_grid(desk, f"{path}.initializer", more, start.settings, problems=False)
        elif fields:
            field_grid(desk, path, fields, layer.settings, columns=4, problems=False)
        elif not layer.row.learns:
            st.caption("This layer has no settings.")
        if layer.row.learns:
            _learning(desk, path, layer)


def _learning(desk: Desk, path: str, layer: Layer) -> None:
    """Whether, when and how fast the layer learns."""
    values = {item.name: getattr(layer, item.name) for item in LEARNING}
    if layer.row.sets_width or not layer.from_file:
        field_grid(desk, path, LEARNING, values, columns=3, problems=False)
        return
    learning, start = st.columns(2, vertical_alignment="bottom")
    with learning:
        field_grid(desk, path, LEARNING, values, columns=3, problems=False)
    with start:
        _start(desk, path, layer)


def _start(desk: Desk, path: str, layer: Layer) -> None:
    """The file the layer starts from, and the way back."""
    name, button = st.columns((1, 1.1), gap="small", vertical_alignment="bottom")
    key = desk.key_of(f"{path}.weights")
    # The name is a person's own: a widget shows it as it is, where a caption would read it as Markdown.
    name.text_input(
        "Starts from",
        value=desk.seed(key, layer.weights["name"]),
        key=key,
        disabled=True,
        help="The weights that this layer begins with are those of a layer that has learned before.",
    )
    button.button(
        "Start fresh",
        key=f"fresh-{key}",
        help="Draw the weights anew; the layer then learns at full rate.",
        width="stretch",
        on_click=change,
        args=(lambda now, place=desk.selected: now.act({"do": "start_fresh", "at": place}),),
    )


def _learns(layer: Layer) -> str:
    """When and how fast a layer learns, in a few words."""
    when = "yes"
    if layer.frozen:
        when = f"after {plain(layer.thaw_after)} epochs" if layer.thaw_after else "frozen"
    return when if layer.rate_factor == 1.0 else f"{when}, ×{layer.rate_factor:g}"


def summary(desk: Desk) -> None:
    """A line for each layer: output, parameters, when it learns and what it starts from; and the totals."""
    facts, network = desk.facts, desk.project.network
    shapes = {shape.index: shape for shape in layer_shapes(network, facts.inputs)}
    rows = []
    for index, layer in enumerate(network.layers):
        shape = shapes.get(index)
        rows.append(
            {
                "Layer": f"{index + 1}  {LAYERS[layer.kind].label}",
                "Output shape": f"[n, {shape.out_features}]" if shape else "switched off",
                "Parameters": shape.parameters if shape else 0,
                "Trainable": shape.parameters if shape and not layer.frozen else 0,
                "Frozen": shape.parameters if shape and layer.frozen else 0,
                "Learns": _learns(layer) if shape and shape.parameters else "",
                "Starts from": layer.weights["name"] if layer.from_file else "fresh" if layer.row.learns else "",
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", key="layers-table")
    total = parameter_count(network, facts.inputs)
    later = trainable_count(network, facts.inputs)
    frozen = sum(shape.parameters for shape in shapes.values() if network.layers[shape.index].frozen)
    thawing = f", {plain(later - total + frozen)} of these thaw" if later > total - frozen else ""
    st.caption(
        f"Input [n, {facts.inputs}] · {plain(total)} parameters: {plain(total - frozen)} trainable, "
        f"{plain(frozen)} frozen{thawing} · "
        f"about {plain(sum(shape.multiply_adds for shape in shapes.values()))} multiply-adds a row"
    )
