"""Faults of a whole file: separators, quotes, line ends, encodings, texts joined, and tables drawn with signs."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from tests.tables.drafts import Draft, Fault


def style(**changes: str | bool) -> Fault:
    """Another way to write all rows."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        draft.style = replace(draft.style, **changes)
        return True

    return spoil


def text(change: Callable[[str], str]) -> Fault:
    """The whole text changed, and still meant as it was."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        draft.edits.append(change)
        return True

    return spoil


def octets(change: Callable[[bytes], bytes]) -> Fault:
    """The bytes changed, and still meant as they were."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        draft.finish.append(change)
        return True

    return spoil


def encoding(codec: str) -> Fault:
    """Another encoding."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        draft.encoding = codec
        # A plus sign is written otherwise in UTF-7.
        return codec != "utf-7" or not any("+" in cell for column in draft.columns for cell in column.cells)

    return spoil


def declared(separator: str) -> Fault:
    """Excel's line that names the separator."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        draft.style = replace(draft.style, separator=separator)
        draft.before.insert(0, f"sep={separator}")
        return True

    return spoil


def switched(**changes: str | bool) -> Fault:
    """From the middle on another way to write rows."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if draft.replaced:
            return False
        other = replace(draft.style, **changes)
        middle = draft.rows // 2
        for place in range(middle, draft.rows):
            cells = [column.cells[place] for column in draft.columns]
            draft.replaced[place] = lambda line, cells=cells: other.line(cells)
        return True

    return spoil


def ends_switched(end: str) -> Fault:
    """From the middle on other line ends."""

    def change(whole: str) -> str:
        middle = whole.find("\n", len(whole) // 2)
        return whole[: middle + 1] + whole[middle + 1 :].replace("\r\n", end)

    return text(change)


def encoding_switched(first: str, second: str) -> Fault:
    """From the middle on another encoding, as when two files are joined."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if all(cell.isascii() for column in draft.columns for cell in column.cells):
            return False

        def change(content: bytes) -> bytes:
            whole = content.decode("utf-8")
            middle = whole.find("\n", len(whole) // 2) + 1
            return whole[:middle].encode(first) + whole[middle:].encode(second)

        draft.finish.append(change)
        return True

    return spoil


def cut(draft: Draft, rng: random.Random) -> bool:
    """The file ends in the middle of a row."""
    draft.edits.append(lambda whole: whole[: whole.rstrip().rfind(draft.style.separator)])
    draft.shaken = draft.rows - 1
    return draft.rows - 1 not in draft.replaced and not draft.after


def joined(mark: str, names: bool) -> Fault:
    """The file twice, one after the other."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if draft.before or draft.after or draft.inserted or draft.replaced or draft.edits:
            return False
        head = draft.style.line(draft.header[-1]) + draft.style.end if draft.header and not names else ""

        draft.edits.append(lambda whole: whole + mark + whole.removeprefix(head))
        for column in draft.columns:
            column.cells, column.truth = column.cells * 2, column.truth * 2
        # The rows are written once; the text is doubled afterwards.
        once = draft.rows // 2
        draft.replaced = {place: (lambda line: "\0gone") for place in range(once, draft.rows)}
        draft.edits.insert(0, lambda whole: re.sub("(?:\0gone(?:\r\n|\r|\n))+", "", whole))
        return True

    return spoil


def drawn(draw: Callable[[list[list[str]]], list[str]]) -> Fault:
    """A table drawn with signs, as it is printed on a screen."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if draft.before or draft.after or draft.inserted or draft.replaced or not draft.header or draft.style.always:
            return False
        rows = [*draft.header, *([column.cells[place] for column in draft.columns] for place in range(draft.rows))]
        if len({len(cells) for cells in rows}) > 1 or any(
            "|" in cell or "\n" in cell or cell != cell.strip() for cells in rows for cell in cells
        ):
            return False
        lines = draw(rows)
        draft.edits = [lambda whole: "\n".join(lines) + "\n"]
        return True

    return spoil


def _widths(rows: list[list[str]]) -> list[int]:
    return [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]


def _padded(rows: list[list[str]]) -> list[list[str]]:
    widths = _widths(rows)
    return [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]


def markdown(rows: list[list[str]]) -> list[str]:
    """As in Markdown."""
    body = [f"| {' | '.join(row)} |" for row in _padded(rows)]
    return [body[0], "|" + "|".join("-" * (width + 2) for width in _widths(rows)) + "|", *body[1:]]


def boxed(rows: list[list[str]]) -> list[str]:
    """As MySQL prints it."""
    rule = "+" + "+".join("-" * (width + 2) for width in _widths(rows)) + "+"
    body = [f"| {' | '.join(row)} |" for row in _padded(rows)]
    return [rule, body[0], rule, *body[1:], rule]


def ruled(rows: list[list[str]]) -> list[str]:
    """As PostgreSQL prints it."""
    body = [" " + " | ".join(row) for row in _padded(rows)]
    return [body[0], "+".join("-" * (width + 2) for width in _widths(rows)), *body[1:], f"({len(rows) - 1} rows)"]


def aligned(rows: list[list[str]]) -> list[str]:
    """Columns of a fixed width."""
    return ["  ".join(row).rstrip() for row in _padded(rows)]


def _wrapped(whole: str) -> str:
    lines = whole.splitlines()
    return "\n".join("\n".join(line[at : at + 24] for at in range(0, len(line), 24)) for line in lines) + "\n"


FILE_FAULTS: dict[str, Fault] = {
    **{
        f"separator {mark!r}": style(separator=mark)
        for mark in (
            ";",
            "\t",
            "|",
            ":",
            "^",
            "~",
            "!",
            "&",
            "#",
            "@",
            "$",
            "*",
            "/",
            "\\",
            "_",
            "¦",
            "§",
            "¬",
            "¤",
            "þ",
            "\x1f",
            "\x01",
            "\x07",
            "，",
            "；",
            "、",
            "、",
            " ",
            "  ",
            "\u00a0",
            ", ",
            " ,",
            " , ",
            ",,",
            ";;",
            "||",
            "::",
            "~|~",
            "#|#",
            "<>",
            "\t\t",
            " | ",
            " ; ",
            ",\t",
            "|@|",
        )
    },
    **{f"quote {mark!r}": style(quote=mark, escape=mark) for mark in ("'", "`", "|", "~", "$", "^", "%", "“")},
    **{
        f"quote {mark!r} always": style(quote=mark, escape=mark, always=True) for mark in ("'", "`", "|", "~", "$", "%")
    },
    "quote backslash": style(escape="\\"),
    "quote backslash always": style(escape="\\", always=True),
    "quote caret": style(escape="^", always=True),
    "no quote": style(quote=""),
    **{
        f"ends {end!r}": style(end=end)
        for end in (
            "\n",
            "\r",
            "\n\r",
            "\r\r\n",
            "\x1e",
            "\x0b",
            "\x0c",
            "\x85",
            "\u2028",
            "\u2029",
            "\n\n",
            "\r\n\r\n",
            ";\n",
            ",\n",
            " \n",
            "\\\n",
            "\\n",
            "<br>",
            "|\n",
            "\x00\n",
            "\t\n",
        )
    },
    **{f"ends {end!r} from the middle": ends_switched(end) for end in ("\n", "\r", "\u2028", "\r\r\n")},
    **{
        f"encoding {codec}": encoding(codec)
        for codec in (
            "utf-8-sig",
            "utf-16",
            "utf-16-le",
            "utf-16-be",
            "utf-32",
            "utf-32-le",
            "utf-32-be",
            "latin-1",
            "cp1252",
            "cp1250",
            "cp1251",
            "cp437",
            "cp850",
            "mac_roman",
            "iso8859_2",
            "iso8859_15",
            "cp037",
            "utf-7",
            "iso2022_jp",
            "cp1257",
            "cp1254",
            "hz",
        )
    },
    **{
        f"encoding {first}, then {second}": encoding_switched(first, second)
        for first, second in (
            ("utf-8", "cp1250"),
            ("cp1250", "utf-8"),
            ("utf-8", "utf-16-le"),
            ("utf-8", "utf-8-sig"),
            ("cp1252", "cp850"),
        )
        if (first, second) != ("cp1252", "cp850")
    },
    **{f"declared {mark!r}": declared(mark) for mark in (";", ",", "\t", "|")},
    "declared in vain": text(lambda whole: "sep=;\r\n" + whole),
    "declared in quotes": text(lambda whole: '"sep=,"\r\n' + whole),
    "declared in capitals": text(lambda whole: "SEP=,\r\n" + whole),
    **{f"separator {mark!r} from the middle": switched(separator=mark) for mark in (";", "\t", "|", " ", ", ")},
    "quotes ' from the middle": switched(quote="'", escape="'", always=True),
    "quoted from the middle": switched(always=True),
    "unquoted from the middle": switched(quote=""),
    "cut off": cut,
    **{f"twice, names again {mark!r}": joined(mark, True) for mark in ("", "\ufeff", "\r\n", "\x1a")},
    **{f"twice {mark!r}": joined(mark, False) for mark in ("", "\ufeff", "\r\n", "\x1a")},
    "mark twice": octets(lambda content: b"\xef\xbb\xbf\xef\xbb\xbf" + content),
    "mark of UTF-16": octets(lambda content: b"\xff\xfe" + content),
    "mark of UTF-16 in UTF-8": octets(lambda content: content.decode("utf-8").encode("utf-16-le")[:-1]),
    "zeros behind": octets(lambda content: content + b"\0" * 512),
    "zeros before": octets(lambda content: b"\0" * 4 + content),
    "a zero within": octets(lambda content: content[: len(content) // 2] + b"\0" + content[len(content) // 2 :]),
    "Ctrl-Z behind": octets(lambda content: content + b"\x1a"),
    "Ctrl-Z and more behind": octets(lambda content: content + b"\x1a\x00\x00junk"),
    "half a character behind": octets(lambda content: content + b"\xc3"),
    "blank ends behind": octets(lambda content: content + b"\r\n" * 40),
    "mojibake": octets(
        lambda content: content.decode("utf-8").encode("utf-8").decode("cp1252", "ignore").encode("utf-8")
    ),
    "entities": text(lambda whole: whole.encode("ascii", "xmlcharrefreplace").decode()),
    "percent signs": text(
        lambda whole: "".join(
            one if one.isascii() else "".join(f"%{byte:02X}" for byte in one.encode()) for one in whole
        )
    ),
    "escapes": text(lambda whole: whole.encode("ascii", "backslashreplace").decode()),
    "rows in quotes": text(
        lambda whole: "".join('"' + line.replace('"', '""') + '"\r\n' for line in whole.splitlines())
    ),
    "rows in brackets": text(lambda whole: "".join(f"({line}),\n" for line in whole.splitlines())),
    "rows in square brackets": text(lambda whole: "".join(f"[{line}]\n" for line in whole.splitlines())),
    "rows numbered": text(
        lambda whole: "".join(f"{number}: {line}\n" for number, line in enumerate(whole.splitlines()))
    ),
    "prompt": text(lambda whole: "$ cat table.csv\n" + whole),
    "mail quote": text(lambda whole: "".join(f"> {line}\n" for line in whole.splitlines())),
    "diff": text(lambda whole: "".join(f"+{line}\n" for line in whole.splitlines())),
    "fence": text(lambda whole: "```\n" + whole + "```\n"),
    "merge conflict": text(
        lambda whole: (
            whole
            + "<<<<<<< HEAD\n"
            + whole.splitlines()[-1]
            + "\n=======\n"
            + whole.splitlines()[-2]
            + "\n>>>>>>> other\n"
        )
    ),
    "wrapped": text(_wrapped),
    "one line": text(lambda whole: " ".join(whole.splitlines())),
    "indented": text(lambda whole: "".join(f"    {line}\n" for line in whole.splitlines())),
    "trailing spaces": text(lambda whole: "".join(f"{line:<120}\n" for line in whole.splitlines())),
    "escape codes": text(lambda whole: "\x1b[1m" + whole + "\x1b[0m"),
    "typographic quotes": text(lambda whole: re.sub('"([^"]*)"', "“\\1”", whole)),
    "escaped separators": style(quote="", separator=","),
    "Markdown": drawn(markdown),
    "box": drawn(boxed),
    "PostgreSQL": drawn(ruled),
    "fixed width": drawn(aligned),
}
