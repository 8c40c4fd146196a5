"""The main page, used like a person does."""

from __future__ import annotations

import html
import json

import pytest
from streamlit.testing.v1 import AppTest

from nnbuilder.errors import Edit
from nnbuilder.recipes import recipe, recipes
from nnbuilder.ui import backend as backends
from nnbuilder.ui.export.downloads import MOST_WANTED
from tests.app.conftest import MAIN, Page
from tests.ui.fake_backend import FakeEngine

RATE = "training.optimizer.learning_rate"


def layers(page: Page) -> list[str]:
    return [layer.kind for layer in page.project.network.layers]


def test_it_opens_on_circles_with_a_run_that_waits(page: Page) -> None:
    page.open()
    assert page.project.data.source.kind == "playground_circle"
    assert page.shown["transport"]["blocked"] is None
    assert page.shown["network"]["layers"][0]["label"] == "Linear"
    assert page.shown["network"]["inputs"] == ["x", "y"]
    assert page.shown["output"]["live"] == page.shown["network"]["live"]
    engine = page.backend.engine
    assert isinstance(engine, FakeEngine)
    assert list(engine.states.values()) == ["ready"]
    assert page.sentences == ""


def test_an_unknown_project_in_the_url_opens_a_new_one(page: Page) -> None:
    page.open("../../etc/passwd")
    assert page.project.name == recipe("circle").title
    first = page.id
    assert page.open().id == first


