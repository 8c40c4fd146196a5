"""Curves: thinning that keeps peaks, smoothing against pandas, and the chart itself in a shadow root."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fake_board import Circles, FakeRun, show_circles, status
from playwright.sync_api import Page
from test_live import add_rows

THIN = """async ([x, y, most, range]) => {
    const { thin } = await import("/assets/curves.js");
    return thin(Float64Array.from(x), Float64Array.from(y), most, range ?? undefined);
}"""
CHARTS = True
"""The pages of this file load the real library."""
PLOT = "window.roots.output.querySelector('.nn-chart-loss .nn-plot')"


def test_thinning_keeps_peaks_ends_and_order(blank: Page) -> None:
    chance = np.random.default_rng(0)
    y = chance.normal(size=20_000)
    y[7_777], y[12_345] = 99.0, -99.0
    x = np.arange(20_000.0)
    got = blank.evaluate(THIN, [x.tolist(), y.tolist(), 2000, None])
    assert len(got["x"]) <= 2000
    assert got["x"][0] == 0
    assert got["x"][-1] == 19_999
    assert np.all(np.diff(got["x"]) > 0)
    assert max(got["y"]) == 99
    assert min(got["y"]) == -99
    assert got["y"] == y[np.array(got["x"], dtype=int)].tolist(), "every point is one of the curve's"


def test_a_short_curve_stays_whole_and_gaps_stay_gaps(blank: Page) -> None:
    script = """async () => {
        const { thin } = await import("/assets/curves.js");
        return thin(Float64Array.of(1, 2, 3), Float64Array.of(0.5, NaN, Infinity), 2000);
    }"""
    assert blank.evaluate(script) == {"x": [1, 2, 3], "y": [0.5, None, None]}


def test_only_the_zoomed_part_is_thinned(blank: Page) -> None:
    x = np.arange(20_000.0)
    got = blank.evaluate(THIN, [x.tolist(), (x * 2).tolist(), 2000, [100.0, 300.0]])
    assert got["x"] == list(range(99, 302))


@pytest.mark.parametrize("weight", [0.0, 0.6, 0.96])
def test_smoothing_is_the_exponential_average_of_pandas(blank: Page, weight: float) -> None:
    values = np.random.default_rng(1).normal(size=200)
    script = """async ([values, weight]) => {
        const { smooth } = await import("/assets/curves.js");
        return [...smooth(Float64Array.from(values), weight)];
    }"""
    expected = pd.Series(values).ewm(alpha=1 - weight, adjust=True).mean()
    assert blank.evaluate(script, [values.tolist(), weight]) == pytest.approx(expected.tolist())


def test_the_charts_follow_the_training(open_page, run: FakeRun, circles: Circles) -> None:
    page: Page = open_page()
    for _ in range(30):
        circles.epoch()
        run.rows.append(circles.row())
    run.set_status(epoch=30)
    page.wait_for_function(f"{PLOT}.data?.[0]?.x.length === 30")
    drawn = page.evaluate(f"{PLOT}.data.map((trace) => [trace.name, [...trace.y]])")
    assert drawn == [["train", [row[2] for row in run.rows]], ["validation", [row[3] for row in run.rows]]]
    titles = page.evaluate(f"[{PLOT}.layout.xaxis.title.text, {PLOT}.layout.yaxis.title.text]")
    assert titles[0] == "epoch"
    assert titles[1].startswith("loss")
    metric = "window.roots.output.querySelector('.nn-chart-metric .nn-plot')"
    page.wait_for_function(f"{metric}.data?.[1]?.x.length === 30")
    assert page.evaluate(f"[...{metric}.data[1].y]") == [row[5] for row in run.rows]
    assert page.evaluate(f"{metric}.layout.yaxis.title.text") == "accuracy"


def test_log_axis_and_smoothing(open_page, run: FakeRun, circles: Circles) -> None:
    add_rows(run, 1, 40)
    show_circles(run, circles)
    page: Page = open_page()
    page.wait_for_function(f"{PLOT}.data?.length === 2")
    page.get_by_label("log").check(force=True)
    page.wait_for_function(f"{PLOT}.layout.yaxis.type === 'log'")
    page.get_by_label("Smoothing of the curves").fill("0.9")
    page.wait_for_function(f"{PLOT}.data.length === 4")
    raw, smoothed = page.evaluate(f"[{PLOT}.data[0], {PLOT}.data[1]].map((t) => [t.opacity ?? 1, t.y.at(-1)])")
    assert raw[0] < 0.5
    assert raw[1] == 1 / 40
    assert smoothed[0] == 1
    assert smoothed[1] > 1 / 40


def test_a_zoom_stays_while_data_comes_and_goes_with_the_run(open_page, run: FakeRun, circles: Circles) -> None:
    add_rows(run, 1, 100)
    show_circles(run, circles)
    page: Page = open_page()
    page.wait_for_function(f"{PLOT}.data?.[0].x.length === 100")
    box = page.locator("#output .nn-chart-loss").bounding_box()
    assert box
    page.mouse.move(box["x"] + 120, box["y"] + 70)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 72, steps=4)
    page.mouse.up()
    page.wait_for_function(f"{PLOT}.layout.xaxis.autorange === false")
    before = page.evaluate(f"{PLOT}.layout.xaxis.range.map(Number)")
    add_rows(run, 101, 160)
    run.set_status(epoch=160)
    page.wait_for_function("window.roots.output.querySelector('.nn-chart-metric .nn-plot').data[0].x.length === 160")
    assert page.evaluate(f"{PLOT}.layout.xaxis.range.map(Number)") == before
    run.start_anew()
    add_rows(run, 1, 20)
    show_circles(run, circles)
    page.wait_for_function(f"{PLOT}.data[0].x.length === 20 && {PLOT}.layout.xaxis.autorange !== false")


def test_a_hundred_thousand_epochs_are_drawn_with_few_points(open_page, run: FakeRun, circles: Circles) -> None:
    epochs = np.arange(1.0, 100_001)
    table = np.stack([epochs, epochs * 0 + 0.1, 1 / epochs, 2 / epochs, epochs * 0, epochs * 0], 1)
    table[50_000, 3] = 7.0
    run.rows = table.tolist()
    show_circles(run, circles)
    run.set_status(**status(epoch=100_000))
    page: Page = open_page()
    page.wait_for_function(f"{PLOT}.data?.[1]?.x.at(-1) === 100000")
    lengths = page.evaluate(f"{PLOT}.data.map((trace) => trace.x.length)")
    assert all(500 < length <= 2000 for length in lengths)
    assert page.evaluate(f"Math.max(...{PLOT}.data[1].y)") == 7.0


def test_hover_shows_the_values_also_after_a_redraw(open_page, run: FakeRun, circles: Circles) -> None:
    add_rows(run, 1, 100)
    show_circles(run, circles)
    page: Page = open_page()
    page.wait_for_function(f"{PLOT}.data?.[0].x.length === 100")
    box = page.locator("#output .nn-chart-loss").bounding_box()
    assert box
    page.mouse.move(box["x"] + 150, box["y"] + 60)
    page.mouse.move(box["x"] + 152, box["y"] + 60)
    label = f"{PLOT}.querySelector('.hoverlayer').textContent"
    page.wait_for_function(f"{label}.includes('epoch') && {label}.includes('validation')")
    add_rows(run, 101, 110)
    run.set_status(epoch=110)
    page.wait_for_function(f"{PLOT}.data[0].x.length === 110 && {label}.includes('validation')")


def test_plotlys_rules_reach_into_the_shadow_root(open_page, circles: Circles) -> None:
    page: Page = open_page()
    page.wait_for_function(f"{PLOT}.querySelector('.main-svg')")
    style = f"getComputedStyle({PLOT}.querySelector('.main-svg'))"
    assert page.evaluate(f"[{style}.position, {style}.pointerEvents]") == ["absolute", "none"]
