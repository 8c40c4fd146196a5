"""Every layer of the catalog as ONNX and as a torch.export program, with torch as the judge."""

from __future__ import annotations

import io

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from nnbuilder.build import build_model
from nnbuilder.catalog.layers import LAYERS
from nnbuilder.catalog.losses import LOSSES
from nnbuilder.data.facts import describe
from nnbuilder.data.pipeline import Pipeline
from nnbuilder.export.onnx_file import _add_class, _add_probabilities, _refused, _unless
from nnbuilder.export.onnx_graph import DOUBLE, FLOAT, STRING, Graph, add_network, tensor_info
from nnbuilder.export.onnx_graph import LAYERS as WRITERS
from nnbuilder.export.onnx_inputs import add_preprocessing, as_given, input_names
from nnbuilder.export.torch_files import program
from nnbuilder.training.metrics import classes, probabilities
from tests.projects import layers, project

WIDTH = 5
# Settings other than the usual ones, where a wrong default would not show.
SETTINGS = {
    "leaky_relu": {"negative_slope": 0.3},
    "prelu": {"init": -0.5},
    "elu": {"alpha": 2.5},
    "hardtanh": {"min_val": -0.4, "max_val": 1.7},
    "softplus": {"beta": 3.0, "threshold": 2.0},
    "batch_norm": {"eps": 0.1},
    "layer_norm": {"eps": 0.5},
}
MADE = [(kind, SETTINGS.get(kind, {})) for kind in LAYERS]
MADE += [(kind, {"dim": 0}) for kind in ("softmax", "log_softmax")] + [("softplus", {"beta": 0.2})]


def rows() -> np.ndarray:
    """Small and large numbers of both signs, and zero."""
    spread = np.random.default_rng(0).standard_normal((40, WIDTH)) * np.geomspace(0.01, 30, 40)[:, None]
    return np.concatenate([spread, np.zeros((1, WIDTH))]).astype(np.float32)


def network(stack: list[dict]) -> nn.Sequential:
    """A network whose numbers are all drawn, those that norms keep, too."""
    made = project("circles", stack)
    facts = describe(made.data)
    model = build_model(made.network, facts).eval()
    torch.manual_seed(1)
    for tensor in [*model.parameters(), *model.buffers()]:
        if tensor.is_floating_point() and tensor.numel() > 1:
            tensor.data = torch.rand_like(tensor) + 0.2
    return model.requires_grad_(False)


def in_onnx(model: nn.Sequential, inputs: np.ndarray) -> np.ndarray:
    graph = Graph(("x",))
    out = add_network(graph, model, "x")
    graph.add("Identity", out, out="y")
    told = [tensor_info("x", FLOAT, ("n", inputs.shape[1]))], [tensor_info("y", FLOAT, ("n", None))]
    content = graph.to_bytes(*told, {})
    return onnxruntime.InferenceSession(content).run(["y"], {"x": inputs})[0]


def test_every_layer_of_the_catalog_has_a_writer():
    assert {row.torch for row in LAYERS.values()} == set(WRITERS)


@pytest.mark.parametrize(("kind", "settings"), MADE, ids=lambda value: value if isinstance(value, str) else "")
def test_a_layer_answers_the_same_in_onnxruntime(kind: str, settings: dict):
    layer = {"kind": kind, "units": 3} if kind == "linear" else {"kind": kind, **settings}
    model = network([{"kind": "linear", "units": WIDTH}, layer])[1:]
    inputs = rows()
    wanted = model(torch.from_numpy(inputs)).numpy()
    found = in_onnx(model, inputs)
    assert found.dtype == np.float32 and found.shape == wanted.shape
    assert np.abs(found - wanted).max() <= 1e-5 * max(1.0, np.abs(wanted).max())
    # One row alone, too; a softmax down the batch and a norm by rows must not mind.
    alone = model(torch.from_numpy(inputs[:1])).numpy()
    assert np.abs(in_onnx(model, inputs[:1]) - alone).max() <= 1e-5 * max(1.0, np.abs(alone).max())


