"""One server a test session, one page and one run a test."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

sys.path.insert(0, str(Path(__file__).parent))

from drawing import draw, other_page
from fake_board import Circles, FakeBoard, FakeRun, show_circles

__all__ = ["draw", "other_page"]

WAIT_MS = 30_000


@pytest.fixture(scope="session")
def board() -> Iterator[FakeBoard]:
    with FakeBoard() as server:
        yield server


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One context, so that the chart library is fetched once."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


@pytest.fixture
def token() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def run(board: FakeBoard, token: str) -> FakeRun:
    """A run that shows nothing yet."""
    return board.run(token)


@pytest.fixture
def circles(run: FakeRun) -> Circles:
    """The run shows circles, ready at epoch 0."""
    shown = Circles()
    show_circles(run, shown)
    return shown


@pytest.fixture(scope="module")
def blank(context: BrowserContext, board: FakeBoard) -> Iterator[Page]:
    """A page of the server with nothing mounted, for trying single modules."""
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{board.url}/?parts=")
    page.wait_for_function("window.ready")
    yield page
    page.close()


@pytest.fixture
def open_page(
    context: BrowserContext, board: FakeBoard, token: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Opens the harness on this test's run; faults of the page fail the test.

    Only where a module says `CHARTS = True` the library of the curves is loaded.
    """
    charts = "real" if getattr(request.module, "CHARTS", False) else "none"
    pages: list[Page] = []
    faults: list[str] = []

    def opened(script: str = "", **query: Any) -> Page:
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        if script:
            page.add_init_script(script)
        given = "&".join(f"{name}={value}" for name, value in {"token": token, "charts": charts, **query}.items())
        page.goto(f"{board.url}/?{given}")
        pages.append(page)
        # By the clock: a test may hold the animation frames that Playwright would otherwise wait for.
        page.wait_for_function("window.ready", polling=20)
        return page

    yield opened
    for page in pages:
        page.close()
    assert not faults
