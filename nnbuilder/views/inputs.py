"""What the network really gets: some training rows as they are handed over, and how each input was scaled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnbuilder.data.prepare import Prepared

ROWS = 5


def look_at_inputs(prepared: Prepared) -> dict[str, Any]:
    """The first training rows as the network gets them, and their targets, as plain data.

    Returns
    -------
    dict
        ``center`` and ``scale`` of each input (what it is lessened by, and then divided by), ``rows`` with the values
        of each input in at most `ROWS` training rows, and ``targets``: the names of their classes or their values.
    """
    facts = prepared.facts
    targets = prepared.target["train"][:ROWS].reshape(-1).tolist()
    return {
        "center": list(prepared.pipeline.center),
        "scale": list(prepared.pipeline.scale),
        "rows": prepared.features["train"][:ROWS].tolist(),
        "targets": [facts.classes[code] for code in targets] if facts.classes else targets,
    }
