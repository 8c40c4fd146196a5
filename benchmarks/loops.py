"""The training loops that are compared: each trains the same net on the same rows for some epochs."""

from __future__ import annotations

import contextlib
import io
import logging
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from nnbuilder.data.pipeline import ColumnPlan, fit
from nnbuilder.data.prepare import Prepared
from nnbuilder.facts import DataFacts
from nnbuilder.spec import Project, read
from nnbuilder.training.probe import Probe
from nnbuilder.training.trainer import Trainer

LEARNING_RATE = 0.01
FRAMES_A_SECOND = 30


@dataclass(frozen=True)
class Case:
    """A net, as widths from input to output, on so many rows in batches, for `epochs` a measurement."""

    widths: tuple[int, ...]
    rows: int
    batch: int
    epochs: int

    @property
    def name(self) -> str:
        """The case as it is printed."""
        return f"{'-'.join(map(str, self.widths))}, {self.rows} rows, batch {self.batch}"

    @property
    def steps(self) -> int:
        """Steps in one measurement."""
        return -(-self.rows // self.batch) * self.epochs

    @property
    def many_classes(self) -> bool:
        """Whether the target has more classes than two."""
        return self.widths[-1] > 1

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows float32 [rows, inputs] and class numbers int64 [rows]."""
        generator = np.random.default_rng(0)
        x = generator.normal(size=(self.rows, self.widths[0])).astype(np.float32)
        if self.many_classes:
            return x, (x @ generator.normal(size=(self.widths[0], self.widths[-1]))).argmax(axis=1)
        return x, (np.square(x).sum(axis=1) > self.widths[0]).astype(np.int64)

    def model(self) -> nn.Sequential:
        """The net with ReLU between its layers."""
        torch.manual_seed(0)
        layers: list[nn.Module] = []
        for before, after in zip(self.widths, self.widths[1:], strict=False):
            layers += [nn.Linear(before, after), nn.ReLU()]
        return nn.Sequential(*layers[:-1])

    def loss(self) -> nn.Module:
        """The loss that fits the target."""
        return nn.CrossEntropyLoss() if self.many_classes else nn.BCEWithLogitsLoss()

    def tensors(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Rows and targets as the loss wants them."""
        x, y = self.data()
        target = torch.from_numpy(y)
        return torch.from_numpy(x), target if self.many_classes else target.float().unsqueeze(1)

    def project(self) -> Project:
        """The same as a project of this package."""
        stack: list[dict] = []
        for width in self.widths[1:]:
            stack += [{"kind": "linear", "units": width}, {"kind": "relu"}]
        return read(
            {
                "version": 1,
                "data": {"source": {"kind": "circles"}, "validation": 0.0},
                "network": {"layers": stack[:-1]},
                "training": {
                    "epochs": self.epochs,
                    "batch_size": self.batch,
                    "loss": {"kind": "cross_entropy" if self.many_classes else "bce_with_logits"},
                    "optimizer": {"kind": "adam", "learning_rate": LEARNING_RATE},
                },
            }
        )

    def prepared(self) -> Prepared:
        """The rows as prepared data, all of them for training."""
        x, y = self.data()
        names = tuple(f"x{number}" for number in range(self.widths[0]))
        classes = tuple(map(str, range(max(2, self.widths[-1]))))
        task = "multiclass" if self.many_classes else "binary"
        raw = x.astype(np.float64)
        none, no_target = np.zeros((0, self.widths[0])), np.zeros(0, dtype=np.int64)
        return Prepared(
            DataFacts(task, names, "y", classes, self.rows, 0, 0),
            {"train": x, "validation": none.astype(np.float32), "test": none.astype(np.float32)},
            {"train": y, "validation": no_target, "test": no_target},
            {"train": raw, "validation": none, "test": none},
            fit([ColumnPlan(name) for name in names], [], "none", raw),
        )


def ours(case: Case) -> Callable[[], None]:
    """The loop of this package, with its history, metric and last good weights."""
    project, prepared = case.project(), case.prepared()
    trainers = []

    def run() -> None:
        for _ in trainers.pop().events():
            pass

    run.prepare = lambda: trainers.append(Trainer(project, prepared))  # type: ignore[attr-defined]
    return run


def ours_live(case: Case) -> Callable[[], None]:
    """The same while pictures are made 30 times a second, as a worker makes them for a browser."""
    project, prepared = case.project(), case.prepared()
    trainers: list[tuple[Trainer, Probe]] = []

    def run() -> None:
        trainer, probe = trainers.pop()
        number, due = 0, 0.0
        for _ in trainer.events():
            now = time.perf_counter()
            if now >= due:
                probe.picture(number, now)
                number, due = number + 1, max(now, due + 1 / FRAMES_A_SECOND, now + 15 * (time.perf_counter() - now))

    def prepare() -> None:
        trainer = Trainer(project, prepared)
        trainers.append((trainer, Probe(trainer)))

    run.prepare = prepare  # type: ignore[attr-defined]
    return run


def data_loader(case: Case) -> Callable[[], None]:
    """The loop of the source texts: DataLoader over a TensorDataset, Adam, the loss read in every batch."""
    x, y = case.tensors()
    loss_function = case.loss()

    def run() -> None:
        model = case.model()
        optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
        loader = DataLoader(TensorDataset(x, y), batch_size=case.batch, shuffle=True)
        for _ in range(case.epochs):
            total = 0.0
            for rows, target in loader:
                optimizer.zero_grad()
                loss = loss_function(model(rows), target)
                loss.backward()
                optimizer.step()
                total += loss.item()

    return run


def tightest(case: Case) -> Callable[[], None]:
    """The fastest eager loop we know how to write by hand: nothing but training, the loss read once an epoch."""
    x, y = case.tensors()
    loss_function = case.loss()

    def run() -> None:
        model = case.model()
        optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, fused=True)
        for _ in range(case.epochs):
            order = torch.randperm(len(x))
            losses = []
            for rows, target in zip(x[order].split(case.batch), y[order].split(case.batch), strict=True):
                optimizer.zero_grad()
                loss = loss_function(model(rows), target)
                loss.backward()
                optimizer.step()
                losses.append(loss.detach())
            torch.stack(losses).mean().item()

    return run


