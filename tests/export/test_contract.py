"""Every exporter on three networks: written, used by one Python that has nothing of this package, same predictions."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from nnbuilder.export import EXPORTERS
from nnbuilder.export.bundle import MODELS, RAW, tasks_of, unzipped
from nnbuilder.export.checks import layer_task, model_task
from nnbuilder.export.making import check, write
from nnbuilder.export.onnx_inputs import as_given, input_names
from nnbuilder.export.proving import differences
from nnbuilder.export.trained import Trained
from nnbuilder.training.loop import predict

NETWORKS = ("two_classes", "regression", "table")
# Cheat-sheet lines as people know them, on files as they are handed out; the child knows nothing of the snippets.
LITERAL = """
import json, os, sys
import numpy as np
import torch
from torch import nn
from safetensors.torch import load_file
import onnxruntime

for folder in sys.argv[1:]:
    os.chdir(folder)
    sys.path.insert(0, folder)
    rows = torch.from_numpy(np.load("rows.npy"))
    answers = {}
    with torch.no_grad():
        model = torch.load('model.pth', weights_only=False)
        model.eval()
        answers["module"] = model(rows)
        width, units, place = json.load(open("last.json"))
        from model import model
        model.load_state_dict(torch.load('state_dict.pth'))
        model.eval()
        answers["state_dict"] = model(rows)
        nn.init.zeros_(model[place].weight)
        model[place].load_state_dict(torch.load('layer.pth', weights_only=True))
        answers["layer"] = model(rows)
        layer = nn.Linear(width, units)
        layer.load_state_dict(torch.load('layer.pth'))
        assert torch.equal(layer.weight, model[place].weight)
        checkpoint = torch.load('checkpoint.pth', weights_only=True)
        nn.init.zeros_(model[0].weight)
        model.load_state_dict(checkpoint["state_dict"])
        answers["checkpoint"] = model(rows)
        optimizer = torch.optim.Adam(model.parameters(), fused=True)
        optimizer.load_state_dict(checkpoint["optimizer"])
        assert json.loads(checkpoint["project"])["version"] and json.loads(checkpoint["preprocessing"])["columns"]
        assert checkpoint["epoch"] and checkpoint["seeds"]["network"] == 0 and checkpoint["generators"]["torch"].numel()
        assert checkpoint["metrics"]["train"]["loss"] > 0 and isinstance(checkpoint["classes"], list)
        nn.init.zeros_(model[0].weight)
        model.load_state_dict(load_file('model.safetensors'))
        answers["safetensors"] = model(rows)
        program = torch.export.load('model.pt2').module()
        answers["program"] = program(rows)
        assert torch.allclose(program(rows[:1]), answers["program"][:1], atol=1e-6)
    answers["onnx"] = onnxruntime.InferenceSession('model.onnx').run(["output"], {"input": rows.numpy()})[0]
    session = onnxruntime.InferenceSession('model_raw.onnx')
    columns = np.load("columns.npz")
    given = {item.name: columns[f"column {place}"] for place, item in enumerate(session.get_inputs())}
    given = {name: column.astype(object) if column.dtype.kind == "U" else column for name, column in given.items()}
    names = [item.name for item in session.get_outputs()]
    for name, answer in zip(names, session.run(names, given)):
        answers[f"raw {name}"] = answer.astype("U") if answer.dtype == object else answer
    np.savez("answers.npz", **{name: np.asarray(answer) for name, answer in answers.items()})
    sys.path.remove(folder)
    del sys.modules["model"]
