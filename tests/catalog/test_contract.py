"""Every row of every table: defaults build, bad values are refused in their own words, JSON round "
"trips, both passes run."""

import itertools

import pytest
import torch
from torch import nn

from nnbuilder.build import build_loss, build_model, build_optimizer, build_scheduler
from nnbuilder.catalog.initializers import INITIALIZERS
from nnbuilder.catalog.layers import LAYERS
from nnbuilder.catalog.losses import LOSSES
from nnbuilder.catalog.metrics import METRICS
from nnbuilder.catalog.optimizers import OPTIMIZERS
from nnbuilder.catalog.schedules import EARLY_STOPPING, SCHEDULERS
from nnbuilder.data.facts import describe
from nnbuilder.data.prepare import prepare
from nnbuilder.errors import InvalidProject
from nnbuilder.shapes import layer_shapes, parameter_count
from nnbuilder.spec import read
from nnbuilder.training.state import loss_target
from nnbuilder.training.trainer import Trainer
from tests.projects import HEADS, layers, project

SOURCE = {"regression": "regression", "binary": "circles", "multiclass": "blobs"}
TABLES = {
    "network.layers[0]": LAYERS,
    "network.layers[0].initializer": INITIALIZERS,
    "training.loss": LOSSES,
    "training.optimizer": OPTIMIZERS,
    "training.scheduler": SCHEDULERS,
    "training.early_stopping": EARLY_STOPPING,
}
ROWS = [(path, key) for path, table in TABLES.items() for key in table]
FIELDS = [
    (path, key, field.name, bad)
    for path, table in TABLES.items()
    for key, row in table.items()
    for field in row.fields
    for bad in field.bad_values()
]


def document_with(path, component):
    document = project(stack=layers(4, "tanh", 1)).to_json()
    *parents, last = path.replace("[0]", ".0").split(".")
    target = document
    for part in parents:
        target = target[int(part)] if part.isdigit() else target[part]
    target[int(last) if last.isdigit() else last] = component
    return document


@pytest.mark.parametrize(("path", "key"), ROWS)
def test_defaults_read_and_come_back_equal(path, key):
    made = read(document_with(path, {"kind": key}))
    assert read(made.to_json()) == made


@pytest.mark.parametrize(("path", "key", "name", "bad"), FIELDS)
def test_bad_values_are_refused_in_the_fields_own_words(path, key, name, bad):
    with pytest.raises(InvalidProject) as caught:
        read(document_with(path, {"kind": key, name: bad}))
    (problem,) = caught.value.problems
    field = TABLES[path][key].field(name)
    assert problem.path == f"{path}.{name}"
    assert problem.message.startswith(field.label)
    assert problem.message.count(". ") == 0


@pytest.mark.parametrize("row", [row for table in (*TABLES.values(), METRICS) for row in table.values()])
def test_every_row_explains_itself(row):
    assert row.label
    assert row.help.endswith(".")
    assert all(field.label and field.help for field in row.fields)
    assert all(field.problem(field.default) is None for field in row.fields)


@pytest.mark.parametrize("key", LAYERS)
def test_layers_build_as_their_shapes_say_and_run_both_ways(key):
    made = project(stack=layers(6, {"kind": key}, 1))
    facts = describe(made.data)
    model = build_model(made.network, facts)
    assert type(model[1]) is getattr(nn, LAYERS[key].torch)
    counted = sum(weight.numel() for weight in model.parameters())
    assert parameter_count(made.network, facts.inputs) == counted
    rows = torch.randn(8, 2, requires_grad=True)
    values = rows
    for shape, module in zip(layer_shapes(made.network, 2), model, strict=True):
        values = module(values)
        assert values.shape == (8, shape.out_features)
    values.sum().backward()
    assert torch.isfinite(rows.grad).all()


@pytest.mark.parametrize("key", LAYERS)
def test_the_range_of_a_layer_is_true(key):
    row = LAYERS[key]
    if row.group != "activation":
        pytest.skip("only activations promise a range")
    answers = getattr(nn, row.torch)(**row.arguments(row.defaults()))(torch.linspace(-50, 50, 2001).reshape(-1, 1))
    if key in ("softmax", "log_softmax"):
        answers = getattr(nn, row.torch)(dim=1)(torch.randn(100, 5) * 10)
    low, high = row.output_range
    assert low - 1e-3 <= answers.min()
    assert answers.max() <= high + 1e-3


