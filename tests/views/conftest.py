"""Tables to look at."""

import io

import pandas as pd
import pytest

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.tables.library import Library
from nnbuilder.views.viewed import Viewed


@pytest.fixture
def viewed(tmp_path):
    """Opens a table as text, bytes or a data frame; `target` and `task` as in a project."""

    def open_table(table, target="", task="auto", types=None):
        library = Library(tmp_path / "tables")
        if isinstance(table, pd.DataFrame):
            table = table.to_csv(index=False)
        sha256 = library.keep(table.encode() if isinstance(table, str) else table)
        return Viewed.of(library.read(sha256, "mine.csv", {}, types or {}), target, task)

    return open_table


@pytest.fixture
def penguins(viewed):
    content = SAMPLES["penguins"].path.read_bytes()
    return viewed(content, "species"), pd.read_csv(io.BytesIO(content))
