"""The lines from rows to tensors of each part, data sets and loaders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from nnbuilder.catalog.losses import Target
from nnbuilder.facts import DataFacts
from nnbuilder.source.layout import call
from nnbuilder.source.script import Script

if TYPE_CHECKING:
    from nnbuilder.spec import Training


def write_target(script: Script, classes: bool, form: Target) -> None:
    """Turn the array `y` into the tensor that the loss needs."""
    script.use("torch")
    if not classes:
        script.line("y = torch.tensor(y, dtype=torch.float32).unsqueeze(1)")
    elif form == "class":
        script.line("y = torch.tensor(y, dtype=torch.int64)")
    elif form == "plus_minus":
        script.comment("The loss wants -1 for the first class and 1 for the second.")
        script.line("y = torch.tensor(y, dtype=torch.float32).unsqueeze(1) * 2 - 1")
    else:
        script.line("y = torch.tensor(y, dtype=torch.float32).unsqueeze(1)")


def write_parts(script: Script, parts: Iterable[str] = ("train", "validation", "test")) -> None:
    """Take the rows of each part."""
    script.paragraph()
    for part in parts:
        script.line(f"x_{part}, y_{part} = x[{part}], y[{part}]")


def write_loaders(script: Script, training: Training, facts: DataFacts) -> None:
    """Make the loader that hands out batches."""
    script.use("torch.utils.data", "DataLoader", "TensorDataset")
    script.paragraph()
    script.line("train_set = TensorDataset(x_train, y_train)")
    size = training.batch_size
    if not size or size >= facts.train_rows:
        script.line("train_loader = DataLoader(train_set, batch_size=len(train_set))")
    elif not training.shuffle:
        script.line(f"train_loader = DataLoader(train_set, batch_size={size})")
    else:
        script.line(f"chance = torch.Generator().manual_seed({training.seed})")
        loader = call("DataLoader", "train_set", f"batch_size={size}", "shuffle=True", "generator=chance")
        script.set("train_loader", loader)
