"""The lines that say which rows are for training, validation and test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnbuilder.facts import DataFacts
from nnbuilder.source.layout import after, before, call, items, subscript
from nnbuilder.source.literals import literal
from nnbuilder.source.script import Script

PARTS = ("train", "validation", "test")


def write_split(script: Script, rows: str, facts: DataFacts, stratify: bool, seed: int, plain: bool = False) -> None:
    """Write the split by share: first the test rows are drawn, then the validation rows.

    Parameters
    ----------
    rows
        The expression for the number of rows.
    stratify
        Whether the class numbers in `y` keep their shares in every part.
    plain
        Whether scikit-learn is done without, and nothing is said of parts without rows.
    """
    script.use("numpy as np")
    sizes = {"test": facts.test_rows, "validation": facts.validation_rows}
    drawn = [part for part, size in sizes.items() if size]
    stratified = stratify and bool(facts.classes)
    if plain:
        script.section("The split", _explained(drawn))
    script.paragraph(_said(drawn, stratified))
    if not drawn:
        script.line(f"train = np.arange({rows})")
    elif stratified and plain:
        script.function("share_out", _SHARE_OUT)
        script.function("draw", _DRAW)
        script.line(f"train = np.arange({rows})")
        for part in drawn:
            script.line(f"train, {part} = draw(train, y[train], {sizes[part]}, seed={seed})")
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
        if part not in drawn and not plain:
            script.line(f"{part} = train[:0]  # no rows")


def _explained(drawn: Sequence[str]) -> str:
    """What each part is for, in Markdown."""
    if not drawn:
        return "All rows are for training, so nothing tells how well the network does on rows it has never seen."
    text = "The network learns from the **training** rows only."
    if "validation" in drawn:
        text += " The **validation** rows tell after each epoch how well it does on rows that it did not learn from."
    return text + (" The **test** rows are looked at once, at the very end." if "test" in drawn else "")


_SHARE_OUT = (
    "def share_out(rows, counts, chance):",
    '    """How many of some rows each class gets: its share, in whole rows."""',
    "    share = counts / counts.sum() * rows",
    "    given = np.floor(share)",
    "    # What is left goes to those that lost most; chance decides between equals.",
    "    for lost in np.unique(share - given)[::-1]:",
    "        equals = np.flatnonzero(share - np.floor(share) == lost)",
    "        left = min(len(equals), int(rows - given.sum()))",
    "        if left == 0:",
    "            break",
    "        given[chance.choice(equals, left, replace=False)] += 1",
    "    return given.astype(int)",
)
_DRAW = (
    "def draw(rows, labels, size, seed):",
    '    """The rows without some, and these: drawn so that each class keeps its share."""',
    "    # The very rows that scikit-learn's train_test_split(stratify=labels) draws.",
    "    chance = np.random.RandomState(seed)",
    "    classes, counts = np.unique(labels, return_counts=True)",
    "    stay = share_out(len(rows) - size, counts, chance)",
    "    go = share_out(size, counts - stay, chance)",
    "    rest, drawn = [], []",
    "    for place, label in enumerate(classes):",
    "        mixed = chance.permutation(rows[labels == label])",
    "        rest.append(mixed[: stay[place]])",
    "        drawn.append(mixed[stay[place] : stay[place] + go[place]])",
    "    rest = chance.permutation(np.concatenate(rest))",
    "    return rest, chance.permutation(np.concatenate(drawn))",
)


def _said(drawn: list[str], stratified: bool) -> str:
    if not drawn:
        return "All rows are for training."
    shares = ", the shares of the classes kept" if stratified else ""
    return f"Rows for {' and '.join(drawn)}{shares}; train on the rest."


def write_given(script: Script, column: str, cleaning: str, parts: Mapping[str, str], plain: bool = False) -> None:
    """Write the split by a column: `parts` says for the literal of each of its labels which part it names."""
    script.use("numpy as np")
    if plain:
        script.section("The split", _explained(PARTS))
    script.paragraph("A column says what each row is for.")
    script.set("part", after(subscript("table", literal(column)), cleaning))
    for part in PARTS:
        labels = [label for label, named in parts.items() if named == part]
        script.put(call(f"{part} = np.flatnonzero", call("part.isin", items(labels))))
