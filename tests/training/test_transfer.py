"""Starting from other weights, frozen layers, thawing, learning rates of single layers; torch by hand is the oracle."""

import io

import pytest
import torch
from torch import nn

from nnbuilder.build import build_model, build_optimizer, start_from_files
from nnbuilder.catalog.optimizers import OPTIMIZERS
from nnbuilder.catalog.schedules import SCHEDULERS
from nnbuilder.data.facts import describe
from nnbuilder.data.prepare import prepare
from nnbuilder.errors import Edit
from nnbuilder.store.files import StoreError
from nnbuilder.store.weights import Weights
from nnbuilder.training.events import Epoch
from nnbuilder.training.trainer import Trainer
from tests.projects import layers, project

STACK = layers(8, "batch_norm", {"kind": "prelu"}, 6, "layer_norm", "relu", 4)


def frozen(stack, *places, **more):
    return [{**layer, **({"frozen": True, **more} if place in places else {})} for place, layer in enumerate(stack)]


def bits(tensors):
    return {name: tensor.detach().reshape(-1).view(torch.uint8).tolist() for name, tensor in tensors.items()}


def run(trainer, steps=None):
    for count, _ in enumerate(trainer.events(), 1):
        if count == steps:
            break
    return trainer


def made_of(stack, **training):
    return project("blobs", stack, **{"batch_size": 40, **training})


@pytest.fixture
def library(tmp_path, monkeypatch):
    monkeypatch.setenv("NNBUILDER_HOME", str(tmp_path))
    return Weights.default()


@pytest.fixture(scope="module")
def teacher():
    """A net that has learned, with running statistics of its own."""
    return run(Trainer(made := made_of(STACK), prepare(made.data))).model.state_dict()


def started(stack, sha256, *places, **more):
    start = {"kind": "file", "sha256": sha256, "name": "blobs.pth"}
    return [
        {**layer, "weights": {**start, "prefix": f"model.{place}"}, **more} if place in places else layer
        for place, layer in enumerate(stack)
    ]


def test_layers_start_as_the_file_says_and_the_others_as_they_always_did(library, teacher):
    sha256 = library.keep({f"model.{name}": tensor for name, tensor in teacher.items()})
    made = made_of(started(STACK, sha256, 0, 1, 2, 4))
    model = Trainer(made, prepare(made.data)).model
    fresh = build_model(made_of(STACK).network, describe(made.data)).state_dict()
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, (teacher if name[0] in "0124" else fresh)[name]), name
    assert not torch.equal(teacher["0.weight"], fresh["0.weight"])
    assert torch.equal(model[1].num_batches_tracked, teacher["1.num_batches_tracked"])


def test_a_single_layers_file_has_no_prefix_and_any_float_type(library):
    tensors = {"weight": torch.randn(8, 2, dtype=torch.float64), "bias": torch.randn(8).to(torch.bfloat16)}
    start = {"kind": "file", "sha256": library.keep(tensors), "prefix": "", "name": "layer.pth"}
    made = made_of(layers({"kind": "linear", "units": 8, "weights": start}, "relu", 4))
    layer = Trainer(made, prepare(made.data)).model[0]
    assert layer.weight.dtype == torch.float32
    assert torch.equal(layer.weight, tensors["weight"].float())
    assert torch.equal(layer.bias, tensors["bias"].float())


@pytest.mark.parametrize(
    ("tensors", "sentence"),
    [
        ({}, r"Layer 1 cannot start from “blobs.pth”: model.0.weight is missing there"),
        ({"model.0.weight": torch.zeros(8, 3)}, r"model.0.weight has the shape \[8, 3\], not \[8, 2\], there"),
        ({"model.0.weight": torch.zeros(8, 2)}, r"model.0.bias is missing there; let the layer start fresh"),
    ],
)
def test_what_a_file_lacks_is_said(library, tensors, sentence):
    made = made_of(started(STACK, library.keep(tensors), 0))
    model = build_model(made.network, describe(made.data))
    with pytest.raises(StoreError, match=sentence):
        start_from_files(model, made.network)


