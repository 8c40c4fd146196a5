"""Runs the code that is taken home: train.py, the notebook and predict.py, and compares with what the app does.

A training may take hours. So the app trains the project anew for some seconds first; if it gets to the end, the code is
run whole, else for as many epochs as the app came, and that is said.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from nnbuilder.catalog.sources import TABLE
from nnbuilder.data.prepare import PARTS
from nnbuilder.errors import Edit
from nnbuilder.export import code_files
from nnbuilder.export.checks import notebook_code
from nnbuilder.export.code_files import beside_prediction, beside_training, train_source
from nnbuilder.export.proving import Task, differences
from nnbuilder.export.snippets import COPY
from nnbuilder.export.trained import MOST_CHECKED, Trained
from nnbuilder.spec import Project
from nnbuilder.training.events import Epoch, Finished
from nnbuilder.training.loop import predict
from nnbuilder.training.metrics import probabilities
from nnbuilder.training.trainer import Trainer

SECONDS = 8.0
"""How long the app trains anew for a check."""

READ_RUN = """
import csv
import torch
with open("history.csv", newline="", encoding="utf-8") as file:
    rows = [list(map(float, row)) for row in list(csv.reader(file))[1:]]
numbers = [torch.tensor(rows, dtype=torch.float64).reshape(-1)]
numbers += [tensor.double().reshape(-1) for tensor in torch.load("state_dict.pth").values()]
"""
"""What a training has saved, as one list of numbers."""
RUN_SCRIPT = 'import runpy\nrunpy.run_path("train.py", run_name="__main__")\n'


@dataclass(frozen=True)
class Again:
    """The project trained anew by the app: for how many of how many epochs, and what came of it."""

    trained: Trained
    project: Project
    trainer: Trainer
    whole: bool

    @property
    def numbers(self) -> NDArray[np.float64]:
        """History and weights as one list of numbers, as `READ_RUN` makes it; the history has the code's columns."""
        code = train_source(self.trained, self.project)
        history = self.trainer.history
        names = _columns(code.text, history.columns)
        rows = np.array([[row[history.columns.index(name)] for name in names] for row in history.rows])
        weights = [tensor.double().reshape(-1).numpy() for tensor in self.trainer.model.state_dict().values()]
        return np.concatenate([rows.reshape(-1), *weights])

    @cached_property
    def said(self) -> str:
        """For how many epochs the code was run, and whether the run at hand went the same way."""
        epochs = self.trainer.epoch
        count = "1 epoch" if epochs == 1 else f"{epochs} epochs"
        first = "epoch" if epochs == 1 else count
        length = (
            f"whole ({count})" if self.whole else f"for the first {first} of {self.trained.project.training.epochs}"
        )
        return f"Run {length} in a fresh Python: the same losses and weights as the app, bit for bit.{self._own_way}"

    @property
    def _own_way(self) -> str:
        """What is to be said of the run at hand if it is another than the code's."""
        own, made = self.trained.history.rows, self.trainer.history.rows
        same = all(np.array_equal(one, two, equal_nan=True) for one, two in zip(own, made, strict=False))
        if same and (not self.whole or len(own) == len(made)):
            return ""
        how = "was stopped earlier or went on longer" if same else "was changed on the way, or made elsewhere"
        return f" Your own run {how}; its weights are in state_dict.pth."


def train_again(trained: Trained) -> Again:
    """Train the project anew, to its end if that takes seconds, else for its first epochs."""
    project, started = trained.project, time.monotonic()
    trainer = Trainer(project, trained.prepared)
    for event in trainer.events():
        if isinstance(event, Epoch) and time.monotonic() - started > SECONDS and trainer.epoch < trainer.epochs:
            break
        if isinstance(event, Finished):
            break
    whole = trainer.epoch >= trainer.epochs or bool(trainer.control.message)
    if not whole:
        # With fewer epochs a schedule may go another way, so what came of the first ones is made again.
        project = project.edited(Edit("set", "training.epochs", trainer.epoch))
        trainer = Trainer(project, trained.prepared)
        for _ in trainer.events():
            pass
    torch.set_num_threads(1)
    return Again(trained, project, trainer, whole)


def train_task(again: Again, files: Mapping[str, bytes]) -> Task:
    """Run train.py."""
    text = train_source(again.trained, again.project).text
    files = {**files, "train.py": text.encode()}
    return Task("train.py", files, RUN_SCRIPT + READ_RUN, "torch.cat(numbers).numpy()", {}, again.numbers)


