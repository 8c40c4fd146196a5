"""How each file is used: a few lines that run as they stand, beside the file, in a Python without this program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from nnbuilder.catalog.sources import TABLE
from nnbuilder.facts import DataFacts
from nnbuilder.shapes import layer_shapes
from nnbuilder.source.literals import literal, shown_in_comment
from nnbuilder.source.model import Form, loading
from nnbuilder.source.train_script import train_code

if TYPE_CHECKING:
    from nnbuilder.source.data import Code
    from nnbuilder.spec import Project
    from nnbuilder.tables.library import Opened

COPY = "data.csv"
"""What the cleaned copy of a table is called; the export “Data as read” is the same file."""

FORM_LABELS: dict[Form, str] = {
    "sequential": "nn.Sequential",
    "named": "nn.Module, every layer by name",
    "module": "nn.Module, one Sequential inside",
}
"""How ``model.py`` can be written."""
MOST_NAMED = 4
"""Columns that are written out one by one."""


@dataclass(frozen=True)
class Net:
    """What is known of a network without its weights.

    Its project, the facts of its data, the epochs done, the table where the data are one, and the form of the
    ``model.py`` that lies beside its files.
    """

    project: Project
    facts: DataFacts
    epoch: int = 0
    opened: Opened | None = None
    form: Form = "sequential"

    @cached_property
    def _code(self) -> Code | None:
        """The training as code; None where the table is not known."""
        if self.project.data.source.kind == TABLE and self.opened is None:
            return None
        return train_code(self.project, self.facts, self.opened, COPY)

    @property
    def reads(self) -> str:
        """The name of the file with the data that the code reads, or ""."""
        return self._code.reads if self._code else ""

    @property
    def starts(self) -> str:
        """The name of the file with the weights that layers start from, or ""."""
        return self._code.starts if self._code else ""

    @property
    def layers(self) -> list[tuple[int, str, bool]]:
        """Place in the ``nn.Sequential``, torch's name with its widths, and whether there are numbers to take home."""
        shapes = layer_shapes(self.project.network, self.facts.inputs)
        found = []
        for place, ((_, layer), shape) in enumerate(zip(self.project.network.active, shapes, strict=True)):
            row = layer.row
            name = row.torch
            if row.sets_width:
                bias = "" if layer["bias"] else ", bias=False"
                name = f"{row.torch}({shape.in_features}, {shape.out_features}{bias})"
            elif row.width_argument:
                name = f"{row.torch}({shape.in_features})"
            found.append((place, name, shape.parameters > 0))
        return found

    @property
    def categories(self) -> dict[str, tuple[str, ...]]:
        """The labels of the columns that hold categories, by column."""
        return {name: labels for name, labels in zip(self.facts.columns, self.facts.labels, strict=True) if labels}


def module(net: Net, choice: str) -> str:
    """The whole model."""
    return f"""import torch

model = torch.load("model.pth", weights_only=False)
model.eval()
outputs = model(torch.zeros(1, {net.facts.inputs}))
"""


def _into_model(net: Net, weights: str, first: str = "", last: str = "", before: str = "") -> str:
    """Lines that load weights, an expression, into the ``model`` of ``model.py`` in the form that was chosen.

    `first` and `last` are imports before and after that of the model, `before` is a line above the loading.
    """
    names = "model, named" if net.form == "named" else "model"
    model = f"from model import {names}  # model.py as {FORM_LABELS[net.form]}"
    imports = "\n".join(line for line in (first, model, last) if line)
    return f"{imports}\n\n{before}{loading(net.form, weights)}\nmodel.eval()\n"


def state_dict(net: Net, choice: str) -> str:
    """The weights alone."""
    return _into_model(net, 'torch.load("state_dict.pth")', "import torch")


def checkpoint(net: Net, choice: str) -> str:
    """The checkpoint."""
    opened = 'checkpoint = torch.load("checkpoint.pth", weights_only=True)\n'
    return _into_model(net, 'checkpoint["state_dict"]', "import torch", before=opened)


