"""The lines that read a table with pandas as it was read here, or else the cleaned copy of it."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from nnbuilder.source.cells import PANDAS_MISSING, Cells, like_a_number
from nnbuilder.source.columns import Conversions
from nnbuilder.source.layout import Part, before, call, mapping, values
from nnbuilder.source.literals import literal, raw
from nnbuilder.source.script import Script
from nnbuilder.tables.choices import SPACES
from nnbuilder.tables.library import Opened
from nnbuilder.tables.safe_csv import safe_cell

_HARMLESS = (
    "which is not UTF-8; the file is read as",
    "may hold names or data",
    "nothing tells names from data",
    "holds values like the lines below, so the table has no names",
    "The lines can be cut by",
    "is like a number with a decimal comma",
    "blank and left out.",
    "more than once; the later columns get a number",
    "counted.",
    "separators and no value",
    "as comments do and",
)
"""What may be told of a file that pandas, told the choices, reads alike; anything else calls for the cleaned copy."""
_BEFORE_TABLE = re.compile(r"stands? before the table and (?:is|are) left out")
_FLAW = re.compile(r"quote mark[^“”]*\)\.$")
MANY = 2**19
"""Cells of a table that pandas reads in more than one piece, where columns that nobody needs might puzzle it."""
ORIGINAL = "original"
"""What a file is called in the library, in the folder above what was read of it."""
TRIED = 2**20
"""Bytes of a file up to which pandas is tried."""
_BLANK_COLUMN = "counted as missing values of the only column"


@dataclass(frozen=True)
class Source:
    """The file that the code reads: the person's own, or the copy that this program cleaned (`why` says why)."""

    file: str
    why: str = ""

    @property
    def needs(self) -> str:
        """What a person must do before the code runs: one sentence, or "" if nothing."""
        return f"{self.why}, so the code reads “{self.file}”: save the table as it was read here." if self.why else ""

    @property
    def cleaned(self) -> bool:
        """Whether it is the cleaned copy."""
        return bool(self.why)


def as_read_name(file: str) -> str:
    """What the cleaned copy of a table is called."""
    stem = re.split(r"\.(?=\w{1,8}$)", re.sub(r"\.(?:gz|zip)$", "", file, flags=re.IGNORECASE))[0]
    return f"{PurePath(stem).name or 'table'} as read.csv"


def source_of(opened: Opened, file: str, used: Sequence[Cells], copy: str = "") -> Source:
    """Which file is to be read, and why if it is not the person's own; `copy` is what the cleaned one is called."""
    why = _why_not(opened, file, used)
    if not why:
        return Source(file)
    return Source(copy or as_read_name(file), why)


def write_reading(
    script: Script, source: Source, opened: Opened, used: Sequence[Cells], conversions: Conversions
) -> None:
    """Write the lines that make the data frame `table`."""
    choices = opened.document["choices"]
    script.use("pandas as pd")
    script.paragraph()
    if source.needs:
        # A name that a person chose has no place in a comment.
        script.comment(f"{source.why}, so this reads the copy of the table that was cleaned and saved as CSV.")
    parts: list[Part] = [literal(source.file)]
    function = "pd.read_csv"
    names = [column["name"] for column in opened.columns]
    if source.cleaned:
        if any(safe_cell(name) != name for name in names) or not _natural(names):
            parts += ["header=0", before("names=", values(names))]
    elif choices.get("format") == "xlsx":
        function = "pd.read_excel"
        if choices.get("sheet"):
            parts.append(f"sheet_name={literal(choices['sheet'])}")
    elif choices.get("format") == "parquet":
        function = "pd.read_parquet"
    else:
        parts += _written_out(_text_arguments(opened, source.file))
    if function != "pd.read_parquet":
        parts += conversions.arguments
        parts += _type_arguments(used, names, opened.rows, conversions)
        parts += _missing_arguments(used, conversions, source.cleaned)
    script.set("table", call(function, *parts))
    if function == "pd.read_excel":
        script.set("table", 'table.dropna(how="all")')


