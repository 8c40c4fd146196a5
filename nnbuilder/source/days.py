"""The lines that turn dates into days since 1970-01-01."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nnbuilder.source.cells import Cells
from nnbuilder.source.layout import before, items, lay_out, mapping
from nnbuilder.source.literals import literal, raw
from nnbuilder.source.script import NAME, Script
from nnbuilder.tables.columns.dates import FIRST_YEAR, MONTHS, PATTERNS, DateForm

_SIMPLE = {
    "year-month-day": ("%Y-%m-%d", r"\d{4}-\d{1,2}-\d{1,2}"),
    "year/month/day": ("%Y/%m/%d", r"\d{4}/\d{1,2}/\d{1,2}"),
    "year.month.day": ("%Y.%m.%d", r"\d{4}\.\d{1,2}\.\d{1,2}"),
    "day.month.year": ("%d.%m.%Y", r"\d{1,2}\.\d{1,2}\.\d{4}"),
    "day/month/year": ("%d/%m/%Y", r"\d{1,2}/\d{1,2}/\d{4}"),
    "month/day/year": ("%m/%d/%Y", r"\d{1,2}/\d{1,2}/\d{4}"),
    "yearmonthday": ("%Y%m%d", r"\d{8}"),
    "year-month": ("%Y-%m", r"\d{4}-\d{2}"),
}
"""Ways of writing that pandas knows, each with what it must look like."""


def strptime_format(cells: Cells) -> str | None:
    """The format that reads the whole column, or None if it takes more than that."""
    patterns = cells.form["patterns"]
    whole = (cells.profile.get("statistics") or {}).get("whole")
    if len(patterns) != 1 or patterns[0] not in _SIMPLE or not whole or cells.bad is None:
        return None
    form, look = _SIMPLE[patterns[0]]
    written = re.compile(look)
    return form if all(written.fullmatch(cell) for cell in cells.filled) else None


def needs_text(cells: Cells) -> bool:
    """Whether pandas would take the dates for numbers."""
    return "yearmonthday" in cells.form["patterns"]


def write_days(script: Script, members: Sequence[Cells], form: str | None) -> None:
    """Dates of the same form become days; None asks for the careful way."""
    names = [cells.name for cells in members]
    script.use("pandas as pd")
    script.paragraph("Dates become days since 1970-01-01.")
    if form is not None:
        read = f"dates = pd.to_datetime(table[{NAME}], format={literal(form)})"
        script.columns(names, [read, f"table[{NAME}] = (dates - pd.Timestamp({literal('1970-01-01')})).dt.days"])
        return
    write_function(script, members)
    for cells in members:
        patterns = [raw(pattern_of(name, members)) for name in cells.form["patterns"]]
        script.set("patterns", items(patterns))
        more = f", {first_year(cells)}" if moves_years(members) else ""
        script.columns([cells.name], [f"table[{NAME}] = [days(text, patterns{more}) for text in table[{NAME}]]"])


def first_year(cells: Cells) -> int:
    """Where the hundred years begin that years of two digits lie in."""
    return DateForm.from_json(cells.form).first_year


def moves_years(members: Sequence[Cells]) -> bool:
    """Whether the years of two digits of some column begin elsewhere than usual."""
    return any(first_year(cells) != FIRST_YEAR for cells in members)


def pattern_of(name: str, members: Sequence[Cells]) -> str:
    """The regular expression of a way of writing dates, without what is nowhere in columns that are known whole."""
    pattern = PATTERNS[name]
    if all(cells.complete for cells in members):
        if not any(":" in cell for cells in members for cell in cells.different):
            pattern = re.sub(r"\(\?:\(\?:\[Tt\]\|.*\$$", "$", pattern)
        words = "|".join(sorted(_months(members), key=len, reverse=True))
        pattern = re.sub(r"\(\?i:[^()]*\)", f"(?i:{words})", pattern)
    return pattern


def _months(members: Sequence[Cells]) -> list[str]:
    """The names of months that may stand in the columns."""
    if not all(cells.complete for cells in members):
        return list(MONTHS)
    texts = " ".join(cell.lower() for cells in members for cell in cells.different)
    words = set(re.findall(r"[^\W\d_]+", texts))
    return [name for name in MONTHS if name in words]


def write_function(script: Script, members: Sequence[Cells]) -> None:
    """Define ``days``, from a text and the ways of writing to days, with no more in it than these columns need."""
    if _named(members):
        words = [(literal(word), str(MONTHS[word])) for word in _months(members)]
        script.function("MONTHS", lay_out(before("MONTHS = ", mapping(words))))
    script.use("math")
    script.use("re")
    script.use("datetime", "date")
    script.function("days", _function(members))


def _named(members: Sequence[Cells]) -> bool:
    """Whether months stand there by name."""
    return any("(?P<name>" in PATTERNS[name] for cells in members for name in cells.form["patterns"])


def _function(members: Sequence[Cells]) -> list[str]:
    patterns = {name for cells in members for name in cells.form["patterns"]}
    named = _named(members)
    timed = any("(?P<hour>" in PATTERNS[name] for name in patterns)
    timed = timed and not all(_whole(cells) for cells in members)
    moved = moves_years(members)
    lines = [
        "def days(text, patterns, first):" if moved else "def days(text, patterns):",
        '    """Days since 1970-01-01 of a date written in one of some ways, or NaN."""',
        "    for pattern in patterns:",
        "        found = re.match(pattern, str(text).strip())",
        "        if not found:",
        "            continue",
        '        part = {"day": "1", "name": "", **found.groupdict(default="")}',
        '        year = int(part["year"])',
        '        if len(part["year"]) == 2:',
        "            year = first + (year - first) % 100"
        if moved
        else "            year += 1900 if year >= 70 else 2000",
        "        try:",
    ]
    month = 'MONTHS.get(part["name"].lower()) or int(part["month"])' if named else 'int(part["month"])'
    if named and not any("(?P<month>" in PATTERNS[name] for name in patterns):
        month = 'MONTHS[part["name"].lower()]'
    lines += [
        f"            month = {month}",
        '            day = date(year, month, int(part["day"])).toordinal() - 719163',
        "        except ValueError:",
        "            continue",
    ]
    if not timed:
        return [*lines, "        return float(day)", "    return math.nan"]
    return [
        *lines,
        '        hour, minute = int(part.get("hour") or 0), int(part.get("minute") or 0)',
        '        second = float((part.get("second") or "0").replace(",", "."))',
        '        half, zone = (part.get("half") or "").lower(), part.get("zone") or ""',
        "        if half and not 1 <= hour <= 12 or hour > 24 or minute > 59 or second >= 61:",
        "            continue",
        '        if half == "pm" and hour < 12:',
        "            hour += 12",
        '        if half == "am" and hour == 12:',
        "            hour = 0",
        "        if hour == 24 and (minute or second):",
        "            continue",
        "        ahead = 0",
        '        if zone and zone[0] in "+-":',
        '            ahead = int(zone[0] + "1") * (int(zone[1:3]) * 60 + int(zone[-2:]))',
        "        return day + (hour * 3600 + minute * 60 + second - ahead * 60) / 86400",
        "    return math.nan",
    ]


def _whole(cells: Cells) -> bool:
    return bool((cells.profile.get("statistics") or {}).get("whole"))
