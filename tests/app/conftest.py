"""The page under AppTest, on a fake engine; the components that draw are stood in for by text fields."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from nnbuilder.spec import Project, read
from nnbuilder.ui import backend as backends
from nnbuilder.ui import components
from nnbuilder.ui.backend import Backend
from nnbuilder.ui.plots.text import unformatted
from tests.ui.fake_backend import fake_backend

MAIN = Path(components.__file__).parent / "main.py"
TRIGGERS = {"transport": "action", "network": "action", "datasets": "pick", "output": "point"}


class Page:
    """The page as a person has it before them."""

    def __init__(self, backend: Backend, shown: dict[str, Any]) -> None:
        self.backend, self.shown = backend, shown
        self.at = AppTest.from_file(str(MAIN), default_timeout=30)

    def open(self, project_id: str | None = None) -> Page:
        if project_id:
            self.at.query_params["project"] = project_id
        return self.settle(self.at)

    def settle(self, at: AppTest) -> Page:
        self.at = at.run()
        assert not self.at.exception
        return self

    @property
    def id(self) -> str:
        value = self.at.query_params["project"]
        return value[0] if isinstance(value, list) else value

    @property
    def project(self) -> Project:
        record = self.backend.store.project(self.id)
        assert record is not None
        return read(record.spec)

    @property
    def sentences(self) -> str:
        return "\n".join(
            item.proto.body for item in self.at.get("html") if item.proto.body.startswith('<p class="nn-sentence')
        )

    def send(self, component: str, **action: Any) -> Page:
        """What the component would send on a click."""
        self.at.text_input(key=f"fake-{component}").set_value(json.dumps(action))
        return self.settle(self.at)

    def set(self, kind: str, key: str, value: Any) -> Page:
        widget = getattr(self.at, kind)(key=key)
        if kind == "selectbox" and value not in widget.options:
            # AppTest knows nothing of options a person types in.
            widget.options.append(value)
        widget.set_value(value)
        return self.settle(self.at)

    def click(self, label: str) -> Page:
        """Click the button with these words, which the page may have kept from being markup."""
        next(button for button in self.at.button if button.label in (label, unformatted(label))).click()
        return self.settle(self.at)


def stand_in(component: str, shown: dict[str, Any]) -> Callable[..., None]:
    """A component that keeps its data and takes its trigger from a text field."""

    def mount(*, key: str, data: Any, **callbacks: Callable[[], None]) -> None:
        shown[component] = json.loads(json.dumps(data))
        trigger = TRIGGERS[component]

        def fire() -> None:
            st.session_state[key] = {trigger: json.loads(st.session_state[f"fake-{component}"])}
            callbacks[f"on_{trigger}_change"]()

        st.text_input(component, key=f"fake-{component}", on_change=fire)

    return mount


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    backend = fake_backend(tmp_path)
    shown: dict[str, Any] = {}
    for component in TRIGGERS:
        monkeypatch.setattr(components, f"_{component}", stand_in(component, shown))
    backends.install(backend)
    yield Page(backend, shown)
    backends.install(None)
    backend.store.close()
