"""Makes the file of a kind: written, checked by using it, and only then put in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nnbuilder.errors import NNBuilderError
from nnbuilder.export.proving import no_room
from nnbuilder.export.table import Exporter, chosen, find
from nnbuilder.export.trained import Trained
from nnbuilder.store.files import StoreError, write_atomically

Progress = Callable[[float, str], None]


def make(kind: str, checkpoint: Path, target: Path, progress: Progress = lambda share, words: None) -> str:
    """Write the export `kind` of a checkpoint file to `target`; what was checked of it, in one sentence.

    Raises
    ------
    NNBuilderError
        If there is no such export, it cannot be made, or it does not do what it should when it is used. What was at
        `target` is still there then.
    """
    exporter, choice = find(kind)
    need_packages(exporter)
    progress(0.0, f"Making {exporter.label.lower() if exporter.label.istitle() else exporter.label}…")
    trained = Trained.read(checkpoint)
    choice = chosen(exporter, choice, trained.net)
    missing = exporter.missing(trained.net)
    if missing:
        raise NNBuilderError(missing)
    try:
        content = write(exporter, choice, trained)
        progress(0.5, exporter.shown)
        checked = check(exporter, choice, trained, content)
        write_atomically(target, content)
    except (StoreError, NNBuilderError):
        raise
    except OSError as error:
        raise NNBuilderError(no_room(error)) from error
    return checked


def write(exporter: Exporter, choice: str, trained: Trained) -> bytes:
    """The bytes of an export, not yet checked."""
    with _telling_what_is_missing(exporter):
        return named(exporter.write)(trained, choice)


def check(exporter: Exporter, choice: str, trained: Trained, content: bytes) -> str:
    """Use the bytes of an export; what was done, in one sentence."""
    with _telling_what_is_missing(exporter):
        return named(exporter.check)(trained, choice, content, exporter.key)


@contextmanager
def _telling_what_is_missing(exporter: Exporter) -> Iterator[None]:
    """Say which package is not there; a part of this program that is not is a fault of its own."""
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name in ("", "nnbuilder"):
            raise
        raise NNBuilderError(_needs(exporter, name)) from error


def need_packages(exporter: Exporter) -> None:
    """Refuse an export whose packages are not installed."""
    for name in exporter.packages:
        if not installed(name):
            raise NNBuilderError(_needs(exporter, name))


def installed(name: str) -> bool:
    """Whether a package can be imported."""
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def named(place: str) -> Callable[..., Any]:
    """The function that the table names as ``module:function``."""
    module, _, function = place.partition(":")
    return getattr(import_module(f"nnbuilder.export.{module}"), function)


def _needs(exporter: Exporter, package: str) -> str:
    return (
        f"{exporter.label} needs the package {package}, which is not installed here; run “pip install {package}” and "
        "try again."
    )