def test_a_checkpoint_is_taken_up_without_the_file_it_once_began_with(library, teacher):
    sha256 = library.keep({f"model.{name}": tensor for name, tensor in teacher.items()})
    made = made_of(started(STACK, sha256, 0))
    prepared = prepare(made.data)
    whole = run(Trainer(made, prepared))
    checkpoint = run(Trainer(made, prepared), steps=4).checkpoint()
    library.path(sha256).unlink()
    assert bits(run(Trainer.resume(checkpoint, made, prepared)).model.state_dict()) == bits(whole.model.state_dict())


OPTIMIZER_SETTINGS = {
    "sgd": {"momentum": 0.9, "weight_decay": 0.1},
    "adam": {"weight_decay": 0.1},
    "adamw": {"weight_decay": 0.1},
    "lbfgs": {"line_search": "strong_wolfe"},
}


def settings_of(key):
    full = OPTIMIZERS[key].full_batch
    return {"optimizer": {"kind": key, **OPTIMIZER_SETTINGS.get(key, {})}, "batch_size": 0 if full else 40}


@pytest.mark.parametrize("thaw_after", [0, 3])
@pytest.mark.parametrize("key", OPTIMIZERS)
def test_frozen_weights_stay_equal_to_the_bit_whatever_pulls_at_them(key, thaw_after):
    stack = frozen(STACK, 0, 1, 2, 4, thaw_after=thaw_after)
    made = made_of(stack, l1=0.01, l2=0.01, gradient_clip=1.0, epochs=5, **settings_of(key))
    trainer = Trainer(made, prepare(made.data))
    first = bits(trainer.model.state_dict())
    for event in trainer.events():
        now = bits(trainer.model.state_dict())
        held = [name for name in first if name[0] in "0124"]
        if thaw_after == 0 or trainer.epoch < thaw_after or (isinstance(event, Epoch) and trainer.epoch == thaw_after):
            assert [name for name in held if now[name] != first[name]] == []
    assert now["3.weight"] != first["3.weight"]
    moved = [name for name in held if now[name] != first[name]]
    assert moved == (held if thaw_after else [])


def test_a_thawed_layer_learns_as_the_same_lines_of_pytorch_do():
    made = made_of(frozen(layers(6, "relu", 4), 0, thaw_after=2), batch_size=0, epochs=5)
    ours = run(Trainer(made, prepared := prepare(made.data)))
    torch.manual_seed(made.network.seed)
    model = nn.Sequential(nn.Linear(2, 6), nn.ReLU(), nn.Linear(6, 4))
    model[0].requires_grad_(False)
    groups = [{"params": model[0].parameters()}, {"params": model[2].parameters()}]
    optimizer = torch.optim.Adam(groups, lr=0.01, fused=True)
    x, y = torch.from_numpy(prepared.features["train"]), torch.from_numpy(prepared.target["train"])
    for epoch in range(5):
        if epoch == 2:
            model[0].requires_grad_(True)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    assert bits(ours.model.state_dict()) == bits(model.state_dict())


@pytest.mark.parametrize("key", ["adam", "lbfgs"])
@pytest.mark.parametrize("stop_after", [0, 6, 9, 11, 12, 13, 14])
def test_a_run_that_thaws_goes_on_from_a_checkpoint_with_the_same_bits(key, stop_after):
    stack = frozen(STACK, 0, 1, thaw_after=2)
    stack[3]["rate_factor"] = 0.5 if key == "adam" else 1.0
    made = made_of(stack, epochs=4, **settings_of(key))
    prepared = prepare(made.data)
    whole = run(Trainer(made, prepared))
    first = Trainer(made, prepared)
    if stop_after:
        run(first, stop_after)
    file = io.BytesIO()
    torch.save(first.checkpoint(), file)
    file.seek(0)
    second = run(Trainer.resume(torch.load(file, weights_only=True), made, prepared))
    assert bits(whole.model.state_dict()) == bits(second.model.state_dict())
    assert whole.history.rows == second.history.rows


GROUPED = [
    {"kind": "linear", "units": 8, "rate_factor": 0.1},
    {"kind": "relu"},
    {"kind": "linear", "units": 6},
    {"kind": "prelu", "rate_factor": 0.1},
    {"kind": "linear", "units": 4, "rate_factor": 2.0},
]
GROUPS = [key for key in OPTIMIZERS if not OPTIMIZERS[key].full_batch]


