from __future__ import annotations

import json
import math
import struct

import pytest

from nnbuilder.engine.frames import (
    BadMessage,
    Frame,
    MessageBuffer,
    json_bytes,
    pack_frame,
    pack_json,
    pack_message,
    pack_rows,
    padded,
    unpack_frame,
    unpack_rows,
)


def test_a_message_is_length_type_payload():
    assert pack_message("R", b"abc") == b"\x00\x00\x00\x03Rabc"


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000])
def test_messages_come_out_whole_however_they_are_cut(piece):
    messages = [("S", b'{"a":1}'), ("P", b""), ("R", bytes(range(256)))]
    stream = b"".join(pack_message(*message) for message in messages)
    buffer = MessageBuffer()
    out = [message for at in range(0, len(stream), piece) for message in buffer.feed(stream[at : at + piece])]
    assert out == messages


def test_a_message_that_is_too_long_is_refused_before_it_has_come():
    with pytest.raises(BadMessage, match="longer than the 100 allowed"):
        list(MessageBuffer(longest=100).feed(struct.pack("!I1s", 101, b"S")))


def test_json_has_null_where_a_number_is_missing():
    kind, payload = next(
        MessageBuffer().feed(pack_json("S", {"a": math.nan, "b": [math.inf, 1.5], "c": {"d": -math.inf}}))
    )
    assert (kind, json.loads(payload)) == ("S", {"a": None, "b": [None, 1.5], "c": {"d": None}})
    assert json_bytes({"å": 1}) == '{"å":1}'.encode()


def test_rows_keep_their_bits():
    rows = [(1.0, 0.1, math.nan), (2.0, -0.0, 1e-310)]
    back = unpack_rows(pack_rows(rows), 3)
    assert struct.pack("6d", *back[0], *back[1]) == struct.pack("6d", *rows[0], *rows[1])
    assert pack_rows([(1.0, 2.0)]) == struct.pack("<2d", 1, 2)
    assert unpack_rows(pack_rows([]), 3) == []


def test_a_frame_has_the_layout_of_the_contract():
    rows, status, picture, data = pack_rows([(1.0, 2.0)]), b'{"a":1}', b"picture!", b"data"
    frame = pack_frame(Frame(7, 3, rows, status, picture, data))
    assert frame[:4] == bytes.fromhex("4E4E4E31")[::-1] or struct.unpack_from("<I", frame)[0] == 0x314E4E4E
    assert struct.unpack_from("<8I", frame) == (0x314E4E4E, 7, 3, 16, 7, 8, 4, 0)
    assert frame[32:] == rows + status + picture + data


def test_a_frame_comes_back_as_it_was():
    frame = Frame(2**32 - 1, 5, b"12345678", b"{}", b"", b"abc", changes=3)
    assert unpack_frame(pack_frame(frame)) == frame
    assert unpack_frame(pack_frame(Frame(1))) == Frame(1)


@pytest.mark.parametrize("spoil", [lambda f: f[:31], lambda f: b"x" + f[1:], lambda f: f[:-1], lambda f: f + b"x"])
def test_what_is_no_frame_is_refused(spoil):
    with pytest.raises(BadMessage):
        unpack_frame(spoil(pack_frame(Frame(1, status=b"{}"))))


def test_padded_json_is_the_same_json():
    for text in (b"{}", b'{"a":1}', b'{"ab":1}', b"12345678"):
        assert len(padded(text)) % 8 == 0
        assert json.loads(padded(text)) == json.loads(text)