def _text_arguments(opened: Opened, file: str) -> dict[str, Any]:
    """What pandas is to be told of a text file, beside its name."""
    choices = opened.document["choices"]
    names = [column["name"] for column in opened.columns]
    made: dict[str, Any] = {}
    if choices.get("separator", ",") != ",":
        made["sep"] = choices["separator"]
    if choices.get("encoding", "utf-8") != "utf-8":
        made["encoding"] = choices["encoding"]
    by_name = {".gz": "gzip", ".zip": "zip"}.get(PurePath(file).suffix.lower(), "")
    if _packed(opened) != by_name:
        made["compression"] = _packed(opened) or None
    quote = choices.get("quote", '"')
    if quote == "":
        made["quoting"] = csv.QUOTE_NONE
    elif quote != '"':
        made["quotechar"] = quote
    if choices.get("skip_rows"):
        made["skiprows"] = choices["skip_rows"]
    if not choices.get("header_rows", 1):
        made |= {"header": None, "names": names}
    elif list(opened.document["original_names"]) != names or not _natural(names):
        made |= {"header": 0, "names": names}
    return made


def _written_out(arguments: Mapping[str, Any]) -> list[Part]:
    made: list[Part] = []
    for name, value in arguments.items():
        written = values(value) if isinstance(value, list) else raw(value) if name == "sep" else literal(value)
        made.append(before(f"{name}=", written))
    return made


def _type_arguments(used: Sequence[Cells], names: Sequence[str], rows: int, conversions: Conversions) -> list[Part]:
    """Columns that are to stay text, and which columns are read where others might cause doubts."""
    parts: list[Part] = []
    texts = [cells.name for cells in used if cells.name in conversions.texts]
    if texts:
        parts.append(before("dtype=", mapping((literal(name), "str") for name in texts)))
    wanted = {cells.name for cells in used}
    if len(wanted) < len(names) and rows * len(names) > MANY:
        parts.append(before("usecols=", values([name for name in names if name in wanted])))
    return parts


def _missing_arguments(used: Sequence[Cells], conversions: Conversions, cleaned: bool) -> list[Part]:
    """How missing values are spelled, as far as pandas does not know, or thinks so of what is a label."""
    wanted = {cells.name: _written(conversions.missing[cells.name], cleaned) for cells in used}
    keep = {cells.name: set(_written(conversions.kept[cells.name], cleaned)) for cells in used}
    labels = set().union(*keep.values())
    if labels & PANDAS_MISSING:
        known = {name: texts for name, texts in wanted.items() if texts}
        parts: list[Part] = ["keep_default_na=False"]
        if known:
            every = sorted(set().union(*known.values()))
            if labels.isdisjoint(every):
                parts.append(before("na_values=", values(every)))
            else:
                pairs = ((literal(name), values(texts)) for name, texts in known.items())
                parts.append(before("na_values=", mapping(pairs)))
        return parts
    more = {name: [text for text in texts if text not in PANDAS_MISSING] for name, texts in wanted.items()}
    more = {name: texts for name, texts in more.items() if texts}
    if not more:
        return []
    every = sorted(set().union(*more.values()))
    if labels.isdisjoint(every) and not conversions.own_spellings(every):
        return [before("na_values=", values(every))]
    pairs = ((literal(name), values(texts)) for name, texts in more.items())
    return [before("na_values=", mapping(pairs))]


def _written(texts: Iterable[str], cleaned: bool) -> list[str]:
    return [safe_cell(text) for text in texts] if cleaned else list(texts)


def _natural(names: Sequence[str]) -> bool:
    """Whether pandas takes these names from a file as they are."""
    return len(set(names)) == len(names) and all(name.strip() for name in names)


def _packed(opened: Opened) -> str:
    reason = opened.document["reasons"].get("format", "")
    return "gzip" if "gzip" in reason else "zip" if "zip" in reason else ""