def scikit_learn(case: Case) -> Callable[[], None]:
    """scikit-learn's MLPClassifier with Adam."""
    from sklearn.neural_network import MLPClassifier

    x, y = case.data()

    def run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            MLPClassifier(
                case.widths[1:-1],
                batch_size=case.batch,
                max_iter=case.epochs,
                learning_rate_init=LEARNING_RATE,
                n_iter_no_change=case.epochs + 1,
                random_state=0,
            ).fit(x, y)

    return run


def skorch(case: Case) -> Callable[[], None]:
    """skorch's NeuralNet with Adam, no validation, no printing."""
    from skorch import NeuralNet

    x, y = (tensor.numpy() for tensor in case.tensors())

    def run() -> None:
        net = NeuralNet(
            case.model(),
            criterion=case.loss(),
            optimizer=torch.optim.Adam,
            lr=LEARNING_RATE,
            max_epochs=case.epochs,
            batch_size=case.batch,
            iterator_train__shuffle=True,
            train_split=None,
            callbacks__print_log=None,
            verbose=0,
        )
        net.fit(x, y)

    return run


def lightning(case: Case) -> Callable[[], None]:
    """Lightning's Trainer with logging, bars and checkpoints switched off."""
    import lightning as pl

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    x, y = case.tensors()
    loss_function = case.loss()

    class Module(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model = case.model()

        def training_step(self, batch, _index):
            rows, target = batch
            return loss_function(self.model(rows), target)

        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters(), lr=LEARNING_RATE)

    def run() -> None:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stderr(io.StringIO()),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            trainer = pl.Trainer(
                max_epochs=case.epochs,
                accelerator="cpu",
                logger=False,
                enable_checkpointing=False,
                enable_progress_bar=False,
                enable_model_summary=False,
            )
            trainer.fit(Module(), DataLoader(TensorDataset(x, y), batch_size=case.batch, shuffle=True))

    return run


LOOPS: dict[str, Callable[[Case], Callable[[], None]]] = {
    "ours": ours,
    "ours, live at 30/s": ours_live,
    "DataLoader": data_loader,
    "tightest": tightest,
    "scikit-learn": scikit_learn,
    "skorch": skorch,
    "Lightning": lightning,
}
