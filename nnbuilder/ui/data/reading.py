"""How the file was read: every choice with its reason, each to be overruled and to be left to detection again."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from nnbuilder.tables.columns.meanings import MEANINGS
from nnbuilder.tables.library import Opened
from nnbuilder.ui.data import again
from nnbuilder.ui.data.columns import TYPES
from nnbuilder.ui.data.reading_words import CHOICES, ReadingChoice, value_label
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import sentence

KEY = "reading"
BOX = 198
"""Width of a choice in pixels: five of them beside what can be opened, three on a small screen."""
FIRST_ROWS = 8
DETECT = "\0detect"
"""Stands in a widget for a choice that is left open."""
MOST_ANSWERS = 50


def show(desk: Desk, opened: Opened) -> None:
    """The choices, what was answered about columns, and the first rows as the file has them and as they are read."""
    form = opened.document["choices"].get("format", "csv")
    rows = [choice for choice in CHOICES if form in choice.formats]
    if form == "parquet":
        st.caption("A Parquet file says itself how it is read; only the marks in numbers held as text are open.")
    with st.container(horizontal=True, gap="small", key="reading-form"):
        for choice in rows:
            _choice(desk, opened, choice)
    _answers(desk)
    _first_rows(opened)


def _choice(desk: Desk, opened: Opened, choice: ReadingChoice) -> None:
    """One choice: its value, whether it was detected or chosen, why, and the way back."""
    source = desk.project.data.source
    value = opened.document["choices"].get(choice.name)
    chosen = choice.name in source["chosen"]
    key = f"{KEY}-{choice.name}"
    with st.container(gap=None, width=BOX, key=f"{KEY}-box-{choice.name}"):
        _widget(desk, opened, choice, key, value)
        refused = again.refusal(desk, key)
        if refused:
            sentence(refused, "error")
        if chosen:
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                st.caption("Chosen by you")
                st.button(
                    "Detect",
                    icon=":material/undo:",
                    key=f"{key}-detect",
                    type="tertiary",
                    help="Leave it to detection again.",
                    on_click=again.ask,
                    args=(key, {choice.name: None}),
                )
        else:
            st.caption(_because(choice, value, opened.document["reasons"].get(choice.name)))


def _because(choice: ReadingChoice, value: Any, reason: str | None) -> str:
    """Why a choice was detected as it was."""
    if reason in (None, "chosen"):
        reason = choice.usual if value in (None, choice.nothing) else ""
    text = f"Detected: {reason}" if reason else "Detected"
    return "".join(f"\\{letter}" if letter in r"\`*_[]#<>~$:" else letter for letter in text)


def _widget(desk: Desk, opened: Opened, choice: ReadingChoice, key: str, value: Any) -> None:
    if choice.numbers:
        _number(desk, choice, key, value or 0)
        return
    values = list(choice.values)
    if choice.name == "sheet":
        values = list(opened.glimpse["sheets"])
    # A widget knows None as "nothing is chosen".
    values = [DETECT if one is None else one for one in values]
    value = DETECT if value is None else value
    if value not in values:
        values = [value, *values]
    shown = desk.seed(key, value)
    options = values if shown in values else [*values, shown]

    def commit() -> None:
        picked = st.session_state[key]
        if picked != value:
            again.ask(key, {choice.name: None if picked == DETECT else choice.typed(picked)})

    st.selectbox(
        choice.label,
        options,
        index=options.index(shown),
        format_func=lambda one: value_label(choice, None if one == DETECT else one),
        key=key,
        help=choice.help,
        accept_new_options=choice.open,
        on_change=commit,
    )


def _number(desk: Desk, choice: ReadingChoice, key: str, value: int) -> None:
    shift = 1 if choice.name == "part" else 0
    shown = desk.seed(key, value + shift)

    def commit() -> None:
        again.ask(key, {choice.name: int(st.session_state[key] or 0) - shift})

    st.number_input(
        choice.label,
        min_value=shift,
        max_value=100_000,
        value=shown,
        step=1,
        key=key,
        help=choice.help,
        on_change=commit,
    )


def _answers(desk: Desk) -> None:
    """What a person said of columns, each with a way to take it back."""
    source = desk.project.data.source
    said = [(name, _said(answers), "answers") for name, answers in source["answers"].items()]
    said += [(name, [f"read as {TYPES[kind].lower()}"], "types") for name, kind in source["types"].items()]
    if not said:
        return
    with st.container(gap="xsmall", key="reading-answers"):
        st.markdown("**What you said of columns**")
        for name, words, kind in said[:MOST_ANSWERS]:
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                sentence(f"“{name}”: {'; '.join(words)}.", "note")
                st.button(
                    "Take back",
                    key=f"back-{kind}-{name}",
                    type="tertiary",
                    icon=":material/undo:",
                    on_click=again.ask,
                    args=(f"back-{kind}-{name}", {}),
                    kwargs={kind: {name: None}},
                )
        if len(said) > MOST_ANSWERS:
            sentence(f"… and {len(said) - MOST_ANSWERS} more.", "note")


def _said(answers: Mapping[str, Any]) -> list[str]:
    words = []
    for key, what in (("missing", "counts as missing"), ("labels", "is no missing value")):
        if answers.get(key):
            words.append(f"{', '.join(f'“{text}”' for text in answers[key][:8])} {what}")
    if answers.get("fold"):
        words.append("capitals do not matter")
    if answers.get("same"):
        pairs = [f"“{label}” is “{other}”" for label, other in answers["same"].items()]
        words.append(", ".join(pairs[:8]) + (f" and {len(pairs) - 8} more" if len(pairs) > 8 else ""))
    if answers.get("first_year"):
        words.append(f"years of two digits lie from {answers['first_year']} to {answers['first_year'] + 99}")
    if answers.get("meaning"):
        button = MEANINGS[answers["meaning"]["meaning"]].button
        words.append(f"{button[0].lower()}{button[1:]}")
    if "order" in answers:
        words.append(f"dates have the {answers['order']}")
    return words


def _first_rows(opened: Opened) -> None:
    """The first lines as they stand in the file, and the same as a table."""
    glimpse, names = opened.glimpse, [column["name"] for column in opened.columns]
    table = pd.DataFrame(opened.preview[:FIRST_ROWS], columns=names)
    if not glimpse["lines"]:
        st.caption("The first rows as they are read")
        st.dataframe(table, key="reading-rows", height="content", hide_index=True)
        return
    raw, read = st.columns(2, gap="small")
    with raw:
        st.caption("The file, line by line: rows begin at the marked line")
        st.html(_lines(glimpse))
    with read:
        st.caption("The first rows as they are read")
        st.dataframe(table, key="reading-rows", height="content", hide_index=True)


def _lines(glimpse: Mapping[str, Any]) -> str:
    rows = []
    for number, line in enumerate(glimpse["lines"], start=glimpse["first"]):
        state = "before" if number < glimpse["data"] else "data" if number == glimpse["data"] else "row"
        text = html.escape(line).replace("\t", '<span class="nn-tab">→</span>\t') or " "
        rows.append(f'<li class="nn-{state}" value="{number}"><code>{text}</code></li>')
    return f'<ol class="nn-lines" tabindex="0" aria-label="The first lines of the file">{"".join(rows)}</ol>'
