"""What has to be told about a column: whatever was guessed, left out, or not taken as it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnbuilder.fields import counted, plain
from nnbuilder.tables.columns import column_types, numbers
from nnbuilder.tables.columns.blanks import texts_at
from nnbuilder.tables.columns.codes import codes, not_predicted
from nnbuilder.tables.columns.column_types import ColumnType, Found
from nnbuilder.tables.columns.label_remarks import label_remarks
from nnbuilder.tables.columns.labels import LabelForm
from nnbuilder.tables.columns.number_remarks import number_remarks, stand_ins, values_of
from nnbuilder.tables.columns.numbers import NumberForm
from nnbuilder.tables.columns.odd_dates import bare_days, counted_days, short_years, stand_in_days
from nnbuilder.tables.columns.odd_numbers import without_signs
from nnbuilder.tables.columns.tasks import MOST_CLASSES
from nnbuilder.tables.findings import TYPE_WORDS, ColumnAnswer, Finding, Lines, shown

if TYPE_CHECKING:
    import pyarrow as pa


MOSTLY = 0.5
"""Share of the cells that look like numbers, or dates, from which on a column that is neither is explained."""
MOST_ANSWERED = 20
"""With more different texts that do not fit, one click does not call them all missing."""
_EITHER = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]")
_TIME = r"\d:\d{2}"
_OFFSET = r":\d{2}(?:[.,]\d+)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})\s*$"


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
        told += number_remarks(name, column, found, found.form, line_of)
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
        told += label_remarks(name, column, found, found.form, line_of)
    elif found.type == "number":
        told += stand_ins(name, column, found, line_of, (answers or {}).get("labels", ()))
    return told


def mixed_units(name: str, column: pa.Array) -> Finding | None:
    """That a column holds numbers with several units, where it does."""
    if column_types.looks(column)[0] < 0.5:
        return None
    units = numbers.units(column)
    # Year and years are no two units.
    if len({unit.lower().removesuffix("s") for unit, _ in units}) < 2 or sum(count for _, count in units) < 0.5 * len(
        column
    ):
        return None
    said = " and ".join(f"{f'“{unit}”' if unit else 'none'} ({counted(count, 'row')})" for unit, count in units[:4])
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
    row, fitting = int(read.bad[0]), int(np.flatnonzero(~np.isnan(values_of(read)))[0])
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
    rows = np.flatnonzero(~np.isnan(values_of(found)))[:1000].tolist()
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


def _bad(name: str, column: pa.Array, found: Found, line_of: Lines) -> Finding:
    rows = found.bad[:5].tolist()
    texts = texts_at(column, found.bad)
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
