"""Cells as labels: the categories of a column, which of them are yes and no, and which spell a missing value."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnbuilder.tables.columns.blanks import is_spelled_missing, tidy
from nnbuilder.tables.columns.orders import known_order

if TYPE_CHECKING:
    import pyarrow as pa

YES_NO = (
    ("no", "yes"), ("false", "true"), ("n", "y"), ("f", "t"), ("0", "1"), ("nein", "ja"), ("non", "oui"),
    ("no", "sí"), ("no", "si"), ("no", "sì"), ("off", "on"), ("falsch", "wahr"), ("faux", "vrai"), ("нет", "да"),
    ("ні", "так"), ("не", "да"), ("não", "sim"), ("nao", "sim"), ("nie", "tak"), ("ne", "ano"), ("nie", "áno"),
    ("nej", "ja"), ("nei", "ja"), ("nee", "ja"), ("hayır", "evet"), ("ei", "kyllä"), ("nem", "igen"), ("nu", "da"),
    ("ne", "da"), ("ne", "taip"), ("nē", "jā"), ("jo", "po"), ("όχι", "ναι"), ("לא", "כן"), ("لا", "نعم"),
    ("いいえ", "はい"), ("否", "是"), ("不", "是"), ("아니요", "예"), ("아니오", "예"), ("falso", "vero"),
    ("falso", "verdadero"), ("falso", "verdadeiro"), ("fałsz", "prawda"), ("falskt", "sant"), ("ложь", "истина"),
    ("onwaar", "waar"), ("✗", "✓"), ("✘", "✔"), ("❌", "✅"), ("☐", "☑"), ("☐", "☒"),
)  # fmt: skip
"""Pairs of words for no and yes, in lower case; no is 0 and yes is 1."""

_DIGITS = re.compile(r"[0-9]+")
_PLAIN = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?")
MOST_INITIALS = 20
_STARTS = re.compile(r"[<>≤≥~]?\s*[0-9]")
_NEVER_A_LABEL = re.compile(r"#.*|<na>|\(null\)|\\n|-?1\.#.*|-?nan", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]{2,3}")
# Letters of other alphabets that look like Latin ones.
_TWINS = str.maketrans("АВЕЅІЈКМНОРСТУХасеорхуіѕјΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABESIJKMHOPCTYXaceopxyisjABEZHIKMNOPTYXo")
_NO_LETTERS = ("Cc", "Cf", "Mn")
_TERMINAL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0e-\x1f\x7f]")
_AROUND = " \t._,;:'\"`´“”„‘’«»"
MOST_LABELS = 10_000
"""A column with more different labels is no category."""


@dataclass(frozen=True)
class LabelForm:
    """How the cells of a column become numbers: the place in `labels`, without spaces around and letter by letter.

    `missing` are texts that count as missing, as an empty cell does. `fold` says that capitals do not matter.
    """

    labels: tuple[str, ...]
    missing: tuple[str, ...] = ()
    fold: bool = False

    def to_json(self) -> dict[str, Any]:
        """The form as plain data, without the labels, which stand beside it."""
        return {"missing": list(self.missing), "fold": self.fold}


def count_labels(column: pa.Array) -> dict[str, int]:
    """Every label of a column, without spaces around it, with its number of rows; the empty one is left out."""
    from nnbuilder.tables.arrow import compute as pc

    counted = pc.value_counts(pc.drop_null(tidy(column)))
    pairs = zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
    return {label: count for label, count in pairs if label}


def in_order(labels: Collection[str]) -> tuple[str, ...]:
    """Labels by size where all are numbers; as days, months or sizes follow each other; else by letters and numbers."""
    try:
        return tuple(sorted(labels, key=lambda label: (float(label), label)))
    except ValueError:
        pass  # Words.
    ranks = known_order(labels)
    return tuple(sorted(labels, key=lambda label: (ranks[label.casefold()], label) if ranks else _natural(label)))


def has_order(labels: Collection[str]) -> bool:
    """Whether the order of labels means something: numbers, ranges, days, months, sizes, degrees of agreement."""
    if len(labels) < 2 or known_order(labels):
        return True
    # All alike but for their numbers, as in Q1 and Q2 or 18-24 and 25-34.
    return len({_DIGITS.sub("0", label) for label in labels}) == 1 or all(_STARTS.match(label) for label in labels)


def _natural(label: str) -> tuple[tuple[tuple[str, float], ...], str]:
    """A key by which Q2 comes before Q10."""
    texts, counts = _DIGITS.split(label), [float(count) for count in _DIGITS.findall(label)]
    return tuple(zip(texts, [*counts, -1.0], strict=True)), label


def yes_no(labels: Collection[str]) -> tuple[str, str] | None:
    """The pair of words for no and yes that labels are of, or None; both must be there."""
    lower = {label.lower() for label in labels}
    return next((pair for pair in YES_NO if lower == set(pair)), None)


def spelled(counts: Collection[str], evidence: Collection[str]) -> tuple[list[str], list[str]]:
    """Labels that might spell a missing value: those that do, and those that may as well be a class.

    `evidence` are the spellings (in lower case) that stand for missing values in columns of numbers or dates of the
    same table. Among codes of two or three capitals ``NA`` is one of them, as for Namibia among countries.
    """
    suspects = [label for label in counts if is_spelled_missing(label)]
    others = [label for label in counts if label not in suspects]
    codes = bool(others) and all(_CODE.fullmatch(label) for label in others)
    signs = {"+", "++", "±"} & set(others)
    missing, asked = [], []
    for label in suspects:
        own = (codes and _CODE.fullmatch(label)) or (signs and not label.isalnum())
        sure = _NEVER_A_LABEL.fullmatch(label) or (label.lower() in evidence and not own)
        (missing if sure else asked).append(label)
    return missing, asked


def codes_of(column: pa.Array, form: LabelForm) -> NDArray[np.float64]:
    """The place of each cell's label in the form's list, float64 [rows]; NaN where it is missing or not in the list."""
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc

    texts = tidy(column)
    if form.fold:
        texts = pc.utf8_lower(texts)
    encoded = pc.dictionary_encode(texts)
    values = encoded.dictionary.to_pylist()
    places = {_folded(label, form.fold): place for place, label in enumerate(form.labels)}
    skipped = {"", *(_folded(label, form.fold) for label in form.missing)}
    table = np.array([np.nan if value in skipped else places.get(value, np.nan) for value in values] + [np.nan])
    indices = pc.fill_null(encoded.indices, pa.scalar(len(values), encoded.indices.type))
    return table[np.asarray(indices.to_numpy(zero_copy_only=False))]


def look_alikes(labels: Sequence[str]) -> list[list[str]]:
    """Groups of labels that differ only in capitals, spaces, signs around them or signs that nobody sees."""
    groups: dict[str, list[str]] = {}
    for label in labels:
        groups.setdefault(_bare(label), []).append(label)
    return [group for group in groups.values() if len(group) > 1]


def initials(labels: Collection[str]) -> list[list[str]]:
    """Groups of a letter and the only longer label that begins with it, where every letter has one: M and Male."""
    short = [label for label in labels if len(label) == 1 and label.isalpha()]
    long = [label for label in labels if len(label) > 2]
    if not short or len(labels) > MOST_INITIALS:
        return []
    groups = [[*(label for label in long if label.casefold().startswith(one.casefold())), one] for one in short]
    alike = (len({label.casefold() for label in group[:-1]}) == 1 for group in groups)
    return groups if all(alike) else []


def same_words(labels: Collection[str]) -> list[list[str]]:
    """Groups of words that say yes, and that say no, where labels hold several pairs of them: true, 1 and yes."""
    lower = {label.casefold(): label for label in labels}
    pairs = [pair for pair in YES_NO if set(pair) <= lower.keys()]
    if len(pairs) < 2 or {word for pair in pairs for word in pair} != lower.keys() or len(lower) != len(labels):
        return []
    # Words stand for the digits, which would make numbers of them.
    pairs.sort(key=lambda pair: pair[0].isdigit())
    return [list(dict.fromkeys(lower[pair[side]] for pair in pairs)) for side in (0, 1)]


def _bare(label: str) -> str:
    """A label as it is meant: as wide as usual, in one alphabet, with nothing around it; a number without zeros."""
    if _PLAIN.fullmatch(label):
        return repr(float(label))
    if not label.isascii():
        label = unicodedata.normalize("NFKC", label).translate(_TWINS)
        label = "".join(sign for sign in label if unicodedata.category(sign) not in _NO_LETTERS)
    label = html.unescape(_TERMINAL.sub("", label))
    plain = " ".join(label.casefold().split()).strip(_AROUND)
    return plain or label


def _folded(label: str, fold: bool) -> str:
    return label.lower() if fold else label
