"""The characters of a text file: which encoding its bytes are in, told with the line where one does not fit."""

from __future__ import annotations

import codecs
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnbuilder.tables.choices import Choices
from nnbuilder.tables.files.alphabets import TITLES, Ranked, is_latin, rank_encodings
from nnbuilder.tables.files.opening import BLOCK, Content, Progress, temporary
from nnbuilder.tables.findings import Finding, Unreadable

_MARKS: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
)
# A well-formed character of two to four bytes: Unicode Standard, table 3-7.
_UTF8_CHARACTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b]")
_SAMPLE = 256 * 1024
_EXAMPLE = 2000
_PLAIN = 0.8
"""How well an encoding of another script must fit that UTF-8 by chance is passed over."""
_BY_CHANCE = 3
_UNDOUBTED = 0.4
_AS_GOOD = 0.1
"""The usual encoding is taken where no other does better by more than this."""
_OFFERED = 0.4
_MOST_OFFERED, _LEAST_OFFERED = 4, 3


@dataclass(frozen=True)
class Decoded:
    """A text file as UTF-8 without a byte order mark.

    `ascii` says that every byte is below 128.
    """

    content: Content
    encoding: str
    reason: str
    ascii: bool
    findings: tuple[Finding, ...] = ()


def decode(content: Content, name: str, choices: Choices, progress: Progress) -> Decoded:
    """The text of a file as UTF-8, in the encoding chosen or else the one found.

    Raises
    ------
    Unreadable
        If a byte does not fit the encoding, or the file is no text; the sentence names the line.
    """
    if choices.encoding is not None:
        return _chosen(content, name, choices.encoding, progress)
    for mark, codec, label in _MARKS:
        if content[:4].startswith(mark):
            reason = f"the file begins with the byte order mark of {label}"
            if codec == "utf-8-sig":
                return _utf8(content, name, codec, reason, progress)
            return Decoded(_transcode(content, name, codec, label, progress), codec, reason, False)
    codec = _wide(content)
    if codec:
        reason = (
            "every other byte is zero, as in UTF-16" if "16" in codec else "three of four bytes are zero, as in UTF-32"
        )
        return Decoded(_transcode(content, name, codec, codec.upper(), progress), codec, reason, False)
    _refuse_binary(content, name)
    return _utf8(content, name, "utf-8", "", progress)


def line_at(content: Content, offset: int) -> int:
    """The 1-based line of a byte; lines end in LF, CR or CRLF."""
    lines = 1
    for begin in range(0, offset, BLOCK):
        end = min(begin + BLOCK, offset)
        # A CRLF on the edge of two blocks is one end.
        block = content[begin : end + 1 if end < offset else end]
        lines += sum(1 for found in _LINE_END.finditer(block) if found.start() < end - begin)
        if begin and content[begin - 1 : begin] == b"\r" and block[:1] == b"\n":
            lines -= 1
    return lines


def blocks(content: Content, size: int = BLOCK) -> Iterator[tuple[int, bytes]]:
    """Pieces of a UTF-8 text that do not cut a character, and where each begins."""
    begin = 0
    while begin < len(content):
        end = min(begin + size, len(content))
        while end < len(content) and end > begin + size - 4 and content[end] & 0xC0 == 0x80:
            end -= 1
        yield begin, content[begin:end]
        begin = end


def _chosen(content: Content, name: str, encoding: str, progress: Progress) -> Decoded:
    try:
        codec = codecs.lookup(encoding).name
        "a".encode(codec)
    except (LookupError, TypeError, UnicodeError):
        raise Unreadable(f"“{encoding}” is no encoding that is known here; choose another one.") from None
    reason = "chosen"
    if codec in {"utf-8", "utf-8-sig", "ascii"}:
        return _utf8(content, name, codec, reason, progress)
    return Decoded(_transcode(content, name, codec, encoding, progress), encoding, reason, False)


def _utf8(content: Content, name: str, codec: str, reason: str, progress: Progress) -> Decoded:
    """UTF-8 as it stands, or what the first byte says that is not."""
    skip = 3 if content[:3] == b"\xef\xbb\xbf" else 0
    ascii_only = True
    findings: list[Finding] = []
    for begin, block in blocks(content):
        progress(begin / len(content), "Checking the characters")
        if block.isascii():
            continue
        if begin or block[skip:].strip(b"\xef\xbb\xbf") or not skip:
            ascii_only = ascii_only and block[skip if not begin else 0 :].isascii()
        try:
            block.decode("utf-8")
        except UnicodeDecodeError as error:
            return _not_utf8(content, name, begin + error.start, reason, progress)
        if not findings:
            findings += _doubtful(content, begin, block, skip)
    if skip:
        content = content[3:] if isinstance(content, bytes) else _without_mark(content)
    why = reason or ("every byte is plain ASCII" if ascii_only else "every byte fits UTF-8")
    return Decoded(content, codec, why, ascii_only, tuple(findings))


