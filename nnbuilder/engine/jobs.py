"""What a child of the launcher does, forked or spare: train a run, or answer a question."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nnbuilder.engine.link import Address, Link
from nnbuilder.engine.process import limit_memory, step_back
from nnbuilder.errors import InvalidProject, NNBuilderError

Job = dict[str, Any]
_LONG = (
    "export",
    "inputs",
    "points",
    "predict_look",
    "predict_rows",
    "prepare",
    "propose",
    "read_table",
    "table_csv",
    "table_view",
)
"""Questions that may take all processors for a while."""


def perform(job: Job) -> int:
    """Do a job and tell the engine over a connection of its own; the exit code of the process."""
    link = Link(Address(job["port"], job["token"]), {"role": "job", "pid": os.getpid()})
    try:
        limit_memory(job["memory"])
        if job["kind"] == "run":
            # Imported here because a process that only lists devices needs none of it.
            from nnbuilder.engine.worker import work

            work(link, job)
        else:
            if job["kind"] in _LONG:
                step_back()
            job["progress"] = lambda share, words: link.send_json("S", {"share": share, "words": words})
            link.send_json("A", {"id": job["id"], **answer(job)})
    finally:
        link.close()
    return 0


def answer(job: Job) -> dict[str, Any]:
    """The answer to a question; what goes wrong is an answer, too, in one sentence."""
    try:
        return _QUESTIONS[job["kind"]](job)
    except InvalidProject as error:
        # A person is told what is wrong, not where a document holds it.
        return {"error": " ".join(problem.message for problem in error.problems)}
    except NNBuilderError as error:
        return {"error": str(error)}
    except MemoryError:
        return {
            "error": f"It takes more than the {job['memory']} MiB of memory allowed; raise NNBUILDER_WORKER_MEMORY."
        }
    except Exception as error:
        traceback.print_exc()
        return {"error": f"The program met an error of its own ({type(error).__name__}: {error}); try again."}


def _devices(job: Job) -> dict[str, Any]:
    from nnbuilder.training.devices import list_devices

    return {"devices": [{**asdict(device), "available": device.available} for device in list_devices()]}


def _export(job: Job) -> dict[str, Any]:
    from nnbuilder import export

    checked = export.write(job["export"], Path(job["checkpoint"]), Path(job["target"]), job["progress"])
    return {"target": job["target"], "checked": checked}


def _propose(job: Job) -> dict[str, Any]:
    from nnbuilder.data.proposal import propose_for
    from nnbuilder.spec import read_data

    proposal = propose_for(read_data(job["data"]))
    edits = [{"path": edit.path, "value": edit.value} for edit in proposal.edits()]
    return {"edits": edits, "reasons": [list(reason) for reason in proposal.reasons]}


def _read_table(job: Job) -> dict[str, Any]:
    from nnbuilder.tables.findings import Unreadable, options_to_json
    from nnbuilder.tables.library import Library, way_of

    try:
        Library.default().read(job["sha256"], job["name"], **way_of(job), progress=job["progress"])
    except Unreadable as error:
        return {"refused": str(error), "options": options_to_json(error.options)}
    return {}


def _table_csv(job: Job) -> dict[str, Any]:
    """A table as CSV in the file `target`: its `rows` as read (``"table"``) or as the network gets them."""
    from nnbuilder.data.table_csv import write_inputs, write_table
    from nnbuilder.spec import read_data

    write = write_table if job["rows"] == "table" else write_inputs
    write(read_data(job["data"]), Path(job["target"]))
    return {}


def _prepare(job: Job) -> dict[str, Any]:
    from nnbuilder.data.prepare import prepare
    from nnbuilder.spec import read_data

    prepare(read_data(job["data"]))
    return {}


def _inputs(job: Job) -> dict[str, Any]:
    from nnbuilder.data.prepare import prepare
    from nnbuilder.spec import read_data
    from nnbuilder.views.inputs import look_at_inputs

    return look_at_inputs(prepare(read_data(job["data"])))


def _points(job: Job) -> dict[str, Any]:
    """The rows of data with two columns of numbers, as points to draw on from."""
    import numpy as np

    from nnbuilder.data.drawn import from_arrays
    from nnbuilder.data.prepare import PARTS, prepare
    from nnbuilder.spec import read_data

    prepared = prepare(read_data(job["data"]))
    features = np.concatenate([prepared.raw[part] for part in PARTS])
    target = np.concatenate([prepared.target[part].reshape(-1) for part in PARTS])
    made = from_arrays(features, target, prepared.facts.classes)
    return {"mode": made.mode, "classes": list(made.classes), "points": [list(point) for point in made.points]}


def _keep_weights(job: Job) -> dict[str, Any]:
    """Keep the weights of a checkpoint as what networks may start from, under `name` and the epoch they are of."""
    from nnbuilder.store.weights import Weights
    from nnbuilder.training.checkpoint import read

    checkpoint = read(Path(job["checkpoint"]))
    name = f"{job['name'][:200]}, epoch {checkpoint['epoch']}"
    sha256 = Weights.default().keep(checkpoint["state_dict"], {"name": name})
    return {"sha256": sha256, "name": name, "epoch": checkpoint["epoch"]}


def _load_file(job: Job) -> dict[str, Any]:
    from nnbuilder.loading.job import look

    return look(job)


def _take_up_file(job: Job) -> dict[str, Any]:
    from nnbuilder.loading.job import take_up

    return take_up(job)


def _predict(job: Job) -> dict[str, Any]:
    from nnbuilder.predicting.job import answer as answer_rows

    return answer_rows(job)


def _predict_look(job: Job) -> dict[str, Any]:
    from nnbuilder.predicting.job import look

    return look(job)


def _predict_rows(job: Job) -> dict[str, Any]:
    from nnbuilder.predicting.job import answer_file

    return answer_file(job)


def _table_view(job: Job) -> dict[str, Any]:
    """One view of a table: `source` as the project has it, `view` as `nnbuilder.views.look` takes it."""
    from nnbuilder.data.table_rows import open_source
    from nnbuilder.spec import read_data
    from nnbuilder.views.look import look
    from nnbuilder.views.viewed import Viewed

    source = read_data({"source": job["source"]}).source
    return {"view": look(Viewed.of(open_source(source), source["target"], source["task"]), job["view"])}


_QUESTIONS: dict[str, Callable[[Job], dict[str, Any]]] = {
    "devices": _devices,
    "export": _export,
    "inputs": _inputs,
    "keep_weights": _keep_weights,
    "load_file": _load_file,
    "points": _points,
    "predict": _predict,
    "predict_look": _predict_look,
    "predict_rows": _predict_rows,
    "prepare": _prepare,
    "propose": _propose,
    "read_table": _read_table,
    "table_csv": _table_csv,
    "table_view": _table_view,
    "take_up_file": _take_up_file,
}
