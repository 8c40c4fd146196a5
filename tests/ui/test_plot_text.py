"""Numbers, dates and names as the views write them."""

import io
import math

import numpy as np
import pytest
from PIL import Image

from nnbuilder.ui.plots.images import grid, png
from nnbuilder.ui.plots.text import brief, dates, inert, number, percent, unformatted, value, wrapped


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (0.0, "0"),
        (0.08349, "0.08349"),
        (12.5, "12.5"),
        (2007.0, "2007"),
        (4050.4, "4050"),
        (40500.0, "40 500"),
        (1_234_567.8, "1 234 568"),
        (1.2e12, "1.2e12"),
        (-3.4e-9, "−3.4e−9"),
        (-12.5, "−12.5"),
        (None, "–"),
        (math.inf, "–"),
    ],
)
def test_numbers_are_short(shown, text):
    assert number(shown) == text


@pytest.mark.parametrize(
    ("part", "text"),
    [(0, "0 %"), (0.0004, "< 0.1 %"), (0.0789, "7.9 %"), (0.0996, "10 %"), (0.442, "44 %"), (1, "100 %")],
)
def test_shares_are_short(part, text):
    assert percent(part) == text


def test_dates_are_dates():
    assert dates([0.0, 19723.5, None]) == ["1970-01-01", "2024-01-01 12:00:00", None]
    assert value(19723.5, "date") == "2024-01-01 12:00:00"
    assert value(19723.5, "date", 4) == "2024-01-01"
    assert value(-0.5, "date", 4) == "1969-12-31"


def test_names_have_no_markup():
    name = "<b>a & b</b>\nnext"
    assert inert(name) == "&lt;b&gt;a &amp; b&lt;/b&gt; next"
    assert brief("x" * 40, 10) == "x" * 9 + "…"
    # What is cut off is cut before it is escaped.
    assert brief("<" * 40, 4) == "&lt;&lt;&lt;…"
    assert wrapped("y" * 130).split("<br>") == ["y" * 60, "y" * 60, "y" * 10]
    assert unformatted("*a* [b](c) $x$") == r"\*a\* \[b\]\(c\) \$x\$"


def test_pictures_are_the_pixels_to_the_last_shade():
    shades = np.random.default_rng(0).integers(0, 256, (5, 7), dtype=np.uint8)
    picture = Image.open(io.BytesIO(png(shades.tobytes(), 5, 7)))
    assert (picture.mode, picture.size) == ("L", (7, 5))
    np.testing.assert_array_equal(np.asarray(picture), shades)


def test_labels_of_pictures_are_text():
    view = {
        "height": 1,
        "width": 1,
        "dark": True,
        "pixels": "AP8=",
        "groups": [{"name": '<img src="x">', "rows": [3]}, {"name": None, "rows": [4]}],
    }
    page = grid(view, dark=False)
    assert '<img src="x">' not in page
    assert 'title="&lt;img src=&quot;x&quot;&gt;, row 3"' in page
    assert "row 4" in page
    assert page.count("nn-inverted") == 3
    assert grid(view, dark=True).count("nn-inverted") == 1