def _without_mark(content: Content) -> Content:
    """A mapped file without its first three bytes."""
    with tempfile.TemporaryFile() as target:
        for begin in range(3, len(content), BLOCK):
            target.write(content[begin : begin + BLOCK])
        return temporary(target)


def _doubtful(content: Content, begin: int, block: bytes, skip: int) -> Iterator[Finding]:
    """Characters that say that the text was damaged before it came here."""
    at = block.find("\ufffd".encode())
    if at >= 0:
        line = line_at(content, begin + at)
        yield Finding(
            "warning",
            f"Line {line} holds the sign “\ufffd” that stands for a lost character: the text was damaged before"
            " it came here.",
            line,
        )
    at = block.find(b"\xef\xbb\xbf", skip if not begin else 0)
    if at >= 0:
        line = line_at(content, begin + at)
        yield Finding(
            "warning",
            f"Line {line} holds a byte order mark in its middle, as when files are joined: look whether a"
            " second table begins there.",
            line,
        )


def _not_utf8(content: Content, name: str, offset: int, reason: str, progress: Progress) -> Decoded:
    """A text in a single-byte encoding, or UTF-8 that is broken: told by whether other bytes do make UTF-8."""
    line = line_at(content, offset)
    byte = content[offset]
    if reason:
        raise Unreadable(
            f"Line {line} of {name} holds the byte 0x{byte:02X}, which is not UTF-8 though {reason};"
            " save the file as UTF-8 again, or choose another encoding.",
            line,
            (("Read it as Windows-1252", Choices(encoding="cp1252")),),
        )
    sample, good, broken = _evidence(content)
    ranked = rank_encodings(sample)
    best = ranked[0] if ranked else None
    # Of other scripts each letter is beyond ASCII, and some make UTF-8 by chance.
    other_script = best is not None and best.score >= _PLAIN and not is_latin(best.encoding)
    if good and not (other_script and broken > _BY_CHANCE * good):
        raise Unreadable(
            f"Line {line} of {name} holds the byte 0x{byte:02X}, which is not UTF-8, while other lines are"
            f" ({good} {'character fits' if good == 1 else 'characters fit'}, {broken}"
            f" {'byte does' if broken == 1 else 'bytes do'} not); save the file in one encoding, or choose one.",
            line,
            (("Read it as Windows-1252", Choices(encoding="cp1252")),),
        )
    codec, sure = _likeliest(ranked, sample)
    decoded = _transcode(content, name, codec, codec, progress)
    label = {"cp1252": "Windows-1252 (Latin-1)"}.get(codec, TITLES.get(codec, codec))
    likely = [one for one in ranked if one.score >= _OFFERED * ranked[0].score][:_MOST_OFFERED]
    offered = [one for one in ranked if one in likely or one.encoding == "cp1252"]
    offered += [one for one in ranked if one not in offered][: max(0, _LEAST_OFFERED - len(offered))]
    offered.sort(key=lambda one: one.encoding != codec)
    place = _telling(offered)
    options = tuple(
        (f"{TITLES[one.encoding]}: {_example(one.text, place)}", Choices(encoding=one.encoding)) for one in offered
    )
    example = _example(_line_of(sample).decode(codec, errors="replace"), place)
    finding = Finding(
        "warning" if sure else "question",
        f"Line {line} holds the byte 0x{byte:02X}, which is not UTF-8; the file is read as {label}"
        f" (“{example}”): choose another encoding if letters look wrong.",
        line,
        options,
    )
    return Decoded(decoded, codec, f"line {line} is not UTF-8, and {label} gives letters", False, (finding,))


def _line_of(sample: bytes) -> bytes:
    """The first line beyond ASCII."""
    return next((line for line in sample.split(b"\n") if not line.isascii()), b"")


def _words(text: str) -> list[str]:
    return re.split(r"[\s,;|\"]+", text[:_EXAMPLE])


def _telling(offered: Sequence[Ranked]) -> int:
    """The place of the word that encodings read in the most different ways."""
    if len(offered) < 2:
        return 0
    columns = list(zip(*(_words(one.text) for one in offered), strict=False))
    return max(range(len(columns)), key=lambda place: (len(set(columns[place])), -place), default=0)


def _example(text: str, place: int) -> str:
    """The word at a place if it is beyond ASCII, else the first such word."""
    words = _words(text)
    return next((word for word in (*words[place : place + 1], *words) if not word.isascii()), "")[:30]


