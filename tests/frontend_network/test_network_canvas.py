"""What the network canvas sends, what it keeps, and what it never does with text it is given."""

from __future__ import annotations

from typing import Any

import pytest
from fake_page import CATALOG, FakePage, network, picture_frame, picture_of, weights_of
from playwright.sync_api import Page, expect

MIXED = network(5, "relu", "batch_norm", 1, inputs=["x", "y"])


def show(tab: Page, data: dict[str, Any]) -> None:
    """Hands data to the canvas, as a rerun of the page does."""
    tab.evaluate("data => window.show('network', data)", data)


def sent(tab: Page) -> list[dict[str, Any]]:
    """The actions so far without their numbers, which must grow."""
    triggers = tab.evaluate("window.triggers")
    assert all(name == "action" for name, _ in triggers)
    numbers = [value["n"] for _, value in triggers]
    assert numbers == sorted(set(numbers))
    return [{key: value for key, value in action.items() if key != "n"} for _, action in triggers]


def card(tab: Page, index: int) -> Any:
    return tab.locator(".nn-card").nth(index)


def altered(data: dict[str, Any], index: int, **changes: Any) -> dict[str, Any]:
    """The data with one layer changed."""
    layers = [{**layer, **changes} if layer["index"] == index else layer for layer in data["layers"]]
    return {**data, "layers": layers}


def arranged(data: dict[str, Any], order: list[int]) -> dict[str, Any]:
    """The data with its layers in another order; those not named are gone."""
    return {**data, "layers": [{**data["layers"][old], "index": new} for new, old in enumerate(order)]}


def problem(identifier: str = "p1", severity: str = "error", repair: str | None = "Repair it") -> dict[str, Any]:
    return {
        "id": identifier,
        "severity": severity,
        "message": "Units must be at least 1; set it to 4.",
        "repair": repair,
    }


@pytest.mark.parametrize(
    ("layer", "name", "action"),
    [
        (0, "One unit more in layer 1, Linear", {"do": "resize", "at": 0, "units": 6}),
        (0, "One unit less in layer 1, Linear", {"do": "resize", "at": 0, "units": 4}),
        (1, "Use layer 2, ReLU", {"do": "enable", "at": 1, "value": False}),
        (2, "Freeze layer 3, BatchNorm1d: keep its weights as they are", {"do": "freeze", "at": 2, "value": True}),
    ],
)
def test_a_button_of_a_card_sends_its_action(tab: Page, layer: int, name: str, action: dict[str, Any]) -> None:
    show(tab, MIXED)
    card(tab, layer).get_by_label(name, exact=True).click()
    assert sent(tab) == [action]


def test_switch_and_freeze_say_the_opposite_of_what_is(tab: Page) -> None:
    show(tab, altered(altered(MIXED, 0, frozen=True), 1, enabled=False))
    expect(card(tab, 1).get_by_role("switch")).to_have_attribute("aria-checked", "false")
    card(tab, 1).get_by_role("switch").click()
    show(tab, MIXED)
    show(tab, altered(MIXED, 0, frozen=True))
    card(tab, 0).get_by_role("button", name="Unfreeze").click()
    assert sent(tab) == [{"do": "enable", "at": 1, "value": True}, {"do": "freeze", "at": 0, "value": False}]


def test_only_layers_with_parameters_can_be_frozen(tab: Page) -> None:
    show(tab, MIXED)
    visible = [card(tab, index).locator(".nn-freeze").is_visible() for index in range(4)]
    assert visible == [True, False, True, True]


@pytest.mark.parametrize(
    ("item", "action"),
    [
        ("Duplicate", {"do": "duplicate", "at": 1}),
        ("Move left", {"do": "move", "from": 1, "to": 0}),
        ("Move right", {"do": "move", "from": 1, "to": 2}),
        ("Remove", {"do": "remove", "at": 1}),
    ],
)
def test_the_menu_of_a_card(tab: Page, item: str, action: dict[str, Any]) -> None:
    show(tab, MIXED)
    more = card(tab, 1).get_by_label("More for layer 2, ReLU")
    more.click()
    tab.get_by_role("menuitem", name=item).click()
    assert sent(tab) == [action]
    expect(tab.get_by_role("menu")).to_have_count(0)
    expect(more).to_be_focused()


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