def test_all_layers_in_one_program_of_any_number_of_rows():
    stack = []
    for kind, settings in MADE:
        if kind != "linear":
            stack.append({"kind": kind, **settings})
            stack.append({"kind": "linear", "units": 6, "bias": len(stack) % 4 == 1})
    model = network([*layers(6), *stack])

    class Stub:
        def __init__(self) -> None:
            self.model = model
            self.facts = describe(project("circles").data)

        def about(self) -> dict[str, str]:
            return {"task": "binary"}

    content = program(Stub(), "")  # type: ignore[arg-type]
    again = torch.export.load(io.BytesIO(content)).module()
    inputs = torch.randn(17, 2, generator=torch.Generator().manual_seed(0))
    for count in (1, 2, 17):
        assert torch.equal(again(inputs[:count]), model(inputs[:count]))
    wanted = model(inputs).numpy()
    assert np.abs(in_onnx(model, inputs.numpy()) - wanted).max() <= 1e-5 * max(1.0, np.abs(wanted).max())


@pytest.mark.parametrize("meaning", sorted({row.meaning for row in LOSSES.values()}))
def test_probabilities_and_classes_are_read_as_the_app_reads_them(meaning):
    width = 3 if meaning in ("logits", "margins", "log_probabilities") else 1
    outputs = torch.linspace(-3, 3, 3 * 41).reshape(41, 3)[:, :width].contiguous()
    if meaning == "log_probabilities":
        outputs = outputs.log_softmax(dim=1)
    names = ("a", "b", "c") if width == 3 else ("a", "b")
    graph = Graph(("x",))
    refused = _refused(graph, "x")
    _unless(graph, refused, _add_probabilities(graph, "x", meaning), "p")
    _add_class(graph, "x", meaning, names, refused, "c")
    told = [tensor_info("p", FLOAT, ("n", len(names))), tensor_info("c", STRING, ("n",))]
    content = graph.to_bytes([tensor_info("x", FLOAT, ("n", width))], told, {})
    chances, said = onnxruntime.InferenceSession(content).run(["p", "c"], {"x": outputs.numpy()})
    assert np.abs(chances - probabilities(outputs, meaning).numpy()).max() < 1e-6
    assert list(said) == [names[code] for code in classes(outputs, meaning).tolist()]


def test_preprocessing_of_every_kind_is_computed_in_double_precision():
    column = {"missing": "drop", "fill": None, "encoding": "one_hot", "categories": []}
    fit = {"fill": None, "seen": [], "extra": None, "indicator": False}
    documents = [
        {**column, "name": "big", "type": "number", "fit": fit},
        {**column, "name": "gaps", "type": "number", "fit": {**fit, "fill": 2.5, "indicator": True}},
        {**column, "name": "day", "type": "date", "fit": fit},
        {**column, "name": "kind", "type": "category", "categories": ["a", "b", "c"], "fit": {**fit, "seen": [0, 2, 3],
         "fill": 3.0, "extra": "missing"}},
        {**column, "name": "size", "type": "category", "encoding": "ordinal", "categories": ["s", "m", "l"],
         "fit": {**fit, "seen": [0, 2]}},
        {**column, "name": "yes", "type": "yes_no", "categories": ["no", "yes"], "fit": {**fit, "seen": [0, 1]}},
        {**column, "name": "class", "type": "yes_no", "categories": ["n", "y"],
         "fit": {**fit, "seen": [0, 1, 2], "fill": 2.0, "extra": "missing"}},
    ]  # fmt: skip
    terms = [["sine", "big"], ["power5", "gaps"], ["product", "big", "gaps"]]
    width = 1 + 2 + 1 + 3 + 1 + 1 + 3 + len(terms)
    scaling = {"kind": "standard", "center": [1e9, *[0.1] * (width - 1)], "scale": [1e-3, *[0.7] * (width - 1)]}
    pipeline = Pipeline.from_json({"columns": documents, "terms": terms, "scaling": scaling})
    nan = float("nan")
    raw = np.array([[1e9 + 1e-4, nan, 19000, 0, 0, 1, nan], [1e9, 1.5, -3, nan, 2, 0, 1], [1e9, 0, 1, 1, 1, 0, 0]])
    words = {
        "kind": ["a", "", "b"],
        "size": ["s", "l", "m"],
        "yes": ["yes", "no", "no"],
        "class": ["", "y", "n"],
    }
    names = [item["name"] for item in documents]
    graph = Graph(names)
    graph.add("Identity", add_preprocessing(graph, pipeline, names), out="inputs")
    given = {
        name: np.array(words[name], dtype=object)[:, None] if name in words else raw[:, [place]]
        for place, name in enumerate(names)
    }
    told = [tensor_info(name, STRING if name in words else DOUBLE, ("n", 1)) for name in names]
    content = graph.to_bytes(told, [tensor_info("inputs", FLOAT, ("n", width))], {})
    found = onnxruntime.InferenceSession(content).run(["inputs"], given)[0]
    wanted = pipeline.apply(raw)
    # In single precision it would be 0 or 64.
    assert abs(wanted[0, 0] - 0.1) < 1e-3 and found[0, 0] == wanted[0, 0]
    assert np.abs(found - wanted).max() <= 1e-6 * np.abs(wanted).max()


