"""predict.py prepares new rows as the training rows were, answers as the program does, and says what is wrong."""

import csv
import io
import json
import random
import subprocess
import sys

import numpy as np
import pytest
import torch

from nnbuilder.build import build_model
from nnbuilder.catalog.losses import LOSSES
from nnbuilder.catalog.samples import SAMPLES
from nnbuilder.data.facts import describe
from nnbuilder.data.prepare import PARTS, prepare
from nnbuilder.errors import NNBuilderError
from nnbuilder.source.predict_script import BESIDE, PREDICTIONS, predict_code
from nnbuilder.source.saving import preprocessing_text
from nnbuilder.spec import read, read_data
from nnbuilder.tables.columns.values import read_values
from nnbuilder.tables.library import VALUES
from nnbuilder.training.loop import predict
from nnbuilder.training.metrics import classes, probabilities
from tests.source.harness import opened_of, table_data
from tests.source.meant_table import COLUMNS, meant_table
from tests.source.test_form import checked, hostile_table
from tests.source.test_tables import NUMBERS, PENGUINS, YES_NO

ALONE = """
import contextlib, io, json, os, sys, traceback, warnings
warnings.simplefilter("error")
for name in ("sklearn", "scipy", "pandas", "nnbuilder", "streamlit", "pyarrow"):
    sys.modules[name] = None
said = {}
for folder in json.loads(sys.argv[1]):
    os.chdir(folder)
    with open("predict.py", encoding="utf-8") as file:
        code = compile(file.read(), "predict.py", "exec")
    for new in sorted(name for name in os.listdir() if name.startswith("new")):
        sys.argv = ["predict.py", new]
        out, error = io.StringIO(), ""
        with contextlib.redirect_stdout(out):
            try:
                exec(code, {"__name__": "__main__", "__file__": os.path.join(folder, "predict.py")})
            except SystemExit as stop:
                error = stop.code
            except BaseException:
                error = traceback.format_exc()
        said[os.path.join(folder, new)] = [out.getvalue(), error]
        if os.path.exists("predictions.csv"):
            os.replace("predictions.csv", f"answers {new}")
print(json.dumps(said))
"""
"""A program that runs scripts on every new file in their folders, and tells what each says and how it ends."""


def project_of(data, loss, layers=()):
    """A project with a small network of as many outputs as it needs."""
    units = LOSSES[loss].outputs(len(describe(read_data(data)).classes))
    stack = [{"kind": "linear", "units": 6}, {"kind": "tanh"}, {"kind": "linear", "units": units}, *layers]
    training = {"loss": {"kind": loss}, "optimizer": {"kind": "adam"}, "device": "cpu"}
    return read({"version": 1, "name": "t", "data": data, "network": {"layers": stack}, "training": training})


