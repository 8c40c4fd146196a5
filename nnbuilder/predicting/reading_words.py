"""What reading says of given rows, in words for a page that offers no other way to read them but to correct them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nnbuilder.tables.findings import Finding, Unreadable

_ASKS = re.compile(r"[;:] (?:say|choose|skip|leave out|look whether|repair)\b[^;:]*\.$")
"""The end of a sentence that asks for what only the Data page has buttons for, or does not say where."""
_QUOTED = re.compile("“[^”]*”")
_LINES = re.compile(r"[Ll]ines? (\d+)(?: to (\d+)|((?:, \d+)*)(?: and (\d+)( more)?)?)")
_NO_ROWS = (" where the table has ", " after the table ", "repair the quote marks", " but a closing remark ")
"""Lines of these findings may be rows that a person wants answered; blank lines, comments and titles are none."""


def refusal_here(error: Unreadable, name: str) -> str:
    """Why no rows could be read, with the repair that there is here."""
    if rows_are_data(error):
        return f"Line {error.line} of {name} is read as names with no row below; add a row below the names."
    return capitalized(_here(str(error), error.line, "."))


def rows_are_data(error: Unreadable) -> bool:
    """Whether reading took the only row for names."""
    return any(choices.header_rows == 0 for _, choices in error.options)


def told_here(findings: Sequence[Finding], *, by_name: bool) -> list[str]:
    """Sentences about how rows were read; where columns were found `by_name` it is settled which line has names."""
    told = []
    for finding in findings:
        about_names = any(choices.header_rows is not None for _, choices in finding.options)
        if finding.severity == "note" or (by_name and about_names):
            continue
        told.append(_here(finding.message, finding.line, " and predict again."))
    return told


def lines_left_out(findings: Sequence[Finding]) -> int:
    """How many lines were brought, are no whole rows, and so get no answer."""
    count = 0
    for finding in findings:
        said = _QUOTED.sub("", finding.message)
        if "left out" not in said or not any(words in said for words in _NO_ROWS):
            continue
        first = _LINES.match(finding.message)
        if first is None:
            continue
        begin, end, others, last, more = first.groups()
        if end:
            count += int(end) - int(begin) + 1
        else:
            count += 1 + others.count(",") + (0 if not last else int(last) if more else 1)
    return count


def capitalized(sentence: str) -> str:
    """A sentence that begins with the name of what was given, as a sentence begins."""
    return f"{sentence[:1].upper()}{sentence[1:]}" if sentence.startswith("the ") else sentence


def _here(said: str, line: int | None, end: str) -> str:
    """A sentence with the repair that there is on this page in the place of one that is not."""
    # What a cell holds is no part of the sentence.
    asks = _ASKS.search(_QUOTED.sub(lambda quoted: "_" * len(quoted[0]), said))
    if not asks:
        return said
    place = "the rows" if line is None else f"line {line}"
    repair = "put all rows below one line of names" if " tables, beginning at " in said else f"correct {place}"
    return f"{said[: asks.start()]}; {repair}{end}"
