"""The numbers behind the views of two columns and of what tells about the target, against pandas and SciPy."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.views import pairs
from nnbuilder.views.look import look
from tests.views.harness import column, pair


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
