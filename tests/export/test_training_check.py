"""What is said of train.py is what was done: the whole training or its first epochs, and whose weights it gives."""

from __future__ import annotations

import pytest

from nnbuilder.data.prepare import prepare
from nnbuilder.export import training_check
from nnbuilder.export.code_files import beside_training
from nnbuilder.export.proving import differences
from nnbuilder.export.trained import Trained
from nnbuilder.export.training_check import train_again, train_task
from nnbuilder.training.events import Epoch
from nnbuilder.training.trainer import Trainer
from tests.projects import layers, project

LONG = project("circles", layers(3, "tanh", 1), epochs=400, scheduler={"kind": "cosine"}, batch_size=64)


def trained(epochs: int = 2, **changes) -> Trained:
    """The long project, stopped after some epochs; then with other settings for one more."""
    trainer = Trainer(LONG, prepare(LONG.data))
    for event in trainer.events():
        if isinstance(event, Epoch) and event.epoch >= epochs:
            if changes and event.epoch == epochs:
                trainer.change(LONG.with_training(**changes).training)
                continue
            break
    return Trained(trainer.checkpoint())


def test_of_a_long_training_the_first_epochs_are_run_and_that_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training_check, "SECONDS", 0.0)
    stopped = trained()
    again = train_again(stopped)
    assert not again.whole and again.trainer.epoch == 1
    assert again.said.startswith("Run for the first epoch of 400 in a fresh Python: the same losses and weights")
    # The schedule goes by the number of epochs; still the code of as many gives the same.
    assert differences([train_task(again, beside_training(stopped))], warnings="error") == [0.0]


def test_a_run_that_went_another_way_is_told_from_one_that_only_stopped():
    whole = project("circles", layers(3, "tanh", 1), epochs=3)
    trainer = Trainer(whole, prepare(whole.data))
    for _ in trainer.events():
        pass
    assert train_again(Trained(trainer.checkpoint())).said.endswith("bit for bit.")
    trainer.extend()
    for _ in trainer.events():
        pass
    longer = train_again(Trained(trainer.checkpoint())).said
    assert longer.endswith("Your own run was stopped earlier or went on longer; its weights are in state_dict.pth.")
    changed = trained(2, l2=0.5)
    assert "Your own run was changed on the way" in train_again(changed).said
