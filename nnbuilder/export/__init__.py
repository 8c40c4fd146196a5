"""The files a person takes home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nnbuilder.export.exporter import GROUPS, Exporter
from nnbuilder.export.snippets import Net
from nnbuilder.export.table import EXPORTERS, chosen, find

__all__ = ["EXPORTERS", "GROUPS", "Exporter", "Net", "chosen", "find", "write"]


def write(
    kind: str, checkpoint: Path, target: Path, progress: Callable[[float, str], None] = lambda share, words: None
) -> str:
    """Write the file of `kind` made from a checkpoint file to `target`; see `nnbuilder.export.making.make`."""
    # torch is imported here and not above, because the page reads the table and must not load torch.
    from nnbuilder.export.making import make

    return make(kind, checkpoint, target, progress)
