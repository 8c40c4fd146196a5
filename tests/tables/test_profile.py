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
from nnbuilder.tables import statistics
from nnbuilder.tables.choices import Choices
from nnbuilder.tables.column_profile import Profile
from nnbuilder.tables.patterns import missing_patterns
from nnbuilder.tables.profile import column_values, profile_table
from nnbuilder.tables.statistics import describe


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
