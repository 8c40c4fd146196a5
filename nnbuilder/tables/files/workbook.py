"""Read a sheet of an Excel workbook (.xlsx): values as Excel last computed them, with entities and bombs refused."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import IO, Any

from nnbuilder.fields import plain
from nnbuilder.tables.choices import Caps, Choices
from nnbuilder.tables.files.opening import Content, Progress, as_file
from nnbuilder.tables.files.sheet_findings import tell_blank, tell_errors, tell_formulas
from nnbuilder.tables.files.sheet_marks import sheet_marks, tell_hidden, tell_merged, with_values
from nnbuilder.tables.files.sheet_tables import choose_table
from nnbuilder.tables.findings import Finding, Unreadable, lines_in_words, listed, plural, shown
from nnbuilder.tables.lines.header import detect_header, make_names
from nnbuilder.tables.lines.row_lines import RowLines
from nnbuilder.tables.lines.surroundings import ask_about_closing, closing_rows
from nnbuilder.tables.reading import Table

LOOKED_BACK = 40
"""Rows at the end of a sheet among which there may be totals and remarks."""
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_LINE = re.compile(r"\b([Ll]ine)(s?)\b")
_ROW = {"line": "row", "Line": "Row"}


def read_workbook(content: Content, name: str, choices: Choices, caps: Caps, progress: Progress) -> Table:
    """Read one sheet of a workbook.

    Raises
    ------
    Unreadable
        If it is damaged, declares entities, passes a cap, or the sheet has no rows.
    """
    _refuse_entities(content, name)
    # Heavy, and few files are workbooks.
    import openpyxl

    findings: list[Finding] = []
    reasons: dict[str, str] = {}
    try:
        book = openpyxl.load_workbook(as_file(content), read_only=True, data_only=True, keep_links=False)
        sheet = _choose_sheet(book, choices, findings, reasons, name)
        rows = _rows(sheet, name, caps, progress)
        marks = sheet_marks(content, sheet, caps.columns)
        book.close()
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        # The library raises whatever a damaged workbook leads it to.
        raise Unreadable(
            f"{name} is damaged and cannot be read as a workbook ({error}); save it again as .xlsx or CSV."
        ) from None
    rows = _without(rows, choices, findings)
    if choices.merged == "fill":
        rows = with_values(rows, marks.merged)
    rows, part = choose_table(rows, choices, findings, reasons, name)
    choices = replace(choices, part=part)
    rows, first_column = _without_margins(rows)
    table = _table(rows, name, sheet.title, choices, findings, reasons)
    tell_blank(list(table.first_line), rows, findings)
    findings += tell_merged(marks.merged, table.first_line[0], choices)
    findings += tell_hidden(marks, list(table.first_line), table.names, first_column, choices)
    tell_formulas(content, sheet.title, table, findings)
    return replace(table, findings=tuple(map(_of_sheet, findings)))


def _of_sheet(finding: Finding) -> Finding:
    """A finding that says row where a text has lines; what stands in quotation marks is left as it is."""
    options = tuple((_rows_said(label), choices) for label, choices in finding.options)
    return replace(finding, message=_rows_said(finding.message), options=options)


def _rows_said(text: str) -> str:
    parts = re.split("(“[^”]*”)", text)
    return "".join(
        part if part.startswith("“") else _LINE.sub(lambda word: _ROW[word[1]] + word[2], part) for part in parts
    )


def _refuse_entities(content: Content, name: str) -> None:
    """Refuse a workbook whose XML declares entities: no office program writes any, and they can grow without end."""
    with zipfile.ZipFile(as_file(content)) as archive:
        for member in archive.infolist():
            if not member.filename.lower().endswith((".xml", ".rels", ".vml")):
                continue
            with archive.open(member) as part:
                head = part.read(64 * 1024)
                wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:64]
                if wide or _DECLARATION.search(head) or _declared(part):
                    raise Unreadable(
                        f"{name} declares XML entities in {member.filename}, as only an attack does;"
                        " save the table from Excel as CSV and open that."
                    )


def _declared(part: IO[bytes]) -> bool:
    """Whether the rest of a part declares entities; they stand before the first element, yet comments may fill up."""
    last = b""
    while block := part.read(2**20):
        if _DECLARATION.search(last + block):
            return True
        last = block[-16:]
    return False


def _choose_sheet(book: Any, choices: Choices, findings: list[Finding], reasons: dict[str, str], name: str) -> Any:
    sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")]
    if not sheets:
        raise Unreadable(f"{name} holds no sheet with cells; save the table again.")
    if choices.sheet is not None:
        found = next((sheet for sheet in sheets if sheet.title == choices.sheet), None)
        if found is None:
            titles = ", ".join(shown(sheet.title) for sheet in sheets[:8])
            raise Unreadable(f"{name} has no sheet {shown(choices.sheet)}; choose one of {titles}.")
        reasons["sheet"] = "chosen"
        return found
    filled = []
    for sheet in sheets:
        if any(cell is not None for row in sheet.iter_rows(max_row=200, values_only=True) for cell in row):
            filled.append(sheet)
    if not filled:
        raise Unreadable(f"{name} holds no filled cell in any sheet; open another file.")
    filled.sort(key=_is_hidden)
    seen = [sheet for sheet in filled if not _is_hidden(sheet)] or filled
    reasons["sheet"] = "it is the only sheet with cells" if len(filled) == 1 else "it is the first sheet with cells"
    if len(filled) > 1:
        options = tuple(
            (f"Sheet {shown(sheet.title)}{' (hidden)' if _is_hidden(sheet) else ''}", Choices(sheet=sheet.title))
            for sheet in filled[:8]
        )
        if len(seen) > 1:
            message = (
                f"The workbook has {len(filled)} sheets with cells; {shown(filled[0].title)} is shown: choose one."
            )
        else:
            hidden = [sheet.title for sheet in filled[1:]]
            message = (
                f"The hidden {plural(hidden, 'sheet', 'sheets')} {listed(hidden)} {plural(hidden, 'has', 'have')}"
                f" cells, too; {shown(filled[0].title)} is shown."
            )
        findings.append(Finding("question" if len(seen) > 1 else "note", message, None, options))
    return filled[0]


def _is_hidden(sheet: Any) -> bool:
    return getattr(sheet, "sheet_state", "visible") != "visible"


def _rows(sheet: Any, name: str, caps: Caps, progress: Progress) -> list[tuple[int, list[Any]]]:
    """The filled rows of a sheet with their numbers, all of one width."""
    # The size a sheet gives of itself need not be true and may be enormous.
    sheet.reset_dimensions()
    rows: list[tuple[int, list[Any]]] = []
    width = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        cells = list(row)
        while cells and cells[-1] is None:
            cells.pop()
        if len(cells) > caps.columns:
            raise Unreadable(
                f"Row {number} of {name} has {plain(len(cells))} columns and at most {plain(caps.columns)} are read;"
                " leave out columns.",
                number,
            )
        if cells:
            longest = max((len(cell) for cell in cells if isinstance(cell, str)), default=0)
            if longest > caps.cell:
                raise Unreadable(
                    f"Row {number} of {name} has a cell of more than {plain(caps.cell)} characters; leave it out.",
                    number,
                )
            rows.append((number, cells))
            width = max(width, len(cells))
        if len(rows) > caps.rows:
            raise Unreadable(
                f"Row {number} of {name} is past the {plain(caps.rows)} rows that are read; leave out rows.", number
            )
        if number % 2000 == 0:
            progress(min(0.9, number / max(1, number + 50_000)), "Reading the sheet")
    return [(number, cells + [None] * (width - len(cells))) for number, cells in rows]


def _without(
    rows: list[tuple[int, list[Any]]], choices: Choices, findings: list[Finding]
) -> list[tuple[int, list[Any]]]:
    """The rows without those that are left out by choice."""
    lines = choices.lines_left_out()
    gone = [number for number, _ in rows if number in lines]
    if not gone:
        return rows
    words = f"{lines_in_words(gone, word='row').capitalize()} {plural(gone, 'is', 'are')} left out as chosen."
    findings.append(Finding("note", words, gone[0]))
    return [(number, cells) for number, cells in rows if number not in lines]


def _without_margins(rows: list[tuple[int, list[Any]]]) -> tuple[list[tuple[int, list[Any]]], int]:
    """The rows without the empty columns at both sides, and the place of the first one kept."""
    filled = {place for _, cells in rows for place, cell in enumerate(cells) if cell is not None}
    first, last = min(filled, default=0), max(filled, default=-1)
    return [(number, cells[first : last + 1]) for number, cells in rows], first


def _text(value: Any) -> str | None:
    """A cell as text, so that numbers and dates keep every digit."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _table(
    rows: list[tuple[int, list[Any]]],
    name: str,
    sheet: str,
    choices: Choices,
    findings: list[Finding],
    reasons: dict[str, str],
) -> Table:
    import pyarrow as pa

    if not rows:
        raise Unreadable(f"{name} holds no filled cell in sheet {shown(sheet)}; choose another sheet.")
    width = len(rows[0][1])
    begin = _skip(rows, width, choices, findings, reasons)
    body = rows[begin:]
    if not body:
        raise Unreadable(f"{name} has no row after the {choices.skip_rows} that are skipped; skip fewer.")
    texts = [[_text(cell) for cell in cells] for _, cells in body]
    footer = choices.footer_rows
    if footer is None:
        tail = [[cell or "" for cell in row] for row in texts[-LOOKED_BACK:]]
        footer = closing_rows(tail) if width > 1 else 0
        if footer:
            lines = [number for number, _ in body[-footer:]]
            findings.append(ask_about_closing(lines, [next(filter(None, tail[-footer]))], "row"))
    body, texts = body[: len(body) - footer], texts[: len(texts) - footer]
    if choices.header_rows is not None:
        header, found_names = choices.header_rows, None
        reasons["header_rows"] = "chosen"
    else:
        plain = [[cell or "" for cell in row] for row in texts[:500]]
        found = detect_header(plain, [number for number, _ in body[:500]])
        header, found_names = found.rows, found.names
        reasons["header_rows"] = found.reason
        if found.finding:
            findings.append(found.finding)
    which = (choices.header_names or found_names) if header > 1 else None
    named = texts[: 1 if which == "first" else header]
    names = make_names([[cell or "" for cell in row] for row in named], width, body[0][0])
    findings += names.findings
    kept = texts[header:]
    if not kept:
        line = body[0][0]
        raise Unreadable(
            f"{name} has names in row {line} and no rows below; add rows, or say that it has no names.",
            line,
            (("All rows are data", Choices(header_rows=0)),),
        )
    values = [cells for _, cells in body[header:]]
    tell_errors([number for number, _ in body[header:]], values, findings)
    columns = [pa.array(column, pa.string()) for column in zip(*kept, strict=True)]
    skip = choices.skip_rows if choices.skip_rows is not None else body[0][0] - 1
    return Table(
        data=pa.table(columns, names=list(names.unique)),
        names=names.unique,
        original_names=names.original,
        types=tuple(_column_type([row[place] for row in values]) for place in range(width)),
        choices=Choices(
            format="xlsx", sheet=sheet, header_rows=header, header_names=which, skip_rows=skip, footer_rows=footer,
            left_out=choices.left_out, merged=choices.merged, part=choices.part, decimal=choices.decimal,
            thousands=choices.thousands,
        ),
        reasons=reasons,
        findings=(),
        first_line=RowLines(len(kept), 0, (number for number, _ in body[header:])),
    )  # fmt: skip


