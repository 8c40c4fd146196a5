"""The table of exporters: every file a person can take home, what it is for, what it needs, who writes and who checks.

It is light: writers and checks are named and not imported, for the page reads the table and never loads torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from nnbuilder.catalog.sources import TABLE
from nnbuilder.errors import NNBuilderError
from nnbuilder.export import snippets
from nnbuilder.export.snippets import Net
from nnbuilder.fields import did_you_mean

Group = Literal["model", "code", "data", "all"]
GROUPS: Mapping[Group, tuple[str, str]] = {
    "model": ("Take the model", "The trained weights, for PyTorch or for programs that have none."),
    "code": (
        "Take the code",
        "Plain PyTorch that a person can read, run and change; it needs nothing of this program.",
    ),
    "data": ("Take the data and pictures", "What went in and what came out, for spreadsheets, reports and slides."),
    "all": ("Everything", "One file to hand in, to keep, or to open here again."),
}
"""The groups of the page: their titles, and what is in them."""
Need = Literal["trained", "classes", "table"]
Choices = Callable[[Net], list[tuple[str, str]]]
"""What can be chosen of an export: keys and labels, the usual one first."""


@dataclass(frozen=True)
class Exporter:
    """A kind of file.

    `write` and `check` name functions as ``module:function`` inside this package: ``write(trained, choice) -> bytes``
    and ``check(trained, choice, content) -> str``, what was checked in one sentence. `file_name` may hold ``{choice}``.
    `shown` is what a person reads while it is checked. `packages` may be missing on a machine, the rest may not.
    """

    key: str
    label: str
    group: Group
    file_name: str
    help: str
    write: str
    check: str
    needs: tuple[Need, ...] = ()
    packages: tuple[str, ...] = ()
    choices: Choices | None = None
    load: Callable[[Net, str], str] | None = None
    shown: str = "Loading it back…"
    media_type: str = "application/octet-stream"
    prefixed: bool = False
    """Whether the project's name is put before the file's; files that code names are not renamed."""

    def named(self, choice: str) -> str:
        """What the file is called."""
        return self.file_name.format(choice=choice)

    def missing(self, net: Net) -> str:
        """Why the file cannot be made now, in one sentence; or ""."""
        for need in self.needs:
            sentence = _MISSING[need](net)
            if sentence:
                return sentence
        return ""


_MISSING: Mapping[Need, Callable[[Net], str]] = {
    "trained": lambda net: "" if net.epoch else "Nothing was learned yet; press Train first.",
    "classes": lambda net: "" if net.facts.classes else "It compares classes, and this project predicts a number.",
    "table": lambda net: (
        "" if net.project.data.source.kind == TABLE else "The points are made on the spot; open a table first."
    ),
}


def _layers(net: Net) -> list[tuple[str, str]]:
    """The layers that have numbers to take home, the last one first chosen: a head is what is most often moved."""
    found = [(str(place), f"{place}: {name}") for place, name, learned in net.layers if learned]
    return found[-1:] + found[:-1]


def _forms(net: Net) -> list[tuple[str, str]]:
    return [
        ("sequential", "nn.Sequential"),
        ("named", "nn.Module, every layer by name"),
        ("module", "nn.Module, one Sequential inside"),
    ]


def _onnx(net: Net) -> list[tuple[str, str]]:
    return [("inputs", "Inputs as the network gets them"), ("raw", "Preprocessing inside: raw columns in")]


def _pictures(net: Net) -> list[tuple[str, str]]:
    return [("png", "PNG"), ("svg", "SVG"), ("html", "HTML")]


_TORCH = "checks:in_torch"
_PICTURE = {"choices": _pictures, "packages": ("matplotlib",), "check": "checks:picture", "prefixed": True}

_ROWS = (
    Exporter(
        "module",
        "Whole model",
        "model",
        "model.pth",
        "The network itself, ready to use: one line loads it. Open such files only from people you trust.",
        "torch_files:module",
        _TORCH,
        load=snippets.module,
        shown="Loading it in a fresh Python…",
    ),
    Exporter(
        "state_dict",
        "State dict",
        "model",
        "state_dict.pth",
        "Only the weights, by name: what most PyTorch code passes around. The network comes from model.py.",
        "torch_files:state_dict",
        _TORCH,
        load=snippets.state_dict,
        shown="Loading it in a fresh Python…",
    ),
    Exporter(
        "checkpoint",
        "Checkpoint",
        "model",
        "checkpoint.pth",
        "Weights, optimizer, schedule, seeds, project and preprocessing: training goes on from here to the last bit.",
        "torch_files:checkpoint",
        _TORCH,
        load=snippets.checkpoint,
        shown="Loading it in a fresh Python…",
    ),
    Exporter(
        "layer",
        "One layer",
        "model",
        "layer.pth",
        "The weights of a single layer, to start a layer of the same shape from, here or in your own network.",
        "torch_files:layer",
        "checks:layer",
        choices=_layers,
        load=snippets.layer,
        shown="Loading it in a fresh Python…",
    ),
    Exporter(
        "safetensors",
        "Safetensors",
        "model",
        "model.safetensors",
        "The weights in a format that can hold no code, with project, classes and preprocessing beside them.",
        "safe_tensors:write",
        _TORCH,
        packages=("safetensors",),
        load=snippets.safetensors,
        shown="Loading it with safetensors…",
    ),
    Exporter(
        "onnx",
        "ONNX",
        "model",
        "model.onnx",
        "For programs without PyTorch: browsers, phones, C#, Java. With preprocessing inside, it takes raw columns.",
        "onnx_file:write",
        "checks:in_onnxruntime",
        packages=("onnx", "onnxruntime"),
        choices=_onnx,
        load=snippets.onnx,
        shown="Checking with onnxruntime…",
    ),
    Exporter(
        "program",
        "torch.export program",
        "model",
        "model.pt2",
        "The computation as a graph of tensor operations: no Python class needed, any number of rows.",
        "torch_files:program",
        _TORCH,
        load=snippets.program,
        shown="Loading it with torch.export…",
    ),
    Exporter(
        "model_py",
        "Network code",
        "code",
        "model.py",
        "The network in PyTorch, layer by layer, in the form you prefer.",
        "code_files:model_py",
        "checks:model_py",
        choices=_forms,
        load=snippets.model_py,
        shown="Running model.py…",
        media_type="text/x-python; charset=utf-8",
    ),
    Exporter(
        "train_py",
        "Training code",
        "code",
        "train.py",
        "Reads the data, prepares, trains, measures and saves: the same losses and weights as here, bit for bit.",
        "code_files:train_py",
        "training_check:train_py",
        load=snippets.train_py,
        shown="Running train.py…",
        media_type="text/x-python; charset=utf-8",
    ),
    Exporter(
        "predict_py",
        "Prediction code",
        "code",
        "predict.py",
        "Predicts the rows of a new CSV file with the trained network.",
        "code_files:predict_py",
        "training_check:predict_py",
        load=snippets.predict_py,
        shown="Running predict.py…",
        media_type="text/x-python; charset=utf-8",
    ),
    Exporter(
        "notebook",
        "Notebook",
        "code",
        "notebook.ipynb",
        "The same as train.py in steps, with explanations and pictures, for Jupyter or a hand-in.",
        "code_files:notebook",
        "training_check:notebook",
        load=snippets.notebook,
        shown="Running the notebook…",
        media_type="application/x-ipynb+json",
    ),
    Exporter(
        "requirements",
        "Requirements",
        "code",
        "requirements.txt",
        "The packages the code needs, in the versions it was checked with.",
        "code_files:requirements",
        "checks:requirements",
        load=snippets.requirements,
        media_type="text/plain; charset=utf-8",
    ),
    Exporter(
        "source",
        "All of the code",
        "code",
        "source.zip",
        "model.py, train.py, predict.py, notebook and requirements, with the data file they read.",
        "bundle:source",
        "training_check:source",
        load=snippets.source,
        shown="Running the code…",
        media_type="application/zip",
        prefixed=True,
    ),
    Exporter(
        "data",
        "Data as read",
        "data",
        "data.csv",
        "Every row and column in UTF-8 with commas; no cell is a formula to a spreadsheet.",
        "data_files:as_read",
        "data_files:check_read",
        load=snippets.csv_file,
        shown="Reading it back…",
        media_type="text/csv; charset=utf-8",
    ),
    Exporter(
        "prepared",
        "Data as prepared",
        "data",
        "prepared.csv",
        "The numbers the network gets for every row: encoded, scaled, with the part each row is in.",
        "data_files:prepared",
        "data_files:check_prepared",
        load=snippets.csv_file,
        shown="Reading it back…",
        media_type="text/csv; charset=utf-8",
    ),
    Exporter(
        "predictions",
        "Predictions",
        "data",
        "predictions.csv",
        "Every row with what the network says about it, beside the truth.",
        "data_files:predictions",
        "data_files:check_predictions",
        load=snippets.csv_file,
        shown="Reading it back…",
        media_type="text/csv; charset=utf-8",
    ),
    Exporter(
        "curves_csv",
        "Curves",
        "data",
        "curves.csv",
        "Loss and metric of every epoch, every digit of them.",
        "data_files:curves",
        "data_files:check_curves",
        needs=("trained",),
        load=snippets.csv_file,
        shown="Reading it back…",
        media_type="text/csv; charset=utf-8",
    ),
    Exporter(
        "network",
        "Drawing of the network",
        "data",
        "network.{choice}",
        "Layers, units and the sign and size of every weight.",
        "pictures:network",
        **_PICTURE,
    ),
    Exporter(
        "curves",
        "Picture of the curves",
        "data",
        "curves.{choice}",
        "Loss and metric over the epochs, training and validation.",
        "pictures:curves",
        needs=("trained",),
        **_PICTURE,
    ),
    Exporter(
        "fit",
        "Picture of the answers",
        "data",
        "fit.{choice}",
        "What the network answers over its data: the boundary between classes, or the fitted curve.",
        "pictures:fit",
        **_PICTURE,
    ),
    Exporter(
        "confusion",
        "Confusion matrix",
        "data",
        "confusion.{choice}",
        "Which class was taken for which.",
        "pictures:confusion",
        needs=("classes",),
        **_PICTURE,
    ),
    Exporter(
        "bundle",
        "Bundle",
        "all",
        "bundle.zip",
        "Model, code, data, pictures and model card in one file. It opens here again with its history.",
        "bundle:bundle",
        "bundle:check",
        packages=("safetensors", "onnx", "onnxruntime", "matplotlib"),
        load=snippets.bundle,
        shown="Checking what is in it…",
        media_type="application/zip",
        prefixed=True,
    ),
    Exporter(
        "card",
        "Model card",
        "all",
        "model_card.html",
        "One page for people: data, network, settings, curves, how good it is, what it must not be used for.",
        "card:html",
        "checks:page",
        packages=("matplotlib",),
        shown="Looking through it…",
        media_type="text/html; charset=utf-8",
        prefixed=True,
    ),
    Exporter(
        "project",
        "Project",
        "all",
        "project.json",
        "Data, network and training as JSON, for the command line or another day.",
        "code_files:project",
        "checks:project",
        load=snippets.project,
        media_type="application/json",
        prefixed=True,
    ),
)

EXPORTERS: Mapping[str, Exporter] = {row.key: row for row in _ROWS}
"""The exporters by key, in the order of the page."""


def find(kind: str) -> tuple[Exporter, str]:
    """The exporter of a kind such as ``onnx`` or ``layer:2``, and what was chosen ("": the usual).

    Raises
    ------
    NNBuilderError
        If there is none.
    """
    key, _, choice = kind.partition(":")
    if key not in EXPORTERS:
        raise NNBuilderError(f"There is no export called {key!r}{did_you_mean(key, tuple(EXPORTERS))}")
    return EXPORTERS[key], choice


def chosen(exporter: Exporter, choice: str, net: Net) -> str:
    """The choice in full: the usual one where none was made.

    Raises
    ------
    NNBuilderError
        If it cannot be chosen.
    """
    if exporter.choices is None:
        if choice:
            raise NNBuilderError(f"There is nothing to choose of {exporter.key}, so leave out “:{choice}”.")
        return ""
    offered = [key for key, _ in exporter.choices(net)]
    if not offered:
        raise NNBuilderError(f"This network has nothing to make {exporter.file_name} of; add a Linear layer.")
    if choice and choice not in offered:
        raise NNBuilderError(f"{exporter.key} has no choice {choice!r}; choose one of {', '.join(offered)}.")
    return choice or offered[0]
