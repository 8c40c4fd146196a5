"""Numbers in sentences."""

import pytest

from nnbuilder.fields import counted, plain


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (counted(1, "row"), "1 row"),
        (counted(0, "row"), "0 rows"),
        (counted(40500, "row"), "40 500 rows"),
        (counted(1, "rare category", "rare categories"), "1 rare category"),
        (counted(2, "rare category", "rare categories"), "2 rare categories"),
        (plain(1e15), "1e+15"),
        (plain(-1234567), "-1 234 567"),
        (plain(0.001), "0.001"),
    ],
)
def test_numbers_are_written_as_a_person_does(words, expected):
    assert words == expected
