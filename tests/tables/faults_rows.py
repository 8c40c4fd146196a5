"""Faults of rows: lines that are none, rows that are cut, split or joined, names that are doubled or gone."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.tables.drafts import Draft, Fault


def _middle(draft: Draft, rng: random.Random) -> int:
    return rng.randrange(2, draft.rows - 1)


def _filled(draft: Draft, *cells: str) -> str:
    """Some cells and as many separators as a row has."""
    return draft.style.line([*cells, *[""] * (len(draft.columns) - len(cells))])


def insert(where: str, *cells: str, filled: bool = False, times: int = 1) -> Fault:
    """A line that is no row, at the beginning, in the middle or at the end."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        line = _filled(draft, *cells) if filled else draft.style.line(list(cells))
        if where == "before":
            draft.before += [line] * times
        elif where == "after":
            draft.after += [line] * times
        else:
            draft.inserted.setdefault(_middle(draft, rng), []).extend([line] * times)
        return True

    return spoil


def totals(word: str, where: str, blank: bool = False) -> Fault:
    """A row of sums."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if not draft.of("number") or (draft.columns[0].kind == "number" and not word):
            return False
        place = draft.rows if where == "after" else _middle(draft, rng)
        cells = []
        for number, column in enumerate(draft.columns):
            if column.kind == "number" and number and not blank:
                cells.append(f"{sum(one for one in column.truth[:place] if isinstance(one, float)):.2f}")
            else:
                cells.append("" if number else word)
        draft.inserted.setdefault(place, []).append(draft.style.line(cells))
        return True

    return spoil


def names_again(change: Callable[[str], str]) -> Fault:
    """The names once more in the middle."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if not draft.header:
            return False
        draft.inserted.setdefault(_middle(draft, rng), []).append(draft.style.line(list(map(change, draft.header[-1]))))
        return True

    return spoil


def more_names(make: Callable[[Draft], list[str]], first: bool = False) -> Fault:
    """A second row that says something of the columns, under the names or above them."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if not draft.header:
            return False
        draft.header.insert(0 if first else len(draft.header), make(draft))
        draft.names = None
        return True

    return spoil


def broken(change: Callable[[str, Draft], str]) -> Fault:
    """A row whose line is changed so that its cells are lost."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        place = _middle(draft, rng)
        before = draft.style.line([column.cells[place] for column in draft.columns])
        if draft.replaced or change(before, draft) == before:
            return False
        draft.replaced[place] = lambda line: change(line, draft)
        draft.shaken = place
        return True

    return spoil


def harmless(change: Callable[[str, Draft], str]) -> Fault:
    """A row whose line is changed and still means the same."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        place = _middle(draft, rng)
        if draft.replaced:
            return False
        draft.replaced[place] = lambda line: change(line, draft)
        return True

    return spoil


def no_names(draft: Draft, rng: random.Random) -> bool:
    """Rows only."""
    draft.header, draft.names = [], None
    return True


def names_changed(change: Callable[[list[str]], list[str]]) -> Fault:
    """More or fewer names than columns."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if not draft.header:
            return False
        draft.header[-1] = change(draft.header[-1])
        return True

    return spoil


