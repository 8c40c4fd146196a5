"""A second corpus of spoiled files: how people and programs of many places write tables, one or two faults in each.

The truth is known by value, not by letter: a number is right only if it becomes that number. ``python -m
tests.tables.pollution2`` reads the whole corpus and prints how many files were read exactly, kept as text, told,
refused or misread in SILENCE.
"""

from __future__ import annotations

import copy
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.tables.drafts import Draft, Fault, drafts
from tests.tables.faults_cells import CELL_FAULTS
from tests.tables.faults_dates import DATE_FAULTS
from tests.tables.faults_files import FILE_FAULTS
from tests.tables.faults_rows import ROW_FAULTS
from tests.tables.judge import judge

PAIRS = 2400
"""Files with two faults."""


Case = tuple[Draft, str, Fault]


def cases() -> list[Case]:
    """Every fault in every table, not spoiled yet."""
    faults = {**CELL_FAULTS, **DATE_FAULTS, **ROW_FAULTS, **FILE_FAULTS}
    return [(clean, name, fault) for clean in drafts() for name, fault in faults.items()]


def single(chosen: Iterable[Case] | None = None, seed: int = 5) -> Iterator[Draft]:
    """Tables with one fault each, where they have a place for it; all of them unless some cases are chosen."""
    for clean, name, fault in cases() if chosen is None else chosen:
        made = spoil(clean, {name: fault}, random.Random(f"{seed} {clean.label} {name}"))
        if made is not None:
            yield made


def pairs(count: int = PAIRS, seed: int = 6) -> Iterator[Draft]:
    """Two faults of different sorts in one table: of cells, of rows, of the file."""
    rng = random.Random(seed)
    tables, sorts = drafts(), [{**CELL_FAULTS, **DATE_FAULTS}, ROW_FAULTS, FILE_FAULTS]
    made = 0
    while made < count:
        first, second = rng.sample(sorts, 2)
        chosen: dict[str, Fault] = {}
        for sort in sorted((first, second), key=sorts.index):
            name = rng.choice(sorted(sort))
            chosen[name] = sort[name]
        draft = spoil(rng.choice(tables), chosen, rng)
        if draft is not None:
            made += 1
            yield draft


def spoil(clean: Draft, faults: dict[str, Fault], rng: random.Random) -> Draft | None:
    """A table with some faults, or None if one of them has no place in it."""
    draft = copy.deepcopy(clean)
    for fault in faults.values():
        if not fault(draft, rng):
            return None
    draft.label = f"{clean.label}: {' + '.join(faults)}"
    try:
        draft.content()
    except UnicodeEncodeError:
        return None
    return draft


def main(words: list[str]) -> None:
    """Read all files, or those whose label holds all the words, and print what became of them."""
    counts: dict[str, Counter[str]] = {"one fault": Counter(), "two faults": Counter()}
    with tempfile.TemporaryDirectory() as folder:
        for sort, corpus in (("one fault", single()), ("two faults", pairs())):
            for draft in corpus:
                if not all(word in draft.label for word in words):
                    continue
                verdict = judge(draft, Path(folder) / "file")
                counts[sort][verdict.word] += 1
                if verdict.word == "SILENT" or words:
                    print(f"{verdict.word} {draft.label}: {verdict.why[:600]}")
    for sort, count in counts.items():
        print(f"{sort}: {sum(count.values())} files,", ", ".join(f"{count[word]} {word}" for word in sorted(count)))


if __name__ == "__main__":
    main(sys.argv[1:])
