"""The network canvas by keys, clicks and dragging, and where the focus goes."""

from __future__ import annotations

import pytest
from canvas_tab import MIXED, altered, arranged, card, sent, show
from fake_page import CATALOG, network
from playwright.sync_api import Page, expect


def test_the_menu_with_keys_alone(tab: Page) -> None:
    show(tab, MIXED)
    card(tab, 0).get_by_label("More for layer 1, Linear").press("Enter")
    expect(tab.get_by_role("menuitem", name="Duplicate")).to_be_focused()
    tab.keyboard.press("ArrowUp")
    expect(tab.get_by_role("menuitem", name="Remove")).to_be_focused()
    tab.keyboard.press("Home")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    assert sent(tab) == [], "the first layer cannot move left"
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("menu")).to_have_count(0)


@pytest.mark.parametrize(
    ("typed", "units"), [("12", 12), ("1 000", 1000), ("0", 1), ("999999999", 999_999_999), ("1 000 000 000", 10**9)]
)
def test_a_typed_width(tab: Page, typed: str, units: int) -> None:
    show(tab, MIXED)
    field = card(tab, 0).locator("input")
    field.fill(typed)
    field.press("Enter")
    assert sent(tab) == [{"do": "resize", "at": 0, "units": units}]
    expect(field).to_have_value(str(units))


@pytest.mark.parametrize("typed", ["many", "", "-3", "1e9", "2.5x"])
def test_what_is_no_width_is_taken_back(tab: Page, typed: str) -> None:
    show(tab, MIXED)
    field = card(tab, 0).locator("input")
    field.fill(typed)
    field.blur()
    expect(field).to_have_value("5")
    assert sent(tab) == []


def test_arrows_in_the_width_field(tab: Page) -> None:
    show(tab, MIXED)
    field = card(tab, 0).locator("input")
    field.press("ArrowUp")
    expect(field).to_have_value("6")
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(field).to_have_value("4")
    tab.wait_for_function("window.triggers.length === 2")
    assert sent(tab)[-1] == {"do": "resize", "at": 0, "units": 4}


@pytest.mark.parametrize("place", range(5))
def test_a_layer_is_added_where_the_plus_is(tab: Page, place: int) -> None:
    show(tab, MIXED)
    tab.locator(".nn-insert").nth(place).click()
    tab.get_by_role("option", name="Tanh", exact=True).click()
    assert sent(tab) == [{"do": "add", "at": place, "kind": "tanh"}]
    expect(tab.get_by_role("dialog")).to_have_count(0)


def test_the_picker_shows_the_whole_catalog_with_its_help(tab: Page) -> None:
    show(tab, MIXED)
    tab.locator(".nn-insert").first.click()
    assert tab.get_by_role("option").count() == sum(len(group["rows"]) for group in CATALOG)
    tab.get_by_role("option", name="Dropout").hover()
    expect(tab.locator(".nn-help")).to_contain_text("Silences random units")


def test_the_picker_with_keys_alone(tab: Page) -> None:
    show(tab, MIXED)
    opener = tab.locator(".nn-insert").nth(1)
    opener.press("Enter")
    tab.keyboard.type("leaky")
    expect(tab.get_by_role("option")).to_have_count(1)
    tab.keyboard.press("Enter")
    assert sent(tab) == [{"do": "add", "at": 1, "kind": "leaky_relu"}]
    show(tab, MIXED)
    opener.press("Enter")
    chosen = tab.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_text("Linear")
    for key, label in (("ArrowDown", "ReLU"), ("ArrowRight", "LeakyReLU"), ("ArrowDown", "SELU"), ("ArrowLeft", "ELU")):
        tab.keyboard.press(key)
        expect(chosen).to_have_text(label)
    tab.keyboard.type("zzz")
    expect(tab.locator(".nn-none")).to_contain_text("No layer is called")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Escape")
    expect(opener).to_be_focused()
    assert len(sent(tab)) == 1


def test_a_click_elsewhere_closes_the_picker(tab: Page) -> None:
    show(tab, MIXED)
    tab.locator(".nn-insert").first.click()
    tab.mouse.click(1200, 700)
    expect(tab.get_by_role("dialog")).to_have_count(0)
    assert sent(tab) == []


def test_an_added_layer_gets_the_focus(tab: Page) -> None:
    show(tab, MIXED)
    tab.locator(".nn-insert").nth(4).click()
    tab.get_by_role("option", name="Sigmoid", exact=True).click()
    show(tab, network(5, "relu", "batch_norm", 1, "sigmoid", inputs=["x", "y"]))
    expect(card(tab, 4)).to_be_focused()


