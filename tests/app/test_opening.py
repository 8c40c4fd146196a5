"""The menu “Open”: a file is dropped, what it holds is said, and a click makes something of it."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save
from torch import nn

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.data.prepare import prepare
from nnbuilder.engine.protocol import CHECKPOINT_NAME
from nnbuilder.loading import job
from nnbuilder.loading.job import expected_shapes
from nnbuilder.loading.limits import RefusedFile, sentence
from nnbuilder.spec import Project
from nnbuilder.store.weights import Weights
from nnbuilder.tables.library import Library
from nnbuilder.training import checkpoint as checkpoints
from nnbuilder.training.trainer import Trainer
from nnbuilder.ui.data import table_actions
from nnbuilder.ui.opening import transfer
from tests.app.conftest import Page
from tests.loading import forging as forge
from tests.loading.harness import read_here, saved
from tests.projects import project

FORMATS = Path(__file__).parents[1] / "formats"


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of its own; files are read here, as what a confined process does is tested with hostile ones."""
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))

    def read_it(path: Path, name: str, table: Path | None = None) -> Any:
        try:
            return read_here(path.read_bytes(), name, table)
        except RefusedFile as error:
            raise RefusedFile(sentence(name, error)) from None

    monkeypatch.setattr(job, "read", read_it)


def drop(page: Page, name: str, content: bytes) -> Page:
    field = next(item for item in page.at.file_uploader if item.key and item.key.startswith("open-file"))
    field.set_value([(name, content, "application/octet-stream")])
    return page.settle(page.at)


def weights(*stack: nn.Module) -> bytes:
    buffer = io.BytesIO()
    torch.save(nn.Sequential(*stack).state_dict(), buffer)
    return buffer.getvalue()


def test_foreign_weights_become_a_project_of_their_own_and_undo_brings_the_old_one_back(page: Page) -> None:
    page.open()
    first, before = page.id, page.project
    drop(page, "net.pth", weights(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1)))
    assert (
        "net.pth holds 2 layers with weights, 2 → 8 → 1, 33 numbers; activations are not in the file" in page.sentences
    )
    usual = next(item for item in page.at.selectbox if item.label == "Activation between the layers")
    usual.set_value("gelu")
    page.settle(page.at)
    page.click("Open as a new project")
    assert page.id != first
    assert [layer.kind for layer in page.project.network.layers] == ["linear", "gelu", "linear"]
    assert page.project.network.layers[0].from_file
    assert page.at.text_input(key="name").value == "Net"
    assert page.at.number_input(key="training.epochs").value == before.training.epochs
    page.send("network", do="undo")
    assert page.project == before


def test_a_refused_file_is_one_sentence_and_nothing_else_changes(page: Page) -> None:
    page.open()
    before, first = page.project, page.id
    drop(page, "notes.pth", b"These are no weights.")
    assert "notes.pth is plain text" in page.sentences
    assert (page.project, page.id) == (before, first)
    assert not any(button.label == "Open as a new project" for button in page.at.button)
    drop(page, "net.pth", weights(nn.Linear(2, 1)))
    assert "plain text" not in page.sentences


def test_a_file_of_any_kind_may_be_dropped_and_is_told_as_what_it_is(page: Page) -> None:
    page.open()
    field = next(item for item in page.at.file_uploader if item.key and item.key.startswith("open-file"))
    assert not field.proto.type
    drop(page, "model.h5", b"\x89HDF\r\n\x1a\n" + bytes(100))
    assert "model.h5 is an HDF5 file, as Keras writes its models" in page.sentences


def test_a_run_whose_first_weights_are_not_here_says_what_a_reset_goes_back_to(page: Page) -> None:
    start = project("circles").with_training(device="cpu")
    sha256 = Weights.default().keep({name: torch.zeros(size) for name, size in expected_shapes(start, 2).items()})
    content = checkpoint_of(transfer.start_from_own(start, sha256, "blobs.pth"))
    Weights.default().path(sha256).unlink()
    page.open()
    drop(page, "run.pth", content)
    assert "began with (blobs.pth) are not on this computer; a reset goes back to those in this file" in page.sentences
    page.click("Go on training")
    assert not page.shown["network"]["layers"][0]["problems"]
    assert page.project.network.layers[0].weights["name"] == "run.pth"


def test_a_run_goes_on_in_a_project_of_its_own(page: Page) -> None:
    page.open()
    drop(page, "model.pth", (FORMATS / "checkpoint-1.pth").read_bytes())
    assert "model.pth holds a training of “Two rings”" in page.sentences
    assert "5 of 10 epochs are done" in page.sentences
    page.click("Go on training")
    assert page.project.name == "Two rings"
    run = page.backend.store.current_run(page.id)
    assert run is not None
    assert (run.epoch, run.epochs) == (5, 10)
    path = page.backend.store.run_folder(run.id) / CHECKPOINT_NAME
    assert checkpoints.read(path)["training_state"]["history"].shape == (5, 6)
    assert page.backend.engine.requests[-1].checkpoint == path


def test_weights_of_a_run_start_a_new_one(page: Page) -> None:
    page.open()
    drop(page, "model.pth", (FORMATS / "checkpoint-1.pth").read_bytes())
    page.click("Start from its weights")
    assert page.project.name == "Two rings"
    assert [layer.weights.kind for layer in page.project.network.layers if layer.row.learns and layer.enabled] == [
        "file"
    ] * 5
    run = page.backend.store.current_run(page.id)
    assert run is not None and run.epoch == 0


