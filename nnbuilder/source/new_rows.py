"""The lines that read a CSV file of new rows and turn its cells into numbers, each as the training rows were read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from nnbuilder.source import days, meant
from nnbuilder.source.cells import Cells, like_a_number
from nnbuilder.source.columns import foreign_signs, form_of, is_flag, odd_signs
from nnbuilder.source.inputs import Feature
from nnbuilder.source.layout import STEP, Group, Part, before, lay_out, mapping, values
from nnbuilder.source.literals import literal, raw
from nnbuilder.source.script import Script
from nnbuilder.tables.columns.numbers import FOREIGN, PLAIN
from nnbuilder.tables.safe_csv import safe_cell

_MISSING = ("", "-", "?", "missing", "n/a", "na", "nan", "none", "null", "unknown")
"""What usually stands for a missing value, in small letters."""
_NUMBER = r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?"


def write_reading(script: Script, columns: Sequence[str], features: Sequence[Feature]) -> None:
    """Define ``read``, which reads a file, and ``convert``, which makes a number of a cell.

    Parameters
    ----------
    columns
        The names that the file must have.
    features
        What is known of them, where they are a table's; else all are plain numbers.
    """
    script.use("csv")
    script.use("io")
    script.use("math")
    script.use("re")
    script.use("sys")
    cells = [feature.cells for feature in features]
    labeled = [one for one in cells if not _is_number(one) and one.type != "date"]
    dated = [one for one in cells if one.type == "date"]
    said = [one for one in cells if meant.is_meant(one)]
    marked = [
        one
        for one in cells
        if _is_number(one) and one not in said and (form_of(one) != PLAIN or odd_signs(one, form_of(one)))
    ]
    numbers = not cells or any(_is_number(one) and one not in marked and one not in said for one in cells)
    script.function("constants", _constants(cells, labeled, dated, marked))
    if said:
        ways = _by_name("MEANINGS", ((one.name, meant.way_of_reading(one)) for one in said))
        script.function("MEANINGS", ["# What numbers cells mean, by column: patterns with factors, and marks.", *ways])
    script.function("read", _read(any(safe_cell(name) != name for name in columns)))
    if dated:
        days.write_function(script, [_of_new_rows(one) for one in dated])
    if said:
        meant.write_function(script, said)
    script.function("convert", _convert(cells, labeled, dated, marked, numbers, bool(said)))


def _is_number(cells: Cells) -> bool:
    return cells.type == "number" or is_flag(cells)


def _constants(
    cells: Sequence[Cells], labeled: Sequence[Cells], dated: Sequence[Cells], marked: Sequence[Cells]
) -> list[str]:
    """What is known of cells."""
    own = {text.strip().lower() for one in cells for text in one.spellings if not like_a_number(text)}
    lines = [f"NUMBER = {raw(_NUMBER)}"]
    lines += lay_out(before("MISSING = ", _set(sorted({*_MISSING, *own}))))
    special = {one.name: sorted(text for text in one.spellings if like_a_number(text)) for one in cells}
    special = {name: texts for name, texts in special.items() if texts}
    if special:
        lines.append("# Numbers that stand for a missing value, by column.")
        lines += _by_name("MISSING_IN", ((name, values(texts)) for name, texts in special.items()))
    if labeled:
        lines.append("# The categories by their number, as in training.")
        lines += _by_name("LABELS", ((one.name, values(_labels(one))) for one in labeled))
    merged = {one.name: one.form["same"] for one in labeled if one.form.get("same")}
    if merged:
        lines.append("# Labels that are taken as others.")
        pairs = {name: mapping((literal(a), literal(b)) for a, b in same.items()) for name, same in merged.items()}
        lines += _by_name("SAME", pairs.items())
    folded = [one.name for one in labeled if _folds(one)]
    if folded:
        lines.append("# Capitals or not makes no difference here.")
        lines += lay_out(before("FOLDED = ", _set(folded)))
    if marked:
        lines.append("# What a number looks like, its unit, the mark between thousands, and the decimal mark.")
        lines += _by_name("FORMS", ((one.name, _form(one)) for one in marked))
    if dated:
        lines.append("# How dates are written.")
        lines += _by_name("DATES", ((one.name, _patterns(one)) for one in dated))
        if days.moves_years(dated):
            lines.append("# Where the hundred years begin that years of two digits lie in.")
            lines += _by_name("FIRST_YEARS", ((one.name, str(days.first_year(one))) for one in dated))
    return lines


def _by_name(name: str, pairs: Iterable[tuple[str, Part]]) -> list[str]:
    return lay_out(before(f"{name} = ", mapping((literal(key), part) for key, part in pairs)))


def _set(texts: Iterable[str]) -> Group:
    return Group("{", tuple(literal(text) for text in texts), "}", collection=True)


def _labels(cells: Cells) -> list[str]:
    return [label.lower() for label in cells.labels] if _folds(cells) else cells.labels


def _folds(cells: Cells) -> bool:
    return bool(cells.form.get("fold")) or cells.type == "yes_no"


def _form(cells: Cells) -> Group:
    form = form_of(cells)
    body = form.body.removeprefix("^").removesuffix("$")
    parts = (raw(rf"[-+]?{body}(?:[eE][-+]?[0-9]+)?"), *map(literal, (form.unit, form.thousands, form.decimal)))
    return Group("(", parts, ")", collection=True)


def _patterns(cells: Cells) -> Group:
    one = _of_new_rows(cells)
    parts = tuple(raw(days.pattern_of(name, [one])) for name in cells.form["patterns"])
    return Group("[", parts, "]", collection=True)


def _of_new_rows(cells: Cells) -> Cells:
    """A column of dates whose new cells may say more than those that are known, unless these are all alike."""
    if days.strptime_format(cells):
        return cells
    return replace(cells, complete=False, profile={**cells.profile, "statistics": None})


def _read(guarded: bool) -> list[str]:
    """A function that reads a file."""
    lines = [
        "def read(path: str) -> tuple[list[str], list[list[str]], list[int]]:",
        '    """The names of the columns, the rows as texts, and the line where each begins."""',
        "    try:",
        '        with open(path, encoding="utf-8-sig", newline="") as file:',
        "            text = file.read()",
        "    except OSError as error:",
        '        sys.exit(f"{path} cannot be read ({error.strerror}); check its name.")',
        "    except UnicodeDecodeError:",
        '        sys.exit(f"{path} is not in UTF-8; save it as CSV in UTF-8.")',
        '    first = text.split("\\n", 1)[0]',
        '    separator = max([",", ";", "\\t"], key=first.count)',
        '    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)',
        "    names: list[str] = []",
        "    rows, lines = [], []",
        "    line = 1",
        "    try:",
        "        for row in reader:",
        "            if not names:",
        "                names = [name.strip() for name in row]",
        "            elif row:",
        "                if len(row) != len(names):",
        '                    cells = f"{len(row)} cells, not {len(names)}"',
        '                    sys.exit(f"Line {line} has {cells}; correct it.")',
        "                rows.append(row)",
        "                lines.append(line)",
        "            line = reader.line_num + 1",
        "    except csv.Error as error:",
        '        sys.exit(f"Line {line} is no line of CSV ({error}); correct it.")',
    ]
    if guarded:
        lines.append("    # An apostrophe keeps a spreadsheet from computing what is a name.")
        lines.append('    names = [re.sub(r"^\'(?=\\s*[=+\\-@＝＋－＠])", "", name) for name in names]')
    return [*lines, "    return names, rows, lines"]


def _convert(
    cells: Sequence[Cells],
    labeled: Sequence[Cells],
    dated: Sequence[Cells],
    marked: Sequence[Cells],
    numbers: bool,
    meanings: bool,
) -> list[str]:
    """A function that makes a number of a cell, with no more in it than these columns need."""
    special = any(like_a_number(text) for one in cells for text in one.spellings)
    said = "A cell as a number (a category by its place)" if labeled else "A cell as a number"
    lines = [f'"""{said}; NaN where it is missing."""', "text = text.strip()"]
    if labeled:
        lines += _labels_lines(labeled)
    lines.append(f"if text.lower() in MISSING{' or text in MISSING_IN.get(name, ())' if special else ''}:")
    lines.append(f"{STEP}return math.nan")
    last = [
        *([("labels", "if name in LABELS:")] if labeled else []),
        *([("days", "if name in DATES:")] if dated else []),
        *([("meanings", "if name in MEANINGS:")] if meanings else []),
        *([("forms", "if name in FORMS:")] if marked else []),
        *([("numbers", "")] if numbers else []),
    ]
    for place, (kind, condition) in enumerate(last):
        body = _convert_body(kind, marked, days.moves_years(dated))
        if place == len(last) - 1:
            lines += body
        else:
            lines += [condition, *(STEP + line for line in body)]
    return ["def convert(name: str, text: str) -> float:", *(STEP + line for line in lines)]


def _labels_lines(labeled: Sequence[Cells]) -> list[str]:
    """What finds the label of a cell."""
    folded = any(map(_folds, labeled))
    guarded = any(safe_cell(one) != one for column in labeled for one in column.labels)
    first = []
    if any(one.form.get("same") for one in labeled):
        first = ["text = SAME.get(name, {}).get(text, text)"]
    if not folded and not guarded:
        return [
            *first,
            "if name in LABELS and text in LABELS[name]:",
            f"{STEP}return LABELS[name].index(text)",
        ]
    label = "label" if folded else "text"
    lines = [*first, "if name in LABELS:"]
    if folded:
        lines.append(f"{STEP}label = text.lower() if name in FOLDED else text")
    if guarded:
        lines.append(f"{STEP}# An apostrophe keeps a spreadsheet from computing what is a label.")
        lines.append(f"{STEP}if {label} not in LABELS[name]:")
        lines.append(f'{STEP * 2}{label} = {label}.removeprefix("\'").strip()')
    return [*lines, f"{STEP}if {label} in LABELS[name]:", f"{STEP * 2}return LABELS[name].index({label})"]


def _convert_body(kind: str, marked: Sequence[Cells], moved: bool) -> list[str]:
    """What is done with a cell of a kind that is not missing."""
    if kind == "labels":
        return [
            'known = ", ".join(LABELS[name][:9])',
            'raise ValueError(f"none of the known categories ({known})")',
        ]
    if kind == "meanings":
        return meant.convert_lines()
    if kind == "days":
        return [
            f"day = days(text, DATES[name]{', FIRST_YEARS[name]' if moved else ''})",
            "if math.isnan(day):",
            f'{STEP}raise ValueError("no date")',
            "return day",
        ]
    if kind == "numbers":
        return [
            "if not re.fullmatch(NUMBER, text):",
            f'{STEP}raise ValueError("no number")',
            "return float(text)",
        ]
    odd = set().union(*(odd_signs(one, form_of(one)) for one in marked))
    forms = [form_of(one) for one in marked]
    lines = ["pattern, unit, thousands, decimal = FORMS[name]"]
    if "foreign" in odd:
        signs = foreign_signs(marked)
        usual = "".join(FOREIGN[sign] for sign in signs)
        lines.append(f"text = text.translate(str.maketrans({literal(signs)}, {literal(usual)}))")
    if any(form.unit for form in forms):
        lines.append('text = text.replace(unit, "").strip()')
    if "minus" in odd:
        lines.append('text = text.replace("−", "-")')
    if "brackets" in odd:
        lines.append('text = re.sub(r"^\\((.*)\\)$", r"-\\1", text)')
    if any(form.thousands == " " for form in forms):
        lines.append('text = " ".join(text.split())')
    if any(form.thousands == "'" for form in forms):
        lines.append('text = re.sub("[’‘]", "\'", text)')
    return [
        *lines,
        "if not re.fullmatch(pattern, text):",
        f'{STEP}raise ValueError("no number as in training")',
        'return float(text.replace(thousands, "").replace(decimal, "."))',
    ]
