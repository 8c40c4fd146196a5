"""One browser and one server a test session, one page and one run a test."""

from __future__ import annotations

import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))

from fake_board import Circles, FakeBoard, FakeRun, show_circles  # noqa: E402

WAIT_MS = 10_000


def _chromium() -> str | None:
    """The browser installed on the machine; without one Playwright's own is tried."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def board() -> Iterator[FakeBoard]:
    with FakeBoard() as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[BrowserContext]:
    """One context, so that the chart library is fetched once."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=_chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield chromium.new_context(viewport={"width": 1440, "height": 900})
        chromium.close()


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


@pytest.fixture(scope="session")
def blank(browser: BrowserContext, board: FakeBoard) -> Iterator[Page]:
    """A page of the server with nothing mounted, for trying single modules."""
    page = browser.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{board.url}/?parts=")
    page.wait_for_function("window.ready")
    yield page
    page.close()


@pytest.fixture
def open_page(browser: BrowserContext, board: FakeBoard, token: str) -> Iterator[Callable[..., Page]]:
    """Opens the harness on this test's run; faults of the page fail the test."""
    pages: list[Page] = []
    faults: list[str] = []

    def opened(script: str = "", **query: Any) -> Page:
        page = browser.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        if script:
            page.add_init_script(script)
        given = "&".join(f"{name}={value}" for name, value in {"token": token, **query}.items())
        page.goto(f"{board.url}/?{given}")
        pages.append(page)
        # By the clock: a test may hold the animation frames that Playwright would otherwise wait for.
        page.wait_for_function("window.ready", polling=20)
        return page

    yield opened
    for page in pages:
        page.close()
    assert not faults
