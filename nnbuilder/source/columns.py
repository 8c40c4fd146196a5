"""The lines that turn columns of texts into numbers, days and categories, each as it was read here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnbuilder.errors import NNBuilderError
from nnbuilder.source import days, meant
from nnbuilder.source.cells import Cells, like_a_number
from nnbuilder.source.layout import LINE, flat, mapping, values
from nnbuilder.source.literals import comment, literal, raw, width
from nnbuilder.source.script import NAME, Script
from nnbuilder.tables.columns.numbers import FOREIGN, PLAIN, NumberForm, usual_signs
from nnbuilder.tables.safe_csv import safe_cell

_PLAIN_NUMBER = re.compile(r"[ \t]*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?[ \t]*")
APOSTROPHE = "'"
"""What stands in the cleaned copy before a cell that a spreadsheet would compute."""
_GUARD = r"^'(?=\s*[=+\-@＝＋－＠])"
FEW = 8
"""As many labels stand in a line together with their numbers."""


@dataclass
class Conversions:
    """What each column needs when the file is read, and afterwards.

    `texts` are columns that are read as text. `missing` are the spellings of missing values that matter, `kept` the
    texts that must not be taken for missing. `arguments` are further arguments of the reading function. `labels` are
    the categories by their number, as the code has them, and `cleaning` is what makes them of a column's texts.
    """

    texts: set[str] = field(default_factory=set)
    missing: dict[str, list[str]] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)
    labels: dict[str, list[str]] = field(default_factory=dict)
    cleaning: dict[str, str] = field(default_factory=dict)
    steps: list[tuple[Cells, tuple[Any, ...]]] = field(default_factory=list)

    @staticmethod
    def own_spellings(spellings: Iterable[str]) -> bool:
        """Whether a spelling of a missing value may be a value in another column."""
        return any(like_a_number(text) for text in spellings)


def plan(used: Sequence[Cells], as_text: Collection[str], typed: bool, cleaned: bool) -> Conversions:
    """What the columns need.

    Parameters
    ----------
    used
        The columns.
    as_text
        Columns of labels that are left as they are.
    typed
        Whether the file itself knows numbers from texts.
    cleaned
        Whether the cleaned copy is read.
    """
    made = Conversions()
    marks = _common_marks(used)
    if marks.decimal != ".":
        made.arguments.append(f"decimal={literal(marks.decimal)}")
    if marks.thousands:
        made.arguments.append(f"thousands={literal(marks.thousands)}")
    for cells in used:
        made.missing[cells.name], made.kept[cells.name] = [], []
        if meant.is_meant(cells):
            made.missing[cells.name] = cells.spellings
            made.texts.add(cells.name)
            made.steps.append((cells, ("meant",)))
        elif cells.type == "number" or is_flag(cells):
            _plan_number(made, cells, marks, typed, cleaned)
        elif cells.type == "date":
            # With marks between thousands pandas would take 01.02.2024 for a number.
            made.texts |= {cells.name} if days.needs_text(cells) or marks != PLAIN else set()
            simple = days.strptime_format(cells)
            made.missing[cells.name] = [*cells.spellings, *((cells.bad or []) if simple else [])]
            made.steps.append((cells, ("days", simple)))
        else:
            _plan_labels(made, cells, as_text, cleaned)
    return made


def write_conversions(script: Script, conversions: Conversions) -> None:
    """Write a line, or a loop, for each way of converting; columns that need none are left alone."""
    groups: dict[tuple[Any, ...], list[Cells]] = {}
    for cells, step in conversions.steps:
        groups.setdefault(step, []).append(cells)
    said = False
    for step, members in groups.items():
        if step[0] == "labels" and not said:
            script.paragraph("Categories become numbers.")
            said = True
        if step[0] == "number":
            _write_numbers(script, members, step)
        elif step[0] == "strict":
            _write_strict(script, members, step)
        elif step[0] == "meant":
            meant.write_meant(script, members)
        elif step[0] == "days":
            days.write_days(script, members, step[1])
        else:
            _write_labels(script, members, step, conversions)


def is_flag(cells: Cells) -> bool:
    """Whether a yes/no column is written as 0 and 1."""
    return cells.type == "yes_no" and cells.labels == ["0", "1"]


def form_of(cells: Cells) -> NumberForm:
    """How the numbers of a column are written."""
    if is_flag(cells):
        return PLAIN
    return NumberForm(**{name: cells.form[name] for name in ("decimal", "thousands", "unit")})


def _common_marks(used: Sequence[Cells]) -> NumberForm:
    """The marks that pandas may be told of for the whole file; `PLAIN` if columns differ."""
    numbers = [cells for cells in used if cells.type == "number" and not meant.is_meant(cells)]
    marked = {(form.decimal, form.thousands) for form in map(form_of, numbers) if form != PLAIN}
    if len(marked) != 1 or any(form_of(cells).unit for cells in numbers):
        return PLAIN
    decimal, thousands = next(iter(marked))
    if len(thousands) > 1 or thousands in (" ", "'"):
        return PLAIN
    for cells in (cells for cells in used if _form_of_numbers(cells) == PLAIN):
        whole = is_flag(cells) or (cells.profile.get("statistics") or {}).get("whole")
        if not whole or (thousands and not _without(cells, thousands)) or not _without(cells, ".") or cells.bad != []:
            return PLAIN
    return NumberForm(decimal, thousands)


def _form_of_numbers(cells: Cells) -> NumberForm | None:
    if meant.is_meant(cells):
        return None
    return form_of(cells) if cells.type == "number" or is_flag(cells) else None


def _without(cells: Cells, mark: str) -> bool:
    return cells.complete and not any(mark in cell for cell in cells.different)


def _plan_number(made: Conversions, cells: Cells, marks: NumberForm, typed: bool, cleaned: bool) -> None:
    form, bad = form_of(cells), [] if is_flag(cells) else cells.bad
    common = form == PLAIN or (form.unit == "" and (form.decimal, form.thousands) == (marks.decimal, marks.thousands))
    made.missing[cells.name] = [*cells.spellings, *(bad or [])]
    if bad is None:
        made.texts.add(cells.name)
        made.steps.append((cells, ("strict", form, int(cells.profile["statistics"]["count"]))))
        return
    if typed and form == PLAIN:
        return
    odd = odd_signs(cells, form)
    if cleaned and any(safe_cell(cell) != cell for cell in cells.filled):
        odd |= {"apostrophe"}
    if common and not odd:
        return
    made.texts.add(cells.name)
    made.steps.append((cells, ("number", form, odd)))


def odd_signs(cells: Cells, form: NumberForm) -> frozenset[str]:
    """What of a number as it is written here neither pandas nor `float` takes."""
    found: set[str] = set()
    for cell in cells.filled:
        bare = cell.replace(form.unit, "") if form.unit else cell
        if any(sign in FOREIGN for sign in bare):
            found.add("foreign")
            bare = usual_signs(bare)
        bare = bare.replace(form.thousands, "") if form.thousands else bare
        bare = bare.replace(form.decimal, ".") if form.decimal != "." else bare
        if _PLAIN_NUMBER.fullmatch(bare):
            continue
        found |= {"minus"} if "−" in bare else set()
        found |= {"brackets"} if "(" in bare else set()
        found |= {"marks"} if any(mark in bare for mark in "’‘") else set()
        found |= {"spaces"} if re.search(r"\s", bare.strip(" \t")) else set()
    return frozenset(found)


def foreign_signs(members: Iterable[Cells]) -> str:
    """The digits and marks of other scripts in columns of numbers; of a script with one digit all of them."""
    seen = {sign for cells in members for cell in cells.filled for sign in cell if sign in FOREIGN}
    digits = {chr(ord(sign) - int(FOREIGN[sign]) + other) for sign in seen if sign.isdigit() for other in range(10)}
    return "".join(sorted(seen | digits))


def _write_numbers(script: Script, members: Sequence[Cells], step: tuple[Any, ...]) -> None:
    _, form, odd = step
    lines: list[str] = []
    if "apostrophe" in odd:
        lines.append(f".str.removeprefix({literal(APOSTROPHE)})")
    if "foreign" in odd:
        signs = foreign_signs(members)
        usual = "".join(FOREIGN[sign] for sign in signs)
        lines.append(f".str.translate(str.maketrans({literal(signs)}, {literal(usual)}))")
    if form.unit:
        lines.append(f".str.replace({literal(form.unit)}, {literal('')})")
    if "minus" in odd:
        lines.append(f".str.replace({literal('−')}, {literal('-')})")
    if "brackets" in odd:
        lines.append(f".str.replace({raw(_IN_BRACKETS)}, {raw(_NEGATIVE)}, regex=True)")
    if form.thousands == "'" and "marks" in odd:
        lines.append(f".str.replace({raw(_APOSTROPHES)}, {literal('')}, regex=True)")
    elif form.thousands and form.thousands != " ":
        lines.append(f".str.replace({literal(form.thousands)}, {literal('')})")
    if form.thousands == " " or "spaces" in odd:
        lines.append(f".str.replace({raw(_SPACE)}, {literal('')}, regex=True)")
    if form.decimal != ".":
        lines.append(f".str.replace({literal(form.decimal)}, {literal('.')})")
    names = [cells.name for cells in members]
    example = next((cell for cells in members for cell in cells.filled), "")
    script.paragraph(f"Texts such as {_quoted(example)} become numbers." if example else "Texts become numbers.")
    if len(lines) <= 2:
        script.columns(names, [f"table[{NAME}] = table[{NAME}]{''.join(lines)}.astype(float)"])
        return
    steps = [f"texts = texts{line}" for line in lines]
    script.columns(names, [f"texts = table[{NAME}]", *steps, f"table[{NAME}] = texts.astype(float)"])


_IN_BRACKETS, _NEGATIVE, _SPACE, _APOSTROPHES = r"^\s*\((.*)\)\s*$", r"-\1", r"\s", "['’‘]"


def _write_strict(script: Script, members: Sequence[Cells], step: tuple[Any, ...]) -> None:
    """Columns with many cells that are no numbers: what has the form is taken, and counted."""
    _, form, count = step
    script.use("numpy as np")
    body = form.body.removeprefix("^").removesuffix("$")
    pattern = rf"[-+]?{body}(?:[eE][-+]?[0-9]+)?"
    for cells in members:
        script.paragraph("What is no number becomes a missing value.")
        lines = [f"texts = table[{NAME}].str.strip()"]
        if form.unit:
            lines.append(f"texts = texts.str.replace({literal(form.unit)}, {literal('')}).str.strip()")
        lines.append(f"like = texts.str.fullmatch({raw(pattern)}).fillna(False)")
        lines.append("texts = texts.where(like.astype(bool))")
        if form.thousands:
            lines.append(f"texts = texts.str.replace({literal(form.thousands)}, {literal('')})")
        if form.decimal != ".":
            lines.append(f"texts = texts.str.replace({literal(form.decimal)}, {literal('.')})")
        lines.append("numbers = texts.astype(float).replace([np.inf, -np.inf], np.nan)")
        lines.append(f"assert numbers.notna().sum() == {count}")
        lines.append(f"table[{NAME}] = numbers")
        script.columns([cells.name], lines)


def _plan_labels(made: Conversions, cells: Cells, as_text: Collection[str], cleaned: bool) -> None:
    labels = cells.labels
    made.kept[cells.name] = labels
    if any(like_a_number(label) for label in labels):
        made.texts.add(cells.name)
    lower = {label.lower() for label in labels}
    alike = (cell.strip() in labels or cell.strip().lower() not in lower for cell in cells.different)
    fold = bool(cells.form.get("fold")) and not (cells.complete and all(alike))
    strip = not cells.complete or any(cell != cell.strip() and cell.strip() for cell in cells.different)
    guarded = [safe_cell(label) for label in labels] if cleaned else labels
    # In the cleaned copy spaces stand behind the apostrophe, so it is to be taken away before them.
    unguard = guarded != labels and strip
    if len(set(guarded)) < len(labels) or (unguard and any(re.match(_GUARD, label) for label in labels)):
        raise NNBuilderError(
            f"The labels of column “{cells.name}” cannot be told apart in a cleaned copy of the table, as some begin "
            "with an apostrophe and a sign of formulas; rename them in the file."
        )
    written = labels if unguard else guarded
    written = [label.lower() for label in written] if fold else written
    made.labels[cells.name] = written
    cleaning = f".str.replace({raw(_GUARD)}, {literal('')}, regex=True)" if unguard else ""
    same = cells.form.get("same") or {}
    one = flat(mapping((literal(label), literal(other)) for label, other in same.items()))
    cleaning += (".str.strip()" if strip or same else "") + (f".replace({one})" if same else "")
    cleaning += ".str.lower()" if fold else ""
    made.cleaning[cells.name] = cleaning
    if cells.name not in as_text:
        # Columns of the same few labels share a line.
        made.steps.append((cells, ("labels", cleaning, tuple(written) if len(written) <= FEW else ())))


def _write_labels(script: Script, members: Sequence[Cells], step: tuple[Any, ...], conversions: Conversions) -> None:
    _, cleaning, few = step
    if few:
        numbers = mapping((literal(label), str(number)) for number, label in enumerate(few))
        names = [cells.name for cells in members]
        name = literal(names[0])
        line = f"table[{name}] = table[{name}]{cleaning}.map({flat(numbers)}.get)"
        if len(names) == 1 and width(line) <= LINE:
            script.line(line)
            return
        script.set("places", numbers)
        script.columns(names, _placing(cleaning))
        return
    for cells in members:
        script.set("labels", values(conversions.labels[cells.name]))
        script.line("places = {label: place for place, label in enumerate(labels)}")
        script.columns([cells.name], _placing(cleaning))


def _placing(cleaning: str) -> list[str]:
    """The lines that turn the texts of a column into their places."""
    if ".replace" not in cleaning:
        return [f"table[{NAME}] = table[{NAME}]{cleaning}.map(places.get)"]
    return [f"texts = table[{NAME}]{cleaning}", f"table[{NAME}] = texts.map(places.get)"]


def _quoted(text: str) -> str:
    return f"“{comment(text.strip())}”"
