"""Drawing points on the plane by mouse, finger, pen and keys, and what the page hears of it."""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fake_board import FakeBoard
from playwright.sync_api import Browser, Locator, Page, expect

from nnbuilder.data.drawn import MOST_CLASSES, MOST_POINTS, drawn, to_csv
from nnbuilder.ui.data.draw import Sketch, plane_data, received

MOUNT = """
async ([theme, width, data]) => {
  const page = document.getElementById("page");
  page.className = theme;
  for (const id of ["row", "transport"]) document.getElementById(id).remove();
  const host = document.createElement("div");
  host.id = "draw";
  host.style.width = `${width}px`;
  const after = document.createElement("button");
  after.textContent = "elsewhere";
  page.append(host, after);
  const root = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  const sheets = ["base.css", "draw.css"].map(async (name) => (await fetch(`/assets/${name}`)).text());
  style.textContent = (await Promise.all(sheets)).join(" ");
  root.append(style);
  const module = await import("/assets/draw.js");
  window.sent = [];
  window.mount = (data) => module.render({
    parentElement: root, data, key: "draw", setStateValue() {},
    setTriggerValue: (name, value) => window.sent.push([name, structuredClone(value)]),
  });
  window.cleanup = window.mount(data);
}
"""
LEFT, TOP, RIGHT = 44, 10, 12
SPACING = 5
"""Pixels between two points of the brush as it is at first: 20 points on 100 pixels."""


class Drawing:
    """The mounted plane, spoken to in data units."""

    def __init__(self, page: Page, low: float = -6, high: float = 6) -> None:
        self.page = page
        self.top = page.locator("#draw .nn-draw-top")
        self.low, self.high = low, high

    def at(self, x: float, y: float) -> tuple[float, float]:
        box = self.top.bounding_box()
        assert box
        span = self.high - self.low
        return (
            box["x"] + LEFT + (x - self.low) / span * self.side,
            box["y"] + TOP + (self.high - y) / span * self.side,
        )

    @property
    def side(self) -> float:
        return self.top.evaluate("(node) => node.clientWidth") - LEFT - RIGHT

    def click(self, x: float, y: float) -> None:
        self.page.mouse.click(*self.at(x, y))

    def drag(self, places: list[tuple[float, float]]) -> float:
        """Drags along a path; its length in pixels."""
        pixels = [self.at(*place) for place in places]
        self.page.mouse.move(*pixels[0])
        self.page.mouse.down()
        for pixel in pixels[1:]:
            self.page.mouse.move(*pixel)
        self.page.mouse.up()
        return sum(math.dist(one, two) for one, two in itertools.pairwise(pixels))

    def tool(self, name: str) -> None:
        self.page.get_by_role("radio", name=name, exact=True).click()

    def class_button(self, index: int) -> Locator:
        return self.page.locator("#draw .nn-class").nth(index)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def use(self) -> dict[str, Any]:
        """What the page hears when the points shall be used."""
        self.button("Use these points").click()
        name, value = self.page.evaluate("window.sent.at(-1)")
        assert name == "points" and value["use"] is True
        return value

    def points(self) -> list[list[float]]:
        return self.use()["points"]

    def start(
        self, points: Sequence[Sequence[float]], mode: str = "classes", classes: tuple[str, ...] = ("A", "B")
    ) -> Sketch:
        """Hands in points to start from, as the page does."""
        sketch = Sketch(start=self.page.evaluate("(window.started = (window.started ?? 0) + 1)"))
        sketch = Sketch(
            drawn(mode, list(classes), points), ((self.low, self.high), (self.low, self.high)), sketch.start
        )
        self.page.evaluate("(data) => void window.mount(data)", plane_data(sketch))
        return sketch

    def readout(self) -> Locator:
        return self.page.locator("#draw .nn-readout")


@pytest.fixture
def draw(open_page: Callable[..., Page]) -> Iterator[Callable[..., Drawing]]:
    def opened(width: int = 560, theme: str = "light", **data: Any) -> Drawing:
        page = open_page(parts="")
        page.evaluate(MOUNT, [theme, width, data])
        return Drawing(page)

    yield opened


def arc(x: float, y: float, radius: float, start: float, end: float, steps: int = 40) -> list[tuple[float, float]]:
    angles = [start + (end - start) * step / steps for step in range(steps + 1)]
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]


def near(point: list[float], x: float, y: float, within: float = 0.06) -> bool:
    return math.dist(point[:2], (x, y)) < within


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


GRID = [[x, y, 0] for x in range(-5, 6) for y in range(-5, 6)]


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


