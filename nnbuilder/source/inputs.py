"""The lines from a table's columns to the network's inputs: gaps filled, categories encoded, terms added, scaled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nnbuilder.errors import NNBuilderError
from nnbuilder.facts import DataFacts
from nnbuilder.source.cells import Cells
from nnbuilder.source.layout import before, call, items, values
from nnbuilder.source.literals import literal
from nnbuilder.source.scaling import write_scaling, write_terms
from nnbuilder.source.script import NAME, Script


@dataclass(frozen=True)
class Feature:
    """A column that the network gets: its cells, what is done about gaps and categories, and what that came to.

    `inputs` is how many it makes; `told` says that an input tells where values were missing,
    `single` that a column of yes and no got no third category, though gaps were to be one.
    """

    cells: Cells
    missing: str
    fill: Any
    encoding: str
    inputs: int = 1
    told: bool = False
    single: bool = False

    @property
    def name(self) -> str:
        """The column's name."""
        return self.cells.name

    @property
    def as_codes(self) -> bool:
        """Whether it is kept as categories: not numbers, and not yes and no as 1 and 0."""
        return self.cells.type == "category" or (self.third and not self.single)

    @property
    def third(self) -> bool:
        """Whether the gaps of a column of yes and no are to be a category of their own."""
        return self.cells.type == "yes_no" and self.missing == "own_category" and self.cells.gaps

    @property
    def one_hot(self) -> bool:
        """Whether it becomes an input for each category."""
        return self.as_codes and self.encoding == "one_hot"


def features_of(
    chosen: Sequence[Mapping[str, Any]], cells: Mapping[str, Cells], terms: int, facts: DataFacts
) -> list[Feature]:
    """The features, with what preparing them came to: read from the names of the inputs in `facts`.

    Raises
    ------
    NNBuilderError
        If the inputs are not those of these columns.
    """
    made: list[Feature] = []
    at = 0
    names = facts.features
    for item in chosen:
        one = Feature(cells[item["name"]], item["missing"], item["fill"], item["encoding"])
        count, told, single = 1, False, False
        if one.third and one.one_hot and at < len(names) and _is_named(names[at], one.name):
            single = True
        elif one.one_hot:
            count = 0
            extra = "missing" if one.missing == "own_category" else str(one.fill)
            for label in [*one.cells.labels, extra]:
                if at + count < len(names) and _is_named(names[at + count], f"{one.name} = {label}"):
                    count += 1
        elif one.cells.type in ("number", "date") and one.missing == "own_category" and one.cells.gaps:
            told = at + 1 < len(names) and _is_named(names[at + 1], f"{one.name} missing")
            count = 2 if told else 1
        made.append(replace(one, inputs=count, told=told, single=single))
        at += count
    if at + terms != len(names) or any(feature.inputs == 0 for feature in made):
        raise NNBuilderError("The inputs of the network are not those of its columns; open the table again.")
    return made


def _is_named(name: str, wanted: str) -> bool:
    """Whether an input has a name, perhaps numbered because another has it, too."""
    return name == wanted or (name.startswith(f"{wanted} (") and name.endswith(")"))


def write_feature_names(script: Script, features: Sequence[Feature]) -> None:
    """Write the names of the columns that the network gets."""
    script.paragraph("The columns that the network gets.")
    script.set("features", values([feature.name for feature in features]))


def write_filling(script: Script, features: Sequence[Feature], keep: bool = False) -> None:
    """Write what takes the place of missing values, learned from training rows.

    With `keep` it is kept in ``fill``, also for columns in which only a later row may have a gap.
    """
    told = [feature.name for feature in features if feature.told]
    groups: dict[str, list[str]] = {}
    for feature in features:
        if feature.missing != "drop" and (keep or feature.cells.gaps):
            groups.setdefault(_filling(feature), []).append(feature.name)
    if not groups:
        return
    learned = any("known" in line for line in groups)
    script.paragraph("Fill the gaps" + (" with what the training rows say, and they alone." if learned else "."))
    if any("np." in line for line in groups):
        script.use("numpy as np")
    for feature in features:
        if feature.third and feature.as_codes and not feature.one_hot:
            # Whether there is a third category cannot be told from the names of the inputs.
            script.columns([feature.name], [f"assert table[{NAME}].iloc[train].isna().any()"])
    if told:
        script.set("columns", values(told))
        script.line("gaps = table[columns].isna()")
    if keep:
        _write_kept_filling(script, groups, learned)
        return
    for line, names in groups.items():
        value = line.removesuffix(_OWN).replace("known", f"table[{NAME}].iloc[train]")
        # Of a frame's part NumPy adds up the numbers in another order than of a column's.
        value = value.replace(f"table[{NAME}].iloc[train].to_numpy()", f"table[{NAME}].to_numpy()[train]")
        script.columns(names, [f"table[{NAME}] = table[{NAME}].fillna({value})"])


