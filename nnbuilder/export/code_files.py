"""The project as source: network, training, prediction and notebook in plain PyTorch, and what lies beside them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import cast

import torch

from nnbuilder.errors import NNBuilderError
from nnbuilder.export.snippets import COPY
from nnbuilder.export.trained import Trained, encodable
from nnbuilder.source.beside import file_beside
from nnbuilder.source.data import Code
from nnbuilder.source.model import Form, model_code
from nnbuilder.source.predict_script import predict_code
from nnbuilder.source.requirements import requirements_text
from nnbuilder.source.saving import FILE, preprocessing_text
from nnbuilder.source.starting import start_weights
from nnbuilder.source.train_script import train_code
from nnbuilder.spec import Project


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
    """The packages that model.py, train.py, predict.py and the notebook need."""
    written = (model_py(trained, "sequential"), *(one(trained, "") for one in (train_py, predict_py, notebook)))
    return requirements_text(*(content.decode() for content in written)).encode()


def preprocessing(trained: Trained, choice: str) -> bytes:
    """What new rows go through before the network, as predict.py reads it."""
    return preprocessing_text(trained.prepared.pipeline, trained.facts.classes).encode()


def training_data(trained: Trained, choice: str) -> bytes:
    """The data that train.py and the notebook read."""
    return _read_by_code(trained, trained.net.reads)


def starting_weights(trained: Trained, choice: str) -> bytes:
    """The weights that layers start from, as train.py and the notebook read them."""
    return _read_by_code(trained, trained.net.starts)


def _read_by_code(trained: Trained, name: str) -> bytes:
    files = beside_training(trained)
    if name not in files:
        raise NNBuilderError("The code of this project reads no such file, so there is nothing to save.")
    return files[name]


def project(trained: Trained, choice: str) -> bytes:
    """The project as JSON."""
    return (encodable(trained.project.to_text()) + "\n").encode()


def model_source(trained: Trained, form: str) -> str:
    """The network as code."""
    return model_code(trained.project.network, trained.facts, cast(Form, form))


def train_source(trained: Trained, project: Project | None = None) -> Code:
    """The training as code, of the trained project or of another on the same data."""
    return train_code(project or trained.project, trained.facts, trained.opened, COPY)


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
    return {FILE: preprocessing(trained, ""), "state_dict.pth": buffer.getvalue()}


def _starting_weights(trained: Trained) -> bytes:
    """The weights that layers start from, by the names of this network."""
    buffer = io.BytesIO()
    torch.save(start_weights(trained.project.network, trained.facts), buffer)
    return buffer.getvalue()