def test_classes_and_values_of_the_same_places(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    points = [[0, 0, 0], [1, 1, 1], [2, 2, 2]]
    plane.start(points, classes=("a", "b", "c"))
    plane.tool("Values")
    assert plane.points() == [[0, 0, -1], [1, 1, 0], [2, 2, 1]]
    # Just looking costs nothing: back again all is as it was.
    plane.tool("Classes")
    value = plane.use()
    assert value["points"] == points and value["classes"] == ["a", "b", "c"]
    plane.tool("Values")
    plane.click(-3, -3)
    plane.tool("Classes")
    assert [point[2] for point in plane.points()] == [0, 1, 1, 1]


def test_values_of_another_scale_widen_the_slider(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.start([[0, 0, -40], [1, 1, 260]], mode="regression", classes=())
    value = plane.page.get_by_label("Value", exact=True)
    expect(value).to_have_attribute("min", "-300")
    expect(value).to_have_attribute("max", "300")
    plane.start([[0, 0, 1200], [1, 1, 3100]], mode="regression", classes=())
    expect(value).to_have_attribute("min", "1000")
    expect(value).to_have_attribute("max", "3500")


@pytest.fixture
def other_page(browser: Browser, board: FakeBoard) -> Iterator[Callable[..., Page]]:
    """Opens the plane in a context of its own, for its clock and its kind of screen are the whole context's."""
    contexts = []

    def opened(width: int, clock: bool = False, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": 700, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        if clock:
            page.clock.install(time=0)
        page.goto(f"{board.url}/?parts=")
        page.wait_for_function("window.ready", polling=20)
        page.evaluate(MOUNT, ["light", width, {}])
        if clock:
            page.clock.pause_at(60_000)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_the_page_hears_of_a_stroke_once_it_is_over(other_page: Callable[..., Page]) -> None:
    page = other_page(560, clock=True)
    plane = Drawing(page)
    heard: Callable[[], list[Any]] = lambda: page.evaluate("window.sent")  # noqa: E731
    plane.click(0, 0)
    page.clock.run_for(250)
    # A stroke that begins in time is waited for, however long it takes.
    page.mouse.move(*plane.at(1, 1))
    page.mouse.down()
    page.clock.run_for(5000)
    page.mouse.up()
    page.clock.run_for(299)
    assert heard() == []
    page.clock.run_for(1)
    ((name, value),) = heard()
    assert name == "points" and len(value["points"]) == 2 and value["use"] is False
    page.clock.run_for(5000)
    assert len(heard()) == 1
    # Who leaves the plane is not made to wait.
    plane.click(2, 2)
    page.get_by_text("elsewhere").hover()
    assert len(heard()) == 2 and len(heard()[1][1]["points"]) == 3
    page.clock.run_for(5000)
    assert len(heard()) == 2
    # Pressed again it is news again.
    numbers = [plane.use()["n"] for _ in range(3)]
    assert numbers == sorted(set(numbers)) and numbers[0] > heard()[1][1]["n"]


def test_older_data_does_not_overwrite_newer_strokes(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    mount = "(data) => void window.mount(data)"
    plane.click(-1, -1)
    sketch = received(plane.use(), Sketch())
    plane.click(1, 1)
    plane.click(2, 2)
    # The page answers what it heard before the last two strokes.
    plane.page.evaluate(mount, plane_data(sketch))
    plane.page.evaluate(mount, {})
    assert len(plane.points()) == 3
    # Its own echo changes nothing either, undo least of all.
    plane.page.evaluate(mount, plane_data(received(plane.use(), sketch)))
    plane.button("Undo").click()
    sketch = received(plane.use(), sketch)
    assert len(sketch.drawing.points) == 2
    # Also while a stroke is being made.
    plane.tool("Brush")
    plane.page.mouse.move(*plane.at(-3, 3))
    plane.page.mouse.down()
    plane.page.evaluate(mount, plane_data(sketch))
    plane.page.mouse.move(*plane.at(3, 3))
    plane.page.mouse.up()
    many = len(plane.points())
    assert many > 20
    # Other points to start from do take the place, and undo brings the strokes back.
    begun = sketch.started_from(drawn("classes", ["no", "yes"], [[0, 0, 1]]))
    plane.page.evaluate(mount, plane_data(begun))
    value = plane.use()
    assert value["points"] == [[0, 0, 1]] and value["classes"] == ["no", "yes"] and value["start"] == 1
    plane.page.evaluate(mount, plane_data(sketch))
    assert plane.points() == [[0, 0, 1]]
    plane.button("Undo").click()
    back = plane.use()
    assert len(back["points"]) == many
    assert received(back, begun).drawing.classes == ("A", "B")


def test_reruns_keep_the_elements_and_every_pixel(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.start(GRID)
    plane.page.mouse.move(2, 2)
    pixels = """() => [...document.querySelector('#draw').shadowRoot.querySelectorAll('.nn-draw-plane canvas')]
        .map((canvas) => canvas.toDataURL())"""
    plane.page.evaluate("""() => {
      const root = document.querySelector('#draw').shadowRoot;
      window.kept = root.querySelector('.nn-draw');
      window.changes = 0;
      const count = (records) => { window.changes += records.length; };
      const all = { subtree: true, childList: true, attributes: true, characterData: true };
      new MutationObserver(count).observe(root, all);
    }""")
    before = plane.page.evaluate(pixels)
    for _ in range(3):
        plane.page.evaluate("window.cleanup(); window.cleanup = window.mount({}); null")
    plane.page.wait_for_timeout(250)
    assert plane.page.evaluate(pixels) == before
    assert plane.page.evaluate("window.changes") == 0
    assert plane.page.evaluate("window.kept.isConnected")
    plane.page.evaluate("window.cleanup()")
    plane.page.wait_for_function("!window.kept.isConnected")


def test_classes_are_added_renamed_and_removed(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    page = plane.page
    for _ in range(MOST_CLASSES - 2):
        plane.button("Add a class").click()
    expect(page.locator("#draw .nn-class")).to_have_count(MOST_CLASSES)
    expect(plane.button("Add a class")).to_have_attribute("aria-disabled", "true")
    plane.click(0, 0)
    assert plane.use()["classes"] == list("ABCDEFGH")
    assert plane.points()[0][2] == MOST_CLASSES - 1
    plane.class_button(2).click()
    plane.click(1, 1)
    plane.class_button(2).dblclick()
    page.keyboard.type("  <b>cats</b> &\tdogs ")
    page.keyboard.press("Enter")
    expect(plane.class_button(2).locator(".nn-class-name")).to_have_text("<b>cats</b> & dogs")
    plane.button("Rename the class").click()
    page.keyboard.type("A")
    page.keyboard.press("Enter")
    expect(plane.readout()).to_have_text("Another class is called A already; the old name stays.")
    plane.button("Rename the class").click()
    page.keyboard.press("Delete")
    plane.page.mouse.click(*plane.at(2, 2))
    expect(plane.class_button(2).locator(".nn-class-name")).to_have_text("<b>cats</b> & dogs")
    plane.class_button(3).click()
    plane.button("Remove the class and its points").click()
    value = plane.use()
    assert value["classes"] == ["A", "B", "<b>cats</b> & dogs", "E", "F", "G", "H"]
    assert [point[2] for point in value["points"]] == [6, 2, 2]
    for _ in range(5):
        plane.button("Remove the class and its points").click()
    value = plane.use()
    assert len(value["classes"]) == 2
    expect(plane.button("Remove the class and its points")).to_have_attribute("aria-disabled", "true")
    assert received(value, Sketch()).drawing.classes == tuple(value["classes"])


def test_axes(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.click(3, 3)
    plane.click(0.5, 0.5)
    axes = plane.page.get_by_label("Axes")
    axes.select_option("0 … 1")
    plane.low, plane.high = 0, 1
    plane.page.mouse.move(2, 2)
    expect(plane.readout()).to_have_text("1 point outside the axes: choose “Fit the points” to see all.")
    plane.click(0.25, 0.75)
    value = plane.use()
    assert value["range"] == [[0, 1], [0, 1]] and near(value["points"][2], 0.25, 0.75, 0.01)
    axes.select_option("Fit the points")
    (low, high), (below, above) = plane.use()["range"]
    assert low <= 0.25 and 3 <= high <= 4 and below <= 0.5 and 3 <= above <= 4
    # To fit can be asked for again.
    axes.select_option("−6 … 6")
    axes.select_option("Fit the points")
    assert plane.use()["range"] == [[low, high], [below, above]]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([[-5, -4, 0], [5, 5, 1]], [[-6, 6], [-6, 6]]),
        ([[0.1, 0.1, 0], [0.9, 0.8, 1]], [[0, 1], [0, 1]]),
        ([[-0.9, -0.9, 0], [0.9, 0.8, 1]], [[-1, 1], [-1, 1]]),
        ([[-1, -0.5, 0], [2, 1, 1]], [[-1, 2], [-0.5, 1]]),
        ([[310, 2, 0], [2900, 95, 1]], [[0, 3000], [0, 95]]),
        ([[7, 7, 0]], None),
    ],
)
def test_a_start_without_axes_is_shown_whole(
    draw: Callable[..., Drawing], points: list[list[float]], expected: list[list[float]] | None
) -> None:
    plane = draw(**plane_data(Sketch(drawn("classes", ["A", "B"], points), start=1)))
    value = plane.use()
    assert value["points"] == points
    if expected:
        assert value["range"] == expected
    for axis, (low, high) in enumerate(value["range"]):
        assert low < high and all(low <= point[axis] <= high for point in points)


def test_five_thousand_points_are_the_most(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    source = random.Random(1)
    points = [[source.uniform(-6, 6), source.uniform(-6, 6), index % 2] for index in range(MOST_POINTS - 3)]
    plane.start(points)
    plane.tool("Brush")
    plane.drag([(-5, 0), (5, 0)])
    value = plane.use()
    assert len(value["points"]) == MOST_POINTS
    expect(plane.readout()).to_have_text("5,000 points are the most; erase some to draw more.")
    assert len(received(value, Sketch()).drawing.points) == MOST_POINTS
    plane.tool("Erase")
    plane.drag([(-5, 0), (5, 0)])
    assert len(plane.points()) < MOST_POINTS


def saved(plane: Drawing) -> bytes:
    with plane.page.expect_download() as download:
        plane.button("Save as CSV").click()
    assert download.value.suggested_filename == "drawn.csv"
    return Path(download.value.path()).read_bytes()


def test_the_saved_csv_is_the_text_python_writes(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.button("Add a class").click()
    for index, name in enumerate(['say "a", b', "=1+2", "-1"]):
        plane.class_button(index).dblclick()
        plane.page.keyboard.type(name)
        plane.page.keyboard.press("Enter")
        plane.class_button(index).click()
        plane.tool("Brush")
        plane.drag([(-4, index), (4, index)])
    value = plane.use()
    drawing = received(value, Sketch()).drawing
    assert drawing.classes == ('say "a", b', "=1+2", "-1")
    assert saved(plane).decode() == to_csv(drawing)
    plane.tool("Values")
    assert saved(plane).decode() == to_csv(received(plane.use(), Sketch()).drawing)


def test_both_csv_writers_agree(blank: Page) -> None:
    source = random.Random(2)
    names = [
        "plain",
        "=x",
        "'=x",
        "+1",
        "-1.5",
        "-1e5",
        "@a",
        "a,b",
        'q"q',
        "ü 🦊",
        "'",
        "''",
        "1,5",
        "-",
        "+.5",
        "-.",
        "NA",
    ]
    drawings = []
    for _ in range(60):
        classes = source.sample(names, source.randint(2, MOST_CLASSES))
        span = 10 ** source.uniform(-4, 8)
        ties = [0.03125, -0.09375, 0.00005, -0.00004, 0, 1e9, -1e9, 123456.78905]
        numbers = lambda: source.choice([source.uniform(-span, span), source.choice(ties)])  # noqa: B023, E731
        mode = source.choice(["classes", "regression"])
        points = [
            [numbers(), numbers(), source.randrange(len(classes)) if mode == "classes" else numbers()]
            for _ in range(40)
        ]
        drawings.append(drawn(mode, classes, points))
    texts = blank.evaluate(
        """async (all) => {
          const model = await import("/assets/draw_model.js");
          const points = (one) => one.points.map(([x, y, label]) => model.point({ x, y }, label));
          return all.map((one) => model.csv({ ...one, points: points(one) }));
        }""",
        [plane_data(Sketch(one)) for one in drawings],
    )
    assert texts == [to_csv(one) for one in drawings]


def test_javascript_and_python_have_the_same_caps(blank: Page) -> None:
    from nnbuilder.data import drawn as python

    caps = blank.evaluate(
        """async () => {
          const { MOST_POINTS, MOST_CLASSES, LONGEST_NAME, tidy } = await import("/assets/draw_model.js");
          return [MOST_POINTS, MOST_CLASSES, LONGEST_NAME, tidy("🦊".repeat(60)), tidy("a\\u2028b\\ud800c\\u0007")];
        }"""
    )
    assert caps[:3] == [python.MOST_POINTS, python.MOST_CLASSES, python.LONGEST_NAME]
    assert drawn("classes", caps[3:], []).classes == ("🦊" * 40, "a b c")


@pytest.mark.parametrize(("width", "side"), [(300, 244), (420, 364), (560, 504), (756, 700), (1100, 700)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_its_place(draw: Callable[..., Drawing], width: int, side: int, theme: str) -> None:
    plane = draw(width=width, theme=theme)
    assert plane.side == side
    plane.button("Add a class").click()
    plane.button("Rename the class").click()
    plane.page.keyboard.type("a long name of a class that is cut")
    plane.page.keyboard.press("Enter")
    overflowing = plane.page.evaluate("""() => {
      const node = document.querySelector('#draw').shadowRoot.querySelector('.nn-draw');
      const right = node.getBoundingClientRect().right + 0.5;
      const over = (one) => one.getBoundingClientRect().right > right;
      return [...node.querySelectorAll('*')].filter(over).map((one) => one.className);
    }""")
    assert overflowing == []


def test_choosing_moves_nothing(draw: Callable[..., Drawing]) -> None:
    plane = draw(width=700)
    places = """() => [...document.querySelector('#draw').shadowRoot.querySelectorAll('button, canvas, input, select')]
        .filter((one) => one.offsetParent)
        .map((one) => { const { x, y, width } = one.getBoundingClientRect(); return [x, y, width].map(Math.round); })"""
    before = plane.page.evaluate(places)
    for name in ("Brush", "Move", "Erase", "Relabel"):
        plane.tool(name)
        assert plane.page.evaluate(places) == before
    plane.class_button(1).click()
    plane.click(0, 0)
    assert plane.page.evaluate(places) == before


def test_everything_has_a_name(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.click(1, 1)
    expect(plane.top).to_have_attribute("aria-label", "Plane of x1 from −6 to 6, x2 from −6 to 6, 1 point: A 1, B 0")
    for name in (
        "Undo",
        "Redo",
        "Clear the plane",
        "Add a class",
        "Rename the class",
        "Save as CSV",
        "Use these points",
    ):
        expect(plane.button(name)).to_be_visible()
    for name in ("Add", "Brush", "Move", "Erase", "Relabel", "Classes", "Values"):
        expect(plane.page.get_by_role("radio", name=name, exact=True)).to_be_visible()
    expect(plane.page.get_by_role("radio", name="Class A, 1 point")).to_have_attribute("aria-checked", "true")
    for name in ("Size", "Density"):
        expect(plane.page.get_by_role("slider", name=name)).to_be_disabled()
    plane.tool("Brush")
    for name in ("Size", "Density"):
        expect(plane.page.get_by_role("slider", name=name)).to_be_enabled()
    expect(plane.page.get_by_role("combobox", name="Axes")).to_be_visible()


def pixel(plane: Drawing, layer: int, x: float, y: float) -> list[int]:
    """Color of a canvas at a place in data units."""
    left, top = LEFT + (x + 6) / 12 * plane.side, TOP + (6 - y) / 12 * plane.side
    return plane.page.evaluate(
        """([layer, left, top]) => {
          const canvas = document.querySelector('#draw').shadowRoot.querySelectorAll('.nn-draw-plane canvas')[layer];
          const ratio = window.devicePixelRatio;
          const [x, y] = [left, top].map((place) => Math.round(place * ratio));
          return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data];
        }""",
        [layer, left, top],
    )


def test_points_have_the_colors_of_their_classes(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.start([[-3, 0, 0], [3, 0, 1]])
    assert pixel(plane, 1, -3, 0) == [0xF5, 0x93, 0x22, 255]
    assert pixel(plane, 1, 3, 0) == [0x08, 0x77, 0xBD, 255]
    plane.start([[-3, 0, 0], [3, 0, 1], [0, 3, 2]], classes=("a", "b", "c"))
    assert pixel(plane, 1, 0, 3) == [0x00, 0x9E, 0x73, 255]
    plane.start([[-3, 0, -1], [3, 0, 1], [0, 3, 0]], mode="regression", classes=())
    assert pixel(plane, 1, -3, 0) == [0xF5, 0x93, 0x22, 255]
    assert pixel(plane, 1, 0, 3) == [232, 234, 235, 255]


def test_another_theme_is_drawn_at_once(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    light = pixel(plane, 0, 1, 1)
    plane.page.evaluate("window.setTheme('dark'); void window.mount({})")
    dark = pixel(plane, 0, 1, 1)
    assert min(light[:3]) > 200 and max(dark[:3]) < 60


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


def test_what_is_sent_is_plain_json(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.click(0, 0)
    value = plane.use()
    assert json.loads(json.dumps(value)) == value
    assert set(value) == {"mode", "classes", "points", "range", "start", "n", "use"}
