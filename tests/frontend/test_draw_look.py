"""How the drawing board looks: classes, values, axes, its place, names and colors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from drawing import Drawing, near, pixel
from playwright.sync_api import expect

from nnbuilder.data.drawn import MOST_CLASSES
from nnbuilder.ui.data.draw import Sketch, received


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
