from __future__ import annotations

import pytest

from nnbuilder.tables.columns import advice


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    """A library of its own for each file of tests; nobody looks for columns that tell the answer, which takes long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNBUILDER_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setattr(advice, "leak_problems", lambda *_: [])
        yield
