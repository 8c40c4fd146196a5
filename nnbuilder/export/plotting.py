"""How pictures look on paper: colors, figure, and the three forms a picture is taken home in."""

from __future__ import annotations

import html
import io
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ORANGE, BLUE, GRAY, INK, LINE = "#f59322", "#0877bd", "#8a9099", "#1f2430", "#d5d9de"
CLASSES = (
    "#f59322", "#0877bd", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7a2ff0", "#904830", "#a8c078",
    "#655082", "#b266f7",
)  # fmt: skip
"""One color a class, as on the page: orange and blue, then Okabe and Ito's colors, which the color-blind tell apart."""
MIDDLE = "#e8eaeb"
STYLE = {
    "font.size": 10,
    "axes.edgecolor": GRAY,
    "axes.labelcolor": INK,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "legend.frameon": False,
    "svg.hashsalt": "nnbuilder",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "axes.unicode_minus": True,
}
DOTS = 160
SCRIPTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Microsoft YaHei", "Yu Gothic", "Hiragino Sans", "WenQuanYi Micro Hei",
    "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Arial Unicode MS",
)  # fmt: skip
"""Fonts with the letters that Matplotlib's own font lacks, where a machine has them."""


def color_of(place: int) -> str:
    """The color of a class."""
    return CLASSES[place % len(CLASSES)]


def short(text: str, most: int = 28) -> str:
    """A text that fits beside a picture; line ends and the like are blanks."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def new_figure(width: float, height: float) -> Figure:
    """An empty figure, in inches, drawn without any screen."""
    import matplotlib
    from matplotlib.figure import Figure

    for name, value in {**STYLE, "font.family": _families()}.items():
        matplotlib.rcParams[name] = value  # type: ignore[index]
    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def as_svg(figure: Figure) -> str:
    """The figure as SVG, words kept as words; the same figure gives the same text."""
    buffer = io.StringIO()
    _draw(figure, buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _draw(figure: Figure, target: io.StringIO | io.BytesIO, **options: Any) -> None:
    with warnings.catch_warnings():
        # A letter that no font has is drawn as a box; there is nothing that anyone could do about it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(target, **options)


@cache
def _families() -> list[str]:
    """The font's name, and those of others for letters that it lacks."""
    from matplotlib.font_manager import fontManager

    known = set(fontManager.get_font_names())
    return ["DejaVu Sans", *(name for name in SCRIPTS if name in known)]


def inline_svg(figure: Figure, label: str, prefix: str) -> str:
    """The figure as an element of a page; `prefix` keeps its names apart from those of other pictures there."""
    text = as_svg(figure)
    text = text[text.index("<svg") :]
    for mark in ('id="', 'xlink:href="#', "url(#"):
        text = text.replace(mark, f"{mark}{prefix}-")
    return text.replace("<svg ", f'<svg role="img" aria-label="{html.escape(label)}" class="picture" ', 1)


def saved(figure: Figure, form: str, title: str) -> bytes:
    """The figure as PNG, as SVG, or as a page of its own."""
    if form == "svg":
        return as_svg(figure).encode()
    if form == "html":
        return _page(figure, title).encode()
    buffer = io.BytesIO()
    _draw(figure, buffer, format="png", dpi=DOTS, metadata={"Software": None})
    return buffer.getvalue()


def _page(figure: Figure, title: str) -> str:
    name = html.escape(title)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{name}</title>
<style>
body {{ margin: 2rem auto; max-width: 60rem; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: {INK}; }}
h1 {{ font-size: 1.25rem; }}
svg {{ width: 100%; height: auto; }}
</style>
</head>
<body>
<h1>{name}</h1>
{inline_svg(figure, title, "p")}
</body>
</html>
"""


def bare(axes: Axes) -> None:
    """Take away the frame of a drawing that has no scales."""
    axes.set_axis_off()
