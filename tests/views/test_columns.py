"""The numbers behind the views of one column: histograms, counts, outliers."""

import io

import numpy as np
import pandas as pd
import pytest

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.views import columns
from nnbuilder.views.columns import box_plot, date_edges, number_edges
from nnbuilder.views.look import look
from nnbuilder.views.viewed import MOST_GROUPS
from tests.views.harness import column, pair, small


@pytest.mark.parametrize("name", ["bill_length_mm", "body_mass_g", "flipper_length_mm"])
def test_a_histogram_counts_as_numpy_does_class_by_class(penguins, name):
    table, frame = penguins
    view = column(table, name)
    edges = np.array(view["edges"])
    for group in view["groups"]:
        values = frame.loc[frame["species"] == group["name"], name].dropna()
        assert group["counts"] == np.histogram(values, edges)[0].tolist()
    assert [group["name"] for group in view["groups"]] == ["Adelie", "Chinstrap", "Gentoo"]
    assert view["missing"] == frame[name].isna().sum() == 2
    assert (view["minimum"], view["maximum"]) == (frame[name].min(), frame[name].max())
    assert view["mean"] == pytest.approx(frame[name].mean(), rel=1e-8)


def test_bins_follow_numpys_rule_up_to_forty():
    rng = np.random.default_rng(3)
    for values in (rng.normal(size=200), rng.exponential(size=900), rng.uniform(5, 6, 60)):
        expected = np.histogram_bin_edges(values, "auto")
        assert len(expected) <= 41
        np.testing.assert_allclose(number_edges(values), expected)
    many = rng.normal(size=50_000)
    assert len(np.histogram_bin_edges(many, "auto")) > 41
    np.testing.assert_allclose(number_edges(many), np.linspace(many.min(), many.max(), 41))


def test_one_far_value_does_not_ask_for_a_million_bins():
    values = np.array([*np.random.default_rng(0).normal(size=1000), 1e12])
    assert len(number_edges(values)) == 41


def test_whole_numbers_stand_in_the_middle_of_bins_that_hold_as_many_of_them():
    np.testing.assert_array_equal(number_edges(np.array([1.0, 2, 2, 5])), [0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
    edges = number_edges(np.arange(1000.0).repeat(3))
    steps = np.diff(edges)
    assert len(steps) <= 40
    assert steps[0] == round(steps[0])
    assert set(steps) == {steps[0]}
    assert edges[0] == -0.5
    assert edges[-1] > 999


@pytest.mark.parametrize("values", [[7.0], [2.5, 2.5], [-1e308, 1e308], [1.0, np.nextafter(1.0, 2)], [1e300, 1e300]])
def test_ranges_that_cannot_be_cut_have_one_bin(values):
    known = np.array(values)
    edges = number_edges(known)
    assert len(edges) == 2
    assert edges[0] <= known.min()
    assert known.max() <= edges[1]


def test_whatever_the_numbers_every_one_is_in_a_bin(viewed):
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "huge": [1e308, -1e308, *rng.normal(size=58)],
            "tiny": rng.normal(size=60) * 1e-300,
            "far": [1e15, *range(59)],
            "constant": [4] * 60,
            "ends": [0.0] * 30 + [1.5] * 30,
        }
    )
    table = viewed(frame)
    for name in frame:
        view = column(table, name)
        assert sum(view["groups"][0]["counts"]) == 60, name
    for kind in ("correlation", "outliers", "overview"):
        small(look(table, {"kind": kind}))
    small(pair(table, "huge", "tiny"))


def test_rows_without_a_class_are_a_group_of_their_own(viewed):
    table = viewed("x,kind\n" + "".join(f"{n},{'ab'[n % 2] if n % 5 else ''}\n" for n in range(40)), "kind")
    view = column(table, "x")
    assert [group["name"] for group in view["groups"]] == ["a", "b", None]
    assert [sum(group["counts"]) for group in view["groups"]] == [16, 16, 8]
    assert sum(column(table, "kind")["groups"][0]["counts"]) == 16


def test_dates_are_binned_at_days_weeks_months_and_years():
    def days(*texts):
        return [float(np.datetime64(text, "D").astype(int)) for text in texts]

    def edges(low, high):
        found, unit = date_edges(*days(low, high))
        assert len(found) <= 41
        return [str(np.datetime64(int(day), "D")) for day in found], unit

    assert edges("2024-02-28", "2024-03-01") == (["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02"], "day")
    weeks, unit = edges("2024-01-03", "2024-04-01")
    assert (weeks[0], weeks[1], unit) == ("2024-01-01", "2024-01-08", "week")
    assert {pd.Timestamp(day).weekday() for day in weeks} == {0}
    months, unit = edges("2023-01-15", "2024-12-31")
    assert (months[0], months[1], months[-1], unit) == ("2023-01-01", "2023-02-01", "2025-01-01", "month")
    assert edges("2015-03-01", "2024-12-31")[1] == "quarter"
    decades, unit = edges("1801-05-05", "2024-12-31")
    assert (decades[0], decades[1], unit) == ("1800-01-01", "1810-01-01", "10 years")
    assert edges("2024-05-05", "2024-05-05") == (["2024-05-05", "2024-05-06"], "day")


def test_months_of_the_bikes_are_counted_as_pandas_does(viewed):
    content = SAMPLES["bikes"].path.read_bytes()
    view = column(viewed(content, "rentals"), "date")
    counts = pd.to_datetime(pd.read_csv(io.BytesIO(content))["date"]).dt.to_period("M").value_counts().sort_index()
    assert view["unit"] == "month"
    assert view["groups"][0]["counts"] == counts.tolist()


