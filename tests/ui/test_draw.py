"""What the drawing plane sends becomes rows, and old news changes nothing."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nnbuilder.data.drawn import Drawn, arrays, drawn
from nnbuilder.errors import NNBuilderError
from nnbuilder.ui.data.draw import Sketch, plane_data, received, wanted


def sent(n: int = 1, start: int = 0, **changes: Any) -> dict[str, Any]:
    """What the plane sends, as it comes out of JSON."""
    value = {
        "mode": "classes",
        "classes": ["A", "B"],
        "points": [[1, 2.5, 0], [-1, 0, 1]],
        "range": [[-6, 6], [-6, 6]],
        "start": start,
        "n": n,
        "use": False,
    }
    return json.loads(json.dumps({**value, **changes}))


def test_strokes_become_rows() -> None:
    sketch = received(sent(n=3), Sketch())
    assert (sketch.start, sketch.n, sketch.ranges) == (0, 3, ((-6.0, 6.0), (-6.0, 6.0)))
    rows = arrays(sketch.drawing)
    np.testing.assert_array_equal(rows.features, [[1, 2.5], [-1, 0]])
    np.testing.assert_array_equal(rows.target, [0, 1])
    painted = received(sent(n=4, mode="regression", classes=[], points=[[0, 0, -0.35]]), sketch)
    assert painted.drawing == Drawn("regression", (), ((0.0, 0.0, -0.35),))


def test_what_is_sent_back_is_what_came() -> None:
    value = sent(n=7)
    data = plane_data(received(value, Sketch()))
    assert json.loads(json.dumps(data)) == {key: value[key] for key in data}


def test_older_strokes_change_nothing() -> None:
    sketch = received(sent(n=5), Sketch())
    assert received(sent(n=5, points=[]), sketch) is sketch
    assert received(sent(n=4, points=[]), sketch) is sketch
    begun = sketch.started_from(drawn("classes", ["A", "B"], [[0, 0, 1]]))
    assert (begun.start, begun.n, begun.ranges) == (1, 5, None)
    # Sent before the plane had the new start, however many strokes it was ahead.
    assert received(sent(n=50, start=0), begun) is begun
    assert received(sent(n=6, start=1), begun).n == 6


@pytest.mark.parametrize("bad", [None, "7", True, -1, 1.5, 10**400])
def test_what_has_no_number_is_no_news(bad: Any) -> None:
    sketch = Sketch()
    assert received({**sent(), "n": bad}, sketch) is sketch
    assert received({**sent(), "start": bad}, sketch) is sketch
    assert received({}, sketch) is sketch


def test_what_is_no_drawing_is_refused() -> None:
    with pytest.raises(NNBuilderError, match="Point 1"):
        received(sent(points=[[0, 0]]), Sketch())


@pytest.mark.parametrize(
    "bad", [None, [], [[-6, 6]], [[6, -6], [0, 1]], [[0, 0], [0, 1]], [[0, 10**400], [0, 1]], [["0", 1], [0, 1]], 5]
)
def test_axes_that_make_no_sense_are_left_to_the_plane(bad: Any) -> None:
    assert received(sent(range=bad), Sketch()).ranges is None


def test_only_the_button_says_use() -> None:
    assert wanted(sent(use=True))
    assert not wanted(sent())
    assert not wanted({"use": "yes"})


def _page() -> None:
    import streamlit as st

    from nnbuilder.data.drawn import drawn
    from nnbuilder.ui.data.draw import Sketch, drawing

    begun = Sketch().started_from(drawn("classes", ["A", "B"], [[1, 2, 0]]))
    drawing(st.session_state.setdefault("sketch", begun), lambda value: None, side=400)


def test_the_plane_is_mounted_with_its_points() -> None:
    page = AppTest.from_function(_page).run(timeout=30)
    assert not page.exception
    (plane,) = page.get("bidi_component")
    proto = plane.proto  # type: ignore[attr-defined]
    data = json.loads(proto.json)
    assert data["points"] == [[1.0, 2.0, 0.0]]
    assert (data["start"], data["n"], data["side"]) == (1, 0, 400)
