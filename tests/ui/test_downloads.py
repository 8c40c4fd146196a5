"""The files to take home, made of a project in a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nnbuilder.data.facts import describe
from nnbuilder.errors import Edit, NNBuilderError
from nnbuilder.export import EXPORTERS, Net
from nnbuilder.live.downloads import UnknownKind
from nnbuilder.recipes import recipes
from nnbuilder.spec import read_text
from nnbuilder.ui import actions, runs
from nnbuilder.ui import backend as backends
from nnbuilder.ui.backend import Backend
from nnbuilder.ui.data import tables
from nnbuilder.ui.export import downloads
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


def test_the_menu_lists_the_files_most_wanted() -> None:
    rows = downloads.files()
    assert [row["kind"] for row in rows] == list(downloads.MOST_WANTED)
    assert {"Checkpoint", "State dict", "Whole model", "Bundle", "Project"} <= {row["label"] for row in rows}
    assert all(row["help"].endswith(".") for row in rows)


def test_the_page_lists_every_exporter_with_what_it_needs_to_show_it() -> None:
    project = actions.open_recipe("blobs")
    groups = downloads.groups(Net(project, describe(project.data), 0), "four-blobs")
    rows = [row for group in groups for row in group["files"]]
    # Points that code makes anew are read from no file.
    assert [row["kind"] for row in rows] == [key for key in EXPORTERS if key not in ("training_data", "start_weights")]
    for row in rows:
        offered = [choice["key"] for choice in row["choices"]] or [""]
        assert list(row["names"]) == offered
        assert not row["load"] or list(row["load"]) == offered
        assert not any("{" in name for name in row["names"].values())
    by_kind = {row["kind"]: row for row in rows}
    assert "press Train" in by_kind["curves"]["missing"] and not by_kind["module"]["missing"]
    assert by_kind["state_dict"]["size"] > 1000 and by_kind["onnx"]["size"] == 0
    assert 'pd.read_csv("curves.csv"' in by_kind["curves_csv"]["load"][""]
    assert by_kind["bundle"]["names"] == {"": "four-blobs-bundle.zip"}
    assert 'zipfile.ZipFile("four-blobs-bundle.zip")' in by_kind["bundle"]["load"][""]
    assert "python -m zipfile -e four-blobs-source.zip code" in by_kind["source"]["load"][""]
    assert by_kind["fit"]["names"]["svg"] == "four-blobs-fit.svg"
    follows = {row["kind"] for row in rows if row["forms"]}
    assert follows == {"state_dict", "checkpoint", "safetensors"}
    assert "named(torch.load(" in by_kind["state_dict"]["forms"]["named"][""]
    json.dumps(groups)


def test_a_package_the_server_lacks_is_told_before_anyone_clicks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "find_spec", lambda name: None if name == "onnxruntime" else object())
    project = actions.open_recipe("circles")
    groups = downloads.groups(Net(project, describe(project.data), 3), "circles")
    told = {row["kind"]: row["missing"] for group in groups for row in group["files"] if row["missing"]}
    assert told == dict.fromkeys(
        ("onnx", "bundle"), "It needs the package onnxruntime, which the server does not have."
    )


@pytest.mark.parametrize(
    ("kind", "name", "media_type"),
    [
        ("module", "model.pth", "application/octet-stream"),
        ("layer:2", "layer.pth", "application/octet-stream"),
        ("train_py", "train.py", "text/x-python; charset=utf-8"),
        ("fit:svg", "zwei-kreise-2-fit.svg", "image/svg+xml"),
        ("fit", "zwei-kreise-2-fit.png", "image/png"),
        ("bundle", "zwei-kreise-2-bundle.zip", "application/zip"),
        ("preprocessing", "preprocessing.json", "application/json"),
    ],
)
def test_a_file_with_weights_is_made_of_the_current_run(
    backend: Backend, project_id: str, kind: str, name: str, media_type: str
) -> None:
    record = backend.store.project(project_id)
    assert record
    run = runs.follow(backend, project_id, actions.open_recipe("circles"), blocked=False)
    assert run
    told: list[str] = []
    made = downloads.make(project_id, kind, told.append)
    assert isinstance(made.content, Path)
    assert made.content.read_bytes() == f"{kind} of {run.id}".encode()
    assert (made.file_name, made.media_type) == (name, media_type)
    assert (told, made.checked) == (["Checking…"], "Looked at.")


def test_a_file_that_fails_leaves_nothing(backend: Backend, project_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.follow(backend, project_id, actions.open_recipe("circles"), blocked=False)
    assert run

    def fails(checkpoint: Path, kind: str, target: Path, **_: object) -> str:
        target.write_bytes(b"half")
        raise NNBuilderError("The check failed.")

    monkeypatch.setattr(backend.engine, "export", fails)
    with pytest.raises(NNBuilderError, match="The check failed"):
        downloads.make(project_id, "onnx")
    assert not list(backend.store.run_folder(run.id).rglob("*.download"))


def test_the_project_is_the_one_saved_last(backend: Backend, project_id: str) -> None:
    changed = replace(actions.open_recipe("xor"), name="Änderung")
    backend.store.save_project(project_id, changed.to_json())
    made = downloads.make(project_id, "project")
    assert isinstance(made.content, bytes)
    assert read_text(made.content.decode()) == changed
    assert made.file_name == "nderung-project.json"
    assert made.media_type == "application/json"


def test_a_project_without_a_run_has_no_weights_but_a_project_file(backend: Backend, project_id: str) -> None:
    with pytest.raises(NNBuilderError, match="no network to download"):
        downloads.make(project_id, "module")
    assert downloads.make(project_id, "project").content


def test_what_is_not_there_is_said(backend: Backend, project_id: str) -> None:
    with pytest.raises(UnknownKind):
        downloads.make(project_id, "onyx")
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
