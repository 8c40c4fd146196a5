"""Points drawn by hand: checked, and to and from CSV text.

The text is the one that ``ui/frontend/draw_model.js`` makes when a person saves from the plane.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from nnbuilder.data.generate import RawData
from nnbuilder.errors import NNBuilderError
from nnbuilder.fields import plain, show

Mode = Literal["classes", "regression"]
Point = tuple[float, float, float]

MOST_POINTS = 5_000
MOST_CLASSES = 8
LONGEST_NAME = 40
DECIMALS = 4
LARGEST = 1e9
"""Beyond it a number has no four decimals of its own that are worth keeping."""
LONGEST_TEXT = 2**20
HEADERS: dict[tuple[str, ...], Mode] = {("x1", "x2", "label"): "classes", ("x1", "x2", "y"): "regression"}

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_FORMULA = re.compile(r"'*[=+\-@]")


@dataclass(frozen=True)
class Drawn:
    """Points on a plane: x1, x2, and the number of a class in `classes` or, for regression, a value.

    Numbers have at most four decimals. `classes` is empty for regression. A class may have no points.
    """

    mode: Mode = "classes"
    classes: tuple[str, ...] = ("A", "B")
    points: tuple[Point, ...] = ()

    @property
    def counts(self) -> tuple[int, ...]:
        """How many points each class has."""
        found = [0] * len(self.classes)
        if self.classes:
            for _, _, label in self.points:
                found[int(label)] += 1
        return tuple(found)


def drawn(mode: Any, classes: Any, points: Any) -> Drawn:
    """A drawing from plain data, every part of it checked; numbers are rounded to four decimals.

    Raises
    ------
    NNBuilderError
        If it is no drawing: an unknown mode, bad class names, too many points, or a point whose numbers are
        missing, not finite, too large or not those of a class.
    """
    if mode not in ("classes", "regression"):
        raise NNBuilderError(f'The drawing\'s mode is {show(mode)}; it must be "classes" or "regression".')
    names = _names(classes) if mode == "classes" else ()
    if not _is_list(points):
        raise NNBuilderError("The drawing has no list of points; draw it again.")
    _few_enough(len(points))
    kept = tuple(_point(number, point, len(names)) for number, point in enumerate(points, start=1))
    return Drawn(mode, names, kept)


def from_arrays(features: ArrayLike, target: ArrayLike, classes: Sequence[str] = ()) -> Drawn:
    """A drawing from a data set that was made or read, to go on drawing from.

    Parameters
    ----------
    features
        Float [rows, 2] in data units.
    target
        Class numbers, or values when `classes` is empty, [rows].
    classes
        Names of the classes by their number.

    Raises
    ------
    NNBuilderError
        If the set has other than two features, or more rows or classes than can be drawn.
    """
    inputs = np.asarray(features, dtype=np.float64)
    if inputs.ndim != 2 or inputs.shape[1] != 2:
        width = inputs.shape[1] if inputs.ndim == 2 else 1
        raise NNBuilderError(
            f"A plane has two axes but the data set has {plain(width)} {'feature' if width == 1 else 'features'}; "
            "start from a data set with two features."
        )
    _few_enough(len(inputs))
    labels = np.asarray(target).reshape(-1)
    points = [[float(x), float(y), float(label)] for (x, y), label in zip(inputs, labels, strict=True)]
    return drawn("classes" if classes else "regression", list(classes), points)


def arrays(drawing: Drawn) -> RawData:
    """The rows a network learns from: float64 features [n, 2]; int64 class numbers or float64 values [n]."""
    table = np.array(drawing.points, dtype=np.float64).reshape(-1, 3)
    kind = np.int64 if drawing.mode == "classes" else np.float64
    return RawData(np.ascontiguousarray(table[:, :2]), table[:, 2].astype(kind))


def to_csv(drawing: Drawn) -> str:
    """The drawing as CSV text: ``x1,x2,label`` with the class's name, or ``x1,x2,y``; lines end with a newline.

    A name that a spreadsheet would take for a formula gets an apostrophe in front, which `from_csv` takes away.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    classes = drawing.mode == "classes"
    writer.writerow(("x1", "x2", "label" if classes else "y"))
    for x, y, label in drawing.points:
        last = _inert(drawing.classes[int(label)]) if classes else _digits(label)
        writer.writerow((_digits(x), _digits(y), last))
    return out.getvalue()


