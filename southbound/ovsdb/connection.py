"""One JSON-RPC connection to an ovsdb-server: calls out, notifications in, liveness.

Messages are handled in the order of the wire, on the event loop, without awaiting: when a `transact` call returns, the
notifications that the server sent before its reply (our own changes among them, RFC 7047 section 4.1.6) have already been
handed to `on_notification`. A connection is used once; reconnecting is the session's business.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from southbound.ovsdb.framing import Framer


class ConnectionLost(Exception):
    """The connection ended; what was in flight has an unknown outcome."""


class CallRefused(Exception):
    """The server answered a call with an error; the message is the server's."""


class _Message(msgspec.Struct):
    id: Any = None
    method: str | None = None
    params: msgspec.Raw = msgspec.Raw(b"[]")
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: Any = None


NotificationHandler = Callable[["Connection", str, msgspec.Raw], None]


class Connection(asyncio.Protocol):
    """An open connection. `closed` ends with the reason, as text, when the connection does."""

    def __init__(self, on_notification: NotificationHandler, probe_interval_s: float) -> None:
        self._on_notification = on_notification
        self._probe_interval_s = probe_interval_s
        self._framer = Framer()
        self._decoder = msgspec.json.Decoder(_Message)
        self._loop = asyncio.get_running_loop()
        self._calls: dict[int, asyncio.Future[msgspec.Raw]] = {}
        self._last_id = 0
        self._transport: asyncio.Transport | None = None
        self._probe: asyncio.TimerHandle | None = None
        self._heard_at = self._loop.time()
        self._reason = "closed by the server"
        self.closed: asyncio.Future[str] = self._loop.create_future()

    async def call(self, method: str, params: list[Any]) -> msgspec.Raw:
        """The undecoded result of a call; raises CallRefused or ConnectionLost."""
        if self.closed.done():
            raise ConnectionLost(self.closed.result())
        self._last_id += 1
        call_id, answer = self._last_id, self._loop.create_future()
        self._calls[call_id] = answer
        self._send({"id": call_id, "method": method, "params": params})
        try:
            return await answer
        finally:
            self._calls.pop(call_id, None)

    def close(self, reason: str) -> None:
        """Ends the connection at once; calls in flight raise ConnectionLost with the reason."""
        if not self.closed.done():
            self._reason = reason
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._arm_probe()

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        for text in self._framer.feed(data):
            try:
                self._handle(self._decoder.decode(text))
            except msgspec.DecodeError as error:
                self.close(f"unreadable message: {error}")
                return

    def connection_lost(self, exc: Exception | None) -> None:
        if self._probe is not None:
            self._probe.cancel()
        reason = f"{self._reason}: {exc}" if exc else self._reason
        self.closed.set_result(reason)
        for answer in self._calls.values():
            if not answer.done():
                answer.set_exception(ConnectionLost(reason))

    def _handle(self, message: _Message) -> None:
        if message.method == "echo":
            self._send({"id": message.id, "result": message.params, "error": None})
        elif message.method is not None:
            self._on_notification(self, message.method, message.params)
        else:
            self._resolve(message)

    def _resolve(self, message: _Message) -> None:
        answer = self._calls.get(message.id)
        if answer is None or answer.done():
            return
        if message.error is not None:
            answer.set_exception(CallRefused(str(message.error)))
        else:
            answer.set_result(message.result)

    def _send(self, message: dict[str, Any]) -> None:
        self._transport.write(msgspec.json.encode(message))

    def _arm_probe(self) -> None:
        self._probe = self._loop.call_later(self._probe_interval_s, self._check_liveness)

    def _check_liveness(self) -> None:
        """Asks for an echo after a silent interval; gives up after two."""
        silent_s = self._loop.time() - self._heard_at
        if silent_s >= 2 * self._probe_interval_s:
            self.close(f"no answer for {silent_s:.1f} s")
            return
        if silent_s >= 0.9 * self._probe_interval_s:
            self._send({"id": "echo", "method": "echo", "params": []})
        self._arm_probe()


async def open_connection(
    remote: str, on_notification: NotificationHandler, *, probe_interval_s: float, timeout_s: float
) -> Connection:
    """Connects to "unix:PATH" or "tcp:HOST:PORT" (IPv6 in brackets); raises OSError, TimeoutError or ValueError."""
    loop = asyncio.get_running_loop()
    scheme, _, address = remote.partition(":")

    def protocol() -> Connection:
        return Connection(on_notification, probe_interval_s)

    async with asyncio.timeout(timeout_s):
        if scheme == "unix":
            _, connection = await loop.create_unix_connection(protocol, address)
        elif scheme == "tcp":
            host, _, port = address.rpartition(":")
            _, connection = await loop.create_connection(protocol, host.strip("[]"), int(port))
        else:
            raise ValueError(f"cannot connect to {remote!r}: use unix: or tcp:")
    return connection