def test_the_header(tab: Page) -> None:
    show(tab, {**MIXED, "can_undo": True, "can_redo": False, "total_parameters": 12345})
    expect(tab.locator(".nn-total")).to_have_text("12,345 parameters")
    for label in ("Redo (Ctrl+Y)", "Undo (Ctrl+Z)"):
        tab.get_by_label(label).click(force=True)
    show(tab, {**MIXED, "can_undo": False, "can_redo": True})
    for label in ("Undo (Ctrl+Z)", "Redo (Ctrl+Y)"):
        tab.get_by_label(label).click(force=True)
    show(tab, MIXED)
    tab.get_by_role("button", name="+ Layer").click()
    assert sent(tab) == [{"do": "undo"}, {"do": "redo"}, {"do": "add_block"}]


def test_equal_actions_are_sent_again_and_none_is_lost(tab: Page) -> None:
    show(tab, MIXED)
    button = tab.get_by_role("button", name="+ Layer")
    for _ in range(3):
        button.click()
    # Each waits for the answer to the one before, or half a second.
    tab.wait_for_function("window.triggers.length === 3")
    assert sent(tab) == [{"do": "add_block"}] * 3


def test_an_action_names_its_layer_by_the_place_it_has_when_sent(tab: Page) -> None:
    show(tab, MIXED)
    for index in (0, 2):
        card(tab, index).focus()
        tab.keyboard.press("Delete")
    assert sent(tab) == [{"do": "remove", "at": 0}]
    show(tab, arranged(MIXED, [1, 2, 3]))
    assert sent(tab)[1:] == [{"do": "remove", "at": 1}]


def test_quick_clicks_show_at_once_and_the_newest_width_is_sent(tab: Page) -> None:
    show(tab, MIXED)
    plus = card(tab, 0).get_by_label("One unit more in layer 1, Linear")
    units = card(tab, 0).locator("input")
    for wanted in ("6", "7", "8"):
        plus.click()
        expect(units).to_have_value(wanted)
    assert sent(tab) == [{"do": "resize", "at": 0, "units": 6}]
    show(tab, altered(MIXED, 0, units=6, shape="6"))
    expect(units).to_have_value("8")
    assert sent(tab)[1:] == [{"do": "resize", "at": 0, "units": 8}]
    show(tab, altered(MIXED, 0, units=8, shape="8"))
    expect(units).to_have_value("8")
    # What the page says afterwards counts again.
    show(tab, altered(MIXED, 0, units=3, shape="3"))
    expect(units).to_have_value("3")
    assert len(sent(tab)) == 2


def test_a_width_the_page_refuses_gives_way(tab: Page) -> None:
    show(tab, MIXED)
    units = card(tab, 0).locator("input")
    card(tab, 0).get_by_label("One unit more in layer 1, Linear").click()
    expect(units).to_have_value("6")
    show(tab, MIXED)
    expect(units).to_have_value("5", timeout=5000)


def test_a_refused_width_stands_in_its_field_but_the_network_is_drawn_as_it_is(tab: Page) -> None:
    show(tab, altered(MIXED, 0, units=999_999_999, problems=[problem()]))
    expect(card(tab, 0).locator("input")).to_have_value("999999999")
    expect(card(tab, 0).locator(".nn-neuron")).to_have_count(5)


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


def test_updates_keep_every_element(tab: Page) -> None:
    show(tab, MIXED)
    tab.evaluate(
        "() => { window.kept = [...roots.network.querySelectorAll('.nn *')]; "
        "window.cards = [...roots.network.querySelectorAll('.nn-card')]; }"
    )
    show(tab, altered(altered(MIXED, 1, enabled=False), 0, units=5, parameters=99, frozen=True))
    show(tab, MIXED)
    # Only the neurons of the layer that was switched off come and go.
    gone = "window.kept.filter(one => !one.isConnected && !one.matches('.nn-neuron')).length"
    assert tab.evaluate(gone) == 0
    show(tab, arranged(MIXED, [2, 0, 1, 3]))
    order = "[...roots.network.querySelectorAll('.nn-card')].map(one => window.cards.indexOf(one))"
    assert tab.evaluate(order) == [2, 0, 1, 3]
    assert tab.evaluate("roots.network.querySelectorAll('.nn-gap').length") == 5


def test_an_equal_update_changes_nothing_in_the_document(tab: Page) -> None:
    data = altered({**MIXED, "selected": 1}, 3, problems=[problem()])
    show(tab, data)
    tab.wait_for_timeout(100)
    tab.evaluate(
        "() => { window.changes = 0; new MutationObserver(list => { window.changes += list.length; })"
        ".observe(roots.network, {subtree: true, childList: true, characterData: true}); }"
    )
    for _ in range(3):
        show(tab, data)
    tab.wait_for_timeout(100)
    assert tab.evaluate("window.changes") == 0


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