def from_csv(text: str, classes: Sequence[str] = ()) -> Drawn:
    """The drawing that `to_csv` wrote.

    Parameters
    ----------
    text
        The whole file.
    classes
        The classes in their order, for it decides their colors; others follow as they first appear.

    Raises
    ------
    NNBuilderError
        If the text is no such file; the sentence names the line.
    """
    if len(text) > LONGEST_TEXT:
        raise NNBuilderError(
            f"The file has {plain(len(text))} characters, more than {plain(LONGEST_TEXT)}: too many for "
            f"{plain(MOST_POINTS)} drawn points; load it as a table instead."
        )
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    names = {name: index for index, name in enumerate(classes)}
    points: list[list[float]] = []
    try:
        mode = HEADERS.get(tuple(next(reader, ())))
        if mode is None:
            raise NNBuilderError("Line 1: the header must be x1,x2,label or x1,x2,y; load other files as a table.")
        for row in reader:
            if not row:
                continue
            _few_enough(len(points) + 1)
            line = reader.line_num
            if len(row) != 3:
                raise NNBuilderError(
                    f"Line {line} has {len(row)} {'cell' if len(row) == 1 else 'cells'}; it needs three: x1, x2 and "
                    f"{'label' if mode == 'classes' else 'y'}."
                )
            if mode == "classes" and not row[2].strip():
                raise NNBuilderError(f"Line {line}: the label is empty; write the name of the point's class.")
            if mode == "classes":
                label = float(names.setdefault(_spoken(row[2]), len(names)))
            else:
                label = _read(row[2], "y", line)
            points.append([_read(row[0], "x1", line), _read(row[1], "x2", line), label])
    except csv.Error as error:
        raise NNBuilderError(
            f"Line {reader.line_num} cannot be read ({error}); a cell with quotes stands in quotes, and has them twice."
        ) from None
    if mode == "classes" and len(names) < 2:
        # A plane always has a second class to draw.
        names.setdefault("A" if "A" not in names else "B", len(names))
        names.setdefault("B", len(names))
    return drawn(mode, list(names), points)


def _names(classes: Any) -> tuple[str, ...]:
    if not _is_list(classes) or not 2 <= len(classes) <= MOST_CLASSES:
        many = f"{len(classes)} class names" if _is_list(classes) else "no list of class names"
        raise NNBuilderError(f"The drawing has {many}; it needs from 2 to {MOST_CLASSES}.")
    seen: set[str] = set()
    for number, name in enumerate(classes, start=1):
        where = f"The name of class {number}"
        if not isinstance(name, str) or not name.strip():
            raise NNBuilderError(f"{where} is empty; give it a name.")
        if len(name) > LONGEST_NAME:
            raise NNBuilderError(f"{where} has {len(name)} characters; shorten it to {LONGEST_NAME}.")
        if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in name) or name != name.strip():
            raise NNBuilderError(
                f"{where} holds a line break, a space around it or a sign that cannot be shown; type it again."
            )
        if name in seen:
            raise NNBuilderError(f"Two classes are called {show(name)}; rename one of them.")
        seen.add(name)
    return tuple(classes)


def _point(number: int, point: Any, classes: int) -> Point:
    if not _is_list(point) or len(point) != 3 or not all(_is_number(value) for value in point):
        raise NNBuilderError(f"Point {number} is not three finite numbers; erase it and draw it again.")
    x, y, label = (round(float(value), DECIMALS) + 0.0 for value in point)
    for name, value in (("x1", x), ("x2", y), ("value", label)):
        if abs(value) > LARGEST:
            raise NNBuilderError(f"Point {number}: {name} is {value:g}; at most {LARGEST:g} can be drawn.")
    if classes and (label != int(label) or not 0 <= label < classes):
        raise NNBuilderError(f"Point {number} is of class number {label:g}, but there are {classes} classes.")
    return x, y, label


def _few_enough(points: int) -> None:
    if points > MOST_POINTS:
        raise NNBuilderError(f"At most {plain(MOST_POINTS)} points can be drawn; start from a smaller set.")


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes | Mapping)


def _is_number(value: Any) -> bool:
    # False for NaN and infinity too, and for whole numbers too long for a float.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _digits(value: float) -> str:
    """At most four decimals, without zeros at the end."""
    text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _read(text: str, column: str, line: int) -> float:
    if not _NUMBER.fullmatch(text.strip()):
        raise NNBuilderError(f"Line {line}: {column} is {show(text)}; write a number such as 1.5.")
    return float(text)


def _inert(name: str) -> str:
    return f"'{name}" if _FORMULA.match(name) and not _NUMBER.fullmatch(name) else name


def _spoken(cell: str) -> str:
    """The name that `_inert` wrote."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
