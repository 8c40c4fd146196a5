from __future__ import annotations

import pytest

from tests.engine.harness import running_engine


@pytest.fixture(scope="session")
def shared_engine():
    with running_engine() as harness:
        yield harness


@pytest.fixture
def engine(shared_engine, monkeypatch):
    """The shared engine with the settings it began with, and without the runs of other tests."""
    monkeypatch.setattr(shared_engine.engine, "settings", shared_engine.engine.settings)
    yield shared_engine
    shared_engine.release_all()
