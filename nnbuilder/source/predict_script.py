"""A stand-alone script that predicts the rows of a new CSV file, prepared as the training rows were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nnbuilder.catalog.losses import Meaning
from nnbuilder.catalog.sources import TABLE
from nnbuilder.facts import DataFacts
from nnbuilder.source.course import Course
from nnbuilder.source.data import Code
from nnbuilder.source.inputs import Feature, blocks_of, parts_of, written_blocks
from nnbuilder.source.layout import STEP, after, before, call, flat, items, values
from nnbuilder.source.literals import literal
from nnbuilder.source.new_rows import write_reading
from nnbuilder.source.saving import FILE, table_features
from nnbuilder.source.scaling import write_terms
from nnbuilder.source.script import Script
from nnbuilder.spec import Project

if TYPE_CHECKING:
    from nnbuilder.tables.library import Opened

WEIGHTS = "state_dict.pth"
BESIDE = (WEIGHTS, FILE)
"""The files that must lie beside the script; ``train.py`` writes both."""
PREDICTIONS = "predictions.csv"
"""What the script writes."""
PREDICTION, PROBABILITY = "prediction", "probability of "
"""What the columns are called that it adds; a probability's has the name of its class behind it."""


def predict_code(project: Project, facts: DataFacts, opened: Opened | None = None) -> Code:
    """A script that predicts new rows: ``python predict.py new.csv``.

    It needs torch and NumPy, and the files of `BESIDE`; the weights may have the names of any form of the network, for
    only their order counts. It writes `PREDICTIONS` into the folder where it is run. A missing column and a cell that
    cannot be read end it with one sentence on the standard error and exit status 1.

    Parameters
    ----------
    project
        The project, without errors.
    facts
        What preparing its data came to, as `nnbuilder.data.facts.describe` says.
    opened
        The table, where the data are one.

    Raises
    ------
    NNBuilderError
        If table and facts do not belong to the data.
    """
    script = Script(_HEAD)
    features = table_features(project.data, facts, opened) if project.data.source.kind == TABLE else []
    write_reading(script, facts.columns, features)
    script.function("FORMULA", _FORMULA)
    script.function("safe", _SAFE)
    course = Course(project, facts, "sequential")
    _write_start(script, course)
    _write_columns(script, any(feature.missing != "drop" for feature in features))
    if features:
        _write_inputs(script, features, project)
    else:
        script.paragraph("The same steps as in training, with what was learned from the training rows.")
        _write_matrix(script, "x", 'saved["features"]', facts.columns, project)
    _write_network(script, course)
    if facts.classes:
        _write_classes(script, project.training.loss_row.meaning)
    else:
        _write_values(script, facts.target in facts.dates)
    _write_table(script)
    return Code(script.text)


_HEAD = f"""\
Predicts the rows of a CSV file with the trained network.

Run it with: python predict.py new.csv

{WEIGHTS} and {FILE}, which train.py saves, must lie beside this file. The first line of the CSV file names the \
columns. The predictions are printed, and saved beside the rows in {PREDICTIONS}."""
_FORMULA = ('FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")',)
_SAFE = (
    "def safe(cell: str) -> str:",
    '    """A cell that no spreadsheet takes for a formula."""',
    "    if re.fullmatch(NUMBER, cell) or not cell.lstrip().startswith(FORMULA):",
    "        return cell",
    '    return f"\'{cell}"',
)
_COLUMNS = (
    "table = {}",
    'for name in saved["features"]:',
    "    if name not in names:",
    '        sys.exit(f"Column {name!r} is missing in line 1 of {sys.argv[1]}; add it.")',
    "    if names.count(name) > 1:",
    '        sys.exit(f"Column {name!r} is there more than once; keep one of them.")',
    "    place = names.index(name)",
    "    numbers = []",
    "    for row, line in zip(rows, lines, strict=True):",
    "        try:",
    "            number = convert(name, row[place])",
    "        except ValueError as error:",
    '            sys.exit(f"Line {line}, column {name!r}: {row[place]!r} is {error}.")',
    "        if math.isnan(number){filled}:",
    '            sys.exit(f"Line {line}, column {name!r}: the value is missing; give one.")',
    "        numbers.append(number)",
    "    table[name] = np.array(numbers, dtype=np.float64)",
)


