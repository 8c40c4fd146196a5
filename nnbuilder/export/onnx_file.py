"""The network as an ONNX file, with the preprocessing inside or without."""

from __future__ import annotations

import numpy as np

from nnbuilder.catalog.losses import Meaning
from nnbuilder.export.onnx_graph import BOOL, FLOAT, INTEGER, STRING, Graph, add_network, tensor_info
from nnbuilder.export.onnx_inputs import add_preprocessing, input_kinds, input_names
from nnbuilder.export.trained import Trained

ROWS = "rows"
"""What the size that varies is called."""


def write(trained: Trained, choice: str) -> bytes:
    """The network from scaled inputs to outputs, or (``raw``) from columns in data units to probabilities and class."""
    return _with_preprocessing(trained) if choice == "raw" else _bare(trained)


def _bare(trained: Trained) -> bytes:
    graph = Graph(("input",))
    width = _width(trained)
    out = add_network(graph, trained.model, "input")
    graph.add("Identity", out, out="output")
    inputs = [tensor_info("input", FLOAT, (ROWS, trained.facts.inputs))]
    return graph.to_bytes(inputs, [tensor_info("output", FLOAT, (ROWS, width))], trained.about())


def _with_preprocessing(trained: Trained) -> bytes:
    names = input_names(trained)
    graph = Graph(names)
    outputs = {wish: graph.name(wish) for wish in ("output", "probabilities", "class")}
    scaled = add_preprocessing(graph, trained.prepared.pipeline, names)
    out = add_network(graph, trained.model, scaled)
    refused = _refused(graph, scaled)
    _unless(graph, refused, out, outputs["output"])
    told = [tensor_info(outputs["output"], FLOAT, (ROWS, _width(trained)))]
    classes = trained.facts.classes
    if classes:
        chances = _add_probabilities(graph, out, trained.meaning)
        _unless(graph, refused, chances, outputs["probabilities"])
        _add_class(graph, out, trained.meaning, classes, refused, outputs["class"])
        told.append(tensor_info(outputs["probabilities"], FLOAT, (ROWS, len(classes))))
        told.append(tensor_info(outputs["class"], STRING, (ROWS,)))
    inputs = [tensor_info(name, kind, (ROWS, 1)) for name, kind in zip(names, input_kinds(trained), strict=True)]
    return graph.to_bytes(inputs, told, trained.about())


def _refused(graph: Graph, scaled: str) -> str:
    """Which rows the app would not answer: [n, 1], true where an input is no finite number.

    Layers may make numbers of NaN again, as ReLU does, so that the outputs do not tell.
    """
    # What is finite less itself is 0, anything else is NaN.
    flags = graph.cast(graph.add("IsNaN", graph.add("Sub", scaled, scaled)), FLOAT)
    return graph.cast(graph.add("ReduceMax", flags, graph.constant([1], np.int64), keepdims=1), BOOL)


def _unless(graph: Graph, refused: str, value: str, result: str) -> None:
    """The value, but NaN in refused rows."""
    graph.add("Where", refused, graph.constant(np.nan), value, out=result)


def _add_probabilities(graph: Graph, out: str, meaning: Meaning) -> str:
    """What `nnbuilder.training.metrics.probabilities` computes."""
    if meaning in ("logits", "margins"):
        return graph.add("Softmax", out, axis=1)
    if meaning == "log_probabilities":
        return graph.add("Exp", out)
    one = graph.constant(1.0)
    if meaning == "logit":
        second = graph.add("Sigmoid", out)
    else:
        share = graph.add("Pow", graph.constant(2.0), graph.add("Neg", out)) if meaning == "margin" else out
        second = graph.add("Clip", share, graph.constant(0.0), one)
    return graph.add("Concat", graph.add("Sub", one, second), second, axis=1)


def _add_class(graph: Graph, out: str, meaning: Meaning, classes: tuple[str, ...], refused: str, result: str) -> None:
    """What `nnbuilder.training.metrics.classes` decides, by name; "" in refused rows."""
    if meaning in ("logits", "margins", "log_probabilities"):
        place = graph.add("ArgMax", out, axis=1, keepdims=0)
    else:
        border = {"logit": 0.0, "margin": 1.0}.get(meaning, 0.5)
        single = graph.add("Squeeze", out, graph.constant([1], np.int64))
        operator = "Less" if meaning == "margin" else "Greater"
        place = graph.cast(graph.add(operator, single, graph.constant(border)), INTEGER)
    flags = graph.add("Squeeze", refused, graph.constant([1], np.int64))
    place = graph.add("Where", flags, graph.constant(len(classes), np.int64), place)
    names = graph.constant(np.array([*classes, ""], dtype=object), object, "names")
    graph.add("Gather", names, place, axis=0, out=result)


def _width(trained: Trained) -> int:
    return len(trained.outputs[0])
