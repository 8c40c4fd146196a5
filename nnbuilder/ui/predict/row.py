"""The one row a person asks about: its values, what the network answers, and a curve over one of its features."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnbuilder.catalog.losses import Meaning
from nnbuilder.predicting.asked import Asked, Feature, can_be_missing, remarks, value_words
from nnbuilder.predicting.words import answer_words, number_words
from nnbuilder.ui.predict.ask import Look

POINTS = 101
FEWEST_POINTS = 11
MOST_NUMBERS = 20_000
"""Numbers asked about at once for a curve: a wide table gets fewer points, and is answered as fast."""
MOST_CATEGORIES = 60
BEGIN_WITH = ("validation", "test", "train")
MIDDLE_PART = "middle"
MIDDLE = "middle of the training rows"
PART_WORDS = {"train": "training", "validation": "validation", "test": "test"}

Values = list[float | None]


@dataclass
class RowMemory:
    """What a session remembers of the row.

    `key` names what is asked; `start` counts how often the page put in other values, `n` the person's changes. The
    pair orders rows: neither side takes one that is behind its own. `part` and `row` name the row of the data that was
    put in last (`MIDDLE_PART` and 0: the middle of the training rows). `curve` is the place of a feature.
    """

    key: str = ""
    start: int = 0
    n: int = 0
    values: Values = field(default_factory=list)
    part: str = ""
    row: int = 0
    origin: str = ""
    truth: str = ""
    curve: int = 0

    def begin(self, look: Look, key: str) -> None:
        """Begin in the middle of the training rows, unless these very features were asked for before."""
        if self.key != key:
            self.key = key
            self.curve = _first_curve(look.asked)
            self.take_middle(look.asked)
            # The middle of pictures is a picture of nothing.
            if look.asked.pixels:
                self.take_row(look, next((part for part in BEGIN_WITH if look.taken.get(part, {}).get("raw")), ""), 1)

    def take_middle(self, asked: Asked) -> None:
        """Put in the usual value of each feature."""
        self._put([feature.usual for feature in asked.features], (MIDDLE_PART, 0), MIDDLE, "")

    def take_row(self, look: Look, part: str, row: int) -> None:
        """Put in a row of the data, counted from 1; one that is not there is the nearest that is."""
        kept = look.taken.get(part)
        if not kept or not kept["raw"]:
            return
        place = min(max(row, 1), len(kept["raw"])) - 1
        truth, asked = kept["truth"][place], look.asked
        told = asked.classes[int(truth)] if asked.classes else value_words(asked.target, float(truth))
        self._put(list(kept["raw"][place]), (part, place + 1), f"{PART_WORDS[part]} row {place + 1}", told)

    def hear(self, value: Mapping[str, Any], look: Look) -> None:
        """Take what the form sends; what is no row of these features, or is behind, is left alone."""
        asked = look.asked
        curve = value.get("curve")
        if isinstance(curve, int) and not isinstance(curve, bool) and 0 <= curve < len(asked.features):
            self.curve = curve
        if value.get("start") != self.start or not isinstance(value.get("n"), int):
            return
        take = value.get("take")
        if isinstance(take, Mapping):
            if take.get("part") == MIDDLE_PART:
                self.take_middle(asked)
            elif isinstance(take.get("row"), int):
                self.take_row(look, str(take.get("part")), take["row"])
            return
        values = value.get("values")
        if value["n"] <= self.n or not isinstance(values, list) or not _fits(values, asked):
            return
        given: Values = [None if item is None else float(item) for item in values]
        if given != self.values:
            self.values, self.truth = given, ""
            self.origin = self.origin if self.origin.endswith("changed") else f"{self.origin}, changed"
        self.n = value["n"]

    def _put(self, values: Values, taken: tuple[str, int], origin: str, truth: str) -> None:
        self.values, self.origin, self.truth = values, origin, truth
        self.part, self.row = taken
        self.start += 1
        self.n = 0


def rows_to_ask(memory: RowMemory, asked: Asked) -> tuple[list[Values], list[float]]:
    """The row itself and those of the curve, one question for all; and where the curve is measured."""
    feature = asked.features[memory.curve]
    places = grid(feature, memory.values[memory.curve], len(asked.features))
    rows = [memory.values]
    for place in places:
        row = list(memory.values)
        row[memory.curve] = place
        rows.append(row)
    return rows, places


def grid(feature: Feature, value: float | None, width: int) -> list[float]:
    """Where a curve over a feature is measured: over the training range, and as far as the present value lies."""
    if feature.categories:
        return [float(code) for code in range(min(len(feature.categories), MOST_CATEGORIES))]
    low = feature.low if feature.low is not None else feature.usual - 1.0
    high = feature.high if feature.high is not None else feature.usual + 1.0
    if value is not None:
        low, high = min(low, value), max(high, value)
    if high <= low:
        low, high = low - 0.5, high + 0.5
    points = max(FEWEST_POINTS, min(POINTS, MOST_NUMBERS // max(1, width)))
    places = {low, high, *(low + (high - low) * step / (points - 1) for step in range(1, points - 1))}
    # With the row itself among them, the curve goes through its answer.
    return sorted(places | ({value} if value is not None else set()))


def shown_answer(asked: Asked, meaning: Meaning, memory: RowMemory, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer for the row as the board shows it."""
    row = [math.nan if value is None else value for value in memory.values]
    shown = answer_words(asked, meaning, answer)
    shares = shown.get("probabilities")
    if shares:
        shown["probabilities"] = [share if math.isfinite(share) else None for share in shares]
    return {**shown, "remarks": remarks(asked, row), "truth": memory.truth}


