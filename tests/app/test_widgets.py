"""Every row of every catalog table gets its widgets, and each of them changes its setting."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.catalog.initializers import INITIALIZERS
from nnbuilder.catalog.layers import LAYERS
from nnbuilder.catalog.losses import LOSSES
from nnbuilder.catalog.optimizers import OPTIMIZERS
from nnbuilder.catalog.schedules import EARLY_STOPPING, SCHEDULERS
from nnbuilder.errors import Edit
from nnbuilder.fields import Choice, Flag, Integer, Real, Weights
from nnbuilder.recipes import recipe
from nnbuilder.spec import Project, read
from tests.app.conftest import Page

TABLES = {
    "data.source": DATASETS,
    "network.layers[0]": LAYERS,
    "network.layers[0].initializer": INITIALIZERS,
    "training.loss": LOSSES,
    "training.optimizer": OPTIMIZERS,
    "training.scheduler": SCHEDULERS,
    "training.early_stopping": EARLY_STOPPING,
}
ROWS = [(path, key) for path, table in TABLES.items() for key in table]
WIDGETS = {Integer: "number_input", Real: "number_input", Flag: "toggle", Choice: "selectbox", Weights: "selectbox"}


def editor_script() -> None:
    """The editor of one component alone; which one is in the session state."""
    import streamlit as st

    from nnbuilder.ui.session import open_desk
    from nnbuilder.ui.widgets import component_editor
    from tests.app.test_widgets import TABLES, component_at

    path = st.session_state["path"]
    desk = open_desk()
    component_editor(desk, path, TABLES[path], component_at(desk.project, path))


def component_at(project: Project, path: str):
    """The component at a path."""
    layer = project.network.layers[0]
    return {
        "data.source": project.data.source,
        "network.layers[0]": layer,
        "network.layers[0].initializer": layer.initializer,
    }.get(path) or getattr(project.training, path.rsplit(".", 1)[-1])


@pytest.fixture
def editor(page: Page):
    def open_editor(path: str, key: str) -> AppTest:
        document = recipe("circle").project().edited(Edit("set", path, {"kind": key})).to_json()
        record = page.backend.store.create_project(document)
        at = AppTest.from_function(editor_script, default_timeout=30)
        at.query_params["project"] = record.id
        at.session_state["path"] = path
        at.run()
        assert not at.exception
        return at

    open_editor.page = page
    return open_editor


def stored(page: Page, at: AppTest) -> Project:
    value = at.query_params["project"]
    record = page.backend.store.project(value[0] if isinstance(value, list) else value)
    assert record is not None
    return read(record.spec)


def widget(at: AppTest, kind: str, name: str):
    """The widget of a field, whatever its layer is called."""
    ending = f".{name}.mode" if kind == "weights" else f".{name}"
    kind = "selectbox" if kind == "weights" else kind
    return next(item for item in getattr(at, kind) if (item.key or "").endswith(ending))


@pytest.mark.parametrize(("path", "key"), ROWS, ids=[f"{path}-{key}" for path, key in ROWS])
def test_every_row_has_its_widgets_and_they_work(editor, path: str, key: str) -> None:
    at = editor(path, key)
    row = TABLES[path][key]
    assert next(item for item in at.selectbox if item.key.endswith(".kind")).value == key
    for item in row.fields:
        kind = WIDGETS[type(item)]
        found = widget(at, "weights" if isinstance(item, Weights) else kind, item.name)
        assert found.label == item.label
        assert found.help == item.help
        assert found.value == item.default
        if isinstance(item, Weights | Choice):
            continue
        bad = None if isinstance(item, Flag) else item.bad_values()[0]
        if bad is not None:
            found.set_value(bad).run()
            assert not at.exception
            said = "\n".join(part.proto.body for part in at.get("html"))
            assert f"{item.label} must be" in said
        other = (not item.default) if isinstance(item, Flag) else _other(item)
        widget(at, kind, item.name).set_value(other).run()
        assert not at.exception
        assert component_at(stored(editor.page, at), path).settings[item.name] == other


def _other(item: Integer | Real):
    """A good value that is not the default."""
    if isinstance(item, Integer):
        return item.default + 1 if item.problem(item.default + 1) is None else item.default - 1
    return next(
        value
        for value in (item.default / 2, item.default + 0.25, -0.5)
        if value != item.default and not item.problem(value)
    )


@pytest.mark.parametrize("value", [1e-08, 1e-05, 0.03, 123456.0])
def test_tiny_and_large_numbers_are_shown_as_they_are(editor, value: float) -> None:
    at = editor("training.optimizer", "adam")
    found = widget(at, "number_input", "learning_rate")
    found.set_value(value).run()
    assert widget(at, "number_input", "learning_rate").value == value
    assert widget(at, "number_input", "learning_rate").proto.format == "%g"


def test_class_weights_one_by_one(editor) -> None:
    at = editor("training.loss", "cross_entropy")
    widget(at, "weights", "class_weights").set_value("custom").run()
    assert stored(editor.page, at).training.loss["class_weights"] == [1.0, 1.0]
    at.text_input(key="training.loss.class_weights").set_value("1, 2.5").run()
    assert stored(editor.page, at).training.loss["class_weights"] == [1.0, 2.5]
    at.text_input(key="training.loss.class_weights").set_value("1, heavy").run()
    assert at.text_input(key="training.loss.class_weights").value == "1, heavy"
    assert any("one positive number for each class" in part.proto.body for part in at.get("html"))
    widget(at, "weights", "class_weights").set_value("balanced").run()
    assert stored(editor.page, at).training.loss["class_weights"] == "balanced"
    assert not at.exception


def repair_script() -> None:
    from nnbuilder.errors import Problem, Repair
    from nnbuilder.ui.widgets import show_problems

    repair = Repair("Take “*a* :red[b]” out", ())
    show_problems([Problem("data.source", "It is constant.", repair=repair)], where="here")


def test_a_name_in_a_button_is_no_markup() -> None:
    at = AppTest.from_function(repair_script).run()
    assert [button.label for button in at.button] == [r"Take “\*a\* \:red\[b\]” out"]
