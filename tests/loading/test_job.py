"""What the engine answers about a file that has arrived, and the command line beside it."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from nnbuilder.check import check
from nnbuilder.data.prepare import prepare
from nnbuilder.errors import NNBuilderError
from nnbuilder.loading import job
from nnbuilder.loading.arrivals import KEPT_SECONDS, Arrivals
from nnbuilder.loading.command import add
from nnbuilder.loading.limits import RefusedFile, sentence
from nnbuilder.spec import Project, read
from nnbuilder.store.weights import Weights
from nnbuilder.tables.library import Library
from nnbuilder.training import checkpoint as checkpoints
from nnbuilder.training.trainer import Trainer
from nnbuilder.ui.data import table_actions
from nnbuilder.ui.opening import transfer
from tests.loading import forging as forge
from tests.loading.harness import read_here, saved
from tests.projects import project

FORMATS = Path(__file__).parents[1] / "formats"
TABLE = "a,b,label\n" + "".join(f"{n % 7},{n % 5},{'yes' if n % 3 else 'no'}\n" for n in range(60))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def unconfined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process: that another one reads them is tested with the hostile ones."""

    def read_it(path: Path, name: str, table: Path | None = None) -> Any:
        try:
            return read_here(path.read_bytes(), name, table)
        except RefusedFile as error:
            raise RefusedFile(sentence(name, error)) from None

    monkeypatch.setattr(job, "read", read_it)


def arrived(content: bytes, name: str) -> dict[str, Any]:
    return {"arrival": Arrivals.default().keep(io.BytesIO(content), name), "name": name}


def with_table(tmp_path: Path) -> Project:
    library = Library.default()
    sha256 = library.keep(TABLE.encode())
    opened = library.read(sha256, "answers.csv", {}, {})
    return table_actions.open_table(project("circles"), opened, sha256, "answers.csv")


def test_weights_are_kept_under_the_places_of_their_layers() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    found = job.look(arrived(saved(model.state_dict()), "model.pth"))
    assert (found["kind"], found["words"]) == ("weights", "2 layers with weights, 2 → 3 → 1, 13 numbers")
    assert not Weights.default().has(found["sha256"])
    Arrivals.default().use_weights(found["arrival"], found["sha256"])
    kept = Weights.default().read(found["sha256"])
    assert torch.equal(kept["1.weight"], model[2].weight)


def test_a_refused_file_leaves_no_weights(home: Path) -> None:
    with pytest.raises(NNBuilderError, match=r"^text\.pth is plain text"):
        job.look(arrived(b"hello", "text.pth"))
    assert not list(home.rglob("*.safetensors"))


def test_a_project_of_version_1_opens() -> None:
    found = job.look(arrived((FORMATS / "project-1.json").read_bytes(), "project.json"))
    assert (found["kind"], found["words"]) == ("project", "the project “Two rings”, 8 layers")
    assert read(found["project"]).name == "Two rings"


def test_a_run_is_described_and_taken_up() -> None:
    question = arrived((FORMATS / "checkpoint-1.pth").read_bytes(), "model.pth")
    found = job.look(question)
    assert (found["kind"], found["epoch"], found["epochs"], found["table"]) == ("run", 5, 10, None)
    taken = job.take_up(question)
    checkpoint = checkpoints.read(Path(taken["path"]))
    assert (taken["epoch"], taken["epochs"], checkpoint["epoch"]) == (5, 10, 5)
    assert taken["latest"]["epoch"] == 5
    assert read(taken["project"]).to_text() == checkpoint["project"]


