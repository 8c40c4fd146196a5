"""The data rail: which data set, how it is made, split and scaled."""

from __future__ import annotations

from typing import Any

import streamlit as st

from nnbuilder.catalog import settings as own
from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.catalog.sources import TABLE
from nnbuilder.data.terms import Term, available
from nnbuilder.fields import plain
from nnbuilder.ui import actions, components
from nnbuilder.ui.places import DATA, go
from nnbuilder.ui.plots.text import unformatted
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import field_grid, show_problems

FIRST_SHOWN = ("samples", "noise")
MOST_PILLS = 20
PICKER_HEIGHT = 356
RAIL_HEIGHT = 690


def rail(desk: Desk) -> None:
    """Picker, the fields most often changed, and the others folded."""
    data = desk.project.data
    with st.container(height=RAIL_HEIGHT, border=False, key="data-rail", gap="xsmall"):
        if st.button("Your own table", icon=":material/table:", key="to-data", width="stretch"):
            go(DATA, desk.project_id)
        with st.container(height=PICKER_HEIGHT, border=False, key="data-picker"):
            components.datasets(desk, lambda value: _pick(value))
        if data.source.kind == TABLE:
            rows = f"{plain(desk.facts.rows)} rows of " if desk.facts.rows else ""
            st.caption(rows + unformatted(data.source["file"]))
        else:
            _generator(desk)
        extra_inputs(desk)
        fields = {item.name: item for item in own.DATA}
        field_grid(desk, "data", [fields["validation"], fields["test"]], vars(data))
        with st.expander("Split and scaling", key="data-split"):
            field_grid(desk, "data", [fields["scaling"]], vars(data), columns=1)
            field_grid(desk, "data", [fields["stratify"], fields["split_seed"]], vars(data))
        facts = desk.facts
        parts = {"train": facts.train_rows, "validation": facts.validation_rows, "test": facts.test_rows}
        st.caption(" · ".join(f"{plain(rows)} {name}" for name, rows in parts.items()) + " rows")


def _generator(desk: Desk) -> None:
    """The settings of a data set that is made on the spot."""
    source = desk.project.data.source
    row = DATASETS[source.kind]
    first = [item for item in row.fields if item.name in FIRST_SHOWN]
    rest = [item for item in row.fields if item.name not in FIRST_SHOWN]
    field_grid(desk, "data.source", first, source.settings)
    if rest:
        wrong = any(desk.problems_at(f"data.source.{item.name}") for item in rest)
        with st.expander(f"More of {row.label}", expanded=wrong, key="data-more"):
            st.caption(row.help)
            field_grid(desk, "data.source", rest, source.settings)


def extra_inputs(desk: Desk) -> None:
    """Switches for squares, sines, products and powers of the columns that hold numbers."""
    path, chosen = "data.terms", [Term.from_json(term) for term in desk.project.data.terms]
    numbers = [name for name, labels in zip(desk.facts.columns, desk.facts.labels, strict=True) if not labels]
    offered = available(numbers)
    if not offered:
        return
    wrong = desk.problems_at(path)
    label = f"Extra inputs ({len(chosen)})" if chosen else "Extra inputs"
    with st.expander(label, expanded=bool(wrong), key="data-terms"):
        by_label = {term.label: term for term in [*offered, *chosen]}
        shown = desk.seed(path, [term.label for term in chosen])

        def commit() -> None:
            terms = [by_label[name].to_json() for name in st.session_state[path]]
            change(lambda now: now.set(path, terms))

        item = next(item for item in own.DATA if item.name == "terms")
        usual: dict[str, Any] = {
            "default": shown,
            "key": path,
            "help": item.help,
            "label_visibility": "collapsed",
            "on_change": commit,
        }
        if len(by_label) <= MOST_PILLS:
            st.pills(item.label, list(by_label), selection_mode="multi", **usual)
        else:
            st.multiselect(item.label, list(by_label), **usual)
        st.caption(item.help)
        show_problems(wrong, where=path)


def _pick(value: dict[str, Any]) -> None:
    change(lambda now: now.change(actions.pick_data(now.project, str(value.get("kind")))))
