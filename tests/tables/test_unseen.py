"""Signs that nobody sees, and letters that were damaged before: found in texts and in bytes, and nothing else."""

import pytest

from nnbuilder.tables.files.unseen import damaged_at, unseen_at, unseen_findings
from tests.tables.harness import read, told

SEEN = ["SÃO PAULO", "« CAFÉ »", "OÙ?", "Łódź", "👨\u200d👩\u200d👧", "می\u200cخواهم", "R&D", "a\\b", "50%", "+49-30",
        "100 % C3", "http://x.org/%C3%BC", "C:\\users", "plain"]  # fmt: skip
DAMAGED = {
    "München".encode().decode("cp1252"): "written as UTF-8 and read as something else",
    "it’s".encode().decode("cp1252"): "written as UTF-8 and read as something else",
    "Łódź".encode().decode("cp1252", "replace").replace("\ufffd", ""): "written as UTF-8 and read as something else",
    "M&#252;nchen": "as in web pages",
    "Tom &amp; Jerry": "as in web pages",
    "M\\u00fcnchen": "written as escapes",
    "M%C3%BCnchen": "as in web addresses",
    "M+APw-nchen": "in UTF-7",
}


def found(text: str) -> list[str]:
    """The findings about a text, whose lines end in LF."""
    return [one.message for one in unseen_findings(text, ",", lambda at: text.count("\n", 0, at) + 1)]


@pytest.mark.parametrize("cell", SEEN)
def test_what_is_meant_is_left_alone(cell):
    assert found(f"a,b\n{cell},1\n") == []
    block = f"a,b\n{cell},1\n".encode()
    high = bytes(byte for byte in block if byte > 127)
    assert (unseen_at(block, high), list(damaged_at(block, high))) == (-1, [])


@pytest.mark.parametrize("cell", DAMAGED)
def test_damaged_letters_are_told_with_their_lines(cell):
    (message,) = found(f"a,b\n1,x\n{cell},1\n{cell},1\n")
    assert message.startswith("Lines 3 and 4 hold")
    assert DAMAGED[cell] in message
    block = f"a,b\n1,x\n{cell},1\n".encode()
    high = bytes(byte for byte in block if byte > 127)
    places = list(damaged_at(block, high))
    assert places == [] if "UTF-7" in DAMAGED[cell] else [block.count(b"\n", 0, at) for _, at in places] == [2]


@pytest.mark.parametrize(
    "sign", ["\u200b", "\ufeff", "\xad", "\u202e", "\u2028", "\x85", "\x08", "\x1b", "\x0b", "\u2060"]
)
def test_signs_nobody_sees_are_told_by_their_code(sign):
    table = read(f"a,b\n1,red\n2,r{sign}ed\n3,blue\n")
    assert [one for one in told(table, "warning") if f"U+{ord(sign):04X}" in one and "3" in one]
    assert table.data.column(1).to_pylist()[1] == f"r{sign}ed"
    block = f"1,r{sign}ed".encode()
    if ord(sign) > 127:
        assert unseen_at(block, bytes(byte for byte in block if byte > 127)) in (2, 3)


def test_what_separates_cells_is_no_odd_sign():
    table = read("a\x1fb\n1\x1fx\n2\x1fy\n3\x1fx\n\x1a")
    assert table.names == ("a", "b")
    assert not [one for one in told(table) if "nobody sees" in one]