def test_problems_stand_at_their_layer_and_can_be_repaired(tab: Page) -> None:
    show(tab, altered(altered(MIXED, 0, problems=[problem("a")]), 3, problems=[problem("b", "warning", None)]))
    expect(card(tab, 0).locator(".nn-badge")).to_be_visible()
    expect(card(tab, 1).locator(".nn-badge")).to_be_hidden()
    notes = tab.locator(".nn-note-card")
    expect(notes).to_have_count(2)
    expect(notes.nth(0)).to_contain_text("Linear, layer 1")
    expect(notes.nth(0)).to_contain_text("Units must be at least 1; set it to 4.")
    expect(notes.nth(1).get_by_role("button")).to_have_count(0)
    card(tab, 0).locator(".nn-badge").click()
    expect(tab.get_by_role("button", name="Repair it")).to_be_focused()
    tab.keyboard.press("Enter")
    assert sent(tab) == [{"do": "repair", "id": "a"}]
    show(tab, MIXED)
    expect(tab.locator(".nn-problems")).to_be_hidden()


def test_the_output_offers_to_match_the_data(tab: Page) -> None:
    show(tab, MIXED)
    match = tab.locator(".nn-match")
    expect(match).to_be_hidden()
    show(tab, {**MIXED, "output": {"width": 1, "wanted": 4, "label": "logits"}})
    expect(match).to_have_text("Match data (4)")
    match.click()
    assert sent(tab) == [{"do": "match_output"}]


def test_an_empty_network_offers_a_first_layer(tab: Page) -> None:
    show(tab, network(inputs=["x", "y"]))
    tab.get_by_role("button", name="+ Add the first layer").click()
    assert sent(tab) == [{"do": "add_block"}]
    show(tab, MIXED)
    expect(tab.locator(".nn-empty")).to_be_hidden()


def test_wide_columns_fold_and_many_layers_scroll_inside_their_box(tab: Page) -> None:
    data = network(128, "relu", 20, "tanh", 20, "relu", 20, "sigmoid", 10, inputs=64)
    show(tab, data)
    expect(card(tab, 0).locator(".nn-neuron")).to_have_count(8)
    expect(card(tab, 0).locator(".nn-more")).to_have_text("+120 more")
    expect(tab.locator(".nn-inputs .nn-more")).to_have_text("+56 more")
    sizes = tab.evaluate(
        "(() => { const one = roots.network.querySelector('.nn-scroll'); "
        "return [one.scrollWidth > one.clientWidth, one.scrollHeight <= one.clientHeight, "
        "document.documentElement.scrollWidth <= innerWidth]; })()"
    )
    assert sizes == [True, True, True]


def test_everything_that_can_be_pressed_has_a_name(tab: Page) -> None:
    show(tab, altered(MIXED, 0, problems=[problem()]))
    tab.locator(".nn-insert").first.click()
    nameless = (
        "[...roots.network.querySelectorAll('button, input, [tabindex], [role=option]')]"
        ".filter(one => !(one.getAttribute('aria-label') || one.textContent.trim())).length"
    )
    assert tab.evaluate(nameless) == 0
    assert card(tab, 0).get_attribute("aria-label") == "Layer 1 of 4, Linear, output 5, 15 parameters, 1 problem"


def test_hostile_names_stay_text(tab: Page) -> None:
    evil = "<img src=x onerror='window.broken = true'><script>window.broken = true</script>"
    data = network(3, "relu", 1, inputs=[evil, "y"])
    note = {"id": evil, "severity": "error", "message": evil, "repair": evil}
    data = altered(data, 0, label=evil, detail=evil, shape=evil, id=evil, problems=[note])
    data["output"]["label"] = evil
    data["catalog"] = [{"group": evil, "rows": [{"key": evil, "label": evil, "help": evil}]}]
    show(tab, data)
    tab.locator(".nn-insert").first.click()
    tab.get_by_role("option").click()
    card(tab, 0).locator(".nn-dots").click()
    tab.wait_for_timeout(100)
    assert tab.evaluate("window.broken") is None
    assert tab.evaluate("roots.network.querySelectorAll('img, script').length") == 0
    expect(card(tab, 0).locator(".nn-label")).to_have_text(evil)
    assert sent(tab) == [{"do": "add", "at": 0, "kind": evil}]


def live(data: dict[str, Any], token: str) -> dict[str, Any]:
    return {**data, "live": {"path": "/live", "token": token}}


