"""What is told of dates: the century of short years, days that stand for none, and dates that are not read as such."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnbuilder.fields import counted, plain
from nnbuilder.tables.columns.blanks import is_spelled_missing
from nnbuilder.tables.columns.column_types import Found
from nnbuilder.tables.columns.dates import (
    DAYS_A_YEAR,
    EARLIER_YEAR,
    FIRST_YEAR,
    MONTHS,
    SHORT_YEAR_FIRST,
    DateForm,
    convert,
)
from nnbuilder.tables.findings import TYPE_WORDS, ColumnAnswer, Finding, Lines, shown

if TYPE_CHECKING:
    import pyarrow as pa


STAND_INS = ("0001-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "2099-12-31", "2199-12-31",
             "2999-12-31", "3000-01-01", "3000-12-31", "4000-12-31", "9999-01-01", "9999-12-31")  # fmt: skip
"""Days that often stand for no date; they are only warned of."""
FAR = 10 * DAYS_A_YEAR
"""So many days from all others a stand-in is odd."""
FAR_YEARS = 150
"""Years from now at which a date is of another calendar, or mistyped."""
LEAST = 0.9
MOST_MONTHS = 12
_NUMBERED = re.compile(r"\d+")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20|21)\d\d(?!\d)")
_PERIOD = re.compile(
    r"(?:1[5-9]|20|21)\d\d\s*[-/ ]?\s*(?:[WwQqHh]|KW)\s*\d{1,2}(?:-\d)?|(?:Q|H|W|KW)\s*\d{1,2}\s*[-/ ']?\s*(?:20)?\d\d"
    r"|(?:1[5-9]|20|21)\d\d-\d{3}"
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_WHEN = re.compile(
    r"date|datum|fecha|\btime|zeit|heure|\bhora|timestamp|_at\b|created|updated|modified|\bday\b|\btag\b", re.IGNORECASE
)
_MARKED = {"day.month.year", "day/month/year", "month/day/year"}
_SERIAL = (20_000.0, 60_000.0)
_SECONDS = (300_000_000.0, 4_000_000_000.0)


def short_years(name: str, column: pa.Array, found: Found) -> Finding | None:
    """Into which century years of two digits were put, with the other one to choose."""
    form = found.form
    if not found.short_years or not isinstance(form, DateForm):
        return None
    first = form.first_year
    count = "1 year" if found.short_years == 1 else f"{plain(found.short_years)} years"
    verb = "is" if found.short_years == 1 else "are"
    others = [year for year in dict.fromkeys((FIRST_YEAR, EARLIER_YEAR)) if year != first]
    why = ", for some would lie too far ahead otherwise" if first != FIRST_YEAR and found.ahead else ""
    place = ", and stand first" if form.patterns[0] == SHORT_YEAR_FIRST else ""
    return Finding(
        "warning" if why else "note",
        f"Column {shown(name)} has {count} of two digits; {'it' if verb == 'is' else 'they'} {verb} taken from "
        f"{first} to {first + 99}{why}{place}.",
        answers=(
            *(ColumnAnswer(f"{year} to {year + 99}", {name: {"first_year": year}}) for year in others),
            *_year_first(name, column, found, form),
        ),
    )


def _year_first(name: str, column: pa.Array, found: Found, form: DateForm) -> tuple[ColumnAnswer, ...]:
    """The offer to take the first of the three numbers for the year, where every cell allows it."""
    assert found.values is not None
    if SHORT_YEAR_FIRST in form.patterns or not set(form.patterns) & _MARKED:
        return ()
    other = convert(column, DateForm((SHORT_YEAR_FIRST,), form.first_year))
    fits = np.isnan(other) <= np.isnan(found.values)
    return (ColumnAnswer("Year first", {name: {"order": "year first"}}),) if bool(fits.all()) else ()


def stand_in_days(name: str, column: pa.Array, found: Found, line_of: Lines, meant: Collection[str]) -> list[Finding]:
    """Days such as 9999-12-31 far from all others, and dates of years that are hardly meant."""
    values = found.values
    if found.type != "date" or values is None or not np.isfinite(values).any():
        return []
    for text in STAND_INS:
        day = float((date.fromisoformat(text) - date(1970, 1, 1)).days)
        if day not in found.range:
            continue
        rows = np.flatnonzero(np.floor(values) == day)
        rest = values[~np.isnan(values) & (np.floor(values) != day)]
        texts = sorted({column[row].as_py().strip() for row in rows[:1000].tolist()})
        if not len(rest) or set(texts) <= set(meant) or _away(day, rest) < FAR:
            continue
        first = line_of(int(rows[0]))
        return [
            Finding(
                "warning",
                f"Column {shown(name)} holds {shown(texts[0])} in {counted(len(rows), 'row')} (first in line {first}), "
                "far from all other dates; say whether it stands for no date.",
                first,
                answers=(
                    ColumnAnswer("No date", {name: {"missing": texts}}),
                    ColumnAnswer("A date", {name: {"labels": texts}}),
                ),
            )
        ]
    if meant:
        return []
    now, known = date.today().year, ~np.isnan(values)
    far = np.flatnonzero(known & (np.nan_to_num(values) > (now + FAR_YEARS - 1970) * DAYS_A_YEAR))
    if not len(far):
        return []
    row = int(far[0])
    return [
        Finding(
            "warning",
            f"Column {shown(name)} has {counted(len(far), 'row')} with dates more than {FAR_YEARS} years ahead, first "
            f"{shown(column[row].as_py())} in line {line_of(row)}; correct them in the file, unless they are meant, as "
            "in other calendars.",
            line_of(row),
        )
    ]


def unread_dates(name: str, column: pa.Array, found: Found, line_of: Lines) -> Finding | None:
    """That labels are dates or periods of time in a form that is not read."""
    counts = {text: n for text, n in islice(found.counts.items(), 2000) if not is_spelled_missing(text)}
    # Words cost no more than a glance.
    if not any(map(_like_time, islice(counts, 50))):
        return None
    like = [text for text in counts if _like_time(text)]
    if not like or sum(counts[text] for text in like) < LEAST * sum(counts.values()):
        return None
    from nnbuilder.tables.arrow import compute as pc
    from nnbuilder.tables.columns.blanks import tidy

    row = min(int(pc.index(tidy(column), text).as_py()) for text in like[:50])
    return Finding(
        "warning",
        f"Column {shown(name)} seems to hold dates or times, such as {shown(column[row].as_py())} in line "
        f"{line_of(row)}, in a form that is not read as dates, so it is taken as {TYPE_WORDS[found.type]}; write them "
        "as 2024-03-01, or 2024-03-01 14:30, to have them as dates.",
        line_of(row),
    )


def seasons(name: str, found: Found) -> Finding | None:
    """That labels such as 2009-10 are taken for seasons, where each may be a month as well."""
    text = next(iter(found.counts))
    if not all(1 <= int(text.strip()[-2:]) <= MOST_MONTHS for text in found.counts if not is_spelled_missing(text)):
        return None
    return Finding(
        "note",
        f"Column {shown(name)} holds years and the next ones, such as {shown(text)}, and is taken as "
        f"{TYPE_WORDS[found.type]}; say so if they are months.",
        answers=(ColumnAnswer("They are months", types={name: "date"}),),
    )


def counted_days(name: str, found: Found) -> Finding | None:
    """That numbers in a column of dates are days or seconds that a program counts."""
    values = found.values
    if found.type != "number" or values is None or not _WHEN.search(name.replace("_at", " _at")):
        return None
    low, high = found.range
    if _SERIAL[0] <= low and high <= _SERIAL[1]:
        first, unit = date(1899, 12, 30) + timedelta(days=int(low)), "days as spreadsheets count them"
    elif _SECONDS[0] <= low and high <= _SECONDS[1]:
        first, unit = date(1970, 1, 1) + timedelta(seconds=int(low)), "seconds since 1970"
    elif _SECONDS[0] * 1000 <= low and high <= _SECONDS[1] * 1000:
        first, unit = date(1970, 1, 1) + timedelta(milliseconds=int(low)), "milliseconds since 1970"
    else:
        return None
    return Finding(
        "note",
        f"Column {shown(name)} seems to hold dates as {unit}, where {plain(low)} is {first.isoformat()}; it is read as "
        "the numbers that stand there, from which a network learns the same.",
    )


def bare_days(name: str, found: Found, chosen: str | None) -> Finding | None:
    """That numbers of eight digits are read as dates in a column whose name says nothing of dates."""
    form = found.form
    if not isinstance(form, DateForm) or form.patterns != ("yearmonthday",) or chosen or _WHEN.search(name):
        return None
    return Finding(
        "note",
        f"Column {shown(name)} is read as dates, for each of its numbers of eight digits is one, as 20240301 is; say "
        "so if they are numbers.",
        answers=(
            ColumnAnswer("They are numbers", types={name: "number"}),
            ColumnAnswer("They are identifiers", types={name: "identifier"}),
        ),
    )


def _like_time(text: str) -> bool:
    if _PERIOD.fullmatch(text.strip()):
        return True
    if len(text) > 50 or not any(map(str.isdigit, text)):
        return False
    words = [word.lower() for word in _WORD.findall(text)]
    month = any(word in MONTHS for word in words)
    numbers = _NUMBERED.findall(text)
    if month and len(words) <= 3 and len(numbers) <= 5:
        return bool(re.search(r"\d", text)) and (len(numbers) > 1 or bool(re.search(r"[^\W\d]\W+'?\d\d", text)))
    return bool(_YEAR.search(text)) and (
        len(words) <= 2 and 2 <= len(numbers) <= 8 and bool(re.search(r"\d\s*[-./年月]|\d\s[^\W\d]|\d:\d", text))
    )


def _away(day: float, rest: NDArray[np.float64]) -> float:
    return float(min(abs(day - rest.min()), abs(day - rest.max())))