assert not any(name.startswith("nnbuilder") for name in sys.modules)
"""


@pytest.fixture(scope="module")
def written(request: pytest.FixtureRequest) -> dict[str, dict[str, bytes]]:
    """Every export of every network, by kind with its choice."""
    found: dict[str, dict[str, bytes]] = {}
    for name in NETWORKS:
        trained: Trained = request.getfixturevalue(name)
        found[name] = {}
        for key, exporter in EXPORTERS.items():
            if exporter.missing(trained.net):
                continue
            if key in ("bundle", "source") and name != "table":
                # They hold what is written here one by one.
                continue
            for choice in [key for key, _ in exporter.choices(trained.net)] if exporter.choices else [""]:
                if choice not in ("svg", "html") or name == "two_classes":
                    found[name][f"{key}:{choice}"] = write(exporter, choice, trained)
    return found


def files_of(written: dict[str, bytes]) -> dict[str, bytes]:
    """The model files and predict.py by the names they have in a bundle."""
    kinds = [*((name, f"{key}:") for key, name in MODELS.items()), (RAW, "onnx:raw"), ("model.onnx", "onnx:inputs")]
    return {name: written[kind] for name, kind in [*kinds, ("predict.py", "predict_py:")]}


@pytest.fixture(scope="module")
def answers(written, request, tmp_path_factory) -> dict[str, dict[str, np.ndarray]]:
    """What a child process without this package makes of the files of every network."""
    folders = {name: tmp_path_factory.mktemp(name) for name in NETWORKS}
    for name, folder in folders.items():
        trained: Trained = request.getfixturevalue(name)
        last = len(trained.model) - 1
        files = {
            "model.pth": "module:",
            "state_dict.pth": "state_dict:",
            "checkpoint.pth": "checkpoint:",
            "layer.pth": f"layer:{last}",
            "model.safetensors": "safetensors:",
            "model.pt2": "program:",
            "model.onnx": "onnx:inputs",
            "model_raw.onnx": "onnx:raw",
            "model.py": "model_py:sequential",
        }
        for file, kind in files.items():
            (folder / file).write_bytes(written[name][kind])
        linear = trained.model[last]
        (folder / "last.json").write_text(json.dumps([linear.in_features, linear.out_features, last]))
        np.save(folder / "rows.npy", trained.rows)
        np.savez(folder / "columns.npz", **{f"column {n}": one for n, one in enumerate(as_given(trained))})
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", LITERAL, *map(str, folders.values())],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return {name: dict(np.load(folder / "answers.npz")) for name, folder in folders.items()}


@pytest.mark.parametrize("name", NETWORKS)
def test_files_predict_the_same_in_a_python_without_this_package(name, answers, request):
    trained: Trained = request.getfixturevalue(name)
    wanted = predict(trained.trainer.model, torch.from_numpy(trained.rows)).numpy()
    for kind in ("module", "state_dict", "layer", "checkpoint", "safetensors", "program"):
        assert np.array_equal(answers[name][kind], wanted), kind
    size = max(1.0, np.abs(wanted).max())
    for kind in ("onnx", "raw output"):
        assert np.abs(answers[name][kind] - wanted).max() <= 1e-5 * size, kind
    if trained.facts.classes:
        assert np.abs(answers[name]["raw probabilities"] - trained.chances).max() <= 1e-5
        sure = np.sort(trained.chances)[:, -2:] @ [-1, 1] > 1e-4
        said = [trained.facts.classes[place] for place in trained.chances.argmax(axis=1)]
        assert list(answers[name]["raw class"][sure]) == list(np.array(said)[sure])


def test_rows_that_are_compared_have_gaps_and_every_kind_of_column(table: Trained):
    assert np.isnan(table.raw).any(axis=1).sum() >= 5
    assert input_names(table) == list(table.facts.columns)
    assert {plan.type for plan in table.prepared.pipeline.columns} >= {"number", "category"}
    assert any(fitted.indicator for fitted in table.prepared.pipeline.fits)


def test_code_and_every_file_of_a_bundle_do_what_the_app_does(written, request):
    tasks = []
    for name in NETWORKS:
        trained: Trained = request.getfixturevalue(name)
        bundle = written[name].get("bundle:")
        found = tasks_of(trained, unzipped(bundle) if bundle else files_of(written[name]))
        found.append(layer_task(trained, "0", written[name]["layer:0"]))
        found += [model_task(trained, form, written[name][f"model_py:{form}"]) for form in ("named", "module")]
        tasks += [(name, number, task) for number, task in enumerate(found)]
        assert trained.again.whole and "bit for bit" in trained.again.said
    from dataclasses import replace

    # Warnings are errors there, too; only the notebook's pictures may warn of what Matplotlib does.
    found = differences([replace(task, name=f"{name} {number} {task.name}") for name, number, task in tasks])
    exact = [largest for largest, (_, _, task) in zip(found, tasks, strict=True) if not task.limit]
    assert len(exact) == 3 * 11 and set(exact) == {0.0}


def test_only_safetensors_says_that_its_tensors_are_of_pytorch(written, tmp_path):
    import onnx
    from safetensors import safe_open

    (tmp_path / "model.safetensors").write_bytes(written["table"]["safetensors:"])
    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        about = file.metadata()
    # Readers such as transformers look for the word “format” and want this behind it.
    assert about["format"] == "pt" and json.loads(about["project"])["version"]
    for choice in ("inputs", "raw"):
        props = {one.key: one.value for one in onnx.load_from_string(written["table"][f"onnx:{choice}"]).metadata_props}
        assert props == {name: text for name, text in about.items() if name != "format"}


def test_a_checkpoint_of_an_older_program_goes_out_with_what_it_lacks(table: Trained, written):
    import io

    def asked(content: bytes) -> object:
        return json.loads(torch.load(io.BytesIO(content), weights_only=True)["asked"])

    older = Trained({name: value for name, value in table.checkpoint.items() if name != "asked"})
    now = asked(written["table"]["checkpoint:"])
    assert now == asked(write(EXPORTERS["checkpoint"], "", older)) == json.loads(table.checkpoint["asked"])
    assert now["features"][0]["form"] and now["features"][0]["name"] == table.facts.columns[0]


@pytest.mark.parametrize("name", NETWORKS)
def test_what_needs_no_other_python_is_read_back(name, written, request):
    trained: Trained = request.getfixturevalue(name)
    light = {"data", "prepared", "predictions", "curves_csv", "network", "curves", "fit", "confusion", "card"}
    light |= {"requirements", "project"}
    checked = 0
    for kind, content in written[name].items():
        key, _, choice = kind.partition(":")
        if key in light:
            assert check(EXPORTERS[key], choice, trained, content).endswith("."), kind
            checked += 1
    assert checked == {"two_classes": 19, "regression": 10, "table": 11}[name]


def test_a_changed_file_does_not_pass(written, two_classes: Trained):
    from nnbuilder.errors import NNBuilderError

    for kind, old, new in (
        ("predictions:", b"0.", b"1."),
        ("prepared:", b"1", b"2"),
        ("curves_csv:", b"0.", b"3."),
        ("card:", b"</main>", b""),
        ("card:", b"<main>", b'<main><img src="http://x/y.png">'),
        ("requirements:", b"torch", b"torhc"),
        ("project:", b'"version"', b'"versoin"'),
        ("network:svg", b"</svg>", b""),
    ):
        content = written["two_classes"][kind]
        assert old in content
        with pytest.raises((NNBuilderError, SyntaxError)):
            key, _, choice = kind.partition(":")
            check(EXPORTERS[key], choice, two_classes, content.replace(old, new))


def test_an_archive_is_stored_and_holds_what_its_readme_says(written):
    import io
    import zipfile

    content = written["table"]["bundle:"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in archive.infolist())
        names = archive.namelist()
        readme = archive.read("README.md").decode()
        card = archive.read("model_card.md").decode()
    for name in names:
        assert f"`{name.partition('/')[0]}" in readme or name == "README.md", name
    assert {"penguins.csv", "data/predictions.csv", "pictures/confusion.png", "checkpoint.pth"} <= set(names)
    assert "table/penguins.csv" not in names
    assert "Adelie" in card and "| Accuracy |" in card and "![" in card
    assert [name for name in names if Path(name).is_absolute() or ".." in name] == []
