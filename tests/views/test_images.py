"""Columns that are the pixels of pictures."""

import base64

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.views.images import find_pixels
from nnbuilder.views.look import look
from tests.views.harness import small


def test_the_digits_are_the_pictures_of_scikit_learn(viewed):
    view = small(look(viewed(SAMPLES["digits"].path.read_bytes(), "digit"), {"kind": "images"}))
    digits = load_digits()
    shades = np.frombuffer(base64.b64decode(view["pixels"]), np.uint8).reshape(-1, 8, 8)
    rows = [row for group in view["groups"] for row in group["rows"]]
    assert [group["name"] for group in view["groups"]] == [f"digit {number}" for number in range(10)]
    np.testing.assert_array_equal(shades, np.rint(digits.images[[row - 1 for row in rows]] / 16 * 255))
    for number, group in enumerate(view["groups"]):
        assert [row - 1 for row in group["rows"]] == np.flatnonzero(digits.target == number)[:12].tolist()


def profiles(names, low=0.0, high=255.0):
    statistics = {"minimum": low, "maximum": high}
    return {name: {"name": name, "type": "number", "labels": [], "statistics": statistics} for name in names}


@pytest.mark.parametrize(
    ("names", "shape"),
    [
        ([f"pixel{number}" for number in range(784)], (28, 28)),
        ([f"px{number}" for number in range(1, 17)], (4, 4)),
        ([f"{row}x{number}" for row in range(1, 29) for number in range(1, 29)], (28, 28)),
        ([f"r{row}c{number}" for row in range(4) for number in range(6)], (4, 6)),
        ([f"image[{row}, {number}]" for row in range(8) for number in range(8)], (8, 8)),
    ],
)
def test_pixels_are_found_by_their_names(names, shape):
    pixels = find_pixels(profiles(names))
    assert (pixels.height, pixels.width) == shape
    assert list(pixels.names) == names
    shuffled = np.random.default_rng(0).permutation(names).tolist()
    assert find_pixels(profiles(shuffled)).names == pixels.names


def test_other_columns_are_no_pixels():
    for names in (
        [f"pixel{number}" for number in range(783)],
        [f"pixel{number}" for number in range(9)],
        [f"pixel{number}" for number in range(15)] + ["pixel99"],
        [f"r{row}c{number}" for row in range(4) for number in range(6)][:-1],
    ):
        assert find_pixels(profiles(names)) is None
    assert find_pixels(profiles([f"v{number}" for number in range(16)], -3, 3)) is None
    mixed = profiles([f"x{number}" for number in range(15)], 0, 1) | profiles(["x15"], 0, 9000)
    assert find_pixels(mixed) is None


def test_black_and_white_pixels_are_pixels_too(viewed):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 2, (40, 16))
    frame = pd.DataFrame(pixels, columns=[f"pixel_{row}_{number}" for row in range(4) for number in range(4)])
    frame["size"] = np.arange(40) / 3
    view = look(viewed(frame, "size"), {"kind": "images"})
    shades = np.frombuffer(base64.b64decode(view["pixels"]), np.uint8).reshape(-1, 16)
    np.testing.assert_array_equal(shades, pixels[[row - 1 for row in view["groups"][0]["rows"]]] * 255)
    assert view["groups"][0]["name"] is None
