"""Cells to numbers: a whole column is read in one way, and what does not fit that way is told, never guessed.

A way of reading is a `NumberForm`: which marks stand for the decimal point and between thousands, and the unit that
every cell has. `forms` finds those that fit a column, `convert` reads the column in one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.tables.columns.blanks import mask, spelled_missing

if TYPE_CHECKING:
    import pyarrow as pa

EXACT = 2**53
"""Whole numbers beyond it do not all have a float64 of their own."""

SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"
CURRENCIES = (
    "€ $ £ ¥ ₹ ₽ ₩ ₺ ₪ ฿ ₫ ₴ ₦ ₱ zł kr kr. Kč US$ A$ C$ R$ HK$ NZ$ S$ NT$ MX$ Rs Rs. Fr. руб. руб лв Ft lei RM Rp EUR "
    "USD GBP CHF JPY CNY SEK NOK DKK PLN CZK AUD CAD INR HUF RON BGN TRY RUB UAH ZAR BRL MXN KRW HKD SGD NZD THB IDR "
    "ILS AED SAR"
)
UNITS = (
    "% ‰ ° °C °F ppm dB rpm mmHg "
    "kg g mg µg μg ug t lb lbs oz km m cm dm mm µm μm nm mi mile miles yd ft in inch inches "
    "s sec secs ms µs μs ns min mins h hr hrs hour hours d day days week weeks month months yr yrs year years "
    "l L ml mL cl dl Hz kHz MHz GHz V mV kV A mA W kW MW kWh MWh Wh J kJ MJ kcal cal Pa hPa kPa MPa bar mbar psi "
    "mph km/h kmh m/s m² m2 km² km2 cm² cm2 mm² ft² ft2 sqft sqm m³ m3 cm³ cm3 ha px pt KB MB GB TB B mol "
    "mg/dl mg/dL mmol/l mmol/L g/l g/L kg/m² kg/m2 kg/m³ bpm ng/ml ng/mL pg/ml µg/m³ μg/m³ ℃ ℉ hp bhp PS cc CC kmpl "
    "mpg mAh MP fps dpi Nm kN ppb pcs Mbps"
)


_BEFORE = frozenset(["", *CURRENCIES.split()])
_AFTER = frozenset(["", *CURRENCIES.split(), *UNITS.split()])
# What stands around the digits is looked up afterwards: a pattern with all the units takes ten times as long.
_CELL = (
    r"^(?P<outer>(?:Rs\.|Fr\.|kr\.|руб\.|[^0-9+().,' -]*))"
    r"\s?(?P<open>\(?)\s?(?P<first>[+-]?)\s?(?P<before>[^0-9+().,' -]*)\s?(?P<second>[+-]?)"
    r"(?P<body>[0-9.,' ]*[0-9][.,]?)(?P<power>(?:[eE][+-]?[0-9]{1,6})?)"
    r"\s?(?P<after>(?:[^0-9+().,' -][^+().,' -]*\.?)?)\s?(?P<close>\)?)$"
)
_CELL_HERE = re.compile(_CELL)
_LEADING_ZERO = r"^[+-]?0[0-9]+$"
_WHOLE = re.compile(r"[+-]?[0-9]+")
_LIKE_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+")
_ZEROS = "٠۰߀०০੦૦୦௦౦೦൦๐໐༠၀០᠐０"
_DIGITS = {chr(ord(zero) + digit): str(digit) for zero in _ZEROS for digit in range(10)}
_MARKS = {"٫": ".", "٬": ",", "٪": "%", "．": ".", "，": ",", "％": "%", "＋": "+"}
_MINUS = "−–‒﹣－"
_USUAL = str.maketrans(
    {**dict.fromkeys(SPACES, " "), **dict.fromkeys(_MINUS, "-"), **dict.fromkeys("’‘", "'"), **_DIGITS, **_MARKS}
)
FOREIGN = {**_DIGITS, **_MARKS, **dict.fromkeys(_MINUS[1:], "-")}
"""Digits and marks of other scripts, with the usual ones that they are read as."""


@dataclass(frozen=True)
class NumberForm:
    """How the numbers of a column are written; `unit` is what stands before or after each of them.

    `whole` says that a number with a decimal mark is none of them.
    """

    decimal: str = "."
    thousands: str = ""
    unit: str = ""
    whole: bool = False

    @property
    def body(self) -> str:
        """The digits and marks of a number as a regular expression."""
        point = re.escape(self.decimal)
        if self.whole:
            return "^[0-9]+$"
        whole = "[0-9]+"
        if self.thousands:
            mark = re.escape(self.thousands)
            # In India the marks stand at every second digit before the last three: 12,34,567.
            indian = f"|[1-9][0-9]?(?:{mark}[0-9]{{2}})+{mark}[0-9]{{3}}" if self.thousands == "," else ""
            whole = f"(?:[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+{indian}|[0-9]+)"
        return f"^(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)$"

    def to_json(self) -> dict[str, Any]:
        """The form as plain data."""
        return asdict(self)


PLAIN = NumberForm()
MARKS = tuple(
    NumberForm(decimal, thousands)
    for decimal, thousands in ((".", ""), (",", ""), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"),
                               (",", "'"))
)  # fmt: skip
"""The marks a column may be written with; the first that fits is taken where several give the same numbers."""


def convert(column: pa.Array, form: NumberForm, cells: pa.StructArray | None = None) -> NDArray[np.float64]:
    """The numbers of a column of texts, float64 [rows]; NaN where there is no finite number in this form.

    `cells` is the column taken apart, where that was done already.
    """
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc

    if form == PLAIN:
        values = quick(column)
        if values is not None:
            return np.where(np.isfinite(values), values, np.nan) if not np.isfinite(values).all() else values
    parts = take_apart(column) if cells is None else cells
    fits = pc.and_(_well_formed(parts), pc.equal(_unit(parts), form.unit))
    body = parts.field("body")
    fits = pc.and_(fits, pc.match_substring_regex(body, form.body))
    if form.thousands:
        body = pc.replace_substring(body, form.thousands, "")
    if form.decimal != ".":
        body = pc.replace_substring(body, form.decimal, ".")
    minus = pc.or_(
        pc.equal(parts.field("open"), "("),
        pc.or_(pc.equal(parts.field("first"), "-"), pc.equal(parts.field("second"), "-")),
    )
    sign = pc.if_else(minus, pa.scalar("-", body.type), pa.scalar("", body.type))
    texts = pc.binary_join_element_wise(sign, body, parts.field("power"), pa.scalar("", body.type))
    texts = pc.if_else(pc.fill_null(fits, False), texts, pa.scalar(None, body.type))
    values = _floats(pc.cast(texts, pa.float64()))
    return np.where(np.isfinite(values), values, np.nan)


def quick(column: pa.Array) -> NDArray[np.float64] | None:
    """What Arrow makes of a column of plain numbers, with NaN for null and empty cells; None if it is no such column.

    The texts ``inf`` and ``nan``, and numbers too large for a float64, come out as such.
    """
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc

    head = pc.drop_null(column.slice(0, 50)).to_pylist()
    if sum(not like_number(cell) for cell in head) > len(head) * 0.6:
        return None
    try:
        return _floats(pc.cast(column, pa.float64()))
    except pa.ArrowInvalid:
        pass  # Some cell is no number; most often because it is empty.
    blank = pc.equal(column, "")
    try:
        return _floats(pc.cast(pc.if_else(blank, pa.scalar(None, column.type), column), pa.float64()))
    except pa.ArrowInvalid:
        return None


def forms(column: pa.Array, cells: pa.StructArray | None = None) -> list[tuple[NumberForm, int]]:
    """The forms in which most cells of a column are numbers, each with how many are; the best first.

    Forms that read no cell otherwise than a better one does are left out, so more than one means a question.
    """
    from nnbuilder.tables.arrow import compute as pc

    parts = take_apart(column) if cells is None else cells
    fine = _well_formed(parts)
    body = pc.filter(parts.field("body"), fine)
    units = pc.value_counts(pc.filter(_unit(parts), fine))
    if not len(units):
        return []
    unit = max(units.to_pylist(), key=lambda pair: pair["counts"])["values"]
    of_unit = pc.filter(body, pc.equal(pc.filter(_unit(parts), fine), unit))
    # Bodies without any mark are the same in every form and need no look.
    marked = pc.filter(of_unit, pc.match_substring_regex(of_unit, "[.,' ]"))
    bare = len(of_unit) - len(marked)
    if not len(marked):
        return [(NumberForm(unit=unit), bare)]
    fitting: list[tuple[NumberForm, NDArray[np.bool_]]] = []
    for marks in MARKS:
        fits = mask(pc.match_substring_regex(marked, marks.body))
        if fits.any():
            fitting.append((NumberForm(marks.decimal, marks.thousands, unit), fits))
    best = max((int(fits.sum()) for _, fits in fitting), default=0)
    top = [form for form, fits in fitting if fits.sum() == best]
    if len(top) == 1:
        return [(top[0], best + bare)]
    kept: list[NumberForm] = []
    read: list[NDArray[np.float64]] = []
    for form in top:
        values = convert(marked, NumberForm(form.decimal, form.thousands))
        if not any(np.array_equal(values, other, equal_nan=True) for other in read):
            kept.append(form)
            read.append(values)
    return [(form, best + bare) for form in kept]


def units(column: pa.Array, cells: pa.StructArray | None = None) -> list[tuple[str, int]]:
    """The units that stand beside numbers in a column, the most frequent first; "" for none."""
    from nnbuilder.tables.arrow import compute as pc

    parts = take_apart(column) if cells is None else cells
    counted = pc.value_counts(pc.filter(_unit(parts), _well_formed(parts))).to_pylist()
    return sorted(((pair["values"], pair["counts"]) for pair in counted), key=lambda pair: -pair[1])


def usual_signs(text: str) -> str:
    """A text with digits, spaces, minus and apostrophes of all sorts as they are usual."""
    return text if text.isascii() else text.translate(_USUAL)


def like_number(text: str) -> bool:
    """Whether a text may be a number in some form."""
    found = _CELL_HERE.match(usual_signs(text.strip()))
    return found is not None and {found["before"], found["outer"]} <= _BEFORE and found["after"] in _AFTER


def like_thousands(texts: Sequence[str]) -> bool:
    """Whether every text might be a whole number with points between thousands: ``1.234``, but not ``0.123``."""
    return bool(texts) and all(_LIKE_THOUSANDS.fullmatch(text.strip()) for text in texts)


def misplaced(texts: Sequence[str], values: NDArray[np.float64], others: NDArray[np.float64], mark: str) -> bool:
    """Whether cells of three digits behind a mark are like all others only if the mark means the other thing.

    Parameters
    ----------
    texts, values
        Such cells, and what they are read as, float64 [cells].
    others
        What the other cells of the column are read as, float64 [rows] without NaN.
    mark
        The mark, taken for one between thousands in whole numbers or for the decimal mark else.
    """
    like = re.compile(rf"[+-]?[0-9]{{1,3}}{re.escape(mark)}[0-9]{{3}}")
    if not len(others) or not all(like.fullmatch(text.strip()) for text in texts):
        return False
    sizes = np.abs(others)
    low, high = float(sizes.min()), float(sizes.max())
    here = np.abs(values)
    whole = bool(np.all(here == np.floor(here)))
    meant = here / 1000 if whole else here * 1000
    outside = here > high if whole else here < low
    return bool(np.all(outside) and np.all((meant >= low) & (meant <= high)))


def leading_zeros(column: pa.Array) -> NDArray[np.bool_]:
    """Which cells are digits that begin with a zero that no number needs: ``007``."""
    from nnbuilder.tables.arrow import compute as pc

    return mask(pc.match_substring_regex(column, _LEADING_ZERO))


def inexact(texts: Sequence[str], form: NumberForm) -> list[int]:
    """Places of whole numbers too long to be kept exactly."""
    found = []
    for place, text in enumerate(texts):
        bare = usual_signs(text.strip()).replace(form.unit, "").strip()
        bare = bare.replace(form.thousands, "") if form.thousands else bare
        # Python compares whole numbers of any length.
        if _WHOLE.fullmatch(bare) and len(bare) < 400 and abs(int(bare)) > EXACT and int(bare) != int(float(bare)):
            found.append(place)
    return found


def take_apart(column: pa.Array) -> pa.StructArray:
    """Sign, unit, digits and exponent of every cell; null where a cell is missing or nothing like a number."""
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc

    texts = pc.utf8_trim_whitespace(column)
    if not pc.all(pc.string_is_ascii(texts)).as_py():
        encoded = pc.dictionary_encode(texts)
        different = [text and usual_signs(text) for text in encoded.dictionary.to_pylist()]
        texts = pc.take(pa.array(different, type=texts.type), encoded.indices)
    missing = pa.array(spelled_missing(column))
    return pc.extract_regex(pc.if_else(missing, pa.scalar(None, texts.type), texts), _CELL)


def _well_formed(cells: pa.StructArray) -> pa.Array:
    """Whether brackets come in pairs, and no more than one sign and one known unit stands at a number."""
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc

    bracket = pc.equal(cells.field("open"), "(")
    paired = pc.equal(bracket, pc.equal(cells.field("close"), ")"))
    first, second = pc.not_equal(cells.field("first"), ""), pc.not_equal(cells.field("second"), "")
    signs = pc.add(pc.cast(bracket, "int8"), pc.add(pc.cast(first, "int8"), pc.cast(second, "int8")))
    here = [pc.cast(pc.not_equal(cells.field(name), ""), "int8") for name in ("outer", "before", "after")]
    one_unit = pc.less_equal(pc.add(here[0], pc.add(here[1], here[2])), 1)
    for name, known in (("outer", _BEFORE), ("before", _BEFORE), ("after", _AFTER)):
        words = pa.array(sorted(known), type=cells.field(name).type)
        one_unit = pc.and_(one_unit, pc.is_in(cells.field(name), value_set=words))
    fine = pc.and_(pc.and_(paired, pc.less_equal(signs, 1)), one_unit)
    return pc.and_(pc.fill_null(fine, False), pc.is_valid(cells))


def _unit(cells: pa.StructArray) -> pa.Array:
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc

    parts = [cells.field(name) for name in ("outer", "before", "after")]
    return pc.binary_join_element_wise(*parts, pa.scalar("", parts[0].type))


def _floats(array: pa.Array) -> NDArray[np.float64]:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.float64)
