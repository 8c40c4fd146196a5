from __future__ import annotations

import pytest

from nnbuilder.engine.settings import Settings, read_settings
from nnbuilder.errors import NNBuilderError


def test_the_environment_sets_them():
    environment = {
        "NNBUILDER_SLOTS": "3",
        "NNBUILDER_GRACE": "2.5",
        "NNBUILDER_WORKER_MEMORY": "512",
        "NNBUILDER_FPS": " 60 ",
    }
    settings = read_settings(environment)
    assert (settings.slots, settings.grace, settings.worker_memory, settings.fps) == (3, 2.5, 512, 60.0)


def test_without_it_the_defaults_hold():
    assert read_settings({"NNBUILDER_SLOTS": ""}) == Settings()
    assert Settings().slots >= 2


@pytest.mark.parametrize(
    ("variable", "value"),
    [("NNBUILDER_SLOTS", "0"), ("NNBUILDER_SLOTS", "many"), ("NNBUILDER_GRACE", "nan"), ("NNBUILDER_FPS", "1000")],
)
def test_a_bad_value_is_named(variable, value):
    with pytest.raises(NNBuilderError, match=f"{variable} must be .* but it is '{value}'; correct it"):
        read_settings({variable: value})
