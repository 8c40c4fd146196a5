"""The data page: tables are opened, looked at and set up by clicks."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.check import check
from nnbuilder.errors import NNBuilderError, errors_only
from nnbuilder.spec import Project, read
from nnbuilder.ui.data import columns as data_columns
from nnbuilder.ui.data import roles, table_actions, tables
from nnbuilder.ui.state import Desk, Memory
from tests.app.conftest import Page
from tests.ui.fake_backend import fake_backend


def data_script() -> None:
    """The data page alone."""
    from nnbuilder.ui.data import page as page_data
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
    tables.read_again(now, types={"group": "category"})
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
    changed = table_actions.set_features(
        now.project, opened, {"sex": {"missing": "own_category", "encoding": "ordinal"}}
    )
    changed = table_actions.set_features(changed, opened, {"island": {"use": False}})
    tables.take(now, changed)
    columns = {item["name"]: item for item in read(now.project.to_json()).data.source["columns"]}
    assert (columns["sex"]["missing"], columns["sex"]["encoding"]) == ("own_category", "ordinal")
    assert "island" not in columns
    now.undo()
    assert "island" in [item["name"] for item in now.project.data.source["columns"]]
    now.backend.store.close()


def opened_file(page: Page, text: str, name: str = "mine.csv") -> Page:
    """The page on a table of one's own; files cannot be dropped here."""
    now = Desk.open(page.backend, page.id, Memory(), {})
    tables.open_file(now, text.encode(), name)
    return page.settle(page.at)


def asked(page: Page) -> list[str]:
    """The questions on the page."""
    texts = [item.proto.body for item in page.at.get("html")]
    return [text for text in texts if text.startswith('<p class="nn-sentence nn-question"')]


def source(page: Page) -> Mapping[str, Any]:
    return page.project.data.source.settings


DATES = "when,kind,y\n" + "".join(f"0{1 + row % 9}/0{1 + row % 4}/2024,red,{row / 4}\n" for row in range(40))


def test_the_order_of_dates_is_asked_and_answered_by_a_click(opened: Page) -> None:
    opened_file(opened, DATES)
    (question,) = asked(opened)
    assert "do not tell day and month apart" in question
    opened.click("Month first")
    assert asked(opened) == []
    assert source(opened)["answers"] == {"when": {"order": "month first"}}
    opened.at.session_state["data-tab"] = "How it was read"
    opened.settle(opened.at)
    assert "“when”: dates have the month first." in opened.sentences
    press(opened, "back-answers-when")
    assert source(opened)["answers"] == {}
    assert len(asked(opened)) == 1


def test_what_was_chosen_of_columns_outlives_an_answer(opened: Page) -> None:
    rows = "".join(f"{row % 11},{'NA' if row % 7 == 0 else 'ab'[row % 2]},{row % 5},{row % 3}\n" for row in range(60))
    opened_file(opened, "size,kind,code,group\n" + rows)
    opened.set("selectbox", "table-target", "code")
    now = Desk.open(opened.backend, opened.id, Memory(), {})
    table = tables.opened_table(now)
    assert table is not None
    changed = {"size": {"missing": "constant", "fill": "3"}, "group": {"use": False}}
    tables.take(now, table_actions.set_features(now.project, table, changed))
    now.set("data.source.task", "regression")
    opened.settle(opened.at)
    opened.click("A missing value")
    made = source(opened)
    assert made["answers"] == {"kind": {"missing": ["NA"]}}
    assert (made["target"], made["task"]) == ("code", "regression")
    columns = {item["name"]: item for item in made["columns"]}
    assert list(columns) == ["size", "kind"]
    assert (columns["size"]["missing"], columns["size"]["fill"]) == ("constant", "3")
    assert asked(opened) == []


