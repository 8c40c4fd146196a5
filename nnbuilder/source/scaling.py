"""The lines that add terms to a matrix of numbers and bring its columns to one scale."""

from __future__ import annotations

from collections.abc import Sequence

from nnbuilder.source.layout import Part, before, call, items
from nnbuilder.source.script import Script

_TERMS = {
    "square": "{0} * {0}",
    "sine": "np.sin({0}.copy())",
    "product": "{0} * {1}",
    "power3": "{0} * {0} * {0}",
    "power4": "{0} * {0} * {0} * {0}",
    "power5": "{0} * {0} * {0} * {0} * {0}",
}


def write_terms(script: Script, matrix: str, terms: Sequence[Sequence[str]], columns: Sequence[str]) -> None:
    """Write the lines that append terms to the matrix, whose columns have these names."""
    if not terms:
        return
    written: list[Part] = [matrix]
    for kind, *names in terms:
        written.append(_TERMS[kind].format(*(f"{matrix}[:, {columns.index(name)}]" for name in names)))
    script.use("numpy as np")
    script.comment("Extra inputs made of the others.")
    script.put(before(f"{matrix} = ", call("np.column_stack", items(written))))


def write_scaling(script: Script, matrix: str, scaling: str) -> None:
    """Write the lines that scale every column of the matrix by what its training rows say."""
    if scaling == "none":
        return
    script.use("numpy as np")
    script.paragraph(f"{_SAID[scaling]}; the training rows alone say how.")
    script.line(f"known = {matrix}[train]")
    for line in _LINES[scaling]:
        script.line(line)
    script.line(f"{matrix} = ({matrix} - center) / scale")


_SAID = {
    "standard": "Bring all columns to mean 0 and deviation 1",
    "minmax": "Bring all columns to the range from 0 to 1",
    "robust": "Bring all columns to median 0 and quartile range 1",
}
_LINES = {
    # As scikit-learn does it, to the last bit.
    "standard": (
        "rows, tiny = len(known), np.finfo(np.float64).eps",
        "center = known.mean(axis=0)",
        "off = known - center",
        "# The variance less its rounding errors, as scikit-learn's StandardScaler has it.",
        "variance = ((off**2).sum(axis=0) - off.sum(axis=0) ** 2 / rows) / rows",
        "# A column that never varies is not divided.",
        "same = variance <= rows * tiny * variance + (rows * center * tiny) ** 2",
        "scale = np.where(same, 1.0, np.sqrt(variance))",
    ),
    "minmax": (
        "center = known.min(axis=0)",
        "scale = known.max(axis=0) - center",
        "# A column that never varies is not divided.",
        "scale[scale < 10 * np.finfo(np.float64).eps] = 1.0",
        "scale = 1 / (1 / scale)  # rounded as by scikit-learn, which multiplies",
    ),
    "robust": (
        "center = np.median(known, axis=0)",
        "scale = np.subtract(*np.percentile(known, [75, 25], axis=0))",
        "# A column that never varies is not divided.",
        "scale[scale < 10 * np.finfo(np.float64).eps] = 1.0",
    ),
}
