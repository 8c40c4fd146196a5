import io
import math

import numpy as np
import pytest
import torch
from torch import nn

from nnbuilder.data.prepare import prepare
from nnbuilder.errors import Edit, NNBuilderError
from nnbuilder.training import checkpoint
from nnbuilder.training.events import Diverged, Epoch, Finished, Step
from nnbuilder.training.probe import Probe, View
from nnbuilder.training.sections import unpack_section
from nnbuilder.training.trainer import Trainer
from tests.projects import layers, project


def trained(made, **options):
    trainer = Trainer(made, prepare(made.data), **options)
    events = list(trainer.events())
    return trainer, events


def same(first, second):
    weights = zip(first.model.state_dict().values(), second.model.state_dict().values(), strict=True)
    return all(torch.equal(one, other) for one, other in weights)


def saved_and_loaded(trainer):
    buffer = io.BytesIO()
    torch.save(trainer.checkpoint(), buffer)
    buffer.seek(0)
    return torch.load(buffer, weights_only=True)


NETS = {
    "plain": project(),
    "dropout": project("blobs", layers(12, "relu", {"kind": "dropout", "p": 0.3}, 4)),
    "batch norm": project("blobs", layers(12, "batch_norm", "relu", 4), batch_size=25),
    "one cycle": project(scheduler={"kind": "one_cycle"}, optimizer={"kind": "sgd", "momentum": 0.9}),
    "plateau": project(scheduler={"kind": "plateau", "patience": 0}, epochs=4),
    "lbfgs": project("regression", batch_size=0, optimizer={"kind": "lbfgs"}),
    "penalties": project(l1=0.01, l2=0.01, gradient_clip=0.5),
    "early": project(early_stopping={"kind": "patience", "patience": 50}),
}


@pytest.mark.parametrize("name", NETS)
def test_the_same_project_gives_the_same_weights_to_the_last_bit(name):
    assert same(trained(NETS[name])[0], trained(NETS[name])[0])


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("stop_after", [0, 1, 5, 9])
def test_a_resumed_run_ends_with_the_same_bits(name, stop_after):
    made = NETS[name]
    whole, _ = trained(made)
    first = Trainer(made, prepare(made.data))
    events = first.events()
    for _ in range(stop_after):
        if next(events, None) is None:
            break
    checkpoint = saved_and_loaded(first)
    torch.manual_seed(1234)
    second = Trainer.resume(checkpoint, made, prepare(made.data))
    for _ in second.events():
        pass
    assert same(whole, second)
    assert np.array_equal(np.array(whole.history.rows), np.array(second.history.rows), equal_nan=True)


def test_pictures_and_measurements_leave_training_as_it_was():
    made = NETS["dropout"]
    quiet, _ = trained(made)
    watched = Trainer(made, prepare(made.data))
    probe = Probe(watched)
    for number, event in enumerate(watched.events()):
        probe.picture(number, 0.0)
        if isinstance(event, Epoch):
            watched.measure()
    assert same(quiet, watched)