def test_a_bundle_brings_its_table_and_goes_on_bit_for_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = with_table(tmp_path).with_training(epochs=4, device="cpu")
    trainer = Trainer(made, prepare(made.data))
    for _ in trainer.events():
        if trainer.epoch == 2:
            break
    checkpoint = saved(trainer.checkpoint())
    entries = {
        "b/README.md": b"#",
        "b/model.pth": b"not this one",
        "b/checkpoint.pth": checkpoint,
        "b/data/any name.csv": TABLE.encode(),
    }
    for _ in trainer.events():
        pass
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path / "another"))
    question = arrived(forge.archive(entries), "bundle.zip")
    found = job.look(question)
    path = Path(found["table"]["path"])
    assert hashlib.sha256(path.read_bytes()).hexdigest() == found["table"]["sha256"]
    with pytest.raises(NNBuilderError, match="not among the tables"):
        job.take_up(question)
    Library.default().keep(path.read_bytes())
    taken = job.take_up(question)
    project = read(taken["project"])
    resumed = Trainer.resume(checkpoints.read(Path(taken["path"])), project, prepare(project.data))
    for _ in resumed.events():
        pass
    pairs = zip(trainer.model.parameters(), resumed.model.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def bundle(made: Project, **entries: bytes) -> bytes:
    """A bundle of a project that has not learned yet; in names a double underline stands for a slash."""
    content = saved(Trainer(made, prepare(made.data)).checkpoint())
    files = {f"b/{name.replace('__', '/')}.csv": value for name, value in entries.items()}
    return forge.archive({"b/model.pth": content, **files})


@pytest.mark.parametrize("place", ["table__answers", "answers", "table__another name"])
def test_a_bundle_with_another_table_says_which_is_the_wrong_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    content = bundle(with_table(tmp_path), **{place: b"a,b\n", "data__data": b"a,b\n"})
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path / "another"))
    found = job.look(arrived(content, "bundle.zip"))
    wrong = f"b/{place.replace('__', '/')}.csv"
    assert "path" not in found["table"]
    assert (found["table"]["file"], found["table"]["other"]) == ("answers.csv", wrong)
    (tmp_path / "bundle.zip").write_bytes(content)
    command(str(tmp_path / "bundle.zip"))
    assert f"{wrong} in the file is not answers.csv, the table the network was trained on" in capsys.readouterr().out


def test_a_bundle_without_a_table_blames_no_other_file(tmp_path: Path) -> None:
    found = job.look(arrived(bundle(with_table(tmp_path), data__data=b"a,b\n"), "bundle.zip"))
    assert (found["table"].get("path"), found["table"]["other"]) == (None, "")


def tampered(made: Project) -> bytes:
    checkpoint = Trainer(made, prepare(made.data)).checkpoint()
    checkpoint["training_state"]["good"][0] = torch.zeros(99)
    return saved(checkpoint)


def test_a_forged_training_state_is_said_at_once_by_page_and_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = tampered(project("circles").with_training(device="cpu"))
    words = r"^forged\.pth holds good\[0\] in the shape \[99\], but its network has"
    with pytest.raises(NNBuilderError, match=words):
        job.look(arrived(content, "forged.pth"))
    (tmp_path / "forged.pth").write_bytes(content)
    with pytest.raises(NNBuilderError, match=words):
        command(str(tmp_path / "forged.pth"))
    assert capsys.readouterr().out == ""


def test_with_its_table_in_the_file_a_forged_state_is_said_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = with_table(tmp_path).with_training(device="cpu")
    content = forge.archive({"b/model.pth": tampered(made), "b/table/answers.csv": TABLE.encode()})
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path / "another"))
    with pytest.raises(NNBuilderError, match=r"bundle\.zip holds good\[0\] in the shape \[99\]"):
        job.look(arrived(content, "bundle.zip"))
    assert not (tmp_path / "another" / "tables").exists()


def test_a_table_that_is_kept_here_tells_a_file_without_it_nothing(tmp_path: Path) -> None:
    # What fits it or not would tell of its columns.
    made = with_table(tmp_path)
    checkpoint = Trainer(made, prepare(made.data)).checkpoint()
    found = job.look(arrived(saved({**checkpoint, "classes": ["guess", "again"]}), "guess.pth"))
    assert found["kind"] == "run"
    with pytest.raises(NNBuilderError, match=r"trained on other classes \(guess, again\)"):
        job.take_up(arrived(saved({**checkpoint, "classes": ["guess", "again"]}), "guess.pth"))


def test_weights_with_a_project_name_the_table_it_needs(tmp_path: Path) -> None:
    made = with_table(tmp_path)
    trainer = Trainer(made, prepare(made.data))
    header = {"project": made.to_text()}
    found = job.look(arrived(_safetensors(trainer.model.state_dict(), header), "net.safetensors"))
    assert (found["kind"], found["table"]["file"]) == ("weights", "answers.csv")


def _safetensors(state: dict[str, Any], metadata: dict[str, str]) -> bytes:
    from safetensors.torch import save

    return save({name: value.contiguous() for name, value in state.items()}, metadata)


