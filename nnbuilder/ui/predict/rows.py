"""Many rows at once: pasted or in a file, answered in a process of its own, to look at and to take home."""

from __future__ import annotations

import csv
import io
import itertools
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from nnbuilder.errors import NNBuilderError
from nnbuilder.fields import plain
from nnbuilder.predicting.asked import Asked, can_be_missing, value_words
from nnbuilder.predicting.job import ANSWERS
from nnbuilder.tables.safe_csv import write_csv
from nnbuilder.ui.data.page import KINDS
from nnbuilder.ui.plots.text import unformatted
from nnbuilder.ui.predict import ask
from nnbuilder.ui.predict.ask import Look, Source
from nnbuilder.ui.session import memory
from nnbuilder.ui.state import Desk, project_name
from nnbuilder.ui.waiting import ask_with_progress
from nnbuilder.ui.widgets import sentence

FILE_WITHIN = 900.0
PASTED, UPLOADED, RESULT, PICKED = "predict-pasted", "predict-file", "predict-result", "predict-picked"
_ARRIVED = "predict-arrived"
PASTED_NAME = "the pasted text"
MOST_TYPED = 5_000_000
"""Characters that are taken from the text field; more are a file."""
LISTED = 300
"""Letters of the names that are written out."""


def show(desk: Desk, source: Source, look: Look) -> None:
    """What to paste or open to the left, the answers to the right."""
    left, right = st.columns([1, 1.9], gap="medium")
    with left:
        name, path = _bring(desk, source, look.asked)
    with right:
        if path is not None:
            _answer(desk, source, look, name, path)
        _result(source, look.asked)


def _bring(desk: Desk, source: Source, asked: Asked) -> tuple[str, Path | None]:
    """The rows a person has brought just now: what they are called, and where they lie."""
    folder = desk.backend.store.run_folder(source.run.id)
    path = folder / f"{ANSWERS}{memory().holder}.rows"
    picked = st.session_state.setdefault(PICKED, 0)
    key = f"{UPLOADED}-{picked}"

    def keep() -> None:
        # In a callback: the page itself is handed a copy, and a copy of 200 MB stops everyone who is served.
        upload = st.session_state[key]
        if upload is not None:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as kept:
                shutil.copyfileobj(upload, kept)
            st.session_state[PICKED] += 1
            st.session_state[_ARRIVED] = upload.name

    st.text_area(
        "Paste rows",
        key=PASTED,
        height=190,
        max_chars=MOST_TYPED,
        placeholder=_example(asked),
        help="From a spreadsheet or as CSV, with the names of the columns in the first line.",
        persist_state="session",
    )
    pasted = st.button("Predict", key="predict-go", type="primary")
    st.file_uploader("or open a file", type=KINDS, key=key, on_change=keep, help="CSV, Excel or Parquet, also packed.")
    _needs(asked)
    if pasted and not (st.session_state[PASTED] or "").strip():
        # Why other rows were refused is no longer of interest.
        if "error" in st.session_state.get(RESULT, {}):
            del st.session_state[RESULT]
        sentence("There is nothing to answer yet: paste rows, or open a file.", "note")
    elif pasted:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(st.session_state[PASTED], encoding="utf-8")
        return PASTED_NAME, path
    arrived = st.session_state.pop(_ARRIVED, None)
    return (arrived, path) if arrived else ("", None)


def _answer(desk: Desk, source: Source, look: Look, name: str, path: Path) -> None:
    """Have the rows answered behind a bar; what is refused takes the place of the answers."""
    place = st.empty()
    target = path.with_suffix(".csv")
    try:
        question = {
            "kind": "predict_rows",
            "checkpoint": str(ask.checkpoint(desk, source)),
            "asked": look.asked.to_json(),
            "path": str(path),
            "name": name,
            "target": str(target),
        }
        answer = ask_with_progress(desk.backend.engine, question, FILE_WITHIN, "Opening the rows", place.progress)
        result = {
            **answer,
            "name": name,
            "target": str(target),
            "file": f"{project_name(source.project)}-predicted.csv",
        }
    except NNBuilderError as error:
        result = {"error": str(error)}
    finally:
        path.unlink(missing_ok=True)
        place.empty()
    st.session_state[RESULT] = {**result, "run": source.run.id}


