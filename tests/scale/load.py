"""Clients that keep their connections: each sends its next request as soon as the last is answered.

Written for little CPU of its own (a tenth of aiohttp's client), because the clients share the machine with what they
measure. Latencies are taken from the write of a request to the last byte of its answer.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

Request = bytes
NextRequest = Callable[[], Request | None]
HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(slots=True)
class Load:
    """What a run of requests came to; `bodies` are kept on request only."""

    latencies_s: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    took_s: float = 0.0
    bodies: list[bytes] = field(default_factory=list)
    refusal: bytes = b""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies_s) / self.took_s

    def quantile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies_s)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000

    def require(self, status: int) -> "Load":
        """This load, all of whose answers had `status`. Raises RuntimeError with one that had another."""
        if set(self.statuses) != {status}:
            raise RuntimeError(f"wanted {status} only, got {dict(self.statuses)}: {self.refusal[:500]!r}")
        return self


class Lane(asyncio.Protocol):
    """One connection. `ended` is done when there is no further request and the last was answered."""

    def __init__(self, load: Load, following: NextRequest, keep_bodies: bool) -> None:
        self._load = load
        self._following = following
        self._keep_bodies = keep_bodies
        self._received = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send_next()

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        head_end = self._received.find(HEAD_END)
        if head_end < 0:
            return
        head = self._received[:head_end]
        body_at = head_end + len(HEAD_END)
        if len(self._received) < body_at + _length(head):
            return
        self._take(int(head[9:12]), self._received[body_at:])
        self._received = b""
        self._send_next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def _take(self, status: int, body: bytes) -> None:
        self._load.latencies_s.append(time.perf_counter() - self._sent_at)
        self._load.statuses[status] += 1
        if status >= 400:
            self._load.refusal = body
        if self._keep_bodies:
            self._load.bodies.append(body)

    def _send_next(self) -> None:
        request = self._following()
        if request is None:
            self.ended.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


def _length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.find(LENGTH)
    if at < 0:
        return 0
    return int(lowered[at + len(LENGTH) :].split(b"\r\n", 1)[0])


async def drive(port: int, following: NextRequest, *, in_flight: int, keep_bodies: bool = False) -> Load:
    """Sends what `following` yields over `in_flight` connections to 127.0.0.1:`port`, until it yields None."""
    load = Load()
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    lanes = []
    for _ in range(in_flight):
        _, lane = await loop.create_connection(lambda: Lane(load, following, keep_bodies), "127.0.0.1", port)
        lanes.append(lane)
    await asyncio.gather(*(lane.ended for lane in lanes))
    load.took_s = time.perf_counter() - started
    return load


def render(method: str, path: str, token: str, body: object = None) -> Request:
    """A whole request as it goes onto the wire."""
    raw = b"" if body is None else msgspec.json.encode(body)
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Auth-Token: {token}\r\nAccept: application/json\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n"
    return head.encode() + b"\r\n" + raw


def for_seconds(requests: Sequence[Request], seconds: float) -> NextRequest:
    """The requests in turn, again and again, until the time is over."""
    state = [0]
    end = time.perf_counter() + seconds

    def following() -> Request | None:
        if time.perf_counter() > end:
            return None
        state[0] += 1
        return requests[state[0] % len(requests)]

    return following


def each_once(requests: Sequence[Request]) -> NextRequest:
    left = iter(requests)
    return lambda: next(left, None)
