"""The frames of the WebSocket transport survive the wire; bytes that are no frame raise one kind of error."""

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.bus import frames

FRAMES = [
    frames.Publication("agent.h", 1, "k", b"\x00\xff", "control", 2),
    frames.Acknowledgement("agent.h", 1),
    frames.Subscription("agent.h"),
    frames.Refusal("agent.h", None),
]


@pytest.mark.parametrize("frame", FRAMES)
def test_frame_survives_the_wire(frame: frames.Frame):
    assert frames.decode(frames.encode(frame)) == frame


@given(st.binary(max_size=200))
def test_any_bytes_are_a_frame_or_a_decode_error(data: bytes):
    with contextlib.suppress(msgspec.DecodeError):
        frames.decode(data)
