"""The frame's bytes as JavaScript reads them, against what NumPy wrote."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from fake_board import frame, section
from playwright.sync_api import Error, Page

PARSE = """async (text) => {
    const { parseFrame } = await import("/assets/frame.js");
    const buffer = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
    const frame = parseFrame(buffer);
    const lists = (part) => part && {
        header: part.header,
        shapes: part.shapes,
        arrays: Object.fromEntries(Object.entries(part.arrays).map(([name, array]) => [name, [...array]])),
        shared: Object.fromEntries(Object.entries(part.arrays).map(([name, array]) => [name, array.buffer === buffer])),
    };
    return {
        ...frame, rows: [...frame.rows].map(String), sharedRows: frame.rows.buffer === buffer,
        picture: lists(frame.picture), data: lists(frame.data),
    };
}"""


def parse(page: Page, message: bytes) -> dict:
    return page.evaluate(PARSE, base64.b64encode(message).decode())


@pytest.mark.parametrize("spaces", range(8))
def test_every_section_arrives_as_it_was_written(blank: Page, spaces: int) -> None:
    chance = np.random.default_rng(spaces)
    rows = np.array([[1.0, 0.1, np.nan], [2.0, np.inf, -3.5e-300]])
    status = json.dumps({"state": "training", "message": "größer – ∞"}, ensure_ascii=False).encode() + b" " * spaces
    maps = chance.integers(0, 256, (3, 5), dtype="uint8")
    weights = chance.normal(size=7).astype("float32")
    x = chance.normal(size=3).astype("float32")
    message = frame(
        7, 12, rows.tobytes(), status,
        section({"n": 4, "view": {"kind": "probability"}}, {"map": maps, "weights": weights}),
        section({"task": "binary"}, {"x": x, "part": np.array([0, 1, 2], "uint8")}),
    )  # fmt: skip
    got = parse(blank, message)
    assert (got["serial"], got["firstRow"]) == (7, 12)
    assert [float(value.replace("Infinity", "inf")) for value in got["rows"]] == pytest.approx(
        rows.ravel(), nan_ok=True
    )
    assert got["status"] == {"state": "training", "message": "größer – ∞"}
    assert got["picture"]["header"]["n"] == 4
    assert got["picture"]["shapes"] == {"map": [3, 5], "weights": [7]}
    assert got["picture"]["arrays"]["map"] == maps.ravel().tolist()
    assert got["picture"]["arrays"]["weights"] == weights.tolist()
    assert got["data"]["arrays"] == {"x": x.tolist(), "part": [0, 1, 2]}
    # Bytes are never copied, numbers only where the status before them leaves them unaligned.
    assert got["sharedRows"]
    assert got["picture"]["shared"]["map"]
    assert got["picture"]["shared"]["weights"] == (len(status) % 4 == 0)


def test_what_is_unchanged_is_null(blank: Page) -> None:
    got = parse(blank, frame(1, 3))
    assert got["status"] is None
    assert got["picture"] is None
    assert got["data"] is None
    assert got["rows"] == []


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"NNN1", "shorter than its header"),
        (b"\0" * 32, "not a frame"),
        (frame(1, 0, status=b"{}")[:-1], "ends before its sections"),
    ],
)
def test_broken_bytes_are_refused(blank: Page, message: bytes, words: str) -> None:
    with pytest.raises(Error, match=words):
        parse(blank, message)
