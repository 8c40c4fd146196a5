"""A network as an ONNX graph: one small writer a kind of layer.

The graph is built by hand and not by ``torch.onnx.export``: that needs two packages more, takes seconds and warns of
torch's own insides, while a stack of layers is a dozen operators. A test has every layer answer the same, and each file
is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import TensorProto, helper, numpy_helper
from torch import nn

OPSET = 20
ML_OPSET = 4
IR_VERSION = 10
"""Older than the newest, so that runtimes of some years still read it."""


class Graph:
    """Nodes and constants as they are added; values get names that no input has."""

    def __init__(self, taken: Sequence[str]) -> None:
        self.taken = set(taken)
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def name(self, wish: str) -> str:
        """A free name near the one wished for."""
        name, number = wish, 2
        while name in self.taken:
            name, number = f"{wish}_{number}", number + 1
        self.taken.add(name)
        return name

    def constant(self, value: ArrayLike, dtype: Any = np.float32, wish: str = "constant") -> str:
        """A constant array."""
        name = self.name(wish)
        array = np.asarray(value, dtype=dtype)
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def add(self, operator: str, *inputs: str, out: str = "", domain: str = "", **attributes: Any) -> str:
        """An operator; the name of its result."""
        result = out or self.name(operator.lower())
        self.nodes.append(
            helper.make_node(operator, list(inputs), [result], name=f"{operator}/{result}", domain=domain, **attributes)
        )
        return result

    def cast(self, value: str, kind: int) -> str:
        """The value in another type."""
        return self.add("Cast", value, to=kind)

    def to_bytes(
        self, inputs: Sequence[onnx.ValueInfoProto], outputs: Sequence[onnx.ValueInfoProto], about: dict[str, str]
    ) -> bytes:
        """The graph as a file, looked over by ONNX's own checker."""
        made = helper.make_graph(self.nodes, "network", list(inputs), list(outputs), self.constants)
        domains = [helper.make_opsetid("", OPSET)]
        if any(node.domain for node in self.nodes):
            domains.append(helper.make_opsetid("ai.onnx.ml", ML_OPSET))
        model = helper.make_model(made, opset_imports=domains, ir_version=IR_VERSION, producer_name="nnbuilder")
        helper.set_model_props(model, about)
        onnx.checker.check_model(model)
        return model.SerializeToString()


def add_network(graph: Graph, model: nn.Sequential, value: str) -> str:
    """Add the layers in the order they are computed; the name of what comes out."""
    for part in model:
        value = LAYERS[type(part).__name__](graph, part, value)
    return value


def tensor_info(name: str, kind: int, shape: Sequence[int | str]) -> onnx.ValueInfoProto:
    """The name, type and shape of an input or output; a size that varies is a word."""
    return helper.make_tensor_value_info(name, kind, list(shape))


FLOAT, DOUBLE, STRING = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.STRING
BOOL, INTEGER = TensorProto.BOOL, TensorProto.INT64


def _plain(operator: str, **attributes: Any) -> Callable[[Graph, Any, str], str]:
    return lambda graph, part, x: graph.add(operator, x, **attributes)


def _linear(graph: Graph, part: nn.Linear, x: str) -> str:
    inputs = [x, graph.constant(part.weight.detach().numpy(), wish="weight")]
    if part.bias is not None:
        inputs.append(graph.constant(part.bias.detach().numpy(), wish="bias"))
    return graph.add("Gemm", *inputs, transB=1)


def _batch_norm(graph: Graph, part: nn.BatchNorm1d, x: str) -> str:
    running = (part.weight, part.bias, part.running_mean, part.running_var)
    numbers = [graph.constant(tensor.detach().numpy(), wish="norm") for tensor in running if tensor is not None]
    return graph.add("BatchNormalization", x, *numbers, epsilon=part.eps)


def _layer_norm(graph: Graph, part: nn.LayerNorm, x: str) -> str:
    scale, shift = (graph.constant(tensor.detach().numpy(), wish="norm") for tensor in (part.weight, part.bias))
    return graph.add("LayerNormalization", x, scale, shift, axis=-1, epsilon=part.eps)


def _clip(graph: Graph, part: nn.Hardtanh, x: str) -> str:
    return graph.add("Clip", x, graph.constant(part.min_val), graph.constant(part.max_val))


def _softplus(graph: Graph, part: nn.Softplus, x: str) -> str:
    beta = graph.constant(part.beta)
    scaled = graph.add("Mul", x, beta)
    smooth = graph.add("Div", graph.add("Softplus", scaled), beta)
    # Torch draws it as a straight line from there on.
    straight = graph.add("Greater", scaled, graph.constant(part.threshold))
    return graph.add("Where", straight, x, smooth)


def _silu(graph: Graph, part: nn.SiLU, x: str) -> str:
    return graph.add("Mul", x, graph.add("Sigmoid", x))


def _mish(graph: Graph, part: nn.Mish, x: str) -> str:
    return graph.add("Mul", x, graph.add("Tanh", graph.add("Softplus", x)))


def _log_sigmoid(graph: Graph, part: nn.LogSigmoid, x: str) -> str:
    return graph.add("Neg", graph.add("Softplus", graph.add("Neg", x)))


def _prelu(graph: Graph, part: nn.PReLU, x: str) -> str:
    return graph.add("PRelu", x, graph.constant(part.weight.detach().numpy(), wish="slope"))


LAYERS: dict[str, Callable[[Graph, Any, str], str]] = {
    "Linear": _linear,
    "ReLU": _plain("Relu"),
    "LeakyReLU": lambda graph, part, x: graph.add("LeakyRelu", x, alpha=part.negative_slope),
    "PReLU": _prelu,
    "ELU": lambda graph, part, x: graph.add("Elu", x, alpha=part.alpha),
    "SELU": _plain("Selu"),
    "GELU": _plain("Gelu"),
    "SiLU": _silu,
    "Mish": _mish,
    "Sigmoid": _plain("Sigmoid"),
    "LogSigmoid": _log_sigmoid,
    "Tanh": _plain("Tanh"),
    "Hardtanh": _clip,
    "Softplus": _softplus,
    "Softsign": _plain("Softsign"),
    "Softmax": lambda graph, part, x: graph.add("Softmax", x, axis=part.dim),
    "LogSoftmax": lambda graph, part, x: graph.add("LogSoftmax", x, axis=part.dim),
    "Identity": lambda graph, part, x: x,
    "Dropout": lambda graph, part, x: x,
    "BatchNorm1d": _batch_norm,
    "LayerNorm": _layer_norm,
}
"""Writers by torch's name of the layer; a test walks the catalog, so that none is forgotten."""
