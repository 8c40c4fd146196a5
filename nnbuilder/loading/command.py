"""The command that tells what a file of weights holds, and writes it as a project and safetensors."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnbuilder.catalog.dataset_rules import MOST_CLASSES, MOST_FEATURES
from nnbuilder.catalog.layers import LAYERS
from nnbuilder.errors import Edit, NNBuilderError
from nnbuilder.fields import did_you_mean, plain
from nnbuilder.loading import stack as stacks
from nnbuilder.loading.limits import shown
from nnbuilder.loading.stack import NOTHING, USUAL, Stack
from nnbuilder.recipes import recipe
from nnbuilder.spec import Project

if TYPE_CHECKING:
    from nnbuilder.loading.content import Loaded

PROJECT, WEIGHTS = "project.json", "weights.safetensors"
STAND_IN = "circles"
"""The recipe whose training stands for the one that a file of weights does not know."""


def add(commands: Any) -> None:
    """Put the command's words beside those of the others."""
    opening = commands.add_parser(
        "open", help="tell what a checkpoint, a bundle or weights of another program hold, without running any of it"
    )
    opening.add_argument("file", metavar="FILE", help=".pth, .pt, .safetensors, .json or .zip")
    opening.add_argument(
        "--activation", default=USUAL, metavar="NAME", help="what stands between layers of foreign weights (relu)"
    )
    opening.add_argument("--out", metavar="DIR", help=f"folder for {PROJECT} and {WEIGHTS}")
    opening.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Tell what the file holds; write it where asked."""
    kinds = [key for key, row in LAYERS.items() if row.group == "activation" and not row.learns]
    if options.activation not in (NOTHING, *kinds):
        raise NNBuilderError(
            f"There is no activation called {options.activation!r}{did_you_mean(options.activation, tuple(kinds))}"
        )
    path = Path(options.file)
    if not path.is_file():
        raise NNBuilderError(f"There is no file {options.file}; check the name.")
    # torch takes seconds to import, which a wrong name should not cost.
    from nnbuilder.loading.content import Loaded, Run
    from nnbuilder.loading.job import open_here

    # All of it is looked at before a word is said of it.
    content, weights, about_table = open_here(path, path.name)
    if isinstance(content, Run):
        print(
            f"A training of “{shown(content.project.name)}”, {plain(content.epoch)} of {plain(content.epochs)} epochs."
        )
        project = content.project
    elif isinstance(content, Loaded):
        project = content.project
    else:
        project = content
        print(f"The project “{shown(project.name)}”, {plain(len(project.network.layers))} layers.")
    if about_table:
        print(about_table)
    if weights is not None:
        _tell(weights.stack)
    if options.out:
        written = _write(Path(options.out), weights, project, path.name, options.activation)
        print(f"Written to {options.out}: {', '.join(written)}.")
        if project is None:
            print("The file knows no data, so those in the project are a stand-in; put your own there.")
    return 0


def _tell(stack: Stack) -> None:
    print(f"{stack.words}.")
    for number, piece in enumerate(stack.pieces):
        names = ", ".join(shown(name) for name in piece.names.values())
        print(f"  {number}  {piece.label}  ({names})")
    for note in stack.notes:
        print(note)


def _write(folder: Path, weights: Loaded | None, project: Project | None, name: str, activation: str) -> list[str]:
    """Write what there is; the names of the files."""
    from nnbuilder.store.files import write_atomically

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NNBuilderError(f"{folder} cannot be made ({error.strerror}); choose another folder.") from None
    written = []
    if weights is not None:
        from nnbuilder.loading.content import canonical
        from nnbuilder.store.weights import Weights, packed

        tensors = canonical(weights)
        write_atomically(folder / WEIGHTS, packed(tensors, {"file": name}))
        written.append(WEIGHTS)
        if project is None:
            project = _around(weights.stack, Weights.default().keep(tensors, {"file": name}), name, activation)
    if project is not None:
        write_atomically(folder / PROJECT, f"{project.to_text()}\n".encode())
        written.append(PROJECT)
    return written


def _around(stack: Stack, sha256: str, name: str, activation: str) -> Project:
    """A project whose network starts from the weights; the file knows no data, so made ones of its widths stand in."""
    chosen = [activation if slot.proposal == USUAL else slot.proposal for slot in stack.slots]
    layers = stacks.layers(stack, chosen, sha256, name)
    inputs, outputs = stack.widths[0], stack.widths[-1]
    source = {
        "kind": "gaussian_quantiles",
        "features": min(inputs, MOST_FEATURES),
        "classes": min(max(outputs, 2), MOST_CLASSES),
    }
    loss = {"kind": "bce_with_logits" if outputs == 1 else "cross_entropy"}
    return (
        recipe(STAND_IN)
        .project()
        .edited(
            Edit("set", "network.layers", layers),
            Edit("set", "name", name[:100]),
            Edit("set", "data.source", source),
            Edit("set", "training.loss", loss),
        )
    )
