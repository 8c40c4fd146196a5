"""The check of a whole project: fields first, then data, network, loss and training."""

from __future__ import annotations

from collections.abc import Mapping

import psutil

from nnbuilder.catalog import settings as own
from nnbuilder.catalog.dataset_rules import DataSetRow
from nnbuilder.catalog.initializers import INITIALIZERS
from nnbuilder.catalog.sources import SOURCES, TABLE
from nnbuilder.catalog.starts import STARTS
from nnbuilder.check.ending import ending_problems
from nnbuilder.check.network import network_problems
from nnbuilder.check.rows import row_problems
from nnbuilder.check.training import training_problems
from nnbuilder.check.transfer import transfer_problems
from nnbuilder.data.facts import data_problems, describe, split_problems
from nnbuilder.data.terms import term_problems
from nnbuilder.errors import Edit, InvalidProject, NNBuilderError, Problem, Repair, errors_only
from nnbuilder.facts import DataFacts
from nnbuilder.fields import show
from nnbuilder.spec import TRAINING_TABLES, Project, field_problems


def check(project: Project, facts: DataFacts | None = None, memory: int | None = None) -> list[Problem]:
    """Every problem of a project, errors and warnings, in the order of its parts.

    Nothing is generated and nothing allocated: shapes and memory are computed.

    Parameters
    ----------
    facts
        What is known of the data; described from the project if left out.
    memory
        Bytes a run may take; what the machine has free if left out.
    """
    problems = _fields(project)
    if errors_only(problems):
        return problems
    problems += _data(project)
    if facts is None or project.data.source.kind == TABLE:
        if errors_only(problems):
            return problems
        facts = describe(project.data)
    if memory is None:
        memory = psutil.virtual_memory().available
    return [
        *problems,
        *network_problems(project, facts),
        *transfer_problems(project, facts),
        *ending_problems(project, facts),
        *training_problems(project, facts, memory),
        *row_problems(project, facts),
    ]


def _fields(project: Project) -> list[Problem]:
    """What the fields themselves refuse; only a project that was not read from JSON can have any."""
    problems = field_problems("", own.PROJECT, _settings(project, own.PROJECT))
    source = project.data.source
    problems += field_problems("data.source", SOURCES[source.kind].fields, source.settings)
    problems += field_problems("data", own.DATA, _settings(project.data, own.DATA))
    problems += field_problems("network", own.NETWORK, _settings(project.network, own.NETWORK))
    for index, layer in enumerate(project.network.layers):
        path = f"network.layers[{index}]"
        problems += field_problems(path, layer.row.fields, layer.settings)
        initializer = layer.initializer
        problems += field_problems(f"{path}.initializer", INITIALIZERS[initializer.kind].fields, initializer.settings)
        problems += field_problems(f"{path}.weights", STARTS[layer.weights.kind].fields, layer.weights.settings)
        problems += field_problems(path, own.LAYER, _settings(layer, own.LAYER))
    for key, table in TRAINING_TABLES.items():
        component = getattr(project.training, key)
        problems += field_problems(f"training.{key}", table[component.kind].fields, component.settings)
    return problems + field_problems("training", own.TRAINING, _settings(project.training, own.TRAINING))


def _data(project: Project) -> list[Problem]:
    source = project.data.source
    row = SOURCES[source.kind]
    if not isinstance(row, DataSetRow):
        return _table(project)
    found = [("data.source", problem) for problem in row.problems(source.settings)]
    if not found:
        found = [("data", problem) for problem in split_problems(project.data)]
    problems = term_problems(project.data.terms, row.shape(source.settings).features)
    for part, problem in found:
        path = f"{part}.{problem.field}"
        repair = None
        if problem.value is not None:
            repair = Repair(f"Set to {show(problem.value)}", (Edit("set", path, problem.value),))
        problems.append(Problem(path, problem.message, repair=repair))
    return problems


def _table(project: Project) -> list[Problem]:
    """What is wrong with a person's own table, and what they should know of it."""
    try:
        facts, told = describe(project.data), data_problems(project.data)
    except InvalidProject as error:
        return list(error.problems)
    except NNBuilderError as error:
        return [Problem("data.source", str(error))]
    numbers = [name for name, labels in zip(facts.columns, facts.labels, strict=True) if not labels]
    return [*term_problems(project.data.terms, numbers), *told]


def _settings(part: object, fields: tuple) -> Mapping[str, object]:
    return {item.name: getattr(part, item.name) for item in fields}
