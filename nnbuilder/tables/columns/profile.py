"""What each column of a table holds, and what has to be told about it: the profile that the data page shows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nnbuilder.tables.ahead import ahead
from nnbuilder.tables.answers import Answers, blanked, merged
from nnbuilder.tables.columns import dates, labels, numbers
from nnbuilder.tables.columns.column_profile import ColumnProfile, Profile
from nnbuilder.tables.columns.column_types import ColumnType, Found
from nnbuilder.tables.columns.dates import DateForm
from nnbuilder.tables.columns.deciding import decide, decide_labels, is_decisive
from nnbuilder.tables.columns.describing import describe_column, spellings, with_missing
from nnbuilder.tables.columns.labels import LabelForm
from nnbuilder.tables.columns.meanings import meant
from nnbuilder.tables.columns.numbers import NumberForm
from nnbuilder.tables.columns.patterns import missing_patterns
from nnbuilder.tables.columns.spelled import Words, missing_notes, words_for_missing
from nnbuilder.tables.columns.why_labels import why_labels
from nnbuilder.tables.findings import Finding, Lines
from nnbuilder.tables.folding import told_once

if TYPE_CHECKING:
    import pyarrow as pa


Progress = Callable[[float, str], None]
Keep = Callable[[ColumnProfile, NDArray[np.float64]], None]


class ReadTable(Protocol):
    """What is needed of `nnbuilder.tables.reading.Table`."""

    @property
    def data(self) -> pa.Table:
        """Every column as text."""
        ...

    @property
    def choices(self) -> Any:
        """How the file is read; its `decimal` and `thousands` matter here."""
        ...

    @property
    def first_line(self) -> Any:
        """The line of the file at which a row begins; called or indexed."""
        ...


def profile_table(
    table: ReadTable,
    overrides: Mapping[str, ColumnType] | None = None,
    answers: Answers | None = None,
    progress: Progress | None = None,
    keep: Keep | None = None,
) -> Profile:
    """Look at every column of a table, one after the other.

    Parameters
    ----------
    table
        As `nnbuilder.tables.reading.read_table` gives it; only its data, choices and first_line are looked at.
    overrides
        Types chosen by a person, by column. One that no cell allows is not taken, and that is told.
    answers
        What a person said of columns, as in `nnbuilder.tables.answers`.
    progress
        Told the share that is done and a sentence.
    keep
        Given the numbers of each column that becomes numbers, as `column_values` would make them again.
    """
    work = _Columns(table, overrides or {}, answers or {}, progress, keep)
    waiting: list[str] = []
    evidence: set[str] = set()
    decimals: set[str] = set()
    for name, column, found in ahead(work.look, work.names):
        if found is None or found.options:
            waiting.append(name)
            continue
        if found.type in ("number", "date") and found.missing.any():
            evidence |= {text.lower() for text in spellings(column, found.missing)}
        if isinstance(found.form, NumberForm) and is_decisive(found):
            decimals.add(found.form.decimal)
        work.finish(name, column, found)
    # What the other columns are like decides, where a column can be read in more than one way.
    for name in waiting:
        work.finish_in_doubt(name, sorted(decimals) if len(decimals) == 1 else [], evidence)
    return work.profile()


class _Columns:
    """The columns of a table as they are looked at, and what is known of those that are done."""

    def __init__(
        self,
        table: ReadTable,
        overrides: Mapping[str, ColumnType],
        answers: Answers,
        progress: Progress | None,
        keep: Keep | None,
    ) -> None:
        self.data, self.names = table.data, list(table.data.column_names)
        self.overrides, self.answers = overrides, answers
        self._progress, self._keep = progress, keep
        self._decimals = [table.choices.decimal] if table.choices.decimal else []
        self._thousands = table.choices.thousands or ""
        self._line_of = _lines(table.first_line)
        # A typed format wrote its numbers out with a point.
        kinds = zip(self.names, getattr(table, "types", ()), strict=False)
        self._typed = {name for name, kind in kinds if kind == "number"}
        self._done: dict[str, tuple[ColumnProfile, list[Finding]]] = {}
        self._gaps: dict[str, NDArray[np.uint8]] = {}
        self._words: list[Words] = []

    def cells(self, name: str) -> pa.Array:
        """The column, with null where a person said that a value is missing, and one label for those that are one."""
        said = self.answers.get(name, {})
        return blanked(merged(_column(self.data, name), said.get("same", {})), said.get("missing", []))

    def look(self, name: str) -> tuple[str, pa.Array, Found | None]:
        """A column and what it is by itself, None where the others have to tell; called from several threads."""
        column, decimals = self.cells(name), ["."] if name in self._typed else self._decimals
        return name, column, self._decided(name, column, decimals)

    def finish_in_doubt(self, name: str, decimals: Sequence[str], evidence: Collection[str]) -> None:
        """Settle a column by the decimal mark and the words for missing that the others have."""
        column, decimals = self.cells(name), self._decimals or decimals
        found = self._decided(name, column, decimals)
        if found is None:
            found = decide_labels(column, name, evidence, self.answers.get(name, {}))
        self.finish(name, column, found)
        if isinstance(found.form, LabelForm) and name not in self.overrides:
            told = why_labels(name, column, found, self._line_of, decimals)
            self._done[name][1].extend([told] if told else [])

    def finish(self, name: str, column: pa.Array, found: Found) -> None:
        """Describe a column for good."""
        said = self.answers.get(name, {})
        profile, told = describe_column(name, column, found, self.overrides.get(name), said, self._line_of)
        if said.get("same") and profile.form:
            profile = replace(profile, form={**profile.form, "same": dict(said["same"])})
        if said.get("missing"):
            profile = with_missing(profile, _column(self.data, name), found, said["missing"])
        self._done[name] = profile, told
        self._note_gaps(name, found)
        if profile.type in ("number", "date"):
            # What a person said themselves they need not be told.
            unsaid = [text for text in profile.missing_spellings if text not in said.get("missing", ())]
            self._words.extend(words_for_missing(name, unsaid, column, self._line_of))
        if self._keep and found.values is not None:
            self._keep(profile, found.values)
        elif self._keep and profile.type in ("category", "yes_no"):
            self._keep(profile, column_values(column, profile))
        if self._progress:
            done, whole = len(self._done), len(self.names)
            self._progress(done / whole, f"Looking at column {done} of {whole}")

    def profile(self) -> Profile:
        """What was found, of all columns in their order."""
        ordered = [self._done[name] for name in self.names]
        complete = missing_patterns(self._gaps, self.names, self.data.num_rows)
        told = [finding for _, findings in ordered for finding in findings]
        findings = (*told_once(told), *missing_notes(self._words))
        rank = {"question": 0, "warning": 1, "note": 2}
        findings = tuple(sorted(findings, key=lambda finding: rank[finding.severity]))
        return Profile(self.data.num_rows, tuple(column for column, _ in ordered), complete, findings)

    def _decided(self, name: str, column: pa.Array, decimals: Sequence[str]) -> Found | None:
        said = self.answers.get(name, {})
        return decide(column, name, self.overrides.get(name), decimals, self._thousands, said)

    def _note_gaps(self, name: str, found: Found) -> None:
        if found.missing.any() or len(found.bad):
            gone = found.missing.copy()
            gone[found.bad] = True
            self._gaps[name] = np.packbits(gone)


def column_values(column: pa.Array | pa.ChunkedArray, profile: ColumnProfile) -> NDArray[np.float64]:
    """The numbers of a column as its profile says, float64 [rows]; NaN where a value is missing or does not fit.

    A category is its place in the profile's labels, a date counts days since 1970-01-01.

    Raises
    ------
    ValueError
        If the column is text or an identifier, which have no numbers.
    """
    whole = merged(_array(column), profile.form.get("same", {}))
    if profile.type in ("number", "date"):
        whole = blanked(whole, profile.form.get("missing", []))
    if profile.type == "number" and "meaning" in profile.form:
        return meant(whole, profile.form["meaning"])
    if profile.type == "number":
        return numbers.convert(
            whole, NumberForm(**{name: profile.form[name] for name in ("decimal", "thousands", "unit")})
        )
    if profile.type == "date":
        return dates.convert(whole, DateForm.from_json(profile.form))
    if profile.type in ("category", "yes_no"):
        form = LabelForm(profile.labels, tuple(profile.form["missing"]), profile.form["fold"])
        return labels.codes_of(whole, form)
    raise ValueError(f"A column of type {profile.type} has no numbers.")


def _lines(first_line: Any) -> Lines:
    one: Any = first_line if callable(first_line) else first_line.__getitem__
    return lambda row: int(one(row))


def _column(data: pa.Table, name: str) -> pa.Array:
    return _array(data.column(data.schema.get_field_index(name)))


def _array(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One array of texts."""
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        chunks = column.chunks
        column = chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks) if chunks else pa.array([], column.type)
    return column if column.type in (pa.string(), pa.large_string()) else column.cast(pa.large_string())