def test_many_questions_alike_are_answered_at_once(opened: Page) -> None:
    names = [f"c{place}" for place in range(5)]
    rows = "".join(
        ",".join([*("NA" if row % 9 == place else "ab"[row % 2] for place in range(5)), str(row / 3)]) + "\n"
        for row in range(60)
    )
    opened_file(opened, ",".join([*names, "y"]) + "\n" + rows)
    opened.click("A missing value: all 5")
    assert source(opened)["answers"] == {name: {"missing": ["NA"]} for name in names}
    assert asked(opened) == []


def reading(page: Page) -> Page:
    """The page with the form of how the file was read."""
    page.at.session_state["data-tab"] = "How it was read"
    return page.settle(page.at)


def test_a_separator_is_overruled_and_left_to_detection_again(opened: Page) -> None:
    opened_file(opened, "a;b\n1,5;2\n2,5;3\n3,5;5\n4,5;4\n")
    reading(opened)
    assert opened.at.selectbox(key="reading-separator").value == ";"
    opened.set("selectbox", "reading-separator", ",")
    assert (source(opened)["reading"]["separator"], source(opened)["chosen"]) == (",", ["separator"])
    assert "Chosen by you" in [item.value for item in opened.at.caption]
    press(opened, "reading-separator-detect")
    assert (source(opened)["reading"]["separator"], source(opened)["chosen"]) == (";", [])
    assert opened.at.selectbox(key="reading-separator").value == ";"
    assert "Chosen by you" not in [item.value for item in opened.at.caption]
    opened.set("number_input", "reading-header_rows", 0)
    assert source(opened)["reading"]["header_rows"] == 0
    # A typed one, and one choice on top of another.
    opened.set("selectbox", "reading-separator", ";")
    assert source(opened)["chosen"] == ["header_rows"]


def test_a_choice_that_cannot_work_leaves_all_as_it_was(opened: Page) -> None:
    opened_file(opened, "a,b\n1,2\n2,3\n3,5\n")
    before = source(opened)
    reading(opened)
    opened.set("selectbox", "reading-encoding", "no-such-encoding")
    assert "no-such-encoding" in opened.sentences
    assert opened.at.selectbox(key="reading-encoding").value == "utf-8"
    assert opened.at.selectbox(key="reading-encoding").options[:2] == ["UTF-8", "UTF-16"]
    opened.set("number_input", "reading-part", 7)
    assert "no-such-encoding" not in opened.sentences
    assert "holds 1 table" in opened.sentences or "no table number 7" in opened.sentences
    assert opened.at.number_input(key="reading-part").value == 1
    assert source(opened) == before
    opened.set("number_input", "reading-header_rows", 0)
    assert source(opened)["chosen"] == ["header_rows"]
    assert "no table number" not in opened.sentences


def test_the_sheet_of_a_workbook_is_chosen(opened: Page) -> None:
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("Measured")
    assert first is not None
    for row in (["x", "y"], [1, 2], [2, 3.5], [3, 4]):
        first.append(row)
    for row in (["t", "v", "w"], [1, 2, 3], [2, 3, 4.5], [5, 6, 7]):
        second.append(row)
    content = io.BytesIO()
    book.save(content)
    now = Desk.open(opened.backend, opened.id, Memory(), {})
    tables.open_file(now, content.getvalue(), "book.xlsx")
    reading(opened)
    assert opened.at.selectbox(key="reading-sheet").options == ["Sheet", "Measured"]
    assert not [item for item in opened.at.selectbox if item.key == "reading-separator"]
    opened.set("selectbox", "reading-sheet", "Measured")
    assert source(opened)["reading"]["sheet"] == "Measured"
    assert [item["name"] for item in source(opened)["columns"]] == ["t", "v"]


def edit(page: Page, changes: dict[str, dict[str, Any]]) -> Page:
    """Do in the columns what the editor of a browser would send; AppTest has none."""
    now = Desk.open(page.backend, page.id, Memory(), {})
    table = tables.opened_table(now)
    assert table is not None
    data_columns.apply(now, table, changes)
    return page.settle(page.at)


