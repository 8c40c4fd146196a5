"""Keeps a run beside the project: made anew when the structure changed, told of everything else."""

from __future__ import annotations

import json
import logging
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nnbuilder.catalog.settings import SEED_LIMIT
from nnbuilder.engine.protocol import CHECKPOINT_NAME, NoWorker, RunRequest
from nnbuilder.errors import Edit, NNBuilderError
from nnbuilder.fields import show
from nnbuilder.spec import Project
from nnbuilder.store import RunRecord
from nnbuilder.store.files import whole_file
from nnbuilder.ui.backend import Backend

log = logging.getLogger(__name__)

BUSY = ("training", "queued")
UNLEARNED = ("starting", "ready", "lost", "failed")
"""States in which a run without a checkpoint has nothing to go back to."""
ANSWER_WITHIN = 5.0
CHECKPOINT_WITHIN = 30.0

COMMANDS: dict[str, dict[str, Any]] = {
    "pause": {"do": "pause"},
    "step_batch": {"do": "step", "unit": "batch"},
    "step_epoch": {"do": "step", "unit": "epoch"},
    "stop": {"do": "stop"},
}


def structure(document: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a project document that needs a new run when it changes; the rest may change while it trains."""
    training = document["training"]
    return {
        "data": document["data"],
        "network": document["network"],
        "training": {
            **{name: training[name] for name in ("seed", "shuffle", "device", "metric", "scheduler")},
            **{name: training[name]["kind"] for name in ("loss", "optimizer", "early_stopping")},
        },
    }


def follow(backend: Backend, project_id: str, project: Project, *, blocked: bool) -> RunRecord | None:
    """The run beside a project: a new one if the structure changed, else the current one with the newest settings.

    A project that cannot be trained (`blocked`) keeps the run it has.
    """
    document = project.to_json()
    with backend.lock:
        run = backend.store.current_run(project_id)
        if blocked:
            if run is not None and backend.engine.status(run.id) is not None:
                backend.live.show(project_id, run.id)
            return run
        if run is None or structure(run.spec) != structure(document):
            return _begin(backend, project_id, document, run, train=run is not None and _goes_on(backend, run))
        if _sleeps(backend, run):
            _wake(backend, project_id, run, document, train=False)
        elif run.spec["training"] != document["training"]:
            backend.engine.control(run.id, {"do": "change", "training": document["training"]})
        if run.spec != document:
            backend.store.update_run(run.id, spec=document)
        backend.live.show(project_id, run.id)
        return run


def adopt(backend: Backend, project_id: str, project: Project) -> None:
    """Go back to the run of a state that was undone or redone, with its weights and curves; it rests then.

    Where nothing was learned in that state, or its run is no longer kept, `follow` makes a new one as ever.
    """
    wanted = structure(project.to_json())
    current = backend.store.current_run(project_id)
    if current is not None and structure(current.spec) == wanted:
        return
    earlier = _learned(backend, project_id, wanted) or _copied(backend, project_id, wanted)
    if earlier is None:
        return
    with backend.lock:
        current = backend.store.current_run(project_id)
        backend.store.take_up(earlier.id)
        if current is not None and current.id != earlier.id and backend.engine.status(current.id) is not None:
            backend.engine.release(current.id)


def _learned(backend: Backend, project_id: str, wanted: Mapping[str, Any]) -> RunRecord | None:
    """The last run of a project of this structure that has learned something."""
    for run in backend.store.runs(project_id):
        saved = (backend.store.run_folder(run.id) / CHECKPOINT_NAME).exists()
        # One that was let go a moment ago may still be writing its first checkpoint.
        if (saved or run.state not in UNLEARNED) and structure(run.spec) == wanted:
            return run
    return None


def _copied(backend: Backend, project_id: str, wanted: Mapping[str, Any]) -> RunRecord | None:
    """A copy of such a run of a project that was left for this one, whose states can be undone here."""
    for left in reversed(backend.history(project_id).left):
        run = _learned(backend, left, wanted)
        if run is None:
            continue
        try:
            checkpoint = fresh_checkpoint(backend, run.id)
        except NNBuilderError:
            # Its worker is gone and has left nothing.
            continue
        # Read anew: it has gone on since.
        run = backend.store.run(run.id) or run
        with backend.lock:
            made = backend.store.create_run(project_id, run.spec)
            target = backend.store.run_folder(made.id) / CHECKPOINT_NAME
            with open(checkpoint, "rb") as source, whole_file(target) as file:
                shutil.copyfileobj(source, file)
            backend.store.update_run(made.id, state="asleep", epoch=run.epoch, epochs=run.epochs, latest=run.latest)
        return made
    return None


def is_outdated(backend: Backend, project_id: str, project: Project) -> bool:
    """Whether the run that is shown is of another network or other data: a blocked project keeps the run it had."""
    run = backend.store.current_run(project_id)
    return run is not None and structure(run.spec) != structure(project.to_json())


def act(backend: Backend, project_id: str, project: Project, action: Mapping[str, Any]) -> Project:
    """Do what a button of the transport bar asks; the project, with new seeds if there are to be new weights.

    Raises
    ------
    NNBuilderError
        If the run cannot do it.
    """
    do = action.get("do")
    run = backend.store.current_run(project_id)
    if do == "reset_same":
        with backend.lock:
            _begin(backend, project_id, project.to_json(), run, train=False)
    elif do == "reset_new":
        project = with_new_seeds(project)
        with backend.lock:
            _begin(backend, project_id, project.to_json(), run, train=False)
    elif run is None:
        raise NNBuilderError("There is no run yet; repair what the page names and press Train again.")
    elif do == "train":
        _train(backend, project_id, run)
    elif isinstance(do, str) and do in COMMANDS:
        backend.engine.control(run.id, COMMANDS[do])
    else:
        raise NNBuilderError(f"There is no action called {show(do)}; reload the page.")
    return project


def with_new_seeds(project: Project) -> Project:
    """The project with other first weights and another order of the rows."""
    return project.edited(
        Edit("set", "network.seed", secrets.randbelow(SEED_LIMIT)),
        Edit("set", "training.seed", secrets.randbelow(SEED_LIMIT)),
    )


def fresh_checkpoint(backend: Backend, run_id: str) -> Path:
    """The checkpoint of a run with the weights as they are now; of one without a worker the last that it wrote.

    Raises
    ------
    NoWorker
        If there is neither worker nor checkpoint.
    NNBuilderError
        If it cannot be written.
    """
    checkpoint = backend.store.run_folder(run_id) / CHECKPOINT_NAME
    try:
        backend.engine.control(run_id, {"do": "checkpoint"}, timeout=CHECKPOINT_WITHIN)
    except NoWorker:
        if not checkpoint.exists():
            raise
    return checkpoint


def export(
    backend: Backend, project_id: str, kind: str, progress: Callable[[float, str], None] | None = None
) -> tuple[Path, str]:
    """The file of `kind` with the weights as they are now, for whoever asks to remove, and what was checked of it.

    Raises
    ------
    NNBuilderError
        If there are no weights to take home yet.
    """
    run = backend.store.current_run(project_id)
    if run is None:
        raise NNBuilderError("There is no network to download yet; repair what the page names first.")
    checkpoint = fresh_checkpoint(backend, run.id)
    target = checkpoint.with_name(f"{secrets.token_hex(8)}.download")
    try:
        return target, backend.engine.export(checkpoint, kind, target, progress=progress)
    except NNBuilderError:
        target.unlink(missing_ok=True)
        raise


def predict(backend: Backend, run_id: str, row: list[float]) -> dict[str, Any]:
    """What the network answers for a row in data units.

    Raises
    ------
    NNBuilderError
        If the run cannot answer.
    """
    return backend.engine.control(run_id, {"do": "predict", "rows": [row]}, timeout=ANSWER_WITHIN) or {}


def _train(backend: Backend, project_id: str, run: RunRecord) -> None:
    """Start or go on; a run without a worker goes on from its last checkpoint."""
    if backend.engine.status(run.id) is None or _state(backend, run) in ("lost", "asleep", "failed"):
        _wake(backend, project_id, run, run.spec, train=True)
    else:
        backend.engine.control(run.id, {"do": "train"})


def _begin(
    backend: Backend, project_id: str, document: dict[str, Any], old: RunRecord | None, *, train: bool
) -> RunRecord:
    run = backend.store.create_run(project_id, document)
    backend.engine.submit(_request(backend, project_id, run, document, train=train))
    backend.live.show(project_id, run.id)
    if old is not None and backend.engine.status(old.id) is not None:
        backend.engine.release(old.id)
    return run


def _wake(backend: Backend, project_id: str, run: RunRecord, document: dict[str, Any], *, train: bool) -> None:
    backend.engine.submit(_request(backend, project_id, run, document, train=train))
    backend.live.show(project_id, run.id)


def _request(
    backend: Backend, project_id: str, run: RunRecord, document: Mapping[str, Any], *, train: bool
) -> RunRequest:
    folder = backend.store.run_folder(run.id)
    checkpoint = folder / CHECKPOINT_NAME
    return RunRequest(
        run_id=run.id,
        project_json=json.dumps(document),
        folder=folder,
        checkpoint=checkpoint if checkpoint.exists() else None,
        owner=project_id,
        train=train,
    )


def _sleeps(backend: Backend, run: RunRecord) -> bool:
    """Whether a run has no worker, or is being put to sleep at this moment."""
    status = backend.engine.status(run.id)
    return status is None or status["state"] == "asleep" or bool(status.get("leaving"))


def _goes_on(backend: Backend, run: RunRecord) -> bool:
    """Whether a run trains or waits to, and was not asked to pause or stop."""
    status = backend.engine.status(run.id)
    return _state(backend, run) in BUSY and not (status and status.get("stopping"))


def _state(backend: Backend, run: RunRecord) -> str:
    status = backend.engine.status(run.id)
    return str(status["state"]) if status else run.state
