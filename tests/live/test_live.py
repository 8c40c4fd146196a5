"""Engine, hub and socket together: a browser sees a real run learn."""

from __future__ import annotations

import json
import time
from contextlib import asynccontextmanager

import pytest

from nnbuilder.engine.service import open_service, service
from nnbuilder.engine.settings import Settings
from nnbuilder.training.sections import unpack_section
from tests.engine.harness import LONG, project, request, until
from tests.live.harness import Server


@asynccontextmanager
async def opened():
    async with open_service(Settings(grace=600)) as made:
        yield made.hub


def test_without_a_server_there_is_no_service():
    with pytest.raises(RuntimeError, match="streamlit run"):
        service()


def test_a_browser_sees_a_run_learn(tmp_path):
    with Server(opened) as server:
        engine, hub = service().engine, service().hub
        engine.submit(request("run", tmp_path, project(LONG)))
        hub.show("project", "run")
        with server.look(hub.grant("project")) as browser:
            frame = browser.frame(20)
            until(lambda: engine.status("run")["state"] == "ready", "the run is ready")
            engine.control("run", {"do": "train"}, 10)
            rows, pictures, status = len(frame.rows), [], {}
            end = time.monotonic() + 120
            while time.monotonic() < end and (len(pictures) < 20 or not status.get("steps_per_second")):
                frame = browser.next()
                if len(frame.status):
                    status = json.loads(bytes(frame.status))
                assert frame.first_row * 48 == rows
                rows += len(frame.rows)
                if len(frame.picture):
                    pictures.append(unpack_section(bytes(frame.picture))[0]["epoch"])
            assert status["state"] == "training"
            assert len(pictures) >= 20
            assert pictures == sorted(pictures)
            assert pictures[-1] > 5
            browser.connection.send('{"view": {"x": 1, "y": 0}}')
            until(lambda: len(browser.next().data) > 0, "points in the new view come")
        until(lambda: engine.feed("run").watchers == 0, "nobody watches")
    with pytest.raises(RuntimeError):
        service()
