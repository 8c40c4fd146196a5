"""The code of data that are made on the spot makes the very tensors."""

import random

import pytest

from nnbuilder.catalog.datasets import DATASETS
from tests.source.harness import compared, project

SCALINGS = ("none", "standard", "minmax", "robust")


def settings_of(kind, chance):
    """Settings of a data set, some of them drawn."""
    row = DATASETS[kind]
    settings = row.defaults()
    settings["samples"] = chance.choice([60, 61, 300])
    settings["seed"] = chance.randrange(2**31)
    if "noise" in settings:
        settings["noise"] = chance.choice([0.0, settings["noise"], 0.3])
    if "view" in settings:
        settings["view"] = chance.choice(["side", "full"])
    for name in ("shuffle", "hole", "hypercube"):
        if name in settings:
            settings[name] = chance.random() < 0.5
    if "first_share" in settings:
        settings["first_share"] = chance.choice([0.0, 0.7])
    return settings


@pytest.mark.parametrize("kind", DATASETS)
def test_every_data_set(kind, tmp_path):
    chance = random.Random(kind)
    row = DATASETS[kind]
    for scaling in SCALINGS:
        settings = settings_of(kind, chance)
        shape = row.shape(settings)
        first = shape.features[0]
        terms = chance.choice([[], [["square", first], ["sine", first]]])
        losses = {"binary": ["mse", "bce", "soft_margin", "cross_entropy"], "multiclass": ["cross_entropy"]}
        data = {
            "source": {"kind": kind, **settings},
            "scaling": scaling,
            "terms": terms,
            "validation": chance.choice([0.0, 0.2]),
            "test": chance.choice([0.0, 0.3]),
            "stratify": chance.random() < 0.5,
            "split_seed": chance.randrange(1000),
        }
        made = project(data, chance.choice(losses.get(shape.task, ["mse"])))
        code, different = compared(made, tmp_path)
        assert different == [], code.text
        assert not code.reads
