"""The lines from a table's columns to the network's inputs: gaps filled, categories encoded, terms added, scaled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def write_filling(script: Script, features: Sequence[Feature]) -> None:
    """Write what takes the place of missing values, learned from training rows."""
    told = [feature.name for feature in features if feature.told]
    groups: dict[str, list[str]] = {}
    for feature in features:
        if feature.cells.gaps and feature.missing != "drop":
            groups.setdefault(_filling(feature), []).append(feature.name)
    if not groups:
        return
    learned = any("train" in line for line in groups)
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
    for line, names in groups.items():
        script.columns(names, [f"table[{NAME}] = {line}"])


def _filling(feature: Feature) -> str:
    """The expression that fills a column; `NAME` stands for the literal of its name."""
    column, known = f"table[{NAME}]", f"table[{NAME}].iloc[train]"
    if feature.cells.type in ("number", "date"):
        if feature.missing == "constant":
            return f"{column}.fillna({literal(_constant(feature))})"
        if feature.missing == "mean":
            return f"{column}.fillna(np.nanmean(table[{NAME}].to_numpy()[train]))"
        if feature.missing == "most_frequent":
            return f"{column}.fillna({known}.mode()[0])"
        return f"{column}.fillna({known}.median())"
    labels = feature.cells.labels
    if feature.missing == "constant" and str(feature.fill) in labels:
        return f"{column}.fillna({labels.index(str(feature.fill))})"
    if feature.missing in ("own_category", "constant"):
        return f"{column}.fillna({len(labels)})"
    return f"{column}.fillna({known}.mode()[0])"


def _constant(feature: Feature) -> float:
    import numpy as np

    from nnbuilder.data.columns import ColumnPlan, fit_column

    kind = "date" if feature.cells.type == "date" else "number"
    plan = ColumnPlan(feature.name, kind, "constant", feature.fill)
    fill = fit_column(plan, np.array([np.nan])).fill
    assert fill is not None
    return int(fill) if fill == int(fill) and abs(fill) < 2**53 else fill


def write_inputs(script: Script, features: Sequence[Feature], terms: Sequence[Sequence[str]], scaling: str) -> None:
    """Write the lines that make `x`, the float32 tensor of all rows."""
    ordinal = [feature.name for feature in features if feature.as_codes and not feature.one_hot]
    for name in ordinal:
        _write_ordinal(script, name)
    one_hot = [feature for feature in features if feature.one_hot]
    flags = [feature.name for feature in features if scaling != "none" and _is_flag(feature)]
    numbers = [feature.name for feature in features if not feature.one_hot and feature.name not in flags]
    alone = not one_hot and not flags and not any(feature.told for feature in features)
    matrix = "x" if alone else "numbers"
    if numbers:
        script.use("numpy as np")
        script.paragraph()
        script.set("features" if alone else "columns", values(numbers))
        script.line(f"{matrix} = table[{'features' if alone else 'columns'}].to_numpy(np.float64)")
        write_terms(script, matrix, terms, numbers)
        write_scaling(script, matrix, scaling)
    script.use("torch")
    if alone:
        script.line("x = torch.tensor(x, dtype=torch.float32)")
        return
    if one_hot:
        _write_one_hot(script, one_hot)
    _write_all(script, features, flags, numbers, len(terms))


def _is_flag(feature: Feature) -> bool:
    return feature.cells.type == "yes_no" and not feature.as_codes


def _write_ordinal(script: Script, name: str) -> None:
    script.paragraph("A category becomes its place among those of the training rows; -1 is none of them.")
    script.use("numpy as np")
    script.columns(
        [name],
        [
            f"seen = np.unique(table[{NAME}].iloc[train])",
            "places = {code: place for place, code in enumerate(seen)}",
            f"table[{NAME}] = table[{NAME}].map(places.get).fillna(-1)",
        ],
    )


def _write_one_hot(script: Script, features: Sequence[Feature]) -> None:
    script.use("torch.nn.functional", "one_hot")
    script.use("numpy as np")
    script.use("torch")
    script.paragraph("One input for each label: 1 for its own, 0 for the others (one-hot).")
    rest = any(feature.inputs < _categories(feature) for feature in features)
    names = [feature.name for feature in features]
    codes = f"codes = torch.tensor(table[{NAME}].to_numpy(np.int64))"
    seen = ["# A label that no training row has gets no input."] if rest else []
    chosen = "[:, codes[train].unique()]" if rest else ""
    if len(features) == 1:
        script.columns(names, [codes, *seen, f"encoded = one_hot(codes){chosen}"])
        return
    script.line("encoded = []")
    script.columns(names, [codes, *seen, f"encoded.append(one_hot(codes){chosen})"])


def _categories(feature: Feature) -> int:
    """How many categories the column has when its gaps are filled."""
    filled = feature.cells.gaps and feature.missing in ("own_category", "constant")
    extra = filled and (feature.missing == "own_category" or str(feature.fill) not in feature.cells.labels)
    return len(feature.cells.labels) + int(extra)


def _write_all(
    script: Script, features: Sequence[Feature], flags: Sequence[str], numbers: Sequence[str], terms: int
) -> None:
    """Put the inputs side by side, in the order in which the network gets them."""
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
    script.paragraph("All inputs side by side, in the order in which the network gets them.")
    if counts["numbers"]:
        script.line("numbers = torch.tensor(numbers, dtype=torch.float32)")
    if flags:
        script.set("columns", values(flags))
        script.line("flags = torch.tensor(table[columns].to_numpy(np.float32))")
        script.use("numpy as np")
    if counts["gaps"]:
        script.line("gaps = torch.tensor(gaps.to_numpy())")
    written = []
    for kind, start, stop in blocks:
        if kind == "encoded":
            written.append(f"encoded[{start}]" if counts["encoded"] > 1 else "encoded")
        elif stop - start == counts[kind]:
            written.append(kind)
        else:
            written.append(f"{kind}[:, {start}:{stop}]")
    typed = bool(counts["numbers"] or flags)
    if len(written) == 1:
        script.line(f"x = {written[0]}" + ("" if typed else ".float()"))
        return
    parts = call("torch.cat", items(written), "dim=1")
    script.put(before("x = ", parts))
    if not typed:
        script.line("x = x.float()")
