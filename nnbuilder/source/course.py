"""What a training script has to know of a project: which parts of the training it uses at all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from nnbuilder.catalog.losses import LossRow
from nnbuilder.catalog.metrics import METRICS, MetricRow, metrics_for
from nnbuilder.catalog.schedules import SCHEDULERS, SchedulerRow
from nnbuilder.facts import DataFacts
from nnbuilder.shapes import one_thread
from nnbuilder.source.model import Form, Made, made_layers
from nnbuilder.spec import Component, Project, Training


@dataclass(frozen=True)
class Course:
    """A project, what its data come to, and the form its network is written in."""

    project: Project
    facts: DataFacts
    form: Form

    @property
    def training(self) -> Training:
        """How the network learns."""
        return self.project.training

    @property
    def loss(self) -> LossRow:
        """The catalog row of the loss."""
        return self.training.loss_row

    @property
    def rule(self) -> Component:
        """Early stopping."""
        return self.training.early_stopping

    @property
    def schedule(self) -> SchedulerRow:
        """The catalog row of the scheduler."""
        return SCHEDULERS[self.training.scheduler.kind]

    @property
    def metric(self) -> MetricRow:
        """What is measured beside the loss: what the project chose, or else what is usual."""
        usual = metrics_for(self.facts.task)
        chosen = METRICS.get(self.training.metric)
        return chosen if chosen in usual else usual[0]

    @cached_property
    def layers(self) -> list[Made]:
        """The enabled layers."""
        return made_layers(self.project.network, self.facts)

    @property
    def learning(self) -> list[Made]:
        """The layers that have weights."""
        return [one for one in self.layers if one.layer.row.learns]

    @property
    def thawing(self) -> dict[int, list[Made]]:
        """Frozen layers that learn later on, by the number of epochs after which they do."""
        found: dict[int, list[Made]] = {}
        for one in self.learning:
            if one.layer.frozen and one.layer.thaw_after:
                found.setdefault(one.layer.thaw_after, []).append(one)
        return dict(sorted(found.items()))

    @property
    def groups(self) -> dict[tuple[float, int], list[Made]]:
        """The layers that are to learn, by the factor of their learning rate and the epochs after which they begin."""
        found: dict[tuple[float, int], list[Made]] = {}
        for one in self.learning:
            if one.layer.thaw_after or not one.layer.frozen:
                begin = one.layer.thaw_after if one.layer.frozen else 0
                found.setdefault((one.layer.rate_factor, begin), []).append(one)
        return found

    @property
    def grouped(self) -> bool:
        """Whether the optimizer has groups of weights: some learn at rates of their own, or begin later."""
        groups = self.groups
        return (len(groups) > 1 or any(factor != 1.0 for factor, _ in groups)) and not self.step_closure

    @property
    def started(self) -> list[Made]:
        """The layers that start from weights of a file."""
        return [one for one in self.layers if one.layer.from_file]

    @property
    def step_closure(self) -> bool:
        """Whether the optimizer measures the loss several times a step."""
        return self.training.optimizer_row.full_batch

    @property
    def batched(self) -> bool:
        """Whether rows are taken in batches, and not all of them at once."""
        return 0 < self.training.batch_size < self.facts.train_rows and not self.step_closure

    @property
    def shuffled(self) -> bool:
        """Whether each epoch has an order of its own."""
        return self.batched and self.training.shuffle and self.training.batch_size < self.facts.train_rows

    @property
    def draws(self) -> bool:
        """Whether the network itself draws numbers while it learns."""
        return any(one.layer.kind == "dropout" for one in self.layers)

    @property
    def penalized(self) -> bool:
        """Whether large weights cost something."""
        return self.training.l1 > 0 or self.training.l2 > 0

    @property
    def watches(self) -> bool:
        """Whether rows are kept for validation."""
        return self.facts.validation_rows > 0

    @property
    def watched(self) -> str:
        """Whose numbers say how good the network is: ``validation`` or ``train``."""
        return "validation" if self.watches else "train"

    @property
    def moved(self) -> bool:
        """Whether there is a device other than the CPU to move to."""
        return self.training.device != "cpu"

    @property
    def one_thread(self) -> bool:
        """Whether a run takes one thread; otherwise it takes as many as there are cores."""
        return one_thread(self.project, self.facts)
