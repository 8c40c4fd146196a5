"""What the page hears of a drawing and hands in, and the file it is saved as."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drawing import GRID, Drawing
from playwright.sync_api import Page, expect

from nnbuilder.data.drawn import MOST_CLASSES, MOST_POINTS, drawn, to_csv
from nnbuilder.ui.data.draw import Sketch, plane_data, received


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


def test_what_is_sent_is_plain_json(draw: Callable[..., Drawing]) -> None:
    plane = draw()
    plane.click(0, 0)
    value = plane.use()
    assert json.loads(json.dumps(value)) == value
    assert set(value) == {"mode", "classes", "points", "range", "start", "n", "use"}
