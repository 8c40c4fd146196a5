"""Cells to dates: days since 1970-01-01, with the time of day as a fraction and in UTC where a cell names its offset.

Whether ``01/03/2024`` is in January or in March is decided by the whole column, never cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnbuilder.tables.columns.blanks import mask, spelled_missing

if TYPE_CHECKING:
    import pyarrow as pa

_MONTHS = {
    1: "january jan januar jänner janvier enero",
    2: "february feb februar février febrero",
    3: "march mar märz mär mrz mars marzo",
    4: "april apr avril abril",
    5: "may mai mayo",
    6: "june jun juni juin junio",
    7: "july jul juli juillet julio",
    8: "august aug août agosto",
    9: "september sep sept septembre septiembre",
    10: "october oct oktober okt octobre octubre",
    11: "november nov novembre noviembre",
    12: "december dec dezember dez décembre diciembre",
}
MONTHS = {name: number for number, names in _MONTHS.items() for name in names.split()}
"""The number of a month by each of its names and short forms, in small letters."""
_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_TIME = (
    r"(?:(?:[Tt]|,? +)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}(?:[.,][0-9]+)?))?"
    r" ?(?P<half>(?:[AaPp][Mm])?) ?(?P<zone>(?:[Zz]|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?))?"
)
_YEAR, _MONTH, _DAY = r"(?P<year>[0-9]{4})", r"(?P<month>[0-9]{1,2})", r"(?P<day>[0-9]{1,2})"
_SHORT = r"(?P<year>[0-9]{2}|[0-9]{4})"
PATTERNS: dict[str, str] = {
    "year-month-day": f"^{_YEAR}-{_MONTH}-{_DAY}{_TIME}$",
    "year/month/day": f"^{_YEAR}/{_MONTH}/{_DAY}{_TIME}$",
    "year.month.day": rf"^{_YEAR}\.{_MONTH}\.{_DAY}{_TIME}$",
    "day.month.year": rf"^{_DAY}\. ?{_MONTH}\. ?{_SHORT}{_TIME}$",
    "day month year": rf"^{_DAY}(?:\.|st|nd|rd|th)?[ -]?(?P<name>(?i:{_NAMES}))\.?,?[ -]?{_SHORT}{_TIME}$",
    "month day year": rf"^(?P<name>(?i:{_NAMES}))\.?[ -]?{_DAY}(?:st|nd|rd|th)?,?[ -]{_YEAR}{_TIME}$",
    "day/month/year": f"^(?P<day>[0-9]{{1,2}})[/-](?P<month>[0-9]{{1,2}})[/-]{_SHORT}{_TIME}$",
    "month/day/year": f"^(?P<month>[0-9]{{1,2}})[/-](?P<day>[0-9]{{1,2}})[/-]{_SHORT}{_TIME}$",
    "year/month/day of two digits": f"^(?P<year>[0-9]{{2}})[./-]{_MONTH}[./-]{_DAY}{_TIME}$",
    "yearmonthday": "^(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})$",
    "year-month": f"^{_YEAR}[-/](?P<month>[0-9]{{2}})$",
}
"""How a date may be written; a column may use several of these, but only one of the two orders with slashes."""
_EITHER = ("day/month/year", "month/day/year")
SHORT_YEAR_FIRST = "year/month/day of two digits"
_PYTHON = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}

# The rule knows no "now": the same table is to give the same numbers next year, and in what was exported.
FIRST_YEAR = 1970
"""Years of two digits are taken from here on, unless dates then lie too far ahead."""
EARLIER_YEAR = 1930
"""Where they begin otherwise, as in Excel: 1930 to 2029."""
_TOO_LATE = {True: EARLIER_YEAR + 100, False: EARLIER_YEAR + 120}
"""From which year on dates lie too far ahead: days of birth, and days of anything else."""
DAYS_A_YEAR = 365.25

Order = Literal["day first", "month first", "year first"]


@dataclass(frozen=True)
class DateForm:
    """How the dates of a column are written: names of `PATTERNS`, tried in this order.

    Years of two digits lie in the hundred years from `first_year` on.
    """

    patterns: tuple[str, ...]
    first_year: int = FIRST_YEAR

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> DateForm:
        """The inverse of `to_json`."""
        return cls(tuple(document.get("patterns", ())), document.get("first_year", FIRST_YEAR))

    def to_json(self) -> dict[str, Any]:
        """The form as plain data."""
        return {"patterns": list(self.patterns), "first_year": self.first_year}


@dataclass(frozen=True)
class Dates:
    """The dates of a column: the form, the days [rows] (NaN where there is none), and what is to be told.

    `ambiguous` says that the order of day and month is a guess. `short_years` counts years of two digits, and `ahead`
    says that, taken as usual, some would lie far in the future.
    """

    form: DateForm
    days: NDArray[np.float64]
    ambiguous: bool
    short_years: int
    ahead: bool = False


def like_date(text: str) -> bool:
    """Whether a text looks like a date."""
    return any(pattern.match(text.strip()) for name, pattern in _PYTHON.items() if name != "yearmonthday")


def read_dates(
    column: pa.Array, order: Order | None = None, first_year: int | None = None, past: bool = False
) -> Dates | None:
    """The dates of a column, or None if no cell is one; `order` decides where the column itself does not.

    Parameters
    ----------
    first_year
        Where the hundred years begin that years of two digits lie in; None lets the dates decide.
    past
        Whether none of them can lie in the future, as days of birth cannot.
    """
    read = _read_dates(column, order, first_year or FIRST_YEAR)
    if read is None or not read.short_years or first_year is not None:
        return read
    latest = float(np.nanmax(read.days)) / DAYS_A_YEAR + 1970
    if latest < _TOO_LATE[past]:
        return read
    moved = _read_dates(column, order, EARLIER_YEAR)
    return moved and replace(moved, ahead=True)


def _read_dates(column: pa.Array, order: Order | None, first_year: int) -> Dates | None:
    texts = _texts(column)
    found: list[str] = []
    days = np.full(len(column), np.nan)
    ambiguous, short = False, 0
    for name in PATTERNS:
        if name in (*_EITHER, SHORT_YEAR_FIRST):
            continue
        here, two_digits = _days(texts, name, first_year)
        if not np.isnan(here).all():
            found.append(name)
            short += two_digits
            days = np.where(np.isnan(days), here, days)
    # A year of two digits stands first only where a person says so, or where nothing else can be meant.
    here, short_first = _days(texts, SHORT_YEAR_FIRST, first_year)
    if order == "year first" and not np.isnan(here).all():
        days = np.where(np.isnan(here), days, here)
        return Dates(DateForm((SHORT_YEAR_FIRST, *found), first_year), days, False, short + short_first)
    either = {name: _days(texts, name, first_year) for name in _EITHER}
    counts = {name: int((~np.isnan(here)).sum()) for name, (here, _) in either.items()}
    if any(counts.values()):
        day_first, month_first = (counts[name] for name in _EITHER)
        ambiguous = day_first == month_first and not np.array_equal(
            *(either[name][0] for name in _EITHER), equal_nan=True
        )
        if day_first == month_first:
            name = "month/day/year" if order == "month first" else "day/month/year"
            ambiguous = ambiguous and order is None
        else:
            name = max(counts, key=lambda one: counts[one])
        found.append(name)
        short += either[name][1]
        days = np.where(np.isnan(days), either[name][0], days)
    if not found and not np.isnan(here).all():
        return Dates(DateForm((SHORT_YEAR_FIRST,), first_year), here, False, short_first)
    return Dates(DateForm(tuple(found), first_year), days, ambiguous, short) if found else None


def convert(column: pa.Array, form: DateForm) -> NDArray[np.float64]:
    """Days since 1970-01-01 of a column of texts, float64 [rows]; NaN where a cell is no date in this form."""
    texts = _texts(column)
    days = np.full(len(column), np.nan)
    for name in form.patterns:
        here, _ = _days(texts, name, form.first_year)
        days = np.where(np.isnan(days), here, days)
    return days


def _texts(column: pa.Array) -> pa.DictionaryArray:
    """The cells, each different text once: most tables have far fewer days than rows."""
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc

    missing = pa.array(spelled_missing(column))
    return pc.dictionary_encode(pc.if_else(missing, pa.scalar(None, column.type), pc.utf8_trim_whitespace(column)))


def _days(texts: pa.DictionaryArray, pattern: str, first_year: int) -> tuple[NDArray[np.float64], int]:
    """Days [rows] of the cells that are written so, NaN elsewhere; and how many have years of two digits."""
    days, short = _different_days(texts.dictionary, pattern, first_year)
    # The last one is that of the cells without a text.
    places = np.asarray(texts.indices.fill_null(len(days)).to_numpy(zero_copy_only=False))
    return np.append(days, np.nan)[places], int(np.append(short, False)[places].sum())


def _different_days(texts: pa.Array, pattern: str, first_year: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Days [texts] of the texts that are written so, NaN elsewhere; and which have years of two digits."""
    from nnbuilder.tables.arrow import compute as pc

    days, two_digits = np.full(len(texts), np.nan), np.zeros(len(texts), dtype=bool)
    written = mask(pc.match_substring_regex(texts, PATTERNS[pattern]))
    if not written.any():
        return days, two_digits
    rows = np.flatnonzero(written)
    parts = pc.extract_regex(pc.take(texts, rows), PATTERNS[pattern])
    names = {field.name for field in parts.type}
    year = _numbers(parts, "year", names)
    short = mask(pc.equal(pc.utf8_length(parts.field("year")), 2))
    year = np.where(short, first_year + (year - first_year) % 100, year).astype(np.int64)
    if "name" in names:
        lower = pc.utf8_lower(parts.field("name")).to_pylist()
        month = np.array([MONTHS.get(name, 0) for name in lower], dtype=np.int64)
    else:
        month = _numbers(parts, "month", names).astype(np.int64)
    day = _numbers(parts, "day", names, default=1.0).astype(np.int64)
    valid = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    months = (np.where(valid, year, 1970) - 1970) * 12 + np.where(valid, month, 1) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    valid &= day <= after - first
    time, sound = _time(parts, names)
    valid &= sound
    days[rows] = np.where(valid, first + day - 1 + time, np.nan)
    two_digits[rows] = short & valid
    return days, two_digits


