"""Faults in dates: how days are written in many places, and days that are none."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable

from tests.tables.drafts import EPOCH, Draft, Fault


def _day(truth: float | str | None) -> datetime.date:
    assert isinstance(truth, float)
    return EPOCH + datetime.timedelta(days=truth)


MONTHS_DE = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
             "Dezember")  # fmt: skip
DAYS: dict[str, Callable[[datetime.date], str]] = {
    "day.month.year": lambda day: day.strftime("%d.%m.%Y"),
    "d.m.yy": lambda day: f"{day.day}.{day.month}.{day:%y}",
    "day/month/year": lambda day: day.strftime("%d/%m/%Y"),
    "month/day/year": lambda day: day.strftime("%m/%d/%Y"),
    "m/d/yy": lambda day: f"{day.month}/{day.day}/{day:%y}",
    "day-month-year": lambda day: day.strftime("%d-%m-%Y"),
    "year/month/day": lambda day: day.strftime("%Y/%m/%d"),
    "year.month.day": lambda day: day.strftime("%Y.%m.%d"),
    "compact": lambda day: day.strftime("%Y%m%d"),
    "compact day first": lambda day: day.strftime("%d%m%Y"),
    "short month": lambda day: day.strftime("%d-%b-%Y"),
    "short month, short year": lambda day: day.strftime("%d-%b-%y"),
    "long month": lambda day: day.strftime("%B %d, %Y"),
    "German month": lambda day: f"{day.day}. {MONTHS_DE[day.month - 1]} {day.year}",
    "weekday": lambda day: day.strftime("%a %d %b %Y"),
    "weekday comma": lambda day: day.strftime("%A, %B %d, %Y"),
    "midnight": lambda day: day.strftime("%Y-%m-%d 00:00:00"),
    "midnight Z": lambda day: day.strftime("%Y-%m-%dT00:00:00Z"),
    "midnight offset": lambda day: day.strftime("%Y-%m-%dT00:00:00+00:00"),
    "milliseconds": lambda day: day.strftime("%Y-%m-%dT00:00:00.000Z"),
    "named zone": lambda day: day.strftime("%Y-%m-%d 00:00:00 CET"),
    "12 AM": lambda day: day.strftime("%m/%d/%Y 12:00:00 AM"),
    "Japanese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "Excel serial": lambda day: str((day - datetime.date(1899, 12, 30)).days),
    "Unix seconds": lambda day: str((day - EPOCH).days * 86400),
    "ISO week": lambda day: "{}-W{:02d}-{}".format(*day.isocalendar()),
    "ordinal": lambda day: day.strftime("%Y-%j"),
    "RFC 2822": lambda day: day.strftime("%a, %d %b %Y 00:00:00 +0000"),
    "apostrophe": lambda day: "'" + day.isoformat(),
    "spaces": lambda day: f" {day.isoformat()} ",
}
"""How the same day is written elsewhere."""


def dates(name: str, which: str) -> Fault:
    """Dates written so: all of them, from the middle on, or one."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if not (chosen := draft.of("date")):
            return False
        column = rng.choice(chosen)
        rows = range(len(column.cells))
        if which == "half":
            rows = rows[len(rows) // 2 :]
        elif which == "one":
            rows = [rng.choice(rows)]
        for place in rows:
            if column.cells[place]:
                column.cells[place] = DAYS[name](_day(column.truth[place]))
        return True

    return spoil


def impossible_date(draft: Draft, rng: random.Random) -> bool:
    """A day that no calendar has."""
    if not (chosen := draft.of("date")):
        return False
    column = rng.choice(chosen)
    place = rng.randrange(len(column.cells))
    column.cells[place], column.truth[place] = (
        rng.choice(["2023-02-30", "2023-13-01", "0000-00-00", "2023-00-10"]),
        None,
    )
    return True


DATE_FAULTS: dict[str, Fault] = {
    **{f"{which} dates: {name}": dates(name, which) for name in DAYS for which in ("all", "half", "one")},
    "impossible date": impossible_date,
}
