"""Lines that are no separated text as they stand: each quoted as a whole, or cells at fixed places."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nnbuilder.tables.choices import Choices
from nnbuilder.tables.findings import Finding, shown
from nnbuilder.tables.kinds import column_kinds
from nnbuilder.tables.lines.records import LINE_END

TAB = "\t"
_LOOKED_AT = 500
_LEAST = 3
_STRONG = re.compile(r"[,;|\t]")
_GAP = 2
"""Blank places between columns that no text has between all its words by chance."""
_MANY = 10
"""Lines from which on one blank place is no chance either."""
_WIDEST = 5000
_FRAMED = re.compile(r"\|.*\|")
_DRAWN = re.compile(r"[\s|+:=\u2500-\u257f-]+")


@dataclass(frozen=True)
class Reshaped:
    """A text with every line as separated text, and why; a line stays the line it was."""

    text: str
    lines: str
    reason: str
    findings: tuple[Finding, ...] = ()


def reshape(text: str, choices: Choices) -> Reshaped:
    """The text as it stands, or its lines unwrapped or cut at fixed places, as chosen or else as found."""
    if choices.lines == "quoted":
        return Reshaped(unwrapped(text), "quoted", "chosen")
    if choices.lines == "framed":
        return Reshaped(unframed(text), "framed", "chosen")
    if choices.lines == "fixed":
        return Reshaped(cut_at_places(text, _edges(_first_lines(text))), "fixed", "chosen")
    if choices.lines is None and choices.separator is None:
        lines = _first_lines(text)
        if _all_quoted(lines):
            example = shown(lines[0])
            question = Finding(
                "question",
                f"Every line from line 1 on is quoted as a whole ({example}), so what is inside the quote marks is cut:"
                " say whether that is right.",
                1,
                (("Cut what is inside", Choices(lines="quoted")), ("Each line is one cell", Choices(lines="plain"))),
            )
            return Reshaped(unwrapped(text), "quoted", "every line begins and ends with a quote mark", (question,))
        if _all_framed(lines):
            told = Finding(
                "note",
                f"All lines from line 1 on begin and end with “|”, as in a table that was drawn ({shown(lines[0])});"
                " these signs and the spaces around cells are left out.",
                1,
                (("They belong to the cells", Choices(lines="plain")),),
            )
            return Reshaped(unframed(text), "framed", "all lines begin and end with “|”", (told,))
        edges = _fixed(lines)
        if edges:
            question = Finding(
                "question",
                "The cells of all lines from line 1 on stand at fixed places with spaces between them,"
                f" {len(edges) + 1} to a line ({shown(lines[0].strip())}): say whether that is right.",
                1,
                (
                    ("Cells stand at fixed places", Choices(lines="fixed")),
                    ("Lines are cut by a separator", Choices(lines="plain")),
                ),
            )
            return Reshaped(cut_at_places(text, edges), "fixed", "the same places are blank in every line", (question,))
    return Reshaped(text, "plain", "chosen" if choices.lines else "lines are separated text as they stand")


def unwrapped(text: str) -> str:
    """The text with the quote marks around whole lines taken away and those inside made single."""

    def bare(line: str) -> str:
        inner = line.strip()
        quoted = len(inner) > 1 and inner[0] == inner[-1] == '"'
        return inner[1:-1].replace('""', '"') if quoted else line

    return _each(text, bare)


def cut_at_places(text: str, edges: Sequence[int]) -> str:
    """The text with tabs between what stands between some places of each line."""
    places = [0, *edges]

    def cut(line: str) -> str:
        if not line.strip():
            return line
        cells = [line[begin:end].strip() for begin, end in zip(places, [*edges, len(line)], strict=True)]
        return TAB.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' if '"' in cell else cell for cell in cells)

    return _each(text, cut)


def unframed(text: str) -> str:
    """The text with tabs for the “|” of a drawn table, the outer ones and the spaces around cells left out."""

    def bare(line: str) -> str:
        inner = line.strip()
        if not _FRAMED.fullmatch(inner):
            return line
        cells = [cell.strip() for cell in re.split(r"\|\|?" if inner.startswith("||") else r"\|", inner.strip("|"))]
        return TAB.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' if '"' in cell else cell for cell in cells)

    return _each(text, bare)


def _all_framed(lines: Sequence[str]) -> bool:
    """Whether nearly all lines begin and end with “|” and the others only draw or say something."""
    framed = [line.strip() for line in lines if _FRAMED.fullmatch(line.strip())]
    drawn = [line for line in lines if _DRAWN.fullmatch(line.strip())]
    plain = [line for line in framed if not _DRAWN.fullmatch(line)]
    widths = {line.strip("|").replace("||", "|").count("|") for line in plain}
    others = len(lines) - len({*framed, *(line.strip() for line in drawn)})
    return len(plain) >= _LEAST and len(widths) == 1 and widths != {0} and len(plain) >= 2 * max(0, others - len(drawn))


def _each(text: str, change: Callable[[str], str]) -> str:
    """The text with each line changed, and every line end as it is."""
    parts = re.split(f"({LINE_END.pattern})", text)
    return "".join(part if place % 2 else change(part) for place, part in enumerate(parts))


def _first_lines(text: str) -> list[str]:
    lines = LINE_END.split(text[: _LOOKED_AT * 400], _LOOKED_AT)
    if len(lines) > _LOOKED_AT or len(text) > _LOOKED_AT * 400:
        # The last one may be cut off.
        lines = lines[:-1] or lines
    return [line for line in lines if line.strip()]


def _all_quoted(lines: Sequence[str]) -> bool:
    """Whether each line is one quoted cell, and what is inside is cut alike by a usual separator."""
    if len(lines) < _LEAST:
        return False
    cuts: set[int] = set()
    for line in lines:
        inner = line.strip()
        if len(inner) < 2 or not inner[0] == inner[-1] == '"' or '"' in inner[1:-1].replace('""', ""):
            return False
        bare = re.sub(r'"[^"]*"', "", inner[1:-1].replace('""', '"'))
        cuts.add(len(_STRONG.findall(bare)))
    return len(cuts) == 1 and cuts != {0}


def _fixed(lines: Sequence[str]) -> list[int]:
    """The places at which columns begin behind the first, or none if the lines are no such table."""
    if len(lines) < _LEAST or any(TAB in line or len(line) > _WIDEST for line in lines):
        return []
    usual = [mark for mark in ",;|" if all(mark in line for line in lines)]
    counts = {len(line.split()) for line in lines}
    # Where spaces cut all lines alike there is no need of places.
    if usual or len(counts) == 1:
        return []
    edges = _edges(lines)
    if not edges:
        return []
    rows = [line.split(TAB) for line in cut_at_places("\n".join(lines), edges).split("\n")]
    body = rows[1:]
    typed = {"number", "date"} & set(column_kinds(body, len(rows[0])))
    filled = sum(bool(cell) for row in body for cell in row)
    names = sum(bool(cell) for cell in rows[0])
    return edges if typed and names >= len(edges) and filled >= 0.7 * len(body) * (len(edges) + 1) else []


def _edges(lines: Sequence[str]) -> list[int]:
    """Where columns begin behind the first, by the places that are blank in every line; names say which they are."""
    width = max(map(len, lines), default=0)
    blank = [all(place >= len(line) or line[place] == " " for line in lines) for place in range(width)]
    spans: list[list[int]] = []
    for place in range(width):
        if blank[place]:
            continue
        if spans and spans[-1][1] == place:
            spans[-1][1] = place + 1
        else:
            spans.append([place, place + 1])
    spans = _with_names(spans, lines[0] if lines else "")
    gaps = [after[0] - before[1] for before, after in pairwise(spans)]
    if not gaps or (len(lines) < _MANY and max(gaps) < _GAP):
        return []
    return [span[0] for span in spans[1:]]


def _with_names(spans: Sequence[Sequence[int]], head: str) -> list[list[int]]:
    """The spans of cells, those without a name above them joined with the near one whose name is theirs.

    Words of one column may have a space at the same place; its name stands above one of them, at the side at which
    the column is even.
    """
    parts = [[begin, end, bool(head[begin:end].strip())] for begin, end in spans]
    named = [part for part in parts if part[2]]
    at_left = sum(head[begin] != " " for begin, _, _ in named)
    at_right = sum(head[min(end, len(head)) - 1] != " " and end <= len(head) for _, end, _ in named)
    step = 1 if at_right > at_left else -1
    for side in (step, -step):
        place = 0
        while place < len(parts):
            other = place + side
            low, high = min(place, other), max(place, other)
            near = low >= 0 and high < len(parts) and parts[high][0] - parts[low][1] < _GAP
            if not parts[place][2] and near:
                parts[low : high + 1] = [[parts[low][0], parts[high][1], parts[low][2] or parts[high][2]]]
                place = 0
            else:
                place += 1
    return [[begin, end] for begin, end, _ in parts]
