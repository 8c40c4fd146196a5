"""What a worker tells the engine while it trains, and when: rows, pictures and statuses within a time budget."""

from __future__ import annotations

import math
import time
from collections import deque
from statistics import median
from time import perf_counter
from typing import Any

import torch

from nnbuilder.catalog.metrics import METRICS
from nnbuilder.engine.frames import json_bytes, pack_message, pack_rows
from nnbuilder.engine.link import Link
from nnbuilder.training.probe import Probe
from nnbuilder.training.trainer import Trainer

PICTURE_SHARE = 16
"""A picture may come only after this many times the time it took, so that the view costs a sixteenth at most."""
STATUS_SECONDS = 0.25
"""Between two statuses while somebody watches."""
QUIET_SECONDS = 1.0
"""Between two statuses while nobody does; also the heartbeat."""
BUSY_SECONDS = 0.02
"""How long to wait when the engine does not read as fast as we write."""
RATE_SECONDS = 1.5
"""Steps a second are counted over this time."""
ROWS_A_MESSAGE = 10_000


class Reporter:
    """Sends statuses, rows and pictures of one run; `due` is the moment the next of them is wanted."""

    def __init__(self, link: Link, run_id: str, trainer: Trainer, probe: Probe) -> None:
        self.link, self.run_id, self.trainer, self.probe = link, run_id, trainer, probe
        self.fps = 0.0
        self.due = 0.0
        self.steps = 0
        self.batch = self.batches = 0
        self._rows_sent = 0
        self._pictures = 0
        self._picture_step = -1
        self._picture_is_live = False
        self._picture_due = self._status_due = 0.0
        self._costs: deque[float] = deque(maxlen=5)
        self._marks: deque[tuple[float, int]] = deque()
        self._device_label = _device_label(trainer.device)
        self._parameters = sum(weight.numel() for weight in trainer.model.parameters())

    def start(self, at_once: bool) -> None:
        """Training begins or goes on: the rate is counted anew; a short step need not be told before it is done."""
        now = perf_counter()
        self._marks.clear()
        self._marks.append((now, self.steps))
        self.hurry()
        if not at_once:
            self.due = now + STATUS_SECONDS

    def hurry(self) -> None:
        """Report at the next chance."""
        self.due = self._picture_due = self._status_due = 0.0

    def set_fps(self, fps: float) -> None:
        """Send at most `fps` pictures a second; 0 sends none."""
        if fps != self.fps:
            self.fps = fps
            self.hurry()

    def report(self, state: str, message: str = "") -> None:
        """Send what is due while training; nothing while the engine is behind."""
        now = perf_counter()
        if not self.link.has_room():
            self.due = now + BUSY_SECONDS
            return
        messages = []
        if now >= self._status_due:
            self._status_due = now + (STATUS_SECONDS if self.fps else QUIET_SECONDS)
            messages.append(self._status(state, message, now))
        if self.fps and now >= self._picture_due:
            messages += [*self._rows(), *self._picture(now)]
            self._picture_due = max(
                self._picture_due + 1 / self.fps, perf_counter() + (PICTURE_SHARE - 1) * median(self._costs)
            )
        elif messages:
            messages += self._rows()
        self.link.send(b"".join(messages))
        self.due = min(self._status_due, self._picture_due) if self.fps else self._status_due

    def report_all(self, state: str, message: str = "", data: bool = False) -> None:
        """Send status, new rows and a fresh picture now; with `data` the points too."""
        now = perf_counter()
        messages = [self._status(state, message, now), *self._rows()]
        if data:
            messages.append(pack_message("D", self.probe.data_section()))
            self._picture_step = -1
        self.link.send(b"".join([*messages, *self._picture(now, at_rest=True)]))

    def report_status(self, state: str, message: str = "") -> None:
        """Send only a status, now."""
        self.link.send(self._status(state, message, perf_counter()))

    def _rows(self) -> list[bytes]:
        rows = self.trainer.history.rows
        first, self._rows_sent = self._rows_sent, len(rows)
        return [
            pack_message("R", pack_rows(rows[start : min(start + ROWS_A_MESSAGE, len(rows))]))
            for start in range(first, len(rows), ROWS_A_MESSAGE)
        ]

    def _picture(self, now: float, at_rest: bool = False) -> list[bytes]:
        """A picture, if the weights have moved since the last one and the outputs are finite."""
        if self._picture_step == self.steps and not (at_rest and self._picture_is_live):
            return []
        section = self.probe.picture(self._pictures, time.time(), at_rest)
        self._picture_is_live = not at_rest
        self._picture_step = self.steps
        self._costs.append(perf_counter() - now)
        if section is None:
            return []
        self._pictures += 1
        return [pack_message("P", section)]

    def _status(self, state: str, message: str, now: float) -> bytes:
        trainer = self.trainer
        rate = self._rate(now) if state == "training" else None
        left = None
        if rate and self.batches:
            steps_left = (trainer.epochs - trainer.epoch) * self.batches - self.batch
            left = max(0.0, steps_left / rate)
        metric = trainer.control.metric
        status: dict[str, Any] = {
            "run": self.run_id,
            "state": state,
            "message": message,
            "epoch": trainer.epoch,
            "epochs": trainer.epochs,
            "batch": self.batch,
            "batches": self.batches,
            "steps_per_second": rate,
            "seconds_left": left,
            "place": 0,
            "columns": trainer.history.columns,
            "latest": trainer.history.of_epoch(trainer.control.weights_epoch),
            "metric": metric,
            "metric_label": METRICS[metric].label,
            "device": str(trainer.device),
            "device_label": self._device_label,
            "parameters": self._parameters,
        }
        return pack_message("S", json_bytes(status))

    def _rate(self, now: float) -> float | None:
        """Steps a second over the last moments."""
        marks = self._marks
        while len(marks) > 1 and now - marks[1][0] > RATE_SECONDS:
            marks.popleft()
        started, steps = marks[0] if marks else (now, self.steps)
        marks.append((now, self.steps))
        rate = (self.steps - steps) / (now - started) if now - started > 0.02 else 0.0
        return rate if math.isfinite(rate) and rate > 0 else None


def _device_label(device: torch.device) -> str:
    if device.type == "cuda":
        return f"CUDA {device.index or 0}: {torch.cuda.get_device_name(device)}"
    return {"cpu": "CPU", "mps": "MPS: Apple GPU"}.get(device.type, str(device))
