import json

import pytest

from nnbuilder.errors import Edit, InvalidProject
from nnbuilder.spec import read, read_text
from tests.projects import layers, project


def paths(document):
    with pytest.raises(InvalidProject) as caught:
        read(document)
    return [problem.path for problem in caught.value.problems]


def test_json_round_trip_is_equal():
    made = project(stack=layers({"kind": "linear", "units": 3, "initializer": {"kind": "xavier_normal"}}, "relu", 1))
    assert read(json.loads(made.to_text())) == made
    assert read_text(made.to_text()) == made


def test_every_fault_is_reported_at_once():
    document = project().to_json()
    document["network"]["layers"][0]["units"] = 0
    document["training"]["optimizer"]["learning_rate"] = "fast"
    document["training"]["epoch"] = 3
    document["data"]["source"]["kind"] = "circle"
    assert paths(document) == [
        "data.source.kind",
        "network.layers[0].units",
        "training.epoch",
        "training.optimizer.learning_rate",
    ]


def test_near_misses_are_suggested():
    document = project().to_json()
    document["training"]["epoch"] = 3
    with pytest.raises(InvalidProject, match="did you mean epochs"):
        read(document)


@pytest.mark.parametrize("document", [None, [], "x", {}, {"version": 1}, {"version": True}, {"version": "1"}])
def test_what_is_no_project_is_refused(document):
    assert paths(document)


def test_a_newer_format_is_said_to_be_newer():
    with pytest.raises(InvalidProject, match="newer program"):
        read({**project().to_json(), "version": 2})


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"version": NaN}'])
def test_text_that_is_no_project_is_refused(text):
    with pytest.raises(InvalidProject):
        read_text(text)


def test_a_billion_units_are_refused_by_their_field():
    document = project().to_json()
    document["network"]["layers"][0]["units"] = 10**9
    assert paths(document) == ["network.layers[0].units"]


def test_whole_numbers_may_be_written_as_floats_and_come_out_whole():
    document = project().to_json()
    document["network"]["layers"][0]["units"] = 5.0
    units = read(document).network.layers[0]["units"]
    assert units == 5
    assert isinstance(units, int)


def test_edits_make_a_new_project_and_leave_the_old_one():
    before = project()
    after = before.edited(
        Edit("insert", "network.layers[1]", {"kind": "relu"}), Edit("set", "training.optimizer.learning_rate", 0.5)
    )
    assert [layer.kind for layer in after.network.layers] == ["linear", "relu", "tanh", "linear"]
    assert after.training.optimizer["learning_rate"] == 0.5
    assert [layer.kind for layer in before.network.layers] == ["linear", "tanh", "linear"]


@pytest.mark.parametrize(
    "edit", [Edit("remove", "network.layers[9]"), Edit("set", "network.nothing.there", 1), Edit("insert", "name[0]", 1)]
)
def test_edits_that_lead_nowhere_are_refused(edit):
    with pytest.raises(KeyError):
        project().edited(edit)
