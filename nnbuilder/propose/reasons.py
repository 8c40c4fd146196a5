"""Why a setting was chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Reason(NamedTuple):
    """Why a setting was chosen: its label, the choice in words, and one sentence."""

    setting: str
    choice: str
    sentence: str


Because = Callable[[str, str, str], None]
"""Keeps a reason: setting, choice, sentence."""