def test_a_layer_goes_into_one_of_its_shape(page: Page) -> None:
    page.open()
    units = page.project.network.layers[0]["units"]
    buffer = io.BytesIO()
    torch.save(nn.Linear(2, units).state_dict(), buffer)
    drop(page, "layer.pth", buffer.getvalue())
    page.click("Load")
    assert page.project.network.layers[0].weights["name"] == "layer.pth"
    assert not page.project.network.layers[2].from_file


def test_a_project_file_opens(page: Page) -> None:
    page.open()
    drop(page, "rings.json", (FORMATS / "project-1.json").read_bytes())
    assert "rings.json holds the project “Two rings”, 8 layers." in page.sentences
    page.click("Open as a new project")
    assert page.project.name == "Two rings"


def test_what_a_file_says_stays_text(page: Page) -> None:
    page.open()
    state = {"<img src=x onerror=alert(1)>": torch.zeros(2), "weight": torch.zeros(1, 2)}
    buffer = io.BytesIO()
    torch.save(state, buffer)
    drop(page, "<b>net</b>.pth", buffer.getvalue())
    assert "&lt;img" in page.sentences and "<img" not in page.sentences
    assert "&lt;b&gt;net" in page.sentences


def test_a_run_of_the_project_is_as_good_as_a_file(page: Page) -> None:
    page.open()
    run = page.backend.store.current_run(page.id)
    assert run is not None
    folder = page.backend.store.run_folder(run.id)
    (folder / CHECKPOINT_NAME).write_bytes((FORMATS / "checkpoint-1.pth").read_bytes())
    page.backend.store.update_run(run.id, epoch=5, latest={"validation_loss": 0.68})
    page.settle(page.at)
    page.set("selectbox", "open-run-0", run.id)
    assert "run-1.pth holds a training of “Two rings”" in page.sentences
    page.click("Replace this network")
    assert [layer.kind for layer in page.project.network.layers][:3] == ["linear", "batch_norm", "tanh"]
    assert page.project.network.layers[0].weights["name"] == "run-1.pth"


TABLE = "a,b,label\n" + "".join(f"{n % 7},{n % 5},{'yes' if n % 3 else 'no'}\n" for n in range(60))


def about_a_table(content: str = TABLE) -> Project:
    """A project about a table that is kept here."""
    library = Library.default()
    sha256 = library.keep(content.encode())
    opened = library.read(sha256, "answers.csv", {}, {})
    return table_actions.open_table(project("circles"), opened, sha256, "answers.csv").with_training(device="cpu")


def checkpoint_of(made: Project) -> bytes:
    return saved(Trainer(made, prepare(made.data)).checkpoint())


def buttons(page: Page) -> dict[str, bool]:
    """The buttons of the menu that make a project, and whether they can be pressed."""
    wanted = ("Go on training", "Open as a new project", "Start from its weights")
    return {button.label: not button.disabled for button in page.at.button if button.label in wanted}


def bring(page: Page, name: str, content: bytes) -> Page:
    field = next(item for item in page.at.file_uploader if item.key and item.key.startswith("open-table"))
    field.set_value([(name, content, "text/csv")])
    return page.settle(page.at)


@pytest.mark.parametrize("form", ["project", "checkpoint", "safetensors", "bundle"])
def test_a_table_of_somebody_else_is_not_had_by_naming_it(page: Page, form: str) -> None:
    made = about_a_table()
    checkpoint = checkpoint_of(made)
    state = {name: value.contiguous() for name, value in Trainer(made, prepare(made.data)).model.state_dict().items()}
    content, name = {
        "project": (made.to_text().encode(), "project.json"),
        "checkpoint": (checkpoint, "model.pth"),
        "safetensors": (save(state, {"project": made.to_text()}), "net.safetensors"),
        "bundle": (forge.archive({"b/checkpoint.pth": checkpoint, "b/table/answers.csv": b"a,b\n"}), "bundle.zip"),
    }[form]
    page.open()
    first = page.id
    drop(page, name, content)
    if form == "bundle":
        assert "b/table/answers.csv in the bundle is not answers.csv" in page.sentences
        assert "its fingerprint differs" in page.sentences
    else:
        assert "Its table answers.csv is not in the file; drop that one, too." in page.sentences
    assert buttons(page) and not any(buttons(page).values())
    bring(page, "other.csv", b"a,b\n1,2\n")
    assert "other.csv is not the table the project was made with" in page.sentences
    bring(page, "mine.csv", TABLE.encode())
    assert all(buttons(page).values())
    page.click(next(iter(buttons(page))))
    assert page.id != first
    assert page.project.data == made.data


def test_who_has_a_project_about_a_table_open_needs_not_bring_it_again(page: Page) -> None:
    made = about_a_table()
    page.open(page.backend.store.create_project(made.to_json()).id)
    drop(page, "model.pth", checkpoint_of(made))
    assert buttons(page) == {"Go on training": True, "Start from its weights": True}
    page.click("Go on training")
    assert page.project.data == made.data


def test_a_sample_is_everybodys(page: Page) -> None:
    content = SAMPLES["iris"].path.read_text()
    made = about_a_table(content)
    shutil.rmtree(Library.default().home)
    page.open()
    drop(page, "iris.json", made.to_text().encode())
    assert buttons(page) == {"Open as a new project": True}
    page.click("Open as a new project")
    assert Library.default().has(made.data.source["sha256"])
