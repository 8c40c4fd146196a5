"""The data page: open a table, see how it was read, choose what is predicted from what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from nnbuilder.catalog import settings as own
from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.catalog.sources import TABLE, TABLE_ROW
from nnbuilder.catalog.table_fields import ENCODINGS, MISSING
from nnbuilder.fields import plain
from nnbuilder.tables.library import NUMERIC, Opened
from nnbuilder.ui import proposal, rail_data, sketch_pad, table_actions, tables
from nnbuilder.ui.places import BUILD, go
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import field_grid, field_widget, sentence, show_problems

KINDS = ["csv", "tsv", "txt", "gz", "zip", "xlsx", "parquet"]
TYPES = {
    "number": "Number",
    "category": "Category",
    "yes_no": "Yes/no",
    "date": "Date",
    "text": "Text",
    "identifier": "Identifier",
}
MOST_FINDINGS = 30
FEW_FINDINGS = 3
VIEWS = ("Table", "Draw points")


def page(desk: Desk) -> None:
    """What to open to the left, the table and what becomes of it to the right."""
    if desk.memory.leave:
        desk.memory.leave = False
        go(BUILD, desk.project_id)
    with st.container(horizontal=True, vertical_alignment="center", key="data-head", gap="small"):
        if st.button("Network", icon=":material/arrow_back:", key="to-build"):
            go(BUILD, desk.project_id)
        st.markdown("**Data**")
        proposal.button()
    left, right = st.columns([1, 3.4], gap="medium")
    with left:
        _open(desk)
    with right:
        if desk.memory.note:
            sentence(desk.memory.note, "error")
            desk.memory.note = ""
        view = st.segmented_control(
            "What to look at", VIEWS, default=VIEWS[0], key="data-view", label_visibility="collapsed", required=True
        )
        if view == VIEWS[1]:
            sketch_pad.pad(desk)
            return
        opened = tables.opened_table(desk)
        if opened is not None:
            _table(desk, opened)
        elif desk.project.data.source.kind != TABLE:
            st.markdown(
                "The project learns from points that are made on the spot. Open a table of your own, or one of the "
                "samples, and it takes their place; undo on the network's page brings them back."
            )


def _open(desk: Desk) -> None:
    """What can be opened; the table is read right here, so that the bar stands where the click was."""
    upload = st.file_uploader(
        "Open a table", type=KINDS, key=f"upload-{desk.memory.picked}", help="CSV, Excel or Parquet, also packed."
    )
    bar = st.empty()

    def show(share: float, words: str) -> None:
        bar.progress(share, words)

    if upload is not None:
        _take(desk, lambda: tables.open_file(desk, upload.getbuffer(), upload.name, show))
    with st.container(gap=None, key="samples"):
        st.caption("Samples: each opens with a network that suits it.")
        for item in SAMPLES.values():
            if st.button(item.title, key=f"sample-{item.key}", help=item.help, type="tertiary"):
                _take(desk, lambda name=item.key: tables.open_sample(desk, name, show))


def _take(desk: Desk, step: Callable[[], object]) -> None:
    """Do a step, empty the field a file was dropped on, and show the page anew."""
    desk.memory.picked += 1
    desk.memory.note = ""
    desk.guarded(step)
    st.rerun()


def _table(desk: Desk, opened: Opened) -> None:
    source = desk.project.data.source
    st.markdown(f"**{_plain(source['file'])}**: {plain(opened.rows)} rows, {plain(len(opened.columns))} columns")
    _findings(opened)
    problems = [problem for problem in desk.problems if problem.path.startswith("data")]
    show_problems(desk, problems, where="data-page")
    _roles(desk, opened)
    columns, rows, inputs, how = st.tabs(["Columns", "Rows", "What the network gets", "How it was read"])
    with columns:
        _columns(desk, opened)
    with rows:
        names = [column["name"] for column in opened.columns]
        st.dataframe(pd.DataFrame(opened.preview, columns=names), height=420, key="rows")
        st.caption(f"The first {plain(len(opened.preview))} of {plain(opened.rows)} rows, as they stand in the file.")
    with inputs:
        _inputs(desk)
    with how:
        reasons = opened.document["reasons"]
        choices = opened.document["choices"]
        lines = [
            {"choice": name.replace("_", " "), "taken": repr(value), "because": reasons.get(name, "")}
            for name, value in choices.items()
        ]
        st.dataframe(pd.DataFrame(lines), hide_index=True, key="reading")


def _findings(opened: Opened) -> None:
    """What was noticed: questions with buttons that answer them, all else folded where it is much."""
    questions = [item for item in opened.findings if item["severity"] == "question"]
    told = [item for item in opened.findings if item["severity"] != "question"]
    told.sort(key=lambda item: item["severity"] == "note")
    for number, item in enumerate(questions[:MOST_FINDINGS]):
        _finding(item, number)
    if not told:
        return
    with st.expander(f"Noticed while reading ({len(told)})", expanded=len(told) <= FEW_FINDINGS, key="noticed"):
        for number, item in enumerate(told[:MOST_FINDINGS]):
            _finding(item, MOST_FINDINGS + number)
        if len(told) > MOST_FINDINGS:
            sentence(f"… and {len(told) - MOST_FINDINGS} more.", "note")


def _finding(item: dict[str, Any], number: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        sentence(item["message"], "note" if item["severity"] == "note" else "warning")
        for option in item["options"]:
            st.button(
                option["label"],
                key=f"finding-{number}-{option['label']}",
                type="tertiary",
                on_click=change,
                args=(lambda now, chosen=option["choices"]: tables.read_again(now, chosen),),
            )


def _roles(desk: Desk, opened: Opened) -> None:
    """Target, task and split."""
    source = desk.project.data.source
    names = [column["name"] for column in opened.columns if column["type"] in NUMERIC]
    target, task, split_by, scaling = st.columns(4)
    with target:
        key = "table-target"
        shown = desk.seed(key, source["target"])

        def commit() -> None:
            chosen = st.session_state[key]
            change(lambda now: tables.take(now, table_actions.set_target(now.project, opened, chosen)))

        index = names.index(shown) if shown in names else None
        st.selectbox("Target", names, index=index, key=key, on_change=commit, help=TABLE_ROW.field("target").help)
    with task:
        field_widget(desk, "data.source.task", TABLE_ROW.field("task"), source["task"], problems=False)
    with split_by:
        _split_by(desk, opened)
    fields = {item.name: item for item in own.DATA}
    with scaling:
        field_widget(desk, "data.scaling", fields["scaling"], desk.project.data.scaling, problems=False)
    shares = [fields[name] for name in ("validation", "test", "stratify", "split_seed")]
    field_grid(desk, "data", shares, vars(desk.project.data), columns=4, problems=False)
    facts = desk.facts
    if facts.columns:
        what = {"binary": "two classes", "multiclass": f"{len(facts.classes)} classes", "regression": "a number"}
        parts = {"train": facts.train_rows, "validation": facts.validation_rows, "test": facts.test_rows}
        split = " · ".join(f"{plain(count)} {name}" for name, count in parts.items())
        st.caption(f"Learns {what[facts.task]} from {plain(facts.inputs)} inputs · {split} rows")


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


def _columns(desk: Desk, opened: Opened) -> None:
    """A line for each column: what it holds, and what is done with it."""
    source = desk.project.data.source
    chosen = {item["name"]: item for item in source["columns"]}
    lines = []
    for column in opened.columns:
        item = chosen.get(column["name"], {})
        statistics = column["statistics"] or {}
        counts = statistics.get("histogram") or [count for _, count in column["categories"][:20]]
        lines.append(
            {
                "Feature": column["name"] in chosen,
                "Column": column["name"],
                "Type": TYPES[column["type"]],
                "Values": list(counts),
                "Missing": column["missing"],
                "Gaps": MISSING.get(item.get("missing", ""), None),
                "Categories as": {"one_hot": "One-hot", "ordinal": "Ordinal"}.get(item.get("encoding", ""))
                if column["type"] == "category"
                else None,
                "Different": column["distinct"],
                "Why": "The target." if column["name"] == source["target"] else column["reason"],
            }
        )
    key = f"columns-{desk.memory.revision}"

    def commit() -> None:
        edits = st.session_state[key]["edited_rows"]
        change(lambda now: _apply(now, opened, edits))

    config = st.column_config
    st.data_editor(
        pd.DataFrame(lines),
        hide_index=True,
        key=key,
        on_change=commit,
        height=min(460, 38 + 35 * len(lines)),
        disabled=["Column", "Values", "Missing", "Different", "Why"],
        column_config={
            "Feature": config.CheckboxColumn(help="Does the network get it?", width="small"),
            "Type": config.SelectboxColumn(options=list(TYPES.values()), required=True, width="small"),
            "Values": config.BarChartColumn(
                y_min=0, help="How the values are spread, or the most frequent categories."
            ),
            "Missing": config.NumberColumn(help="Cells that are empty or say so.", width="small"),
            "Gaps": config.SelectboxColumn(options=list(MISSING.values()), help="What takes the place of gaps."),
            "Categories as": config.SelectboxColumn(options=["One-hot", "Ordinal"], help=ENCODINGS["one_hot"]),
            "Different": config.NumberColumn(width="small"),
            "Why": config.TextColumn(width="large"),
        },
    )


def _apply(desk: Desk, opened: Opened, edits: dict[int, dict[str, Any]]) -> None:
    """What was changed in the lines of the columns."""
    keys = {label: key for key, label in MISSING.items()}
    project = desk.project
    for place, changed in edits.items():
        name = opened.columns[int(place)]["name"]
        if "Type" in changed:
            kind = next(key for key, label in TYPES.items() if label == changed["Type"])
            tables.change_type(desk, name, kind)
            return
        settings: dict[str, Any] = {}
        if "Feature" in changed:
            settings["use"] = bool(changed["Feature"])
        if changed.get("Gaps"):
            settings |= {"use": True, "missing": keys[changed["Gaps"]]}
        if changed.get("Categories as"):
            settings |= {"use": True, "encoding": "ordinal" if changed["Categories as"] == "Ordinal" else "one_hot"}
        project = table_actions.set_feature(project, opened, name, **settings)
    tables.take(desk, project)


def _inputs(desk: Desk) -> None:
    """The names of the network's inputs, in order."""
    facts = desk.facts
    if not facts.features:
        st.caption("What is wrong above has to be repaired first.")
        return
    rail_data.extra_inputs(desk)
    st.dataframe(pd.DataFrame({"input": list(facts.features)}), height=300, key="inputs")
    st.caption("Gaps are filled, categories encoded and numbers scaled by what the training rows alone say.")


def _plain(text: str) -> str:
    """A name without any meaning for Markdown."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()#+-.!|<>~$:" else letter for letter in text)
