"""The table of exporters by key, and how one of them is found and chosen."""

from __future__ import annotations

from collections.abc import Mapping

from nnbuilder.errors import NNBuilderError
from nnbuilder.export.exporter import Exporter
from nnbuilder.export.rows import ROWS
from nnbuilder.export.snippets import Net
from nnbuilder.fields import did_you_mean

EXPORTERS: Mapping[str, Exporter] = {row.key: row for row in ROWS}
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
