"""What each column of a table holds, and what has to be told about it: the profile that the data page shows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nnbuilder.tables.ahead import ahead
from nnbuilder.tables.answers import Answers, blanked, folded, merged
from nnbuilder.tables.columns import column_types, dates, labels, numbers
from nnbuilder.tables.columns.blanks import empty
from nnbuilder.tables.columns.column_profile import ColumnProfile, Profile
from nnbuilder.tables.columns.column_types import FITS, ColumnType, Found
from nnbuilder.tables.columns.dates import DateForm
from nnbuilder.tables.columns.labels import MOST_LABELS, LabelForm
from nnbuilder.tables.columns.meanings import MeantForm, meant
from nnbuilder.tables.columns.numbers import NumberForm
from nnbuilder.tables.columns.patterns import missing_patterns
from nnbuilder.tables.columns.remarks import remarks
from nnbuilder.tables.columns.spelled import Words, missing_notes, words_for_missing
from nnbuilder.tables.columns.statistics import describe, sampled
from nnbuilder.tables.columns.why_labels import why_labels
from nnbuilder.tables.findings import Finding
from nnbuilder.tables.folding import told_once

if TYPE_CHECKING:
    import pyarrow as pa

KEPT_CATEGORIES = 1000
KEPT_BAD = 20
EXAMPLES = 5
_CHOSEN = "Chosen by you."
_ANYTHING: tuple[ColumnType, ...] = ("text", "identifier")
"""What every column can be."""

Progress = Callable[[float, str], None]


class ReadTable(Protocol):
    """What is needed of `nnbuilder.tables.reading.Table`."""

    @property
    def data(self) -> pa.Table:
        """Every column as text."""
        ...

    @property
    def choices(self) -> Any:
        """How the file is read; its `decimal` and `thousands` matter here."""
        ...

    @property
    def first_line(self) -> Any:
        """The line of the file at which a row begins; called or indexed."""
        ...


def profile_table(
    table: ReadTable,
    overrides: Mapping[str, ColumnType] | None = None,
    answers: Answers | None = None,
    progress: Progress | None = None,
    keep: Callable[[ColumnProfile, NDArray[np.float64]], None] | None = None,
) -> Profile:
    """Look at every column of a table, one after the other.

    Parameters
    ----------
    table
        As `nnbuilder.tables.reading.read_table` gives it; only its data, choices and first_line are looked at.
    overrides
        Types chosen by a person, by column. One that no cell allows is not taken, and that is told.
    answers
        What a person said of columns, as in `nnbuilder.tables.answers`.
    progress
        Told the share that is done and a sentence.
    keep
        Given the numbers of each column that becomes numbers, as `column_values` would make them again.
    """
    overrides, answers = overrides or {}, answers or {}
    data, choices = table.data, table.choices
    decimals = [choices.decimal] if choices.decimal else []
    thousands = choices.thousands or ""
    line_of = _lines(table.first_line)
    done: dict[str, tuple[ColumnProfile, list[Finding]]] = {}
    gaps: dict[str, NDArray[np.uint8]] = {}
    names = list(data.column_names)
    # A typed format wrote its numbers out with a point.
    typed = {name for name, kind in zip(names, getattr(table, "types", ()), strict=False) if kind == "number"}

    def cells(name: str) -> pa.Array:
        """The column, with null where a person said that a value is missing, and one label for those that are one."""
        said = answers.get(name, {})
        return blanked(merged(_column(data, name), said.get("same", {})), said.get("missing", []))

    words: list[Words] = []

    def finish(name: str, column: pa.Array, found: Found) -> None:
        done[name] = _describe(name, column, found, overrides.get(name), answers.get(name, {}), line_of)
        if answers.get(name, {}).get("same"):
            profile, told = done[name]
            form = {**profile.form, "same": dict(answers[name]["same"])} if profile.form else profile.form
            done[name] = replace(profile, form=form), told
        if answers.get(name, {}).get("missing"):
            profile, told = done[name]
            done[name] = _with_missing(profile, _column(data, name), found, answers[name]["missing"]), told
        if found.missing.any() or len(found.bad):
            gone = found.missing.copy()
            gone[found.bad] = True
            gaps[name] = np.packbits(gone)
        profile = done[name][0]
        if profile.type in ("number", "date"):
            # What a person said themselves they need not be told.
            known = answers.get(name, {}).get("missing", ())
            unsaid = [text for text in profile.missing_spellings if text not in known]
            words.extend(words_for_missing(name, unsaid, column, line_of))
        if keep and found.values is not None:
            keep(profile, found.values)
        elif keep and profile.type in ("category", "yes_no"):
            keep(profile, column_values(column, profile))
        if progress:
            progress(len(done) / len(names), f"Looking at column {len(done)} of {len(names)}")

    waiting: list[str] = []
    evidence: set[str] = set()
    seen_decimals: set[str] = set()

    def look(name: str) -> tuple[str, pa.Array, Found | None]:
        column, marks = cells(name), ["."] if name in typed else decimals
        return name, column, _measured(column, name, overrides.get(name), marks, thousands, answers.get(name, {}))

    for name, column, found in ahead(look, names):
        if found is None or found.options:
            waiting.append(name)
            continue
        if found.type in ("number", "date") and found.missing.any():
            evidence |= {text.lower() for text in _spellings(column, found.missing)}
        if isinstance(found.form, NumberForm) and _decisive(found):
            seen_decimals.add(found.form.decimal)
        finish(name, column, found)
    # What the other columns are like decides, where a column can be read in more than one way.
    known = decimals or (sorted(seen_decimals) if len(seen_decimals) == 1 else [])
    for name in waiting:
        column = cells(name)
        found = _measured(column, name, overrides.get(name), known, thousands, answers.get(name, {}))
        if found is None:
            found = _as_labels(column, name, evidence, answers.get(name, {}))
        finish(name, column, found)
        if isinstance(found.form, LabelForm) and name not in overrides:
            told = why_labels(name, column, found, line_of, known)
            done[name][1].extend([told] if told else [])
    ordered = [done[name] for name in names]
    complete = missing_patterns(gaps, names, data.num_rows)
    findings = (*told_once([finding for _, told in ordered for finding in told]), *missing_notes(words))
    rank = {"question": 0, "warning": 1, "note": 2}
    findings = tuple(sorted(findings, key=lambda finding: rank[finding.severity]))
    return Profile(data.num_rows, tuple(column for column, _ in ordered), complete, findings)


def column_values(column: pa.Array | pa.ChunkedArray, profile: ColumnProfile) -> NDArray[np.float64]:
    """The numbers of a column as its profile says, float64 [rows]; NaN where a value is missing or does not fit.

    A category is its place in the profile's labels, a date counts days since 1970-01-01.

    Raises
    ------
    ValueError
        If the column is text or an identifier, which have no numbers.
    """
    whole = merged(_array(column), profile.form.get("same", {}))
    if profile.type in ("number", "date"):
        whole = blanked(whole, profile.form.get("missing", []))
    if profile.type == "number" and "meaning" in profile.form:
        return meant(whole, profile.form["meaning"])
    if profile.type == "number":
        return numbers.convert(
            whole, NumberForm(**{name: profile.form[name] for name in ("decimal", "thousands", "unit")})
        )
    if profile.type == "date":
        return dates.convert(whole, DateForm.from_json(profile.form))
    if profile.type in ("category", "yes_no"):
        form = LabelForm(profile.labels, tuple(profile.form["missing"]), profile.form["fold"])
        return labels.codes_of(whole, form)
    raise ValueError(f"A column of type {profile.type} has no numbers.")


def _lines(first_line: Any) -> Callable[[int], int]:
    one: Any = first_line if callable(first_line) else first_line.__getitem__
    return lambda row: int(one(row))


def _measured(
    column: pa.Array,
    name: str,
    chosen: ColumnType | None,
    decimals: Sequence[str],
    thousands: str,
    said: Mapping[str, Any],
) -> Found | None:
    """The column as numbers or dates, or as what a person chose or `said`; None if it is to be looked at as labels."""
    order, first_year, meaning = said.get("order"), said.get("first_year"), said.get("meaning")
    if meaning and chosen in (None, "number"):
        return column_types.as_meant(column, MeantForm(meaning))
    if chosen == "number":
        found = column_types.as_numbers(column, decimals, thousands)
        return found and replace(found, reason=f"{_CHOSEN} {found.reason}")
    if chosen == "date":
        found = column_types.as_dates(column, order, first_year, column_types.is_past(name))
        return found and replace(found, reason=f"{_CHOSEN} {found.reason}")
    if chosen == "yes_no":
        found = column_types.as_yes_no(column)
        return found and replace(found, reason=f"{_CHOSEN} {found.reason}")
    if chosen is not None:
        return None
    like_numbers, like_dates = column_types.looks(column)
    coded = column_types.is_code_name(name) or column_types.is_id_name(name)
    if like_dates >= 0.5 or (like_numbers >= 0.5 and not coded and column_types.compact_dates(column)):
        found = column_types.as_dates(column, order, first_year, column_types.is_past(name))
        if found is not None and _fits(found):
            return found
    if like_numbers < 0.5:
        return None
    found = column_types.as_numbers(column, decimals, thousands)
    if found is None or not _fits(found) or found.mixed_units:
        return None
    kind, reason = column_types.number_type(found, column, name)
    if kind == "yes_no":
        return column_types.as_yes_no(column)
    if kind == "identifier":
        gone = empty(column)
        return Found("identifier", reason, None, gone, possible=("identifier", "number", "category", "text"))
    return found


def _as_labels(column: pa.Array, name: str, evidence: Collection[str], answers: Mapping[str, Any]) -> Found:
    """The column as labels, with what a person said of some of them."""
    found = column_types.as_labels(column, name, evidence)
    kept = answers.get("labels", ())
    asked = tuple(label for label in found.asked if label not in kept)
    gone = found.form.missing if isinstance(found.form, LabelForm) else ()
    if set(gone) & set(kept):
        found = column_types.as_labels(column, name, missing=[label for label in gone if label not in kept])
    found.asked = asked
    if answers.get("fold") and found.type == "category" and isinstance(found.form, LabelForm):
        found.form = folded(found.form, found.counts)
    return found


def _with_missing(profile: ColumnProfile, column: pa.Array, found: Found, texts: Sequence[str]) -> ColumnProfile:
    """The profile of a column of which a person said what is missing; `column` has those cells as they stand."""
    form = dict(profile.form)
    if form:
        form["missing"] = [*form.get("missing", ()), *texts]
    return replace(profile, form=form, missing_spellings=tuple(_spellings(column, found.missing)))


def _fits(found: Found) -> bool:
    filled = len(found.missing) - int(found.missing.sum())
    return filled > 0 and len(found.bad) <= (1 - FITS) * filled


def _decisive(found: Found) -> bool:
    """Whether numbers say what their decimal mark is: they have fractions, or marks between thousands."""
    if found.values is None or (isinstance(found.form, NumberForm) and found.form.thousands):
        return found.values is not None
    # The first rows settle it for nearly every column that has fractions.
    parts = (found.values[:1000], found.values)
    return any(not np.all((part == np.floor(part)) | np.isnan(part)) for part in parts)


def _describe(
    name: str,
    column: pa.Array,
    found: Found,
    chosen: ColumnType | None,
    answers: Mapping[str, Any],
    line_of: Callable[[int], int],
) -> tuple[ColumnProfile, list[Finding]]:
    """The profile of a column and what has to be told about it."""
    found = _as_chosen(column, found, chosen)
    values = found.values
    known = values if values is None or not (found.missing.any() or len(found.bad)) else values[~np.isnan(values)]
    statistics = describe(known) if known is not None else None
    if statistics:
        found.range = (statistics.minimum, statistics.maximum)
    told = remarks(name, column, found, chosen, line_of, answers)
    profile = ColumnProfile(
        name=name,
        type=found.type,
        reason=found.reason,
        possible=(),
        statistics=statistics,
        missing=int(found.missing.sum()) + (len(found.bad) if found.values is not None else 0),
        missing_spellings=tuple(_spellings(column, found.missing)),
        form=found.form.to_json() if found.form else {},
        examples=_examples(column, found),
        bad=_bad(column, found, line_of),
        bad_count=len(found.bad),
    )
    if known is not None:
        part = sampled(known)
        distinct, exact = len(np.unique(part)), len(part) == len(known)
        if not exact and distinct <= KEPT_CATEGORIES:
            distinct, exact = len(_unique(known)), True
        possible = _possible(column, found, distinct)
        return replace(profile, distinct=distinct, distinct_exact=exact, possible=possible), told
    counts = found.counts or labels.count_labels(column)
    distinct = len(counts)
    profile = replace(profile, possible=_possible(column, found, distinct))
    if not isinstance(found.form, LabelForm) or found.type not in ("category", "yes_no"):
        return replace(profile, distinct=distinct, form={}), told
    if found.form.fold:
        counts = {
            label: sum(n for text, n in counts.items() if text.lower() == label.lower()) for label in found.form.labels
        }
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:KEPT_CATEGORIES]
    return replace(profile, distinct=len(counts), categories=tuple(ranked), labels=found.form.labels), told


def _as_chosen(column: pa.Array, found: Found, chosen: ColumnType | None) -> Found:
    """What was found, as the labels, text or identifier a person chose instead, where that can be."""
    if chosen == found.type and not found.reason.startswith(_CHOSEN):
        return replace(found, reason=f"{_CHOSEN} {found.reason}")
    if chosen is None or chosen in (found.type, "number", "date", "yes_no"):
        return found
    if chosen == "category":
        if not isinstance(found.form, LabelForm) or not found.form.labels:
            return found
        form = LabelForm(labels.in_order(found.counts), found.form.missing)
        return replace(found, type="category", form=form, reason=_CHOSEN)
    return replace(found, type=chosen, reason=_CHOSEN)


def _possible(column: pa.Array, found: Found, distinct: int) -> tuple[ColumnType, ...]:
    """The types a person may choose for a column, its own first."""
    if found.possible:
        return found.possible
    types: list[ColumnType] = [found.type]
    # Nothing that is a number is a date, but for one of eight digits; looking takes long where columns are many.
    like_numbers, like_dates = (1.0, 0.0) if found.type == "number" else column_types.looks(column)
    if like_numbers >= 0.5:
        types.append("number")
    if like_dates >= 0.5 or (like_numbers >= 0.5 and column_types.compact_dates(column)):
        types.append("date")
    if 1 <= distinct <= MOST_LABELS:
        types.append("category")
    if distinct == 2 or (found.counts and column_types.as_yes_no(column)):
        types.append("yes_no")
    return (*dict.fromkeys(types), *(kind for kind in _ANYTHING if kind != found.type))


def _unique(values: NDArray[np.float64]) -> NDArray[np.float64]:
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc

    return np.asarray(pc.unique(pa.array(values)))


def _examples(column: pa.Array, found: Found) -> tuple[str, ...]:
    """The first different cells that are filled."""
    seen: dict[str, None] = {}
    gone = set(np.flatnonzero(found.missing[:1000]).tolist())
    for row, text in enumerate(column.slice(0, 1000).to_pylist()):
        if row not in gone and text is not None and text.strip():
            seen.setdefault(text[:60])
            if len(seen) == EXAMPLES:
                break
    return tuple(seen)


def _bad(column: pa.Array, found: Found, line_of: Callable[[int], int]) -> tuple[tuple[int, str], ...]:
    """The first cells that do not fit; of a column of labels those that are no numbers."""
    rows: Sequence[int] = found.bad[:KEPT_BAD].tolist()
    if found.values is None:
        head = column.slice(0, 100_000).to_pylist()
        gone = found.missing
        odd = (
            row for row, text in enumerate(head) if text is not None and not gone[row] and not numbers.like_number(text)
        )
        rows = [row for row, _ in zip(odd, range(KEPT_BAD), strict=False)]
    return tuple((int(line_of(row)), (column[row].as_py() or "")[:200]) for row in rows)


def _spellings(column: pa.Array, missing: NDArray[np.bool_]) -> list[str]:
    """How the missing cells are spelled, the most frequent first."""
    rows = np.flatnonzero(missing)
    if not len(rows):
        return []
    from nnbuilder.tables.arrow import compute as pc

    counted = pc.value_counts(pc.fill_null(pc.utf8_trim_whitespace(pc.take(column, rows)), "")).to_pylist()
    return [pair["values"] for pair in sorted(counted, key=lambda pair: (-pair["counts"], pair["values"]))][:50]


def _column(data: pa.Table, name: str) -> pa.Array:
    return _array(data.column(data.schema.get_field_index(name)))


def _array(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One array of texts."""
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        chunks = column.chunks
        column = chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks) if chunks else pa.array([], column.type)
    return column if column.type in (pa.string(), pa.large_string()) else column.cast(pa.large_string())
