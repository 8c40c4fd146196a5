"""What the data-set picker sends and shows."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect


def a_set(key: str, classes: int = 2, **changes: Any) -> dict[str, Any]:
    points = [[0.25, 0.75, 0], [0.75, 0.25, 1]]
    return {
        "key": key,
        "label": key.title(),
        "help": f"All of {key}.",
        "task": "two classes",
        "points": points,
        "classes": classes,
        **changes,
    }


SETS = {
    "groups": [
        {"label": "Playground", "sets": [a_set(key) for key in ("circle", "xor", "gauss", "spiral")]},
        {"label": "Lecture", "sets": [a_set(key) for key in ("circles", "blobs", "rent", "sine", "curve")]},
    ],
    "selected": "circles",
}


def show(tab: Page, data: dict[str, Any]) -> None:
    tab.evaluate("data => window.show('datasets', data)", data)


def picked(tab: Page) -> list[str]:
    """The kinds picked so far; their numbers must grow."""
    triggers = tab.evaluate("window.triggers")
    numbers = [value["n"] for _, value in triggers]
    assert numbers == sorted(set(numbers))
    assert all(name == "pick" and set(value) == {"kind", "n"} for name, value in triggers)
    return [value["kind"] for _, value in triggers]


def tile(tab: Page, name: str) -> Any:
    return tab.get_by_role("radio", name=f"{name}, two classes", exact=True)


def test_a_click_picks(tab: Page) -> None:
    show(tab, SETS)
    expect(tile(tab, "Circles")).to_have_attribute("aria-checked", "true")
    tile(tab, "Xor").click()
    assert picked(tab) == ["xor"]
    expect(tile(tab, "Xor")).to_have_attribute("aria-checked", "true")
    expect(tile(tab, "Circles")).to_have_attribute("aria-checked", "false")
    tile(tab, "Xor").click()
    assert picked(tab) == ["xor"], "what is chosen already is not picked again"


def test_the_page_has_the_last_word(tab: Page) -> None:
    show(tab, SETS)
    tile(tab, "Xor").click()
    show(tab, SETS)
    expect(tile(tab, "Circles")).to_have_attribute("aria-checked", "true")
    tile(tab, "Xor").click()
    assert picked(tab) == ["xor", "xor"]


@pytest.mark.parametrize(
    ("keys", "last"),
    [
        (["ArrowRight"], "blobs"),
        (["ArrowLeft"], "spiral"),
        (["ArrowDown"], "sine"),
        (["ArrowUp"], "spiral"),
        (["ArrowUp", "ArrowUp"], "circle"),
        (["ArrowRight", "ArrowRight", "ArrowDown"], "curve"),
        (["Home"], "circle"),
        (["End"], "curve"),
        (["End", "ArrowRight"], "circle"),
    ],
)
def test_arrows_move_and_pick(tab: Page, keys: list[str], last: str) -> None:
    show(tab, SETS)
    tile(tab, "Circles").focus()
    for key in keys:
        tab.keyboard.press(key)
    assert picked(tab)[-1] == last
    expect(tile(tab, last.title())).to_be_focused()


def test_only_the_chosen_one_is_reached_by_tab(tab: Page) -> None:
    show(tab, SETS)
    reachable = "[...roots.datasets.querySelectorAll('[tabindex=\"0\"]')].map(one => one.textContent)"
    assert tab.evaluate(reachable) == ["Circles"]
    show(tab, {**SETS, "selected": "a table of one's own"})
    assert tab.evaluate(reachable) == ["Circle"]


def test_groups_have_headings_and_rows_of_three(tab: Page) -> None:
    show(tab, SETS)
    assert tab.locator(".nn-heading").all_inner_texts() == ["Playground", "Lecture"]
    tops = [tile(tab, name).bounding_box()["y"] for name in ("Circle", "Xor", "Gauss", "Spiral")]
    assert tops[0] == tops[1] == tops[2] < tops[3]
    assert tab.evaluate("roots.datasets.querySelector('.nn-sets').scrollWidth <= 250")


def test_points_have_the_colors_of_their_classes(tab: Page) -> None:
    show(tab, {"groups": [{"label": "One", "sets": [a_set("circle")]}], "selected": None})
    corners = tab.evaluate(
        """() => {
            const canvas = roots.datasets.querySelector('canvas');
            const context = canvas.getContext('2d');
            const part = (x, y) => [...context.getImageData(x, y, 1, 1).data];
            const at = (value) => (5 + value * 54) / 64 * canvas.width;
            return [part(at(0.25), at(0.25)), part(at(0.75), at(0.75))];
        }"""
    )
    assert corners == [[0xF5, 0x93, 0x22, 255], [0x08, 0x77, 0xBD, 255]]


def test_updates_keep_the_tiles(tab: Page) -> None:
    show(tab, SETS)
    tab.evaluate("() => { window.kept = [...roots.datasets.querySelectorAll('.nn-tile, canvas')]; }")
    show(tab, {**SETS, "selected": "blobs"})
    assert tab.evaluate("window.kept.every(one => one.isConnected)")
    fewer = [{**SETS["groups"][1], "sets": SETS["groups"][1]["sets"][:2]}]
    show(tab, {"groups": fewer, "selected": "blobs"})
    expect(tab.get_by_role("radio")).to_have_count(2)
    assert tab.locator(".nn-heading").all_inner_texts() == ["Lecture"]


def test_hostile_names_stay_text(tab: Page) -> None:
    evil = "<img src=x onerror='window.broken = true'>"
    hostile = a_set("k", label=evil, help=evil, task=evil)
    show(tab, {"groups": [{"label": evil, "sets": [hostile]}], "selected": evil})
    tab.wait_for_timeout(100)
    assert tab.evaluate("[window.broken ?? null, roots.datasets.querySelectorAll('img').length]") == [None, 0]
    expect(tab.locator(".nn-heading")).to_have_text(evil)


def test_long_names_are_cut_with_a_title(tab: Page) -> None:
    name = "A very long name of a data set indeed"
    show(tab, {"groups": [{"label": "One", "sets": [a_set("long", label=name)]}], "selected": "long"})
    expect(tab.get_by_role("radio")).to_have_attribute("title", f"{name}: All of long.")
    assert tab.evaluate(
        "(() => { const one = roots.datasets.querySelector('.nn-name'); return one.scrollWidth > one.clientWidth; })()"
    )