def test_the_real_components_are_mounted(tmp_path, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    at = AppTest.from_file(str(MAIN), default_timeout=30).run()
    assert not at.exception
    assert len(at.get("bidi_component")) == 5


def test_another_data_set_takes_loss_and_output_along(page: Page) -> None:
    page.open().send("datasets", kind="blobs", n=1)
    assert page.project.data.source.kind == "blobs"
    assert page.project.training.loss.kind == "cross_entropy"
    assert page.shown["network"]["output"]["width"] == 4
    assert page.shown["datasets"]["selected"] == "blobs"
    assert page.at.selectbox(key="training.loss.kind").value == "cross_entropy"
    assert page.shown["transport"]["blocked"] is None


def test_a_layer_is_added_undone_and_done_again(page: Page) -> None:
    page.open()
    before = layers(page)
    ids = [layer["id"] for layer in page.shown["network"]["layers"]]
    page.send("network", do="add_block", n=1)
    assert len(layers(page)) == len(before) + 2
    assert [layer["id"] for layer in page.shown["network"]["layers"] if layer["id"] in ids] == ids
    page.send("network", do="undo", n=2)
    assert layers(page) == before
    assert page.shown["network"]["can_redo"]
    page.send("network", do="redo", n=3)
    assert len(layers(page)) == len(before) + 2


def test_a_bad_value_says_why_stays_as_typed_and_is_repaired(page: Page) -> None:
    page.open().set("number_input", "training.epochs", 0)
    assert "Epochs must be a whole number from 1 to 1 000 000, but it is 0" in page.sentences
    assert page.at.number_input(key="training.epochs").value == 0
    assert page.shown["transport"]["blocked"].startswith("Epochs must be")
    assert page.project.training.epochs == recipe("circle").project().training.epochs
    page.click("Set to 1")
    assert page.project.training.epochs == 1
    assert page.at.number_input(key="training.epochs").value == 1
    assert page.shown["transport"]["blocked"] is None


def test_a_repair_back_to_the_old_value_shows_the_old_value(page: Page) -> None:
    page.open().set("number_input", "training.epochs", 1).set("number_input", "training.epochs", -5)
    page.click("Set to 1")
    assert page.at.number_input(key="training.epochs").value == 1
    assert page.sentences == ""


def test_a_learning_rate_may_be_typed(page: Page) -> None:
    page.open().set("selectbox", RATE, "1e-5")
    assert page.project.training.optimizer["learning_rate"] == 1e-5
    page.set("selectbox", RATE, "quick")
    assert html.escape("it is 'quick'") in page.sentences
    assert page.at.selectbox(key=RATE).value == "quick"
    page.set("selectbox", RATE, "1e6")
    assert page.project.training.optimizer["learning_rate"] == 1e6
    assert "far above" in page.sentences
    assert page.shown["transport"]["blocked"] is None


def test_full_batch_is_a_word(page: Page) -> None:
    page.open().set("selectbox", "training.batch_size", "full batch")
    assert page.project.training.batch_size == 0
    page.set("selectbox", "training.batch_size", "33")
    assert page.project.training.batch_size == 33


def test_a_billion_units_are_refused_at_the_card(page: Page) -> None:
    page.open().send("network", do="resize", at=0, units=10**9, n=1)
    card = page.shown["network"]["layers"][0]
    assert card["units"] == 10**9
    assert "from 1 to 100 000" in card["problems"][0]["message"]
    assert page.shown["transport"]["blocked"]
    page.send("network", do="repair", id=card["problems"][0]["id"], n=2)
    assert page.project.network.layers[0]["units"] == 100_000


def test_a_recipe_opens_and_can_be_undone(page: Page) -> None:
    page.open()
    for key in recipes():
        page.at.button(key=f"recipe-{key}").click()
        page.settle(page.at)
        assert page.project == recipe(key).project()
    page.send("network", do="undo", n=1)
    assert page.project != recipe(key).project()


def test_the_buttons_reach_the_engine(page: Page) -> None:
    page.open().send("transport", do="train", n=1)
    engine = page.backend.engine
    assert isinstance(engine, FakeEngine)
    assert list(engine.states.values()) == ["training"]
    page.set("selectbox", RATE, "0.1")
    assert engine.commands[-1][1]["do"] == "change"
    page.send("network", do="resize", at=0, units=6, n=2)
    assert list(engine.states.values()) == ["training"]
    assert len(engine.released) == 1
    page.send("transport", do="reset_new", n=3)
    assert list(engine.states.values()) == ["ready"]
    seed = page.project.network.seed
    page.send("network", do="undo", n=4)
    assert page.project.network.seed != seed


def test_what_the_engine_refuses_is_said(page: Page) -> None:
    page.open().send("transport", do="dance", n=1)
    assert "There is no action called" in page.sentences
    page.settle(page.at)
    assert page.sentences == ""


def test_a_change_in_another_tab_arrives(page: Page) -> None:
    page.open()
    changed = page.project.edited(Edit("set", "training.epochs", 77), Edit("remove", "network.layers[0]"))
    page.backend.store.save_project(page.id, changed.to_json())
    page.send("network", do="remove", at=4, n=1)
    assert "The network has changed in the meantime" in page.sentences
    assert page.project == changed
    assert page.at.number_input(key="training.epochs").value == 77
    page.send("network", do="remove", at=0, n=2)
    assert len(layers(page)) == 3


def test_an_unavailable_device_is_refused_with_its_reason(page: Page) -> None:
    page.open().set("selectbox", "training.device", "cuda:0")
    assert "CUDA cannot be used because no NVIDIA graphics card" in page.sentences
    assert page.project.training.device == "auto"
    page.click("Use auto")
    assert page.at.selectbox(key="training.device").value == "auto"


def test_the_selected_layer_shows_its_settings(page: Page) -> None:
    page.open().send("network", do="select", at=2, n=1)
    key = next(layer["id"] for layer in page.shown["network"]["layers"] if layer["index"] == 2)
    page.set("number_input", f"network.layers[@{key}].units", 9)
    assert page.project.network.layers[2]["units"] == 9
    page.send("network", do="move", **{"from": 2, "to": 0, "n": 2})
    assert page.project.network.layers[0]["units"] == 9
    page.set("selectbox", f"network.layers[@{key}].initializer.kind", "zeros")
    assert page.project.network.layers[0].initializer.kind == "zeros"
    page.send("network", do="select", at=None, n=3)
    assert not [item for item in page.at.number_input if "network.layers" in (item.key or "")]


HOSTILE = "<script>alert(1)</script> **[x](javascript:alert(1))** ../../etc/passwd \x00"


def test_a_hostile_name_stays_text(page: Page) -> None:
    page.open().set("text_input", "name", HOSTILE)
    assert page.project.name == HOSTILE
    assert page.at.text_input(key="name").value == HOSTILE
    everywhere = "\n".join(
        [*(item.proto.body for item in page.at.get("html")), *(item.value for item in page.at.markdown)]
    )
    assert "alert(1)" not in everywhere
    page.set("text_input", "name", "x" * 121)
    assert "at most 120 characters" in page.sentences


def test_files_to_take_home_are_asked_for_with_the_pages_token(page: Page) -> None:
    page.open()
    (data,) = [
        json.loads(item.proto.json)
        for item in page.at.get("bidi_component")
        if item.proto.component_name == "nnbuilder_downloads"
    ]
    assert [file["kind"] for file in data["files"]] == list(MOST_WANTED)
    assert data["path"] == "/download"
    assert data["token"] == page.shown["transport"]["live"]["token"]


def test_a_clicked_place_is_answered_exactly(page: Page) -> None:
    page.open()
    engine = page.backend.engine
    assert isinstance(engine, FakeEngine)
    engine.answer = {"outputs": [[1.5]], "probabilities": [[0.2, 0.8]], "classes": ["blue"]}
    page.send("output", x=1.0, y=-2.0)
    assert engine.commands[-1][1] == {"do": "predict", "rows": [[1.0, -2.0]]}
    assert page.shown["output"]["answer"]["lines"] == ["x = 1, y = -2", "blue, 80.00 %", "raw output 1.5"]


def test_without_the_app_around_it_the_page_says_so(page: Page) -> None:
    backends.install(None)
    at = AppTest.from_file(str(MAIN), default_timeout=30).run()
    assert not at.exception
    assert any("streamlit run app.py" in item.proto.body for item in at.get("html"))


def test_a_stored_project_of_a_newer_program_is_refused_in_words(page: Page) -> None:
    record = page.backend.store.create_project({**recipe("circle").project().to_json(), "version": 99})
    page.open(record.id)
    assert "newer program" in page.sentences
    page.click("Start a new project")
    assert page.id != record.id


def test_a_fault_of_the_program_is_one_sentence(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("nnbuilder.ui.build.rail_data.rail", fail)
    page.open()
    assert "error in the program (ZeroDivisionError)" in page.sentences
    assert "secret detail" not in page.sentences


def test_extra_inputs_are_switched_by_a_click(page: Page) -> None:
    page.open()
    pills = page.at.button_group(key="data.terms")
    assert pills.options[:5] == ["x²", "y²", "sin x", "sin y", "x·y"]
    pills.set_value(["x²", "x·y"])
    page.settle(page.at)
    assert page.project.data.terms == [["square", "x"], ["product", "x", "y"]]
    assert page.shown["network"]["inputs"] == ["x", "y", "x²", "x·y"]
    assert page.shown["output"]["features"] == ["x", "y"]


def test_a_proposal_is_shown_with_its_reasons_and_taken_by_a_click(page: Page) -> None:
    page.open()
    engine = page.backend.engine
    assert isinstance(engine, FakeEngine)
    edits = [{"path": "training.epochs", "value": 7}, {"path": "data.scaling", "value": "standard"}]
    engine.answer = {"edits": edits, "reasons": [["Epochs", "7", "<b>Because</b> it is enough."]]}
    before = page.project
    page.click("Propose")
    assert engine.questions == [{"kind": "propose", "data": before.to_json()["data"]}]
    shown = "\n".join(item.proto.body for item in page.at.get("html"))
    assert "&lt;b&gt;Because&lt;/b&gt; it is enough." in shown
    assert page.project == before
    page.click("Keep mine")
    assert page.project == before
    page.click("Propose").click("Use this network")
    assert (page.project.training.epochs, page.project.data.scaling) == (7, "standard")
    page.send("network", do="undo", n=1)
    assert page.project == before
