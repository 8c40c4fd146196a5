"""The files to take home, made of a project in a real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nnbuilder.errors import Edit, NNBuilderError
from nnbuilder.export.table import EXPORTERS
from nnbuilder.live.downloads import UnknownKind
from nnbuilder.recipes import recipes
from nnbuilder.spec import read_text
from nnbuilder.ui import actions, downloads, runs, tables
from nnbuilder.ui import backend as backends
from nnbuilder.ui.backend import Backend
from nnbuilder.ui.state import Desk, Memory
from tests.ui.fake_backend import fake_backend


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    made = fake_backend(tmp_path)
    backends.install(made)
    yield made
    backends.install(None)
    made.store.close()


@pytest.fixture
def project_id(backend: Backend) -> str:
    project = replace(actions.open_recipe("circles"), name="Zwei Kreise / 2")
    return backend.store.create_project(project.to_json()).id


def test_the_page_lists_every_exporter_and_the_project() -> None:
    rows = downloads.files()
    assert [row["kind"] for row in rows] == [*EXPORTERS, "project"]
    assert [row["label"] for row in rows] == ["Checkpoint", "State dict", "Whole model", "Project"]
    assert all(row["help"].endswith(".") for row in rows)


@pytest.mark.parametrize("kind", EXPORTERS)
def test_a_file_with_weights_is_made_of_the_current_run(backend: Backend, project_id: str, kind: str) -> None:
    record = backend.store.project(project_id)
    assert record
    run = runs.follow(backend, project_id, actions.open_recipe("circles"), blocked=False)
    assert run
    made = downloads.make(project_id, kind)
    assert made.content == f"{kind} of {run.id}".encode()
    assert made.file_name == f"zwei-kreise-2-{EXPORTERS[kind].file_name}"
    assert made.media_type == "application/octet-stream"


def test_the_project_is_the_one_saved_last(backend: Backend, project_id: str) -> None:
    changed = replace(actions.open_recipe("xor"), name="Änderung")
    backend.store.save_project(project_id, changed.to_json())
    made = downloads.make(project_id, "project")
    assert isinstance(made.content, bytes)
    assert read_text(made.content.decode()) == changed
    assert made.file_name == "nderung.json"
    assert made.media_type == "application/json"


def test_a_project_without_a_run_has_no_weights_but_a_project_file(backend: Backend, project_id: str) -> None:
    with pytest.raises(NNBuilderError, match="no network to download"):
        downloads.make(project_id, "module")
    assert downloads.make(project_id, "project").content


def test_what_is_not_there_is_said(backend: Backend, project_id: str) -> None:
    with pytest.raises(UnknownKind):
        downloads.make(project_id, "onnx")
    with pytest.raises(NNBuilderError, match="not in the store"):
        downloads.make("A" * 22, "project")


def test_without_a_server_it_says_so() -> None:
    with pytest.raises(NNBuilderError, match="not ready"):
        downloads.make("A" * 22, "project")


def test_every_recipe_can_be_taken_home(backend: Backend) -> None:
    for key in recipes():
        project = actions.open_recipe(key)
        made = downloads.make(backend.store.create_project(project.to_json()).id, "project")
        assert isinstance(made.content, bytes)
        assert read_text(made.content.decode()) == project


def test_a_table_is_written_to_a_file_that_is_sent_from_the_disk(
    backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))
    now = Desk.open(backend, None, Memory(), {})
    tables.open_file(now, b"a,b,y\n1,=x,0\n2,z,1\n3,z,1\n4,=x,0\n5,z,1\n6,=x,0\n", "mine.csv")
    made = downloads.make(now.project_id, "table")
    assert isinstance(made.content, Path)
    assert made.content.read_bytes().startswith(b"a,b,y\r\n1,'=x,0\r\n")
    assert made.file_name == "mine-table.csv"
    inputs = downloads.make(now.project_id, "inputs").content
    assert isinstance(inputs, Path)
    assert inputs.read_text().splitlines()[0] == '"part","a","b = =x","b = z","y"'
    assert len(inputs.read_text().splitlines()) == 7


def test_points_made_on_the_spot_are_no_table(backend: Backend, project_id: str) -> None:
    with pytest.raises(NNBuilderError, match="open a table first"):
        downloads.make(project_id, "table")


def test_a_table_that_cannot_be_written_leaves_no_file(
    backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))
    now = Desk.open(backend, None, Memory(), {})
    tables.open_file(now, b"a,b,y\n1,2,0\n2,3,1\n3,5,1\n4,1,0\n", "mine.csv")
    now.change(now.project.edited(Edit("set", "data.source.columns", [])))
    with pytest.raises(NNBuilderError, match="at least one feature"):
        downloads.make(now.project_id, "inputs")
    assert not list((tmp_path / "tables").rglob("*.download"))
