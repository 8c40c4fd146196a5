"""Every recipe, trained in full by its script in an interpreter without this package, is the app's to the last bit."""

import pytest

from nnbuilder.recipes import recipes
from tests.source.train_harness import differences, run_alone, write

RECIPES = {key: one.project() for key, one in recipes().items()}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The folder in which all scripts were run, and what each said."""
    folder = tmp_path_factory.mktemp("recipes")
    write(RECIPES, folder, "sequential")
    return folder, run_alone(folder)


@pytest.mark.parametrize("key", RECIPES)
def test_a_recipe_is_trained_as_in_the_app(key, ran):
    folder, said = ran
    assert said[key][0] == ""
    assert differences(RECIPES[key], folder / key) == []
