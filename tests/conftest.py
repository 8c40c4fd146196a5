from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from benchmarks.browser import OPTIONS, chromium

expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of one file; Playwright's loop must not outlive it: other tests run their own."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        yield opened
        opened.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The file that takes longest begins first, so that at the end no core waits for it alone."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/browser/test_nothing_is_lost"))
