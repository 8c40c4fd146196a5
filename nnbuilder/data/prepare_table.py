"""A person's own table on its way to the network: rows that can be learned from, split, and a pipeline fitted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.data.pipeline import fit
from nnbuilder.data.prepare import PARTS, Prepared, Rows, split
from nnbuilder.data.table_facts import keep_facts, keep_refusal
from nnbuilder.data.table_rows import TableRows, open_source, table_rows
from nnbuilder.data.terms import Term
from nnbuilder.errors import Edit, InvalidProject, NNBuilderError, Problem, Repair
from nnbuilder.facts import DataFacts, Part, split_sizes
from nnbuilder.tables.columns import advice

if TYPE_CHECKING:
    from nnbuilder.spec import Data


def prepare_table(data: Data) -> Prepared:
    """The rows of a table, split, with gaps filled, categories encoded and scaled; see `nnbuilder.data.prepare`.

    What was found is kept beside the table, and a refusal, too.

    Raises
    ------
    NNBuilderError
        If the table is not here, or target, features or split cannot work.
    """
    try:
        rows = table_rows(data.source)
        prepared = _prepare(data, rows)
    except NNBuilderError as error:
        keep_refusal(data, error)
        raise
    keep_facts(data, prepared.facts, _problems(data, rows, prepared))
    return prepared


def _prepare(data: Data, rows: TableRows) -> Prepared:
    facts = DataFacts(
        task=rows.task,
        features=tuple(plan.name for plan in rows.plans),
        target=data.source["target"],
        classes=rows.classes,
        train_rows=0,
        validation_rows=0,
        test_rows=0,
        labels=tuple(plan.categories for plan in rows.plans),
        dates=_dates(data, rows),
    )
    parts = parts_of(data, rows, facts)
    sizes = {part: len(chosen) for part, chosen in parts.items()}
    raw: dict[Part, NDArray[np.float64]] = {part: rows.columns[chosen] for part, chosen in parts.items()}
    pipeline = fit(rows.plans, [Term.from_json(term) for term in data.terms], data.scaling, raw["train"])
    target: dict[Part, NDArray[Any]] = {}
    for part, chosen in parts.items():
        values = rows.target[chosen]
        target[part] = values if rows.classes else values.astype(np.float32)[:, None]
    facts = replace(
        facts,
        features=pipeline.inputs,
        train_rows=sizes["train"],
        validation_rows=sizes["validation"],
        test_rows=sizes["test"],
        class_rows=tuple(np.bincount(target["train"], minlength=len(rows.classes)).tolist()) if rows.classes else (),
    )
    features: dict[Part, NDArray[np.float32]] = {part: pipeline.apply(values) for part, values in raw.items()}
    return Prepared(facts=facts, features=features, target=target, raw=raw, pipeline=pipeline)


def _dates(data: Data, rows: TableRows) -> tuple[str, ...]:
    """The columns that hold dates, the target among them."""
    target = data.source["target"]
    names = [plan.name for plan in rows.plans if plan.type == "date"]
    return (*names, target) if open_source(data.source).column(target)["type"] == "date" else tuple(names)


def parts_of(data: Data, rows: TableRows, facts: DataFacts) -> dict[Part, Rows]:
    """Which of a table's rows are in each part; of the facts, the classes matter."""
    if rows.given is not None:
        parts: dict[Part, Rows] = {part: np.flatnonzero(rows.given == code) for code, part in enumerate(PARTS)}
        if not len(parts["train"]):
            name = data.source["split_by"]
            raise InvalidProject(
                [Problem("data.source.split_by", f"Column “{name}” puts no row into training; split by share.")]
            )
        return parts
    train, validation, test = split_sizes(len(rows.target), data.validation, data.test)
    if train < 1:
        raise InvalidProject(
            [Problem("data.validation", "Validation and test take all rows and leave none to train on; set it to 0.2.")]
        )
    sized = replace(facts, train_rows=train, validation_rows=validation, test_rows=test)
    try:
        return split(rows.target, sized, stratify=data.stratify, seed=data.split_seed)
    except ValueError:
        # scikit-learn's own words for parts smaller than the number of classes.
        raise InvalidProject(
            [
                Problem(
                    "data.stratify",
                    f"A part of the split has fewer rows than there are classes ({len(facts.classes)}); make it larger "
                    "or turn stratification off.",
                    repair=Repair("Turn stratification off", (Edit("set", "data.stratify", False),)),
                )
            ]
        ) from None


def _problems(data: Data, rows: TableRows, prepared: Prepared) -> list[Problem]:
    """What a person should know of their data before they train on them."""
    opened = open_source(data.source)
    names = [plan.name for plan in rows.plans]
    found = advice.column_problems(opened.columns, names)
    found += advice.order_problems(opened.columns, [(plan.name, plan.encoding) for plan in rows.plans])
    found += advice.target_problems(opened.column(data.source["target"]), rows.task)
    if rows.classes:
        every = np.bincount(rows.target, minlength=len(rows.classes))
        of_all = dict(zip(rows.classes, every.tolist(), strict=True))
        of_trained = dict(zip(rows.classes, prepared.facts.class_rows, strict=True))
        found += advice.class_problems(of_all, of_trained)
    kinds = [plan.type for plan in rows.plans]
    found += advice.leak_problems(
        prepared.raw["train"], prepared.target["train"].reshape(-1), names, kinds, data.source["target"], rows.task
    )
    return found