def _result(source: Source, asked: Asked) -> None:
    result: dict[str, Any] | None = st.session_state.get(RESULT)
    if result is None or result["run"] != source.run.id:
        st.markdown("**Answers**")
        st.caption("Each row with its answer will stand here, to look at and to take home as CSV.")
        return
    if "error" in result:
        sentence(result["error"], "error")
        return
    name = "Pasted rows" if result["name"] == PASTED_NAME else unformatted(result["name"])
    st.markdown(f"**{name}**: {' '.join(unformatted(text) for text in result['summary'])}")
    if result["told"]:
        with st.container(gap="xxsmall", key="predict-told"):
            for text in result["told"]:
                sentence(text, "warning" if text.startswith("Line") else "note")
    frame = pd.DataFrame(result["rows"], columns=pd.Index(result["names"]))
    config = st.column_config
    columns: dict[str, Any] = {"Line": config.NumberColumn(width=60, format="%d")}
    if asked.classes:
        columns["Probability"] = config.NumberColumn(format="%.4f", width=95)
        if any(value is not None for value in result["right"]):
            words = {True: "✓", False: "✗", None: ""}
            frame.insert(2, "Right", [words[value] for value in result["right"]])
            columns["Right"] = config.TextColumn(width=50)
    st.dataframe(
        frame,
        hide_index=True,
        height=min(460, 38 + 35 * len(frame)),
        key="predict-table",
        column_config=columns,
        placeholder="",
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        target = Path(result["target"])
        st.download_button(
            "Download all rows (CSV)",
            data=lambda: _read(target),
            file_name=result["file"],
            mime="text/csv",
            icon=":material/download:",
            key="predict-download",
            on_click="ignore",
        )
        shown = len(result["rows"])
        first = (
            f"The first {plain(shown)} of {plain(result['rows_count'])} rows. " if shown < result["rows_count"] else ""
        )
        st.caption(f"{first}Answered by the network of epoch {plain(result['epoch'])}.")


def _needs(asked: Asked) -> None:
    """The columns the network needs, and a file with one row to begin with."""
    shown = _fitting(asked.names)
    names = ", ".join(unformatted(name) for name in shown)
    more = f" and {len(asked.names) - len(shown)} more" if len(asked.names) > len(shown) else ""
    gaps = [feature.name for feature in asked.features if can_be_missing(feature)]
    may = " Gaps are filled as in training." if len(gaps) == len(asked.names) else ""
    listed = _fitting(gaps)
    some = ", ".join(unformatted(name) for name in listed) + (" …" if len(gaps) > len(listed) else "")
    may = may or (f" Gaps are allowed in {some}." if gaps else " No cell may be empty.")
    target = unformatted(asked.target.name)
    st.caption(f"Columns, in any order: {names}{more}.{may} With {target} it is told how many are right.")
    st.download_button(
        "A file to begin with",
        data=template(asked),
        file_name="rows.csv",
        mime="text/csv",
        key="predict-template",
        type="tertiary",
        icon=":material/draft:",
        on_click="ignore",
    )


def _fitting(names: Sequence[str]) -> list[str]:
    """As many names from the first on as a person wants to read."""
    ends = itertools.accumulate(len(name) for name in names)
    return [name for place, (name, end) in enumerate(zip(names, ends, strict=True)) if end <= LISTED or not place]


def template(asked: Asked) -> bytes:
    """A CSV file with the names of the features and one usual row."""
    text = io.StringIO(newline="")
    write_csv(text, asked.names, [[_cell(feature, feature.usual) for feature in asked.features]])
    return text.getvalue().encode()


def _example(asked: Asked) -> str:
    """What pasted rows look like."""
    few = asked.features[:3]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow([*(feature.name for feature in few), *(["…"] if len(asked.features) > 3 else [])])
    writer.writerow(
        [*(value_words(feature, feature.usual) for feature in few), *(["…"] if len(asked.features) > 3 else [])]
    )
    return text.getvalue()


def _cell(feature: Any, value: float) -> object:
    if feature.kind in ("category", "yes_no", "date"):
        return value_words(feature, value)
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else value


def _read(path: Path) -> bytes:
    """The file with the answers."""
    try:
        return path.read_bytes()
    except OSError:
        return b"The answers are not kept any more; predict the rows again.\r\n"
