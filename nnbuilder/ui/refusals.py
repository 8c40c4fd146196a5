"""Why an action on a project was not carried out."""

from __future__ import annotations

from typing import Any

from nnbuilder.errors import NNBuilderError, Problem

OUTDATED = "The network has changed in the meantime; look at it again and repeat the click."


class Refused(NNBuilderError):
    """An action that does not fit the project as it is now; the sentence says why."""


class BadValue(Refused):
    """A value its field refuses; `path` and `value` say which, the problem carries the repair."""

    def __init__(self, problem: Problem, value: Any) -> None:
        self.problem, self.value = problem, value
        super().__init__(problem.message)
