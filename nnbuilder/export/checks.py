"""The checks of what is small enough to be checked at once: each says in one sentence what it did."""

from __future__ import annotations

import ast
import io
import json
import re
from html.parser import HTMLParser

import numpy as np

from nnbuilder.errors import NNBuilderError
from nnbuilder.export.code_files import model_source
from nnbuilder.export.code_files import requirements as needed
from nnbuilder.export.proving import Task, difference
from nnbuilder.export.table import EXPORTERS
from nnbuilder.export.torch_files import state_dict
from nnbuilder.export.trained import Trained
from nnbuilder.fields import counted

ONNX_LIMIT = 1e-5
ANSWER = "model(torch.from_numpy(rows)).detach().numpy()"


def torch_task(trained: Trained, key: str, content: bytes) -> Task:
    """Load a file of torch's as its snippet says, and predict with it."""
    exporter = EXPORTERS[key]
    return Task(
        exporter.file_name,
        {exporter.file_name: content, "model.py": model_source(trained, "sequential").encode()},
        f"import torch\n{exporter.usage(trained.net, '')}",
        ANSWER,
        {"rows": trained.rows},
        trained.outputs,
    )


def in_torch(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Load and predict in another Python: every bit must be the same."""
    difference(torch_task(trained, key, content))
    return f"Loaded in a fresh Python: {_rows(trained)} predicted the same to the last bit."


def layer_task(trained: Trained, choice: str, content: bytes) -> Task:
    """Load one layer and have it answer for numbers of its own."""
    import torch

    part = trained.model[int(choice)]
    width = _width_in(trained, int(choice))
    rows = np.random.default_rng(0).standard_normal((8, width)).astype(np.float32)
    return Task(
        "layer.pth",
        {"layer.pth": content},
        EXPORTERS["layer"].usage(trained.net, choice),
        ANSWER.replace("model(", "layer("),
        {"rows": rows},
        part(torch.from_numpy(rows)).detach().numpy(),
    )


def _width_in(trained: Trained, place: int) -> int:
    from nnbuilder.shapes import layer_shapes

    return layer_shapes(trained.project.network, trained.facts.inputs)[place].in_features


def layer(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Load one layer in another Python: its answers must be the same to the last bit."""
    difference(layer_task(trained, choice, content))
    return "Loaded in a fresh Python: the layer answers the same to the last bit."


def in_onnxruntime(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Run it with onnxruntime: the predictions must be the same but for 1e-5."""
    found = difference(onnx_task(trained, choice, content))
    return f"Run with onnxruntime: {_rows(trained)} predicted, largest difference {found:.1e}."


def onnx_task(trained: Trained, choice: str, content: bytes) -> Task:
    """Run an ONNX file on the rows of the data."""
    if choice != "raw":
        ask, arrays, expected = 'session.run(["output"], {"input": rows})[0]', {"rows": trained.rows}, trained.outputs
    else:
        from nnbuilder.export.onnx_inputs import as_given, input_names

        wanted = "probabilities" if trained.facts.classes else "output"
        expected = trained.chances if trained.facts.classes else trained.outputs
        arrays = {f"column_{place}": column for place, column in enumerate(as_given(trained))}
        given = ", ".join(
            f"{name!r}: column_{place}" + (".astype(object)" if arrays[f"column_{place}"].dtype.kind == "U" else "")
            for place, name in enumerate(input_names(trained))
        )
        ask = f'session.run(["{wanted}"], {{{given}}})[0]'
    return Task(
        "model.onnx",
        {"model.onnx": content},
        EXPORTERS["onnx"].usage(trained.net, choice),
        ask,
        arrays,
        expected,
        ONNX_LIMIT,
        "onnxruntime",
    )


def model_py(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Run model.py and load the weights into it."""
    difference(model_task(trained, choice, content))
    return f"Run in a fresh Python with the trained weights: {_rows(trained)} predicted the same to the last bit."


def model_task(trained: Trained, choice: str, content: bytes) -> Task:
    """The network as code, with the trained weights loaded as its snippet says."""
    usage = EXPORTERS["model_py"].usage(trained.net, choice)
    files = {"model.py": content, "state_dict.pth": state_dict(trained, "")}
    return Task(f"model.py ({choice})", files, usage, ANSWER, {"rows": trained.rows}, trained.outputs)


def requirements(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Compare the list with what is installed here."""
    if content != needed(trained, ""):
        raise NNBuilderError("requirements.txt does not list what is installed here, so it was not handed over.")
    return "The versions are those the code was checked with."


def picture(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Open the picture."""
    if choice == "png":
        from matplotlib.image import imread

        height, width = imread(io.BytesIO(content)).shape[:2]
        return f"Opened again: {width} × {height} pixels."
    if choice == "svg":
        from xml.etree import ElementTree

        ElementTree.fromstring(content)
        _alone(content.decode())
        return "Read again as XML; it loads nothing from elsewhere."
    return page(trained, choice, content, key)


def page(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Look through a page: well formed, and nothing that would be loaded from elsewhere."""
    text = content.decode()
    reader = _Balanced()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise NNBuilderError(f"The page does not close <{reader.open[-1]}>, so it was not handed over.")
    _alone(text)
    return "Looked through: one file that loads nothing from elsewhere."


def project(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Read the project again."""
    from nnbuilder.spec import read_text

    if read_text(content) != trained.project:
        raise NNBuilderError("The project did not come back equal, so it was not handed over; try again.")
    return "Read again: the same project."


def notebook_code(content: bytes) -> str:
    """The code of a notebook, cell after cell."""
    cells = json.loads(content)["cells"]
    code = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    ast.parse(code)
    return code


_ELSEWHERE = re.compile(r"""(?:src|href|xlink:href)\s*=\s*["'](?!#|data:|mailto:)|@import|url\(\s*["']?(?!#|data:)""")
_EMPTY = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")


def _alone(text: str) -> None:
    found = _ELSEWHERE.search(text)
    if found:
        raise NNBuilderError(
            f"The file would load something from elsewhere ({text[found.start() : found.start() + 40]!r}), so it was "
            "not handed over."
        )


class _Balanced(HTMLParser):
    """Follows which elements are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content opens nothing."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise NNBuilderError(f"The page closes <{tag}> where it is not open, so it was not handed over.")


def _rows(trained: Trained) -> str:
    return counted(len(trained.rows), "row")
