"""What a person does and sees on the page."""

from __future__ import annotations

import re
import time
from pathlib import Path

from playwright.sync_api import Page, expect

PATIENCE = 90_000
"""Milliseconds; nothing here is a stopwatch, and a loaded machine may take its time."""
STARTING = 180.0
"""Seconds for a server that was just started, whose first worker loads torch."""


class Person:
    """Drives one page by what is written on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(self.button("Train")).to_be_visible(timeout=PATIENCE)
        self.sees_state("Ready|Done|Paused|Training|Queued|Asleep|lost", STARTING)

    def button(self, name: str):
        return self.page.get_by_role("button", name=re.compile(f"^{name}")).first

    def transport(self):
        return self.page.get_by_role("group", name="Training")

    def sees_state(self, pattern: str, seconds: float = PATIENCE / 1000) -> None:
        expect(self.transport()).to_contain_text(re.compile(pattern), timeout=seconds * 1000)

    def chooses(self, data_set: str) -> None:
        self.page.get_by_role("radio", name=re.compile(f"^{data_set}")).first.click()

    def trains(self) -> None:
        self.button("Train").click()

    def epoch(self) -> int:
        text = self.transport().inner_text()
        found = re.search(r"epoch\s+(\d+)", text)
        assert found, text
        return int(found[1])

    def waits_for_epoch(self, epoch: int, seconds: float = PATIENCE / 1000) -> int:
        deadline = time.monotonic() + seconds
        while (now := self.epoch()) < epoch:
            assert time.monotonic() < deadline, f"still in epoch {now} after {seconds} s"
            self.page.wait_for_timeout(50)
        return now

    def rests(self, seconds: float = PATIENCE / 1000) -> int:
        """The epoch the training stays in: a button answers at once, the worker after the batch at hand."""
        deadline, before = time.monotonic() + seconds, -1
        while (now := self.epoch()) != before:
            assert time.monotonic() < deadline, f"still moving, in epoch {now}, after {seconds} s"
            before = now
            self.page.wait_for_timeout(2000)
        return now

    def picture(self) -> bytes:
        """The plane as it is painted."""
        return self.plane().screenshot()

    def plane(self):
        return self.page.locator(".nn-stack").first

    def downloads(self, label: str, folder: Path) -> Path:
        self.page.get_by_role("button", name=re.compile("^(download )?Download$")).first.click()
        with self.page.expect_download(timeout=PATIENCE) as caught:
            self.page.get_by_role("button", name=label, exact=True).click()
        path = folder / caught.value.suggested_filename
        caught.value.save_as(path)
        self.page.keyboard.press("Escape")
        return path
