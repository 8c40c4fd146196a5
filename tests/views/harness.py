"""Views as the page gets them."""

import json

from nnbuilder.views.look import look


def small(view):
    """The view, which has to be fit for JSON without any number that is none, and small."""
    assert len(json.dumps(view, allow_nan=False)) < 200_000
    return view


def column(table, name, **more):
    """The view of one column."""
    return small(look(table, {"kind": "column", "name": name, **more}))


def pair(table, x, y):
    """The view of two columns."""
    return small(look(table, {"kind": "pair", "x": x, "y": y}))
