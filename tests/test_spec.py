import json

import pytest

from nnbuilder.errors import Edit, InvalidProject
from nnbuilder.spec import VERSION, read, read_text
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
        read({**project().to_json(), "version": VERSION + 1})


def test_a_project_of_version_1_opens_and_is_written_as_the_newest():
    document = {**project().to_json(), "version": 1}
    made = read(document)
    assert document["version"] == 1
    assert made == project()
    assert made.to_json()["version"] == VERSION


def test_where_weights_come_from_and_how_they_learn_goes_round_trip():
    start = {"kind": "file", "sha256": "ab" * 32, "prefix": "model.0", "name": "blobs.pth"}
    learned = {"weights": start, "frozen": True, "thaw_after": 3, "rate_factor": 0.1}
    made = project(stack=layers({"kind": "linear", "units": 3, **learned}, "relu", {"kind": "prelu", **learned}, 1))
    assert read(json.loads(made.to_text())) == made
    first = made.network.layers[0]
    assert (first.from_file, first.weights["prefix"], first.thaw_after, first.rate_factor) == (True, "model.0", 3, 0.1)


def test_a_layer_without_transfer_is_written_as_it_always_was():
    written = project().to_json()["network"]["layers"]
    assert not {"weights", "thaw_after", "rate_factor"} & {name for layer in written for name in layer}


@pytest.mark.parametrize("name", ["weights", "thaw_after", "rate_factor"])
def test_a_layer_without_weights_has_nothing_to_start_from(name):
    document = project().to_json()
    document["network"]["layers"][1][name] = 1
    assert paths(document) == [f"network.layers[1].{name}"]


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("thaw_after", -1, "thaw_after"),
        ("thaw_after", 1.5, "thaw_after"),
        ("rate_factor", 0, "rate_factor"),
        ("rate_factor", "fast", "rate_factor"),
        ("weights", {"kind": "files"}, "weights.kind"),
        ("weights", {"kind": "file", "sha256": "../../x"}, "weights.sha256"),
        ("weights", "blobs.pth", "weights"),
    ],
)
def test_bad_starts_are_refused_where_they_stand(name, value, place):
    document = project().to_json()
    document["network"]["layers"][0][name] = value
    assert f"network.layers[0].{place}" in paths(document)


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
