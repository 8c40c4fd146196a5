"""The page of all files: groups of cards, each with a choice, how the file is used, and its button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

LAYER = {
    "kind": "layer",
    "label": "One layer",
    "help": "A single layer.",
    "size": 0,
    "missing": "",
    "choices": [{"key": "2", "label": "2: Linear(3, 1)"}, {"key": "0", "label": "0: Linear(2, 3)"}],
    "names": {"2": "layer.pth", "0": "layer.pth"},
    "load": {"2": "import torch\nlayer = 2\n", "0": "import torch\nlayer = 0  # <b>first</b>\n"},
    "forms": {},
    "language": "python",
}
CURVES = {
    "kind": "curves",
    "label": "Picture of the curves",
    "help": "Loss over the epochs.",
    "size": 2_340_000,
    "missing": "Nothing was learned yet; press Train first.",
    "choices": [{"key": "png", "label": "PNG"}],
    "names": {"png": "curves.png"},
    "load": {},
    "forms": {},
    "language": "python",
}
WEIGHTS = {
    **LAYER,
    "kind": "state_dict",
    "label": "State dict",
    "choices": [],
    "names": {"": "state_dict.pth"},
    "load": {"": "load(model)\n"},
    "forms": {"sequential": {"": "load(model)\n"}, "named": {"": "load(named(model))\n"}},
}
MODEL = {
    **LAYER,
    "kind": "model_py",
    "label": "Network code",
    "choices": [{"key": "sequential", "label": "nn.Sequential"}, {"key": "named", "label": "by name"}],
    "names": {"sequential": "model.py", "named": "model.py"},
    "load": {"sequential": "load(model)\n", "named": "load(named(model))\n"},
}
GROUPS = [
    {"key": "model", "title": "Take the model", "help": "The weights.", "files": [LAYER]},
    {"key": "data", "title": "Take the data", "help": "What came out.", "files": [CURVES]},
]
MOUNT = """
async ([theme, data]) => {
  const page = document.getElementById("page");
  page.className = theme;
  for (const id of ["row", "transport"]) document.getElementById(id).remove();
  const module = await import("/assets/export_files.js");
  const sheets = ["base.css", "export_files.css"].map(async (name) => (await fetch(`/assets/${name}`)).text());
  const host = document.createElement("div");
  page.append(host);
  const root = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = (await Promise.all(sheets)).join(" ");
  root.append(style);
  window.mount = (data) => void module.render({
    parentElement: root, data, key: "export-files", setStateValue() {}, setTriggerValue() {},
  });
  window.mount(data);
}
"""
HEADERS = {
    "Content-Disposition": 'attachment; filename="layer.pth"',
    "X-Checked": "The%20layer%20answers%20the%20same.",
}


class Shown:
    """The mounted page, and the answers of its server."""

    def __init__(self, page: Page, theme: str = "light") -> None:
        self.page = page
        self.asked: list[str] = []
        page.route("**/download/**", self._answer)
        page.evaluate(MOUNT, [theme, self.data(GROUPS)])

    @staticmethod
    def data(groups: list[dict[str, Any]]) -> dict[str, Any]:
        return {"path": "/download", "token": "t", "groups": groups}

    def _answer(self, route: Route) -> None:
        if not route.request.url.endswith("?progress"):
            self.asked.append(route.request.url.partition("/download")[2])
            route.fulfill(body=b"x" * 2048, headers=HEADERS)

    def card(self, label: str) -> Locator:
        return self.page.get_by_role("article").filter(has=self.page.get_by_role("heading", name=label, exact=True))


@pytest.fixture
def shown(open_page: Callable[..., Page]) -> Shown:
    return Shown(open_page(parts=""))


def test_cards_stand_in_their_groups_under_headings(shown: Shown) -> None:
    regions = shown.page.get_by_role("region")
    assert regions.evaluate_all("(all) => all.map((one) => one.querySelector('h2').textContent)") == [
        "Take the model",
        "Take the data",
    ]
    expect(regions.nth(1).get_by_role("heading", level=3)).to_have_text("Picture of the curves")


def test_a_choice_is_asked_for_and_its_lines_are_shown(shown: Shown) -> None:
    card = shown.card("One layer")
    card.get_by_text("How to use it").click()
    expect(card.locator("pre")).to_have_text("import torch\nlayer = 2")
    card.get_by_role("combobox", name="One layer: form").select_option("0")
    # Shown as it is written, not as elements.
    expect(card.locator("pre")).to_have_text("import torch\nlayer = 0  # <b>first</b>")
    assert card.locator("pre b").count() == 0
    with shown.page.expect_download() as caught:
        card.get_by_role("button", name="Download One layer").click()
    assert caught.value.suggested_filename == "layer.pth"
    assert shown.asked == ["/t/layer%3A0"]
    expect(card.get_by_text("The layer answers the same.").first).to_be_visible()
    expect(card).to_contain_text("Saved layer.pth, 2\u202fkB")
    # A rerun of the page keeps the choice and what came of it; another choice has nothing to tell yet.
    shown.page.evaluate("(data) => window.mount(data)", shown.data(GROUPS))
    expect(card.get_by_role("combobox")).to_have_value("0")
    expect(card).to_contain_text("The layer answers the same.")
    card.get_by_role("combobox").select_option("2")
    expect(card).not_to_contain_text("The layer answers the same.")


def test_every_card_follows_the_form_that_is_chosen_for_the_model(shown: Shown) -> None:
    groups = [{**GROUPS[0], "files": [WEIGHTS, LAYER, MODEL]}]
    shown.page.evaluate("(data) => window.mount(data)", shown.data(groups))
    weights, layer = shown.card("State dict"), shown.card("One layer")
    for card in (weights, layer):
        card.get_by_text("How to use it").click()
    expect(weights.locator("pre")).to_have_text("load(model)")
    shown.card("Network code").get_by_role("combobox").select_option("named")
    expect(weights.locator("pre")).to_have_text("load(named(model))")
    expect(layer.locator("pre")).to_have_text("import torch\nlayer = 2")
    # A rerun of the page keeps it, and a choice of another card does not change it.
    shown.page.evaluate("(data) => window.mount(data)", shown.data(groups))
    layer.get_by_role("combobox").select_option("0")
    expect(weights.locator("pre")).to_have_text("load(named(model))")
    shown.card("Network code").get_by_role("combobox").select_option("sequential")
    expect(weights.locator("pre")).to_have_text("load(model)")


def test_what_cannot_be_made_yet_says_why_and_asks_for_nothing(shown: Shown) -> None:
    card = shown.card("Picture of the curves")
    button = card.get_by_role("button", name="Download Picture of the curves")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_accessible_description("Loss over the epochs.")
    expect(card).to_contain_text("Nothing was learned yet; press Train first.")
    button.dispatch_event("click")
    shown.page.wait_for_timeout(100)
    assert shown.asked == []
    assert card.get_by_role("combobox").count() == 0
    able = [GROUPS[0], {**GROUPS[1], "files": [{**CURVES, "missing": ""}]}]
    shown.page.evaluate("(data) => window.mount(data)", shown.data(able))
    expect(button).to_have_attribute("aria-disabled", "false")
    expect(card).to_contain_text("about 2.3\u202fMB")
    with shown.page.expect_download():
        button.click()
    assert shown.asked == ["/t/curves%3Apng"]


def test_lines_are_copied_as_they_are(shown: Shown) -> None:
    shown.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    card = shown.card("One layer")
    card.get_by_text("How to use it").click()
    card.get_by_role("button", name="Copy").click()
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    assert shown.page.evaluate("navigator.clipboard.readText()") == LAYER["load"]["2"]


def test_files_come_and_go(shown: Shown) -> None:
    shown.page.evaluate("(data) => window.mount(data)", shown.data([{**GROUPS[0], "files": [CURVES, LAYER]}]))
    headings = shown.page.get_by_role("heading", level=3)
    assert headings.all_inner_texts() == ["Picture of the curves", "One layer"]
