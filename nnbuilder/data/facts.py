"""What is known of a project's data before any of it is made, and whether its split can work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnbuilder.catalog.dataset_rules import FieldProblem
from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.catalog.sources import TABLE
from nnbuilder.data.table_facts import find_facts
from nnbuilder.data.terms import Term
from nnbuilder.errors import NNBuilderError, Problem
from nnbuilder.facts import DataFacts, split_sizes
from nnbuilder.fields import plain

if TYPE_CHECKING:
    from nnbuilder.spec import Data


def describe(data: Data) -> DataFacts:
    """The facts of a project's data, `prepare` yields the same: from the settings alone, or as a table was found.

    Raises
    ------
    NNBuilderError
        If a table is not here, or cannot be learned from as it is set up.
    """
    if data.source.kind == TABLE:
        return _of_table(data)[0]
    shape = DATASETS[data.source.kind].shape(data.source.settings)
    train, validation, test = split_sizes(shape.rows, data.validation, data.test)
    return DataFacts(
        task=shape.task,
        features=(*shape.features, *(Term.from_json(term).label for term in data.terms)),
        columns=shape.features,
        target=shape.target,
        classes=shape.classes,
        train_rows=train,
        validation_rows=validation,
        test_rows=test,
    )


def data_problems(data: Data) -> list[Problem]:
    """What a person should know of their own table; data made on the spot have nothing to hide."""
    return _of_table(data)[1] if data.source.kind == TABLE else []


def _of_table(data: Data) -> tuple[DataFacts, list[Problem]]:
    found = find_facts(data)
    if found is None:
        # Only the first time: what is found is kept.
        from nnbuilder.data.prepare_table import prepare_table

        prepare_table(data)
        found = find_facts(data)
    if found is None:
        raise NNBuilderError("What is known of the table could not be kept; make room on the disk.")
    return found


def split_problems(data: Data) -> list[FieldProblem]:
    """Why the split cannot work: no rows left to train on, or parts too small for one row of each class.

    The fields are those of `Data` (``validation``, ``test``, ``stratify``); the value repairs it.
    """
    if data.source.kind == TABLE:
        return []
    facts = describe(data)
    if facts.train_rows < 1:
        largest = max("validation", "test", key=lambda name: getattr(data, name))
        return [
            FieldProblem(
                largest,
                f"Validation ({plain(data.validation)}) and test ({plain(data.test)}) take all {plain(facts.rows)} "
                f"rows and leave none to train on; set {largest} to 0.2.",
                0.2,
            )
        ]
    if not (data.stratify and facts.classes):
        return []
    sizes = {"validation": facts.validation_rows, "test": facts.test_rows, "training": facts.train_rows}
    split = facts.train_rows < facts.rows
    short = [name for name, size in sizes.items() if split and 0 < size < len(facts.classes)]
    return [
        FieldProblem(
            "stratify",
            f"The {name} part has {sizes[name]} {'row' if sizes[name] == 1 else 'rows'}, too few for one of each of "
            f"the {len(facts.classes)} classes; make it larger or turn stratification off.",
            False,
        )
        for name in short[:1]
    ]
