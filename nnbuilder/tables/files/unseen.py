"""Signs in a text that nobody sees, and letters that were damaged before the file came here: told with their lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from nnbuilder.tables.findings import Finding, lines_in_words, plural, shown

# Control and format characters. Joiners are part of Persian words and of emoji, and odd only beside Latin letters.
_UNSEEN = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb]|(?<=[ -\u024f])[\u200c\u200d]|[\u200c\u200d](?=[ -\u024f])"
)
_UNSEEN_BYTES = re.compile(
    b"\xc2[\x80-\x9f\xad]|\xe1\xa0\x8e|\xe2\x80[\x8b\x8e\x8f\xa8-\xae]|\xe2\x81[\xa0-\xa4\xa6-\xaf]|\xef\xbb\xbf"
    b"|\xef\xbf[\xb9-\xbb]|[ -~]\xe2\x80[\x8c\x8d]|\xe2\x80[\x8c\x8d][ -~]"
)
_LEADS = (b"\xe2\x80", b"\xe2\x81", b"\xef\xbb", b"\xef\xbf", b"\xe1\xa0", b"\xc2")
_CONTROL_NAMES = {
    "\x0b": "vertical tab",
    "\x0c": "form feed",
    "\x1a": "end of file",
    "\x1b": "escape",
    "\x08": "backspace",
}
_KEPT = 1000

# What bytes of UTF-8 look like when they are read as Windows-1252.
_REST = (
    re.escape(bytes(set(range(0x80, 0xC0)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D}).decode("cp1252")) + "\x81\x8d\x8f\x90\x9d"
)
_TWICE = re.compile(f"[Â-ß][{_REST}]|â[€‚][{_REST}]")
_ENTITY = re.compile(
    r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|amp|lt|gt|quot|apos|nbsp|[A-Za-z]{1,2}(?:uml|grave|acute|circ|tilde|cedil|ring"
    r"|slash|lig));"
)
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\N\{[A-Z ]+\}")
_PERCENT = re.compile(r"(?:%[C-Fc-f][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f])+)")
_SEVEN = re.compile(r"\+[A-Za-z0-9/]{3,}-")
_DAMAGES: dict[str, tuple[re.Pattern[str], str]] = {
    "twice": (_TWICE, "letters that were written as UTF-8 and read as something else"),
    "entity": (_ENTITY, "signs written as in web pages"),
    "escape": (_ESCAPE, "letters written as escapes"),
    "percent": (_PERCENT, "letters written as in web addresses"),
    "seven": (_SEVEN, "letters written in UTF-7"),
}
# What stands in every text that is damaged so: bytes beyond ASCII, or one sign. UTF-7 has nothing as rare.
_NEEDLES: dict[str, tuple[bytes, ...]] = {
    "twice": (*(bytes([0xC3, 0x80 + low]) for low in range(2, 32)), b"\xc3\xa2\xe2"),
    "entity": (b"&",),
    "escape": (b"\\",),
    "percent": (b"%",),
}


def unseen_findings(text: str, usual: str, line_of: Callable[[int], int]) -> Iterator[Finding]:
    """What a text holds that is not seen or was damaged.

    Parameters
    ----------
    usual
        Signs that have a meaning in this text, such as its separator.
    line_of
        The line of a place in the text.
    """
    end = len(text.rstrip("\r\n\x1a"))
    lines: list[int] = []
    signs: dict[str, None] = {}
    if not text.isascii() or _has_controls(text):
        for found in _UNSEEN.finditer(text, 0, end):
            sign = found.group()
            if sign not in usual:
                signs.setdefault(sign)
                _note(lines, line_of(found.start()))
    if lines:
        yield _tell_unseen(lines, list(signs))
    for kind in _DAMAGES:
        lines, example = [], ""
        for found in _damaged(kind, text):
            _note(lines, line_of(found.start()))
            example = example or _word(text, found.start(), found.end())
        if lines:
            yield _tell_damaged(kind, lines, example)


def unseen_at(block: bytes, high: bytes) -> int:
    """Where in a block of UTF-8 the first sign beyond ASCII stands that is not seen; -1 if none does.

    `high` are its bytes beyond ASCII alone, among which a search is quick.
    """
    if not any(lead in high for lead in _LEADS):
        return -1
    found = _UNSEEN_BYTES.search(block)
    return found.start() if found else -1


def damaged_at(block: bytes, high: bytes) -> Iterator[tuple[str, int]]:
    """Which sorts of damage a block of UTF-8 holds, and where each is first; `high` as in `unseen_at`."""
    for kind, needles in _NEEDLES.items():
        if not any(needle in (high if kind == "twice" else block) for needle in needles):
            continue
        text = block.decode("utf-8", errors="replace")
        first = next(_damaged(kind, text), None)
        if first is not None:
            yield kind, len(text[: first.start()].encode())


def first_unseen(line: int, around: str) -> Finding:
    """That a line is the first with a sign that is not seen."""
    found = _UNSEEN.search(around)
    return _tell_unseen([line], [found.group() if found else "\x7f"], first=True)


def first_damaged(line: int, kind: str, around: str) -> Finding:
    """That a line is the first with damaged letters."""
    found = next(_damaged(kind, around), None)
    return _tell_damaged(kind, [line], _word(around, found.start(), found.end()) if found else around, first=True)


def _has_controls(text: str) -> bool:
    return any(chr(code) in text for code in (*range(1, 9), 11, 12, *range(14, 32), 127))


def _damaged(kind: str, text: str) -> Iterator[re.Match[str]]:
    if kind == "twice" and text.isascii():
        return
    for found in _DAMAGES[kind][0].finditer(text):
        if _sure(kind, found, text):
            yield found


def _sure(kind: str, found: re.Match[str], text: str) -> bool:
    """Whether what was found can hardly be meant as it stands."""
    try:
        if kind == "twice":
            meant = b"".join(map(_byte, found.group())).decode("utf-8")
            code = ord(meant[0])
            # A capital with an accent before a closing mark is the end of a word in capitals.
            far = 0x370 <= code < 0x700 and found.group()[1] not in "»«”’…“"
            return code < 0x180 or 0x2000 <= code < 0x2100 or far
        if kind == "seven":
            meant = found.group().encode().decode("utf-7")
            return all(one.isalpha() and 0x80 <= ord(one) < 0x500 for one in meant)
    except UnicodeDecodeError:
        return False
    if kind == "percent":
        line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        return "://" not in line and "www." not in line
    return True


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1", errors="ignore")


def _note(lines: list[int], line: int) -> None:
    if len(lines) < _KEPT and (not lines or lines[-1] != line):
        lines.append(line)


def _word(text: str, start: int, stop: int) -> str:
    """The word around a place."""
    before = re.split(r"[\s,;|\"]", text[max(0, start - 30) : start])[-1]
    return before + re.split(r"[\s,;|\"]", text[start : stop + 30])[0]


def _tell_unseen(lines: Sequence[int], signs: Sequence[str], first: bool = False) -> Finding:
    which = ", ".join(_called(sign) for sign in signs[:3]) + (" and others" if len(signs) > 3 else "")
    where = f"Line {lines[0]} is the first that holds" if first else _where(lines)
    return Finding(
        "warning",
        f"{where} {plural(signs, 'a sign', 'signs')} nobody sees ({which}), kept as part of the cells: what looks alike"
        " may not be the same.",
        lines[0],
    )


def _tell_damaged(kind: str, lines: Sequence[int], example: str, first: bool = False) -> Finding:
    what = _DAMAGES[kind][1]
    where = f"Line {lines[0]} is the first that holds" if first else _where(lines)
    return Finding(
        "warning",
        f"{where} {what} ({shown(example)}), kept as they stand: save the file again as UTF-8 from where it was made.",
        lines[0],
    )


def _where(lines: Sequence[int]) -> str:
    return f"{lines_in_words(lines).capitalize()} {plural(lines, 'holds', 'hold')}"


def _called(sign: str) -> str:
    name = _CONTROL_NAMES.get(sign) or unicodedata.name(sign, "control character").lower()
    return f"U+{ord(sign):04X} {name}"