def _write_kept_filling(script: Script, groups: Mapping[str, list[str]], learned: bool) -> None:
    if learned:
        script.line("known = table.iloc[train]")
    script.line("fill = {}")
    for line, names in groups.items():
        value = line.replace("known", f"known[{NAME}]")
        note = "  # a category of its own" if line.endswith(_OWN) else ""
        script.columns(names, [f"fill[{NAME}] = {value.removesuffix(_OWN)}{note}"])
    script.line("table = table.fillna(fill)")


def _filling(feature: Feature) -> str:
    """What fills a column's gaps, an expression in which ``known`` stands for the column's training rows."""
    if feature.cells.type in ("number", "date"):
        if feature.missing == "constant":
            return literal(_constant(feature))
        if feature.missing == "mean":
            return "np.nanmean(known.to_numpy())"
        return "known.mode()[0]" if feature.missing == "most_frequent" else "known.median()"
    labels = feature.cells.labels
    if feature.missing == "constant" and str(feature.fill) in labels:
        return str(labels.index(str(feature.fill)))
    if feature.missing == "constant" or (feature.missing == "own_category" and _has_own(feature)):
        return f"{len(labels)}{_OWN}"
    return "known.mode()[0]"


_OWN = " own"
"""Behind a number that is no number, but a category."""


def _has_own(feature: Feature) -> bool:
    """Whether gaps are a category; not so in a column of yes and no whose training rows have none."""
    return feature.cells.type == "category" or (feature.third and not feature.single)


def _constant(feature: Feature) -> float:
    import numpy as np

    from nnbuilder.data.columns import ColumnPlan, fit_column

    kind = "date" if feature.cells.type == "date" else "number"
    plan = ColumnPlan(feature.name, kind, "constant", feature.fill)
    fill = fit_column(plan, np.array([np.nan])).fill
    assert fill is not None
    return int(fill) if fill == int(fill) and abs(fill) < 2**53 else fill


def write_inputs(
    script: Script, features: Sequence[Feature], terms: Sequence[Sequence[str]], scaling: str, keep: bool = False
) -> None:
    """Write the lines that make `x`, the float32 tensor of all rows.

    With `keep` the categories that training rows have are kept in ``seen``, and ``features`` are known already.
    """
    ordinal = [feature.name for feature in features if feature.as_codes and not feature.one_hot]
    for place, name in enumerate(ordinal):
        _write_ordinal(script, name, keep, first=place == 0)
    one_hot = [feature for feature in features if feature.one_hot]
    flags, numbers = parts_of(features, scaling)
    alone = not one_hot and not flags and not any(feature.told for feature in features)
    matrix = "x" if alone else "numbers"
    if numbers:
        script.use("numpy as np")
        script.paragraph()
        if not (alone and keep):
            script.set("features" if alone else "columns", values(numbers))
        script.line(f"{matrix} = table[{'features' if alone else 'columns'}].to_numpy(np.float64)")
        write_terms(script, matrix, terms, numbers)
        write_scaling(script, matrix, scaling)
    script.use("torch")
    if alone:
        script.line("x = torch.tensor(x, dtype=torch.float32)")
        return
    if one_hot:
        _write_one_hot(script, one_hot, keep, first=not ordinal)
    _write_all(script, features, flags, len(terms))


def parts_of(features: Sequence[Feature], scaling: str) -> tuple[list[str], list[str]]:
    """The columns of only 0 and 1 that are not scaled, and those that are numbers beside them."""
    flags = [feature.name for feature in features if scaling != "none" and _is_flag(feature)]
    return flags, [feature.name for feature in features if not feature.one_hot and feature.name not in flags]


def _is_flag(feature: Feature) -> bool:
    return feature.cells.type == "yes_no" and not feature.as_codes


