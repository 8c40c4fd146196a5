"""Faults in cells and names: how numbers, dates, labels and gaps are written in many places."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from tests.tables.drafts import Column, Draft, Fault

Write = Callable[[str], str]
"""A number as plain programs write it to how someone else does."""


def grouped(mark: str, point: str = ".") -> Write:
    """Marks between thousands."""
    return lambda text: f"{float(text):,.{len(text.partition('.')[2])}f}".translate(
        str.maketrans({",": mark, ".": point})
    )


def _indian(text: str) -> str:
    whole, _, rest = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    head, tail = digits[:-3], digits[-3:]
    head = re.sub(r"(?<=\d)(?=(\d\d)+$)", ",", head)
    return sign + (f"{head},{tail}" if head else tail) + (f".{rest}" if rest else "")


def _trailing_minus(text: str) -> str:
    return text[1:] + "-" if text.startswith("-") else text


def _bracketed(text: str) -> str:
    return f"({text[1:]})" if text.startswith("-") else text


def _scientific(mark: str, power: str) -> Write:
    return lambda text: f"{float(text):.10e}".replace(".", mark).replace("e", power)


def _digits(zero: int) -> Write:
    return lambda text: "".join(chr(zero + int(one)) if one.isdigit() else one for one in text)


WRITINGS: dict[str, Write] = {
    "decimal comma": lambda text: text.replace(".", ","),
    "thousands comma": grouped(","),
    "thousands point, decimal comma": grouped(".", ","),
    "thousands space": grouped(" "),
    "thousands space, decimal comma": grouped(" ", ","),
    "thousands NBSP, decimal comma": grouped("\u00a0", ","),
    "thousands narrow space": grouped("\u202f"),
    "thousands thin space": grouped("\u2009"),
    "thousands apostrophe": grouped("'"),
    "thousands curly apostrophe": grouped("’"),
    "thousands underscore": grouped("_"),
    "thousands Indian": _indian,
    "trailing minus": _trailing_minus,
    "brackets for minus": _bracketed,
    "U+2212 minus": lambda text: text.replace("-", "−"),
    "en dash minus": lambda text: text.replace("-", "–"),
    "figure dash minus": lambda text: text.replace("-", "‒"),
    "fullwidth minus": lambda text: text.replace("-", "－"),
    "minus and space": lambda text: text.replace("-", "- "),
    "plus": lambda text: text if text.startswith("-") else "+" + text,
    "euro before": lambda text: "€ " + text,
    "euro behind": lambda text: text + " €",
    "dollar": lambda text: text.replace("-", "-$") if "-" in text else "$" + text,
    "code before": lambda text: "USD " + text,
    "code behind": lambda text: text + " EUR",
    "krona colon dash": lambda text: text + ":-",
    "percent": lambda text: text + "%",
    "percent apart": lambda text: text + " %",
    "unit": lambda text: text + " kg",
    "unit unknown": lambda text: text + " widgets",
    "fullwidth digits": _digits(0xFF10),
    "Arabic digits": _digits(0x660),
    "Devanagari digits": _digits(0x966),
    "mathematical digits": _digits(0x1D7CE),
    "scientific": _scientific(".", "E"),
    "scientific comma": _scientific(",", "E"),
    "scientific Fortran": _scientific(".", "D"),
    "scientific times ten": lambda text: re.sub(r"e([+-]\d+)$", r"×10^\1", f"{float(text):.8e}"),
    "leading apostrophe": lambda text: "'" + text,
    "leading tab": lambda text: "\t" + text,
    "spaces around": lambda text: f"  {text} ",
    "NBSP around": lambda text: f"\u00a0{text}\u00a0",
    "zero width space": lambda text: text[0] + "\u200b" + text[1:],
    "soft hyphen": lambda text: text + "\u00ad",
    "BOM in cell": lambda text: "\ufeff" + text,
    "left-to-right mark": lambda text: "\u200e" + text,
    "formula text": lambda text: f'="{text}"',
    "formula": lambda text: f"={text}",
    "quoted inside": lambda text: f'"{text}"',
    "about": lambda text: "~" + text,
    "less than": lambda text: "<" + text,
    "starred": lambda text: text + "*",
    "noted": lambda text: text + " (est.)",
    "footnote": lambda text: text + "[1]",
    "plus minus": lambda text: text + "±0.1",
    "range": lambda text: text + "-" + text,
    "point behind": lambda text: text if "." in text else text + ".",
    "point first": lambda text: re.sub(r"^(-?)0\.", r"\1.", text),
    "double point": lambda text: text.replace(".", ".."),
    "middle dot": lambda text: text.replace(".", "·"),
    "Arabic decimal mark": lambda text: text.replace(".", "٫"),
    "semicolon decimal": lambda text: text.replace(".", ";"),
    "space for point": lambda text: text.replace(".", " "),
    "letter O for zero": lambda text: text.replace("0", "O"),
    "letter l for one": lambda text: text.replace("1", "l"),
    "vulgar half": lambda text: text + "½",
    "superscript": lambda text: text + "²",
    "exponent lost": lambda text: text + "E",
    "hexadecimal": lambda text: float(text).hex(),
    "Python float": lambda text: f"np.float64({text})",
    "Decimal": lambda text: f"Decimal('{text}')",
    "Python list": lambda text: f"[{text}]",
    "bytes": lambda text: f"b'{text}'",
    "many zeros": lambda text: text + ("000000000000000000" if "." in text else ".000000000000000000"),
}
"""How the same number is written elsewhere."""


def _columns(draft: Draft) -> list[Column]:
    return draft.of("number")


def whole(name: str) -> Fault:
    """All numbers written so."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        chosen = _columns(draft)
        for column in chosen:
            column.cells = [WRITINGS[name](cell) if cell else cell for cell in column.cells]
        return bool(chosen)

    return spoil


