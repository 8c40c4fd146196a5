"""Rows of the data given back as texts: the same numbers, and to the last bit the same answers as the app's own."""

import csv
import io

import numpy as np
import pytest

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.data.prepare import PARTS, split
from nnbuilder.data.table_rows import table_rows
from nnbuilder.predicting.answers import answer_rows
from nnbuilder.predicting.asking import rows_to_take
from nnbuilder.predicting.given import read_rows
from nnbuilder.tables.library import Library
from tests.predicting.harness import asked_by_file, asked_in_full, given, network, table_data, trained


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax", "robust"])
@pytest.mark.parametrize(
    ("source", "terms"),
    [
        ({"kind": "circles", "samples": 60}, [["square", "x1"], ["product", "x1", "x2"], ["sine", "x2"]]),
        ({"kind": "blobs", "samples": 60}, []),
        ({"kind": "rent", "samples": 60}, [["power3", "age"]]),
    ],
    ids=["circles", "blobs", "rent"],
)
def test_generated_rows_come_back_through_text(source, terms, scaling, tmp_path):
    trainer = trained({"source": source, "terms": terms, "scaling": scaling, "test": 0.2}, epochs=1)
    asked, net = asked_in_full(trainer), network(trainer)
    for part in PARTS:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(asked.names)
        writer.writerows(trainer.prepared.raw[part].tolist())
        rows = given(text.getvalue(), asked, tmp_path)
        assert np.array_equal(rows.raw, trainer.prepared.raw[part])
        answers = answer_rows(net, asked, rows)
        assert np.array_equal(answers.outputs, trainer.outputs(part).numpy())


@pytest.mark.parametrize("key", [key for key in SAMPLES if key != "digits"])
def test_every_sample_comes_back_through_its_own_file(key):
    sample = SAMPLES[key]
    content = sample.path.read_bytes()
    data = table_data(content, sample.target, scaling="standard", validation=0.2, test=0.2, stratify=False)
    trainer = trained(data, epochs=0)
    source = trainer.project.data.source
    rows = table_rows(source)
    parts = split(rows.target, trainer.facts, stratify=False, seed=trainer.project.data.split_seed)
    net = network(trainer)
    path = Library.default().original(source["sha256"])
    # What the data tell, and what the checkpoint alone does: both read these files in the same way.
    for asked in (asked_in_full(trainer), asked_by_file(trainer)):
        found = read_rows(path, source["file"], asked)
        assert not found.reasons
        assert np.array_equal(found.raw[rows.rows], rows.columns, equal_nan=True)
        assert found.truth is not None
        assert np.array_equal(found.truth[rows.rows], rows.target.astype(np.float64))
        for part in PARTS:
            raw = found.raw[rows.rows[parts[part]]]
            assert np.array_equal(net.outputs(raw).numpy(), trainer.outputs(part).numpy())


def test_pictures_are_known_with_the_pixels_that_never_change():
    sample = SAMPLES["digits"]
    lines = sample.path.read_text().splitlines()[:300]
    named = lines[0].split(",")
    features = [name for name in named if name not in ("pixel_0_0", "pixel_4_7", "digit")]
    trainer = trained(table_data("\n".join(lines).encode(), "digit", features), epochs=0)
    pixels = asked_in_full(trainer).pixels
    assert pixels is not None
    assert (pixels["height"], pixels["width"], pixels["paper"]) == (8, 8, 0)
    assert pixels["names"] == named[:-1]


def test_rows_to_take_are_those_of_the_data():
    data = table_data(SAMPLES["penguins"].path.read_bytes(), "species", validation=0.2, test=0.2)
    trainer = trained(data, epochs=0)
    taken = rows_to_take(trainer.prepared)
    for part in PARTS:
        raw = np.array(taken[part]["raw"], dtype=np.float64)
        assert np.array_equal(raw, trainer.prepared.raw[part], equal_nan=True)
        assert taken[part]["truth"] == trainer.prepared.target[part].tolist()


def test_what_is_usual_and_what_lies_outside_come_from_training_rows_alone():
    data = table_data(SAMPLES["penguins"].path.read_bytes(), "species", validation=0.2, test=0.2)
    trainer = trained(data, epochs=0)
    train = trainer.prepared.raw["train"]
    for place, feature in enumerate(asked_in_full(trainer).features):
        column = train[:, place][~np.isnan(train[:, place])]
        if feature.categories:
            codes, counts = np.unique(column, return_counts=True)
            assert feature.usual == codes[np.argmax(counts)]
        else:
            assert (feature.low, feature.high) == (column.min(), column.max())
            assert abs(np.sum(column <= feature.usual) - np.sum(column >= feature.usual)) <= np.sum(
                column == feature.usual
            )
