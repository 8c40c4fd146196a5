"""Pictures and card bear any name a person gives, and say what is there."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from nnbuilder.data.prepare import prepare
from nnbuilder.export import card, pictures
from nnbuilder.export.card_forms import Code, Items, Section, Text, Words, as_markdown, as_page
from nnbuilder.export.checks import page, picture
from nnbuilder.export.trained import Trained
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


def test_the_card_tells_what_is_weak(odd: Trained, regression: Trained):
    said = card.markdown(regression).decode()
    assert "predicts a number" in said and "calibrated" not in said and "pictures/confusion.png" not in said
    assert "the data were made up" in said and "It is not trained" not in said
    assert "probabilities are not calibrated" in card.markdown(odd).decode()
