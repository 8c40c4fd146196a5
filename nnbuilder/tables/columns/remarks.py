"""What has to be told about a column: whatever was guessed, left out, or not taken as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.fields import plain
from nnbuilder.tables.choices import Choices
from nnbuilder.tables.columns import column_types, numbers
from nnbuilder.tables.columns.blanks import STAND_INS
from nnbuilder.tables.columns.codes import codes, not_predicted
from nnbuilder.tables.columns.column_types import ColumnType, Found
from nnbuilder.tables.columns.labels import LabelForm
from nnbuilder.tables.columns.numbers import EXACT, PLAIN, NumberForm
from nnbuilder.tables.columns.odd_dates import bare_days, counted_days, short_years, stand_in_days
from nnbuilder.tables.columns.odd_labels import only_marks, same_labels
from nnbuilder.tables.columns.odd_numbers import without_signs
from nnbuilder.tables.columns.tasks import MOST_CLASSES
from nnbuilder.tables.findings import TYPE_WORDS, ColumnAnswer, Finding, shown

if TYPE_CHECKING:
    import pyarrow as pa

Lines = Callable[[int], int]

MOSTLY = 0.5
"""Share of the cells that look like numbers, or dates, from which on a column that is neither is explained."""
FEW_NUMBERS = 0.05
"""Share of a column of words in which numbers are odd."""
ZERO_GAP = 0.2
"""A 0 is odd where the smallest of the other numbers is more than this share of the largest."""
MOST_ANSWERED = 20
"""With more different texts that do not fit, one click does not call them all missing."""
_EITHER = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]")
_TIME = r"\d:\d{2}"
_OFFSET = r":\d{2}(?:[.,]\d+)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})\s*$"
_MARKS = {",": "decimal comma", ".": "decimal point"}


def remarks(
    name: str,
    column: pa.Array,
    found: Found,
    chosen: ColumnType | None,
    line_of: Lines,
    answers: Mapping[str, Any] | None = None,
) -> list[Finding]:
    """The findings about a column; `answers` are what a person said of it before."""
    where = f"Column {shown(name)}"
    told: list[Finding] = []
    if chosen is not None and chosen != found.type:
        what = TYPE_WORDS[chosen]
        told.append(
            Finding(
                "warning",
                f"{where} cannot be read as {what}: its cells allow only {TYPE_WORDS[found.type]}; "
                "choose another type.",
                answers=(ColumnAnswer("As detected", types={name: None}),),
            )
        )
    if isinstance(found.form, NumberForm):
        told += _numbers(name, column, found, line_of)
        told += codes(name, column, found, line_of) if chosen is None else []
    elif found.type == "identifier" and chosen is None:
        told += not_predicted(name, found)
    if found.guessed_order:
        told.append(_order(name, column, found, line_of))
    if found.type == "date":
        told += _offsets(name, column, line_of)
        told += stand_in_days(name, column, found, line_of, (answers or {}).get("labels", ()))
    said = short_years(name, column, found) or counted_days(name, found) or bare_days(name, found, chosen)
    told += [said] if said else []
    if len(found.bad):
        told.append(_bad(name, column, found, line_of))
    if isinstance(found.form, LabelForm):
        told += _labels(name, column, found, line_of)
    elif found.type == "number":
        told += _stand_ins(name, column, found, line_of, (answers or {}).get("labels", ()))
    return told


def mixed_units(name: str, column: pa.Array) -> Finding | None:
    """That a column holds numbers with several units, where it does."""
    if column_types.looks(column)[0] < 0.5:
        return None
    units = numbers.units(column)
    if len(units) < 2 or sum(count for _, count in units) < 0.5 * len(column):
        return None
    said = " and ".join(f"“{unit}” ({_rows(count)})" if unit else f"none ({_rows(count)})" for unit, count in units[:4])
    return Finding(
        "warning",
        f"Column {shown(name)} has numbers with different units: {said}; it is not read as numbers until the file has "
        "one unit.",
    )


def nearly(name: str, column: pa.Array, found: Found, line_of: Lines) -> Finding | None:
    """That most cells of a column of texts are numbers or dates, and why it is no such column, where it is so."""
    if found.type == "yes_no":
        return None
    like_numbers, like_dates = column_types.looks(column)
    # Dates with points look like numbers, too.
    tried: list[tuple[float, ColumnType]] = [(like_dates, "date"), (like_numbers, "number")]
    for share, kind in sorted(tried, key=lambda one: -one[0]):
        read = None
        if share >= MOSTLY:
            read = column_types.as_dates(column) if kind == "date" else column_types.as_numbers(column)
        if read is not None:
            break
    else:
        return None
    whole = len(read.missing) - int(read.missing.sum())
    odd = len(read.bad)
    if not odd:
        return None
    row, fitting = int(read.bad[0]), int(np.flatnonzero(~np.isnan(_values(read)))[0])
    answers = (ColumnAnswer(f"Read as {kind}s", types={name: kind}),) if odd < whole / 2 else ()
    cure = f"read it as {kind}s to have them count as missing" if answers else "write them all in one way"
    return Finding(
        "warning",
        f"Column {shown(name)} looks like {kind}s, but {plain(odd)} of {plain(whole)} cells "
        f"{'does' if odd == 1 else 'do'} not fit the others, such as {shown(column[row].as_py())} in line "
        f"{line_of(row)} beside {shown(column[fitting].as_py())} in line {line_of(fitting)}, so it is taken as "
        f"{TYPE_WORDS[found.type]}; correct the file, or {cure}.",
        line_of(row),
        answers=answers,
    )


def _offsets(name: str, column: pa.Array, line_of: Lines) -> list[Finding]:
    """That some times say how far they are from UTC and some do not, which may lie hours apart."""
    from nnbuilder.tables.arrow import compute as pc

    timed = pc.fill_null(pc.match_substring_regex(column, _TIME), False)
    offset = pc.fill_null(pc.match_substring_regex(column, _OFFSET), False)
    bare = pc.and_(timed, pc.invert(offset))
    if not (pc.any(offset).as_py() and pc.any(bare).as_py()):
        return []
    one, other = (int(pc.index(mask, True).as_py()) for mask in (offset, bare))
    return [
        Finding(
            "warning",
            f"Column {shown(name)} has times with an offset from UTC, such as {shown(column[one].as_py())} in line "
            f"{line_of(one)}, and times without, such as {shown(column[other].as_py())} in line {line_of(other)}, "
            "which are taken for UTC; write them all in one way.",
            line_of(other),
        )
    ]


def _order(name: str, column: pa.Array, found: Found, line_of: Lines) -> Finding:
    """That the dates may be read with the day or with the month first."""
    rows = np.flatnonzero(~np.isnan(_values(found)))[:1000].tolist()
    # One whose two numbers differ shows what the choice is about.
    either = ((row, _EITHER.match(column[row].as_py().strip())) for row in rows)
    row = next((row for row, parts in either if parts and int(parts[1]) != int(parts[2])), rows[0])
    text = column[row].as_py()
    return Finding(
        "question",
        f"Column {shown(name)} has dates such as {shown(text)} in line {line_of(row)} that do not tell day and month "
        "apart; they are read with the day first until you choose.",
        line_of(row),
        answers=tuple(
            ColumnAnswer(order.capitalize(), {name: {"order": order}}) for order in ("day first", "month first")
        ),
    )


def _numbers(name: str, column: pa.Array, found: Found, line_of: Lines) -> list[Finding]:
    where, form = f"Column {shown(name)}", found.form
    assert isinstance(form, NumberForm)
    as_name = (ColumnAnswer("Take it as an identifier", types={name: "identifier"}),)
    told: list[Finding] = []
    if found.options:
        row = next(row for row in range(len(column)) if len(set(_read(column, row, found.options))) > 1)
        readings = _read(column, row, found.options)
        told.append(
            Finding(
                "question",
                f"{where}: {shown(column[row].as_py())} in line {line_of(row)} may be "
                f"{' or '.join(plain(value) for value in readings)}; it is read as "
                f"{plain(_read(column, row, (form,))[0])} until you choose.",
                line_of(row),
                tuple(
                    (f"{plain(value)}: {_MARKS[option.decimal]}", Choices(decimal=option.decimal))
                    for value, option in zip(readings, found.options, strict=True)
                ),
            )
        )
    if form.unit:
        told.append(
            Finding("note", f"{where} has the unit “{form.unit}” in every cell; the numbers are taken without it.")
        )
    if found.zeros and found.type == "number":
        told.append(
            Finding(
                "warning",
                f"{where} has {_many(found.zeros, 'number that begins', 'numbers that begin')} with a zero, which is "
                "lost in a number.",
                answers=as_name,
            )
        )
    values = _values(found)
    if max(map(abs, found.range)) >= EXACT:
        far = np.flatnonzero(~(np.abs(values) < EXACT) & ~np.isnan(values))
        texts = [column[int(row)].as_py() or "" for row in far[:1000]]
        lost = [int(far[place]) for place in numbers.inexact(texts, form)]
        if lost:
            told.append(
                Finding(
                    "warning",
                    f"{where} has whole numbers too long to be kept exactly, such as {shown(column[lost[0]].as_py())} "
                    f"in line {line_of(lost[0])}; if they only name things, choose the type identifier.",
                    line_of(lost[0]),
                    answers=as_name,
                )
            )
    # The very object says that Arrow took all cells as they stand.
    if form is not PLAIN:
        told += _brackets(where, column, line_of)
    return told


def _brackets(where: str, column: pa.Array, line_of: Lines) -> list[Finding]:
    from nnbuilder.tables.arrow import compute as pc

    rows = np.flatnonzero(pc.fill_null(pc.starts_with(pc.utf8_trim_whitespace(column), "("), False))
    if not len(rows):
        return []
    row = int(rows[0])
    message = (
        f"{where}: {shown(column[row].as_py())} in line {line_of(row)} is read as a negative number, as accountants "
        "write it."
    )
    return [Finding("note", message, line_of(row))]


def _bad(name: str, column: pa.Array, found: Found, line_of: Lines) -> Finding:
    rows = found.bad[:5].tolist()
    texts = _texts(column, found.bad)
    answers = [ColumnAnswer("They are missing", {name: {"missing": texts}})] if len(texts) <= MOST_ANSWERED else []
    cells = ", ".join(f"{shown(column[row].as_py() or '')} in line {line_of(row)}" for row in rows[:3])
    more = f" and {plain(len(found.bad) - 3)} more" if len(found.bad) > 3 else ""
    what = "date" if found.type == "date" else "finite number"
    verb = "is" if len(found.bad) == 1 else "are"
    return Finding(
        "warning",
        f"Column {shown(name)}: {cells}{more} {verb} no {what if verb == 'is' else what + 's'} and "
        f"{'counts' if verb == 'is' else 'count'} as missing; "
        "correct the file, or choose another type for the column.",
        line_of(rows[0]),
        answers=(*answers, *_without_signs(name, texts, found), *_as_categories(name, column)),
    )


def _without_signs(name: str, texts: list[str], found: Found) -> tuple[ColumnAnswer, ...]:
    few = isinstance(found.form, NumberForm) and len(texts) <= MOST_ANSWERED
    return without_signs(name, texts, found.form) if few and isinstance(found.form, NumberForm) else ()


def _as_categories(name: str, column: pa.Array) -> tuple[ColumnAnswer, ...]:
    """The offer to take numbers as categories, where there are few enough of them."""
    from nnbuilder.tables.arrow import compute as pc

    if pc.count_distinct(column).as_py() > MOST_CLASSES:
        return ()
    return (ColumnAnswer("Take it as categories", types={name: "category"}),)


def _labels(name: str, column: pa.Array, found: Found, line_of: Lines) -> list[Finding]:
    where, form = f"Column {shown(name)}", found.form
    assert isinstance(form, LabelForm)
    told: list[Finding] = []
    for label in found.asked:
        row = _first(column, label)
        told.append(
            Finding(
                "question",
                f"{where}: {shown(label)} ({_rows(found.counts[label])}, first in line {line_of(row)}) may be a "
                "class or a missing value; it is kept as a class until you say otherwise.",
                line_of(row),
                answers=(
                    ColumnAnswer("A missing value", {name: {"missing": [label]}}),
                    ColumnAnswer("A class", {name: {"labels": [label]}}),
                ),
            )
        )
    if found.type not in ("category", "yes_no"):
        return told
    for label in form.missing:
        row = _first(column, label)
        told.append(
            Finding(
                "note",
                f"{where}: {shown(label)} counts as missing, first in line {line_of(row)}.",
                line_of(row),
                answers=(ColumnAnswer("It is a class", {name: {"labels": [label]}}),),
            )
        )
    if form.fold:
        variants = sorted(set(found.counts) - set(form.labels))
        if variants:
            told.append(
                Finding(
                    "note", f"{where}: {', '.join(map(shown, variants[:5]))} {_are(variants)} taken without capitals."
                )
            )
    else:
        told += only_marks(name, found)
        told += same_labels(name, column, found, form.labels, line_of)
    odd = [label for label in form.labels if numbers.like_number(label)] if found.type == "category" else []
    count = sum(found.counts.get(label, 0) for label in odd)
    if odd and count <= max(1, FEW_NUMBERS * sum(found.counts.values())):
        row = _first(column, odd[0])
        told.append(
            Finding(
                "warning",
                f"{where}: {shown(odd[0])} in line {line_of(row)} is a number among words; look whether the cells of "
                "its row stand in the right columns.",
                line_of(row),
            )
        )
    from nnbuilder.tables.arrow import compute as pc

    trimmed = int(pc.sum(pc.not_equal(pc.utf8_trim_whitespace(column), column)).as_py() or 0)
    blank = int(pc.sum(pc.and_(pc.equal(pc.utf8_trim_whitespace(column), ""), pc.not_equal(column, ""))).as_py() or 0)
    if trimmed - blank:
        told.append(
            Finding("note", f"{where}: the spaces around {_many(trimmed - blank, 'label', 'labels')} are left out.")
        )
    return told


def _stand_ins(name: str, column: pa.Array, found: Found, line_of: Lines, meant: Collection[str]) -> list[Finding]:
    """Numbers such as -999 that stand far from all others and often mean a missing value."""
    values = _values(found)
    for value in found.range:
        if value not in STAND_INS and not value == 0 == found.range[0]:
            continue
        known = values[~np.isnan(values)]
        rows = np.flatnonzero(values == value)
        rest = known[known != value]
        if not (_is_odd_zero(rest, len(rows)) if value == 0 else _is_far(value, rest, len(rows))):
            continue
        first, texts = line_of(int(rows[0])), _texts(column, rows)
        if set(texts) <= set(meant):
            continue
        return [
            Finding(
                "warning",
                f"Column {shown(name)} holds {plain(float(value))} in {_rows(len(rows))} (first in line {first}), "
                "far from all other numbers; say whether it stands for a missing value.",
                first,
                answers=(
                    ColumnAnswer("A missing value", {name: {"missing": texts}}),
                    ColumnAnswer("A number", {name: {"labels": texts}}),
                ),
            )
        ]
    return []


def _is_far(value: float, rest: NDArray[np.float64], times: int) -> bool:
    """Whether a number stands farther from all others than these from each other."""
    if not len(rest):
        return False
    away = min(abs(value - rest.min()), abs(value - rest.max()))
    return bool(away > max(float(rest.max() - rest.min()), 1.0) and (times < len(rest) or len(rest) >= 2))


def _is_odd_zero(rest: NDArray[np.float64], times: int) -> bool:
    """Whether 0 can hardly be measured where it stands: all others are many, larger, and within a factor of five."""
    return len(rest) >= max(20, times) and bool(rest.min() > ZERO_GAP * rest.max()) and len(np.unique(rest)) >= 10


def _read(column: pa.Array, row: int, forms: tuple[NumberForm, ...]) -> list[float]:
    cell = column.slice(row, 1)
    values = [float(numbers.convert(cell, form)[0]) for form in forms]
    return [value for value in values if value == value]


def _texts(column: pa.Array, rows: NDArray[np.intp]) -> list[str]:
    """The different texts of some cells, without spaces around them."""
    from nnbuilder.tables.arrow import compute as pc
    from nnbuilder.tables.columns.blanks import tidy

    return sorted(text for text in pc.unique(tidy(pc.take(column, rows))).to_pylist() if text)


def _first(column: pa.Array, label: str) -> int:
    from nnbuilder.tables.arrow import compute as pc

    return max(0, int(pc.index(pc.utf8_trim_whitespace(column), label).as_py()))


def _values(found: Found) -> np.ndarray:
    assert found.values is not None
    return found.values


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{plain(count)} rows"


def _many(count: int, one: str, many: str) -> str:
    return f"{plain(count)} {one if count == 1 else many}"


def _are(items: list[str]) -> str:
    return "is" if len(items) == 1 else "are"
