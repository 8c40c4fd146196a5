"""Widgets made from fields: what a catalog row says of its settings is what a person sees."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from nnbuilder.catalog.row import Row, Table
from nnbuilder.errors import Problem
from nnbuilder.fields import Choice, Field, Flag, Integer, Real, Text, Weights
from nnbuilder.spec import Component
from nnbuilder.ui import actions
from nnbuilder.ui.plots.text import unformatted
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk

CUSTOM = "custom"
WEIGHT_WORDS = {"none": "None", "balanced": "Balanced", CUSTOM: "One by one"}


def component_editor(
    desk: Desk,
    path: str,
    table: Table[Any],
    component: Component,
    *,
    label: str = "",
    skip: Sequence[str] = (),
    kind: bool = True,
) -> None:
    """The widgets of a component: its kind, then every field of its row but those to `skip`."""
    row: Row = table[component.kind]
    if kind:
        kind_picker(desk, path, table, component.kind, label=label or table.noun.capitalize())
    fields = [item for item in row.fields if item.name not in skip]
    field_grid(desk, path, fields, component.settings)


def field_grid(
    desk: Desk, path: str, fields: Sequence[Field], values: Any, columns: int = 2, *, problems: bool = True
) -> None:
    """The widgets of some fields side by side, `columns` to a line."""
    for start in range(0, len(fields), columns):
        line = fields[start : start + columns]
        for place, item in zip(st.columns(columns, gap="small", vertical_alignment="bottom"), line, strict=False):
            with place:
                field_widget(
                    desk, f"{path}.{item.name}" if path else item.name, item, values[item.name], problems=problems
                )


def kind_picker(desk: Desk, path: str, table: Table[Any], kind: str, *, label: str, width: Any = "stretch") -> None:
    """The picker of a component's kind."""
    key = desk.key_of(f"{path}.kind")
    shown = desk.seed(key, kind)

    def commit() -> None:
        chosen = st.session_state[key]
        change(lambda now: now.change(actions.choose(now.project, now.path_of(desk_path) or path, chosen)))

    desk_path = desk.key_of(path)
    st.selectbox(
        label,
        list(table),
        index=list(table).index(shown),
        format_func=lambda name: table[name].label,
        key=key,
        help=table[kind].help,
        on_change=commit,
        width=width,
    )


def field_widget(
    desk: Desk, path: str, item: Field, value: Any, *, problems: bool = True, width: Any = "stretch"
) -> None:
    """The widget of one field, with what is wrong with its value right below."""
    key = desk.key_of(path)
    _WIDGETS[type(item)](desk, key, item, value, width)
    if problems:
        show_problems(desk.problems_at(path), where=key)


def log_choice(
    desk: Desk,
    path: str,
    item: Field,
    value: float,
    options: Sequence[float],
    *,
    words: dict[float, str] | None = None,
    width: Any = "stretch",
) -> None:
    """A number picked from a few usual ones or typed in, such as a learning rate."""
    key = desk.key_of(path)
    words = words or {}
    inverse = {word: number for number, word in words.items()}
    shown = words.get(value, f"{value:g}")
    typed = desk.seed(key, shown)
    listed = [words.get(number, f"{number:g}") for number in sorted({*options, value})]
    if typed not in listed:
        listed.append(typed)

    def commit() -> None:
        text = st.session_state[key]
        number: Any = inverse.get(text, _number(text))
        if isinstance(item, Integer) and isinstance(number, float) and number.is_integer():
            number = int(number)
        _set(key, number, item, typed=text)

    st.selectbox(
        item.label,
        listed,
        index=listed.index(typed),
        key=key,
        help=item.help,
        accept_new_options=True,
        filter_mode="prefix",
        on_change=commit,
        width=width,
    )


def show_problems(problems: Sequence[Problem], *, where: str, most: int = 20) -> None:
    """Problems as sentences, each with a button where it can be repaired."""
    for number, problem in enumerate(problems[:most]):
        name = actions.problem_id(problem)
        # Side by side where there is room, the button below the sentence in a rail.
        with st.container(
            key=f"problem-{_safe(where)}-{number}", horizontal=True, vertical_alignment="center", gap="xsmall"
        ):
            sentence(problem.message, problem.severity)
            if problem.repair is not None:
                st.button(
                    unformatted(problem.repair.label),
                    key=f"repair|{where}|{name}",
                    type="tertiary",
                    icon=":material/build:",
                    on_click=change,
                    args=(lambda now, name=name: now.repair(name),),
                )
    if len(problems) > most:
        sentence(f"… and {len(problems) - most} more.", "warning")


