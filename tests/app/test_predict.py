"""The predict page: a row is asked about, moved, taken from the data; many rows are pasted."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.data.prepare import prepare
from nnbuilder.engine.protocol import CHECKPOINT_NAME, NoWorker
from nnbuilder.errors import Edit
from nnbuilder.recipes import recipe
from nnbuilder.spec import Project, read
from nnbuilder.tables.library import Library
from nnbuilder.training import checkpoint as checkpoints
from nnbuilder.training.trainer import Trainer
from nnbuilder.ui.predict import ask, board
from nnbuilder.ui.predict import rows as predict_rows
from tests.app.conftest import Page


def predict_script() -> None:
    """The predict page alone."""
    from nnbuilder.ui.predict import page as page_predict
    from nnbuilder.ui.session import open_desk

    page_predict.page(open_desk())


def trained(project: Project) -> Trainer:
    trainer = Trainer(project, prepare(project.data))
    for _ in trainer.events():
        pass
    return trainer


def penguins() -> Project:
    """Categories, and gaps of which an input of its own tells."""
    sha256 = Library.default().keep(SAMPLES["penguins"].path.read_bytes())
    opened = Library.default().read(sha256, "penguins.csv", {}, {})
    columns = [{"name": name, "missing": "median"} for name in ("island", "bill_length_mm", "sex")]
    columns[1]["missing"] = "own_category"
    return read(
        {
            "version": 1,
            "name": "Penguins",
            "data": {
                "source": {
                    "kind": "table",
                    "file": "penguins.csv",
                    "sha256": sha256,
                    "reading": opened.document["choices"],
                    "target": "species",
                    "columns": columns,
                },
                "scaling": "standard",
            },
            "network": {"layers": [{"kind": "linear", "units": 3}]},
            "training": {"loss": {"kind": "cross_entropy"}, "optimizer": {"kind": "adam"}, "epochs": 2},
        }
    )


@pytest.fixture(scope="module")
def trainers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trainer]:
    """Networks that were trained, by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNBUILDER_HOME", str(tmp_path_factory.mktemp("home")))
        made = {name: trained(recipe(name).project()) for name in ("circles", "blobs")}
        return {**made, "penguins": trained(penguins())}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))
    st.cache_resource.clear()


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the board was handed last; it takes what a person does from a text field."""
    kept: dict[str, Any] = {}

    def mount(*, key: str, data: Any, on_ask_change: Callable[[], None]) -> None:
        kept.clear()
        kept.update(json.loads(json.dumps(data, allow_nan=False)))

        def fire() -> None:
            st.session_state[key] = {"ask": json.loads(st.session_state["fake-board"])}
            on_ask_change()

        st.text_input("board", key="fake-board", on_change=fire)

    monkeypatch.setattr(board, "_board", mount)
    return kept


Opened = Callable[..., Page]


@pytest.fixture
def opened(page: Page, shown: dict[str, Any], trainers: dict[str, Trainer], monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Opens the page on a project whose run has no worker: only its checkpoint is left."""

    def nobody(run_id: str, command: dict[str, Any], timeout: float | None = None) -> None:
        raise NoWorker("Nobody holds the weights.")

    def open_it(name: str, *edits: Edit, weights: bool = True, **status: Any) -> Page:
        trainer = trainers[name]
        if name == "penguins":
            penguins()
        store = page.backend.store
        record = store.create_project(trainer.project.to_json())
        run = store.create_run(record.id, trainer.project.to_json())
        if weights:
            folder = store.run_folder(run.id)
            folder.mkdir(parents=True, exist_ok=True)
            checkpoints.write(folder / CHECKPOINT_NAME, trainer)
        store.update_run(run.id, **{"state": "lost", "epoch": trainer.epoch, **status})
        engine: Any = page.backend.engine
        engine.states[run.id] = status.get("state", "lost")
        monkeypatch.setattr(engine, "control", nobody, raising=False)
        monkeypatch.setattr(
            engine, "status", lambda run_id: None if run_id != run.id else {"state": engine.states[run_id]}
        )
        if edits:
            store.save_project(record.id, trainer.project.edited(*edits).to_json(), record.revision)
        page.at = AppTest.from_function(predict_script, default_timeout=60)
        page.at.query_params["project"] = record.id
        return page.settle(page.at)

    return open_it


