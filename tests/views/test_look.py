"""Every view of every sample, and what is refused."""

import numpy as np
import pytest

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.errors import NNBuilderError
from nnbuilder.views.look import look
from nnbuilder.views.viewed import sample
from tests.views.harness import column, pair, small


@pytest.mark.parametrize("key", SAMPLES)
def test_every_sample_gives_every_view(viewed, key):
    row = SAMPLES[key]
    table = viewed(row.path.read_bytes(), row.target, "auto")
    overview = small(look(table, {"kind": "overview"}))
    assert overview["learned"] == row.task
    assert {item["name"] for item in overview["ranking"]} == set(table.columns) - {row.target}
    names = list(table.columns)[:8]
    rows = table.rows
    for name in names:
        view = column(table, name)
        counted = sum(sum(group["counts"]) for group in view["groups"])
        assert counted + view["missing"] == rows
        pair(table, name, next(other for other in names if other != name))
    for kind in ("correlation", "outliers", "images"):
        small(look(table, {"kind": kind}))
    assert (overview["images"] is not None) == (row.kind == "images")


def test_a_view_that_is_not_there_is_refused_in_a_sentence(viewed):
    table = viewed("a,note\n1,first\n2,second\n", types={"note": "text"})
    for asked in ({"kind": "pie"}, {"kind": "column", "name": "b"}, {"kind": "column", "name": "note"}):
        with pytest.raises(NNBuilderError, match=r"choose .*\.$"):
            look(table, asked)


def test_a_sample_is_of_all_rows_drawn_once():
    assert sample(5, 9).tolist() == [0, 1, 2, 3, 4]
    rows = sample(100_000, 2000)
    assert len(np.unique(rows)) == 2000
    assert (np.diff(rows) > 0).all()
    # A uniform sample has its mean in the middle, give or take four standard errors.
    assert abs(rows.mean() - 50_000) < 4 * 100_000 / np.sqrt(12 * 2000)
