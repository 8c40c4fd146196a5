"""Four classes to five: epochs to the same accuracy from scratch, and from learned weights under a new last layer.

Run with ``python -m benchmarks.finetuning``; docs/fine-tuning.md has the figures and what they say.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from nnbuilder.check import check
from nnbuilder.data.prepare import prepare
from nnbuilder.errors import Edit, errors_only
from nnbuilder.spec import Project, read
from nnbuilder.store.weights import Weights
from nnbuilder.training.trainer import Trainer
from nnbuilder.ui import actions
from nnbuilder.ui.opening import transfer

EPOCHS = 60
NETWORKS = ((32,), (16, 16))
"""Widths of the hidden layers."""
SHARES = (0.9, 0.95, 0.99)
"""The accuracy to reach, as shares of what the run from scratch ends with."""
SCRATCH, FROZEN, THAWED, FREE = "from scratch", "frozen", "frozen, thawed after 5 at rate ×0.1", "nothing frozen"


@dataclass(frozen=True)
class Outcome:
    """One seed: the validation accuracy after each epoch of each run, and whether frozen weights kept every bit."""

    accuracies: Mapping[str, list[float]]
    kept: bool

    def epochs(self, run: str, share: float) -> int | None:
        """The first epoch in which a run is as good as that share of what the run from scratch ends with, if any."""
        target = share * self.accuracies[SCRATCH][-1]
        return next((epoch for epoch, value in enumerate(self.accuracies[run], 1) if value >= target), None)


def teacher(widths: tuple[int, ...], seed: int, epochs: int = EPOCHS) -> Project:
    """Four clouds of points and a network with hidden layers; data, weights and order follow the seed."""
    layers = [part for width in widths for part in ({"kind": "linear", "units": width}, {"kind": "relu"})]
    source = {"kind": "blobs", "samples": 500, "centers": 4, "seed": seed}
    return read(
        {
            "version": 2,
            "name": "Blobs",
            "data": {"source": source, "validation": 0.4, "test": 0.0, "split_seed": seed},
            "network": {"seed": seed, "layers": [*layers, {"kind": "linear", "units": 4}]},
            "training": {
                "loss": {"kind": "cross_entropy"},
                "optimizer": {"kind": "adam", "learning_rate": 0.01},
                "epochs": epochs,
                "batch_size": 50,
                "seed": seed,
                "device": "cpu",
            },
        }
    )


def trained(project: Project) -> Trainer:
    """The project trained to its end; it has to be without errors."""
    wrong = errors_only(check(project))
    assert not wrong, wrong
    trainer = Trainer(project, prepare(project.data))
    for _ in trainer.events():
        pass
    return trainer


def with_five(project: Project) -> Project:
    """The project on five clouds, the first four where they were; the last layer follows the data as on the page."""
    return actions.fit_to_data(project.edited(Edit("set", "data.source.centers", 5)))


def measure(widths: tuple[int, ...], seed: int, epochs: int = EPOCHS) -> Outcome:
    """Train on four classes, then on five in every way."""
    base = teacher(widths, seed, epochs)
    state: dict[str, Any] = trained(base).checkpoint()["state_dict"]
    sha256 = Weights.default().keep(state, {"name": base.name})
    free = with_five(transfer.start_from_own(base, sha256, base.name))
    frozen = transfer.freeze_all_but_last(free)
    hidden = [place for place, layer in frozen.network.active if layer.frozen]
    slowly = [
        Edit("set", f"network.layers[{place}].{name}", value)
        for place in hidden
        for name, value in (("thaw_after", 5), ("rate_factor", 0.1))
    ]
    projects = {SCRATCH: with_five(base), FROZEN: frozen, THAWED: frozen.edited(*slowly), FREE: free}
    runs = {name: trained(project) for name, project in projects.items()}
    after = runs[FROZEN].model.state_dict()
    names = [name for name in state if int(name.split(".")[0]) in hidden]
    return Outcome(
        {name: run.history.column("validation_accuracy") for name, run in runs.items()},
        bool(names) and all(torch.equal(state[name], after[name]) for name in names),
    )


def row(outcomes: list[Outcome], run: str, share: float) -> str:
    """Median and range of the epochs, and in how many seeds it took fewer than from scratch."""
    epochs = [outcome.epochs(run, share) for outcome in outcomes]
    scratch = [outcome.epochs(SCRATCH, share) for outcome in outcomes]
    counted = sorted(EPOCHS + 1 if epoch is None else epoch for epoch in epochs)
    middle, low, high = statistics.median(counted), counted[0], counted[-1]
    told = f"{run:<36} {share:>4.0%} {middle:>7g} {low:>4} to {'never' if high > EPOCHS else high:<6}"
    if run == SCRATCH:
        return told
    pairs = [(one, other) for one, other in zip(epochs, scratch, strict=True) if one is not None and other is not None]
    fewer, same = sum(one < other for one, other in pairs), sum(one == other for one, other in pairs)
    return f"{told} {fewer:>5} {same:>8} {len(pairs) - fewer - same:>5} {len(epochs) - len(pairs):>6}"


def main() -> None:
    """Measure every network on all seeds and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many seeds, each with data of its own")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["NNBUILDER_HOME"] = home
        for widths in NETWORKS:
            outcomes = [measure(widths, seed) for seed in range(options.seeds)]
            name = "-".join(map(str, (2, *widths, 5)))
            print(f"\n{name}: {len(outcomes)} seeds, 300 training rows, Adam 0.01, batch 50, {EPOCHS} epochs")
            print(
                f"{'':<36} {'of':>4} {'median':>7} {'range':<14} {'fewer':>5} {'as many':>8} {'more':>5} {'never':>6}"
            )
            for share in SHARES:
                for run in (SCRATCH, FROZEN, THAWED, FREE):
                    print(row(outcomes, run, share))
            print(f"frozen weights bit-equal: {sum(outcome.kept for outcome in outcomes)} of {len(outcomes)} seeds")


if __name__ == "__main__":
    main()
