"""One column on its way to the network: what is chosen for it, and what the training rows say about it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnbuilder.data.terms import finite
from nnbuilder.errors import NNBuilderError

PlanType = Literal["number", "category", "yes_no", "date"]
Missing = Literal["drop", "mean", "median", "most_frequent", "constant", "own_category"]
Encoding = Literal["one_hot", "ordinal"]


@dataclass(frozen=True)
class ColumnPlan:
    """What is to be done with one column.

    `categories` says what the numbers of a category or yes/no column stand for: 0 is the first. `fill` is the
    number, label or ISO date of ``missing="constant"``. With ``own_category`` the gaps of a category become a
    category of their own, and those of a number are filled with the median and told in an input beside it.
    The mean and the median of a category are its most frequent one. A yes/no column is one input of 0 or 1.
    """

    name: str
    type: PlanType = "number"
    missing: Missing = "drop"
    fill: float | str | None = None
    encoding: Encoding = "one_hot"
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnFit:
    """What the training rows said about one column.

    `fill` takes the place of a missing value (None: there must be none). `seen` are the numbers of the
    categories the training rows have, in order; a number past the plan's categories is the one of `extra`.
    `indicator` says that an input tells where values were missing.
    """

    fill: float | None = None
    seen: tuple[int, ...] = ()
    extra: str | None = None
    indicator: bool = False


def input_names(plan: ColumnPlan, fitted: ColumnFit) -> list[str]:
    """What the inputs made of a column are called."""
    if plan.type in ("number", "date"):
        return [plan.name, f"{plan.name} missing"] if fitted.indicator else [plan.name]
    if plan.encoding == "ordinal" or is_single(plan, fitted):
        return [plan.name]
    return [f"{plan.name} = {category_name(plan, fitted, code)}" for code in fitted.seen]


def is_single(plan: ColumnPlan, fitted: ColumnFit) -> bool:
    """Whether a column is one input of 0 and 1."""
    return plan.type == "yes_no" and fitted.extra is None


def category_name(plan: ColumnPlan, fitted: ColumnFit, code: int) -> str:
    """What the category with this number is called."""
    if 0 <= code < len(plan.categories):
        return plan.categories[code]
    return fitted.extra if fitted.extra and code == len(plan.categories) else "unknown"


def fit_column(plan: ColumnPlan, column: NDArray[np.float64]) -> ColumnFit:
    """What the training rows [n] say about a column.

    Raises
    ------
    NNBuilderError
        If its gaps cannot be filled as chosen.
    """
    gaps = np.isnan(column)
    known = column[~gaps] if gaps.any() else column
    if not len(known) and plan.missing != "constant" and not (plan.missing == "own_category" and plan.categories):
        raise NNBuilderError(
            f"Column “{plan.name}” has no value in any training row; leave it out, or fill it with a value of your own."
        )
    if plan.type in ("number", "date"):
        return _fit_numbers(plan, column, known)
    return _fit_categories(plan, column, known)


def _fit_numbers(plan: ColumnPlan, column: NDArray[np.float64], known: NDArray[np.float64]) -> ColumnFit:
    gaps = len(known) < len(column)
    if not finite(known):
        raise NNBuilderError(f"Column “{plan.name}” holds an infinite number; correct it, or leave the column out.")
    if plan.missing == "drop":
        if gaps:
            raise NNBuilderError(_gaps_left(plan))
        return ColumnFit()
    if plan.missing == "constant":
        return ColumnFit(fill=_constant(plan))
    if plan.missing == "most_frequent":
        return ColumnFit(fill=_most_frequent(known))
    # The same bits as SimpleImputer's, whose masked arrays take several times as long for a million rows.
    if plan.missing == "mean":
        return ColumnFit(fill=float(np.where(np.isnan(column), 0.0, column).sum() / len(known)))
    return ColumnFit(fill=float(np.median(known)), indicator=plan.missing == "own_category" and gaps)


def _fit_categories(plan: ColumnPlan, column: NDArray[np.float64], known: NDArray[np.float64]) -> ColumnFit:
    fill, extra = None, None
    gaps = len(known) < len(column)
    if plan.missing == "own_category" and (gaps or plan.type == "category"):
        fill, extra = float(len(plan.categories)), "missing"
    elif plan.missing == "constant":
        if plan.fill is None or str(plan.fill) == "":
            raise NNBuilderError(f"Column “{plan.name}” is to be filled with a value of your own; write which.")
        label = str(plan.fill)
        if label in plan.categories:
            fill = float(plan.categories.index(label))
        elif plan.type == "yes_no":
            raise NNBuilderError(
                f"Column “{plan.name}” is to be filled with “{label}”, which it does not hold; "
                f"choose {' or '.join(f'“{name}”' for name in plan.categories)}."
            )
        else:
            fill, extra = float(len(plan.categories)), label
    elif plan.missing != "drop":
        fill = _most_frequent(known)
    whole = known if fill is None else np.where(np.isnan(column), fill, column)
    if gaps and fill is None:
        raise NNBuilderError(_gaps_left(plan))
    from sklearn.preprocessing import OneHotEncoder

    seen = tuple(int(code) for code in OneHotEncoder().fit(whole.reshape(-1, 1)).categories_[0])
    return ColumnFit(fill=fill, seen=seen, extra=extra if extra and len(plan.categories) in seen else None)


def _gaps_left(plan: ColumnPlan) -> str:
    return f"Column “{plan.name}” is empty in some training rows; drop those rows or choose what takes their place."


def _most_frequent(known: NDArray[np.float64]) -> float:
    # scikit-learn takes a second to import, and data without gaps need none of it.
    from sklearn.impute import SimpleImputer

    return float(np.asarray(SimpleImputer(strategy="most_frequent").fit(known.reshape(-1, 1)).statistics_)[0])


def _constant(plan: ColumnPlan) -> float:
    """The number a person chose to fill a column of numbers or dates with."""
    value = plan.fill
    try:
        if plan.type == "date" and isinstance(value, str):
            return float(date.fromisoformat(value.strip()).toordinal() - date(1970, 1, 1).toordinal())
        number = float(value) if value is not None and not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        wanted = "a date such as 2024-03-01" if plan.type == "date" else "a number such as 0"
        given = "nothing is given" if value is None else f"“{value}” is given"
        raise NNBuilderError(
            f"Column “{plan.name}” is to be filled with a value of your own, but {given}; write {wanted}."
        )
    return number
