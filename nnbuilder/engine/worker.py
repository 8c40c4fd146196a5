"""A worker: the process that trains one run and obeys the engine between two batches."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from time import perf_counter
from typing import Any

import torch

from nnbuilder.data.prepare import prepare
from nnbuilder.engine.frames import pack_json
from nnbuilder.engine.link import Link
from nnbuilder.engine.protocol import CHECKPOINT_NAME
from nnbuilder.engine.report import Reporter
from nnbuilder.errors import NNBuilderError
from nnbuilder.spec import Project, Training, read, read_text
from nnbuilder.training import checkpoint as checkpoints
from nnbuilder.training.events import Diverged, Epoch, Event, Finished, Step
from nnbuilder.training.probe import Probe, View
from nnbuilder.training.trainer import Trainer

FIRST_CHECKPOINT_SECONDS = 0.5
"""Until the first checkpoint: a worker that is killed early has one to go on from, too."""
CHECKPOINT_SECONDS = 5.0
CHECKPOINT_SHARE = 50
"""A checkpoint may come only after this many times the time the last one took to write."""
LAST_SECONDS = 4.0
"""How long a worker whose engine is gone may take to write its checkpoint."""
FIXED = {"loss": "the loss", "optimizer": "the optimizer", "scheduler": "the schedule"}


def work(link: Link, job: dict[str, Any]) -> None:
    """Do the run that `job` describes until it is asked to exit."""
    Worker(link, job).run()


class Worker:
    """Trains one run; everything but reading commands happens on the main thread."""

    def __init__(self, link: Link, job: dict[str, Any]) -> None:
        self.link, self.job = link, job
        self.commands: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.path = Path(job["folder"]) / CHECKPOINT_NAME
        self.state, self.message = "starting", ""
        self.ended = False
        self.goal = ""
        self.pace: float | None = None
        self.next_epoch = 0.0
        self.checkpoint_due = math.inf
        self.changes = 0
        self.saved = 0
        self._done = threading.Event()

    def run(self) -> None:
        """Make the run ready, then obey and train by turns."""
        threading.Thread(target=self._listen, name="commands", daemon=True).start()
        signal.signal(signal.SIGTERM, lambda *_: self.commands.put({"do": "exit"}))
        try:
            self._prepare()
            while not self.ended:
                if self.state == "training":
                    self._train()
                else:
                    self._obey(self.commands.get())
        except (BrokenPipeError, ConnectionError):
            self._save_last()
        except Exception as error:
            self._fail(error)
        finally:
            self._done.set()

    def _listen(self) -> None:
        """Put the engine's commands in line; when the engine is gone, see to it that this process ends."""
        while (commands := self.link.receive()) is not None:
            for command in commands:
                self.commands.put(command)
        self.commands.put({"do": "exit"})
        if not self._done.wait(LAST_SECONDS):
            os._exit(1)

    def _prepare(self) -> None:
        project = read_text(self.job["project"])
        self.trainer = self._resumed(project) if self.job["checkpoint"] else Trainer(project, prepare(project.data))
        self.probe = Probe(self.trainer, View())
        self.reporter = Reporter(self.link, self.job["run"], self.trainer, self.probe)
        self.reporter.batches = math.ceil(self.trainer.control.rows / self.trainer.control.batch_size)
        self.reporter.batch = self.trainer.control.batch
        self.events = self.trainer.events()
        self.message = self.trainer.control.message
        self.state = _first_state(self.trainer)
        self.reporter.report_all(self.state, self.message, data=True)

    def _resumed(self, project: Project) -> Trainer:
        """The trainer of the checkpoint, with the training settings of the project where these have changed since."""
        checkpoint = checkpoints.read(Path(self.job["checkpoint"]))
        saved = read_text(checkpoint["project"])
        if saved.network != project.network or saved.data != project.data:
            raise NNBuilderError(
                "The checkpoint is of another network or other data; start again from the first weights."
            )
        trainer = Trainer.resume(checkpoint, saved, prepare(saved.data))
        if project.training != saved.training:
            _change(trainer, project.training)
        return trainer

    def _train(self) -> None:
        """Batch after batch until the state is another one."""
        commands, reporter = self.commands, self.reporter
        while self.state == "training":
            event = next(self.events)
            if type(event) is Step:
                reporter.steps += 1
                reporter.batch = event.batch
                if self.goal == "batch" and event.batch < event.batches:
                    self._pause()
            else:
                self._after(event)
            now = perf_counter()
            if now >= reporter.due and self.state == "training":
                reporter.report("training", self.message)
            if now >= self.checkpoint_due:
                self._save()
            while not commands.empty():
                self._obey(commands.get())

    def _after(self, event: Event) -> None:
        """The end of an epoch, or of the run."""
        if isinstance(event, Epoch):
            self.reporter.batch = 0
            if self.goal and self.trainer.epoch < self.trainer.epochs:
                self._pause()
            elif self.pace and not self.goal:
                self._wait(self.pace)
        elif isinstance(event, Finished):
            self._rest("done", event.message)
        elif isinstance(event, Diverged):
            self._rest("diverged", event.message)

    def _wait(self, pace: float) -> None:
        """Sleep until the next epoch may begin; a command is obeyed at once."""
        reporter = self.reporter
        self.next_epoch = max(self.next_epoch, perf_counter() - 1 / pace) + 1 / pace
        while self.state == "training" and (now := perf_counter()) < self.next_epoch:
            if now >= reporter.due:
                reporter.report("training", self.message)
            try:
                self._obey(self.commands.get(timeout=max(0.001, min(self.next_epoch, reporter.due) - now)))
            except Empty:
                continue

    def _pause(self) -> None:
        self._rest("paused", "")

    def _rest(self, state: str, message: str) -> None:
        """Stop training, keep what was learned, tell."""
        self.state, self.message, self.goal = state, message, ""
        self._save()
        self.checkpoint_due = math.inf
        self.reporter.report_all(self.state, self.message)

    def _obey(self, command: dict[str, Any]) -> None:
        """Carry out one command; answer if it has an id, and tell the state if it is another one."""
        before = self.state
        try:
            action = self._actions().get(command.get("do", ""))
            if action is None:
                raise NNBuilderError(
                    f"There is no command {command.get('do')!r}; use one of {', '.join(self._actions())}."
                )
            answer = action(command) or {}
        except NNBuilderError as error:
            answer = {"error": str(error)}
        except (ConnectionError, MemoryError):
            raise
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{command.get('do')} failed ({_first_line(error)}); correct it and try again."}
        if "id" in command:
            self.link.send(pack_json("A", {"id": command["id"], **answer}))
        if self.state == "training" and before != "training" and not self.goal:
            self.reporter.report_status(self.state, self.message)

    def _actions(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]]:
        return {
            "train": self._on_train,
            "pause": self._on_pause,
            "stop": self._on_stop,
            "step": self._on_step,
            "change": self._on_change,
            "view": self._on_view,
            "checkpoint": self._on_checkpoint,
            "predict": self._on_predict,
            "exit": self._on_exit,
        }

    def _on_train(self, command: dict[str, Any]) -> None:
        if self.state == "training" and not self.goal:
            return
        self._go("")

    def _on_step(self, command: dict[str, Any]) -> None:
        unit = command.get("unit", "batch")
        if unit not in ("batch", "epoch"):
            raise NNBuilderError(f"A step is one batch or one epoch, not {unit!r}; ask for one of these.")
        if self.state != "training":
            self._go(unit)

    def _go(self, goal: str) -> None:
        """Train on, to the end or for one batch or epoch; a run that has ended is extended first."""
        if self.state in ("done", "diverged"):
            self.trainer.extend()
            self.events = self.trainer.events()
        self.state, self.message, self.goal = "training", "", goal
        self.next_epoch = perf_counter() + (1 / self.pace if self.pace else 0)
        self.checkpoint_due = perf_counter() + (CHECKPOINT_SECONDS if self.saved else FIRST_CHECKPOINT_SECONDS)
        self.reporter.start(at_once=not goal)

    def _on_pause(self, command: dict[str, Any]) -> None:
        if self.state == "training":
            self._pause()

    def _on_stop(self, command: dict[str, Any]) -> None:
        if self.state in ("done", "diverged"):
            return
        self.trainer.control.stop = True
        for event in self.events:
            if isinstance(event, Finished | Diverged):
                self._after(event)
                return

    def _on_change(self, command: dict[str, Any]) -> None:
        document = {**self.trainer.project.to_json(), "training": command.get("training")}
        _change(self.trainer, read(document).training)
        self.changes += 1
        self.reporter.report_status(self.state, self.message)

    def _on_view(self, command: dict[str, Any]) -> None:
        if "fps" in command:
            self.reporter.set_fps(float(command["fps"]))
        if "pace" in command:
            self.pace = float(command["pace"]) if command["pace"] else None
            self.next_epoch = perf_counter() + (1 / self.pace if self.pace else 0)
        before = self.probe.view
        view = View(int(command.get("x", before.x)), int(command.get("y", before.y)))
        if view != before:
            self.probe.look_at(view)
        if self.probe.view != before:
            self.reporter.report_all(self.state, self.message, data=True)

    def _on_checkpoint(self, command: dict[str, Any]) -> dict[str, Any]:
        try:
            self._write()
        except OSError as error:
            raise NNBuilderError(_not_written(error)) from None
        return {"path": str(self.path), "epoch": self.trainer.epoch}

    def _on_predict(self, command: dict[str, Any]) -> dict[str, Any]:
        return self.probe.predict(command.get("rows", []))

    def _on_exit(self, command: dict[str, Any]) -> None:
        self.ended = True
        if self.state == "training":
            self._pause()
        else:
            self._save()

    def _save(self) -> None:
        """Write the checkpoint if anything was learned since the last one; a full disk does not end the run."""
        now = perf_counter()
        if self.reporter.steps + self.changes > self.saved:
            try:
                self._write()
            except OSError as error:
                self.message = _not_written(error)
        cost = perf_counter() - now
        self.checkpoint_due = perf_counter() + max(CHECKPOINT_SECONDS, CHECKPOINT_SHARE * cost)

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        checkpoints.write(self.path, self.trainer)
        self.saved = self.reporter.steps + self.changes

    def _save_last(self) -> None:
        """The engine is gone: keep what was learned, there is nobody to tell."""
        if hasattr(self, "reporter"):
            self._save()

    def _fail(self, error: BaseException) -> None:
        """Tell in one sentence why the run cannot go on."""
        self.state, self.message = "failed", self._sentence(error)
        if hasattr(self, "reporter"):
            self.reporter.report_status(self.state, self.message)
        else:
            self.link.send(pack_json("S", {"run": self.job["run"], "state": self.state, "message": self.message}))

    def _sentence(self, error: BaseException) -> str:
        if _out_of_memory(error):
            limit = (
                f"more than the {self.job['memory']} MiB a run may take" if self.job["memory"] else "more than there is"
            )
            return f"The run needs {limit} of memory; use fewer units, a smaller batch or fewer rows."
        if isinstance(error, NNBuilderError):
            return str(error).replace("\n", " ")
        traceback.print_exception(error, file=sys.stderr)
        cause = _first_line(error)
        return f"The run stopped because of an error in the program ({cause}); change a setting and start again."


def _change(trainer: Trainer, training: Training) -> None:
    """Give a trainer new settings, refusing those that need a new start."""
    before = trainer.project.training
    for name, label in FIXED.items():
        if getattr(before, name).kind != getattr(training, name).kind:
            raise NNBuilderError(
                f"training.{name}: A run keeps {label} it began with; start again to train with another."
            )
    for name in ("metric", "device", "seed"):
        if getattr(before, name) != getattr(training, name):
            raise NNBuilderError(
                f"training.{name}: A run keeps the {name} it began with; start again to train with another."
            )
    trainer.change(training)


def _first_state(trainer: Trainer) -> str:
    """The state of a run that was just made or read from a checkpoint."""
    if "diverged" in trainer.control.message:
        return "diverged"
    if trainer.control.message or trainer.epoch >= trainer.epochs:
        return "done"
    return "paused" if trainer.epoch or trainer.control.batch else "ready"


def _out_of_memory(error: BaseException) -> bool:
    """Whether Python, NumPy or torch was refused memory."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and "allocate memory" in str(error)


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__


def _not_written(error: OSError) -> str:
    return f"The checkpoint could not be written ({error.strerror or error}); make room on the disk."
