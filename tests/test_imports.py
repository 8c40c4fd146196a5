"""Which part may import which: the core is light, the page never loads torch, only the page knows streamlit."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "nnbuilder"
CORE = [PACKAGE / f"{name}.py" for name in ("errors", "fields", "facts", "spec", "shapes")]
CORE += sorted((PACKAGE / "catalog").glob("*.py")) + sorted((PACKAGE / "check").glob("*.py"))
PAGE = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(PACKAGE / "ui").rglob("*.py")]
HEAVY = {"torch", "streamlit", "sklearn", "torchmetrics", "pandas"}


def imported(file):
    """Top-level names of the modules a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("file", CORE, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_core_imports_nothing_heavy(file):
    assert not imported(file) & HEAVY


@pytest.mark.parametrize("file", PAGE, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_page_does_not_import_torch(file):
    assert "torch" not in imported(file)


def test_only_the_page_imports_streamlit():
    others = [file for file in PACKAGE.rglob("*.py") if file not in PAGE]
    assert [str(file) for file in others if "streamlit" in imported(file)] == []


def loaded_by(statement):
    code = f"import sys; {statement}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(done.stdout.split())


def test_checking_a_project_loads_nothing_heavy():
    assert not loaded_by("import nnbuilder.check, nnbuilder.spec, nnbuilder.recipes, nnbuilder.cli") & HEAVY


def test_serving_the_page_loads_no_torch():
    modules = ["nnbuilder.engine.local", "nnbuilder.live.route", "nnbuilder.store", "nnbuilder.export"]
    modules += [
        ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for file in (PACKAGE / "ui").rglob("*.py")
        if file.name not in ("__init__.py", "main.py")
    ]
    assert not loaded_by(f"import {', '.join(modules)}") & {"torch", "torchmetrics", "sklearn"}