def test_categories_are_counted_the_most_frequent_first_and_the_rest_together(viewed):
    rng = np.random.default_rng(2)
    labels = [f"town {number:02}" for number in rng.geometric(0.08, 3000).clip(1, 45)]
    view = column(viewed(pd.DataFrame({"town": labels, "y": ["a", "b"] * 1500}), "y"), "town")
    counts = pd.Series(labels).value_counts()
    shown = {item["label"]: item["rows"] for item in view["labels"]}
    assert len(shown) == 20
    assert shown == {label: counts[label] for label in shown}
    assert sorted(shown.values(), reverse=True) == counts.head(20).tolist() == list(shown.values())
    assert view["others"] == {"labels": len(counts) - 20, "rows": counts[20:].sum()}
    table = pd.crosstab(labels, ["a", "b"] * 1500)
    assert view["groups"][1]["counts"][:20] == [table.loc[label, "b"] for label in shown]
    assert view["groups"][1]["counts"][20] == 1500 - sum(view["groups"][1]["counts"][:20])


def test_labels_that_are_numbers_keep_their_order(viewed):
    frame = pd.DataFrame({"grade": ["10", "9", "9", "2", "2", "2"] * 5, "y": range(30)})
    view = column(viewed(frame, "y", types={"grade": "category"}), "grade")
    assert [item["label"] for item in view["labels"]] == ["2", "9", "10"]


def test_the_balance_of_the_target_has_a_bar_a_class(penguins):
    table, frame = penguins
    view = look(table, {"kind": "overview"})["target"]
    counts = frame["species"].value_counts()
    assert {item["label"]: item["rows"] for item in view["labels"]} == counts.to_dict()
    assert [group["counts"][place] for place, group in enumerate(view["groups"])] == [152, 68, 124]


def test_whole_numbers_as_target_are_classes_and_many_classes_are_put_together(viewed):
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"x": rng.normal(size=600), "stars": rng.integers(1, 6, 600)})
    view = column(viewed(frame, "stars"), "x")
    assert [group["name"] for group in view["groups"]] == ["1", "2", "3", "4", "5"]
    assert column(viewed(frame, "stars", "regression"), "x")["groups"][0]["name"] is None
    many = pd.DataFrame({"x": range(1200), "team": [f"team {number % 40:02}" for number in range(1200)]})
    groups = column(viewed(many, "team"), "x")["groups"]
    assert len(groups) == MOST_GROUPS
    assert groups[-1]["name"] == "17 others"
    assert sum(groups[-1]["counts"]) == 17 * 30


def test_the_box_plot_is_tukeys(penguins):
    values = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 30, -20])
    box = box_plot(values)
    first, third = np.quantile(values, 0.25), np.quantile(values, 0.75)
    assert (box.lower_quartile, box.median, box.upper_quartile) == (first, 4.5, third)
    assert (box.lower_fence, box.upper_fence) == (first - 1.5 * (third - first), third + 1.5 * (third - first))
    assert (box.lower_whisker, box.upper_whisker) == (1, 8)
    assert values[box.outside(values)].tolist() == [30, -20]


@pytest.mark.parametrize("key", ["wine", "breast_cancer", "bikes", "diabetes"])
def test_outliers_are_those_pandas_finds_in_the_same_rows(viewed, key):
    row = SAMPLES[key]
    frame = pd.read_csv(row.path)
    view = look(viewed(row.path.read_bytes(), row.target), {"kind": "outliers"})
    expected = {}
    for name in frame.select_dtypes("number"):
        first, third = frame[name].quantile(0.25), frame[name].quantile(0.75)
        out = (frame[name] < first - 1.5 * (third - first)) | (frame[name] > third + 1.5 * (third - first))
        expected[name] = (set(frame.index[out] + 1), out.sum() / frame[name].notna().sum())
    listed = {item["name"]: item for item in view["columns"] if item["type"] == "number"}
    assert set(listed) == set(expected)
    for name, (rows, share) in expected.items():
        assert listed[name]["count"] == len(rows)
        assert listed[name]["share"] == pytest.approx(share)
        marked = listed[name]["marked"]
        assert {number for number, _ in marked} <= rows
        assert len(marked) == min(len(rows), columns.STRIP)
        assert all(frame[name][number - 1] == pytest.approx(value) for number, value in marked)
    shares = [item["share"] for item in view["columns"]]
    assert shares == sorted(shares, reverse=True)
    assert view["any_rows"] == len(set.union(*(rows for rows, _ in expected.values())))


def test_a_histogram_without_its_outliers_ends_at_the_fences(viewed):
    values = [*range(50), 1000, -900]
    table = viewed(pd.DataFrame({"x": values, "y": np.arange(52) / 7}))
    whole, cut = column(table, "x"), column(table, "x", without_outliers=True)
    assert whole["outliers"] == cut["outliers"] == 2
    assert whole["marked"] == [[51, 1000.0], [52, -900.0]]
    assert (cut["edges"][0], sum(cut["groups"][0]["counts"])) == (-0.5, 50)
    assert cut["edges"][-1] < 60
    assert whole["box"] == cut["box"]


def test_the_rule_does_not_judge_a_column_that_is_one_value_in_half_of_its_rows(viewed):
    table = viewed(pd.DataFrame({"rain": [0.0] * 80 + [1.5, 2.5] * 10, "x": np.arange(100) / 3}))
    view = look(table, {"kind": "outliers"})
    assert view["flat"] == ["rain"]
    assert [item["name"] for item in view["columns"]] == ["x"]
    assert not column(table, "rain")["usable"]
