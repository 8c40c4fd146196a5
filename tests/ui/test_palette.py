"""The colors of Plotly figures are those the boards are drawn with."""

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
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


SIGHT = {
    "all three cones": np.eye(3),
    "no red cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue cones": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""How colors are seen, on linear red, green and blue (Machado, Oliveira and Fernandes 2009, severity 1)."""


def lab(color, sight):
    """CIE L*a*b* of a color under D65, as it is seen."""
    part = np.array(rgb(color)) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(sight @ linear, 0, 1) / np.array([0.95047, 1, 1.08883])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT)
def test_classes_can_be_told_apart_with_every_kind_of_color_vision(sight):
    """A difference of 10 is seen at a glance, of 2.3 hardly at all."""
    seen = [lab(color, SIGHT[sight]) for color in palette.SEVERAL]
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)) > 15
    # Two classes are the usual case.
    assert np.linalg.norm(seen[0] - seen[1]) > 80
