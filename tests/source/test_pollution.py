"""Files with one fault each: the code makes the very tensors from the file, or from the cleaned copy, or stops."""

import random

import pytest

from nnbuilder.data.prepare import prepare
from nnbuilder.errors import NNBuilderError
from nnbuilder.source import reading
from nnbuilder.tables.library import NUMERIC, Library
from tests.source.harness import code_of, differences, project, put_file, run, table_data
from tests.tables.pollution import sources, spoiled

SHARE = 0.07


def projects(content, chance):
    """A project on the table, its target drawn."""
    data = table_data(content, "", [])
    opened = Library.default().read(data["source"]["sha256"], "t.csv", data["source"]["reading"], {})
    usable = [one for one in opened.columns if one["type"] in NUMERIC and one["distinct"] > 1]
    if len(usable) < 2:
        return None
    target = chance.choice(usable)["name"]
    missing = {"number": "median", "date": "median", "category": "own_category", "yes_no": "most_frequent"}
    columns = [{"name": one["name"], "missing": missing[one["type"]]} for one in usable if one["name"] != target]
    source = {**data["source"], "target": target, "columns": columns}
    data = {"source": source, "scaling": chance.choice(["none", "standard"]), "stratify": False}
    return project(data, chance.choice(["mse", "cross_entropy"]))


@pytest.mark.parametrize("tried_with_pandas", [True, False])
@pytest.mark.parametrize("source", sources(), ids=lambda source: source.label)
def test_no_fault_makes_other_tensors(source, tried_with_pandas, tmp_path, monkeypatch):
    chance = random.Random(f"{source.label} {tried_with_pandas}")
    if not tried_with_pandas:
        # As for a larger file, of which only what was told of it is known.
        monkeypatch.setattr(reading, "TRIED", -1)
    wrong, tried, cleaned = {}, 0, 0
    for number, case in enumerate(spoiled(source)):
        if chance.random() > SHARE:
            continue
        try:
            made = projects(case.content, chance)
            if made is None:
                continue
            prepared = prepare(made.data)
        except NNBuilderError:
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        code = code_of(made)
        put_file(made, code, folder)
        tried += 1
        cleaned += bool(code.needs)
        try:
            different = differences(made, prepared, run(code, folder))
        except Exception as error:
            different = [f"{type(error).__name__}: {error}"]
        if different:
            wrong[case.label] = different
    assert wrong == {}
    # The person's own file is read wherever that can be.
    assert 0 < cleaned < tried
