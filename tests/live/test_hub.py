"""What browsers get over real sockets, from runs that send what the tests say."""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack, asynccontextmanager

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from nnbuilder.engine.feed import Feed
from nnbuilder.engine.frames import pack_rows, unpack_rows
from nnbuilder.live import hub as hub_module
from nnbuilder.live.hub import MOST_A_TOKEN, UNKNOWN, Channel, Connection, Hub, clean_view
from tests.engine.harness import until
from tests.live.harness import Server, StillEngine


class Stage:
    """A server with a still engine, one project, and its run."""

    def __init__(self) -> None:
        self.engine = StillEngine()
        self.server = Server(self._hub)

    @asynccontextmanager
    async def _hub(self):
        hub = Hub(self.engine)
        yield hub
        await hub.close()

    def run(self, run_id: str) -> Run:
        return Run(self, run_id)

    def browser(self, project_id: str = "project", **more):
        return self.server.look(self.server.hub.grant(project_id), **more)

    def show(self, run_id: str, project_id: str = "project") -> None:
        self.server.hub.show(project_id, run_id)
        self.server.on_loop(lambda: None)


class Run:
    def __init__(self, stage: Stage, run_id: str) -> None:
        self.stage, self.run_id = stage, run_id
        self.feed: Feed = stage.engine.feeds.setdefault(run_id, Feed())

    def send(self, rows=(), status=None, picture=None, data=None) -> None:
        def go() -> None:
            self.feed.set_columns(2)
            if status is not None:
                self.feed.set_status(json.dumps(status).encode())
            if rows:
                self.feed.add_rows(pack_rows(rows))
            if data is not None:
                self.feed.set_data(data)
            if picture is not None:
                self.feed.set_picture(picture)

        self.stage.server.on_loop(go)


@pytest.fixture(scope="module")
def _stage():
    stage = Stage()
    with stage.server:
        yield stage


@pytest.fixture
def stage(_stage):
    yield _stage
    until(lambda: not _stage.server.hub._connections, "all browsers are gone")
    _stage.engine.feeds.clear()
    _stage.engine.views.clear()
    _stage.server.hub._channels.clear()
    _stage.server.hub._grants.clear()


@pytest.fixture
def run(stage):
    run = stage.run("run")
    run.send(rows=[(1, 0.5), (2, 0.4)], status={"state": "ready"}, picture=b"picture0", data=b"thedata0")
    stage.show("run")
    return run


def test_the_first_frame_has_everything_and_the_next_only_what_is_new(stage, run):
    with stage.browser() as browser:
        frame = browser.frame()
        assert (frame.first_row, unpack_rows(frame.rows, 2)) == (0, [(1, 0.5), (2, 0.4)])
        assert json.loads(bytes(frame.status)) == {"state": "ready"}
        assert (bytes(frame.picture), bytes(frame.data)) == (b"picture0", b"thedata0")
        browser.ok()
        run.send(rows=[(3, 0.3)])
        after = browser.frame()
        assert (after.serial, after.first_row, unpack_rows(after.rows, 2)) == (frame.serial, 2, [(3, 0.3)])
        assert not len(after.status)
        assert not len(after.picture)
        assert not len(after.data)


def test_nothing_comes_before_the_acknowledgement_and_then_the_newest(stage, run):
    with stage.browser() as browser:
        browser.frame()
        for number in range(1, 6):
            run.send(rows=[(number + 2, 0.1)], picture=f"picture{number}".encode(), status={"n": number})
        assert browser.is_silent()
        frame = browser.next()
        assert bytes(frame.picture) == b"picture5"
        assert json.loads(bytes(frame.status)) == {"n": 5}
        assert (frame.first_row, len(unpack_rows(frame.rows, 2))) == (2, 5)
        browser.ok()
        assert browser.is_silent()


def test_an_acknowledgement_too_many_brings_nothing(stage, run):
    with stage.browser() as browser:
        browser.frame()
        for _ in range(3):
            browser.ok()
        run.send(picture=b"picture1")
        browser.frame()
        run.send(picture=b"picture2")
        assert browser.is_silent()


def test_a_slow_browser_costs_no_memory_and_does_not_hold_up_a_quick_one(stage, run):
    with stage.browser() as slow, stage.browser() as quick:
        slow.frame()
        quick.frame()
        for number in range(50):
            run.send(picture=b"%07d" % number * 20_000)
            assert bytes(quick.next().picture).startswith(b"%07d" % number)
        assert bytes(slow.next().picture).startswith(b"0000049")
        assert slow.is_silent()


