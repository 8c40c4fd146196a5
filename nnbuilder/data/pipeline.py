"""From a table's columns to the numbers a network gets: gaps filled, categories encoded, terms added, all scaled.

Everything is fitted on training rows only and kept as plain numbers, so that it travels with the model as JSON
and gives a row the same bits in training and in prediction.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnbuilder.data.columns import ColumnFit, ColumnPlan, category_name, fit_column, input_names, is_single
from nnbuilder.data.terms import Term, finite
from nnbuilder.errors import InvalidProject, NNBuilderError, Problem
from nnbuilder.fields import plain

SCALINGS = ("none", "standard", "minmax", "robust")

UNSEEN = -1.0
"""The ordinal number of a category that no training row has, as scikit-learn's OrdinalEncoder is told to use."""
BLOCK_VALUES = 2**19
"""Inputs that are computed at a time: few enough for the processor's cache, many enough to be quick."""
FIT_VALUES = 2**25
"""Inputs that a scaler is fitted on at a time, so that a large table is never copied whole."""
FIT_COLUMNS = 16
TURN_ROWS = 1024
"""Rows that are turned into columns at a time, for the processor's cache."""


@dataclass(frozen=True)
class Pipeline:
    """What is done to a row before the network gets it, with every number that it takes.

    `center` and `scale` hold one number for each input: 0 and 1 for inputs of only 0 and 1, which stay as they are.
    """

    columns: tuple[ColumnPlan, ...]
    fits: tuple[ColumnFit, ...]
    terms: tuple[Term, ...]
    scaling: str
    center: tuple[float, ...]
    scale: tuple[float, ...]

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Names of the network's inputs in order: column after column, then the terms."""
        names = [name for plan, fitted in self._pairs for name in input_names(plan, fitted)]
        return _unique([*names, *(term.label for term in self.terms)])

    @cached_property
    def sources(self) -> tuple[int | None, ...]:
        """Which column each input comes from; None for a term."""
        places = [place for place, pair in enumerate(self._pairs) for _ in input_names(*pair)]
        return (*places, *(None for _ in self.terms))

    def apply(self, raw: ArrayLike) -> NDArray[np.float32]:
        """What the network gets for rows in data units.

        Parameters
        ----------
        raw
            Float [n, columns]: NaN where a value is missing; a category is its place in the plan's list, or any
            other whole number for one that is not in it; a date counts days since 1970-01-01.

        Returns
        -------
        Float32 [n, inputs].

        Raises
        ------
        NNBuilderError
            If the rows have another number of columns, a value is missing that nothing fills, or one is too large.
        """
        rows = np.asarray(raw, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != len(self.columns):
            raise NNBuilderError(
                f"Rows for this network need {len(self.columns)} numbers each, but the shape given is {rows.shape}; "
                f"give a list of rows with {len(self.columns)} numbers."
            )
        out = np.empty((len(rows), len(self.inputs)), dtype=np.float32)
        height = max(1, BLOCK_VALUES // max(1, len(self.inputs)))
        center, scale = np.array(self.center)[:, None], np.array(self.scale)[:, None]
        for start in range(0, len(rows), height):
            block, scaled = rows[start : start + height], out[start : start + height]
            columns = self._encode(block, start)
            with np.errstate(over="ignore", invalid="ignore"):
                columns -= center
                columns /= scale
                scaled[:] = columns.T
            if not finite(scaled):
                row, place = _first(~np.isfinite(scaled))
                raise NNBuilderError(self._refusal(place, self._encode(block, start)[place, row], start + row))
        return out

    def invert(self, scaled: ArrayLike) -> NDArray[np.float64]:
        """Inputs in data units, float64 [n, inputs], of scaled ones; inputs of 0 and 1 stay as they are."""
        return np.asarray(scaled, dtype=np.float64) * np.array(self.scale) + np.array(self.center)

    def unseen(self, raw: NDArray[np.float64]) -> dict[str, tuple[tuple[str, int], ...]]:
        """Categories in `raw` that no training row has, by column, each with its number of rows.

        In such a row all one-hot inputs of the column are 0 and an ordinal one is -1 before scaling.
        """
        found: dict[str, tuple[tuple[str, int], ...]] = {}
        for place, (plan, fitted) in enumerate(self._pairs):
            if plan.type not in ("category", "yes_no"):
                continue
            column = raw[:, place]
            codes, counts = np.unique(column[~np.isnan(column)], return_counts=True)
            new = [
                (category_name(plan, fitted, int(code)), int(count))
                for code, count in zip(codes, counts, strict=True)
                if code not in fitted.seen
            ]
            if new:
                found[plan.name] = tuple(new)
        return found

    def to_json(self) -> dict[str, Any]:
        """The pipeline as plain data; every float survives JSON exactly."""
        return {
            "columns": [
                {**asdict(plan), "categories": list(plan.categories), "fit": {**asdict(fit), "seen": list(fit.seen)}}
                for plan, fit in self._pairs
            ],
            "terms": [term.to_json() for term in self.terms],
            "scaling": {"kind": self.scaling, "center": list(self.center), "scale": list(self.scale)},
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Pipeline:
        """The inverse of `to_json`.

        Raises
        ------
        NNBuilderError
            If the document is no pipeline.
        """
        try:
            plans, fits = [], []
            for item in document["columns"]:
                settings = {key: value for key, value in item.items() if key != "fit"}
                plans.append(ColumnPlan(**{**settings, "categories": tuple(item["categories"])}))
                fits.append(ColumnFit(**{**item["fit"], "seen": tuple(item["fit"]["seen"])}))
            scaling = document["scaling"]
            made = cls(
                columns=tuple(plans),
                fits=tuple(fits),
                terms=tuple(Term.from_json(term) for term in document["terms"]),
                scaling=scaling["kind"],
                center=tuple(float(number) for number in scaling["center"]),
                scale=tuple(float(number) for number in scaling["scale"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise NNBuilderError(
                f"The preprocessing saved with the model is damaged ({error!r}); save it anew."
            ) from None
        if not len(made.inputs) == len(made.center) == len(made.scale):
            raise NNBuilderError(
                f"The preprocessing saved with the model is damaged: it scales {len(made.center)} inputs but has "
                f"{len(made.inputs)}; save it anew."
            )
        return made

    @property
    def _pairs(self) -> Iterable[tuple[ColumnPlan, ColumnFit]]:
        return zip(self.columns, self.fits, strict=True)

    @cached_property
    def _layout(self) -> _Layout:
        return _layout(self.columns, self.fits)

    def _encode(self, rows: NDArray[np.float64], start: int = 0, categories: bool = True) -> NDArray[np.float64]:
        """The inputs of some rows before scaling, float64 [inputs, n]: columns lie side by side while they are made.

        `start` is the number of the first row. Without `categories` the one-hot inputs are left undefined.
        """
        layout, turned = self._layout, np.ascontiguousarray(rows.T)
        out = np.empty((len(self.inputs), len(rows)), dtype=np.float64)
        out[layout.plain_inputs] = turned[layout.plain_columns]
        for place, first in layout.others:
            plan, fitted = self.columns[place], self.fits[place]
            column = turned[place]
            gaps = np.isnan(column)
            if gaps.any():
                if fitted.fill is None:
                    raise NNBuilderError(_empty(plan.name, start + int(np.argmax(gaps))))
                column = np.where(gaps, fitted.fill, column)
            if plan.type in ("number", "date"):
                out[first] = column
                if fitted.indicator:
                    out[first + 1] = gaps
            elif is_single(plan, fitted):
                _yes_no(column, plan, start)
                out[first] = column
            elif plan.encoding == "ordinal":
                out[first] = _ordinal(column, fitted.seen)
            elif categories:
                for offset, code in enumerate(fitted.seen):
                    np.equal(column, code, out=out[first + offset])
        for term, place in zip(self.terms, range(len(self.inputs) - len(self.terms), len(self.inputs)), strict=True):
            out[place] = term.compute(*(out[layout.values[name]] for name in term.columns))
        return out

    def _refusal(self, place: int, value: float, row: int) -> str:
        """Why a value cannot be given to a network."""
        source = self.sources[place]
        if source is not None and math.isnan(value):
            return _empty(self.columns[source].name, row)
        return (
            f"Row {plain(row + 1)}: “{self.inputs[place]}” is {value:g}, which is too large for a network; correct the "
            "value, leave the row out, or take the input out."
        )


@dataclass(frozen=True)
class _Layout:
    """Where the columns go: plain ones are copied at once, `others` are (column, first input)."""

    plain_columns: NDArray[np.intp]
    plain_inputs: NDArray[np.intp]
    others: tuple[tuple[int, int], ...]
    values: dict[str, int]
    scaled: tuple[int, ...]


def fit(plans: Sequence[ColumnPlan], terms: Sequence[Term], scaling: str, train_raw: NDArray[np.float64]) -> Pipeline:
    """The pipeline fitted on training rows: float64 [n, columns], NaN where a value is missing.

    Raises
    ------
    InvalidProject
        If a column cannot be filled or encoded from these rows; all such columns are told at once.
    NNBuilderError
        If there is no row, the scaling is not known, or a value is too large.
    """
    if scaling not in SCALINGS:
        raise NNBuilderError(f'data.scaling: "{scaling}" is not known; choose none, standard, minmax or robust.')
    train_raw = np.ascontiguousarray(train_raw, dtype=np.float64)
    if not len(train_raw):
        raise NNBuilderError("There are no training rows; make the validation and test shares smaller.")
    fits: list[ColumnFit] = []
    problems: list[Problem] = []
    for start in range(0, len(plans), FIT_COLUMNS):
        # Some at a time, turned on their side: going down one column of many leaves most of what is read unused.
        for place, column in enumerate(_turned(train_raw[:, start : start + FIT_COLUMNS]), start=start):
            try:
                fits.append(fit_column(plans[place], column))
            except NNBuilderError as error:
                problems.append(Problem(f"data.source.columns[{place}]", str(error)))
    if problems:
        raise InvalidProject(problems)
    layout = _layout(plans, fits)
    for term in terms:
        missing = [name for name in term.columns if name not in layout.values]
        if missing:
            raise NNBuilderError(
                f"data.terms: {term.label} needs the number column “{missing[0]}”; add it to the features or take the "
                "term out."
            )
    width = sum(len(input_names(*pair)) for pair in zip(plans, fits, strict=True)) + len(terms)
    unscaled = Pipeline(tuple(plans), tuple(fits), tuple(terms), scaling, (0.0,) * width, (1.0,) * width)
    if scaling == "none":
        return unscaled
    center, scale = np.zeros(width), np.ones(width)
    scaled = [*layout.scaled, *range(width - len(terms), width)]
    for group in _groups(scaled, len(train_raw)):
        columns = _columns(unscaled, train_raw, group)
        center[group], scale[group] = _fit_scaler(scaling, columns)
    return Pipeline(tuple(plans), tuple(fits), tuple(terms), scaling, _floats(center), _floats(scale))


def _fit_scaler(kind: str, columns: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Center and scale of each column."""
    # scikit-learn takes a second to import, and unscaled data need none of it.
    from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

    if kind == "standard":
        standard = StandardScaler().fit(columns)
        return np.asarray(standard.mean_), np.asarray(standard.scale_)
    if kind == "minmax":
        minmax = MinMaxScaler().fit(columns)
        # `scale_` there multiplies, and is already safe for features that never vary.
        return np.asarray(minmax.data_min_), 1 / np.asarray(minmax.scale_)
    robust = RobustScaler().fit(columns)
    return np.asarray(robust.center_), np.asarray(robust.scale_)


def _groups(places: list[int], rows: int) -> Iterable[list[int]]:
    """The inputs in groups that a scaler is fitted on together: all of them, but for a large table."""
    count = max(1, FIT_VALUES // rows)
    return [places[start : start + count] for start in range(0, len(places), count)]


def _columns(pipeline: Pipeline, raw: NDArray[np.float64], places: list[int]) -> NDArray[np.float64]:
    """Some inputs of the training rows before scaling, float64 [n, places]."""
    layout = pipeline._layout
    as_they_are = dict(zip(layout.plain_inputs.tolist(), layout.plain_columns.tolist(), strict=True))
    if all(place in as_they_are for place in places):
        # Row after row, for the order in which numbers are added up decides their last bits.
        columns = [as_they_are[place] for place in places]
        if columns == list(range(columns[0], columns[-1] + 1)):
            return raw[:, columns[0] : columns[-1] + 1]
        return np.ascontiguousarray(raw[:, columns])
    out = np.empty((len(raw), len(places)))
    height = max(1, BLOCK_VALUES // len(pipeline.inputs))
    for start in range(0, len(raw), height):
        block = pipeline._encode(raw[start : start + height], start, categories=False)
        out[start : start + height] = block[places].T
    if not finite(out):
        row, column = _first(~np.isfinite(out))
        raise NNBuilderError(pipeline._refusal(places[column], out[row, column], row))
    return out


def _turned(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns one after the other, each without gaps between its numbers."""
    out = np.empty((rows.shape[1], len(rows)))
    for start in range(0, len(rows), TURN_ROWS):
        out[:, start : start + TURN_ROWS] = rows[start : start + TURN_ROWS].T
    return out


def _first(wrong: NDArray[np.bool_]) -> tuple[int, int]:
    """Row and column of the first place that is true."""
    row = int(np.argmax(wrong.any(axis=1)))
    return row, int(np.argmax(wrong[row]))


def _empty(name: str, row: int) -> str:
    return (
        f"Row {plain(row + 1)}: column “{name}” is empty and nothing was chosen to fill it; give a value, or choose "
        "what takes the place of missing values."
    )


def _layout(plans: Sequence[ColumnPlan], fits: Sequence[ColumnFit]) -> _Layout:
    plain_columns, plain_inputs, others, scaled = [], [], [], []
    values: dict[str, int] = {}
    first = 0
    for place, (plan, fitted) in enumerate(zip(plans, fits, strict=True)):
        number = plan.type in ("number", "date")
        if number and fitted.fill is None:
            plain_columns.append(place)
            plain_inputs.append(first)
        else:
            others.append((place, first))
        if plan.type == "number":
            values[plan.name] = first
        if number or (plan.encoding == "ordinal" and not is_single(plan, fitted)):
            scaled.append(first)
        first += len(input_names(plan, fitted))
    return _Layout(
        np.array(plain_columns, dtype=np.intp),
        np.array(plain_inputs, dtype=np.intp),
        tuple(others),
        values,
        tuple(scaled),
    )


def _yes_no(column: NDArray[np.float64], plan: ColumnPlan, start: int) -> None:
    """Refuse what is neither of the two."""
    odd = (column != 0) & (column != 1)
    if odd.any():
        row = start + int(np.argmax(odd)) + 1
        choices = " or ".join(f"“{name}”" for name in plan.categories)
        raise NNBuilderError(f"Row {plain(row)}: column “{plan.name}” must be {choices}.")


def _ordinal(column: NDArray[np.float64], seen: tuple[int, ...]) -> NDArray[np.float64]:
    known = np.array(seen, dtype=np.float64)
    place = np.minimum(np.searchsorted(known, column), len(known) - 1)
    return np.where(known[place] == column, place, UNSEEN)


def _floats(numbers: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(number) for number in numbers)


def _unique(names: list[str]) -> tuple[str, ...]:
    """The names, later ones numbered where an earlier one is the same."""
    taken: set[str] = set()
    out: list[str] = []
    for name in names:
        free, number = name, 2
        while free in taken:
            free, number = f"{name} ({number})", number + 1
        taken.add(free)
        out.append(free)
    return tuple(out)
