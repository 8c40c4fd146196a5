"""The output rail: colors of the map, reading and clicking it, switches, feature pairs, states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fake_board import Circles, FakeBoard, FakeRun, plane_view, status
from playwright.sync_api import Page, expect
from test_live import until

PLANE = "#output .nn-plane-top"
PIXEL = """([x, y]) => {
    const map = window.roots.output.querySelector(".nn-stack canvas");
    const context = map.getContext("2d");
    return [...context.getImageData(Math.round(x * (map.width - 1)), Math.round(y * (map.height - 1)), 1, 1).data];
}"""
BOX = """() => {
    const canvases = [...window.roots.output.querySelectorAll(".nn-stack canvas")];
    const [map, , top] = canvases.map((canvas) => canvas.getBoundingClientRect());
    return [map.x - top.x, map.y - top.y, map.width, map.height];
}"""


def show_map(run: FakeRun, kind: str, arrays: dict[str, np.ndarray], **header: Any) -> None:
    """A picture and two points on the board."""
    view = plane_view(kind, **header.pop("view", {}))
    data = {
        "view": view, "task": "binary", "classes": ["outer", "inner"], "features": ["x1", "x2"], "target": "ring",
        "sampled": False, "rows": 2, **header,
    }  # fmt: skip
    points = {name: np.array([9.0, 9.5], "float32") for name in ("x", "y")}
    run.set_data(data, {**points, "target": np.array([0, 1], "float32"), "part": np.array([0, 2], "uint8")})
    run.set_picture({"epoch": 1, "view": view, "neurons": []}, arrays)
    if not run.status:
        run.set_status(**status())


def halves(top: int, bottom: int) -> np.ndarray:
    return np.repeat(np.array([top, bottom], "uint8"), 50)[:, None].repeat(100, 1)


def painted(page: Page) -> None:
    page.wait_for_function("window.__nnbuilder.pictures > 0")


def test_row_0_of_a_map_is_at_the_top_and_blue_is_the_second_class(open_page, run: FakeRun) -> None:
    bands = np.repeat(np.array([255, 128, 128, 0], "uint8"), 25)[:, None].repeat(100, 1)
    show_map(run, "probability", {"map": bands})
    page: Page = open_page()
    painted(page)
    top, bottom = page.evaluate(PIXEL, [0.5, 0.1]), page.evaluate(PIXEL, [0.5, 0.9])
    assert top[2] > top[0] + 80, f"blue above, not {top}"
    assert bottom[0] > bottom[2] + 80, f"orange below, not {bottom}"
    middle = page.evaluate(PIXEL, [0.5, 0.5])
    assert max(middle[:3]) - min(middle[:3]) < 10, f"neutral between, not {middle}"


def test_discretize_leaves_two_colors(open_page, run: FakeRun) -> None:
    show_map(run, "probability", {"map": np.linspace(255, 0, 100).astype("uint8")[:, None].repeat(100, 1)})
    page: Page = open_page()
    painted(page)
    places = [0.05, 0.25, 0.45, 0.55, 0.75, 0.95]
    assert len({tuple(page.evaluate(PIXEL, [0.5, y])) for y in places}) == 6
    page.get_by_label("Discretize").check(force=True)
    colors = [tuple(page.evaluate(PIXEL, [0.5, y])) for y in places]
    assert len(set(colors[:3])) == 1
    assert len(set(colors[3:])) == 1
    assert colors[0] != colors[-1]


def test_confidence_is_the_saturation_of_a_class(open_page, run: FakeRun) -> None:
    sure = {"class": np.full((100, 100), 1, "uint8"), "confidence": halves(255, 100)}
    show_map(run, "classes", sure, task="multiclass", classes=["a", "b", "c"])
    page: Page = open_page()
    painted(page)
    spread = [max(pixel[:3]) - min(pixel[:3]) for pixel in (page.evaluate(PIXEL, [0.5, y]) for y in (0.1, 0.9))]
    assert spread[0] > spread[1] + 60
    assert page.evaluate("[...window.roots.output.querySelectorAll('.nn-legend-name')].map((n) => n.textContent)") == [
        "a", "b", "c",
    ]  # fmt: skip


def test_pointing_reads_the_map_in_data_units(open_page, run: FakeRun) -> None:
    show_map(run, "probability", {"map": halves(204, 51)}, view={"x_range": [0, 10], "y_range": [-20, 20]})
    page: Page = open_page()
    painted(page)
    left, top, width, height = page.evaluate(BOX)
    page.hover(PLANE, position={"x": left + width / 4, "y": top + height / 4})
    readout = page.locator("#output .nn-readout")
    expect(readout).to_contain_text("P(inner) 0.80")
    x, y = [float(part.split(" ")[1]) for part in (readout.text_content() or "").split("   ")[:2]]
    assert x == pytest.approx(2.5, abs=0.05)
    assert y == pytest.approx(10, abs=0.2)


def test_a_click_asks_for_the_exact_prediction(open_page, run: FakeRun) -> None:
    show_map(run, "probability", {"map": halves(255, 0)}, view={"x_range": [0, 10], "y_range": [-20, 20]})
    page: Page = open_page()
    painted(page)
    left, top, width, height = page.evaluate(BOX)
    page.click(PLANE, position={"x": left + width * 0.75, "y": top + height * 0.75})
    page.click(PLANE, position={"x": 3, "y": 3})
    (name, point), *more = page.evaluate("window.triggers")
    assert not more, "a click beside the plot asks nothing"
    assert name == "point"
    assert point["x"] == pytest.approx(7.5, abs=0.05)
    assert point["y"] == pytest.approx(-10, abs=0.2)
    page.evaluate("window.renderPart('output', { answer: { lines: ['probability of inner 0.8732'] } })")
    expect(page.locator("#output .nn-answer")).to_contain_text("probability of inner 0.8732")
    page.get_by_label("Close").first.click()
    expect(page.locator("#output .nn-answer")).to_be_hidden()


def test_the_plane_answers_to_the_keyboard(open_page, run: FakeRun) -> None:
    show_map(run, "probability", {"map": halves(255, 0)}, view={"x_range": [0, 10], "y_range": [-20, 20]})
    page: Page = open_page()
    painted(page)
    page.focus(PLANE)
    for key in ("ArrowRight", "Shift+ArrowUp", "Enter"):
        page.keyboard.press(key)
    ((name, point),) = page.evaluate("window.triggers")
    assert name == "point"
    assert point == pytest.approx({"x": 5.2, "y": 4.0})


def test_choosing_features_asks_the_worker(open_page, run: FakeRun) -> None:
    show_map(run, "probability", {"map": halves(255, 0)}, features=["a", "b", "c"])
    page: Page = open_page()
    painted(page)
    page.get_by_label("Feature up").select_option("2")
    until(lambda: run.actions("view") == [{"x": 0, "y": 2}])
    # The same feature twice: the two change places.
    page.get_by_label("Feature across").select_option("2")
    until(lambda: run.actions("view")[-1] == {"x": 2, "y": 0})
    expect(page.get_by_label("Feature up")).to_have_value("0")


def test_two_features_need_no_choice(open_page, circles: Circles) -> None:
    page: Page = open_page()
    painted(page)
    expect(page.get_by_label("Feature across")).to_be_hidden()


def test_test_points_are_shown_when_asked_for(open_page, run: FakeRun, circles: Circles) -> None:
    page: Page = open_page()
    painted(page)
    dark = """() => {
        const base = window.roots.output.querySelectorAll(".nn-stack canvas")[1];
        const { data } = base.getContext("2d").getImageData(60, 20, 240, 240);
        let number = 0;
        for (let i = 0; i < data.length; i += 4) number += data[i + 3] > 200 && data[i] < 40 && data[i + 2] < 50;
        return number;
    }"""
    assert page.evaluate(dark) == 0
    page.get_by_label("Test points").check(force=True)
    assert page.evaluate(dark) > 20, "test points have a dark outline"
    expect(page.locator("#output .nn-legend")).to_contain_text("test")


def test_pointing_at_a_class_shows_its_points_alone(open_page, run: FakeRun, circles: Circles) -> None:
    page: Page = open_page()
    painted(page)
    colors = """() => {
        const base = window.roots.output.querySelectorAll(".nn-stack canvas")[1];
        const { data } = base.getContext("2d").getImageData(60, 20, 240, 240);
        const number = { orange: 0, blue: 0 };
        for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3] < 200) continue;
            if (data[i] > 200 && data[i + 2] < 80) number.orange += 1;
            if (data[i] < 60 && data[i + 2] > 150) number.blue += 1;
        }
        return number;
    }"""
    both = page.evaluate(colors)
    assert both["orange"] > 20
    assert both["blue"] > 20
    first, second = page.locator("#output .nn-legend-class").all()
    second.hover()
    assert page.evaluate(colors) == {"orange": 0, "blue": pytest.approx(both["blue"], rel=0.5)}
    page.mouse.move(1, 1)
    assert page.evaluate(colors) == both
    first.focus()
    assert page.evaluate(colors)["blue"] == 0
    page.keyboard.press("Tab")
    assert page.evaluate(colors)["orange"] == 0


def test_a_curve_is_drawn_through_its_values(open_page, run: FakeRun) -> None:
    x = np.linspace(-1.5, 1.5, 201).astype("float32")
    curve = {"x": x, "y": np.full(201, 0.75, "float32")}
    show_map(run, "curve", curve, task="regression", classes=[], features=["x"])
    page: Page = open_page()
    painted(page)
    left, top, width, height = page.evaluate(BOX)
    pixel = """([x, y]) => [...window.roots.output.querySelectorAll(".nn-stack canvas")[2].getContext("2d")
        .getImageData(x, y, 1, 1).data]"""
    on = page.evaluate(pixel, [round(left + width / 2), round(top + height / 4)])
    off = page.evaluate(pixel, [round(left + width / 2), round(top + height / 2)])
    assert on[3] > 200
    assert on[2] > on[0]
    assert off[3] == 0
    expect(page.get_by_label("Discretize")).to_be_hidden()


@pytest.mark.parametrize("state", ["queued", "diverged", "lost", "failed"])
def test_trouble_is_said_calmly_over_the_plane(open_page, run: FakeRun, circles: Circles, state: str) -> None:
    page: Page = open_page()
    painted(page)
    banner = page.locator("#output .nn-banner")
    expect(banner).to_be_hidden()
    before = page.evaluate("document.getElementById('output').offsetHeight")
    run.set_status(state=state, message="The loss became infinite in epoch 3; lower the learning rate.")
    expect(banner).to_contain_text("The loss became infinite in epoch 3; lower the learning rate.")
    assert page.evaluate("document.getElementById('output').offsetHeight") == before, "nothing shifts"
    run.set_status(state="training", message="")
    expect(banner).to_be_hidden()


def test_a_lost_connection_shows_a_pill_and_keeps_the_board(
    open_page, board: FakeBoard, run: FakeRun, circles: Circles
) -> None:
    page: Page = open_page()
    painted(page)
    before = page.evaluate(PIXEL, [0.5, 0.5])
    run.refuse = True
    board.drop(run)
    pill = page.locator("#output .nn-pill")
    expect(pill).to_contain_text("reconnecting")
    assert page.evaluate(PIXEL, [0.5, 0.5]) == before
    run.refuse = False
    expect(pill).to_be_hidden()


def test_names_from_the_data_are_never_html(open_page, run: FakeRun) -> None:
    evil = "<img src=x onerror='window.evil=1'>"
    show_map(
        run, "probability", {"map": halves(255, 0)}, classes=[evil, "b"], features=[evil, "b", "c"],
        view={"x_label": evil},
    )  # fmt: skip
    run.set_status(state="failed", message=evil, metric_label=evil)
    page: Page = open_page()
    painted(page)
    page.evaluate("(lines) => window.renderPart('output', { answer: { lines } })", [evil])
    expect(page.locator("#output .nn-banner")).to_contain_text(evil)
    expect(page.locator("#output .nn-answer")).to_contain_text(evil)
    assert page.locator("#output img").count() == 0
    assert page.evaluate("window.evil") is None


def test_a_rerun_keeps_the_board_and_a_late_cleanup_does_not_end_it(open_page, circles: Circles) -> None:
    page: Page = open_page()
    painted(page)
    page.evaluate("""() => {
        window.first = window.roots.output.querySelector(".nn-board");
        window.early = window.cleanups.output;
        window.early();
        window.renderPart("output", {});
    }""")
    page.wait_for_timeout(250)
    assert page.evaluate("window.first === window.roots.output.querySelector('.nn-board') && window.first.isConnected")
    page.evaluate("window.cleanups.output()")
    page.wait_for_function("!window.roots.output.querySelector('.nn-board')")
    page.evaluate("window.renderPart('output', {})")
    page.wait_for_function("window.roots.output.querySelectorAll('.nn-board').length === 1")


def test_the_theme_reaches_the_canvas(open_page, run: FakeRun) -> None:
    show_map(run, "probability", {"map": np.full((100, 100), 128, "uint8")})
    page: Page = open_page()
    painted(page)
    assert min(page.evaluate(PIXEL, [0.5, 0.5])[:3]) > 200
    page.evaluate("window.setTheme('dark'); window.renderPart('output', {})")
    assert max(page.evaluate(PIXEL, [0.5, 0.5])[:3]) < 80


def test_everything_fits_beside_the_network(open_page, circles: Circles) -> None:
    page: Page = open_page()
    painted(page)
    assert page.evaluate("document.getElementById('output').offsetHeight") <= 760
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
