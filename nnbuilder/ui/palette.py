"""Colors of the data in Plotly figures: the same as in `frontend/palette.js`, which the boards are drawn with."""

from __future__ import annotations

ORANGE = "#f59322"
"""First class, negative sign."""
BLUE = "#0877bd"
"""Second class, positive sign."""
SEVERAL = (
    "#f59322", "#0877bd", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7a2ff0", "#904830", "#a8c078",
    "#655082", "#b266f7",
)  # fmt: skip
"""One color a class: Okabe and Ito's set with our orange and blue at its head, and more that keep apart from them."""
BRIGHT_BLUE = "#2196e3"
"""The blue end of diverging maps on a dark page."""
NEUTRAL = {"light": "rgb(232, 234, 235)", "dark": "rgb(38, 42, 48)"}
"""The neutral middle of maps."""
SEQUENTIAL = {
    "light": ("rgb(240, 243, 242)", "rgb(150, 205, 222)", "rgb(38, 132, 186)", "rgb(9, 54, 104)"),
    "dark": ("rgb(38, 42, 48)", "rgb(16, 88, 135)", "rgb(56, 160, 205)", "rgb(214, 240, 236)"),
}
"""Values from little to much where the range has no meaningful middle."""
TARGET = {
    "light": ("rgb(150, 205, 222)", "rgb(38, 132, 186)", "rgb(9, 54, 104)"),
    "dark": ("rgb(40, 112, 168)", "rgb(94, 184, 222)", "rgb(232, 247, 243)"),
}
"""Values of the target from little to much, for single points on the page."""
NO_CLASS = "#9aa0a6"
"""Rows without a class, and all classes that got no color of their own."""


def class_color(index: int) -> str:
    """Color of class number `index`."""
    return SEVERAL[index % len(SEVERAL)]


def diverging(dark: bool) -> list[tuple[float, str]]:
    """A Plotly color scale from orange over the neutral middle to blue."""
    return [(0.0, ORANGE), (0.5, NEUTRAL[_theme(dark)]), (1.0, BRIGHT_BLUE if dark else BLUE)]


def sequential(dark: bool) -> list[tuple[float, str]]:
    """A Plotly color scale from little to much."""
    stops = SEQUENTIAL[_theme(dark)]
    return [(place / (len(stops) - 1), color) for place, color in enumerate(stops)]


def target_scale(dark: bool) -> list[tuple[float, str]]:
    """A Plotly color scale for points: both ends stand out from the page."""
    stops = TARGET[_theme(dark)]
    return [(place / (len(stops) - 1), color) for place, color in enumerate(stops)]


def _theme(dark: bool) -> str:
    return "dark" if dark else "light"