def test_a_new_connection_gets_the_whole_history(stage, run):
    with stage.browser() as browser:
        browser.frame()
        run.send(rows=[(3, 0.3), (4, 0.2)])
        browser.next()
    with stage.browser() as browser:
        frame = browser.frame()
        assert (frame.first_row, len(unpack_rows(frame.rows, 2)), bytes(frame.picture)) == (0, 4, b"picture0")


def test_a_long_history_comes_in_pieces(stage, run, monkeypatch):
    monkeypatch.setattr(hub_module, "MOST_ROW_BYTES", 1000)
    run.send(rows=[(number, 0.0) for number in range(3, 301)])
    rows = []
    with stage.browser() as browser:
        frame = browser.frame()
        while True:
            assert frame.first_row == len(rows)
            assert len(frame.rows) <= 1000
            rows += unpack_rows(frame.rows, 2)
            if len(rows) == 300:
                break
            frame = browser.next()
    assert [row[0] for row in rows] == list(range(1, 301))


def test_another_run_takes_the_place_when_it_has_a_picture(stage, run):
    with stage.browser() as browser:
        first = browser.frame()
        browser.ok()
        until(lambda: stage.engine.fps("run") == 30.0, "the run is asked for pictures")
        other = stage.run("other")
        other.send(status={"state": "starting"})
        stage.show("other")
        assert browser.is_silent()
        other.send(status={"state": "ready"}, picture=b"another1", data=b"another2")
        frame = browser.frame()
        assert frame.serial != first.serial
        assert (frame.first_row, len(frame.rows)) == (0, 0)
        assert (bytes(frame.picture), bytes(frame.data)) == (b"another1", b"another2")
        assert stage.engine.fps("run") == 0
        assert stage.engine.fps("other") == 30.0


def test_a_run_without_a_picture_is_shown_after_a_moment(stage, run):
    with stage.browser() as browser:
        browser.frame()
        browser.ok()
        stage.run("other").send(status={"state": "failed"})
        stage.show("other")
        assert json.loads(bytes(browser.frame().status)) == {"state": "failed"}


def test_a_reset_sends_all_of_the_new_rows(stage, run):
    with stage.browser() as browser:
        before = browser.frame()
        stage.server.on_loop(run.feed.reset)
        run.send(rows=[(1, 9.0)], status={"state": "ready"})
        frame = browser.next()
        assert frame.serial != before.serial
        assert (frame.first_row, unpack_rows(frame.rows, 2)) == (0, [(1, 9.0)])


def test_the_first_run_of_a_project_appears_in_a_board_that_waits(stage):
    with stage.browser() as browser:
        assert browser.is_silent()
        stage.run("run").send(status={"state": "ready"}, picture=b"picture0")
        stage.show("run")
        assert bytes(browser.frame().picture) == b"picture0"


def test_projects_do_not_see_each_other(stage, run):
    with stage.browser("another project") as browser:
        run.send(picture=b"picture1")
        assert browser.is_silent()


@pytest.mark.parametrize("origin", ["http://evil.example", None, "null", "http://127.0.0.1"])
def test_a_foreign_origin_is_refused(stage, run, origin):
    with pytest.raises(InvalidStatus) as refusal, stage.browser(origin=origin):
        pass
    assert refusal.value.response.status_code == 403


def test_an_unknown_or_worn_out_token_is_refused(stage, run, monkeypatch):
    assert refused(stage, "guess") == UNKNOWN
    token = stage.server.hub.grant("project", "session")
    assert stage.server.hub.grant("project", "session") == token
    assert stage.server.hub.grant("project", "another") != token
    assert stage.server.hub.grant("other project", "session") != token
    monkeypatch.setattr(hub_module, "TOKEN_SECONDS", -1.0)
    assert refused(stage, token) == UNKNOWN


def refused(stage, token):
    """The code with which a browser of this site is sent away."""
    with stage.server.look(token) as browser, pytest.raises(ConnectionClosed) as closed:
        browser.frame()
    return closed.value.rcvd.code


def test_connections_are_capped(stage, run):
    token = stage.server.hub.grant("project")
    with ExitStack() as open_tabs:
        for _ in range(MOST_A_TOKEN):
            open_tabs.enter_context(stage.server.look(token)).frame()
        with stage.server.look(token) as one_more, pytest.raises(ConnectionClosed) as closed:
            one_more.frame()
        assert closed.value.rcvd.code == 1013
    until(lambda: not stage.server.hub._connections, "they are gone")
    with stage.server.look(token) as browser:
        browser.frame()