def every_row(before: str, behind: str, names: bool) -> Fault:
    """Every row with something around it."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        if draft.replaced:
            return False
        mark = draft.style.separator
        head, tail = before.replace("SEP", mark), behind.replace("SEP", mark)
        draft.replaced = {place: (lambda line: head + line + tail) for place in range(draft.rows)}
        if names and draft.header:
            draft.header = [
                [*([""] if head == mark else []), *cells, *([""] if tail == mark else [])] for cells in draft.header
            ]
        return True

    return spoil


def names_last(draft: Draft, rng: random.Random) -> bool:
    """The names under the rows."""
    if not draft.header:
        return False
    draft.after.append(draft.style.line(draft.header.pop()))
    draft.names = None
    return True


def second_table(apart: int, make: Callable[[Draft], list[list[str]]]) -> Fault:
    """Another table below."""

    def spoil(draft: Draft, rng: random.Random) -> bool:
        draft.after += [""] * apart + [draft.style.line(cells) for cells in make(draft)]
        return True

    return spoil


def _summary(draft: Draft) -> list[list[str]]:
    return [["group", "mean"], ["one", "1.5"], ["two", "2.5"], ["three", "3.5"]]


def _alike(draft: Draft) -> list[list[str]]:
    rows = [[column.cells[place] for column in draft.columns] for place in range(4)]
    return [[f"new {column.name}" for column in draft.columns], *rows]


def _wide(draft: Draft) -> list[list[str]]:
    rows = [[column.cells[place] for column in draft.columns] + ["7"] for place in range(5)]
    return [[column.name for column in draft.columns] + ["weight"], *rows]


def cells_moved(draft: Draft, rng: random.Random) -> bool:
    """A row whose cells stand one column too far right, the last one lost."""
    place = _middle(draft, rng)
    for at in range(len(draft.columns) - 1, 0, -1):
        draft.columns[at].cells[place] = draft.columns[at - 1].cells[place]
    draft.columns[0].cells[place] = ""
    draft.columns[0].truth[place] = None
    return True


_COMMENTS = ("# checked", "// checked", "-- checked", "% checked", "; checked", "! checked", "REM checked",
             "/* checked */", "* checked", "<!-- checked -->", "[checked]", "@checked", "> checked",
             "'checked")  # fmt: skip
_FOOTERS = (
    "Source: Office of Numbers", "© 2021 Office of Numbers", "Updated on 2021-05-01", "(36 rows)", "36 rows affected",
    "Page 1 of 3", "* estimated", "NA: not available", "End of file", "EOF", "--- end ---", "Note 1: as of May, June",
    "Generated by Reports 7.2 on 01/05/2021 12:00", "Anzahl: 36", "Total rows: 36", "[1] provisional", "1) see above",
)  # fmt: skip
_TITLES = (
    "Report of the year", "Report of the year 2021", "Sales, by day", "Exported: 2021-05-01 12:00:00", "Device: X-200",
    "Sensor: 7; Place: roof", "# made by hand", "Version 1.2", "name=report", "[Data]", "<report>", "12", "2021-05-01",
)  # fmt: skip
_TOTALS = ("Total", "TOTAL:", "Sum", "Summe", "Gesamt", "Gesamtergebnis", "Grand Total", "Totale", "Totaal", "Suma",
           "Somme", "Итого", "合計", "Σ", "Average", "Mittelwert", "Moyenne", "Subtotal", "∑ all", "Celkem",
           "Yhteensä", "Toplam", "Total général")  # fmt: skip

ROW_FAULTS: dict[str, Fault] = {
    **{f"title {text!r}": insert("before", text) for text in _TITLES},
    **{f"title filled {text!r}": insert("before", text, filled=True) for text in _TITLES},
    **{f"three titles {text!r}": insert("before", text, times=3) for text in _TITLES},
    **{f"footer {text!r}": insert("after", text) for text in _FOOTERS},
    **{f"footer filled {text!r}": insert("after", text, filled=True) for text in _FOOTERS},
    **{f"comment in the middle {text!r}": insert("middle", text) for text in _COMMENTS},
    **{f"comment first {text!r}": insert("before", text) for text in _COMMENTS},
    **{f"comment filled {text!r}": insert("middle", text, filled=True) for text in _COMMENTS},
    **{
        f"page break {text!r}": insert("middle", text)
        for text in (
            "\x0c",
            "Page 2",
            "---",
            "=====",
            "...",
            "\x1a",
            "…",
            "\u200b",
            "\ufeff",
            "continued",
            "_____",
            "***",
        )
    },
    **{f"key and value before {times}": insert("before", "Office", "Numbers", times=times) for times in (1, 4, 40)},
    **{f"key and value after {times}": insert("after", "Office", "Numbers", times=times) for times in (1, 4)},
    "key and number after": insert("after", "rows", "36"),
    "key and number before": insert("before", "rows", "36"),
    **{
        f"blank {where} {times}": insert(where, "", times=times)
        for where in ("before", "middle", "after")
        for times in (1, 3)
    },
    **{
        f"white {text!r} {where}": insert(where, text)
        for where in ("before", "middle", "after")
        for text in ("  ", "\t", "\u00a0", "\u3000")
    },
    **{f"separators only {where}": insert(where, "", filled=True) for where in ("before", "middle", "after")},
    **{f"empty quotes {where}": insert(where, filled=True) for where in ("middle", "after")},
    **{f"total {word!r}": totals(word, "after") for word in _TOTALS},
    **{f"total in the middle {word!r}": totals(word, "middle") for word in _TOTALS},
    "total without a word": totals("", "after"),
    "total without sums": totals("Total", "after", blank=True),
    "names again": names_again(str),
    "names again in capitals": names_again(str.upper),
    "names again with spaces": names_again(lambda text: f" {text} "),
    "units under the names": more_names(
        lambda draft: [{"number": "kg", "date": "UTC"}.get(one.kind, "") for one in draft.columns]
    ),
    "units in brackets": more_names(lambda draft: ["(m/s)" for _ in draft.columns]),
    "types under the names": more_names(
        lambda draft: [{"number": "float64", "date": "datetime"}.get(one.kind, "object") for one in draft.columns]
    ),
    "numbers under the names": more_names(lambda draft: [str(place + 1) for place in range(len(draft.columns))]),
    "dashes under the names": more_names(lambda draft: ["---" for _ in draft.columns]),
    "equals under the names": more_names(lambda draft: ["=====" for _ in draft.columns]),
    "blank under the names": more_names(lambda draft: ["" for _ in draft.columns]),
    "descriptions under the names": more_names(lambda draft: [f"the {one.name}, as measured" for one in draft.columns]),
    "missing under the names": more_names(lambda draft: ["NA" for _ in draft.columns]),
    "merged groups above": more_names(
        lambda draft: ["Group" if place % 2 == 0 else "" for place in range(len(draft.columns))], True
    ),
    "one group above": more_names(lambda draft: ["Group", *[""] * (len(draft.columns) - 1)], True),
    "years above": more_names(lambda draft: [str(2019 + place // 2) for place in range(len(draft.columns))], True),
    "letters above": more_names(lambda draft: [chr(65 + place) for place in range(len(draft.columns))], True),
    "no names": no_names,
    "names last": names_last,
    "one name fewer": names_changed(lambda cells: cells[1:]),
    "last name gone": names_changed(lambda cells: cells[:-1]),
    "one name more": names_changed(lambda cells: ["row", *cells]),
    "two names in one": names_changed(lambda cells: [cells[0] + cells[1], *cells[2:]]),
    "name cut in two": names_changed(lambda cells: [cells[0][:2], cells[0][2:], *cells[1:]]),
    "names all blank": names_changed(lambda cells: ["" for _ in cells]),
    "rows end in a separator": every_row("", "SEP", False),
    "all end in a separator": every_row("", "SEP", True),
    "rows begin with a separator": every_row("SEP", "", False),
    "all begin with a separator": every_row("SEP", "", True),
    "rows end in a space": every_row("", " ", True),
    "rows begin with a space": every_row(" ", "", True),
    "rows begin with a tab": every_row("\t", "", True),
    "rows end in a tab": every_row("", "\t", True),
    "row cut short": broken(lambda line, draft: line[: line.rfind(draft.style.separator)]),
    "row cut in its first half": broken(lambda line, draft: line[: line.find(draft.style.separator)]),
    "row too long": broken(lambda line, draft: line + draft.style.separator + "9"),
    "row split": broken(lambda line, draft: line.replace(draft.style.separator, draft.style.end, 1)),
    "row split in a cell": broken(lambda line, draft: line[:-2] + draft.style.end + line[-2:]),
    "row twice in a line": broken(lambda line, draft: line + draft.style.separator + line),
    "row by tabs": broken(lambda line, draft: line.replace(draft.style.separator, "\t")),
    "row by bars": broken(lambda line, draft: line.replace(draft.style.separator, "|")),
    "separator doubled in a row": broken(
        lambda line, draft: line.replace(draft.style.separator, draft.style.separator * 2, 1)
    ),
    "quote opened": broken(lambda line, draft: '"' + line),
    "quote opened in the last cell": broken(
        lambda line, draft: (
            line[: line.rfind(draft.style.separator) + 1] + '"' + line[line.rfind(draft.style.separator) + 1 :]
        )
    ),
    "comment behind a row": broken(lambda line, draft: line + "  # look at this"),
    "row in quotes": broken(lambda line, draft: '"' + line.replace('"', '""') + '"'),
    "row ends in a separator": harmless(lambda line, draft: line + draft.style.separator),
    "row ends in three separators": harmless(lambda line, draft: line + draft.style.separator * 3),
    "row ends in spaces": harmless(lambda line, draft: line + "   "),
    "cells moved": cells_moved,
    **{f"summary below {apart}": second_table(apart, _summary) for apart in (0, 1, 3)},
    **{f"other names below {apart}": second_table(apart, _alike) for apart in (0, 1, 3)},
    **{f"wider table below {apart}": second_table(apart, _wide) for apart in (0, 1, 3)},
}
