"""How a file is read, told as plain values and in words, and the file written anew as clean CSV."""

from __future__ import annotations

import io
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnbuilder.errors import NNBuilderError
from nnbuilder.fields import counted, plain
from nnbuilder.store.files import whole_file
from nnbuilder.tables.choices import COUNTS, Choices
from nnbuilder.tables.findings import shown
from nnbuilder.tables.reading import Table
from nnbuilder.tables.safe_csv import MAYBE_RISKY, safe_cell, write_csv, write_rows

if TYPE_CHECKING:
    import pyarrow as pa

PREVIEW = 10
_ROWS = 10_000
TAB = "\\t"
"""How a tab is written on the command line."""


def choices_of(words: Sequence[str]) -> Choices:
    r"""The choices in words such as ``separator=;``, where ``\t`` is a tab.

    Raises
    ------
    NNBuilderError
        If a word is no choice, or its value is none that it can have.
    """
    made: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise NNBuilderError(f"--read {word} is no choice; write it as NAME=VALUE, for example separator=;.")
        if name in COUNTS and value.isdigit():
            made[name] = int(value)
        else:
            made[name] = value.replace(TAB, "\t")
    return Choices.from_json(made)


def describe_table(table: Table) -> dict[str, Any]:
    """What reading made of a file and what its columns hold, as plain data."""
    # Heavy, and whoever only writes a table anew needs none of it.
    from nnbuilder.tables.columns.profile import profile_table

    first = table.data.slice(0, PREVIEW)
    profile = profile_table(table)
    return {
        "rows": table.data.num_rows,
        "columns": [column.to_json() for column in profile.columns],
        "original_names": list(table.original_names),
        "choices": table.choices.to_json(),
        "reasons": dict(table.reasons),
        "findings": [finding.to_json() for finding in (*table.findings, *profile.findings)],
        "preview": [list(row) for row in zip(*(column.to_pylist() for column in first.columns), strict=True)],
    }


def in_words(name: str, described: Mapping[str, Any]) -> Iterator[str]:
    """The description of a table as lines for a person."""
    columns = described["columns"]
    yield f"{name}: {counted(described['rows'], 'row')}, {counted(len(columns), 'column')}"
    yield ""
    yield "How it is read"
    reasons = described["reasons"]
    yield from _aligned([(key, repr(value), reasons.get(key, "")) for key, value in described["choices"].items()])
    yield ""
    yield "Columns"
    yield from _aligned([(shown(one["name"]), one["type"], _about(one)) for one in columns])
    if described["findings"]:
        yield ""
        yield "Noticed"
    for finding in described["findings"]:
        yield f"  {finding['severity']}: {finding['message']}"
        for option in finding["options"]:
            if option["choices"]:
                yield f"    {option['label']}: {_as_option(option['choices'])}"


def write_clean_csv(table: Table, path: Path) -> None:
    """Write a table as CSV in UTF-8, every cell safe in a spreadsheet; a file that is there stays until it is whole."""
    with whole_file(path) as file:
        target = io.TextIOWrapper(file, encoding="utf-8", newline="")
        write_csv(target, table.names, [])
        for begin in range(0, table.data.num_rows, _ROWS):
            part = table.data.slice(begin, _ROWS)
            write_rows(target, zip(*(_safe_cells(column) for column in part.columns), strict=True))
        target.detach()


def _safe_cells(column: pa.ChunkedArray) -> list[str]:
    """The cells of a part of a column, each safe; only those are looked at one by one that may not be."""
    from nnbuilder.tables.arrow import compute as pc

    texts = pc.fill_null(column, "")
    cells = texts.to_pylist()
    for row in pc.indices_nonzero(pc.match_substring_regex(texts, MAYBE_RISKY)).to_pylist():
        cells[row] = safe_cell(cells[row])
    return cells


def _about(column: Mapping[str, Any]) -> str:
    missing = f"{plain(column['missing'])} missing; " if column["missing"] else ""
    return f"{missing}{column['reason']}"


def _as_option(choices: Mapping[str, Any]) -> str:
    """Choices as they are given on the command line."""
    return " ".join(f"--read {shlex.quote(f'{name}={value}'.replace(chr(9), TAB))}" for name, value in choices.items())


def _aligned(lines: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    first = max((len(line[0]) for line in lines), default=0)
    second = max((len(line[1]) for line in lines), default=0)
    for one, two, three in lines:
        yield f"  {one:<{first}}  {two:<{second}}  {three}".rstrip()
