"""Words whose order everybody knows: days, months, sizes, degrees."""

from __future__ import annotations

from collections.abc import Collection

from nnbuilder.tables.columns.dates import MONTHS

MOST_ORDERED = 20
"""More labels are of no order that everybody knows."""
_WORDS = (
    "mon|monday|montag|mo tue|tues|tuesday|dienstag|di wed|wednesday|mittwoch|mi thu|thur|thurs|thursday|donnerstag|do "
    "fri|friday|freitag|fr sat|saturday|samstag|sonnabend|sa sun|sunday|sonntag|so",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miércoles|miercoles jueves viernes sábado|sabado domingo",
    "xxs xs s m l xl xxl|2xl xxxl|3xl",
    "extra-small small medium large extra-large",
    "none very-low|very_low low|lo medium|moderate|mid|med|average high|hi very-high|very_high",
    "niedrig mittel hoch",
    "tiny small medium large huge",
    "never rarely|seldom sometimes often|usually always",
    "poor fair good very-good|very_good excellent",
    "bad ok|okay good great",
    "mild moderate severe critical",
    "cold cool mild warm hot",
    "morning noon afternoon evening night",
    "spring summer autumn|fall winter",
    "bronze silver gold platinum",
    "beginner intermediate advanced expert",
    "first second third fourth fifth",
    "one two three four five six seven eight nine ten",
    "i ii iii iv v vi vii viii ix x xi xii",
)
_PHRASES = (
    "strongly disagree, disagree|somewhat disagree, neutral|neither agree nor disagree|undecided, "
    "agree|somewhat agree, strongly agree",
    "very dissatisfied, dissatisfied, neutral, satisfied, very satisfied",
    "very low, low, medium|moderate, high, very high",
    "very poor, poor, fair|average, good, very good, excellent",
    "very bad, bad, neutral|ok|okay, good, very good",
)
ORDERS = (
    MONTHS,
    *(
        {word: place for place, words in enumerate(order) for word in words.split("|")}
        for order in (*(words.split() for words in _WORDS), *(phrases.split(", ") for phrases in _PHRASES))
    ),
)
"""Of each order the place of its words, in small letters; some words mean the same."""


def known_order(labels: Collection[str]) -> dict[str, int]:
    """The place of each of some labels, in small letters, in an order that everybody knows; empty if there is none."""
    lower = {label.casefold() for label in labels}
    if not 1 < len(lower) <= MOST_ORDERED:
        return {}
    return next((dict(order) for order in ORDERS if lower <= order.keys()), {})
