"""The code of a project whose data are a table: from the file to all rows of `x` and `y`, and their split."""

from __future__ import annotations

from collections.abc import Sequence

from nnbuilder.catalog.losses import Target
from nnbuilder.data.table_rows import PART_NAMES
from nnbuilder.facts import DataFacts
from nnbuilder.source.cells import Cells, cells_of
from nnbuilder.source.columns import Conversions, plan, write_conversions
from nnbuilder.source.generated import explain_inputs
from nnbuilder.source.inputs import Feature, features_of, write_feature_names, write_filling, write_inputs
from nnbuilder.source.layout import before, call, subscript, values
from nnbuilder.source.literals import literal
from nnbuilder.source.reading import Source, source_of, write_reading
from nnbuilder.source.script import Script
from nnbuilder.source.splitting import write_given, write_split
from nnbuilder.source.tensors import write_target
from nnbuilder.spec import Data
from nnbuilder.tables.library import Opened


def write_table(
    script: Script,
    data: Data,
    facts: DataFacts,
    opened: Opened,
    form: Target,
    copy: str = "",
    plain: bool = False,
) -> Source:
    """Write all of it; which file it reads: the person's own, or the one called `copy`.

    With `plain` scikit-learn is done without, there are sections, and what is learned of the training rows is kept in
    ``fill``, ``seen``, ``center`` and ``scale``.

    Raises
    ------
    NNBuilderError
        If a column is not there.
    """
    settings = data.source.settings
    target, split_by = settings["target"], settings["split_by"]
    named = [*(item["name"] for item in settings["columns"]), target, split_by]
    wanted = [name for name in dict.fromkeys(named) if name]
    used = [cells_of(opened, name) for name in wanted]
    cells = {one.name: one for one in used}
    features = features_of(settings["columns"], cells, len(data.terms), facts)
    if plain:
        script.section("The data", _EXPLAINED)
    source = source_of(opened, settings["file"], used, copy)
    typed = not source.cleaned and opened.document["choices"].get("format", "csv") != "csv"
    # A column that says what rows are for is read as words, unless the network gets it, too.
    words = {split_by} - {feature.name for feature in features} - {target}
    conversions = plan(used, words, typed, source.cleaned)
    write_reading(script, source, opened, used, conversions)
    write_conversions(script, conversions)
    _write_dropping(script, cells[target], features)
    _write_classes(script, cells[target], facts)
    if split_by:
        _write_given(script, cells[split_by], conversions, split_by in words, plain)
    else:
        write_split(script, "len(table)", facts, data.stratify, data.split_seed, plain)
    if plain:
        script.section("The inputs", _explain_inputs(data, features))
        write_feature_names(script, features)
    write_filling(script, features, keep=plain)
    write_inputs(script, features, data.terms, data.scaling, keep=plain)
    write_target(script, bool(facts.classes), form)
    return source


def _write_dropping(script: Script, target: Cells, features: Sequence[Feature]) -> None:
    """Rows without the target, or with a gap in a column whose gaps drop the row, are left out."""
    gaps = [feature.name for feature in features if feature.missing == "drop" and feature.cells.gaps]
    names = [*gaps, *([target.name] if target.gaps else [])]
    if names:
        script.paragraph("Rows that lack one of these are left out.")
        script.set("table", call("table.dropna", before("subset=", values(names))))


def _write_classes(script: Script, target: Cells, facts: DataFacts) -> None:
    """`y` as class numbers with their names in `class_names`, or as values."""
    script.use("numpy as np")
    script.paragraph()
    script.set("target", subscript("table", literal(target.name)))
    if not facts.classes:
        script.line("y = target.to_numpy(np.float64)")
        return
    script.set("class_names", values(list(facts.classes)))
    if (target.type == "category" and list(facts.classes) == target.labels) or target.type == "yes_no":
        script.line("y = target.to_numpy(np.int64)")
    else:
        script.comment("Each class gets its place among the values as its number.")
        script.line("y = np.unique(target, return_inverse=True)[1]")


def _explain_inputs(data: Data, features: Sequence[Feature]) -> str:
    """What is done to the inputs, in a few words."""
    done = []
    if any(feature.missing != "drop" for feature in features):
        done.append("A network cannot take gaps, so something takes the place of missing values.")
    if any(feature.as_codes for feature in features):
        done.append("It cannot take words either, so categories become numbers.")
    return " ".join([*done, explain_inputs(data)])


_EXPLAINED = "pandas reads the file into a table; words are turned into numbers where the file has words."


def _write_given(script: Script, column: Cells, conversions: Conversions, words: bool, plain: bool) -> None:
    """The split by a column of words, or of their numbers where the network gets it, too."""
    parts = [PART_NAMES[label.strip().lower()] for label in column.labels]
    written = [literal(label) for label in conversions.labels[column.name]] if words else map(str, range(len(parts)))
    cleaning = conversions.cleaning[column.name] if words else ""
    write_given(script, column.name, cleaning, dict(zip(written, parts, strict=True)), plain)
