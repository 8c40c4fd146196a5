"""The numbers behind the views of a table, against NumPy, pandas, SciPy and counting by hand."""

import base64
import io
import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.datasets import load_digits

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.errors import NNBuilderError
from nnbuilder.tables.library import Library
from nnbuilder.views import columns, pairs
from nnbuilder.views.columns import box_plot, date_edges, number_edges
from nnbuilder.views.images import find_pixels
from nnbuilder.views.look import look
from nnbuilder.views.viewed import MOST_GROUPS, Viewed, sample


@pytest.fixture
def viewed(tmp_path):
    """Opens a table as text, bytes or a data frame; `target` and `task` as in a project."""

    def open_table(table, target="", task="auto", types=None):
        library = Library(tmp_path / "tables")
        if isinstance(table, pd.DataFrame):
            table = table.to_csv(index=False)
        sha256 = library.keep(table.encode() if isinstance(table, str) else table)
        return Viewed.of(library.read(sha256, "mine.csv", {}, types or {}), target, task)

    return open_table


@pytest.fixture
def penguins(viewed):
    content = SAMPLES["penguins"].path.read_bytes()
    return viewed(content, "species"), pd.read_csv(io.BytesIO(content))


def small(view):
    """The view, which has to be fit for JSON without any number that is none, and small."""
    assert len(json.dumps(view, allow_nan=False)) < 200_000
    return view


def column(table, name, **more):
    return small(look(table, {"kind": "column", "name": name, **more}))


def pair(table, x, y):
    return small(look(table, {"kind": "pair", "x": x, "y": y}))


# Every sample


@pytest.mark.parametrize("key", SAMPLES)
def test_every_sample_gives_every_view(viewed, key):
    row = SAMPLES[key]
    table = viewed(row.path.read_bytes(), row.target, "auto")
    overview = small(look(table, {"kind": "overview"}))
    assert overview["learned"] == row.task
    assert {item["name"] for item in overview["ranking"]} == set(table.columns) - {row.target}
    names = list(table.columns)[:8]
    rows = table.rows
    for name in names:
        view = column(table, name)
        counted = sum(sum(group["counts"]) for group in view["groups"])
        assert counted + view["missing"] == rows
        pair(table, name, next(other for other in names if other != name))
    for kind in ("correlation", "outliers", "images"):
        small(look(table, {"kind": kind}))
    assert (overview["images"] is not None) == (row.kind == "images")


def test_a_view_that_is_not_there_is_refused_in_a_sentence(viewed):
    table = viewed("a,note\n1,first\n2,second\n", types={"note": "text"})
    for asked in ({"kind": "pie"}, {"kind": "column", "name": "b"}, {"kind": "column", "name": "note"}):
        with pytest.raises(NNBuilderError, match=r"choose .*\.$"):
            look(table, asked)


# Histograms


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


# Categories


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


# Outliers


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


# Two columns


def test_points_are_the_complete_rows_with_their_classes(penguins):
    table, frame = penguins
    view = pair(table, "bill_length_mm", "bill_depth_mm")
    both = frame.dropna(subset=["bill_length_mm", "bill_depth_mm"])
    points = view["points"]
    assert view["complete"] == len(points["row"]) == len(both) == 342
    assert points["row"] == (both.index + 1).tolist()
    assert points["x"] == both["bill_length_mm"].tolist()
    assert points["y"] == both["bill_depth_mm"].tolist()
    assert [points["classes"][code] for code in points["color"]] == both["species"].tolist()
    assert view["r"] == pytest.approx(frame["bill_length_mm"].corr(frame["bill_depth_mm"]))
    assert view["spread"] is None


def test_many_points_are_a_sample_that_is_the_same_every_time(viewed):
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(rng.normal(size=(9000, 2)).round(6), columns=["a", "b"])
    frame.loc[::9, "a"] = np.nan
    table = viewed(frame, "b")
    view = pair(table, "a", "b")
    rows = view["points"]["row"]
    assert (view["complete"], len(rows), len(set(rows))) == (8000, 2000, 2000)
    assert rows == sorted(rows)
    assert view == pair(table, "a", "b")
    assert frame["a"].iloc[[row - 1 for row in rows]].tolist() == pytest.approx(view["points"]["x"])
    assert view["r"] == pytest.approx(frame["a"].corr(frame["b"]), rel=1e-6)