def written(names, rows, end="\r\n", separator=","):
    """Rows as CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, delimiter=separator)
    writer.writerows([names, *rows])
    return text.getvalue()


class Case:
    """A project with weights of its own in a folder, and what it answers for all of its rows."""

    def __init__(self, folder, made, separator=","):
        self.folder, self.made = folder, made
        self.prepared = prepare(made.data)
        self.opened = opened_of(made)
        folder.mkdir()
        facts = self.prepared.facts
        self.code = predict_code(made, facts, self.opened)
        (folder / "predict.py").write_text(self.code.text, encoding="utf-8")
        text = preprocessing_text(self.prepared.pipeline, facts.classes)
        (folder / "preprocessing.json").write_text(text, encoding="utf-8")
        self.model = build_model(made.network, facts)
        generator = torch.Generator().manual_seed(1)
        for weight in self.model.parameters():
            weight.data = torch.randn(weight.shape, generator=generator)
        torch.save(self.model.state_dict(), folder / "state_dict.pth")
        self.put("new.csv", separator=separator)

    def put(self, file, change=lambda names, rows: None, end="\r\n", separator=","):
        """Write rows for the script: those of the table as they stand, or those that were made."""
        if self.opened is not None:
            names = [column["name"] for column in self.opened.columns]
            rows = [[cell or "" for cell in row] for row in self.opened.preview]
        else:
            names = list(self.prepared.facts.columns)
            rows = [list(map(repr, row)) for part in PARTS for row in self.prepared.raw[part].tolist()]
        change(names, rows)
        (self.folder / file).write_text(written(names, rows, end, separator), encoding="utf-8", newline="")

    def wanted(self):
        """What the program answers for the same rows: outputs or probabilities, and classes; and where they are."""
        pipeline, meaning = self.prepared.pipeline, self.made.training.loss_row.meaning
        if self.opened is None:
            raw = np.concatenate([self.prepared.raw[part] for part in PARTS])
        else:
            names = [plan.name for plan in pipeline.columns]
            raw = read_values(self.opened.folder / VALUES, names)[: len(self.opened.preview)]
        outputs = predict(self.model, torch.from_numpy(pipeline.apply(raw)))
        if not self.prepared.facts.classes:
            return outputs.tolist(), None
        found = classes(outputs, meaning).tolist()
        return probabilities(outputs, meaning).tolist(), [self.prepared.facts.classes[one] for one in found]

    def differences(self, said):
        """Where the answers for all rows are not the program's."""
        out, error = said[str(self.folder / "new.csv")]
        if error:
            return [error]
        answers = (self.folder / "answers new.csv").read_text(encoding="utf-8")
        _, *rows = csv.reader(io.StringIO(answers, newline=""))
        numbers, names = self.wanted()
        width = len(numbers[0])
        different = []
        if [[float(cell) for cell in row[-width:]] for row in rows] != numbers:
            different.append("other numbers")
        found = [row[-width - 1].removeprefix("'") for row in rows]
        if names is not None and found != [name.removeprefix("'") for name in names]:
            different.append("other classes")
        return different if out.endswith(f"{len(rows)} predictions are saved in {PREDICTIONS}.\n") else [out]


ISLANDS = [
    {"name": "island", "missing": "most_frequent"},
    {"name": "sex", "missing": "own_category"},
    *({"name": name, "missing": "own_category"} for name in NUMBERS),
]
GERMAN = "when;price;likes;y\n" + "".join(
    f"{n % 28 + 1:02d}.{n % 12 + 1:02d}.2024;€ {n % 7 + 1}.{n * 37 % 999:03d},5;{('Ja', 'nein')[n % 2]};{n % 3}\n"
    for n in range(80)
)
DATES = "x,when,y\n" + "".join(
    f"{n % 9 - 4},{('2024-03-01 10:30', 'March 3 2024', '', '5. Mai 1999')[n % 4]},{n % 2}\n" for n in range(80)
)
ENDINGS = {"nll": [{"kind": "log_softmax"}], "bce": [{"kind": "sigmoid"}]}


def projects():
    """Projects by name: every sample table, made points, all losses, gaps, categories, dates and odd numbers."""
    for key, sample in SAMPLES.items():
        if key == "messy":
            continue  # read anew by a person; its columns are tried below
        data = table_data(sample.path.read_bytes(), sample.target, file=sample.file)
        loss = "mse" if sample.task == "regression" else "cross_entropy"
        yield key, project_of({**data, "scaling": "standard"}, loss)
    for loss, row in LOSSES.items():
        source = {"kind": "blobs", "centers": 3} if row.width == "classes" else {"kind": "moons"}
        if "binary" not in row.tasks and row.width != "classes":
            source = {"kind": "playground_plane"}
        a, b = ("x", "y") if source["kind"] == "playground_plane" else ("x1", "x2")
        terms = [["sine", b], ["product", a, b]]
        data = {"source": source, "scaling": "minmax", "terms": terms}
        yield loss, project_of(data, loss, ENDINGS.get(loss, ()))
    for encoding in ("one_hot", "ordinal"):
        columns = [{**item, "encoding": encoding} for item in ISLANDS]
        data = table_data(PENGUINS, "species", columns)
        yield f"gaps {encoding}", project_of({**data, "scaling": "robust"}, "cross_entropy")
        items = [{"name": "likes", "missing": "most_frequent", "encoding": encoding}, "x"]
        yield f"likes {encoding}", project_of(table_data(YES_NO.encode(), "y", items), "mse")
    content, answers = meant_table()
    used = [*COLUMNS, "when", "kind", "count"]
    yield (
        "meant",
        project_of({**table_data(content, "y", used, source={"answers": answers}), "scaling": "standard"}, "mse"),
    )
    data = table_data(GERMAN.encode(), "y", ["when", "price", "likes"])
    yield "german", project_of({**data, "scaling": "standard"}, "cross_entropy")
    source = {"types": {"x": "number"}, "answers": {"x": {"missing": ["-4"]}}}
    data = table_data(DATES.encode(), "y", [{"name": "x", "missing": "own_category"}], source=source)
    yield "numbers that are missing", project_of({**data, "scaling": "standard"}, "bce_with_logits")
    items = ["x", {"name": "when", "missing": "own_category"}]
    data = table_data(DATES.encode(), "y", items, source={"types": {"when": "date"}})
    yield "dates", project_of({**data, "scaling": "standard"}, "bce_with_logits")


