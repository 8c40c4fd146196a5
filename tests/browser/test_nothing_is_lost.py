"""Reloads, killed workers, killed servers and left pages: what was there is there again."""

import os
import signal
import socket

import psutil
import pytest
from playwright.sync_api import expect

LONG = "Spiral"
PATIENCE = 60
"""Seconds that processes may take to end on a loaded machine."""


def children(pid):
    """All processes below a server: the launcher and its workers."""
    return psutil.Process(pid).children(recursive=True)


def workers(pid):
    """The workers: children of the launcher."""
    launchers = psutil.Process(pid).children()
    return [worker for launcher in launchers for worker in launcher.children()]


def begins_a_long_run(person):
    person.chooses(LONG)
    person.sees_state("Ready")
    person.page.get_by_role("spinbutton", name="Epochs").fill("5000")
    person.page.get_by_role("spinbutton", name="Epochs").press("Enter")
    person.page.get_by_text("0000 / 5000").wait_for()
    person.trains()
    return person.waits_for_epoch(20)


def gone(processes):
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    return alive == []


def test_a_reload_shows_the_running_board_again(serve, visit):
    person = visit(serve().url)
    epoch = begins_a_long_run(person)
    person.page.reload()
    person.page.locator(".nn-transport").wait_for()
    person.sees_state("Training")
    later = person.waits_for_epoch(epoch + 1)
    assert later > epoch
    expect(person.page.locator(".nn-stack")).to_be_visible()


def test_a_second_tab_sees_the_same_run_and_the_same_changes(serve, visit):
    server = serve()
    first = visit(server.url)
    begins_a_long_run(first)
    second = visit(first.page.url)
    second.sees_state("Training")
    second.button("Pause").click()
    first.sees_state("Paused")
    assert first.rests() == second.rests() == first.epoch()


def test_a_second_tab_follows_what_the_first_one_changes(serve, visit):
    server = serve()
    first = visit(server.url)
    first.sees_state("Ready")
    second = visit(first.page.url)
    second.sees_state("Ready")
    first.page.get_by_role("button", name="One unit more in layer 1").click()
    expect(second.page.get_by_role("textbox", name="Units of layer 1")).to_have_value("5")
    first.page.get_by_role("spinbutton", name="Epochs").fill("321")
    first.page.get_by_role("spinbutton", name="Epochs").press("Enter")
    expect(second.page.get_by_role("spinbutton", name="Epochs")).to_have_value("321")
    second.page.reload()
    second.button("Undo").click()
    expect(first.page.get_by_role("spinbutton", name="Epochs")).to_have_value("150")


def test_a_killed_worker_is_told_and_goes_on_from_its_checkpoint(serve, visit):
    server = serve()
    person, neighbor = visit(server.url), visit(server.url)
    begins_a_long_run(person)
    mine = max(workers(server.pid), key=lambda worker: worker.cpu_times().user)
    epoch = begins_a_long_run(neighbor)
    os.kill(mine.pid, signal.SIGKILL)
    person.sees_state("lost")
    neighbor.waits_for_epoch(epoch + 20)
    person.page.get_by_role("button", name="Go on from the last checkpoint", exact=True).click()
    person.sees_state("Training")
    assert person.epoch() > 0


def test_a_killed_server_loses_nothing(serve, visit):
    first = serve()
    person = visit(first.url)
    begins_a_long_run(person)
    project = person.page.url.split("?")[1]
    below = children(first.pid)
    first.process.kill()
    first.process.wait()
    assert gone(below)
    second = serve()
    again = visit(f"{second.url}?{project}")
    again.sees_state("Paused|Asleep")
    assert again.epoch() >= 20
    assert "5000" in again.transport().inner_text()
    again.trains()
    again.waits_for_epoch(again.epoch() + 5)


def test_an_open_page_finds_back_when_the_server_is_started_anew(serve, visit):
    server = serve()
    person = visit(server.url)
    begins_a_long_run(person)
    below = children(server.pid)
    server.process.kill()
    server.process.wait()
    assert gone(below)
    person.sees_state("Connection lost")
    server.start()
    # Nobody reloads: the page is made anew by itself.
    person.sees_state("Paused|Asleep")
    epoch = person.epoch()
    assert epoch >= 20
    person.trains()
    person.waits_for_epoch(epoch + 5)


def test_a_left_page_goes_to_sleep_and_nothing_runs_on(serve, visit):
    server = serve(NNBUILDER_GRACE="5")
    person = visit(server.url)
    begins_a_long_run(person)
    url = person.page.url
    running = workers(server.pid)
    assert running
    person.page.context.close()
    assert gone(running)
    again = visit(url)
    again.sees_state("Paused")
    assert again.epoch() >= 20


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_server_leaves_no_process_and_no_port(serve, visit, number):
    server = serve()
    begins_a_long_run(visit(server.url))
    below = children(server.pid)
    assert below
    server.end(number)
    assert gone(below)
    left = [
        item
        for item in psutil.net_connections()
        if item.laddr and item.laddr.port == server.port and item.status == "LISTEN"
    ]
    assert left == []


def test_one_interrupt_is_enough_though_a_browser_has_vanished(serve):
    server = serve()
    silent = socket.create_connection(("127.0.0.1", server.port))
    silent.sendall(
        b"GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert b"101" in silent.recv(100)
    below = children(server.pid)
    server.end(signal.SIGINT)
    assert gone(below)
    silent.close()


def test_a_learning_rate_of_a_million_ends_in_words(serve, visit):
    person = visit(serve().url)
    page = person.page
    box = page.get_by_role("combobox", name="Learning rate").first
    box.click()
    box.fill("1000000")
    box.press("Enter")
    page.wait_for_timeout(800)
    person.trains()
    person.sees_state("Diverged")
    expect(page.get_by_text("learning rate 1e+06").first).to_be_visible()
    assert "NaN" not in page.locator("body").inner_text()
