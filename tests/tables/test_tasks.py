"""Which task is found for a target, and which choices are refused."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest

from nnbuilder.tables.choices import Choices
from nnbuilder.tables.columns.profile import profile_table
from nnbuilder.tables.columns.tasks import find_task


class Read:
    def __init__(self, cells: Sequence[str]) -> None:
        self.data = pa.table({"y": pa.array(cells, type=pa.string())})
        self.choices = Choices()
        self.first_line = lambda row: row + 2


@pytest.mark.parametrize(
    ("cells", "chosen", "task", "words"),
    [
        (["yes", "no", "yes"], "auto", "binary", "two classes: “no” and “yes”"),
        (["a", "b", "c", "a"], "auto", "multiclass", "3 classes"),
        (["1", "2", "1", "2"], "auto", "binary", "2 different whole numbers"),
        (["1000", "3", "1", "3"], "auto", "multiclass", "3 different whole numbers"),
        (["1.5", "2", "1.5"], "auto", "regression", "fractions"),
        ([str(number * 3) for number in range(30)], "auto", "regression", "30 different numbers"),
        (["2024-01-01", "2024-01-02"], "auto", "regression", "date"),
        (["1", "2", "3"], "regression", "regression", "Chosen by you"),
        (["1.5", "2.5", "3.5"], "multiclass", "multiclass", "Chosen by you"),
        (["a", "b", "a"], "multiclass", "binary", "Chosen by you"),
        (["0", "1"], "regression", "regression", "Chosen by you"),
        (["a", "b", "c"], "binary", None, "not two"),
        (["a", "b", "c"], "regression", None, "holds texts"),
        (["a", "a"], "auto", None, "same value in every row"),
        ([f"c{number}" for number in range(101)] * 9, "auto", None, "more than the 100"),
        ([str(number) for number in range(101)], "multiclass", None, "more than the 100"),
        (["007", "008"], "auto", None, "an identifier"),
        (["", ""], "auto", None, "free text"),
    ],
)
def test_task(cells: Sequence[str], chosen: str, task: str | None, words: str) -> None:
    found, reason = find_task(profile_table(Read(cells)).to_json()["columns"][0], chosen)
    assert found == task
    assert words in reason and reason.endswith(".")