def _write_start(script: Script, course: Course) -> None:
    """Write the check of what is given, and the reading of the files."""
    for module in ("json", "sys", "torch", "numpy as np"):
        script.use(module)
    script.use("pathlib", "Path")
    script.paragraph()
    for line in (
        "if len(sys.argv) != 2:",
        '    sys.exit("Say which file is to be predicted: python predict.py new.csv")',
        f"if Path(sys.argv[1]).resolve() == Path({literal(PREDICTIONS)}).resolve():",
        f'    sys.exit("{PREDICTIONS} is for the predictions; rename the file of new rows.")',
        "here = Path(__file__).parent",
        f"for needed in [{', '.join(map(literal, BESIDE))}]:",
        "    if not (here / needed).exists():",
        '        sys.exit(f"{needed} is missing; put it beside predict.py.")',
        f'saved = json.loads((here / {literal(FILE)}).read_text(encoding="utf-8"))',
        "names, rows, lines = read(sys.argv[1])",
        "if not rows:",
        '    sys.exit(f"{sys.argv[1]} has no rows below the names of its columns.")',
    ):
        script.line(line)
    script.paragraph("As many threads as in training: the last bits of a sum depend on it.")
    if course.one_thread:
        script.line("torch.set_num_threads(1)")
    else:
        script.use("os")
        script.line("torch.set_num_threads(os.cpu_count() or 1)")


def _write_columns(script: Script, fills: bool) -> None:
    """Write what makes numbers of every column that the network gets."""
    script.paragraph("Numbers for every column that the network gets; other columns are not looked at.")
    filled = ' and name not in saved["fill"]' if fills else ""
    for line in _COLUMNS:
        script.line(line.replace("{filled}", filled))


def _write_inputs(script: Script, features: Sequence[Feature], project: Project) -> None:
    """Write what makes the inputs of a table's columns: the steps of training, with what was learned there."""
    told = [feature.name for feature in features if feature.told]
    ordinal = [feature.name for feature in features if feature.as_codes and not feature.one_hot]
    one_hot = [feature.name for feature in features if feature.one_hot]
    flags, numbers = parts_of(features, project.data.scaling)
    alone = len(numbers) == len(features) and not told
    script.paragraph("The same steps as in training, with what was learned from the training rows.")
    if told:
        script.set("columns", values(told))
        script.line("gaps = np.column_stack([np.isnan(table[name]) for name in columns])")
    if any(feature.missing != "drop" for feature in features):
        script.line('for name, value in saved["fill"].items():')
        script.line("    table[name] = np.where(np.isnan(table[name]), value, table[name])")
    if ordinal:
        _write_loop(
            script,
            ordinal,
            'places = {code: place for place, code in enumerate(saved["seen"][name])}',
            "table[name] = np.array([places.get(code, -1) for code in table[name]])",
        )
    if alone:
        _write_matrix(script, "x", 'saved["features"]', numbers, project)
        return
    if numbers:
        if numbers != told:
            script.set("columns", values(numbers))
        _write_matrix(script, "numbers", "columns", numbers, project)
    if flags:
        script.set("columns", values(flags))
        script.line("flags = np.column_stack([table[name] for name in columns])")
    if one_hot:
        script.line("encoded = []")
        _write_loop(script, one_hot, 'encoded.append(table[name][:, None] == saved["seen"][name])')
    blocks = blocks_of(features, flags, len(project.data.terms))
    written = [block if block != "encoded" else "encoded[0]" for block in written_blocks(blocks)]
    script.put(before("x = ", written[0] if len(written) == 1 else call("np.hstack", items(written))))


def _write_loop(script: Script, names: Sequence[str], *lines: str) -> None:
    script.put(after(before("for name in ", values(list(names))), ":"))
    for line in lines:
        script.line(STEP + line)


def _write_matrix(script: Script, matrix: str, names: str, columns: Sequence[str], project: Project) -> None:
    """Write the matrix of the columns of numbers, terms added, scaled; `names` is an expression for `columns`."""
    script.line(f"{matrix} = np.column_stack([table[name] for name in {names}])")
    write_terms(script, matrix, project.data.terms, columns)
    if project.data.scaling != "none":
        script.line(f'{matrix} = ({matrix} - saved["center"]) / saved["scale"]')


