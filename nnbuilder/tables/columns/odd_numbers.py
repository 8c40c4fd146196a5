"""What is told of columns of texts that mean numbers: what their cells hold, and buttons that have them read so."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nnbuilder.fields import counted, plain
from nnbuilder.tables.columns import numbers
from nnbuilder.tables.columns.blanks import is_spelled_missing
from nnbuilder.tables.columns.column_types import Found
from nnbuilder.tables.columns.meanings import MEANINGS, bodies, number_of, ready
from nnbuilder.tables.findings import TYPE_WORDS, ColumnAnswer, Finding, Lines, shown

if TYPE_CHECKING:
    import pyarrow as pa


LOOKED_AT = 500
"""Different texts of a column that are looked at."""
NEARLY_ALL = 0.9
"""Share of the cells that must have a meaning for it to be offered."""
FEW = 0.05
"""Fewer numbers among words are odd each by itself."""
HOURS = 24
"""From here on the first number of 40:30 is no hour of a day."""
MOST_WORDS = 4
LEAST_CODES = 5
"""Different pairs of numbers that tell by their digits whether they are codes."""
_OTHER_WAY = {"hours": "minutes"}
_DIGIT = re.compile(r"[0-9½¼¾⅓⅔⅛]")
_WORD_BEHIND = re.compile(r"[-+]?[0-9.,']*[0-9]\s*(\D*[^\d\s,'+*()])")
_ORDINAL = re.compile(r"st|nd|rd|th|er|ème|e|º|ª|\.")
_CODE = re.compile(r"[A-Z]")
_TWO = re.compile(
    r"[0-9]{1,3}\s*-\s*[0-9]{1,3}|[-+]?[0-9]+(?:[.,][0-9]+)?(?:\s*[/:|±×x;]\s*|\s*\(|,\s+|\s+)[-+]?[0-9]+(?:[.,][0-9]+)?\)?"
)
_UNREAD = re.compile(
    r"[-+]?[0-9.,]+\s*[×x*·]\s*10\s*\^?\s*[-+0-9⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|[-+]?[0-9.]+[Dd][-+][0-9]+|0[xX][0-9a-fA-F]+"
    r"|[-+]?(?:[0-9]+\s+)?[0-9]{1,2}\s*/\s*(?:[2-9]|1[026]|32|64)|[-+]?[0-9]*\s*[½¼¾⅓⅔⅛]|[-+]?[0-9]+[_][0-9_]+|[\"'=]+[-+]?[0-9.,]+[\"']*"
    r"|[0-9.,]+\s*[–—-]|[–—]\s*[0-9.,]+"
)
_SEAT = re.compile(r"[0-9]{1,4}[A-Z]")
_PLAIN = re.compile(r"[-+]?[0-9.,]+")
_PAIR = re.compile(r"([0-9]+)\s*[-–—]\s*([0-9]+)")
_PLACE = re.compile(
    r"(?:1[0-7]|[1-9])?[0-9](?:\.[0-9]*)?\s*[NSEOW]|180(?:\.0*)?\s*[EOW]"
    r"|[NSEOW]\s*(?:1[0-7]|[1-9])?[0-9]\.[0-9]+|[NSEOW]\s*180\.0*"
)
"""Degrees without their sign: within the globe, and in front of whole ones no letter, which makes codes of them."""
_DATE_LIKE = re.compile(r"[0-9]{4}|[0-9]+[./-][0-9]+[./-][0-9]+")


def odd_numbers(
    name: str, column: pa.Array, found: Found, line_of: Lines, decimals: Collection[str] = ()
) -> Finding | None:
    """What the cells of a column of labels mean, where nearly all mean a number and it is not read as numbers.

    `decimals` are decimal marks that are known from elsewhere.
    """
    counts = {text: n for text, n in list(found.counts.items())[:LOOKED_AT] if not is_spelled_missing(text)}
    rows = sum(counts.values())
    if not rows or sum(n for text, n in counts.items() if _DIGIT.search(ready(text))) < NEARLY_ALL * rows:
        return None
    unit = _common_currency(counts)
    bare = {text: ready(text).replace(unit, "").strip() if unit else text for text in counts}
    for key, meaning in MEANINGS.items():
        after = _words_behind(list(counts)) if key == "leading" else []
        if key in ("minutes", "brackets") or (key == "leading" and not after):
            continue
        odd = re.compile(meaning.odd)
        fits = {text for text in counts if bodies([bare[text]], key, after)[1]}
        strange = [text for text in counts if text in fits and odd.fullmatch(ready(bare[text]))]
        if strange and sum(counts[text] for text in fits) >= NEARLY_ALL * rows and _likely(key, fits, bare):
            keys = [key, _OTHER_WAY[key]] if key in _OTHER_WAY else [key]
            if len(keys) > 1 and any(int(re.match(r"\d+", ready(text))[0]) >= HOURS for text in fits):  # type: ignore[index]
                keys.reverse()
            forms = [form for one in keys for form in _forms(one, [bare[t] for t in fits], after, unit, decimals)]
            return _tell(name, column, found, line_of, meaning.words, strange, forms)
    return _unread(name, column, found, line_of, counts, rows) or _two_numbers(
        name, column, found, line_of, counts, rows
    )


def are_codes(labels: Collection[str]) -> bool:
    """Whether labels are digits with a letter of several behind them, as seats and rooms are: 12A and 3B."""
    return all(map(_SEAT.fullmatch, labels)) and len({label[-1] for label in labels}) > 1


def _likely(key: str, fits: Collection[str], bare: Mapping[str, str]) -> bool:
    """Whether cells of this form mean that, and are no codes that only look so."""
    if key == "magnitudes":
        # Seats and classes such as 12B are no thousand millions; 5 M alone may be any unit.
        last = {ready(bare[text])[-1] for text in fits if not ready(bare[text])[-1].isdigit()}
        return bool(last - {"B", "T", "M", "m"}) or any("." in bare[text] for text in fits)
    if key == "ranges":
        # Results such as 2-1 and 1-2 fall as often as they rise.
        return len(fits) > 1 and not _numbered_alike(fits)
    return _are_places(fits) if key == "degrees" else True


def _numbered_alike(fits: Collection[str]) -> bool:
    """Whether all cells are a few digits and more digits, as telephone numbers are, or a year and the next one."""
    pairs = [found.groups() for text in fits if (found := _PAIR.fullmatch(ready(text)))]
    if len(pairs) < len(fits):
        return False
    sizes = {(len(low), len(high)) for low, high in pairs}
    as_codes = len(pairs) >= LEAST_CODES and len(sizes) == 1 and sizes != {(len(pairs[0][0]),) * 2}
    return as_codes or (sizes == {(4, 4)} and all(int(high) == int(low) + 1 for low, high in pairs))


def _are_places(fits: Collection[str]) -> bool:
    """Whether letters and digits are degrees: with their sign or with decimals, or both ways; S03 and E08 are codes."""
    texts = [ready(text) for text in fits]
    if any("°" in text for text in texts):
        return True
    if not all(_PLACE.fullmatch(text) for text in texts):
        return False
    letters = {letter for text in texts for letter in text if letter.isalpha()}
    return any("." in text for text in texts) or (letters >= {"N", "S"} or letters >= {"E", "W"})


def _forms(
    key: str, texts: Sequence[str], after: Sequence[str], unit: str, decimals: Collection[str]
) -> list[dict[str, Any]]:
    """The ways to read cells of a meaning: more than one where the marks of their numbers leave it open."""
    import pyarrow as pa

    parts, _ = bodies(texts, key, after)
    fitting = [form for form, _ in numbers.forms(pa.array(parts, type=pa.string()))]
    known = [form for mark in decimals for form in fitting if form.decimal == mark] or fitting
    made = []
    for form in known[: 1 if decimals else 2]:
        one: dict[str, Any] = {"meaning": key, "decimal": form.decimal, "thousands": form.thousands}
        made.append({**one, **({"unit": unit} if unit else {}), **({"after": list(after)} if after else {})})
    return made


def _tell(
    name: str,
    column: pa.Array,
    found: Found,
    line_of: Lines,
    words: str,
    strange: Sequence[str],
    forms: Sequence[Mapping[str, Any]],
) -> Finding | None:
    row = _first(column, strange)
    text = column[row].as_py().strip()
    # An example that two ways of reading agree on tells nothing.
    apart = next((one for one in strange if len({number_of(one, form) for form in forms}) > 1), text)
    answers: list[ColumnAnswer] = []
    read: list[float] = []
    for form in forms:
        value = number_of(apart, form)
        if value == value and value not in read:
            read.append(value)
            button = MEANINGS[form["meaning"]].button
            answers.append(ColumnAnswer(f"{button}: {shown(apart, 20)} is {plain(value)}", {name: {"meaning": form}}))
    if not answers:
        return None
    count = sum(found.counts.get(one, 0) for one in strange)
    return Finding(
        "warning",
        f"Column {shown(name)} holds {words} in {counted(count, 'row')}, first {shown(text)} in line {line_of(row)}, "
        f"and is taken as {TYPE_WORDS[found.type]}; say so if they are to be numbers.",
        line_of(row),
        answers=tuple(answers),
    )


def _unread(
    name: str, column: pa.Array, found: Found, line_of: Lines, counts: Mapping[str, int], rows: int
) -> Finding | None:
    """That cells are numbers in a way of writing that is not read: fractions, powers of ten, hexadecimal numbers."""
    odd = [text for text in counts if _UNREAD.fullmatch(ready(text)) or _UNREAD.fullmatch(text.strip())]
    fits = sum(n for text, n in counts.items() if text in odd or _PLAIN.fullmatch(ready(text)))
    if not odd or fits < NEARLY_ALL * rows:
        return None
    row = _first(column, odd)
    count = sum(counts[text] for text in odd)
    return Finding(
        "warning",
        f"Column {shown(name)} holds numbers that are not written as such in {counted(count, 'row')}, first "
        f"{shown(column[row].as_py())} in line {line_of(row)}, and is taken as {TYPE_WORDS[found.type]}; write them as "
        "plain numbers in the file, such as 0.5 or 1.5e5, to have them as numbers.",
        line_of(row),
    )


def numbers_among(name: str, column: pa.Array, found: Found, line_of: Lines) -> Finding | None:
    """That not a few of the categories are numbers, and not most."""
    if found.type != "category":
        return None
    odd = [text for text in found.counts if numbers.like_number(text)]
    count, rows = sum(found.counts[text] for text in odd), sum(found.counts.values())
    if not max(1, FEW * rows) < count < rows:
        return None
    row = _first(column, odd)
    return Finding(
        "note",
        f"Column {shown(name)} holds numbers in {counted(count, 'row')}, first {shown(column[row].as_py())} in line "
        f"{line_of(row)}, among words; all are categories.",
        line_of(row),
    )


def _first(column: pa.Array, texts: Sequence[str]) -> int:
    """The row of the first cell that holds one of some texts."""
    from nnbuilder.tables.arrow import compute as pc
    from nnbuilder.tables.columns.blanks import tidy

    cells = tidy(column)
    return min(int(pc.index(cells, text).as_py()) for text in texts[:50])


def without_signs(name: str, texts: Sequence[str], form: numbers.NumberForm) -> tuple[ColumnAnswer, ...]:
    """The offer to take the few cells that do not fit a column of numbers for the numbers within their signs."""
    said = {"decimal": form.decimal, "thousands": form.thousands, **({"unit": form.unit} if form.unit else {})}
    for key in ("bounds", "magnitudes", "ranges", "minus_behind"):
        one: dict[str, Any] = {"meaning": key, **said}
        if texts and all((value := number_of(text, one)) == value for text in texts):
            label = f"{MEANINGS[key].button}: {shown(texts[0], 20)} is {plain(number_of(texts[0], one))}"
            return (ColumnAnswer(label, {name: {"meaning": one}}),)
    return ()


def _two_numbers(
    name: str, column: pa.Array, found: Found, line_of: Lines, counts: Mapping[str, int], rows: int
) -> Finding | None:
    """That cells hold several numbers each, which no single number can stand for."""
    two = [text for text in counts if _TWO.fullmatch(ready(text).strip("()[]")) and not _DATE_LIKE.search(ready(text))]
    if not two or sum(counts[text] for text in two) < NEARLY_ALL / 2 * rows:
        return None
    row = _first(column, two)
    return Finding(
        "warning",
        f"Column {shown(name)} holds two numbers in a cell, such as {shown(column[row].as_py())} in line "
        f"{line_of(row)}, and is taken as {TYPE_WORDS[found.type]}; write them into columns of their own, or as one "
        "number, in the file.",
        line_of(row),
    )


def _common_currency(counts: Mapping[str, int]) -> str:
    """The currency that stands in nearly every cell."""
    texts = list(counts)[:100]
    signs = [
        sign for sign in numbers.CURRENCIES.split() if sum(sign in text for text in texts) > NEARLY_ALL * len(texts)
    ]
    return max(signs, key=len, default="")


def _words_behind(texts: Sequence[str]) -> list[str]:
    """The word behind the number of each cell, in the forms that occur: “star” and “stars”; empty if they differ."""
    found = [_WORD_BEHIND.fullmatch(ready(text)) for text in texts]
    words = {one[1].strip() for one in found if one}
    if not words or len(words) > MOST_WORDS or sum(one is not None for one in found) < NEARLY_ALL * len(texts):
        return []
    ordinal = all(_ORDINAL.fullmatch(word) for word in words)
    alike = len({word.lower().removesuffix("s").removesuffix(".") for word in words}) == 1
    # A single capital behind digits is a code: 12A, 461072109X.
    code = any(len(word) == 1 and _CODE.fullmatch(word) for word in words)
    return sorted(words) if (ordinal or alike) and not code else []
