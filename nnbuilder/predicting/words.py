"""What a network answers, in words: which class or value, what its raw outputs are, and how the one follows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nnbuilder.catalog.losses import Meaning
from nnbuilder.facts import Task
from nnbuilder.predicting.asked import Asked, date_words

MINUS = "\u2212"
DIGITS = 6

_ONE: dict[str, str] = {
    "logit": "logit of {last}",
    "probability": "probability of {last}",
    "margin": "distance",
    "value": "output",
}
_SEVERAL: dict[str, str] = {
    "logits": "logit of {}",
    "log_probabilities": "log probability of {}",
    "margins": "score of {}",
}


def number_words(value: float, digits: int = DIGITS) -> str:
    """A number in so many digits, with a real minus sign: ``5.01``, ``−17.7``, ``2.1e−8``."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else f"{MINUS if value < 0 else ''}∞"
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    return (f"{mantissa}e{int(exponent)}" if exponent else mantissa).replace("-", MINUS)


def output_names(meaning: Meaning, task: Task, classes: Sequence[str]) -> list[str]:
    """What each of the network's outputs is called."""
    if task == "regression":
        return ["value"]
    if meaning in _SEVERAL:
        return [_SEVERAL[meaning].format(name) for name in classes]
    return [_ONE[meaning].format(last=classes[-1])]


def answer_words(asked: Asked, meaning: Meaning, answer: Mapping[str, Any], place: int = 0) -> dict[str, Any]:
    """One row's answer as a page shows it.

    Parameters
    ----------
    answer
        As a worker gives it: ``outputs`` [n, width] and, with classes, ``probabilities`` [n, classes] and ``classes``.
    place
        Which row of it.

    Returns
    -------
    ``title`` (the class or the value), ``sentence`` (how it follows from the outputs), ``outputs`` as texts with their
    ``names``, and with classes ``chosen`` (its place) and ``probabilities``.
    """
    outputs = [float(value) for value in answer["outputs"][place]]
    shown: dict[str, Any] = {
        "names": output_names(meaning, asked.task, asked.classes),
        "outputs": [number_words(value, 9) for value in outputs],
    }
    if not asked.classes:
        value = outputs[0]
        dated = asked.target.kind == "date" and math.isfinite(value)
        title = date_words(value) if dated else number_words(value)
        beside = f" ({number_words(value, 9)} days after 1970-01-01)" if dated else ""
        return {**shown, "title": title, "sentence": f"The output is the predicted {asked.target.name} itself{beside}."}
    chosen = asked.classes.index(answer["classes"][place])
    shares = [float(share) for share in answer["probabilities"][place]]
    return {
        **shown,
        "title": asked.classes[chosen],
        "chosen": chosen,
        "probabilities": shares,
        "sentence": decision_words(asked.classes, meaning, outputs, shares, chosen),
    }


def decision_words(
    classes: Sequence[str], meaning: Meaning, outputs: Sequence[float], shares: Sequence[float], chosen: int
) -> str:
    """How a class follows from the network's outputs, in one or two sentences."""
    if not all(math.isfinite(value) for value in outputs):
        return "The outputs are no finite numbers: the training has diverged, so the class means nothing."
    name, last = classes[chosen], classes[-1]
    if meaning in ("logits", "log_probabilities", "margins"):
        kind, how = {
            "logits": ("logit", "Softmax makes probabilities of the logits"),
            "log_probabilities": ("log probability", "exp makes probabilities of the log probabilities"),
            "margins": ("score", "Softmax makes shares of the scores, which are no probabilities by themselves"),
        }[meaning]
        total = sum(shares)
        largest = number_words(outputs[chosen], 4)
        return f"The largest {kind}, {largest}, is that of “{name}” (argmax). {how}; they sum to {total:.6g}."
    value = number_words(outputs[0], 4)
    if meaning == "logit":
        side = ">" if outputs[0] > 0 else "≤"
        return (
            f"The logit {value} is {side} 0, so the class is “{name}”. The sigmoid makes "
            f"{number_words(shares[-1], 6)} of it, the probability of “{last}”."
        )
    if meaning == "margin":
        side = "<" if outputs[0] < 1 else "≥"
        return f"The distance {value} is {side} 1, so the class is “{name}”: small distances stand for “{last}”."
    side = ">" if outputs[0] > 0.5 else "≤"
    what = f"The probability of “{last}”, {value}," if meaning == "probability" else f"The output {value}"
    return f"{what} is {side} 0.5, so the class is “{name}”."
