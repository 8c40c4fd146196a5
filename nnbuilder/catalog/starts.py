"""Where the weights of a layer come from before the first step: drawn anew, or out of a file."""

from __future__ import annotations

from nnbuilder.catalog.row import Row, Table
from nnbuilder.catalog.table_fields import Digest
from nnbuilder.fields import Text

FROM_FILE = "file"
"""The kind of a start that is a file of trained weights."""

STARTS: Table[Row] = Table(
    "start",
    (
        Row(key="fresh", label="Fresh", help="The weights are drawn anew, as the first weights of the layer say."),
        Row(
            key=FROM_FILE,
            label="From a file",
            help="The weights are those a layer of another network has learned.",
            fields=(
                Digest(
                    name="sha256",
                    label="Digest",
                    help="Which bytes the file of weights holds.",
                    default="0" * 64,
                    cure="open the file anew",
                ),
                Text(
                    name="prefix",
                    label="Prefix",
                    help="What the names of the layer's tensors begin with in the file: 0 stands for 0.weight, 0.bias.",
                    default="",
                    longest=300,
                ),
                Text(name="name", label="File", help="What the file was called.", default="weights", longest=300),
            ),
        ),
    ),
)
"""All rows a layer's ``weights`` may name; `nnbuilder.store.weights` keeps the files."""
