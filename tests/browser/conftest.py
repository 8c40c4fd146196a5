from __future__ import annotations

import pytest

from benchmarks.server import AppServer
from tests.browser.person import Person


@pytest.fixture
def serve(tmp_path):
    """Starts servers that share one store; all are ended after the test."""
    servers = []

    def start(**settings):
        server = AppServer(tmp_path, settings).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.end()


@pytest.fixture
def visit(browser):
    """Opens the app as a new visitor; whatever the page's scripts complain of fails the test."""
    contexts, complaints = [], []

    def open_page(url, **options):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        return Person(page)

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
