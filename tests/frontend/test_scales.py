"""Ticks and readings of dates and categories, against Python's calendar; colors that stay with their class."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from fake_board import FakeRun, plane_view, status
from playwright.sync_api import Page, expect
from test_output import BOX, PLANE, painted

EPOCH = date(1970, 1, 1)


def days(text: str) -> float:
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(days=1)


def call(page: Page, name: str, *arguments: Any) -> Any:
    script = "async ([name, given]) => (await import('/assets/scales.js'))[name](...given)"
    return page.evaluate(script, [name, list(arguments)])


@pytest.mark.parametrize("day", ["1969-12-31", "1970-01-01", "2000-02-29", "2024-03-01", "1899-12-31"])
def test_a_day_is_written_as_the_calendar_has_it(blank: Page, day: str) -> None:
    assert call(blank, "isoDate", days(day)) == day
    assert call(blank, "isoDate", days(day) + 0.75, True) == f"{day} 18:00"


@pytest.mark.parametrize(
    ("low", "high", "about", "labels"),
    [
        ("2011-01-01", "2012-12-31", 3, ["2011", "2012"]),
        ("1900-06-01", "2020-06-01", 5, ["1925", "1950", "1975", "2000"]),
        ("2024-01-01", "2024-12-31", 4, ["2024-01", "2024-04", "2024-07", "2024-10"]),
        ("2023-11-15", "2024-04-15", 5, ["2023-12", "2024-01", "2024-02", "2024-03", "2024-04"]),
        ("2024-02-26", "2024-03-02", 5, [f"2024-02-{day}" for day in range(26, 30)] + ["2024-03-01", "2024-03-02"]),
        ("2024-03-01", "2024-03-02", 2, ["2024-03-01", "12:00", "2024-03-02"]),
    ],
)
def test_ticks_lie_on_round_dates(blank: Page, low: str, high: str, about: int, labels: list[str]) -> None:
    ticks = call(blank, "dateTicks", days(low), days(high), about)
    assert [tick["label"] for tick in ticks] == labels
    for tick in ticks:
        label = tick["label"]
        if ":" not in label:
            assert tick["at"] == days(label + "-01-01"[: 10 - len(label)] if len(label) > 4 else f"{label}-01-01")


def test_weeks_begin_on_monday(blank: Page) -> None:
    ticks = call(blank, "dateTicks", days("2024-03-01"), days("2024-04-05"), 5)
    assert len(ticks) == 5
    assert {(EPOCH + timedelta(days=tick["at"])).weekday() for tick in ticks} == {0}


@pytest.mark.parametrize("span", [0.01, 0.5, 3, 30, 400, 4000, 4e4, 1e6])
def test_there_are_about_as_many_ticks_as_have_room(blank: Page, span: float) -> None:
    assert len(call(blank, "dateTicks", 19_783.3, 19_783.3 + span, 4)) <= 9


def test_categories_are_read_by_their_place(blank: Page) -> None:
    axis = {"labels": ["low", "mid", "high"]}
    assert [call(blank, "reading", axis, value) for value in (-0.4, 0.6, 1.4, 2.4)] == ["low", "mid", "mid", "high"]
    ticks = call(blank, "axisTicks", axis, [-0.5, 2.5], 276, 48)
    assert ticks == [{"at": place, "label": label} for place, label in enumerate(axis["labels"])]
    many = call(blank, "axisTicks", {"labels": [f"c{n}" for n in range(100)]}, [-0.5, 99.5], 276, 48)
    assert 4 < len(many) <= 12
    assert call(blank, "reading", {}, 1234.5) == "1235"


def test_the_plane_reads_dates_and_categories(open_page, run: FakeRun) -> None:
    start = days("2024-01-01")
    view = plane_view("surface", x_range=[start, start + 100], y_range=[-0.5, 2.5], value_range=[0.0, 1.0])
    axes = {
        "x": {"dates": True},
        "y": {"labels": ["Biscoe", "Dream", "Torgersen, the island with a long name"]},
        "value": {},
    }
    data = {
        "view": view, "task": "regression", "classes": [], "features": ["day", "island"], "target": "rent",
        "axes": axes, "sampled": False, "rows": 1,
    }  # fmt: skip
    one = np.array([1.0], "float32")
    run.set_data(data, {"x": one + np.float32(start), "y": one, "target": one, "part": np.array([0], "uint8")})
    run.set_picture({"epoch": 1, "view": view, "neurons": []}, {"map": np.full((100, 100), 51, "uint8")})
    run.set_status(**status())
    page: Page = open_page()
    painted(page)
    left, top, width, height = page.evaluate(BOX)
    assert left > 60, "the names have room"
    assert height > width
    page.hover(PLANE, position={"x": left + width / 2, "y": top + height / 6})
    readout = page.locator("#output .nn-readout")
    expect(readout).to_have_text("x1 2024-02-20   x2 Torgersen, the …   rent 0.2")
    page.hover(PLANE, position={"x": left + width / 2, "y": top + height * 5 / 6})
    expect(readout).to_contain_text("x2 Biscoe")


def test_a_class_keeps_its_color_when_others_come(blank: Page) -> None:
    palette = blank.evaluate("""async () => {
        const { SEVERAL, ORANGE, BLUE, classColor } = await import("/assets/palette.js");
        return { several: [...SEVERAL], two: [ORANGE, BLUE], first: [0, 1, 2].map((index) => classColor(index)) };
    }""")
    assert palette["several"][:2] == palette["two"]
    assert palette["first"] == palette["several"][:3]
    assert len(set(palette["several"])) == 12


VISION = {
    "usual": np.eye(3),
    # Machado, Oliveira and Fernandes (2009), severity 1.
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(color: str, vision: str) -> np.ndarray:
    """A color in CIELAB as somebody sees it."""
    srgb = np.array([int(color[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.asarray(VISION[vision]) @ linear, 0, 1) / [0.9505, 1, 1.089]
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("vision", VISION)
def test_colors_are_told_apart_with_every_kind_of_color_vision(blank: Page, vision: str) -> None:
    several, verdicts = blank.evaluate("""async () => {
        const { SEVERAL, verdictColors } = await import("/assets/palette.js");
        return [[...SEVERAL], [false, true].map((dark) => Object.values(verdictColors(dark)))];
    }""")
    seen = [lab(color, vision) for color in several]
    nearest = min(float(np.linalg.norm(one - other)) for place, one in enumerate(seen) for other in seen[:place])
    # As far as the nearest two of Okabe and Ito's own set: sky blue and bluish green.
    okabe = np.linalg.norm(lab("#56b4e9", "tritanopia") - lab("#009e73", "tritanopia"))
    assert nearest >= 0.95 * okabe
    for right, wrong in verdicts:
        assert np.linalg.norm(lab(right, vision) - lab(wrong, vision)) > 45