def hostile_projects():
    """Tables whose names and labels are hostile."""
    chance = random.Random(8)
    for number in range(12):
        content, names, _ = hostile_table(chance)
        kinds = dict(zip(names, ("category", "number", "category", "number", "category"), strict=True))
        features = [{"name": name, "missing": "most_frequent"} for name in names[1:]]
        reading = {"separator": ",", "quote": '"', "escape": "", "header_rows": 1, "comment": "", "skip_rows": 0}
        try:
            data = table_data(content, names[0], features, source={"types": kinds, "reading": reading})
            made = project_of({**data, "scaling": "standard", "stratify": False}, "cross_entropy")
            prepare(made.data)
        except NNBuilderError:
            continue
        yield f"hostile {number}", made


def with_cell(row, name, text):
    """A change: one cell of a row holds another text."""
    return lambda names, rows: rows[row].__setitem__(names.index(name), text)


def without(name):
    """A change: a column is not there."""

    def change(names, rows):
        place = names.index(name)
        for row in [names, *rows]:
            del row[place]

    return change


def shuffled_with_more(names, rows):
    """A change: the columns in another order, and one that nobody knows before them."""
    for row in [names, *rows]:
        row.reverse()
        row.insert(0, "=1+1")


def twice(names, rows):
    """A change: a column is there once more, with other values."""
    place = names.index("body_mass_g")
    for row in [names, *rows]:
        row.append("1" if row is not names else names[place])


def short(names, rows):
    """A change: a row lacks its last cell."""
    del rows[2][-1]


WRONG = {
    "missing column": (without("island"), "Column 'island' is missing in line 1 of new missing column.csv; add it."),
    "twice": (twice, "Column 'body_mass_g' is there more than once; keep one of them."),
    "comma": (
        with_cell(2, "bill_length_mm", "39,5"),
        "Line 4, column 'bill_length_mm': '39,5' is no number.",
    ),
    "word for category": (
        with_cell(1, "sex", "1"),
        "Line 3, column 'sex': '1' is none of the known categories (female, male).",
    ),
    "no number": (
        with_cell(3, "bill_length_mm", "long"),
        "Line 5, column 'bill_length_mm': 'long' is no number.",
    ),
    "no category": (
        with_cell(0, "island", "Atlantis"),
        "Line 2, column 'island': 'Atlantis' is none of the known categories (Biscoe, Dream, Torgersen).",
    ),
    "short": (short, "Line 4 has 7 cells, not 8; correct it."),
    "too large": (with_cell(5, "body_mass_g", "1e300"), "Line 7: a number is too large for the network; correct it."),
    "infinite": (with_cell(5, "body_mass_g", "inf"), "Line 7, column 'body_mass_g': 'inf' is no number."),
    "empty": (lambda names, rows: rows.clear(), "new empty.csv has no rows below the names of its columns."),
}


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """All projects in folders of their own, and what their scripts say of every new file."""
    root = tmp_path_factory.mktemp("predict")
    found = {name: Case(root / name, made) for name, made in [*projects(), *hostile_projects()]}
    penguins = found["gaps one_hot"]
    for name, (change, _) in WRONG.items():
        penguins.put(f"new {name}.csv", change)
    penguins.put("new others.csv", shuffled_with_more)
    penguins.put("new semicolons.csv", without("species"), end="\n", separator=";")
    (penguins.folder / "new bom.csv").write_bytes(b"\xef\xbb\xbf" + (penguins.folder / "new.csv").read_bytes())
    (penguins.folder / "new latin.csv").write_bytes("ø,island\n".encode("latin-1"))
    blobs = found["cross_entropy"]
    blobs.put("new gap.csv", lambda names, rows: rows[0].__setitem__(0, " "))
    folders = json.dumps([str(case.folder) for case in found.values()])
    command = [sys.executable, "-I", "-c", ALONE, folders]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return found, json.loads(done.stdout)


