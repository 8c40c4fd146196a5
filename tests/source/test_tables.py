"""The code of a table makes the very tensors, for every way of filling, encoding, scaling, splitting and aiming."""

import itertools

import pytest

from nnbuilder.catalog.samples import SAMPLES
from tests.source.harness import compared, opened_of, project, table_data
from tests.source.meant_table import COLUMNS, meant_table

PENGUINS = SAMPLES["penguins"].path.read_bytes()
NUMBERS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
SCALINGS = ("none", "standard", "minmax", "robust")


def same(tmp_path, data, loss="mse", **training):
    """The code, after it was found to make the same tensors."""
    code, different = compared(project(data, loss, **training), tmp_path)
    assert different == [], code.text
    return code


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("key", SAMPLES)
def test_samples(key, scaling, tmp_path):
    sample = SAMPLES[key]
    content = sample.path.read_bytes()
    data = table_data(content, sample.target, file=sample.file)
    names = sample.chosen(tuple(item["name"] for item in data["source"]["columns"]))
    data["source"]["columns"] = [item for item in data["source"]["columns"] if item["name"] in names]
    loss = "mse" if sample.task == "regression" else "cross_entropy"
    code = same(tmp_path, {**data, "scaling": scaling, "test": 0.1}, loss)
    assert bool(code.needs) == (key == "messy")


@pytest.mark.parametrize("missing", ["median", "mean", "most_frequent", "constant", "own_category", "drop"])
@pytest.mark.parametrize("encoding", ["one_hot", "ordinal"])
@pytest.mark.parametrize("scaling", ["none", "standard"])
def test_gaps_and_categories(missing, encoding, scaling, tmp_path):
    columns = [{"name": name, "missing": missing, "fill": 17.5} for name in NUMBERS]
    columns[1:1] = [
        {"name": "sex", "missing": missing, "fill": "not known", "encoding": encoding},
        {"name": "island", "missing": missing, "fill": "Dream", "encoding": encoding},
    ]
    data = table_data(PENGUINS, "species", columns, source={"types": {"sex": "category"}})
    same(tmp_path, {**data, "scaling": scaling, "test": 0.2}, "cross_entropy")


WORDS = ("yes", "NO", " Yes", "no", "", "n/a")
YES_NO = "x,likes,y\n" + "".join(f"{n % 13},{WORDS[n % 6]},{n % 5}\n" for n in range(90))


@pytest.mark.parametrize("missing", ["most_frequent", "constant", "own_category", "drop"])
@pytest.mark.parametrize("encoding", ["one_hot", "ordinal"])
@pytest.mark.parametrize("scaling", ["none", "minmax"])
def test_yes_and_no_in_odd_spellings(missing, encoding, scaling, tmp_path):
    item = {"name": "likes", "missing": missing, "fill": "yes", "encoding": encoding}
    data = table_data(YES_NO.encode(), "y", [item, "x"])
    same(tmp_path, {**data, "scaling": scaling})


@pytest.mark.parametrize("values", [("0", "1"), ("0", "1", ""), ("true", "false"), ("f", "t", "?"), ("2", "1")])
@pytest.mark.parametrize("missing", ["most_frequent", "own_category", "drop"])
def test_yes_and_no_as_feature_and_as_target(values, missing, tmp_path):
    rows = "".join(f"{n * 7 % 11},{values[n % len(values)]},{values[n * n % len(values)]}\n" for n in range(60))
    item = {"name": "flag", "missing": missing}
    types = {"flag": "yes_no", "goal": "yes_no"}
    data = table_data(f"x,flag,goal\n{rows}".encode(), "goal", [item, "x"], source={"types": types})
    same(tmp_path, {**data, "scaling": "standard", "stratify": False}, "bce_with_logits")


