"""Read a Parquet file: its columns say what they hold, and nulls are nulls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnbuilder.tables.choices import Caps, Choices
from nnbuilder.tables.files.opening import Content, Progress, megabytes
from nnbuilder.tables.findings import Finding, Unreadable, shown
from nnbuilder.tables.lines.header import make_names
from nnbuilder.tables.lines.row_lines import RowLines
from nnbuilder.tables.reading import Table

if TYPE_CHECKING:
    import pyarrow
    from pyarrow import parquet


def read_parquet(content: Content, name: str, choices: Choices, caps: Caps, progress: Progress) -> Table:
    """Read a Parquet file.

    Raises
    ------
    Unreadable
        If it is damaged, passes a cap, or has no rows.
    """
    import pyarrow as pa

    try:
        table = _unpacked(content, name, caps, progress)
    except MemoryError:
        # One of Arrow's is an error of Arrow, too.
        raise
    except (pa.ArrowException, OSError) as error:
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise Unreadable(
            f"{name} is damaged and cannot be read as Parquet ({first}); save it again and open it anew."
        ) from None
    findings: list[Finding] = []
    names = make_names([table.column_names], table.num_columns, None)
    findings += [
        Finding(one.severity, one.message.replace("Line None", "The file").replace(" in line None", ""))
        for one in names.findings
    ]
    columns, types, left_out, kept = [], [], [], []
    for place, field in enumerate(table.schema):
        made = _text(table.column(place), field.type)
        if made is None:
            left_out.append(f"{shown(field.name)} ({field.type})")
            continue
        kept.append(place)
        columns.append(made)
        types.append(_type(field.type))
    if left_out:
        findings.append(
            Finding("warning", f"Columns that hold no single values are left out: {', '.join(left_out[:5])}.")
        )
    if not columns:
        raise Unreadable(f"{name} has no column of numbers, dates or text; save one with such columns.")
    unique = tuple(names.unique[place] for place in kept)
    return Table(
        data=pa.table(columns, names=list(unique)),
        names=unique,
        original_names=tuple(table.column_names[place] for place in kept),
        types=tuple(types),
        choices=Choices(format="parquet", decimal=choices.decimal, thousands=choices.thousands),
        reasons={},
        findings=tuple(findings),
        first_line=RowLines(table.num_rows, 1),
    )


def _unpacked(content: Content, name: str, caps: Caps, progress: Progress) -> pyarrow.Table:
    """The whole table as it is stored, with its bytes counted while they are unpacked."""
    import pyarrow as pa
    from pyarrow import parquet

    file = parquet.ParquetFile(pa.BufferReader(pa.py_buffer(content)))
    _check(file, name, caps)
    batches = []
    done, expanded = 0, 0
    for batch in file.iter_batches():
        batches.append(batch)
        done += batch.num_rows
        expanded += batch.nbytes
        # What the file says of its sizes need not be true.
        if expanded > caps.expanded:
            raise Unreadable(
                f"{name} unpacks to more than {megabytes(caps.expanded)}, the most that is read; leave out"
                " rows or columns."
            )
        progress(done / max(1, file.metadata.num_rows), "Taking the cells")
    return pa.Table.from_batches(batches, file.schema_arrow)


def _check(file: parquet.ParquetFile, name: str, caps: Caps) -> None:
    """Refuse what passes a cap by what the file says of itself, before reading."""
    about = file.metadata
    if about.num_rows == 0:
        raise Unreadable(f"{name} has names of columns and no rows; add rows.")
    if about.num_rows > caps.rows:
        raise Unreadable(f"{name} has {about.num_rows:,} rows and at most {caps.rows:,} are read; leave out rows.")
    if about.num_columns > caps.columns:
        raise Unreadable(
            f"{name} has {about.num_columns:,} columns and at most {caps.columns:,} are read; leave out columns."
        )
    expanded = sum(about.row_group(place).total_byte_size for place in range(about.num_row_groups))
    if expanded > caps.expanded:
        raise Unreadable(
            f"{name} unpacks to {megabytes(expanded)} and at most {megabytes(caps.expanded)} are read; leave"
            " out rows or columns."
        )


def _type(kind: pyarrow.DataType) -> str | None:
    from pyarrow import types

    if types.is_dictionary(kind):
        return _type(kind.value_type)
    if types.is_boolean(kind):
        return "yes_no"
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return "number"
    return "date" if types.is_date(kind) or types.is_timestamp(kind) else None


def _text(column: pyarrow.ChunkedArray, kind: pyarrow.DataType) -> pyarrow.ChunkedArray | None:
    """A column as text, or None if its cells are no single values."""
    import pyarrow as pa
    from pyarrow import types

    from nnbuilder.tables.arrow import compute as pc

    if types.is_dictionary(kind):
        return _text(column.cast(kind.value_type), kind.value_type)
    if types.is_string(kind) or types.is_large_string(kind):
        return column
    if types.is_null(kind) or types.is_time(kind) or types.is_date(kind) or _type(kind) in {"number", "yes_no"}:
        return column.cast(pa.string())
    if types.is_timestamp(kind):
        if kind.tz is not None:
            # The same moment written as UTC.
            column = column.cast(pa.timestamp(kind.unit, "UTC")).cast(pa.timestamp(kind.unit))
        # Fractions of a second are written out to the last zero.
        return pc.replace_substring_regex(column.cast(pa.string()), r"\.0+$", "")
    return column.cast(pa.string()) if str(kind) in {"string_view", "utf8_view"} else None
