"""One file of every version ever written, each written by the program of its time: all of them still open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nnbuilder.errors import InvalidProject
from nnbuilder.loading.content import Run, content_of
from nnbuilder.spec import VERSION, Project, read_text
from tests.loading.harness import read_here

HERE = Path(__file__).parent
VERSIONS = range(1, VERSION + 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_project_of_every_version_opens(version: int) -> None:
    text = (HERE / f"project-{version}.json").read_text(encoding="utf-8")
    assert json.loads(text)["version"] == version
    opened = read_text(text)
    assert (opened.version, opened.name) == (VERSION, "Two rings")
    assert read_text(opened.to_text()) == opened


@pytest.mark.parametrize("version", VERSIONS)
def test_a_checkpoint_of_every_version_opens(version: int) -> None:
    content = content_of(read_here((HERE / f"checkpoint-{version}.pth").read_bytes()))
    assert isinstance(content, Run)
    assert content.checkpoint["version"] == version
    assert (content.epoch, content.epochs) == (5, 10)
    assert isinstance(content.project, Project)
    assert content.project == read_text((HERE / f"project-{version}.json").read_text(encoding="utf-8"))


def test_a_newer_version_is_said() -> None:
    document = json.loads((HERE / "project-1.json").read_text(encoding="utf-8"))
    with pytest.raises(InvalidProject, match="newer program"):
        read_text(json.dumps({**document, "version": VERSION + 1}))
