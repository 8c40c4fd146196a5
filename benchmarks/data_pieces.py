"""What `benchmarks.data` compares: each reads, prepares or learns from the same file in a process of its own."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.big_table import CATEGORIES, DATE, TARGET, YES_NO, float_names, integer_names

if TYPE_CHECKING:
    from nnbuilder.data.prepare import Prepared
    from nnbuilder.spec import Project

Told = dict[str, Any]
EPOCHS = 1
BATCH = 1000
SHARE = 0.02
"""Of the rows for validation, and as many for the test: what the app takes of so many."""


class Clock:
    """Seconds of what is compared, without what has to be made ready for it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.processor = 0.0
        """Seconds of all processors, which others on the machine lengthen less."""

    def __enter__(self) -> None:
        self._start = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._start[0]
        self.processor += time.process_time() - self._start[1]


def read_pandas(file: Path, clock: Clock) -> Told:
    """pandas as it comes."""
    import pandas as pd

    with clock:
        return {"rows": len(pd.read_csv(file))}


def read_pandas_arrow(file: Path, clock: Clock) -> Told:
    """pandas with pyarrow as its reader."""
    import pandas as pd

    with clock:
        return {"rows": len(pd.read_csv(file, engine="pyarrow"))}


def read_arrow(file: Path, clock: Clock) -> Told:
    """Bare pyarrow."""
    from pyarrow import csv

    with clock:
        return {"rows": csv.read_csv(file).num_rows}


def fit_sklearn(file: Path, clock: Clock) -> Told:
    """The same preprocessing fitted on the training rows by scikit-learn alone; reading does not count."""
    return _sklearn(file, clock, transform=False)


def transform_sklearn(file: Path, clock: Clock) -> Told:
    """The same with the split before it and all rows transformed after it, as our preparing does."""
    return _sklearn(file, clock, transform=True)


def _sklearn(file: Path, clock: Clock, transform: bool) -> Told:
    import numpy as np
    import pandas as pd
    from pyarrow import csv
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    frame = csv.read_csv(file).to_pandas()
    frame[DATE] = (pd.to_datetime(frame[DATE]) - pd.Timestamp(1970, 1, 1)).dt.days
    target = frame.pop(TARGET)
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    labels = OneHotEncoder(sparse_output=False)
    made = make_column_transformer((numbers, [*float_names(), *integer_names(), DATE]), (labels, [*CATEGORIES, YES_NO]))
    rows = np.arange(len(frame))
    with clock if transform else Clock():
        rest, test = train_test_split(rows, test_size=SHARE, random_state=0, stratify=target)
        train, validation = train_test_split(rest, test_size=len(test), random_state=0, stratify=target.iloc[rest])
        train_rows = frame.iloc[train]
    with clock:
        made.fit(train_rows)
        if transform:
            for part in (train, validation, test):
                made.transform(frame.iloc[part]).astype(np.float32)
    return {"rows": len(train_rows)}


def read(file: Path, clock: Clock) -> Told:
    """Our reading, as the process does it that is asked to read a table."""
    from nnbuilder.tables import reading  # noqa: F401
    from nnbuilder.tables.lines import text  # noqa: F401

    with clock:
        return {"rows": _opened(file).rows}


def prepare(file: Path, clock: Clock) -> Told:
    """Our preparing of a table that was read."""
    project = _project(file)
    import sklearn.impute
    import sklearn.model_selection
    import sklearn.preprocessing
    import sklearn.tree  # noqa: F401

    with clock:
        prepared = _prepared(project)
    return {"rows": prepared.facts.train_rows}


def train(file: Path, clock: Clock) -> Told:
    """One epoch, as a worker does it, of a table that was read and prepared."""
    project = _project(file)
    return _trained(project, _prepared(project), clock)


def everything(file: Path, clock: Clock) -> Told:
    """Reading, preparing and training after each other in one process, which the app never does."""
    with clock:
        project = _project(file)
        prepared = _prepared(project)
    return _trained(project, prepared, clock)


def _opened(file: Path) -> Any:
    from nnbuilder.tables.library import Library

    library = Library.default()
    digest = next(library.home.iterdir()).name
    return library.read(digest, file.name, {}, {})


def _project(file: Path) -> Project:
    """A small network on the table; every other column is a feature, gaps are filled and numbers scaled."""
    from nnbuilder.errors import Edit
    from nnbuilder.spec import read as read_project
    from nnbuilder.tables.library import Library
    from nnbuilder.ui.data.table_actions import open_table

    digest = next(Library.default().home.iterdir()).name
    project = read_project(
        {
            "version": 1,
            "data": {"source": {"kind": "circles"}, "validation": SHARE, "test": SHARE},
            "network": {"layers": [{"kind": "linear", "units": 16}, {"kind": "relu"}, {"kind": "linear", "units": 1}]},
            "training": {
                "epochs": EPOCHS,
                "batch_size": BATCH,
                "loss": {"kind": "bce_with_logits"},
                "optimizer": {"kind": "adam", "learning_rate": 0.001},
            },
        }
    )
    opened = open_table(project, _opened(file), digest, file.name, TARGET)
    return opened.edited(Edit("set", "data.validation", SHARE), Edit("set", "data.test", SHARE))


def _prepared(project: Project) -> Prepared:
    from nnbuilder.data.prepare import prepare as prepare_data

    return prepare_data(project.data)


def _trained(project: Project, prepared: Prepared, clock: Clock) -> Told:
    from nnbuilder.training.probe import Probe
    from nnbuilder.training.trainer import Trainer

    with clock:
        trainer = Trainer(project, prepared)
        probe = Probe(trainer)
        section = probe.data_section()
        for _ in trainer.events():
            pass
    header = json.loads(section[4 : 4 + int.from_bytes(section[:4], "little")])
    told = {"train_rows": prepared.facts.train_rows, "trained": trainer.control.rows}
    return {**told, "shown": header["rows"], "sampled": header["sampled"], **trainer.history.latest()}


@dataclass(frozen=True)
class Piece:
    """Something to measure, and what it is called."""

    label: str
    run: Callable[[Path, Clock], Told]


PIECES = {
    "pandas": Piece("pandas reads", read_pandas),
    "pandas-arrow": Piece("pandas reads with pyarrow", read_pandas_arrow),
    "pyarrow": Piece("pyarrow reads", read_arrow),
    "scikit-learn": Piece("scikit-learn fits on the training rows", fit_sklearn),
    "scikit-learn-all": Piece("scikit-learn splits, fits, transforms all rows", transform_sklearn),
    "read": Piece("we read", read),
    "prepare": Piece("we prepare: split, fit, transform all rows", prepare),
    "train": Piece("we train one epoch", train),
    "everything": Piece("we read, prepare and train in one process", everything),
}


def peak() -> float:
    """The most memory this process has held so far, in GiB, with the files it has mapped."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not ru_maxrss, which begins with what the process that started this one held.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**20
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**30 if sys.platform == "darwin" else 2**20)


def main() -> None:
    """Run the piece named first on the file named second, and print as JSON what it took."""
    clock = Clock()
    told = PIECES[sys.argv[1]].run(Path(sys.argv[2]), clock)
    print(json.dumps({"seconds": clock.seconds, "processor": clock.processor, "gibibytes": peak(), **told}), flush=True)
    # Python takes its time to free a large table.
    os._exit(0)


if __name__ == "__main__":
    main()
