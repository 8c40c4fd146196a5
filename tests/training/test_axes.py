"""What the numbers on the axes stand for: dates and categories of a table, told beside its points."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from nnbuilder.data.facts import describe
from nnbuilder.data.prepare import prepare
from nnbuilder.spec import Data
from nnbuilder.training.probe import Probe, View
from nnbuilder.training.sections import unpack_section
from nnbuilder.training.trainer import Trainer
from tests.data.test_prepare_table import data
from tests.projects import layers, project

START = date(2024, 1, 1)
LINES = [
    f"{START + timedelta(days=day)},{('low', 'high', 'mid')[day % 3]},{day % 7},{START + timedelta(days=2 * day)}"
    for day in range(60)
]
TABLE = "\n".join(["day,level,width,ready", *LINES, ""]).encode()


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))


def probe_of(made: Data, view: View) -> Probe:
    based = project("regression", layers(4, "relu", 1))
    return Probe(Trainer(replace(based, data=made), prepare(made)), view)


def test_facts_know_which_columns_are_dates() -> None:
    made = data(TABLE, "ready", ["day", "level", "width"], validation=0.2)
    assert prepare(made).facts.dates == ("day", "ready")
    assert describe(made).dates == ("day", "ready"), "what was kept says it, too"
    assert prepare(data(TABLE, "width", ["level"], validation=0.2)).facts.dates == ()


def test_dates_and_categories_come_with_the_points() -> None:
    made = data(TABLE, "ready", ["day", "level", "width"], validation=0.2)
    header, arrays = unpack_section(probe_of(made, View(0, 1)).data_section())
    assert header["axes"] == {
        "x": {"dates": True},
        "y": {"labels": ["low", "mid", "high"]},
        "value": {"dates": True},
    }
    days = (START - date(1970, 1, 1)).days
    assert set(arrays["x"].astype(int)) == set(range(days, days + 60))
    header, _ = unpack_section(probe_of(made, View(2, 0)).data_section())
    assert header["axes"]["x"] == {}


def test_each_category_has_as_much_room_and_one_answer() -> None:
    made = data(TABLE, "width", ["level", "day"], source={"task": "regression"}, validation=0.2)
    header, arrays = unpack_section(probe_of(made, View(0, 1)).picture(0, 0.0) or b"")
    assert header["view"]["x_range"] == [-0.5, 2.5]
    # A category's answer reaches from half below its place to half above it.
    bands = np.split(arrays["map"][50], [32, 35, 65, 68])[::2]
    assert [len(set(band.tolist())) for band in bands] == [1, 1, 1]


def test_a_curve_over_dates_has_its_target_upward() -> None:
    made = data(TABLE, "ready", ["day"], validation=0.2)
    header, _ = unpack_section(probe_of(made, View(0, 0)).data_section())
    assert header["axes"] == {"x": {"dates": True}, "y": {"dates": True}, "value": {"dates": True}}
