"""What is looked at below the network: the code, made only when asked for and following every click, and the layers."""

from __future__ import annotations

from typing import Any

import pytest

from nnbuilder.ui import components
from nnbuilder.ui.build import below, code_view
from tests.app.conftest import Page


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the view was given, rerun after rerun."""
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(components, "code", given.append)
    return given


def with_code(page: Page) -> Page:
    """The page with the code chosen."""
    page.open()
    next(group for group in page.at.get("button_group") if group.key == below.KEY).set_value(below.CODE)
    return page.settle(page.at)


def texts(data: dict[str, Any]) -> dict[str, str]:
    return {file["key"]: file["text"] for file in data["files"]}


def test_no_code_is_made_until_it_is_looked_at(page: Page, shown: list[dict[str, Any]]) -> None:
    page.open()
    assert shown == []


def test_every_form_of_the_model_and_the_script_are_there(page: Page, shown: list[dict[str, Any]]) -> None:
    with_code(page)
    found = texts(shown[-1])
    assert list(found) == ["sequential", "named", "module", "train"]
    assert "model = nn.Sequential(\n    nn.Linear(2, 4)," in found["sequential"]
    assert "class Network(nn.Module):" in found["named"] and "class Network(nn.Module):" in found["module"]
    assert "optimizer.step()" in found["train"]
    assert shown[-1]["message"] == ""


def test_it_follows_the_canvas_and_the_training_bar(page: Page, shown: list[dict[str, Any]]) -> None:
    with_code(page)
    before = texts(shown[-1])
    page.send("network", do="resize", at=0, units=7, n=1)
    after = texts(shown[-1])
    assert "nn.Linear(2, 7)" in after["sequential"] and "nn.Linear(2, 7)" not in before["sequential"]
    page.set("number_input", "training.epochs", 321)
    assert "EPOCHS = 321" in texts(shown[-1])["train"]
    assert texts(shown[-1])["sequential"] == after["sequential"]


def test_what_has_to_be_repaired_first_is_said_in_place_of_code(page: Page, shown: list[dict[str, Any]]) -> None:
    with_code(page)
    page.send("network", do="resize", at=0, units=10**9, n=1)
    assert page.shown["transport"]["blocked"]
    assert shown[-1]["files"] == []
    assert shown[-1]["message"] == code_view.BLOCKED


def test_the_layers_are_summed_up_as_a_table(page: Page) -> None:
    page.open()
    next(group for group in page.at.get("button_group") if group.key == below.KEY).set_value(below.LAYERS)
    page.settle(page.at)
    table = page.at.dataframe[0].value
    # 2 x 4 + 4, 4 x 2 + 2, 2 x 1 + 1
    assert list(table["Parameters"]) == [12, 0, 10, 0, 3]
    assert any("25 parameters: 25 trainable, 0 frozen" in item.value for item in page.at.caption)
