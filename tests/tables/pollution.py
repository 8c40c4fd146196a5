"""Clean tables, and each of them spoiled in one way: on these the whole class of faults is tested."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Source:
    """A clean table: names, and rows of text."""

    label: str
    names: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Spoiled:
    """A file with one fault, and the clean table it was made of.

    `names` is None where the file has none; `mark` is a line the fault is at, if it is at one.
    """

    label: str
    content: bytes
    names: list[str] | None
    rows: list[list[str]]
    line: int | None = None
    encoding: str = field(default="utf-8")


@dataclass(frozen=True)
class Style:
    """How a table is written as text."""

    separator: str = ","
    quote: str = '"'
    escape: str = '"'
    end: str = "\r\n"
    always: bool = False

    def cell(self, text: str) -> str:
        """A cell, quoted if it must be."""
        if not self.quote:
            return text
        if not self.always and not any(mark in text for mark in (self.separator, self.quote, "\n", "\r")):
            return text
        return self.quote + text.replace(self.quote, self.escape + self.quote) + self.quote

    def line(self, cells: list[str]) -> str:
        """A row without its end."""
        return self.separator.join(map(self.cell, cells))

    def text(self, rows: list[list[str]], last: str | None = None) -> str:
        """All rows."""
        return self.end.join(map(self.line, rows)) + (self.end if last is None else last)


def sources() -> list[Source]:
    """Tables of about 80 rows by 10 columns: sales with text in need of quotes, numbers only, text only, small ones."""
    rng = random.Random(7)
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
    sales = [
        [
            f"{1 + n % 28:02d}/{1 + n % 12:02d}/2021",
            f"{n % 24:02d}:{n * 7 % 60:02d}:00",
            str(rng.randint(1, 40)),
            f"P{rng.randint(100, 999)}",
            f"{rng.uniform(1, 900):.2f}",
            rng.choice(words),
            rng.choice(
                ['Pipe 5"', "plain text", "big, red and round", 'He said "no", twice', "it's fine", "two\nlines", ""]
            ),
            f"http://example.org/{rng.choice(words)}/{n}",
            rng.choice(["", "none today", "call back", "paid, late"]),
            rng.choice(["yes", "no"]),
        ]
        for n in range(41)
    ]
    names = [
        "DATE",
        "TIME",
        "Qty",
        "PRODUCTID",
        "Price",
        "ProductType",
        "ProductDescription",
        "URL",
        "Comments",
        "Paid",
    ]
    numbers = [[f"{rng.gauss(0, 1):.4f}" for _ in range(6)] + [str(rng.randint(0, 2))] for _ in range(40)]
    text = [
        [
            rng.choice(words),
            rng.choice(words) + " " + rng.choice(words),
            rng.choice(["a, b", "c", "d e"]),
            rng.choice("xyz"),
        ]
        for _ in range(60)
    ]
    small = [[str(n), f"{n * 1.5}", rng.choice(words)] for n in range(12)]
    people = [
        [f"Name {n}", str(20 + n), rng.choice(["Rome", "Paris, France", "O'Brien's"]), f"{n}.5"] for n in range(30)
    ]
    return [
        Source("sales", names, sales),
        Source("numbers", [f"x{n}" for n in range(6)] + ["class"], numbers),
        Source("text", ["first", "second", "third", "fourth"], text),
        Source("small", ["id", "value", "word"], small),
        Source("people", ["name", "age", "city", "score"], people),
    ]


def spoiled(source: Source) -> Iterator[Spoiled]:
    """Every fault, once."""
    yield from _by_cell(source)
    yield from _by_line(source)
    yield from _by_file(source)
    yield from _by_table(source)


def _lines(source: Source, style: Style) -> list[str]:
    return [style.line(row) for row in [source.names, *source.rows]]


def _start_line(source: Source, row: int) -> int:
    """The line at which a row begins when some cells before it hold line ends; row 0 is the names."""
    before = [source.names, *source.rows][:row]
    return 1 + sum(1 + sum(cell.count("\n") for cell in cells) for cells in before)


def _by_cell(source: Source) -> Iterator[Spoiled]:
    style = Style()
    table = [source.names, *source.rows]
    some = sorted({0, 1, 6, len(source.names) // 2, len(source.names) - 1} & set(range(len(source.names))))
    for row in sorted({0, 1, len(table) // 2, len(table) - 1}):
        for column in some:
            where = f"row {row} column {column}"
            cells = [style.cell(cell) for cell in table[row]]
            spoilings = {"extra separator": [*cells[:column], style.separator + cells[column], *cells[column + 1 :]]}
            spoilings["extra separator behind"] = [
                *cells[:column],
                cells[column] + style.separator,
                *cells[column + 1 :],
            ]
            spoilings["extra quote before"] = [*cells[:column], '"' + cells[column], *cells[column + 1 :]]
            spoilings["extra quote behind"] = [*cells[:column], cells[column] + '"', *cells[column + 1 :]]
            middle = max(1, len(cells[column]) // 2)
            inside = cells[column][:middle] + '"' + cells[column][middle:]
            spoilings["extra quote inside"] = [*cells[:column], inside, *cells[column + 1 :]]
            for fault, changed in spoilings.items():
                lines = [style.line(one) for one in table]
                lines[row] = style.separator.join(changed)
                yield _spoiled(source, f"{fault} {where}", style.end.join(lines) + style.end, row)
            if column:
                lines = [style.line(one) for one in table]
                joined = [*cells[: column - 1], cells[column - 1] + cells[column], *cells[column + 1 :]]
                lines[row] = style.separator.join(joined)
                yield _spoiled(source, f"missing separator {where}", style.end.join(lines) + style.end, row)
            if cells[column].startswith('"'):
                for fault, cell in (
                    ("open quote missing", cells[column][1:]),
                    ("end quote missing", cells[column][:-1]),
                ):
                    lines = [style.line(one) for one in table]
                    lines[row] = style.separator.join([*cells[:column], cell, *cells[column + 1 :]])
                    yield _spoiled(source, f"{fault} {where}", style.end.join(lines) + style.end, row)


def _spoiled(source: Source, label: str, text: str, row: int | None = None) -> Spoiled:
    line = _start_line(source, row) if row is not None else None
    return Spoiled(f"{source.label}: {label}", text.encode(), source.names, source.rows, line)


def _by_line(source: Source) -> Iterator[Spoiled]:
    style = Style()
    table = [source.names, *source.rows]
    for row in sorted({0, 1, len(table) // 2, len(table) - 1}):
        others = {
            "semicolon": Style(";"),
            "tab": Style("\t"),
            "bar": Style("|"),
            "space": Style(" "),
            "comma space": Style(", "),
            "single quotes": Style(quote="'", escape="'", always=True),
            "single quotes where needed": Style(quote="'", escape="'"),
            "no quotes": Style(quote=""),
            "backslash": Style(escape="\\"),
            "all quoted": Style(always=True),
        }
        for fault, other in others.items():
            lines = _lines(source, style)
            lines[row] = other.line(table[row])
            yield _spoiled(source, f"row {row} {fault}", style.end.join(lines) + style.end, row)
        for fault, put in {
            "blank line before": "",
            "comment before": "# a remark",
            "comment with separators before": "#" + "," * (len(source.names) - 1),
            "only separators before": "," * (len(source.names) - 1),
            "spaces before": "   ",
        }.items():
            lines = _lines(source, style)
            lines.insert(row, put)
            yield _spoiled(source, f"{fault} row {row}", style.end.join(lines) + style.end, row)
        for fault, end in {"LF": "\n", "CR": "\r", "CRCRLF": "\r\r\n"}.items():
            lines = [line + style.end for line in _lines(source, style)]
            lines[row] = lines[row].removesuffix(style.end) + end
            yield _spoiled(source, f"row {row} ends in {fault}", "".join(lines), row)
        lines = _lines(source, style)
        lines[row] = "\0" + lines[row]
        yield _spoiled(source, f"NUL before row {row}", style.end.join(lines), row)
        lines = [line.encode() for line in _lines(source, style)]
        for fault, bad in {
            "latin-1": "é".encode("latin-1"),
            "broken": b"\xc3",
            "utf-16": "ab".encode("utf-16-le"),
        }.items():
            changed = list(lines)
            changed[row] = lines[row] + bad
            changed[0] = changed[0] + ("ü".encode() if fault != "utf-16" else b"")
            spoilt = b"\r\n".join(changed)
            yield Spoiled(
                f"{source.label}: {fault} bytes in row {row}",
                spoilt,
                source.names,
                source.rows,
                _start_line(source, row),
            )


def _by_file(source: Source) -> Iterator[Spoiled]:
    table = [source.names, *source.rows]
    for name, mark in {
        "comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "space": " ", "comma space": ", ", "colon": ":",
        "double bar": "||", "hat": "^", "unit": "\x1f", "tilde": "~", "bar spaces": " | ", "semicolon space": "; ",
    }.items():  # fmt: skip
        for how, style in {
            "": Style(mark),
            " all quoted": Style(mark, always=True),
            " unquoted": Style(mark, quote=""),
        }.items():
            yield _spoiled(source, f"separator {name}{how}", style.text(table))
    for how, style in {
        "single": Style(quote="'", escape="'"),
        "single always": Style(quote="'", escape="'", always=True),
        "none": Style(quote=""),
        "always": Style(always=True),
        "backslash": Style(escape="\\"),
        "backslash always": Style(escape="\\", always=True),
        "NUL": Style(escape="\0"),
        "no escape": Style(escape=""),
    }.items():
        yield _spoiled(source, f"quote {how}", style.text(table))
    for name, end in {
        "LF": "\n",
        "CR": "\r",
        "CRLF": "\r\n",
        "RS": "\x1e",
        "NEL": "\x85",
        "LS": "\u2028",
        "LFCR": "\n\r",
    }.items():
        yield _spoiled(source, f"ends {name}", Style(end=end).text(table))
    yield _spoiled(source, "no last end", Style().text(table, ""))
    yield _spoiled(source, "two last ends", Style().text(table, "\r\n\r\n"))
    yield _spoiled(source, "five last ends", Style().text(table, "\r\n" * 5))
    yield _spoiled(source, "Ctrl-Z at the end", Style().text(table, "\r\n\x1a"))
    yield _spoiled(source, "separator at each end", "".join(Style().line(row) + ",\r\n" for row in table))
    yield _spoiled(source, "sep=", "sep=;\r\n" + Style(";").text(table))
    text = Style().text(table)
    for codec in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
        yield Spoiled(f"{source.label}: {codec}", text.encode(codec), source.names, source.rows)
    foreign = [
        [cell + "é" if cell and not cell[0].isdigit() and cell[0] not in "-." else cell for cell in row]
        for row in source.rows
    ]
    for codec in ("utf-8", "latin-1", "cp1252", "cp1250", "mac_roman"):
        spoilt = Style().text([source.names, *foreign]).encode(codec)
        yield Spoiled(f"{source.label}: letters in {codec}", spoilt, source.names, foreign)
    half = len(foreign) // 2
    mixed = Style().text([source.names, *foreign[:half]]).encode() + Style().text(foreign[half:]).encode("latin-1")
    yield Spoiled(f"{source.label}: half UTF-8, half Latin-1", mixed, source.names, foreign)
    turned = Style().text([source.names, *foreign[:half]]).encode("latin-1") + Style().text(foreign[half:]).encode()
    yield Spoiled(f"{source.label}: half Latin-1, half UTF-8", turned, source.names, foreign)


def _by_table(source: Source) -> Iterator[Spoiled]:
    style = Style()
    table = [source.names, *source.rows]
    text = style.text(table)
    yield Spoiled(f"{source.label}: no header", style.text(source.rows).encode(), None, source.rows)
    for count in (1, 2, 3):
        more = [[f"{name} part {number}" for name in source.names] for number in range(count)]
        yield Spoiled(
            f"{source.label}: {count + 1} header rows",
            style.text([source.names, *more, *source.rows]).encode(),
            None,
            source.rows,
            2,
        )
    units = [["unit"] * len(source.names)]
    yield Spoiled(
        f"{source.label}: units row", style.text([source.names, *units, *source.rows]).encode(), None, source.rows, 2
    )
    for fault, names in {
        "doubled name": [source.names[1], *source.names[1:]],
        "blank name": ["", *source.names[1:]],
        "last name blank": [*source.names[:-1], ""],
        "all names blank": [""] * len(source.names),
        "one name short": source.names[1:],
        "last name missing": source.names[:-1],
        "one name too many": ["index", *source.names],
        "names long": ["n" * 500, *source.names[1:]],
        "names with signs": ["=1+1", "<b>x</b>", 'a "b"', *source.names[3:]],
    }.items():
        yield Spoiled(f"{source.label}: {fault}", style.text([names, *source.rows]).encode(), names, source.rows, 1)
    for count in (1, 2, 3, 5):
        for fault, line in {
            "plain": "This is the report of the year",
            "with a comma": "Report, made by the office",
            "filled up": "Report" + "," * (len(source.names) - 1),
            "key and value": "Author,Somebody",
        }.items():
            for blank in ("", "\r\n"):
                between = " and a blank line" if blank else ""
                before = "".join(line + "\r\n" for _ in range(count)) + blank
                yield _spoiled(source, f"{count} lines {fault} before{between}", before + text)
                after = blank + "".join(line + "\r\n" for _ in range(count))
                yield _spoiled(source, f"{count} lines {fault} after{between}", text + after)
    total = ["Total", *[""] * (len(source.names) - 2), "17"]
    yield _spoiled(source, "total", style.text([*table, total]))
    for blank in ("", "\r\n", "\r\n\r\n"):
        apart = f" {len(blank) // 2} blank lines apart"
        yield _spoiled(source, "twice" + apart, text + blank + text)
        less = [row[:-1] for row in table]
        yield _spoiled(source, "second table of fewer columns" + apart, text + blank + style.text(less))
        more = [[*row, "9"] for row in table]
        yield _spoiled(source, "second table of more columns" + apart, text + blank + style.text(more))
        other = [[f"other {name}" for name in source.names], *source.rows[::-1]]
        yield _spoiled(source, "second table with other names" + apart, text + blank + style.text(other))
        yield _spoiled(source, "short second table" + apart, text + blank + style.text(less[:3]))
    yield Spoiled(f"{source.label}: one row", style.text(table[:2]).encode(), source.names, source.rows[:1])
    yield Spoiled(f"{source.label}: two rows", style.text(table[:3]).encode(), source.names, source.rows[:2])
    yield Spoiled(f"{source.label}: header only", style.text(table[:1]).encode(), source.names, [])
    yield Spoiled(f"{source.label}: header only without end", style.text(table[:1], "").encode(), source.names, [])
    yield Spoiled(f"{source.label}: empty", b"", source.names, [])
    yield Spoiled(f"{source.label}: one row alone", style.text(source.rows[:1]).encode(), None, source.rows[:1])
