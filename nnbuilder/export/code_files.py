"""The project as source: network, training, prediction and notebook in plain PyTorch, and what lies beside them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from importlib.metadata import version
from typing import cast

import torch

from nnbuilder.export.trained import Trained
from nnbuilder.source.beside import file_beside
from nnbuilder.source.data import Code
from nnbuilder.source.model import Form, model_code
from nnbuilder.source.predict_script import predict_code
from nnbuilder.source.saving import FILE, preprocessing_text
from nnbuilder.source.starting import start_weights
from nnbuilder.source.train_script import train_code
from nnbuilder.spec import Project

NEEDED = ("torch", "numpy", "pandas", "matplotlib")
"""What the code imports; matplotlib is for the notebook's pictures."""
COPY = "data.csv"
"""What the cleaned copy of a table is called; the export “Data as read” is the same file."""


def model_py(trained: Trained, choice: str) -> bytes:
    """The network as code, in one of three forms."""
    return model_source(trained, choice).encode()


def train_py(trained: Trained, choice: str) -> bytes:
    """The training as code."""
    return train_source(trained).text.encode()


def predict_py(trained: Trained, choice: str) -> bytes:
    """The prediction of new rows as code."""
    return predict_code(trained.project, trained.facts, trained.opened).text.encode()


def notebook(trained: Trained, choice: str) -> bytes:
    """The training as a notebook."""
    from nnbuilder.source.notebook import notebook as written

    return written(trained.project, trained.facts, trained.opened, COPY).encode()


def requirements(trained: Trained, choice: str) -> bytes:
    """The packages the code needs."""
    return "".join(f"{line}\n" for line in packages()).encode()


def project(trained: Trained, choice: str) -> bytes:
    """The project as JSON."""
    return (trained.project.to_text() + "\n").encode()


def model_source(trained: Trained, form: str) -> str:
    """The network as code."""
    return model_code(trained.project.network, trained.facts, cast(Form, form))


def train_source(trained: Trained, project: Project | None = None) -> Code:
    """The training as code, of the trained project or of another on the same data."""
    return train_code(project or trained.project, trained.facts, trained.opened, COPY)


def packages() -> list[str]:
    """The packages the code needs, pinned to what it was checked with; of torch the version without its build."""
    return [f"{name}=={version(name).partition('+')[0]}" for name in NEEDED]


def beside_training(trained: Trained) -> dict[str, bytes]:
    """The files that ``train.py`` and the notebook read, by name: the data, and weights that layers start from."""
    code = train_source(trained)
    files: dict[str, bytes] = {}
    if code.reads:
        files[code.reads] = file_beside(trained.project.data, code, trained.opened)
    if code.starts:
        files[code.starts] = _starting_weights(trained)
    return files


def beside_prediction(trained: Trained) -> Mapping[str, bytes]:
    """The files that ``predict.py`` reads beside it, by name: preprocessing and weights."""
    buffer = io.BytesIO()
    torch.save(trained.checkpoint["state_dict"], buffer)
    text = preprocessing_text(trained.prepared.pipeline, trained.facts.classes)
    return {FILE: text.encode(), "state_dict.pth": buffer.getvalue()}


def _starting_weights(trained: Trained) -> bytes:
    """The weights that layers start from, by the names of this network."""
    buffer = io.BytesIO()
    torch.save(start_weights(trained.project.network, trained.facts), buffer)
    return buffer.getvalue()