def test_points_that_coincide_are_spread_within_their_place(viewed):
    rng = np.random.default_rng(0)
    view = pair(viewed(pd.DataFrame(rng.integers(0, 5, (300, 2)) * 10, columns=["a", "b"])), "a", "b")
    assert view["spread"] == [3.0, 3.0]
    assert set(view["points"]["x"]) == {0, 10, 20, 30, 40}


def test_strips_have_the_box_of_every_category(penguins):
    table, frame = penguins
    view = pair(table, "island", "body_mass_g")
    assert (view["kind"], view["across"], view["labels"]) == ("strips", True, ["Biscoe", "Dream", "Torgersen"])
    assert pair(table, "body_mass_g", "island")["across"] is False
    for island, box in zip(view["labels"], view["boxes"], strict=True):
        masses = frame.loc[frame["island"] == island, "body_mass_g"].dropna()
        assert box["rows"] == len(masses)
        for part, share in (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75)):
            assert box[part] == masses.quantile(share)
    points = view["points"]
    for row, strip, value in zip(points["row"], points["strip"], points["value"], strict=True):
        assert frame.loc[row - 1, ["island", "body_mass_g"]].tolist() == [view["labels"][strip], value]
    assert max(map(abs, points["jitter"])) <= 0.3


def test_rare_categories_get_no_strip_and_that_is_counted(viewed):
    labels = [f"c{number:02}" for number in range(20) for _ in range(number + 1)]
    view = pair(viewed(pd.DataFrame({"c": labels, "x": np.arange(len(labels)) / 3})), "c", "x")
    assert view["labels"] == [f"c{number:02}" for number in range(8, 20)]
    assert view["others"] == [8, 36]
    assert len(view["points"]["row"]) == len(labels) - 36


def test_a_map_counts_as_a_cross_table(penguins):
    table, frame = penguins
    view = pair(table, "island", "sex")
    expected = pd.crosstab(frame["sex"], frame["island"])
    assert view["kind"] == "map"
    assert (view["y_labels"], view["x_labels"]) == (expected.index.tolist(), expected.columns.tolist())
    assert view["counts"] == expected.to_numpy().tolist()
    assert view["shown"] == view["complete"] == expected.to_numpy().sum()


def test_columns_that_are_never_there_together_are_told_apart_from_an_error(viewed):
    table = viewed("a,b\n" + "".join(f"{n},\n,{n}\n" for n in range(20)))
    assert pair(table, "a", "b")["kind"] == "empty"
    empty = viewed("a,b\n" + "".join(f"{n},\n" for n in range(20)), types={"b": "number"})
    assert "b" not in empty.columns or column(empty, "b")["kind"] == "empty"


# All columns


@pytest.mark.parametrize("key", ["diabetes", "rent", "bikes"])
def test_correlations_are_those_of_pandas(viewed, key):
    row = SAMPLES[key]
    frame = pd.read_csv(row.path)
    if "date" in frame:
        frame["date"] = pd.to_datetime(frame["date"]).astype("int64")
        frame["holiday = yes"] = (frame["holiday"] == "yes").astype(float)
    view = look(viewed(row.path.read_bytes(), row.target), {"kind": "correlation"})
    expected = frame[view["lines"]].corr()
    np.testing.assert_allclose(np.array(view["matrix"]), expected, atol=1e-6)
    assert set(view["lines"]) == set(frame.select_dtypes("number"))
    with_target = expected[row.target].abs().drop(row.target)
    assert view["lines"] == [row.target, *with_target.sort_values(ascending=False).index]
    assert (view["left_out"], view["sampled"]) == (0, len(frame))


def test_correlations_use_every_row_that_has_both_values_and_a_line_for_each_class(penguins):
    table, frame = penguins
    view = look(table, {"kind": "correlation"})
    lines = frame[["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"]].copy()
    for species in ("Adelie", "Chinstrap", "Gentoo"):
        lines[f"species = {species}"] = (frame["species"] == species).astype(float)
    lines["sex = male"] = frame["sex"].map({"male": 1.0, "female": 0.0})
    np.testing.assert_allclose(np.array(view["matrix"]), lines[view["lines"]].corr(), atol=1e-6)
    assert view["lines"][:3] == ["species = Adelie", "species = Chinstrap", "species = Gentoo"]
    assert view["columns"][:4] == ["species", "species", "species", view["lines"][3]]
    assert view["target_lines"] == 3