def _write_ordinal(script: Script, name: str, keep: bool, first: bool) -> None:
    script.paragraph("A category becomes its place among those of the training rows; -1 is none of them.")
    script.use("numpy as np")
    seen = f"seen[{NAME}]" if keep else "seen"
    if keep and first:
        script.line("seen = {}")
    script.columns(
        [name],
        [
            f"{seen} = np.unique(table[{NAME}].iloc[train]){'.astype(int)' if keep else ''}",
            f"places = {{code: place for place, code in enumerate({seen})}}",
            f"table[{NAME}] = table[{NAME}].map(places.get).fillna(-1)",
        ],
    )


def _write_one_hot(script: Script, features: Sequence[Feature], keep: bool, first: bool) -> None:
    script.use("torch.nn.functional", "one_hot")
    script.use("numpy as np")
    script.use("torch")
    script.paragraph("One input for each label: 1 for its own, 0 for the others (one-hot).")
    rest = any(feature.inputs < _categories(feature) for feature in features)
    names = [feature.name for feature in features]
    if keep and first:
        script.line("seen = {}")
    lines = [f"codes = torch.tensor(table[{NAME}].to_numpy(np.int64))"]
    if rest:
        lines.append("# A label that no training row has gets no input.")
    if keep:
        lines.append(f"seen[{NAME}] = codes[train].unique()")
    chosen = f"[:, seen[{NAME}]]" if keep else "[:, codes[train].unique()]" if rest else ""
    if len(features) == 1:
        script.columns(names, [*lines, f"encoded = one_hot(codes){chosen}"])
        return
    script.line("encoded = []")
    script.columns(names, [*lines, f"encoded.append(one_hot(codes){chosen})"])


def _categories(feature: Feature) -> int:
    """How many categories the column has when its gaps are filled."""
    filled = feature.cells.gaps and feature.missing in ("own_category", "constant")
    extra = filled and (feature.missing == "own_category" or str(feature.fill) not in feature.cells.labels)
    return len(feature.cells.labels) + int(extra)


def blocks_of(features: Sequence[Feature], flags: Collection[str], terms: int) -> list[tuple[str, int, int]]:
    """What the inputs are made of, in the order in which the network gets them.

    Each block is some of the ``numbers``, ``flags`` or ``gaps`` (first, and the one behind the last), or one of the
    ``encoded`` columns.
    """
    blocks: list[list[Any]] = []
    counts = {"numbers": 0, "flags": 0, "gaps": 0, "encoded": 0}

    def add(kind: str, count: int = 1) -> None:
        if blocks and blocks[-1][0] == kind and kind != "encoded":
            blocks[-1][2] += count
        else:
            blocks.append([kind, counts[kind], counts[kind] + count])
        counts[kind] += count

    for feature in features:
        add("encoded" if feature.one_hot else "flags" if feature.name in flags else "numbers")
        if feature.told:
            add("gaps")
    if terms:
        add("numbers", terms)
    return [(kind, start, stop) for kind, start, stop in blocks]


def written_blocks(blocks: Sequence[tuple[str, int, int]]) -> list[str]:
    """The blocks as expressions."""
    counts = {kind: max(stop for other, _, stop in blocks if other == kind) for kind, _, _ in blocks}
    written = []
    for kind, start, stop in blocks:
        if kind == "encoded":
            written.append(f"encoded[{start}]" if counts["encoded"] > 1 else "encoded")
        elif stop - start == counts[kind]:
            written.append(kind)
        else:
            written.append(f"{kind}[:, {start}:{stop}]")
    return written


def _write_all(script: Script, features: Sequence[Feature], flags: Sequence[str], terms: int) -> None:
    """Put the inputs side by side, in the order in which the network gets them."""
    blocks = blocks_of(features, flags, terms)
    kinds = {kind for kind, _, _ in blocks}
    script.paragraph("All inputs side by side, in the order in which the network gets them.")
    if "numbers" in kinds:
        script.line("numbers = torch.tensor(numbers, dtype=torch.float32)")
    if flags:
        script.set("columns", values(flags))
        script.line("flags = torch.tensor(table[columns].to_numpy(np.float32))")
        script.use("numpy as np")
    if "gaps" in kinds:
        script.line("gaps = torch.tensor(gaps.to_numpy())")
    written = written_blocks(blocks)
    typed = bool(kinds & {"numbers", "flags"})
    if len(written) == 1:
        script.line(f"x = {written[0]}" + ("" if typed else ".float()"))
        return
    parts = call("torch.cat", items(written), "dim=1")
    script.put(before("x = ", parts))
    if not typed:
        script.line("x = x.float()")
