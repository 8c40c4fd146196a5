"""The lines that say which rows are for training, validation and test."""

from __future__ import annotations

from collections.abc import Mapping

from nnbuilder.facts import DataFacts
from nnbuilder.source.layout import after, before, call, items, subscript
from nnbuilder.source.literals import literal
from nnbuilder.source.script import Script

PARTS = ("train", "validation", "test")


def write_split(script: Script, rows: str, facts: DataFacts, stratify: bool, seed: int) -> None:
    """Write the split by share: first the test rows are drawn, then the validation rows.

    Parameters
    ----------
    rows
        The expression for the number of rows.
    stratify
        Whether the class numbers in `y` keep their shares in every part.
    """
    script.use("numpy as np")
    sizes = {"test": facts.test_rows, "validation": facts.validation_rows}
    drawn = [part for part, size in sizes.items() if size]
    stratified = stratify and bool(facts.classes)
    script.paragraph(_said(drawn, stratified))
    if not drawn:
        script.line(f"train = np.arange({rows})")
    elif stratified:
        script.use("sklearn.model_selection", "train_test_split")
        script.line(f"train = np.arange({rows})")
        for part in drawn:
            parts = ["train", f"test_size={sizes[part]}", f"random_state={seed}", "stratify=y[train]"]
            script.put(before(f"train, {part} = ", call("train_test_split", *parts)))
    else:
        script.line(f"train = np.arange({rows})")
        for part in drawn:
            size = sizes[part]
            script.line(f"order = np.random.RandomState({seed}).permutation(len(train))")
            script.line(f"{part}, train = train[order[:{size}]], train[order[{size}:]]")
    for part in sizes:
        if part not in drawn:
            script.line(f"{part} = train[:0]  # no rows")


def _said(drawn: list[str], stratified: bool) -> str:
    if not drawn:
        return "All rows are for training."
    shares = ", the shares of the classes kept" if stratified else ""
    return f"Rows for {' and '.join(drawn)}{shares}; train on the rest."


def write_given(script: Script, column: str, cleaning: str, parts: Mapping[str, str]) -> None:
    """Write the split by a column: `parts` says for the literal of each of its labels which part it names."""
    script.use("numpy as np")
    script.paragraph("A column says what each row is for.")
    script.set("part", after(subscript("table", literal(column)), cleaning))
    for part in PARTS:
        labels = [label for label, named in parts.items() if named == part]
        script.put(call(f"{part} = np.flatnonzero", call("part.isin", items(labels))))
