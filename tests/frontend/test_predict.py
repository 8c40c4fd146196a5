"""The board of the predict page: what is typed, moved and drawn becomes questions, one at a time, and answers show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fake_board import FakeBoard
from playwright.sync_api import Browser, Page, expect

MOUNT = """
async (data) => {
  const page = document.getElementById("page");
  for (const id of ["row", "transport"]) document.getElementById(id)?.remove();
  document.getElementById("host")?.remove();
  const host = document.createElement("div");
  host.id = "host";
  page.append(host);
  const root = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  const sheets = ["base.css", "predict.css"].map(async (name) => (await fetch(`/assets/${name}`)).text());
  style.textContent = (await Promise.all(sheets)).join(" ");
  root.append(style);
  const module = await import("/assets/predict.js");
  window.sent = [];
  window.mount = (data) => void module.render({
    parentElement: root, data, key: "predict", setStateValue() {},
    setTriggerValue: (name, value) => window.sent.push([name, structuredClone(value)]),
  });
  window.mount(data);
}
"""


def feature(name: str, kind: str = "number", **more: Any) -> dict[str, Any]:
    usual = {"low": 0, "high": 10, "range": "0 … 10", "whole": False, "categories": [], "seen": [], "missing": ""}
    return {"name": name, "kind": kind, **usual, **more}


FEATURES = [
    feature("size"),
    feature("age", missing="missing (filled with 4)", whole=True),
    feature("city", "category", categories=["Bern", "Oslo"], seen=[0], low=None, high=None),
    feature("new", "yes_no", categories=["no", "yes"], seen=[0, 1], low=None, high=None),
    feature("day", "date", low=0, high=400, whole=True),
]
VALUES = [1.23456789012, 4, 0, 1, 31]
ROW = {"start": 1, "n": 0, "values": VALUES, "origin": "middle", "taken": ["middle", 0]}


def shown(**changes: Any) -> dict[str, Any]:
    asked = {
        "features": FEATURES,
        "classes": ["cat", "dog"],
        "target": {"name": "animal", "date": False},
        "pixels": None,
        "parts": [{"part": "validation", "label": "Validation", "rows": 5, "all": 5}],
    }
    answer = {
        "title": "dog",
        "sentence": "The logit 2 is > 0.",
        "names": ["logit of dog"],
        "outputs": ["2"],
        "chosen": 1,
        "probabilities": [0.25, 0.75],
        "remarks": [],
        "truth": "",
    }
    return {
        "key": "k",
        "asked": {**asked, **changes.pop("asked", {})},
        "row": {**ROW, **changes.pop("row", {})},
        "epoch": 3,
        "moving": False,
        "curve_of": 0,
        "above": 0,
        "answer": {**answer, **changes.pop("answer", {})},
        "curve": {"feature": 0, "x": [0, 5, 10], "series": [[1, 0.5, 0], [0, 0.5, 1]]},
        **changes,
    }


@pytest.fixture(scope="module")
def opened(browser: Browser, board: FakeBoard) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    page = context.new_page()
    page.set_default_timeout(30_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{board.url}/?parts=")
    page.wait_for_function("window.ready")
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def page(opened: Page) -> Page:
    opened.evaluate(MOUNT, shown())
    return opened


def sent(page: Page) -> list[dict[str, Any]]:
    return [value for name, value in page.evaluate("window.sent") if name == "ask"]


def answer(page: Page, **changes: Any) -> None:
    page.evaluate("window.mount", shown(**changes))


def test_the_row_is_in_its_fields_and_kept_exactly(page: Page) -> None:
    assert page.get_by_label("size", exact=True).input_value() == "1.234568"
    assert page.get_by_label("day", exact=True).input_value() == "1970-02-01"
    assert page.get_by_label("new").is_checked()
    page.get_by_label("city").select_option("Oslo (in no training row)")
    # What was not touched goes back to the last digit.
    assert sent(page) == [{"start": 1, "n": 1, "curve": 0, "values": [VALUES[0], 4, 1, 1, 31]}]


def test_what_is_typed_is_sent_when_it_is_a_number(page: Page) -> None:
    field = page.get_by_label("size", exact=True)
    wrong = page.get_by_role("alert").filter(visible=True)
    field.press_sequentially("x")
    expect(wrong).to_have_count(0)
    field.press("Tab")
    expect(wrong).to_have_text("“x1.234568” is no number; type one such as 1.234568. The answer is for 1.234568.")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(wrong.inner_text())
    field.fill("")
    expect(wrong).to_have_text("size must not be empty; type a number. The answer is for 1.234568.")
    assert sent(page) == []
    field.fill("2,5")
    answer(page, row={"n": 3, "values": [2.5, *VALUES[1:]]})
    assert field.input_value() == "2,5"
    expect(wrong).to_have_count(0)
    assert field.get_attribute("aria-invalid") is None
    page.get_by_label("age", exact=True).fill("")
    page.get_by_label("day", exact=True).fill("1970-01-11")
    assert [message["values"] for message in sent(page)] == [[2.5, *VALUES[1:]], [2.5, None, 0, 1, 31]]


def test_a_slider_asks_one_question_at_a_time_and_ends_with_its_last_place(page: Page) -> None:
    slider = page.get_by_label("size, slider")
    for place in (3, 4, 5.26):
        slider.evaluate("(node, place) => { node.value = place; node.dispatchEvent(new Event('input')); }", place)
    assert [message["values"][0] for message in sent(page)] == [3]
    # Along the curve the answer is there before it is asked.
    expect(page.get_by_text("0.5250").first).to_be_visible()
    answer(page, row={"n": 1, "values": [3, *VALUES[1:]]})
    assert [message["values"][0] for message in sent(page)] == [3, 5.25]
    assert page.get_by_label("size", exact=True).input_value() == "5.25"


def test_an_older_answer_takes_nothing_back_and_a_row_that_was_put_in_does(page: Page) -> None:
    page.get_by_label("new").uncheck()
    answer(page)
    assert not page.get_by_label("new").is_checked()
    answer(
        page, row={"start": 2, "values": [9, None, 1, 1, 0], "origin": "validation row 2", "taken": ["validation", 2]}
    )
    assert page.get_by_label("size", exact=True).input_value() == "9"
    assert page.get_by_label("age", exact=True).input_value() == ""
    assert page.get_by_label("new").is_checked()


def test_which_row_is_shown_stands_in_the_picker_and_quick_steps_end_at_the_last(page: Page) -> None:
    """A picker that says “Validation 1” while the middle is shown names a row that nobody sees."""
    picker, number = page.get_by_label("Begin with"), page.get_by_label("Row number")
    expect(picker).to_have_value("middle")
    expect(number).to_be_hidden()
    picker.select_option("Validation row")
    taken = {"start": 2, "n": 0, "origin": "validation row 1", "taken": ["validation", 1]}
    for _ in range(3):
        page.get_by_label("Next row").click()
    answer(page, row=taken)
    answer(page, row={**taken, "start": 3, "origin": "validation row 4", "taken": ["validation", 4]})
    takes = [(message["start"], message.get("take")) for message in sent(page)]
    assert takes == [(1, {"part": "validation", "row": 1}), (2, {"part": "validation", "row": 4})]
    expect(number).to_have_value("4")
    answer(page, row={**taken, "start": 4, "origin": "middle of the training rows", "taken": ["middle", 0]})
    expect(picker).to_have_value("middle")
    expect(number).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("size", "ArrowRight", 1.3),
        ("age", "ArrowUp", 5),
        ("age", "Home", 0),
        ("size", "PageDown", 0.25),
        ("day", "End", 400),
    ],
)
def test_keys_go_to_round_values_on_a_slider(page: Page, name: str, key: str, value: float) -> None:
    slider = page.get_by_label(f"{name}, slider")
    slider.press(key)
    place = [one["name"] for one in FEATURES].index(name)
    assert sent(page)[-1]["values"][place] == value
    assert slider.get_attribute("aria-valuetext") == ("1971-02-05" if name == "day" else str(value))


def test_the_answer_is_read_as_a_table_and_errors_in_its_place(page: Page) -> None:
    rows = page.get_by_role("table", name="Classes").get_by_role("row")
    assert [text.split() for text in rows.all_inner_texts()[1:]] == [["cat", "0.2500"], ["dog", "0.7500", "2"]]
    answer(page, answer={"probabilities": [1, 2e-8], "title": "cat", "chosen": 0, "truth": "cat"})
    assert rows.nth(2).inner_text().split() == ["dog", "2e−8", "2"]
    expect(page.get_by_text("✓ right")).to_be_visible()
    answer(page, answer={"remarks": ["size 40 is outside 0 to 10"]})
    expect(page.get_by_text("size 40 is outside 0 to 10: the network extrapolates.")).to_be_visible()
    answer(page, answer={"error": "The run kept no weights."}, curve=None)
    expect(page.get_by_text("No answer")).to_be_visible()
    expect(page.locator("p", has_text="The run kept no weights.")).to_be_visible()


def test_the_mark_is_drawn_along_the_curve(page: Page) -> None:
    canvas = page.locator(".nn-ask-canvas")
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 60)
    page.mouse.up()
    answer(page, row={"n": 1})
    assert sent(page)[-1]["values"][0] == 10
    answer(page, row={"n": 9})
    page.get_by_role("button", name="age").click()
    assert sent(page)[-1]["curve"] == 1


def test_a_picture_is_drawn_pixel_by_pixel(opened: Page) -> None:
    names = [f"p{row}_{column}" for row in range(4) for column in range(4)]
    given = [feature(name, high=16, whole=True, range="0 … 16") for name in names[1:]]
    pixels = {"height": 4, "width": 4, "low": 0, "high": 16, "paper": 0, "names": names}
    asked = {"features": given, "pixels": pixels}
    row = {"values": [0] * 15}
    opened.evaluate(MOUNT, shown(asked=asked, row=row))
    box = opened.locator(".nn-ask-pad").bounding_box()
    assert box is not None
    opened.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    values = sent(opened)[-1]["values"]
    # The pixel that was hit, in row 1 and column 1, and softly its four neighbors; the first pixel is no feature.
    assert {names[place + 1]: value for place, value in enumerate(values) if value} == {
        "p1_1": 16,
        "p0_1": 7,
        "p2_1": 7,
        "p1_0": 7,
        "p1_2": 7,
    }
    expect(opened.get_by_text("15 pixels, one by one")).to_be_visible()
    assert not opened.get_by_label("p1_1", exact=True).is_visible()
