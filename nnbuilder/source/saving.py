"""What a script keeps of its training rows, so that new rows are prepared in the very same way: `preprocessing.json`.

What a project says of its columns (which there are, of what kind, in which order, how gaps and categories are treated)
stands in the code of ``predict.py``. The file holds what only the training rows could say, by these names:

``features``
    The columns that a row must have.
``classes``
    Their names by number; left out where a number is predicted.
``fill``
    What takes the place of a missing value, by column; of a category it is the number.
``seen``
    The numbers of the categories that training rows have, by column.
``center``, ``scale``
    What is subtracted from each number and what it is then divided by, in the order of the columns of numbers, terms
    behind them; left out where nothing is scaled.

The file that ``train.py`` writes is the one that `preprocessing_text` gives, to the last byte.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nnbuilder.catalog.sources import TABLE
from nnbuilder.data.columns import is_single
from nnbuilder.facts import DataFacts
from nnbuilder.source.cells import cells_of
from nnbuilder.source.inputs import Feature, features_of, parts_of
from nnbuilder.source.layout import Part, mapping, values
from nnbuilder.source.literals import literal
from nnbuilder.source.script import Script

if TYPE_CHECKING:
    from nnbuilder.data.pipeline import Pipeline
    from nnbuilder.spec import Data
    from nnbuilder.tables.library import Opened

FILE = "preprocessing.json"
MANY = 12
"""So many numbered names are counted in code and not written out."""


def preprocessing_text(pipeline: Pipeline, classes: Sequence[str]) -> str:
    """The file's content, from a fitted pipeline; `classes` are their names, none for a number."""
    made: dict[str, Any] = {"features": [plan.name for plan in pipeline.columns]}
    if classes:
        made["classes"] = list(classes)
    pairs = list(zip(pipeline.columns, pipeline.fits, strict=True))
    fill = {plan.name: float(fitted.fill) for plan, fitted in pairs if fitted.fill is not None}
    coded = [pair for pair in pairs if pair[0].type in ("category", "yes_no") and not is_single(*pair)]
    if fill:
        made["fill"] = fill
    if coded:
        made["seen"] = {plan.name: list(fitted.seen) for plan, fitted in coded}
    scaled = [place for place, source in enumerate(pipeline.sources) if source is None or _is_number(pipeline, place)]
    if pipeline.scaling != "none" and scaled:
        made["center"] = [pipeline.center[place] for place in scaled]
        made["scale"] = [pipeline.scale[place] for place in scaled]
    return json.dumps(made, indent=2)


def _is_number(pipeline: Pipeline, place: int) -> bool:
    """Whether an input of a column is scaled: neither one of categories nor one that tells of gaps."""
    source = pipeline.sources[place]
    assert source is not None
    plan, fitted = pipeline.columns[source], pipeline.fits[source]
    if plan.type in ("number", "date"):
        return not fitted.indicator or pipeline.sources.index(source) == place
    return plan.encoding == "ordinal" and not is_single(plan, fitted)


def write_preprocessing(script: Script, data: Data, facts: DataFacts, opened: Opened | None = None) -> None:
    """Write the lines that save the file, after those of `nnbuilder.source.data.write_data`.

    Raises
    ------
    NNBuilderError
        If table and facts do not belong to the data.
    """
    script.use("json")
    script.paragraph("What predict.py needs to prepare new rows in the same way.")
    script.set("preprocessing", mapping(_parts(data, facts, opened)))
    script.line(f'with open({literal(FILE)}, "w", encoding="utf-8") as file:')
    script.line("    json.dump(preprocessing, file, indent=2)")


def _parts(data: Data, facts: DataFacts, opened: Opened | None) -> list[tuple[str, Part]]:
    """The keys as literals, with the expressions for their values."""
    parts: list[tuple[str, Part]] = []
    if data.source.kind == TABLE:
        features = table_features(data, facts, opened)
        parts.append(('"features"', "features"))
        fills = any(feature.missing != "drop" for feature in features)
        codes = any(feature.as_codes for feature in features)
        numbers = bool(parts_of(features, data.scaling)[1])
    else:
        parts.append(('"features"', names_of(facts.columns)))
        fills = codes = False
        numbers = True
    if facts.classes:
        parts.append(('"classes"', "class_names"))
    if fills:
        parts.append(('"fill"', "{name: float(fill[name]) for name in features if name in fill}"))
    if codes:
        parts.append(('"seen"', "{name: seen[name].tolist() for name in features if name in seen}"))
    if data.scaling != "none" and numbers:
        parts += [('"center"', "center.tolist()"), ('"scale"', "scale.tolist()")]
    return parts


def names_of(columns: Sequence[str]) -> Part:
    """The names of columns as code; many numbered ones are counted."""
    if len(columns) > MANY and list(columns) == [f"x{number}" for number in range(1, len(columns) + 1)]:
        return f'[f"x{{number}}" for number in range(1, {len(columns) + 1})]'
    return values(list(columns))


def table_features(data: Data, facts: DataFacts, opened: Opened | None) -> list[Feature]:
    """The features of a table's project, with what preparing them came to."""
    if opened is None:
        raise ValueError("The data are a table, which is to be given, too.")
    chosen = data.source.settings["columns"]
    cells = {item["name"]: cells_of(opened, item["name"]) for item in chosen}
    return features_of(chosen, cells, len(data.terms), facts)
