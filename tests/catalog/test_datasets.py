"""Every row of the data set table keeps the same promises; the rules between fields repair themselves."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import Any

import pytest

from nnbuilder.catalog.dataset_rules import GROUPS, DataSetRow, FieldProblem
from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.data.generate import generate
from nnbuilder.fields import Field
from nnbuilder.spec import Component

ROWS = [pytest.param(row, id=key) for key, row in DATASETS.items()]
FIELDS = [pytest.param(field, id=f"{key}.{field.name}") for key, row in DATASETS.items() for field in row.fields]


def test_all_promised_sets_are_there():
    assert set(DATASETS) == {
        "circles",
        "blobs",
        "regression",
        "curve",
        "sine",
        "rent",
        "moons",
        "classification",
        "gaussian_quantiles",
        "swiss_roll",
        "friedman1",
        "friedman2",
        "friedman3",
        "playground_circle",
        "playground_xor",
        "playground_gauss",
        "playground_spiral",
        "playground_plane",
        "playground_multi_gauss",
    }


@pytest.mark.parametrize("row", ROWS)
def test_row_has_words_for_a_person_and_a_group(row: DataSetRow):
    assert row.label
    assert row.help.endswith(".") and len(row.help) <= 130
    assert row.group in GROUPS
    names = [field.name for field in row.fields]
    assert len(set(names)) == len(names)
    assert {"samples", "seed"} <= set(names)


@pytest.mark.parametrize("field", FIELDS)
def test_field_takes_its_default_and_refuses_its_bad_values(field: Field):
    assert field.help
    assert field.problem(field.default) is None
    assert field.clean(field.default) == field.default
    for value in field.bad_values():
        message = field.problem(value)
        assert message and message.startswith(field.label), value


@pytest.mark.parametrize("row", ROWS)
def test_defaults_fit_together(row: DataSetRow):
    assert row.problems(row.defaults()) == []


@pytest.mark.parametrize("row", ROWS)
def test_each_number_may_go_to_both_its_ends(row: DataSetRow):
    """At the ends of a field's range the data can be made, or the rules say what to change."""
    for field in row.fields:
        for end in ("minimum", "maximum"):
            value = getattr(field, end, None)
            if value is None or field.problem(value) is not None or (field.name, end) == ("samples", "maximum"):
                continue
            settings, _ = repaired(row, {**row.defaults(), field.name: field.clean(value)})
            data = generate(Component(row.key, settings))
            assert data.features.shape == (settings["samples"], len(row.shape(settings).features))


def test_catalog_and_description_are_light():
    code = (
        "import sys, nnbuilder.catalog.datasets, nnbuilder.data.facts\n"
        "print([name for name in ('torch', 'streamlit', 'sklearn', 'numpy') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=50)
    assert answer.stdout.strip() == "[]"


def repaired(row: DataSetRow, settings: dict[str, Any]) -> tuple[dict[str, Any], list[FieldProblem]]:
    """The settings with every proposed repair applied, and the problems met on the way."""
    met: list[FieldProblem] = []
    while problems := row.problems(settings):
        met.append(problems[0])
        assert row.field(problems[0].field).problem(problems[0].value) is None, problems[0]
        settings = {**settings, problems[0].field: problems[0].value}
        assert len(met) < 10, met
    return settings, met


@pytest.mark.parametrize(
    ("kind", "changes", "field", "value"),
    [
        ("classification", {"redundant": 1}, "features", 3),
        ("classification", {"informative": 60, "redundant": 50, "features": 100}, "informative", 50),
        ("classification", {"classes": 5}, "classes", 4),
        ("classification", {"classes": 5, "features": 3}, "informative", 3),
        ("classification", {"classes": 3, "clusters": 2}, "clusters", 1),
        (
            "classification",
            {"samples": 10, "classes": 8, "clusters": 2, "informative": 4, "features": 4},
            "samples",
            16,
        ),
        ("blobs", {"samples": 10, "centers": 20}, "samples", 20),
        ("gaussian_quantiles", {"samples": 10, "classes": 12}, "samples", 12),
    ],
)
def test_rule_names_the_field_and_the_nearest_value(kind: str, changes: dict[str, Any], field: str, value: int):
    row = DATASETS[kind]
    settings = {**row.defaults(), **changes}
    problem = row.problems(settings)[0]
    assert (problem.field, problem.value) == (field, value)
    assert problem.message.endswith(f"to {value}.")
    assert row.problems({**settings, field: value}) == []


def test_classification_settings_of_any_kind_are_repaired_into_ones_scikit_learn_takes():
    row = DATASETS["classification"]
    chance = random.Random(0)
    refused = 0
    for _ in range(300):
        largest = chance.choice([3, 8, 100])
        settings, met = repaired(
            row,
            {
                **row.defaults(),
                "samples": chance.choice([10, 40, 200]),
                "features": chance.randint(1, largest),
                "informative": chance.randint(1, largest),
                "redundant": chance.randint(0, largest),
                "repeated": chance.randint(0, largest),
                "classes": chance.randint(2, 20),
                "clusters": chance.randint(1, 10),
            },
        )
        refused += bool(met)
        assert len(generate(Component(row.key, settings)).target) == settings["samples"]
    assert 100 < refused < 300
