"""Projects on tables and generated data, and what the code written for them makes of the files."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from nnbuilder.data.facts import describe
from nnbuilder.data.prepare import Prepared, prepare
from nnbuilder.data.table_rows import open_source
from nnbuilder.source.data import Code, data_code, write_data
from nnbuilder.source.saving import write_preprocessing
from nnbuilder.source.script import Script
from nnbuilder.spec import Project, read
from nnbuilder.tables.choices import Choices
from nnbuilder.tables.described import write_clean_csv
from nnbuilder.tables.library import NUMERIC, Library, Opened
from nnbuilder.tables.reading import read_table
from nnbuilder.training.state import loss_target

PARTS = ("train", "validation", "test")


def project(data: dict[str, Any], loss: str = "mse", **training: Any) -> Project:
    """A project on some data."""
    return read(
        {
            "version": 1,
            "name": "t",
            "data": json.loads(json.dumps(data)),
            "network": {"layers": [{"kind": "linear", "units": 1}]},
            "training": {"loss": {"kind": loss}, "optimizer": {"kind": "adam"}, **training},
        }
    )


def table_data(
    content: bytes,
    target: str,
    features: list[Any] | None = None,
    file: str = "t.csv",
    source: dict[str, Any] | None = None,
    **data: Any,
) -> dict[str, Any]:
    """The data part of a project on a table; all columns that can be are features, unless they are given."""
    sha256 = Library.default().keep(content)
    types = (source or {}).get("types", {})
    opened = Library.default().read(sha256, file, (source or {}).get("reading", {}), types)
    if features is None:
        features = [one["name"] for one in opened.columns if one["type"] in NUMERIC and one["name"] != target]
    columns = [item if isinstance(item, dict) else {"name": item} for item in features]
    return {
        "source": {
            "kind": "table",
            "file": file,
            "sha256": sha256,
            "target": target,
            "columns": columns,
            **(source or {}),
            "reading": opened.document["choices"],
        },
        **data,
    }


def opened_of(made: Project) -> Opened | None:
    """What is known of a project's table."""
    return open_source(made.data.source) if made.data.source.kind == "table" else None


def code_of(made: Project) -> Code:
    """The code of a project's data."""
    return data_code(made.data, made.training, describe(made.data), opened_of(made))


def put_file(made: Project, code: Code, folder: Path) -> None:
    """Put the file that the code reads in a folder: as it was brought, or cleaned."""
    if not code.reads:
        return
    settings = made.data.source.settings
    original = Library.default().original(settings["sha256"])
    path = folder / code.reads
    if code.needs:
        write_clean_csv(read_table(original, settings["file"], Choices.from_json(settings["reading"])), path)
    else:
        path.write_bytes(original.read_bytes())


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def run(code: Code, folder: Path) -> dict[str, Any]:
    """What the code defines, run in a folder with every warning an error and a name space of its own."""
    space: dict[str, Any] = {"__name__": "__main__"}
    with inside(folder), warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(code.text, "data.py", "exec"), space)
    return space


def differences(made: Project, prepared: Prepared, space: dict[str, Any]) -> list[str]:
    """Where what the code made is not what the program trains on."""
    found = []
    for part in PARTS:
        inputs = torch.from_numpy(prepared.features[part])
        targets = loss_target(torch.from_numpy(prepared.target[part]), made.training.loss_row.target)
        for name, wanted in ((f"x_{part}", inputs), (f"y_{part}", targets)):
            got = space.get(name, wanted[:0])
            if got.dtype != wanted.dtype or not torch.equal(got, wanted):
                found.append(f"{name}: {got.dtype} {tuple(got.shape)} is not {wanted.dtype} {tuple(wanted.shape)}")
    if list(space.get("class_names", [])) != list(prepared.facts.classes):
        found.append(f"class_names: {space.get('class_names')} is not {prepared.facts.classes}")
    return found


def compared(made: Project, folder: Path) -> tuple[Code, list[str]]:
    """The code of a project, run, and where it differs."""
    prepared = prepare(made.data)
    code = code_of(made)
    put_file(made, code, folder)
    return code, differences(made, prepared, run(code, folder))


def plain_code(made: Project) -> Code:
    """The code of a project's data with torch, pandas and NumPy alone, which saves the preprocessing, too."""
    script = Script()
    facts, opened = describe(made.data), opened_of(made)
    beside = write_data(script, made.data, made.training, facts, opened)
    write_preprocessing(script, made.data, facts, opened)
    return Code(script.text, beside.reads, beside.needs)


ALONE = """
import json, os, sys, traceback, warnings
warnings.simplefilter("error")
for name in ("sklearn", "scipy", "nnbuilder", "streamlit", "pyarrow"):
    sys.modules[name] = None
import torch
found = {}
for folder in sys.argv[1:]:
    os.chdir(folder)
    space = {"__name__": "__main__", "__file__": os.path.join(folder, "script.py")}
    try:
        exec(compile(open("script.py", encoding="utf-8").read(), "script.py", "exec"), space)
        wanted = torch.load("wanted.pth", weights_only=True)
        # Parts without rows are not written.
        found_here = {name: space.get(name, tensor[:0]) for name, tensor in wanted.items()}
        different = [name for name, tensor in wanted.items()
                     if found_here[name].dtype != tensor.dtype or not torch.equal(found_here[name], tensor)]
    except BaseException:
        different = [traceback.format_exc()]
    if different:
        found[folder] = different
print(json.dumps(found))
"""
"""A program that runs scripts in folders, without packages a person may lack, and says what they made differently."""


def run_alone(folders: Sequence[Path]) -> dict[str, list[str]]:
    """What differs, by the name of the folder: each has a ``script.py``, and in ``wanted.pth`` what it is to make."""
    command = [sys.executable, "-I", "-c", ALONE, *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {Path(folder).name: different for folder, different in json.loads(done.stdout).items()}