def pixel(tab: Page, script: str) -> list[int]:
    """Red, green, blue and alpha of the canvas at the place that `script` returns, in pixels of the stage."""
    return tab.evaluate(
        f"""() => {{
            const canvas = roots.network.querySelector('.nn-canvas');
            const origin = roots.network.querySelector('.nn-stage').getBoundingClientRect();
            const boxes = (column) => [...column.querySelectorAll('.nn-neuron')].map(one => {{
                const box = one.getBoundingClientRect();
                const y = box.top - origin.top + box.height / 2;
                return {{left: box.left - origin.left, right: box.right - origin.left, y, side: box.width}};
            }});
            const inputs = boxes(roots.network.querySelector('.nn-inputs'));
            const cards = [...roots.network.querySelectorAll('.nn-card')].map(boxes);
            const [x, y] = ({script})(inputs, cards);
            return [...canvas.getContext('2d').getImageData(Math.floor(x), Math.floor(y), 1, 1).data];
        }}"""
    )


# The middle of the only link between one input and one unit.
ONLY_LINK = "(inputs, cards) => [(inputs[0].right + cards[0][0].left) / 2, inputs[0].y]"


def is_gray(color: list[int]) -> bool:
    return max(color[:3]) - min(color[:3]) < 20 and color[3] > 0


def is_blue(color: list[int]) -> bool:
    return color[2] - color[0] > 80 and color[3] > 0


def is_orange(color: list[int]) -> bool:
    return color[0] - color[2] > 80 and color[3] > 0


def until(tab: Page, script: str, wanted: Any) -> list[int]:
    """The color at a place once it is `wanted`; a fault after two seconds."""
    for _ in range(40):
        color = pixel(tab, script)
        if wanted(color):
            return color
        tab.wait_for_timeout(50)
    raise AssertionError(f"The color stayed {color}.")


def send(server: FakePage, token: str, data: dict[str, Any], weights: list[Any], serial: int = 1) -> None:
    server.send(token, picture_frame(serial, *picture_of(data, weights)))


@pytest.mark.parametrize(("value", "wanted"), [(2.0, is_blue), (-2.0, is_orange)])
def test_links_take_the_color_of_their_sign(tab: Page, server: FakePage, value: float, wanted: Any) -> None:
    token = f"sign{value}"
    data = live(network(1, inputs=["x"]), token)
    show(tab, data)
    assert is_gray(pixel(tab, ONLY_LINK))
    weights = weights_of(data)
    weights[0][:] = value
    send(server, token, data, weights)
    until(tab, ONLY_LINK, wanted)


def test_a_link_is_as_thick_as_its_weight(tab: Page, server: FakePage) -> None:
    data = live(network(1, inputs=["x"]), "thick")
    show(tab, data)
    weights = weights_of(data)
    painted = []
    for value in (0.2, 1.0, 6.0):
        weights[0][:] = value
        send(server, "thick", data, weights)
        until(tab, ONLY_LINK, lambda color: color[2] > color[0])
        tab.wait_for_timeout(100)
        above = [
            pixel(tab, f"(inputs, cards) => [(inputs[0].right + cards[0][0].left) / 2, inputs[0].y + {offset}]")[3]
            for offset in range(-5, 6)
        ]
        painted.append(sum(alpha > 127 for alpha in above))
    assert painted == sorted(set(painted))


def test_links_pass_an_activation_by_and_skip_a_layer_that_is_off(tab: Page, server: FakePage) -> None:
    data = live(altered(network(1, "relu", 1, "tanh", 1, inputs=["x"]), 2, enabled=False), "chain")
    show(tab, data)
    weights = weights_of(data)
    assert len(weights) == 2
    weights[0][:], weights[1][:] = 3.0, -3.0
    send(server, "chain", data, weights)
    until(tab, ONLY_LINK, is_blue)
    # From Tanh (the fourth card) to the last Linear layer.
    last = "(inputs, cards) => [(cards[3][0].right + cards[4][0].left) / 2, cards[4][0].y]"
    until(tab, last, is_orange)
    straight = "(inputs, cards) => [(cards[0][0].right + cards[1][0].left) / 2, cards[0][0].y]"
    assert is_gray(pixel(tab, straight))