def _write_network(script: Script, course: Course) -> None:
    """Write the network, the loading of its weights, and its outputs."""
    script.use("torch", "nn")
    script.paragraph("The network with the weights it has learned: they come in the order of the layers.")
    layers = [flat(one.call) for one in course.layers]
    if len(layers) > 1:
        script.line("model = nn.Sequential(")
        for layer in layers:
            script.line(f"{STEP}{layer},")
        script.line(")")
    else:
        script.line(f"model = nn.Sequential({''.join(layers)})")
    script.line(f"weights = torch.load(here / {literal(WEIGHTS)}, weights_only=True)")
    script.line("weights = zip(model.state_dict(), weights.values(), strict=True)")
    script.line("model.load_state_dict(dict(weights))")
    script.line("model.eval()")
    script.paragraph()
    script.line("inputs = torch.tensor(x, dtype=torch.float32)")
    script.line("with torch.no_grad():")
    script.line("    outputs = model(inputs)")
    script.line("usable = inputs.isfinite().all(dim=1) & outputs.isfinite().all(dim=1)")
    script.line("for line, fine in zip(lines, usable.tolist(), strict=True):")
    script.line("    if not fine:")
    script.line('        sys.exit(f"Line {line}: a number is too large for the network; correct it.")')


_TWO = "torch.cat([1 - second, second], dim=1)"
PROBABILITIES: dict[Meaning, tuple[str, ...]] = {
    "logits": ("probabilities = outputs.softmax(dim=1)",),
    "margins": ("probabilities = outputs.softmax(dim=1)  # of scores, so only shares",),
    "log_probabilities": ("probabilities = outputs.exp()",),
    "logit": ("second = outputs.sigmoid()", f"probabilities = {_TWO}"),
    "margin": ("second = (-outputs).exp2().clamp(0, 1)  # a distance of 1 is even", f"probabilities = {_TWO}"),
    "probability": ("second = outputs.clamp(0, 1)", f"probabilities = {_TWO}"),
    "value": ("second = outputs.clamp(0, 1)", f"probabilities = {_TWO}"),
}
"""From outputs to probabilities, as `nnbuilder.training.metrics.probabilities` does it."""
FOUND: dict[Meaning, str] = {
    "logits": "outputs.argmax(dim=1)",
    "margins": "outputs.argmax(dim=1)",
    "log_probabilities": "outputs.argmax(dim=1)",
    "logit": "(outputs[:, 0] > 0).long()",
    "margin": "(outputs[:, 0] < 1).long()",
    "probability": "(outputs[:, 0] > 0.5).long()",
    "value": "(outputs[:, 0] > 0.5).long()",
}
"""From outputs to the numbers of the classes."""


def _write_classes(script: Script, meaning: Meaning) -> None:
    """Write what makes classes and probabilities of the outputs."""
    script.paragraph("Probabilities of all classes, and the class that each row is taken for.")
    for line in PROBABILITIES[meaning]:
        script.line(line)
    script.line(f"found = {FOUND[meaning]}")
    script.line('classes = saved["classes"]')
    script.line(f'heads = ["{PREDICTION}", *(f"{PROBABILITY}{{name}}" for name in classes)]')
    script.line("answers = []")
    script.line("for number, shares in zip(found.tolist(), probabilities.tolist(), strict=True):")
    script.line("    answers.append([classes[number], *map(repr, shares)])")


def _write_values(script: Script, dates: bool) -> None:
    """Write what makes texts of the predicted numbers."""
    script.paragraph("The prediction is the output itself.")
    script.line(f'heads = ["{PREDICTION}{" (days since 1970-01-01)" if dates else ""}"]')
    script.line("answers = [[repr(value)] for value in outputs[:, 0].tolist()]")


def _write_table(script: Script) -> None:
    """Write the saving and printing of the answers."""
    script.use("csv")
    script.paragraph()
    for line in (
        "try:",
        f'    with open("{PREDICTIONS}", "w", newline="", encoding="utf-8") as file:',
        "        writer = csv.writer(file)",
        "        writer.writerow([safe(cell) for cell in [*names, *heads]])",
        "        for row, answer in zip(rows, answers, strict=True):",
        "            writer.writerow([safe(cell) for cell in [*row, *answer]])",
        "except OSError as error:",
        '    cure = "close it, or run this in another folder"',
        f'    sys.exit(f"{PREDICTIONS} cannot be written ({{error.strerror}}); {{cure}}.")',
        "for line, answer in list(zip(lines, answers, strict=True))[:20]:",
        '    print(f"Line {line}: {answer[0]}", *(f"{float(one):.3f}" for one in answer[1:]))',
        f'print(f"{{len(rows)}} predictions are saved in {PREDICTIONS}.")',
    ):
        script.line(line)
