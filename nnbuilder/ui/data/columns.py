"""A line for each column: what it holds, and what is done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from nnbuilder.catalog.table_fields import ENCODINGS, MISSING
from nnbuilder.fields import plain
from nnbuilder.spec import Project
from nnbuilder.tables.library import NUMERIC, Opened
from nnbuilder.ui.data import again, table_actions, tables
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import sentence

TYPES = {
    "number": "Number",
    "category": "Category",
    "yes_no": "Yes/no",
    "date": "Date",
    "text": "Text",
    "identifier": "Identifier",
}
AS_FOUND = "As detected"
"""Stands among the types for the one that was detected."""
ENCODED = {"one_hot": "One-hot", "ordinal": "Ordinal"}
MANY = 12
"""With more columns than this they can be searched and chosen by type."""
BARS = 20
LINE, HEAD, TALLEST = 35, 38, 460
KEY = "columns"


def show(desk: Desk, opened: Opened) -> None:
    """The table of the columns, with what finds and switches many of them at once."""
    shown = opened.columns
    if len(shown) > MANY:
        shown = _filtered(opened)
    _switches(desk, opened, shown)
    refused = again.refusal(desk, KEY)
    if refused:
        sentence(refused, "error")
    if shown:
        _editor(desk, opened, shown)
    else:
        st.caption("No column is like that; search for something else.")


def _filtered(opened: Opened) -> list[dict[str, Any]]:
    """The columns that are searched for."""
    counts = {kind: sum(column["type"] == kind for column in opened.columns) for kind in TYPES}
    kinds = [kind for kind, count in counts.items() if count]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="columns-find"):
        text = st.text_input("Search", key="columns-search", placeholder="Part of a column's name", width=240)
        wanted = kinds
        if len(kinds) > 1:
            wanted = st.pills(
                "Types",
                kinds,
                selection_mode="multi",
                format_func=lambda kind: f"{TYPES[kind]} {plain(counts[kind])}",
                key="columns-kinds",
            )
    look = (text or "").strip().lower()
    return [
        column
        for column in opened.columns
        if look in column["name"].lower() and (not wanted or column["type"] in wanted)
    ]


def _switches(desk: Desk, opened: Opened, shown: Sequence[Mapping[str, Any]]) -> None:
    """Buttons that make all columns in view features, or none."""
    source = desk.project.data.source
    used = {item["name"] for item in source["columns"]}
    can = [column["name"] for column in shown if column["type"] in NUMERIC and column["name"] != source["target"]]
    which = "" if len(shown) == len(opened.columns) else f" of the {plain(len(shown))} shown"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="columns-switch"):
        for label, use, names in (
            (f"All features{which}", True, [name for name in can if name not in used]),
            (f"No features{which}", False, [name for name in can if name in used]),
        ):
            st.button(
                label,
                key=f"features-{'on' if use else 'off'}",
                disabled=not names,
                on_click=change,
                args=(lambda now, names=names, use=use: tables.take(now, _used(now.project, opened, names, use)),),
            )
        st.caption(f"Features: {plain(len(used))} of {plain(len(opened.columns))} columns")


def _used(project: Project, opened: Opened, names: Sequence[str], use: bool) -> Project:
    return table_actions.set_features(project, opened, {name: {"use": use} for name in names})


def _editor(desk: Desk, opened: Opened, shown: Sequence[Mapping[str, Any]]) -> None:
    source = desk.project.data.source
    chosen = {item["name"]: item for item in source["columns"]}
    frame = pd.DataFrame([_line(column, chosen.get(column["name"]), source["target"]) for column in shown])
    # A click on one line stands for that line only while the same lines are in view.
    key = f"{KEY}-{desk.memory.revision}-{again.turn()}-{len(shown)}-{shown[0]['name']}"
    names = [column["name"] for column in shown]

    def commit() -> None:
        edits = st.session_state[key]["edited_rows"]
        change(lambda now: apply(now, opened, {names[int(place)]: changed for place, changed in edits.items()}))

    config = st.column_config
    st.data_editor(
        frame,
        hide_index=True,
        key=key,
        on_change=commit,
        placeholder="",
        alt="The columns of the table, and what is done with each",
        height=min(TALLEST, HEAD + LINE * len(frame)),
        disabled=["Column", "Values", "Missing", "Different", "Why"],
        column_config={
            "Feature": config.CheckboxColumn(help="Does the network get it?", width=84),
            "Target": config.CheckboxColumn(help="Is it what the network predicts?", width=80),
            "Column": config.TextColumn(width=_room(names), pinned=True),
            "Type": config.SelectboxColumn(options=[*TYPES.values(), AS_FOUND], required=True, width=92),
            # Beside the type, so that a narrow window shows it, too.
            "Why": config.TextColumn("Why this type", help="A click shows the whole sentence.", width=250),
            "Values": config.BarChartColumn(
                y_min=0, help="How the values are spread, or the most frequent categories.", width=100
            ),
            "Missing": config.NumberColumn(help="Cells that are empty or say so, and those that do not fit.", width=68),
            "Gaps": config.SelectboxColumn(
                options=list(MISSING.values()), help="What takes the place of gaps.", width=140
            ),
            "Own value": config.TextColumn(
                help="What fills the gaps: a number, a category or a date such as 2024-03-01.", width=98
            ),
            "Categories as": config.SelectboxColumn(
                options=list(ENCODED.values()), help=f"{ENCODINGS['one_hot']}. {ENCODINGS['ordinal']}.", width=124
            ),
            "Different": config.NumberColumn(width=78),
        },
    )


def _room(names: Sequence[str]) -> int:
    """Width that shows most names whole and leaves room for what is done with them, in pixels."""
    return min(max(140, 28 + round(7.2 * max(map(len, names)))), 260)


def _line(column: Mapping[str, Any], item: Mapping[str, Any] | None, target: str) -> dict[str, Any]:
    """What the table says of a column; `item` is what is chosen for it as a feature."""
    statistics = column["statistics"] or {}
    counts = statistics.get("histogram") or [count for _, count in column["categories"][:BARS]]
    filled = item is not None and item["missing"] == "constant" and item["fill"] is not None
    return {
        "Feature": item is not None,
        "Target": column["name"] == target,
        "Column": column["name"],
        "Type": TYPES[column["type"]],
        "Why": column["reason"],
        "Values": list(counts),
        "Missing": column["missing"],
        "Gaps": MISSING[item["missing"]] if item else None,
        "Own value": str(item["fill"]) if item and filled else None,
        "Categories as": ENCODED[item["encoding"]] if item and column["type"] == "category" else None,
        "Different": column["distinct"],
    }


def apply(desk: Desk, opened: Opened, edits: Mapping[str, Mapping[str, Any]]) -> None:
    """Do what was changed in the lines of some columns."""
    keys = {label: key for key, label in MISSING.items()}
    encodings = {label: key for key, label in ENCODED.items()}
    settings: dict[str, dict[str, Any]] = {}
    for name, changed in edits.items():
        if "Type" in changed:
            kind = next((key for key, label in TYPES.items() if label == changed["Type"]), None)
            again.ask(KEY, types={name: kind})
            return
        if "Target" in changed:
            if changed["Target"]:
                tables.take(desk, table_actions.set_target(desk.project, opened, name))
            else:
                again.refuse(desk, KEY, f"“{name}” stays the target until another column is; click on that one.")
            return
        made: dict[str, Any] = {}
        if "Feature" in changed:
            made["use"] = bool(changed["Feature"])
        if changed.get("Gaps"):
            made |= {"use": True, "missing": keys[changed["Gaps"]]}
        if "Own value" in changed:
            text = (changed["Own value"] or "").strip()
            made |= {"use": True, "missing": "constant", "fill": text or None}
        if changed.get("Categories as"):
            made |= {"use": True, "encoding": encodings[changed["Categories as"]]}
        if made.get("use") and (fault := table_actions.no_feature(opened.column(name), desk.project)):
            again.refuse(desk, KEY, fault)
            return
        settings[name] = made
    tables.take(desk, table_actions.set_features(desk.project, opened, settings))
