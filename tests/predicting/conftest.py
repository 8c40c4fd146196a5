from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    """A library of its own for each file of tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNBUILDER_HOME", str(tmp_path_factory.mktemp("home")))
        yield
