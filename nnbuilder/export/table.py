"""The table of exporters: what each file is called and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Exporter:
    """A kind of file: its name on the screen, the name it is saved under, and how it is loaded."""

    key: str
    label: str
    file_name: str
    help: str


EXPORTERS: Mapping[str, Exporter] = {
    exporter.key: exporter
    for exporter in (
        Exporter(
            "checkpoint",
            "Checkpoint",
            "model.pth",
            "Weights, optimizer, project and preprocessing: torch.load(…, weights_only=True) reads "
            "it, and training can go on.",
        ),
        Exporter(
            "state_dict",
            "State dict",
            "state_dict.pth",
            "Only the weights: model.load_state_dict(torch.load(…)).",
        ),
        Exporter(
            "module",
            "Whole model",
            "model_whole.pth",
            "The nn.Sequential itself: torch.load(…, weights_only=False), needs torch and nothing else.",
        ),
    )
}
