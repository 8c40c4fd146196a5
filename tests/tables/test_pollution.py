"""Files with one fault each: read as the clean table, or told with the line, or refused with the line; never else."""

import random
import re

import pytest

from nnbuilder.tables.reading import Table, Unreadable, read_table
from tests.tables.pollution import Source, Spoiled, Style, sources, spoiled

SOURCES = sources()


def rows_of(table: Table) -> list[list[str]]:
    """The cells row by row, line ends inside cells as LF."""
    columns = [column.to_pylist() for column in table.data.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def names(message: str, line: int) -> bool:
    """Whether a message names a line, alone, in a list or in a range."""
    if re.search(r"and \d+ more", message):
        return True
    ranges = re.findall(r"(\d+) to (\d+)", message)
    return str(line) in re.findall(r"\d+", message) or any(int(a) <= line <= int(b) for a, b in ranges)


def outcome(case: Spoiled, path) -> str:
    """``exact``, ``told``, ``refused`` or, with what went wrong, ``silent``."""
    path.write_bytes(case.content)
    try:
        table = read_table(path, "spoiled.csv")
    except Unreadable as error:
        named = error.line is not None and re.search(rf"\b{error.line}\b", str(error))
        return "refused" if named or case.content == b"" else f"silent: refused without a line ({error})"
    again = read_table(path, "spoiled.csv", table.choices)
    if not again.data.equals(table.data) or again.choices != table.choices:
        return f"silent: not the same when read again ({table.choices} {again.choices})"
    if any(finding.severity == "question" for finding in again.findings):
        return f"silent: asked again ({[finding.message for finding in again.findings]})"
    told = [finding for finding in table.findings if finding.severity != "note" and finding.line is not None]
    for finding in told:
        assert re.search(rf"\b{finding.line}\b", finding.message) or finding.options, finding.message
    same = rows_of(table) == case.rows and (case.names is None or list(table.original_names) == case.names)
    if same:
        return "exact"
    if case.line is not None and not any(names(finding.message, case.line) for finding in told):
        return f"silent: line {case.line} is not named {[finding.message for finding in told]}"
    return "told" if told else f"silent: {[finding.message for finding in table.findings]} {table.choices}"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.label)
def test_no_fault_is_read_in_silence(source: Source, tmp_path):
    silent = {
        case.label: found
        for case in spoiled(source)
        if (found := outcome(case, tmp_path / "file")).startswith("silent")
    }
    assert silent == {}


def answers(path, case: Spoiled):
    """Every option of every finding about a file, with the finding's severity and message."""
    path.write_bytes(case.content)
    try:
        told = read_table(path, "spoiled.csv").findings
    except Unreadable as error:
        return [("refusal", str(error), *option) for option in error.options]
    return [(finding.severity, finding.message, *option) for finding in told for option in finding.options]


def test_every_answer_can_be_clicked(tmp_path):
    path = tmp_path / "file"
    clicked = 0
    for case in spoiled(SOURCES[3]):
        for severity, message, label, choices in answers(path, case):
            clicked += 1
            try:
                table = read_table(path, "spoiled.csv", choices)
            except Unreadable as error:
                assert error.line is not None, (case.label, label, str(error))
                continue
            asked = [finding.message for finding in table.findings if finding.severity == "question"]
            if severity == "question":
                assert message not in asked, (case.label, label)
            again = read_table(path, "spoiled.csv", table.choices)
            assert again.data.equals(table.data), (case.label, label)
            assert not any(finding.severity == "question" for finding in again.findings), (case.label, label)
    assert clicked > 100


EDITS = (",", '"', "\n", "\r", ",,", '"\n', '",', '\\"', "\0", ";", "\t", "'")


def test_random_edits_of_marks_are_not_silent(tmp_path):
    rng = random.Random(11)
    silent: dict[str, str] = {}
    for number in range(300):
        source = rng.choice(SOURCES[1:])
        rows = source.rows[: rng.randint(3, len(source.rows))]
        style = Style(always=rng.random() < 0.2, end=rng.choice(["\n", "\r\n"]))
        text = style.text([source.names, *rows])
        # Marks that cut: outside of quoted cells, and not the end of the text.
        places = [at for at, mark in enumerate(text[:-2]) if mark in ',"\n' and not (mark != '"' and _quoted(text, at))]
        at = rng.choice(places)
        edit = rng.choice(EDITS)
        change = rng.choice(["insert", "delete", "replace"])
        if change == "insert" and (edit in {";", "\t", "'"} or _quoted(text, at)):
            # Such a sign more is a cell of another text, and so are marks in quotes.
            continue
        spoilt = text[:at] + ("" if change == "delete" else edit) + text[at + (change != "insert") :]
        if spoilt == text:
            continue
        case = Spoiled(f"{number} {change} {edit!r} at {at}", spoilt.encode(), source.names, rows)
        if (found := outcome(case, tmp_path / "file")).startswith("silent"):
            silent[case.label] = f"{spoilt[max(0, at - 20) : at + 20]!r} {found}"
    assert silent == {}


def _quoted(text: str, at: int) -> bool:
    """Whether a place is inside a quoted cell."""
    return text.count('"', 0, at) % 2 == 1
