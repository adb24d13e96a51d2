"""What travels inside the WebSocket: one msgpack array per binary frame.

Both sides send `Publication` and answer it with `Acknowledgement` or `Refusal` of the same topic and number. Only the
client sends `Subscription`. Numbers are the sender's own and mean nothing after the connection.
"""

import msgspec


class Publication(msgspec.Struct, frozen=True, tag="p", array_like=True):
    """A message. The server puts the proven name of the publisher into `sender`; what a client puts there is ignored."""

    topic: str
    number: int
    key: str
    body: bytes
    sender: str
    attempt: int


class Acknowledgement(msgspec.Struct, frozen=True, tag="a", array_like=True):
    """The publication was handled, or given up after enough attempts; it need not be sent again."""

    topic: str
    number: int


class Subscription(msgspec.Struct, frozen=True, tag="s", array_like=True):
    """The client consumes this topic from now on."""

    topic: str


class Refusal(msgspec.Struct, frozen=True, tag="r", array_like=True):
    """The client may not do this; `number` is that of its publication, None for a subscription."""

    topic: str
    number: int | None


Frame = Publication | Acknowledgement | Subscription | Refusal

FRAME_OVERHEAD_BYTES = 4096
"""Room that a frame needs beside the body: topic, key, sender and the encoding."""

_decoder = msgspec.msgpack.Decoder(Frame)


def encode(frame: Frame) -> bytes:
    """The frame as the payload of a binary WebSocket message."""
    return msgspec.msgpack.encode(frame)


def decode(data: bytes) -> Frame:
    """The frame in a binary WebSocket message; raises `msgspec.DecodeError` on anything else."""
    try:
        return _decoder.decode(data)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(str(error)) from error