@pytest.mark.parametrize(
    "dates",
    [
        ["2024-03-01", "2023-12-31", "1968-02-29"],
        ["2024-03-01 10:30:00", "2023-12-31", "2024-01-05T23:59:59.25"],
        ["01.03.2024", "31.12.23", "5. Mai 1999"],
        ["3/14/2024", "12/31/2023", "1/2/1970"],
        ["14/3/2024 5:07 pm", "1/12/2023 12:00 AM", "2/2/2001"],
        ["20240301", "19991231", "20000229"],
        ["2024-03", "1999-12", "2001-01"],
        ["March 3, 2024", "Dec 31 1999", "May 5, 2001"],
        ["2024-03-01T10:00:00+02:00", "2024-03-01T00:30:00Z", "2023-01-01T23:00:00-0530"],
        ["2024-03-01", "", "1999-01-31", "n/a", "unknown"],
    ],
)
def test_dates(dates, tmp_path):
    rows = "".join(f'{n % 7},"{dates[n * n % len(dates)]}","{dates[n % len(dates)]}"\n' for n in range(70))
    data = table_data(f"x,when,until\n{rows}".encode(), "x", ["when", {"name": "until", "missing": "own_category"}],
                      source={"types": {"when": "date", "until": "date"}})  # fmt: skip
    same(tmp_path, {**data, "scaling": "standard"})


@pytest.mark.parametrize(
    "numbers",
    [
        ["1.5", "-2.25", "1e-3", ".5", "7."],
        ["1,5", "2,25", "3"],
        ["1.234,5", "2,25", "12.345.678,25"],
        ["1,234.5", "12", "3.25"],
        ["€ 5", "€ 1,234.50", "€ 17.99"],
        ["12 %", "7.5 %", "-3%"],
        ["1 234,5", "12", "1\u00a0234 567,25"],
        ["1'234.5", "12", "7’000.25"],
        ["(5.5)", "12.25", "(1,234)"],
        ["−5.5", "12.25", "+3"],
        [" 5.5", "12.25 ", "  "],
        ["5.5", "NA", "n/a", "?", "-", "12.25", "3", "4", "5"],
        ["inf", *map(str, range(1, 40))],
        ["1e999", "a lot", *map(str, range(1, 60))],
        ["5 kg", "12.25 kg", "7kg"],
        ["9007199254740993", "123456789012345678901234567890", "5"],
        ["-999", "5", "7"],
    ],
)
@pytest.mark.parametrize("beside", ["1.5", "3"])
def test_numbers(numbers, beside, tmp_path):
    rows = "".join(f'"{numbers[n * 7 % len(numbers)]}","{beside}{n % 7}",{n % 2}\n' for n in range(90))
    data = table_data(f"x,z,y\n{rows}".encode(), "y", ["x", "z"], source={"types": {"x": "number", "z": "number"}})
    same(tmp_path, {**data, "scaling": "robust"}, "bce")


def test_cells_that_mean_numbers(tmp_path):
    content, answers = meant_table()
    assert {*COLUMNS, "kind"} == set(answers)
    types = dict.fromkeys(COLUMNS, "number")
    data = table_data(content, "y", [*COLUMNS, "when", "kind", "count"], source={"answers": answers})
    code = same(tmp_path, {**data, "scaling": "standard"}, "cross_entropy")
    opened = opened_of(project(data, "cross_entropy"))
    assert opened is not None
    kinds = {one["name"]: one["type"] for one in opened.columns}
    assert {name: kinds[name] for name in types} == types and kinds["count"] == "number" and kinds["when"] == "date"
    assert "def meant(text, way):" in code.text


def test_german_numbers_and_dates(tmp_path):
    dates = [f"{n % 28 + 1:02d}.{n % 12 + 1:02d}.2024" for n in range(80)]
    rows = "".join(f"{date};{n % 7 + 1}.{n * 37 % 999:03d},5;1.{n % 9}.0;{n % 3}\n" for n, date in enumerate(dates))
    data = table_data(f"when;x;version;y\n{rows}".encode(), "y", ["when", "x", "version"])
    code = same(tmp_path, {**data, "scaling": "standard"}, "cross_entropy")
    assert 'decimal=","' in code.text