def test_a_neuron_shows_what_it_answers(tab: Page, server: FakePage) -> None:
    data = live(network(1, inputs=["x", "y"]), "map")
    show(tab, data)
    middle = "(inputs, cards) => [cards[0][0].left + {} * cards[0][0].side, cards[0][0].y]"
    assert is_gray(pixel(tab, middle.format(0.85)))
    header, arrays = picture_of(data, weights_of(data))
    arrays["neurons"][0, :, :8] = 1
    arrays["neurons"][0, :, 8:] = 255
    server.send("map", picture_frame(1, header, arrays))
    until(tab, middle.format(0.85), is_blue)
    until(tab, middle.format(0.15), is_orange)
    # Inputs show their own slope: x grows to the right, y upward.
    until(tab, "(inputs) => [inputs[0].right - 4, inputs[0].y]", is_blue)
    until(tab, "(inputs) => [(inputs[1].left + inputs[1].right) / 2, inputs[1].y - inputs[1].side / 2 + 4]", is_blue)
    until(tab, "(inputs) => [(inputs[1].left + inputs[1].right) / 2, inputs[1].y + inputs[1].side / 2 - 4]", is_orange)


def test_the_picture_of_another_network_is_not_taken(tab: Page, server: FakePage) -> None:
    data = live(network(1, inputs=["x"]), "other")
    show(tab, data)
    weights = weights_of(data)
    weights[0][:] = 3.0
    send(server, "other", data, weights)
    until(tab, ONLY_LINK, is_blue)
    larger = network(3, "relu", 1, inputs=["x"])
    negative = weights_of(larger)
    for matrix in negative:
        matrix[:] = -3.0
    acknowledged = server.acknowledged["other"]
    send(server, "other", larger, negative)
    for _ in range(40):
        tab.wait_for_timeout(50)
        if server.acknowledged["other"] > acknowledged:
            break
    assert is_blue(pixel(tab, ONLY_LINK)), "the last picture that fits stays"
    show(tab, live(larger, "other"))
    first = "(inputs, cards) => [(inputs[0].right + cards[0][1].left) / 2, inputs[0].y]"
    until(tab, first, is_orange)


def test_a_frame_draws_once_and_leaves_the_document_alone(tab: Page, server: FakePage) -> None:
    data = live(network(8, "tanh", 8, "tanh", 1), "many")
    weights = weights_of(data)
    send(server, "many", data, weights)
    show(tab, data)
    tab.wait_for_timeout(200)
    tab.evaluate(
        """() => {
            window.changes = 0; window.draws = 0;
            new MutationObserver(list => { window.changes += list.length; })
                .observe(roots.network, {subtree: true, childList: true, characterData: true, attributes: true});
            const brush = CanvasRenderingContext2D.prototype;
            const clear = brush.clearRect;
            brush.clearRect = function (...all) { window.draws += 1; clear.apply(this, all); };
        }"""
    )
    before = server.acknowledged["many"]
    for number in range(1, 11):
        send(server, "many", data, weights)
        for _ in range(100):
            tab.wait_for_timeout(10)
            if server.acknowledged["many"] >= before + number:
                break
    assert tab.evaluate("[window.draws, window.changes]") == [10, 0]


def test_hovering_a_link_tells_its_weight(tab: Page, server: FakePage) -> None:
    data = live(network(1, inputs=["age"]), "hover")
    show(tab, data)
    weights = weights_of(data)
    weights[0][:] = -1.25
    send(server, "hover", data, weights)
    until(tab, ONLY_LINK, is_orange)
    box, neuron = tab.locator(".nn-inputs .nn-neuron").bounding_box(), card(tab, 0).locator(".nn-neuron").bounding_box()
    tab.mouse.move((box["x"] + box["width"] + neuron["x"]) / 2, neuron["y"] + neuron["height"] / 2)
    expect(tab.locator(".nn-tip")).to_have_text("age → unit 1: weight −1.25")
    tab.mouse.move(1200, 800)
    expect(tab.locator(".nn-tip")).to_be_hidden()


def test_the_colors_follow_the_theme(tab: Page) -> None:
    data = network(1, inputs=["x"])
    show(tab, data)
    inside = "(inputs) => [inputs[0].left + 10, inputs[0].y]"
    light = pixel(tab, inside)
    tab.evaluate("window.setTheme('dark')")
    show(tab, data)
    assert max(pixel(tab, inside)[:3]) < 100 < min(light[:3])


def test_a_superseded_cleanup_keeps_the_canvas_and_the_last_takes_it_away(tab: Page) -> None:
    show(tab, MIXED)
    show(tab, MIXED)
    tab.wait_for_timeout(300)
    expect(tab.locator(".nn")).to_have_count(1)
    tab.evaluate("window.cleanups.network()")
    expect(tab.locator(".nn")).to_have_count(0)
    tab.keyboard.press("Control+z")
    assert sent(tab) == []


def test_without_data_nothing_breaks(tab: Page) -> None:
    show(tab, None)
    expect(tab.locator(".nn-total")).to_have_text("0 parameters")
