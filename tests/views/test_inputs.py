"""The rows shown as what the network gets are those it gets."""

import numpy as np
import pytest

from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.data.prepare import prepare
from nnbuilder.tables.library import Library
from nnbuilder.ui.data.table_actions import open_table
from nnbuilder.views.inputs import ROWS, look_at_inputs
from tests.projects import project


@pytest.mark.parametrize("key", ["penguins", "rent"])
def test_rows_and_scaling_are_those_of_the_training(key, tmp_path, monkeypatch):
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))
    sample = SAMPLES[key]
    sha256 = Library.default().keep(sample.path.read_bytes())
    opened = Library.default().read(sha256, sample.file, {}, {})
    prepared = prepare(open_table(project(), opened, sha256, sample.file, sample.target).data)
    seen = look_at_inputs(prepared)
    assert np.array_equal(np.array(seen["rows"], np.float32), prepared.features["train"][:ROWS])
    raw = np.array(seen["rows"]) * seen["scale"] + seen["center"]
    assert np.allclose(raw, prepared.pipeline.invert(prepared.features["train"][:ROWS]))
    names = prepared.facts.classes
    wanted = prepared.target["train"][:ROWS].reshape(-1).tolist()
    assert seen["targets"] == ([names[code] for code in wanted] if names else wanted)
