"""The network as Python source, in three forms, with the very first weights that it has here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nnbuilder.catalog.initializers import INITIALIZERS
from nnbuilder.facts import DataFacts
from nnbuilder.shapes import layer_shapes
from nnbuilder.source.layout import STEP, Part, call, flat, lay_out
from nnbuilder.source.literals import literal
from nnbuilder.source.script import Script, comment_lines
from nnbuilder.source.torch_defaults import told
from nnbuilder.spec import Component, Layer, Network

Form = Literal["sequential", "named", "module"]
"""A plain ``nn.Sequential``, a class that names each layer, or a class with an ``nn.Sequential`` inside."""

_BARE = {"Linear": "out_features", "LeakyReLU": "negative_slope", "Dropout": "p"}
"""The argument that people write without its name, by class."""


@dataclass(frozen=True)
class Made:
    """An enabled layer: its place among them, its name in a class that names each, and the call that makes it."""

    place: int
    name: str
    layer: Layer
    call: Part

    def of(self, model: str, form: Form) -> str:
        """The expression for the layer of a model."""
        if form == "named":
            return f"{model}.{self.name}"
        return f"{model}.layers[{self.place}]" if form == "module" else f"{model}[{self.place}]"

    @property
    def is_linear(self) -> bool:
        """Whether it is a Linear layer."""
        return self.layer.row.sets_width

    @property
    def has_bias(self) -> bool:
        """Whether it is a layer with a bias that one may do without."""
        return bool(self.layer.settings.get("bias", False))


def model_code(network: Network, facts: DataFacts, form: Form = "sequential") -> str:
    """A file that defines and seeds the network; its first weights are those of `nnbuilder.build.build_model`.

    It defines ``model``. Weights that were saved from an ``nn.Sequential`` (``0.weight``, ``0.bias``, …) are loaded by
    ``model.load_state_dict(torch.load("state_dict.pth"))`` in the first form, by
    ``model.layers.load_state_dict(torch.load("state_dict.pth"))`` in the form "module", and by
    ``model.load_state_dict(named(torch.load("state_dict.pth")))`` in the form "named", whose file defines ``named``.

    Parameters
    ----------
    network
        The layers and the seed.
    facts
        Of the data: how many inputs there are.
    form
        How it is written, see `Form`.
    """
    script = Script()
    write_model(script, network, facts, form, literal(network.seed))
    if form == "named":
        write_renaming(script, made_layers(network, facts))
    script.paragraph("Trained weights are loaded so:")
    weights = f"torch.load({literal('state_dict.pth')})"
    script.line(f"# {loading(form, weights)}")
    return script.text


def loading(form: Form, weights: str, more: str = "") -> str:
    """The statement that loads weights of an ``nn.Sequential``, given as an expression such as ``torch.load("a.pth")``.

    `more` are further arguments of ``load_state_dict``. The form "named" needs what `write_renaming` defines.
    """
    if form == "named":
        return f"model.load_state_dict(named({weights}){more})"
    return f"model{'.layers' if form == 'module' else ''}.load_state_dict({weights}{more})"


def write_model(
    script: Script, network: Network, facts: DataFacts, form: Form, seed: str, device: bool = False
) -> list[Made]:
    """Write the lines that make ``model``; the layers it has.

    Parameters
    ----------
    seed
        The expression for the seed of the weights.
    device
        Whether the model moves to a ``device``.
    """
    layers = made_layers(network, facts)
    script.use("torch")
    script.use("torch", "nn")
    if form != "sequential":
        script.function("Network", _class(layers, form))
    script.paragraph("The seed decides which first weights are drawn.")
    script.line(f"torch.manual_seed({seed})")
    if form == "sequential":
        for line in _stack("model", layers):
            script.line(line)
        for line in _initializing("model", layers):
            script.line(line)
    else:
        script.line("model = Network()")
    frozen = [one for one in layers if one.layer.frozen and one.layer.row.learns]
    if frozen:
        script.paragraph("Frozen layers keep their weights.")
        for one in frozen:
            script.line(f"{one.of('model', form)}.requires_grad_(False)")
    if device:
        script.line("model = model.to(device)")
    return layers


def made_layers(network: Network, facts: DataFacts) -> list[Made]:
    """The enabled layers in order."""
    shapes = layer_shapes(network, facts.inputs)
    active = [layer for _, layer in network.active]
    names = _names(active)
    return [
        Made(place, name, layer, _call(layer, shape.in_features))
        for place, (layer, name, shape) in enumerate(zip(active, names, shapes, strict=True))
    ]


def write_renaming(script: Script, layers: Sequence[Made]) -> None:
    """Define ``named``, which gives weights of an ``nn.Sequential`` the names of a class that names its layers."""
    learning = [one for one in layers if one.layer.row.learns]
    pairs = [f"{STEP * 2}{literal(str(one.place))}: {literal(one.name)}," for one in learning]
    script.function(
        "named",
        [
            "def named(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:",
            f'{STEP}"""Weights of an nn.Sequential ("0.weight") by the names of this class."""',
            f"{STEP}names = {{",
            *pairs,
            f"{STEP}}}",
            f"{STEP}renamed = {{}}",
            f"{STEP}for name, tensor in weights.items():",
            f'{STEP * 2}place, kind = name.split(".")',
            f'{STEP * 2}renamed[f"{{names[place]}}.{{kind}}"] = tensor',
            f"{STEP}return renamed",
        ]
        if learning
        else [
            "def named(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:",
            f'{STEP}"""This network has no weights."""',
            f"{STEP}return weights",
        ],
    )


def _call(layer: Layer, width: int) -> Part:
    """The call that makes a layer for so many inputs."""
    name, row = layer.row.torch, layer.row
    arguments = dict(row.arguments(layer.settings))
    parts: list[Part] = []
    if row.width_argument:
        parts.append(literal(width))
    bare = _BARE.get(name)
    if bare and (name != "LeakyReLU" or told(name, {bare: arguments[bare]})):
        parts.append(literal(arguments[bare]))
    arguments.pop(bare or "", None)
    return call(f"nn.{name}", *parts, *told(name, arguments))


def _names(layers: Sequence[Layer]) -> list[str]:
    """A name for each layer: hidden1, hidden2, output; others by their kind, numbered where there are several."""
    linear = [place for place, layer in enumerate(layers) if layer.row.sets_width]
    kinds = Counter(layer.kind for layer in layers)
    seen: Counter[str] = Counter()
    names = []
    for place, layer in enumerate(layers):
        seen[layer.kind] += 1
        number = seen[layer.kind]
        if not layer.row.sets_width:
            names.append(f"{layer.kind}{number}" if kinds[layer.kind] > 1 else layer.kind)
        elif place != linear[-1]:
            names.append(f"hidden{number}")
        else:
            names.append("output" if len(linear) > 1 else "linear")
    return names


def _stack(name: str, layers: Sequence[Made], indent: str = "") -> list[str]:
    """The assignment of an ``nn.Sequential``: a line for each layer, so that a change shows as one line."""
    if not layers:
        return [f"{indent}{name} = nn.Sequential()"]
    if len(layers) == 1:
        return [f"{indent}{name} = nn.Sequential({flat(layers[0].call)})"]
    return [
        f"{indent}{name} = nn.Sequential(",
        *(f"{indent}{STEP}{flat(one.call)}," for one in layers),
        f"{indent})",
    ]


def _class(layers: Sequence[Made], form: Form) -> list[str]:
    """The definition of the network as a class."""
    inner = STEP * 2
    lines = ["class Network(nn.Module):", f"{STEP}def __init__(self) -> None:", f"{inner}super().__init__()"]
    if form == "module":
        lines += _stack("self.layers", layers, inner)
        lines += _initializing("self.layers", layers, inner)
        steps = ["return self.layers(x)"]
    else:
        lines += [f"{inner}self.{one.name} = {flat(one.call)}" for one in layers]
        lines += _initializing_named(layers, inner)
        steps = [f"x = self.{one.name}(x)" for one in layers[:-1]]
        steps.append(f"return self.{layers[-1].name}(x)" if layers else "return x")
    head = f"{STEP}def forward(self, x: torch.Tensor) -> torch.Tensor:"
    return [*lines, "", head, *(inner + step for step in steps)]


def _drawn(layers: Sequence[Made]) -> list[Made]:
    """The layers whose weights an initializer draws anew."""
    return [one for one in layers if one.is_linear and INITIALIZERS[one.layer.initializer.kind].torch]


def _initializing(model: str, layers: Sequence[Made], indent: str = "") -> list[str]:
    """The statements that draw the first weights of an ``nn.Sequential`` anew, in the order of the layers."""
    drawn = _drawn(layers)
    if not drawn:
        return []
    kinds = {(flat(_initializer(one.layer.initializer, "")), one.has_bias) for one in drawn}
    said = _explained(drawn, indent)
    if len(kinds) == 1 and len(drawn) > 1 and len(drawn) == sum(one.is_linear for one in layers):
        inner = indent + STEP * 2
        lines = [*said, f"{indent}for layer in {model}:", f"{indent}{STEP}if isinstance(layer, nn.Linear):"]
        lines += lay_out(_initializer(drawn[0].layer.initializer, "layer.weight"), inner)
        return [*lines, *([f"{inner}nn.init.zeros_(layer.bias)"] if drawn[0].has_bias else [])]
    lines = said
    for one in drawn:
        weight = f'{model}.get_parameter("{one.place}.weight")'
        lines += lay_out(_initializer(one.layer.initializer, weight), indent)
        if one.has_bias:
            lines.append(f'{indent}nn.init.zeros_({model}.get_parameter("{one.place}.bias"))')
    return lines


def _initializing_named(layers: Sequence[Made], indent: str) -> list[str]:
    """The same for a class that names its layers."""
    drawn = _drawn(layers)
    lines = _explained(drawn, indent)
    for one in drawn:
        lines += lay_out(_initializer(one.layer.initializer, f"self.{one.name}.weight"), indent)
        if one.has_bias:
            lines.append(f"{indent}nn.init.zeros_(self.{one.name}.bias)")
    return lines


LARGE = 10.0
"""A standard deviation of first weights that wants a word."""


def _explained(drawn: Sequence[Made], indent: str) -> list[str]:
    """A comment on how first weights are drawn."""
    if not drawn:
        return []
    rows = dict.fromkeys(INITIALIZERS[one.layer.initializer.kind] for one in drawn)
    said = ["First weights that are not those PyTorch draws by itself.", *(f"{row.label}: {row.help}" for row in rows)]
    if any(one.layer.initializer.settings.get("std", 0.0) > LARGE for one in drawn):
        said.append("Weights as large as these bring the first answers near large targets.")
    return comment_lines(" ".join(said), indent)


def _initializer(initializer: Component, weight: str) -> Part:
    row = INITIALIZERS[initializer.kind]
    return call(f"nn.init.{row.torch}", weight, *told(row.torch, row.arguments(initializer.settings)))
