"""Fine-tuning on the canvas: what the panel sends, and what the cards say of where their weights come from."""

from __future__ import annotations

from typing import Any

import pytest
from canvas_tab import altered, card, sent, show
from fake_page import network
from playwright.sync_api import Page, expect

PLAIN = network(5, "relu", 4)
STARTED = altered(PLAIN, 0, start="blobs.pth", frozen=True, thaw_after=3, rate_factor=0.1)


def open_panel(tab: Page, data: dict[str, Any]) -> Any:
    show(tab, data)
    tab.get_by_role("button", name="Fine-tune", exact=True).click()
    return tab.get_by_role("dialog", name="Fine-tune this network")


@pytest.mark.parametrize(
    ("label", "action"),
    [
        ("Start from these weights", {"do": "fine_tune"}),
        ("Replace the last layer", {"do": "replace_head"}),
        ("Freeze all but the last layer", {"do": "freeze_all", "value": True}),
        ("Unfreeze all", {"do": "freeze_all", "value": False}),
        ("Start every layer fresh", {"do": "start_fresh"}),
    ],
)
def test_a_choice_of_the_panel_sends_its_action(tab: Page, label: str, action: dict[str, Any]) -> None:
    panel = open_panel(tab, STARTED)
    panel.get_by_role("button", name=label).click()
    assert sent(tab) == [action]
    expect(panel).to_have_count(0)


def test_what_has_nothing_to_undo_is_not_offered(tab: Page) -> None:
    panel = open_panel(tab, PLAIN)
    expect(panel.get_by_role("button", name="Replace the last layer")).to_be_visible()
    expect(panel.get_by_role("button", name="Unfreeze all")).to_have_count(0)
    expect(panel.get_by_role("button", name="Start every layer fresh")).to_have_count(0)


def test_a_network_without_weights_has_nothing_to_start_from(tab: Page) -> None:
    panel = open_panel(tab, network("relu"))
    panel.get_by_role("button", name="Start from these weights").click(force=True)
    assert sent(tab) == []
    expect(panel).to_be_visible()


def test_layers_are_frozen_by_name_with_keys_alone(tab: Page) -> None:
    show(tab, PLAIN)
    opener = tab.get_by_role("button", name="Fine-tune", exact=True)
    opener.press("Enter")
    for _ in range(3):
        tab.keyboard.press("Tab")
    name = tab.get_by_label("Freeze by name")
    expect(name).to_be_focused()
    tab.keyboard.press("Enter")
    tab.keyboard.type(" 0.* ")
    tab.keyboard.press("Enter")
    assert sent(tab) == [{"do": "freeze_by_name", "name": "0.*", "value": True}]
    expect(opener).to_be_focused()


def test_a_card_tells_where_its_weights_come_from_and_how_it_learns(tab: Page) -> None:
    show(tab, PLAIN)
    expect(card(tab, 0).locator(".nn-origin .nn-note")).to_have_count(0)
    body = card(tab, 0).locator(".nn-head").bounding_box()
    show(tab, STARTED)
    lines = card(tab, 0).locator(".nn-origin .nn-note")
    assert lines.all_inner_texts() == ["from blobs.pth", "thaws after 3", "rate ×0.1"]
    # A project of this place says in which epoch it was: a line each, for a card is narrow.
    show(tab, altered(PLAIN, 0, start="Blobs, epoch 60"))
    assert lines.all_inner_texts() == ["from Blobs", "epoch 60"]
    show(tab, STARTED)
    assert "frozen, from blobs.pth, thaws after 3, rate ×0.1" in (card(tab, 0).get_attribute("aria-label") or "")
    # Every card makes room, so that the neurons stay in line.
    heads = [card(tab, index).locator(".nn-head").bounding_box() for index in range(3)]
    assert {head["height"] for head in heads} == {body["height"] + 45}
    assert lines.last.bounding_box()["y"] + 15 <= heads[0]["y"] + heads[0]["height"]
    show(tab, PLAIN)
    expect(lines).to_have_count(0)


def test_the_menu_of_a_card_that_starts_from_a_file_starts_it_fresh(tab: Page) -> None:
    show(tab, STARTED)
    card(tab, 2).get_by_label("More for layer 3, Linear").click()
    expect(tab.get_by_role("menuitem", name="Start fresh")).to_have_count(0)
    tab.keyboard.press("Escape")
    card(tab, 0).get_by_label("More for layer 1, Linear").click()
    tab.get_by_role("menuitem", name="Start fresh").click()
    assert sent(tab) == [{"do": "start_fresh", "at": 0}]


def test_a_hostile_name_stays_text_and_inside_its_card(tab: Page) -> None:
    show(tab, altered(PLAIN, 0, start="<img src=x onerror=alert(1)> " * 9))
    line = card(tab, 0).locator(".nn-origin .nn-note")
    assert line.inner_text().startswith("from <img src=x")
    assert card(tab, 0).locator("img").count() == 0
    assert line.bounding_box()["width"] <= card(tab, 0).bounding_box()["width"]


def test_a_fresh_layer_is_told_from_those_that_were_kept(tab: Page) -> None:
    show(tab, altered(altered(PLAIN, 0, start="blobs.pth"), 2, fresh=True))
    expect(card(tab, 0).locator(".nn-origin")).to_have_text("from blobs.pth")
    expect(card(tab, 2).locator(".nn-origin")).to_have_text("fresh weights")
    expect(card(tab, 2)).to_have_accessible_name("Layer 3 of 3, Linear, output 4, 24 parameters, fresh weights")
