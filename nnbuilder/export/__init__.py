"""The files a person takes home."""

from __future__ import annotations

from pathlib import Path

from nnbuilder.export.table import EXPORTERS, Exporter

__all__ = ["EXPORTERS", "Exporter", "write"]


def write(kind: str, checkpoint: Path, target: Path) -> None:
    """Write the file of `kind` made from a checkpoint file to `target`; see `nnbuilder.export.torch_files.write`."""
    # torch is imported here and not above, because the page reads the table and must not load torch.
    from nnbuilder.export.torch_files import write as write_torch_file

    write_torch_file(kind, checkpoint, target)
