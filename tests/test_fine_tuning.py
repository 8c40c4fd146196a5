"""Four classes to five as the docs measure it: sooner as good as from scratch, frozen weights the same to the bit."""

from statistics import median

import pytest

from benchmarks.finetuning import FREE, FROZEN, SCRATCH, THAWED, Outcome, measure, row


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNBUILDER_HOME", str(tmp_path_factory.mktemp("home")))
        return [measure((32,), seed, epochs=30) for seed in range(5)]


@pytest.mark.parametrize("run", [FROZEN, THAWED, FREE])
def test_learned_layers_under_a_new_last_one_are_good_sooner(outcomes, run):
    epochs, scratch = ([outcome.epochs(name, 0.9) for outcome in outcomes] for name in (run, SCRATCH))
    assert None not in (*epochs, *scratch)
    assert median(epochs) < median(scratch)


def test_frozen_weights_keep_every_bit(outcomes):
    assert all(outcome.kept for outcome in outcomes)


def test_the_table_counts_seeds():
    one = Outcome({SCRATCH: [0.5, 0.9, 1.0], FROZEN: [0.9, 0.95, 0.95]}, True)
    other = Outcome({SCRATCH: [0.9, 0.9, 1.0], FROZEN: [0.9, 0.9, 0.9]}, True)
    assert row([one, other], FROZEN, 0.9).split()[-4:] == ["1", "1", "0", "0"]
    assert row([one, other], FROZEN, 0.95).split()[-4:] == ["1", "0", "0", "1"]
    assert row([other, other], FROZEN, 1.0).split()[-4:] == ["0", "0", "0", "2"]
