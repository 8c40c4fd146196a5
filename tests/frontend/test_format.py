"""Numbers, times and colors as a person reads them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

THIN, MINUS = "\u202f", "\u2212"


def call(page: Page, module: str, function: str, *arguments: Any) -> Any:
    script = "async ([module, name, given]) => (await import(`/assets/${module}.js`))[name](...given)"
    return page.evaluate(script, [module, function, list(arguments)])


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        ("short", [0], "0"),
        ("short", [0.0831], "0.0831"),
        ("short", [12.5], "12.5"),
        ("short", [-3], f"{MINUS}3"),
        ("short", [1234.4], "1234"),
        ("short", [1_200_000], f"1.2{THIN}M"),
        ("short", [999_950], f"1{THIN}M"),
        ("short", [3.4e-5], f"3.4e{MINUS}5"),
        ("short", [2.5e20], "2.5e20"),
        ("short", [None], "–"),
        ("short", [float("inf")], "∞"),
        ("loss", [0.0832], "0.0832"),
        ("loss", [1.5], "1.500"),
        ("loss", [12.412], "12.41"),
        ("loss", [3.4e-7], f"3.4e{MINUS}7"),
        ("loss", [None], "–"),
        ("percent", [0.967, 1], f"96.7{THIN}%"),
        ("metricValue", ["accuracy", 0.5], f"50.0{THIN}%"),
        ("metricValue", ["rmse", 0.5], "0.5000"),
        ("count", [1234567], "1,234,567"),
        ("count", [999], "999"),
        ("duration", [4], "0:04"),
        ("duration", [749.2], "12:30"),
        ("duration", [3723], "1:02:03"),
        ("duration", [None], "–"),
        ("counter", [128, 200], "0128"),
        ("counter", [128, 100000], "000128"),
        ("ticks", [-1.5, 1.5, 6], [-1.5, -1, -0.5, 0, 0.5, 1, 1.5]),
        ("ticks", [0, 0.3, 3], [0, 0.1, 0.2, 0.3]),
        ("ticks", [5, 5, 3], [5]),
        ("lowered", ["Accuracy"], "accuracy"),
        ("lowered", ["RMSE"], "RMSE"),
    ],
)
def test_format(blank: Page, function: str, arguments: list[Any], expected: Any) -> None:
    assert call(blank, "format", function, *arguments) == expected


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ("#f59322", [245, 147, 34]),
        ("#f5a", [255, 85, 170]),
        ("#0e1117ff", [14, 17, 23]),
        ("rgb(1, 2, 3)", [1, 2, 3]),
        ("rgba(49, 51, 63, 0.2)", [49, 51, 63]),
        ("color(srgb 1 0.5 0)", [255, 127.5, 0]),
    ],
)
def test_colors_are_read_as_css_writes_them(blank: Page, color: str, expected: list[float]) -> None:
    assert call(blank, "palette", "rgb", color) == expected


def test_blue_is_the_second_class_and_the_positive_sign(blank: Page) -> None:
    assert call(blank, "palette", "classColor", 0, 2) == "#f59322"
    assert call(blank, "palette", "classColor", 1, 2) == "#0877bd"
    assert call(blank, "palette", "diverging", -1, False) == [0xF5, 0x93, 0x22]
    assert call(blank, "palette", "diverging", 1, False) == [0x08, 0x77, 0xBD]
    assert call(blank, "palette", "diverging", 0, False) == call(blank, "palette", "neutral", False)
    assert call(blank, "palette", "signColor", 2, 2, False) == "rgb(8, 119, 189)"
    several = {call(blank, "palette", "classColor", index, 8) for index in range(8)}
    assert len(several) == 8


def test_a_signed_surface_is_neutral_at_zero(blank: Page) -> None:
    script = """async () => {
        const { surfaceColor, neutral } = await import("/assets/palette.js");
        const color = surfaceColor([-1, 3], false);
        return [color(0.25), neutral(false), color(0), color(1)];
    }"""
    zero, middle, lowest, highest = blank.evaluate(script)
    assert zero == middle
    assert lowest[0] > lowest[2], "negative values lean to orange"
    assert highest[2] > highest[0], "positive values lean to blue"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["number 1 of the survey", "number 2 of the survey"], ["…1 of the survey", "…2 of the survey"]),
        (["class name number 1", "class name number 12"], ["…1", "…12"]),
        # Short ones, a single one, words that only begin alike, and one that is the beginning of the others.
        (["number 1", "number 2"], ["number 1", "number 2"]),
        (["a very long name alone"], ["a very long name alone"]),
        (["Iris-setosa-alba", "Iris-virginica"], ["…setosa-alba", "…virginica"]),
        (["interesting thing", "international thing"], ["interesting thing", "international thing"]),
        (["a long beginning ", "a long beginning of it"], ["a long beginning ", "a long beginning of it"]),
    ],
)
def test_names_are_told_apart_by_what_differs(blank: Page, names: list[str], shown: list[str]) -> None:
    assert call(blank, "format", "toldApart", names) == shown
