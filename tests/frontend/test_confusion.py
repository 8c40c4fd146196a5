"""The confusion of classes on the board: numbers, names, shades, the count of mistakes, many classes, both themes."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from fake_board import COLUMNS, FakeRun, plane_view, status
from playwright.sync_api import Locator, Page, expect

PENGUINS = ["Adelie", "Chinstrap", "Gentoo"]
COUNTS = [[28, 2, 0], [3, 9, 1], [0, 0, 26]]
SHADES = """(names) => [...window.roots.output.querySelectorAll(names)].map((cell) => {
    const color = getComputedStyle(cell).backgroundColor.match(/[\\d.]+/g).map(Number);
    return { color: color.slice(0, 3), share: cell.textContent };
})"""


def show(run: FakeRun, classes: list[str], counts: Any, epoch: int = 3, **compared: Any) -> None:
    """A picture of three classes or more with its confusion."""
    matrix = np.asarray(counts, "float32")
    view = plane_view("classes" if len(classes) > 2 else "probability")
    data = {
        "view": view, "task": "multiclass", "classes": classes, "features": ["a", "b", "c"], "target": "species",
        "sampled": False, "rows": 2,
    }  # fmt: skip
    points = {name: np.array([0.1, 0.5], "float32") for name in ("x", "y")}
    if not run.data:
        run.set_data(data, {**points, "target": np.array([0, 1], "float32"), "part": np.array([0, 1], "uint8")})
    rows = int(matrix.sum())
    header = {
        "epoch": epoch, "view": view, "neurons": [],
        "compared": {"part": "validation", "rows": rows, "all_rows": rows, "epoch": epoch, **compared},
    }  # fmt: skip
    flat = np.zeros((100, 100), "uint8")
    maps = {"class": flat, "confidence": flat} if len(classes) > 2 else {"map": flat}
    run.set_picture(header, {**maps, "confusion": matrix})
    if not run.status:
        run.set_status(**status(state="training"))


def confused(page: Page) -> Locator:
    """The board once the confusion is looked at."""
    page.wait_for_function("window.__nnbuilder.pictures > 0")
    page.get_by_role("radio", name="Confusion").check()
    return page.locator("#output")


def numbers(board: Locator) -> list[list[str]]:
    return [row.locator(".nn-cell").all_text_contents() for row in board.locator("tbody tr").all()]


def test_numbers_names_recall_and_mistakes(open_page, run: FakeRun) -> None:
    show(run, PENGUINS, COUNTS)
    board = confused(open_page())
    assert numbers(board) == [[str(number) for number in row] for row in COUNTS]
    assert board.locator("thead th").all_text_contents() == [*PENGUINS, "recall"]
    assert board.locator("tbody th").all_text_contents() == PENGUINS
    assert board.locator("tbody .nn-recall").all_text_contents() == ["93\u202f%", "69\u202f%", "100\u202f%"]
    expect(board.locator(".nn-wrong:visible")).to_have_text("6 of 69 wrong")
    expect(board.locator(".nn-confusion")).to_contain_text("validation rows: 69")


def test_it_falls_live_without_being_made_anew(open_page, run: FakeRun) -> None:
    show(run, PENGUINS, [[10, 10, 10], [5, 5, 3], [6, 10, 10]])
    page: Page = open_page()
    board = confused(page)
    wrong = board.locator(".nn-wrong:visible")
    expect(wrong).to_have_text("44 of 69 wrong")
    page.evaluate("window.cell = window.roots.output.querySelector('.nn-cell')")
    for epoch, counts in enumerate(
        [[[20, 5, 5], [2, 10, 1], [1, 0, 25]], COUNTS, [[30, 0, 0], [0, 13, 0], [0, 0, 26]]]
    ):
        show(run, PENGUINS, counts, epoch)
        expect(wrong).to_have_text(f"{69 - np.trace(counts)} of 69 wrong")
        assert page.evaluate("window.cell.isConnected && window.cell.textContent") == str(counts[0][0])


def test_shades_speak_of_the_share_of_a_row(open_page, run: FakeRun) -> None:
    # The same share in rows of different size; none; and all of a row.
    show(run, PENGUINS, [[300, 100, 0], [5, 15, 0], [0, 0, 2]])
    page: Page = open_page()
    confused(page)
    colors = [item["color"] for item in page.evaluate(SHADES, ".nn-cell")]
    right, many, none, few, also_right, _, _, _, all_right = colors
    assert right == also_right
    assert many == few
    assert right[2] > right[0], "the diagonal is of one hue"
    assert many[0] > many[2], "mistakes are of another"
    assert max(none) - min(none) < 12, "what does not happen has none"
    assert np.ptp(all_right) > np.ptp(right)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_can_be_read_on_their_shade(open_page, run: FakeRun, theme: str) -> None:
    names = [f"class {number}" for number in range(8)]
    show(
        run,
        names,
        [[(row * 7 + column * 3) % 11 + (20 if row == column else 0) for column in range(8)] for row in range(8)],
    )
    page: Page = open_page(theme=theme)
    confused(page)
    pairs = page.evaluate("""() => [...window.roots.output.querySelectorAll(".nn-cell:not(.nn-none)")].map((cell) => {
        const style = getComputedStyle(cell);
        const part = (color) => color.match(/[\\d.]+/g).slice(0, 3).map(Number);
        return [part(style.color), part(style.backgroundColor)];
    })""")
    assert len(pairs) > 50
    assert min(contrast(*pair) for pair in pairs) >= 4.5


def contrast(first: list[float], second: list[float]) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(color: list[float]) -> float:
        parts = [value / 255 for value in color]
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def test_long_names_are_cut_and_told_in_full(open_page, run: FakeRun) -> None:
    long = "a species whose name was given by somebody with much time"
    show(run, [long, "b", "<b>c</b>"], COUNTS)
    page: Page = open_page()
    board = confused(page)
    head = board.locator("tbody th").first
    expect(head).to_have_attribute("title", long)
    box = head.bounding_box()
    assert box
    assert box["width"] < 110
    assert page.evaluate("""() => { const cut = window.roots.output.querySelector("tbody .nn-cut");
        return cut.scrollWidth > cut.clientWidth && getComputedStyle(cut).textOverflow === "ellipsis"; }""")
    assert board.locator("tbody b").count() == 0
    board.locator(".nn-cell").nth(1).hover()
    expect(board.locator(".nn-confusion .nn-pane-readout")).to_have_text(f"2 of 30 {long} taken for b (6.7\u202f%)")


@pytest.mark.parametrize(("rail", "classes"), [(380, 3), (380, 12), (316, 2), (316, 12), (316, 100)])
def test_nothing_moves_or_overflows_however_many_classes_there_are(
    open_page, run: FakeRun, rail: int, classes: int
) -> None:
    names = [f"class number {number}" for number in range(classes)]
    show(run, names, np.full((classes, classes), 12_345))
    page: Page = open_page(rail=rail)
    page.wait_for_function("window.__nnbuilder.pictures > 0")
    size = """() => [".nn-stage", ".nn-chart-loss"].map((name) => {
        const { y, height } = window.roots.output.querySelector(name).getBoundingClientRect();
        return [y, height];
    })"""
    before = page.evaluate(size)
    board = confused(page)
    assert page.evaluate(size) == before
    overflow = """() => { const stage = window.roots.output.querySelector(".nn-matrix-stage");
        return [stage.scrollWidth - stage.clientWidth, stage.scrollHeight - stage.clientHeight]; }"""
    assert page.evaluate(overflow) == [0, 0]
    head = board.locator(".nn-head").first
    assert head.evaluate("(node) => node.scrollWidth <= node.clientWidth")


def test_many_classes_are_read_by_pointing_and_by_key(open_page, run: FakeRun) -> None:
    names = [f"n{number}" for number in range(40)]
    counts = np.zeros((40, 40))
    np.fill_diagonal(counts, 9)
    counts[3, 39] = 1
    show(run, names, counts)
    page: Page = open_page()
    board = confused(page)
    assert board.locator("table").count() == 0
    readout = board.locator(".nn-confusion .nn-pane-readout")
    canvas = board.locator(".nn-matrix-map canvas")
    canvas.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(readout).to_have_text("0 of 10 n3 taken for n0 (0.0\u202f%)")
    for _ in range(39):
        page.keyboard.press("ArrowRight")
    expect(readout).to_have_text("1 of 10 n3 taken for n39 (10.0\u202f%)")
    expect(board.locator(".nn-wrong:visible")).to_have_text("1 of 361 wrong")
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 79, box["y"] + 24)
    expect(readout).to_have_text("9 of 9 n0 recognized (100.0\u202f%)")
    expect(board.locator(".nn-confusion .nn-unseen")).to_contain_text("n3 taken for n39: 1")


def test_the_table_answers_to_the_keyboard(open_page, run: FakeRun) -> None:
    show(run, PENGUINS, COUNTS)
    page: Page = open_page()
    board = confused(page)
    board.get_by_role("table", name=re.compile("Confusion of classes")).focus()
    page.keyboard.press("ArrowDown")
    expect(board.locator(".nn-confusion .nn-pane-readout")).to_have_text(
        "3 of 13 Chinstrap taken for Adelie (23.1\u202f%)"
    )


@pytest.mark.parametrize(
    ("compared", "words"),
    [
        ({"part": "train"}, "training rows: 69"),
        ({"all_rows": 12_000}, "69 of 12,000 validation rows"),
        ({"epoch": 2}, "validation rows: 69, epoch 2"),
    ],
)
def test_it_says_which_rows_were_counted(open_page, run: FakeRun, compared: dict, words: str) -> None:
    show(run, PENGUINS, COUNTS, **compared) if "epoch" not in compared else show_older(run, **compared)
    board = confused(open_page())
    expect(board.locator(".nn-compared").first).to_have_text(words)


def show_older(run: FakeRun, epoch: int) -> None:
    """Counts of an epoch before the picture's."""
    show(run, PENGUINS, COUNTS)
    picture = {"part": "validation", "rows": 69, "all_rows": 69, "epoch": epoch}
    flat = np.zeros((100, 100), "uint8")
    run.set_picture(
        {"epoch": epoch + 1, "view": plane_view("classes"), "neurons": [], "compared": picture},
        {"class": flat, "confidence": flat, "confusion": np.asarray(COUNTS, "float32")},
    )