def act(page: Page, shown: dict[str, Any], **action: Any) -> dict[str, Any]:
    """Do something on the board; the answer."""
    before = shown["row"]
    message = {"start": before["start"], "n": before["n"] + 1, "curve": shown["curve_of"], **action}
    page.at.text_input(key="fake-board").set_value(json.dumps(message))
    page.settle(page.at)
    return shown["answer"]


def forward(trainer: Trainer, row: list[float]) -> torch.Tensor:
    """What plain torch says: the weights of the checkpoint in a Sequential made by hand."""
    weights = trainer.checkpoint()["state_dict"]
    wide = len(weights["0.weight"])
    model = nn.Sequential(nn.Linear(2, wide), nn.ReLU(), nn.Linear(wide, len(weights["2.weight"])))
    model.load_state_dict(weights)
    with torch.no_grad():
        return model(torch.tensor([row], dtype=torch.float32))[0]


def test_circles_answer_with_logit_probability_and_class(
    opened: Opened, shown: dict[str, Any], trainers: dict[str, Trainer]
) -> None:
    page = opened("circles")
    for row, name in (([0.0, 0.0], "inner"), ([-1.0, -1.0], "outer")):
        answer = act(page, shown, values=row)
        logit = forward(trainers["circles"], row)
        assert answer["title"] == name
        assert float(answer["outputs"][0].replace("−", "-")) == pytest.approx(float(logit), rel=1e-6)
        assert answer["probabilities"][1] == pytest.approx(float(logit.sigmoid()), rel=1e-5)
        assert answer["names"] == ["logit of inner"]
        assert f"so the class is “{name}”" in answer["sentence"]
    assert shown["row"]["origin"] == "middle of the training rows, changed"


def test_blobs_answer_with_logits_softmax_and_argmax(
    opened: Opened, shown: dict[str, Any], trainers: dict[str, Trainer]
) -> None:
    page = opened("blobs")
    chosen = set()
    for row in ([-1.0, -1.0], [1.0, 0.5], [0.0, 1.0]):
        answer = act(page, shown, values=row)
        logits = forward(trainers["blobs"], row)
        assert answer["chosen"] == int(logits.argmax())
        assert math.fsum(answer["probabilities"]) == pytest.approx(1, abs=1e-6)
        assert answer["probabilities"] == pytest.approx(logits.softmax(0).tolist(), rel=1e-5)
        assert "they sum to 1." in answer["sentence"]
        chosen.add(answer["chosen"])
    assert len(chosen) > 1


def test_the_curve_goes_through_the_answer(opened: Opened, shown: dict[str, Any]) -> None:
    page = opened("circles")
    answer = act(page, shown, values=[0.3, -0.2], curve=1)
    curve = shown["curve"]
    assert curve["feature"] == 1
    low, high = shown["asked"]["features"][1]["low"], shown["asked"]["features"][1]["high"]
    assert (curve["x"][0], curve["x"][-1]) == (low, high)
    here = curve["x"].index(-0.2)
    assert curve["series"][1][here] == pytest.approx(answer["probabilities"][1], rel=1e-5)


def test_rows_of_the_data_are_taken_with_their_truth(
    opened: Opened, shown: dict[str, Any], trainers: dict[str, Trainer]
) -> None:
    page = opened("blobs")
    prepared = trainers["blobs"].prepared
    parts = [part["part"] for part in shown["asked"]["parts"]]
    part = parts[0]
    answer = act(page, shown, take={"part": part, "row": 3})
    assert shown["row"]["values"] == prepared.raw[part][2].tolist()  # type: ignore[index]
    assert answer["truth"] == prepared.facts.classes[prepared.target[part][2]]  # type: ignore[index]
    assert shown["row"]["origin"].endswith("row 3")
    assert shown["row"]["taken"] == [part, 3]
    # What was sent before the row was taken is behind it.
    page.at.text_input(key="fake-board").set_value(json.dumps({"start": 1, "n": 9, "values": [0, 0], "curve": 0}))
    page.settle(page.at)
    assert shown["row"]["values"] == prepared.raw[part][2].tolist()  # type: ignore[index]
    act(page, shown, take={"part": "middle", "row": 0})
    assert shown["row"]["origin"] == "middle of the training rows"
    assert shown["answer"]["truth"] == ""


