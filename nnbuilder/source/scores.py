"""The function that measures the metric of a project, of torch alone, with the very numbers that are shown here."""

from __future__ import annotations

from collections.abc import Callable

from nnbuilder.source.course import Course
from nnbuilder.source.layout import STEP
from nnbuilder.source.script import Script


def write_metric(script: Script, course: Course) -> str:
    """Define the function for the metric of outputs and targets; its name."""
    row = course.metric
    script.use("torch")
    body = _BODIES[row.key](script, course)
    script.function(
        row.key,
        [
            f"def {row.key}(outputs: torch.Tensor, y: torch.Tensor) -> torch.Tensor:",
            f'{STEP}"""{_SAID[row.key]}"""',
            *(f"{STEP}{line}" for line in body),
        ],
    )
    return row.key


def _found(course: Course) -> str:
    """The expression for the class that outputs [n, width] speak for: its number, or whether it is the second one."""
    if course.loss.width == "classes":
        return "outputs.argmax(dim=1)"
    if course.loss.meaning == "margin":
        return "outputs < 1"
    return "outputs > 0" if course.loss.meaning == "logit" else "outputs > 0.5"


def _true(course: Course) -> str:
    """The same for targets."""
    if course.loss.width == "classes":
        return "y"
    return "y > 0" if course.loss.target == "plus_minus" else "y > 0.5"


def _accuracy(script: Script, course: Course) -> list[str]:
    if course.loss.width == "classes":
        return [f"return ({_found(course)} == y).float().mean()"]
    return [f"return (({_found(course)}) == ({_true(course)})).float().mean()"]


def _confusion(script: Script, course: Course) -> list[str]:
    """The confusion matrix: how many rows of each class were put in which."""
    count = len(course.facts.classes)
    if course.loss.width == "classes":
        pairs = f"y * {count} + {_found(course)}"
    else:
        pairs = f"({_true(course)}).flatten() * {count} + ({_found(course)}).flatten()"
    return [
        "# A row for each class, a column for each class that was found.",
        f"pairs = {pairs}",
        f"confusion = torch.bincount(pairs, minlength={count**2}).reshape({count}, {count})",
    ]


def _macro(share: str) -> Callable[[Script, Course], list[str]]:
    """The mean over the classes of a share that is computed from the confusion matrix."""

    def write(script: Script, course: Course) -> list[str]:
        return [
            *_confusion(script, course),
            "there, found = confusion.sum(dim=1), confusion.sum(dim=0)",
            f"shares = {share}",
            "# Classes that are neither there nor found are left out.",
            "counted = there + found > 0",
            "return (shares * counted / counted.sum()).sum()",
        ]

    return write


def _of_second(share: str, of_each: str) -> Callable[[Script, Course], list[str]]:
    """A share of the second of two classes, or the mean over several."""
    several = _macro(of_each)

    def write(script: Script, course: Course) -> list[str]:
        if len(course.facts.classes) != 2:
            return several(script, course)
        if course.loss.width == "classes":
            lines = [f"found, there = {_found(course)} == 1, y == 1"]
        else:
            lines = [f"found, there = {_found(course)}, {_true(course)}"]
        return [*lines, "right = (found & there).sum()", f"return {share}"]

    return write


_SAID = {
    "accuracy": "Share of rows put in the right class.",
    "balanced_accuracy": "Accuracy in each class, averaged.",
    "precision": "Of the rows put in a class, the share that belong there.",
    "recall": "Of the rows of a class, the share found.",
    "f1": "Harmonic mean of precision and recall.",
    "roc_auc": "How well chances put rows of a class ahead of others: 1 is perfect.",
    "mae": "Mean absolute error, in units of the target.",
    "rmse": "Root of the mean squared error, in units of the target.",
    "r2": "Share of the variance that is explained: 1 is perfect, 0 as good as the mean.",
}
_RECALL = "confusion.diag() / there.clamp(min=1)"

_CHANCES = {
    "logits": "outputs.softmax(dim=1)",
    "margins": "outputs.softmax(dim=1)",
    "log_probabilities": "outputs.exp()",
    "logit": "outputs.sigmoid()",
    "margin": "(-outputs).exp2().clamp(0, 1)",
    "value": "outputs.clamp(0, 1)",
    "probability": "outputs.clamp(0, 1)",
}
"""Probabilities by what the outputs mean; of one output those of the second class."""


def _roc_auc(script: Script, course: Course) -> list[str]:
    script.function("area", _AREA)
    script.use("torch", "nn")
    chances = _CHANCES[course.loss.meaning]
    count = len(course.facts.classes)
    if course.loss.width != "classes":
        return [f"return area({chances}.flatten(), ({_true(course)}).flatten())"]
    if count == 2:
        return [f"return area({chances}[:, 1], y == 1)"]
    return [
        f"chances = {chances}",
        f"areas = [area(chances[:, code], y == code) for code in range({count})]",
        "return torch.stack(areas).mean()",
    ]


_AREA = [
    "def area(chances: torch.Tensor, true: torch.Tensor) -> torch.Tensor:",
    f'{STEP}"""Area under the curve of rows rightly taken over rows wrongly taken."""',
    f"{STEP}order = chances.argsort(descending=True)",
    f"{STEP}chances, true = chances[order], true[order]",
    f"{STEP}# Rows with the same chance are taken all at once.",
    f"{STEP}last = nn.functional.pad(chances.diff() != 0, (0, 1), value=True)",
    f"{STEP}right = nn.functional.pad(true.cumsum(dim=0)[last], (1, 0))",
    f"{STEP}wrong = nn.functional.pad((~true).cumsum(dim=0)[last], (1, 0))",
    f"{STEP}right = right / right[-1].clamp(min=1)",
    f"{STEP}return torch.trapezoid(right, wrong / wrong[-1].clamp(min=1))",
]

_BODIES: dict[str, Callable[[Script, Course], list[str]]] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _macro(_RECALL),
    "precision": _of_second("right / found.sum().clamp(min=1)", "confusion.diag() / found.clamp(min=1)"),
    "recall": _of_second("right / there.sum().clamp(min=1)", _RECALL),
    "f1": _of_second(
        "2 * right / (found.sum() + there.sum()).clamp(min=1)",
        "2 * confusion.diag() / (found + there).clamp(min=1)",
    ),
    "roc_auc": _roc_auc,
    "mae": lambda _, __: ["return (outputs - y).abs().mean()"],
    "rmse": lambda _, __: ["return (outputs - y).square().mean().sqrt()"],
    "r2": lambda _, __: [
        "total = (y - y.mean()).square().sum()",
        "residual = (y - outputs).square().sum()",
        "return torch.where(total > 0, 1 - residual / total, torch.nan)",
    ],
}
