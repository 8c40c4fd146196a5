"""What the network canvas sends, what it keeps, and what it never does with text it is given."""

from __future__ import annotations

from typing import Any

import pytest
from canvas_tab import MIXED, altered, arranged, card, sent, show
from fake_page import FRONTEND, network
from playwright.sync_api import Page, expect


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


def test_the_header_counts_frozen_layers(tab: Page) -> None:
    frozen = altered(network(5, "relu", 4, "batch_norm", 1), 0, frozen=True)
    show(tab, altered(frozen, 1, frozen=True))
    # An activation has nothing to keep.
    expect(tab.locator(".nn-total")).to_contain_text(" parameters · 1 of 4 layers frozen")


def test_one_repair_has_one_button(tab: Page) -> None:
    data = {**network(2, "relu", 3), "output": {"width": 3, "wanted": 1, "label": "logit"}}
    show(tab, data)
    expect(tab.get_by_role("button", name="Make the output 1 wide, as the data asks for")).to_be_visible()
    show(tab, altered(data, 2, problems=[problem(repair="Set its units to 1")]))
    expect(tab.get_by_role("button", name="Set its units to 1")).to_be_visible()
    expect(tab.get_by_role("button", name="Make the output 1 wide, as the data asks for")).to_be_hidden()
    # A warning that nothing repairs takes nothing away.
    show(tab, altered(data, 2, problems=[problem(severity="warning", repair=None)]))
    expect(tab.get_by_role("button", name="Make the output 1 wide, as the data asks for")).to_be_visible()


def test_inputs_that_begin_alike_can_be_told_apart(tab: Page) -> None:
    names = [f"measurement number {number} of the survey" for number in (1, 2)]
    show(tab, network(1, inputs=names))
    expect(tab.locator(".nn-inputs .nn-name")).to_have_text(["…1 of the survey", "…2 of the survey"])
    expect(tab.get_by_role("group", name=f"2 inputs: {names[0]}, {names[1]}")).to_be_visible()


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


def test_the_canvas_gives_way_in_a_low_window_and_grows_in_a_high_one(tab: Page) -> None:
    """The page's own style says what a window has beyond 900 pixels, or lacks."""
    show(tab, {**MIXED, "height": 690})
    tab.add_style_tag(path=FRONTEND / "page.css")
    for window, height in ((900, 690), (768, 558), (480, 380), (1080, 870)):
        tab.set_viewport_size({"width": 1440, "height": window})
        assert tab.locator(".nn").evaluate("(node) => node.offsetHeight") == height
    tab.set_viewport_size({"width": 1440, "height": 900})


def test_an_edge_that_hides_nothing_needs_no_button(tab: Page) -> None:
    show(tab, network(4, "relu", 1))
    right = tab.get_by_title("Layers to the right")
    for beyond, hidden in ((8, True), (40, False)):
        tab.locator(".nn-scroll").evaluate(
            """(scroll, beyond) => {
                scroll.firstElementChild.style.minWidth = `${scroll.clientWidth + beyond}px`;
                scroll.dispatchEvent(new Event("scroll"));
            }""",
            beyond,
        )
        (expect(right).to_be_hidden if hidden else expect(right).to_be_visible)()


def test_layers_beyond_the_edge_are_a_click_away(tab: Page) -> None:
    tab.emulate_media(reduced_motion="reduce")
    show(tab, network(*[4, "relu"] * 12, 1))
    right, left = tab.get_by_title("Layers to the right"), tab.get_by_title("Layers to the left")
    expect(right).to_be_visible()
    expect(left).to_be_hidden()
    for _ in range(8):
        if not right.is_visible():
            break
        right.click()
        tab.wait_for_timeout(50)
    expect(right).to_be_hidden()
    expect(left).to_be_visible()
    show(tab, MIXED)
    expect(left).to_be_hidden()
    tab.emulate_media(reduced_motion="no-preference")
