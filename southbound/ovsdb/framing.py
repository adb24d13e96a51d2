"""Cuts a stream of JSON objects into messages. OVSDB puts nothing between them, so braces are counted."""

import re

# Everything up to the next brace that counts: text outside strings, and whole strings with whatever they hold. No two
# parts can match the same byte, so giving up on an unfinished string costs its length once. Possessive quantifiers
# would say that too, but Python 3.11.2, which is Debian 12's, matches wrongly with them.
_PLAIN = re.compile(rb'(?:[^{}"]+|"[^"\\]*(?:\\.[^"\\]*)*")*', re.DOTALL)
_OPEN, _CLOSE = ord("{"), ord("}")


class Framer:
    """Feed it what arrives; it gives back the messages that became complete, in order."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._scanned = 0
        self._depth = 0

    def feed(self, data: bytes) -> list[bytes]:
        self._buffer += data
        messages = []
        while (end := self._message_end()) is not None:
            messages.append(bytes(self._buffer[:end]))
            del self._buffer[:end]
            self._scanned = 0
        return messages

    def _message_end(self) -> int | None:
        """Where the first message ends; None when more must arrive. Scans no byte twice, unfinished strings aside."""
        buffer, position = self._buffer, self._scanned
        while True:
            position = _PLAIN.match(buffer, position).end()
            if position == len(buffer) or buffer[position] not in (_OPEN, _CLOSE):
                self._scanned = position
                return None
            self._depth += 1 if buffer[position] == _OPEN else -1
            position += 1
            if self._depth == 0:
                return position
