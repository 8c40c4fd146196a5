"""Waiting for the answer of a process of its own, with a bar that says how far it is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import Any

from nnbuilder.engine.protocol import Runner

Show = Callable[[float, str], object]
"""Takes a share from 0 to 1 and words."""
LOOK_SECONDS = 0.1


def ask_with_progress(
    engine: Runner, question: dict[str, Any], within: float, begin: str, show: Show
) -> dict[str, Any]:
    """The answer to a question; `show` is called, on the thread of the page, with how far it is, `begin` at first.

    Raises
    ------
    NNBuilderError
        If the question cannot be answered within as many seconds.
    """
    state: dict[str, Any] = {"share": 0.0, "words": begin}

    def hear(share: float, words: str) -> None:
        state.update(share=share, words=words)

    with ThreadPoolExecutor(1, thread_name_prefix="ask") as pool:
        answer = pool.submit(engine.ask, question, within, hear)
        while True:
            try:
                return answer.result(LOOK_SECONDS)
            except NotYet:
                show(min(1.0, max(0.0, state["share"])), state["words"])