def test_the_most_eager_browser_sets_the_pictures_a_second(stage, run):
    with stage.browser() as one:
        one.frame()
        assert stage.engine.fps("run") == 30.0
        one.connection.send('{"view": {"fps": 5}}')
        until(lambda: stage.engine.fps("run") == 5.0, "fewer are asked for")
        with stage.browser() as other:
            other.frame()
            other.connection.send('{"view": {"fps": 60}}')
            until(lambda: stage.engine.fps("run") == 60.0, "more are asked for")
            assert run.feed.watchers == 1
        until(lambda: stage.engine.fps("run") == 5.0, "fewer are asked for again")
    until(lambda: stage.engine.fps("run") == 0.0, "none are asked for")
    assert run.feed.watchers == 0


def test_only_known_and_sensible_wishes_reach_the_run(stage, run):
    with stage.browser() as browser:
        browser.frame()
        stage.engine.views.clear()
        for text in ("x" * 5000, "no json", "[]", '{"do": "exit"}', '{"view": 3}', '{"view": {"do": "exit", "x": -1}}'):
            browser.connection.send(text)
        browser.connection.send(b"ok")
        browser.connection.send('{"view": {"x": 1, "y": 0, "pace": 2, "run": "other"}}')
        until(lambda: stage.engine.views, "the wish is passed on")
        assert stage.engine.views == [("run", {"x": 1, "y": 0, "pace": 2})]


def test_of_many_wishes_few_are_passed_on_and_the_last_wins(stage, run):
    with stage.browser() as browser:
        browser.frame()
        stage.engine.views.clear()
        for x in range(200):
            browser.connection.send(json.dumps({"view": {"x": x}}))
        until(lambda: stage.engine.views and stage.engine.views[-1] == ("run", {"x": 199}), "the last is passed on")
        assert len(stage.engine.views) < 100


def test_an_idle_browser_gets_an_empty_frame(stage, run, monkeypatch):
    monkeypatch.setattr(hub_module, "IDLE_SECONDS", 0.1)
    with stage.browser() as browser:
        first = browser.frame()
        empty = browser.next()
        assert (empty.serial, empty.first_row) == (first.serial, 2)
        assert not any(map(len, (empty.rows, empty.status, empty.picture, empty.data)))


def test_a_browser_that_never_acknowledges_is_let_go(stage, run, monkeypatch):
    monkeypatch.setattr(hub_module, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr(hub_module, "DEAF_SECONDS", 0.3)
    with stage.browser() as browser:
        browser.frame()
        with pytest.raises(ConnectionClosed):
            browser.frame()


@pytest.mark.parametrize(
    ("view", "clean"),
    [
        ({"x": 0, "y": 3, "fps": 30, "pace": None}, {"x": 0, "y": 3, "fps": 30.0, "pace": None}),
        ({"x": True, "y": 1.5, "fps": "30", "pace": 0}, {}),
        ({"fps": float("nan"), "pace": float("inf")}, {}),
        ({"fps": 1e9, "pace": -1, "x": 10**9}, {}),
        (None, {}),
    ],
)
def test_views_are_cleaned(view, clean):
    assert clean_view(view) == clean


def test_the_frontend_and_plotly_are_served(stage):
    import urllib.error
    import urllib.request

    base = f"http://127.0.0.1:{stage.server.port}/assets"
    with urllib.request.urlopen(f"{base}/vendor/plotly.min.js") as answer:
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "max-age=604800" in answer.headers["cache-control"]
        assert b"plotly.js" in answer.read(200)
    with urllib.request.urlopen(f"{base}/live.js") as answer:
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["cache-control"] == "no-cache"
    for bad in ("nothing.js", "../widgets.py", "%2e%2e/__init__.py", ""):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{base}/{bad}")


class ClosingSocket:
    """A socket that takes everything and is closed when `closed` is set."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()

    async def receive(self):
        await self.closed.wait()
        return {"type": "websocket.disconnect"}

    async def send_bytes(self, data: bytes) -> None:
        return


@pytest.mark.parametrize("turns", range(6))
@pytest.mark.parametrize("news_first", [True, False])
def test_a_page_closed_at_the_moment_of_news_is_let_go(turns: int, news_first: bool) -> None:
    async def scenario() -> None:
        socket = ClosingSocket()
        connection = Connection(socket, Channel(StillEngine()), 30.0)
        running = asyncio.create_task(connection.run())
        await asyncio.sleep(0.01)
        first, second = (connection.news, socket.closed) if news_first else (socket.closed, connection.news)
        first.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        second.set()
        done, _ = await asyncio.wait([running], timeout=1)
        running.cancel()
        assert done

    asyncio.run(scenario())
