"""The export page: every file with what it is for, and why it cannot be made yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from nnbuilder.errors import Edit
from nnbuilder.export import EXPORTERS, GROUPS
from nnbuilder.ui.state import Desk, Memory
from tests.app.conftest import Page


def export_script() -> None:
    """The export page alone."""
    from nnbuilder.ui import outlook
    from nnbuilder.ui.export import page as page_export
    from nnbuilder.ui.session import open_desk

    desk = open_desk()
    outlook.follow(desk)
    page_export.page(desk)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))


def show(page: Page) -> dict[str, Any]:
    """What the page hands to its component."""
    at = AppTest.from_function(export_script, default_timeout=60)
    at.query_params["project"] = page.id
    page.settle(at)
    found = [
        item.proto for item in page.at.get("bidi_component") if item.proto.component_name == "nnbuilder_export_files"
    ]
    return json.loads(found[0].json) if found else {}


def missing(data: dict[str, Any]) -> set[str]:
    return {file["kind"] for group in data["groups"] for file in group["files"] if file["missing"]}


def test_every_file_is_there_in_its_group_with_the_pages_token(page: Page) -> None:
    page.open()
    data = show(page)
    assert [group["title"] for group in data["groups"]] == [title for title, _ in GROUPS.values()]
    assert [file["kind"] for group in data["groups"] for file in group["files"]] == [
        key for key in EXPORTERS if key not in ("training_data", "start_weights")
    ]
    assert data["path"] == "/download" and data["token"].startswith(f"token-{page.id}-")


def test_before_the_training_curves_are_missing_and_the_page_says_whose_weights_these_are(page: Page) -> None:
    page.open()
    assert missing(show(page)) == {"curves", "curves_csv"}
    assert "those the network begins with" in page.sentences
    run = page.backend.store.current_run(page.id)
    assert run is not None
    page.backend.store.update_run(run.id, epoch=3)
    assert missing(show(page)) == set()
    assert page.sentences == ""


def test_a_project_that_cannot_be_trained_keeps_the_files_of_its_last_network(page: Page) -> None:
    page.open()
    desk = Desk.open(page.backend, page.id, Memory(), {})
    desk.change(desk.project.edited(Edit("set", "network.layers", [])))
    data = show(page)
    assert "files of the network as it was trained before" in page.sentences
    assert len(data["groups"][0]["files"][3]["choices"]) == 3


def test_without_any_network_it_says_why(page: Page) -> None:
    page.open()
    desk = Desk.open(page.backend, None, Memory(), {})
    desk.change(desk.project.edited(Edit("set", "network.layers", [])))
    at = AppTest.from_function(export_script, default_timeout=60)
    at.query_params["project"] = desk.project_id
    page.settle(at)
    assert "There is no network to take home yet" in page.sentences
    assert not page.at.get("bidi_component")


def test_the_page_is_reached_from_the_menu(page: Page) -> None:
    page.open()
    assert any(button.key == "to-export" for button in page.at.button)
