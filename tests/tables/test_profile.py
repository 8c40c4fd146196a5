"""The profile: its numbers against pandas, its round trip, and what it gives on for training."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from nnbuilder.catalog.samples import FOLDER
from nnbuilder.tables.answers import with_answers
from nnbuilder.tables.choices import Choices
from nnbuilder.tables.columns import statistics
from nnbuilder.tables.columns.column_profile import Profile
from nnbuilder.tables.columns.patterns import missing_patterns
from nnbuilder.tables.columns.profile import column_values, profile_table
from nnbuilder.tables.columns.statistics import describe
from nnbuilder.tables.findings import Finding


@dataclass
class Read:
    data: pa.Table
    choices: Choices = field(default_factory=Choices)
    first_line: Any = field(default_factory=lambda: list(range(2, 100_000)))


def sample(name: str) -> Read:
    """A sample file as it stands, read by the csv module."""
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    columns = zip(*rows, strict=True)
    return Read(pa.table({key: pa.array(cells, type=pa.string()) for key, cells in zip(header, columns, strict=True)}))


SAMPLES = ["iris.csv", "penguins.csv", "bikes.csv", "failures.csv", "breast_cancer.csv", "rent.csv"]


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_agree_with_pandas(name: str) -> None:
    table = sample(name)
    frame = pd.read_csv(FOLDER / name)
    profile = profile_table(table)
    assert profile.rows == len(frame)
    for column in profile.columns:
        if column.type == "identifier":
            continue
        series = frame[column.name]
        numbers = column_values(table.data[column.name], column)
        assert column.missing == series.isna().sum() == np.isnan(numbers).sum()
        assert column.distinct == series.nunique()
        if column.type == "number":
            np.testing.assert_array_equal(numbers, series.to_numpy(dtype=float))
            told = column.statistics
            assert told is not None
            described = series.describe()
            np.testing.assert_allclose(
                [
                    told.count,
                    told.mean,
                    told.minimum,
                    told.lower_quartile,
                    told.median,
                    told.upper_quartile,
                    told.maximum,
                ],
                described[["count", "mean", "min", "25%", "50%", "75%", "max"]].to_numpy(dtype=float),
                rtol=1e-12,
            )
            assert told.deviation == pytest.approx(series.std(ddof=0))
            assert sum(told.histogram) == series.count() and len(told.edges) == len(told.histogram) + 1
            far = 1.5 * (told.upper_quartile - told.lower_quartile)
            assert told.outliers == ((series < told.lower_quartile - far) | (series > told.upper_quartile + far)).sum()
        elif column.type == "date":
            np.testing.assert_array_equal(numbers, (pd.to_datetime(series) - pd.Timestamp(0)).dt.days)
        else:
            assert dict(column.categories) == series.value_counts().to_dict()
            known = ~np.isnan(numbers)
            assert [column.labels[int(code)] for code in numbers[known]] == series[known].tolist()


def test_penguins_patterns_agree_with_pandas() -> None:
    profile = profile_table(sample("penguins.csv"))
    frame = pd.read_csv(FOLDER / "penguins.csv")
    wanted = frame.isna().apply(lambda row: tuple(np.flatnonzero(row)), axis=1).value_counts().to_dict()
    assert profile.patterns is not None
    assert dict(profile.patterns) == wanted
    assert profile.patterns[0] == ((), 333)


def test_patterns_of_many_columns() -> None:
    random = np.random.default_rng(0)
    for rows, columns, share in ((100, 3, 0.3), (257, 17, 0.02), (50, 9, 1.0), (10, 2, 0.0)):
        gaps = random.random((rows, columns)) < share
        names = [f"c{place}" for place in range(columns)]
        packed = {name: np.packbits(gaps[:, place]) for place, name in enumerate(names) if gaps[:, place].any()}
        found = missing_patterns(packed, names, rows)
        wanted = pd.Series([tuple(np.flatnonzero(row)) for row in gaps]).value_counts().to_dict()
        assert found is not None and dict(found) == wanted
    many = random.random((20_000, 20)) < 0.5
    packed = {f"c{place}": np.packbits(many[:, place]) for place in range(20)}
    assert missing_patterns(packed, list(packed), 20_000) is None
    assert missing_patterns({}, ["a"], 0) == ()


@pytest.mark.parametrize("name", SAMPLES)
def test_json_round_trip(name: str) -> None:
    profile = profile_table(sample(name))
    text = json.dumps(profile.to_json(), allow_nan=False)
    back = Profile.from_json(json.loads(text))
    assert back.columns == profile.columns and back.patterns == profile.patterns
    assert json.dumps(back.to_json()) == text


def test_keep_gets_the_numbers_that_column_values_makes_again() -> None:
    table = sample("penguins.csv")
    kept: dict[str, np.ndarray] = {}
    told: list[float] = []
    profile = profile_table(
        table,
        keep=lambda column, numbers: kept.update({column.name: numbers}),
        progress=lambda share, _: told.append(share),
    )
    assert set(kept) == set(table.data.column_names)
    for column in profile.columns:
        np.testing.assert_array_equal(kept[column.name], column_values(table.data[column.name], column))
    assert told == sorted(told) and told[-1] == 1


def test_text_and_identifiers_have_no_numbers() -> None:
    table = sample("failures.csv")
    column = profile_table(table).column("machine_id")
    with pytest.raises(ValueError, match="no numbers"):
        column_values(table.data["machine_id"], column)


def test_chunks_and_large_strings_make_no_difference() -> None:
    cells = [str(number / 4) for number in range(100)] + ["NA", ""]
    whole = profile_table(Read(pa.table({"x": pa.array(cells)})))
    chunked = pa.chunked_array([cells[:37], cells[37:38], [], cells[38:]], type=pa.large_string())
    assert profile_table(Read(pa.table({"x": chunked}))) == whole


def test_a_table_without_rows_or_columns() -> None:
    empty = profile_table(Read(pa.table({"x": pa.array([], type=pa.string())})))
    assert empty.rows == 0 and empty.columns[0].type == "text" and empty.patterns == ()
    assert profile_table(Read(pa.table({}))).columns == ()


def test_quartiles_of_very_many_rows_are_of_a_stated_sample_and_the_rest_is_exact(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(statistics, "SAMPLE", 1000)
    statistics._places.cache_clear()
    values = np.random.default_rng(0).normal(5, 2, 20_000)
    told = describe(values)
    statistics._places.cache_clear()
    assert told is not None and told.sample == 1000
    assert (told.count, told.minimum, told.maximum) == (20_000, values.min(), values.max())
    assert told.mean == pytest.approx(values.mean()) and told.deviation == pytest.approx(values.std())
    assert told.median == pytest.approx(5, abs=0.3) and sum(told.histogram) == 1000


@pytest.mark.parametrize(
    "values",
    [[1.0], [3.0, 3.0], [1e300, -1e300], [1.7e308, -1.7e308], [0.1, np.nextafter(0.1, 1)], [5e-324, 0.0],
     [1e16, 1e16 + 2], [0.0, 1.0, 1.0]],
)  # fmt: skip
def test_statistics_of_odd_numbers_are_finite(values: list[float]) -> None:
    told = describe(np.array(values))
    assert told is not None and sum(told.histogram) == len(values)
    json.dumps(told.to_json(), allow_nan=False)
    assert told.minimum == min(values) and told.maximum == max(values)


def test_whole_numbers_of_a_small_range_have_a_bin_each() -> None:
    told = describe(np.array([1.0, 2, 2, 5, 5, 5]))
    assert told is not None
    assert told.histogram == (1, 2, 0, 0, 3) and told.edges == (0.5, 1.5, 2.5, 3.5, 4.5, 5.5)


def test_what_a_person_calls_missing_is_missing_whatever_the_column_holds() -> None:
    cells = {
        "dose": ["1.5", "-999", "2.5", " -999 "],
        "when": ["2024-01-01", "1900-01-01", "2024-01-03", "2024-01-04"],
        "kind": ["a", "NA", "b", "a"],
        "well": ["yes", "no", "k.A", "yes"],
    }
    table = Read(pa.table({name: pa.array(column, type=pa.string()) for name, column in cells.items()}))
    said = {"dose": ["-999"], "when": ["1900-01-01"], "kind": ["NA"], "well": ["k.A"]}
    kept: dict[str, np.ndarray] = {}
    profile = profile_table(
        table,
        answers={name: {"missing": texts} for name, texts in said.items()},
        keep=lambda column, numbers: kept.update({column.name: numbers}),
    )
    assert [column.type for column in profile.columns] == ["number", "date", "category", "yes_no"]
    for column in profile.columns:
        gone = np.array([text.strip() in said[column.name] for text in cells[column.name]])
        assert column.missing == gone.sum() and column.missing_spellings == tuple(sorted({*said[column.name]}))
        # The numbers can be made again from the profile alone, after a trip through JSON.
        again = column_values(table.data[column.name], type(column).from_json(json.loads(json.dumps(column.to_json()))))
        np.testing.assert_array_equal(np.isnan(again), gone)
        np.testing.assert_array_equal(again, kept[column.name])
    statistics_of_dose = profile.column("dose").statistics
    assert statistics_of_dose is not None and statistics_of_dose.minimum == 1.5
    assert not profile.findings


def answered(table: Read, finding: Finding, label: str, given: dict[str, Any] | None = None) -> Profile:
    """The profile after a click on one of the answers to a finding."""
    answer = next(one for one in finding.answers if one.label == label)
    types = {name: kind for name, kind in answer.types.items() if kind}
    return profile_table(table, types, with_answers(given or {}, answer.answers))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "words", "label", "wanted"),
    [
        (["red", "NA", "blue"], "may be a class", "A missing value", ("category", ["1", "", "0"])),
        (["red", "NA", "blue"], "may be a class", "A class", ("category", ["2", "0", "1"])),
        (["01/03/2024", "02/04/2024"], "day and month", "Day first", ("date", ["19783", "19815"])),
        (["01/03/2024", "02/04/2024"], "day and month", "Month first", ("date", ["19725", "19757"])),
        (["1", "2", "3", "1", "-999"], "far from", "A missing value", ("number", ["1", "2", "3", "1", ""])),
        (["1", "2", "3", "1", "-999"], "far from", "A number", ("number", ["1", "2", "3", "1", "-999"])),
        ([*map(str, range(30)), "few"], "no finite number", "They are missing", ("number", [*map(str, range(30)), ""])),
        ([*"aabb", "A", "B"], "capitals", "Capitals do not matter", ("category", ["0", "0", "1", "1", "0", "1"])),
    ],
)  # fmt: skip
def test_a_click_answers_for_good(cells: list[str], words: str, label: str, wanted: tuple[str, list[str]]) -> None:
    table = Read(pa.table({"x": pa.array(cells, type=pa.string())}))
    finding = next(item for item in profile_table(table).findings if words in item.message)
    profile = answered(table, finding, label)
    assert not [item for item in profile.findings if item.severity != "note"]
    numbers = column_values(table.data["x"], profile.columns[0])
    assert profile.columns[0].type == wanted[0]
    assert ["" if np.isnan(number) else f"{number:g}" for number in numbers] == wanted[1]


def test_each_label_of_a_column_is_a_question_of_its_own() -> None:
    table = Read(pa.table({"x": pa.array(["red", "NA", "None", "blue"], type=pa.string())}))
    first, second = (item for item in profile_table(table).findings if item.severity == "question")
    profile = answered(table, first, "A missing value")
    (left,) = (item for item in profile.findings if item.severity == "question")
    assert left.message == second.message
    given = dict(next(one for one in first.answers if one.label == "A missing value").answers)
    both = answered(table, second, "A class", given)  # type: ignore[arg-type]
    assert not both.findings and both.columns[0].labels == ("None", "blue", "red")


def test_what_detection_calls_missing_can_be_called_a_class() -> None:
    table = Read(pa.table({"n": pa.array(["1.5", "NA", "2.5", "3"]), "x": pa.array(["red", "NA", "blue", "red"])}))
    profile = profile_table(table)
    assert profile.column("x").missing == 1
    note = next(item for item in profile.findings if "counts as missing" in item.message)
    assert answered(table, note, "It is a class").column("x").labels == ("NA", "blue", "red")


def test_a_type_that_cannot_be_is_taken_back_by_a_click() -> None:
    table = Read(pa.table({"x": pa.array(["red", "blue"])}))
    refused = profile_table(table, {"x": "number"}).findings[0]
    assert "cannot be read as numbers" in refused.message
    assert [dict(one.types) for one in refused.answers] == [{"x": None}]


def test_new_answers_go_over_old_ones() -> None:
    given = with_answers({}, {"x": {"missing": ["NA"]}, "d": {"order": "day first"}})
    given = with_answers(given, {"x": {"labels": ["NA"], "missing": ["-"]}, "d": {"order": "month first"}})
    assert given == {"x": {"missing": ["-"], "labels": ["NA"]}, "d": {"order": "month first"}}
    assert with_answers(given, {"x": {"missing": ["NA"]}})["x"] == {"missing": ["-", "NA"]}