def one_column(name: str) -> Fault:
    """The numbers of one column written so."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if not (chosen := _columns(draft)):
            return False
        column = rng.choice(chosen)
        column.cells = [WRITINGS[name](cell) if cell else cell for cell in column.cells]
        return True

    return spoil


def half(name: str) -> Fault:
    """From the middle on, numbers written so, as when two files are joined."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        chosen = _columns(draft)
        for column in chosen:
            middle = len(column.cells) // 2
            column.cells = column.cells[:middle] + [
                WRITINGS[name](cell) if cell else cell for cell in column.cells[middle:]
            ]
        return bool(chosen)

    return spoil


def one_cell(name: str) -> Fault:
    """One number written so."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if not (chosen := _columns(draft)):
            return False
        column = rng.choice(chosen)
        place = rng.randrange(len(column.cells))
        if not column.cells[place]:
            return False
        changed = WRITINGS[name](column.cells[place])
        if changed == column.cells[place]:
            return False
        column.cells[place] = changed
        return True

    return spoil


GAPS = (
    "", " ", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "-", "--", "—", ".", "?", "*", "x", "X",
    "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#####", "missing", "unknown", "not available", "n.a.",
    "k.A.", "keine Angabe", "s/d", "нет данных", "不明", "なし", "nd", "ND", "n.d.", "TBD", "tba", "pending", "(blank)",
    "(leer)", "(null)", "<null>", "[null]", "nil", "undefined", "void", "\\N", "inf", "-inf", "Infinity", "1e999", "∞",
    "-999", "9999", "0000", "1.#QNAN", "none reported", "below detection", "b.d.l.", "ERROR", "#ERROR!", "#Fehler",
    "#¡DIV/0!", "#NV", "#WERT!", "#BEZUG!", "-nan(ind)", "+inf", "1.#INF", "\u00a0", "\u200b", "''", "\ufffd",
)  # fmt: skip
"""How programs and people write that there is no number here."""


def gaps(spelling: str, share: float) -> Fault:
    """Some cells of the numbers missing, spelled so."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if not (chosen := _columns(draft)):
            return False
        column = rng.choice(chosen)
        largest = max(abs(one) for one in column.truth if isinstance(one, float))
        if re.fullmatch(r"-?\d+", spelling) and largest >= abs(int(spelling)):
            # Among such numbers it is one of them to anybody.
            return False
        size = max(1, round(share * len(column.cells)))
        for place in rng.sample(range(len(column.cells)), size):
            column.cells[place], column.truth[place] = spelling, None
        return True

    return spoil


