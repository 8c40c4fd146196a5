"""The data page: tables are opened, looked at and set up by clicks."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.check import check
from nnbuilder.errors import errors_only
from nnbuilder.spec import Project, read
from nnbuilder.ui import table_actions, tables
from nnbuilder.ui.state import Desk, Memory
from tests.app.conftest import Page
from tests.ui.fake_backend import fake_backend


def data_script() -> None:
    """The data page alone."""
    from nnbuilder.ui import page_data
    from nnbuilder.ui.session import open_desk

    page_data.page(open_desk())


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))


@pytest.fixture
def opened(page: Page) -> Page:
    page.open()
    at = AppTest.from_function(data_script, default_timeout=60)
    at.query_params["project"] = page.id
    page.settle(at)
    return page


def press(page: Page, key: str) -> Page:
    page.at.button(key=key).click()
    return page.settle(page.at)


@pytest.mark.parametrize("key", SAMPLES)
def test_every_sample_opens_in_one_click_with_a_network_that_can_train(opened: Page, key: str) -> None:
    press(opened, f"sample-{key}")
    project, sample = opened.project, SAMPLES[key]
    assert (project.data.source.kind, project.data.source["target"]) == ("table", sample.target)
    assert project.name == sample.title
    assert not errors_only(check(project))
    assert opened.at.selectbox(key="table-target").value == sample.target


def test_target_and_columns_are_chosen_by_clicks(opened: Page) -> None:
    press(opened, "sample-penguins")
    opened.set("selectbox", "table-target", "sex")
    source = opened.project.data.source
    assert source["target"] == "sex"
    assert "species" in [item["name"] for item in source["columns"]]
    assert "sex" not in [item["name"] for item in source["columns"]]
    assert opened.project.training.loss.kind == "bce_with_logits"
    opened.set("selectbox", "table-target", "body_mass_g")
    assert opened.project.training.loss.kind == "mse"
    assert not errors_only(check(opened.project))


def desk(home: Path, project: Project | None = None) -> Desk:
    backend = fake_backend(home)
    made = Desk.open(backend, None, Memory(), {})
    if project is not None:
        made.change(project)
    return made


def test_what_cannot_be_read_leaves_the_data_as_they_were(tmp_path: Path) -> None:
    now = desk(tmp_path)
    before = now.project
    now.guarded(lambda: tables.open_file(now, b"", "empty.csv"))
    assert "empty.csv" in now.memory.note
    assert now.project == before
    now.backend.store.close()


def test_columns_that_only_confuse_are_left_out_at_first(tmp_path: Path) -> None:
    now = desk(tmp_path)
    rows = "\n".join(f"P{n:05},{n % 5},same,{n / 7:.3f},{n % 2}" for n in range(80))
    tables.open_file(now, f"id,group,constant,size,y\n{rows}\n".encode(), "my_first-table.csv")
    assert now.project.name == "My first table"
    assert now.project.data.source["target"] == "y"
    assert [item["name"] for item in now.project.data.source["columns"]] == ["group", "size"]
    tables.change_type(now, "group", "category")
    assert now.facts.features[:2] == ("group = 0", "group = 1")
    now.backend.store.close()


def test_an_answer_to_a_question_counts_and_stays_answered(tmp_path: Path) -> None:
    now = desk(tmp_path)
    tables.open_sample(now, "messy")
    opened = tables.opened_table(now)
    assert opened is not None
    question = next(item for item in opened.findings if "closing remark" in item["message"])
    label, choices = next(
        (option["label"], option["choices"])
        for option in question["options"]
        if option["label"] == "All lines are rows"
    )
    tables.read_again(now, choices)
    again = tables.opened_table(now)
    assert again is not None
    assert again.rows == opened.rows + 1, label
    assert not [item for item in again.findings if "closing remark" in item["message"]]
    assert now.project.data.source["target"] == SAMPLES["messy"].target
    now.backend.store.close()


def test_a_feature_keeps_what_was_chosen_for_it(tmp_path: Path) -> None:
    now = desk(tmp_path)
    tables.open_sample(now, "penguins")
    opened = tables.opened_table(now)
    assert opened is not None
    changed = table_actions.set_feature(now.project, opened, "sex", missing="own_category", encoding="ordinal")
    changed = table_actions.set_feature(changed, opened, "island", use=False)
    tables.take(now, changed)
    columns = {item["name"]: item for item in read(now.project.to_json()).data.source["columns"]}
    assert (columns["sex"]["missing"], columns["sex"]["encoding"]) == ("own_category", "ordinal")
    assert "island" not in columns
    now.undo()
    assert "island" in [item["name"] for item in now.project.data.source["columns"]]
    now.backend.store.close()
