"""Prints how soon one person's setting is answered while another uploads and prepares 200 MB in the same app."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from benchmarks.big_table import write_table
from benchmarks.browser import OPTIONS, chromium
from benchmarks.live import ANSWER_AFTER_KEY, high, visited
from benchmarks.server import AppServer

ROWS = 551_000
"""As many rows have 199.6 MB; the app lets in 200."""
UPLOADS = 3
QUIET = 30
PAUSE = 100
"""Milliseconds between an answer and the next change."""
GOAL = 150.0
SMALL: ViewportSize = {"width": 320, "height": 240}
PATIENCE = 300.0
PHASES = {"upload": "uploads", "read": "has the table read", "prepare": "has the table prepared"}

Answers = dict[str, list[float]]


def changes(page: Page, first: int) -> Iterator[float]:
    """Milliseconds from a changed setting to its answer on the screen, change after change."""
    epochs, number = page.get_by_role("spinbutton", name="Epochs"), first
    while True:
        number += 1
        epochs.fill(str(number))
        page.evaluate(ANSWER_AFTER_KEY, [f"/ {number}"])
        epochs.press("Enter")
        yield page.evaluate("window.answered")
        page.wait_for_timeout(PAUSE)


def phase(library: Path, known: set[Path]) -> str | None:
    """What is being done about the newest table, as its files tell; None once it is ready."""
    new = [path for path in library.glob("*/original") if path not in known]
    if not new:
        return "upload"
    if any(new[0].parent.glob("*/facts-*.json")):
        return None
    return "prepare" if any(new[0].parent.glob("*/opened.json")) else "read"


def uploading(browser: Browser, url: str, file: Path, library: Path, answers: Iterator[float]) -> Answers:
    """The answers one person gets while another uploads a file, by what is being done about it."""
    known = set(library.glob("*/original"))
    other = visited(browser, url)
    other.get_by_role("button", name="Your own table").click()
    field = other.locator("input[type=file]")
    field.wait_for(state="attached")
    # Both share these processors, which two people do not: the other's browser is to paint as little as can be.
    other.emulate_media(reduced_motion="reduce")
    other.set_viewport_size(SMALL)
    other.wait_for_timeout(2000)
    found: Answers = {name: [] for name in PHASES}
    field.set_input_files(file)
    end = time.monotonic() + PATIENCE
    while (now := phase(library, known)) is not None:
        if time.monotonic() > end:
            raise RuntimeError("the table was not prepared in time: " + other.locator("body").inner_text()[:500])
        found[now].append(next(answers))
    other.get_by_text(re.compile("rows, 50 columns")).wait_for(timeout=60_000)
    other.close()
    return found


def measure(folder: Path, rows: int = ROWS, uploads: int = UPLOADS) -> Answers:
    """All answers, by what the other person is doing at the moment."""
    found: Answers = {"quiet": [], **{name: [] for name in PHASES}}
    home = folder / "home"
    home.mkdir()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        server = AppServer(home).start()
        page = visited(browser, server.url)
        page.get_by_text("Ready").first.wait_for()
        answers = changes(page, 1000)
        found["quiet"] = [next(answers) for _ in range(QUIET)]
        for number in range(uploads):
            file = folder / f"upload-{number}.csv"
            write_table(file, rows, seed=number)
            for name, values in uploading(browser, server.url, file, home / "tables", answers).items():
                found[name] += values
            file.unlink()
        page.close()
        browser.close()
        server.end()
    return found


def report(folder: Path) -> int:
    """Print the answers; 1 if the goal was missed."""
    found = measure(folder)
    busy = [value for name in PHASES for value in found[name]]
    print("\nmilliseconds from a changed setting to its answer, median, p95 and longest")
    for name, label in (("quiet", "nobody else is there"), *((key, f"another {text}") for key, text in PHASES.items())):
        _print(label, found[name])
    _print("all while another is busy", busy)
    missed = high(busy) > GOAL
    print(f"  {high(busy):5.0f} ms at the 95th percentile (goal {GOAL:g}){'  MISSED' if missed else ''}", flush=True)
    return int(missed)


def _print(label: str, values: list[float]) -> None:
    if len(values) > 1:
        middle, most = statistics.median(values), max(values)
        print(f"  {label:<40} {middle:6.0f} {high(values):6.0f} {most:6.0f}   ({len(values)} changes)")
