"""The menu “Open”: one field for every kind of file, what was found in it, and what is to become of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from nnbuilder.catalog.layers import LAYERS
from nnbuilder.errors import NNBuilderError
from nnbuilder.fields import plain
from nnbuilder.loading.limits import LARGEST_BUNDLE, MIB, shown
from nnbuilder.loading.stack import NOTHING, USUAL, Stack
from nnbuilder.spec import Project
from nnbuilder.ui.opening import actions as opening_actions
from nnbuilder.ui.opening import files as opening
from nnbuilder.ui.opening.actions import Found
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import sentence

ARRIVED, FOUND, REFUSED = "opening-arrived", "opening-found", "opening-refused"
WIDTH = 420


def menu(desk: Desk) -> None:
    """The menu; it closes when something was opened, as its name is another one then."""
    # Opened, it looks anew: a run may have learned something since.
    key = f"open-{desk.memory.picked}"
    with (
        st.popover("Open", icon=":material/folder_open:", key=key, on_change="rerun"),
        st.container(width=WIDTH),
    ):
        _field(desk)
        refused: str | None = st.session_state.get(REFUSED)
        if refused:
            sentence(refused, "error")
        found: Found | None = st.session_state.get(FOUND)
        if found is not None:
            _found(desk, found)


def _field(desk: Desk) -> None:
    """The field files are dropped on; they are read right here, so that what is said stands below it."""
    key = f"open-file-{desk.memory.picked}"

    def keep() -> None:
        _forget()
        upload = st.session_state[key]
        if upload is not None:
            _guarded(lambda: st.session_state.update({ARRIVED: (opening.arrive(upload, upload.name), upload.name)}))

    # Of any kind: what a file of another program is, and what to do with it, is told once it is here.
    st.file_uploader(
        "Open a file: .json, .pth, .pt, .safetensors or .zip",
        key=key,
        on_change=keep,
        max_upload_size=LARGEST_BUNDLE // MIB,
        help="A project (.json), a checkpoint, a bundle (.zip), or weights of Linear layers from any PyTorch program "
        "(.pth, .pt, .safetensors). Nothing in a file is run.",
    )
    _runs(desk)
    arrived: tuple[str, str] | None = st.session_state.pop(ARRIVED, None)
    if arrived is not None:
        with st.spinner("Looking through the file…"):
            _guarded(lambda: st.session_state.update({FOUND: opening.look(desk.backend, *arrived)}))


def _runs(desk: Desk) -> None:
    """The project's own runs, each as good as a file."""
    found = opening.runs(desk)
    if not found:
        return
    key = f"open-run-{desk.memory.picked}"

    def keep() -> None:
        _forget()
        chosen = st.session_state[key]
        if chosen is not None:
            change(
                lambda now: _guarded(
                    lambda: st.session_state.update({ARRIVED: opening.arrive_run(now, chosen)}),
                )
            )

    st.selectbox(
        "Or a run of this project",
        list(found),
        index=None,
        format_func=lambda run_id: found[run_id],
        key=key,
        placeholder="Choose a run to start from",
        on_change=keep,
    )


def _forget() -> None:
    for name in (ARRIVED, FOUND, REFUSED):
        st.session_state.pop(name, None)


def _guarded(step: Callable[[], object]) -> None:
    """Do a step; what it refuses is said under the field, and nothing else changes."""
    st.session_state.pop(REFUSED, None)
    try:
        step()
    except NNBuilderError as error:
        st.session_state[REFUSED] = str(error)


def _done(now: Desk) -> None:
    """Close the menu and empty the field."""
    _forget()
    now.memory.picked += 1


def _found(desk: Desk, found: Found) -> None:
    """What is in the file, what is to be chosen, and the buttons."""
    stack = opening_actions.stack_of(found)
    sentence(_words(found), "note")
    for note in stack.notes if stack else ():
        sentence(note, "warning")
    missing = opening.missing_table(desk, found)
    if missing:
        _table(desk, found, missing)
    if found.get("lost_starts"):
        sentence(_lost(found["lost_starts"]), "warning")
    chosen = _slots(desk, found, stack)
    if found["kind"] == "run":
        _button(
            "Go on training",
            "open-go-on",
            lambda now: _leave(now, opening.go_on(now, found)),
            "A new project with weights, optimizer, epochs and curves as they were saved.",
            disabled=bool(missing),
            loud=True,
        )
    fresh = "Start from its weights" if found["kind"] == "run" else "Open as a new project"
    _button(
        fresh,
        "open-new",
        lambda now: _leave(now, opening.open_project(now, found, chosen)),
        _new_help(found),
        disabled=bool(missing) and "project" in found,
        loud=found["kind"] != "run",
    )
    if stack is not None:
        _into(desk, found, stack, chosen)


def _new_help(found: Found) -> str:
    if found["kind"] == "project":
        return "Data, network and training as they were saved."
    if found.get("project"):
        return "A new project that begins in epoch 0 with these weights."
    return "A new project with this network on the present data, which begins in epoch 0 with these weights."


def _words(found: Found) -> str:
    """What was found, in one sentence."""
    name, words = shown(found["name"]), found["words"]
    if found["kind"] == "project":
        return f"{name} holds {words}."
    if found["kind"] == "run":
        title = shown(found["project"]["name"])
        epochs = f"{plain(found['epoch'])} of {plain(found['epochs'])} epochs are done"
        return f"{name} holds a training of “{title}”: {words}; {epochs}."
    ask = "" if found.get("project") or not found["stack"]["slots"] else "; activations are not in the file: choose"
    return f"{name} holds {words}{ask}."


