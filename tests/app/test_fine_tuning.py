"""The settings of a layer that starts from elsewhere or learns at its own pace, on the page."""

from __future__ import annotations

from nnbuilder.ui.build import below
from nnbuilder.ui.opening import transfer
from tests.app.conftest import Page

HOSTILE = "<script>alert(1)</script> **[x](javascript:alert(1))**"


def select(page: Page, place: int) -> str:
    """Select a layer; what the keys of its widgets begin with."""
    page.send("network", do="select", at=place, n=1)
    name = next(layer["id"] for layer in page.shown["network"]["layers"] if layer["index"] == place)
    return f"network.layers[@{name}]"


def start(page: Page, name: str) -> None:
    """Let the stored project start from weights that are not here."""
    record = page.backend.store.project(page.id)
    assert record
    started = transfer.start_from_own(page.project, "ab" * 32, name)
    page.backend.store.save_project(page.id, started.to_json(), record.revision)


def test_when_and_how_fast_a_layer_learns_is_set_at_the_layer(page: Page) -> None:
    key = select(page.open(), 0)
    page.set("toggle", f"{key}.frozen", True)
    page.set("number_input", f"{key}.thaw_after", 3)
    page.set("number_input", f"{key}.rate_factor", 0.1)
    layer = page.project.network.layers[0]
    assert (layer.frozen, layer.thaw_after, layer.rate_factor) == (True, 3, 0.1)
    card = page.shown["network"]["layers"][0]
    assert (card["frozen"], card["thaw_after"], card["rate_factor"], card["torch_name"]) == (True, 3, 0.1, "0")
    page.set("number_input", f"{key}.rate_factor", 0.0)
    assert "Rate factor must be a number above 0" in page.shown["network"]["layers"][0]["problems"][0]["message"]
    assert page.project.network.layers[0].rate_factor == 0.1


def test_a_layer_without_weights_has_no_such_settings(page: Page) -> None:
    key = select(page.open(), 1)
    assert not [item for item in page.at.toggle if item.key == f"{key}.frozen"]


def test_the_table_tells_trainable_from_frozen(page: Page) -> None:
    page.open().send("network", do="freeze_all", value=True, n=1)
    next(group for group in page.at.get("button_group") if group.key == below.KEY).set_value(below.LAYERS)
    page.settle(page.at)
    table = page.at.dataframe[-1].value
    assert list(table["Trainable"]) == [0, 0, 0, 0, 3]
    assert list(table["Frozen"]) == [12, 0, 10, 0, 0]
    assert list(table["Learns"]) == ["frozen", "", "frozen", "", "yes"]
    told = next(item.value for item in page.at.caption if "parameters" in item.value)
    assert "25 parameters: 3 trainable, 22 frozen" in told


def test_a_name_that_is_not_there_is_refused_in_words(page: Page) -> None:
    page.open().send("network", do="freeze_by_name", name="9.weight", n=1)
    assert "No weights are called &#x27;9.weight&#x27;; they are 0.weight, 0.bias" in page.sentences
    page.send("network", do="freeze_by_name", name="0.*, 2", n=2)
    assert [layer.frozen for layer in page.project.network.layers] == [True, False, True, False, False]
    page.send("network", do="undo", n=3)
    assert not any(layer.frozen for layer in page.project.network.layers)


def test_a_run_without_weights_is_no_start(page: Page) -> None:
    before = page.open().project
    page.send("network", do="fine_tune", n=1)
    assert "checkpoint.pth cannot be read" in page.sentences
    assert page.project == before


def test_a_file_that_is_not_here_is_said_shown_as_text_and_started_fresh(page: Page) -> None:
    before = page.open().project
    start(page, HOSTILE)
    key = select(page, 0)
    assert page.at.text_input(key=f"{key}.weights").value == HOSTILE
    assert page.shown["network"]["layers"][0]["start"] == HOSTILE
    problems = page.shown["network"]["layers"][0]["problems"]
    assert "are not on this computer" in problems[0]["message"]
    everywhere = "\n".join(
        [*(item.proto.body for item in page.at.get("html")), *(item.value for item in page.at.markdown)]
    )
    assert "<script>" not in everywhere
    page.click("Start fresh")
    assert not page.project.network.layers[0].from_file
    page.send("network", do="repair", id=page.shown["network"]["layers"][2]["problems"][0]["id"], n=3)
    assert page.project == before
