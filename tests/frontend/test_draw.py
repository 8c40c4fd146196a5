"""Drawing points on the plane by mouse, finger, pen and keys."""

from __future__ import annotations

import math
from collections.abc import Callable

from drawing import GRID, Drawing, near
from playwright.sync_api import Page, expect

from nnbuilder.ui.data.draw import Sketch, received

SPACING = 5
"""Pixels between two points of the brush as it is at first: 20 points on 100 pixels."""


def arc(x: float, y: float, radius: float, start: float, end: float, steps: int = 40) -> list[tuple[float, float]]:
    angles = [start + (end - start) * step / steps for step in range(steps + 1)]
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]


def test_a_click_adds_one_point_of_the_chosen_class(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.click(-3, 2)
    plane.class_button(1).click()
    plane.click(4.5, -5)
    value = plane.use()
    assert value["mode"] == "classes" and value["classes"] == ["A", "B"]
    assert [point[2] for point in value["points"]] == [0, 1]
    assert near(value["points"][0], -3, 2) and near(value["points"][1], 4.5, -5)
    assert value["range"] == [[-6, 6], [-6, 6]]
    assert all(number == round(number, 4) for point in value["points"] for number in point)
    assert len(received(value, Sketch()).drawing.points) == 2
    # Beside the plot nothing is added.
    box = plane.top.bounding_box()
    assert box
    plane.page.mouse.click(box["x"] + 5, box["y"] + 50)
    assert len(plane.points()) == 2


def test_two_crescents_by_mouse(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.tool("Brush")
    upper = plane.drag(arc(-1, -0.5, 3, 0, math.pi))
    plane.class_button(1).click()
    lower = plane.drag(arc(1, 0.5, 3, math.pi, 2 * math.pi))
    expected = [1 + math.floor(upper / SPACING + 1e-6), 1 + math.floor(lower / SPACING + 1e-6)]
    assert min(expected) > 60
    points = plane.points()
    counts = [sum(point[2] == kind for point in points) for kind in (0, 1)]
    # The pointer's place is rounded to parts of a pixel on its way through the browser.
    assert all(abs(count - wish) <= 1 for count, wish in zip(counts, expected, strict=True))
    for kind, middle in enumerate(((-1, -0.5), (1, 0.5))):
        expect(plane.class_button(kind).locator(".nn-count")).to_have_text(str(counts[kind]))
        reach = 20 / (plane.side / 12) + 0.02
        assert all(abs(math.dist(point[:2], middle) - 3) < reach for point in points if point[2] == kind)
    # A scatter, not a line.
    assert len({tuple(point) for point in points}) == len(points)
    assert max(abs(math.dist(point[:2], (-1, -0.5)) - 3) for point in points if point[2] == 0) > 0.2


def test_size_and_density_of_the_brush(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.tool("Brush")
    plane.page.get_by_label("Density").fill("60")
    plane.page.get_by_label("Size").fill("5")
    length = plane.drag([(-5, 0), (0, 0), (5, 0)])
    points = plane.points()
    assert abs(len(points) - 1 - math.floor(length * 60 / 100)) <= 1
    assert max(abs(point[1]) for point in points) <= 5 / (plane.side / 12) + 1e-3
    # At the edge the points stay inside the axes.
    plane.page.get_by_label("Size").fill("80")
    plane.drag([(5.9, 5.9), (5.9, -5.9)])
    assert all(-6 <= number <= 6 for point in plane.points() for number in point[:2])


def test_more_than_a_hundred_steps_back_and_forth(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    many = 120
    for index in range(many):
        plane.click(-5 + index % 11, -5 + index // 11)
    before = plane.points()
    assert len(before) == many
    plane.top.focus()
    for _ in range(many):
        plane.page.keyboard.press("Control+z")
    expect(plane.button("Undo")).to_have_attribute("aria-disabled", "true")
    expect(plane.button("Use these points")).to_have_attribute("aria-disabled", "true")
    plane.page.keyboard.press("Control+z")
    for _ in range(many):
        plane.page.keyboard.press("Control+Shift+z")
    expect(plane.button("Redo")).to_have_attribute("aria-disabled", "true")
    assert plane.points() == before
    plane.button("Undo").click()
    plane.button("Undo").click()
    plane.button("Redo").click()
    assert plane.points() == before[:-1]
    plane.click(0, 5.5)
    expect(plane.button("Redo")).to_have_attribute("aria-disabled", "true")
    assert plane.points()[:-1] == before[:-1]


def test_clear_can_be_undone(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.start([[1, 1, 0], [2, 2, 1]])
    plane.button("Clear the plane").click()
    expect(plane.button("Save as CSV")).to_have_attribute("aria-disabled", "true")
    plane.button("Undo").click()
    assert plane.points() == [[1, 1, 0], [2, 2, 1]]


def test_erasing(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.start(GRID)
    plane.tool("Erase")
    # 10 pixels are less than half the way between two points.
    plane.page.get_by_label("Size").fill("10")
    plane.drag([(-5, 2), (5, 2)])
    assert plane.points() == [point for point in GRID if point[1] != 2]
    plane.button("Undo").click()
    assert plane.points() == GRID


def test_relabeling(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.start(GRID)
    plane.tool("Relabel")
    plane.class_button(1).click()
    plane.page.get_by_label("Size").fill("10")
    plane.drag([(3, -5), (3, 5)])
    assert plane.points() == [[x, y, int(x == 3)] for x, y, _ in GRID]
    plane.click(0, 0)
    assert [0, 0, 1] in plane.points()
    expect(plane.class_button(1).locator(".nn-count")).to_have_text("12")


def test_moving_one_point(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.start([[0, 0, 0], [1, 1, 1]])
    plane.tool("Move")
    plane.drag([(1, 1), (2, 3), (4, -2)])
    points = plane.points()
    assert points[0] == [0, 0, 0]
    assert near(points[1], 4, -2) and points[1][2] == 1
    # A point that is pushed out stops at the edge.
    plane.drag([(4, -2), (9, -2)])
    assert plane.points()[1][0] == 6
    plane.drag([(6, -2), (-9, -9)])
    assert plane.points()[1][:2] == [-6, -6]


def test_moving_a_selection(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.start([[-2, -2, 0], [-1, -2, 1], [3, 3, 0]])
    plane.tool("Move")
    plane.drag([*arc(-1.5, -2, 1.5, 0, 2 * math.pi)])
    plane.drag([(-2, -2), (-2, 2)])
    points = plane.points()
    assert near(points[0], -2, 2) and near(points[1], -1, 2) and points[2] == [3, 3, 0]
    # Together they keep their places to each other also at the edge.
    plane.drag([(-1, 2), (-1, 9)])
    points = plane.points()
    assert points[0][1] == points[1][1] == 6 and abs(points[1][0] - points[0][0] - 1) < 1e-3
    plane.click(0, -5)
    plane.page.keyboard.down("Shift")
    plane.drag([(2, 2), (4, 4)])
    plane.page.keyboard.up("Shift")
    plane.page.keyboard.press("Delete")
    assert [point[2] for point in plane.points()] == [0, 1]


def test_escape_drops_the_stroke(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.start(GRID)
    plane.tool("Brush")
    plane.page.mouse.move(*plane.at(-5, 0))
    plane.page.mouse.down()
    plane.page.mouse.move(*plane.at(0, 3))
    plane.page.keyboard.press("Escape")
    plane.page.mouse.move(*plane.at(5, 0))
    plane.page.mouse.up()
    assert plane.points() == GRID


def test_a_stroke_goes_on_outside_the_plane(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.tool("Brush")
    plane.drag([(0, 0), (0, 8), (3, 8), (3, 0)])
    points = plane.points()
    assert any(point[0] > 2 and point[1] < 1 for point in points)
    assert all(point[1] <= 6 for point in points)
    # Not cut short from where it left.
    assert not [point for point in points if 1 < point[0] < 2]


def test_everything_by_keyboard(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    press = plane.page.keyboard.press
    plane.top.focus()
    press("Enter")
    press("2")
    for _ in range(2):
        press("Shift+ArrowRight")
    press("ArrowUp")
    press("Enter")
    spoken = plane.page.locator("#draw [aria-live]")
    expect(spoken).to_have_text("1 point added.")
    assert plane.points() == [[0, 0, 0], [2.4, 0.24, 1]]
    plane.top.focus()
    press("Shift+ArrowDown")
    press("Enter")
    press("Delete")
    expect(spoken).to_have_text("1 point erased.")
    # The tools are one stop of the tab key; arrows choose.
    plane.page.get_by_role("radio", name="Add", exact=True).focus()
    press("ArrowRight")
    expect(plane.page.get_by_role("radio", name="Brush", exact=True)).to_have_attribute("aria-checked", "true")
    plane.top.focus()
    press("1")
    press("Enter")
    assert sum(point[2] == 0 for point in plane.points()) > 3
    # Held points follow the arrows, in one step of undo.
    plane.start([[0, 0, 1]])
    plane.tool("Move")
    plane.top.focus()
    press("Enter")
    for _ in range(10):
        press("ArrowLeft")
    press("Enter")
    assert plane.points() == [[-2.4, 0, 1]]
    plane.top.focus()
    press("Control+z")
    assert plane.points() == [[0, 0, 1]]
    plane.top.focus()
    press("Control+a")
    press("Backspace")
    expect(plane.button("Use these points")).to_have_attribute("aria-disabled", "true")


def test_painting_values(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.tool("Values")
    value = plane.page.get_by_label("Value", exact=True)
    expect(value).to_have_value("1")
    value.fill("-0.35")
    plane.tool("Brush")
    plane.drag([(-4, 0), (4, 0)])
    plane.tool("Add")
    plane.top.focus()
    for _ in range(3):
        plane.page.keyboard.press("+")
    plane.click(0, 3)
    sent = plane.use()
    assert sent["mode"] == "regression" and sent["classes"] == []
    assert {point[2] for point in sent["points"][:-1]} == {-0.35}
    assert sent["points"][-1][2] == -0.05
    plane.tool("Relabel")
    value.fill("0.9")
    plane.click(0, 3)
    assert plane.points()[-1][2] == 0.9
    drawing = received(sent, Sketch()).drawing
    assert drawing.mode == "regression" and len(drawing.points) == len(sent["points"])


def test_fingers_and_sharp_screens(other_page: Callable[..., Page]) -> None:
    page = other_page(400, device_scale_factor=2.5, has_touch=True)
    plane = Drawing(page)
    sizes = plane.top.evaluate("(node) => [node.width, node.clientWidth, getComputedStyle(node).touchAction]")
    assert sizes == [1000, 400, "none"]
    page.touchscreen.tap(*plane.at(2, 2))
    points = plane.points()
    assert len(points) == 1 and near(points[0], 2, 2, 0.1)
    plane.tool("Brush")
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touch("touchStart", plane.at(-5, -4))
    # A second finger that rests on the plane draws nothing of its own.
    touch("touchStart", plane.at(-5, -4), plane.at(5, 5))
    for step in range(1, 11):
        touch("touchMove", plane.at(-5 + step, -4), plane.at(5, 5))
    touch("touchEnd")
    points = plane.points()[1:]
    assert len(points) > 40
    assert all(-6 < x < 6 and abs(y + 4) < 1 for x, y, _ in points)
    assert page.evaluate("window.scrollY") == 0


def test_the_other_end_of_a_pen_erases(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.start(GRID)
    session = plane.page.context.new_cdp_session(plane.page)

    def pen(kind: str, x: float, y: float, buttons: int) -> None:
        across, down = plane.at(x, y)
        event = {"type": kind, "x": across, "y": down, "pointerType": "pen", "buttons": buttons}
        session.send("Input.dispatchMouseEvent", {**event, "button": "left", "clickCount": 1})

    plane.top.evaluate(
        """(node) => node.addEventListener("pointerdown", (event) => { window.pen = event.pointerType; })"""
    )
    pen("mousePressed", 0, 0, 1)
    pen("mouseReleased", 0, 0, 0)
    assert plane.page.evaluate("window.pen") == "pen"
    assert len(plane.points()) == len(GRID) + 1
    # The browser cannot be told of an eraser, so the event is told to be one.
    plane.button("Undo").click()
    plane.page.evaluate("""() => {
      const read = Object.getOwnPropertyDescriptor(MouseEvent.prototype, "buttons").get;
      const get = function () { return read.call(this) ? 32 : 0; };
      Object.defineProperty(MouseEvent.prototype, "buttons", { get, configurable: true });
    }""")
    pen("mousePressed", 0, 0, 1)
    pen("mouseReleased", 0, 0, 0)
    points = plane.points()
    assert [0, 0, 0] not in points and len(points) == len(GRID) - 1
