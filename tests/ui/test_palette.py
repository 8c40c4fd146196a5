"""The colors of Plotly figures are those the boards are drawn with."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from nnbuilder.ui import palette

SCRIPT = Path(palette.__file__).parent / "frontend" / "palette.js"
ASK = """
const palette = await import(process.argv[1]);
const theme = (dark) => ({
  neutral: palette.css(palette.neutral(dark)),
  sequential: [0, 1 / 3, 2 / 3, 1].map((part) => palette.css(palette.sequential(part, dark))),
  ends: [-1, 1].map((value) => palette.css(palette.diverging(value, dark))),
});
const { ORANGE, BLUE, SEVERAL } = palette;
const classes = Array.from({ length: 30 }, (_, place) => palette.classColor(place, 30));
console.log(JSON.stringify({ ORANGE, BLUE, SEVERAL, classes, light: theme(false), dark: theme(true) }));
"""


@pytest.fixture(scope="module")
def script():
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js runs the board's own palette, and it is not here.")
    done = subprocess.run(
        [node, "--input-type=module", "-e", ASK, SCRIPT.as_uri()], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def rgb(color):
    if color.startswith("#"):
        return tuple(int(color[at : at + 2], 16) for at in (1, 3, 5))
    return tuple(int(part) for part in color[4:-1].split(","))


def test_the_colors_of_classes_are_the_same(script):
    assert (palette.ORANGE, palette.BLUE, list(palette.SEVERAL)) == (
        script["ORANGE"],
        script["BLUE"],
        script["SEVERAL"],
    )
    assert [palette.class_color(place) for place in range(30)] == script["classes"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colors_of_maps_are_the_same(script, theme):
    drawn, dark = script[theme], theme == "dark"
    assert [rgb(color) for _, color in palette.sequential(dark)] == [rgb(color) for color in drawn["sequential"]]
    low, middle, high = (rgb(color) for _, color in palette.diverging(dark))
    assert (low, high) == tuple(rgb(color) for color in drawn["ends"])
    assert middle == rgb(drawn["neutral"])
