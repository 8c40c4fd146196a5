"""The fields of a person's own table refuse what makes no sense, and say so."""

import pytest

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.catalog.settings import DATA
from nnbuilder.catalog.sources import SOURCES, TABLE, TABLE_ROW

FIELDS = [*TABLE_ROW.fields, *(field for field in DATA if field.kind == "terms")]


def test_a_table_is_a_source_beside_the_data_sets():
    assert set(SOURCES) == {*DATASETS, TABLE}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_default_is_accepted_and_stays_what_it_is(field):
    assert field.problem(field.default) is None
    assert field.clean(field.default) == field.default


@pytest.mark.parametrize(
    ("field", "bad"), [(field, bad) for field in FIELDS for bad in field.bad_values()], ids=lambda item: str(item)[:30]
)
def test_a_bad_value_is_refused_in_one_sentence(field, bad):
    message = field.problem(bad)
    assert message
    assert "\n" not in message
    assert message.endswith((".", "?"))


def test_columns_are_completed_and_types_sorted():
    columns, types = TABLE_ROW.field("columns"), TABLE_ROW.field("types")
    assert columns.clean([{"name": "a"}]) == [{"name": "a", "missing": "median", "fill": None, "encoding": "one_hot"}]
    assert list(types.clean({"b": "number", "a": "date"})) == ["a", "b"]
    assert "did you mean category?" in types.problem({"a": "categorie"})
