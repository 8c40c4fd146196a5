"""A proposed network for the data of a project: its rows are made or read, measured, and let go again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nnbuilder.data.prepare import prepare
from nnbuilder.facts import Part
from nnbuilder.propose import Proposal, measure, propose

if TYPE_CHECKING:
    from nnbuilder.spec import Data

PARTS: tuple[Part, ...] = ("train", "validation", "test")


def propose_for(data: Data) -> Proposal:
    """What `nnbuilder.propose` says of these data, measured on all their rows before scaling.

    Raises
    ------
    NNBuilderError
        If the data cannot be made or read.
    """
    # The split is part of the proposal, so that one that cannot work must not be in its way.
    prepared = prepare(replace(data, scaling="none", validation=0.0, test=0.0, stratify=False))
    inputs = np.concatenate([prepared.features[part] for part in PARTS])
    target = np.concatenate([prepared.target[part].reshape(-1) for part in PARTS])
    return propose(prepared.facts, columns=measure(inputs, target, prepared.facts))
