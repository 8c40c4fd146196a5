"""Pictures and card bear any name a person gives, and say what is there."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import replace
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

from nnbuilder.catalog.metrics import METRICS
from nnbuilder.data.prepare import prepare
from nnbuilder.export import EXPORTERS, card, pictures
from nnbuilder.export.card_forms import Code, Items, Section, Text, Words, as_markdown, as_page
from nnbuilder.export.checks import page, picture
from nnbuilder.export.making import write
from nnbuilder.export.trained import Trained
from nnbuilder.spec import read_text
from nnbuilder.training.probe import View
from nnbuilder.training.trainer import Trainer
from tests.projects import layers, project

HOSTILE = "<img src=x onerror=alert(1)> $\\frac{1}{0}$ | 中文 \u202e ]]> " + "long " * 30


@pytest.fixture(scope="module")
def odd() -> Trained:
    """A network whose project, classes and inputs have names that nobody would give on purpose."""
    made = project("circles", layers(14, "relu", 1), epochs=4, optimizer={"kind": "sgd", "learning_rate": 1.0})
    made = replace(made, name=HOSTILE[:120])
    trainer = Trainer(made, prepare(made.data))
    for _ in trainer.events():
        pass
    # Losses over several decades, as a long training has them.
    rows = trainer.control.history.rows
    trainer.control.history.rows = [
        tuple(number * 10**-place if at in (2, 3) else number for at, number in enumerate(row))
        for place, row in enumerate(rows)
    ]
    found = Trained(trainer.checkpoint())
    found.facts = replace(
        found.facts, classes=(HOSTILE, HOSTILE[::-1]), columns=(HOSTILE, "x2"), features=(HOSTILE, "x2"), target=HOSTILE
    )
    found.net = replace(found.net, facts=found.facts)
    found.__dict__["prepared"] = replace(found.prepared, facts=found.facts)
    return found


@pytest.mark.parametrize("name", ["network", "curves", "fit", "confusion"])
def test_a_picture_with_hostile_names_is_well_formed_in_every_form(odd: Trained, name: str):
    for form in ("svg", "html", "png"):
        content = getattr(pictures, name)(odd, form)
        assert picture(odd, form, content, name).endswith(".")
        if form == "svg":
            words = "".join(ElementTree.fromstring(content).itertext())
            assert "mathdefault" not in words
        if form == "html":
            assert b"<img" not in content


def test_the_loss_is_drawn_over_decades_in_plain_numbers(odd: Trained):
    axes = pictures.curves_figure(odd).axes[0]
    assert axes.get_yscale() == "log"
    assert {"0.1", "0.01"} & {axes.yaxis.get_major_formatter()(value, 0) for value in (0.1, 0.01)}


def test_the_legend_of_many_long_names_is_whole(two_classes: Trained, monkeypatch: pytest.MonkeyPatch):
    names = [f"Class {number} with a name that is long, {'and longer' * number}" for number in range(7)]
    unpack = pictures.unpack_section

    def with_names(content: bytes):
        header, arrays = unpack(content)
        return ({**header, "classes": names} if "classes" in header else header), arrays

    monkeypatch.setattr(pictures, "unpack_section", with_names)
    figure = pictures.fit_figure(two_classes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(io.BytesIO(), format="png")
    (legend,) = figure.legends
    assert len(legend.get_texts()) == 7
    inside = figure.bbox
    places = [text.get_window_extent() for text in legend.get_texts()]
    assert all(place.x0 >= 0 and place.x1 <= inside.x1 and place.y0 >= 0 for place in places)
    axes = figure.axes[0]
    assert max(place.y1 for place in places) <= axes.xaxis.label.get_window_extent().y0
    assert axes.get_window_extent().height > 300


def test_a_picture_is_not_drawn_over_a_column_that_never_varies(two_classes: Trained, monkeypatch: pytest.MonkeyPatch):
    assert pictures._view(two_classes) == View()
    facts = replace(two_classes.facts, columns=("a", "b", "c", "d"), labels=((), (), ("u", "v"), ()))
    raw = {"train": np.array([[1.0, 0.0, 0, 2.0], [1.0, np.nan, 1, 5.0], [1.0, 1.0, 0, 2.0]])}
    other = SimpleNamespace(facts=facts, prepared=SimpleNamespace(raw=raw))
    assert pictures._view(other) == View(1, 3)  # type: ignore[arg-type]


def test_the_card_names_the_categories_that_training_rows_have(table: Trained, monkeypatch: pytest.MonkeyPatch):
    from nnbuilder.export.card import _columns

    place = table.facts.columns.index("island")
    raw = table.prepared.raw["train"].copy()
    raw[raw[:, place] == 1, place] = 0
    raw[:, table.facts.columns.index("sex")] = np.nan
    prepared = replace(table.prepared, raw={**table.prepared.raw, "train": raw})
    block = _columns(SimpleNamespace(facts=table.facts, prepared=prepared))  # type: ignore[arg-type]
    assert isinstance(block, Words)
    said = {row[0]: row[1:] for row in block.rows}
    labels = table.facts.labels[place]
    assert said["island"][0] == f"{labels[0]}, {labels[2]}"
    assert said["sex"] == ["nothing", str(len(raw))]


def test_a_card_with_hostile_names_holds_no_element_of_theirs(odd: Trained):
    content = card.html(odd, "")
    assert page(odd, "", content, "card").endswith("elsewhere.")
    text = content.decode()
    assert "<img" not in text and "onerror=alert(1)&gt;" in text and "\u202e" not in text
    # Within a fence of code nothing has a meaning.
    outside = re.sub(r"```python.*?```|\\<", "", card.markdown(odd).decode(), flags=re.DOTALL)
    assert "How to load it" in outside and "<img" not in outside


def test_markdown_and_page_of_a_document():
    blocks = [Text("a*b <c> `d`"), Items(["x|y"]), Words(["n", "m"], [["1|2", "\n3"]]), Code("print('```')\n")]
    text = as_markdown("T_1", [Section("S", blocks)])
    assert text == (
        "# T\\_1\n\n## S\n\na\\*b \\<c\\> \\`d\\`\n\n- x\\|y\n\n| n | m |\n| --- | --- |\n| 1\\|2 |  3 |\n\n"
        "````python\nprint('```')\n````\n"
    )
    shown = as_page("T & U", [Section("S", blocks)])
    assert "<title>T &amp; U</title>" in shown and "<td>1|2</td>" in shown and "&lt;c&gt;" in shown


@pytest.mark.parametrize("name", ["two_classes", "regression", "table"])
def test_every_number_of_the_card_is_the_apps(name: str, request: pytest.FixtureRequest):
    trained: Trained = request.getfixturevalue(name)
    lines = [line for line in card.markdown(trained).decode().splitlines() if line.startswith("|")]
    cells = {line.split(" | ")[0].strip("| "): [cell.strip(" |") for cell in line.split(" | ")[1:]] for line in lines}
    made = Trainer(trained.project, prepare(trained.project.data))
    for _ in made.events():
        pass
    measured = [numbers for numbers in made.measure().values() if numbers]
    for key in measured[0]:
        row = cells[f"Loss ({trained.project.training.loss_row.unit})" if key == "loss" else METRICS[key].label]
        assert row == [f"{numbers[key]:.4g}" for numbers in measured], key
    assert cells[""] == [
        f"{label} ({rows} rows)"
        for label, rows in zip(
            ("Training", "Validation", "Test"),
            (made.facts.train_rows, made.facts.validation_rows, made.facts.test_rows),
            strict=True,
        )
        if rows
    ]
    for place, label in enumerate(made.facts.classes):
        shares = [(target == place).sum() for target in made.prepared.target.values() if len(target)]
        held = next(row for key, row in cells.items() if key.replace("\\", "") == label.replace("\\", ""))
        assert [int(cell.split(" ")[0]) for cell in held] == shares
    assert cells["Epochs"] == [f"{made.epoch} of {made.epochs}"]


def test_half_of_a_surrogate_pair_in_a_name_breaks_no_file(two_classes: Trained):
    made = replace(two_classes.project, name="a \ud800\0 name")
    found = Trained({**two_classes.checkpoint, "project": made.to_text()})
    for kind in ("safetensors", "onnx", "program", "project", "card", "train_py", "notebook", "checkpoint"):
        exporter = EXPORTERS[kind]
        choice = exporter.choices(found.net)[0][0] if exporter.choices else ""
        content = write(exporter, choice, found)
        if kind == "project":
            assert read_text(content) == made


def test_the_card_tells_what_is_weak(odd: Trained, regression: Trained):
    said = card.markdown(regression).decode()
    assert "predicts a number" in said and "calibrated" not in said and "pictures/confusion.png" not in said
    assert "the data were made up" in said and "It is not trained" not in said
    assert "probabilities are not calibrated" in card.markdown(odd).decode()