def shown_curve(
    asked: Asked, memory: RowMemory, places: Sequence[float], answer: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The curve as the board draws it: one series a class, or the value."""
    values = answer["probabilities"] if asked.classes else answer["outputs"]
    series = [[row[code] for row in values[1:]] for code in range(len(asked.classes) or 1)]
    if not all(math.isfinite(value) for one in series for value in one):
        return None
    return {"feature": memory.curve, "x": list(places), "series": series}


def shown_asked(look: Look) -> dict[str, Any]:
    """What is asked, as the board makes its fields of it."""
    asked = look.asked
    return {
        "features": [_shown_feature(feature) for feature in asked.features],
        "classes": list(asked.classes),
        "target": {"name": asked.target.name, "date": asked.target.kind == "date"},
        "pixels": asked.pixels,
        "parts": [
            {"part": part, "label": PART_WORDS[part].capitalize(), "rows": len(kept["raw"]), "all": kept["rows"]}
            for part, kept in sorted(look.taken.items(), key=lambda item: item[0] != "validation")
            if kept["raw"]
        ],
    }


def _shown_feature(feature: Feature) -> dict[str, Any]:
    gap = ""
    if can_be_missing(feature):
        fill = feature.fill if feature.fill is not None else math.nan
        named = value_words(feature, fill)
        gap = "missing" if named == "missing" else f"missing (filled with {named})"
    return {
        "name": feature.name,
        "kind": feature.kind,
        "low": feature.low,
        "high": feature.high,
        "range": ""
        if feature.low is None or feature.high is None
        else f"{_end(feature, feature.low)} … {_end(feature, feature.high)}",
        "whole": feature.whole,
        "categories": list(feature.categories),
        "seen": list(feature.seen),
        "missing": gap,
    }


def _end(feature: Feature, value: float) -> str:
    """An end of a range in few characters."""
    return value_words(feature, value) if feature.kind == "date" else number_words(value, 4)


def _first_curve(asked: Asked) -> int:
    """The feature a curve is drawn over first: a number, of pictures a pixel in the middle."""
    if asked.pixels:
        names, width = asked.pixels["names"], asked.pixels["width"]
        middle = names[len(names) // 2 + width // 2]
        return asked.names.index(middle) if middle in asked.names else len(asked.names) // 2
    return next((place for place, feature in enumerate(asked.features) if not feature.categories), 0)


def _fits(values: list[Any], asked: Asked) -> bool:
    """Whether something that was sent is a row of these features."""
    return len(values) == len(asked.features) and all(
        _value_fits(item, feature) for item, feature in zip(values, asked.features, strict=True)
    )


def _value_fits(value: Any, feature: Feature) -> bool:
    if value is None:
        return can_be_missing(feature)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    return not feature.categories or (float(value).is_integer() and 0 <= value < len(feature.categories))
