"""A drawing board on a page, spoken to in data units."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from fake_board import FakeBoard
from playwright.sync_api import Browser, Locator, Page

from nnbuilder.data.drawn import drawn
from nnbuilder.ui.data.draw import Sketch, plane_data

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


def near(point: list[float], x: float, y: float, within: float = 0.06) -> bool:
    return math.dist(point[:2], (x, y)) < within


GRID = [[x, y, 0] for x in range(-5, 6) for y in range(-5, 6)]


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
