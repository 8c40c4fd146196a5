"""Dates in many spellings, against Python's own calendar; the order of day and month by the whole column."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from nnbuilder.tables.columns.dates import DateForm, convert, like_date, read_dates

EPOCH = date(1970, 1, 1)
DAYS = [date(1900, 1, 1) + timedelta(days=step) for step in range(0, 73_000, 97)]
FORMATS = {
    "%Y-%m-%d": "year-month-day",
    "%Y/%m/%d": "year/month/day",
    "%Y.%m.%d": "year.month.day",
    "%d.%m.%Y": "day.month.year",
    "%d/%m/%Y": "day/month/year",
    "%m/%d/%Y": "month/day/year",
    "%d-%m-%Y": "day/month/year",
    "%d %b %Y": "day month year",
    "%d. %B %Y": "day month year",
    "%B %d, %Y": "month day year",
    "%Y%m%d": "yearmonthday",
}


def column(*cells: str | None) -> pa.Array:
    return pa.array(cells, type=pa.string())


@pytest.mark.parametrize("written", FORMATS)
def test_each_format_agrees_with_the_calendar(written: str) -> None:
    cells = pa.array([day.strftime(written) for day in DAYS])
    found = read_dates(cells)
    assert found is not None
    assert found.form == DateForm((FORMATS[written],))
    assert not found.ambiguous
    wanted = [(day - EPOCH).days for day in DAYS]
    np.testing.assert_array_equal(found.days, wanted)
    np.testing.assert_array_equal(convert(cells, found.form), wanted)


@pytest.mark.parametrize(
    "text",
    ["2024-03-01T12:00:00Z", "2024-03-01T12:00:00", "2024-03-01 12:00", "2024-03-01T12:00:00+02:00",
     "2024-03-01T12:00:00.250-0530", "1969-12-31T23:59:59Z"],
)  # fmt: skip
def test_times_agree_with_datetime(text: str) -> None:
    wanted = datetime.fromisoformat(text)
    wanted = wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)
    found = read_dates(column(text))
    assert found is not None
    assert found.days[0] == pytest.approx(wanted.timestamp() / 86400, abs=1e-9)


def test_hours_of_half_a_day() -> None:
    found = read_dates(column("3/13/2024 1:30 PM", "3/13/2024 12:00 AM", "3/13/2024 12:15 pm", "3/13/2024 13:00 PM"))
    assert found is not None
    start = (date(2024, 3, 13) - EPOCH).days
    np.testing.assert_allclose(found.days, [start + 13.5 / 24, start, start + 12.25 / 24, math.nan])


@pytest.mark.parametrize(
    ("cells", "first", "ambiguous"),
    [
        (["01/03/2024", "13/03/2024"], date(2024, 3, 1), False),
        (["01/03/2024", "03/13/2024"], date(2024, 1, 3), False),
        (["01/03/2024", "02/04/2024"], date(2024, 3, 1), True),
        (["05/05/2024", "07/07/2024"], date(2024, 5, 5), False),
    ],
)
def test_the_whole_column_decides_the_order(cells: list[str], first: date, ambiguous: bool) -> None:
    found = read_dates(column(*cells))
    assert found is not None
    assert found.days[0] == (first - EPOCH).days
    assert found.ambiguous == ambiguous


def test_a_person_may_decide_the_order() -> None:
    cells = column("01/03/2024", "02/04/2024")
    found = read_dates(cells, "month first")
    assert found is not None and not found.ambiguous
    assert found.days[0] == (date(2024, 1, 3) - EPOCH).days
    # But not against the calendar.
    found = read_dates(column("01/03/2024", "31/03/2024"), "month first")
    assert found is not None and not np.isnan(found.days).any()


def test_a_column_may_mix_spellings_that_cannot_be_mistaken() -> None:
    cells = column("2024-05-28", "14.05.2024", "30. April 2024", "", "NA", "5. März 2024", "Dec 24, 2023")
    found = read_dates(cells)
    assert found is not None
    wanted = [date(2024, 5, 28), date(2024, 5, 14), date(2024, 4, 30), None, None, date(2024, 3, 5), date(2023, 12, 24)]
    np.testing.assert_array_equal(found.days, [(day - EPOCH).days if day else math.nan for day in wanted])
    np.testing.assert_array_equal(convert(cells, found.form), found.days)


@pytest.mark.parametrize(
    "text",
    ["30.02.2024", "29.02.2023", "2024-13-01", "2024-00-10", "2024-01-00", "32/01/2024", "31 Apr 2024", "0000-01-01",
     "2024-01-01T25:00:00", "2024-01-01T10:61", "20241301", "99991231x", "12:30", "2024", "March", "1.5", "x"],
)  # fmt: skip
def test_what_is_no_date_never_becomes_one(text: str) -> None:
    found = read_dates(column(text))
    assert found is None or np.isnan(found.days).all()


def test_short_years_are_counted() -> None:
    found = read_dates(column("01.03.24", "31.12.99", "01.01.69", "01.01.70", "01.03.2024"), first_year=1970)
    assert found is not None and found.short_years == 4
    years = [str(np.datetime64(int(day), "D"))[:4] for day in found.days]
    assert years == ["2024", "1999", "2069", "1970", "2024"]


def test_what_looks_like_a_date() -> None:
    assert all(map(like_date, ["2024-03-01", "1.3.2024", "3/1/24", "1 Mar 2024", "2024-03"]))
    assert not any(map(like_date, ["20240301", "1.5", "1,234", "2024", "abc", ""]))
