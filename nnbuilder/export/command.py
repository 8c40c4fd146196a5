"""``python -m nnbuilder export``: the same files as on the page, made and checked on the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nnbuilder.errors import NNBuilderError
from nnbuilder.export import EXPORTERS, GROUPS, Exporter, Net, find, write


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to a parser's commands."""
    parser = commands.add_parser("export", help="make a file of a trained network: ONNX, code, pictures, a bundle …")
    parser.add_argument("checkpoint", nargs="?", metavar="CHECKPOINT.pth", help="what train or the page saved")
    parser.add_argument("--kind", metavar="KIND", help="what to make, such as onnx, onnx:raw or layer:0; see --list")
    parser.add_argument("--out", metavar="FILE", help="where to save it; its usual name in this folder if left out")
    parser.add_argument("--list", action="store_true", help="list the kinds, with what can be chosen of them")
    parser.add_argument("--quiet", action="store_true", help="say nothing of what was checked")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make a file, or list what can be made; the exit code.

    Raises
    ------
    NNBuilderError
        If it cannot be made.
    """
    if options.list:
        _list(Path(options.checkpoint) if options.checkpoint else None)
        return 0
    if not options.checkpoint or not options.kind:
        raise NNBuilderError("Say which checkpoint to export and as what: export model.pth --kind onnx; see --list.")
    exporter, choice = find(options.kind)
    checkpoint = Path(options.checkpoint)
    name = options.out or _usual_name(exporter, choice, checkpoint)
    target = Path(name)
    if target.is_dir():
        raise NNBuilderError(f"--out {name} is a folder; give the name of a file in it.")
    if target.exists() and checkpoint.exists() and target.samefile(checkpoint):
        raise NNBuilderError(f"{name} is the checkpoint itself; choose another name with --out.")
    checked = write(options.kind, checkpoint, target)
    if not options.quiet:
        print(f"Saved {target}. {checked}")
    return 0


def _list(checkpoint: Path | None) -> None:
    """Print the kinds by group; of a checkpoint's network with its choices and what is missing."""
    net = _net(checkpoint) if checkpoint is not None else None
    width = max(map(len, EXPORTERS))
    for group, (title, _) in GROUPS.items():
        print(f"{title}:")
        for item in EXPORTERS.values():
            if item.group != group:
                continue
            print(f"  {item.key:<{width}}  {item.help}")
            if net is None:
                continue
            for key, label in item.choices(net) if item.choices else []:
                print(f"  {'':<{width}}    {item.key}:{key}  {label}")
            if item.missing(net):
                print(f"  {'':<{width}}    {item.missing(net)}")
    if net is None:
        sys.stdout.flush()
        print("With a checkpoint it lists what can be chosen of each, too.", file=sys.stderr)


def _usual_name(exporter: Exporter, choice: str, checkpoint: Path) -> str:
    """What a file is called where no name is given."""
    if "{reads}" not in exporter.file_name:
        return exporter.named(choice)
    net = _net(checkpoint)
    if exporter.missing(net):
        raise NNBuilderError(exporter.missing(net))
    # A name that came with a table must not lead out of this folder.
    return Path(exporter.named(choice, net)).name


def _net(checkpoint: Path) -> Net:
    """What is known of the network in a checkpoint."""
    # torch takes seconds to import, which a plain list should not cost.
    from nnbuilder.export.trained import Trained

    return Trained.read(checkpoint).net
