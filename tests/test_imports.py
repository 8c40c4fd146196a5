"""Which part may import which: the core is light, the page never loads torch, only the page knows streamlit.

And what is imported is pinned, what is pinned is imported, and the docs say why.
"""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "nnbuilder"
CORE = [PACKAGE / f"{name}.py" for name in ("errors", "fields", "facts", "spec", "shapes", "data/facts", "data/terms")]
CORE += [file for part in ("catalog", "check", "propose") for file in sorted((PACKAGE / part).glob("*.py"))]
PAGE = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(PACKAGE / "ui").rglob("*.py")]
HEAVY = {"torch", "streamlit", "sklearn", "torchmetrics", "pandas"}


def modules(file):
    """Full names of the modules a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively; the tests below could not follow it"
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def imported(file):
    """Top-level names of the modules a file imports."""
    return {name.split(".")[0] for name in modules(file)}


@pytest.mark.parametrize("file", CORE, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_core_imports_nothing_heavy(file):
    assert not imported(file) & HEAVY


@pytest.mark.parametrize("file", PAGE, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_page_does_not_import_torch(file):
    assert "torch" not in imported(file)


def test_only_the_page_imports_streamlit():
    others = [file for file in PACKAGE.rglob("*.py") if file not in PAGE]
    assert [str(file) for file in others if "streamlit" in imported(file)] == []


def test_nothing_below_the_page_imports_it():
    others = [file for file in PACKAGE.rglob("*.py") if file not in PAGE]
    assert [str(file) for file in others if any(name.startswith("nnbuilder.ui") for name in modules(file))] == []


# What is known of a table lies beside it; only where nothing does yet is the table prepared, which then is loaded.
TABLES = {"nnbuilder.data.table_facts", "nnbuilder.data.prepare_table"}
# What a network starts from is a file, whose header says what is in it.
WEIGHTS = {"nnbuilder.store.weights"}


@pytest.mark.parametrize("file", CORE, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_core_imports_only_the_core(file):
    core = {".".join(part.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for part in CORE}
    own = {name for name in modules(file) if name.startswith("nnbuilder.")} - TABLES - WEIGHTS
    own = {name for name in own if name.rpartition(".")[0] not in TABLES | WEIGHTS}
    assert [name for name in own if name not in core and name.rpartition(".")[0] not in core] == []


def loaded_by(statement):
    code = f"import sys; {statement}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(done.stdout.split())


def test_checking_a_project_loads_nothing_heavy():
    assert not loaded_by("import nnbuilder.check, nnbuilder.spec, nnbuilder.recipes, nnbuilder.cli") & HEAVY


def test_serving_the_page_loads_no_torch():
    served = ["app", "nnbuilder.engine.local", "nnbuilder.live.route", "nnbuilder.store", "nnbuilder.export"]
    served += [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in (PACKAGE / "ui").rglob("*.py")
        # The script of the page, which runs when it is imported; what it imports is in this list.
        if file.name != "main.py"
    ]
    assert not loaded_by(f"import {', '.join(served)}") & {"torch", "torchmetrics", "sklearn"}


def pinned(name):
    """The packages a requirements file pins, by name."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith(("#", "-r")))


def test_what_is_imported_is_pinned_and_the_other_way_round():
    packages = packages_distributions()
    own = {"nnbuilder", "app", "pages"}
    names = set().union(*map(imported, [*PAGE, *PACKAGE.rglob("*.py")])) - own - set(sys.stdlib_module_names)
    needed = {packages[name][0].lower() for name in names}
    assert {name.lower() for name in pinned("requirements.txt")} == needed


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_tests_run_with_what_is_pinned(name):
    found = {package: version(package.split("[")[0]).split("+")[0] for package in pinned(name)}
    assert found == pinned(name)


def test_the_docs_tell_of_every_dependency_and_no_other():
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| ([\w\-\[\]]+) \| ([\d.]+) \|", text, flags=re.MULTILINE))
    every = ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt")
    assert told == {package: number for name in every for package, number in pinned(name).items()}


def names_in(module):
    """Every name that a module defines, imports or sets on something."""
    nodes = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    found = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    found |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    found |= {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    return found | {
        alias.asname or alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names
    }


def is_there(dotted):
    """Whether a name such as `nnbuilder.spec.Project.edited` is one of the package's."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        file = ROOT.joinpath(*parts[:end])
        module = file / "__init__.py" if file.is_dir() else file.with_suffix(".py")
        if module.exists():
            return set(parts[end:]) <= names_in(module)
    return False


@pytest.mark.parametrize("place", ["nnbuilder", "pages", "tests", "benchmarks", "docs", "README.md"])
def test_what_docstrings_and_docs_name_is_there(place):
    """A name in backticks that begins with the package's leads somewhere, also after modules were moved."""
    root = ROOT / place
    files = [root] if root.is_file() else [file for file in root.rglob("*") if file.suffix in (".py", ".md", ".js")]
    named = {
        (str(file.relative_to(ROOT)), found)
        for file in files
        for found in re.findall(r"`(nnbuilder(?:\.\w+)+)[`(]", file.read_text(encoding="utf-8"))
    }
    assert [name for name in sorted(named) if not is_there(name[1])] == []