def _why_not(opened: Opened, file: str, used: Sequence[Cells]) -> str:
    """Why pandas cannot be told in a few words to read the file as it was read here; "" if it can."""
    choices = opened.document["choices"]
    kind = choices.get("format", "csv")
    told = [finding["message"] for finding in opened.document["findings"]]
    if kind == "csv":
        return _odd_choice(choices) or _odd_text(opened, file)
    if any(cells.type == "date" for cells in used):
        return "Dates in this file are no texts"
    if kind == "xlsx":
        plain = not any(choices.get(name) for name in ("skip_rows", "left_out", "merged"))
        if told or not plain or choices.get("header_rows", 1) != 1 or not _own_names(opened):
            return "The sheet is no plain table from its first row on"
        if any(like_a_number(label) for cells in used for label in cells.labels):
            return "Some cells that are labels look like numbers"
        return ""
    return _odd_parquet(opened, used)


def _own_names(opened: Opened) -> bool:
    names = [column["name"] for column in opened.columns]
    return list(opened.document["original_names"]) == names and _natural(names)


def _odd_choice(choices: dict[str, Any]) -> str:
    separator = choices.get("separator", ",")
    if separator != SPACES and (len(separator) != 1 or not separator.isascii() or separator in "\"'\\"):
        return f"pandas does not cut lines at {separator!r} alone"
    if choices.get("escape"):
        return "A sign before quote marks is taken away in this file"
    if choices.get("comment"):
        return "Comment lines are left out of this file"
    if choices.get("ragged"):
        return "Some rows have too few or too many cells"
    if choices.get("header_align"):
        return "Names and columns are not of the same number"
    if choices.get("footer_rows"):
        return "Lines after the table are left out"
    if choices.get("left_out"):
        return "Some lines within the table are left out"
    if choices.get("lines", "plain") != "plain":
        return "The lines of this file are no separated text as they stand"
    if choices.get("part"):
        return "The file holds more than one table"
    if choices.get("header_rows", 1) > 1:
        return "The names take more than one line"
    return ""


def _odd_text(opened: Opened, file: str) -> str:
    """Why pandas, told the choices, would not read a text alike: tried where all rows are known, else as was told."""
    why = "Some lines of the file are not what they should be"
    original = opened.folder.parent / ORIGINAL
    if opened.rows <= len(opened.preview) and original.stat().st_size <= TRIED:
        return "" if _reads_alike(original, opened, file) else why
    for message in (finding["message"] for finding in opened.document["findings"]):
        if _BEFORE_TABLE.search(message) and not _FLAW.search(message):
            continue
        if _BLANK_COLUMN in message or not any(words in message for words in _HARMLESS):
            return why
    if not opened.document["choices"].get("header_rows", 1) and len(opened.columns) == 1:
        return "The file is a bare list"
    return ""


def _reads_alike(original: Path, opened: Opened, file: str) -> bool:
    """Whether pandas finds the very cells in the file that were found here."""
    import pandas as pd

    arguments = {**_text_arguments(opened, file), "compression": _packed(opened) or None}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            frame = pd.read_csv(original, dtype=str, na_filter=False, **arguments)
    except (ValueError, OSError, Warning, pd.errors.EmptyDataError):
        return False
    names = [column["name"] for column in opened.columns]
    # A last column without name and values is one that separators at the ends of lines make.
    found = frame.iloc[:, : len(names)]
    return list(found.columns) == names and found.to_numpy().tolist() == [list(row) for row in opened.preview]


def _odd_parquet(opened: Opened, used: Sequence[Cells]) -> str:
    from pyarrow import ArrowException, parquet, types

    try:
        schema = parquet.read_schema(opened.folder.parent / ORIGINAL)
    except (ArrowException, OSError):
        return "The file cannot be looked into"
    odd = "Some columns of the file are of a kind that is written out first"
    if not _own_names(opened):
        return odd
    for cells in used:
        kind = schema.field(cells.name).type
        fits = types.is_float64(kind) or types.is_integer(kind) if cells.type == "number" else types.is_string(kind)
        if not fits:
            return odd
    return ""
