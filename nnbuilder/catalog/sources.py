"""Where the rows of a project may come from: a data set that is made on the spot, or a table of one's own."""

from __future__ import annotations

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.catalog.row import Row, Table
from nnbuilder.catalog.table_fields import (
    LONGEST_NAME,
    ChoiceNames,
    ColumnAnswers,
    Columns,
    ColumnTypes,
    Digest,
    ReadingChoices,
)
from nnbuilder.fields import Choice, Text

TABLE = "table"
"""The kind of a source that is a person's own table."""

TABLE_ROW = Row(
    key=TABLE,
    label="Table",
    help="A table of your own: CSV, Excel or Parquet.",
    fields=(
        Text(name="file", label="File", help="What the file was called.", default="table.csv", longest=300),
        Digest(name="sha256", label="Digest", help="Which bytes the file holds.", default="0" * 64),
        ReadingChoices(
            name="reading",
            label="How it is read",
            help="Encoding, separator, header and the like; what is left out is detected.",
            default={},
        ),
        ColumnTypes(
            name="types", label="Column types", help="Types chosen against what was found in the column.", default={}
        ),
        ChoiceNames(
            name="chosen",
            label="Chosen by a person",
            help="Which choices of how it is read a person made; all others were detected.",
            default=[],
        ),
        ColumnAnswers(
            name="answers",
            label="Answers",
            help="What was answered about columns: the order in dates, and which cells stand for a missing value.",
            default={},
        ),
        Text(name="target", label="Target", help="The column to predict.", default="", longest=LONGEST_NAME),
        Choice(
            name="task",
            label="Task",
            help="What the network is to learn: automatic looks at the target.",
            default="auto",
            options=(
                ("auto", "Automatic"),
                ("binary", "Two classes"),
                ("multiclass", "Many classes"),
                ("regression", "Regression"),
            ),
        ),
        Columns(
            name="columns",
            label="Features",
            help="The columns the network gets, in this order.",
            default=[],
        ),
        Text(
            name="split_by",
            label="Split by",
            help="A column that says train, validation or test for each row; empty splits by share.",
            default="",
            longest=LONGEST_NAME,
        ),
    ),
)

SOURCES: Table[Row] = Table("data set", [*DATASETS.values(), TABLE_ROW])
"""All rows a project's ``data.source`` may name."""