@pytest.mark.parametrize("scheduler", SCHEDULERS)
@pytest.mark.parametrize("key", GROUPS)
def test_layers_learn_at_their_multiple_of_the_rate_through_every_schedule(key, scheduler):
    schedule = {"kind": scheduler, **({"patience": 0} if scheduler == "plateau" else {})}
    made = made_of(GROUPED, scheduler=schedule, epochs=3, **settings_of(key))
    plain = Trainer(
        made_of(
            [{"kind": row["kind"], **({"units": row["units"]} if "units" in row else {})} for row in GROUPED],
            scheduler=schedule,
            epochs=3,
            **settings_of(key),
        ),
        prepared := prepare(made.data),
    )
    trainer = Trainer(made, prepared)
    groups = trainer.control.optimizer.param_groups
    model = trainer.model
    assert [group["params"] for group in groups] == [
        [model[0].weight, model[0].bias, model[3].weight],
        [model[2].weight, model[2].bias],
        [model[4].weight, model[4].bias],
    ]
    for _ in trainer.events():
        base = groups[1]["lr"]
        assert [group["lr"] for group in groups] == pytest.approx([0.1 * base, base, 2 * base], rel=1e-6)
    if scheduler != "plateau":
        assert trainer.history.column("learning_rate") == pytest.approx(run(plain).history.column("learning_rate"))


@pytest.mark.parametrize("key", GROUPS)
def test_groups_step_as_optimizers_of_their_own_would(key):
    made = made_of(GROUPED, **settings_of(key))
    model = build_model(made.network, describe(made.data))
    twin = build_model(made.network, describe(made.data))
    ours = build_optimizer(model, made.training, made.network)
    rate = made.training.optimizer["learning_rate"]
    theirs = [
        build_optimizer(nn.ModuleList(twin[place] for place in places), _at(made, rate * factor))
        for factor, places in ((0.1, (0, 3)), (1.0, (2,)), (2.0, (4,)))
    ]
    torch.manual_seed(0)
    for _ in range(3):
        for one, other in zip(model.parameters(), twin.parameters(), strict=True):
            one.grad = torch.randn_like(one)
            other.grad = one.grad.clone()
        for optimizer in (ours, *theirs):
            optimizer.step()
    assert bits(model.state_dict()) == bits(twin.state_dict())


def _at(made, rate):
    return made.edited(Edit("set", "training.optimizer.learning_rate", rate)).training


def test_a_changed_learning_rate_keeps_the_factors_and_the_history_tells_the_rate_itself():
    made = made_of(GROUPED, scheduler={"kind": "cosine"}, epochs=3)
    trainer = run(Trainer(made, prepare(made.data)), steps=2)
    trainer.change(_at(made, 0.5))
    groups = trainer.control.optimizer.param_groups
    assert [group["lr"] for group in groups] == pytest.approx([0.05, 0.5, 1.0])
    assert trainer.control.scheduler.base_lrs == pytest.approx([0.05, 0.5, 1.0])
    run(trainer)
    rates = trainer.history.column("learning_rate")
    assert rates[0] == 0.5
    assert [group["lr"] for group in groups] == pytest.approx(
        [0.1 * groups[1]["lr"], groups[1]["lr"], 2 * groups[1]["lr"]]
    )


def test_where_every_layer_has_a_factor_the_history_still_tells_the_rate_itself():
    made = made_of(layers({"kind": "linear", "units": 4, "rate_factor": 0.1}), epochs=1)
    trainer = run(Trainer(made, prepare(made.data)))
    assert trainer.control.optimizer.param_groups[0]["lr"] == pytest.approx(0.001)
    assert trainer.history.column("learning_rate") == pytest.approx([0.01])


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_without_factors_the_optimizer_is_the_one_it_always_was(key):
    made = made_of(frozen(STACK, 3), **settings_of(key))
    model = build_model(made.network, describe(made.data))
    ours = build_optimizer(model, made.training, made.network)
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    theirs = getattr(torch.optim, OPTIMIZERS[key].torch)(learning, lr=made.training.optimizer["learning_rate"])
    assert len(ours.param_groups) == 1
    assert all(one is other for one, other in zip(ours.param_groups[0]["params"], learning, strict=True))
    assert set(ours.param_groups[0]) == set(theirs.param_groups[0])
