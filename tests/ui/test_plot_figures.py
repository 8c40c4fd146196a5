"""Figures draw what was measured: every row, in the color of its class, at its place."""

import numpy as np
import pandas as pd
import pytest

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.tables.library import Library
from nnbuilder.ui import palette
from nnbuilder.ui.plots import words
from nnbuilder.ui.plots.figures import bars, histogram
from nnbuilder.ui.plots.pair_figures import Coloring, pair_figure
from nnbuilder.ui.plots.style import MARK, class_style, class_symbol
from nnbuilder.ui.plots.table_figures import FARTHEST, correlations, outlier_strips
from nnbuilder.views.look import look
from nnbuilder.views.viewed import Viewed


@pytest.fixture
def viewed(tmp_path):
    def open_table(table, target=""):
        library = Library(tmp_path / "tables")
        content = table if isinstance(table, bytes) else table.to_csv(index=False).encode()
        return Viewed.of(library.read(library.keep(content), "mine.csv", {}, {}), target, "auto")

    return open_table


@pytest.fixture
def penguins(viewed):
    return viewed(SAMPLES["penguins"].path.read_bytes(), "species")


def coloring(table, dark=False):
    return Coloring(table.target, {name: column["type"] for name, column in table.columns.items()}, dark)


def named(figure):
    return {trace.name: trace for trace in figure.data if trace.name}


def test_bars_of_a_histogram_hold_every_row_in_the_color_of_its_class(penguins):
    view = look(penguins, {"kind": "column", "name": "body_mass_g"})
    traces = named(histogram(view, "species", per_class=False))
    assert {name: sum(trace.y) for name, trace in traces.items()} == {"Adelie": 151, "Chinstrap": 68, "Gentoo": 123}
    assert [trace.marker.color for trace in traces.values()] == [palette.class_color(place) for place in range(3)]
    shares = named(histogram(view, "species", per_class=True))
    # The last edge has the height of the last bin.
    assert all(sum(trace.y[:-1]) == pytest.approx(1) for trace in shares.values())


def test_a_legend_of_many_classes_has_room_above_what_is_drawn(viewed):
    names = [f"a class whose name is long {place}" for place in range(12)]
    table = {"x": [*range(24)], "k": list("ab") * 12, "y": [names[place % 12] for place in range(24)]}
    few = {**table, "y": [f"{place % 2}" for place in range(24)]}
    for draw, name in ((histogram, "x"), (bars, "k")):
        views = [look(viewed(pd.DataFrame(data), "y"), {"kind": "column", "name": name}) for data in (table, few)]
        many, usual = (draw(view, "y", False).layout.height for view in views)
        # Two long names side by side, so five lines more.
        assert many - usual >= 5 * 19


def test_no_two_classes_are_drawn_alike():
    assert len({(class_style(place)[0], class_symbol(place)) for place in range(36)}) == 36
    assert len({class_symbol(place) for place in range(6)}) == 6, "few classes are told apart without colors"


def test_outliers_stand_above_the_histogram_unless_they_were_cut_off(viewed):
    table = viewed(pd.DataFrame({"x": [*range(40), 900], "y": np.arange(41) / 3}), "y")
    whole = look(table, {"kind": "column", "name": "x"})
    cut = look(table, {"kind": "column", "name": "x", "without_outliers": True})

    def marks(view):
        return [trace.x for trace in histogram(view, "y", False).data if trace.marker.color == MARK]

    assert marks(whole) == [(900.0,)]
    assert marks(cut) == []
    assert "1 outlier," in words.about_column(whole).replace("\\", "")


def test_bars_of_categories_say_how_many(penguins):
    figure = bars(look(penguins, {"kind": "column", "name": "island"}), "species")
    assert [text.strip() for text in figure.data[-1].text] == ["168 · 49 %", "124 · 36 %", "52 · 15 %"]
    assert sum(sum(trace.x) for trace in figure.data[:-1]) == 344
    own = bars(look(penguins, {"kind": "column", "name": "species"}), "species")
    assert not own.layout.showlegend
    assert [trace.marker.color for trace in own.data[:3]] == [palette.class_color(place) for place in range(3)]


