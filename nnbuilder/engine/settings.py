"""The settings of the engine, read once from the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nnbuilder.errors import NNBuilderError


@dataclass(frozen=True)
class Settings:
    """How many runs may train at once, and what each may take."""

    slots: int = field(default_factory=lambda: max(2, 4 * (os.cpu_count() or 1)))
    """Runs that train at the same time; others wait in the queue."""
    grace: float = 60.0
    """Seconds a run is kept while nobody watches it."""
    worker_memory: int = 4096
    """MiB of private memory a worker may take; 0 is no limit."""
    fps: float = 30.0
    """Pictures a second a browser gets if it asks for no other number."""
    fork: bool = sys.platform.startswith("linux")
    """Fork workers from the warm launcher; without it a spare warm worker waits instead."""
    handshake: float = 5.0
    """Seconds a new connection has to name its token."""
    forget: float = 600.0
    """Seconds after which a run without worker and watchers is no longer known."""


_NUMBERS = {
    "NNBUILDER_SLOTS": ("slots", int, 1, 10_000, "a whole number of runs from 1 to 10 000"),
    "NNBUILDER_GRACE": ("grace", float, 0, 1e6, "a number of seconds from 0 to 1 000 000"),
    "NNBUILDER_WORKER_MEMORY": ("worker_memory", int, 0, 2**30, "a whole number of MiB, or 0 for no limit"),
    "NNBUILDER_FPS": ("fps", float, 0, 120, "a number of pictures a second from 0 to 120"),
}


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in the environment; what is not set takes its default.

    Raises
    ------
    NNBuilderError
        If a variable holds something else than a number in its range.
    """
    settings = Settings()
    for variable, (name, kind, low, high, wanted) in _NUMBERS.items():
        text = environment.get(variable, "").strip()
        if not text:
            continue
        try:
            value = kind(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise NNBuilderError(f"{variable} must be {wanted}, but it is {text!r}; correct it and start again.")
        settings = replace(settings, **{name: value})
    return settings
