"""The code the data page shows follows every click, and run as it stands it makes the tensors of the app."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.data.prepare import prepare
from tests.app.conftest import Page
from tests.app.test_data import data_script, press


@pytest.fixture
def penguins(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    """The data page on the penguins, its code in view, where the file lies."""
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))
    page.at = AppTest.from_function(data_script, default_timeout=60)
    page.settle(page.at)
    press(page, "sample-penguins")
    page.at.session_state["data-tab"] = "Code"
    (tmp_path / "penguins.csv").write_bytes(SAMPLES["penguins"].path.read_bytes())
    monkeypatch.chdir(tmp_path)
    return page.settle(page.at)


def run(page: Page) -> dict[str, Any]:
    """What the code in view defines."""
    names: dict[str, Any] = {}
    exec(page.at.code[0].value, names)
    return names


def test_the_code_in_view_makes_the_tensors_of_the_app_after_every_click(penguins: Page) -> None:
    seen = set()
    for kind, key, value in (
        ("selectbox", "data.scaling", "robust"),
        ("number_input", "data.split_seed", 7),
        ("selectbox", "table-target", "sex"),
    ):
        penguins.set(kind, key, value)
        made, wanted = run(penguins), prepare(penguins.project.data)
        seen.add(penguins.at.code[0].value)
        for part in ("train", "validation", "test"):
            assert torch.equal(made[f"x_{part}"], torch.from_numpy(wanted.features[part]))
            assert np.array_equal(made[f"y_{part}"].numpy().reshape(-1), wanted.target[part].reshape(-1))
        assert made["class_names"] == list(wanted.facts.classes)
    assert len(seen) == 3


def test_the_file_to_put_beside_the_code_is_named(penguins: Page) -> None:
    assert any("put the file “penguins" in caption.value.replace("\\", "") for caption in penguins.at.caption)
