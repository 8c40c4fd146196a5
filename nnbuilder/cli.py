"""The command line: ready projects, checking and training with the same code as the page.

Formats and exit codes are a contract, written down in docs/cli.md.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nnbuilder.catalog.sources import TABLE
from nnbuilder.check import check
from nnbuilder.errors import Edit, InvalidProject, NNBuilderError, errors_only
from nnbuilder.export import command as export_command
from nnbuilder.loading import command as open_command
from nnbuilder.predicting import command as predict_command
from nnbuilder.recipes import recipe, recipes
from nnbuilder.spec import Project, read_text
from nnbuilder.tables import command as table_command
from nnbuilder.tables.library import Library, way_of

if TYPE_CHECKING:
    from nnbuilder.training.trainer import Trainer

OK, FAULTY, INVALID, DIVERGED, INTERRUPTED = 0, 1, 2, 3, 130
LARGEST_PROJECT_FILE = 10 * 2**20
COMMANDS = (predict_command, export_command, open_command, table_command)
"""The commands that have modules of their own, each with `add` and `run`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except InvalidProject as error:
        print(error, file=sys.stderr)
        return INVALID
    except NNBuilderError as error:
        print(f"nnbuilder: {error}", file=sys.stderr)
        return INVALID
    except BrokenPipeError:
        # Whoever read on has read enough; without this Python would complain once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("Interrupted before training began; nothing was written.", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nnbuilder", description="Build and train neural networks.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("recipes", help="list the ready projects, or print one as JSON")
    listing.add_argument("name", nargs="?", metavar="NAME")
    listing.set_defaults(run=_recipes)
    checking = commands.add_parser("check", help="print what is wrong with a project")
    checking.add_argument("project", metavar="PROJECT.json")
    checking.set_defaults(run=_check)
    training = commands.add_parser("train", help="train a project and save the model")
    training.add_argument("project", metavar="PROJECT.json")
    training.add_argument(
        "--out", required=True, metavar="DIR", help="folder for model.pth, history.json and metrics.json"
    )
    training.add_argument("--device", metavar="D", help="auto, cpu, cuda:0, mps …")
    training.add_argument("--epochs", type=int, metavar="N", help="epochs to train for, in place of the project's")
    training.add_argument("--seed", type=int, metavar="N", help="seed of first weights and of training")
    training.add_argument("--quiet", action="store_true", help="no progress bar and no summary")
    training.set_defaults(run=_train)
    for command in COMMANDS:
        command.add(commands)
    return parser


def _recipes(options: argparse.Namespace) -> int:
    if options.name:
        print(recipe(options.name).project().to_text())
        return OK
    width = max(len(key) for key in recipes())
    for item in recipes().values():
        print(f"{item.key:<{width}}  {item.title}: {item.help}")
    return OK


def _check(options: argparse.Namespace) -> int:
    try:
        problems = check(_read(options.project))
    except InvalidProject as error:
        problems = list(error.problems)
    for problem in problems:
        print(problem)
    return FAULTY if errors_only(problems) else OK


def _train(options: argparse.Namespace) -> int:
    project = _with_options(_read(options.project), options)
    problems = errors_only(check(project))
    if problems:
        raise InvalidProject(problems)
    folder = _folder(options.out)
    # torch takes seconds to import, which a faulty project should not cost.
    from nnbuilder.data.prepare import prepare
    from nnbuilder.training.events import Diverged
    from nnbuilder.training.trainer import Trainer

    trainer = Trainer(project, prepare(project.data))
    interrupted = _stop_on_interrupt(trainer)
    last = _run(trainer, options.quiet)
    _save(trainer, folder)
    if isinstance(last, Diverged):
        print(last.message, file=sys.stderr)
        return DIVERGED
    if interrupted:
        print(f"Interrupted in epoch {trainer.epoch + 1}; everything so far is in {folder}.", file=sys.stderr)
        return INTERRUPTED
    if not options.quiet:
        print(_summary(trainer, folder))
    return OK


def _read(name: str) -> Project:
    path = Path(name)
    try:
        if path.stat().st_size > LARGEST_PROJECT_FILE:
            raise NNBuilderError(f"{name} is larger than 10 MiB, which no project is; choose a project file.")
        project = read_text(path.read_bytes())
        _bring_table(project, path.parent)
        return project
    except OSError as error:
        raise NNBuilderError(f"{name} cannot be read ({error.strerror}); check the name.") from None


def _bring_table(project: Project, folder: Path) -> None:
    """Take in the table a project is about, if it lies beside it under its name and was not taken in before."""
    source = project.data.source
    if source.kind != TABLE:
        return
    library = Library.default()
    # A name from a file must not lead out of its folder.
    beside = folder / Path(source["file"]).name
    if not library.has(source["sha256"]) and beside.is_file():
        library.keep(beside.read_bytes())
    library.read(source["sha256"], source["file"], **way_of(source.settings))


def _with_options(project: Project, options: argparse.Namespace) -> Project:
    edits = []
    if options.device is not None:
        edits.append(Edit("set", "training.device", options.device))
    if options.epochs is not None:
        edits.append(Edit("set", "training.epochs", options.epochs))
    if options.seed is not None:
        edits += [Edit("set", "network.seed", options.seed), Edit("set", "training.seed", options.seed)]
    return project.edited(*edits)


def _folder(name: str) -> Path:
    folder = Path(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NNBuilderError(f"--out {name} cannot be made ({error.strerror}); choose another folder.") from None
    return folder


def _stop_on_interrupt(trainer: Trainer) -> list[int]:
    """Let Ctrl-C and a polite kill end training after the batch at hand; the list tells that it happened."""
    received: list[int] = []

    def stop(number: int, _frame: object) -> None:
        received.append(number)
        trainer.control.stop = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    return received


def _run(trainer: Trainer, quiet: bool) -> object:
    """Train to the end behind a progress bar; the last event."""
    from tqdm import tqdm

    from nnbuilder.training.events import Epoch

    last: object = None
    with tqdm(total=trainer.epochs, unit="epoch", disable=quiet, file=sys.stderr) as bar:
        for event in trainer.events():
            last = event
            if isinstance(event, Epoch):
                bar.set_postfix_str(_losses(event.row), refresh=False)
                bar.update()
    return last


def _losses(row: dict[str, float]) -> str:
    validation = row["validation_loss"]
    text = f"loss {row['train_loss']:.4g}"
    return text if validation != validation else f"{text}, validation {validation:.4g}"


def _save(trainer: Trainer, folder: Path) -> None:
    from nnbuilder.store.files import write_atomically
    from nnbuilder.training import checkpoint

    checkpoint.write(folder / "model.pth", trainer)
    for name, content in (("history.json", trainer.history.to_json()), ("metrics.json", _plain(trainer.measure()))):
        text = json.dumps(content, indent=2, allow_nan=False) + "\n"
        write_atomically(folder / name, text.encode())


def _plain(measured: dict[str, dict[str, float]]) -> dict[str, dict[str, float | None]]:
    """The metrics as JSON: what could not be measured (ROC AUC of one class, say) is null."""
    return {
        part: {name: value if math.isfinite(value) else None for name, value in numbers.items()}
        for part, numbers in measured.items()
    }


def _summary(trainer: Trainer, folder: Path) -> str:
    lines = []
    for part, numbers in trainer.measure().items():
        if numbers:
            lines.append(f"{part:<11} " + "  ".join(f"{name} {value:.4g}" for name, value in numbers.items()))
    return "\n".join([*lines, f"Saved model.pth, history.json and metrics.json in {folder}."])