def layer(net: Net, choice: str) -> str:
    """One layer."""
    name = next((name for place, name, _ in net.layers if str(place) == choice), "Linear(1, 1)")
    return f"""import torch
from torch import nn

layer = nn.{name}
layer.load_state_dict(torch.load("layer.pth"))
layer.eval()
"""


def safetensors(net: Net, choice: str) -> str:
    """The weights as safetensors."""
    return _into_model(net, 'load_file("model.safetensors")', last="from safetensors.torch import load_file")


def onnx(net: Net, choice: str) -> str:
    """The ONNX file, with the preprocessing inside or without."""
    head = """import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession("model.onnx")
"""
    if choice != "raw":
        inputs = f"np.zeros((1, {net.facts.inputs}), dtype=np.float32)"
        return f'{head}outputs = session.run(["output"], {{"input": {inputs}}})[0]\n'
    wanted = "probabilities" if net.facts.classes else "output"
    if len(net.facts.columns) > MOST_NAMED:
        return f"""{head}text = {{"tensor(string)": np.array([[""]], dtype=object)}}
row = {{column.name: text.get(column.type, np.zeros((1, 1))) for column in session.get_inputs()}}
{wanted} = session.run(["{wanted}"], row)[0]
"""
    cells = []
    for name in net.facts.columns:
        labels = net.categories.get(name)
        value = f"np.array([[{literal(labels[0])}]], dtype=object)" if labels else "np.array([[0.0]])"
        cells.append(f"    {literal(name)}: {value},\n")
    return f'{head}row = {{\n{"".join(cells)}}}\n{wanted} = session.run(["{wanted}"], row)[0]\n'


def program(net: Net, choice: str) -> str:
    """The ``torch.export`` program."""
    return f"""import torch

model = torch.export.load("model.pt2").module()
outputs = model(torch.zeros(1, {net.facts.inputs}))
"""


def model_py(net: Net, choice: str) -> str:
    """The network as code, with the weights beside it."""
    return state_dict(replace(net, form=choice or "sequential"), "")


def _beside(*names: str) -> str:
    """Which files have to lie beside the code."""
    named = [shown_in_comment(name) for name in names if name]
    verb = "lies" if len(named) == 1 else "lie"
    return f"# {' and '.join(named)} {verb} beside it\n" if named else ""


def train_py(net: Net, choice: str) -> str:
    """The training as code."""
    return f"{_beside(net.reads, net.starts)}{_INSTALL}\npython train.py\n"


def predict_py(net: Net, choice: str) -> str:
    """The prediction as code."""
    return f"{_beside('state_dict.pth', 'preprocessing.json')}{_INSTALL}\npython predict.py new.csv\n"


def notebook(net: Net, choice: str) -> str:
    """The notebook."""
    return f"{_beside(net.reads, net.starts)}{_INSTALL} jupyterlab\njupyter lab notebook.ipynb\n"


_INSTALL = "pip install -r requirements.txt"


def requirements(net: Net, choice: str) -> str:
    """The list of packages."""
    return "pip install -r requirements.txt\n"


def source(net: Net, choice: str) -> str:
    """The archive of the code."""
    return f"python -m zipfile -e {{file}} code\ncd code\n{_INSTALL}\npython train.py\n"


def csv_file(net: Net, choice: str) -> str:
    """A table."""
    return 'import pandas as pd\n\ntable = pd.read_csv("{file}")\n'


def bundle(net: Net, choice: str) -> str:
    """The bundle, which is unpacked first."""
    return """import zipfile

import torch

zipfile.ZipFile("{file}").extractall("bundle")
model = torch.load("bundle/model.pth", weights_only=False)
model.eval()
"""


def project(net: Net, choice: str) -> str:
    """The project."""
    table = net.project.data.source["file"] if net.project.data.source.kind == TABLE else ""
    return f"{_beside(table)}python -m nnbuilder train {{file}} --out trained\n"
