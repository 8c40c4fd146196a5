"""The packages that generated code needs, in the versions that it was checked with."""

from __future__ import annotations

import ast
import json
import sys
from importlib.metadata import version

PACKAGES = {"matplotlib": "matplotlib", "numpy": "numpy", "pandas": "pandas", "torch": "torch"}
"""What a package is called where it is installed, by the name it is imported by."""
_READERS = {"read_excel": "openpyxl", "read_parquet": "pyarrow"}
"""What pandas needs besides, by the function that is called."""


def requirements_text(*sources: str) -> str:
    """The content of ``requirements.txt`` for some scripts and notebooks, one package a line with its exact version.

    The version is the public one: of ``2.13.0+cpu`` the part before the plus sign.
    """
    return "".join(f"{package}=={version(package).partition('+')[0]}\n" for package in packages(*sources))


def packages(*sources: str) -> list[str]:
    """The packages that scripts and notebooks import, in alphabetical order."""
    found: set[str] = set()
    for source in sources:
        for text in _codes(source):
            tree = ast.parse(text)
            for node in ast.walk(tree):
                if isinstance(node, ast.Import):
                    found |= {_package(alias.name) for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    found.add(_package(node.module or ""))
                elif isinstance(node, ast.Attribute) and node.attr in _READERS:
                    found.add(_READERS[node.attr])
    return sorted(found - {""})


def _package(module: str) -> str:
    """The package a module is of; "" for the standard library and for a file beside the code."""
    top = module.split(".")[0]
    return "" if top in sys.stdlib_module_names or top == "model" else PACKAGES[top]


def _codes(source: str) -> list[str]:
    """The code of a script, or of every cell of a notebook."""
    if not source.lstrip().startswith("{"):
        return [source]
    cells = json.loads(source)["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