def test_the_command_says_one_thing_of_weights_that_are_infinite(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = project("circles")
    checkpoint = Trainer(made, prepare(made.data)).checkpoint()
    checkpoint["state_dict"]["0.weight"][0, 0] = float("inf")
    (tmp_path / "net.pth").write_bytes(saved(checkpoint))
    with pytest.raises(NNBuilderError, match=r"^net\.pth holds weights that are no numbers: 0\.weight\[0, 0\] is inf"):
        command(str(tmp_path / "net.pth"))
    assert capsys.readouterr().out == ""


def test_a_run_whose_first_weights_are_gone_goes_on_and_a_reset_has_those_of_the_file(tmp_path: Path) -> None:
    first = {name: torch.full(shape, 0.25) for name, shape in job.expected_shapes(project("circles"), 2).items()}
    sha256 = Weights.default().keep(first)
    made = transfer.start_from_own(project("circles"), sha256, "blobs.pth").with_training(device="cpu", epochs=3)
    trainer = Trainer(made, prepare(made.data))
    for _ in trainer.events():
        if trainer.epoch == 1:
            break
    content = saved(trainer.checkpoint())
    assert job.look(arrived(content, "run.pth"))["lost_starts"] == []
    Weights.default().path(sha256).unlink()
    question = arrived(content, "run.pth")
    assert job.look(question)["lost_starts"] == ["blobs.pth"]
    taken = job.take_up(question)
    again, checkpoint = read(taken["project"]), checkpoints.read(Path(taken["path"]))
    assert check(again) == [] and checkpoint["project"] == again.to_text()
    resumed = Trainer.resume(checkpoint, again, prepare(again.data))
    assert torch.equal(resumed.model[0].weight, Trainer(again, prepare(again.data)).model[0].weight)
    for one in (trainer, resumed):
        for _ in one.events():
            pass
    assert torch.equal(trainer.model[0].weight, resumed.model[0].weight)


def test_arrivals_are_let_go_after_a_day(home: Path) -> None:
    import os
    import time

    old = Arrivals.default().keep(io.BytesIO(b"old"), "old.pth")
    os.utime(home / "arrivals" / old, (0, time.time() - KEPT_SECONDS - 1))
    Arrivals.default().keep(io.BytesIO(b"new"), "new.pth")
    assert not (home / "arrivals" / old).exists()


@pytest.mark.parametrize("name", ["", "../secrets", "0" * 63, "A" * 64])
def test_no_name_leads_out_of_the_arrivals(name: str) -> None:
    with pytest.raises(RefusedFile, match="no longer here"):
        Arrivals.default().original(name)


def command(*words: str) -> int:
    import argparse

    parser = argparse.ArgumentParser()
    add(parser.add_subparsers())
    options = parser.parse_args(["open", *words])
    return options.run(options)


def test_the_command_tells_what_a_file_holds_and_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)).state_dict(), tmp_path / "net.pth")
    assert command(str(tmp_path / "net.pth"), "--activation", "tanh", "--out", str(tmp_path / "out")) == 0
    said = capsys.readouterr().out
    assert "2 layers with weights, 2 → 3 → 1, 13 numbers." in said
    assert "0  Linear “0” 2 → 3  (0.weight, 0.bias)" in said
    written = read(json.loads((tmp_path / "out" / "project.json").read_text()))
    assert [layer.kind for layer in written.network.layers] == ["linear", "tanh", "linear"]
    assert Weights.default().has(written.network.layers[0].weights["sha256"])
    assert (tmp_path / "out" / "weights.safetensors").stat().st_size > 52


@pytest.mark.parametrize("widths", [(2, 1), (4, 3), (7, 12)])
def test_the_data_that_stand_in_fit_the_network(tmp_path: Path, widths: tuple[int, int]) -> None:
    inputs, outputs = widths
    torch.save(nn.Sequential(nn.Linear(inputs, 5), nn.ReLU(), nn.Linear(5, outputs)).state_dict(), tmp_path / "net.pth")
    assert command(str(tmp_path / "net.pth"), "--out", str(tmp_path / "out")) == 0
    assert check(read(json.loads((tmp_path / "out" / "project.json").read_text()))) == []


def test_the_command_tells_of_runs_projects_and_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(str(FORMATS / "checkpoint-1.pth"), "--out", str(tmp_path))
    assert "A training of “Two rings”, 5 of 10 epochs." in capsys.readouterr().out
    assert read(json.loads((tmp_path / "project.json").read_text())).name == "Two rings"
    command(str(FORMATS / "project-1.json"))
    assert "The project “Two rings”, 8 layers." in capsys.readouterr().out
    with pytest.raises(NNBuilderError, match="There is no file"):
        command(str(tmp_path / "nothing.pth"))
    with pytest.raises(NNBuilderError, match="no activation called 'rleu'; did you mean relu"):
        command(str(FORMATS / "project-1.json"), "--activation", "rleu")
