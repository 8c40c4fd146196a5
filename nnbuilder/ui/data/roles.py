"""What is predicted, what the network learns, and how the rows are split and scaled."""

from __future__ import annotations

import streamlit as st

from nnbuilder.catalog import settings as own
from nnbuilder.catalog.sources import TABLE_ROW
from nnbuilder.fields import plain
from nnbuilder.tables.columns.tasks import find_task, of_classes
from nnbuilder.tables.library import NUMERIC, Opened
from nnbuilder.ui.data import table_actions, tables
from nnbuilder.ui.plots.text import unformatted
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import field_grid, field_widget

LEARNS = {"binary": "two classes", "multiclass": "{count} classes", "regression": "a number"}


def show(desk: Desk, opened: Opened) -> None:
    """The widgets in two lines, and below them what follows from them."""
    fields = {item.name: item for item in own.DATA}
    with st.container(key="data-roles", gap="xsmall"):
        target, task, split_by, scaling = st.columns(4, gap="small")
        with target:
            _target(desk, opened)
        with task:
            field_widget(
                desk, "data.source.task", TABLE_ROW.field("task"), desk.project.data.source["task"], problems=False
            )
        with split_by:
            _split_by(desk, opened)
        with scaling:
            field_widget(desk, "data.scaling", fields["scaling"], desk.project.data.scaling, problems=False)
        shares = [fields[name] for name in ("validation", "test", "stratify", "split_seed")]
        field_grid(desk, "data", shares, vars(desk.project.data), columns=4, problems=False)
        st.caption("  \n".join(summary(desk, opened)))


def summary(desk: Desk, opened: Opened) -> list[str]:
    """What is learned and why, from how many inputs and rows, and which rows are left out."""
    facts, source = desk.facts, desk.project.data.source
    if not facts.columns:
        return []
    target = opened.column(source["target"])
    # Rows may be left out, and classes with them: the reason is that of the rows that are learned from.
    _, reason = find_task(of_classes(target, facts.classes) if facts.classes else target, source["task"])
    what = LEARNS[facts.task].format(count=len(facts.classes))
    inputs = "1 input" if facts.inputs == 1 else f"{plain(facts.inputs)} inputs"
    parts = {"train": facts.train_rows, "validation": facts.validation_rows, "test": facts.test_rows}
    split = " · ".join(f"{plain(count)} {name}" for name, count in parts.items())
    lines = [f"Learns {what} from {inputs} · {split} rows", f"Task: {unformatted(reason)}"]
    lacking = target["missing"]
    dropped = opened.rows - facts.rows - lacking
    left_out = []
    if lacking:
        left_out.append(f"{plain(lacking)} without a target")
    if dropped > 0:
        names = [unformatted(f"“{item['name']}”") for item in source["columns"] if item["missing"] == "drop"]
        where = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        left_out.append(f"{plain(dropped)} for gaps in {where}")
    if left_out:
        lines.append(f"Left out of {plain(opened.rows)} rows: {', '.join(left_out)}")
    return lines


def _target(desk: Desk, opened: Opened) -> None:
    key, names = "table-target", [column["name"] for column in opened.columns if column["type"] in NUMERIC]
    shown = desk.seed(key, desk.project.data.source["target"])

    def commit() -> None:
        chosen = st.session_state[key]
        change(lambda now: tables.take(now, table_actions.set_target(now.project, opened, chosen)))

    index = names.index(shown) if shown in names else None
    st.selectbox("Target", names, index=index, key=key, on_change=commit, help=TABLE_ROW.field("target").help)


def _split_by(desk: Desk, opened: Opened) -> None:
    key, field = "data.source.split_by", TABLE_ROW.field("split_by")
    names = ["", *(column["name"] for column in opened.columns if column["type"] in ("category", "yes_no"))]
    shown = desk.seed(key, desk.project.data.source["split_by"])

    def commit() -> None:
        chosen = st.session_state[key]
        change(lambda now: now.set(key, chosen, field))

    st.selectbox(
        field.label,
        names,
        index=names.index(shown) if shown in names else None,
        format_func=lambda name: name or "Shares",
        key=key,
        on_change=commit,
        help=field.help,
    )
