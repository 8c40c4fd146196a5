"""One socket a project: history, acknowledgement after the painting, coming back after a loss."""

from __future__ import annotations

import time
from collections.abc import Callable

from fake_board import Circles, FakeBoard, FakeRun, frame, status
from playwright.sync_api import Page

FEED = """async (token) => {
    const { connect } = await import("/assets/live.js");
    window.feed = connect({ path: "/live", token });
    window.connections = [];
    window.feed.subscribe((feed, changes) => changes.connection && window.connections.push(feed.connection));
}"""
EPOCHS = "() => [...window.feed.column('epoch')]"
# Animation frames wait until the test lets them go.
HOLD_FRAMES = """
window.held = [];
window.requestAnimationFrame = (callback) => window.held.push(callback);
window.paintHeld = () => { for (const callback of window.held.splice(0)) callback(performance.now()); };
"""
HIDDEN = "Object.defineProperty(Document.prototype, 'hidden', { get: () => true });"


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Waits for something in the server to become true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def settled(run: FakeRun) -> None:
    """Waits until every frame sent so far was painted."""
    until(lambda: run.frames_sent > 0 and run.acknowledged == run.frames_sent)


def add_rows(run: FakeRun, first: int, last: int) -> None:
    run.rows.extend([float(epoch), 0.1, 1 / epoch, 2 / epoch, 0.5, 0.6] for epoch in range(first, last + 1))


def test_the_history_grows_and_starts_anew_with_another_run(open_page, run: FakeRun, token: str) -> None:
    add_rows(run, 1, 700)
    run.set_status(**status(epoch=700))
    page: Page = open_page(parts="")
    page.evaluate(FEED, token)
    page.wait_for_function("window.feed.rows === 700")
    add_rows(run, 701, 1500)
    page.wait_for_function("window.feed.rows === 1500")
    assert page.evaluate(EPOCHS) == list(range(1, 1501))
    assert page.evaluate("[...window.feed.column('validation_loss')]") == [2 / epoch for epoch in range(1, 1501)]
    assert page.evaluate("window.feed.column('nothing').length") == 0
    run.start_anew()
    run.set_status(**status(epoch=0))
    page.wait_for_function("window.feed.serial === 2 && window.feed.rows === 0")
    add_rows(run, 1, 2)
    page.wait_for_function("window.feed.rows === 2")


def test_a_lost_connection_comes_back_with_the_whole_history(
    open_page, board: FakeBoard, run: FakeRun, token: str
) -> None:
    add_rows(run, 1, 50)
    run.set_status(**status(epoch=50))
    page: Page = open_page(parts="")
    page.evaluate(FEED, token)
    page.wait_for_function("window.feed.rows === 50")
    run.refuse = True
    board.drop(run)
    page.wait_for_function("window.feed.connection === 'lost'")
    assert page.evaluate(EPOCHS) == list(range(1, 51)), "what was there stays while the connection is lost"
    add_rows(run, 51, 80)
    run.refuse = False
    page.wait_for_function("window.feed.connection === 'open' && window.feed.rows === 80")
    assert page.evaluate(EPOCHS) == list(range(1, 81))
    assert page.evaluate("window.connections.slice(-2)") == ["lost", "open"]


def test_a_gap_in_the_history_is_repaired_by_connecting_anew(open_page, run: FakeRun, token: str) -> None:
    add_rows(run, 1, 10)
    run.set_status(**status(epoch=10))
    page: Page = open_page(parts="")
    page.evaluate(FEED, token)
    page.wait_for_function("window.feed.rows === 10")
    run.raw.append(frame(run.serial, 20, b"\0" * 48))
    page.wait_for_function("window.__nnbuilder.opened === 2 && window.feed.rows === 10")
    assert page.evaluate(EPOCHS) == list(range(1, 11))


def test_a_frame_is_acknowledged_only_after_it_was_painted(open_page, run: FakeRun, token: str) -> None:
    page: Page = open_page(script=HOLD_FRAMES, parts="")
    page.evaluate(FEED, token)
    run.set_status(**status(epoch=3))
    page.wait_for_function("window.held.length > 0 && window.feed.status?.epoch === 3", polling=20)
    page.wait_for_timeout(150)
    assert run.acknowledged == 0
    run.set_status(epoch=4)
    page.wait_for_timeout(100)
    assert page.evaluate("window.feed.status.epoch") == 3, "the server waits for the acknowledgement"
    page.evaluate("window.paintHeld()")
    until(lambda: run.acknowledged == 1)
    page.wait_for_function("window.feed.status.epoch === 4", polling=20)
    assert run.most_unacknowledged == 1


def test_a_hidden_tab_acknowledges_by_the_clock(open_page, run: FakeRun, token: str) -> None:
    page: Page = open_page(script=HOLD_FRAMES + HIDDEN, parts="")
    page.evaluate(FEED, token)
    run.set_status(**status(epoch=3))
    until(lambda: run.acknowledged == 1)
    run.set_status(epoch=4)
    until(lambda: run.acknowledged == 2)


def test_components_share_one_socket_that_ends_after_them(open_page, run: FakeRun, circles: Circles) -> None:
    page: Page = open_page()
    settled(run)
    assert page.evaluate("window.__nnbuilder.opened") == 1
    assert len(run.sockets) == 1
    page.evaluate("Object.values(window.cleanups).forEach((cleanup) => cleanup())")
    until(lambda: not run.sockets)


def test_requests_are_sent_and_repeated_after_a_loss(open_page, board: FakeBoard, run: FakeRun, circles, token) -> None:
    page: Page = open_page(parts="")
    page.evaluate(FEED, token)
    page.wait_for_function("window.feed.data !== null")
    page.evaluate("window.feed.request({ pace: 5 }); window.feed.request({ x: 1, y: 0 })")
    until(lambda: len(run.actions("view")) == 2)
    assert run.actions("view") == [{"pace": 5}, {"x": 1, "y": 0}]
    board.drop(run)
    until(lambda: len(run.actions("view")) == 3)
    assert run.actions("view")[-1] == {"pace": 5, "x": 1, "y": 0}


def test_counters_for_the_bench(open_page, run: FakeRun, circles: Circles) -> None:
    page: Page = open_page()
    settled(run)
    for _ in range(5):
        before = run.acknowledged
        run.set_picture(*circles.picture_section())
        until(lambda before=before: run.acknowledged > before)
    counters = page.evaluate("window.__nnbuilder")
    assert counters["pictures"] >= 5
    assert len(counters["lastPaintLatencyMs"]) == counters["pictures"] == len(counters["paintedAt"])
    assert all(latency < 5000 for latency in counters["lastPaintLatencyMs"][-5:])


def test_one_listeners_fault_does_not_stop_the_feed(open_page, run: FakeRun, circles: Circles, token: str) -> None:
    page: Page = open_page(parts="")
    page.evaluate(FEED, token)
    page.wait_for_function("window.feed.status !== null")
    page.evaluate("window.feed.subscribe((feed, changes) => { if (!changes.reset) throw new Error('mine'); })")
    before = run.acknowledged
    run.set_status(epoch=9)
    until(lambda: run.acknowledged > before)
    assert page.evaluate("window.feed.status.epoch") == 9
