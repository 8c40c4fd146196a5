"""The weights a run has learned, kept as what the network starts from anew."""

from __future__ import annotations

from nnbuilder.ui import runs
from nnbuilder.ui.opening import transfer
from nnbuilder.ui.refusals import Refused
from nnbuilder.ui.state import Desk

KEPT_WITHIN = 60.0


def start_from_run(desk: Desk) -> None:
    """Let every layer start from what it has learned in the run that is shown.

    Raises
    ------
    NNBuilderError
        If nothing was learned yet, or another network than the one shown has learned.
    """
    backend = desk.backend
    run = backend.store.current_run(desk.project_id)
    if run is None or runs.is_outdated(backend, desk.project_id, desk.project):
        raise Refused("No run of this network as it is now has learned anything; train it first.")
    path = runs.fresh_checkpoint(backend, run.id)
    question = {"kind": "keep_weights", "checkpoint": str(path), "name": desk.project.name}
    answer = backend.engine.ask(question, KEPT_WITHIN)
    if not answer["epoch"]:
        raise Refused("This network has not learned anything yet; train it first.")
    desk.change(transfer.start_from_own(desk.project, answer["sha256"], answer["name"]))