def test_what_is_looked_at_is_kept_for_the_project(open_page, run: FakeRun) -> None:
    show(run, PENGUINS, COUNTS)
    page: Page = open_page()
    expect(page.get_by_role("radio", name="Boundary")).to_be_checked()
    page.get_by_role("radio", name="Boundary").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Confusion")).to_be_checked()
    expect(page.locator("#output .nn-confusion")).to_be_visible()
    page.reload()
    page.wait_for_function("window.ready")
    expect(page.get_by_role("radio", name="Confusion")).to_be_checked()
    expect(page.locator("#output .nn-wrong:visible")).to_have_text("6 of 69 wrong")
    page.evaluate("window.renderPart('output', { project: 'another' })")
    expect(page.get_by_role("radio", name="Boundary")).to_be_checked()
    expect(page.locator("#output .nn-confusion")).to_be_hidden()


def test_another_run_takes_the_numbers_away_until_its_first_picture(open_page, run: FakeRun) -> None:
    show(run, PENGUINS, COUNTS)
    board = confused(open_page())
    expect(board.locator(".nn-cell").first).to_have_text("28")
    data = run.data
    run.start_anew()
    run.data = data
    run.set_status(**status(columns=COLUMNS))
    expect(board.locator(".nn-cell").first).to_have_text("")
    expect(board.locator(".nn-wrong").first).to_have_text("")
    show(run, PENGUINS, [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    expect(board.locator(".nn-wrong").first).to_have_text("0 of 3 wrong")


def test_regression_shows_predicted_against_true_values(open_page, run: FakeRun) -> None:
    view = plane_view("surface", value_range=[0.0, 100.0])
    data = {
        "view": view, "task": "regression", "classes": [], "features": ["a", "b"], "target": "rent", "sampled": False,
        "rows": 1, "axes": {"x": {}, "y": {}, "value": {}},
    }  # fmt: skip
    one = np.array([0.5], "float32")
    run.set_data(data, {"x": one, "y": one, "target": one, "part": np.array([0], "uint8")})
    truth = np.array([10, 50, 90], "float32")

    def answers(*values: float) -> None:
        compared = {"part": "validation", "rows": 3, "all_rows": 3, "epoch": 1}
        arrays = {"map": np.zeros((100, 100), "uint8"), "truth": truth, "answer": np.array(values, "float32")}
        run.set_picture({"epoch": 1, "view": view, "neurons": [], "compared": compared}, arrays)

    answers(40, 50, 60)
    run.set_status(**status())
    page: Page = open_page()
    page.wait_for_function("window.__nnbuilder.pictures > 0")
    expect(page.get_by_role("radio", name="Surface")).to_be_checked()
    page.get_by_role("radio", name="Errors").check()
    wrong = page.locator("#output .nn-wrong:visible")
    expect(wrong).to_have_text("off by 20 on average")
    answers(10, 53, 90)
    expect(wrong).to_have_text("off by 1 on average")
    expect(page.locator("#output .nn-errors")).to_contain_text("validation rows: 3")
    box = page.locator("#output .nn-errors canvas").bounding_box()
    assert box
    # 50 is in the middle of the range, whatever its margin.
    left, right, top, bottom = 62, box["width"] - 14, 8, box["height"] - 36
    page.mouse.move(box["x"] + (left + right) / 2, box["y"] + (top + bottom) / 2 - 2)
    expect(page.locator("#output .nn-errors .nn-pane-readout")).to_have_text("true 50   predicted 53   3 too high")


def test_a_legend_of_many_classes_is_whole_and_the_rail_stays_as_high(open_page, run: FakeRun) -> None:
    classes = [f"a rather long class name, number {number}" for number in range(1, 6)]
    show(run, classes, np.eye(5) * 10)
    page: Page = open_page()
    page.wait_for_function("window.__nnbuilder.pictures > 0")
    legend = page.locator("#output .nn-legend")
    expect(legend.locator(".nn-legend-name")).to_have_text(["…1", "…2", "…3", "…4", "…5"])
    seen = """(legend) => {
        const box = legend.getBoundingClientRect();
        const cut = [...legend.querySelectorAll(".nn-legend-name")].filter((name) => {
            const at = name.getBoundingClientRect();
            return at.right > box.right + 1 || at.bottom > box.bottom + 1 || name.scrollWidth > name.clientWidth + 1;
        });
        return [cut.length, legend.parentElement.offsetHeight];
    }"""
    cut, height = legend.evaluate(seen)
    assert cut == 0
    # Names that differ from the first letter on stand in several lines, and the plane gives them the room.
    run.set_data(
        {**run_header(classes), "classes": [f"{letter}{letter}-a long class name" for letter in "abcde"]},
        {name: np.array([0.1, 0.5], "float32") for name in ("x", "y", "target", "part")},
    )
    expect(legend.locator(".nn-legend-name").first).to_have_text("aa-a long class name")
    cut, after = legend.evaluate(seen)
    assert (cut, after) == (0, height)


def run_header(classes: list[str]) -> dict[str, Any]:
    return {
        "view": plane_view("classes"), "task": "multiclass", "classes": classes, "features": ["a", "b", "c"],
        "target": "species", "sampled": False, "rows": 2,
    }  # fmt: skip