def test_what_the_app_refuses_is_not_answered(two_classes, table):
    def said(trained, change):
        from nnbuilder.export.onnx_file import write

        given = {
            name: column.astype(object) if column.dtype.kind == "U" else column.copy()
            for name, column in zip(input_names(trained), as_given(trained), strict=True)
        }
        change(given)
        session = onnxruntime.InferenceSession(write(trained, "raw"))
        return session.run(["output", "probabilities", "class"], given)

    def unknown(given):
        given["island"][1, 0] = "Atlantis"  # one-hot
        given["island"][2, 0] = ""  # a gap that nothing fills
        given["sex"][3, 0] = "unheard"
        given["bill_length_mm"][4, 0] = np.inf

    def gap(given):
        given["x1"][1, 0] = np.nan  # of which ReLU would make a number

    for trained, change, rows in ((table, unknown, [1, 2, 3, 4]), (two_classes, gap, [1])):
        usual, found = said(trained, lambda given: None), said(trained, change)
        others = np.setdiff1d(np.arange(len(usual[0])), rows)
        assert np.isfinite(usual[0]).all() and "" not in usual[2]
        assert np.isnan(found[0][rows]).all() and np.isnan(found[1][rows]).all()
        assert list(found[2][rows]) == [""] * len(rows)
        assert all(np.array_equal(one[others], other[others]) for one, other in zip(usual, found, strict=True))


def test_columns_named_like_outputs_keep_their_names(two_classes):
    from dataclasses import replace

    from nnbuilder.export.onnx_file import write

    class Renamed:
        def __getattr__(self, name):
            return getattr(two_classes, name)

    odd = Renamed()
    plans = two_classes.prepared.pipeline.columns
    pipeline = replace(
        two_classes.prepared.pipeline,
        columns=(replace(plans[0], name="output"), replace(plans[1], name="gemm")),
        terms=(),
        center=(0.0,) * 3,
        scale=(1.0,) * 3,
    )
    pipeline = replace(pipeline, terms=(replace(two_classes.prepared.pipeline.terms[0], columns=("output", "gemm")),))
    odd.prepared = replace(two_classes.prepared, pipeline=pipeline)
    session = onnxruntime.InferenceSession(write(odd, "raw"))  # type: ignore[arg-type]
    assert [item.name for item in session.get_inputs()] == ["output", "gemm"]
    assert [item.name for item in session.get_outputs()] == ["output_2", "probabilities", "class"]
