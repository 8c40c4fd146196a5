"""One tab a file and one server a session; the tab is loaded anew for each test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parent))

from fake_page import FakePage

WAIT_MS = 30_000


@pytest.fixture(scope="session")
def server() -> Iterator[FakePage]:
    with FakePage() as page:
        yield page


@pytest.fixture(scope="module")
def window(browser: Browser) -> tuple[Page, list[str]]:
    """The tab, and what was reported as an error in it."""
    faults: list[str] = []

    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(WAIT_MS)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    return page, faults


@pytest.fixture
def tab(window: tuple[Page, list[str]], server: FakePage) -> Iterator[Page]:
    """The harness page, fresh; a test fails when an error was reported in it."""
    page, faults = window
    faults.clear()
    page.mouse.move(0, 0)
    page.goto(server.url)
    page.wait_for_function("window.ready")
    yield page
    assert faults == []
