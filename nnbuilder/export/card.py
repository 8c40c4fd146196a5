"""The model card: what a person should know of a trained network, as a page for a browser and as Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nnbuilder.catalog.metrics import METRICS
from nnbuilder.catalog.sources import SOURCES, TABLE
from nnbuilder.data.prepare import PARTS
from nnbuilder.export import pictures
from nnbuilder.export.card_forms import Block, Code, Items, Picture, Section, Text, Words, as_markdown, as_page
from nnbuilder.export.snippets import module, onnx
from nnbuilder.export.trained import Trained
from nnbuilder.facts import Part
from nnbuilder.fields import Field, counted, plain
from nnbuilder.predicting.asked import date_words
from nnbuilder.shapes import parameter_count
from nnbuilder.spec import Component

MOST_COLUMNS = 12
"""Columns that the card tells one by one."""
FEW_HELD_OUT = 30
TASKS = {
    "binary": "tells two classes apart",
    "multiclass": "tells {count} classes apart",
    "regression": "predicts a number",
}
PART_LABELS = {"train": "Training", "validation": "Validation", "test": "Test"}


def html(trained: Trained, choice: str) -> bytes:
    """The card as a page of its own."""
    return as_page(_title(trained), sections(trained, drawn=True)).encode()


def markdown(trained: Trained) -> bytes:
    """The card as Markdown, its pictures in the folder ``pictures``."""
    return as_markdown(_title(trained), sections(trained, drawn=False)).encode()


def sections(trained: Trained, drawn: bool) -> list[Section]:
    """What the card says; its pictures `drawn` into it, or named as files."""
    made = [
        Section("What it is", [Text(_summary(trained)), *_picture(trained, "network", drawn)]),
        Section("How good it is", [*_measured(trained), *_picture(trained, "curves", drawn)]),
        Section("What it answers", list(_answers(trained, drawn))),
        Section("Data", _data(trained)),
        Section("How it was trained", [_settings(trained)]),
        Section("What it must not be used for", [Items(list(_limits(trained)))]),
        Section("How to load it", list(_loading(trained))),
    ]
    return [section for section in made if section.blocks]


def figures(trained: Trained) -> list[str]:
    """The pictures that can be drawn of this network."""
    found = ["network"]
    if len(trained.history):
        found.append("curves")
    found.append("fit")
    if trained.facts.classes:
        found.append("confusion")
    return found


def _title(trained: Trained) -> str:
    return f"Model card: {trained.project.name or 'network'}"


def _picture(trained: Trained, name: str, drawn: bool) -> list[Block]:
    if name not in figures(trained):
        return []
    words = {
        "network": "The network: blue lines are positive weights, orange ones negative; thick ones are large.",
        "curves": "Loss and metric over the epochs.",
        "fit": "What the network answers over the data.",
        "confusion": "Which class was taken for which.",
    }[name]
    figure = getattr(pictures, f"{name}_figure")(trained) if drawn else None
    return [Picture(name, words, figure)]


def _summary(trained: Trained) -> str:
    facts, project = trained.facts, trained.project
    task = TASKS[facts.task].format(count=len(facts.classes))
    linear = sum(layer.row.sets_width for _, layer in project.network.active)
    numbers = parameter_count(project.network, facts.inputs)
    target = f"{facts.target} ({', '.join(facts.classes)})" if 0 < len(facts.classes) <= 6 else facts.target
    learned = f"trained for {counted(trained.net.epoch, 'epoch')}" if trained.net.epoch else "not trained yet"
    return (
        f"A feed-forward network that {task}: {target}, from {counted(facts.inputs, 'input')}. It has "
        f"{counted(len(project.network.active), 'layer')}, {plain(linear)} of them Linear, with "
        f"{counted(numbers, 'number')} to learn, and was {learned}."
    )


def _measured(trained: Trained) -> list[Block]:
    """Loss and metrics of every part."""
    parts: list[Part] = [part for part in PARTS if trained.measures[part]]
    measured = [trained.measures[part] for part in parts]
    names = list(dict.fromkeys(name for numbers in measured for name in numbers))
    head = ["", *(f"{PART_LABELS[part]} ({plain(len(trained.prepared.target[part]))} rows)" for part in parts)]
    rows = [
        [_metric_label(trained, name), *(_number(numbers.get(name, math.nan)) for numbers in measured)]
        for name in names
    ]
    return [Words(head, rows)]


def _metric_label(trained: Trained, name: str) -> str:
    if name != "loss":
        return METRICS[name].label
    row = trained.project.training.loss_row
    return f"Loss ({row.unit or row.label})"


def _answers(trained: Trained, drawn: bool) -> Iterator[Block]:
    yield from _picture(trained, "fit", drawn)
    yield from _picture(trained, "confusion", drawn)


def _data(trained: Trained) -> list[Block]:
    facts, source = trained.facts, trained.project.data.source
    if source.kind == TABLE:
        origin = f"A table, {source['file']} (SHA-256 {source['sha256'][:16]}…)."
    else:
        origin = f"Points made by the program: {SOURCES[source.kind].label}. {SOURCES[source.kind].help}"
    blocks: list[Block] = [Text(f"{origin} Scaling of the inputs: {trained.project.data.scaling}.")]
    if facts.classes:
        blocks.append(_balance(trained))
    blocks.append(_columns(trained))
    if len(facts.columns) > MOST_COLUMNS:
        blocks.append(Text(f"{plain(len(facts.columns) - MOST_COLUMNS)} more columns are not listed here."))
    return blocks


def _balance(trained: Trained) -> Block:
    """How many rows of each class there are in each part."""
    classes = trained.facts.classes
    counts = {part: np.bincount(trained.prepared.target[part], minlength=len(classes)) for part in PARTS}
    parts = [part for part in PARTS if counts[part].sum()]
    rows = []
    for place, name in enumerate(classes):
        cells = []
        for part in parts:
            share = counts[part][place] / counts[part].sum()
            cells.append(f"{plain(int(counts[part][place]))} ({share:.0%})")
        rows.append([name, *cells])
    return Words(["Class", *(PART_LABELS[part] for part in parts)], rows)


def _columns(trained: Trained) -> Block:
    """What the columns hold in the training rows."""
    facts, raw = trained.facts, trained.prepared.raw["train"]
    rows = []
    for place, name in enumerate(facts.columns[:MOST_COLUMNS]):
        column = raw[:, place]
        known = column[~np.isnan(column)]
        gaps = len(column) - len(known)
        labels = facts.labels[place]
        if not len(known):
            held = "nothing"
        elif labels:
            seen = [labels[int(code)] for code in np.unique(known)]
            held = ", ".join(seen[:6]) + (f" and {len(seen) - 6} more" if len(seen) > 6 else "")
        elif name in facts.dates:
            held = " to ".join(date_words(math.floor(day)) for day in (known.min(), known.max()))
        else:
            held = f"{known.min():.6g} to {known.max():.6g}"
        rows.append([name, held, plain(gaps) if gaps else "none"])
    return Words(["Input column", "In the training rows", "Missing"], rows)


def _settings(trained: Trained) -> Block:
    project, training = trained.project, trained.project.training
    rows = [
        ["Layers", ", ".join(name for _, name, _ in trained.net.layers) or "none"],
        ["Loss", _component(training.loss, training.loss_row.label, training.loss_row.fields)],
        ["Optimizer", _component(training.optimizer, training.optimizer_row.label, training.optimizer_row.fields)],
        ["Batch size", plain(training.batch_size) if training.batch_size else "all rows"],
        ["Epochs", f"{plain(trained.net.epoch)} of {plain(training.epochs)}"],
    ]
    if training.scheduler.kind != "none":
        rows.append(["Schedule", training.scheduler.kind])
    if training.early_stopping.kind != "none":
        rows.append(["Early stopping", f"patience {training.early_stopping['patience']}"])
    rows += [[name, f"{value:g}"] for name, value in (("L1", training.l1), ("L2", training.l2)) if value]
    seeds = f"weights {project.network.seed}, training {training.seed}, split {project.data.split_seed}"
    return Words(["Setting", "Value"], [*rows, ["Seeds", seeds]])


def _component(component: Component, label: str, fields: tuple[Field, ...]) -> str:
    words = [f"{item.label.lower()} {_value(component[item.name])}" for item in fields]
    return f"{label} ({', '.join(words)})" if words else label


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _limits(trained: Trained) -> Iterator[str]:
    """Where the network must not be trusted, as far as its data tell."""
    facts = trained.facts
    if not trained.net.epoch:
        yield "It is not trained: its answers mean nothing."
    yield "Rows outside the ranges and categories above: it has never seen any, and answers all the same."
    held = facts.validation_rows + facts.test_rows
    if not held:
        yield "No row was held out, so nobody knows how good it is on new rows."
    elif held < FEW_HELD_OUT:
        yield f"Only {counted(held, 'row')} were held out: its measures on them may be off by a lot."
    if facts.classes:
        counts = np.bincount(trained.prepared.target["train"], minlength=len(facts.classes))
        if counts.min() * 4 < counts.max():
            rare = facts.classes[int(counts.argmin())]
            yield f"The classes are unbalanced: of {rare} there are few rows, so look at more than the accuracy."
        yield "Its probabilities are not calibrated: 0.9 need not be right nine times in ten."
    if trained.project.data.source.kind == TABLE:
        yield "Data of another place or time than the table's, and decisions about people without a person's look."
    else:
        yield "Anything but learning how networks learn: the data were made up."


def _loading(trained: Trained) -> Iterator[Block]:
    yield Text("With PyTorch, on inputs prepared as in preprocessing.json:")
    yield Code(module(trained.net, ""))
    yield Text(
        "With onnxruntime, on columns in the data's own units; a row with a category it does not know, or with a gap "
        "that nothing fills, is answered with NaN and no class:"
    )
    yield Code(onnx(trained.net, "raw").replace("model.onnx", "model_raw.onnx"))
    yield Text("For a new CSV file: python predict.py new.csv")


def _number(value: float) -> str:
    return "not measured" if not math.isfinite(value) else f"{value:.4g}"