VARIANTS: dict[str, Write] = {
    "capitals": str.upper,
    "title": str.title,
    "space behind": lambda text: text + " ",
    "NBSP behind": lambda text: text + "\u00a0",
    "two spaces": lambda text: " " + text + "  ",
    "zero width": lambda text: text + "\u200b",
    "zero width joiner": lambda text: text[:1] + "\u200d" + text[1:],
    "soft hyphen": lambda text: text[:1] + "\u00ad" + text[1:],
    "BOM": lambda text: "\ufeff" + text,
    "fullwidth": lambda text: "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "quotes inside": lambda text: f'"{text}"',
    "single quotes": lambda text: f"'{text}'",
    "tab before": lambda text: "\t" + text,
    "line end behind": lambda text: text + "\n",
    "vertical tab": lambda text: text + "\x0b",
    "form feed": lambda text: "\x0c" + text,
    "escape sign": lambda text: "\x1b[1m" + text,
    "backspace": lambda text: text + "\x08",
    "direction mark": lambda text: "\u202b" + text + "\u202c",
    "line separator": lambda text: text + "\u2028",
    "next line": lambda text: text + "\x85",
    "underline": lambda text: text + "_",
    "point behind": lambda text: text + ".",
    "homoglyph": lambda text: text.replace("a", "а").replace("e", "е").replace("o", "о"),
    "mojibake": lambda text: text.encode("utf-8").decode("cp1252", "replace"),
    "HTML": lambda text: f"{text}&nbsp;",
}
"""How the same label looks when it was typed or copied otherwise; they mean the same to whoever wrote them."""


def variant(name: str) -> Fault:
    """One cell of a label written otherwise."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if not (chosen := draft.of("label")):
            return False
        column = rng.choice(chosen)
        place = rng.randrange(len(column.cells))
        changed = VARIANTS[name](column.cells[place])
        if changed == column.cells[place]:
            return False
        column.cells[place] = changed
        return True

    return spoil


NAMES: dict[str, Write] = {
    **{key: VARIANTS[key] for key in ("space behind", "NBSP behind", "zero width", "soft hyphen", "BOM", "tab before",
                                      "vertical tab", "escape sign", "direction mark", "quotes inside")},
    "line end inside": lambda text: f"{text}\n(measured)",
    "CRLF inside": lambda text: f"{text}\r\n(measured)",
    "formula": lambda text: f"={text}",
    "HTML": lambda text: f"<script>alert('{text}')</script>",
    "emoji": lambda text: f"🙂 {text}",
    "very long": lambda text: text * 200,
    "unit": lambda text: f"{text} [kg/m³]",
    "number": lambda text: "2021",
    "date": lambda text: "2021-05-01",
}  # fmt: skip


def odd_name(name: str) -> Fault:
    """The name of one column written otherwise."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if not draft.header or not draft.names:
            return False
        place = rng.randrange(len(draft.columns))
        draft.header[-1][place] = draft.names[place] = NAMES[name](draft.header[-1][place])
        return True

    return spoil


def twin_name(change: Write) -> Fault:
    """Two columns of nearly the same name."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if not draft.header or not draft.names:
            return False
        one, two = rng.sample(range(len(draft.columns)), 2)
        draft.header[-1][two] = draft.names[two] = change(draft.header[-1][one])
        return True

    return spoil


def quoted_numbers(draft: Draft, rng: random.Random) -> bool:
    """Every cell in quotation marks."""
    draft.style = replace(draft.style, always=True)
    return True


CELL_FAULTS: dict[str, Fault] = {
    **{f"all numbers: {name}": whole(name) for name in WRITINGS},
    **{f"one column: {name}": one_column(name) for name in WRITINGS},
    **{f"half the numbers: {name}": half(name) for name in WRITINGS},
    **{f"one number: {name}": one_cell(name) for name in WRITINGS},
    **{f"one gap {spelling!r}": gaps(spelling, 0.0) for spelling in GAPS},
    **{f"gaps {spelling!r}": gaps(spelling, 0.2) for spelling in GAPS},
    **{f"most gaps {spelling!r}": gaps(spelling, 0.7) for spelling in GAPS},
    **{f"label: {name}": variant(name) for name in VARIANTS},
    **{f"name: {name}": odd_name(name) for name in NAMES},
    **{f"twin name {name}": twin_name(change) for name, change in {
        "same": str, "capitals": str.upper, "space": lambda text: text + " ",
        "zero width": lambda text: text + "\u200b", "numbered": lambda text: text + ".1"}.items()},
    "all quoted": quoted_numbers,
}  # fmt: skip
