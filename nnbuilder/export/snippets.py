"""How each file is used: a few lines that run as they stand, beside the file, in a Python without this program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnbuilder.catalog.sources import TABLE
from nnbuilder.facts import DataFacts
from nnbuilder.shapes import layer_shapes
from nnbuilder.source.literals import literal

if TYPE_CHECKING:
    from nnbuilder.spec import Project

LOADING = {
    "sequential": 'model.load_state_dict(torch.load("state_dict.pth"))',
    "named": 'model.load_state_dict(named(torch.load("state_dict.pth")))',
    "module": 'model.layers.load_state_dict(torch.load("state_dict.pth"))',
}
"""How the weights get into each form of ``model.py``."""
MOST_NAMED = 4
"""Columns that are written out one by one."""


@dataclass(frozen=True)
class Net:
    """What is known of a network without its weights: its project, the facts of its data, and the epochs done."""

    project: Project
    facts: DataFacts
    epoch: int = 0

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


def state_dict(net: Net, choice: str) -> str:
    """The weights alone."""
    return """import torch
from model import model

model.load_state_dict(torch.load("state_dict.pth"))
model.eval()
"""


def checkpoint(net: Net, choice: str) -> str:
    """The checkpoint."""
    return """import torch
from model import model

checkpoint = torch.load("checkpoint.pth", weights_only=True)
model.load_state_dict(checkpoint["state_dict"])
model.eval()
"""


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
    return """from model import model
from safetensors.torch import load_file

model.load_state_dict(load_file("model.safetensors"))
model.eval()
"""


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
    names = "model, named" if choice == "named" else "model"
    line = LOADING.get(choice, LOADING["sequential"])
    return f"import torch\nfrom model import {names}\n\n{line}\nmodel.eval()\n"


def _beside(net: Net) -> str:
    """Where the table is that the code reads."""
    return (
        "# it reads the table that lies beside it in “All of the code”\n"
        if net.project.data.source.kind == TABLE
        else ""
    )


def train_py(net: Net, choice: str) -> str:
    """The training as code."""
    return f"{_beside(net)}pip install -r requirements.txt\npython train.py\n"


def predict_py(net: Net, choice: str) -> str:
    """The prediction as code."""
    return "# state_dict.pth and preprocessing.json lie beside it in “All of the code”\npython predict.py new.csv\n"


def notebook(net: Net, choice: str) -> str:
    """The notebook."""
    return f"{_beside(net)}pip install -r requirements.txt jupyterlab\njupyter lab notebook.ipynb\n"


def requirements(net: Net, choice: str) -> str:
    """The list of packages."""
    return "pip install -r requirements.txt\n"


def source(net: Net, choice: str) -> str:
    """The archive of the code, unpacked."""
    return "pip install -r requirements.txt\npython train.py\n"


def csv_file(net: Net, choice: str) -> str:
    """A table."""
    return 'import pandas as pd\n\ntable = pd.read_csv("{file}")\n'


def bundle(net: Net, choice: str) -> str:
    """The bundle, unpacked."""
    return 'import torch\n\nmodel = torch.load("model.pth", weights_only=False)\nmodel.eval()\n'


def project(net: Net, choice: str) -> str:
    """The project."""
    beside = f"  # {net.project.data.source['file']} beside it" if net.project.data.source.kind == TABLE else ""
    return f"python -m nnbuilder train project.json --out trained{' '.join(beside.splitlines())}\n"