def _skip(
    rows: Sequence[tuple[int, list[Any]]],
    width: int,
    choices: Choices,
    findings: list[Finding],
    reasons: dict[str, str],
) -> int:
    """How many filled rows stand before the table: titles fill one cell of a wide table."""
    if choices.skip_rows is not None:
        reasons["skip_rows"] = "chosen"
        return sum(number <= choices.skip_rows for number, _ in rows)
    if width < 3:
        return 0
    begin = 0
    while begin < len(rows) - 1 and sum(cell is not None for cell in rows[begin][1]) <= 1:
        begin += 1
    if begin and sum(cell is not None for cell in rows[begin][1]) < (width + 1) // 2:
        return 0
    if begin:
        lines = [number for number, _ in rows[:begin]]
        example = next(str(cell) for cell in rows[0][1] if cell is not None)
        reasons["skip_rows"] = "the rows before fill one cell only"
        findings.append(
            Finding(
                "warning",
                f"{lines_in_words(lines).capitalize()} {'stands' if begin == 1 else 'stand'} before the table"
                f" and {'is' if begin == 1 else 'are'} left out: {shown(example)}.",
                lines[0],
            )
        )
    return begin


def _column_type(values: Sequence[Any]) -> str | None:
    """What all filled cells of a column are, if they are one thing."""
    kinds = set()
    for value in values:
        if value is None:
            continue
        if isinstance(value, bool):
            kinds.add("yes_no")
        elif isinstance(value, int | float):
            kinds.add("number")
        elif isinstance(value, datetime.datetime | datetime.date):
            kinds.add("date")
        else:
            return None
    return kinds.pop() if len(kinds) == 1 else None