@pytest.mark.parametrize("rows", [600, 5000])
def test_numbers_among_many_others(rows, tmp_path):
    texts = ["", "x1", "NA", *(f"odd {n}" for n in range(25))]
    cells = [texts[n // 20 % len(texts)] if n % 20 == 3 else f"{n * 7919 % 10007 / 8:.3f}" for n in range(rows)]
    table = "".join(f"{cell},{n % 3}\n" for n, cell in enumerate(cells))
    data = table_data(f"x,y\n{table}".encode(), "y", ["x"], source={"types": {"x": "number"}})
    same(tmp_path, {**data, "scaling": "standard"}, "cross_entropy")


@pytest.mark.parametrize(
    "labels", [["NA", "DE", "FR"], ["1", "2", "10"], ["None", "a", "b"], ["01", "1", "x"], ["a", " b", ""]]
)
@pytest.mark.parametrize("count", [60, 700])
def test_labels_that_pandas_would_take_for_something_else(labels, count, tmp_path):
    rows = "".join(f"{labels[n * n % len(labels)]},{n % 5}.5,{labels[n * 5 % len(labels)]}\n" for n in range(count))
    types = {"kind": "category", "class": "category"}
    data = table_data(f"kind,x,class\n{rows}".encode(), "class", ["kind", "x"], source={"types": types})
    same(tmp_path, data, "cross_entropy")


@pytest.mark.parametrize(
    ("validation", "test", "stratify", "seed"),
    [(0.2, 0.2, True, 0), (0.3, 0, True, 7), (0, 0.25, False, 123), (0, 0, True, 0), (0.2, 0.2, False, 2**31 - 1)],
)
def test_splits(validation, test, stratify, seed, tmp_path):
    data = table_data(SAMPLES["iris"].path.read_bytes(), "species")
    split = {"validation": validation, "test": test, "stratify": stratify, "split_seed": seed}
    same(tmp_path, {**data, **split, "scaling": "standard"}, "cross_entropy")


@pytest.mark.parametrize("count", [60, 700])
def test_a_split_by_a_column(count, tmp_path):
    rows = "".join(f"{n % 9},{n % 4},{('train', 'Dev', 'TEST ', 'training')[n * n % 7 % 4]}\n" for n in range(count))
    data = table_data(f"x,y,part\n{rows}".encode(), "y", ["x"], source={"split_by": "part"})
    same(tmp_path, {**data, "scaling": "standard"}, "cross_entropy")


@pytest.mark.parametrize("loss", ["mse", "bce_with_logits", "soft_margin", "hinge_embedding", "cross_entropy", "nll"])
@pytest.mark.parametrize("key", ["breast_cancer", "failures"])
def test_targets(key, loss, tmp_path):
    sample = SAMPLES[key]
    same(tmp_path, table_data(sample.path.read_bytes(), sample.target, file=sample.file), loss)


def test_terms(tmp_path):
    a, b = NUMBERS[:2]
    terms = [["square", a], ["sine", b], ["product", a, b], ["power3", b], ["power4", a], ["power5", b]]
    for scaling, columns in itertools.product(("none", "standard"), (NUMBERS, ["island", *NUMBERS, "sex"])):
        data = table_data(PENGUINS, "species", [{"name": name} for name in columns])
        same(tmp_path, {**data, "terms": terms, "scaling": scaling}, "cross_entropy")


@pytest.mark.parametrize(("size", "shuffle"), [(16, True), (16, False), (0, True), (1000, True)])
def test_the_loader_hands_out_every_row_once(size, shuffle, tmp_path):
    from tests.source.harness import code_of, put_file, run

    made = project(table_data(PENGUINS, "species", NUMBERS), "cross_entropy", batch_size=size, shuffle=shuffle)
    code = code_of(made)
    put_file(made, code, tmp_path)
    space = run(code, tmp_path)
    batches = list(space["train_loader"])
    rows = sum(len(x) for x, _ in batches)
    assert rows == len(space["x_train"]) == len(space["train_set"])
    assert len(batches[0][0]) == min(size or rows, rows)
    drawn = shuffle and 0 < size < rows
    first = space["x_train"][: len(batches[0][0])]
    assert bool((batches[0][0] == first).all()) != drawn
