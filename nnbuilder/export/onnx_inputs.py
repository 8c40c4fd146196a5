"""The preprocessing as an ONNX graph: a column of the table is an input, in double precision as in the app.

A column of numbers or dates (days since 1970-01-01) is a double, NaN where it is missing; one of categories is a text,
"" where it is missing. What the app refuses (a gap nothing fills, a category that it does not know) becomes NaN here,
and so do the answers: a graph cannot speak.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnbuilder.data.columns import ColumnFit, ColumnPlan, is_single
from nnbuilder.data.columns import input_names as names_of
from nnbuilder.data.pipeline import Pipeline
from nnbuilder.data.terms import Term
from nnbuilder.export.onnx_graph import DOUBLE, FLOAT, STRING, Graph
from nnbuilder.export.trained import Trained

UNSEEN = -1.0
"""The number of a category that is known, but that no training row has."""
NAN = float("nan")
"""The number of a text that is no category of the column."""


def input_names(trained: Trained) -> list[str]:
    """What the inputs of the graph are called: as the columns are."""
    # ONNX has a meaning of its own for a value without a name.
    return [plan.name or "column" for plan in trained.prepared.pipeline.columns]


def input_kinds(trained: Trained) -> list[int]:
    """ONNX's type of each input."""
    return [STRING if _in_words(plan) else DOUBLE for plan in trained.prepared.pipeline.columns]


def as_given(trained: Trained) -> list[NDArray]:
    """The rows to compare on as a person would give them, one array [n, 1] a column."""
    given: list[NDArray] = []
    for plan, column in zip(trained.prepared.pipeline.columns, trained.raw.T, strict=True):
        if not _in_words(plan):
            given.append(column[:, None])
            continue
        known = range(len(plan.categories))
        words = [plan.categories[int(code)] if code in known else ("" if np.isnan(code) else "?") for code in column]
        given.append(np.array(words, dtype=np.str_)[:, None])
    return given


def add_preprocessing(graph: Graph, pipeline: Pipeline, names: list[str]) -> str:
    """Add what is done to the columns before the network gets them; the name of the inputs, float [n, inputs]."""
    inputs: list[str] = []
    values: dict[str, str] = {}
    for name, plan, fitted in zip(names, pipeline.columns, pipeline.fits, strict=True):
        if _in_words(plan):
            inputs += _categories(graph, name, plan, fitted)
            continue
        filled = _filled(graph, name, fitted.fill)
        if plan.type == "number":
            values[plan.name] = filled
        inputs.append(filled)
        if fitted.indicator:
            inputs.append(graph.cast(graph.add("IsNaN", name), DOUBLE))
    inputs += [_term(graph, term, [values[name] for name in term.columns]) for term in pipeline.terms]
    together = graph.add("Concat", *inputs, axis=1)
    center = graph.constant(pipeline.center, np.float64, "center")
    scale = graph.constant(pipeline.scale, np.float64, "scale")
    scaled = graph.add("Div", graph.add("Sub", together, center), scale)
    return graph.cast(scaled, FLOAT)


def _in_words(plan: ColumnPlan) -> bool:
    return plan.type in ("category", "yes_no")


def _filled(graph: Graph, value: str, fill: float | None) -> str:
    if fill is None:
        # A name of its own: what goes into the graph must not be what is worked on.
        return graph.add("Identity", value)
    return graph.add("Where", graph.add("IsNaN", value), graph.constant(fill, np.float64, "fill"), value)


def _categories(graph: Graph, name: str, plan: ColumnPlan, fitted: ColumnFit) -> list[str]:
    """The inputs made of a column of words: a number each, or one of 0 and 1 for each category."""
    codes = {label: float(code) for code, label in enumerate(plan.categories)}
    if fitted.fill is not None:
        codes.setdefault("", fitted.fill)
    single = is_single(plan, fitted)
    if single:
        return [_looked_up(graph, name, codes)]
    if plan.encoding == "ordinal":
        seen = {float(code): float(place) for place, code in enumerate(fitted.seen)}
        return [_looked_up(graph, name, {label: seen.get(code, UNSEEN) for label, code in codes.items()})]
    code = _looked_up(graph, name, codes)
    seen = graph.constant(np.array(fitted.seen, dtype=np.float64)[None], np.float64, "categories")
    hot = graph.cast(graph.add("Equal", code, seen), DOUBLE)
    assert len(names_of(plan, fitted)) == len(fitted.seen)
    return [graph.add("Where", graph.add("IsNaN", code), graph.constant(NAN, np.float64, "unknown"), hot)]


def _looked_up(graph: Graph, name: str, numbers: dict[str, float]) -> str:
    found = graph.add(
        "LabelEncoder",
        name,
        domain="ai.onnx.ml",
        keys_strings=list(numbers) or [""],
        values_floats=list(numbers.values()) or [NAN],
        default_float=NAN,
    )
    return graph.cast(found, DOUBLE)


def _term(graph: Graph, term: Term, values: list[str]) -> str:
    if term.kind == "sine":
        return graph.add("Sin", values[0])
    # The same products in the same order as the app's.
    factors = {"square": 2, "power3": 3, "power4": 4, "power5": 5}.get(term.kind)
    first, others = values[0], values[1:] if factors is None else [values[0]] * (factors - 1)
    for other in others:
        first = graph.add("Mul", first, other)
    return first
