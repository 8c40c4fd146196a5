"""A stand-alone script that trains a project: data, network, loop, evaluation and saving in one file."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from nnbuilder.catalog.sources import TABLE
from nnbuilder.facts import DataFacts
from nnbuilder.fields import plain
from nnbuilder.shapes import parameter_count
from nnbuilder.source.course import Course
from nnbuilder.source.data import Beside, Code, write_data
from nnbuilder.source.layout import STEP, after, before, call, items, lay_out, values
from nnbuilder.source.literals import literal
from nnbuilder.source.model import Form, loading, write_model, write_renaming
from nnbuilder.source.optimizing import write_loss, write_optimizer
from nnbuilder.source.saving import write_preprocessing
from nnbuilder.source.script import Script
from nnbuilder.source.training import columns, write_training
from nnbuilder.spec import Project

if TYPE_CHECKING:
    from nnbuilder.tables.library import Opened

START = "start.pth"
"""The file of weights that some layers start from, beside the script."""


def train_code(
    project: Project, facts: DataFacts, opened: Opened | None = None, copy: str = "", form: Form = "sequential"
) -> Code:
    """A script that trains the project as it is trained here, to the last bit on the same machine.

    It needs torch and NumPy, and pandas where the data are a table. It writes ``state_dict.pth``, ``history.csv``
    and ``preprocessing.json``.

    Parameters
    ----------
    project
        The project, without errors.
    facts
        What preparing its data came to, as `nnbuilder.data.facts.describe` says.
    opened, copy
        The table where the data are one, and what its cleaned copy is called; see `nnbuilder.source.data.data_code`.
    form
        How the network is written; see `nnbuilder.source.model.Form`.

    Returns
    -------
    Code
        With its sections, which are the script one after the other.

    Raises
    ------
    NNBuilderError
        If table and facts do not belong to the data.
    """
    course = Course(project, facts, form)
    script = Script()
    script.section("Settings", _SETTINGS)
    _write_settings(script, course)
    script.section("Data")
    beside = write_data(script, project.data, project.training, facts, opened, copy, plain=True)
    if course.moved:
        _write_moving(script, course)
    script.section("Network", _of_network(course))
    _write_network(script, course)
    script.section("Loss and optimizer", _of_optimizer(course))
    write_loss(script, course)
    write_optimizer(script, course)
    script.section("Training", _TRAINING)
    write_training(script, course)
    script.section("Evaluation", _EVALUATION)
    _write_evaluation(script, course)
    script.section("Saving", _SAVING)
    _write_saving(script, course)
    write_preprocessing(script, project.data, facts, opened)
    script.head = _head(project, beside, course)
    return Code(script.text, beside.reads, beside.needs, tuple(script.sections), START if course.started else "")


def _head(project: Project, beside: Beside, course: Course) -> str:
    """What the script says of itself; the name stands where Python does not look for an encoding."""
    files = [name for name in (beside.reads, START if course.started else "") if name]
    table = project.data.source.kind == TABLE
    beside_it = f", and beside it {' and '.join(files)}" if files else ""
    lines = [
        "Trains a network, from the data to saved weights. Run it with: python train.py",
        "",
        *([f"Project: {project.name}"] if project.name.strip() else []),
        f"Needs torch{', pandas' if table else ''} and NumPy{beside_it}.",
        f"With torch {_version('torch')} and NumPy {_version('numpy')} its numbers are those of the app, to the last "
        "bit, on the same machine.",
    ]
    return "\n".join(" ".join(line.split()) for line in lines)


@cache
def _version(package: str) -> str:
    """Which version is installed here."""
    return version(package)


_SETTINGS = (
    "The numbers that decide how the network learns. Change one and run everything again to see what it does. The "
    "seeds decide what chance brings: the same seeds give the same network."
)
_OPTIMIZER = (
    "The loss is the one number that says how wrong the network is; the optimizer moves the weights to where it falls."
)
_TRAINING = (
    "Five steps make a network learn: forget the old gradients, compute the outputs (forward), measure the loss, "
    "compute the gradients (backward), and move the weights. An epoch is over when all training rows have been learned "
    "from once."
)
_EVALUATION = "How good the network is, on each part of the data. It has never learned from validation and test rows."
_SAVING = "The weights, the numbers of every epoch, and what new rows have to go through before the network."


def _of_network(course: Course) -> str:
    """What a beginner needs to know of the network, as Markdown."""
    inputs, count = course.facts.inputs, parameter_count(course.project.network, course.facts.inputs)
    said = f"Layer after layer, from {inputs} {'input' if inputs == 1 else 'inputs'} to the output. "
    said += f"The network learns {plain(count)} numbers, its weights and biases; at first they are drawn at random."
    if course.started:
        said += " Some layers start from weights that another network has learned."
    if any(one.layer.frozen for one in course.learning):
        said += " Frozen layers keep theirs."
    return said


def _of_optimizer(course: Course) -> str:
    """What a beginner needs to know of loss and optimizer, as Markdown."""
    rows = [course.loss, course.training.optimizer_row, *([course.schedule] if course.schedule.torch else [])]
    return "\n".join([_OPTIMIZER, "", *(f"- **{row.label}**: {row.help}" for row in rows)])


def _write_settings(script: Script, course: Course) -> None:
    """Write the numbers that decide about the training, the threads and the device."""
    training = course.training
    script.use("torch")
    constants: list[tuple[str, object]] = [("EPOCHS", training.epochs)]
    if course.batched:
        constants.append(("BATCH_SIZE", training.batch_size))
    constants.append(("LEARNING_RATE", training.optimizer["learning_rate"]))
    if training.l1:
        constants.append(("L1", training.l1))
    if training.l2:
        constants.append(("L2", training.l2))
    if training.gradient_clip and not course.step_closure:
        constants.append(("LONGEST_GRADIENT", training.gradient_clip))
    if course.rule.kind != "none":
        constants.append(("PATIENCE", course.rule["patience"]))
        if course.rule["min_delta"]:
            constants.append(("SMALLEST_GAIN", course.rule["min_delta"]))
    constants.append(("WEIGHT_SEED", course.project.network.seed))
    if course.shuffled or course.draws:
        constants.append(("TRAINING_SEED", training.seed))
    script.paragraph()
    for name, value in constants:
        script.line(f"{name} = {literal(value)}")
    script.paragraph("As many threads as in the app: the last bits of a sum depend on it.")
    if course.one_thread:
        script.line("torch.set_num_threads(1)")
    else:
        script.use("os")
        script.line("torch.set_num_threads(os.cpu_count() or 1)")
    _write_device(script, training.device)


def _write_device(script: Script, device: str) -> None:
    """Write ``device``, unless it is the CPU."""
    if device == "cpu":
        return
    if device != "auto":
        script.paragraph()
        script.line(f"device = torch.device({literal('cuda:0' if device == 'cuda' else device)})")
        return
    script.paragraph("A graphics card computes large networks faster.")
    for test, name in (("if torch.cuda.is_available()", "cuda:0"), ("elif torch.backends.mps.is_available()", "mps")):
        script.line(f"{test}:")
        script.line(f"{STEP}device = torch.device({literal(name)})")
    script.line("else:")
    script.line(f"{STEP}device = torch.device({literal('cpu')})")


def _write_moving(script: Script, course: Course) -> None:
    """Move the rows to the device."""
    script.paragraph()
    for part in _parts(course):
        script.line(f"x_{part}, y_{part} = x_{part}.to(device), y_{part}.to(device)")


def _write_network(script: Script, course: Course) -> None:
    """Write the network, and the weights of a file that some layers start from."""
    write_model(script, course.project.network, course.facts, course.form, "WEIGHT_SEED", course.moved)
    if not course.started:
        return
    if course.form == "named":
        write_renaming(script, course.layers)
    said = "Layers that start from trained weights."
    some = [one for one in course.learning if not one.layer.from_file]
    script.paragraph(f"{said} The others keep those that were drawn." if some else said)
    script.line(loading(course.form, f"torch.load({literal(START)})", ", strict=False" if some else ""))


def _write_evaluation(script: Script, course: Course) -> None:
    """Measure every part that has rows."""
    metric = course.metric.key
    script.line("model.eval()")
    script.line("with torch.no_grad():")
    parts = (call("", literal(part), f"x_{part}", f"y_{part}") for part in _parts(course))
    for line in lay_out(after(before("for part, x_part, y_part in ", items(parts)), ":"), STEP):
        script.line(line)
    script.line(f"{STEP * 2}outputs = model(x_part)")
    script.line(f"{STEP * 2}loss = loss_function(outputs, y_part).item()")
    script.line(f"{STEP * 2}score = {metric}(outputs, y_part).item()")
    script.line(f'{STEP * 2}print(f"{{part}}: loss {{loss:.4f}}, {metric.replace("_", " ")} {{score:.4f}}")')


def _write_saving(script: Script, course: Course) -> None:
    """Save the weights and the history."""
    script.use("csv")
    script.line(f"torch.save(model{'.cpu()' if course.moved else ''}.state_dict(), {literal('state_dict.pth')})")
    script.set("names", values(columns(course)))
    script.line(f'with open({literal("history.csv")}, "w", newline="", encoding="utf-8") as file:')
    script.line(f"{STEP}writer = csv.DictWriter(file, names)")
    script.line(f"{STEP}writer.writeheader()")
    script.line(f"{STEP}writer.writerows(history)")


def _parts(course: Course) -> list[str]:
    """The parts of the data that have rows."""
    rows = {"train": True, "validation": course.watches, "test": course.facts.test_rows > 0}
    return [part for part, there in rows.items() if there]