def _evidence(content: Content) -> tuple[bytes, int, int]:
    """Bytes beyond ASCII of the whole file with a few around, how many characters make UTF-8, how many bytes do not."""
    good = broken = 0
    lines: list[bytes] = []
    kept = 0
    for begin in range(0, len(content), BLOCK):
        block = content[begin : begin + BLOCK]
        if block.isascii():
            continue
        characters = [found.group() for found in _UTF8_CHARACTER.finditer(block)]
        good += len(characters)
        broken += len(block.translate(None, bytes(range(128)))) - sum(map(len, characters))
        if kept < _SAMPLE:
            for line in _LINE_END.split(block):
                if not line.isascii() and kept < _SAMPLE:
                    lines.append(line[:1000])
                    kept += len(lines[-1])
    return b"\n".join(lines), good, broken


def _likeliest(ranked: Sequence[Ranked], sample: bytes) -> tuple[str, bool]:
    """The encoding of text beyond ASCII, and whether it is beyond much doubt."""
    western = next((one for one in ranked if one.encoding == "cp1252"), None)
    if western is not None and western.score >= max(_UNDOUBTED, ranked[0].score - _AS_GOOD):
        return "cp1252", True
    if ranked and ranked[0].score >= _UNDOUBTED:
        return ranked[0].encoding, False
    # Heavy for what it is, and needed by few files.
    from charset_normalizer import from_bytes

    best = from_bytes(sample, threshold=0.4, cp_isolation=list(TITLES)).best()
    if best is not None:
        return best.encoding, False
    return ("cp1252" if western is not None else "latin-1"), False


def _wide(content: Content) -> str | None:
    """UTF-16 or UTF-32 without a mark, by where the zero bytes are."""
    sample = content[: 4096 - 4096 % 4]
    size = len(sample)
    if size < 4 or b"\x00" not in sample:
        return None
    zeros = [sample[start::4].count(0) for start in range(4)]
    quarter = max(1, size // 4)
    if len(content) % 4 == 0:
        if min(zeros[1:]) >= 0.7 * quarter and zeros[0] < 0.1 * quarter:
            return "utf-32-le"
        if min(zeros[:3]) >= 0.7 * quarter and zeros[3] < 0.1 * quarter:
            return "utf-32-be"
    if len(content) % 2 == 0:
        even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
        if odd >= 0.6 * 2 * quarter and even < 0.05 * 2 * quarter:
            return "utf-16-le"
        if even >= 0.6 * 2 * quarter and odd < 0.05 * 2 * quarter:
            return "utf-16-be"
    return None


def _refuse_binary(content: Content, name: str) -> None:
    """Refuse what is no text by its control characters; single NUL bytes are looked at when rows are."""
    sample = content[: 64 * 1024]
    found = list(_CONTROL.finditer(sample))
    nul = sample.count(0)
    if len(found) > max(8, 0.02 * len(sample)) and not 0 < len(found) - nul < 4 and nul < len(found):
        line = line_at(content, found[0].start())
        byte = sample[found[0].start()]
        raise Unreadable(
            f"{name} is no text, whatever its name says: line {line} holds the control byte 0x{byte:02X}"
            f" and {len(found)} such bytes follow within {len(sample)}; save the table as CSV, .xlsx or Parquet.",
            line,
        )


def _transcode(content: Content, name: str, codec: str, label: str, progress: Progress) -> Content:
    """The text as UTF-8, without a byte order mark."""
    decoder = codecs.getincrementaldecoder(codec)()
    with tempfile.TemporaryFile() as target:
        lines = 1
        first = True
        for begin in range(0, len(content), BLOCK):
            block = content[begin : begin + BLOCK]
            progress(begin / len(content), "Decoding the characters")
            try:
                text = decoder.decode(block, final=begin + BLOCK >= len(content))
            except UnicodeDecodeError as error:
                # What came before in this block is still whole.
                before = block[: error.start].decode(codec, errors="ignore")
                line = lines + before.count("\n")
                raise Unreadable(
                    f"Line {line} of {name} holds bytes that are not {label} ({error.reason});"
                    " save the file again as UTF-8, or choose another encoding.",
                    line,
                ) from None
            except UnicodeError as error:
                raise Unreadable(
                    f"Line {lines} of {name} is not {label} ({error}); save the file again as UTF-8, or choose"
                    " another encoding.",
                    lines,
                ) from None
            if first and text.startswith("\ufeff"):
                text = text[1:]
            first = False
            try:
                target.write(text.encode("utf-8"))
            except UnicodeEncodeError as error:
                line = lines + text.count("\n", 0, error.start)
                raise Unreadable(
                    f"Line {line} of {name} holds half a character (a lone surrogate); save the file again as UTF-8.",
                    line,
                ) from None
            lines += text.count("\n")
        return temporary(target)