def test_the_answers_are_those_of_the_program(cases):
    found, said = cases
    different = {name: case.differences(said) for name, case in found.items()}
    assert {name: why for name, why in different.items() if why} == {}
    assert sum(name.startswith("hostile") for name in found) > 5


def test_what_is_wrong_is_said_in_one_sentence(cases):
    found, said = cases
    folder = found["gaps one_hot"].folder
    got = {name: said[str(folder / f"new {name}.csv")][1] for name in WRONG}
    assert got == {name: sentence for name, (_, sentence) in WRONG.items()}
    assert said[str(folder / "new latin.csv")][1] == "new latin.csv is not in UTF-8; save it as CSV in UTF-8."
    gap = said[str(found["cross_entropy"].folder / "new gap.csv")][1]
    assert gap == "Line 2, column 'x1': the value is missing; give one."


def test_the_rows_are_not_overwritten_by_their_predictions(cases):
    folder = cases[0]["gaps one_hot"].folder
    rows = (folder / "new.csv").read_bytes()
    (folder / "predictions.csv").write_bytes(rows)
    command = [sys.executable, "-I", "predict.py", "predictions.csv"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, (folder / "predictions.csv").read_bytes()) == (1, rows)
    assert done.stderr == "predictions.csv is for the predictions; rename the file of new rows.\n"


def test_predictions_that_cannot_be_saved_are_one_sentence(cases, tmp_path):
    # A folder takes the place of the file, as a spreadsheet may hold it elsewhere.
    (tmp_path / PREDICTIONS).mkdir()
    folder = cases[0]["likes one_hot"].folder
    command = [sys.executable, "-I", str(folder / "predict.py"), str(folder / "new.csv")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    said = "predictions.csv cannot be written (Is a directory); close it, or run this in another folder.\n"
    assert done.stderr == said


def test_order_of_columns_others_and_separators_make_no_difference(cases):
    found, said = cases
    folder = found["gaps one_hot"].folder

    def answers(file):
        assert said[str(folder / file)][1] == ""
        _, *rows = csv.reader(io.StringIO((folder / f"answers {file}").read_text(encoding="utf-8"), newline=""))
        return [row[-4:] for row in rows]

    assert answers("new others.csv") == answers("new.csv") == answers("new semicolons.csv") == answers("new bom.csv")
    text = (folder / "answers new others.csv").read_text(encoding="utf-8")
    assert text.startswith("'=1+1,") and "\n'=1+1," in text and "\n=1+1" not in text


def test_no_name_and_no_label_becomes_code_in_it(cases, tmp_path):
    found, _ = cases
    for name, case in found.items():
        (tmp_path / f"{name}.py").write_text(case.code.text, encoding="utf-8")
    assert checked(tmp_path, types=False) == ""


def test_it_runs_as_a_program_and_names_the_files_it_lacks(cases, tmp_path):
    found, _ = cases
    case = found["likes one_hot"]

    def run(folder, *arguments):
        command = [sys.executable, "-I", "-W", "error", str(folder / "predict.py"), *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        return done.returncode, done.stderr

    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "predict.py").write_text(case.code.text, encoding="utf-8")
    assert run(alone, "new.csv") == (1, f"{BESIDE[0]} is missing; put it beside predict.py.\n")
    assert run(case.folder, str(case.folder / "new.csv")) == (0, "")
    assert (tmp_path / PREDICTIONS).read_bytes() == (case.folder / "answers new.csv").read_bytes()