def _time(parts: pa.StructArray, names: set[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The time of day in days (UTC where there is an offset), and whether it is one."""
    from nnbuilder.tables.arrow import compute as pc

    if "hour" not in names:
        return np.zeros(len(parts)), np.ones(len(parts), dtype=bool)
    hour, minute, second = (_numbers(parts, name, names) for name in ("hour", "minute", "second"))
    half = np.array(pc.utf8_lower(parts.field("half")).to_pylist(), dtype=object)
    sound = (hour <= 24) & (minute < 60) & (second < 61) & ((half == "") | ((hour >= 1) & (hour <= 12)))
    hour = np.where((half == "pm") & (hour < 12), hour + 12, np.where((half == "am") & (hour == 12), 0, hour))
    sound &= (hour < 24) | ((minute == 0) & (second == 0))
    zones = parts.field("zone").to_pylist()
    offsets = {zone: _offset(zone) for zone in set(zones)}
    offset = np.array([offsets[zone] for zone in zones], dtype=np.float64)
    return (hour * 3600 + minute * 60 + second - offset * 60) / 86400, sound


def _offset(zone: str | None) -> int:
    """Minutes ahead of UTC."""
    if not zone or zone[0] not in "+-":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return minutes if zone[0] == "+" else -minutes


def _numbers(parts: pa.StructArray, name: str, names: set[str], default: float = 0.0) -> NDArray[np.float64]:
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc

    if name not in names:
        return np.full(len(parts), default)
    texts = pc.replace_substring(parts.field(name), ",", ".")
    filled = pc.if_else(pc.equal(texts, ""), pa.scalar(None, texts.type), texts)
    return np.asarray(pc.fill_null(pc.cast(filled, pa.float64()), default).to_numpy(zero_copy_only=False))
