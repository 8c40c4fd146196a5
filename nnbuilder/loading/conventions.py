"""Weights that other programs, or parts of torch, keep in another form: told as what they are, with what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nnbuilder.loading.limits import shown

Shapes = Mapping[str, tuple[int, ...]]

MADE_OF_OTHERS = re.compile(r"(.*\.)?(parametrizations\..+|weight_(g|v|orig|mask|u))")
"""What torch calls the parts of a weight that is computed anew in every step."""
KERNEL = re.compile(r"(.*[./])?kernel(:0)?")


def other_form(shapes: Shapes) -> str:
    """Why weights by these names and shapes are not those of layers of torch, as a sentence; "" if they may be."""
    for name, shape in shapes.items():
        if MADE_OF_OTHERS.fullmatch(name):
            return (
                f"holds a weight that is computed of others ({shown(name)}), as by weight normalization or pruning; "
                "make it a plain one with the remove function of torch.nn.utils and save it anew."
            )
        if KERNEL.fullmatch(name):
            return (
                f"names its weights as Keras and JAX do ({shown(name)} {list(shape)}); turn each kernel to [outputs, "
                "inputs], call it weight instead, and save it anew."
            )
    return _other_way_round(shapes)


def _other_way_round(shapes: Shapes) -> str:
    """Whether weights lie as [inputs, outputs]: each bias is as long as the second number of its weight says."""
    pairs = [
        (name, shape, bias[0])
        for name, shape in shapes.items()
        if len(shape) == 2 and len(bias := shapes.get(f"{name.removesuffix('weight')}bias", ())) == 1
    ]
    turned = [pair for pair in pairs if pair[1][0] != pair[2]]
    if not turned or any(shape[1] != bias for _, shape, bias in pairs):
        return ""
    name, shape, bias = turned[0]
    return (
        f"has its weights the other way round ({shown(name)} {list(shape)} with a bias of {bias}), as Keras and "
        "TensorFlow do; turn each to [outputs, inputs], weight.T, and save it anew."
    )
