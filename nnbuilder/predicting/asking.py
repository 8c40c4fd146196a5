"""Find out what a network asks of a row: from its data, or from its checkpoint alone where the data are not here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.catalog.sources import TABLE
from nnbuilder.data.pipeline import Pipeline
from nnbuilder.data.prepare import PARTS, Prepared, prepare
from nnbuilder.data.table_rows import open_source
from nnbuilder.predicting.asked import Asked, Feature, Target
from nnbuilder.spec import read_text
from nnbuilder.views.images import find_pixels

if TYPE_CHECKING:
    from nnbuilder.data.columns import ColumnFit, ColumnPlan
    from nnbuilder.spec import Data

MOST_TAKEN = 200_000
"""Numbers of all rows together that a page is given to choose rows from."""

MOST_SORTED = 100_000
"""Values that the middle of a column is found of; of more, evenly drawn ones."""


def asked_of(data: Data, prepared: Prepared | None = None) -> Asked:
    """What a network that is trained on these data asks of a row.

    Raises
    ------
    NNBuilderError
        If the data cannot be prepared.
    """
    prepared = prepared or prepare(data)
    train, facts, pipeline = prepared.raw["train"], prepared.facts, prepared.pipeline
    columns: dict[str, dict[str, Any]] = {}
    target = Target(facts.target)
    if data.source.kind == TABLE:
        opened = open_source(data.source)
        columns = {column["name"]: column for column in opened.columns}
        said = columns[facts.target]
        target = Target(facts.target, said["type"], tuple(said.get("labels") or ()), said["form"])
    features = []
    for place, (plan, fitted) in enumerate(zip(pipeline.columns, pipeline.fits, strict=True)):
        known = train[:, place][~np.isnan(train[:, place])]
        form = columns[plan.name]["form"] if plan.name in columns else None
        features.append(_with_range(_feature(plan, fitted, form), known))
    pictures = _pictures(columns, tuple(features), facts.target)
    return Asked(
        features=tuple(features),
        target=target,
        task=facts.task,
        classes=facts.classes,
        table=data.source.kind == TABLE,
        pixels=pictures,
    )


def asked_of_checkpoint(checkpoint: Mapping[str, Any]) -> Asked:
    """What the network in a checkpoint asks of a row, as far as the file tells.

    One that was written before checkpoints held it does not tell the range of the training rows, nor how cells of
    numbers and dates were written.
    """
    pipeline = Pipeline.from_json(json.loads(checkpoint["preprocessing"]))
    held = _held(checkpoint, pipeline)
    if held is not None:
        return held
    data = read_text(checkpoint["project"]).data
    answers = data.source.settings.get("answers", {}) if data.source.kind == TABLE else {}
    features = []
    first = [pipeline.sources.index(place) for place in range(len(pipeline.columns))]
    for place, (plan, fitted) in enumerate(zip(pipeline.columns, pipeline.fits, strict=True)):
        said = answers.get(plan.name, {})
        form = {"missing": list(said.get("missing", ())), "fold": plan.type == "yes_no" or bool(said.get("fold"))}
        form["same"] = dict(said.get("same", {}))
        feature = _feature(plan, fitted, form if plan.categories else None)
        # What is subtracted when scaling lies in the range of the training rows; without scaling it is 0.
        middle = pipeline.center[first[place]]
        usual = fitted.fill if fitted.fill is not None else float(fitted.seen[0]) if fitted.seen else middle
        features.append(_usual(feature, usual))
    return Asked(
        features=tuple(features),
        target=Target(checkpoint["target"]),
        task=checkpoint["task"],
        classes=tuple(checkpoint["classes"]),
        table=data.source.kind == TABLE,
    )


def _held(checkpoint: Mapping[str, Any], pipeline: Pipeline) -> Asked | None:
    """What a checkpoint itself says that is asked; None where it says nothing, or something of another network."""
    try:
        asked = Asked.from_json(json.loads(checkpoint.get("asked") or "null"))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    columns = tuple((plan.name, plan.type, tuple(plan.categories)) for plan in pipeline.columns)
    same = columns == tuple((one.name, one.kind, one.categories) for one in asked.features)
    return asked if same and asked.classes == tuple(checkpoint["classes"]) else None


def rows_to_take(prepared: Prepared) -> dict[str, Any]:
    """The first rows of each part in data units, with what is true of them, for a page to begin with.

    Returns
    -------
    By part: ``rows`` (how many it has), ``raw`` (some of them, null where a value is missing) and ``truth`` (the
    number of a class, or a value).
    """
    most = max(1, MOST_TAKEN // (len(PARTS) * max(1, len(prepared.pipeline.columns))))
    taken = {}
    for part in PARTS:
        raw = prepared.raw[part][:most]
        taken[part] = {
            "rows": len(prepared.raw[part]),
            "raw": [[None if value != value else value for value in row] for row in raw.tolist()],
            "truth": prepared.target[part][:most].reshape(-1).tolist(),
        }
    return taken


def _feature(plan: ColumnPlan, fitted: ColumnFit, form: Mapping[str, Any] | None) -> Feature:
    return Feature(
        name=plan.name,
        kind=plan.type,
        categories=plan.categories,
        seen=tuple(code for code in fitted.seen if code < len(plan.categories)),
        fill=fitted.fill,
        indicator=fitted.indicator,
        form=form,
    )


def _with_range(feature: Feature, known: NDArray[np.float64]) -> Feature:
    """The feature with what its training values, without gaps, say of it."""
    if not len(known):
        return feature
    if feature.categories:
        codes, counts = np.unique(known, return_counts=True)
        return _usual(feature, float(codes[np.argmax(counts)]))
    whole = bool(np.all(known == np.floor(known)))
    some = known[:: max(1, len(known) // MOST_SORTED)]
    # Where only whole numbers are known the middle is one of them, too.
    middle = float(np.percentile(some, 50, method="lower") if whole else np.median(some))
    return Feature(
        **{**vars(feature), "low": float(known.min()), "high": float(known.max()), "usual": middle, "whole": whole}
    )


def _pictures(columns: Mapping[str, dict[str, Any]], features: Sequence[Feature], target: str) -> dict[str, Any] | None:
    """The features that are pixels of a picture, with those that were left out; `paper` is the value of the ground."""
    pixels = find_pixels(columns, target)
    usual = {feature.name: feature.usual for feature in features}
    if pixels is None or sum(name in usual for name in pixels.names) < len(pixels.names) / 2:
        return None
    middle = float(np.median([usual[name] for name in pixels.names if name in usual]))
    light = middle - pixels.low <= pixels.high - middle
    return {**pixels.to_json(), "names": list(pixels.names), "paper": pixels.low if light else pixels.high}


def _usual(feature: Feature, usual: float) -> Feature:
    return Feature(**{**vars(feature), "usual": usual})