def _table(desk: Desk, found: Found, missing: str) -> None:
    """Ask for the table a project was made with."""
    other = found["table"].get("other")
    if other:
        what = (
            f"{shown(other)} in the bundle is not {shown(missing)}, the table the network was trained on (its "
            "fingerprint differs); drop the right file, too."
        )
    else:
        what = f"Its table {shown(missing)} is not in the file; drop that one, too."
    sentence(what, "warning")
    key = f"open-table-{desk.memory.picked}"

    def keep() -> None:
        upload = st.session_state[key]
        if upload is not None:
            change(lambda now: _guarded(lambda: opening.bring_table(now, found, upload, upload.name)))

    st.file_uploader("Its table", key=key, on_change=keep, label_visibility="collapsed")


def _lost(names: list[str]) -> str:
    """What a run cannot go back to any more."""
    listed = ", ".join(map(shown, names[:3])) + (" …" if len(names) > 3 else "")
    return (
        f"The weights its layers began with ({listed}) are not on this computer; a reset goes back to those in this "
        "file instead."
    )


def _slots(desk: Desk, found: Found, stack: Stack | None) -> list[str]:
    """What a person chooses for the places between the layers."""
    proposals = opening_actions.slots_of(found)
    if stack is None or not proposals:
        return []
    options = opening_actions.fillers()
    usual = st.selectbox(
        "Activation between the layers",
        options,
        index=options.index(USUAL),
        format_func=_label,
        key=f"open-usual-{desk.memory.picked}",
        help="Weights tell nothing of activations; take those the network was trained with.",
    )
    chosen = [usual if proposal == USUAL else proposal for proposal in proposals]
    if len(proposals) < 2 and chosen == [usual]:
        return chosen
    with st.expander("Place by place", key=f"open-slots-{desk.memory.picked}"):
        for number, slot in enumerate(stack.slots):
            before, after = stack.pieces[slot.after], stack.pieces[slot.after + 1]
            # A key for each usual one: a choice of its own gives way when all of them change.
            chosen[number] = st.selectbox(
                f"Between layer {slot.after + 1} and {slot.after + 2} ({before.outputs} → {after.outputs})",
                options,
                index=options.index(chosen[number]),
                format_func=_label,
                key=f"open-slot-{desk.memory.picked}-{number}-{usual}",
            )
    return chosen


def _label(kind: str) -> str:
    return "Nothing" if kind == NOTHING else LAYERS[kind].label


def _into(desk: Desk, found: Found, stack: Stack, chosen: list[str]) -> None:
    """Ways of bringing weights into the project at hand."""
    project, inputs = desk.project, desk.facts.inputs
    why = opening_actions.misfit(project, inputs, found)
    if why:
        _button(
            "Replace this network",
            "open-replace",
            lambda now: _bring(now, found, opening_actions.in_its_place(now.project, found, chosen)),
            f"{why} The file's layers take the place of these; undo brings them back.",
        )
    else:
        _button(
            "Load into this network",
            "open-load",
            lambda now: _bring(now, found, opening_actions.into_network(now.project, now.facts.inputs, found)),
            "Every layer starts from the weights of the file; undo takes them out again.",
        )
    _one_layer(desk, found, stack)


def _one_layer(desk: Desk, found: Found, stack: Stack) -> None:
    """One layer of the file into one of the right shape."""
    project, inputs = desk.project, desk.facts.inputs
    pairs = [
        (number, place)
        for number, piece in enumerate(stack.pieces)
        for place in opening_actions.fitting(project, inputs, piece)
    ]
    if not pairs:
        if len(stack.pieces) == 1:
            sentence(f"No layer of this network is of the shape of this one: {stack.words}.", "note")
        return

    def words(pair: tuple[int, int]) -> str:
        number, place = pair
        piece = stack.pieces[number]
        source = "" if len(stack.pieces) == 1 else f"layer {number + 1} of the file "
        return f"{source}into layer {place + 1}: {LAYERS[piece.kind].label} {piece.inputs} → {piece.outputs}"

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen: Any = st.selectbox(
            "One layer", pairs, format_func=words, key=f"open-pair-{desk.memory.picked}", width="stretch"
        )
        _button(
            "Load",
            "open-layer",
            lambda now: _bring(now, found, opening_actions.into_layer(now.project, now.facts.inputs, found, *chosen)),
            "This layer starts from these weights; undo takes them out again.",
            width="content",
        )


def _button(
    label: str,
    key: str,
    step: Callable[[Desk], object],
    help: str,
    *,
    disabled: bool = False,
    loud: bool = False,
    width: Any = "stretch",
) -> None:
    """A button that does a step and closes the menu; what is refused is said under the field."""

    def do(now: Desk) -> None:
        _guarded(lambda: (step(now), _done(now)))

    st.button(
        label,
        key=key,
        help=help,
        type="primary" if loud else "secondary",
        disabled=disabled,
        on_click=change,
        args=(do,),
        width=width,
    )


def _bring(now: Desk, found: Found, project: Project) -> None:
    """Change the project to one that starts from the weights of the file."""
    opening.keep_weights(found)
    now.change(project)


def _leave(now: Desk, project_id: str) -> None:
    """Go to a project that was just made; every widget shows what is set there."""
    now.memory.leave_for(project_id)
