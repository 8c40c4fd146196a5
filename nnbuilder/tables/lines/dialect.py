"""Separator, quote mark and escape of a text, found by trying which cuts lines alike into what looks like cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nnbuilder.tables.choices import SPACES, Choices
from nnbuilder.tables.kinds import cell_kind
from nnbuilder.tables.lines.quoting import detect_quoting
from nnbuilder.tables.lines.records import NEVER_CLOSED, Dialect, Grammar, Record
from nnbuilder.tables.lines.surroundings import SEP_LINE

SAMPLE = 64 * 1024
"""Characters of a text that are tried in every dialect."""
_ROWS = 200
_LEAST_SCORE = 0.12
_SINGLE = (
    ",",
    ";",
    "\t",
    "|",
    ":",
    "^",
    "~",
    "¦",
    "§",
    "#",
    "!",
    "&",
    "\x1f",
    "\x01",
    "/",
    "=",
    "*",
    "+",
    "_",
    "-",
    ".",
    "،",
    "，",
    "；",
    "؛",
)
_USUAL = {",": 1.0, ";": 1.0, "\t": 1.0, "|": 0.98, " ": 0.85, SPACES: 0.84, ", ": 1.0, "; ": 1.0, " | ": 1.0, ":": 0.8}
_STRONG = (",", ";", "\t", "|")
_RARE = {"/": 0.3, "=": 0.4, "*": 0.4, "+": 0.3, "_": 0.25, "-": 0.2, ".": 0.1, "!": 0.5, "&": 0.5, "#": 0.6}
NAMES = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "vertical bar",
    " ": "space",
    ":": "colon",
    SPACES: "any number of spaces",
    ", ": "comma and space",
    "; ": "semicolon and space",
}
_SIGNS = {"|", "&", ";", ",", "\\\\", "||"}
_WHOLE = re.compile(
    r"[a-z]+://[^\s,;|]+|www\.[^\s,;|]+|(?<!\d)\d{1,4}([/.-])\d{1,2}\1\d{1,4}(?!\d)"
    r"|(?<!\d)\d{1,2}:[0-5]\d(?::[0-5]\d)?(?!\d)"
)
"""An address, a date or a time of day: the signs in them separate nothing."""
_CUT = re.compile(r"[;|\t]|,(?=\S)")


@dataclass(frozen=True)
class Tried:
    """A dialect tried on a sample: how well it cuts, from 0 to 1, and into how many columns.

    `share` of the records have this width, and `uncut` are of one cell or flawed.
    """

    dialect: Dialect
    score: float
    width: int
    share: float
    uncut: int = 0


@dataclass(frozen=True)
class Detected:
    """The dialect found, why, and others that do nearly as well."""

    dialect: Dialect
    reasons: dict[str, str]
    others: tuple[Tried, ...] = ()
    plausible: tuple[str, ...] = field(default=())


def separator_name(separator: str) -> str:
    """A separator in words."""
    return NAMES.get(separator, f"“{separator}”")


def absent_mark(text: str) -> str:
    """A separator that does not turn up in a text."""
    return next(mark for mark in (",", ";", "\t", "|", "\x1f", "\x1e") if mark not in text)


def detect_dialect(text: str, choices: Choices, cell_cap: int) -> Detected:
    """The dialect of a text, with what is chosen taken as given."""
    reasons: dict[str, str] = {}
    declared = SEP_LINE.match(text)
    sample, whole = _sample(text)
    comment = choices.comment if choices.comment is not None else _comment(sample)
    if choices.separator is not None:
        separators: Sequence[str] = (choices.separator,)
        reasons["separator"] = "chosen"
    elif declared:
        separators = (declared.group(1),)
        reasons["separator"] = "line 1 of the file says so (“sep=”)"
    else:
        separators = _candidates(sample)
    quotes = (choices.quote,) if choices.quote is not None else _quotes(sample)
    tried: list[Tried] = []
    for separator in separators:
        for quote in quotes:
            escape = choices.escape or ""
            dialect = Dialect(separator, quote, escape, comment)
            tried.append(_try(sample, whole, dialect, cell_cap))
            if choices.escape is None and "\\" in sample and tried[-1].share < 1:
                tried.append(_try(sample, whole, replace(dialect, escape="\\"), cell_cap))
    tried.sort(key=lambda one: -one.score)
    best = _fitting_all(tried, _doubled(tried), sample, cell_cap)
    if best is None or ("separator" not in reasons and (best.width < 2 or best.score < _LEAST_SCORE)):
        plausible = _plausible(tried)
        dialect = Dialect(",", choices.quote if choices.quote is not None else '"', choices.escape or "", comment)
        reasons["separator"] = "no separator cuts the lines alike, so there is one column"
        # A separator that does not turn up leaves one column, and the same choice does so again.
        absent = absent_mark(text)
        return Detected(
            detect_quoting(text, replace(dialect, separator=absent), choices, cell_cap, reasons), reasons, (), plausible
        )
    reasons.setdefault(
        "separator",
        f"it cuts {_share_of_lines(best.share)} looked at into {best.width} cells",
    )
    # Of one separator the best way of quoting stands for all.
    firsts = {one.dialect.separator: one for one in reversed(tried)}
    others = tuple(
        one
        for one in tried
        if one is firsts[one.dialect.separator]
        and one.width > 1
        and one.score > 0.8 * best.score
        and not _is_inside_cells(best, one)
        and one.dialect.separator
        not in (best.dialect.separator, best.dialect.separator[:1] if best.width * 2 - 1 == one.width else "")
    )
    dialect = detect_quoting(text, best.dialect, choices, cell_cap, reasons)
    return Detected(dialect, reasons, _truly_other(sample, best, others, cell_cap))


def _share_of_lines(share: float) -> str:
    """What part of the lines a separator cuts alike; not all are called all for being rounded."""
    return "every line" if share == 1 else f"{min(99, round(100 * share))} % of the lines"


def _fitting_all(tried: Sequence[Tried], best: Tried | None, sample: str, cell_cap: int) -> Tried | None:
    """The best dialect, or one of a usual separator that cuts every line alike, the first one too, where it does not.

    What stands inside the cells of one column, such as the colons of times, cuts the lines below alike, but not the
    names above.
    """
    if best is None:
        return best
    if best.dialect.separator == SPACES:
        # Texts of as many words each: no one separates cells by a tab in every line and by spaces, too.
        best = next((one for one in tried if _separates_words(sample, one, cell_cap)), best)
    if best.share == 1:
        return best
    whole = (one for one in tried if one.dialect.separator in _STRONG and one.share == 1 and one.width > 1)
    return max(whole, key=lambda one: one.score, default=best)


def _separates_words(sample: str, one: Tried, cell_cap: int) -> bool:
    """Whether tabs cut every line alike, into cells some of which are several words."""
    if one.dialect.separator != "\t" or one.share < 1 or one.width < 2:
        return False
    cells = (cell.strip() for row in _rows(sample, one.dialect, cell_cap) for cell in row)
    return any(" " in cell and cell_kind(cell) == "text" and re.search(r"[^\W\d_]", cell) for cell in cells)


def _is_inside_cells(best: Tried, other: Tried) -> bool:
    """Whether a usual separator cuts every line, all alike or into several tables, and the other one does not."""
    if best.dialect.separator == "\t" and best.share == 1 and other.dialect.separator in (" ", SPACES):
        return True
    if best.dialect.separator not in _STRONG or other.share == 1:
        return False
    return best.share == 1 or (best.uncut == 0 and other.dialect.separator not in _STRONG)


def _doubled(tried: Sequence[Tried]) -> Tried | None:
    """The best dialect, or the one of its separator doubled if that explains why every other column is empty."""
    if not tried:
        return None
    best = tried[0]
    double = best.dialect.separator * 2
    return next(
        (
            one
            for one in tried
            if one.dialect.separator == double and one.width * 2 - 1 == best.width and one.share >= best.share
        ),
        best,
    )


def _truly_other(sample: str, best: Tried, others: Sequence[Tried], cell_cap: int) -> tuple[Tried, ...]:
    """Of dialects that do as well, those that give other cells than blanks around them."""
    mine = [[cell.strip() for cell in cells] for cells in _rows(sample, best.dialect, cell_cap)]
    return tuple(
        one
        for one in others
        if [[cell.strip() for cell in cells] for cells in _rows(sample, one.dialect, cell_cap)] != mine
    )


def _rows(sample: str, dialect: Dialect, cell_cap: int) -> list[list[str]]:
    grammar = Grammar(sample, dialect, cell_cap)
    return [grammar.cells(record) for record in grammar.records() if record.kind == "row"][:20]


def _sample(text: str) -> tuple[str, bool]:
    """The beginning of a text up to a line end, and whether that is all of it."""
    if len(text) <= SAMPLE:
        return text, True
    end = max(text.rfind("\n", 0, SAMPLE), text.rfind("\r", 0, SAMPLE))
    return text[: end + 1] if end > 0 else text[:SAMPLE], False


def _candidates(sample: str) -> list[str]:
    found = [mark for mark in _SINGLE if mark in sample]
    for mark in (",", ";", "|", ":", "\t"):
        found += [pair for pair in (mark + " ", " " + mark + " ", mark * 2) if pair in sample and mark in found]
    if " " in sample:
        found += [" ", SPACES]
    return found


def _quotes(sample: str) -> tuple[str, ...]:
    return ('"', "'") if "'" in sample else ('"',)


def _comment(sample: str) -> str:
    """What lines begin with that hold no row: told by their being few, and cut unlike the others."""
    lines = [line for line in re.split(r"\r\n|\r|\n", sample) if line.strip()]
    for mark in ("#", "%", "//"):
        marked = [line for line in lines if line.startswith(mark)]
        plain = [line for line in lines if not line.startswith(mark)]
        if not marked or len(marked) >= max(2, len(plain)):
            continue
        separator = _most_even(plain)
        if separator is None:
            return mark
        usual = Counter(line.count(separator) for line in plain).most_common(1)[0][0]
        if usual and all(line.count(separator) != usual for line in marked):
            return mark
    return ""


def _most_even(lines: Sequence[str]) -> str | None:
    """The usual separator that turns up equally often in most lines."""
    best, most = None, 0.5
    for mark in (",", ";", "\t", "|", " "):
        count, times = Counter(line.count(mark) for line in lines).most_common(1)[0] if lines else (0, 0)
        if count and times / len(lines) > most:
            best, most = mark, times / len(lines)
    return best


def _try(sample: str, whole: bool, dialect: Dialect, cell_cap: int) -> Tried:
    grammar = Grammar(sample, dialect, cell_cap)
    records = [record for record in grammar.records() if record.kind in {"row", "flawed"}]
    if not whole and len(records) > 1 and records[-1].kind == "flawed":
        records.pop()
    open_at = next((place for place, record in enumerate(records) if record.flaw == NEVER_CLOSED), None)
    tried = _score(grammar, records, dialect)
    if not whole and open_at:
        # The cell may be closed behind the sample, and what follows its quote mark be no lines.
        tried = max(tried, _score(grammar, records[:open_at], dialect), key=lambda one: one.score)
    return tried


def _score(grammar: Grammar, records: Sequence[Record], dialect: Dialect) -> Tried:
    """How well some records are cut."""
    counts = Counter(record.width for record in records if record.kind == "row")
    if not counts:
        return Tried(dialect, 0.0, 0, 0.0)
    width, times = max(counts.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    # A quarter of the lines may belong to a second table or a long preamble.
    share = times / len(records)
    regular = [record for record in records if record.kind == "row" and record.width == width]
    liking = _USUAL.get(dialect.separator, _RARE.get(dialect.separator, 0.7))
    if dialect.quote == "'":
        liking *= 0.99
    if dialect.escape:
        liking *= 0.98
    score = share**2 * (width - 1) / max(1, width) * liking
    # What looks of cells could only make worse need not be looked at.
    if score >= _LEAST_SCORE:
        score *= _looks(grammar, regular, dialect)
    uncut = sum(record.width < 2 for record in records)
    return Tried(dialect, score, width, share, uncut)


def _looks(grammar: Grammar, records: Sequence[Record], dialect: Dialect) -> float:
    """How much like cells the cells look, from 0 to 1."""
    step = max(1, len(records) // _ROWS)
    if dialect.separator in {":", "/", "-", "."}:
        rests = [_WHOLE.sub("", grammar.text[one.start : one.stop]) for one in records[::step]]
        inside = sum(dialect.separator not in rest and any(map(str.isalnum, rest)) for rest in rests)
        if inside > 0.9 * len(rests):
            return 0.1
    marks = [mark for mark in (";", "|", "\t") if mark not in dialect.separator]
    total = cells = 0.0
    signs = 0
    for record in records[::step]:
        for cell in grammar.cells(record):
            signs += cell in _SIGNS
            cells += 1
            total += _look(cell, marks, record.wrapped > 0, dialect)
    if signs > 0.5 * len(records[::step]):
        # What was taken for cells separates them.
        return 0.05
    return total / cells if cells else 0.0


def _look(cell: str, marks: Sequence[str], wrapped: bool, dialect: Dialect) -> float:
    if not cell:
        return 0.5 if dialect.separator == " " else 0.9
    value = 1.0
    if cell[0] in " \t" or cell[-1] in " \t":
        value = 0.7
        cell = cell.strip()
    kind = cell_kind(cell)
    if kind in {"number", "date", "empty"}:
        return value
    if len(cell) > 1 and cell[0] == cell[-1] and cell[0] in "\"'":
        return 0.5 * value
    if not wrapped:
        if any(mark in cell for mark in marks):
            return 0.15 if _CUT.search(cell) and " " not in cell else 0.5 * value
        if "," not in dialect.separator and "," in cell:
            return 0.3 * value if not re.search(r", ", cell) else 0.7 * value
        if cell[0] in "\"'" or cell[-1] == '"':
            return 0.3 * value
    return value if any(letter.isalnum() for letter in cell) else 0.4 * value


def _plausible(tried: Sequence[Tried]) -> tuple[str, ...]:
    """Separators that cut at least some lines, best first, for a person to choose from."""
    names: list[str] = []
    for one in tried:
        separator = one.dialect.separator
        if one.width > 1 and one.share >= 0.2 and separator in _USUAL and separator not in names:
            names.append(separator)
    return tuple(names[:4])
