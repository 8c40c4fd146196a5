"""Pickles of all protocols and files of other programs, each with words that the one sentence on it must have."""

from __future__ import annotations

import argparse
import datetime
import io
import pickle as pickles
import struct
import tarfile
import warnings
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import torch
from torch import nn

from tests.loading.forging import archive, pickle
from tests.loading.harness import saved

Case = tuple[bytes, str]


def cases(touch: str, model: nn.Module) -> dict[str, Case]:
    """Every case by name; `touch` is the payload."""
    return {**_pickles(touch), **_foreign(), **_foreign_zips(model)}


def _pickles(touch: str) -> dict[str, Case]:
    """Pickles whose names have to be followed through their memory, and what people pickle without harm in mind."""
    run = b"(X" + struct.pack("<I", len(touch)) + touch.encode() + b"tR."
    known = b"Vos\np1\n0Vsystem\np2\n0Vtorch\np3\n0Vload\np4\n0g1\ng2\n\x93" + run
    state = {"0.weight": torch.zeros(1, 1)}
    beside: dict[str, tuple[Any, str]] = {
        "set.pth": ({1, 2}, "holds a set (builtins.set)"),
        "bytes.pth": (b"abc", "holds bytes (_codecs.encode)"),
        "date.pth": (datetime.date(2020, 1, 1), "holds a date (datetime.date)"),
        "path.pth": (PurePosixPath("/data"), "holds a path (pathlib.PurePosixPath)"),
        "settings.pth": (argparse.Namespace(lr=0.1), "settings of the command line (argparse.Namespace)"),
    }
    function = pickles.dumps(np.testing.assert_equal)
    return {
        **{key: (saved({**state, "more": value}), words) for key, (value, words) in beside.items()},
        "remembered.pkl": (known, "wants to run os.system"),
        "remembered_behind.pkl": (known + b"\n\n\t", "wants to run os.system"),
        "same_name.pkl": (b"\x80\x04\x8c\x06timeit\x94h\0\x93\x94\x8c\x01x\x85R.", "wants to run timeit.timeit"),
        "quoted.pkl": (b"S'os'\nS'system'\n\x93S'ls'\n\x85R.", "wants to run os.system"),
        "object.pkl": (b"(cos\nsystem\nS'whoami'\no.", "wants to run os.system"),
        "doubled.pkl": (b"\x80\x04" + b"(" * 9 + b"\x8c\x03lol" + (b"2" * 9 + b"l") * 9 + b".", "a plain pickle"),
        "pickle_0_plain.pkl": (pickles.dumps({"a": [1, 2]}, 0), "a plain pickle"),
        "pickle_1_plain.pkl": (pickles.dumps({"a": [1, 2]}, 1), "a plain pickle"),
        "of_numpy.pkl": (function, "wants to run numpy.testing"),
        "scikit.pkl": (b"\x80\x02csklearn.svm\nSVC\n)\x81.", "a model of scikit-learn (sklearn.svm.SVC)"),
        "with_pickle.zip": (archive({"model.pkl": known}), "a file model.pkl that wants to run os.system"),
    }


def _foreign() -> dict[str, Case]:
    """The first bytes of files of other programs."""
    rest = bytes(60)
    return {
        "net.onnx": (b"\x08\x07\x12\x07pytorch" + rest, "is an ONNX model"),
        "graph.onnx": (b"\x08\x0d:\x1e" + rest, "is an ONNX model"),
        "saved_model.pb": (b"\x08\x01\x12\xf7\x01\x0a\x2f" + rest, "a model of TensorFlow or Core ML"),
        "net.tflite": (b"\x1c\0\0\0TFL3" + rest, "a TensorFlow Lite model"),
        "checkpoint.index": (rest + b"\x57\xfb\x80\x8b\x24\x75\x47\xdb", "the index of a TensorFlow checkpoint"),
        "language.gguf": (b"GGUF" + rest, "a GGUF file"),
        "trees.cbm": (b"CBM1" + rest, "a CatBoost model"),
        "model.joblib": (zlib.compress(pickles.dumps([1])), "packed with zlib, as joblib does"),
        "packed.7z": (b"7z\xbc\xaf\x27\x1c" + rest, "packed with 7-Zip, not weights or a project; unpack it"),
        "table.feather": (
            b"ARROW1\0\0" + rest,
            "a table (Arrow), not weights or a project; tables are",
        ),
        "other.tar": (_tarred("model.pth"), "is a tar archive, not weights"),
        "oldest.tar": (_tarred("sys_info", "pickle", "tensors", "storages"), "as torch wrote them before 0.2"),
        "notes.ipynb": (b'{"cells": [], "nbformat": 4}', "a Jupyter notebook"),
        "index.json": (b'{"weight_map": {"a": "b"}}', "open one of the files it names"),
        "config.json": (b'{"architectures": ["Net"]}', "the description of a model of another program"),
    }


def _tarred(*names: str) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as made:
        for each in names:
            made.addfile(tarfile.TarInfo(each))
    return file.getvalue()


def _foreign_zips(model: nn.Module) -> dict[str, Case]:
    script, arrays = io.BytesIO(), io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(model), script)
    np.savez_compressed(arrays, np.zeros(3))
    packed = {"metadata.json": b"{}" * 99, "model.weights.h5": b"\x89HDF" * 99}
    folder = {"m/": b"", "m/saved_model.pb": b"", "m/variables/": b"", "m/variables/variables.index": b""}
    return {
        "script.pt": (script.getvalue(), "a TorchScript program"),
        "arrays.npz": (arrays.getvalue(), "an archive of NumPy arrays"),
        "packed.keras": (archive(packed, zipfile.ZIP_DEFLATED), "a Keras model"),
        "folder.zip": (archive(folder), "a TensorFlow model"),
        "book.xlsx": (archive({"xl/workbook.xml": b"x" * 99}, zipfile.ZIP_DEFLATED), "a table (Excel)"),
        "package.pt": (archive({"p/.data/extern_modules": b"torch"}), "a package of torch.package"),
        "slash.pth": (archive({"archive/data.pkl": pickle(b"}"), "archive//data/0": b""}), "an entry is called"),
    }