def notebook_task(again: Again, files: Mapping[str, bytes]) -> Task:
    """Run the cells of the notebook."""
    from nnbuilder.source.notebook import notebook as written

    text = written(again.project, again.trained.facts, again.trained.opened, COPY)
    code = notebook_code(text.encode())
    return Task("notebook.ipynb", files, f"{code}\n{READ_RUN}", "torch.cat(numbers).numpy()", {}, again.numbers)


def predict_task(trained: Trained, content: bytes, beside: Mapping[str, bytes] | None = None) -> Task:
    """Run predict.py on rows of the data, as a person's file would have them; `beside` are files to use."""
    new, expected = _new_rows(trained)
    files = {**beside_prediction(trained), **(beside or {}), "predict.py": content, "new.csv": new}
    code = """import runpy
import sys
sys.argv = ["predict.py", "new.csv"]
runpy.run_path("predict.py", run_name="__main__")
import csv
with open("predictions.csv", newline="", encoding="utf-8") as file:
    answers = [float(row[-1]) for row in list(csv.reader(file))[1:]]
"""
    return Task("predict.py", files, code, "np.array(answers)", {}, expected)


def train_py(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Run train.py and compare losses and weights."""
    again = trained.again
    files = beside_training(trained)
    differences([train_task(again, files)])
    return f"{again.said}{_beside(files)}"


def training_data(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Run train.py with the data beside it, and compare losses and weights."""
    return _with_file(trained, trained.net.reads, content)


def starting_weights(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Run train.py with the weights beside it that layers start from, and compare losses and weights."""
    return _with_file(trained, trained.net.starts, content)


def _with_file(trained: Trained, name: str, content: bytes) -> str:
    again = trained.again
    differences([train_task(again, {**beside_training(trained), name: content})])
    return f"train.py was run with it. {again.said}"


def preprocessing(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Run predict.py with it and compare its predictions."""
    from nnbuilder.source.saving import FILE

    task = predict_task(trained, code_files.predict_py(trained, ""), {FILE: content})
    differences([task])
    assert task.expected is not None
    return f"predict.py was run with it on {len(task.expected)} rows: the same predictions as the app, bit for bit."


def notebook(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Run the notebook and compare losses and weights."""
    again = trained.again
    files = beside_training(trained)
    differences([notebook_task(again, files)])
    return f"{again.said}{_beside(files)}"


def predict_py(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Run predict.py and compare its predictions."""
    task = predict_task(trained, content)
    differences([task])
    assert task.expected is not None
    rows = len(task.expected)
    said = f"Run in a fresh Python on {rows} rows of the data: the same predictions as the app, bit for bit."
    return f"{said} It reads state_dict.pth and preprocessing.json beside it."


def source(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Run everything that an archive of the code holds."""
    again = trained.again
    files = beside_training(trained)
    tasks = [train_task(again, files), notebook_task(again, files)]
    tasks.append(predict_task(trained, code_files.predict_py(trained, "")))
    differences(tasks)
    return f"train.py and notebook: {again.said[:1].lower()}{again.said[1:]} predict.py: the same predictions."


def _beside(files: Mapping[str, bytes]) -> str:
    names = " and ".join(files)
    return f" Put {names} beside it." if files else ""


def _columns(text: str, known: tuple[str, ...]) -> list[str]:
    """The columns of the history that the code keeps, in its order."""
    return [name for name in known if f'"{name}"' in text]


def _new_rows(trained: Trained) -> tuple[bytes, NDArray[np.float64]]:
    """Rows of the data as a CSV file, and the last number that predict.py should say about each."""
    facts = trained.facts
    if trained.project.data.source.kind == TABLE:
        from nnbuilder.export.data_files import table_of

        table, kept, _ = table_of(trained)
        chosen = kept.rows[:MOST_CHECKED]
        names = table.names
        rows = list(zip(*(column.take(chosen).to_pylist() for column in table.data.columns), strict=True))
        raw = kept.columns[:MOST_CHECKED]
    else:
        names = facts.columns
        raw = np.concatenate([trained.prepared.raw[part] for part in PARTS])[:MOST_CHECKED]
        rows = [list(map(repr, row)) for row in raw.tolist()]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows(rows)
    outputs = predict(trained.model, torch.from_numpy(trained.prepared.pipeline.apply(raw)))
    last = probabilities(outputs, trained.meaning)[:, -1] if facts.classes else outputs[:, 0]
    return text.getvalue().encode(), last.double().numpy()