def test_points_stand_at_their_values_and_rows_without_a_class_are_gray(viewed):
    frame = pd.DataFrame({"a": np.arange(30) / 7, "b": np.arange(30)[::-1] / 3, "kind": ["p", "q", None] * 10})
    view = look(table := viewed(frame, "kind"), {"kind": "pair", "x": "a", "y": "b"})
    traces = named(pair_figure(view, coloring(table)))
    assert list(traces) == ["no kind", "p", "q"]
    assert traces["no kind"].marker.color == palette.NO_CLASS
    for name in "pq":
        rows = frame[frame["kind"] == name]
        np.testing.assert_allclose(traces[name].x, rows["a"])
        np.testing.assert_allclose(traces[name].y, rows["b"])


def test_points_of_a_regression_are_colored_by_the_target_unless_it_is_an_axis(viewed):
    table = viewed(SAMPLES["diabetes"].path.read_bytes(), "progression")
    frame = pd.read_csv(SAMPLES["diabetes"].path)
    (trace,) = pair_figure(look(table, {"kind": "pair", "x": "bmi", "y": "bp"}), coloring(table)).data
    assert list(trace.marker.color) == frame["progression"].tolist()
    (plain,) = pair_figure(look(table, {"kind": "pair", "x": "bmi", "y": "progression"}), coloring(table)).data
    assert plain.marker.color == palette.BLUE


def test_spread_points_stay_at_their_place_and_say_their_value(viewed):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.integers(0, 4, (200, 2)), columns=["a", "b"])
    (trace,) = pair_figure(look(table := viewed(frame), {"kind": "pair", "x": "a", "y": "b"}), coloring(table)).data
    np.testing.assert_array_equal(np.rint(trace.x), frame["a"])
    np.testing.assert_array_equal(np.rint(trace.y), frame["b"])
    assert abs(np.corrcoef(np.array(trace.x) - frame["a"], np.array(trace.y) - frame["b"])[0, 1]) < 0.3
    assert f"a: <b>{frame['a'][0]}</b>" in trace.hovertext[0]


def test_strips_keep_to_their_category_either_way(penguins):
    for x, y in (("island", "body_mass_g"), ("body_mass_g", "island")):
        view = look(penguins, {"kind": "pair", "x": x, "y": y})
        figure = pair_figure(view, coloring(penguins, dark=True))
        traces = named(figure)
        islands = {
            name: {round(place) for place in (trace.x if x == "island" else trace.y)} for name, trace in traces.items()
        }
        assert islands == {"Adelie": {0, 1, 2}, "Chinstrap": {1}, "Gentoo": {0}}


def test_the_map_and_the_correlations_show_their_numbers(penguins):
    view = look(penguins, {"kind": "pair", "x": "island", "y": "sex"})
    heat, written = pair_figure(view, coloring(penguins)).data
    assert [list(line) for line in heat.z] == view["counts"]
    assert {(x, y): int(text) for x, y, text in zip(written.x, written.y, written.text, strict=True)} == {
        (x, y): rows for y, line in enumerate(view["counts"]) for x, rows in enumerate(line)
    }
    related = look(penguins, {"kind": "correlation"})
    heat, clicks = correlations(related, dark=False).data
    assert [list(line) for line in heat.z] == related["matrix"]
    at = len(related["lines"]) + 4
    assert list(clicks.customdata[at]) == [related["columns"][4], related["columns"][1]]
    assert (clicks.x[at], clicks.y[at]) == (4, 1)


def test_outliers_far_away_are_drawn_at_the_border(viewed):
    frame = pd.DataFrame({"x": [*np.arange(40.0), 60, 5000], "z": np.arange(42.0) / 4})
    shown = [item for item in look(viewed(frame), {"kind": "outliers"})["columns"] if item["count"]]
    marks = outlier_strips(shown).data[-1]
    assert list(marks.x) == [FARTHEST]
    assert list(marks.marker.symbol) == ["triangle-right-open"]
    assert "5000" in marks.hovertext[0]
    assert "row 42" in marks.hovertext[0]