def test_the_loop_is_that_of_plain_pytorch():
    made = project("regression", layers(1), optimizer={"kind": "sgd", "learning_rate": 0.02}, batch_size=0, epochs=7)
    ours, events = trained(made)
    data = prepare(made.data)
    torch.manual_seed(made.network.seed)
    model = nn.Sequential(nn.Linear(1, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    x, y = torch.from_numpy(data.features["train"]), torch.from_numpy(data.target["train"])
    losses = []
    for _ in range(7):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert ours.history.column("train_loss") == pytest.approx(losses, rel=1e-5)
    assert torch.allclose(ours.model[0].weight, model[0].weight, rtol=1e-5)
    assert sum(isinstance(event, Step) for event in events) == 7


def test_every_row_is_used_once_an_epoch_and_the_order_changes():
    made = project(batch_size=50, epochs=2)
    trainer = Trainer(made, prepare(made.data))
    orders = []
    for event in trainer.events():
        if isinstance(event, Epoch):
            orders.append(trainer.control.order.tolist())
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(trainer.control.rows))
    assert orders[0] != orders[1]


def test_the_mean_loss_counts_rows_not_batches():
    made = project({"kind": "circles", "samples": 70}, batch_size=50, shuffle=False, epochs=1, data={"validation": 0.0})
    made = made.edited(Edit("set", "training.optimizer", {"kind": "sgd", "learning_rate": 1e-9}))
    trainer, _ = trained(made)
    assert trainer.control.rows % 50
    assert trainer.history.latest()["train_loss"] == pytest.approx(trainer.control.first_loss, rel=1e-4)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
@pytest.mark.parametrize("source", ["circles", "regression"])
def test_an_absurd_learning_rate_ends_in_a_message_with_the_last_good_weights(source, optimizer):
    made = project(source, layers(8, "relu", 1), optimizer={"kind": optimizer, "learning_rate": 1e6}, epochs=50)
    trainer, events = trained(made)
    last = events[-1]
    assert isinstance(last, Diverged)
    assert "learning rate 1e+06" in last.message
    assert f"epoch {last.epoch}" in last.message
    assert all(torch.isfinite(tensor).all() for tensor in trainer.model.state_dict().values())
    assert Probe(trainer).picture(0, 0.0) is not None


def test_no_picture_is_made_of_what_is_not_finite():
    made = project()
    trainer = Trainer(made, prepare(made.data))
    with torch.no_grad():
        trainer.model[0].weight.fill_(math.nan)
    assert Probe(trainer).picture(0, 0.0) is None


def test_going_on_after_the_end_continues_where_it_left_off():
    made = project(epochs=3)
    long, _ = trained(project(epochs=6))
    trainer, _ = trained(made)
    trainer.extend()
    last = list(trainer.events())[-1]
    assert isinstance(last, Finished)
    assert trainer.epoch == 6
    assert same(long, trainer)


@pytest.mark.parametrize("scheduler", ["one_cycle", "cosine", "step", "plateau"])
def test_going_on_works_with_every_scheduler(scheduler):
    trainer, _ = trained(project(scheduler={"kind": scheduler}))
    trainer.extend()
    assert isinstance(list(trainer.events())[-1], Finished)


def test_settings_change_at_the_next_batch_and_batch_size_at_the_next_epoch():
    made = project(batch_size=50, epochs=3)
    trainer = Trainer(made, prepare(made.data))
    events = trainer.events()
    next(events)
    changed = made.edited(
        Edit("set", "training.optimizer.learning_rate", 0.5),
        Edit("set", "training.batch_size", 100),
        Edit("set", "training.epochs", 2),
        Edit("set", "training.l2", 0.1),
    )
    trainer.change(changed.training)
    assert trainer.control.optimizer.param_groups[0]["lr"] == 0.5
    steps = [event for event in events if isinstance(event, Step)]
    assert steps[0].batches == 4
    assert steps[-1].batches == 2
    assert trainer.epoch == 2
    assert trainer.project == changed


def test_early_stopping_brings_the_best_weights_back():
    rule = {"kind": "patience", "patience": 5, "restore_best": True}
    made = project(
        {"kind": "circles", "samples": 60, "noise": 0.5},
        layers(60, "relu", 60, "relu", 1),
        optimizer={"kind": "adam", "learning_rate": 0.05},
        epochs=300,
        early_stopping=rule,
        data={"test": 0.0, "validation": 0.4},
    )
    trainer, events = trained(made)
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.reason == "early_stopping"
    losses = trainer.history.column("validation_loss")
    assert len(losses) < 300
    assert trainer.measure()["validation"]["loss"] == pytest.approx(min(losses), rel=1e-5)
    # What is said of the run is said of these weights, not of those of its last epoch.
    told = trainer.history.of_epoch(trainer.control.weights_epoch)
    assert told["validation_loss"] == min(losses)
    assert told["epoch"] == losses.index(min(losses)) + 1 < trainer.epoch
    trainer.extend()
    assert trainer.control.weights_epoch == trainer.epoch


def test_frozen_layers_stay_as_they_are():
    made = project("blobs", layers({"kind": "linear", "units": 8, "frozen": True}, "batch_norm", "relu", 4))
    trainer = Trainer(made, prepare(made.data))
    before = trainer.model[0].weight.clone()
    for _ in trainer.events():
        pass
    assert torch.equal(before, trainer.model[0].weight)
    assert trainer.history.latest()["train_loss"] < trainer.control.first_loss


def test_a_picture_shows_what_the_model_answers():
    made = project("circles", data={"scaling": "standard"}, epochs=20)
    trainer, _ = trained(made)
    probe = Probe(trainer, View(1, 0))
    header, arrays = unpack_section(probe.picture(7, 1.5))
    view = header["view"]
    assert (header["n"], header["sent"], view["x_label"], view["y_label"]) == (7, 1.5, "x2", "x1")
    assert arrays["map"].shape == (100, 100)
    top_left = [view["y_range"][1], view["x_range"][0]]
    answer = probe.predict([top_left])
    assert arrays["map"][0, 0] == round(answer["probabilities"][0][1] * 255)
    assert answer["classes"][0] in trainer.facts.classes
    assert len(header["neurons"]) == len(arrays["neurons"]) == 2 + 6 + 6 + 1
    assert arrays["weights"].tolist() == [
        value for index in (0, 2) for value in trainer.model[index].weight.flatten().tolist()
    ]


def test_points_come_in_data_units_with_their_part():
    made = project("circles", data={"scaling": "minmax"})
    trainer = Trainer(made, prepare(made.data))
    header, arrays = unpack_section(Probe(trainer).data_section())
    raw = trainer.prepared.raw["train"]
    assert np.allclose(arrays["x"][arrays["part"] == 0], raw[:, 0])
    assert np.bincount(arrays["part"]).tolist() == [180, 60, 60]
    assert header["classes"] == ["outer", "inner"]


def test_one_feature_gives_a_curve():
    trainer, _ = trained(project("regression", layers(1)))
    header, arrays = unpack_section(Probe(trainer).picture(0, 0.0))
    assert header["view"]["kind"] == "curve"
    slope = np.diff(arrays["y"]) / np.diff(arrays["x"])
    assert np.allclose(slope, trainer.model[0].weight.item(), rtol=1e-2)


def test_a_machine_without_memory_is_no_damaged_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "model.pth"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(NNBuilderError, match=r"model\.pth cannot be read as a checkpoint"):
        checkpoint.read(path)

    def full(*_arguments, **_named):
        raise MemoryError

    monkeypatch.setattr("torch.load", full)
    with pytest.raises(MemoryError):
        checkpoint.read(path)
