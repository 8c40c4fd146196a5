"""Extra inputs made of a table's numbers by switch: squares, sines, products and powers.

In a project a term is a list such as ``["product", "x1", "x2"]``: names of columns may hold any sign, so
nothing has to be escaped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from nnbuilder.errors import Edit, NNBuilderError, Problem, Repair
from nnbuilder.fields import did_you_mean, show

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values: TypeAlias = NDArray[np.float64]

MOST_TERMS = 500


@dataclass(frozen=True)
class TermRow:
    """A kind of term: how many columns it takes, what it is called and how it is computed."""

    key: str
    label: str
    help: str
    columns: int
    write: Callable[..., str]
    compute: Callable[..., Values]


def _sine(x: Values) -> Values:
    # The rules about terms need no arrays, and whoever only checks a project should not load them.
    import numpy as np

    return np.sin(x)


def _square(x: Values) -> Values:
    return x * x


def _cube(x: Values) -> Values:
    return x * x * x


def _fourth(x: Values) -> Values:
    return x * x * x * x


def _fifth(x: Values) -> Values:
    return x * x * x * x * x


def _product(x: Values, y: Values) -> Values:
    return x * y


# Plain products, not np.power: the same bits whatever the number of rows and the machine's vector unit.
_ROWS = (
    TermRow("square", "Square", "The column times itself.", 1, "{}²".format, _square),
    TermRow("sine", "Sine", "The sine of the column, taken as an angle in radians.", 1, "sin {}".format, _sine),
    TermRow("product", "Product", "Two columns multiplied.", 2, "{}·{}".format, _product),
    TermRow("power3", "Third power", "The column to the third power.", 1, "{}³".format, _cube),
    TermRow("power4", "Fourth power", "The column to the fourth power.", 1, "{}⁴".format, _fourth),
    TermRow("power5", "Fifth power", "The column to the fifth power.", 1, "{}⁵".format, _fifth),
)

KINDS = MappingProxyType({row.key: row for row in _ROWS})
"""The kinds of term by key, in the order they are offered."""


@dataclass(frozen=True)
class Term:
    """An extra input: a kind and the columns it is made of."""

    kind: str
    columns: tuple[str, ...]

    @property
    def label(self) -> str:
        """What a person reads: ``x1²``, ``sin x1``, ``x1·x2``."""
        return KINDS[self.kind].write(*(_bracketed(name) for name in self.columns))

    def compute(self, *values: Values) -> Values:
        """The term from the values of its columns, each float64 [rows] in data units.

        Numbers too large to hold become infinite, for the caller to find and name.
        """
        import numpy as np

        with np.errstate(over="ignore", invalid="ignore"):
            return KINDS[self.kind].compute(*(np.ascontiguousarray(column) for column in values))

    def to_json(self) -> list[str]:
        """The term as a list: the kind, then the columns."""
        return [self.kind, *self.columns]

    @classmethod
    def from_json(cls, document: Any) -> Term:
        """The inverse of `to_json`; the order of a product's columns says nothing, so both orders are equal.

        Raises
        ------
        NNBuilderError
            If it is no term.
        """
        message = _fault(document)
        if message:
            raise NNBuilderError(message)
        return cls(document[0], tuple(document[1:]))


def available(columns: Sequence[str]) -> list[Term]:
    """Every term that can be made of these numeric columns: those of one column first, kind by kind."""
    terms: list[Term] = []
    for kind, row in KINDS.items():
        terms += [Term(kind, names) for names in combinations(columns, row.columns)]
    return terms


def term_problems(terms: Any, columns: Iterable[str], path: str = "data.terms") -> list[Problem]:
    """What is wrong with a list of terms in JSON form, given the numeric columns; each is repaired by taking it out.

    Parameters
    ----------
    terms
        What the project holds.
    columns
        Names of the columns a term may be made of.
    path
        Where in the project the list stands.
    """
    if not isinstance(terms, list | tuple):
        message = f'Terms must be a list such as [["square", "x1"]], but it is {show(terms)}; set it to [].'
        return [Problem(path, message, repair=Repair("Use no terms", (Edit("set", path, []),)))]
    if len(terms) > MOST_TERMS:
        return [Problem(path, f"There are {len(terms)} terms; at most {MOST_TERMS} can be used, so take some out.")]
    known = tuple(columns)
    found: list[Problem] = []
    seen: set[tuple[str, ...]] = set()
    for place, document in enumerate(terms):
        here = f"{path}[{place}]"
        message = _fault(document) or _unknown(document, known) or _twice(document, seen)
        if message:
            found.append(Problem(here, message, repair=Repair("Take the term out", (Edit("remove", here),))))
    return found


def finite(values: NDArray[np.floating]) -> bool:
    """Whether all values are numbers; much quicker than looking at every one where they are."""
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):
        return math.isfinite(float(np.sum(values))) or bool(np.isfinite(values).all())


def _fault(document: Any) -> str | None:
    """Why something is no term, whatever the columns."""
    if not isinstance(document, list | tuple) or not document or not all(isinstance(part, str) for part in document):
        return f'A term is a list of a kind and columns such as ["square", "x1"], not {show(document)}; take it out.'
    kind, *names = document
    if kind not in KINDS:
        return f"No term is called {show(kind)}{did_you_mean(kind, tuple(KINDS))}"
    wanted = KINDS[kind].columns
    if len(names) != wanted:
        return (
            f"The term {show(kind)} is made of {'one column' if wanted == 1 else f'{wanted} columns'}, "
            f"but {len(names)} are given; choose {wanted}."
        )
    if len(set(names)) < len(names):
        return f"The product of {show(names[0])} with itself is its square; choose the square instead."
    return None


def _unknown(document: Sequence[str], known: tuple[str, ...]) -> str | None:
    for name in document[1:]:
        if name not in known:
            return (
                f"The term {Term(document[0], tuple(document[1:])).label} needs the column {show(name)}, which is no "
                "numeric feature; add the column to the features or take the term out."
            )
    return None


def _twice(document: Sequence[str], seen: set[tuple[str, ...]]) -> str | None:
    key = (document[0], *sorted(document[1:]))
    if key in seen:
        return f"The term {Term(document[0], tuple(document[1:])).label} is chosen twice; take one of them out."
    seen.add(key)
    return None


def _bracketed(name: str) -> str:
    """A name as a factor: in brackets where it is more than one word, so that ``a b²`` cannot be misread."""
    return name if name.replace("_", "").isalnum() else f"({name})"
