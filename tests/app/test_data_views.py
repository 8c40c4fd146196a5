"""The views of a table on the data page: what is drawn for every sample, and how one leads to another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.engine.protocol import EngineError
from nnbuilder.ui.data import tables
from nnbuilder.ui.data import views as data_views
from nnbuilder.ui.state import Desk, Memory
from tests.app.conftest import Page


def views_script() -> None:
    """The views alone."""
    from nnbuilder.ui.data import tables
    from nnbuilder.ui.data import views as data_views
    from nnbuilder.ui.session import open_desk

    desk = open_desk()
    opened = tables.opened_table(desk)
    assert opened is not None
    data_views.show(desk, opened)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))
    yield
    data_views._ask.clear()


def start(page: Page, key: str = "", content: str = "") -> Page:
    """The views of a sample, or of a table as text."""
    page.open()
    desk = Desk.open(page.backend, page.id, Memory(), {})
    if key:
        tables.open_sample(desk, key)
    else:
        tables.open_file(desk, content.encode(), "mine.csv")
    at = AppTest.from_function(views_script, default_timeout=60)
    at.query_params["project"] = page.id
    return page.settle(at)


def look(page: Page, view: str) -> Page:
    page.at.get("button_group")[0].set_value(view)
    return page.settle(page.at)


def pick(page: Page, label: str, column: str) -> Page:
    box = next(box for box in page.at.selectbox if box.label == label)
    box.set_value(column)
    return page.settle(page.at)


def charts(page: Page) -> int:
    return len(page.at.get("plotly_chart"))


def captions(page: Page) -> str:
    return "\n".join(item.value for item in page.at.caption).replace("\\", "")


def asked(page: Page) -> list[dict[str, Any]]:
    return [question["view"] for question in page.backend.engine.questions if question["kind"] == "table_view"]


# What each view makes of each sample is tested in tests/views/; here it is drawn.
@pytest.mark.parametrize("key", ["penguins", "diabetes", "digits", "messy"])
def test_a_sample_shows_every_view(page: Page, key: str) -> None:
    start(page, key)
    row = SAMPLES[key]
    views = page.at.get("button_group")[0].options
    assert ("Images" in views) == (row.kind == "images")
    for view, drawn in (("column", 2), ("pair", 1), ("correlation", 2), ("outliers", 1)):
        look(page, view)
        assert not page.sentences
        assert charts(page) == drawn
        assert captions(page)
    if row.kind == "images":
        look(page, "images")
        assert any("data:image/png" in item.proto.body for item in page.at.get("html"))
        assert "120 of 1 797 pictures" in captions(page)


def test_the_views_begin_with_what_tells_most(page: Page) -> None:
    start(page, "diabetes")
    assert page.at.selectbox[0].value == "bmi"
    look(page, "pair")
    assert [box.value for box in page.at.selectbox] == ["bmi", "progression"]
    assert "r = 0.586" in captions(page)


def test_a_rerun_asks_nothing_and_a_view_only_once(page: Page) -> None:
    start(page, "iris")
    assert [view["kind"] for view in asked(page)] == ["overview", "column"]
    page.settle(page.at)
    look(page, "outliers")
    look(page, "column")
    assert [view["kind"] for view in asked(page)] == ["overview", "column", "outliers"]


def test_toggles_change_the_histogram(page: Page) -> None:
    start(page, "wine")
    pick(page, "Column", "malic_acid")
    per, cut = page.at.toggle
    assert (per.label, cut.label) == ("Per class", "Without 3 outliers")
    cut.set_value(True)
    page.settle(page.at)
    assert asked(page)[-1] == {"kind": "column", "name": "malic_acid", "without_outliers": True}
    page.at.toggle[0].set_value(True)
    page.settle(page.at)
    assert "Share of the class" in page.at.get("plotly_chart")[0].proto.spec
    pick(page, "Column", "cultivar")
    assert [charts(page), len(page.at.toggle)] == [1, 0]


def test_a_picked_pair_stays_and_never_is_a_column_with_itself(page: Page) -> None:
    start(page, "penguins")
    look(page, "pair")
    pick(page, "Across", "bill_length_mm")
    assert [box.value for box in page.at.selectbox][1] != "bill_length_mm"
    pick(page, "Up", "island")
    look(page, "column")
    look(page, "pair")
    assert [box.value for box in page.at.selectbox] == ["bill_length_mm", "island"]


def test_a_click_leads_to_the_columns_of_the_cell(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    start(page, "penguins")
    desk = Desk.open(page.backend, page.id, Memory(), {})
    opened = tables.opened_table(desk)
    assert opened is not None
    views = data_views._Views(desk, opened)
    state: dict[str, Any] = {}
    monkeypatch.setattr(data_views.st, "session_state", state)

    def click(figure: str, carried: Any) -> None:
        points = [] if carried is None else [{"customdata": carried}]
        state[views.key(f"figure-{figure}")] = {"selection": {"points": points}}

    click("correlation", ["bill_length_mm", "species"])
    views._open_pair()
    assert (state[data_views.KIND], state[views.key("x")], state[views.key("y")]) == (
        "pair",
        "bill_length_mm",
        "species",
    )
    click("correlation", {"0": "year", "1": "year"})
    views._open_pair()
    assert (state[data_views.KIND], state[views.key("column")]) == ("column", "year")
    before = dict(state)
    for nothing in (None, [], ["gone", "year too"]):
        click("correlation", nothing)
        views._open_pair()
    assert state[views.key("column")] == before[views.key("column")]
    click("outliers", ["body_mass_g"])
    views._open_column()
    assert state[views.key("column")] == "body_mass_g"


def test_what_the_engine_cannot_answer_is_one_sentence(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    start(page, "iris")

    def refuse(*_: Any) -> dict[str, Any]:
        raise EngineError("It was not ready within 120 seconds; try again.")

    monkeypatch.setattr(page.backend.engine, "ask", refuse)
    look(page, "outliers")
    assert "It was not ready within 120 seconds; try again." in page.sentences
    assert not page.at.exception


def test_tables_with_little_to_draw_say_so(page: Page) -> None:
    start(page, content="x\n" + "".join(f"{n / 3:.3f}\n" for n in range(30)))
    assert charts(page) == 1
    look(page, "pair")
    assert "only one column" in page.sentences
    look(page, "correlation")
    assert "needs two columns" in page.sentences
    look(page, "outliers")
    assert "No column has an outlier" in page.at.markdown[0].value


def test_names_that_look_like_markup_stay_text(page: Page) -> None:
    rows = "".join(f"{n / 3:.3f},{n % 7},{'<u>' if n % 2 else '[link](x)'}\n" for n in range(40))
    start(page, content=f"<b>bold</b>,*stars* $x$ %{{y}},kind\n{rows}")
    for view in ("column", "pair", "correlation", "outliers"):
        look(page, view)
        assert not page.sentences
        for chart in page.at.get("plotly_chart"):
            assert "<b>bold" not in chart.proto.spec
            assert "<u>" not in chart.proto.spec
