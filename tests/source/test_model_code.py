"""The network as source begins with the very weights of the app, in each of its forms."""

import inspect

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from nnbuilder.build import build_model
from nnbuilder.catalog.initializers import INITIALIZERS
from nnbuilder.catalog.layers import LAYERS
from nnbuilder.catalog.losses import LOSSES
from nnbuilder.catalog.optimizers import OPTIMIZERS
from nnbuilder.catalog.schedules import SCHEDULERS
from nnbuilder.data.facts import describe
from nnbuilder.recipes import recipe, recipes
from nnbuilder.source.model import made_layers, model_code
from nnbuilder.source.torch_defaults import DEFAULTS
from tests.source.harness import inside
from tests.source.train_harness import FORMS, catalog, frozen_ways, project

NETWORKS = {
    **{name: made for name, made in catalog() if name.startswith(("layer-", "initializer-"))},
    **dict(frozen_ways()),
    **{key: one.project() for key, one in recipes().items()},
    "no layers": project(layers=[{"kind": "relu", "enabled": False}]),
}


def made_by(code):
    """What a file of code defines."""
    space = {}
    exec(compile(code, "model.py", "exec"), space)
    return space


@pytest.mark.parametrize("form", FORMS)
def test_first_weights_and_answers_are_those_of_the_app(form):
    for name, made in NETWORKS.items():
        facts = describe(made.data)
        ours = build_model(made.network, facts).eval()
        theirs = made_by(model_code(made.network, facts, form))["model"].eval()
        pairs = zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True)
        assert all(torch.equal(mine, other) for mine, other in pairs), name
        learning = zip(ours.parameters(), theirs.parameters(), strict=True)
        assert all(mine.requires_grad == other.requires_grad for mine, other in learning), name
        rows = torch.randn(5, facts.inputs)
        assert torch.equal(ours(rows), theirs(rows)), name


@pytest.mark.parametrize("form", FORMS)
def test_weights_of_the_app_are_loaded_as_the_file_says(form, tmp_path):
    made = project("blobs", [7, "batch_norm", "prelu", {"kind": "linear", "units": 5, "bias": False}, "relu", "out"])
    facts = describe(made.data)
    trained = build_model(made.network, facts)
    with torch.no_grad():
        for tensor in trained.state_dict().values():
            tensor += 1
    torch.save(trained.state_dict(), tmp_path / "state_dict.pth")
    code = model_code(made.network, facts, form)
    space = made_by(code)
    with inside(tmp_path):
        exec(code.splitlines()[-1].removeprefix("# "), space)
    loaded = space["model"].state_dict().values()
    assert all(torch.equal(*pair) for pair in zip(trained.state_dict().values(), loaded, strict=True))


def test_it_is_what_a_teacher_writes():
    made = recipe("sequential").project()
    facts = describe(made.data)
    assert model_code(made.network, facts) == (
        """\
import torch
from torch import nn

# The seed decides which first weights are drawn.
torch.manual_seed(0)
model = nn.Sequential(
    nn.Linear(8, 16),
    nn.ReLU(),
    nn.Linear(16, 10),
    nn.Sigmoid(),
    nn.Linear(10, 1),
)

# Trained weights are loaded so:
# model.load_state_dict(torch.load("state_dict.pth"))
"""
    )
    assert """\
class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden1 = nn.Linear(8, 16)
        self.relu = nn.ReLU()
        self.hidden2 = nn.Linear(16, 10)
        self.sigmoid = nn.Sigmoid()
        self.output = nn.Linear(10, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.hidden1(x)
        x = self.relu(x)
        x = self.hidden2(x)
        x = self.sigmoid(x)
        return self.output(x)
""" in model_code(made.network, facts, "named")
    assert """\
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)
""" in model_code(made.network, facts, "module")


def test_no_layer_has_the_name_of_something_that_every_module_has():
    stack = [4, *(key for key in LAYERS if key != "linear"), "relu", "out"]
    made = project(layers=stack)
    names = [one.name for one in made_layers(made.network, describe(made.data))]
    assert len(set(names)) == len(names)
    assert not [name for name in names if hasattr(nn.Module(), name)]


def test_what_is_left_out_is_what_torch_takes():
    homes = (nn, nn.init, torch.optim, lr_scheduler)
    for name, usual in DEFAULTS.items():
        home = next(home for home in homes if hasattr(home, name))
        parameters = inspect.signature(getattr(home, name)).parameters
        assert {key: parameters[key].default for key in usual} == dict(usual), name


def test_every_default_is_that_of_a_setting():
    tables = (LAYERS, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULERS)
    for row in (row for table in tables for row in table.values() if row.torch):
        given = row.arguments(row.defaults())
        assert set(DEFAULTS.get(row.torch, {})) <= {*given, "line_search_fn"}, row.key
