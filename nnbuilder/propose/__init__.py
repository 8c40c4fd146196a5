"""A sensible first network for any data set, with the reason of each choice.

Rules of thumb, each of them measured on the sample sets and on the sets made on the spot. The proposal
is a start a person changes from, and is never more network than the rows can teach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnbuilder.errors import Edit
from nnbuilder.facts import DataFacts
from nnbuilder.propose.columns import Columns, TargetNumbers, measure
from nnbuilder.propose.data import propose_data
from nnbuilder.propose.network import propose_network
from nnbuilder.propose.reasons import Reason
from nnbuilder.propose.training import propose_training

__all__ = ["Columns", "Proposal", "Reason", "TargetNumbers", "measure", "propose"]


@dataclass(frozen=True)
class Proposal:
    """Parts of a project as JSON: settings of `data` (no source), `network` (layers) and `training`."""

    data: Mapping[str, Any]
    network: Mapping[str, Any]
    training: Mapping[str, Any]
    reasons: tuple[Reason, ...]

    def edits(self) -> tuple[Edit, ...]:
        """The edits that put the proposal into a project; source, seeds, device and name stay."""
        parts = {"data": self.data, "network": self.network, "training": self.training}
        return tuple(
            Edit("set", f"{part}.{name}", value) for part, values in parts.items() for name, value in values.items()
        )


def propose(facts: DataFacts, *, columns: Columns) -> Proposal:
    """A network, a training and a split for data of these facts and numbers.

    `facts` gives task, inputs, classes and the number of rows in all; how they are split in it does not
    matter, since the split is part of the proposal.
    """
    reasons: list[Reason] = []

    def because(setting: str, choice: str, sentence: str) -> None:
        reasons.append(Reason(setting, choice, sentence))

    data, train_rows = propose_data(facts, columns, because)
    network, widths = propose_network(facts, columns, train_rows, because)
    training = propose_training(facts, columns, train_rows, widths, because)
    return Proposal(data=data, network=network, training=training, reasons=tuple(reasons))
