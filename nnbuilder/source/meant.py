"""The lines that turn cells such as 45k or 1:30 into the numbers they mean, as a person said."""

from __future__ import annotations

from collections.abc import Sequence

from nnbuilder.source.cells import Cells
from nnbuilder.source.layout import STEP, Group, items
from nnbuilder.source.literals import comment, literal, raw
from nnbuilder.source.script import NAME, Script
from nnbuilder.tables.columns.meanings import divisor_of, patterns_of
from nnbuilder.tables.columns.numbers import FOREIGN, NumberForm


def is_meant(cells: Cells) -> bool:
    """Whether a person said what number the cells of a column mean."""
    return cells.type == "number" and "meaning" in cells.form


def way_of_reading(cells: Cells) -> Group:
    """All that ``meant`` needs to read the cells of a column, as a tuple."""
    form = cells.form["meaning"]
    patterns = [
        Group("(", (raw(one.expression), literal(one.factors), literal(one.constant)), ")", collection=True)
        for one in patterns_of(form)
    ]
    decimal, thousands = form.get("decimal", "."), form.get("thousands", "")
    body = NumberForm(decimal, thousands).body.removeprefix("^").removesuffix("$")
    rest = (raw(rf"[-+]?{body}"), *map(literal, (form.get("unit", ""), thousands, decimal, divisor_of(form))))
    return Group("(", (items(patterns), *rest), ")", collection=True)


def write_function(script: Script, members: Sequence[Cells]) -> None:
    """Define ``meant``, from a cell and the way of reading it to a number."""
    script.use("math")
    script.use("re")
    script.use("decimal", "Decimal")
    signs = sorted(
        {sign for cells in members for cell in cells.different for sign in cell} & (set(FOREIGN) | set("−’‘"))
    )
    usual = "".join({**FOREIGN, "−": "-"}.get(sign, "'") for sign in signs)
    lines = [
        "def meant(text, way):",
        '    """The number that a cell means: the numbers in it, each times its factor, added up; or NaN."""',
        "    patterns, number, unit, thousands, decimal, divisor = way",
        '    text = re.sub(r"\\s", " ", str(text).strip())',
    ]
    if signs:
        lines.append(f"    text = text.translate(str.maketrans({literal(''.join(signs))}, {literal(usual)}))")
    script.function(
        "meant",
        [
            *lines,
            "    if unit:",
            '        text = text.replace(unit, "").strip()',
            "    for pattern, factors, total in patterns:",
            "        found = re.fullmatch(pattern, text)",
            "        if not found:",
            "            continue",
            "        if not all(re.fullmatch(number, part) for part in found.groups()):",
            "            return math.nan",
            "        for part, factor in zip(found.groups(), factors, strict=True):",
            '            total += Decimal(part.replace(thousands, "").replace(decimal, ".")) * factor',
            "        return float(total) / divisor",
            "    return math.nan",
        ],
    )


def write_meant(script: Script, members: Sequence[Cells]) -> None:
    """Columns whose cells mean numbers become those."""
    write_function(script, members)
    for cells in members:
        example = next((cell for cell in cells.filled), "")
        script.paragraph(f"Texts such as “{comment(example.strip())}” become the numbers they mean.")
        script.set("way", way_of_reading(cells))
        script.columns([cells.name], [f"table[{NAME}] = [meant(text, way) for text in table[{NAME}]]"])


def convert_lines() -> list[str]:
    """What is done in ``convert`` with a cell of such a column."""
    return [
        "value = meant(text, MEANINGS[name])",
        "if math.isnan(value):",
        f'{STEP}raise ValueError("no number as in training")',
        "return value",
    ]
