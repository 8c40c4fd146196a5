"""One browser session: its clicks are taken one after the other."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

from nnbuilder.recipes import recipe
from nnbuilder.ui import session
from nnbuilder.ui.state import Desk, Memory
from tests.ui.fake_backend import fake_backend

PATIENCE = 30.0


def test_a_click_waits_for_the_one_before_and_means_what_that_opened(tmp_path: Path, monkeypatch) -> None:
    backend, memory = fake_backend(tmp_path), Memory()
    left, opened = (backend.store.create_project(recipe(name).project().to_json()).id for name in ("circles", "blobs"))
    # The browser has not heard of the new project when the second click is made.
    known = SimpleNamespace(query_params={session.PARAMETER: left}, session_state={session.MEMORY: memory})
    monkeypatch.setattr(session, "st", known)
    monkeypatch.setattr(session, "backend", lambda: backend)
    begun, read, seen = threading.Event(), threading.Event(), list[str]()

    def open_file(desk: Desk) -> None:
        begun.set()
        assert read.wait(PATIENCE)
        desk.memory.leave_for(opened)

    first = threading.Thread(target=session.change, args=(open_file,))
    second = threading.Thread(target=session.change, args=(lambda desk: seen.append(desk.project_id),))
    page = threading.Thread(target=lambda: seen.append(session.open_desk().project_id))
    first.start()
    assert begun.wait(PATIENCE)
    second.start()
    page.start()
    second.join(0.2)
    assert seen == [], "nothing is done on the old project meanwhile"
    read.set()
    for thread in (first, second, page):
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert seen == [opened, opened]
    assert known.query_params == {session.PARAMETER: opened}
    backend.store.close()
