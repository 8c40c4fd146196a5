"""Archives: the code with the data it reads, and the bundle of everything. Every entry is stored as it is."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping
from dataclasses import replace

from nnbuilder.catalog.sources import TABLE
from nnbuilder.export import card, code_files, data_files, onnx_file, pictures, safe_tensors, torch_files
from nnbuilder.export.checks import onnx_task, torch_task
from nnbuilder.export.proving import Task, differences
from nnbuilder.export.trained import Trained
from nnbuilder.export.training_check import notebook_task, predict_task, train_task
from nnbuilder.source.saving import FILE

MOST_NUMBERS = 5_000_000
"""Rows times inputs above which the prepared data and the predictions are left out of a bundle."""
RAW = "model_raw.onnx"
"""What the ONNX file with the preprocessing inside is called beside the one without."""


def source(trained: Trained, choice: str) -> bytes:
    """The code, and what it reads."""
    return _zipped({**code_entries(trained), "README.md": _source_readme(trained).encode()})


def bundle(trained: Trained, choice: str) -> bytes:
    """Everything there is of a trained network."""
    files = {
        "model.pth": torch_files.module(trained, ""),
        "state_dict.pth": torch_files.state_dict(trained, ""),
        "checkpoint.pth": torch_files.checkpoint(trained, ""),
        "model.safetensors": safe_tensors.write(trained, ""),
        "model.onnx": onnx_file.write(trained, "inputs"),
        RAW: onnx_file.write(trained, "raw"),
        "model.pt2": torch_files.program(trained, ""),
        FILE: code_files.beside_prediction(trained)[FILE],
        "project.json": code_files.project(trained, ""),
        **code_entries(trained),
        **_data(trained),
        **{
            f"pictures/{name}.{form}": _picture(trained, name, form) for name in card.figures(trained) for form in FORMS
        },
        "model_card.md": card.markdown(trained),
        "model_card.html": card.html(trained, ""),
    }
    readme = _readme(trained, files).encode()
    return _zipped({"README.md": readme, **files})


FORMS = ("png", "svg")


def check(trained: Trained, choice: str, content: bytes, key: str) -> str:
    """Use what the bundle holds: every form of the model and all of the code, in one other Python."""
    differences(tasks_of(trained, unzipped(content)))
    return f"Every model file in it was loaded and predicted the same. train.py and notebook: {trained.again.said}"


def tasks_of(trained: Trained, files: Mapping[str, bytes]) -> list[Task]:
    """What is done with the files of a bundle: every form of the model is loaded, all of the code is run."""
    again = trained.again
    beside = code_files.beside_training(trained)
    tasks = [torch_task(trained, kind, files[name]) for kind, name in MODELS.items()]
    tasks += [onnx_task(trained, choice, files[name]) for choice, name in (("inputs", "model.onnx"), ("raw", RAW))]
    tasks += [train_task(again, beside), notebook_task(again, beside)]
    tasks.append(predict_task(trained, files["predict.py"]))
    return [replace(task, name=f"{task.name} ({place + 1})") for place, task in enumerate(tasks)]


MODELS = {
    "module": "model.pth",
    "state_dict": "state_dict.pth",
    "checkpoint": "checkpoint.pth",
    "safetensors": "model.safetensors",
    "program": "model.pt2",
}


def code_entries(trained: Trained) -> dict[str, bytes]:
    """The code by file, with the files it reads."""
    return {
        "model.py": code_files.model_py(trained, "sequential"),
        "train.py": code_files.train_py(trained, ""),
        "predict.py": code_files.predict_py(trained, ""),
        "notebook.ipynb": code_files.notebook(trained, ""),
        "requirements.txt": code_files.requirements(trained, ""),
        **code_files.beside_training(trained),
    }


def unzipped(content: bytes) -> dict[str, bytes]:
    """The entries of an archive by name; their checksums are looked at."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    # Zip knows no earlier time, as a machine without a clock may have it.
    now = max(time.localtime()[:6], (1980, 1, 1, 0, 0, 0))
    # Stored, not packed: whoever opens an archive can check its size before anything is read.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, now)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def _data(trained: Trained) -> dict[str, bytes]:
    """The data as CSV, the table as it was brought, and the curves."""
    files: dict[str, bytes] = {}
    source = trained.project.data.source
    if source.kind == TABLE:
        from nnbuilder.tables.library import Library

        name = "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in source["file"])[-100:].lstrip(".")
        original = Library.default().original(source["sha256"], source["file"]).read_bytes()
        if original not in code_files.beside_training(trained).values():
            files[f"table/{name or 'table'}"] = original
    if trained.facts.rows * max(1, trained.facts.inputs) <= MOST_NUMBERS:
        files["data/data.csv"] = data_files.as_read(trained, "")
        files["data/prepared.csv"] = data_files.prepared(trained, "")
        files["data/predictions.csv"] = data_files.predictions(trained, "")
    if len(trained.history):
        files["data/curves.csv"] = data_files.curves(trained, "")
    return files


def _picture(trained: Trained, name: str, form: str) -> bytes:
    return getattr(pictures, name)(trained, form)


WHAT = {
    "model_card.html": "what the network is, how good it is, and what it must not be used for",
    "model_card.md": "the same as Markdown",
    "model.pth": 'the network itself: `torch.load("model.pth", weights_only=False)`',
    "state_dict.pth": "its weights, for the network in `model.py`",
    "checkpoint.pth": "everything training goes on from; open it in the network builder",
    "model.safetensors": "its weights in a format that can hold no code",
    "model.onnx": "for onnxruntime: prepared inputs in, outputs out",
    RAW: "for onnxruntime: columns of the table in, probabilities and classes out",
    "model.pt2": "the computation as a `torch.export` program",
    FILE: "what is done to a row before the network gets it",
    "project.json": "all settings, for the network builder or its command line",
    "model.py": "the network in PyTorch",
    "train.py": "the whole training: `python train.py`",
    "predict.py": "predicts the rows of a CSV file: `python predict.py new.csv`",
    "notebook.ipynb": "the training in steps, with explanations and pictures",
    "requirements.txt": "the packages the code needs: `pip install -r requirements.txt`",
}


def _readme(trained: Trained, files: Mapping[str, bytes]) -> str:
    lines = [f"- `{name}`: {what}" for name, what in WHAT.items() if name in files]
    more = sorted(set(files) - set(WHAT))
    lines += [f"- `{name}`: what the code reads" for name in more if "/" not in name]
    folders = sorted({name.partition("/")[0] for name in more if "/" in name})
    words = {
        "data": "the data and the curves as CSV",
        "pictures": "PNG and SVG",
        "table": "the table as it was brought",
    }
    lines += [f"- `{folder}/`: {words[folder]}" for folder in folders]
    title = "".join(sign for sign in trained.project.name if sign.isalnum() or sign in " -.").strip() or "Network"
    return (
        f"# {title}\n\n" + "\n".join(lines) + "\n\n"
        "Before this archive was handed over, every model file was loaded in a Python without the network builder and "
        f"predicted the same as it, and the code was run there. {trained.again.said}\n"
    )


def _source_readme(trained: Trained) -> str:
    names = ["model.py", "train.py", "predict.py", "notebook.ipynb", "requirements.txt"]
    lines = [f"- `{name}`: {WHAT[name]}" for name in names]
    lines += [f"- `{name}`: what the code reads" for name in code_files.beside_training(trained)]
    steps = "```\npip install -r requirements.txt\npython train.py\npython predict.py new.csv\n```"
    return "# The code\n\n" + "\n".join(lines) + f"\n\n{steps}\n\n{trained.again.said}\n"
