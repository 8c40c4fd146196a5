"""From a project's data settings to the arrays a network learns from: make or read, split, scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.catalog.sources import TABLE
from nnbuilder.data.facts import describe, split_problems
from nnbuilder.data.generate import generate
from nnbuilder.data.pipeline import ColumnPlan, Pipeline, fit
from nnbuilder.data.terms import Term
from nnbuilder.errors import Edit, InvalidProject, NNBuilderError, Problem, Repair
from nnbuilder.facts import DataFacts, Part
from nnbuilder.fields import counted

if TYPE_CHECKING:
    from nnbuilder.spec import Data

Rows = NDArray[np.int64]
PARTS: tuple[Part, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class Prepared:
    """Data ready for the network, by part (train, validation, test; a part of share 0 has no rows).

    `features` is float32 [n, inputs], scaled: what the network gets. `target` is int64 [n] class
    numbers, or float32 [n, 1] for regression. `raw` is float64 [n, columns] in data units, and
    `features` is ``pipeline.apply(raw)``.
    """

    facts: DataFacts
    features: dict[Part, NDArray[np.float32]]
    target: dict[Part, NDArray[Any]]
    raw: dict[Part, NDArray[np.float64]]
    pipeline: Pipeline


def prepare(data: Data) -> Prepared:
    """The rows of a project, split and scaled; the same settings give the same bits in the same order.

    The pipeline is fitted on the training rows only.

    Raises
    ------
    NNBuilderError
        If the source cannot be made, or the split leaves no training rows or cannot be stratified.
    """
    if data.source.kind == TABLE:
        # Its reading and its rules are a world of their own, which data made on the spot need not load.
        from nnbuilder.data.prepare_table import prepare_table

        return prepare_table(data)
    facts = describe(data)
    problems = split_problems(data)
    if problems:
        raise NNBuilderError(f"data.{problems[0].field}: {problems[0].message}")
    rows = generate(data.source)
    parts = split(rows.target, facts, stratify=data.stratify, seed=data.split_seed)
    raw: dict[Part, NDArray[np.float64]] = {part: rows.features[chosen] for part, chosen in parts.items()}
    terms = [Term.from_json(term) for term in data.terms]
    pipeline = fit([ColumnPlan(name) for name in facts.columns], terms, data.scaling, raw["train"])
    target: dict[Part, NDArray[Any]] = {}
    for part, chosen in parts.items():
        values = rows.target[chosen]
        target[part] = values if facts.classes else values.astype(np.float32)[:, None]
    features: dict[Part, NDArray[np.float32]] = {part: pipeline.apply(values) for part, values in raw.items()}
    return Prepared(facts=facts, features=features, target=target, raw=raw, pipeline=pipeline)


def split(target: NDArray[Any], facts: DataFacts, *, stratify: bool, seed: int) -> dict[Part, Rows]:
    """Row numbers of each part, sized as `facts` says: first the test rows are drawn, then the validation rows.

    Where both shares are 0, all rows stay in the order they were made.

    Raises
    ------
    InvalidProject
        If stratification is asked for and a class has too few rows.
    """
    classes = target if stratify and facts.classes else None
    rest = np.arange(len(target))
    rest, test = _take(rest, facts.test_rows, classes, facts, seed)
    rest, validation = _take(rest, facts.validation_rows, classes, facts, seed)
    return {"train": rest, "validation": validation, "test": test}


def _take(rows: Rows, size: int, classes: NDArray[Any] | None, facts: DataFacts, seed: int) -> tuple[Rows, Rows]:
    if size == 0:
        return rows, rows[:0]
    # scikit-learn takes a second to import, and data without a split need none of it.
    from sklearn.model_selection import train_test_split

    strata = None
    if classes is not None:
        strata = classes[rows]
        _enough_of_each(strata, classes, facts)
    rest, taken = train_test_split(rows, test_size=size, random_state=seed, stratify=strata)
    return np.asarray(rest), np.asarray(taken)


def _enough_of_each(left: NDArray[Any], classes: NDArray[Any], facts: DataFacts) -> None:
    """Refuse to stratify where fewer than two rows of a class are left to share out."""
    counts = np.bincount(left, minlength=len(facts.classes))
    made = np.bincount(classes, minlength=len(facts.classes))
    for code, name in enumerate(facts.classes):
        if made[code] > 0 and counts[code] < 2:
            total = int(made[code])
            message = (
                f"Class “{name}” has only {counted(total, 'row')}, too few to put some into every part; bring more "
                "rows of it or turn "
                "stratification off."
            )
            repair = Repair("Turn stratification off", (Edit("set", "data.stratify", False),))
            raise InvalidProject([Problem("data.stratify", message, repair=repair)])
