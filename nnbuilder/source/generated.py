"""The code of data that are made on the spot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.catalog.losses import Target
from nnbuilder.facts import DataFacts
from nnbuilder.source.layout import after, before, call, values
from nnbuilder.source.literals import literal
from nnbuilder.source.plain_sets import plain_lines
from nnbuilder.source.scaling import write_scaling, write_terms
from nnbuilder.source.script import Script
from nnbuilder.source.splitting import write_split
from nnbuilder.source.tensors import write_target
from nnbuilder.spec import Data

Settings = Mapping[str, Any]
DATA_FILE = "points.csv"
"""What the rows are called where a script reads them that could not make them."""


def write_generated(script: Script, data: Data, facts: DataFacts, form: Target, plain: bool = False) -> bool:
    """Write the making of the rows, their split, terms and scaling.

    With `plain` scikit-learn is done without, and there are sections.

    Returns
    -------
    Whether the rows are read from `DATA_FILE`.
    """
    kind, settings = data.source.kind, data.source.settings
    row = DATASETS[kind]
    lines = plain_lines(kind, settings) if plain and row.function else None
    if plain:
        script.section("The data", f"{row.help} Chance draws the numbers; the seed makes them the same each time.")
    script.paragraph(f"{row.label}: {row.help}")
    if lines is not None:
        script.use("numpy as np")
        for line in lines:
            script.line(line)
    elif plain and row.function:
        _write_reading(script, facts)
    elif row.function:
        script.use("sklearn.datasets", row.function)
        arguments = [f"{name}={literal(value)}" for name, value in row.arguments(settings).items()]
        made = call(row.function, *arguments)
        # What the functions say of their types is less than what they do.
        script.put(before("x, y = ", after(made, "[:2]") if row.function in _THREE else made))
        if row.function in _LISTS and data.scaling != "none" and not data.terms:
            script.use("numpy as np")
            script.line("x = np.asarray(x)")
        if kind == "swiss_roll" and settings["view"] == "side":
            script.line("x = x[:, [0, 2]]  # from the side")
    else:
        script.use("numpy as np")
        for line in _MAKERS[kind](settings):
            script.line(line)
    if facts.classes:
        script.set("class_names", values(list(facts.classes)))
    write_split(script, "len(x)", facts, data.stratify, data.split_seed, plain)
    if plain:
        script.section("The inputs", explain_inputs(data))
    script.paragraph()
    write_terms(script, "x", data.terms, list(row.shape(settings).features))
    write_scaling(script, "x", data.scaling)
    script.use("torch")
    script.paragraph()
    script.line("x = torch.tensor(x, dtype=torch.float32)")
    write_target(script, bool(facts.classes), form)
    return plain and bool(row.function) and lines is None


def _write_reading(script: Script, facts: DataFacts) -> None:
    """Write the reading of rows that other code than NumPy's made."""
    script.use("numpy as np")
    script.line(f'table = np.loadtxt({literal(DATA_FILE)}, delimiter=",", skiprows=1)')
    target = "table[:, -1].astype(np.int64)" if facts.classes else "table[:, -1]"
    script.line(f"x, y = table[:, :-1], {target}")


def explain_inputs(data: Data) -> str:
    """What is done to the inputs, in a few words."""
    scaled = data.scaling != "none"
    done = ["Extra inputs are computed from the others."] if data.terms else []
    if scaled:
        done.append(
            "Inputs of one size are easier to learn from, so every column is scaled. Only the **training** rows say "
            "how: validation and test are to be as new as future data."
        )
    done.append("PyTorch wants **tensors** of 32-bit numbers.")
    return " ".join(done)


def _noise(settings: Settings, chance: str, rows: str = "len(x)") -> list[str]:
    if not settings["noise"]:
        return []
    return [f"y = y + {literal(settings['noise'])} * {chance}({rows})"]


def _curve(settings: Settings) -> list[str]:
    return [
        f"chance = np.random.RandomState({settings['seed']})",
        f"x = np.sort(chance.randn({settings['samples']}))",
        "y = x**2 + 15 * np.sin(x) ** 3",
        *_noise(settings, "chance.randn"),
        "x = x[:, None]",
    ]


def _sine(settings: Settings) -> list[str]:
    return [
        f"chance = np.random.default_rng({settings['seed']})",
        f"x = chance.uniform(-1, 1, {settings['samples']})",
        f"y = np.sin(np.pi * {literal(settings['periods'])} * x)",
        *_noise(settings, "chance.standard_normal"),
        "x = x[:, None]",
    ]


def _rent(settings: Settings) -> list[str]:
    rows = settings["samples"]
    return [
        f"chance = np.random.default_rng({settings['seed']})",
        f"size, age = chance.uniform(300, 3000, {rows}), chance.uniform(0, 100, {rows})",
        "y = 2.5 * size - 1.5 * age + 1000",
        *_noise(settings, "chance.standard_normal", str(rows)),
        "x = np.column_stack([size, age])",
    ]


def _shuffled(settings: Settings) -> list[str]:
    return [f"order = chance.permutation({settings['samples']})", "x, y = x[order], y[order]"]