@pytest.mark.parametrize("key", INITIALIZERS)
def test_initializers_are_those_of_torch_and_leave_its_generator_alone(key):
    made = project(stack=layers({"kind": "linear", "units": 6, "initializer": {"kind": key}}, "relu", 1))
    torch.manual_seed(99)
    before = torch.get_rng_state()
    model = build_model(made.network, describe(made.data))
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(made.network.seed)
    first, last = nn.Linear(2, 6), nn.Linear(6, 1)
    row = INITIALIZERS[key]
    if row.torch:
        getattr(nn.init, row.torch)(first.weight, **row.arguments(row.defaults()))
        nn.init.zeros_(first.bias)
    for ours, theirs in ((model[0], first), (model[2], last)):
        assert torch.equal(ours.weight, theirs.weight)
        assert torch.equal(ours.bias, theirs.bias)


@pytest.mark.parametrize(("key", "task"), [(key, task) for key, row in LOSSES.items() for task in row.tasks])
def test_losses_take_the_target_they_ask_for(key, task):
    row = LOSSES[key]
    source = SOURCE[task]
    classes = {"regression": 0, "binary": 2, "multiclass": 4}[task]
    stack = layers(6, "tanh", row.outputs(classes), *([row.ending] if row.ending else []))
    made = project(source, stack, loss=key)
    prepared = prepare(made.data)
    labels = torch.from_numpy(prepared.target["train"])
    model = build_model(made.network, prepared.facts)
    loss = build_loss(made.training, [1] * classes)
    value = loss(model(torch.from_numpy(prepared.features["train"])), loss_target(labels, row.target))
    value.backward()
    assert torch.isfinite(value)
    assert all(weight.grad is not None for weight in model.parameters())


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_optimizers_build_with_the_settings_and_lower_the_loss(key):
    size = 0 if OPTIMIZERS[key].full_batch else 32
    made = project(optimizer={"kind": key}, batch_size=size, epochs=5)
    trainer = Trainer(made, prepare(made.data))
    group = trainer.control.optimizer.param_groups[0]
    assert type(trainer.control.optimizer) is getattr(torch.optim, OPTIMIZERS[key].torch)
    for name, value in OPTIMIZERS[key].arguments(made.training.optimizer.settings).items():
        assert group[name] == value
    for _ in trainer.events():
        pass
    assert trainer.measure()["train"]["loss"] < trainer.control.first_loss


@pytest.mark.parametrize(
    ("scheduler", "optimizer"), list(itertools.product(SCHEDULERS, ["sgd", "adam", "lbfgs", "adadelta"]))
)
def test_schedulers_move_the_learning_rate_as_torch_does(scheduler, optimizer):
    size = 0 if optimizer == "lbfgs" else 64
    made = project(optimizer={"kind": optimizer}, scheduler={"kind": scheduler}, batch_size=size, epochs=4)
    trainer = Trainer(made, prepare(made.data))
    model = nn.Linear(1, 1)
    twin = build_optimizer(model, made.training)
    batches = -(-trainer.control.rows // trainer.control.batch_size)
    schedule = build_scheduler(twin, made.training, batches)
    rates = []
    for epoch in range(4):
        for _ in range(batches):
            twin.step(lambda: torch.zeros(())) if optimizer == "lbfgs" else twin.step()
            if scheduler == "one_cycle" and schedule.last_epoch < schedule.total_steps - 1:
                schedule.step()
        rates.append(twin.param_groups[0]["lr"])
        if scheduler in ("step", "exponential", "cosine"):
            schedule.step()
        assert epoch >= 0
    for _ in trainer.events():
        pass
    if scheduler != "plateau":
        assert trainer.history.column("learning_rate") == pytest.approx(rates)


def test_every_task_has_a_home():
    for task in HEADS:
        assert describe(project(task).data).task in {task for row in LOSSES.values() for task in row.tasks}
