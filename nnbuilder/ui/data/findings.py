"""What was noticed in a table: questions with buttons that answer them, and all else folded where it is much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from nnbuilder.tables.answers import with_answers
from nnbuilder.tables.library import Opened
from nnbuilder.ui.data import again
from nnbuilder.ui.plots.text import unformatted
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import sentence

MOST_FINDINGS = 30
FEW_FINDINGS = 3
ALIKE = 3
"""So many questions with the same answers can be answered together."""
KEY = "finding"

Finding = Mapping[str, Any]


def show(desk: Desk, opened: Opened) -> None:
    """Questions first; a click on an answer has the table read again."""
    questions = [item for item in opened.findings if item["severity"] == "question"]
    told = [item for item in opened.findings if item["severity"] != "question"]
    # What a click repairs comes first: folded away, it would be missed.
    told.sort(key=lambda item: (item["severity"] == "note", not item["options"]))
    if questions:
        with st.container(gap="xsmall", key="questions"):
            _questions(questions)
    if told:
        # Another file begins as it should; one that is read again stays as it was opened or folded.
        key = f"noticed-{desk.project.data.source['sha256'][:12]}"
        with st.expander(f"Noticed while reading: {_counted(told)}", expanded=_open(told), key=key):
            _several(told, 2 * len(questions))
    refused = again.refusal(desk, KEY)
    if refused:
        sentence(refused, "error")


def _open(told: Sequence[Finding]) -> bool:
    """Whether all of it is shown at first: where it is little, or some of it waits for a click."""
    warnings = [item for item in told if item["severity"] == "warning"]
    repairable = any(item["options"] for item in warnings)
    return len(told) <= FEW_FINDINGS or (repairable and len(warnings) <= 2 * FEW_FINDINGS)


def _counted(told: Sequence[Finding]) -> str:
    """How many warnings and how many notes there are."""
    notes = sum(item["severity"] == "note" for item in told)
    parts = [(len(told) - notes, "warning"), (notes, "note")]
    return ", ".join(f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in parts if number)


def _questions(questions: Sequence[Finding]) -> None:
    number = 0
    for group in _alike(questions):
        if len(group) >= ALIKE:
            _together(group, number)
        else:
            _several(group, number)
        # One more for the line that answers all of a group.
        number += len(group) + 1


def _alike(questions: Sequence[Finding]) -> list[list[Finding]]:
    """Questions in groups that have the same answers about columns; one about the file is a group of its own."""
    groups: dict[object, list[Finding]] = {}
    for place, item in enumerate(questions):
        about_columns = item["options"] and all(option["answers"] for option in item["options"])
        key = tuple(option["label"] for option in item["options"]) if about_columns else place
        groups.setdefault(key, []).append(item)
    return list(groups.values())


def _together(group: Sequence[Finding], number: int) -> None:
    """Many questions that can be answered alike: at once, or one by one."""
    options = []
    for place, option in enumerate(group[0]["options"]):
        answers: dict[str, dict[str, Any]] = {}
        for item in group:
            answers = with_answers(answers, item["options"][place]["answers"])
        options.append(
            {"label": f"{option['label']}: all {len(group)}", "choices": {}, "answers": answers, "types": {}}
        )
    first = str(group[0]["message"])
    _finding({"severity": "question", "message": f"{first} So it is {len(group)} times.", "options": options}, number)
    with st.expander(f"One by one ({len(group)})", key=f"alike-{number}"):
        _several(group, number + 1)


def _several(items: Sequence[Finding], first: int) -> None:
    for place, item in enumerate(items[:MOST_FINDINGS]):
        _finding(item, first + place)
    if len(items) > MOST_FINDINGS:
        sentence(f"… and {len(items) - MOST_FINDINGS} more.", "note")


def _finding(item: Finding, number: int) -> None:
    # The sentence takes what the buttons leave, and stands above them where that is little.
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"{KEY}-line-{number}"):
        sentence(item["message"], {"note": "note", "question": "question"}.get(item["severity"], "warning"))
        for option in item["options"]:
            key = f"{KEY}-{number}-{option['label']}"
            st.button(
                unformatted(option["label"]),
                key=key,
                type="secondary" if item["severity"] == "question" else "tertiary",
                on_click=again.ask,
                args=(key, option["choices"], option["answers"], option["types"]),
            )
