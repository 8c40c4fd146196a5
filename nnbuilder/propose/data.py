"""Split and scaling of a proposal."""

from __future__ import annotations

import math
from typing import Any

from nnbuilder.facts import DataFacts, split_sizes
from nnbuilder.fields import counted, plain
from nnbuilder.propose.columns import Columns
from nnbuilder.propose.reasons import Because

NEAR_ONE = (0.5, 2.5)
"""Deviations of inputs within this range, and means below its end, need no scaling."""


def propose_data(facts: DataFacts, columns: Columns, because: Because) -> tuple[dict[str, Any], int]:
    """Split and scaling, and how many rows are left to train on."""
    scaling, choice, sentence = _scaling(columns)
    because("Scaling", choice, sentence)
    validation, test, sentence = shares(facts.rows)
    train, validated, tested = split_sizes(facts.rows, validation, test)
    because("Validation and test share", f"{100 * validation:.0f} % and {100 * test:.0f} %", sentence)
    stratify = bool(facts.classes)
    if facts.classes:
        smallest = min((count for count in columns.class_counts if count), default=0)
        stratify = can_stratify(smallest, (train, validated, tested))
        if stratify:
            because("Stratify", "on", "Every part then has the same shares of the classes.")
        else:
            because("Stratify", "off", f"A class has {counted(smallest, 'row')}, too few to put some into every part.")
    return {"scaling": scaling, "validation": validation, "test": test, "stratify": stratify}, train


def can_stratify(smallest: int, parts: tuple[int, int, int]) -> bool:
    """Whether a class of `smallest` rows can be put into every part; `parts` are the rows of each, 0 for none."""
    sizes = [size for size in parts if size]
    # Each part is drawn from what the last one left, which must hold two rows of every class.
    return smallest * min(sizes) / sum(sizes) >= 1 and smallest > len(sizes)


def shares(rows: int) -> tuple[float, float, str]:
    """Validation and test share for so many rows, and why."""
    if rows < 10:
        return 0.0, 0.0, f"With {plain(rows)} rows none can be spared: all are learned from."
    if rows < 50:
        return 0.2, 0.0, f"With {plain(rows)} rows none can be spared for a test; one in five watches the training."
    if rows < 1000:
        return 0.2, 0.2, "One row in five watches the training and one in five is kept for the very end."
    if rows < 10_000:
        return 0.15, 0.15, f"Of {plain(rows)} rows 15 % are enough to measure with, and more are left to learn from."
    if rows < 100_000:
        return 0.1, 0.1, f"Of {plain(rows)} rows 10 % are enough to measure with, and more are left to learn from."
    return 0.02, 0.02, f"Even 2 % of {plain(rows)} rows measure exactly, so nearly all are left to learn from."


def _scaling(columns: Columns) -> tuple[str, str, str]:
    inputs = tuple(zip(columns.minimum, columns.maximum, columns.mean, columns.deviation, strict=True))
    moments = [
        (mean, spread) for low, high, mean, spread in inputs if spread > 0 and not _is_flag(low, high, mean, spread)
    ]
    low, high = NEAR_ONE
    top = max(columns.maximum, default=0.0)
    alike = sum(maximum == top for maximum in columns.maximum)
    if len(inputs) >= 16 and min(columns.minimum) == 0 and top > 1 and alike * 2 >= len(inputs):
        return (
            "minmax",
            "min–max",
            f"The inputs share one range from 0 to {plain(top)}, as pixels do; min–max keeps it and brings it to 0…1, "
            "while pixels that are nearly always 0 would be blown up by a division through their deviation.",
        )
    spread = [deviation for _, deviation in moments]
    if all(low <= deviation <= high and abs(mean) <= high for mean, deviation in moments):
        return "none", "none", "The inputs are near 0 and vary by about 1 already, so they can stay in their own units."
    if max(spread) > 10 * min(spread):
        why = f"The inputs vary by very different amounts ({min(spread):.3g} to {max(spread):.3g})"
    else:
        why = "The inputs are not near 0 with a deviation near 1"
    return "standard", "standard", f"{why}; mean 0 and deviation 1 let every one of them count from the start."


def _is_flag(minimum: float, maximum: float, mean: float, deviation: float) -> bool:
    """Whether an input holds nothing but 0 and 1, as the columns of a one-hot encoding do."""
    return minimum == 0 and maximum == 1 and math.isclose(deviation**2, mean * (1 - mean), rel_tol=1e-6)
