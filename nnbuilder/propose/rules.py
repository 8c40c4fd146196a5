"""What several parts of a proposal go by."""

from __future__ import annotations

NEAR_UNIT_TARGET = (0.2, 10.0)
"""A target of this size is learned without special first weights."""


def two_digits(number: float) -> float:
    """The number to two digits, as a person would set it."""
    return float(f"{number:.2g}")