def test_a_value_outside_of_the_training_rows_is_told(opened: Opened, shown: dict[str, Any]) -> None:
    answer = act(opened("circles"), shown, values=[40.0, 0.0])
    assert len(answer["remarks"]) == 1
    assert answer["remarks"][0].startswith("x1 40 is outside ")
    assert shown["curve"]["x"][-1] == 40


def test_missing_values_and_categories(opened: Opened, shown: dict[str, Any], trainers: dict[str, Trainer]) -> None:
    page = opened("penguins")
    island, bill, sex = shown["asked"]["features"]
    assert island["categories"] == ["Biscoe", "Dream", "Torgersen"]
    assert bill["missing"].startswith("missing (filled with 44")
    assert sex["missing"].startswith("missing (filled with ")
    filled = act(page, shown, values=[1, 44.5, 0])
    gap = act(page, shown, values=[1, None, 0])
    # The network is told that there was a gap, so it is not the same as the value that fills it.
    assert gap["outputs"] != filled["outputs"]
    raw = torch.tensor(trainers["penguins"].prepared.pipeline.apply([[1, math.nan, 0]]))
    weights = trainers["penguins"].checkpoint()["state_dict"]
    wanted = (raw @ weights["0.weight"].T + weights["0.bias"])[0].tolist()
    assert [float(text.replace("−", "-")) for text in gap["outputs"]] == pytest.approx(wanted, rel=1e-5)
    assert act(page, shown, values=[1, 44.5, None])["outputs"] != []