def test_only_the_columns_that_follow_the_target_most_are_shown(viewed):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(80, 40)), columns=[f"c{number}" for number in range(40)])
    frame["flat"] = 3.5
    frame["y"] = frame["c7"] * 3 - frame["c31"] * 2 + rng.normal(size=80) * 0.1
    view = look(viewed(frame, "y"), {"kind": "correlation"})
    assert len(view["lines"]) == pairs.MOST_COLUMNS
    assert view["lines"][:3] == ["y", "c7", "c31"]
    assert (view["left_out"], view["constant"]) == (11, ["flat"])
    strongest = frame.drop(columns=["y", "flat"]).corrwith(frame["y"]).abs().nlargest(29)
    assert set(view["lines"][1:]) == set(strongest.index)


def test_two_rows_are_no_correlation(viewed):
    frame = pd.DataFrame({"a": [1, 2, *[np.nan] * 8], "b": np.arange(10) ** 2, "c": np.arange(10) % 7})
    view = look(viewed(frame), {"kind": "correlation"})
    places = [view["lines"].index(name) for name in "ab"]
    assert view["matrix"][places[0]][places[1]] is None


def test_what_a_number_tells_about_classes_is_the_variance_between_them(penguins):
    table, frame = penguins
    ranking = {item["name"]: item["share"] for item in look(table, {"kind": "overview"})["ranking"]}
    for name in ("bill_length_mm", "flipper_length_mm"):
        parts = [part[name].dropna() for _, part in frame.groupby("species")]
        f = stats.f_oneway(*parts).statistic
        count = sum(map(len, parts))
        # ε², from the F of a one-way analysis of variance.
        assert ranking[name] == pytest.approx((f - 1) * 2 / ((f - 1) * 2 + count - 1), abs=1e-4)
    assert next(iter(ranking)) == "flipper_length_mm"
    assert ranking["year"] < 0.01


def test_what_columns_tell_about_a_number(viewed):
    frame = pd.read_csv(SAMPLES["bikes"].path)
    table = viewed(SAMPLES["bikes"].path.read_bytes(), "rentals")
    ranking = {item["name"]: item["share"] for item in look(table, {"kind": "overview"})["ranking"]}
    known = frame.dropna(subset=["temperature_c", "rentals"])
    r, count = known["temperature_c"].corr(known["rentals"]), len(known)
    assert ranking["temperature_c"] == pytest.approx(1 - (1 - r**2) * (count - 1) / (count - 2), abs=1e-4)
    parts = [part for _, part in frame.groupby("weather")["rentals"]]
    f, between = stats.f_oneway(*parts).statistic, len(parts) - 1
    expected = (f - 1) * between / ((f - 1) * between + len(frame) - 1)
    assert ranking["weather"] == pytest.approx(expected, abs=1e-4)


def test_what_categories_tell_about_classes_is_cramers_v_without_what_chance_gives(viewed):
    rng = np.random.default_rng(6)
    y = rng.integers(0, 2, 400)
    frame = pd.DataFrame(
        {
            "same": np.where(y, "p", "q"),
            "chance": [f"c{number}" for number in rng.integers(0, 40, 400)],
            "some": [f"s{(value + (number % 3 == 0)) % 2 + 2 * (number % 2)}" for number, value in enumerate(y)],
            "y": np.where(y, "yes", "no"),
        }
    )
    ranking = {item["name"]: item["share"] for item in look(viewed(frame, "y"), {"kind": "overview"})["ranking"]}
    assert ranking["same"] == pytest.approx(1)
    assert ranking["chance"] < 0.03
    counts = pd.crosstab(frame["some"], frame["y"]).to_numpy()
    phi = stats.chi2_contingency(counts, correction=False).statistic / 400 - (4 - 1) * (2 - 1) / 399
    width = min(4 - 9 / 399, 2 - 1 / 399) - 1
    assert ranking["some"] == pytest.approx(phi / width, abs=1e-4)


# Images


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


def test_a_sample_is_of_all_rows_drawn_once():
    assert sample(5, 9).tolist() == [0, 1, 2, 3, 4]
    rows = sample(100_000, 2000)
    assert len(np.unique(rows)) == 2000
    assert (np.diff(rows) > 0).all()
    # A uniform sample has its mean in the middle, give or take four standard errors.
    assert abs(rows.mean() - 50_000) < 4 * 100_000 / np.sqrt(12 * 2000)
