"""However the network cuts the stream, the messages come out whole."""

import json

from hypothesis import given
from hypothesis import strategies as st

from southbound.ovsdb.framing import Framer

texts = st.text() | st.sampled_from(['"', "\\", '{"', '"}', '\\"}{', "{", "}"])
messages = st.dictionaries(texts, st.recursive(texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner)))


@given(st.lists(messages, min_size=1), st.data())
def test_messages_survive_any_cut(sent: list[dict], data: st.DataObject):
    stream = b"".join(json.dumps(message).encode() for message in sent)
    framer, received = Framer(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        received += framer.feed(stream[:size])
        stream = stream[size:]
    assert [json.loads(text) for text in received] == sent