def test_a_worker_that_is_there_answers_and_the_run_is_kept_awake(
    opened: Opened, shown: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened("circles")
    run = page.backend.store.current_run(page.id)
    assert run is not None
    engine: Any = page.backend.engine
    monkeypatch.setattr(engine, "control", type(engine).control.__get__(engine))
    engine.states[run.id] = "training"
    engine.answer = {"outputs": [[2.0]] * 103, "probabilities": [[0.1, 0.9]] * 103, "classes": ["inner"] * 103}
    before = len(engine.questions)
    assert act(page, shown, values=[0.25, 0.5])["outputs"] == ["2"]
    asked = [command for _, command in engine.commands if command["do"] == "predict"]
    assert asked[-1]["rows"][0] == [0.25, 0.5]
    assert len(engine.questions) == before
    assert run.id in engine.touched
    assert shown["moving"]


def test_a_run_that_sleeps_is_woken(opened: Opened, shown: dict[str, Any]) -> None:
    page = opened("circles", state="asleep")
    run = page.backend.store.current_run(page.id)
    engine: Any = page.backend.engine
    assert run is not None
    assert [(request.run_id, request.train) for request in engine.requests] == [(run.id, False)]
    # Until its worker is there the checkpoint answers.
    assert shown["answer"]["title"] in ("inner", "outer")


def test_a_run_without_weights_says_so_in_the_place_of_the_answer(opened: Opened, shown: dict[str, Any]) -> None:
    opened("circles", weights=False)
    assert shown["answer"] == {"error": "The run kept no weights; train it again on the Network page."}
    assert shown["curve"] is None


@pytest.mark.parametrize(
    ("edits", "status", "words"),
    [
        ((), {"epoch": 0, "state": "ready"}, "The network is untrained"),
        ((), {"state": "lost"}, "its last checkpoint answers"),
        ((), {"state": "diverged"}, "the last good weights answer"),
        ((), {"state": "failed", "message": "No room."}, "The run failed: No room."),
        ((Edit("set", "network.layers[0].units", 7),), {}, "The project was changed since"),
    ],
    ids=["untrained", "lost", "diverged", "failed", "changed"],
)
def test_what_a_person_should_know_of_the_network_stands_above(
    opened: Opened, shown: dict[str, Any], edits: tuple[Edit, ...], status: dict[str, Any], words: str
) -> None:
    page = opened("circles", *edits, **status)
    assert words in page.sentences
    assert shown["answer"]["title"] in ("inner", "outer")


def test_answers_are_those_of_the_network_as_it_was_trained(opened: Opened, shown: dict[str, Any]) -> None:
    """The desk has other data by now; the form is that of the run."""
    opened("blobs", Edit("set", "data.source", {"kind": "rent"}))
    assert shown["asked"]["classes"] != []
    assert shown["asked"]["target"]["name"] == "class"


def test_without_its_table_the_checkpoint_tells_what_to_ask(
    opened: Opened, shown: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Library, "has", lambda self, sha256: False)
    page = opened("penguins")
    assert [feature["name"] for feature in shown["asked"]["features"]] == ["island", "bill_length_mm", "sex"]
    assert shown["asked"]["parts"] == []
    assert act(page, shown, values=[0, 40.0, 1])["title"] in ("Adelie", "Chinstrap", "Gentoo")


def test_a_project_that_never_had_a_run_leads_to_where_it_can_get_one(page: Page, shown: dict[str, Any]) -> None:
    record = page.backend.store.create_project(recipe("circles").project().to_json())
    page.at = AppTest.from_function(predict_script, default_timeout=60)
    page.at.query_params["project"] = record.id
    page.settle(page.at)
    assert "There is no network to ask yet." in page.sentences
    assert [button.label for button in page.at.button] == ["Network", "Open the data"]


def many(page: Page) -> Page:
    page.at.segmented_control(key="predict-view").set_value("Many rows")
    return page.settle(page.at)


def paste(page: Page, text: str) -> Page:
    page.at.text_area(key=predict_rows.PASTED).set_value(text)
    page.at.button(key="predict-go").click()
    return page.settle(page.at)


def result(page: Page) -> dict[str, Any]:
    return page.at.session_state[predict_rows.RESULT]


def test_pasted_rows_are_answered_compared_and_taken_home(opened: Opened) -> None:
    page = many(opened("penguins"))
    paste(page, "species\tsex\tisland\tbill_length_mm\nAdelie\tmale\tBiscoe\t39,1\nAdelie\tx\tBiscoe\t40,2\n")
    told = result(page)
    assert (told["rows_count"], told["answered"], told["compared"]["rows"]) == (2, 1, 1)
    assert "Line 3, column “sex”: “x” is none of the known categories (“female”, “male”)" in page.sentences
    assert "Column “bill_length_mm” is read with a decimal comma." in page.sentences
    frame = page.at.dataframe[0].value
    assert list(frame.columns)[:5] == ["Line", "Predicted species", "Right", "Probability", "Remark"]
    lines = list(csv.reader(io.StringIO(Path(told["target"]).read_text(encoding="utf-8"))))
    assert len(lines) == 3
    assert lines[0][:5] == ["species", "sex", "island", "bill_length_mm", "predicted species"]
    # What was pasted is not kept.
    assert [path.suffix for path in Path(told["target"]).parent.glob("predicted-*")] == [".csv"]


def test_rows_that_cannot_be_read_leave_one_sentence(opened: Opened) -> None:
    page = paste(many(opened("penguins")), "island\tsex\nBiscoe\tmale\n")
    assert "The column “bill_length_mm” is missing in line 1 of the pasted text" in page.sentences
    paste(page, " ")
    assert "There is nothing to answer yet" in page.sentences
    # Of rows that are no longer asked about nothing is said.
    assert "is missing in line 1" not in page.sentences


def test_the_file_to_begin_with_can_be_answered(opened: Opened) -> None:
    page = many(opened("penguins"))
    asked = ask._look(page.backend.engine, json.dumps(penguins().data.to_json(), sort_keys=True)).asked
    paste(page, predict_rows.template(asked).decode())
    assert (result(page)["answered"], result(page)["told"]) == (1, [])
