"""Warnings about the chosen target and features: what will train, but not as a person hopes.

Each function takes what it needs as plain numbers and gives problems of severity ``warning`` (or ``error`` where
nothing can be learned), with a repair where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.errors import Edit, Problem, Repair
from nnbuilder.facts import Task
from nnbuilder.fields import counted, plain
from nnbuilder.tables.columns.labels import has_order

PARTS = 3
"""Training, validation and test."""
FEW_ROWS = 5
"""A class with fewer training rows is hardly learned."""
MOSTLY_EMPTY = 0.5
"""A column with a larger share of empty cells is mostly what fills them."""
NEARLY = 0.99
"""Share of the rows that a nearly constant column has one value in."""
COUNTED = 20
"""Rows from which on it is no chance that numbers only count them."""
MOST_SINGLE = 2
"""Columns with the same fault that are told one by one; more of them are told together."""
DETERMINED = 0.995
"""Share of held-out rows whose class one feature tells, from which on it is suspected to be the answer itself."""
EXPLAINED = 0.9998
"""The same for regression: the share of the variance that one feature explains."""
LEAK_ROWS = 5000
"""Rows that leakage is looked for in."""


def column_problems(columns: Sequence[Mapping[str, Any]], features: Sequence[str]) -> list[Problem]:
    """What is wrong with single features: empty, constant, nearly constant, or an identifier.

    Where many features have the same fault they share one problem, whose repair takes them all out.

    Parameters
    ----------
    columns
        Of the table, each as `nnbuilder.tables.columns.column_profile.ColumnProfile.to_json` gives it.
    features
        Names of those the network gets, in the order of ``data.source.columns``.
    """
    by_name = {column["name"]: column for column in columns}
    faults: dict[str, list[tuple[int, str, str]]] = {}
    for place, name in enumerate(features):
        fault = _column_fault(by_name[name]) if name in by_name else None
        if fault:
            faults.setdefault(fault[0], []).append((place, name, fault[1]))
    found: list[Problem] = []
    for what, those in faults.items():
        if len(those) <= MOST_SINGLE:
            for place, name, why in those:
                path = f"data.source.columns[{place}]"
                found.append(Problem(path, f"Column “{name}” {why}.", "warning", _take_out(path, name)))
        else:
            # From the last on, so that the places of those before it stay.
            edits = tuple(Edit("remove", f"data.source.columns[{place}]") for place, _, _ in reversed(those))
            message = f"{plain(len(those))} columns {what}: {_listed([name for _, name, _ in those])}; take them out."
            repair = Repair(f"Take these {plain(len(those))} out", edits)
            found.append(Problem("data.source.columns", message, "warning", repair))
    return found


def order_problems(columns: Sequence[Mapping[str, Any]], features: Sequence[tuple[str, str]]) -> list[Problem]:
    """Categories that are numbered although their order means nothing.

    Parameters
    ----------
    columns
        Of the table, as in `column_problems`.
    features
        Name and encoding of those the network gets, in the order of ``data.source.columns``.
    """
    by_name = {column["name"]: column for column in columns}
    found = []
    for place, (name, encoding) in enumerate(features):
        column = by_name.get(name)
        if column is None or encoding != "ordinal" or column["type"] != "category" or has_order(column["labels"]):
            continue
        first = " < ".join(f"“{label}”" for label in column["labels"][:3])
        more = " < …" if len(column["labels"]) > 3 else ""
        path = f"data.source.columns[{place}].encoding"
        found.append(
            Problem(
                path,
                f"The categories of “{name}” are numbered by their letters ({first}{more}), which tells the network an "
                "order that they hardly have; encode them one-hot.",
                "warning",
                Repair("Encode them one-hot", (Edit("set", path, "one_hot"),)),
            )
        )
    return found


def target_problems(target: Mapping[str, Any], task: Task) -> list[Problem]:
    """What is wrong with the target column: texts where numbers are needed, or an identifier."""
    name, path = target["name"], "data.source.target"
    if task == "regression" and target["type"] in ("category", "yes_no", "text", "identifier"):
        bad = target["bad"]
        where = f": line {bad[0][0]} holds “{bad[0][1][:40]}”" if bad else ""
        return [
            Problem(
                path,
                f"A regression needs a number in every row of the target “{name}”{where}; correct the file, or let the "
                "network tell classes apart.",
                repair=Repair("Tell classes apart", (Edit("set", "data.source.task", "auto"),)),
            )
        ]
    if task == "regression" and target["bad"]:
        line, text = target["bad"][0]
        rows = target["bad_count"]
        return [
            Problem(
                path,
                f"The target “{name}” is no number in {counted(rows, 'row')}, first in line {line} (“{text[:40]}”), "
                f"and {'that row is' if rows == 1 else 'those rows are'} left out; correct the file to keep them.",
                "warning",
            )
        ]
    distinct, rows = target["distinct"], _count(target)
    statistics = target["statistics"]
    if statistics and target["type"] == "number" and rows >= COUNTED and statistics["whole"] and distinct == rows:
        low, high = statistics["minimum"], statistics["maximum"]
        if low in (0, 1) and high - low == rows - 1:
            return [
                Problem(
                    path,
                    f"The target “{name}” holds each number from {plain(low)} to {plain(high)} once, as where rows are "
                    "counted, which nothing foretells; choose another target unless it is a ranking.",
                    "warning",
                )
            ]
    if task != "regression" and rows >= 20 and distinct > rows / 2:
        return [
            Problem(
                path,
                f"The target “{name}” has {plain(distinct)} different values in {plain(rows)} rows, so there is hardly "
                "a class to learn; choose another target, or regression if these are numbers.",
                "warning",
            )
        ]
    return []


def class_problems(all_rows: Mapping[str, int], train_rows: Mapping[str, int]) -> list[Problem]:
    """What is wrong with the classes: only one, one missing from the training rows, or too few rows.

    Parameters
    ----------
    all_rows, train_rows
        Rows of each class, in the order of their numbers, in the whole table and in the training part.
    """
    target = "data.source.target"
    present = {name: count for name, count in all_rows.items() if count}
    if len(present) < 2:
        only = f"the class “{next(iter(present))}”" if present else "no class at all"
        return [
            Problem(target, f"The target has only {only}, so there is nothing to tell apart; choose another column.")
        ]
    found: list[Problem] = []
    gone = [name for name in present if not train_rows.get(name)]
    if gone:
        names = _listed(gone)
        # With one or two rows of a class there is none for every part.
        can = min(present.values()) >= PARTS
        cure = "turn stratification on, or bring more rows" if can else "bring more rows of it"
        found.append(
            Problem(
                "data.stratify",
                f"No training row is of class {names}, so it cannot be learned; {cure}.",
                "warning",
                Repair("Stratify the split", (Edit("set", "data.stratify", True),)) if can else None,
            )
        )
    few = [name for name in present if 0 < train_rows.get(name, 0) < FEW_ROWS]
    if few:
        found.append(Problem(target, _too_few({name: train_rows[name] for name in few}), "warning"))
    return found


def _too_few(rows: Mapping[str, int]) -> str:
    """That these classes have too few training rows, in a sentence."""
    if len(rows) == 1:
        name, count = next(iter(rows.items()))
        return (
            f"Class “{name}” has only {counted(count, 'row')} to train on, too few to learn it; bring more rows of it, "
            "or put it together with another class in the file."
        )
    counts = ", ".join(f"“{name}” ({count})" for name, count in list(rows.items())[:5])
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return (
        f"{len(rows)} classes have fewer than {FEW_ROWS} rows to train on, too few to learn them: {counts}{more}; "
        "bring more rows of them, or put classes together in the file."
    )


def leak_problems(
    values: NDArray[np.float64],
    target: NDArray[Any],
    names: Sequence[str],
    kinds: Sequence[str],
    target_name: str,
    task: Task,
    seed: int = 0,
) -> list[Problem]:
    """Features that are the target, or nearly determine it, measured with scikit-learn on at most 5000 rows.

    Parameters
    ----------
    values
        Float64 [rows, features] in data units, NaN where missing; categories as their numbers.
    target
        Class numbers or values [rows].
    names, kinds
        Of the features, in the order of ``data.source.columns``, and their column types.
    """
    rows = np.arange(len(target))
    if len(rows) > LEAK_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(len(target), LEAK_ROWS, replace=False))
    if len(rows) < 20:
        return []
    sample = f"a sample of {plain(len(rows))} rows" if len(rows) < len(target) else f"{plain(len(rows))} rows"
    answers = np.asarray(target, dtype=np.float64)[rows]
    found: list[Problem] = []
    for place, name in enumerate(names):
        message = _leak(values[rows, place], answers, kinds[place], task)
        if message:
            path = f"data.source.columns[{place}]"
            found.append(
                Problem(
                    path,
                    f"The feature “{name}” {message.format(target=target_name)} ({sample}); if it is only known "
                    "together with the target, take it out.",
                    "warning",
                    _take_out(path, name),
                )
            )
    return found


def _leak(column: NDArray[np.float64], answers: NDArray[np.float64], kind: str, task: Task) -> str | None:
    known = ~np.isnan(column) & ~np.isnan(answers)
    column, answers = column[known], answers[known]
    if len(column) < 20 or column.min() == column.max() or answers.min() == answers.max():
        return None
    if np.array_equal(column, answers) and task == "regression":
        return "equals the target “{target}” in every row"
    if task != "regression":
        return _class_leak(column, answers)
    from scipy.stats import rankdata

    if kind in ("number", "date"):
        lines = (np.corrcoef(column, answers)[0, 1], np.corrcoef(rankdata(column), rankdata(answers))[0, 1])
        share = max(float(line) ** 2 for line in lines)
        if share >= EXPLAINED:
            return f"explains {100 * share:.2f} % of the target “{{target}}” all by itself"
        return None
    means = {code: answers[column == code].mean() for code in np.unique(column)}
    if len(means) > len(column) / 2:
        return None
    rest = answers - np.array([means[code] for code in column])
    share = 1 - float(rest.var() / answers.var())
    return f"explains {100 * share:.2f} % of the target “{{target}}” all by itself" if share >= EXPLAINED else None


def _class_leak(column: NDArray[np.float64], answers: NDArray[np.float64]) -> str | None:
    """Whether a small tree on one half of the rows tells the classes of the other half."""
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.model_selection import StratifiedKFold
    from sklearn.tree import DecisionTreeClassifier

    codes, counts = np.unique(answers, return_counts=True)
    enough = np.isin(answers, codes[counts >= 4])
    inputs, classes = column[enough, None], answers[enough].astype(np.int64)
    if len(np.unique(classes)) < 2:
        return None
    leaves = 2 * len(np.unique(classes)) + 2
    told = np.empty_like(classes)
    for fitted, held in StratifiedKFold(2, shuffle=True, random_state=0).split(inputs, classes):
        tree = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=0).fit(inputs[fitted], classes[fitted])
        told[held] = tree.predict(inputs[held])
    share = balanced_accuracy_score(classes, told)
    return (
        f"tells the classes of “{{target}}” apart in {100 * share:.1f} % all by itself" if share >= DETERMINED else None
    )


def _column_fault(column: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with a column, as said of many columns and of this one alone; None if nothing is."""
    rows = _count(column)
    if not rows:
        return (
            "are empty in every row, so the network learns nothing from them",
            "is empty in every row, so the network learns nothing from it; take it out",
        )
    if column["distinct"] == 1:
        return (
            "have the same value in every row, so the network learns nothing from them",
            "has the same value in every row, so the network learns nothing from it; take it out",
        )
    if column["type"] == "identifier":
        return (
            "only name the rows, and what is learned of them says nothing of new rows",
            "only names the rows, and what is learned of them says nothing of new rows; take it out",
        )
    if column["type"] == "category" and rows >= 20 and column["distinct"] > rows / 2:
        return (
            "have so many categories that hardly one comes twice",
            f"has {plain(column['distinct'])} categories in {plain(rows)} rows, so hardly one comes twice; take it out",
        )
    share = column["missing"] / (column["missing"] + rows)
    if share > MOSTLY_EMPTY:
        return (
            f"are empty in more than {100 * MOSTLY_EMPTY:.0f} % of the rows, so that most of their values are made up",
            f"is empty in {100 * share:.0f} % of the rows, so that most of its values are made up; take it out, or let "
            "its gaps be a category of their own if they tell something",
        )
    top = column["categories"][0][1] if column["categories"] else 0
    statistics = column["statistics"]
    if statistics and not statistics["sample"] and statistics["lower_quartile"] == statistics["upper_quartile"]:
        # Bins of 1 are those of whole numbers, a bin a number.
        low, high = statistics["edges"][:2]
        top = max(statistics["histogram"]) if high - low == 1 else 0
    if rows > 100 and NEARLY * rows <= top < rows:
        return (
            f"have the same value in {100 * NEARLY:.0f} % of the rows or more, so the network learns little from them",
            f"has the same value in {100 * top / rows:.1f} % of the rows, so the network learns little from it; take "
            "it out if the rest is chance",
        )
    return None


def _count(column: Mapping[str, Any]) -> int:
    """Rows in which a column has a value, as far as its profile says."""
    if column["statistics"]:
        return column["statistics"]["count"]
    listed = sum(count for _, count in column["categories"])
    return max(listed, column["distinct"])


def _take_out(path: str, name: str) -> Repair:
    return Repair(f"Take “{name}” out", (Edit("remove", path),))


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names[:5]]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(quoted) + more
