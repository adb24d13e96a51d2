"""However the network cuts the stream, the messages come out whole."""

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from southbound.ovsdb.framing import Framer

texts = st.text(alphabet='{}"\\\u00e9x', max_size=8)
messages = st.fixed_dictionaries(
    {"a": texts, "b": st.lists(texts, max_size=3), "c": st.fixed_dictionaries({"d": texts})}
)


@given(st.lists(messages, min_size=1), st.lists(st.integers(1, 40), min_size=1))
def test_messages_survive_any_cut(sent: list[dict], sizes: list[int]):
    stream = b"".join(json.dumps(message).encode() for message in sent)
    framer, received = Framer(), []
    for size in itertools.cycle(sizes):
        received += framer.feed(stream[:size])
        stream = stream[size:]
        if not stream:
            break
    assert [json.loads(text) for text in received] == sent