def test_keys_on_a_card(tab: Page) -> None:
    show(tab, MIXED)
    for index, key, action in (
        (1, "Enter", {"do": "select", "at": 1}),
        (2, "Alt+ArrowLeft", {"do": "move", "from": 2, "to": 1}),
        (2, "Alt+ArrowRight", {"do": "move", "from": 2, "to": 3}),
        (3, "Delete", {"do": "remove", "at": 3}),
        (0, "Control+z", {"do": "undo"}),
    ):
        card(tab, index).focus()
        tab.keyboard.press(key)
        assert sent(tab)[-1] == action
        show(tab, MIXED)
    count = len(sent(tab))
    card(tab, 0).press("Alt+ArrowLeft")
    card(tab, 3).press("Alt+ArrowRight")
    card(tab, 0).press("Control+y")
    assert len(sent(tab)) == count, "the ends do not move, and there is nothing to redo"
    show(tab, {**MIXED, "can_redo": True})
    for key in ("Control+y", "Control+Shift+z"):
        card(tab, 0).press(key)
        show(tab, {**MIXED, "can_redo": True})
    assert sent(tab)[count:] == [{"do": "redo"}] * 2


def test_arrows_and_tab_go_from_card_to_card(tab: Page) -> None:
    show(tab, MIXED)
    card(tab, 0).focus()
    tab.keyboard.press("ArrowRight")
    expect(card(tab, 1)).to_be_focused()
    tab.keyboard.press("ArrowLeft")
    expect(card(tab, 0)).to_be_focused()
    lefts = []
    tab.get_by_role("button", name="+ Layer").focus()
    for _ in range(40):
        tab.keyboard.press("Tab")
        focused = tab.evaluate(
            "(() => { const one = roots.network.activeElement; return one && one.matches('.nn-card') "
            "? one.getBoundingClientRect().left : null; })()"
        )
        if focused is not None:
            lefts.append(focused)
        if len(lefts) == 4:
            break
    assert len(set(lefts)) == 4
    assert lefts == sorted(lefts)


def test_undo_works_when_nothing_has_the_focus_but_not_while_typing(tab: Page) -> None:
    show(tab, MIXED)
    tab.keyboard.press("Control+z")
    assert sent(tab) == [{"do": "undo"}]
    show(tab, MIXED)
    field = card(tab, 0).locator("input")
    field.focus()
    tab.keyboard.type("77")
    tab.keyboard.press("Control+z")
    assert sent(tab) == [{"do": "undo"}]


def test_clicks_select_and_deselect(tab: Page) -> None:
    show(tab, MIXED)
    card(tab, 2).locator(".nn-label").click()
    show(tab, {**MIXED, "selected": 2})
    expect(card(tab, 2)).to_have_attribute("aria-current", "true")
    tab.locator(".nn-inputs .nn-label").click()
    show(tab, MIXED)
    tab.locator(".nn-inputs .nn-label").click()
    assert sent(tab) == [{"do": "select", "at": 2}, {"do": "select", "at": None}]


def drag(tab: Page, index: int, target: int, drop: bool = True) -> None:
    """Drags a card onto the middle of another."""
    start, end = card(tab, index).bounding_box(), card(tab, target).bounding_box()
    across, y = start["x"] + start["width"] / 2, start["y"] + 10
    tab.mouse.move(across, y)
    tab.mouse.down()
    side = 8 if target > index else -8
    tab.mouse.move(end["x"] + end["width"] / 2 + side, y + 5, steps=6)
    if drop:
        tab.mouse.up()


@pytest.mark.parametrize(("index", "target", "to"), [(0, 1, 1), (0, 3, 3), (3, 0, 0), (2, 1, 1)])
def test_dragging_moves_a_card(tab: Page, index: int, target: int, to: int) -> None:
    show(tab, MIXED)
    drag(tab, index, target)
    assert sent(tab) == [{"do": "move", "from": index, "to": to}]
    expect(tab.locator(".nn-drop")).to_have_count(0)


def test_dragging_shows_where_and_escape_gives_up(tab: Page) -> None:
    show(tab, MIXED)
    drag(tab, 0, 2, drop=False)
    expect(tab.locator(".nn-drop")).to_have_count(1)
    tab.keyboard.press("Escape")
    expect(tab.locator(".nn-drop, .nn-dragged")).to_have_count(0)
    tab.mouse.up()
    drag(tab, 0, 0)
    assert sent(tab) == []


def test_the_focus_follows_a_moved_card_and_stays_near_a_removed_one(tab: Page) -> None:
    show(tab, MIXED)
    card(tab, 2).focus()
    show(tab, arranged(MIXED, [2, 0, 1, 3]))
    expect(card(tab, 0)).to_be_focused()
    expect(card(tab, 0)).to_have_attribute("data-layer", "layer-2")
    card(tab, 3).focus()
    show(tab, arranged(MIXED, [0, 1, 2]))
    expect(card(tab, 2)).to_be_focused()


def test_typing_survives_an_update(tab: Page) -> None:
    show(tab, MIXED)
    field = card(tab, 0).locator("input")
    field.focus()
    tab.keyboard.type("12")
    show(tab, altered(MIXED, 1, enabled=False))
    expect(field).to_have_value("12")
    expect(field).to_be_focused()
    assert sent(tab) == []
