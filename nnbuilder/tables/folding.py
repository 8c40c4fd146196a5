"""What is told alike of many columns, told once: of the first, with the names of the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nnbuilder.fields import plain
from nnbuilder.tables.findings import ColumnAnswer, Finding

MOST_ALIKE = 3
"""Columns of which the same is told one by one."""
_NAMED = 4
_COLUMN = re.compile(r"Column (“[^”]*”)")
_QUOTED = re.compile(r"“[^”]*”")
_NUMBER = re.compile(r"\d[\d,.]*")


def told_once(findings: Sequence[Finding]) -> list[Finding]:
    """The findings, with those that say the same of more than three columns as one, whose buttons answer for all."""
    groups: dict[object, list[Finding]] = {}
    for place, finding in enumerate(findings):
        groups.setdefault(_alike(finding) or place, []).append(finding)
    told: list[Finding] = []
    for group in groups.values():
        told += [_together(group)] if len(group) > MOST_ALIKE else group
    return told


def _alike(finding: Finding) -> tuple[object, ...] | None:
    """What findings have in common that say the same of columns; None if one is a question, or of no single column."""
    # The page itself has one button for many questions alike.
    if finding.severity == "question" or not _COLUMN.match(finding.message):
        return None
    said = _NUMBER.sub("0", _QUOTED.sub("“”", finding.message))
    buttons = tuple(answer.label for answer in finding.answers)
    return finding.severity, re.sub(r"(?:“”, )+“” and ", "“” and ", said), finding.options, buttons


def _together(group: Sequence[Finding]) -> Finding:
    """One finding in place of several that say the same of their columns."""
    names = [found[1] for one in group if (found := _COLUMN.match(one.message))]
    others = names[1:]
    listed = ", ".join(others[:_NAMED])
    rest = f" and {plain(len(others) - _NAMED)} more" if len(others) > _NAMED else ""
    first = group[0]
    message = f"{first.message.removesuffix('.')}; so it is with {plain(len(others))} more columns: {listed}{rest}."
    answers = tuple(_for_all([one.answers[place] for one in group]) for place in range(len(first.answers)))
    return replace(first, message=message, answers=answers)


def _for_all(answers: Sequence[ColumnAnswer]) -> ColumnAnswer:
    """One answer that says of each column what its own says."""
    said: dict[str, dict[str, object]] = {}
    types: dict[str, str | None] = {}
    for answer in answers:
        types |= dict(answer.types)
        for name, of_column in answer.answers.items():
            said.setdefault(name, {}).update(of_column)
    return ColumnAnswer(f"{answers[0].label} (all {plain(len(answers))} columns)", said, types)
