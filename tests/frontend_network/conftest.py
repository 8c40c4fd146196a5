"""One browser, one tab and one server a session; the tab is loaded anew for each test.

Playwright's plain API allows one session a thread, and other tests may hold one; so these tests run in a
thread of their own.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))

from fake_page import FakePage

THREAD = ThreadPoolExecutor(1, thread_name_prefix="network-browser")
WAIT_MS = 10_000


def there(function: Callable[..., Any], *arguments: Any) -> Any:
    """What `function` returns when it is called in the browser's thread."""
    return THREAD.submit(function, *arguments).result()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    THREAD.submit(pyfuncitem.obj, **arguments).result()
    return True


@pytest.fixture(scope="session")
def server() -> Iterator[FakePage]:
    with FakePage() as page:
        yield page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    playwright = there(sync_playwright().start)
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    chromium = there(lambda: playwright.chromium.launch(executable_path=path, args=arguments))
    yield chromium
    there(chromium.close)
    there(playwright.stop)


@pytest.fixture(scope="session")
def window(browser: Browser) -> tuple[Page, list[str]]:
    """The tab, and what was reported as an error in it."""
    faults: list[str] = []

    def start() -> Page:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        return page

    return there(start), faults


@pytest.fixture
def tab(window: tuple[Page, list[str]], server: FakePage) -> Iterator[Page]:
    """The harness page, fresh; a test fails when an error was reported in it."""
    page, faults = window
    faults.clear()

    def load() -> None:
        page.mouse.move(0, 0)
        page.goto(server.url)
        page.wait_for_function("window.ready")

    there(load)
    yield page
    assert faults == []
