"""The pictures in the picker show the data sets as they are now."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.data.thumbnails import draw, thumbnail
from nnbuilder.errors import NNBuilderError


@pytest.mark.parametrize("kind", DATASETS)
def test_kept_points_are_those_of_the_data_set(kind: str):
    """After a change to a data set run ``python -m nnbuilder.data.thumbnails``."""
    np.testing.assert_allclose(thumbnail(kind), draw(kind), atol=0.002)


@pytest.mark.parametrize("kind", DATASETS)
def test_points_are_few_and_fill_the_unit_square(kind: str):
    points = np.array(thumbnail(kind))
    assert 60 <= len(points) <= 120
    for axis in (0, 1):
        assert points[:, axis].min() == 0 and points[:, axis].max() == 1
    classes = DATASETS[kind].shape(DATASETS[kind].defaults()).classes
    if classes:
        assert set(points[:, 2]) == set(range(len(classes)))
    else:
        assert points[:, 2].min() == 0 and points[:, 2].max() == 1


def test_unknown_set_is_refused_in_words():
    with pytest.raises(NNBuilderError, match="did you mean moons"):
        thumbnail("moon")


def test_showing_needs_no_scikit_learn():
    code = "import sys, nnbuilder.data.thumbnails as t; t.thumbnail('circles'); print('sklearn' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=50)
    assert answer.stdout.strip() == "False"
