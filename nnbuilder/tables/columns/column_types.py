"""What a column holds: numbers, dates, yes and no, categories, texts or identifiers, with the reason."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from nnbuilder.fields import counted, plain
from nnbuilder.tables.columns import dates, numbers
from nnbuilder.tables.columns.blanks import empty, is_spelled_missing, spelled_missing
from nnbuilder.tables.columns.dates import DateForm, Order
from nnbuilder.tables.columns.labels import MOST_LABELS, LabelForm, count_labels, in_order, spelled, yes_no
from nnbuilder.tables.columns.meanings import MeantForm, meant
from nnbuilder.tables.columns.numbers import PLAIN, NumberForm

if TYPE_CHECKING:
    import pyarrow as pa

ColumnType = Literal["number", "category", "yes_no", "date", "text", "identifier"]

SAMPLE = 200
"""Cells that are looked at to see what is worth trying on the whole column."""
FEW_MARKED = 0.05
"""Share of the numbers with a mark at most, for the mark to be a slip."""
FITS = 0.95
"""Share of the filled cells that must be numbers (or dates) for a column of numbers (or dates)."""
CAREFUL = 100_000
"""Rows up to which columns with fractions, too, are searched for numbers like 007."""
FEW = 50
"""As many different texts are categories, whatever the number of rows."""

_ID_NAME = re.compile(r"(?:^|[_\W])(?:id|ids|uid|uuid|guid|key|index|idx|hash|rowid|no|nr)$", re.IGNORECASE)
_ID_CAMEL = re.compile(r"[a-z](?:Id|ID|Key|Uuid|UUID)$")
_BIRTH = re.compile(
    r"\bdob\b|birth|\bborn|geboren|geburt|geb\W?dat|naissance|nascita|nacimiento|nascimento|fødsel|född|urodz|narozen"
    r"|рожд|出生|生年月日|d[eé]c[eè]s|death|died|gestorben",
    re.IGNORECASE,
)
_INDEX_NAME = re.compile(
    r"|unnamed(?:[: _.]*\d+)?|column[ _]?1|index|level_0|#|\.\.\.1|rownames?|row\.names", re.IGNORECASE
)
_CODE_NAME = re.compile(
    r"\b(?:tele)?phone|\btel\b|\bfax\b|\bmobile|\bhandy\b|\bzip\b|zip ?code|post(?:al)? ?code|\bplz\b|\bcep\b|\biban\b"
    r"|\bisbn|\bissn|\bean\b|\bupc\b|\bgtin|bar ?code|\bsku\b|\bssn\b|\bimei\b|\bpassport|\bmatrikel|\bserial n"
    r"|\b(?:customer|client|account|order|invoice|ticket|case|member|patient|student|employee|policy|contract|card|part"
    r"|article|item|product|kunden?|konto|auftrags?|rechnungs?|artikel|personal|mitglieds?|vertrags?)[ -]?"
    r"(?:number|num|no|nr|nummer|code|ref|reference)\b|(?:nummer|nr\.)$",
    re.IGNORECASE,
)
_SEASON = re.compile(r"([12][0-9]{3})\s*[-/–]\s*([0-9]{2})")
_FIRST_CELLS = 1000
_COUNTED = re.compile(r"time|step|day|week|month|year|hour|minute|second|epoch|age|date|^\w$", re.IGNORECASE)


@dataclass
class Found:
    """What was found out about a column.

    `values` are its numbers if it becomes numbers, with NaN where `missing`; `bad` are the rows of cells that are
    neither missing nor of the type. `options` are other ways to read the numbers, `asked` labels that may be missing,
    `range` is the least and the largest value.
    """

    type: ColumnType
    reason: str
    form: NumberForm | MeantForm | DateForm | LabelForm | None
    missing: NDArray[np.bool_]
    values: NDArray[np.float64] | None = None
    counts: dict[str, int] = field(default_factory=dict)
    bad: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    possible: tuple[ColumnType, ...] = ()
    options: tuple[NumberForm, ...] = ()
    asked: tuple[str, ...] = ()
    guessed_order: bool = False
    short_years: int = 0
    ahead: bool = False
    mixed_units: tuple[tuple[str, int], ...] = ()
    zeros: int = 0
    range: tuple[float, float] = (0.0, 0.0)


def as_numbers(column: pa.Array, decimals: Collection[str] = (), thousands: str = "") -> Found | None:
    """The column as numbers, or None if no cell is one.

    `decimals` are decimal marks that are known from elsewhere, the surest first; they decide where the column leaves
    several ways to read it.
    """
    cells = None
    values = numbers.quick(column)
    texts = _sample(column)
    point = next(iter(decimals), ".")
    if values is not None and not (numbers.like_thousands(texts[:100]) and (point == "," or not decimals)):
        form, options = PLAIN, ()
        infinite = np.isinf(values)
        if infinite.any():
            values = np.where(infinite, np.nan, values)
        gaps = np.isnan(values)
        missing = gaps & ~infinite if infinite.any() else gaps
    else:
        cells = numbers.take_apart(column)
        fitting = numbers.forms(column, cells)
        if not fitting:
            return None
        likely = [form for form, _ in fitting]
        known = [form for mark in decimals for form in likely if form.decimal == mark]
        known = [form for form in known if form.thousands == thousands] or known
        form = known[0] if known else next((form for form in likely if form.decimal == "."), likely[0])
        options = () if known else tuple(likely[1:] and likely)
        values = numbers.convert(column, form, cells)
        missing = spelled_missing(column)
    form, values = _without_misplaced(column, form, values)
    bad = np.flatnonzero(np.isnan(values) & ~missing)
    fits = len(values) - len(bad) - int(missing.sum())
    if not fits:
        return None
    found = Found("number", _number_reason(form, fits), form, missing, values, bad=bad, options=options)
    if form is not PLAIN:
        units = numbers.units(column, cells)
        found.mixed_units = tuple(units) if len(units) > 1 else ()
    if _whole(values) or len(values) <= CAREFUL:
        found.zeros = int(numbers.leading_zeros(column).sum())
    return found


def _without_misplaced(
    column: pa.Array, form: NumberForm, values: NDArray[np.float64]
) -> tuple[NumberForm, NDArray[np.float64]]:
    """The numbers without a few like 3,500 among 2.750 or 31.152 among 28451, whose mark means something else."""
    from nnbuilder.tables.arrow import compute as pc
    from nnbuilder.tables.columns.blanks import mask

    if form.thousands:
        rows = np.flatnonzero(mask(pc.match_substring(column, form.thousands)))
        other, mark = replace(form, thousands=""), form.thousands
    elif form.decimal == "." and _whole(values[:100][np.abs(values[:100]) >= 100]):
        rows = np.flatnonzero(~np.isnan(values) & (values != np.floor(values)))
        other, mark = replace(form, whole=True), "."
    else:
        return form, values
    rows = rows[~np.isnan(values[rows])]
    if not 0 < len(rows) <= max(1, FEW_MARKED * len(values)) or len(rows) > 1000:
        return form, values
    rest = np.delete(values, rows)
    rest = rest[~np.isnan(rest)]
    if form.thousands and bool(np.all(rest == np.floor(rest))):
        return form, values
    if not numbers.misplaced(pc.take(column, rows).to_pylist(), values[rows], rest, mark):
        return form, values
    values = values.copy()
    values[rows] = np.nan
    return other, values


def as_meant(column: pa.Array, form: MeantForm) -> Found | None:
    """The column as the numbers that its cells mean, or None if no cell does."""
    values, missing = meant(column, form.meaning), spelled_missing(column)
    values[missing] = np.nan
    bad = np.flatnonzero(np.isnan(values) & ~missing)
    fits = len(values) - len(bad) - int(missing.sum())
    if not fits:
        return None
    said = "One cell is" if fits == 1 else f"{plain(fits)} cells are"
    return Found("number", f"{said} read as you said: {form.words}.", form, missing, values, bad=bad)


def as_dates(
    column: pa.Array, order: Order | None = None, first_year: int | None = None, past: bool = False
) -> Found | None:
    """The column as dates, or None if no cell is one; the other arguments are those of `read_dates`."""
    read = dates.read_dates(column, order, first_year, past)
    if read is None or np.isnan(read.days).all():
        return None
    missing = spelled_missing(column)
    bad = np.flatnonzero(np.isnan(read.days) & ~missing)
    reason = f"The cells are dates, written {' or '.join(read.form.patterns)}."
    found = Found("date", reason, read.form, missing, read.days, bad=bad)
    found.guessed_order, found.short_years, found.ahead = read.ambiguous, read.short_years, read.ahead
    return found


def are_seasons(column: pa.Array) -> bool:
    """Whether every cell is a year and the end of the next one, as in 2009-10, which is no month then."""
    texts = {
        text.strip() for text in column.slice(0, _FIRST_CELLS).to_pylist() if text and not is_spelled_missing(text)
    }
    if len(texts) < 2 or not all(map(_is_season, texts)):
        return False
    if len(column) > _FIRST_CELLS:
        from nnbuilder.tables.arrow import compute as pc

        texts = {text.strip() for text in pc.unique(column).to_pylist() if text and not is_spelled_missing(text)}
    return all(map(_is_season, texts))


def _is_season(text: str) -> bool:
    found = _SEASON.fullmatch(text)
    return found is not None and int(found[2]) == (int(found[1]) + 1) % 100


def as_labels(
    column: pa.Array, name: str, evidence: Collection[str] = (), missing: Collection[str] | None = None
) -> Found:
    """The column as yes and no, categories, texts or identifiers; `missing` says which labels count as missing."""
    counts = count_labels(column)
    if missing is None:
        gone, asked = spelled(counts, evidence)
    else:
        gone, asked = [label for label in counts if label in missing], []
    kept = {label: count for label, count in counts.items() if label not in gone}
    blank = empty(column)
    if gone:
        import pyarrow as pa

        from nnbuilder.tables.arrow import compute as pc
        from nnbuilder.tables.columns.blanks import mask, tidy

        blank = blank | mask(pc.is_in(tidy(column), value_set=pa.array(gone, type=column.type)))
    kind, reason = _label_type(name, kept)
    form = LabelForm(in_order(kept) if len(kept) <= MOST_LABELS else (), tuple(gone))
    if kind == "yes_no":
        form = LabelForm(_pair(kept), tuple(gone), fold=True)
    return Found(kind, reason, form, blank, counts=kept, asked=tuple(asked))


def as_yes_no(column: pa.Array) -> Found | None:
    """The column as two labels, with every spelling of a missing value missing; None if there are not two."""
    counts = count_labels(column)
    kept = {label: count for label, count in counts.items() if not is_spelled_missing(label)}
    gone = tuple(label for label in counts if label not in kept)
    if yes_no(kept):
        form = LabelForm(_pair(kept), gone, fold=True)
    elif len(kept) == 2:
        form = LabelForm(in_order(kept), gone)
    else:
        return None
    return Found("yes_no", f"The cells say {' or '.join(form.labels)}.", form, spelled_missing(column), counts=kept)


def number_type(found: Found, column: pa.Array, name: str) -> tuple[ColumnType, str]:
    """Whether a column of numbers holds identifiers or yes and no instead."""
    values = found.values
    assert values is not None
    known = values[~np.isnan(values)] if found.missing.any() or len(found.bad) else values
    if found.zeros and _whole(values):
        cells = "One cell begins" if found.zeros == 1 else f"{plain(found.zeros)} cells begin"
        return "identifier", f"{cells} with a zero that no number needs, as in “007”."
    if not _whole(known) or not isinstance(found.form, NumberForm) or found.form.unit:
        return "number", found.reason
    low, high = float(known.min()), float(known.max())
    if low == 0 and high == 1 and found.form == PLAIN and set(count_labels(column)) - {"0", "1"} <= _spellings(column):
        return "yes_no", "The cells are only 0 and 1."
    if len(known) < 3 or high - low < len(known) - 1 or not _unique(known):
        return "number", found.reason
    if is_id_name(name):
        return "identifier", f"Every number is there once, and “{name}” is a name for identifiers."
    if is_index_name(name) and low >= 0:
        return "identifier", "Every number is there once in a column without a name, as where rows are counted."
    if is_code_name(name):
        return "identifier", f"Every number is there once, and “{name}” is a name for codes and not for amounts."
    from_one = low in (0, 1) and bool(np.all(np.diff(known) == 1)) and len(known) >= 20
    if from_one and not _COUNTED.search(name):
        return "identifier", f"The numbers only count the rows, from {plain(low)} to {plain(high)}."
    return "number", found.reason


def looks(column: pa.Array) -> tuple[float, float]:
    """Of the filled cells of a sample, the share that may be numbers, and the share that may be dates."""
    texts = _sample(column)
    if not texts:
        return 0.0, 0.0
    return sum(map(numbers.like_number, texts)) / len(texts), sum(map(dates.like_date, texts)) / len(texts)


def compact_dates(column: pa.Array) -> bool:
    """Whether all filled cells are dates of eight digits."""
    texts = _sample(column)
    if not texts or not all(len(text.strip()) == 8 and text.strip().isdigit() for text in texts):
        return False
    found = as_dates(column)
    return found is not None and found.form == DateForm(("yearmonthday",)) and not len(found.bad)


def is_past(name: str) -> bool:
    """Whether the dates of a column of this name cannot lie in the future."""
    return bool(_BIRTH.search(name.replace("_", " ")))


def is_code_name(name: str) -> bool:
    """Whether numbers in a column of this name stand for things and are no amounts: phones, postal codes, accounts."""
    return bool(_CODE_NAME.search(re.sub(r"([a-z])([A-Z])", r"\1 \2", name).replace("_", " ")))


def is_counted_name(name: str) -> bool:
    """Whether numbers in a column of this name may count up and yet measure something: steps, days, an x."""
    return bool(_COUNTED.search(name))


def is_index_name(name: str) -> bool:
    """Whether a column has no name of its own, as the row numbers that programs write first."""
    return bool(_INDEX_NAME.fullmatch(name.strip()))


def is_id_name(name: str) -> bool:
    """Whether a column of this name is for telling rows apart."""
    return bool(_ID_NAME.search(name.strip()) or _ID_CAMEL.search(name.strip()))


def _label_type(name: str, counts: dict[str, int]) -> tuple[ColumnType, str]:
    rows, different = sum(counts.values()), len(counts)
    if not different:
        return "text", "Every cell is empty."
    if yes_no(counts):
        return "yes_no", f"The cells say only {' or '.join(f'“{label}”' for label in sorted(counts)[:4])}."
    words = sum(len(label.split()) for label in list(counts)[:1000]) / min(different, 1000)
    if different == rows and rows >= 3 and words <= 2 and (is_id_name(name) or rows > FEW):
        return "identifier", "Every text is there only once."
    if words > 4 and different > 0.5 * rows and different > 2:
        return "text", f"The cells hold {words:.0f} words on average, and hardly any twice."
    if different == 1:
        return "category", "The only cell has a text." if rows == 1 else f"The same text in all of {plain(rows)} rows."
    if different <= FEW or (different <= 1000 and different <= 0.2 * rows):
        texts = "One text" if different == 1 else f"{plain(different)} different texts"
        return "category", f"{texts} in {counted(rows, 'row')}."
    return "text", f"{plain(different)} different texts in {plain(rows)} rows are too many for categories."


def _pair(labels: Collection[str]) -> tuple[str, str]:
    """The labels for no and yes as the column writes them most."""
    pair = yes_no(labels)
    assert pair is not None
    first, second = (next(label for label in labels if label.lower() == word) for word in pair)
    return first, second


def _number_reason(form: NumberForm, fits: int) -> str:
    said = f"{plain(fits)} cells are numbers" if fits != 1 else "One cell is a number"
    marks = []
    if form.decimal != ".":
        marks.append("a decimal comma")
    if form.thousands:
        marks.append(f"“{form.thousands}” between thousands")
    if form.unit:
        marks.append(f"the unit “{form.unit}”")
    return f"{said} with {' and '.join(marks)}." if marks else f"{said}."


def _sample(column: pa.Array) -> list[str]:
    """Filled cells from all over a column."""
    from nnbuilder.tables.arrow import compute as pc

    count = len(column)
    places = (
        np.unique(np.linspace(0, count - 1, min(count, SAMPLE)).astype(np.int64)) if count else np.zeros(0, np.int64)
    )
    texts = [text for text in pc.take(column, places).to_pylist() if text is not None and not is_spelled_missing(text)]
    if len(texts) < SAMPLE // 10 and count > SAMPLE:
        filled = pc.take(column, np.flatnonzero(~spelled_missing(column))[:SAMPLE])
        texts = filled.to_pylist()
    return texts


def _spellings(column: pa.Array) -> set[str]:
    return {label for label in count_labels(column) if is_spelled_missing(label)}


def _whole(values: NDArray[np.float64]) -> bool:
    head = values[:100]
    if not np.all((head == np.floor(head)) | np.isnan(head)):
        return False
    return bool(np.all((values == np.floor(values)) | np.isnan(values)))


def _unique(values: NDArray[np.float64]) -> bool:
    steps = np.diff(values)
    if np.all(steps > 0) or np.all(steps < 0):
        return True
    return len(np.unique(values[:1000])) == min(len(values), 1000) and len(np.unique(values)) == len(values)