def sentence(text: str, severity: str) -> None:
    """One sentence on what is wrong; whatever is quoted in it stays text."""
    role = "alert" if severity == "error" else "note"
    st.html(f'<p class="nn-sentence nn-{severity}" role="{role}">{html.escape(text)}</p>')


def _set(key: str, value: Any, item: Field, *, typed: Any = None) -> None:
    """Set the value behind a widget; what is refused stays in the widget as it was typed."""

    def step(now: Desk) -> None:
        path = now.path_of(key)
        if path is None:
            raise actions.Refused(actions.OUTDATED)
        now.set(path, value, item, typed=value if typed is None else typed)

    change(step)


def _committer(key: str, item: Field) -> Callable[[], None]:
    return lambda: _set(key, st.session_state[key], item)


def _integer(desk: Desk, key: str, item: Field, value: Any, width: Any) -> None:
    st.number_input(
        item.label,
        value=desk.seed(key, int(value)),
        step=1,
        format="%d",
        key=key,
        help=item.help,
        on_change=_committer(key, item),
        width=width,
    )


def _real(desk: Desk, key: str, item: Field, value: Any, width: Any) -> None:
    st.number_input(
        item.label,
        value=desk.seed(key, float(value)),
        step=_step(item, value),
        format="%g",
        key=key,
        help=item.help,
        on_change=_committer(key, item),
        width=width,
    )


def _flag(desk: Desk, key: str, item: Field, value: Any, width: Any) -> None:
    shown = desk.seed(key, value)
    st.toggle(item.label, value=shown, key=key, help=item.help, on_change=_committer(key, item))


def _choice(desk: Desk, key: str, item: Field, value: Any, width: Any) -> None:
    assert isinstance(item, Choice)
    shown = desk.seed(key, value)
    labels = dict(item.options)
    st.selectbox(
        item.label,
        list(item.keys),
        index=item.keys.index(shown) if shown in item.keys else None,
        format_func=lambda name: labels.get(name, str(name)),
        key=key,
        help=item.help,
        on_change=_committer(key, item),
        width=width,
    )


def _text(desk: Desk, key: str, item: Field, value: Any, width: Any) -> None:
    shown = desk.seed(key, value)
    st.text_input(item.label, value=shown, key=key, help=item.help, on_change=_committer(key, item), width=width)


def _weights(desk: Desk, key: str, item: Field, value: Any, width: Any) -> None:
    """None, balanced, or a number for each class."""
    mode_key = f"{key}.mode"
    by_hand = not isinstance(value, str)
    mode = desk.seed(mode_key, CUSTOM if by_hand else value)

    def commit_mode() -> None:
        mode = st.session_state[mode_key]
        classes = len(desk.facts.classes) or 1
        _set(key, [1.0] * classes if mode == CUSTOM else mode, item)

    st.selectbox(
        item.label,
        list(WEIGHT_WORDS),
        index=list(WEIGHT_WORDS).index(mode),
        format_func=lambda name: WEIGHT_WORDS[name],
        key=mode_key,
        help=item.help,
        on_change=commit_mode,
        width=width,
    )
    if by_hand:
        shown = desk.seed(key, ", ".join(f"{number:g}" for number in value))

        def commit_numbers() -> None:
            text = st.session_state[key]
            parts = [_number(part) for part in text.replace(";", ",").split(",") if part.strip()]
            _set(key, parts, item, typed=text)

        st.text_input(
            f"{item.label}, class by class",
            value=shown,
            key=key,
            help="One positive number for each class, separated by commas.",
            on_change=commit_numbers,
            width=width,
        )


_WIDGETS: dict[type[Field], Callable[[Desk, str, Field, Any, Any], None]] = {
    Integer: _integer,
    Real: _real,
    Flag: _flag,
    Choice: _choice,
    Text: _text,
    Weights: _weights,
}


def _number(text: Any) -> Any:
    """The number in a text; the text itself where there is none, for the field to refuse."""
    try:
        return float(str(text).replace(" ", "").replace("−", "-"))
    except ValueError:
        return text


def _step(item: Field, value: float) -> float:
    """What the small buttons add: a tenth of the number's own size, a twentieth of a share."""
    assert isinstance(item, Real)
    if item.maximum - item.minimum <= 1 and item.default >= 0.05:
        return 0.05
    size = abs(value) or abs(item.default) or 1.0
    return float(10.0 ** (math.floor(math.log10(size))))


def _safe(key: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in key)
