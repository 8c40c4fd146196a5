"""How tables spell that a value is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

SPELLINGS = frozenset(
    {
        "", "na", "n/a", "n.a.", "n.a", "nan", "-nan", "null", "(null)", "none", "nil", "-", "--", "---", "–", "—", "?",
        "??", ".", "..", "…", "*", "#n/a", "#n/a n/a", "#na", "<na>", "#null!", "#value!", "#div/0!", "#ref!", "#name?",
        "#num!", "missing", "not available", "not applicable", "no answer", "no data", "unknown", "nat", "\\n", "k.a.",
        "keine angabe", "void", "undefined", "1.#qnan", "1.#ind", "-1.#ind",
    }
)  # fmt: skip
"""In lower case and without spaces around; in a column of numbers or dates each of them is a missing value."""

STAND_INS = (-9, -99, -999, -9999, -99999, -1e30, 999, 9999, 99999, 999999)
"""Numbers that often stand for a missing value; they are only warned of."""


def tidy(column: pa.Array) -> pa.Array:
    """The cells without spaces around them, of any kind."""
    from nnbuilder.tables.arrow import compute as pc

    return pc.utf8_trim_whitespace(column)


def spelled_missing(column: pa.Array) -> NDArray[np.bool_]:
    """Which cells are null or spell a missing value, [rows]."""
    import pyarrow as pa

    from nnbuilder.tables.arrow import compute as pc

    words = pa.array(sorted(SPELLINGS), type=column.type)
    spelled = pc.is_in(pc.utf8_lower(tidy(column)), value_set=words)
    return mask(pc.or_(pc.is_null(column), pc.fill_null(spelled, False)))


def empty(column: pa.Array) -> NDArray[np.bool_]:
    """Which cells are null or hold nothing but spaces, [rows]."""
    from nnbuilder.tables.arrow import compute as pc

    return mask(pc.or_(pc.is_null(column), pc.fill_null(pc.equal(tidy(column), ""), True)))


def mask(flags: pa.Array) -> NDArray[np.bool_]:
    """Arrow's flags as NumPy's; null is false."""
    from nnbuilder.tables.arrow import compute as pc

    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=bool)


def is_spelled_missing(text: str) -> bool:
    """Whether a text spells a missing value."""
    return text.strip().lower() in SPELLINGS


def texts_at(column: pa.Array, rows: NDArray[np.intp]) -> list[str]:
    """The different texts of some cells, without spaces around them."""
    from nnbuilder.tables.arrow import compute as pc

    return sorted(text for text in pc.unique(tidy(pc.take(column, rows))).to_pylist() if text)