def test_features_target_and_a_value_of_ones_own_are_set_in_the_columns(opened: Page) -> None:
    press(opened, "sample-penguins")
    edit(opened, {"bill_length_mm": {"Own value": "40.5"}})
    columns = {item["name"]: item for item in source(opened)["columns"]}
    assert (columns["bill_length_mm"]["missing"], columns["bill_length_mm"]["fill"]) == ("constant", "40.5")
    edit(opened, {"sex": {"Gaps": "Drop the rows"}})
    assert any("11 for gaps in" in item.value for item in opened.at.caption)
    edit(opened, {"island": {"Target": True}})
    assert source(opened)["target"] == "island"
    press(opened, "features-off")
    assert source(opened)["columns"] == []
    press(opened, "features-on")
    assert len(source(opened)["columns"]) == 7


def test_why_the_task_is_what_it_is(opened: Page) -> None:
    press(opened, "sample-penguins")
    assert any("“species” has 3 classes" in item.value.replace("\\", "") for item in opened.at.caption)
    opened.set("selectbox", "table-target", "sex")
    assert any("two classes: “female” and “male”" in item.value.replace("\\", "") for item in opened.at.caption)


def test_the_task_is_told_of_the_rows_that_are_left(tmp_path: Path) -> None:
    now = desk(tmp_path)
    rows = "\n".join([*(f"{n / 7:.3f},{'ab'[n % 2]}" for n in range(60)), *[",c"] * 3])
    tables.open_file(now, f"x,y\n{rows}\n".encode(), "t.csv")
    opened = tables.opened_table(now)
    assert opened is not None and "3 classes" in roles.summary(now, opened)[1]
    tables.take(now, table_actions.set_features(now.project, opened, {"x": {"missing": "drop"}}))
    assert now.facts.task == "binary"
    assert "two classes: “a” and “b”" in roles.summary(now, opened)[1].replace("\\", "")
    now.backend.store.close()


def test_a_type_that_cannot_be_is_refused_with_the_reason(tmp_path: Path) -> None:
    now = desk(tmp_path)
    tables.open_sample(now, "penguins")
    before = now.project
    with pytest.raises(NNBuilderError, match=r"“species” cannot be read as numbers.*“Adelie” in line 2"):
        tables.read_again(now, types={"species": "number"})
    with pytest.raises(NNBuilderError, match=r"“species” cannot be read as yes or no: it has 3 different values"):
        tables.read_again(now, types={"species": "yes_no"})
    assert now.project == before
    table = tables.opened_table(now)
    assert table is not None
    tables.take(now, table_actions.set_features(now.project, table, {"year": {"use": True}}))
    tables.read_again(now, types={"year": "category"})
    assert "year = 2008" in now.facts.features
    tables.read_again(now, types={"year": None})
    assert now.project.data.source["types"] == {}
    now.backend.store.close()


def test_columns_are_searched_and_chosen_by_type(opened: Page) -> None:
    press(opened, "sample-breast_cancer")
    opened.at.text_input(key="columns-search").set_value("worst")
    opened.settle(opened.at)
    press(opened, "features-off")
    names = [item["name"] for item in source(opened)["columns"]]
    assert len(names) == 20
    assert not [name for name in names if "worst" in name]


def test_a_refused_file_opens_in_a_way_that_is_offered(tmp_path: Path) -> None:
    now = desk(tmp_path)
    content = b"a,b\n" + b"".join(b'"%d,x\n' % row for row in range(1500))
    with pytest.raises(tables.Refusal) as refused:
        tables.open_file(now, content, "open.csv")
    option = refused.value.options[0]
    tables.open_kept(now, refused.value.sha256, refused.value.name, option["choices"])
    table = tables.opened_table(now)
    assert table is not None
    assert table.rows == 1500
    assert now.project.data.source["chosen"] == sorted(option["choices"])
    now.backend.store.close()
