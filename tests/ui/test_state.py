"""The desk: undo and redo, values as typed, names of layers, two sessions on one project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nnbuilder.catalog import settings as own
from nnbuilder.errors import Edit, NNBuilderError
from nnbuilder.recipes import recipe
from nnbuilder.ui import actions, runs
from nnbuilder.ui.backend import Backend
from nnbuilder.ui.opening import transfer
from nnbuilder.ui.state import MOST_UNDO, Desk, Memory, as_json, project_name
from tests.ui.fake_backend import fake_backend

EPOCHS = next(item for item in own.TRAINING if item.name == "epochs")


class Session:
    """A browser session: its memory and what its widgets hold."""

    def __init__(self, backend: Backend, project_id: str | None = None) -> None:
        self.backend, self.memory, self.widgets = backend, Memory(), dict[Any, Any]()
        self.id = project_id or self.desk().project_id

    def desk(self) -> Desk:
        return Desk.open(self.backend, getattr(self, "id", None), self.memory, self.widgets)

    def set(self, path: str, value: Any, item=None) -> Desk:
        desk = self.desk()
        desk.set(path, value, item)
        return desk


@pytest.fixture
def backend(tmp_path: Path):
    made = fake_backend(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def session(backend: Backend) -> Session:
    return Session(backend)


def test_train_right_after_a_change_trains_what_was_changed(session) -> None:
    desk = session.desk()
    runs.follow(desk.backend, desk.project_id, desk.project, blocked=False)
    engine = session.backend.engine
    first = engine.requests[-1].run_id
    desk.change(desk.project.edited(Edit("set", "network.layers[0].units", 6)))
    session.desk().transport({"do": "train", "n": 2})
    changed = engine.requests[-1]
    assert changed.run_id != first
    assert engine.states[changed.run_id] == "training"


def test_undo_and_redo_walk_through_every_change(session: Session) -> None:
    states = [session.desk().project]
    for epochs in (1, 2, 3):
        states.append(session.set("training.epochs", epochs).project)
    for expected in reversed(states[:-1]):
        session.desk().undo()
        assert session.desk().project == expected
    session.desk().undo()
    for expected in states[1:]:
        session.desk().redo()
        assert session.desk().project == expected


def test_undo_of_new_first_weights_brings_back_the_run_with_its_weights(session: Session) -> None:
    desk = session.desk()
    first = runs.follow(desk.backend, desk.project_id, desk.project, blocked=False)
    assert first is not None
    (desk.backend.store.run_folder(first.id) / "checkpoint.pth").write_bytes(b"learned")
    desk.change(transfer.start_from_own(desk.project, "ab" * 32, "Circle"))
    second = runs.follow(desk.backend, desk.project_id, desk.project, blocked=False)
    assert second is not None and second.id != first.id
    session.desk().undo()
    again = session.desk()
    found = runs.follow(again.backend, again.project_id, again.project, blocked=False)
    assert found is not None and found.id == first.id
    assert session.backend.engine.requests[-1].checkpoint.read_bytes() == b"learned"


def test_a_change_after_undo_ends_redo(session: Session) -> None:
    session.set("training.epochs", 1)
    session.desk().undo()
    session.set("training.epochs", 2)
    session.desk().redo()
    assert session.desk().project.training.epochs == 2


def test_no_change_is_nothing_to_undo(session: Session) -> None:
    session.set("training.epochs", session.desk().project.training.epochs)
    assert session.desk().history.undo == []
    assert session.desk().backend.store.project(session.id).revision == 1  # type: ignore[union-attr]


def test_undo_is_bounded(session: Session) -> None:
    for epochs in range(1, MOST_UNDO + 20):
        session.set("training.epochs", epochs)
    assert len(session.desk().history.undo) == MOST_UNDO


def test_a_refused_value_stays_in_its_widget_until_the_project_says_otherwise(session: Session) -> None:
    desk = session.set("training.epochs", -1, EPOCHS)
    session.widgets["training.epochs"] = -1
    assert desk.blocked is not None
    desk.seed("training.epochs", desk.project.training.epochs)
    assert session.widgets["training.epochs"] == -1
    session.widgets.clear()
    desk.seed("training.epochs", desk.project.training.epochs)
    assert session.widgets["training.epochs"] == -1
    session.set("training.epochs", 7, EPOCHS)
    desk = session.desk()
    desk.seed("training.epochs", 7)
    assert session.widgets["training.epochs"] == 7
    assert desk.blocked is None


def test_a_value_from_another_session_reaches_the_widget(backend: Backend, session: Session) -> None:
    desk = session.desk()
    desk.seed("training.epochs", desk.project.training.epochs)
    Session(backend, session.id).set("training.epochs", 99)
    desk = session.desk()
    desk.seed("training.epochs", desk.project.training.epochs)
    assert session.widgets["training.epochs"] == 99


def test_two_sessions_change_one_project_without_losing_anything(backend: Backend, session: Session) -> None:
    other = Session(backend, session.id)
    session.desk(), other.desk()
    session.set("training.epochs", 11)
    other.set("training.l2", 0.5)
    assert session.desk().project.training.epochs == 11
    assert session.desk().project.training.l2 == 0.5


def test_an_action_on_a_network_that_changed_elsewhere_is_refused(backend: Backend, session: Session) -> None:
    session.desk()
    Session(backend, session.id).desk().act({"do": "remove", "at": 0})
    with pytest.raises(actions.Refused, match="in the meantime"):
        session.desk().act({"do": "remove", "at": 4})
    session.desk().act({"do": "remove", "at": 3})
    assert len(session.desk().project.network.layers) == 3


def test_a_widget_of_a_layer_follows_it_and_ends_with_it(session: Session) -> None:
    desk = session.desk()
    key = desk.key_of("network.layers[2].units")
    desk.act({"do": "move", "from": 2, "to": 0})
    assert session.desk().path_of(key) == "network.layers[0].units"
    session.desk().act({"do": "remove", "at": 0})
    assert session.desk().path_of(key) is None
    session.desk().undo()
    assert session.desk().path_of("training.epochs") == "training.epochs"


def test_a_refused_width_moves_with_its_layer_and_is_repaired_there(session: Session) -> None:
    session.desk().act({"do": "resize", "at": 2, "units": 10**9})
    session.desk().act({"do": "move", "from": 2, "to": 0})
    desk = session.desk()
    problem = desk.problems[0]
    assert (problem.path, desk.units_shown(0)) == ("network.layers[0].units", 10**9)
    desk.act({"do": "repair", "id": actions.problem_id(problem)})
    assert session.desk().project.network.layers[0]["units"] == 100_000
    assert session.desk().memory.refused == {}


def test_a_refused_width_is_forgotten_with_its_layer(session: Session) -> None:
    session.desk().act({"do": "resize", "at": 0, "units": 0})
    session.desk().act({"do": "remove", "at": 0})
    assert session.desk().blocked is None


def test_selecting(session: Session) -> None:
    session.desk().act({"do": "select", "at": 3})
    assert session.desk().selected == 3
    session.desk().act({"do": "remove", "at": 0})
    assert session.desk().selected == 2
    for nothing in (None, 99, -1, "2", True):
        session.desk().act({"do": "select", "at": nothing})
        assert session.desk().selected is None


def test_a_repair_that_is_out_of_date_does_nothing(session: Session) -> None:
    before = session.desk().project
    session.desk().act({"do": "repair", "id": "gone"})
    assert session.desk().project == before


def test_what_is_refused_becomes_a_sentence(session: Session) -> None:
    desk = session.desk()

    def fail() -> None:
        raise NNBuilderError("It is broken; mend it.")

    desk.guarded(fail)
    assert session.memory.note == "It is broken; mend it."


def test_another_project_in_the_url_starts_with_an_empty_memory(backend: Backend, session: Session) -> None:
    session.set("training.epochs", 3)
    session.id = backend.store.create_project(recipe("xor").project().to_json()).id
    assert session.desk().project == recipe("xor").project()
    assert session.desk().history.undo == []


def test_file_names_are_harmless(session: Session) -> None:
    project = session.desk().project
    for name, expected in (("../../etc/passwd", "etc-passwd"), ("<b>", "b"), ("名前", "network"), ("", "network")):
        assert project_name(project.edited(Edit("set", "name", name))) == expected
    assert as_json(project).endswith(b"}\n")


def test_layers_of_another_project_have_names_of_their_own() -> None:
    """The canvas keeps a card as long as its name stays: it must not keep that of another project's layer."""
    memory = Memory("one")
    names = {memory.fresh_id() for _ in range(3)}
    memory.turn_to("two")
    assert memory.project_id == "two"
    assert memory.fresh_id() not in names


def test_a_click_made_before_the_browser_knew_of_the_new_project_is_meant_for_it(session) -> None:
    """Its request still has the old project in the URL, and comes while the page of the new one is being made."""
    left, backend = session.id, session.backend
    opened = backend.store.create_project(recipe("blobs").project().to_json()).id
    session.desk().memory.leave_for(opened)
    assert session.desk().project_id == opened
    session.desk().transport({"do": "train", "n": 1})
    assert backend.engine.states[backend.store.current_run(opened).id] == "training"
    assert backend.store.current_run(left) is None
    # A page of the old project that was on its way is sent whole: the browser has not heard of the new one by that.
    session.memory.arrived(left)
    assert session.desk().project_id == opened
    # Once it has, the old address is asked for on purpose: the browser's “Back”.
    session.memory.arrived(opened)
    assert session.desk().project_id == left