def _start(settings: Settings) -> str:
    return f"chance = np.random.default_rng({settings['seed']})"


def _moved(settings: Settings, radius: int) -> tuple[str, list[str]]:
    """What the points that decide about labels are called, and the lines that make them."""
    drawn = f"chance.uniform(-{radius}, {radius}, x.shape)"
    if not settings["noise"]:
        return "x", _passed_over(drawn)
    noise = literal(settings["noise"] / 100)
    return "moved", [f"moved = x + {noise} * {drawn}  # noise: some labels are of places near by"]


def _passed_over(drawn: str) -> list[str]:
    """Noise of strength 0 is drawn all the same, for the sake of the numbers that are drawn after it."""
    return ["# There is no noise; it is drawn all the same, so that what is drawn next does not change.", drawn]


def _halves(settings: Settings) -> tuple[int, int]:
    rows = settings["samples"]
    return rows - rows // 2, rows // 2


def _circle(settings: Settings) -> list[str]:
    inner, outer = _halves(settings)
    moved, lines = _moved(settings, 5)
    return [
        _start(settings),
        f"inner, outer = chance.uniform(0, 2.5, {inner}), chance.uniform(3.5, 5, {outer})",
        f"angle = chance.uniform(0, 2 * np.pi, {settings['samples']})",
        "distance = np.concatenate([inner, outer])[:, None]",
        "x = distance * np.column_stack([np.sin(angle), np.cos(angle)])",
        *lines,
        f"y = (np.hypot({moved}[:, 0], {moved}[:, 1]) < 2.5).astype(np.int64)",
        *_shuffled(settings),
    ]


def _xor(settings: Settings) -> list[str]:
    moved, lines = _moved(settings, 5)
    return [
        _start(settings),
        f"x = chance.uniform(-5, 5, ({settings['samples']}, 2))",
        "x = x + np.where(x > 0, 0.3, -0.3)",
        *lines,
        f"y = ({moved}[:, 0] * {moved}[:, 1] >= 0).astype(np.int64)",
        *_shuffled(settings),
    ]


def _gauss(settings: Settings) -> list[str]:
    first, second = _halves(settings)
    noise = settings["noise"] / 100
    return [
        _start(settings),
        f"y = np.repeat([1, 0], [{first}, {second}])",
        f"spread = np.sqrt({f'0.5 + 7 * {literal(noise)}' if noise else 0.5})  # the standard deviation of each cloud",
        "x = np.where(y == 1, 2.0, -2.0)[:, None]",
        f"x = x + spread * chance.standard_normal(({settings['samples']}, 2))",
        *_shuffled(settings),
    ]


def _spiral(settings: Settings) -> list[str]:
    first, second = _halves(settings)
    rows = settings["samples"]
    noise, drawn = settings["noise"] / 100, "chance.uniform(-1, 1, x.shape)"
    return [
        _start(settings),
        "arms = []",
        f"for count, turn in [({first}, 0.0), ({second}, np.pi)]:",
        f"    places = np.arange(count) / {literal(rows / 2)}",
        "    angle = 2 * np.pi * 1.75 * places + turn",
        "    arm = np.column_stack([np.sin(angle), np.cos(angle)])",
        "    arms.append(5 * places[:, None] * arm)",
        "x = np.concatenate(arms)",
        f"y = np.repeat([1, 0], [{first}, {second}])",
        *([f"x = x + {literal(noise)} * {drawn}"] if noise else _passed_over(drawn)),
        *_shuffled(settings),
    ]


def _plane(settings: Settings) -> list[str]:
    moved, lines = _moved(settings, 6)
    return [
        _start(settings),
        f"x = chance.uniform(-6, 6, ({settings['samples']}, 2))",
        *lines,
        f"y = {moved}.sum(axis=1) / 10",
        *_shuffled(settings),
    ]


def _multi_gauss(settings: Settings) -> list[str]:
    moved, lines = _moved(settings, 6)
    return [
        "# Center and sign of each hill and pit.",
        "hills = [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1)]",
        "pits = [(-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)]",
        "a, b, sign = np.array(hills + pits).T",
        _start(settings),
        f"x = chance.uniform(-6, 6, ({settings['samples']}, 2))",
        *lines,
        f"distance = np.hypot({moved}[:, :1] - a, {moved}[:, 1:] - b)",
        "height = sign * np.clip(1 - distance / 2, 0, 1)",
        "y = height[np.arange(len(x)), np.abs(height).argmax(axis=1)]",
        *_shuffled(settings),
    ]


_THREE = ("make_blobs", "make_regression")
"""What may give a third part, as their types say."""
_LISTS = ("make_blobs", "make_circles", "make_classification", "make_gaussian_quantiles", "make_moons")
"""What may give lists, as their types say."""
_MAKERS: dict[str, Callable[[Settings], list[str]]] = {
    "curve": _curve,
    "sine": _sine,
    "rent": _rent,
    "playground_circle": _circle,
    "playground_xor": _xor,
    "playground_gauss": _gauss,
    "playground_spiral": _spiral,
    "playground_plane": _plane,
    "playground_multi_gauss": _multi_gauss,
}
